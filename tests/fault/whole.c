/* SPDX-License-Identifier: ISC */
/*
 * whole.c - a whole create-vm with one system call of one program failing, or the program ended there.
 *
 *	fault-whole SITE PROGRAM [-c CHECKER] [-s STEP] [-o OFFSET] [-k KIND] [-n CALL]
 *
 * A run without a fault says how many calls the program makes.  Then, for each call and each kind of fault that it
 * can meet: the site as it was; the request, under the fault; the fault ends (and, for most kinds, all programs with
 * it, at once); what is left recovers.  Afterwards:
 *
 *	- nothing waits or runs any more, new/ and cur/ are empty; nothing is stuck			(P4)
 *	- what was answered "done" is done; what was said to be accepted has its job			(P1)
 *	- the same request with the same once-key gives the first one's answer: one job, one VM		(P2)
 *	- the VM of a failed job is gone from the console, which is exactly as before			(P4)
 *	- a program that was ended, and not one that met an error, lets the job end well		(P1)
 *	- the VM can be deleted, and the console is exactly as before					(P4)
 *	- the independent checker agrees								(P1-P7)
 *
 * -s and -o: every STEP-th state from OFFSET on.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/site.h"

#define CREATE "create-vm web1 --image rhel6 --network vlan=10,ip=10.0.10.5/24 --once key1 --json"
#define DELETE "delete-vm web1 --yes --json"

#define FIRST_MS   400		/* under the fault: who has no answer then has lost the connection */
#define RECOVER_MS 20000
#define LAST_MS	   20000

static const struct {
	const char *name;
	int	    first_ms;
} programs[] = {
	{ "powerdirector", 2000 }, { "powerdirectord", FIRST_MS }, { "powerdirector-worker", 1500 },
};

struct campaign {
	struct site  site;
	const char  *program;
	struct plan *plan;
	int	     first_ms;
	unsigned     step, offset;	/* every step-th state from offset on */
	unsigned     only_kind, only_call;
	unsigned     states[FAULT_KINDS], missed, kills, violations;
};

struct state {
	enum fault_kind kind;
	unsigned	at;
	unsigned	broken;		/* what was found wrong */
};

