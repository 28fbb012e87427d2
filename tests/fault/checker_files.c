/* SPDX-License-Identifier: ISC */
/*
 * checker_files.c - the spool's directories: each job file in one place, refused ones with a reason, and logs that end as
 * their jobs did.  powerdirector-job(5), FILES; spool/joblog.h.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/fault/checker.h"

typedef void take_file(struct check *c, const char *dir, const char *name);

static void
each_file(struct check *c, const char *sub, take_file *take)
{
	char	       path[4096];
	DIR	      *d;
	struct dirent *e;

	if ((d = opendir(printed(path, sizeof(path), "%s/%s", c->spool, sub))) == NULL)
		cannot("%s cannot be read", path);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			take(c, path, e->d_name);
	(void)closedir(d);
}

static void
take_place(struct check *c, const char *dir, const char *name)
{
	const char *sub = strrchr(dir, '/') + 1;
	json_t	   *other = json_object_get(c->places, name);

	count(c, "job files", 1);
	if (other != NULL)
		violation(c, "P4", "job file %s is in %s/ and in %s/", name, json_string_value(other), sub);
	(void)json_object_set_new(c->places, name, json_string(sub));
	if (strcmp(sub, "done") == 0) {
		if (json_object_get(c->jobs, name) == NULL)
			violation(c, "P1", "%s/%s is there and no job of this id", sub, name);
	} else if (!c->is_running)
		violation(c, "P1", "job file %s is still in %s/", name, sub);
}

static void
take_temporary(struct check *c, const char *dir, const char *name)
{
	struct stat st;
	char	    path[4096];

	if (strlen(name) != JOB_ID_DIGITS)
		return;		/* a lock, not a file that is being written */
	count(c, "files in tmp/", 1);
	if (stat(printed(path, sizeof(path), "%s/%s", dir, name), &st) == 0 && time(NULL) - st.st_mtime > TMP_AGE_S)
		violation(c, "P4", "tmp/%s has been there for %lld hours", name, (long long)(time(NULL) - st.st_mtime) / 3600);
}

static void
take_bad(struct check *c, const char *dir, const char *name)
{
	char   reason[512], *text;
	size_t len;

	if (strlen(name) != JOB_ID_DIGITS)
		return;		/* a reason, looked at with its file */
	count(c, "refused files", 1);
	text = read_file(dir, printed(reason, sizeof(reason), "%s.reason", name), &len);
	if (text == NULL || strstr(text, "reason=") == NULL || strstr(text, "time=") == NULL || strstr(text, "name=") == NULL)
		violation(c, "P1", "bad/%s has no reason beside it", name);
	free(text);
	if (json_object_get(c->jobs, name) != NULL && json_object_get(c->places, name) == NULL)
		violation(c, "P1", "job %s is among the jobs and its file only in bad/", name);
}

/* ---- logs ---- */

static void
check_result(struct check *c, const char *id, const json_t *result)
{
	const json_t *job = json_object_get(c->jobs, id);
	const char   *state = text_of(job, "state"), *head;
	char	      key[32];

	if (answering(c, job) == job && strcmp(state, text_of(result, "state")) != 0)
		violation(c, "P4", "job %s is %s, its log ends with %s", id, state, text_of(result, "state"));
	if (member(result, "history.seq") == NULL)
		return;
	printed(key, sizeof(key), "%lld", (long long)number_of(result, "history.seq"));
	head = json_string_value(json_object_get(c->hashes, key));
	count(c, "receipts", 1);
	if (head == NULL || strcmp(head, text_of(result, "history.head")) != 0)
		violation(c, "P6", "job %s has a receipt for record %s of the history, which is another one now", id, key);
}

static void
take_log(struct check *c, const char *dir, const char *id)
{
	size_t	len;
	char   *text = read_file(dir, id, &len), *line, *next;
	json_t *event, *result = NULL;

	if (text == NULL || strlen(id) != JOB_ID_DIGITS)
		return;
	count(c, "logs", 1);
	(void)json_object_set_new(c->logs, id, json_true());
	for (line = text; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		event = json_loadb(line, (size_t)(next - line), 0, NULL);
		count(c, event == NULL ? "unreadable log lines" : "log lines", 1);
		if (strcmp(text_of(event, "event"), "result") == 0)
			result = event;
		else if (strcmp(text_of(event, "event"), "state") == 0)
			result = NULL;		/* a stuck job that was taken up again */
	}
	free(text);
	if (json_object_get(c->jobs, id) == NULL)
		violation(c, "P1", "there is a log and no job %s", id);
	else if (result != NULL)
		check_result(c, id, result);
	else if (!c->is_running)
		violation(c, "P4", "job %s has ended and its log has no result", id);
}

/* A job of a batch gets its log when it begins: there may be none before its end, not behind it. */
static void
check_logs_are_there(struct check *c)
{
	const char *id;
	json_t	   *job;

	json_object_foreach(c->jobs, id, job)
		if (is_one_of(text_of(job, "state"), "done failed stuck cancelled refused") && json_object_get(c->logs, id) == NULL)
			violation(c, "P4", "job %s is %s and has no log", id, text_of(job, "state"));
}

void
check_files(struct check *c)
{
	if (c->spool == NULL)
		return;
	each_file(c, "new", take_place);
	each_file(c, "cur", take_place);
	each_file(c, "done", take_place);
	each_file(c, "tmp", take_temporary);
	each_file(c, "bad", take_bad);
	each_file(c, "log", take_log);
	check_logs_are_there(c);
}
