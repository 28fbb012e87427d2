/* SPDX-License-Identifier: ISC */
/*
 * query_vm.c - list-vms and show-vm.
 */
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"
#include "spool/query/query_verbs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* When the console of each system was asked last: {system: wall ms}. */
static json_t *
seen_of_systems(const struct question *x)
{
	json_t	     *seen = json_object(), *rows = NULL, *row;
	struct pd_err ignored;
	size_t	      i;

	if (store_system_list(x->q->store, NULL, &rows, &ignored) == 0)
		json_array_foreach(rows, i, row)
			(void)json_object_set(seen, field_text(row, "name"), json_object_get(row, "seen_ms"));
	json_decref(rows);
	return seen;
}

/* Rows as they are written, and what all of them need. */
struct writing {
	struct rows  *rows;
	const json_t *seen;	/* seen_of_systems() */
	size_t	      n;
	int64_t	      oldest_ms;	/* the least of when they were seen; INT64_MAX: there is none */
};

static void
text_member(struct rows *rows, const char *key, const char *text)
{
	if (text[0] != '\0')
		rows_text(rows, key, text);
}

/*
 * What list-vms says of one VM: its times and units as text, and its system only where that says more than the
 * platform.  It was seen when its state was told last, by the console or by a job.
 */
static int
write_vm(void *arg, const struct vm_brief *vm, struct pd_err *e)
{
	struct writing *w = arg;
	struct rows    *rows = w->rows;
	int64_t		asked = field_number(w->seen, vm->system), last = asked > vm->state_ms ? asked : vm->state_ms;
	char		units[32];

	(void)e;
	w->n++;
	if (last < w->oldest_ms)
		w->oldest_ms = last;
	rows_open(rows);
	rows_text(rows, "name", vm->name);
	rows_text(rows, "state", vm->state);
	rows_text(rows, "platform", vm->platform);
	text_member(rows, "image", vm->image);
	rows_number(rows, "procs", vm->procs);
	rows_number(rows, "memory", vm->memory);
	rows_number(rows, "disk", vm->disk);
	rows_text(rows, "owner", vm->owner);
	rows_text(rows, "tenant", vm->tenant);
	rows_time(rows, "state_since", vm->state_ms);
	rows_time(rows, "seen", last);
	if (strcmp(vm->system, vm->platform) != 0)
		text_member(rows, "system", vm->system);
	text_member(rows, "console_name", vm->console_name);
	text_member(rows, "group", vm->group);
	rows_number(rows, "units", vm->units);
	rows_text(rows, "units_text", quota_units_text(units, sizeof(units), vm->units));
	rows_json(rows, "addresses", vm->addresses);
	rows_time(rows, "lease_end", vm->lease_ms);
	rows_close(rows);
	return 0;
}

/* "; seen 12 s ago": the oldest of what was told. */
static void
add_age(struct answer_to *a, int has_any, int64_t age_ms)
{
	size_t len = strlen(a->message);

	if (has_any)
		(void)snprintf(a->message + len, sizeof(a->message) - len, "%sseen %lld s ago", len > 0 ? ", " : "",
		    (long long)(age_ms > 0 ? age_ms / 1000 : 0));
}

int
query_list_vms(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char    *platform = json_string_value(json_object_get(x->args, "platform"));
	struct writing w = { .rows = a->rows, .oldest_ms = INT64_MAX };
	json_t	      *seen;
	int	       rv;

	if (platform != NULL && question_platform(x, platform, e) == -1)
		return -1;
	w.seen = seen = seen_of_systems(x);
	rows_begin(a->rows, LIST_BYTES_MAX);
	rv = store_vm_each_brief(x->q->store, x->of_tenant, x->of_user, platform, write_vm, &w, e);
	json_decref(seen);
	if (rv == -1)
		return -1;
	(void)count_text(a->message, sizeof(a->message), w.n, "VM", "VMs");
	add_age(a, w.n > 0, x->q->now_ms - w.oldest_ms);
	question_add_leases(x, a->message, sizeof(a->message));
	return 0;
}

static int
is_visible(const struct question *x, const json_t *vm)
{
	return (x->of_tenant == NULL || strcmp(x->of_tenant, field_text(vm, "tenant")) == 0) &&
	    (x->of_user == NULL || strcmp(x->of_user, field_text(vm, "owner")) == 0);
}

