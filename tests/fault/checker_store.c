/* SPDX-License-Identifier: ISC */
/*
 * checker_store.c - jobs and VMs in STATE/powerdirector.db: one state each, one job for a once-key, and what is
 * reserved is what VMs have.
 */
#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

#define STATES_FINAL   "done failed stuck cancelled refused"
#define STATES_PENDING "queued waiting running undoing"
#define VM_SETTLED     "running stopped open-firmware broken"
#define VM_UNSETTLED   "creating deleting"

static json_t *
column_value(sqlite3_stmt *q, int i)
{
	const char *text = (const char *)sqlite3_column_text(q, i);
	json_t	   *o;

	if (sqlite3_column_type(q, i) == SQLITE_INTEGER)
		return json_integer(sqlite3_column_int64(q, i));
	if (text == NULL)
		return json_null();
	if (is_one_of(sqlite3_column_name(q, i), "args value spec objects pools facts") &&
	    (o = json_loads(text, JSON_ALLOW_NUL, NULL)) != NULL)
		return o;
	return json_string(text);
}

/* Calls take for each row of a query. */
static void
each_row(struct check *c, const char *sql, void (*take)(struct check *c, json_t *row))
{
	sqlite3_stmt *q;
	int	      rc;

	if (sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) != SQLITE_OK)
		cannot("%s: %s", sql, sqlite3_errmsg(c->db));
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		json_t *row = json_object();

		for (int i = 0; i < sqlite3_column_count(q); i++)
			(void)json_object_set_new(row, sqlite3_column_name(q, i), column_value(q, i));
		take(c, row);
	}
	if (rc != SQLITE_DONE)
		cannot("%s: %s", sql, sqlite3_errmsg(c->db));
	(void)sqlite3_finalize(q);
}

/* ---- jobs ---- */

static void
take_job(struct check *c, json_t *row)
{
	const char *id = text_of(row, "id"), *state = text_of(row, "state");
	char	    what[64];

	if (json_object_get(c->jobs, id) != NULL)
		violation(c, "P2", "job %s is there twice", id);
	(void)json_object_set_new(c->jobs, id, row);
	(void)json_array_append(list_of(c->by_tag, text_of(row, "tag")), row);
	count(c, printed(what, sizeof(what), "jobs %.40s", state), 1);
	if (strlen(id) != JOB_ID_DIGITS)
		violation(c, "P4", "job %s has no job's id", id);
	if (is_one_of(state, STATES_PENDING)) {
		if (!c->is_running)
			violation(c, "P4", "job %s (%s of %s) is still %s", id, text_of(row, "verb"), text_of(row, "user"), state);
		(void)json_object_set_new(c->owners, text_of(row, "tag"), json_string(id));
	} else if (!is_one_of(state, STATES_FINAL))
		violation(c, "P4", "job %s is in a state that there is not: %s", id, state);
	else if (number_of(row, "finished") == 0)
		violation(c, "P4", "job %s is %s and has no time of its end", id, state);
	if (strcmp(state, "stuck") == 0)
		(void)json_object_set_new(c->owners, text_of(row, "tag"), json_string(id));
}

static void
take_repeated_once(struct check *c, json_t *row)
{
	violation(c, "P2", "user %s has %lld jobs with the once-key %s", text_of(row, "user"), (long long)number_of(row, "n"),
	    text_of(row, "once"));
}

const json_t *
answering(struct check *c, const json_t *job)
{
	const char *first = strcmp(text_of(job, "state"), "refused") == 0 ? text_of(job, "value.first") : "";

	return first[0] != '\0' ? json_object_get(c->jobs, first) : job;
}

static void
check_repetitions(struct check *c)
{
	const char   *id;
	json_t	     *job;
	const json_t *first;

	json_object_foreach(c->jobs, id, job) {
		first = answering(c, job);
		if (first != job && (strcmp(text_of(first, "user"), text_of(job, "user")) != 0 || text_of(first, "once")[0] == '\0'))
			violation(c, "P2", "job %s repeats the once-key of %s, which is no job with one of %s", id, text_of(job, "value.first"),
			    text_of(job, "user"));
	}
}

/* ---- VMs ---- */

static const char *
tag_of(const json_t *vm)
{
	return text_of(vm, "objects.tag")[0] != '\0' ? text_of(vm, "objects.tag") : text_of(vm, "spec.tag");
}

