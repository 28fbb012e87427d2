/* SPDX-License-Identifier: ISC */
/*
 * worker.c - the loop of powerdirector-worker: jobs of one platform, one after the other.
 *
 * The SSH sessions stay open from one job to the next (a new one costs forty commands' time); a
 * platform whose address, user, key or host key differs gets new ones.  While a job runs the
 * socket is read message by message, never ahead: a later "run" carries descriptors.
 */
#include <sys/select.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/sequence_cache.h"
#include "handlers/transport/console.h"
#include "handlers/worker.h"
#include "policy/conf.h"
#include "spool/id.h"
#include "spool/os/clock.h"
#include "spool/os/sys.h"
#include "spool/wire.h"

#define MESSAGE_TIMEOUT_MS 10000	/* for the rest of a message whose beginning is there */
/*
 * A command that the console is working on gets this long to end by itself after a cancel or park: most do, and then
 * its outcome is known.  A copy of an image that takes half an hour is cut.
 */
#define GRACE_MS 3000

struct worker {
	int		  sock;
	struct sessions	  sessions;
	char		  job[JOB_ID_LEN + 1];
	char		  want;		/* 0, 'c' or 'p': what the director asked of the running job */
	int64_t		  want_ms;	/* when */
	int		  tells;	/* the director wants to know when the console has answered */
	int		  is_over;	/* no further job: the socket ended or the director makes no sense */
	worker_confine	 *confine;	/* NULL = done, or not wanted */
	struct sequence_cache sequences;
};

/* One order of the director, taken apart.  Strings and objects belong to msg. */
struct order {
	const char *job, *mode, *sequence;
	json_t	   *platform, *vars;
	json_t	   *decided;	/* {"step","set"}: the director's answer to a step that asked it; NULL = none */
	int	    journal_fd, log_fd, tell;
	int64_t	    log_max;
};

static void
ask(struct worker *w, char want)
{
	if (w->want == 'p' || w->want == want)
		return;	/* parked stays parked: the director cancels when it resumes */
	if (w->want == 0)
		w->want_ms = clock_mono_ms();
	w->want = want;
}

static void
close_fds(int fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i] != -1)
			(void)sys.close(fds[i]);
}

/* One message that came while a job runs. */
static void
hear(struct worker *w)
{
	int	    fds[2];
	json_t	   *msg;
	const char *what;

	if (wire_recv(w->sock, WIRE_REPLY_MAX, MESSAGE_TIMEOUT_MS, &msg, fds, 2, NULL) != 1) {
		w->is_over = 1;
		ask(w, 'p');
		return;
	}
	close_fds(fds);
	what = json_string_value(json_object_get(msg, "msg"));
	if (what != NULL && strcmp(what, "cancel") == 0)
		ask(w, 'c');
	else {
		ask(w, 'p');
		w->is_over |= what == NULL || strcmp(what, "park") != 0;
	}
	json_decref(msg);
}

/* The sequence asks between steps: go on, cancel or park? */
static int
stop(void *arg)
{
	struct worker *w = arg;
	struct pollfd  p = { .fd = w->sock, .events = POLLIN };
	sigset_t       pending;

	while (!w->is_over && poll(&p, 1, 0) == 1)
		hear(w);
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1) {
		w->is_over = 1;
		ask(w, 'p');
	}
	return w->want;
}

/* The transport asks while a command runs. */
static int
stop_command(void *arg)
{
	struct worker *w = arg;

	return stop(w) != 0 && clock_mono_ms() - w->want_ms >= GRACE_MS;
}

/* To the director; when it is gone the job is parked at the next question. */
static void
tell(struct worker *w, json_t *msg)
{
	if (wire_send(w->sock, msg, NULL, 0, NULL) == -1)
		w->is_over = 1;
}

static void
undoing(void *arg, const char *why)
{
	struct worker *w = arg;

	tell(w, json_pack("{s:s, s:s, s:s}", "msg", "undoing", "job", w->job, "why", why));
}

