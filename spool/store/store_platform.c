/* SPDX-License-Identifier: ISC */
/*
 * store_platform.c - platforms and images in the store.
 */
#include <stdio.h>
#include <string.h>

#include "spool/store/store_sqlite.h"

#define NAMED_VMS 5	/* of those that keep a platform from being removed; the rest is counted */

static const struct column platform_columns[] = {
	{ "name", COLUMN_TEXT }, { "kind", COLUMN_TEXT }, { "address", COLUMN_TEXT },
	{ "port", COLUMN_INT }, { "user", COLUMN_TEXT }, { "key", COLUMN_TEXT },
	{ "host_key", COLUMN_TEXT }, { "pools", COLUMN_JSON }, { "facts", COLUMN_JSON },
	{ "registered_ms", COLUMN_INT }, { "second_address", COLUMN_TEXT }, { "second_port", COLUMN_INT },
	{ "second_host_key", COLUMN_TEXT },
	{ "vios_access", COLUMN_JSON }, { "drained_ms", COLUMN_INT }, { "drain_why", COLUMN_TEXT },
};
const struct table store_platform_table = { "platform", "name", platform_columns,
	sizeof(platform_columns) / sizeof(platform_columns[0]) };

static const struct column image_columns[] = {
	{ "name", COLUMN_TEXT }, { "platform", COLUMN_TEXT }, { "file", COLUMN_TEXT },
	{ "size", COLUMN_INT }, { "os", COLUMN_TEXT }, { "first_boot", COLUMN_TEXT },
	{ "description", COLUMN_TEXT }, { "registered_ms", COLUMN_INT }, { "product", COLUMN_TEXT },
	{ "vioses", COLUMN_JSON },
};
const struct table store_image_table = { "image", "name,platform", image_columns,
	sizeof(image_columns) / sizeof(image_columns[0]) };

/* Rows of a table by up to two texts, as an array. */
static int
select_all(struct store *st, const struct table *t, const char *where, const char *a, const char *b,
    json_t **rows, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	*rows = NULL;
	row_select(&sql, t);
	sql_add(&sql, "%s", where);
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	if (a != NULL)
		stmt_text(&q, a);
	if (b != NULL)
		stmt_text(&q, b);
	return row_all(&q, t, rows, e);
}

/* Runs a change with up to two texts; 1 when a row was changed, 0 when none, -1. */
static int
change(struct store *st, const char *sql, const char *a, const char *b, struct pd_err *e)
{
	struct stmt q;

	if (store_must_be_begun(st, e) == -1 || stmt_open(&q, st, sql, e) == -1)
		return -1;
	stmt_text(&q, a);
	if (b != NULL)
		stmt_text(&q, b);
	if (stmt_run(&q, e) == -1)
		return -1;
	return sqlite3_changes(st->db) > 0;
}

static int
no_platform(const char *name, struct pd_err *e)
{
	return pd_fail(e, PD_NOTFOUND, "there is no platform %s", name);
}

/* An HMC has several; they come with its inventory. */
static int
has_one_system(const json_t *platform)
{
	return strcmp(row_text(platform, "kind"), "hmc") != 0;
}

int
store_platform_put(struct store *st, const json_t *p, struct pd_err *e)
{
	if (row_text(p, "name") == NULL || row_text(p, "kind") == NULL)
		return pd_fail(e, PD_BUG, "database: a platform needs a name and a kind");
	if (row_upsert(st, &store_platform_table, p, e) == -1)
		return -1;
	return has_one_system(p) ? store_system_of_platform(st, p, e) : 0;
}

int
store_platform_get(struct store *st, const char *name, json_t **p, struct pd_err *e)
{
	json_t *rows;

	*p = NULL;
	if (select_all(st, &store_platform_table, "WHERE name=?", name, NULL, &rows, e) == -1)
		return -1;
	*p = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return *p == NULL ? no_platform(name, e) : 0;
}

static int
has_pending_jobs(struct store *st, const char *name, int *has, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT 1 FROM job INDEXED BY job_pending_platform "
	    "WHERE platform=? AND verb<>'remove-platform' AND " JOB_IS_PENDING " LIMIT 1", e) == -1)
		return -1;
	stmt_text(&q, name);
	rv = stmt_step(&q, e);
	*has = rv == 1;
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

