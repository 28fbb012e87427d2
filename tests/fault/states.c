/* SPDX-License-Identifier: ISC */
/*
 * states.c - each system call of one operation fails in each way that it can, or is the last one.
 *
 *	fault-states DIRECTORY [OPERATION]
 *
 * For each state: the directory as it was before, the operation in a process of its own under the fault, then recovery and check in
 * another one without it.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/ops.h"
#include "tests/fault/plan.h"
#include "tests/fault/tree.h"

struct shared {
	struct plan plan;
	struct told told;
};

static struct shared *shared;

unsigned
op_now(void)
{
	return shared->plan.calls + 1;
}

/* In a child; what it returns, 99 when it was ended by a signal other than ours. */
static int
in_child(const struct op *op, const char *dir, int is_check, int is_cut)
{
	int   status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (is_check)
			status = op->check(dir, &shared->told, is_cut) == -1;
		else {
			fault_plan = &shared->plan;
			op->run(dir, &shared->told);
			fault_plan = NULL;
			shared->told.has_ended = 1;
		}
		(void)fflush(stdout);
		_exit(status);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) == SIGKILL && !is_check ? 0 : 99;
}

/* 1 = a promise was broken. */
static int
run_state(const struct op *op, const char *base, const char *dir, enum fault_kind kind, unsigned at)
{
	int rv;

	tree_copy(base, dir);
	memset(&shared->told, 0, sizeof(shared->told));
	shared->plan.calls = shared->plan.hits = 0;
	shared->plan.at = at;
	shared->plan.kind = kind;
	rv = in_child(op, dir, 0, 0);
	if (rv == 0)
		rv = in_child(op, dir, 1, 0);
	if (rv != 0)
		printf("VIOLATION %s, call %u (%s), %s: %s\n", op->name, at, fault_call_name(shared->plan.trace[at]), fault_kind_name(kind),
		    rv == 99 ? "the process crashed" : "see above");
	return rv != 0;
}

static int
run_op(const struct op *op, const char *top)
{
	char	 base[OP_PATH], dir[OP_PATH], first[OP_PATH + 16];
	unsigned calls, states[FAULT_KINDS] = { 0 }, sum = 0, violations = 0;

	(void)snprintf(base, sizeof(base), "%s/%s.base", top, op->name);
	(void)snprintf(dir, sizeof(dir), "%s/%s", top, op->name);
	/* Made at the place where it will run: a policy names its directories. */
	(void)snprintf(first, sizeof(first), "%s/%s", dir, op->dirs[0]);
	tree_make(dir);
	tree_make(first);
	op->prepare(dir);
	tree_copy(dir, base);
	violations += (unsigned)run_state(op, base, dir, FAULT_NONE, 0);
	calls = shared->plan.calls;
	if (calls == 0 || violations != 0)
		printf("VIOLATION %s: undisturbed, it makes %u calls\n", op->name, calls);
	for (unsigned n = 1; n <= calls && n < PLAN_TRACE_MAX; n++)
		for (unsigned kind = FAULT_EIO; kind < FAULT_KINDS; kind++)
			if (fault_applies(kind, shared->plan.trace[n])) {
				violations += (unsigned)run_state(op, base, dir, kind, n);
				states[kind] += shared->plan.hits != 0;
			}
	printf("%-8s %-40s %4u calls:", op->name, op->what, calls);
	for (unsigned kind = FAULT_EIO; kind < FAULT_KINDS; kind++) {
		printf(" %s %u", fault_kind_name(kind), states[kind]);
		sum += states[kind];
	}
	printf("; %u states, %u violations\n", sum, violations);
	tree_remove(dir);
	tree_remove(base);
	return calls == 0 || violations != 0;
}

int
main(int argc, char **argv)
{
	int failed = 0, known = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: fault-states DIRECTORY [OPERATION]\n");
		return 64;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 70;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < nops; i++)
		if (argc < 3 || strcmp(argv[2], ops[i].name) == 0) {
			failed |= run_op(&ops[i], argv[1]);
			known = 1;
		}
	return known ? failed : 64;
}
