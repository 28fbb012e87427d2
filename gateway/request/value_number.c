/* SPDX-License-Identifier: ISC */
/*
 * value_integer.c - counts, durations, sizes and processing units, alone and as MIN:DESIRED:MAX.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"
#include "policy/quota.h"

#define DIGITS	   "0123456789"
#define DIGITS_MAX 12	/* no product below overflows 64 bit */

/* What each kind of number is called and how it is written. */
static const struct {
	const char *what, *write;
} kinds[] = {
	[ARG_COUNT] = { "a whole number", "digits only" },
	[ARG_COUNTS] = { "a whole number", "2, or minimum:desired:maximum" },
	[ARG_DURATION] = { "a time", "90s, 10m, 12h or 30d" },
	[ARG_SIZE] = { "a size", "512M, 4G or 1T" },
	[ARG_SIZES] = { "a size", "512M, 4G or 1T, or minimum:desired:maximum" },
	[ARG_FACTOR] = { "a factor", "1.5 or 1.25 (two decimals at most)" },
	[ARG_UNITS] = { "a number of processing units", "0.5 or 1.25 (two decimals at most), or minimum:desired:maximum" },
};

/* Digits at *p; moves *p behind them.  -1 when there are none or too many. */
static int
digits(const char **p, int64_t *n)
{
	size_t len = strspn(*p, DIGITS);

	if (len == 0 || len > DIGITS_MAX)
		return -1;
	*n = 0;
	for (size_t i = 0; i < len; i++)
		*n = *n * 10 + ((*p)[i] - '0');
	*p += len;
	return 0;
}

static int
scale(char suffix, const char *letters, const int64_t *factors, int64_t *n)
{
	const char *at = suffix != '\0' ? strchr(letters, suffix) : NULL;

	if (at == NULL)
		return -1;
	*n *= factors[at - letters];
	return 0;
}

static int
size_from(const char *p, int64_t *n)
{
	static const int64_t factors[] = { 1, 1024, 1024 * 1024, 1, 1024, 1024 * 1024 };

	if (digits(&p, n) == -1 || scale(*p, "MGTmgt", factors, n) == -1)
		return -1;
	return p[1] == '\0' ? 0 : -1;
}

static int
duration_from(const char *p, int64_t *n)
{
	static const int64_t factors[] = { 1, 60, 3600, 86400 };

	if (digits(&p, n) == -1)
		return -1;
	if (*p == '\0')
		return 0;
	return scale(*p, "smhd", factors, n) == 0 && p[1] == '\0' ? 0 : -1;
}

/* 1, 0.5, 1.25 in hundredths. */
static int
units_from(const char *p, int64_t *n)
{
	size_t decimals;

	if (digits(&p, n) == -1)
		return -1;
	*n *= 100;
	if (*p == '\0')
		return 0;
	if (*p != '.')
		return -1;
	p++;
	decimals = strspn(p, DIGITS);
	if (decimals < 1 || decimals > 2 || p[decimals] != '\0')
		return -1;
	*n += (p[0] - '0') * 10 + (decimals == 2 ? p[1] - '0' : 0);
	return 0;
}

static int
count_from(const char *p, int64_t *n)
{
	return digits(&p, n) == 0 && *p == '\0' ? 0 : -1;
}

static int
number_from(enum arg_type type, const char *text, int64_t *n)
{
	switch (type) {
	case ARG_SIZE:
	case ARG_SIZES:
		return size_from(text, n);
	case ARG_UNITS:
	case ARG_FACTOR:
		return units_from(text, n);
	case ARG_DURATION:
		return duration_from(text, n);
	default:
		return count_from(text, n);
	}
}

