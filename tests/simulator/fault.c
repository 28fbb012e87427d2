/* SPDX-License-Identifier: ISC */
/*
 * Failures on demand.  A spec is
 *
 *	match=REGEX[,nth=N][,times=N|,from=N],action=ACTION[,status=N][,stderr=TEXT][,ms=N]
 *
 * REGEX (extended) is matched against every simple command that the simulated shell is about
 * to run: after expansion, its words joined by blanks, also inside oem_setup_env, pipelines
 * and scripts.  Matches are counted since the start:
 *	nothing		every match fires
 *	nth=N		only the Nth (with times=M: the Nth to the N+M-1st)
 *	times=N		the first N
 *	from=N		the Nth and all later ones
 * ACTION is refuse (status=1 and a message unless told otherwise), delay (ms=1000),
 * cut-before, cut-during, cut-after, garble, hang, flood or partial (see fault.h).  In TEXT, "\n" is a
 * newline.  A comma ends a value only when the name of another key follows it, so commas need
 * no quoting.
 */
#include <errno.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/fault.h"

#define FAULTS_MAX	256
#define REGEX_MAX	512
#define DEFAULT_TEXT	"[VIOSE01010001-0001] The requested operation could not be completed.\n"

struct fault {
	regex_t		regex;
	unsigned long	nth, times, from, seen;
	struct fault_hit hit;
};

struct faults {
	pthread_mutex_t	lock;
	struct fault   *list[FAULTS_MAX];
	size_t		n;
};

static const struct {
	const char	 *name;
	enum fault_action action;
} actions[] = {
	{ "refuse", FAULT_REFUSE }, { "delay", FAULT_DELAY }, { "cut-before", FAULT_CUT_BEFORE },
	{ "cut-during", FAULT_CUT_DURING }, { "cut-after", FAULT_CUT_AFTER },
	{ "garble", FAULT_GARBLE }, { "hang", FAULT_HANG }, { "flood", FAULT_FLOOD },
	{ "partial", FAULT_PARTIAL },
};
#define NACTIONS (sizeof(actions) / sizeof(actions[0]))

static const char *const keys[] = {
	"match=", "nth=", "times=", "from=", "action=", "status=", "stderr=", "ms=",
};
enum { K_MATCH, K_NTH, K_TIMES, K_FROM, K_ACTION, K_STATUS, K_STDERR, K_MS, NKEYS };

const char *
fault_name(enum fault_action action)
{
	for (size_t i = 0; i < NACTIONS; i++) {
		if (actions[i].action == action)
			return actions[i].name;
	}
	return "none";
}

struct faults *
faults_new(void)
{
	struct faults *f = calloc(1, sizeof(*f));

	if (f != NULL)
		pthread_mutex_init(&f->lock, NULL);
	return f;
}

static void
fault_free(struct fault *e)
{
	regfree(&e->regex);
	free(e);
}

