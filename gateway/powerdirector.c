/* SPDX-License-Identifier: ISC */
/*
 * powerdirector.c - the gateway: forced command of sshd and local command line.  powerdirector(1).
 *
 * One process for one request: understand it, find out who asks, ask PAM and the policy, hand it over,
 * say how it ended.  It opens no database and no network connection and starts no program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/authorise.h"
#include "gateway/gateway.h"

/* The only request that is answered without knowing who asks. */
static int
is_version(const struct gateway *g)
{
	return g->req.verb != NULL && strcmp(g->req.verb->name, "version") == 0;
}

static int
prepare(struct gateway *g, int argc, char **argv, struct pd_err *e)
{
	struct pd_err ignored;

	if (invocation_parse(argc, argv, &g->launch, &g->inv, e) == -1)
		return -1;
	if (gateway_understand(g, e) == -1) {
		(void)gateway_identify(g, &ignored);	/* so that the history can say who it was */
		return -1;
	}
	if (is_version(g))
		return 0;
	if (gateway_identify(g, e) == -1 || (g->req.verb->kind == VERB_BATCH && gateway_read_batch(g, e) == -1))
		return -1;
	return gateway_authorise(g, e);
}

static void
carry_out(struct gateway *g, struct response *r)
{
	switch (g->req.verb->kind) {
	case VERB_LOCAL:
		gateway_local(g, r);
		break;
	case VERB_QUERY:
		gateway_ask(g, r);
		break;
	case VERB_FOLLOW:
		gateway_follow(g, r);
		break;
	case VERB_BATCH:
		gateway_batch(g, r);
		break;
	case VERB_JOB:
	case VERB_RECORD:
		gateway_submit(g, r);
		break;
	}
}

int
main(int argc, char **argv)
{
	struct gateway	g;
	struct response r;
	struct pd_err	e = { .code = PD_BUG };
	int		status, is_refused;

	memset(&g, 0, sizeof(g));
	response_init(&r);
	is_refused = launch_clean(argc, &g.launch, &e) == -1 || prepare(&g, argc, argv, &e) == -1;
	if (is_refused)
		response_error(&r, &e);
	else
		carry_out(&g, &r);
	status = r.status;
	if (response_print(&r, g.req.verb != NULL ? g.req.verb->name : NULL, g.req.json) == -1 && status == 0)
		status = code_exit(PD_IO);
	if (is_refused)
		gateway_tell_refusal(&g, &r);
	response_clear(&r);
	request_clear(&g.req);
	gateway_clear_batch(&g);
	conf_free(g.conf);
	return status;
}
