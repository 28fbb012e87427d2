/* SPDX-License-Identifier: ISC */
/*
 * store_vm.c - VMs in the store, what they use, and the addresses that they hold.
 *
 * A VM's row exists from its admission, so that name, quota and addresses are taken before
 * anything is made on the platform.
 */
#include <arpa/inet.h>

#include <string.h>

#include "spool/store/store_sqlite.h"

static const struct column columns[] = {
	{ "name", COLUMN_TEXT }, { "tenant", COLUMN_TEXT }, { "owner", COLUMN_TEXT },
	{ "platform", COLUMN_TEXT }, { "image", COLUMN_TEXT }, { "state", COLUMN_TEXT },
	{ "state_ms", COLUMN_INT }, { "units", COLUMN_INT }, { "procs", COLUMN_INT },
	{ "memory", COLUMN_INT }, { "disk", COLUMN_INT }, { "lpar_id", COLUMN_INT },
	{ "spec", COLUMN_JSON }, { "objects", COLUMN_JSON }, { "created_ms", COLUMN_INT },
	{ "job", COLUMN_TEXT }, { "system", COLUMN_TEXT }, { "label", COLUMN_TEXT },
	{ "console_name", COLUMN_TEXT }, { "lease_ms", COLUMN_INT }, { "lease_due_ms", COLUMN_INT },
	{ "lease_ended_ms", COLUMN_INT }, { "lease_tries", COLUMN_INT },
};
const struct table store_vm_table = { "vm", "name", columns, sizeof(columns) / sizeof(columns[0]) };

static int
no_vm(const char *name, struct pd_err *e)
{
	return pd_fail(e, PD_NOTFOUND, "there is no VM %s", name);
}

static int
address_number(const char *ip, int64_t *n, struct pd_err *e)
{
	struct in_addr in;

	if (inet_pton(AF_INET, ip, &in) != 1)
		return pd_fail(e, PD_BADDATA, "%.64s is not an IPv4 address", ip);
	*n = ntohl(in.s_addr);
	return 0;
}

static int
release_addresses(struct store *st, const char *name, struct pd_err *e)
{
	struct stmt q;

	if (stmt_open(&q, st, "DELETE FROM vm_address WHERE vm=?", e) == -1)
		return -1;
	stmt_text(&q, name);
	return stmt_run(&q, e);
}

static int
reserve_address(struct store *st, const char *name, int64_t vlan, const char *ip, struct pd_err *e)
{
	struct stmt q;
	int64_t	    n = 0;

	if (address_number(ip, &n, e) == -1 ||
	    stmt_open(&q, st, "INSERT INTO vm_address(vlan, ip, vm) VALUES(?,?,?)", e) == -1)
		return -1;
	stmt_int(&q, vlan);
	stmt_int(&q, n);
	stmt_text(&q, name);
	if (stmt_run(&q, e) == 0)
		return 0;
	if (e != NULL && e->code == PD_CONFLICT)
		(void)pd_fail(e, PD_CONFLICT, "address %s on VLAN %lld is in use", ip, (long long)vlan);
	return -1;
}

static int
reserve_addresses(struct store *st, const char *name, const json_t *spec, struct pd_err *e)
{
	size_t	i;
	json_t *network;

	if (release_addresses(st, name, e) == -1)
		return -1;
	json_array_foreach(json_object_get(spec, "networks"), i, network) {
		const char *ip = row_text(network, "ip");
		int64_t	    vlan = json_integer_value(json_object_get(network, "vlan"));

		if (ip != NULL && reserve_address(st, name, vlan, ip, e) == -1)
			return -1;
	}
	return 0;
}

static int
check_name(const json_t *vm, const char **name, struct pd_err *e)
{
	if ((*name = row_text(vm, "name")) == NULL)
		return pd_fail(e, PD_BUG, "database: a VM needs a name");
	return 0;
}

int
store_vm_put(struct store *st, const json_t *vm, struct pd_err *e)
{
	const char *name;

	if (check_name(vm, &name, e) == -1 || row_upsert(st, &store_vm_table, vm, e) == -1)
		return -1;
	return reserve_addresses(st, name, json_object_get(vm, "spec"), e);
}

int
store_vm_get(struct store *st, const char *name, json_t **vm, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	int		rv;

	*vm = NULL;
	row_select(&sql, &store_vm_table);
	sql_add(&sql, "WHERE name=?");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	stmt_text(&q, name);
	rv = row_one(&q, &store_vm_table, vm, e);
	return rv == 0 ? no_vm(name, e) : rv == 1 ? 0 : -1;
}

int
store_vm_set(struct store *st, const char *name, const json_t *set, struct pd_err *e)
{
	json_t *vm = NULL;

	if (json_object_get(set, "name") != NULL || json_object_get(set, "spec") != NULL)
		return pd_fail(e, PD_BUG,
		    "database: name and spec of a VM are set by store_vm_put alone");
	if (store_vm_get(st, name, &vm, e) == -1)
		return -1;
	json_decref(vm);
	return row_update(st, &store_vm_table, "name", name, set, e);
}

int
store_vm_remove(struct store *st, const char *name, struct pd_err *e)
{
	struct stmt q;

	if (store_must_be_begun(st, e) == -1 ||
	    stmt_open(&q, st, "DELETE FROM vm WHERE name=?", e) == -1)
		return -1;
	stmt_text(&q, name);
	if (stmt_run(&q, e) == -1)
		return -1;
	return sqlite3_changes(st->db) == 0 ? no_vm(name, e) : 0;
}

