/* SPDX-License-Identifier: ISC */
/*
 * checker_ledger.c - what clients saw: every job id that was given out is a job (P1), no request made two, and one that
 * was not answered at most one (P2).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

static int
is_answered(const json_t *line)
{
	return json_is_integer(json_object_get(line, "exit"));
}

/* What was answered in the end is what became of it. */
static void
check_answer(struct check *c, const json_t *line, const char *id, const json_t *job)
{
	const char *state = text_of(answering(c, job), "state");
	json_int_t  status = number_of(line, "exit");

	if (!is_answered(line) || json_is_true(json_object_get(line, "detach")))
		return;
	if (status == 0 && strcmp(state, "done") != 0 && !is_one_of(state, "queued running"))
		violation(c, "P1", "job %s is %s, its user was told that it is done", id, state);
	if (status == 1 && !is_one_of(state, "failed cancelled refused"))
		violation(c, "P1", "job %s is %s, its user was told that it failed and nothing is left", id, state);
}

static void
check_job(struct check *c, const json_t *line, const char *id)
{
	const char *place = json_string_value(json_object_get(c->places, id));
	json_t	   *job = json_object_get(c->jobs, id);

	count(c, "job ids given out", 1);
	if (job == NULL) {
		if (place == NULL || !is_one_of(place, "new cur"))
			violation(c, "P1", "job %s was given to %s (%s) and is nowhere", id, text_of(line, "user"), text_of(line, "verb"));
		return;
	}
	if (strcmp(text_of(line, "verb"), text_of(job, "verb")) != 0)
		return;		/* a request about it, by whomever */
	if (strcmp(text_of(line, "user"), text_of(job, "user")) != 0)
		violation(c, "P1", "job %s was given to %s and is %s's", id, text_of(line, "user"), text_of(job, "user"));
	if (text_of(line, "once")[0] != '\0' &&
	    strcmp(text_of(job, "state"), "refused") != 0 && number_of(job, "plan") == 0 &&
	    strcmp(text_of(line, "once"), text_of(job, "once")) != 0)
		violation(c, "P2", "job %s was given for the once-key %s, it has %s", id, text_of(line, "once"), text_of(job, "once"));
	check_answer(c, line, id, job);
}

/* No more jobs than requests, for each pair of user and verb that the ledger knows. */
static void
check_numbers(struct check *c, json_t *requests)
{
	const char *id, *pair;
	json_t	   *job, *n;
	char	    key[256];

	json_object_foreach(c->jobs, id, job) {
		n = json_object_get(requests, printed(key, sizeof(key), "%s %s", text_of(job, "user"), text_of(job, "verb")));
		if (n != NULL)
			(void)json_integer_set(n, json_integer_value(n) - 1);
	}
	json_object_foreach(requests, pair, n)
		if (json_integer_value(n) < 0)
			violation(c, "P2", "there are %lld jobs more than requests of (user verb) %s", -(long long)json_integer_value(n), pair);
}

void
check_ledger(struct check *c)
{
	json_t *requests = json_object(), *line, *n;
	size_t	len;
	char   *text, *s, *next, key[256];

	if (c->ledger_file == NULL)
		return;
	if ((text = read_file(c->ledger_file[0] == '/' ? "/" : ".", c->ledger_file, &len)) == NULL)
		cannot("%s cannot be read", c->ledger_file);
	for (s = text; (next = strchr(s, '\n')) != NULL; s = next + 1) {
		if ((line = json_loadb(s, (size_t)(next - s), 0, NULL)) == NULL)
			cannot("%s has a line that is no JSON: %.*s", c->ledger_file, (int)(next - s), s);
		count(c, is_answered(line) ? "answered requests" : "unanswered requests", 1);
		n = json_object_get(requests, printed(key, sizeof(key), "%s %s", text_of(line, "user"), text_of(line, "verb")));
		if (n == NULL)
			(void)json_object_set_new(requests, key, json_integer(1));
		else
			(void)json_integer_set(n, json_integer_value(n) + 1);
		if (text_of(line, "job")[0] != '\0')
			check_job(c, line, text_of(line, "job"));
		json_decref(line);
	}
	check_numbers(c, requests);
	free(text);
}
