/* SPDX-License-Identifier: ISC */
/*
 * query_drift.c - drift: the VMs that the user may see, against what their consoles showed last.
 *
 * No console is asked here.  A VM that a job has touched since its console was asked is not compared: nobody knows
 * which of the two is newer.
 */
#include <stdio.h>
#include <string.h>

#include "spool/platforms/drift.h"
#include "spool/query/query_verbs.h"

#define ROWS_MAX 2000	/* differences, and partitions of nobody, in one answer */

/* One answer on its way. */
struct looking {
	const struct question *x;
	json_t		      *rows, *systems, *skipped, *partitions;
	json_t		      *inventories;	/* by system: {found seen_ms}; null = never asked */
	json_t		      *kinds;		/* by platform */
	size_t		       compared, differ;
	int64_t		       oldest_ms;
};

static int
skip(struct looking *l, const json_t *vm, const char *why, struct pd_err *e)
{
	json_t *row = json_pack("{s:O s:s}", "vm", json_object_get(vm, "name"), "why", why);

	return row != NULL && json_array_append_new(l->skipped, row) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the drift");
}

/* Read once; told in systems[]. */
static int
inventory_of(struct looking *l, const char *system, const char *platform, json_t **inventory, struct pd_err *e)
{
	json_t *told;
	int64_t seen;

	*inventory = json_object_get(l->inventories, system);
	if (*inventory != NULL)
		return 0;
	if (store_inventory_get(l->x->q->store, system, inventory, e) == -1) {
		if (e->code != PD_NOTFOUND)
			return -1;
		*inventory = json_null();
	}
	seen = field_number(*inventory, "seen_ms");
	if (seen != 0 && seen < l->oldest_ms)
		l->oldest_ms = seen;
	told = json_pack("{s:s s:s}", "name", system, "platform", platform);
	set_time(told, "seen", seen);
	(void)json_array_append_new(l->systems, told);
	return json_object_set_new(l->inventories, system, *inventory) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the drift");
}

static int
is_hmc(struct looking *l, const char *platform)
{
	json_t	     *row = NULL;
	struct pd_err ignored;

	if (json_object_get(l->kinds, platform) == NULL &&
	    store_platform_get(l->x->q->store, platform, &row, &ignored) == 0) {
		(void)json_object_set(l->kinds, platform, json_object_get(row, "kind"));
		json_decref(row);
	}
	return strcmp(field_text(l->kinds, platform), "hmc") == 0;
}

static int
look_at(struct looking *l, const json_t *vm, struct pd_err *e)
{
	const char *system = field_text(vm, "system"), *platform = field_text(vm, "platform");
	json_t	   *inventory;
	size_t	    before = json_array_size(l->rows);
	int	    is_busy = 0;

	if (system[0] == '\0')
		system = platform;
	if (inventory_of(l, system, platform, &inventory, e) == -1)
		return -1;
	if (drift_cannot(vm) != NULL)
		return skip(l, vm, drift_cannot(vm), e);
	if (!json_is_object(inventory))
		return skip(l, vm, "its console has not been asked yet; --fresh asks", e);
	if (store_vm_is_busy(l->x->q->store, field_text(vm, "name"), field_number(inventory, "seen_ms"), &is_busy, e) == -1)
		return -1;
	if (is_busy)
		return skip(l, vm, "a job has touched it since its console was asked; --fresh asks again", e);
	if (before < ROWS_MAX &&
	    drift_of_vm(vm, json_object_get(inventory, "found"), is_hmc(l, platform), l->rows) == -1)
		return pd_fail(e, PD_IO, "no memory for the drift");
	l->compared++;
	l->differ += json_array_size(l->rows) > before;
	return 0;
}

/* Whose role sees everything is shown what is nobody's, too. */
static int
look_at_system(struct looking *l, const json_t *system, struct pd_err *e)
{
	const char *name = field_text(system, "name"), *platform = field_text(system, "platform");
	json_t	   *inventory, *vms = NULL, *row;
	size_t	    before = json_array_size(l->partitions), i;
	int	    rv;

	if (inventory_of(l, name, platform, &inventory, e) == -1 ||
	    store_vm_list(l->x->q->store, NULL, NULL, platform, &vms, e) == -1)
		return -1;
	for (i = json_array_size(vms); i-- > 0;)
		if (field_text(json_array_get(vms, i), "system")[0] != '\0' &&
		    strcmp(field_text(json_array_get(vms, i), "system"), name) != 0)
			(void)json_array_remove(vms, i);
	rv = before >= ROWS_MAX ? 0 : drift_of_nobody(vms, json_object_get(inventory, "found"), l->partitions);
	json_decref(vms);
	for (i = before; i < json_array_size(l->partitions); i++) {
		row = json_array_get(l->partitions, i);
		(void)json_object_set_new(row, "system", json_string(name));
		(void)json_object_set_new(row, "platform", json_string(platform));
	}
	return rv == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the drift");
}

