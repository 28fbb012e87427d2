/* SPDX-License-Identifier: ISC */
/*
 * ask.c - questions to the director: queries of verbs, and refusals for its history.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "gateway/ask.h"
#include "spool/os/clock.h"
#include "spool/query/query.h"
#include "spool/wire.h"

json_t *
ask_new(const struct gateway *g, const char *op)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "op", op, "user", g->caller.user, "origin",
	    g->caller.origin == JOB_BY_KEY ? "key" : "account", "source", g->launch.source);
}

static int
no_connection(const struct pd_err *why, int limit_ms, struct pd_err *e)
{
	if (why->code != PD_BUSY)
		return pd_fail(e, why->code, "the director cannot be asked: %s", why->msg);
	if (why->sys == EAGAIN)
		return pd_fail_wait(e, PD_BUSY, ASK_AGAIN_S,
		    "the director did not take the connection within %d ms, it is busy or hangs", limit_ms);
	return pd_fail(e, PD_BUSY, "the director is not running; try later, or tell an administrator");
}

/* Within the limit: the time that the connection has taken is not there for the answer. */
static int
exchange(int sock, json_t *msg, int64_t end_ms, json_t **reply, char **list, size_t *list_len, struct pd_err *e)
{
	int64_t left;

	if (wire_send(sock, msg, NULL, 0, e) == -1)
		return -1;
	left = end_ms - clock_mono_ms();
	if (left < 0)
		left = 0;
	if (list != NULL)
		return wire_recv_list(sock, WIRE_REPLY_MAX, (int)left, reply, list, list_len, e);
	return wire_recv(sock, WIRE_REPLY_MAX, (int)left, reply, NULL, 0, e);
}

static int
ask(const struct gateway *g, json_t *msg, int limit_ms, json_t **reply, char **list, size_t *list_len, int *is_down,
    struct pd_err *e)
{
	int64_t	      end_ms = clock_mono_ms() + limit_ms;
	struct pd_err why;
	int	      sock, rv;

	*reply = NULL;
	sock = wire_connect(g->conf->socket, limit_ms, &why);
	if (is_down != NULL)
		*is_down = sock == -1 && why.sys != EAGAIN;
	if (sock == -1) {
		json_decref(msg);
		return no_connection(&why, limit_ms, e);
	}
	rv = exchange(sock, msg, end_ms, reply, list, list_len, &why);
	(void)close(sock);
	if (rv == 1)
		return 0;
	if (rv == 0 || why.sys == EPIPE || why.sys == ECONNRESET)	/* it ended meanwhile */
		return pd_fail_wait(e, PD_BUSY, ASK_AGAIN_S, "the director closed the connection without an answer");
	if (why.code == PD_BUSY)
		return pd_fail_wait(e, PD_BUSY, ASK_AGAIN_S, "the director did not answer within %d s", limit_ms / 1000);
	return pd_fail(e, why.code, "%s", why.msg);
}

int
ask_director(const struct gateway *g, json_t *msg, int limit_ms, json_t **reply, int *is_down, struct pd_err *e)
{
	return ask(g, msg, limit_ms, reply, NULL, NULL, is_down, e);
}

/* A long history takes its time; the director does other things between. */
static int
limit_of(const char *verb)
{
	return strcmp(verb, "verify-history") == 0 ? VERIFY_LIMIT_MS : ASK_LIMIT_MS;
}

/* drift --repair --yes: what brings it back is done at once, in place of being shown. */
static void
repair(struct gateway *g, struct response *r)
{
	json_t *requests;

	if (!json_is_true(json_object_get(g->req.args, "repair")) || !json_is_true(json_object_get(g->req.args, "yes")))
		return;
	requests = json_incref(json_object_get(r->value, "repair"));
	if (json_array_size(requests) > 0) {
		response_clear(r);
		response_init(r);
		gateway_repair(g, requests, r);
	}
	json_decref(requests);
}

void
gateway_ask(struct gateway *g, struct response *r)
{
	json_t	     *msg = ask_new(g, "query"), *reply;
	struct pd_err e;

	json_object_set_new(msg, "verb", json_string(g->req.verb->name));
	json_object_set(msg, "args", g->req.args);
	if (ask(g, msg, limit_of(g->req.verb->name), &reply, &r->list, &r->list_len, NULL, &e) == -1) {
		response_error(r, &e);
		return;
	}
	response_from_json(r, reply);
	json_decref(reply);
	if (r->status == code_exit(PD_BUG)) {
		free(r->list);
		r->list = NULL;
	}
	repair(g, r);
}

static void
log_refusal(const struct gateway *g, const char *verb, const struct response *r)
{
	openlog("powerdirector", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "refused: user=%s source=%s verb=%s code=%s exit=%d message=%s", g->caller.user,
	    g->launch.source, verb, r->word, r->status, r->message);
	closelog();
}

void
gateway_tell_refusal(const struct gateway *g, const struct response *r)
{
	const char   *verb = g->req.verb != NULL ? g->req.verb->name : "";
	json_t	     *msg, *reply = NULL;
	struct pd_err e;

	if (g->conf == NULL) {	/* where the director is stands there */
		log_refusal(g, verb, r);
		return;
	}
	msg = ask_new(g, "refused");	/* of an account that is nobody to us the director knows the number */
	json_object_set_new(msg, "verb", json_string(verb));
	json_object_set_new(msg, "code", json_string(r->word));
	json_object_set_new(msg, "exit", json_integer(r->status));
	json_object_set_new(msg, "message", json_string(r->message));
	if (g->why.rule[0] != '\0') {
		json_object_set_new(msg, "rule", json_string(g->why.rule));
		json_object_set_new(msg, "line", json_integer(g->why.line));
	}
	if (ask_director(g, msg, REFUSED_LIMIT_MS, &reply, NULL, &e) == -1)
		log_refusal(g, verb, r);
	json_decref(reply);
}
