/* SPDX-License-Identifier: ISC */
/*
 * director_query.c - what the director answers to one request on its socket.
 *
 * "admit" is on the way of every request, so it does nothing but the intake of that one file: a
 * read, a transaction, a rename.
 */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "spool/director/console.h"
#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/history/refusal.h"
#include "spool/os/clock.h"
#include "spool/query/director_query.h"
#include "spool/query/query.h"
#include "spool/run/settle.h"
#include "spool/vis.h"

/* One request: who asks, by the kernel's word. */
struct asking {
	struct director *d;
	const json_t	*request;
	uid_t		 uid;
	char		 user[JOB_USER_MAX + 1];
	int		 comes_later;	/* the answer */
	int		 is_handed_over;	/* the connection */
};

static int
cancel(void *arg, const char *id, struct pd_err *e)
{
	struct asking *a = arg;

	return runner_cancel(a->d, id, a->user, e);
}

static const char *
wait_of(void *arg, const json_t *row, int *is_platform)
{
	struct asking *a = arg;

	return runner_wait(a->d, row, a->d->wait_text, is_platform);
}

static json_t *
contact_of(void *arg, const char *platform)
{
	const struct asking  *a = arg;
	const struct contact *bad = contact_bad(a->d, platform), *c = contact_find(a->d, platform);
	json_t *both = c != NULL ? contact_consoles_object(c) : NULL, *o = bad != NULL ? contact_object(bad) : NULL;

	if (both == NULL)
		return o;
	if (o == NULL)
		o = json_object();
	(void)json_object_set_new(o, "consoles", both);
	return o;
}

static int
retake(void *arg, const char *id, int is_undo, struct pd_err *e)
{
	struct asking *a = arg;

	return retake_job(a->d, id, is_undo, a->user, e);
}

static int
verify(void *arg, const struct history_witness *w, struct pd_err *e)
{
	struct asking *a = arg;

	a->comes_later = verification_begin(a->d, w, e) == 0;
	return a->comes_later ? 0 : -1;
}

/* The session's worker answers on the connection, which is its own from here on. */
static int
console(void *arg, const char *user, const json_t *vm, int steal, struct pd_err *e)
{
	struct asking *a = arg;
	int	       sock;

	if (a->d->server.asking == NULL)
		return pd_fail(e, PD_USAGE, "a console needs a connection");
	sock = a->d->server.asking->fd;
	a->is_handed_over = console_open(a->d, user, vm, steal, sock, e) == 0;
	return a->is_handed_over ? 0 : -1;
}

static struct query_context
context_of(struct asking *a)
{
	return (struct query_context){ .conf = a->d->conf, .store = a->d->store, .spool = &a->d->spool, .cancel = cancel,
		.retake = retake, .verify = verify, .console = console, .wait = wait_of, .contact = contact_of, .list = &a->d->server.list, .arg = a, .now_ms = clock_wall_ms() };
}

static int
is_drift(const char *verb)
{
	return strcmp(verb, "drift") == 0;
}

/* The platforms that an answer speaks of. */
static json_t *
platforms_of(const json_t *value, const char *verb)
{
	const char   *key = strstr(verb, "platform") != NULL ? "name" : "platform";
	json_t	     *names = json_object(), *list = json_array();
	const json_t *one;
	const char   *name;
	void	     *at;
	size_t	      i;

	if (is_drift(verb))
		value = json_object_get(value, "systems");
	if (json_is_object(value))
		(void)json_object_set_new(names, field_text(value, key), json_true());
	json_array_foreach(value, i, one)
		(void)json_object_set_new(names, field_text(one, key), json_true());
	for (at = json_object_iter(names); at != NULL; at = json_object_iter_next(names, at)) {
		name = json_object_iter_key(at);
		if (name[0] != '\0')
			(void)json_array_append_new(list, json_string(name));
	}
	json_decref(names);
	return list;
}

/* The consoles have been asked, or will not answer. */
static json_t *
answer_fresh(struct director *d, json_t *arg, const struct pd_err *why)
{
	struct asking	     a = { .d = d, .request = json_object_get(arg, "request") };
	struct query_context q;
	json_t		    *reply;

	(void)snprintf(a.user, sizeof(a.user), "%s", field_text(arg, "user"));
	q = context_of(&a);
	reply = why != NULL ? query_refusal(why) :
	    query_answer(&q, verb_find(field_text(a.request, "verb")), json_object_get(a.request, "args"), a.user);
	json_decref(arg);
	return reply;
}

/* With --fresh: what the question may see at all is known from the store; then its consoles are asked.  Takes the reference to reply. */
static json_t *
refresh(struct asking *a, const char *verb, json_t *reply)
{
	json_t	     *platforms, *arg;
	struct pd_err e;
	int	      rv = 0;

	if (a->comes_later || (field_number(reply, "exit") != 0 && !is_drift(verb)))
		return reply;
	platforms = platforms_of(json_object_get(reply, "value"), verb);
	if (json_array_size(platforms) > 0) {
		arg = json_pack("{s:O s:s}", "request", a->request, "user", a->user);
		if ((rv = inventory_fresh(a->d, platforms, is_drift(verb), answer_fresh, arg, &e)) == 0)
			a->comes_later = 1;
		else
			json_decref(arg);
	}
	json_decref(platforms);
	if (rv == 0)
		return reply;
	json_decref(reply);
	return query_refusal(&e);
}

