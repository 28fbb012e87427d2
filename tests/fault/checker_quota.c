/* SPDX-License-Identifier: ISC */
/*
 * checker_quota.c - P11: what the VMs of a tenant, and of each user, have together is within the configuration's quota and
 * user-quota.  Reads so much of powerdirector.conf(5) as it needs: words, quotes, braces, "=".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

#define WORD_MAX 256

/* The next word of the file, a brace, or "="; quotes are taken off.  NULL at the end. */
static char *
next_word(const char **at, char word[WORD_MAX])
{
	const char *s = *at;
	size_t	    n = 0;

	for (;;) {
		s += strspn(s, " \t\r\n,");
		if (*s != '#' && strncmp(s, "//", 2) != 0)
			break;
		s += strcspn(s, "\n");
	}
	if (*s == '\0')
		return NULL;
	if (*s == '\'' || *s == '"') {
		const char *end = strchr(s + 1, *s);

		n = end != NULL ? (size_t)(end - s - 1) : strlen(s + 1);
		s++;
	} else
		n = strchr("{}=", *s) != NULL ? 1 : strcspn(s, " \t\r\n,{}='\"#");
	if (n >= WORD_MAX)
		cannot("the configuration has a word that is too long: %.40s", s);
	memcpy(word, s, n);
	word[n] = '\0';
	*at = s + n + (s > *at && (s[-1] == '\'' || s[-1] == '"') && s[n] == s[-1]);
	return word;
}

/* 8G, 512M -> MiB; 2.0 -> hundredths; 4 -> 4. */
static json_int_t
amount(const char *key, const char *value)
{
	char  *unit;
	double n = strtod(value, &unit);

	if (strcmp(key, "processing-units") == 0)
		return (json_int_t)(n * 100 + 0.5);
	switch (*unit) {
	case 'T':
		return (json_int_t)(n * 1024 * 1024);
	case 'G':
		return (json_int_t)(n * 1024);
	default:
		return (json_int_t)n;
	}
}

static json_int_t
used_by(const json_t *vm, const char *key)
{
	const struct { const char *key, *column; } columns[] = {
		{ "processing-units", "units" }, { "virtual-processors", "procs" }, { "memory", "memory" }, { "disk", "disk" },
	};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (strcmp(columns[i].key, key) == 0)
			return number_of(vm, columns[i].column);
	return strcmp(key, "vms") == 0;
}

static void
check_limit(struct check *c, const char *tenant, int is_each_user, const char *key, json_int_t limit)
{
	json_t	   *used = json_object(), *vm, *n;
	const char *name, *who;

	count(c, "quota figures", 1);
	json_object_foreach(c->vms, name, vm) {
		if (strcmp(text_of(vm, "tenant"), tenant) != 0)
			continue;
		who = is_each_user ? text_of(vm, "owner") : tenant;
		(void)json_object_set_new(used, who, json_integer(number_of(used, who) + used_by(vm, key)));
	}
	json_object_foreach(used, who, n)
		if (json_integer_value(n) > limit)
			violation(c, "P11", "%s %s uses %lld of %lld %s", is_each_user ? "user" : "tenant", who,
			    (long long)json_integer_value(n), (long long)limit, key);
	json_decref(used);
}

/* The inside of "quota { key = value ... }". */
static void
check_block(struct check *c, const char **at, const char *tenant, int is_each_user)
{
	char key[WORD_MAX], word[WORD_MAX];

	while (next_word(at, key) != NULL && strcmp(key, "}") != 0)
		if (next_word(at, word) != NULL && strcmp(word, "=") == 0 && next_word(at, word) != NULL)
			check_limit(c, tenant, is_each_user, key, amount(key, word));
}

/* The inside of "tenant NAME { ... }". */
static void
check_tenant(struct check *c, const char **at, const char *tenant)
{
	char   word[WORD_MAX];
	size_t depth = 1;

	while (depth > 0 && next_word(at, word) != NULL) {
		int is_quota = depth == 1 && strcmp(word, "quota") == 0, is_user_quota = depth == 1 && strcmp(word, "user-quota") == 0;

		if (strcmp(word, "{") == 0)
			depth++;
		else if (strcmp(word, "}") == 0)
			depth--;
		else if ((is_quota || is_user_quota) && next_word(at, word) != NULL && strcmp(word, "{") == 0)
			check_block(c, at, tenant, is_user_quota);
	}
}

void
check_quota(struct check *c)
{
	size_t	    len;
	char	   *text, word[WORD_MAX], tenant[WORD_MAX];
	const char *at;

	if (c->conf == NULL)
		return;
	if ((text = read_file(c->conf[0] == '/' ? "/" : ".", c->conf, &len)) == NULL)
		cannot("%s cannot be read", c->conf);
	for (at = text; next_word(&at, word) != NULL;)
		if (strcmp(word, "tenant") == 0 && next_word(&at, tenant) != NULL && next_word(&at, word) != NULL &&
		    strcmp(word, "{") == 0)
			check_tenant(c, &at, tenant);
	free(text);
}
