/* SPDX-License-Identifier: ISC */
/*
 * fuzz_effects.c - any result from a worker: {"job":0-5,"outcome":..,"code":..,"exit":N,"message":..,"value":{..}}.
 *
 * A worker reads what a console prints, so its words are hostile.  Whatever it says, the end of the job is recorded or refused
 * whole, the row is in the state that was asked for or in a worse one, another tenant's VM stays as it is, and the
 * history's chain holds.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/effects/effects.h"
#include "spool/field.h"

#define HIS_VM "other1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *verb, *vm, *vm_state;
} jobs[] = {
	{ "create-vm", "web1", "creating" },
	{ "delete-vm", "web2", "deleting" },
	{ "stop-vm", "web2", "running" },
	{ "register-platform", "", "" },
	{ "check-platform", "", "" },
	{ "register-image", "", "" },
};
#define NJOBS	 ((json_int_t)(sizeof(jobs) / sizeof(jobs[0])))
#define PER_STORE 200	/* so many inputs use one store: its history is verified after each */

static void
put(struct store *st, int (*add)(struct store *, const json_t *, struct pd_err *), json_t *row)
{
	struct pd_err e;

	if (row == NULL || add(st, row, &e) == -1)
		abort();
	json_decref(row);
}

static void
put_vm(struct store *st, const char *name, const char *tenant, const char *state, const char *job)
{
	put(st, store_vm_put, json_pack("{s:s s:s s:s s:s s:s s:i s:{s:[{s:s s:s}]} s:s}", "name", name, "owner", "alice", "tenant", tenant,
	    "platform", "power1", "state", state, "units", 50, "spec", "disks", "pool", "datavg", "size", "1G", "job", job));
}

static json_t *
arguments(void)
{
	return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:[s] s:s}", "name", "power1", "platform", "power1", "kind", "ivm", "address",
	    "192.0.2.1", "key", "power1", "host_key", "SHA256:AAAA", "file", "/home/padmin/x", "pools", "datavg", "os", "linux");
}

static struct store *
make_store(void)
{
	char	      dir[] = "/tmp/pd-fuzz.XXXXXX", path[64];
	struct store *st;
	struct pd_err e;

	if (mkdtemp(dir) == NULL || store_open(dir, &st, &e) == -1 || store_begin(st, &e) == -1)
		abort();
	put(st, store_platform_put, json_pack("{s:s s:s}", "name", "power1", "kind", "ivm"));
	put_vm(st, HIS_VM, "red", "running", "");
	if (store_commit(st, &e) == -1)
		abort();
	/* The open database needs no name: nothing is left behind however the harness ends. */
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/powerdirector.db%s", dir, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
		(void)unlink(path);
	}
	(void)rmdir(dir);
	return st;
}

/* The job runs, its VM is as it is then. */
static void
begin_one(struct store *st, json_int_t which, const char *id)
{
	struct pd_err e;

	if (store_begin(st, &e) == -1)
		abort();
	put(st, store_job_add, json_pack("{s:s s:s s:s s:s s:s s:s s:s s:o s:i}", "id", id, "verb", jobs[which].verb, "user",
	    "alice", "tenant", "blue", "platform", "power1", "vm", jobs[which].vm, "state", "running", "args", arguments(), "started", 1));
	if (jobs[which].vm[0] != '\0')
		put_vm(st, jobs[which].vm, "blue", jobs[which].vm_state, id);
	if (store_commit(st, &e) == -1)
		abort();
}

static void
end_one(struct store *st, const json_t *msg, const char *id)
{
	struct ending	ending;
	struct pd_err	e;
	enum job_state	is;
	json_t	       *row = NULL;

	memset(&ending, 0, sizeof(ending));
	if (job_state_from_name(field_text(msg, "outcome"), &ending.state) == -1 || !job_state_is_final(ending.state))
		return;
	ending.err.code = code_find(field_text(msg, "code"), (int)field_number(msg, "exit"));
	(void)snprintf(ending.err.msg, sizeof(ending.err.msg), "%s", field_text(msg, "message"));
	ending.value = json_object_get(msg, "value");
	if (effects_end(st, id, &ending, &row, &e) == 0) {
		if (job_state_from_name(field_text(row, "state"), &is) == -1 || !job_state_is_final(is))
			abort();
		assert(is == ending.state || is == JOB_STUCK || is == JOB_FAILED);
	}
	json_decref(row);
}

static void
check(struct store *st)
{
	struct history_proof proof;
	struct pd_err	     e;
	json_t		    *his = NULL;

	if (store_vm_get(st, HIS_VM, &his, &e) == -1 || strcmp(field_text(his, "state"), "running") != 0)
		abort();
	json_decref(his);
	if (store_history_verify(st, NULL, &proof, &e) == -1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct store *st;
	static unsigned	     inputs;
	json_t		    *msg = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	char		     id[JOB_ID_LEN + 1];

	if (!json_is_object(msg)) {
		json_decref(msg);
		return 0;
	}
	if (inputs++ % PER_STORE == 0) {
		store_close(st);
		st = make_store();
	}
	(void)snprintf(id, sizeof(id), "01JD0Q7M%018u", inputs);
	begin_one(st, (field_number(msg, "job") % NJOBS + NJOBS) % NJOBS, id);
	end_one(st, msg, id);
	check(st);
	json_decref(msg);
	return 0;
}
