/* SPDX-License-Identifier: ISC */
/*
 * power.c - every state of the disk that a power cut can leave of one operation, recovered from.
 *
 *	fault-power [-s STEP] [-o OFFSET] DIRECTORY [OPERATION]
 *
 * The operation runs once, undisturbed, and what it asks of the disk is written down (sys_record.c).  For a cut before each of
 * these calls and after the last, each state that the model of disk.h allows is made, once, and the
 * operation's own check recovers from it and looks whether what had been told by then is true.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/disk_state.h"
#include "tests/fault/ops.h"
#include "tests/fault/tree.h"

#define SEEN_MAX (1u << 22)	/* states of one operation, a power of two */

struct shared {
	struct disk_record record;
	struct told	   told;	/* at a cut */
};

struct search {
	const struct op *op;
	const char	*dir;
	struct disk	 disk;
	struct told	 all;		/* what was told in the whole run, and when */
	uint64_t	*seen;
	unsigned	 step, offset;
	unsigned	 states, tried, violations;
};

static struct shared *shared;

unsigned
op_now(void)
{
	return disk_record != NULL ? disk_record->n + 1 : 1;
}

static void
die(const char *what)
{
	fprintf(stderr, "fault-power: %s\n", what);
	exit(70);
}

static int
in_child(const struct op *op, const char *dir, int is_check)
{
	int   status = 0;
	pid_t pid;

	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		if (is_check) {
			status = op->check(dir, &shared->told, 1) == -1;
		} else {
			disk_record = &shared->record;
			op->run(dir, &shared->told);
			disk_record = NULL;
		}
		(void)fflush(stdout);
		_exit(status);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		die("fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* What had been told when so many calls had been made. */
static void
tell_until(struct search *s, unsigned t)
{
	memset(&shared->told, 0, sizeof(shared->told));
	for (int i = 0; i < OP_ACKS; i++) {
		shared->told.is_done[i] = s->all.is_done[i] != 0 && s->all.is_done[i] <= t + 1;
		shared->told.is_failed[i] = s->all.is_failed[i] != 0 && s->all.is_failed[i] <= t + 1;
	}
}

static uint64_t
hash_of(const struct search *s)
{
	uint64_t h = 14695981039346656037u;

	for (unsigned i = 0; i < s->disk.n; i++) {
		const struct object *o = &s->disk.object[i];
		const uint64_t	     v = (uint64_t)o->choice[o->chosen].ops << 32 ^ (uint64_t)o->choice[o->chosen].torn;

		h = (h ^ v) * 1099511628211u;
		h ^= h >> 29;
	}
	for (int i = 0; i < OP_ACKS; i++)
		h = (h ^ (shared->told.is_done[i] + 2u * shared->told.is_failed[i])) * 1099511628211u;
	return h != 0 ? h : 1;
}

static int
is_new(struct search *s)
{
	uint64_t h = hash_of(s);

	for (size_t i = h & (SEEN_MAX - 1);; i = (i + 1) & (SEEN_MAX - 1)) {
		if (s->seen[i] == h)
			return 0;
		if (s->seen[i] == 0) {
			if (++s->states == SEEN_MAX / 2)
				die("too many states");
			s->seen[i] = h;
			return 1;
		}
	}
}

static void
describe(const struct search *s, unsigned t)
{
	const struct disk_record *r = &shared->record;

	printf("VIOLATION %s, cut after call %u of %u:", s->op->name, t, r->n);
	for (unsigned i = 0; i < s->disk.n; i++) {
		const struct object *o = &s->disk.object[i];

		if (o->nops > 0)
			printf(" %s%u of %u%s", o->path[0] != '\0' ? strrchr(o->path, '/') + 1 : "file ", o->choice[o->chosen].ops, o->nops,
			    o->choice[o->chosen].torn == TORN_NOT ? "" : " and a part");
	}
	printf(": see above\n");
}

static void
try_state(struct search *s, unsigned t)
{
	if (!is_new(s) || (s->states - 1) % s->step != s->offset)
		return;
	disk_write(&s->disk, &shared->record, s->dir);
	s->tried++;
	if (in_child(s->op, s->dir, 1) == 0)
		return;
	s->violations++;
	describe(s, t);
}

/* All combinations of what each object may be, like the wheels of a counter. */
static void
try_cut(struct search *s, unsigned t)
{
	struct disk *d = &s->disk;
	unsigned     i;

	tell_until(s, t);
	for (i = 0; i < d->n; i++) {
		disk_choices(&d->object[i], &shared->record, t, s->op->is_small);
		d->object[i].chosen = 0;
	}
	do {
		try_state(s, t);
		for (i = 0; i < d->n && ++d->object[i].chosen == d->object[i].nchoices; i++)
			d->object[i].chosen = 0;
	} while (i < d->n);
}

static int
run_op(struct search *s, const char *top)
{
	char dir[OP_PATH], first[OP_PATH + 16];

	(void)snprintf(dir, sizeof(dir), "%s/%s", top, s->op->name);
	(void)snprintf(first, sizeof(first), "%s/%s", dir, s->op->dirs[0]);
	s->dir = dir;
	tree_make(dir);
	tree_make(first);
	s->op->prepare(dir);
	memset(shared, 0, sizeof(*shared));
	disk_load(&s->disk, dir);
	if (in_child(s->op, dir, 0) != 0 || shared->record.is_full || shared->record.n == 0)
		die("the operation cannot be written down");
	s->all = shared->told;
	disk_assign(&s->disk, &shared->record);
	for (unsigned t = 0; t <= shared->record.n; t++)
		try_cut(s, t);
	printf("%-8s %-40s %4u calls that change the disk; %u states after a power cut, %u tried, %u violations\n", s->op->name, s->op->what,
	    shared->record.n, s->states, s->tried, s->violations);
	disk_free(&s->disk);
	tree_remove(dir);
	return s->violations != 0;
}

int
main(int argc, char **argv)
{
	unsigned       step = 1, offset = 0;
	int	       option, failed = 0, known = 0;
	struct search *s = calloc(1, sizeof(*s));

	while ((option = getopt(argc, argv, "s:o:")) != -1)
		if (option == 's')
			step = (unsigned)atoi(optarg);
		else if (option == 'o')
			offset = (unsigned)atoi(optarg);
		else
			die("usage: fault-power [-s STEP] [-o OFFSET] DIRECTORY [OPERATION]");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || s == NULL || step == 0 || optind >= argc)
		die("usage: fault-power [-s STEP] [-o OFFSET] DIRECTORY [OPERATION]");
	for (size_t i = 0; i < nops; i++) {
		if (optind + 1 < argc && strcmp(argv[optind + 1], ops[i].name) != 0)
			continue;
		known = 1;
		if (ops[i].only_reads)
			continue;
		memset(s, 0, sizeof(*s));
		*s = (struct search){ .op = &ops[i], .step = step, .offset = offset % step };
		if ((s->seen = calloc(SEEN_MAX, sizeof(*s->seen))) == NULL)
			die("no memory");
		failed |= run_op(s, argv[optind]);
		free(s->seen);
	}
	free(s);
	return known ? failed : 64;
}