static int
look_at_systems(struct looking *l, const char *platform, struct pd_err *e)
{
	json_t *systems = NULL, *system;
	size_t	i;
	int	rv;

	if (l->x->of_tenant != NULL || l->x->of_user != NULL)
		return 0;
	rv = store_system_list(l->x->q->store, platform, &systems, e);
	json_array_foreach(systems, i, system)
		if (rv == 0)
			rv = look_at_system(l, system, e);
	json_decref(systems);
	return rv;
}

static int
look_at_all(struct looking *l, struct pd_err *e)
{
	const struct question *x = l->x;
	const char	      *platform = json_string_value(json_object_get(x->args, "platform"));
	json_t		      *vms = NULL, *vm = NULL;
	size_t		       i;
	int		       rv;

	if (platform != NULL && question_platform(x, platform, e) == -1)
		return -1;
	if (field_text(x->args, "name")[0] != '\0') {
		rv = question_vm(x, &vm, e) == 0 ? look_at(l, vm, e) : -1;
		json_decref(vm);
		return rv;
	}
	rv = store_vm_list(x->q->store, x->of_tenant, x->of_user, platform, &vms, e);
	json_array_foreach(vms, i, vm)
		if (rv == 0)
			rv = look_at(l, vm, e);
	json_decref(vms);
	return rv == 0 ? look_at_systems(l, platform, e) : -1;
}

/* What brings it all back, one request each, in the order in which they can be made. */
static json_t *
requests(const json_t *rows)
{
	json_t	     *list = json_array(), *seen = json_object();
	const json_t *row;
	size_t	      i;

	json_array_foreach(rows, i, row) {
		const char *repair = field_text(row, "repair");

		if (repair[0] == '\0' || json_object_get(seen, repair) != NULL)
			continue;
		(void)json_array_append(list, json_object_get(row, "repair"));
		(void)json_object_set_new(seen, repair, json_true());
	}
	json_decref(seen);
	return list;
}

/* What no request brings back, one each: "web1, adapter 1: remove ..." */
static json_t *
by_hand(const json_t *rows)
{
	json_t	     *list = json_array();
	const json_t *row;
	size_t	      i;

	json_array_foreach(rows, i, row)
		if (field_text(row, "repair")[0] == '\0')
			(void)json_array_append_new(list, json_sprintf("%s, %s: %s", field_text(row, "vm"), field_text(row, "what"),
			    field_text(row, "by_hand")));
	return list;
}

static void
say(const struct looking *l, struct answer_to *a)
{
	size_t n = json_array_size(l->rows), size = sizeof(a->message), len, m;
	char   vms[32], what[32], more[32];

	if (n == 0)
		(void)snprintf(a->message, size, "no drift: %s compared", count_text(vms, sizeof(vms), l->compared, "VM", "VMs"));
	else
		(void)snprintf(a->message, size, "%s of %s",
		    count_text(what, sizeof(what), n, "difference", "differences"),
		    count_text(vms, sizeof(vms), l->differ, "VM", "VMs"));
	len = strlen(a->message);
	if ((m = json_array_size(l->skipped)) > 0)
		len += (size_t)snprintf(a->message + len, size - len, "; %s could not be compared",
		    count_text(more, sizeof(more), m, "VM", "VMs"));
	if ((m = json_array_size(l->partitions)) > 0)
		len += (size_t)snprintf(a->message + len, size - len, "; %s nobody's here",
		    count_text(more, sizeof(more), m, "partition is", "partitions are"));
	if (n >= ROWS_MAX)
		len += (size_t)snprintf(a->message + len, size - len, "; there are more than fit into an answer: name a VM or a platform");
	if (l->oldest_ms <= l->x->q->now_ms)
		(void)snprintf(a->message + len, size - len, "; seen %lld s ago",
		    (long long)((l->x->q->now_ms - l->oldest_ms) / 1000));
}

int
query_drift(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	struct looking l = { .x = x, .rows = json_array(), .systems = json_array(), .skipped = json_array(), .partitions = json_array(),
		.inventories = json_object(), .kinds = json_object(), .oldest_ms = INT64_MAX };
	int	       rv = look_at_all(&l, e);

	if (rv == 0) {
		a->value = json_pack("{s:O s:O s:O s:O}", "differences", l.rows, "not_compared", l.skipped,
		    "partitions", l.partitions, "systems", l.systems);
		if (field_is_set(x->args, "repair")) {
			(void)json_object_set_new(a->value, "repair", requests(l.rows));
			(void)json_object_set_new(a->value, "by_hand", by_hand(l.rows));
		}
		a->code = json_array_size(l.rows) > 0 ? PD_CONFLICT : PD_OK;
		say(&l, a);
	}
	json_decref(l.rows);
	json_decref(l.systems);
	json_decref(l.skipped);
	json_decref(l.partitions);
	json_decref(l.inventories);
	json_decref(l.kinds);
	return rv;
}
