/* SPDX-License-Identifier: ISC */
/*
 * local.c - what the gateway answers alone, from the policy file: help, whoami, version.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/gateway.h"
#include "gateway/help.h"

static void
version(const struct gateway *g, struct response *r)
{
	response_code(r, PD_OK, "PowerDirector %s", PD_VERSION);
	if (g->req.json)
		r->value = json_pack("{s:s}", "version", PD_VERSION);
}

static void
add_amount(json_t *o, const char *key, int64_t n)
{
	if (n >= 0)
		json_object_set_new(o, key, json_integer(n));
}

/* Limits that there are; what is not limited is left out. */
static json_t *
amounts(const struct pd_amounts *a)
{
	json_t *o = json_object();

	add_amount(o, "vms", a->vms);
	add_amount(o, "units", a->units);
	add_amount(o, "procs", a->procs);
	add_amount(o, "memory", a->memory);
	add_amount(o, "disk", a->disk);
	if (json_object_size(o) > 0)
		return o;
	json_decref(o);
	return json_null();	/* nothing is limited */
}

/* NULL: VMs have none. */
static json_t *
lease(const struct pd_lease *l)
{
	char usual[POLICY_LEASE_TEXT], longest[POLICY_LEASE_TEXT], grace[POLICY_LEASE_TEXT];

	if (l->line == 0)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s}", "default", policy_lease_text(usual, l->default_s), "longest",
	    policy_lease_text(longest, l->longest_s), "grace", policy_lease_text(grace, l->grace_s), "after_grace",
	    l->deletes ? "delete" : "keep");
}

static void
whoami(const struct gateway *g, struct response *r)
{
	static const char *const scopes[] = {
		[SCOPE_OWN] = "your own", [SCOPE_TENANT] = "your tenant's", [SCOPE_ALL] = "everybody's"
	};
	const struct pd_tenant *t = g->tenant;
	json_t		       *commands = json_array();

	for (size_t i = 0; i < verbs_count; i++)
		if (help_allows(t->role, &verbs[i]))
			json_array_append_new(commands, json_string(verbs[i].name));
	r->value = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o*, s:o}", "user", g->caller.user,
	    "tenant", t->name, "role", t->role->name, "identified_by",
	    g->caller.origin == JOB_BY_KEY ? "key" : "account", "from",
	    g->launch.source[0] != '\0' ? g->launch.source : "this host", "vms_and_jobs_seen", scopes[t->role->scope],
	    "tenant_may_use", amounts(&t->quota), "you_may_use", amounts(&t->user_quota), "one_vm_may_use",
	    amounts(&t->vm_limit), "lease", lease(&t->lease), "commands", commands);
	if (r->value == NULL)
		response_code(r, PD_IO, "no memory");
	else if (!g->req.json)
		json_object_del(r->value, "commands");	/* help says that better */
}

static void
text_value(struct response *r, char *text, size_t len)
{
	r->value = json_stringn(text, len);
	r->is_text = 1;
	free(text);
}

static void
help(const struct gateway *g, struct response *r)
{
	const char	  *name = json_string_value(json_object_get(g->req.args, "verb"));
	const struct verb *v = name != NULL ? verb_find(name) : NULL;
	char		  *text = NULL;
	size_t		   len = 0;
	FILE		  *out;

	if (g->req.json) {
		r->value = help_json(g->tenant->role);
		return;
	}
	out = open_memstream(&text, &len);
	if (out == NULL) {
		response_code(r, PD_IO, "no memory");
		return;
	}
	if (v != NULL)
		help_verb(out, v);
	else
		help_overview(out, g->tenant->role);
	(void)fclose(out);
	text_value(r, text, len);
}

void
gateway_local(struct gateway *g, struct response *r)
{
	if (strcmp(g->req.verb->name, "version") == 0)
		version(g, r);
	else if (strcmp(g->req.verb->name, "whoami") == 0)
		whoami(g, r);
	else
		help(g, r);
}
