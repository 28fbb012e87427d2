/* SPDX-License-Identifier: ISC */
/*
 * fixture_director.c - spool, state, policy and a platform in a directory of their own.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/query/director_query.h"
#include "spool/run/settle.h"
#include "spool/wire.h"
#include "tests/unit/fixture_director.h"

static const char conf_text[] =
    "spool = '%1$s/spool'\nstate = '%1$s/state'\nsocket = '%1$s/query'\ntemplates = '%1$s/templates'\n"
    "keys = '%1$s/keys'\nworker = '%1$s/worker'\npam-directory = '%1$s'\npam-service = 'powerdirector'\n"
    "jobs-per-platform = 4\npending-per-user = 5\n"
    "role user {\n\tverbs = { '*' }\n\tscope = own\n}\n"
    "role team {\n\tverbs = { create-vm, delete-vm, start-vm, list-vms }\n\tscope = tenant\n}\n"
    "role administrator {\n\tverbs = { '*' }\n\tscope = all\n}\n"
    "network office {\n\tvlan = 10\n\taddresses = '10.0.10.0/24'\n}\n"
    "tenant blue {\n\trole = user\n\tmembers = { alice, carol }\n"
    "\tquota { vms = 4\n memory = 4G }\n\tuser-quota { vms = 2 }\n"
    "\timages = { '*' }\n\tnetworks = { office }\n\tfeatures = { fibre-channel }\n\tplatforms = { '*' }\n\tpools = { '*' }\n}\n"
    "tenant red {\n\trole = team\n\tmembers = { bob }\n"
    "\timages = { '*' }\n\tnetworks = { office }\n\tplatforms = { '*' }\n\tpools = { '*' }\n}\n"
    "tenant ops {\n\trole = administrator\n\tmembers = { admin }\n\tweight = 3\n\tfeatures = { '*' }\n"
    "\timages = { '*' }\n\tnetworks = { office }\n\tplatforms = { '*' }\n\tpools = { '*' }\n}\n"
    "end = true\n";

static const char platform_text[] =
    "{\"name\":\"power1\",\"kind\":\"ivm\",\"address\":\"192.0.2.1\",\"port\":22,\"user\":\"padmin\",\"key\":\"power1\","
    "\"host_key\":\"SHA256:x\",\"pools\":[\"rootvg\"],\"registered_ms\":1,\"facts\":{\"memory\":65536,\"region_size\":64,"
    "\"units\":\"8.00\",\"max_lpars\":40,\"pools\":[{\"name\":\"rootvg\",\"size\":100000,\"free\":100000,\"kind\":\"LVPOOL\"}]}}";

/* It reads one message, answers it, and so on until its socket ends. */
static const char worker_text[] =
    "#!/bin/sh\n"
    "while :; do\n"
    "\tn=$(dd bs=1 count=4 <&3 2>/dev/null | od -An -tu1 | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }')\n"
    "\t[ \"${n:-0}\" -gt 0 ] || exit 0\n"
    "\tm=$(dd bs=1 count=\"$n\" <&3 2>/dev/null)\n"
    "\tcase $m in *'\"msg\":\"run\"'*) ;; *) continue ;; esac\n"
    "\tjob=${m#*\\\"job\\\":\\\"}\n"
    "\tjob=${job%%%%\\\"*}\n"
    "\tr='{\"msg\":\"result\",\"job\":\"'$job'\",\"outcome\":\"%s\",\"code\":\"%s\",\"exit\":%d,\"message\":\"\",\"value\":%s}'\n"
    "\tprintf \"$(printf '\\\\%%03o\\\\%%03o\\\\%%03o\\\\%%03o' 0 0 $((${#r} / 256)) $((${#r} %% 256)))%%s\" \"$r\" >&3\n"
    "done\n";

static void
make_dir(const struct director_fixture *f, const char *name)
{
	char path[SCRATCH_PATH];

	cr_assert_eq(mkdir(scratch_path(path, f->dir, name), 0700), 0);
}

static void
put_platform(struct director_fixture *f)
{
	json_t *row = json_loads(platform_text, 0, NULL);

	cr_assert_not_null(row);
	cr_assert_eq(store_begin(f->st, &f->e), 0);
	cr_assert_eq(store_platform_put(f->st, row, &f->e), 0, "%s", f->e.msg);
	cr_assert_eq(store_commit(f->st, &f->e), 0);
	json_decref(row);
}

