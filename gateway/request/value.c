/* SPDX-License-Identifier: ISC */
/*
 * value.c - one value of one type: which family parses it, and how it is checked.
 *
 * value_check() writes the JSON value as a word again, parses that and compares.  So there is
 * one definition of each type, and a document from another program can hold nothing that
 * the command line could not have said.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"
#include "spool/vis.h"

#ifdef __clang_analyzer__
#undef value_bad
#endif

char *
value_shown(char buf[VALUE_SHOWN_MAX], const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@+-";
	size_t		  len = strlen(text);

	if (len > 0 && len < VALUE_SHOWN_MAX - 1 && strspn(text, plain) == len) {
		memcpy(buf, text, len + 1);
		return buf;
	}
	buf[0] = '"';
	vis_encode(buf + 1, VALUE_SHOWN_MAX - 2, text, len);
	(void)strcat(buf, "\"");
	return buf;
}

char *
value_label(char *buf, size_t size, const struct verb_arg *a)
{
	if (a->flags & ARG_POSITIONAL)
		(void)snprintf(buf, size, "%s", a->metavar);
	else
		(void)snprintf(buf, size, "--%s", a->name);
	return buf;
}

int
value_bad(const struct verb_arg *a, const char *text, struct pd_err *e, const char *why, ...)
{
	char	label[64], shown[VALUE_SHOWN_MAX], reason[300];
	va_list ap;

	va_start(ap, why);
	(void)vsnprintf(reason, sizeof(reason), why, ap);
	va_end(ap);
	return pd_fail(e, PD_BADDATA, "%s: %s %s", value_label(label, sizeof(label), a),
	    value_shown(shown, text), reason);
}

int
value_parse(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	*out = NULL;
	if (strlen(text) >= VALUE_TEXT_MAX)
		return value_bad(a, text, e, "is too long (%zu bytes)", strlen(text));
	switch (a->type) {
	case ARG_FLAG:
		return value_bad(a, text, e, "is not wanted here: the option takes no value");
	case ARG_COUNT:
	case ARG_DURATION:
	case ARG_SIZE:
	case ARG_FACTOR:
		return value_parse_number(a, text, out, e);
	case ARG_SIZES:
	case ARG_UNITS:
	case ARG_COUNTS:
		return value_parse_range(a, text, out, e);
	case ARG_DISK:
		return value_parse_disk(a, text, out, e);
	case ARG_FC:
		return value_parse_fc(a, text, out, e);
	case ARG_NETWORK:
		return value_parse_network(a, text, out, e);
	case ARG_VIOS:
		return value_parse_vios(a, text, out, e);
	case ARG_LIST:
		return value_parse_list(a, text, out, e);
	default:
		return value_parse_string(a, text, out, e);
	}
}

int
value_check(const struct verb_arg *a, const json_t *value, struct pd_err *e)
{
	char	label[64], text[VALUE_TEXT_MAX];
	json_t *again;
	int	same;

	if (a->type == ARG_FLAG && json_is_true(value))
		return 0;
	if (a->type == ARG_FLAG || value_to_word(a, value, text, sizeof(text)) == -1)
		return pd_fail(e, PD_BADDATA, "%s: the value has the wrong type",
		    value_label(label, sizeof(label), a));
	if (value_parse(a, text, &again, e) == -1)
		return -1;
	same = json_equal(value, again);
	json_decref(again);
	if (!same)
		return pd_fail(e, PD_BADDATA, "%s: the value holds what does not belong there",
		    value_label(label, sizeof(label), a));
	return 0;
}
