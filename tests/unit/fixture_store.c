/* SPDX-License-Identifier: ISC */
/*
 * fixture_store.c - a store in a directory of its own, and rows to fill it with.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/unit/fixture_store.h"

void
fixture_open(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/pd-store.XXXXXX");
	cr_assert_not_null(mkdtemp(f->dir));
	cr_assert_eq(store_open(f->dir, &f->st, &f->e), 0, "%s", f->e.msg);
}

void
fixture_reopen(struct fixture *f)
{
	store_close(f->st);
	cr_assert_eq(store_open(f->dir, &f->st, &f->e), 0, "%s", f->e.msg);
}

void
fixture_remove(const char *dir)
{
	DIR	      *d = opendir(dir);
	struct dirent *entry;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), entry->d_name, 0);
	(void)closedir(d);
	(void)rmdir(dir);
}

void
fixture_close(struct fixture *f)
{
	store_close(f->st);
	fixture_remove(f->dir);
}

char *
fixture_id(char id[JOB_ID_LEN + 1], int n)
{
	(void)snprintf(id, JOB_ID_LEN + 1, "01JD0Q7M%018u", (unsigned)n);
	return id;
}

json_t *
fixture_job(int n, const char *user, const char *tenant, const char *vm, const char *state)
{
	char id[JOB_ID_LEN + 1];

	return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:{s:s} s:s s:I s:b}", "id",
	    fixture_id(id, n), "verb", "create-vm", "user",
	    user, "tenant", tenant, "platform", "power1", "vm", vm, "state", state, "args", "name",
	    vm, "origin", "key", "submitted",
	    (json_int_t)1800000000000 + n, "plan", 0);
}

json_t *
fixture_vm(const char *name, const char *owner, const char *tenant, const char *ip)
{
	json_t *vm = json_pack("{s:s s:s s:s s:s s:s s:s s:I s:i s:i s:i s:i s:I}", "name", name,
	    "owner", owner, "tenant", tenant,
	    "platform", "power1", "image", "rhel6", "state", "running", "state_ms",
	    (json_int_t)1800000000123, "units", 50, "procs", 1,
	    "memory", 4096, "disk", 20480, "created_ms", (json_int_t)1800000000000);

	(void)json_object_set_new(vm, "spec", json_pack("{s:s s:[{s:i s:i s:s}] s:[]}", "hostname",
	    name, "disks", "index", 0, "size",
	    20480, "pool", "rootvg", "networks"));
	if (ip != NULL)
		(void)json_array_append_new(json_object_get(json_object_get(vm, "spec"), "networks"),
		    json_pack("{s:i s:i s:s s:i}", "index", 0, "vlan", 10, "ip", ip, "prefix", 24));
	return vm;
}

json_t *
fixture_record(const char *event, const char *user, const char *tenant, const char *job, const char *vm)
{
	return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:{s:i}}", "t", "2027-03-01T09:00:00.123Z",
	    "event", event, "user", user, "tenant",
	    tenant, "job", job, "verb", "create-vm", "vm", vm, "what", "line", 7);
}

static void
change(struct fixture *f, int (*put)(struct store *, const json_t *, struct pd_err *), json_t *row)
{
	cr_assert_not_null(row);
	cr_assert_eq(store_begin(f->st, &f->e), 0, "%s", f->e.msg);
	cr_assert_eq(put(f->st, row, &f->e), 0, "%s", f->e.msg);
	cr_assert_eq(store_commit(f->st, &f->e), 0, "%s", f->e.msg);
	json_decref(row);
}

void
fixture_add_job(struct fixture *f, json_t *row)
{
	change(f, store_job_add, row);
}

void
fixture_put_vm(struct fixture *f, json_t *row)
{
	change(f, store_vm_put, row);
}

void
fixture_put_platform(struct fixture *f, const char *name)
{
	change(f, store_platform_put, json_pack("{s:s s:s s:s s:i s:s s:s s:s s:[s] s:{s:s} s:I}",
	    "name", name, "kind", "ivm",
	    "address", "10.0.0.5", "port", 22, "user", "padmin", "key", "power1", "host_key",
	    "SHA256:x", "pools", "rootvg", "facts",
	    "level", "2.2.6.10", "registered_ms", (json_int_t)1790000000000));
}

void
fixture_put_image(struct fixture *f, const char *name, const char *platform)
{
	change(f, store_image_put, json_pack("{s:s s:s s:s s:i s:s s:s s:s s:I}", "name", name,
	    "platform", platform, "file",
	    "/images/x.img", "size", 10240, "os", "linux", "first_boot", "agent", "description",
	    "for tests", "registered_ms",
	    (json_int_t)1790000000000));
}

void
fixture_add_record(struct fixture *f, json_t *row)
{
	change(f, store_history_add, row);
}

int
fixture_move(struct fixture *f, int n, enum job_state to)
{
	char id[JOB_ID_LEN + 1];
	int  rv;

	cr_assert_eq(store_begin(f->st, &f->e), 0, "%s", f->e.msg);
	rv = store_job_move(f->st, fixture_id(id, n), to, NULL, &f->e);
	if (rv == 0)
		return store_commit(f->st, &f->e);
	store_rollback(f->st);
	return rv;
}
