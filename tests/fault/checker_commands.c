/* SPDX-License-Identifier: ISC */
/*
 * checker_commands.c - every change that a console was asked for was announced in a journal before (P3), and none
 * touches what was there before PowerDirector (P9).
 *
 * Of a root session (oem_setup_env) the transcript has the simple commands that ran, globs expanded; the journal has the
 * session's text, commands joined by " && ".
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

#define CLOCK_MS    2	/* both times are whole milliseconds */
#define WORDS_MAX   64
#define READING	    "lssyscfg lshwres lssvc lsled lsrefcode lsviosed ls cat grep egrep awk sed cut head tail wc sort echo test [ true " \
		    "ioslevel uname hostname whoami ps id date df exit for if oem_setup_env"

struct words {
	char   buf[4096];
	char  *word[WORDS_MAX];
	size_t n;
};

/* Blanks, quotes, and where asked for the separators of attribute lists. */
static void
split(struct words *w, const char *text, const char *separators)
{
	char *save = NULL;

	(void)snprintf(w->buf, sizeof(w->buf), "%s", text);
	w->n = 0;
	for (char *s = strtok_r(w->buf, separators, &save); s != NULL && w->n < WORDS_MAX; s = strtok_r(NULL, separators, &save))
		w->word[w->n++] = s;
}

static int
is_reading(const char *command)
{
	struct words w = { .n = 0 };

	split(&w, command, " \"'\n");
	if (w.n == 0)
		return 1;
	if (strcmp(w.word[0], "ioscli") == 0)
		return w.n < 2 || strncmp(w.word[1], "ls", 2) == 0 || is_one_of(w.word[1], "ioslevel license");
	return is_one_of(w.word[0], READING);
}

/* ---- P3 ---- */

/* Is the simple command one of the session's, whose globs the shell has expanded? */
static int
is_part(const char *session, const char *command)
{
	struct words has = { .n = 0 }, pattern = { .n = 0 };
	char	     part[4096];

	split(&has, command, " ");
	for (const char *s = session, *end; s != NULL; s = end != NULL ? end + 4 : NULL) {
		size_t i = 0, k = 0;

		end = strstr(s, " && ");
		(void)snprintf(part, sizeof(part), "%.*s", end != NULL ? (int)(end - s) : (int)strlen(s), s);
		split(&pattern, part, " ");
		for (; i < has.n && k < pattern.n; i++) {
			while (k < pattern.n && fnmatch(pattern.word[k], has.word[i], 0) != 0)
				k++;
			if (k < pattern.n && strpbrk(pattern.word[k], "*?") == NULL)
				k++;
		}
		if (i == has.n)
			return 1;
	}
	return 0;
}

json_t *
intents_of(struct check *c, const char *as, const char *command)
{
	char	    key[5000];
	const char *tag = strstr(command, "pd");

	/* What runs as root names files and disks of one job: pdXXXXXXXX. */
	while (tag != NULL && strspn(tag, "0123456789abcdefghijklmnopqrstuvwxyz") != 10)
		tag = strstr(tag + 1, "pd");
	if (strcmp(as, "root") != 0)
		return list_of(c->intents, printed(key, sizeof(key), "%s %.4900s", as, command));
	return list_of(c->intents, printed(key, sizeof(key), "root %.10s", tag != NULL ? tag : ""));
}

/* How many intents for this command are older than it. */
static json_int_t
announced(struct check *c, const char *as, const char *command, json_int_t t)
{
	json_int_t n = 0;
	size_t	   i;
	json_t	  *intent;

	json_array_foreach(intents_of(c, as, command), i, intent)
		if (number_of(intent, "t") <= t + CLOCK_MS)
			n += strcmp(as, "root") == 0 ? is_part(text_of(intent, "cmd"), command) :
			    strcmp(text_of(intent, "cmd"), command) == 0;
	return n;
}

static void
check_announced(struct check *c, const struct console *con, const char *as, const char *command, const json_t *entry, json_t *seen)
{
	char	   key[5000];
	json_int_t before = json_integer_value(json_object_get(seen, printed(key, sizeof(key), "%s %.4900s", as, command)));

	count(c, "changes sent", 1);
	(void)json_object_set_new(seen, key, json_integer(before + 1));
	if (announced(c, as, command, time_of(text_of(entry, "time"))) <= before)
		violation(c, "P3", "%s: no journal announced, at %s, as %s: %.300s", con->platform, text_of(entry, "time"), as, command);
}

/* ---- P9 ---- */

static int
names_one_of(const json_t *list, const char *word)
{
	size_t	i;
	json_t *e;

	json_array_foreach(list, i, e)
		if (strcmp(text_of(e, "name"), word) == 0)
			return 1;
	return 0;
}