/* "platform power1 has 7 VMs: a, b, c, d, e and 2 more; delete them first" */
static int
has_vms(struct store *st, const char *name, int64_t n, struct pd_err *e)
{
	char	names[200] = "";
	json_t *vms = NULL;
	size_t	len;

	if (store_vm_list(st, NULL, NULL, name, &vms, e) == -1)
		return -1;
	for (size_t i = 0; i < NAMED_VMS && i < json_array_size(vms); i++) {
		len = strlen(names);
		(void)snprintf(names + len, sizeof(names) - len, "%s%s", i > 0 ? ", " : "",
		    row_text(json_array_get(vms, i), "name"));
	}
	len = strlen(names);
	if (n > NAMED_VMS)
		(void)snprintf(names + len, sizeof(names) - len, " and %lld more", (long long)n - NAMED_VMS);
	json_decref(vms);
	return pd_fail(e, PD_CONFLICT, "platform %s has %lld VM%s: %s; delete %s first", name, (long long)n,
	    n == 1 ? "" : "s", names, n == 1 ? "it" : "them");
}

int
store_platform_remove(struct store *st, const char *name, struct pd_err *e)
{
	int64_t vms;
	int	has, rv;

	if (store_vm_count(st, name, &vms, e) == -1 || has_pending_jobs(st, name, &has, e) == -1)
		return -1;
	if (vms > 0)
		return has_vms(st, name, vms, e);
	if (has)
		return pd_fail(e, PD_CONFLICT,
		    "platform %s has jobs that have not ended; wait for them or cancel them", name);
	rv = change(st, "DELETE FROM platform WHERE name=?", name, NULL, e);
	return rv == 0 ? no_platform(name, e) : rv == 1 ? 0 : -1;
}

int
store_platform_list(struct store *st, json_t **ps, struct pd_err *e)
{
	return select_all(st, &store_platform_table, "ORDER BY name", NULL, NULL, ps, e);
}

int
store_image_put(struct store *st, const json_t *i, struct pd_err *e)
{
	if (row_text(i, "name") == NULL || row_text(i, "platform") == NULL)
		return pd_fail(e, PD_BUG, "database: an image needs a name and a platform");
	return row_upsert(st, &store_image_table, i, e);
}

static int
no_image(const char *name, const char *platform, struct pd_err *e)
{
	return pd_fail(e, PD_NOTFOUND, "there is no image %s%s%s", name,
	    platform != NULL ? " on platform " : "", platform != NULL ? platform : "");
}

static int
several_images(const char *name, const json_t *rows, struct pd_err *e)
{
	return pd_fail(e, PD_USAGE,
	    "image %s is on several platforms; choose one, for example --platform %s", name,
	    row_text(json_array_get(rows, 0), "platform"));
}

static int
find_images(struct store *st, const char *name, const char *platform, json_t **rows, struct pd_err *e)
{
	return select_all(st, &store_image_table,
	    platform != NULL ? "WHERE name=? AND platform=?" : "WHERE name=? ORDER BY platform",
	    name, platform, rows, e);
}

int
store_image_get(struct store *st, const char *name, const char *platform, json_t **i, struct pd_err *e)
{
	json_t *rows;
	int	rv = 0;

	*i = NULL;
	if (find_images(st, name, platform, &rows, e) == -1)
		return -1;
	if (json_array_size(rows) == 0)
		rv = no_image(name, platform, e);
	else if (json_array_size(rows) > 1)
		rv = several_images(name, rows, e);
	else
		*i = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	return rv;
}

int
store_image_remove(struct store *st, const char *name, const char *platform, struct pd_err *e)
{
	json_t *image;
	int	rv;

	if (store_image_get(st, name, platform, &image, e) == -1)
		return -1;
	rv = change(st, "DELETE FROM image WHERE name=? AND platform=?", name,
	    row_text(image, "platform"), e);
	json_decref(image);
	return rv == -1 ? -1 : 0;
}

int
store_image_list(struct store *st, const char *platform, json_t **is, struct pd_err *e)
{
	return select_all(st, &store_image_table,
	    platform != NULL ? "WHERE platform=? ORDER BY name" : "ORDER BY name, platform",
	    platform, NULL, is, e);
}
