/* SPDX-License-Identifier: ISC */
/*
 * console.c - VMs' serial consoles in use: who has which, the worker of each, the history.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/director/console.h"
#include "spool/director/director.h"
#include "spool/field.h"
#include "spool/id.h"
#include "spool/os/clock.h"
#include "spool/run/worker_vars.h"

#define CONSOLE_DIR  "consoles"
#define STEAL_WAIT_S 1

struct console {
	char	id[JOB_ID_LEN + 1];
	char	user[JOB_USER_MAX + 1];
	char	vm[SCHED_NAME_MAX], tenant[SCHED_NAME_MAX];
	char	thief[JOB_USER_MAX + 1];	/* who takes it over; "" = nobody */
	char	record[2 * SCHED_NAME_MAX];	/* file below CONSOLE_DIR, "" = not recorded */
	int64_t began_ms;			/* wall */
};

void
console_free(struct console *c)
{
	free(c);
}

static struct worker *
find(const struct director *d, const char *vm)
{
	for (struct worker *w = d->pool.workers; w != NULL; w = w->next)
		if (w->console != NULL && w->sock != -1 && strcmp(w->console->vm, vm) == 0)
			return w;
	return NULL;
}

static int
has_place(const struct director *d, const char *user, struct pd_err *e)
{
	int all = 0, own = 0;

	for (const struct worker *w = d->pool.workers; w != NULL; w = w->next)
		if (w->console != NULL && w->sock != -1) {
			all++;
			own += strcmp(w->console->user, user) == 0;
		}
	if (own >= CONSOLES_PER_USER)
		return pd_fail(e, PD_BUSY, "you have %d consoles open, no more are possible; leave one", own);
	if (all >= CONSOLES_MAX)
		return pd_fail(e, PD_BUSY, "%d consoles are open, no more are possible; try later", all);
	return 0;
}

/* Somebody has it: refused, or asked to leave. */
static int
take_over(struct director *d, struct worker *w, const char *user, int steal, struct pd_err *e)
{
	struct console *c = w->console;
	char		since[CLOCK_TEXT_LEN];
	struct pd_err	ignored;

	if (!steal)
		return pd_fail(e, PD_CONFLICT,
		    "%s has the console of %s since %s; take it over with: console %s --steal", c->user, c->vm,
		    clock_text(since, c->began_ms), c->vm);
	if (c->thief[0] == '\0') {
		(void)snprintf(c->thief, sizeof(c->thief), "%s", user);
		log_event(&d->log, LOG_NOTICE, "console-taken-over", "vm", c->vm, "user", user, "from", c->user, NULL);
		if (pool_tell(w, "park", &ignored) == -1)
			pool_end(w, 1);
	}
	return pd_fail_wait(e, PD_BUSY, STEAL_WAIT_S, "%s is leaving the console of %s", c->user, c->vm);
}

