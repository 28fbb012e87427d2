/* SPDX-License-Identifier: ISC */
/*
 * ask.c - two directors are asked the same in turn; how long each takes.
 *
 *	bench-ask ROUNDS CONF_A CONF_B USER VERB ARGUMENTS	a question; ARGUMENTS is a JSON object
 *	bench-ask ROUNDS CONF_A CONF_B USER submit VERB ARGUMENTS	a job, durable and admitted
 *
 * Without the start of a gateway, which is the same for both and would hide what grows.
 */
#include <string.h>
#include <unistd.h>

#include "policy/conf.h"
#include "spool/drop.h"
#include "spool/os/clock.h"
#include "spool/wire.h"
#include "tests/bench/timing.h"

#define LIMIT_MS 30000

struct side {
	struct pd_conf *conf;
	struct spool	s;
};

struct asking {
	struct side a, b;
	const char *user, *verb;
	json_t	   *args;
	int	    is_submit;
};

static void
fail(const char *what)
{
	fprintf(stderr, "bench-ask: %s\n", what);
	exit(1);
}

static void
ask(const struct side *side, json_t *msg)
{
	struct pd_err e = { .code = PD_BUG };
	json_t	     *reply = NULL;
	int	      sock = wire_connect(side->conf->socket, LIMIT_MS, &e);

	if (sock == -1 || wire_send(sock, msg, NULL, 0, &e) == -1 ||
	    wire_recv(sock, WIRE_REPLY_MAX, LIMIT_MS, &reply, NULL, 0, &e) != 1)
		fail(e.msg);
	if (json_integer_value(json_object_get(reply, "exit")) != 0)
		fail(json_string_value(json_object_get(reply, "message")));
	json_decref(reply);
	(void)close(sock);
}

static void
submit(const struct asking *x, const struct side *side)
{
	struct job    job = { .origin = JOB_BY_KEY, .submitted_ms = clock_wall_ms(), .args = x->args };
	struct pd_err e;

	(void)snprintf(job.user, sizeof(job.user), "%s", x->user);
	(void)snprintf(job.verb, sizeof(job.verb), "%s", x->verb);
	if (id_make(job.id, &e) == -1 || drop_submit(&side->s, &job, &e) == -1)
		fail(e.msg);
	ask(side, json_pack("{s:s s:s s:s s:s s:s}", "op", "admit", "job", job.id, "user", x->user, "origin", "key", "source", ""));
}

static double
run(const struct asking *x, const struct side *side)
{
	double began = timing_now_ms();

	if (x->is_submit)
		submit(x, side);
	else
		ask(side, json_pack("{s:s s:s s:O s:s s:s s:s}", "op", "query", "verb", x->verb, "args", x->args, "user", x->user,
		    "origin", "key", "source", ""));
	return timing_now_ms() - began;
}

static double
run_a(void *arg)
{
	const struct asking *x = arg;

	return run(x, &x->a);
}

static double
run_b(void *arg)
{
	const struct asking *x = arg;

	return run(x, &x->b);
}

static void
open_side(struct side *side, const char *conf)
{
	struct pd_err e;

	if (conf_load(conf, getuid(), &side->conf, &e) == -1 || spool_open_for_drop(&side->s, side->conf->spool, &e) == -1)
		fail(e.msg);
}

int
main(int argc, char **argv)
{
	size_t	      n = argc >= 7 ? strtoul(argv[1], NULL, 10) : 0;
	struct asking x = { .is_submit = argc == 8 };

	if (n < 2) {
		fprintf(stderr, "usage: bench-ask ROUNDS CONF_A CONF_B USER [submit] VERB ARGUMENTS\n");
		return 64;
	}
	open_side(&x.a, argv[2]);
	open_side(&x.b, argv[3]);
	x.user = argv[4];
	x.verb = argv[argc - 2];
	if ((x.args = json_loads(argv[argc - 1], 0, NULL)) == NULL)
		fail("the arguments are no JSON");
	for (int warm = 0; warm < 5; warm++) {
		(void)run_a(&x);
		(void)run_b(&x);
	}
	timing_compare(n, run_a, run_b, &x);
	spool_close(&x.a.s);
	spool_close(&x.b.s);
	conf_free(x.a.conf);
	conf_free(x.b.conf);
	json_decref(x.args);
	return 0;
}