/* Is there a job of this VM (its tag) with this verb ("" = any) and state? */
static int
has_job(struct check *c, const char *tag, const char *verb, const char *state)
{
	size_t	i;
	json_t *job;

	json_array_foreach(json_object_get(c->by_tag, tag), i, job)
		if (strcmp(text_of(job, "state"), state) == 0 && (verb[0] == '\0' || strcmp(text_of(job, "verb"), verb) == 0))
			return 1;
	return 0;
}

static void
check_vm_state(struct check *c, const json_t *vm)
{
	const char *name = text_of(vm, "name"), *state = text_of(vm, "state"), *id = text_of(vm, "job");
	json_t	   *job = json_object_get(c->jobs, id);
	int	    is_create = strcmp(text_of(job, "verb"), "create-vm") == 0;

	if (job == NULL) {
		violation(c, "P4", "VM %s belongs to job %s, which there is not", name, id);
		return;
	}
	if (is_one_of(text_of(job, "state"), is_create ? "failed cancelled refused" : "done"))
		violation(c, "P4", "VM %s is there though job %s, its %s, is %s", name, id, text_of(job, "verb"), text_of(job, "state"));
	if (is_one_of(state, VM_UNSETTLED)) {
		if (!is_one_of(text_of(job, "state"), STATES_PENDING))
			violation(c, "P4", "VM %s is %s though job %s is %s", name, state, id, text_of(job, "state"));
	} else if (!is_one_of(state, VM_SETTLED))
		violation(c, "P4", "VM %s is in a state that there is not: %s", name, state);
	if (strcmp(state, "broken") == 0 && !has_job(c, tag_of(vm), "", "stuck") && !c->is_running)
		violation(c, "P4", "VM %s is broken and no job of it is stuck", name);
}

/* A job that changes the VM: it is under way or stuck, and the row has at least what the VM has. */
static int
is_being_changed(struct check *c, const json_t *vm)
{
	const char *id = text_of(vm, "objects.change.job");

	if (!json_is_object(member(vm, "objects.change")))
		return 0;
	if (!is_one_of(text_of(json_object_get(c->jobs, id), "state"), STATES_PENDING " stuck"))
		violation(c, "P4", "VM %s is being changed by job %s, which is %s", text_of(vm, "name"), id,
		    text_of(json_object_get(c->jobs, id), "state"));
	return 1;
}

static json_int_t
sum_of_disks(const json_t *vm)
{
	static const char *const lists[] = { "spec.disks", "objects.detached" };
	json_int_t		 sum = 0;
	size_t			 i;
	json_t			*d;

	for (size_t k = 0; k < 2; k++)
		json_array_foreach(member(vm, lists[k]), i, d)
			sum += number_of(d, "size");
	return sum;
}

/* What it is to have, or what it still runs with when that is more; and all its disks. */
static void
check_vm_amounts(struct check *c, const json_t *vm)
{
	int is_shared = strcmp(text_of(vm, "spec.mode"), "shared") == 0, is_changing = is_being_changed(c, vm);
	const struct { const char *what; json_int_t row, spec, pending; } amounts[] = {
		{ "memory", number_of(vm, "memory"), number_of(vm, "spec.memory"), number_of(vm, "objects.pending.memory") },
		{ "processing units", is_shared ? number_of(vm, "units") : 0,
		  is_shared ? (json_int_t)(strtod(text_of(vm, "spec.units"), NULL) * 100 + 0.5) : 0,
		  is_shared ? number_of(vm, "objects.pending.units") : 0 },
		{ "MiB of disk", number_of(vm, "disk"), sum_of_disks(vm), 0 },
	};

	for (size_t k = 0; k < sizeof(amounts) / sizeof(amounts[0]); k++) {
		json_int_t has = amounts[k].spec > amounts[k].pending ? amounts[k].spec : amounts[k].pending;

		if (is_changing ? amounts[k].row < has : amounts[k].row != has)
			violation(c, "P4", "VM %s reserves %lld %s, it has %lld", text_of(vm, "name"), (long long)amounts[k].row, amounts[k].what,
			    (long long)has);
	}
}

static void
take_vm(struct check *c, json_t *row)
{
	const char *name = text_of(row, "name"), *tag = tag_of(row);

	count(c, "VMs", 1);
	(void)json_object_set_new(c->vms, name, row);
	if (tag[0] == '\0')
		violation(c, "P4", "VM %s has no tag", name);
	else
		(void)json_object_set_new(c->owners, tag, json_string(name));
	check_vm_state(c, row);
	check_vm_amounts(c, row);
}

