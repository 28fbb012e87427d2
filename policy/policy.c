/* SPDX-License-Identifier: ISC */
/*
 * policy.c - who may call which verb: users to tenants, tenants to roles, roles to verbs.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/verbs.h"
#include "policy/policy.h"

int
policy_list_has(const struct pd_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *item = list->item[i];
		size_t	    len = strlen(item);

		if (len > 0 && item[len - 1] == '*' ? strncmp(item, name, len - 1) == 0 : strcmp(item, name) == 0)
			return 1;
	}
	return 0;
}

/* Members are whole names: a pattern would put a user into two tenants. */
static int
is_member(const struct pd_tenant *t, const char *user)
{
	for (size_t i = 0; i < t->members.n; i++)
		if (strcmp(t->members.item[i], user) == 0)
			return 1;
	return 0;
}

const struct pd_tenant *
policy_tenant(const struct pd_conf *conf, const char *user)
{
	for (size_t i = 0; i < conf->ntenants; i++)
		if (is_member(&conf->tenants[i], user))
			return &conf->tenants[i];
	return NULL;
}

const struct pd_tenant *
policy_tenant_by_name(const struct pd_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->ntenants; i++)
		if (strcmp(conf->tenants[i].name, name) == 0)
			return &conf->tenants[i];
	return NULL;
}

const struct pd_network *
policy_network(const struct pd_conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->nnetworks; i++)
		if (strcmp(conf->networks[i].name, name) == 0)
			return &conf->networks[i];
	return NULL;
}

const struct pd_network *
policy_network_by_vlan(const struct pd_conf *conf, const struct pd_tenant *tenant, int vlan)
{
	for (size_t i = 0; i < conf->nnetworks; i++)
		if (conf->networks[i].vlan == vlan && policy_list_has(&tenant->networks, conf->networks[i].name))
			return &conf->networks[i];
	return NULL;
}

int
policy_verb(const struct pd_conf *conf, const char *user, const char *verb, struct policy_why *why, struct pd_err *e)
{
	const struct verb      *v = verb_find(verb);
	const struct pd_tenant *t = policy_tenant(conf, user);

	*why = (struct policy_why){ .rule = "default" };
	/* They tell a caller about himself, and change nothing; a batch's requests need their own permissions. */
	if (v != NULL && (v->kind == VERB_LOCAL || v->kind == VERB_BATCH)) {
		(void)snprintf(why->rule, sizeof(why->rule), "everybody");
		return 0;
	}
	if (t == NULL)
		return pd_fail(e, PD_DENIED, "user %s is a member of no tenant; ask an administrator to add you to one", user);
	(void)snprintf(why->rule, sizeof(why->rule), "tenant %s, role %s", t->name, t->role->name);
	why->line = t->role->line;
	if (v == NULL || !policy_list_has(&t->role->verbs, verb))
		return pd_fail(e, PD_DENIED,
		    "%s is not among the verbs of your role (%s of tenant %s); ask an administrator for it", verb,
		    t->role->name, t->name);
	why->again = policy_list_has(&t->role->again, verb);
	return 0;
}