void
director_fixture_reopen(struct director_fixture *f)
{
	cr_assert_eq(spool_open_for_director(&f->spool, f->conf->spool, (gid_t)-1, 1, &f->e), 0, "%s", f->e.msg);
	cr_assert_eq(store_open(f->conf->state, &f->st, &f->e), 0, "%s", f->e.msg);
	f->state_dir = open(f->conf->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(identity_init(&f->identity, f->conf, &system_accounts, geteuid(), &f->e), 0);
	f->log = (struct log){ -1, LOG_DEBUG, 0 };
	f->admission = (struct admission){ .conf = f->conf, .store = f->st };
	f->intake = (struct intake){ .spool = &f->spool, .identity = &f->identity, .admission = f->admission, .log = &f->log };
	cr_assert_eq(intake_open(&f->intake, f->state_dir, &f->e), 0);
}

void
director_fixture_release(struct director_fixture *f)
{
	intake_close(&f->intake);
	store_close(f->st);
	f->st = NULL;
	spool_close(&f->spool);
	(void)close(f->state_dir);
}

void
director_fixture_open(struct director_fixture *f)
{
	char text[4096];
	int  len;

	memset(f, 0, sizeof(*f));
	scratch_make(f->dir);
	len = snprintf(text, sizeof(text), conf_text, f->dir);
	cr_assert(len > 0 && (size_t)len < sizeof(text));
	scratch_file(f->dir, "conf", text, (size_t)len);
	scratch_path(f->conf_path, f->dir, "conf");
	make_dir(f, "state");
	make_dir(f, "keys");
	make_dir(f, "templates");
	scratch_path(text, f->dir, "keys");
	scratch_file(text, "power1", "key", 3);
	cr_assert_eq(conf_load(f->conf_path, geteuid(), &f->conf, &f->e), 0, "%s", f->e.msg);
	director_fixture_reopen(f);
	put_platform(f);
}

void
director_fixture_close(struct director_fixture *f)
{
	if (f->st != NULL)
		director_fixture_release(f);
	conf_free(f->conf);
	scratch_remove(f->dir);
}

void
director_fixture_worker(const struct director_fixture *f, const char *outcome, const char *value)
{
	int  ok = strcmp(outcome, "done") == 0, len;
	char text[4096], path[SCRATCH_PATH];

	len = snprintf(text, sizeof(text), worker_text, outcome, ok ? "OK" : "JOB_FAILED", ok ? 0 : 1, value);
	cr_assert(len > 0 && (size_t)len < sizeof(text));
	scratch_file(f->dir, "worker", text, (size_t)len);
	cr_assert_eq(chmod(scratch_path(path, f->dir, "worker"), 0700), 0);
}

void
director_fixture_job(struct job *job, const char *user, const char *verb, const char *args)
{
	memset(job, 0, sizeof(*job));
	cr_assert_eq(id_make(job->id, NULL), 0);
	(void)snprintf(job->user, sizeof(job->user), "%s", user);
	(void)snprintf(job->verb, sizeof(job->verb), "%s", verb);
	job->submitted_ms = clock_wall_ms();
	job->args = json_loads(args, 0, NULL);
	cr_assert_not_null(job->args, "%s", args);
}

json_t *
director_fixture_admit(struct director_fixture *f, const struct job *job)
{
	struct verdict v;
	json_t	      *row;

	cr_assert_eq(admission_decide(&f->admission, job, 1, &v, &f->e), 0, "%s", f->e.msg);
	row = json_incref(v.row);
	verdict_clear(&v);
	return row;
}

json_t *
director_fixture_ask(struct director_fixture *f, const char *user, const char *verb, const char *args)
{
	struct job job;
	json_t	  *row;

	director_fixture_job(&job, user, verb, args);
	row = director_fixture_admit(f, &job);
	job_clear(&job);
	return row;
}

json_t *
director_fixture_row(struct director_fixture *f, const char *id)
{
	json_t *row = NULL;

	cr_assert_eq(store_job_get(f->st, id, &row, &f->e), 0, "%s", f->e.msg);
	return row;
}

json_t *
director_fixture_vm(struct director_fixture *f, const char *name)
{
	json_t *vm = NULL;

	return store_vm_get(f->st, name, &vm, &f->e) == 0 ? vm : NULL;
}

size_t
director_fixture_history(struct director_fixture *f, const char *event)
{
	struct history_filter filter = { .limit = 1000 };
	json_t		     *records = NULL, *r;
	size_t		      i, n = 0;

	cr_assert_eq(store_history_list(f->st, &filter, &records, &f->e), 0);
	json_array_foreach(records, i, r)
		n += strcmp(field_text(r, "event"), event) == 0;
	json_decref(records);
	return n;
}

int
director_fixture_exists(const struct director_fixture *f, int dirfd, const char *name)
{
	(void)f;
	return faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

json_t *
director_fixture_answer(struct director *d, const char *op, const char *user, const char *key, const char *text)
{
	json_t *request = json_pack("{s:s s:s s:s s:s s:s}", "op", op, "user", user, "origin", "key", "source", "::1", key, text);
	json_t *reply;
	int	sv[2], fds[2];

	d->server.ticket++;
	reply = director_answer(d, geteuid(), request);
	json_decref(request);
	if (!json_is_true(reply))
		return reply;
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	cr_assert_eq(d->server.clients[0].fd, -1);
	d->server.clients[0].fd = sv[0];
	d->server.clients[0].waits = d->server.ticket;
	d->hold_until_ms = INT64_MAX;
	settle_round(d);
	d->server.clients[0].fd = -1;
	(void)close(sv[0]);
	cr_assert_eq(wire_recv(sv[1], WIRE_REPLY_MAX, 1000, &reply, fds, 0, NULL), 1, "nobody answered");
	(void)close(sv[1]);
	return reply;
}
