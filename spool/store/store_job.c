/* SPDX-License-Identifier: ISC */
/*
 * store_job.c - jobs in the store: adding, finding, moving through their states, listing.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/store/store_sqlite.h"

static const struct column columns[] = {
	{ "id", COLUMN_TEXT }, { "verb", COLUMN_TEXT }, { "user", COLUMN_TEXT },
	{ "tenant", COLUMN_TEXT }, { "platform", COLUMN_TEXT }, { "vm", COLUMN_TEXT },
	{ "state", COLUMN_TEXT }, { "args", COLUMN_JSON }, { "once", COLUMN_TEXT },
	{ "digest", COLUMN_TEXT }, { "note", COLUMN_TEXT }, { "plan", COLUMN_BOOL },
	{ "source", COLUMN_TEXT }, { "origin", COLUMN_TEXT }, { "tag", COLUMN_TEXT },
	{ "submitted", COLUMN_INT }, { "started", COLUMN_INT }, { "finished", COLUMN_INT },
	{ "attempts", COLUMN_INT }, { "cancel", COLUMN_BOOL }, { "code", COLUMN_TEXT },
	{ "exit", COLUMN_INT }, { "message", COLUMN_TEXT }, { "value", COLUMN_JSON },
	{ "recorded", COLUMN_INT }, { "bytes", COLUMN_INT },
};
const struct table store_job_table = { "job", "id", columns, sizeof(columns) / sizeof(columns[0]) };

int
store_job_add(struct store *st, const json_t *job, struct pd_err *e)
{
	const char    *id = row_text(job, "id"), *state = row_text(job, "state");
	enum job_state known;

	if (id == NULL || !id_is_valid(id))
		return pd_fail(e, PD_BUG, "database: a job needs a valid id");
	if (state == NULL || job_state_from_name(state, &known) == -1)
		return pd_fail(e, PD_BUG, "database: job %s needs a known state", id);
	if (row_insert(st, &store_job_table, job, e) == 0)
		return 0;
	if (e != NULL && e->code == PD_CONFLICT)
		(void)pd_fail(e, PD_CONFLICT, "job %s, or its once-key, is there already", id);
	return -1;
}

/* The job that "where" picks with up to two texts; 1, 0 or -1. */
static int
find(struct store *st, const char *where, const char *a, const char *b, json_t **job, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;

	*job = NULL;
	row_select(&sql, &store_job_table);
	sql_add(&sql, "%s", where);
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	stmt_text(&q, a);
	if (b != NULL)
		stmt_text(&q, b);
	return row_one(&q, &store_job_table, job, e);
}

static int
no_job(const char *id, struct pd_err *e)
{
	return pd_fail(e, PD_NOTFOUND, "there is no job %s", id);
}

int
store_job_get(struct store *st, const char *id, json_t **job, struct pd_err *e)
{
	int rv = find(st, "WHERE id=?", id, NULL, job, e);

	return rv == 0 ? no_job(id, e) : rv == 1 ? 0 : -1;
}

int
store_job_by_once(struct store *st, const char *user, const char *once, json_t **job, struct pd_err *e)
{
	int rv = find(st, "WHERE user=? AND once=? AND once<>''", user, once, job, e);

	return rv == 0 ? pd_fail(e, PD_NOTFOUND, "%s has no job with this once-key", user) :
	    rv == 1 ? 0 : -1;
}

static int
several(const char *prefix, const char *one, const char *other, struct pd_err *e)
{
	size_t same = 0;

	while (one[same] != '\0' && one[same] == other[same])
		same++;
	return pd_fail(e, PD_USAGE,
	    "several jobs begin with %s; write more of the id, at least %zu characters", prefix,
	    same + 1);
}