/* orphans --clean has removed what a stuck job of this VM had left, and its record. */
static int
was_cleaned(struct check *c, const char *tag)
{
	size_t	i;
	json_t *job;

	json_array_foreach(json_object_get(c->by_tag, tag), i, job)
		if (json_object_get(json_object_get(c->last_event, text_of(job, "id")), "cleaned") != NULL)
			return 1;
	return 0;
}

/* A job that is done made its VM, or a later one has deleted it again. */
void
check_made(struct check *c)
{
	const char *id;
	json_t	   *job;

	json_object_foreach(c->jobs, id, job) {
		const char *tag = text_of(job, "tag");
		json_t	   *vm = json_object_get(c->vms, text_of(job, "vm"));
		int	    is_there = vm != NULL && strcmp(tag_of(vm), tag) == 0;

		if (number_of(job, "plan") != 0 || strcmp(text_of(job, "state"), "done") != 0)
			continue;
		if (strcmp(text_of(job, "verb"), "create-vm") == 0 && !is_there && !has_job(c, tag, "delete-vm", "done") &&
		    !was_cleaned(c, tag))
			violation(c, "P4", "job %s made VM %s, which there is not, and nobody has deleted it", id, text_of(job, "vm"));
		if (strcmp(text_of(job, "verb"), "delete-vm") == 0 && is_there)
			violation(c, "P4", "job %s has deleted VM %s, which is there", id, text_of(job, "vm"));
	}
}

/* ---- addresses: those of the VMs' networks, each once ---- */

static void
take_address(struct check *c, json_t *row)
{
	struct in_addr ip = { .s_addr = htonl((uint32_t)number_of(row, "ip")) };
	char	       text[INET_ADDRSTRLEN], key[64];
	json_t	      *has;

	count(c, "addresses", 1);
	(void)inet_ntop(AF_INET, &ip, text, sizeof(text));
	printed(key, sizeof(key), "%lld %s", (long long)number_of(row, "vlan"), text);
	has = json_object_get(c->addresses, key);
	if (has == NULL || strcmp(json_string_value(has), text_of(row, "vm")) != 0)
		violation(c, "P4", "address %s of VLAN %lld is reserved for VM %s, which does not have it", text,
		    (long long)number_of(row, "vlan"), text_of(row, "vm"));
	(void)json_object_del(c->addresses, key);
}

static void
check_addresses(struct check *c)
{
	const char *name, *key;
	json_t	   *vm, *net;
	size_t	    i;
	char	    where[64];

	json_object_foreach(c->vms, name, vm)
		json_array_foreach(member(vm, "spec.networks"), i, net) {
			if (text_of(net, "ip")[0] == '\0')
				continue;
			printed(where, sizeof(where), "%lld %s", (long long)number_of(net, "vlan"), text_of(net, "ip"));
			if (json_object_get(c->addresses, where) != NULL)
				violation(c, "P4", "VMs %s and %s have the same address on VLAN %s", name,
				    json_string_value(json_object_get(c->addresses, where)), where);
			(void)json_object_set_new(c->addresses, where, json_string(name));
		}
	each_row(c, "SELECT vlan, ip, vm FROM vm_address", take_address);
	json_object_foreach(c->addresses, key, vm)
		violation(c, "P4", "address %s of VM %s is not reserved", key, json_string_value(vm));
}

void
check_store(struct check *c)
{
	char path[4096];

	/* Nothing is written, and a database that a director has open is read as it was at one moment. */
	if (sqlite3_open_v2(printed(path, sizeof(path), "%s/powerdirector.db", c->state), &c->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		cannot("%s: %s", path, sqlite3_errmsg(c->db));
	(void)sqlite3_busy_timeout(c->db, 10000);
	if (sqlite3_exec(c->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		cannot("%s: %s", path, sqlite3_errmsg(c->db));
	each_row(c, "SELECT * FROM job ORDER BY seq", take_job);
	/* NOT INDEXED: an index that says something else than the table would hide it. */
	each_row(c, "SELECT user, once, count(*) AS n FROM job NOT INDEXED WHERE once <> '' GROUP BY user || '', once || '' "
	    "HAVING count(*) > 1", take_repeated_once);
	check_repetitions(c);
	each_row(c, "SELECT * FROM vm", take_vm);
	check_addresses(c);
}
