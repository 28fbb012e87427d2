/* SPDX-License-Identifier: ISC */
/*
 * local_run.c - the transport on the VIOS itself: one program at a time, without SSH and without a shell.
 *
 * A command is over when its program has ended and both its streams have; something that it left behind with them open
 * is waited for a little.  A program that runs as root (oem_setup_env, much of ioscli) cannot be ended from here: when
 * its time is over it loses its streams and may go on, as a command does whose SSH session is cut.  In both cases the
 * answer is lost, and the step's probe decides.
 */
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/local.h"
#include "handlers/transport/transport.h"
#include "spool/os/clock.h"

#define SLICE_MS 200	/* between two questions to stop() */
#define TERM_MS	 2000	/* from TERM to KILL, and from KILL to leaving it */
#define AFTER_MS 2000	/* for what may still come when the program has ended but its streams have not */
#define PIECE	 65536

struct local {
	char **dirs;	/* owned, n of them */
	size_t n;
	char  *env[8];	/* owned */
};

struct running {
	struct transport    *t;
	struct local_child   child;
	struct answer_stream out, err;
	const char	    *input;
	size_t		     input_len;
	int64_t		     deadline;	/* -1 = none */
	int		     nap_ms;	/* of the last slice that waited for nothing but its end */
	int		     has_ended;
	int64_t		     ended_ms;
	const char	    *why;	/* it is lost; NULL = not */
};