int
store_job_resolve(struct store *st, const char *text, const char *user, const char *tenant,
    char id[JOB_ID_LEN + 1], struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	char		prefix[JOB_ID_LEN + 1], other[JOB_ID_LEN + 1];
	int		n, rv;

	if (!id_prefix_is_valid(text, prefix))
		return pd_fail(e, PD_USAGE,
		    "a job is named by its id of %d characters or the first %d or more of them",
		    JOB_ID_LEN, JOB_ID_PREFIX_MIN);
	/* All characters of an id sort below '~'. */
	sql_add(&sql, "SELECT id FROM job WHERE id>=? AND id<?||'~'%s%s LIMIT 2", 
	    user != NULL ? " AND +user=?" : "", tenant != NULL ? " AND +tenant=?" : "");
	if (stmt_open_text(&q, st, &sql, e) == -1)
		return -1;
	stmt_text(&q, prefix);
	stmt_text(&q, prefix);
	if (user != NULL)
		stmt_text(&q, user);
	if (tenant != NULL)
		stmt_text(&q, tenant);
	for (n = 0; (rv = stmt_step(&q, e)) == 1; n++) {
		const char *found = (const char *)sqlite3_column_text(q.s, 0);

		/* store_job_add checked its length */
		memcpy(n == 0 ? id : other, found, JOB_ID_LEN + 1);
	}
	stmt_close(&q);
	if (rv == -1)
		return -1;
	return n == 0 ? no_job(prefix, e) : n == 2 ? several(prefix, id, other, e) : 0;
}

int
store_job_state(struct store *st, const char *id, enum job_state *state, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, "SELECT state FROM job WHERE id=?", e) == -1)
		return -1;
	stmt_text(&q, id);
	rv = stmt_step(&q, e);
	if (rv == 1)
		rv = job_state_from_name((const char *)sqlite3_column_text(q.s, 0), state) == 0 ? 0 :
		    pd_fail(e, PD_IO, "database: job %s has an unknown state", id);
	else
		rv = rv == 0 ? no_job(id, e) : -1;
	stmt_close(&q);
	return rv;
}

/* Who makes a job and in which order it came cannot change; state only by store_job_move(). */
static int
check_set(const json_t *set, struct pd_err *e)
{
	static const char *const fixed[] = { "id", "state", "user", "verb" };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (json_object_get(set, fixed[i]) != NULL)
			return pd_fail(e, PD_BUG, "database: %s of a job is not to be set", fixed[i]);
	return 0;
}

int
store_job_move(struct store *st, const char *id, enum job_state to, const json_t *set, struct pd_err *e)
{
	enum job_state from;
	json_t	      *all;
	int	       rv;

	if (store_must_be_begun(st, e) == -1 || check_set(set, e) == -1 ||
	    store_job_state(st, id, &from, e) == -1)
		return -1;
	if (!job_move_is_legal(from, to))
		return pd_fail(e, PD_BUG, "job %s cannot go from %s to %s", id,
		    job_state_name(from), job_state_name(to));
	all = set == NULL ? json_object() : json_copy((json_t *)(uintptr_t)set);
	if (json_object_set_new(all, "state", json_string(job_state_name(to))) == -1)
		rv = pd_fail(e, PD_IO, "no memory for the state of job %s", id);
	else
		rv = row_update(st, &store_job_table, "id", id, all, e);
	json_decref(all);
	return rv;
}

int
store_job_set(struct store *st, const char *id, const json_t *set, struct pd_err *e)
{
	enum job_state state;

	if (store_must_be_begun(st, e) == -1 || check_set(set, e) == -1 ||
	    store_job_state(st, id, &state, e) == -1)
		return -1;
	return row_update(st, &store_job_table, "id", id, set, e);
}

/*
 * The first condition that is given leads; the others filter what it finds, with a unary plus so
 * that they pick no index.  INDEXED BY makes the plan independent of what the tables hold, and a
 * missing index an error.
 */
static void
add_conditions(struct sql_text *sql, const char *const *column, const char *const *value, size_t n,
    int pending)
{
	const char *lead = NULL;

	for (size_t i = 0; i < n && lead == NULL; i++)
		if (value[i] != NULL)
			lead = column[i];
	if (lead != NULL || pending)
		sql_add(sql, "INDEXED BY job_%s%s WHERE ", pending ? "pending_" : "",
		    lead != NULL ? lead : "user");
	if (pending)
		sql_add(sql, JOB_IS_PENDING "%s", lead != NULL ? " AND " : "");
	for (size_t i = 0; i < n; i++)
		if (value[i] != NULL)
			sql_add(sql, "%s%s=?", column[i] == lead ? "" : " AND +", column[i]);
}

/* sql begins with what is selected, which t describes. */
static int
list(struct store *st, struct sql_text *sql, const struct table *t, const struct job_filter *f, json_t **jobs,
    struct pd_err *e)
{
	static const char *const by[4] = { "vm", "user", "platform", "tenant" };
	const char *const	 value[4] = { f->vm, f->user, f->platform, f->tenant };
	struct stmt		 q;