static json_t *
op_query(struct asking *a)
{
	struct query_context q = context_of(a);
	const char	    *name = field_text(a->request, "verb");
	const struct verb   *verb = verb_find(name);
	json_t		    *reply;
	char		     shown[80];

	if (verb == NULL || (verb->kind != VERB_QUERY && verb->kind != VERB_CONSOLE)) {
		struct pd_err e;

		(void)pd_fail(&e, PD_USAGE, "the director answers no \"%s\"",
		    vis_encode(shown, sizeof(shown), name, strlen(name)));
		return query_refusal(&e);
	}
	if (field_is_set(json_object_get(a->request, "args"), "fresh"))
		q.list = NULL;	/* refresh() looks at it */
	reply = query_answer(&q, verb, json_object_get(a->request, "args"), a->user);
	refusal_of_reply(a->d, a->user, a->uid, a->request, reply);
	if (a->is_handed_over) {
		json_decref(reply);
		return NULL;	/* ours is closed */
	}
	if (field_is_set(json_object_get(a->request, "args"), "fresh"))
		reply = refresh(a, name, reply);
	if (!a->comes_later)
		return reply;
	json_decref(reply);
	return json_true();
}

static json_t *
op_resolve(struct asking *a)
{
	struct query_context q = context_of(a);
	json_t		    *reply = query_resolve(&q, field_text(a->request, "job"), a->user);

	refusal_of_reply(a->d, a->user, a->uid, a->request, reply);
	return reply;
}

/* Accepted: where it is and what it waits for. */
static json_t *
place_of(struct director *d, const json_t *row)
{
	int	    is_platform;
	const char *wait = runner_wait(d, row, d->wait_text, &is_platform);
	json_t	   *value = json_pack("{s:s}", "state",
		is_platform && strcmp(field_text(row, "state"), "queued") == 0 ? "waiting" : field_text(row, "state"));

	if (field_text(row, "platform")[0] != '\0')
		(void)json_object_set(value, "platform", json_object_get(row, "platform"));
	if (field_text(row, "vm")[0] != '\0')
		(void)json_object_set(value, "vm", json_object_get(row, "vm"));
	if (wait[0] != '\0')
		(void)json_object_set_new(value, "wait", json_string(wait));
	return value;
}

/* A job's row as an answer: accepted, or how it ended. */
static json_t *
reply_row(struct director *d, const json_t *row)
{
	enum job_state state = JOB_QUEUED;
	json_t	      *reply;

	(void)job_state_from_name(field_text(row, "state"), &state);
	if (job_state_is_final(state))
		reply = query_reply(code_find(field_text(row, "code"), (int)field_number(row, "exit")),
		    field_text(row, "message"), json_incref(json_object_get(row, "value")));
	else
		reply = query_reply(PD_QUEUED, "accepted", place_of(d, row));
	if (reply != NULL)
		(void)json_object_set(reply, "job", json_object_get(row, "id"));
	return reply;
}

static json_t *
reply_not_yours(const char *id)
{
	struct pd_err e;

	(void)pd_fail(&e, PD_NOTFOUND, "there is no job %s of yours", id);
	return query_refusal(&e);
}

/* A repeated once-key is answered by its first job. */
static json_t *
reply_verdict(struct asking *a, const struct verdict *v)
{
	if (strcmp(field_text(v->row, "user"), a->user) != 0)
		return reply_not_yours(field_text(v->row, "id"));
	return reply_row(a->d, v->first != NULL ? v->first : v->row);
}

/* Not in new/ any more: taken by the scan, or never there, or somebody else's, which is the same. */
static json_t *
reply_known(struct asking *a, const char *id)
{
	struct verdict v = { 0, NULL, NULL };
	struct pd_err  e;
	json_t	      *reply;

	if (store_job_get(a->d->store, id, &v.row, &e) == -1)
		return e.code == PD_NOTFOUND ? reply_not_yours(id) : query_refusal(&e);
	if (admission_first(a->d->store, v.row, &v.first, &e) == -1)
		reply = query_refusal(&e);
	else
		reply = reply_verdict(a, &v);
	verdict_clear(&v);
	return reply;
}

/* The answers to the jobs of a batch, one by one; t is NULL when the scan has taken it. */
static json_t *
reply_batch(struct asking *a, const char *first, size_t n, const struct taken *t)
{
	json_t	     *replies = json_array();
	char	      id[JOB_ID_LEN + 1];
	struct pd_err e;

	memcpy(id, first, sizeof(id));
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && id_next(id, &e) == -1)
			break;
		if (json_array_append_new(replies, t != NULL && i < t->n ? reply_verdict(a, &t->v[i]) : reply_known(a, id)) == -1)
			break;
	}
	return query_reply(PD_OK, "taken in", replies);
}