/* A new file for what the console says, or -1 with e->code PD_OK when nobody wants it. */
static int
open_record(const struct director *d, struct console *c, struct pd_err *e)
{
	char path[sizeof(c->record) + sizeof(CONSOLE_DIR)];
	int  fd;

	e->code = PD_OK;
	if (!d->conf->record_consoles)
		return -1;
	if (mkdirat(d->state_dir, CONSOLE_DIR, 0700) == -1 && errno != EEXIST)
		return pd_fail_sys(e, PD_IO, "make the directory for the records of consoles");
	(void)snprintf(c->record, sizeof(c->record), "%s.%s", c->vm, c->id);
	(void)snprintf(path, sizeof(path), "%s/%s", CONSOLE_DIR, c->record);
	fd = openat(d->state_dir, path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd != -1 ? fd : pd_fail_sys(e, PD_IO, "make the record of a console");
}

/* Evidence: no session without it. */
static int
record(struct director *d, const char *event, const struct console *c, json_t *what, struct pd_err *e)
{
	if (c->record[0] != '\0')
		(void)json_object_set_new(what, "record", json_string(c->record));
	(void)json_object_set_new(what, "session", json_string(c->id));
	return director_record(d,
	    json_pack("{s:s s:s s:s s:s s:s s:o}", "event", event, "user", c->user, "tenant", c->tenant, "verb",
		"console", "vm", c->vm, "what", what),
	    e);
}

/* What its worker is told. */
static json_t *
order(struct director *d, const struct console *c, const json_t *vm, struct pd_err *e)
{
	json_t *job = json_pack("{s:s s:s s:s s:s s:{s:s}}", "id", c->id, "verb", "console", "platform",
	    field_text(vm, "platform"), "tag", field_text(json_object_get(vm, "objects"), "tag"), "args", "name",
	    c->vm);
	json_t *msg = NULL;

	if (worker_message(d->conf, d->store, job, "run", &msg, e) == 0) {
		contact_start_with(d, msg, LOOKS_NOT);
		(void)json_object_set_new(msg, "msg", json_string("console"));
		(void)json_object_set_new(msg, "record_max", json_integer((json_int_t)d->conf->log_size_mib * LOG_MIB));
	}
	json_decref(job);
	return msg;
}

/* From here on the worker has the person's connection. */
static int
hand_over(struct director *d, struct console *c, const json_t *vm, int sock, int file, struct pd_err *e)
{
	int	       fds[2] = { sock, file };
	json_t	      *msg = order(d, c, vm, e);
	struct worker *w = msg == NULL ? NULL : pool_add(&d->pool, field_text(vm, "platform"), e);

	if (w == NULL) {
		json_decref(msg);
		return -1;
	}
	w->console = c;
	w->is_busy = 1;
	(void)snprintf(w->job.id, sizeof(w->job.id), "%s", c->id);
	if (wire_send(w->sock, msg, fds, file == -1 ? 1 : 2, e) == 0)
		return 0;
	w->console = NULL;
	pool_end(w, 1);
	return -1;
}

static struct console *
new_console(const char *user, const json_t *vm, struct pd_err *e)
{
	struct console *c = calloc(1, sizeof(*c));

	if (c == NULL)
		(void)pd_fail_sys(e, PD_IO, "make room for a console");
	if (c == NULL || id_make(c->id, e) == -1) {
		free(c);
		return NULL;
	}
	(void)snprintf(c->user, sizeof(c->user), "%s", user);
	(void)snprintf(c->vm, sizeof(c->vm), "%s", field_text(vm, "name"));
	(void)snprintf(c->tenant, sizeof(c->tenant), "%s", field_text(vm, "tenant"));
	c->began_ms = clock_wall_ms();
	return c;
}

int
console_open(struct director *d, const char *user, const json_t *vm, int steal, int sock, struct pd_err *e)
{
	struct worker  *w = find(d, field_text(vm, "name"));
	struct console *c;
	struct pd_err	ignored;
	int		file = -1, rv = -1;

	if (field_number(vm, "lpar_id") == 0)
		return pd_fail(e, PD_CONFLICT, "%s was never finished: it has no console", field_text(vm, "name"));
	if (d->is_stopping)
		return pd_fail(e, PD_BUSY, "the director is ending; try again when it runs");
	if (w != NULL)
		return take_over(d, w, user, steal, e);
	if (has_place(d, user, e) == -1 || (c = new_console(user, vm, e)) == NULL)
		return -1;
	file = open_record(d, c, e);
	if ((file != -1 || e->code == PD_OK) && record(d, "console-opened", c, json_object(), e) == 0) {
		rv = hand_over(d, c, vm, sock, file, e);
		if (rv == -1)
			(void)record(d, "console-closed", c, json_pack("{s:s}", "why", e->msg), &ignored);
	}
	if (file != -1)
		(void)close(file);
	if (rv == -1)
		console_free(c);
	return rv;
}

/* msg is its result, NULL: the worker is gone without one. */
static void
closed(struct director *d, struct worker *w, const json_t *msg)
{
	struct console *c = w->console;
	const json_t   *value = json_object_get(msg, "value");
	const char     *why = msg == NULL ? "its worker was lost" : field_text(value, "why");
	struct pd_err	e;
	json_t	       *what;

	if (why[0] == '\0')
		why = field_text(msg, "message");
	what = json_pack("{s:s s:I s:I}", "why", c->thief[0] != '\0' ? "taken over" : why, "bytes",
	    (json_int_t)field_number(value, "bytes"), "seconds", (json_int_t)((clock_wall_ms() - c->began_ms) / 1000));
	if (what != NULL && c->thief[0] != '\0')
		(void)json_object_set_new(what, "by", json_string(c->thief));
	if (record(d, "console-closed", c, what, &e) == -1)
		log_event(&d->log, LOG_ERR, "console-not-recorded", "vm", c->vm, "user", c->user, "why", e.msg, NULL);
	w->console = NULL;
	console_free(c);
	pool_end(w, msg == NULL);
}

void
console_read(struct director *d, struct worker *w)
{
	struct pd_err e;
	json_t	     *msg = NULL;
	int	      filled = wire_in_fill(&w->in, w->sock, &e), taken = 0;

	while (w->console != NULL && (taken = wire_in_take(&w->in, &msg, &e)) == 1) {
		if (strcmp(field_text(msg, "msg"), "result") == 0)
			closed(d, w, msg);
		json_decref(msg);
	}
	if (w->console != NULL && (filled != 1 || taken == -1))
		closed(d, w, NULL);
}