static void
full(void *arg)
{
	struct worker *w = arg;

	tell(w, json_pack("{s:s, s:s}", "msg", "full", "job", w->job));
}

static void
answered(void *arg)
{
	struct worker *w = arg;

	if (w->tells)
		tell(w, json_pack("{s:s, s:s}", "msg", "answered", "job", w->job));
}

/* What this job has found out about its console. */
static void
add_contact(struct worker *w, const struct run_result *res, json_t *msg)
{
	json_t *both = sessions_consoles(&w->sessions);

	if (w->sessions.console != NULL && w->sessions.console->contact != CONTACT_NONE)
		(void)json_object_set_new(msg, "contact", json_string(sessions_contact(w->sessions.console->contact)));
	if (both != NULL)
		(void)json_object_set_new(msg, "consoles", both);
	if (res->vios != NULL)
		(void)json_object_set_new(msg, "vios",
		    json_pack("{s:O s:s}", "name", json_object_get(res->vios, "name"), "contact",
			sessions_contact(res->contact)));
	if (res->outcome == OUTCOME_PARKED)
		(void)json_object_set_new(msg, "begun", json_boolean(res->has_begun));
}

static void
tell_result(struct worker *w, struct run_result *res)
{
	enum pd_code code = res->err.code;
	json_t	    *value = res->value != NULL ? res->value : json_object();
	json_t	    *msg = json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:o}", "msg", "result", "job", w->job,
		"outcome", outcome_name(res->outcome), "code", code_word(code), "exit", code_exit(code),
		"message", res->err.msg, "value", value);

	if (msg == NULL)	/* a message that is not UTF-8 must not cost the result */
		msg = json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:{}}", "msg", "result", "job", w->job,
		    "outcome", outcome_name(res->outcome), "code", code_word(code), "exit", code_exit(code),
		    "message", "the message of this result is not text", "value");
	res->value = NULL;
	add_contact(w, res, msg);
	tell(w, msg);
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static struct transport *
vios_session(void *arg, const json_t *access, struct pd_err *e)
{
	struct worker *w = arg;

	return sessions_vios(&w->sessions, access, e);
}

/* Runs with everything at hand. */
static void
run_sequence(struct worker *w, const struct order *o, const struct sequence *seq, struct journal *journal,
    json_t *records, struct run_result *res)
{
	const int  is_plan = strcmp(o->mode, "plan") == 0;
	struct run r = {
		.seq = seq,
		.transport = is_plan ? NULL : w->sessions.console,
		.vios_access = json_object_get(o->platform, "vios_access"),
		.vios = vios_session,
		.second = is_plan ? NULL : sessions_second(&w->sessions),
		.journal = is_plan ? NULL : journal,
		.log_fd = o->log_fd,
		.log_max = o->log_max,
		.vars = o->vars,
		.records = records,
		.stop = stop,
		.undoing = undoing,
		.answered = answered,
		.full = full,
		.arg = w,
	};

	if (is_plan)
		sequence_plan(&r, res);
	else if (strcmp(o->mode, "undo") == 0)
		sequence_undo(&r, res);
	else
		sequence_run(&r, res);
}

/* Into the journal with it, once: from there the run has it, this one and every later one. */
static int
take_decision(const struct order *o, struct journal *journal, json_t *records, struct pd_err *e)
{
	const char *step = text_of(o->decided, "step");
	json_t	   *r;
	size_t	    i;
	int	    rv;

	if (o->decided == NULL || json_array_size(records) == 0)
		return 0;
	json_array_foreach(records, i, r)
		if (strcmp(text_of(r, "k"), "done") == 0 && strcmp(text_of(r, "step"), step) == 0)
			return 0;
	r = json_pack("{s:s, s:s, s:O}", "k", "done", "step", step, "set", json_object_get(o->decided, "set"));
	if (r == NULL)
		return pd_fail(e, PD_BUG, "the director's decision is none");
	rv = journal_append(journal, r, 1, e);
	if (rv == 0)
		rv = json_array_append(records, r);
	json_decref(r);
	return rv;
}

