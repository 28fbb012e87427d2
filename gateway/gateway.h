/* SPDX-License-Identifier: ISC */
/*
 * gateway.h - one request on its way through the gateway.
 */
#ifndef PD_GATEWAY_GATEWAY_H
#define PD_GATEWAY_GATEWAY_H

#include "gateway/caller.h"
#include "gateway/follow/followers.h"
#include "gateway/launch.h"
#include "gateway/render/response.h"
#include "gateway/request/args.h"
#include "policy/conf.h"
#include "policy/policy.h"

/* A batch's request and where it stands. */
struct batch_line {
	struct request req;
	int	       number;	/* 1 = the first line of stdin */
};

struct gateway {
	struct launch		launch;
	struct invocation	inv;
	struct request		req;
	struct batch_line      *lines;	/* owned; of a batch only */
	size_t			nlines;
	struct pd_conf	       *conf;	/* owned; NULL until it is loaded */
	struct caller		caller;	/* user is "" until it is known */
	const struct pd_tenant *tenant;
	struct follower		follower;	/* its place, while it follows */
	int			is_refused;	/* before there was a job: the history is to hear of it */
	int			again;	/* a second authentication was seen */
	struct policy_why	why;	/* the rule that allowed or refused it, for the history; rule "" = none was asked */
};

/* request_words.c: from argv, SSH_ORIGINAL_COMMAND or stdin to g->req. */
int gateway_understand(struct gateway *g, struct pd_err *e);
/* A line as one would type it behind "ssh HOST", not the request "-". */
int gateway_understand_line(const char *line, size_t len, struct request *req, struct pd_err *e);
/* All of stdin in buf, at most size bytes, within half a minute. */
int gateway_read_stdin(char *buf, size_t size, size_t *len, struct pd_err *e);
/* batch_read.c: the lines of stdin to g->lines.  -1: one that is wrong, and its number, whatever the others are. */
int  gateway_read_batch(struct gateway *g, struct pd_err *e);
void gateway_clear_batch(struct gateway *g);

/* What each kind of verb does; all fill *r. */
void gateway_local(struct gateway *g, struct response *r);	/* local.c: help, whoami, version */
void gateway_ask(struct gateway *g, struct response *r);	/* ask.c: a question to the director */
void gateway_export(struct gateway *g, struct response *r);	/* export.c: such a question, page by page, and its lines on stdout */
void gateway_console(struct gateway *g, struct response *r);	/* console_screen.c: a terminal */
void gateway_submit(struct gateway *g, struct response *r);	/* submit.c: a job */
void gateway_follow(struct gateway *g, struct response *r);	/* submit.c: a job that is there */
void gateway_batch(struct gateway *g, struct response *r);	/* batch_submit.c: many jobs */
/* batch_submit.c: requests (texts) of the director's, one after the other, each waited for; g has no lines. */
void gateway_repair(struct gateway *g, const json_t *requests, struct response *r);

/*
 * submit.c: puts the jobs into new/, in one file, and has the director take them in.  1 with its *reply; 0 when there
 * is none, but the file is durable; -1 with *r: nothing is handed in, or nobody knows.
 */
int gateway_hand_in(const struct gateway *g, const struct job *jobs, size_t n, json_t **reply, int *is_down, struct response *r);

/* submit.c: the job of a request, with this id; job_clear() it. */
void gateway_make_job(const struct gateway *g, const struct request *req, const char *id, int64_t now_ms, struct job *job);

/* follow_offline.c: the one job whose id begins with prefix and that the caller may see, by the logs alone; -1: none, or several. */
int gateway_find_log(const struct gateway *g, const char *prefix, char id[JOB_ID_LEN + 1]);

/* submit.c: may a job be made now?  Where the answer is no, the director would say the same. */
int gateway_has_room(struct gateway *g, const struct verb *v, struct pd_err *e);

/* confirm.c: 0 = go on; PD_USAGE when a destructive verb has neither --yes nor a terminal, or the person said no. */
int gateway_confirm(const struct gateway *g, const struct request *req, struct pd_err *e);

/* ask.c: tells the director of a refusal, for the history; without a director a line to syslog.  Bounded in time. */
void gateway_tell_refusal(const struct gateway *g, const struct response *r);

#endif
