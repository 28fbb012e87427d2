/* SPDX-License-Identifier: ISC */
/*
 * checker.c - pd-checker: are PowerDirector's promises kept?  An independent look at what is on disk.
 *
 *	pd-checker [--running] [--ledger FILE] [--conf FILE] SITE
 *	pd-checker [--running] [--ledger FILE] [--conf FILE] --state DIR [--spool DIR] [--console PLATFORM=DIR]...
 *
 * SITE is a directory as tests/demo/site makes it; each directory in it that has a transcript.jsonl is the console
 * of the platform of that name.  A console's initial.json is its world.json before the first job; without
 * it only things that carry a job's tag (pdXXXXXXXX) can be told from what was there before.
 *
 * Without --running no job may be under way; with it, only what one moment of the database shows is checked.
 * The ledger is what clients saw, one JSON object a line:
 *	{"user":"alice","verb":"create-vm","once":"k1","job":"01M7...","exit":0,"detach":false}
 * "once", "job" (none was printed) and "exit" (there was no answer) may be absent or null.  A pair of user and
 * verb that is in it must be there with all its requests.
 *
 * One line for each violation, "P4: what, where", and one with the counts of what was looked at.
 * Exit status: 0 none, 1 violations, 2 it could not look.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/checker.h"

void
violation(struct check *c, const char *promise, const char *fmt, ...)
{
	va_list ap;

	c->violations++;
	printf("%s: ", promise);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void
cannot(const char *fmt, ...)
{
	va_list ap;

	fputs("pd-checker: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	(void)fflush(stdout);
	_exit(2);
}

void
count(struct check *c, const char *what, size_t n)
{
	json_int_t before = json_integer_value(json_object_get(c->counts, what));

	(void)json_object_set_new(c->counts, what, json_integer(before + (json_int_t)n));
}

json_t *
member(const json_t *o, const char *path)
{
	const char *dot = strchr(path, '.');
	char	    key[80];

	if (dot == NULL)
		return json_object_get(o, path);
	return member(json_object_get(o, printed(key, sizeof(key), "%.*s", (int)(dot - path), path)), dot + 1);
}

const char *
text_of(const json_t *o, const char *path)
{
	const char *s = json_string_value(member(o, path));

	return s != NULL ? s : "";
}

json_int_t
number_of(const json_t *o, const char *path)
{
	return json_integer_value(member(o, path));
}

int
is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *s = list; len > 0 && (s = strstr(s, word)) != NULL; s += len)
		if ((s == list || s[-1] == ' ') && (s[len] == ' ' || s[len] == '\0'))
			return 1;
	return 0;
}

json_t *
list_of(json_t *o, const char *key)
{
	json_t *list = json_object_get(o, key);

	if (list == NULL) {
		list = json_array();
		(void)json_object_set_new(o, key, list);
	}
	return list;
}

char *
printed(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= size)
		cannot("a name is too long: %s", buf);
	return buf;
}

json_int_t
time_of(const char *text)
{
	struct tm tm = { 0 };
	int	  ms = 0;

	if (sscanf(text, "%d-%d-%dT%d:%d:%d.%dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (json_int_t)timegm(&tm) * 1000 + ms;
}

char *
read_file(const char *dir, const char *name, size_t *len)
{
	char   path[4096], *buf = NULL, *more;
	size_t n = 0, room = 0, got = 1;
	FILE  *f = fopen(printed(path, sizeof(path), "%s/%s", dir, name), "rb");

	if (f == NULL)
		return NULL;
	while (got > 0) {
		if (n + 1 >= room) {
			if ((more = realloc(buf, room = 2 * room + 65536)) == NULL)
				cannot("no memory for %s", path);
			buf = more;
		}
		got = fread(buf + n, 1, room - n - 1, f);
		n += got;
	}
	(void)fclose(f);
	buf[n] = '\0';
	*len = n;
	return buf;
}

void
hex_of(const unsigned char hash[SHA256_BYTES], char hex[SHA256_DIGITS + 1])
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

/* ---- options ---- */