	*jobs = NULL;
	add_conditions(sql, by, value, 4, f->pending);
	sql_add(sql, " ORDER BY seq%s LIMIT ?", f->oldest_first ? "" : " DESC");
	if (stmt_open_text(&q, st, sql, e) == -1)
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (value[i] != NULL)
			stmt_text(&q, value[i]);
	stmt_int(&q, f->limit > 0 ? f->limit : STORE_LIST_MAX);
	return row_all(&q, t, jobs, e);
}

int
store_job_list(struct store *st, const struct job_filter *f, json_t **jobs, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };

	row_select(&sql, &store_job_table);
	return list(st, &sql, &store_job_table, f, jobs, e);
}

/* Documents of those that have ended are not read: parsing them takes longer than all the rest. */
static const struct column brief_columns[] = {
	{ "id", COLUMN_TEXT }, { "verb", COLUMN_TEXT }, { "user", COLUMN_TEXT }, { "tenant", COLUMN_TEXT },
	{ "platform", COLUMN_TEXT }, { "vm", COLUMN_TEXT }, { "state", COLUMN_TEXT }, { "plan", COLUMN_BOOL },
	{ "submitted", COLUMN_INT }, { "started", COLUMN_INT }, { "finished", COLUMN_INT }, { "attempts", COLUMN_INT },
	{ "cancel", COLUMN_BOOL }, { "code", COLUMN_TEXT }, { "exit", COLUMN_INT }, { "message", COLUMN_TEXT }, { "args", COLUMN_JSON },
};
static const struct table brief_table = { "job", "id", brief_columns,
	sizeof(brief_columns) / sizeof(brief_columns[0]) };

int
store_job_list_brief(struct store *st, const struct job_filter *f, json_t **jobs, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };

	sql_add(&sql, "SELECT ");
	for (size_t i = 0; i + 1 < brief_table.ncolumns; i++)
		sql_add(&sql, "\"%s\",", brief_columns[i].name);
	sql_add(&sql, "CASE WHEN " JOB_IS_PENDING " THEN args END FROM job ");
	return list(st, &sql, &brief_table, f, jobs, e);
}

int
store_job_by_tags(struct store *st, const char *platform, const json_t *tags, json_t **jobs, struct pd_err *e)
{
	struct sql_text sql = { .len = 0 };
	struct stmt	q;
	char	       *text = json_dumps(tags, JSON_COMPACT);
	int		rv = -1;

	*jobs = NULL;
	row_select(&sql, &store_job_table);
	sql_add(&sql,
	    "INDEXED BY job_platform WHERE platform=? AND +verb='create-vm' AND NOT plan AND +state<>'refused' "
	    "AND +tag IN (SELECT value FROM json_each(?)) LIMIT ?");
	if (text == NULL)
		rv = pd_fail(e, PD_IO, "no memory to look for jobs");
	else if (stmt_open_text(&q, st, &sql, e) == 0) {
		stmt_text(&q, platform);
		stmt_text(&q, text);
		stmt_int(&q, STORE_LIST_MAX);
		rv = row_all(&q, &store_job_table, jobs, e);
	}
	free(text);
	return rv;
}

static int
one_count(struct stmt *q, int64_t *first, int64_t *second, struct pd_err *e)
{
	int rv = stmt_step(q, e);

	*first = rv == 1 ? sqlite3_column_int64(q->s, 0) : 0;
	if (second != NULL)
		*second = rv == 1 ? sqlite3_column_int64(q->s, 1) : 0;
	stmt_close(q);
	return rv == -1 ? -1 : 0;
}

int
store_job_count_pending(struct store *st, const char *user, int64_t *n, int64_t *bytes, struct pd_err *e)
{
	struct stmt q;

	if (stmt_open(&q, st, "SELECT jobs, bytes FROM pending WHERE user=?", e) == -1)
		return -1;
	stmt_text(&q, user != NULL ? user : "");
	return one_count(&q, n, bytes, e);
}

int
store_job_queue(struct store *st, const char *platform, const char *id, int64_t *running,
    int64_t *before, struct pd_err *e)
{
	struct stmt q;

	if (stmt_open(&q, st, "SELECT total(state<>'queued'), total(state='queued' AND seq<"
	    "coalesce((SELECT seq FROM job WHERE id=?), 9223372036854775807)) "
	    "FROM job INDEXED BY job_pending_platform WHERE platform=? AND " JOB_IS_PENDING, e) == -1)
		return -1;
	stmt_text(&q, id);
	stmt_text(&q, platform);
	return one_count(&q, running, before, e);
}
