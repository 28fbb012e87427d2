/* SPDX-License-Identifier: ISC */
/*
 * query_platform.c - list-platforms.
 */
#include "spool/query_verbs.h"

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

/* Its console does not answer: that is more than what it said of itself when it did. */
static void
add_contact(const struct question *x, json_t *to, const char *name)
{
	json_t *contact = x->q->contact != NULL ? x->q->contact(x->q->arg, name) : NULL;

	if (contact != NULL)
		(void)json_object_update(to, contact);
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
	add_facts(platform, json_object_get(row, "facts"));
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
