/* SPDX-License-Identifier: ISC */
/*
 * request_json.c - a request as one JSON object, for programs that hate quoting.
 *
 *	{"command": "create-vm", "name": "web1", "cpu": 0.5, "memory": "4G", "disk": ["20G", {"size": "5G", "pool": "datavg"}],
 *	 "network": {"vlan": 10, "ip": "10.0.10.5/24", "dns": ["10.0.0.1", "10.0.0.2"]}, "detach": true}
 *
 * Keys are the arguments' names without "--".  Each value becomes the word that the command line would have, and goes
 * through the same parser.  A member of an object may not hold the characters that would separate members there.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/request/request.h"
#include "gateway/request/value.h"
#include "spool/vis.h"

static int
bad_type(const struct verb_arg *a, struct pd_err *e, const char *want)
{
	return pd_fail(e, PD_BADDATA, "\"%s\": the value must be %s", a->name, want);
}

static int __attribute__((format(printf, 2, 3)))
add(char *buf, const char *fmt, ...)
{
	size_t	len = strlen(buf);
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(buf + len, VALUE_TEXT_MAX - len, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < VALUE_TEXT_MAX - len ? 0 : -1;
}

/* A string or a number, without any of the characters in `not`. */
static int
add_scalar(const json_t *v, const char *not, char *buf)
{
	size_t at = strlen(buf);

	if (json_is_string(v)) {
		if (strlen(json_string_value(v)) != json_string_length(v) || add(buf, "%s", json_string_value(v)) == -1)
			return -1;
	} else if (json_is_integer(v)) {
		if (add(buf, "%" JSON_INTEGER_FORMAT, json_integer_value(v)) == -1)
			return -1;
	} else if (!json_is_real(v) || add(buf, "%.15g", json_real_value(v)) == -1) {
		return -1;
	}
	return strpbrk(buf + at, not) == NULL ? 0 : -1;
}

/* The scalars of a list, separated by sep. */
static int
add_list(const json_t *v, char sep, const char *not, char *buf)
{
	size_t	i;
	json_t *item;

	if (json_array_size(v) == 0)
		return -1;
	json_array_foreach(v, i, item) {
		if (i > 0 && add(buf, "%c", sep) == -1)
			return -1;
		if (add_scalar(item, not, buf) == -1)
			return -1;
	}
	return 0;
}

/* {"vlan":10,"dns":[..]} as vlan=10,dns=..+.. */
static int
add_members(const json_t *v, char *buf)
{
	const char *key, *sep = "";
	json_t	   *item;

	json_object_foreach((json_t *)v, key, item) {
		if (strpbrk(key, ",=") != NULL || add(buf, "%s%s=", sep, key) == -1)
			return -1;
		sep = ",";
		if (json_is_array(item) ? add_list(item, '+', "+,", buf) == -1 : add_scalar(item, ",", buf) == -1)
			return -1;
	}
	return 0;
}

/* {"min":..,"desired":..,"max":..} as min:desired:max */
static int
add_range(const json_t *v, char *buf)
{
	static const char *const keys[] = { "min", "desired", "max" };

	if (json_object_size(v) != 3)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if ((i > 0 && add(buf, ":") == -1) || add_scalar(json_object_get(v, keys[i]), ":", buf) == -1)
			return -1;
	return 0;
}

/* The word that stands for this value. */
static int
word_from(const struct verb_arg *a, const json_t *v, char *buf, struct pd_err *e)
{
	buf[0] = '\0';
	switch (a->type) {
	case ARG_SIZES:
	case ARG_UNITS:
	case ARG_COUNTS:
		if (json_is_object(v))
			return add_range(v, buf) == 0 ? 0 : bad_type(a, e, "{\"min\":..,\"desired\":..,\"max\":..}, a string or a number");
		break;
	case ARG_DISK:
	case ARG_FC:
	case ARG_NETWORK:
	case ARG_VIOS:
		if (json_is_object(v))
			return add_members(v, buf) == 0 ? 0 : bad_type(a, e, "an object of plain values, or a string as on the command line");
		break;
	case ARG_LIST:
		if (json_is_array(v))
			return add_list(v, ',', ",", buf) == 0 ? 0 : bad_type(a, e, "a list of names");
		break;
	default:
		break;
	}
	return add_scalar(v, "", buf) == 0 ? 0 : bad_type(a, e, "a string as on the command line");
}

static int
set_one(struct request *req, const struct verb_arg *a, const json_t *v, struct pd_err *e)
{
	char word[VALUE_TEXT_MAX];

	if (a->type == ARG_FLAG) {
		if (!json_is_boolean(v))
			return bad_type(a, e, "true or false");
		return json_is_true(v) ? request_set(req, a, NULL, e) : 0;
	}
	if (word_from(a, v, word, e) == -1)
		return -1;
	return request_set(req, a, word, e);
}

static int
set_member(struct request *req, const char *key, const json_t *v, struct pd_err *e)
{
	const struct verb_arg *a = request_arg(req, key, key, e);
	size_t		       i;
	json_t		      *item;

	if (a == NULL)
		return -1;
	if (!(a->flags & ARG_REPEAT) || !json_is_array(v))
		return set_one(req, a, v, e);
	json_array_foreach(v, i, item)
		if (set_one(req, a, item, e) == -1)
			return -1;
	return 0;
}

static int
from_object(const json_t *object, struct request *req, struct pd_err *e)
{
	const json_t *command = json_object_get(object, "command");
	const char   *key;
	json_t	     *v;

	if (!json_is_object(object))
		return pd_fail(e, PD_USAGE, "the request is not a JSON object; write {\"command\":\"list-vms\"}");
	if (!json_is_string(command))
		return pd_fail(e, PD_USAGE, "the request names no \"command\"; write {\"command\":\"list-vms\"}");
	if (request_begin(req, json_string_value(command), e) == -1)
		return -1;
	json_object_foreach((json_t *)object, key, v)
		if (strcmp(key, "command") != 0 && set_member(req, key, v, e) == -1)
			return -1;
	return request_finish(req, e);
}

int
request_from_json(const char *text, size_t len, struct request *req, struct pd_err *e)
{
	json_error_t why;
	json_t	    *object;
	char	     shown[200];
	int	     rv;

	memset(req, 0, sizeof(*req));
	req->timeout_s = -1;
	if (len > REQUEST_MAX)
		return pd_fail(e, PD_BADDATA, "the request has %zu bytes, at most %d are allowed", len, REQUEST_MAX);
	object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (object == NULL)
		return pd_fail(e, PD_BADDATA, "the request is not one JSON object: line %d, column %d: %s", why.line,
		    why.column, vis_encode(shown, sizeof(shown), why.text, strlen(why.text)));
	rv = from_object(object, req, e);
	if (rv == -1)
		(void)request_fail(req, json_is_true(json_object_get(object, "json")));
	json_decref(object);
	return rv;
}