static void __attribute__((format(printf, 3, 4)))
wrong(struct campaign *c, struct state *st, const char *fmt, ...)
{
	va_list ap;

	st->broken++;
	printf("VIOLATION %s, call %u (%s), %s: ", c->program, st->at, fault_call_name(c->plan->trace[st->at]),
	    fault_kind_name(st->kind));
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

static const char *
text_of(const struct answer *a, const char *key)
{
	const char *s = json_string_value(json_object_get(a->json, key));

	return s != NULL ? s : "";
}

/* The director, which may end at once while a fault lasts. */
static int
start(struct campaign *c)
{
	if (site_start(&c->site) == 0)
		return 0;
	c->plan->kind = FAULT_NONE;
	return site_start(&c->site);
}

static int
recovered(struct campaign *c)
{
	long long end = site_now_ms() + RECOVER_MS;

	while (site_now_ms() < end) {
		if (site_pending(&c->site) == 0)
			return 1;
		site_sleep(3);
	}
	return 0;
}

/* The fault is over.  Most kinds end everything with it; a disk that has room again is met by the same programs. */
static void
go_on(struct campaign *c, struct state *st)
{
	int goes_on = st->kind == FAULT_ENOSPC_ON || (fault_kills(st->kind) && strcmp(c->program, "powerdirectord") != 0);

	c->plan->kind = FAULT_NONE;
	if (goes_on && c->site.director != 0)
		return;
	site_kill(&c->site);
	if (site_start(&c->site) == -1)
		wrong(c, st, "the director does not start again");
}

static void
check_first(struct campaign *c, struct state *st, const struct answer *first)
{
	char sql[200], state[32];

	if (first->json == NULL || text_of(first, "job")[0] == '\0')
		return;
	(void)snprintf(sql, sizeof(sql), "SELECT state FROM job WHERE id = '%.26s'", text_of(first, "job"));
	if (site_text(&c->site, sql, state, sizeof(state)) == -1)
		wrong(c, st, "P1: job %s was accepted and is not there", text_of(first, "job"));
	else if (first->status == 0 && strcmp(text_of(first, "code"), "OK") == 0 && strcmp(state, "done") != 0)
		wrong(c, st, "P1: job %s was told to be done and is %s", text_of(first, "job"), state);
}


static void
check_world(struct campaign *c, struct state *st, const char *when)
{
	json_t *world = site_world(&c->site);

	if (!json_equal(world, c->site.world))
		wrong(c, st, "P4: the console is not as before %s", when);
	json_decref(world);
}

static void
check_last(struct campaign *c, struct state *st)
{
	struct answer a = site_request(&c->site, CREATE, LAST_MS);
	long long     done = site_number(&c->site, "SELECT count(*) FROM job WHERE verb = 'create-vm' AND once = 'key1' AND state = 'done'");
	long long     failed = site_number(&c->site, "SELECT count(*) FROM job WHERE verb = 'create-vm' AND once = 'key1' AND state = 'failed'");
	char	      why[300];

	(void)site_text(&c->site, "SELECT state || ': ' || message FROM job WHERE once = 'key1'", why, sizeof(why));
	if (done + failed != 1)
		wrong(c, st, "P2: the once-key has %lld jobs done and %lld failed: %s", done, failed, why);
	else if (fault_kills(st->kind) && failed != 0)
		wrong(c, st, "P1: the job did not end well: %s", why);
	else if ((done == 1) != (a.status == 0))
		wrong(c, st, "P2: the repeated request ended with %d (%s), the job is %s", a.status, text_of(&a, "message"), why);
	json_decref(a.json);
	if (done != 1) {
		check_world(c, st, "a failed job");
		return;
	}
	a = site_request(&c->site, DELETE, LAST_MS);
	if (a.status != 0)
		wrong(c, st, "P4: the VM cannot be deleted: %d %s", a.status, text_of(&a, "message"));
	json_decref(a.json);
	check_world(c, st, "after the VM was deleted");
}

static void
reset_console(struct campaign *c)
{
	char command[2 * SITE_PATH_MAX];

	(void)snprintf(command, sizeof(command), "%s", site_path(&c->site, "reset"));
	(void)prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);	/* the simulator is nobody's child */
	if (system(command) != 0)
		site_die("cannot start the simulator anew");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* 0 when the call was not reached. */
static int
run_state(struct campaign *c, struct state *st)
{
	struct answer first;
	unsigned      hits;
	char	      why[300];

	site_restore(&c->site);
	c->plan->calls = c->plan->hits = 0;
	c->plan->at = st->at;
	c->plan->kind = st->kind;
	if (start(c) == -1)
		wrong(c, st, "the director does not start");
	first = site_request(&c->site, CREATE, c->first_ms);
	hits = c->plan->hits;
	go_on(c, st);
	if (!recovered(c))
		wrong(c, st, "P4: %lld jobs have no end, %d files in new/, %d in cur/",
		    site_number(&c->site, "SELECT count(*) FROM job WHERE state IN ('queued', 'running', 'undoing')"),
		    site_count_files(&c->site, "spool/new"), site_count_files(&c->site, "spool/cur"));
	check_first(c, st, &first);
	if (st->broken == 0 && site_check(&c->site, why, sizeof(why)) != 0)
		wrong(c, st, "the checker disagrees: %s", why);
	if (st->broken == 0)
		check_last(c, st);
	json_decref(first.json);
	site_kill(&c->site);
	if (st->broken != 0)
		reset_console(c);
	return hits != 0;
}

/* Number of calls of an undisturbed run; their kinds are in the plan. */
static unsigned
count_calls(struct campaign *c)
{
	struct answer a;

	site_restore(&c->site);
	c->plan->calls = c->plan->at = 0;
	c->plan->kind = FAULT_NONE;
	if (site_start(&c->site) == -1)
		site_die("the director does not start");
	a = site_request(&c->site, CREATE, LAST_MS);
	if (a.status != 0 || !recovered(c)) {
		json_dumpf(a.json, stderr, 0);
		site_die("an undisturbed create-vm fails");
	}
	json_decref(a.json);
	site_sleep(20);
	unsigned calls = c->plan->calls;

	a = site_request(&c->site, DELETE, LAST_MS);
	json_decref(a.json);
	site_kill(&c->site);
	return calls;
}

static void
run_all(struct campaign *c, unsigned calls)
{
	unsigned      index = 0;
	unsigned char trace[PLAN_TRACE_MAX];

	memcpy(trace, c->plan->trace, sizeof(trace));
	for (unsigned n = 1; n <= calls && n < PLAN_TRACE_MAX; n++)
		for (unsigned kind = FAULT_EIO; kind < FAULT_KINDS; kind++) {
			struct state st = { .kind = kind, .at = n };

			if (!fault_applies(kind, trace[n]) || (c->only_kind != 0 && kind != c->only_kind) ||
			    (c->only_call != 0 && n != c->only_call) || index++ % c->step != c->offset)
				continue;
			if (run_state(c, &st)) {
				c->states[kind]++;
				c->kills += (unsigned)fault_kills(kind);
			} else {
				c->missed++;
			}
			c->violations += st.broken != 0;
		}
}

static unsigned
kind_of(const char *name)
{
	for (unsigned k = 1; k < FAULT_KINDS; k++)
		if (strcmp(fault_kind_name(k), name) == 0)
			return k;
	site_die("there is no such kind of fault");
	return 0;
}

static void
report(const struct campaign *c, unsigned calls)
{
	unsigned sum = 0;

	printf("%s: %u calls;", c->program, calls);
	for (unsigned k = FAULT_EIO; k < FAULT_KINDS; k++) {
		printf(" %s %u", fault_kind_name(k), c->states[k]);
		sum += c->states[k];
	}
	printf("; %u states, %u kills, %u not reached, %u violations (every %u from %u)\n", sum, c->kills, c->missed, c->violations,
	    c->step, c->offset);
}

int
main(int argc, char **argv)
{
	struct campaign c = { .step = 1 };
	unsigned	calls;
	int		option;

	if (argc < 3)
		site_die("usage: fault-whole SITE PROGRAM [-c CHECKER] [-s STEP] [-o OFFSET] [-k KIND] [-n CALL]");
	c.site.dir = argv[1];
	c.program = argv[2];
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strcmp(programs[i].name, c.program) == 0)
			c.first_ms = programs[i].first_ms;
	optind = 3;
	while ((option = getopt(argc, argv, "c:s:o:k:n:")) != -1)
		switch (option) {
		case 'c': c.site.checker = optarg; break;
		case 's': c.step = (unsigned)atoi(optarg); break;
		case 'o': c.offset = (unsigned)atoi(optarg); break;
		case 'k': c.only_kind = kind_of(optarg); break;
		case 'n': c.only_call = (unsigned)atoi(optarg); break;
		default: site_die("no such option");
		}
	if (c.first_ms == 0 || c.step == 0)
		site_die("no such program");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		site_plan(&c.site, programs[i].name)->at = 0;
	c.plan = site_plan(&c.site, c.program);
	site_save(&c.site);
	calls = count_calls(&c);
	run_all(&c, calls);
	report(&c, calls);
	return c.violations == 0 ? 0 : 1;
}