static void
close_end(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void
feed(struct running *r)
{
	ssize_t n = r->input_len > 0 ? write(r->child.in, r->input, r->input_len) : 0;

	if (n > 0) {
		r->input += n;
		r->input_len -= (size_t)n;
	}
	if (r->input_len == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		close_end(&r->child.in);	/* EPIPE: it does not want the rest */
}

static void
drain(struct running *r, int *fd, struct answer_stream *s)
{
	char	piece[PIECE];
	ssize_t n = read(*fd, piece, sizeof(piece));

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		close_end(fd);
	if (n <= 0)
		return;
	switch (answer_add(s, piece, (size_t)n)) {
	case ANSWER_FITS:
		break;
	case ANSWER_FLOOD:
		r->why = "answers without end";
		break;
	case ANSWER_NO_MEMORY:
		r->why = "no memory for the answer";
		break;
	}
}

/* How long to wait: until the next question to stop(), the deadline, or soon when only its end is waited for. */
static int
slice(struct running *r, int64_t now)
{
	int64_t ms = SLICE_MS;

	if (r->child.out == -1 && r->child.err == -1)
		ms = r->nap_ms = r->nap_ms == 0 ? 1 : r->nap_ms < SLICE_MS / 2 ? 2 * r->nap_ms : SLICE_MS;
	if (r->deadline >= 0 && r->deadline - now < ms)
		ms = r->deadline - now;
	return ms > 0 ? (int)ms : 0;
}

/* Has the program ended?  It stays a zombie, so that its process group cannot be another's. */
static void
look(struct running *r)
{
	siginfo_t info = { 0 };

	if (!r->has_ended && waitid(P_PID, (id_t)r->child.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == r->child.pid) {
		r->has_ended = 1;
		r->ended_ms = clock_mono_ms();
	}
}

/* Lets its streams flow for one slice. */
static void
turn(struct running *r)
{
	struct pollfd p[3] = { { .fd = r->child.in, .events = POLLOUT }, { .fd = r->child.out, .events = POLLIN },
		{ .fd = r->child.err, .events = POLLIN } };	/* -1 is passed over */

	if (poll(p, 3, slice(r, clock_mono_ms())) > 0) {
		if (p[0].revents != 0)
			feed(r);
		if (p[1].revents != 0)
			drain(r, &r->child.out, &r->out);
		if (p[2].revents != 0)
			drain(r, &r->child.err, &r->err);
	}
	look(r);
}

static int
is_over(const struct running *r)
{
	return r->has_ended &&
	    ((r->child.out == -1 && r->child.err == -1) || clock_mono_ms() - r->ended_ms >= AFTER_MS);
}

static int
is_stopped(const struct transport *t)
{
	return t->stop != NULL && t->stop(t->stop_arg) != 0;
}

/* Waits up to ms for the end of a program that was sent a signal; its output does not matter any more. */
static void
wait_end(struct running *r, int ms)
{
	int64_t until = clock_mono_ms() + ms;

	for (look(r); !r->has_ended && clock_mono_ms() < until; look(r))
		(void)poll(NULL, 0, 5);
}

static void
end_group(struct running *r)
{
	(void)kill(-r->child.pid, SIGTERM);
	wait_end(r, TERM_MS);
	(void)kill(-r->child.pid, SIGKILL);	/* those that the program has left in its group too */
	wait_end(r, TERM_MS);
}

static void
to_end(struct running *r)
{
	while (!is_over(r) && r->why == NULL) {
		turn(r);
		if (r->why == NULL && !r->has_ended && r->deadline >= 0 && clock_mono_ms() >= r->deadline)
			r->why = "time limit";
		if (r->why == NULL && !r->has_ended && is_stopped(r->t))
			r->why = "stopped";
	}
	if (r->why != NULL)
		end_group(r);
}

/* As RFC 4254 names them for SSH. */
static const char *
signal_name(int sig)
{
	static const struct {
		int	    sig;
		const char *name;
	} names[] = { { SIGABRT, "ABRT" }, { SIGALRM, "ALRM" }, { SIGFPE, "FPE" }, { SIGHUP, "HUP" }, { SIGILL, "ILL" },
		{ SIGINT, "INT" }, { SIGKILL, "KILL" }, { SIGPIPE, "PIPE" }, { SIGQUIT, "QUIT" }, { SIGSEGV, "SEGV" },
		{ SIGTERM, "TERM" }, { SIGUSR1, "USR1" }, { SIGUSR2, "USR2" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].sig == sig)
			return names[i].name;
	return "unknown";
}

static void
fill_answer(struct running *r, struct answer *a)
{
	int status = 0;

	a->status = -1;
	if (r->why == NULL && waitpid(r->child.pid, &status, WNOHANG) != r->child.pid)
		r->why = "its end was not told";
	if (r->why != NULL) {
		a->kind = ANSWER_LOST;
		(void)snprintf(a->why, sizeof(a->why), "%s", r->why);
	} else if (WIFSIGNALED(status)) {
		a->kind = ANSWER_SIGNAL;
		(void)snprintf(a->signal, sizeof(a->signal), "%s", signal_name(WTERMSIG(status)));
	} else {
		a->kind = ANSWER_EXIT;
		a->status = WEXITSTATUS(status);
	}
	a->out = r->out.buf;
	a->out_len = r->out.len;
	a->err = r->err.buf;
	a->err_len = r->err.len;
}

/* Programs that could not be ended then may have ended since. */
static void
reap_others(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int
run_words(struct transport *t, const char *path, char *const argv[], const char *input, int timeout_ms,
    struct answer *a, struct pd_err *e)
{
	struct local  *l = t->state;
	struct running r = { .t = t, .input = input, .input_len = input == NULL ? 0 : strlen(input) };
	int64_t	       began_us = clock_mono_us();

	reap_others();
	if (answer_add(&r.out, "", 0) != ANSWER_FITS || answer_add(&r.err, "", 0) != ANSWER_FITS) {
		pd_fail_sys(e, PD_BUSY, "make room for an answer");
		goto fail;
	}
	if (local_start(path, argv, l->env, &r.child, e) == -1)
		goto fail;
	r.deadline = timeout_ms > 0 ? clock_mono_ms() + timeout_ms : -1;
	feed(&r);	/* nothing to send: end of file at once */
	to_end(&r);
	fill_answer(&r, a);
	a->us = clock_mono_us() - began_us;
	close_end(&r.child.in);
	close_end(&r.child.out);
	close_end(&r.child.err);
	reap_others();
	return 0;
fail:
	free(r.out.buf);
	free(r.err.buf);
	return -1;
}

static int
run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct local	  *l = t->state;
	struct local_words w;
	char		   path[PATH_MAX];
	int		   rv = -1;

	memset(a, 0, sizeof(*a));
	if (is_stopped(t))
		return pd_fail(e, PD_REMOTE, "the command was left before it was run");
	if (local_split(command, &w, e) == -1)
		return -1;
	if (local_find((const char *const *)l->dirs, l->n, w.argv[0], path, e) == 0)
		rv = run_words(t, path, w.argv, input, timeout_ms, a, e);
	local_words_free(&w);
	if (rv == 0 && a->kind != ANSWER_LOST)
		t->contact = CONTACT_ANSWERED;
	else if (rv == -1 && e->code == PD_REMOTE)
		t->contact = CONTACT_SILENT;
	else if (rv == -1 && e->code == PD_DENIED)
		t->contact = CONTACT_REFUSED;
	return rv;
}

static void
local_free(struct local *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->dirs[i]);
	for (size_t i = 0; l->env[i] != NULL; i++)
		free(l->env[i]);
	free(l->dirs);
	free(l);
}

static void
transport_free(struct transport *t)
{
	local_free(t->state);
	free(t);
}

/* PATH for what the programs start themselves: the console's directories, then AIX's usual ones. */
static char *
make_path(const struct local *l)
{
	static const char usual[] = "/usr/bin:/etc:/usr/sbin:/usr/ucb:/sbin";
	size_t		  len = sizeof("PATH=") + sizeof(usual);
	char		 *path, *p;

	for (size_t i = 0; i < l->n; i++)
		len += strlen(l->dirs[i]) + 1;
	if ((path = malloc(len)) == NULL)
		return NULL;
	p = stpcpy(path, "PATH=");
	for (size_t i = 0; i < l->n; i++)
		p = stpcpy(stpcpy(p, l->dirs[i]), ":");
	(void)stpcpy(p, usual);
	return path;
}

/* AIX's commands look for their object database where ODMDIR says. */
static struct local *
local_new(const char *const *dirs, size_t n)
{
	static const char *const fixed[] = { "LC_ALL=C", "LANG=C", "ODMDIR=/etc/objrepos", "HOME=/home/padmin" };
	struct local		*l = calloc(1, sizeof(*l));
	size_t			 k = 0;
	int			 is_short = 0;

	if (l == NULL || (l->dirs = calloc(n + 1, sizeof(*l->dirs))) == NULL) {
		free(l);
		return NULL;
	}
	for (; l->n < n && !is_short; l->n++)
		is_short = (l->dirs[l->n] = strdup(dirs[l->n])) == NULL;
	is_short = is_short || (l->env[k++] = make_path(l)) == NULL;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && !is_short; i++)
		is_short = (l->env[k++] = strdup(fixed[i])) == NULL;
	if (!is_short)
		return l;
	local_free(l);
	return NULL;
}

int
local_transport(const char *const *dirs, size_t n, struct transport **t, struct pd_err *e)
{
	struct local *l = local_new(dirs, n);

	if (l == NULL || (*t = calloc(1, sizeof(**t))) == NULL) {
		local_free(l);
		return pd_fail_sys(e, PD_BUG, "make the local transport");
	}
	(*t)->run = run;
	(*t)->free = transport_free;
	(*t)->state = l;
	return 0;
}
