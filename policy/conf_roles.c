/* SPDX-License-Identifier: ISC */
/*
 * conf_roles.c - role sections: which verbs, for which of them to authenticate again, on whose VMs.
 */
#include <string.h>

#include "policy/conf_parts.h"
#include "policy/policy.h"

/* Does the word, a verb or a pattern, stand for at least one verb? */
static int
names_a_verb(const char *word)
{
	char	      *item[] = { (char *)word };
	struct pd_list list = { item, 1 };

	for (size_t i = 0; i < verbs_count; i++)
		if (policy_list_has(&list, verbs[i].name))
			return 1;
	return 0;
}

static int
check_verb(const struct conf_parse *p, const struct conf_word *w)
{
	const struct verb *near;

	if (names_a_verb(w->text))
		return 0;
	near = verb_nearest(w->text);
	return conf_fail(p, w->line, "\"%.60s\" is not a verb%s%s%s; powerdirector help --json lists them", w->text,
	    near != NULL ? "; is \"" : "", near != NULL ? near->name : "", near != NULL ? "\" meant?" : "");
}

static int
set_scope(struct conf_parse *p, cfg_t *section, struct pd_role *role)
{
	static const char *const scopes[] = { [SCOPE_OWN] = "own", [SCOPE_TENANT] = "tenant", [SCOPE_ALL] = "all" };
	const struct conf_word	*w = conf_word(section, "scope", 0);

	role->scope = SCOPE_OWN;
	if (w == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (strcmp(scopes[i], w->text) == 0) {
			role->scope = i;
			return 0;
		}
	return conf_fail(p, w->line, "scope: \"%.60s\" is not one of: own, tenant, all", w->text);
}

/* A verb to authenticate again for that the role does not have is a typing error. */
static int
check_again(struct conf_parse *p, cfg_t *section, const struct pd_role *role)
{
	const struct conf_word *w;
	size_t			len;
	int			has;

	for (unsigned i = 0; (w = conf_word(section, "authenticate-again", i)) != NULL; i++) {
		len = strlen(w->text);
		has = w->text[len - 1] == '*' || policy_list_has(&role->verbs, w->text);
		if (!has)
			return conf_fail(p, w->line,
			    "authenticate-again: role %s does not have the verb %s; add it to verbs or remove it here",
			    role->name, w->text);
	}
	return 0;
}

int
conf_add_role(struct conf_parse *p, cfg_t *section, int line)
{
	struct pd_role *role = &p->conf->roles[p->conf->nroles++];

	role->line = line;
	if (conf_title_text(p, section, line, &role->name) == -1 ||
	    conf_list(p, section, "verbs", check_verb, &role->verbs) == -1)
		return -1;
	if (role->verbs.n == 0)
		return conf_fail(p, line, "role %s has no verbs; write: verbs = { create-vm, list-vms, ... }", role->name);
	if (conf_list(p, section, "authenticate-again", check_verb, &role->again) == -1 ||
	    check_again(p, section, role) == -1)
		return -1;
	return set_scope(p, section, role);
}