/* Everything that a run needs; -1 when it cannot begin. */
static int
prepare(struct worker *w, const struct order *o, const struct sequence **seq, struct journal *journal, json_t **records,
    struct pd_err *e)
{
	if (sequence_cache_load(&w->sequences, o->sequence, seq, e) == -1)
		return -1;
	if (strcmp(o->mode, "plan") == 0)
		return 0;
	if (sessions_know_keys(o->platform, e) == -1 || journal_load(journal, o->journal_fd, 1, records, e) == -1 ||
	    take_decision(o, journal, *records, e) == -1)
		return -1;
	return sessions_use(&w->sessions, o->platform, e);
}

static void
carry_out(struct worker *w, const struct order *o)
{
	const struct sequence *seq = NULL;
	struct journal	  journal = { .fd = -1 };
	json_t		 *records = NULL;
	struct run_result res;

	memset(&res, 0, sizeof(res));
	w->tells = o->tell;
	if (w->sessions.console != NULL)
		w->sessions.console->contact = CONTACT_NONE;
	if (prepare(w, o, &seq, &journal, &records, &res.err) == 0)
		run_sequence(w, o, seq, &journal, records, &res);
	else	/* a job that had begun may have left something: that is for a person, but not what our own disk does */
		res.outcome = strcmp(o->mode, "run") == 0 || strcmp(o->mode, "plan") == 0 ? OUTCOME_FAILED :
		    res.err.code == PD_IO || res.err.code == PD_NOSPACE ? OUTCOME_PARKED : OUTCOME_STUCK;
	json_decref(records);
	tell_result(w, &res);
}

/* The directory of a file, without a final slash. */
static void
directory_of(const char *file, char *dir, size_t size)
{
	const char *slash = strrchr(file, '/');

	(void)snprintf(dir, size, "%.*s", slash == NULL ? 0 : slash == file ? 1 : (int)(slash - file), file);
}

/* A worker serves one platform; the director starts another one when platform or configuration change. */
static int
give_up_the_rest(struct worker *w, const struct order *o, struct pd_err *e)
{
	char		    sequences[PATH_MAX], keys[PATH_MAX];
	const char	   *programs[CONSOLE_PROGRAMS_MAX];
	struct worker_needs needs = { .sequences = sequences, .keys = keys, .programs = programs };

	if (w->confine == NULL)
		return 0;
	directory_of(o->sequence, sequences, sizeof(sequences));
	directory_of(text_of(o->platform, "key_file"), keys, sizeof(keys));
	needs.nprograms = sessions_programs(o->platform, programs, CONSOLE_PROGRAMS_MAX);
	if (needs.nprograms == 0)
		needs.nports = sessions_ports(o->platform, needs.ports);
	if (w->confine(&needs, e) == -1)
		return -1;
	w->confine = NULL;
	return 0;
}

static int
parse_order(const json_t *msg, const int fds[2], struct order *o, struct pd_err *e)
{
	static const char *const modes[] = { "run", "resume", "undo", "plan" };

	o->job = text_of(msg, "job");
	o->mode = text_of(msg, "mode");
	o->sequence = text_of(msg, "sequence");
	o->platform = json_object_get(msg, "platform");
	o->vars = json_object_get(msg, "vars");
	o->decided = json_object_get(msg, "decided");
	o->tell = json_is_true(json_object_get(msg, "tell"));
	o->journal_fd = fds[0];
	o->log_fd = fds[1];
	o->log_max = json_integer_value(json_object_get(msg, "log_max"));
	if (!id_is_valid(o->job) || o->sequence[0] != '/' || !json_is_object(o->platform) || !json_is_object(o->vars))
		return pd_fail(e, PD_BUG, "the director's order lacks job, sequence, platform or vars");
	if (fds[0] == -1 || fds[1] == -1)
		return pd_fail(e, PD_BUG, "the director's order of job %s came without journal and log", o->job);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(o->mode, modes[i]) == 0)
			return 0;
	return pd_fail(e, PD_BUG, "the director's order of job %s has an unknown mode", o->job);
}

