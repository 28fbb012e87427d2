/* SPDX-License-Identifier: ISC */
/*
 * fuzz_query.c - any bytes as a request on the query socket: {"verb":V,"args":{..},"user":U} or
 * {"resolve":PREFIX,"user":U}.
 *
 * Every request gets a reply with a known code and exit status.  bob of tenant red never reads the
 * word that
 * everything of tenant blue carries, whatever he asks.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/field.h"
#include "spool/journal.h"
#include "spool/query/query.h"
#include "tests/unit/fixture_conf.h"

#define SECRET	"bluesecret"
#define OWN_JOB "01JD0Q7M000000000000000002"
#define HIS_JOB "01JD0Q7M000000000000000001"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {		/* made once, kept for every input */
	struct store	    *st;
	struct spool	     spool;
	struct query_context q;
} world;

static void
put(int (*add)(struct store *, const json_t *, struct pd_err *), json_t *row)
{
	struct pd_err e;

	if (row == NULL || add(world.st, row, &e) == -1)
		abort();
	json_decref(row);
}

static void
put_vm_and_job(const char *id, const char *user, const char *tenant, const char *platform,
    const char *name, const char *ip)
{
	put(store_vm_put, json_pack("{s:s s:s s:s s:s s:s s:i s:{s:[{s:i s:s}]}}", "name", name,
	    "owner", user, "tenant", tenant, "platform",
	    platform, "state", "running", "units", 50, "spec", "networks", "vlan", 10, "ip", ip));
	put(store_job_add, json_pack("{s:s s:s s:s s:s s:s s:s s:s s:s}", "id", id, "verb",
	    "start-vm", "user", user, "tenant", tenant,
	    "platform", platform, "vm", name, "state", "queued", "message", name));
	put(store_history_add, json_pack("{s:s s:s s:s s:s s:s}", "event", "admitted", "user", user,
	    "tenant", tenant, "job", id, "vm", name));
}

static void
fill(void)
{
	static const char *const platforms[] = { "power1", "power2" };

	for (int i = 0; i < 2; i++) {
		put(store_platform_put, json_pack("{s:s s:s}", "name", platforms[i], "kind", "ivm"));
		put(store_image_put, json_pack("{s:s s:s s:s}", "name", i == 0 ? SECRET : "sles12",
		    "platform", platforms[i], "file", "/x"));
	}
	put_vm_and_job(HIS_JOB, "alice", "blue", "power1", SECRET "1", "10.0.10.5");
	put_vm_and_job(OWN_JOB, "bob", "red", "power2", "db1", "10.0.10.6");
}

static void
write_journal(const char *id, const char *command)
{
	struct journal j = { 0 };
	struct pd_err  e;
	json_t	      *record = json_pack("{s:s s:s s:s}", "k", "intent", "step", "x", "cmd", command);

	j.fd = openat(world.spool.journal, id, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (j.fd == -1 || journal_append(&j, record, 0, &e) == -1)
		abort();
	(void)close(j.fd);
	json_decref(record);
}

static int
cancel(void *arg, const char *id, struct pd_err *e)
{
	(void)arg;
	if (strcmp(id, HIS_JOB) == 0)
		abort();	/* asked by bob: it is not his */
	return pd_fail(e, PD_BUSY, "not here");
}

static char directory[] = "/tmp/pd-fuzz-query.XXXXXX";

static void
clean_up(void)
{
	static const char *const names[] = { "powerdirector.db", "powerdirector.db-wal",
	    "powerdirector.db-shm", HIS_JOB, OWN_JOB };

	store_close(world.st);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlinkat(world.spool.journal, names[i], 0);
	(void)close(world.spool.journal);
	(void)rmdir(directory);
}

static void
make_world(void)
{
	struct pd_err e;

	if (mkdtemp(directory) == NULL || (world.spool.journal = open(directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    store_open(directory, &world.st, &e) == -1 || store_begin(world.st, &e) == -1)
		abort();
	fill();
	if (store_commit(world.st, &e) == -1)
		abort();
	write_journal(HIS_JOB, "mksyscfg " SECRET);
	write_journal(OWN_JOB, "chsysstate db1");
	world.q = (struct query_context){ .conf = fixture_conf(), .store = world.st,
	    .spool = &world.spool, .cancel = cancel,
	    .now_ms = 1800000000000 };
	(void)atexit(clean_up);
}

static void
check_reply(json_t *reply, const char *user, int asks_secret)
{
	char *text = json_dumps(reply, 0);

	if (text == NULL || field_text(reply, "code")[0] == '\0' ||
	    code_find(field_text(reply, "code"), (int)field_number(reply, "exit")) == PD_BUG) {
		/* The one known way to INTERNAL: a verb that is no question. */
		if (strstr(field_text(reply, "message"), "not a question") == NULL)
			abort();
	} else if (!asks_secret && strcmp(user, "bob") == 0 && strstr(text, SECRET) != NULL)
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t	   *request = json_loadb((const char *)data, size, 0, NULL), *reply;
	const char *user = field_text(request, "user"), *prefix;
	char	   *echo;

	if (world.st == NULL)
		make_world();
	if (!json_is_object(request)) {
		json_decref(request);
		return 0;
	}
	if (strcmp(user, "admin") == 0)
		user = "bob";
	echo = json_dumps(request, 0);
	prefix = json_string_value(json_object_get(request, "resolve"));
	reply = prefix != NULL ? query_resolve(&world.q, prefix, user) :
	    query_answer(&world.q, verb_find(field_text(request, "verb")),
	    json_object_get(request, "args"), user);
	check_reply(reply, user, echo == NULL || strstr(echo, SECRET) != NULL);
	free(echo);
	json_decref(reply);
	json_decref(request);
	return 0;
}
