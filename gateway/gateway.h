/* SPDX-License-Identifier: ISC */
/*
 * gateway.h - one request on its way through the gateway.
 */
#ifndef PD_GATEWAY_GATEWAY_H
#define PD_GATEWAY_GATEWAY_H

#include "gateway/args.h"
#include "gateway/caller.h"
#include "gateway/launch.h"
#include "gateway/response.h"
#include "policy/conf.h"
#include "policy/policy.h"

struct gateway {
	struct launch		launch;
	struct invocation	inv;
	struct request		req;
	struct pd_conf	       *conf;	/* owned; NULL until it is loaded */
	struct caller		caller;	/* user is "" until it is known */
	const struct pd_tenant *tenant;
	int			again;	/* a second authentication was seen */
};

/* request_words.c: from argv, SSH_ORIGINAL_COMMAND or stdin to g->req. */
int gateway_understand(struct gateway *g, struct pd_err *e);

/* What each kind of verb does; all fill *r. */
void gateway_local(struct gateway *g, struct response *r);	/* local.c: help, whoami, version */
void gateway_ask(struct gateway *g, struct response *r);	/* ask.c: a question to the director */
void gateway_submit(struct gateway *g, struct response *r);	/* submit.c: a job */
void gateway_follow(struct gateway *g, struct response *r);	/* submit.c: a job that is there */

/* confirm.c: 0 = go on; PD_USAGE when a destructive verb has neither --yes nor a terminal, or the person said no. */
int gateway_confirm(const struct gateway *g, struct pd_err *e);

/* ask.c: tells the director of a refusal, for the history; without a director a line to syslog.  Bounded in time. */
void gateway_tell_refusal(const struct gateway *g, const struct response *r);

#endif