/* Our own disk failed: the file stays in new/ and may yet become a job, so this is no refusal. */
static const struct pd_err *
kept(struct director *d, const char *id, struct pd_err *e)
{
	if (e->code != PD_IO && e->code != PD_NOSPACE)
		return e;
	log_event(&d->log, LOG_ERR, "intake-failed", "job", id, "why", e->msg, NULL);
	d->scan_at_ms = clock_mono_ms() + DIRECTOR_RETRY_MS;
	(void)pd_fail(e, PD_UNKNOWN,
	    "the director cannot write to its disk now; job %s is kept and taken up when it can, "
	    "ask with: show-job %s",
	    id, id);
	return e;
}

json_t *
director_not_taken(struct director *d, const char *id, struct pd_err *e)
{
	return query_refusal(kept(d, id, e));
}

json_t *
director_taken(struct director *d, const char *user, const char *id, int64_t count, const struct taken *t)
{
	struct asking a = { .d = d };

	(void)snprintf(a.user, sizeof(a.user), "%s", user);
	return count > 1 ? reply_batch(&a, id, (size_t)count, t) : reply_verdict(&a, &t->v[0]);
}

/* The answer comes when this round's transaction is durable. */
static json_t *
op_admit(struct asking *a)
{
	struct director *d = a->d;
	const char	*id = field_text(a->request, "job");
	int64_t		 count = field_number(a->request, "count");	/* absent, 0: one job */
	struct settle_asker asker = { .ticket = d->server.ticket, .count = count };
	struct dropped	    file;
	struct pd_err	    e;
	json_t		   *reply;

	if (!id_is_valid(id) || count < 0 || count > BATCH_JOBS_MAX) {
		(void)pd_fail(&e, PD_USAGE, "this is not a job's id, or not the size of a batch");
		return query_refusal(&e);
	}
	if (d->is_stopping)
		return NULL;	/* as if we were not there: the job stays queued for the next start */
	if ((reply = disk_refuse_job(d, a->user, id)) != NULL)
		return reply;
	if (intake_read(&d->intake, d->spool.new, id, &file, &e) == -1) {
		if (e.code != PD_NOTFOUND)
			return director_not_taken(d, id, &e);
		return count > 1 ? reply_batch(a, id, (size_t)count, NULL) : reply_known(a, id);
	}
	memcpy(asker.user, a->user, sizeof(asker.user));
	if (settle_intake(d, &file, &asker, &e) == 0)
		return json_true();
	dropped_clear(&file);
	return director_not_taken(d, id, &e);
}

/* The gateway's words about a refusal of its own; who it was the kernel says. */
static json_t *
op_refused(struct asking *a)
{
	const struct refusal r = { .user = a->user, .uid = a->uid, .verb = field_text(a->request, "verb"),
		.code = code_word(code_find(field_text(a->request, "code"), (int)field_number(a->request, "exit"))),
		.message = field_text(a->request, "message"), .source = field_text(a->request, "source"),
		.rule = field_text(a->request, "rule"), .line = field_number(a->request, "line") };
	struct pd_err	     e;

	if (field_number(a->request, "exit") == code_exit(PD_NOSPACE))
		disk_look(a->d);
	return refusal_record(a->d, &r, &e) == 0 ? query_reply(PD_OK, "recorded", NULL) : query_refusal(&e);
}

/* Who may not be who they say. */
static void
record_stranger(struct asking *a, const struct pd_err *why)
{
	const struct refusal r = { .user = "", .uid = a->uid, .verb = field_text(a->request, "verb"), .code = code_word(why->code),
		.message = why->msg, .source = field_text(a->request, "source"), .claimed = field_text(a->request, "user") };
	struct pd_err	     e;

	log_event(&a->d->log, LOG_WARNING, "peer-refused", "why", why->msg, NULL);
	(void)refusal_record(a->d, &r, &e);
}

static const struct {
	const char *op;
	json_t *(*answer)(struct asking *a);
} ops[] = {
	{ "query", op_query },
	{ "admit", op_admit },
	{ "resolve", op_resolve },
	{ "refused", op_refused },
};

json_t *
director_answer(void *arg, uid_t uid, const json_t *request)
{
	struct asking	a = { .d = arg, .request = request, .uid = uid };
	const char     *op = field_text(request, "op");
	enum job_origin origin = strcmp(field_text(request, "origin"), "account") == 0 ? JOB_BY_ACCOUNT : JOB_BY_KEY;
	struct pd_err	e;
	json_t	       *refusal;

	if (identity_of_peer(&a.d->identity, uid, field_text(request, "user"), origin, a.user, &e) == -1) {
		record_stranger(&a, &e);
		return query_refusal(&e);
	}
	if ((refusal = throttle_request(a.d, a.user, request)) != NULL)
		return refusal;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strcmp(ops[i].op, op) == 0)
			return ops[i].answer(&a);	/* cppcheck-suppress returnDanglingLifetime ; an answer keeps nothing of a */
	(void)pd_fail(&e, PD_USAGE, "the director knows no such request");
	return query_refusal(&e);
}