/* The leading condition picks the index, as in store_job.c; VMs of one owner are few.  sql begins with what is selected. */
static int
open_list(struct stmt *q, struct store *st, struct sql_text *sql, const char *tenant, const char *owner,
    const char *platform, struct pd_err *e)
{
	const struct { const char *column, *value; } by[] = { { "owner", owner },
	    { "tenant", tenant }, { "platform", platform } };
	int n = 0;

	for (size_t i = 0; i < 3; i++)
		if (by[i].value != NULL)
			sql_add(sql, "%s%s=?", n++ == 0 ? "WHERE " : " AND +", by[i].column);
	sql_add(sql, " ORDER BY name LIMIT ?");
	if (stmt_open_text(q, st, sql, e) == -1)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (by[i].value != NULL)
			stmt_text(q, by[i].value);
	stmt_int(q, STORE_LIST_MAX);
	return 0;
}

int
store_vm_list(struct store *st, const char *tenant, const char *owner, const char *platform, json_t **vms, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	*vms = NULL;
	row_select(&sql, &store_vm_table);
	if (open_list(&q, st, &sql, tenant, owner, platform, e) == -1)
		return -1;
	return row_all(&q, &store_vm_table, vms, e);
}

/* In the order of read_brief(). */
#define BRIEF "SELECT name, tenant, owner, platform, system, image, state, label, console_name, addresses, state_ms, units, procs, memory, disk, lease_ms FROM vm "

static const char *
text_at(const struct stmt *q, int at)
{
	const char *text = (const char *)sqlite3_column_text(q->s, at);

	return text != NULL ? text : "";
}

static struct vm_brief
read_brief(const struct stmt *q)
{
	return (struct vm_brief){ .name = text_at(q, 0), .tenant = text_at(q, 1), .owner = text_at(q, 2), .platform = text_at(q, 3),
		.system = text_at(q, 4), .image = text_at(q, 5), .state = text_at(q, 6), .group = text_at(q, 7), .console_name = text_at(q, 8),
		.addresses = text_at(q, 9), .state_ms = sqlite3_column_int64(q->s, 10), .units = sqlite3_column_int64(q->s, 11),
		.procs = sqlite3_column_int64(q->s, 12), .memory = sqlite3_column_int64(q->s, 13), .disk = sqlite3_column_int64(q->s, 14),
		.lease_ms = sqlite3_column_int64(q->s, 15) };
}

/* Closes q.  How many there were, or -1. */
static int
each_brief(struct stmt *q, vm_brief_fn *fn, void *arg, struct pd_err *e)
{
	int rv, n = 0;

	while ((rv = stmt_step(q, e)) == 1) {
		const struct vm_brief vm = read_brief(q);

		n++;
		if ((rv = fn(arg, &vm, e)) == -1)
			break;
	}
	stmt_close(q);
	return rv == -1 ? -1 : n;
}

int
store_vm_each_brief(struct store *st, const char *tenant, const char *owner, const char *platform, vm_brief_fn *fn,
    void *arg, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	sql_add(&sql, BRIEF);
	if (open_list(&q, st, &sql, tenant, owner, platform, e) == -1)
		return -1;
	return each_brief(&q, fn, arg, e) == -1 ? -1 : 0;
}

int
store_vm_brief(struct store *st, const char *name, vm_brief_fn *fn, void *arg, struct pd_err *e)
{
	struct stmt q;
	int	    n;

	if (stmt_open(&q, st, BRIEF "WHERE name=?", e) == -1)
		return -1;
	stmt_text(&q, name);
	n = each_brief(&q, fn, arg, e);
	return n == 0 ? no_vm(name, e) : n == -1 ? -1 : 0;
}

int
store_vm_count(struct store *st, const char *platform, int64_t *n, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT count(*) FROM vm WHERE platform=?", e) == -1)
		return -1;
	stmt_text(&q, platform);
	rv = stmt_step(&q, e);
	*n = rv == 1 ? sqlite3_column_int64(q.s, 0) : 0;
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

int
store_vm_is_busy(struct store *st, const char *name, int64_t since_ms, int *is_busy, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st,
		"SELECT 1 FROM job INDEXED BY job_vm WHERE vm=? AND (finished>=? OR " JOB_IS_PENDING ") LIMIT 1",
		e) == -1)
		return -1;
	stmt_text(&q, name);
	stmt_int(&q, since_ms);
	rv = stmt_step(&q, e);
	*is_busy = rv == 1;
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

#define USAGE "SELECT count(*), sum(units), sum(procs), sum(memory), sum(disk) FROM vm WHERE tenant=?"

int
store_usage(struct store *st, const char *tenant, const char *user, struct pd_amounts *used,
    struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	*used = (struct pd_amounts){ 0 };
	if (stmt_open(&q, st, user == NULL ? USAGE : USAGE " AND owner=?", e) == -1)
		return -1;
	stmt_text(&q, tenant);
	if (user != NULL)
		stmt_text(&q, user);
	if ((rv = stmt_step(&q, e)) == 1) {
		used->vms = sqlite3_column_int64(q.s, 0);
		used->units = sqlite3_column_int64(q.s, 1);
		used->procs = sqlite3_column_int64(q.s, 2);
		used->memory = sqlite3_column_int64(q.s, 3);
		used->disk = sqlite3_column_int64(q.s, 4);
	}
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

int
store_address_free(struct store *st, int vlan, const char *ip, struct pd_err *e)
{
	struct stmt q;
	int64_t	    n = 0;
	int	    rv;

	if (address_number(ip, &n, e) == -1 || stmt_open(&q, st,
	    "SELECT 1 FROM vm_address WHERE vlan=? AND ip=?", e) == -1)
		return -1;
	stmt_int(&q, vlan);
	stmt_int(&q, n);
	rv = stmt_step(&q, e);
	stmt_close(&q);
	return rv == 1 ? pd_fail(e, PD_CONFLICT, "address %s on VLAN %d is in use", ip, vlan) : rv;
}