/* A bound as people write it. */
static const char *
bound_text(enum arg_type type, int64_t n, char *buf, size_t size)
{
	if (type == ARG_SIZE || type == ARG_SIZES)
		return quota_size_text(buf, size, n);
	if (type == ARG_UNITS || type == ARG_FACTOR)
		return quota_units_text(buf, size, n);
	if (type == ARG_DURATION && n >= 86400 && n % 86400 == 0)
		(void)snprintf(buf, size, "%" PRId64 "d", n / 86400);
	else
		(void)snprintf(buf, size, "%" PRId64 "%s", n, type == ARG_DURATION ? "s" : "");
	return buf;
}

int
value_integer(const struct verb_arg *a, const char *text, int64_t *n, struct pd_err *e)
{
	char low[32], high[32];

	if (number_from(a->type, text, n) == -1)
		return value_bad(a, text, e, "is not %s; write %s%s%s", kinds[a->type].what, kinds[a->type].write,
		    a->values != NULL ? ", or " : "", a->values != NULL ? a->values : "");
	if (*n < a->min || *n > a->max)
		return value_bad(a, text, e, "is too %s; allowed is %s to %s", *n < a->min ? "small" : "large",
		    bound_text(a->type, a->min, low, sizeof(low)),
		    bound_text(a->type, a->max, high, sizeof(high)));
	return 0;
}

/* A word that stands for 0, which the bounds leave out. */
static int
is_none(const struct verb_arg *a, const char *text)
{
	return a->type == ARG_DURATION && a->values != NULL && strcmp(text, a->values) == 0;
}

int
value_parse_number(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	int64_t n = 0;

	if (!is_none(a, text) && value_integer(a, text, &n, e) == -1)
		return -1;
	*out = json_integer(n);
	return 0;
}

/* The three parts of MIN:DESIRED:MAX, in order. */
static int
three(const struct verb_arg *a, const char *text, int64_t n[3], struct pd_err *e)
{
	char  copy[96], *part = copy, *end;

	if (strlen(text) >= sizeof(copy))
		return value_bad(a, text, e, "is too long; write minimum:desired:maximum");
	(void)strcpy(copy, text);
	for (int i = 0; i < 3; i++, part = end + 1) {
		end = part + strcspn(part, ":");
		if ((*end == '\0') != (i == 2))
			return value_bad(a, text, e, "has not three parts; write DESIRED or MINIMUM:DESIRED:MAXIMUM");
		*end = '\0';
		if (value_integer(a, part, &n[i], e) == -1)
			return -1;
	}
	if (n[0] > n[1])
		return value_bad(a, text, e, "has a minimum above the desired value; write MINIMUM:DESIRED:MAXIMUM in rising order");
	if (n[1] > n[2])
		return value_bad(a, text, e, "has a desired value above the maximum; write MINIMUM:DESIRED:MAXIMUM in rising order");
	return 0;
}

int
value_parse_range(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	int64_t n[3];

	if (strchr(text, ':') == NULL) {
		if (value_integer(a, text, &n[1], e) == -1)
			return -1;
		*out = json_pack("{s:I}", "desired", (json_int_t)n[1]);
	} else {
		if (three(a, text, n, e) == -1)
			return -1;
		*out = json_pack("{s:I, s:I, s:I}", "min", (json_int_t)n[0], "desired", (json_int_t)n[1],
		    "max", (json_int_t)n[2]);
	}
	return *out != NULL ? 0 : pd_fail(e, PD_IO, "no memory");
}

int
value_integer_word(enum arg_type type, int64_t n, char *buf, size_t size)
{
	int len;

	if (n < 0)
		return -1;
	if (type == ARG_UNITS || type == ARG_FACTOR)
		len = snprintf(buf, size, "%" PRId64 ".%02d", n / 100, (int)(n % 100));
	else if ((type == ARG_SIZE || type == ARG_SIZES) && n % 1024 == 0 && n > 0)
		len = snprintf(buf, size, "%" PRId64 "G", n / 1024);
	else
		len = snprintf(buf, size, "%" PRId64 "%s", n, type == ARG_SIZE || type == ARG_SIZES ? "M" : "");
	return len > 0 && (size_t)len < size ? 0 : -1;
}
