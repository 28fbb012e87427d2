/* SPDX-License-Identifier: ISC */
/*
 * authorise.c - may this caller make this request?  Account, policy, confirmation, second authentication, in this
 * order.
 *
 * The policy's answer here is early, not final: the director asks the same matcher again.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/authorise.h"
#include "gateway/help.h"
#include "gateway/pam.h"

int
gateway_identify(struct gateway *g, struct pd_err *e)
{
	/* A set-id process reads root's file only; anybody may try out his own otherwise: it gives him nothing that he has not. */
	if (conf_load(g->inv.conf_file, g->launch.setid ? 0 : getuid(), &g->conf, e) == -1)
		return -1;
	return caller_identify(&g->inv, g->conf, &g->caller, e);
}

/* help of a verb: one that there is and that the caller may run. */
static int
check_topic(const struct gateway *g, struct policy_why *why, struct pd_err *e)
{
	const char    *topic = json_string_value(json_object_get(g->req.args, "verb"));
	char	       name[40];
	char	      *word = name;
	struct request ignored;

	if (topic == NULL)
		return 0;
	(void)snprintf(name, sizeof(name), "%s", topic);
	if (verb_find(topic) == NULL)
		return request_parse(1, &word, &ignored, e);	/* names the nearest */
	if (help_allows(g->tenant->role, verb_find(topic)))
		return 0;
	return policy_verb(g->conf, g->caller.user, topic, why, e);
}

static int
check_request(struct gateway *g, const struct request *req, struct policy_why *why, struct pd_err *e)
{
	const struct verb *v = req->verb;
	json_t		  *copy;
	int		   rv;

	memset(why, 0, sizeof(*why));
	g->tenant = policy_tenant(g->conf, g->caller.user);
	if (g->tenant == NULL || strcmp(v->name, "help") != 0) {
		if (policy_verb(g->conf, g->caller.user, v->name, why, e) == -1)
			return -1;
	}
	if (g->tenant == NULL)
		return pd_fail(e, PD_DENIED, "%s belongs to no tenant; ask an administrator", g->caller.user);
	if (v->kind == VERB_LOCAL)
		return check_topic(g, why, e);
	if (v->kind != VERB_JOB && v->kind != VERB_RECORD)
		return 0;
	copy = json_deep_copy(req->args);	/* it fills in defaults; the job keeps what was asked for */
	rv = policy_args(g->conf, g->tenant, v->name, copy, why, e);
	json_decref(copy);
	return rv == 0 ? gateway_confirm(g, req, e) : -1;
}

/* Every line, before the first is made; they are one request, so one second authentication does for all. */
static int
check_lines(struct gateway *g, struct policy_why *why, struct pd_err *e)
{
	struct policy_why of_line;
	struct pd_err	  wrong;

	for (size_t i = 0; i < g->nlines; i++) {
		if (check_request(g, &g->lines[i].req, &of_line, &wrong) == -1) {
			*why = of_line;
			return pd_fail(e, wrong.code, "line %d: %s", g->lines[i].number, wrong.msg);
		}
		if (of_line.again)
			*why = of_line;
	}
	return 0;
}

int
gateway_authorise(struct gateway *g, struct pd_err *e)
{
	if (pam_account(g->conf, &g->caller, &g->launch, e) == -1 || check_request(g, &g->req, &g->why, e) == -1 ||
	    check_lines(g, &g->why, e) == -1)
		return -1;
	if (g->why.again && pam_again(g->conf, &g->caller, &g->launch, e) == -1)
		return -1;
	g->again = g->why.again;
	return 0;
}
