/* SPDX-License-Identifier: ISC */
/*
 * value_type.c - the types of values that go into commands and come out of answers.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/value_type.h"
#include "policy/quota.h"
#include "spool/vis.h"

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS "abcdefghijklmnopqrstuvwxyz" UPPER
#define ALNUM DIGITS LETTERS
#define MIB ((json_int_t)1024 * 1024)
#define SIZE_MAX_MIB (64 * MIB)	/* 64 TiB, as gateway/verbs.c */

static int
first_is_alnum(const char *s)
{
	return isalnum((unsigned char)s[0]);
}

static int
is_lv(const char *s)
{
	return isalpha((unsigned char)s[0]);
}

static int
is_path(const char *s)
{
	return s[0] == '/' && strstr(s, "..") == NULL;
}

static int
is_ip(const char *s)
{
	struct in_addr a;

	return inet_pton(AF_INET, s, &a) == 1;
}

static int
is_mask(const char *s)
{
	struct in_addr a;
	uint32_t       low;

	if (inet_pton(AF_INET, s, &a) != 1)
		return 0;
	low = ~ntohl(a.s_addr);
	return (low & (low + 1)) == 0;
}

static int
is_hostname(const char *s)
{
	size_t n;

	for (;; s += n + 1) {
		n = strcspn(s, ".");
		if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
			return 0;
		if (s[n] == '\0')
			return 1;
	}
}

static int
is_units(const char *s)
{
	size_t whole = strspn(s, DIGITS), part;

	if (whole == 0 || whole > 4)
		return 0;
	if (s[whole] == '\0')
		return 1;
	part = strspn(s + whole + 1, DIGITS);
	return part >= 1 && part <= 2 && s[whole + 1 + part] == '\0';
}

/* Names with blanks in them, as other people's partitions may have: no blank at the ends. */
static int
is_label(const char *s)
{
	return s[0] != ' ' && s[0] != '-' && s[strlen(s) - 1] != ' ';
}

/* Machine type, model and serial number, as 9009-42A*78A1B2C: a system's name that nobody can change. */
static int
is_mtms(const char *s)
{
	const char *dash = strchr(s, '-'), *star = strchr(s, '*');

	return dash == s + 4 && star != NULL && star > dash + 1 && star[1] != '\0' && strpbrk(star + 1, "-*") == NULL &&
	    strchr(dash + 1, '-') == NULL;
}

/* 10/vios1/1,11/vios2/2: a slot of a partition, name and id of a VIOS. */
static int
is_mappings(const char *s)
{
	for (;; s++) {
		size_t slot = strspn(s, DIGITS), name, id;

		if (slot == 0 || slot > 5 || s[slot] != '/')
			return 0;
		name = strcspn(s += slot + 1, "/,");
		if (name == 0 || name > 31 || s[name] != '/' || !first_is_alnum(s))
			return 0;
		id = strspn(s += name + 1, DIGITS);
		if (id == 0 || id > 5)
			return 0;
		s += id;
		if (*s != ',')
			return *s == '\0';
	}
}