/* A terminal for a person, who is at the other end of the first descriptor; the second is where it is recorded, or -1. */
static int
serve_console(struct worker *w, const json_t *msg, const int fds[2], struct pd_err *e)
{
	struct order		o = { .job = text_of(msg, "job"), .sequence = text_of(msg, "sequence"),
			.platform = json_object_get(msg, "platform"), .vars = json_object_get(msg, "vars") };
	struct console_session  s = { .sock = fds[0], .record = fds[1], .wake = w->sock, .sequence = o.sequence, .vars = o.vars,
		.record_max = json_integer_value(json_object_get(msg, "record_max")), .stop = stop, .stop_arg = w };
	struct run_result	res = { .outcome = OUTCOME_FAILED };

	if (!id_is_valid(o.job) || o.sequence[0] != '/' || !json_is_object(o.platform) || !json_is_object(o.vars) ||
	    fds[0] == -1)
		return pd_fail(e, PD_BUG, "the director's order of a console is incomplete");
	if (give_up_the_rest(w, &o, e) == -1)
		return -1;
	memcpy(w->job, o.job, sizeof(w->job));
	w->want = 0;
	if (sessions_use(&w->sessions, o.platform, &res.err) == 0) {
		struct transport *console = w->sessions.console;

		console->stop = stop;	/* a person who goes is no command that may end by itself */
		console_serve(console, &s, &res);
		console->stop = stop_command;
	} else {
		console_refuse(&s, &res.err);
	}
	tell_result(w, &res);
	return 0;
}

/* What comes while no job runs.  A cancel or park crossed the result on its way: nothing to do. */
static int
obey(struct worker *w, const json_t *msg, const int fds[2], struct pd_err *e)
{
	const char  *what = text_of(msg, "msg");
	struct order o;

	if (strcmp(what, "cancel") == 0 || strcmp(what, "park") == 0)
		return 0;
	if (strcmp(what, "console") == 0)
		return serve_console(w, msg, fds, e);
	if (strcmp(what, "run") != 0)
		return pd_fail(e, PD_BUG, "the director sent a message of unknown kind");
	if (parse_order(msg, fds, &o, e) == -1 || give_up_the_rest(w, &o, e) == -1)
		return -1;
	memcpy(w->job, o.job, sizeof(w->job));
	w->want = 0;
	carry_out(w, &o);
	return 0;
}

/* Until the director says something; SIGTERM is let through here and only here. */
static int
wait_for_order(int sock, struct pd_err *e)
{
	sigset_t mask;
	fd_set	 set;

	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	(void)sigdelset(&mask, SIGTERM);
	for (;;) {
		FD_ZERO(&set);
		FD_SET(sock, &set);
		if (pselect(sock + 1, &set, NULL, NULL, NULL, &mask) == 1)
			return 0;
		if (errno != EINTR)
			return pd_fail_sys(e, PD_IO, "wait for the director");
	}
}

int
worker_serve(int sock, worker_confine *confine, struct pd_err *e)
{
	struct worker w = { .sock = sock, .confine = confine };
	int	      fds[2], rv = 0;
	json_t	     *msg;

	w.sessions.stop = stop_command;
	w.sessions.stop_arg = &w;

	while (rv == 0 && !w.is_over) {
		if (wait_for_order(sock, e) == -1) {
			rv = -1;
			break;
		}
		rv = wire_recv(sock, WIRE_REPLY_MAX, MESSAGE_TIMEOUT_MS, &msg, fds, 2, e);
		if (rv != 1)
			break;
		rv = obey(&w, msg, fds, e);
		close_fds(fds);
		json_decref(msg);
	}
	sessions_drop(&w.sessions);
	sequence_cache_clear(&w.sequences);
	return rv;
}
