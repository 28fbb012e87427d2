/* SPDX-License-Identifier: ISC */
/*
 * console_serve.c - a VM's serial console for a person.
 *
 * The sequence finds out that the partition is ours (P9) and names the commands.  The terminal is closed before it is
 * opened, in case one was left by a worker that was killed, and after it: it serves one session at a time, and a cut
 * connection does not always free it.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/console.h"
#include "spool/os/io.h"
#include "spool/wire.h"

#define DETACH_MS 30000
#define CUT_MARK  "\n[the record ends here: it has reached its size]\n"

void
console_refuse(const struct console_session *s, const struct pd_err *e)
{
	json_t *msg = json_pack("{s:s, s:i, s:s}", "code", code_word(e->code), "exit", code_exit(e->code), "message", e->msg);

	if (msg != NULL)
		(void)wire_send(s->sock, msg, NULL, 0, NULL);
}

static int
begun(void *arg)
{
	const struct console_session *s = arg;

	return wire_send(s->sock,
	    json_pack("{s:s, s:i, s:s}", "code", code_word(PD_OK), "exit", 0, "message", "connected"), NULL, 0, NULL);
}

/* A disk that is full ends the record, not the session. */
static void
said(void *arg, const char *data, size_t len)
{
	struct console_session *s = arg;
	int64_t			room = s->record_max - s->said;

	s->said += (int64_t)len;
	if (s->record == -1 || room <= 0)
		return;
	if (io_write_all(s->record, data, room < (int64_t)len ? (size_t)room : len) == -1)
		s->record = -1;
	else if (room < (int64_t)len)
		(void)io_write_all(s->record, CUT_MARK, sizeof(CUT_MARK) - 1);
}

/* Asks whether the partition is ours; the commands in res->value. */
static int
find(struct transport *t, const struct console_session *s, struct run_result *res)
{
	struct sequence *seq = NULL;
	struct run	 r = { .transport = t, .log_fd = -1, .vars = s->vars, .stop = s->stop, .arg = s->stop_arg };

	if (sequence_load(s->sequence, &seq, &res->err) == -1)
		return -1;
	r.seq = seq;
	sequence_run(&r, res);
	sequence_free(seq);
	if (res->outcome == OUTCOME_DONE && json_is_string(json_object_get(res->value, "attach")) &&
	    json_is_string(json_object_get(res->value, "detach")))
		return 0;
	if (res->err.code == PD_OK)
		(void)pd_fail(&res->err, PD_BUG, "the sequence of the console names no commands");
	return -1;
}

static int
detach(struct transport *t, const char *command, struct pd_err *e)
{
	struct answer a = { 0 };
	int	      rv = t->run(t, command, NULL, DETACH_MS, &a, e);

	answer_clear(&a);
	return rv;
}

/* The last words, as far as the person's connection takes them. */
static void
tell_end(const struct console_session *s, const char *why)
{
	char text[200];
	int  n = snprintf(text, sizeof(text), "\r\n[%.150s]\r\n", why);

	(void)send(s->sock, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int
never(void *arg)
{
	(void)arg;
	return 0;
}

void
console_serve(struct transport *t, struct console_session *s, struct run_result *res)
{
	struct attached a = { .sock = s->sock, .wake = s->wake, .begun = begun, .said = said, .arg = s };
	struct pd_err	ignored;
	json_t	       *commands = NULL;
	const char     *command;
	int		rv = -1;

	if (t->attach == NULL) {
		(void)pd_fail(&res->err, PD_USAGE,
		    "this platform is the director's own host: on it the console is opened with mkvt by hand");
	} else if (find(t, s, res) == 0) {
		commands = json_incref(res->value);
		command = json_string_value(json_object_get(commands, "detach"));
		if (detach(t, command, &res->err) == 0)
			rv = t->attach(t, json_string_value(json_object_get(commands, "attach")), &a, &res->err);
		t->stop = never;	/* the director waits for it */
		if (rv == 0)
			(void)detach(t, command, &ignored);
	}
	json_decref(res->value);
	res->value = NULL;
	json_decref(commands);
	res->outcome = rv == 0 ? OUTCOME_DONE : OUTCOME_FAILED;
	if (rv == -1) {
		console_refuse(s, &res->err);
		return;
	}
	if (strcmp(a.why, ATTACHED_LEFT) != 0)
		tell_end(s, a.why);
	res->value = json_pack("{s:s, s:I}", "why", a.why, "bytes", (json_int_t)s->said);
}
