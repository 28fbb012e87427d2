/* SPDX-License-Identifier: ISC */
/*
 * powerdirector.c - the gateway: forced command of sshd and local command line.  powerdirector(1).
 *
 * One process for one request: understand it, find out who asks, ask PAM and the policy, hand it over,
 * say how it ended.  It opens no database and no network connection and starts no program.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/authorise.h"
#include "gateway/gateway.h"
#include "spool/os/sandbox.h"

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

/*
 * Behind PAM, whose modules may do anything (pam_unix starts a set-id program), and before anything of a job or an
 * answer is read.  What is left: the drop, the logs, the director's socket.
 */
static int
give_up_the_rest(const struct gateway *g, struct pd_err *e)
{
	char		    tmp[PATH_MAX], new[PATH_MAX], log[PATH_MAX];
	struct sandbox_path paths[] = {
		{ tmp, SANDBOX_READ | SANDBOX_FILE }, { new, SANDBOX_READ | SANDBOX_FILE }, { log, SANDBOX_READ }
	};
	const char *spool = g->conf != NULL ? g->conf->spool : "";

	(void)snprintf(tmp, sizeof(tmp), "%s/tmp", spool);
	(void)snprintf(new, sizeof(new), "%s/new", spool);
	(void)snprintf(log, sizeof(log), "%s/log", spool);
	sandbox_limits();
	if (sandbox_files(paths, g->conf != NULL ? sizeof(paths) / sizeof(paths[0]) : 0, 0, NULL, 0, e) == -1)
		return -1;
	return sandbox_enter(SANDBOX_GATEWAY, e);
}

static void
carry_out(struct gateway *g, struct response *r)
{
	switch (g->req.verb->kind) {
	case VERB_LOCAL:
		gateway_local(g, r);
		break;
	case VERB_QUERY:
		if ((g->req.verb->flags & VERB_PAGES) != 0)
			gateway_export(g, r);
		else
			gateway_ask(g, r);
		break;
	case VERB_CONSOLE:
		gateway_console(g, r);
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
	struct pd_err	e = { .code = PD_BUG }, sandbox_error;
	int		status, is_refused;

	memset(&g, 0, sizeof(g));
	g.follower = (struct follower){ -1, -1 };
	response_init(&r);
	is_refused = launch_clean(argc, &g.launch, &e) == -1 || prepare(&g, argc, argv, &e) == -1;
	if (give_up_the_rest(&g, is_refused ? &sandbox_error : &e) == -1)
		is_refused = 1;
	if (is_refused)
		response_error(&r, &e);
	else
		carry_out(&g, &r);
	status = r.status;
	if (response_print(&r, g.req.verb != NULL ? g.req.verb->name : NULL, g.req.json) == -1 && status == 0)
		status = code_exit(PD_IO);
	if (is_refused || g.is_refused)
		gateway_tell_refusal(&g, &r);
	response_clear(&r);
	request_clear(&g.req);
	gateway_clear_batch(&g);
	conf_free(g.conf);
	return status;
}