static void
print_mac_colon(char *buf, const char *text)
{
	snprintf(buf, VALUE_MAX, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", text, text + 2, text + 4, text + 6, text + 8, text + 10);
	for (; *buf != '\0'; buf++)
		*buf = (char)toupper((unsigned char)*buf);
}

static void
print_size(char *buf, const char *text)
{
	(void)quota_size_short(buf, VALUE_MAX, strtoll(text, NULL, 10));
}

/* People count from 1. */
static void
print_ordinal(char *buf, const char *text)
{
	snprintf(buf, VALUE_MAX, "%lld", strtoll(text, NULL, 10) + 1);
}

/* In a record for a new partition: nothing at all when the console is to choose ({vm.new_id:new-lpar-id=}). */
static void
print_lpar_id(char *buf, const char *text)
{
	snprintf(buf, VALUE_MAX, "lpar_id=%.5s,", text);
}

static int
read_bytes_as_mib(char *buf, const char *text)
{
	json_int_t n = 0;

	if (text[0] == '\0' || text[strspn(text, DIGITS)] != '\0' || strlen(text) > 17)
		return -1;
	for (; *text != '\0'; text++)
		n = n * 10 + (*text - '0');
	snprintf(buf, VALUE_MAX, "%" JSON_INTEGER_FORMAT, (n + MIB - 1) / MIB);
	return 0;
}

#define NUMBER(n, lo, hi) .name = (n), .chars = DIGITS, .min = 1, .max = 12, .is_number = 1, .low = (lo), .high = (hi)
#define WORD(n, set, shortest, longest, rule) .name = (n), .chars = (set), .min = (shortest), .max = (longest), .check = (rule)

const struct value_type value_text = { .name = "text", .max = VALUE_MAX - 1, .display = 1 };

static const struct value_type types[] = {
	{ WORD("lpar-name", ALNUM "._-", 1, 31, first_is_alnum) },
	{ WORD("name", ALNUM "._-", 1, 31, first_is_alnum) },
	{ WORD("word", ALNUM "._-", 1, 63, first_is_alnum) },
	{ WORD("mode", ALNUM "_+", 1, 31, first_is_alnum) },	/* POWER6+ */
	{ WORD("device", ALNUM "._-", 1, 31, first_is_alnum) },
	{ WORD("lv", ALNUM "._-", 1, 15, is_lv) },
	{ WORD("pool", ALNUM "._-", 1, 15, first_is_alnum) },
	{ WORD("path", ALNUM "/._+-", 1, 255, is_path) },
	{ WORD("file", ALNUM "._-", 1, 64, first_is_alnum) },
	{ WORD("media", ALNUM "._", 1, 37, first_is_alnum) },
	{ WORD("ip", DIGITS ".", 7, 15, is_ip) },
	{ WORD("mask", DIGITS ".", 7, 15, is_mask) },
	{ WORD("hostname", ALNUM ".-", 1, 253, is_hostname) },
	{ WORD("mac", DIGITS "abcdefABCDEF", 12, 12, NULL) },
	{ WORD("wwpn", DIGITS "abcdefABCDEF", 16, 16, NULL) },
	{ WORD("mac-colon", DIGITS "abcdefABCDEF", 12, 12, NULL), .print = print_mac_colon },
	{ WORD("units", DIGITS ".", 1, 7, is_units) },
	/* No quote, backslash, dollar, backquote, comma or equals sign: fine inside quotes only. */
	{ WORD("label", ALNUM " ._-+:/@%#~()[]<>*?;|&", 1, 63, is_label) },
	/* An element of a list of virtual adapters, without VLANs or world wide names: those have commas. */
	{ WORD("adapter", ALNUM "/._-", 3, 127, first_is_alnum) },
	{ WORD("mappings", ALNUM "/._-,", 5, VALUE_MAX - 1, is_mappings) },
	{ NUMBER("lpar-id", 1, 65535) },	/* guard.c says which of them */
	{ NUMBER("vios-id", 1, 65535) },
	{ NUMBER("new-lpar-id", 1, 65535), .print = print_lpar_id },
	{ WORD("mtms", DIGITS UPPER "-*", 10, 31, is_mtms) },
	{ NUMBER("slot", 2, 65535) },
	{ NUMBER("vlan", 1, 4094) },
	{ NUMBER("size-mib", 1, SIZE_MAX_MIB) },
	{ NUMBER("count", 0, 999999999999) },
	{ NUMBER("weight", 0, 255) },
	{ NUMBER("bytes-as-mib", 0, SIZE_MAX_MIB), .display = 1, .read = read_bytes_as_mib },
	{ NUMBER("size", 0, SIZE_MAX_MIB), .display = 1, .print = print_size },
	{ NUMBER("ordinal", 0, 999999), .display = 1, .print = print_ordinal },
};

const struct value_type *
value_type_find(const char *name)
{
	if (strcmp(name, value_text.name) == 0)
		return &value_text;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

static int
refuse(const struct value_type *t, const char *what, const char *text, struct pd_err *e)
{
	char vis[120];

	return pd_fail(e, PD_BADDATA, "%s: '%s' is not of type %s", what,
	    vis_encode(vis, sizeof(vis), text, strlen(text)), t->name);
}

static int
number_fits(const struct value_type *t, const char *text)
{
	json_int_t n = 0;

	for (; *text != '\0'; text++)
		n = n * 10 + (*text - '0');
	return n >= t->low && n <= t->high;
}

int
value_type_check(const struct value_type *t, const char *what, const char *text, struct pd_err *e)
{
	size_t len = strlen(text);

	if (len < t->min || len > t->max)
		return refuse(t, what, text, e);
	if (t->chars != NULL && text[strspn(text, t->chars)] != '\0')
		return refuse(t, what, text, e);
	if (t->is_number && !number_fits(t, text))
		return refuse(t, what, text, e);
	if (t->check != NULL && !t->check(text))
		return refuse(t, what, text, e);
	return 0;
}

int
value_type_read(const struct value_type *t, const char *what, const char *text, json_t **value, struct pd_err *e)
{
	char	   buf[VALUE_MAX];
	json_int_t n = 0;

	if (t->read != NULL) {
		if (t->read(buf, text) == -1)
			return refuse(t, what, text, e);
		text = buf;
	}
	if (value_type_check(t, what, text, e) == -1)
		return -1;
	if (!t->is_number) {
		char vis[VALUE_MAX];

		*value = json_string(vis_is_utf8(text, strlen(text)) ? text : vis_encode(vis, sizeof(vis), text, strlen(text)));
		return *value != NULL ? 0 : pd_fail(e, PD_BUG, "out of memory");
	}
	for (; *text != '\0'; text++)
		n = n * 10 + (*text - '0');
	*value = json_integer(n);
	return *value != NULL ? 0 : pd_fail(e, PD_BUG, "out of memory");
}

char *
value_as_text(char *buf, const json_t *value)
{
	buf[0] = '\0';
	if (json_is_string(value))
		snprintf(buf, VALUE_MAX, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(buf, VALUE_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(buf, VALUE_MAX, "%s", json_is_true(value) ? "true" : "false");
	return buf;
}

int
value_number(const char *text, json_int_t *thousandths)
{
	json_int_t n = 0, sign = 1, scale = 1000;
	size_t	   digits = 0;

	if (*text == '-') {
		sign = -1;
		text++;
	}
	for (; isdigit((unsigned char)*text) && digits < 15; text++, digits++)
		n = n * 10 + (*text - '0');
	if (digits == 0)
		return 0;
	n *= 1000;
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text) && scale > 1; text++)
			n += (*text - '0') * (scale /= 10);
		if (scale == 1000)
			return 0;
	}
	*thousandths = n * sign;
	return *text == '\0';
}
