/* SPDX-License-Identifier: ISC */
/*
 * fill.c - fills the store of a director that is not running, through the store's own interface.
 *
 *	bench-fill STATE COUNT done|queued USER TENANT PLATFORM VM [SPOOL]
 *	bench-fill STATE COUNT vms VM
 *
 * Jobs as the director leaves them, 1,000 a transaction, each with one record in the history; with SPOOL each with its file in cur/.
 * Or copies of a VM, each with a name, a partition number and an address of its own.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "spool/id.h"
#include "spool/os/clock.h"
#include "spool/store/store.h"
#include "tests/bench/timing.h"

#define BATCH 1000

static void
fail(const struct pd_err *e)
{
	fprintf(stderr, "bench-fill: %s\n", e->msg);
	exit(1);
}

static void
add(struct store *st, const char *id, char **argv, struct pd_err *e)
{
	int	is_done = strcmp(argv[3], "done") == 0;
	int64_t now = clock_wall_ms();
	json_t *job, *record;

	job = json_pack("{s:s s:s s:s s:s s:s s:s s:s s:{s:s s:b} s:s s:s s:s s:I s:I s:I s:i s:s s:i s:s}", "id", id, "verb",
	    "stop-vm", "user", argv[4], "tenant", argv[5], "platform", argv[6], "vm", argv[7], "state", argv[3], "args",
	    "name", argv[7], "force", 1, "digest", "0", "origin", "key", "tag", "pd00000000", "submitted", (json_int_t)now,
	    "started", (json_int_t)(is_done ? now : 0), "finished", (json_int_t)(is_done ? now : 0), "attempts", is_done, "code",
	    is_done ? "OK_NO_CHANGE" : "QUEUED", "exit", 0, "message", is_done ? "is stopped already" : "");
	record = json_pack("{s:s s:s s:s s:s s:s s:s s:{s:s}}", "event", is_done ? "done" : "admitted", "user", argv[4], "tenant",
	    argv[5], "job", id, "verb", "stop-vm", "vm", argv[7], "what", "code", "OK_NO_CHANGE");
	if (job == NULL || record == NULL || store_job_add(st, job, e) == -1 || store_history_add(st, record, e) == -1)
		fail(e);
	json_decref(job);
	json_decref(record);
}

static void
add_file(int cur, const char *id, char **argv, struct pd_err *e)
{
	struct job     job = { .origin = JOB_BY_KEY, .submitted_ms = clock_wall_ms() };
	unsigned char *buf;
	size_t	       len;
	int	       fd;

	(void)snprintf(job.id, sizeof(job.id), "%s", id);
	(void)snprintf(job.user, sizeof(job.user), "%s", argv[4]);
	(void)strcpy(job.verb, "stop-vm");
	job.args = json_pack("{s:s s:b}", "name", argv[7], "force", 1);
	if (job_encode(&job, &buf, &len, e) == -1)
		fail(e);
	fd = openat(cur, id, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -1 || write(fd, buf, len) != (ssize_t)len || close(fd) == -1) {
		(void)pd_fail_sys(e, PD_IO, "write cur/%s", id);
		fail(e);
	}
	free(buf);
	job_clear(&job);
}

static int
open_cur(const char *spool)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/cur", spool);
	return open(path, O_RDONLY | O_DIRECTORY);
}

/* Their ends are told, as the director would have noted: it does not have to look. */
static void
told(struct store *st, struct pd_err *e)
{
	char	text[24], hash[HISTORY_HASH_LEN + 1];
	int64_t head;

	if (store_history_head(st, &head, hash, e) == -1)
		fail(e);
	(void)snprintf(text, sizeof(text), "%lld", (long long)head);
	if (store_kept_set(st, "told", text, e) == -1)
		fail(e);
}

static int
fill_vms(const char *state, long count, const char *like)
{
	struct store *st;
	struct pd_err e;
	json_t	     *vm = NULL;
	char	      name[32], ip[32];

	if (store_open(state, &st, &e) == -1 || store_begin(st, &e) == -1 || store_vm_get(st, like, &vm, &e) == -1)
		fail(&e);
	for (long i = 1; i <= count; i++) {
		(void)snprintf(name, sizeof(name), "vm%ld", i);
		(void)json_object_set_new(vm, "name", json_string(name));
		(void)json_object_set_new(vm, "lpar_id", json_integer(100 + i));
		(void)snprintf(ip, sizeof(ip), "10.77.%ld.%ld", i / 250, 1 + i % 250);
		(void)json_object_set_new(json_object_get(vm, "spec"), "networks", json_pack("[{s:i s:s s:s}]", "vlan", 10, "ip", ip, "netmask", "24"));
		if (store_vm_put(st, vm, &e) == -1)
			fail(&e);
	}
	if (store_commit(st, &e) == -1)
		fail(&e);
	json_decref(vm);
	store_close(st);
	return 0;
}

int
main(int argc, char **argv)
{
	long	      count = argc == 5 || argc == 8 || argc == 9 ? strtol(argv[2], NULL, 10) : 0;
	char	      id[JOB_ID_LEN + 1];
	struct store *st;
	struct pd_err e = { .code = PD_BUG };
	int	      cur = argc == 9 ? open_cur(argv[8]) : -1;

	if (count <= 0) {
		fprintf(stderr, "usage: bench-fill STATE COUNT done|queued USER TENANT PLATFORM VM [SPOOL] | STATE COUNT vms VM\n");
		return 64;
	}
	if (argc == 5)
		return fill_vms(argv[1], count, argv[4]);
	if (store_open(argv[1], &st, &e) == -1)
		fail(&e);
	for (long i = 0; i < count; i++) {
		if (i % BATCH == 0 && (store_begin(st, &e) == -1 || id_make(id, &e) == -1))
			fail(&e);
		if (id_next(id, &e) == -1)
			fail(&e);
		add(st, id, argv, &e);
		if (argc == 9)
			add_file(cur, id, argv, &e);
		if (i == count - 1)
			told(st, &e);
		if ((i % BATCH == BATCH - 1 || i == count - 1) && store_commit(st, &e) == -1)
			fail(&e);
	}
	store_close(st);
	return 0;
}
