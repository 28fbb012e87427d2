/* SPDX-License-Identifier: ISC */
/*
 * conf_lease.c - the lease terms of a tenant.
 */
#include <string.h>

#include "gateway/verbs.h"
#include "policy/conf_parts.h"
#include "policy/policy.h"

#define DAY_S 86400LL

static int
set_after_grace(struct conf_parse *p, cfg_t *section, struct pd_lease *l)
{
	const struct conf_word *w = conf_word(section, "after-grace", 0);

	l->deletes = w != NULL && strcmp(w->text, "delete") == 0;
	if (w == NULL || l->deletes || strcmp(w->text, "keep") == 0)
		return 0;
	return conf_fail(p, w->line, "after-grace: \"%.40s\" is not one of keep and delete", w->text);
}

/* Of default and longest one is enough: whoever names only one means no more than that. */
static int
check_terms(struct conf_parse *p, struct pd_lease *l)
{
	char usual[POLICY_LEASE_TEXT], most[POLICY_LEASE_TEXT];

	if (l->default_s == 0 && l->longest_s == 0)
		return conf_fail(p, l->line, "this lease says neither default nor longest; write for example: default = 30d");
	if (l->longest_s == 0)
		l->longest_s = l->default_s;
	if (l->default_s == 0)
		l->default_s = l->longest_s;
	if (l->default_s > l->longest_s)
		return conf_fail(p, l->line, "the default of this lease is %s, which is more than the longest, %s",
		    policy_lease_text(usual, l->default_s), policy_lease_text(most, l->longest_s));
	return 0;
}

/* libconfuse tells where a section ends: people look for where it begins. */
static int
first_line(cfg_t *section)
{
	static const char *const names[] = { "default", "longest", "grace", "after-grace", "warning" };
	int			 line = section->line;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct conf_word *w = conf_word(section, names[i], 0);

		if (w != NULL && w->line < line)
			line = w->line;
	}
	return line;
}

int
conf_set_lease(struct conf_parse *p, cfg_t *tenant, struct pd_lease *lease)
{
	cfg_t *section = cfg_size(tenant, "lease") > 0 ? cfg_getsec(tenant, "lease") : NULL;

	if (section == NULL)
		return 0;
	*lease = (struct pd_lease){ .line = first_line(section), .grace_s = 7 * DAY_S, .warning_s = LEASE_WARNING_S };
	if (conf_number(p, section, "default", ARG_DURATION, 1, LEASE_MOST_S, &lease->default_s) == -1 ||
	    conf_number(p, section, "longest", ARG_DURATION, 1, LEASE_MOST_S, &lease->longest_s) == -1 ||
	    conf_number(p, section, "grace", ARG_DURATION, 0, LEASE_MOST_S, &lease->grace_s) == -1 ||
	    conf_number(p, section, "warning", ARG_DURATION, 0, LEASE_MOST_S, &lease->warning_s) == -1 ||
	    set_after_grace(p, section, lease) == -1)
		return -1;
	return check_terms(p, lease);
}
