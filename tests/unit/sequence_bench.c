/* SPDX-License-Identifier: ISC */
/* sequence_bench.c - see sequence_bench.h. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sequence_bench.h"

json_t *
vars_create(const char *kind, int configure)
{
	json_t *v = json_pack("{s:{s:s,s:s,s:s,s:s,s:i, s:s,s:s,s:s, s:i,s:i,s:i, s:i,s:i,s:i, s:i,s:s,s:b,s:b,s:b},"
	    "s:{s:s,s:{s:i}}, s:{s:s,s:s,s:i}}",
	    "vm", "name", "web1", "tag", "pdTEST0001", "mode", "shared", "sharing", "uncap", "weight", 128,
	    "units_min", "0.10", "units", "0.50", "units_max", "1.00", "procs_min", 1, "procs", 1, "procs_max", 2,
	    "memory_min", 256, "memory", 1024, "memory_max", 2048, "max_slots", 20, "hostname", "web1", "start", 1, "configure", configure,
	    "wait_configured", configure,
	    "platform", "name", "power1", "facts", "management_lpar", 1, "image", "name", "rhel6", "file", "/images/rhel6.img", "size", 1024);
	json_t *vm = json_object_get(v, "vm");

	cr_assert_not_null(v);
	json_object_set_new(vm, "disks", json_pack("[{s:i,s:i,s:s,s:s,s:s},{s:i,s:i,s:s,s:s,s:s}]", "index", 0, "size", 1024, "pool",
	    kind[0] == 'l' ? "rootvg" : "fpool", "kind", kind, "bd", "pdTEST0001_0", "index", 1, "size", 2048, "pool",
	    kind[0] == 'l' ? "rootvg" : "fpool", "kind", kind, "bd", "pdTEST0001_1"));
	json_object_set_new(vm, "pools", json_pack("[{s:s,s:i}]", "pool", kind[0] == 'l' ? "rootvg" : "fpool", "size", 3072));
	json_object_set_new(vm, "networks", json_pack("[{s:i,s:i,s:i,s:s,s:s,s:s},{s:i,s:i,s:i}]", "index", 0, "slot", 15, "vlan", 10, "ip",
	    "10.0.10.5", "mask", "255.255.255.0", "gateway", "10.0.10.1", "index", 1, "slot", 16, "vlan", 10));
	return v;
}

json_t *
vars_stored(const json_t *value)
{
	json_t *vm = json_pack("{s:s, s:s}", "name", "web1", "image", "rhel6");

	json_object_update(vm, (json_t *)(uintptr_t)value);
	return json_pack("{s:o, s:{s:s,s:{s:i}}}", "vm", vm, "platform", "name", "power1", "facts", "management_lpar", 1);
}

void
bench_open(struct bench *b, const char *verb, json_t *vars)
{
	char	      file[128];
	struct pd_err e = { 0 };

	snprintf(file, sizeof(file), "templates/ivm/%s.seq", verb);
	snprintf(b->path, sizeof(b->path), "/tmp/test-journal-XXXXXX");
	b->fd = mkostemp(b->path, O_CLOEXEC);
	cr_assert_neq(b->fd, -1);
	cr_assert_eq(sequence_load(file, &b->seq, &e), 0, "%s", e.msg);
	b->journal = (struct journal){ .fd = b->fd };
	b->run = (struct run){ .seq = b->seq, .transport = &b->console.transport, .journal = &b->journal, .log_fd = -1, .vars = vars,
		.stop = fake_console_stop, .arg = &b->console, .clock = &b->console.clock };
	b->console.journal = b->path;
}

void
bench_close(struct bench *b)
{
	json_decref(b->run.vars);
	json_decref(b->run.records);
	json_decref(b->res.value);
	sequence_free(b->seq);
	(void)close(b->fd);
	(void)unlink(b->path);
}

void
bench_run(struct bench *b, const char *verb, json_t *vars)
{
	bench_open(b, verb, vars);
	sequence_run(&b->run, &b->res);
	cr_expect_eq(b->console.intents_missing, 0, "%d changes without intent", b->console.intents_missing);
}

void
bench_take_over(struct bench *b, const struct bench *from)
{
	b->console = from->console;
	b->console.transport.state = &b->console;
	b->console.clock.arg = &b->console;
}

void
bench_resume(struct bench *b)
{
	struct pd_err e = { 0 };

	json_decref(b->res.value);
	json_decref(b->run.records);
	json_decref(b->run.vars);
	b->run.vars = json_object();
	cr_assert_eq(journal_load(&b->journal, b->fd, 1, &b->run.records, &e), 0, "%s", e.msg);
	b->console.stop = 0;
	sequence_run(&b->run, &b->res);
}

void
bench_expect_empty(struct bench *b, const char *what, size_t at)
{
	char *state = fake_console_state(&b->console);

	cr_expect_str_eq(state, "{}", "%s at command %zu leaves %s: %s", what, at, state, b->res.err.msg);
	free(state);
}

size_t
bench_commands(const char *kind, int configure)
{
	struct bench b = { 0 };
	size_t	     n;

	fake_console_init(&b.console, "");
	bench_run(&b, "create-vm", vars_create(kind, configure));
	cr_assert_eq(b.res.outcome, OUTCOME_DONE, "%s", b.res.err.msg);
	n = b.console.at;
	bench_close(&b);
	fake_console_clear(&b.console);
	return n;
}
