/* SPDX-License-Identifier: ISC */
/*
 * text.c - texts from elsewhere, made fit to print, and values with their units.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/text.h"
#include "policy/quota.h"
#include "spool/os/clock.h"
#include "spool/vis.h"

/* What a key's numbers mean.  Keys that are not here are printed as they are. */
static const struct {
	const char *key;
	enum text_unit unit;
} units[] = {
	{ "memory", UNIT_MIB }, { "memory_min", UNIT_MIB }, { "memory_max", UNIT_MIB }, { "disk", UNIT_MIB },
	{ "size", UNIT_MIB }, { "region", UNIT_MIB }, { "memory_free", UNIT_MIB }, { "free", UNIT_MIB },
	{ "units", UNIT_HUNDREDTHS }, { "units_min", UNIT_HUNDREDTHS }, { "units_max", UNIT_HUNDREDTHS },
	{ "units_free", UNIT_HUNDREDTHS },
	{ "created", UNIT_TIME }, { "created_ms", UNIT_TIME }, { "state_since", UNIT_TIME }, { "state_ms", UNIT_TIME },
	{ "submitted", UNIT_TIME }, { "started", UNIT_TIME }, { "finished", UNIT_TIME }, { "registered", UNIT_TIME },
	{ "registered_ms", UNIT_TIME }, { "t", UNIT_TIME }, { "seen", UNIT_TIME }, { "drained", UNIT_TIME },
	{ "lease_end", UNIT_TIME }, { "lease_ended", UNIT_TIME }, { "lease_delete", UNIT_TIME },
	{ "region_size", UNIT_MIB },
	{ "used", UNIT_BY_ROW }, { "limit", UNIT_BY_ROW }, { "left", UNIT_BY_ROW }, { "after", UNIT_BY_ROW },
};

enum text_unit
text_unit_of(const char *key)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].key, key) == 0)
			return units[i].unit;
	return UNIT_NONE;
}

/* A row of the quota says what it counts. */
static enum text_unit
unit_of_row(const json_t *row)
{
	const char *what = json_string_value(json_object_get(row, "what")), *unit = json_string_value(json_object_get(row, "unit"));

	if (unit != NULL && (strcmp(unit, "MiB") == 0 || strcmp(unit, "mib") == 0))
		return UNIT_MIB;
	if (unit != NULL && strstr(unit, "hundredth") != NULL)
		return UNIT_HUNDREDTHS;
	if (what == NULL)
		return UNIT_NONE;
	if (strcmp(what, "memory") == 0 || strcmp(what, "disk") == 0)
		return UNIT_MIB;
	return strcmp(what, "units") == 0 || strcmp(what, "processing units") == 0 ? UNIT_HUNDREDTHS : UNIT_NONE;
}

static int
is_printable_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < 0x20 || s[i] > 0x7e)
			return 0;
	return 1;
}

char *
text_harmless(const char *s, size_t len)
{
	int    is_plain = is_printable_ascii(s, len);	/* nearly all are: they stay as they are */
	size_t size = is_plain ? len + 1 : len * 4 + 1, at = 0, n;
	char  *out = malloc(size);

	if (out == NULL)
		return NULL;
	if (is_plain) {
		memcpy(out, s, len);
		out[len] = '\0';
		return out;
	}
	for (size_t i = 0; i < len; i += n) {
		if (s[i] == '\\') {
			out[at++] = '\\';
			n = 1;
			continue;
		}
		for (n = 1; i + n < len && s[i + n] != '\\'; n++)
			;
		vis_encode(out + at, size - at, s + i, n);
		at += strlen(out + at);
	}
	out[at] = '\0';
	return out;
}

static char *
time_text(int64_t ms)
{
	char buf[CLOCK_TEXT_LEN];

	if (ms <= 0)
		return strdup("-");
	clock_text(buf, ms);
	(void)strcpy(buf + 19, "Z");	/* people need no milliseconds */
	return strdup(buf);
}