/* The console gives an adapter its address when it is made: it stands with what the sequence found out, by its slot. */
static void
add_mac(json_t *network, const json_t *found)
{
	const json_t *adapter;
	size_t	      i;

	json_array_foreach(found, i, adapter)
		if (json_equal(json_object_get(adapter, "slot"), json_object_get(network, "slot")) && json_object_get(adapter, "mac") != NULL)
			(void)json_object_set(network, "mac", json_object_get(adapter, "mac"));
}

/* Those that the VM has, in the order of their numbers; one that a job is adding only has its address reserved. */
static void
add_macs(json_t *vm, const json_t *row)
{
	const json_t *found = json_object_get(json_object_get(row, "objects"), "networks");
	json_t	     *networks = json_deep_copy(json_object_get(vm, "networks"));

	for (size_t i = json_array_size(networks); i-- > 0;) {
		json_t *network = json_array_get(networks, i);

		if (json_object_get(network, "adding") != NULL)
			(void)json_array_remove(networks, i);
		else
			add_mac(network, found);
	}
	if (networks != NULL)
		(void)json_object_set_new(vm, "networks", networks);
}

/*
 * Disks and networks stand beside the rest of the specification, not in it.  How the platform makes it, through which
 * VIOSes and by which mark, is shown to those only whose role sees everything.
 */
static void
add_specification(json_t *vm, const json_t *spec, int sees_all)
{
	static const char *const own[] = { "disks", "networks" };
	static const char *const hosts[] = { "paths", "fc", "pools", "tag", "max_slots", "start", "configure",
		"wait_configured" };
	json_t			*rest = json_copy((json_t *)spec);

	set_copy(vm, spec, own, COUNT(own));
	for (size_t i = 0; i < COUNT(own); i++)
		(void)json_object_del(rest, own[i]);
	for (size_t i = 0; i < COUNT(hosts) && !sees_all; i++)
		(void)json_object_del(rest, hosts[i]);
	if (rest != NULL)
		(void)json_object_set_new(vm, "spec", rest);
}

int
question_vm(const struct question *x, json_t **row, struct pd_err *e)
{
	const char *name = field_text(x->args, "name");
	int	    rv = store_vm_get(x->q->store, name, row, e);

	if (rv == -1 && e->code != PD_NOTFOUND)
		return -1;
	if (rv == 0 && is_visible(x, *row))
		return 0;
	json_decref(*row);
	*row = NULL;
	return pd_fail(e, PD_NOTFOUND, "there is no VM \"%s\" of yours; list-vms shows them", name);
}

int
query_console(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t *row = NULL;
	int	rv;

	if (x->q->console == NULL)
		return pd_fail(e, PD_BUG, "there are no consoles here");
	if (question_vm(x, &row, e) == -1)
		return -1;
	rv = x->q->console(x->q->arg, x->user, row, field_is_set(x->args, "steal"), e);
	(void)snprintf(a->message, sizeof(a->message), "connected");
	json_decref(row);
	return rv;
}

/* The row of list-vms as a value; NULL with *e. */
static json_t *
shown_vm(const struct question *x, struct answer_to *a, const char *name, struct pd_err *e)
{
	struct rows    rows = { .text = NULL };
	struct writing w = { .rows = &rows, .oldest_ms = INT64_MAX };
	json_t	      *seen = seen_of_systems(x);
	int	       rv;

	w.seen = seen;
	rows_begin(&rows, LIST_BYTES_MAX);
	rv = store_vm_brief(x->q->store, name, write_vm, &w, e);
	json_decref(seen);
	if (rv == -1) {
		rows_free(&rows);
		return NULL;
	}
	add_age(a, 1, x->q->now_ms - w.oldest_ms);
	return rows_only(&rows, e);
}

int
query_show_vm(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	json_t *row = NULL;

	if (question_vm(x, &row, e) == -1)
		return -1;
	if ((a->value = shown_vm(x, a, field_text(row, "name"), e)) == NULL) {
		json_decref(row);
		return -1;
	}
	question_add_leases(x, a->message, sizeof(a->message));
	if (field_number(row, "lpar_id") > 0)
		(void)json_object_set(a->value, "lpar_id", json_object_get(row, "lpar_id"));
	set_time(a->value, "created", field_number(row, "created_ms"));
	question_add_lease(a->value, row);
	set_copy(a->value, row, (const char *const[]){ "job" }, 1);
	add_specification(a->value, json_object_get(row, "spec"), x->tenant->role->scope == SCOPE_ALL);
	add_macs(a->value, row);
	set_copy(a->value, json_object_get(row, "objects"),
	    (const char *const[]){ "pending", "change", "detached", "iso", "fc", "tape" }, 6);
	json_decref(row);
	return 0;
}
