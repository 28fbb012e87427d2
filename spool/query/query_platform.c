/* SPDX-License-Identifier: ISC */
/*
 * query_platform.c - list-platforms and show-platform.
 */
#include "spool/query/query_verbs.h"
#include "spool/run/worker_vars.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the last check found stands in facts; a platform without facts was never asked. */
static void
add_facts(json_t *to, const json_t *facts)
{
	set_copy(to, facts, (const char *const[]){ "level", "state" }, 2);
	if (json_object_get(to, "state") == NULL)
		(void)json_object_set_new(to, "state", json_string(json_object_size(facts) > 0 ?
		    "registered" : "never checked"));
}

/* No new VMs: said until its console has something worse. */
static void
add_drained(json_t *to, const json_t *row)
{
	if (field_number(row, "drained_ms") == 0)
		return;
	(void)json_object_set_new(to, "state", json_string("drained"));
	set_time(to, "drained", field_number(row, "drained_ms"));
	if (field_text(row, "drain_why")[0] != '\0')
		(void)json_object_set(to, "why", json_object_get(row, "drain_why"));
}

/* Its console does not answer: that is more than what it said of itself when it did. */
static void
add_contact(const struct question *x, json_t *to, const char *name)
{
	json_t *contact = x->q->contact != NULL ? x->q->contact(x->q->arg, name) : NULL;

	if (contact != NULL) {
		(void)json_object_del(contact, "consoles");	/* show-platform says that */
		(void)json_object_update(to, contact);
	}
	json_decref(contact);
}

/* Each of two by itself, with its address. */
static void
add_consoles(const struct question *x, json_t *to, const json_t *row)
{
	static const char *const addresses[] = { "address", "second_address" };
	json_t *contact = x->q->contact != NULL ? x->q->contact(x->q->arg, field_text(row, "name")) : NULL;
	json_t			*both = json_object_get(contact, "consoles"), *one;
	size_t			 i;

	json_array_foreach(both, i, one)
		if (i < COUNT(addresses))
			(void)json_object_set(one, "address", json_object_get(row, addresses[i]));
	if (both != NULL && field_text(row, "second_address")[0] != '\0')
		(void)json_object_set(to, "consoles", both);
	json_decref(contact);
}

static json_t *
describe(const struct question *x, const json_t *row, struct pd_err *e)
{
	static const char *const keys[] = { "name", "kind", "address" };
	const char		*name = field_text(row, "name");
	int64_t			 vms, running, queued;
	json_t			*platform;

	if (store_vm_count(x->q->store, name, &vms, e) == -1 ||
	    store_job_queue(x->q->store, name, NULL, &running, &queued, e) == -1)
		return NULL;
	platform = json_object();
	set_copy(platform, row, keys, COUNT(keys));
	if (worker_platform_is_local(row))
		(void)json_object_set_new(platform, "address", json_string("local"));
	add_facts(platform, json_object_get(row, "facts"));
	add_drained(platform, row);
	(void)json_object_set_new(platform, "vms", json_integer(vms));
	(void)json_object_set_new(platform, "jobs", json_integer(running));
	(void)json_object_set_new(platform, "queued", json_integer(queued));
	set_time(platform, "registered", field_number(row, "registered_ms"));
	add_contact(x, platform, name);
	return platform;
}

int
query_list_platforms(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t *rows, *row, *platform;
	size_t	i;
	int	rv = 0;

	if (store_platform_list(x->q->store, &rows, e) == -1)
		return -1;
	a->value = json_array();
	json_array_foreach(rows, i, row) {
		if (!policy_list_has(&x->tenant->platforms, field_text(row, "name")))
			continue;
		if ((platform = describe(x, row, e)) == NULL) {
			rv = -1;
			break;
		}
		(void)json_array_append_new(a->value, platform);
	}
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "platform",
	    "platforms");
	json_decref(rows);
	return rv;
}

int
query_show_platform(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	static const char *const more[] = { "port", "user", "host_key", "second_address", "second_port",
		"second_host_key", "vios_access", "pools" };
	const char		*name = field_text(x->args, "name");
	json_t			*row = NULL, *systems = NULL, *list, *system;
	size_t			 i;
	int			 rv = -1;

	if (question_platform(x, name, e) == -1 || store_platform_get(x->q->store, name, &row, e) == -1)
		return -1;
	if ((a->value = describe(x, row, e)) != NULL && store_system_list(x->q->store, name, &systems, e) == 0) {
		set_copy(a->value, row, more, COUNT(more));
		list = json_array();
		json_array_foreach(systems, i, system)
			(void)json_array_append_new(list, question_system(x, system, row));
		rv = json_object_set_new(a->value, "systems", list);
		add_consoles(x, a->value, row);
	}
	json_decref(systems);
	json_decref(row);
	return rv;
}