void
faults_free(struct faults *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		fault_free(f->list[i]);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static int
key_at(const char *s)
{
	for (int k = 0; k < NKEYS; k++) {
		if (strncmp(s, keys[k], strlen(keys[k])) == 0)
			return k;
	}
	return -1;
}

/* The length of the value at s: up to a comma that is followed by a key, or to the end. */
static size_t
value_len(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0' && !(s[n] == ',' && key_at(s + n + 1) != -1))
		n++;
	return n;
}

static int
set_number(unsigned long *to, const char *value, unsigned long max)
{
	char *end;

	errno = 0;
	*to = strtoul(value, &end, 10);
	return errno != 0 || *value < '0' || *value > '9' || *end != '\0' || *to > max ? -1 : 0;
}

static int
set_action(struct fault *e, const char *value)
{
	for (size_t i = 0; i < NACTIONS; i++) {
		if (strcmp(actions[i].name, value) == 0) {
			e->hit.action = actions[i].action;
			return 0;
		}
	}
	return -1;
}

static void
set_text(struct fault *e, const char *value)
{
	char *to = e->hit.stderr_text, *end = to + sizeof(e->hit.stderr_text) - 2;

	while (*value != '\0' && to < end) {
		if (value[0] == '\\' && value[1] == 'n') {
			*to++ = '\n';
			value += 2;
		} else {
			*to++ = *value++;
		}
	}
	if (to > e->hit.stderr_text && to[-1] != '\n')
		*to++ = '\n';
	*to = '\0';
}

static int
set_key(struct fault *e, int key, const char *value)
{
	unsigned long n;

	switch (key) {
	case K_MATCH:
		return regcomp(&e->regex, value, REG_EXTENDED | REG_NOSUB) == 0 ? 0 : -1;
	case K_ACTION:
		return set_action(e, value);
	case K_STDERR:
		set_text(e, value);
		return 0;
	case K_NTH:
		return set_number(&e->nth, value, 1000000000);
	case K_TIMES:
		return set_number(&e->times, value, 1000000000);
	case K_FROM:
		return set_number(&e->from, value, 1000000000);
	case K_STATUS:
		if (set_number(&n, value, 255) == -1)
			return -1;
		e->hit.status = (int)n;
		return 0;
	default:
		if (set_number(&n, value, 3600000) == -1)
			return -1;
		e->hit.ms = (unsigned)n;
		return 0;
	}
}

/* Takes the keys of a spec one after the other; *seen says which were there. */
static int
parse_keys(struct fault *e, const char *s, unsigned *seen, char *err, size_t errlen)
{
	char value[REGEX_MAX];
	size_t n;
	int key;

	for (;; s += n + 1) {
		key = key_at(s);
		if (key == -1 || (*seen & (1u << key)) != 0) {
			snprintf(err, errlen, "fault: %s key at \"%s\"", key == -1 ? "unknown" : "repeated", s);
			return -1;
		}
		s += strlen(keys[key]);
		n = value_len(s);
		if (n >= sizeof(value)) {
			snprintf(err, errlen, "fault: the value of %s is too long", keys[key]);
			return -1;
		}
		memcpy(value, s, n);
		value[n] = '\0';
		if (set_key(e, key, value) == -1) {
			snprintf(err, errlen, "fault: bad value %s%s", keys[key], value);
			return -1;
		}
		*seen |= 1u << key;
		if (s[n] == '\0')
			return 0;
	}
}

static struct fault *
parse(const char *spec, char *err, size_t errlen)
{
	struct fault *e = calloc(1, sizeof(*e));
	unsigned seen = 0, need = (1u << K_MATCH) | (1u << K_ACTION);

	if (e == NULL) {
		snprintf(err, errlen, "fault: no memory");
		return NULL;
	}
	e->hit.status = 1;
	e->hit.ms = 1000;
	strcpy(e->hit.stderr_text, DEFAULT_TEXT);
	if (parse_keys(e, spec, &seen, err, errlen) == 0) {
		if ((seen & need) == need && (seen & (1u << K_FROM | 1u << K_NTH)) != (1u << K_FROM | 1u << K_NTH))
			return e;
		snprintf(err, errlen, "fault: %s", (seen & need) != need ?
		    "match= and action= are needed" : "nth= and from= exclude each other");
	}
	if ((seen & (1u << K_MATCH)) != 0)
		regfree(&e->regex);
	free(e);
	return NULL;
}

int
faults_add(struct faults *f, const char *spec, char *err, size_t errlen)
{
	struct fault *e = parse(spec, err, errlen);
	int rv = -1;

	if (e == NULL)
		return -1;
	pthread_mutex_lock(&f->lock);
	if (f->n < FAULTS_MAX) {
		f->list[f->n++] = e;
		rv = 0;
	}
	pthread_mutex_unlock(&f->lock);
	if (rv == -1) {
		snprintf(err, errlen, "fault: more than %d", FAULTS_MAX);
		fault_free(e);
	}
	return rv;
}

static int
load_lines(struct faults *to, FILE *fp, char *err, size_t errlen)
{
	char line[2048];

	while (fgets(line, sizeof(line), fp) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (faults_add(to, line, err, errlen) == -1)
			return -1;
	}
	return 0;
}

int
faults_load(struct faults *f, const char *file, char *err, size_t errlen)
{
	struct faults *fresh = faults_new();
	FILE *fp = fopen(file, "re");
	int rv = -1;

	if (fresh == NULL || fp == NULL) {
		snprintf(err, errlen, "fault: cannot read %s: %s", file, strerror(errno));
		goto out;
	}
	if (load_lines(fresh, fp, err, errlen) == -1)
		goto out;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < FAULTS_MAX; i++) {
		struct fault *old = f->list[i];

		f->list[i] = fresh->list[i];
		fresh->list[i] = old;
	}
	rv = (int)fresh->n;
	fresh->n = f->n;
	f->n = (size_t)rv;
	pthread_mutex_unlock(&f->lock);
out:
	if (fp != NULL)
		(void)fclose(fp);
	faults_free(fresh);
	return rv;
}

static int
fires(const struct fault *e)
{
	if (e->from != 0)
		return e->seen >= e->from;
	if (e->nth != 0)
		return e->seen >= e->nth && e->seen - e->nth < (e->times != 0 ? e->times : 1);
	return e->times == 0 || e->seen <= e->times;
}

void
faults_check(struct faults *f, const char *command, struct fault_hit *hit)
{
	hit->action = FAULT_NONE;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->n; i++) {
		struct fault *e = f->list[i];

		if (regexec(&e->regex, command, 0, NULL, 0) != 0)
			continue;
		e->seen++;
		if (hit->action == FAULT_NONE && fires(e))
			*hit = e->hit;
	}
	pthread_mutex_unlock(&f->lock);
}