static void
add_console(struct check *c, const char *platform, const char *dir)
{
	struct console *con = &c->console[c->consoles];
	size_t		len;
	char	       *now = read_file(dir, "world.json", &len), *before;

	if (now == NULL)
		cannot("%s has no world.json", dir);
	if (c->consoles++ == CONSOLES_MAX)
		cannot("more than %d consoles", CONSOLES_MAX);
	con->platform = strdup(platform);
	con->dir = strdup(dir);
	con->now = member(json_loads(now, 0, NULL), "state");
	if (con->now == NULL)
		cannot("%s/world.json is not the state of a simulator", dir);
	before = read_file(dir, "initial.json", &len);
	con->before = before != NULL ? member(json_loads(before, 0, NULL), "state") : json_object();
	if (con->before == NULL)
		cannot("%s/initial.json is not the state of a simulator", dir);
}

static void
add_site(struct check *c, const char *site)
{
	DIR	      *d = opendir(site);
	struct dirent *e;
	char	       path[4096];

	if (d == NULL)
		cannot("%s cannot be read", site);
	c->spool = strdup(printed(path, sizeof(path), "%s/spool", site));
	c->state = strdup(printed(path, sizeof(path), "%s/state", site));
	if (c->conf == NULL)
		c->conf = strdup(printed(path, sizeof(path), "%s/etc/powerdirector.conf", site));
	while ((e = readdir(d)) != NULL)
		if (access(printed(path, sizeof(path), "%s/%s/transcript.jsonl", site, e->d_name), R_OK) == 0)
			add_console(c, e->d_name, printed(path, sizeof(path), "%s/%s", site, e->d_name));
	(void)closedir(d);
}

static void
add_option(struct check *c, const char *name, char *value)
{
	char *equals;

	if (value == NULL)
		cannot("%s needs a value", name);
	if (strcmp(name, "--ledger") == 0)
		c->ledger_file = value;
	else if (strcmp(name, "--conf") == 0)
		c->conf = value;
	else if (strcmp(name, "--spool") == 0)
		c->spool = value;
	else if (strcmp(name, "--state") == 0)
		c->state = value;
	else if (strcmp(name, "--console") == 0 && (equals = strchr(value, '=')) != NULL) {
		*equals = '\0';
		add_console(c, value, equals + 1);
	} else
		cannot("unknown option %s %s", name, value);
}

static void
parse_options(struct check *c, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++)
		if (strcmp(argv[i], "--running") == 0)
			c->is_running = 1;
		else {
			add_option(c, argv[i], argv[i + 1]);
			i++;
		}
	if (i == argc - 1)
		add_site(c, argv[i]);
	else if (i < argc || c->state == NULL)
		cannot("usage: pd-checker [--running] [--ledger FILE] [--conf FILE] SITE | --state DIR [--spool DIR] "
		    "[--console PLATFORM=DIR]...");
}

int
main(int argc, char **argv)
{
	struct check c = { .counts = json_object(), .jobs = json_object(), .vms = json_object(), .owners = json_object(),
		.addresses = json_object(), .places = json_object(), .logs = json_object(),
		.intents = json_object(), .by_tag = json_object(), .hashes = json_object(), .last_event = json_object(),
		.commands = json_object(), .refusals = json_object() };
	const char *what;
	json_t	   *n;
	const char *comma = "";

	parse_options(&c, argc, argv);
	check_store(&c);
	check_history(&c);
	check_made(&c);
	if (!c.is_running) {
		check_journals(&c);
		check_files(&c);
		check_consoles(&c);
		check_commands(&c);
		check_ledger(&c);
	}
	check_quota(&c);
	printf("checked: ");
	json_object_foreach(c.counts, what, n) {
		printf("%s%lld %s", comma, (long long)json_integer_value(n), what);
		comma = ", ";
	}
	printf("; %zu violations\n", c.violations);
	(void)fflush(stdout);
	_exit(c.violations > 0);	/* nothing was given back, and no leak checker need say so */
}