static char *
number_text(enum text_unit unit, int64_t n)
{
	char buf[48];

	switch (unit) {
	case UNIT_MIB:
		return n < 0 ? strdup("unlimited") : strdup(quota_size_short(buf, sizeof(buf), n));
	case UNIT_HUNDREDTHS:
		return n < 0 ? strdup("unlimited") : strdup(quota_units_text(buf, sizeof(buf), n));
	case UNIT_TIME:
		return time_text(n);
	default:
		(void)snprintf(buf, sizeof(buf), "%" PRId64, n);
		return strdup(buf);
	}
}

/* 2027-03-01T09:00:00.123Z without its milliseconds. */
char *
text_of_string(const char *s, size_t len, enum text_unit unit)
{
	char *text = text_harmless(s, len);

	if (text != NULL && unit == UNIT_TIME && strlen(text) == CLOCK_TEXT_LEN - 1 && strchr(text, 'T') == text + 10 &&
	    strchr(text, '.') == text + 19)
		(void)strcpy(text + 19, "Z");
	return text;
}

/* a, b, c or key=value key=value: one line, nothing left out. */
static char *
joined(const json_t *v)
{
	char	   *text = NULL, *one;
	size_t	    size = 0, i;
	const char *key, *sep = "";
	json_t	   *item;
	FILE	   *f;

	if (json_is_array(v) && json_array_size(v) == 1)	/* nothing to join: it is fit to print already */
		return text_of_value("", json_array_get(v, 0), NULL);
	if ((f = open_memstream(&text, &size)) == NULL)
		return NULL;
	if (json_is_array(v)) {
		json_array_foreach(v, i, item) {
			one = text_of_value("", item, NULL);
			(void)fprintf(f, "%s%s", sep, one != NULL ? one : "");
			free(one);
			sep = json_is_object(item) ? "; " : ", ";
		}
	} else {
		json_object_foreach((json_t *)v, key, item) {
			one = text_of_value(key, item, v);
			(void)fprintf(f, "%s%s=%s", sep, key, one != NULL ? one : "");
			free(one);
			sep = " ";
		}
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	one = text_harmless(text, size);	/* keys come from elsewhere, too */
	free(text);
	return one;
}

char *
text_of_value(const char *key, const json_t *value, const json_t *row)
{
	return text_in_unit(text_unit_of(key), key, value, row);
}

char *
text_in_unit(enum text_unit unit, const char *key, const json_t *value, const json_t *row)
{
	char buf[32];

	if (unit == UNIT_BY_ROW)
		unit = unit_of_row(row);
	if (json_is_string(value))
		return text_of_string(json_string_value(value), json_string_length(value), unit);
	if (json_is_integer(value) && strcmp(key, "limit") == 0 && json_integer_value(value) < 0)
		return strdup("unlimited");
	if (json_is_integer(value))
		return number_text(unit, json_integer_value(value));
	if (json_is_real(value)) {
		(void)snprintf(buf, sizeof(buf), "%.2f", json_real_value(value));
		return strdup(buf);
	}
	if (json_is_boolean(value))
		return strdup(json_is_true(value) ? "yes" : "no");
	if (json_array_size(value) > 0 || json_object_size(value) > 0)
		return joined(value);
	return strdup(strcmp(key, "limit") == 0 || strstr(key, "may_use") != NULL ? "unlimited" : "-");
}

int
text_is_number(const char *key, const json_t *value)
{
	enum text_unit unit = text_unit_of(key);

	if (unit == UNIT_TIME)
		return 0;
	return unit != UNIT_NONE || json_is_integer(value) || json_is_real(value);
}

const char *
text_prompt(const char *as, char buf[TEXT_PROMPT_MAX])
{
	int is_root = strncmp(as, "root", 4) == 0, is_padmin = strncmp(as, "padmin@", 7) == 0;
	const char *who = is_root || is_padmin ? as : strcmp(as, "console") == 0 ? "hmc" : "padmin";

	(void)vis_encode(buf, TEXT_PROMPT_MAX - 1, who, strlen(who));
	(void)strcat(buf, is_root ? "#" : "$");
	return buf;
}
