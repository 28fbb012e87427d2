/* SPDX-License-Identifier: ISC */
/*
 * conf_tenants.c - tenant sections: members, role, quotas, limits, what may be used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/conf_parts.h"
#include "policy/policy.h"

#define COUNT_MAX   1000000		/* VMs, processors: above any site, far below an overflow */
#define UNITS_MAX   (100LL * COUNT_MAX)
#define SIZE_MAX_MIB (1LL << 40)	/* an exbibyte */

static const struct pd_amounts no_limit = { -1, -1, -1, -1, -1 };

static int
set_amounts(struct conf_parse *p, cfg_t *section, struct pd_amounts *a)
{
	if (section == NULL)
		return 0;
	return conf_number(p, section, "processing-units", ARG_UNITS, 0, UNITS_MAX, &a->units) == -1 ||
	    conf_number(p, section, "virtual-processors", ARG_COUNT, 0, COUNT_MAX, &a->procs) == -1 ||
	    conf_number(p, section, "memory", ARG_SIZE, 0, SIZE_MAX_MIB, &a->memory) == -1 ||
	    conf_number(p, section, "disk", ARG_SIZE, 0, SIZE_MAX_MIB, &a->disk) == -1 ? -1 : 0;
}

static int
set_quota(struct conf_parse *p, cfg_t *tenant, const char *name, struct pd_amounts *a)
{
	cfg_t *section = cfg_size(tenant, name) > 0 ? cfg_getsec(tenant, name) : NULL;

	*a = no_limit;
	if (section == NULL)
		return 0;
	return set_amounts(p, section, a) == -1 ? -1 : conf_number(p, section, "vms", ARG_COUNT, 0, COUNT_MAX, &a->vms);
}

static int
set_vm_limit(struct conf_parse *p, cfg_t *tenant, struct pd_tenant *t)
{
	cfg_t *section = cfg_size(tenant, "vm-limit") > 0 ? cfg_getsec(tenant, "vm-limit") : NULL;

	t->vm_limit = no_limit;
	t->max_disks = t->max_networks = -1;
	if (section == NULL)
		return 0;
	return set_amounts(p, section, &t->vm_limit) == -1 ||
	    conf_number(p, section, "disks", ARG_COUNT, 1, 16, &t->max_disks) == -1 ||
	    conf_number(p, section, "networks", ARG_COUNT, 0, 8, &t->max_networks) == -1 ? -1 : 0;
}

static int
set_role(struct conf_parse *p, cfg_t *section, struct pd_tenant *t)
{
	const struct conf_word *w = conf_word(section, "role", 0);

	if (w == NULL)
		return conf_fail(p, t->line, "tenant %s has no role; write: role = NAME", t->name);
	for (size_t i = 0; i < p->conf->nroles; i++)
		if (strcmp(p->conf->roles[i].name, w->text) == 0) {
			t->role = &p->conf->roles[i];
			return 0;
		}
	return conf_fail(p, w->line, "there is no role \"%.60s\" in this file; write: role %.60s { verbs = { ... } }",
	    w->text, w->text);
}

/* A name or pattern of networks that fits no network section is a typing error. */
static int
check_network(const struct conf_parse *p, const struct conf_word *w)
{
	char	      *item[] = { (char *)w->text };
	struct pd_list list = { item, 1 };

	if (conf_check_pattern(p, w) == -1)
		return -1;
	if (strcmp(w->text, "*") == 0)
		return 0;
	for (size_t i = 0; i < p->conf->nnetworks; i++)
		if (policy_list_has(&list, p->conf->networks[i].name))
			return 0;
	return conf_fail(p, w->line, "there is no network \"%.60s\" in this file; write: network %.60s { vlan = ... }",
	    w->text, w->text);
}

static int
check_feature(const struct conf_parse *p, const struct conf_word *w)
{
	char all[200] = "";

	if (strcmp(w->text, "*") == 0)
		return 0;
	for (size_t i = 0; i < policy_features_count; i++) {
		if (strcmp(policy_features[i].name, w->text) == 0)
			return 0;
		(void)snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i > 0 ? ", " : "", policy_features[i].name);
	}
	return conf_fail(p, w->line, "there is no feature \"%.60s\"; known are %s", w->text, all);
}

int
conf_add_tenant(struct conf_parse *p, cfg_t *section, int line)
{
	struct pd_tenant *t = &p->conf->tenants[p->conf->ntenants++];
	int64_t		  weight = 1;

	t->line = line;
	if (conf_title_text(p, section, line, &t->name) == -1 || set_role(p, section, t) == -1 ||
	    conf_list(p, section, "members", conf_check_user, &t->members) == -1)
		return -1;
	if (t->members.n == 0)
		return conf_fail(p, line, "tenant %s has no members; write: members = { USER, ... }", t->name);
	if (set_quota(p, section, "quota", &t->quota) == -1 ||
	    set_quota(p, section, "user-quota", &t->user_quota) == -1 || set_vm_limit(p, section, t) == -1 ||
	    conf_set_lease(p, section, &t->lease) == -1)
		return -1;
	if (conf_list(p, section, "features", check_feature, &t->features) == -1 ||
	    conf_list(p, section, "images", conf_check_pattern, &t->images) == -1 ||
	    conf_list(p, section, "media", conf_check_pattern, &t->media) == -1 ||
	    conf_list(p, section, "networks", check_network, &t->networks) == -1 ||
	    conf_list(p, section, "platforms", conf_check_pattern, &t->platforms) == -1 ||
	    conf_list(p, section, "pools", conf_check_pattern, &t->pools) == -1 ||
	    conf_number(p, section, "weight", ARG_COUNT, 1, 100, &weight) == -1)
		return -1;
	t->weight = (int)weight;
	return 0;
}

struct member {
	const char		*user;
	const struct pd_tenant	*tenant;
};

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int		     order = strcmp(x->user, y->user);

	return order != 0 ? order : x->tenant->line - y->tenant->line;
}

/* The line in which the tenant's members have this user. */
static int
member_line(const struct conf_parse *p, const struct member *m)
{
	cfg_t		       *section = cfg_getnsec(p->cfg, "tenant", (unsigned)(m->tenant - p->conf->tenants));
	const struct conf_word *w;

	for (unsigned i = 0; (w = conf_word(section, "members", i)) != NULL; i++)
		if (strcmp(w->text, m->user) == 0)
			return w->line;
	return m->tenant->line;
}

int
conf_check_members(const struct conf_parse *p)
{
	const struct pd_conf *c = p->conf;
	struct member	     *all;
	size_t		      n = 0;
	int		      rv = 0;

	for (size_t i = 0; i < c->ntenants; i++)
		n += c->tenants[i].members.n;
	all = calloc(n + 1, sizeof(*all));
	if (all == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	n = 0;
	for (size_t i = 0; i < c->ntenants; i++)
		for (size_t m = 0; m < c->tenants[i].members.n; m++)
			all[n++] = (struct member){ c->tenants[i].members.item[m], &c->tenants[i] };
	qsort(all, n, sizeof(*all), compare_members);
	for (size_t i = 1; i < n && rv == 0; i++)
		if (strcmp(all[i - 1].user, all[i].user) == 0)
			rv = conf_fail(p, member_line(p, &all[i]),
			    "user %s is a member of tenant %s and of tenant %s (line %d); "
			    "a user belongs to one tenant",
			    all[i].user, all[i].tenant->name, all[i - 1].tenant->name, member_line(p, &all[i - 1]));
	free(all);
	return rv;
}