static int
has_partition(const struct console *con, const char *id)
{
	size_t	i;
	json_t *e;

	json_array_foreach(json_object_get(con->before, "lpars"), i, e)
		if (number_of(e, "id") == strtoll(id, NULL, 10))
			return 1;
	return strcmp(id, "1") == 0;	/* the VIOS, whatever else is known */
}

/* --id N, lpar_id=N, lpar_ids=N,M, -n NAME, name=NAME, -vadapter vhostN, -vtd NAME, rmlv NAME, of=/dev/rNAME. */
static void
check_target(struct check *c, const struct console *con, const char *command, const char *option, const char *value)
{
	const json_t *b = con->before;
	size_t	      i;
	json_t	     *vhost;

	if (is_one_of(option, "--id lpar_id lpar_ids") && has_partition(con, value))
		violation(c, "P9", "%s: partition %s is not PowerDirector's: %.300s", con->platform, value, command);
	if (names_one_of(json_object_get(b, "lpars"), value) && strcmp(option, "new_name") != 0)
		violation(c, "P9", "%s: partition %s is not PowerDirector's: %.300s", con->platform, value, command);
	if (strcmp(option, "-vadapter") == 0 && names_one_of(json_object_get(b, "vhosts"), value))
		violation(c, "P9", "%s: adapter %s is not PowerDirector's: %.300s", con->platform, value, command);
	json_array_foreach(json_object_get(b, "vhosts"), i, vhost)
		if (strcmp(option, "-vtd") == 0 && names_one_of(json_object_get(vhost, "vtds"), value))
			violation(c, "P9", "%s: mapping %s is not PowerDirector's: %.300s", con->platform, value, command);
	if (strcmp(option, "of") == 0 && strncmp(value, "/dev/", 5) == 0)
		value += value[5] == 'r' ? 6 : 5;
	if (is_one_of(option, "-vdev of -f") &&
	    (names_one_of(json_object_get(b, "lvs"), value) || names_one_of(json_object_get(b, "pvs"), value)))
		violation(c, "P9", "%s: disk %s is not PowerDirector's: %.300s", con->platform, value, command);
}

static void
check_targets(struct check *c, const struct console *con, const char *command)
{
	struct words w = { .n = 0 };

	split(&w, command, " \"',=");
	for (size_t i = 1; i < w.n; i++)
		check_target(c, con, command, w.word[i - 1], w.word[i]);
}

/* ---- the transcript ---- */

static void
take_entry(struct check *c, const struct console *con, json_t *entry, json_t *seen)
{
	const char *command = text_of(entry, "command");
	size_t	    i;
	json_t	   *ran;

	count(c, "commands received", 1);
	if (strcmp(command, "oem_setup_env") != 0) {
		if (is_reading(command))
			return;
		check_announced(c, con, "padmin", command, entry, seen);
		check_targets(c, con, command);
		return;
	}
	json_array_foreach(json_object_get(entry, "ran"), i, ran)
		if (strcmp(text_of(ran, "user"), "root") == 0 && !is_reading(text_of(ran, "command"))) {
			check_announced(c, con, "root", text_of(ran, "command"), entry, seen);
			check_targets(c, con, text_of(ran, "command"));
		}
}

static json_t **
keep(json_t **entries, size_t *n, size_t *room, json_t *entry)
{
	if (*n == *room && (entries = reallocarray(entries, *room = 2 * *room + 1000, sizeof(json_t *))) == NULL)
		cannot("no memory for %zu commands", *n);
	entries[(*n)++] = entry;
	return entries;
}

static int
by_time(const void *a, const void *b)
{
	return strcmp(text_of(*(json_t *const *)a, "time"), text_of(*(json_t *const *)b, "time"));
}

static void
check_transcript(struct check *c, const struct console *con)
{
	size_t	len;
	char   *text = read_file(con->dir, "transcript.jsonl", &len), *line, *next, *start;
	json_t *entry, *seen = json_object(), **entries = NULL;
	size_t	n = 0, room = 0;

	for (line = text; text != NULL && (next = strchr(line, '\n')) != NULL; line = next + 1) {
		*next = '\0';
		/* A simulator that was killed in the middle of a line has the next one behind it. */
		for (start = line; (entry = json_loads(start, JSON_ALLOW_NUL, NULL)) == NULL; start++)
			if ((start = strstr(start + 1, "{\"time\":\"")) == NULL || start-- == line)
				break;
		if (entry == NULL)
			count(c, "unreadable transcript lines", 1);
		else
			entries = keep(entries, &n, &room, entry);
	}
	/* A line is written when its command has ended; what counts is when it came. */
	if (n > 0)
		qsort(entries, n, sizeof(json_t *), by_time);
	for (size_t i = 0; i < n; i++)
		take_entry(c, con, entries[i], seen);
	free(entries);
	free(text);
	json_decref(seen);
}

void
check_commands(struct check *c)
{
	if (c->spool == NULL)
		return;
	for (size_t i = 0; i < c->consoles; i++)
		check_transcript(c, &c->console[i]);
}
