/* SPDX-License-Identifier: ISC */
/* Options of a verb.  See opts.h. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opts.h"

const struct opt *
opt_find(const struct opts *o, const char *flag)
{
	for (int i = 0; i < o->n; i++)
		if (strcmp(o->opt[i].flag, flag) == 0)
			return &o->opt[i];
	return NULL;
}

bool
opt_has(const struct opts *o, const char *flag)
{
	return opt_find(o, flag) != NULL;
}

const char *
opt_str(const struct opts *o, const char *flag)
{
	const struct opt *p = opt_find(o, flag);

	return p == NULL || p->n == 0 ? NULL : p->v[0];
}

static bool
looks_like_flag(const char *s)
{
	return s[0] == '-' && (isalpha((unsigned char)s[1]) || (s[1] == '-' && s[2] != '\0'));
}

static const struct optdef *
definition(const struct optdef *def, const char *flag)
{
	for (; def->flag != NULL; def++)
		if (strcmp(def->flag, flag) == 0)
			return def;
	return NULL;
}

/* -Fname,state: the value of an option of one letter may stand right behind it. */
static const struct optdef *
glued(const struct optdef *def, const char *word)
{
	const char flag[] = { '-', word[1], '\0' };
	const struct optdef *d = word[1] != '-' && word[1] != '\0' && word[2] != '\0' ? definition(def, flag) : NULL;

	return d != NULL && d->kind != OPT_FLAG ? d : NULL;
}

/* How many of the words after a flag are its values; -1: one is missing. */
static int
values_of(enum opt_kind kind, int left, char **next)
{
	int n = 0;

	switch (kind) {
	case OPT_ONE:
		return left > 0 ? 1 : -1;
	case OPT_MAYBE:
		return left > 0 && !looks_like_flag(next[0]) ? 1 : 0;
	case OPT_MANY:
	case OPT_ANY:
		while (n < left && !looks_like_flag(next[n]))
			n++;
		return n > 0 || kind == OPT_ANY ? n : -1;
	default:
		return 0;
	}
}

static int
opts_bad(struct opts *o, const char *what, const char *word)
{
	o->bad_word = word;
	snprintf(o->bad, sizeof(o->bad), "%s: %.100s", what, word);
	return -1;
}

static int
add_option(struct opts *o, const char *flag, int n, char **v)
{
	if (o->n == OPTS_MAX)
		return opts_bad(o, "Too many options", flag);
	if (opt_has(o, flag) && strcmp(flag, "--filter") != 0)
		return opts_bad(o, "Option flag is repeated", flag);
	o->opt[o->n++] = (struct opt){ flag, n, v };
	return 0;
}

/* 1: the word is not one of those. */
static int
take_glued(struct opts *o, const struct optdef *def, char *word)
{
	const struct optdef *d = glued(def, word);

	if (d == NULL || o->nglued == GLUED_MAX)
		return 1;
	o->glued[o->nglued++] = word + 2;
	return add_option(o, d->flag, 1, &o->glued[o->nglued - 1]);
}

static int
parse(struct opts *o, const struct optdef *def, int argc, char **argv, bool short_options)
{
	memset(o, 0, sizeof(*o));
	for (int i = 1; i < argc; i++) {
		bool is_flag = looks_like_flag(argv[i]);
		const struct optdef *d = is_flag ? definition(def, argv[i]) : NULL;
		int n;

		if (d == NULL && is_flag) {
			int rv = short_options ? take_glued(o, def, argv[i]) : 1;

			if (rv == 0)
				continue;
			return rv == -1 ? -1 : opts_bad(o, "Option flag is not valid", argv[i]);
		}
		if (d == NULL) {
			if (o->npos == POS_MAX)
				return opts_bad(o, "Too many arguments", argv[i]);
			o->pos[o->npos++] = argv[i];
			continue;
		}
		n = values_of(d->kind, argc - i - 1, argv + i + 1);
		o->no_value = n == -1;
		if (n == -1)
			return opts_bad(o, "Option flag requires an argument", argv[i]);
		if (add_option(o, d->flag, n, argv + i + 1) == -1)
			return -1;
		i += n;
	}
	return 0;
}

int
opts_parse(struct opts *o, const struct optdef *def, int argc, char **argv)
{
	return parse(o, def, argc, argv, false);
}

int
opts_parse_short(struct opts *o, const struct optdef *def, int argc, char **argv)
{
	return parse(o, def, argc, argv, true);
}

bool
parse_int(const char *s, int min, int max, int *out)
{
	char *end;
	long v;

	if (s == NULL || !isdigit((unsigned char)s[0]))
		return false;
	errno = 0;
	v = strtol(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*out = (int)v;
	return true;
}
