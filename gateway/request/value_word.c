/* SPDX-License-Identifier: ISC */
/*
 * value_word.c - the word from which value_parse() makes a JSON value: the way back.
 *
 * Members that a type does not know are left out here; value_check() finds them when it compares.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/request/value.h"

/* Appends to a bounded text; -1 when it does not fit. */
static int __attribute__((format(printf, 3, 4)))
add(char *buf, size_t size, const char *fmt, ...)
{
	size_t	len = strlen(buf);
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < size - len ? 0 : -1;
}

static int
number_member(const json_t *object, const char *key, enum arg_type type, char *buf, size_t size)
{
	const json_t *n = json_object_get(object, key);

	if (!json_is_integer(n))
		return -1;
	return value_integer_word(type, json_integer_value(n), buf, size);
}

static int
range_text(enum arg_type type, const json_t *v, char *buf, size_t size)
{
	char min[32], desired[32], max[32];

	if (number_member(v, "desired", type, desired, sizeof(desired)) == -1)
		return -1;
	if (json_object_get(v, "min") == NULL)
		return add(buf, size, "%s", desired);
	if (number_member(v, "min", type, min, sizeof(min)) == -1 ||
	    number_member(v, "max", type, max, sizeof(max)) == -1)
		return -1;
	return add(buf, size, "%s:%s:%s", min, desired, max);
}

static int
disk_text(const json_t *v, char *buf, size_t size)
{
	const json_t *pool = json_object_get(v, "pool");
	char	      mib[32];

	if (number_member(v, "size", ARG_SIZE, mib, sizeof(mib)) == -1 || (pool != NULL && !json_is_string(pool)))
		return -1;
	if (pool == NULL)
		return add(buf, size, "%s", mib);
	return add(buf, size, "size=%s,pool=%s", mib, json_string_value(pool));
}

static int
fc_text(const json_t *v, char *buf, size_t size)
{
	const json_t *vios = json_object_get(v, "vios"), *port = json_object_get(v, "port");

	if (!json_is_object(v) || (vios != NULL && !json_is_string(vios)) || (port != NULL && !json_is_string(port)))
		return -1;
	if (vios == NULL)
		return port == NULL ? add(buf, size, "auto") : -1;
	if (add(buf, size, "vios=%s", json_string_value(vios)) == -1)
		return -1;
	return port == NULL ? 0 : add(buf, size, ",port=%s", json_string_value(port));
}

/* The strings of an array with sep between them. */
static int
strings_text(const json_t *list, char sep, char *buf, size_t size)
{
	size_t	i;
	json_t *item;

	if (json_array_size(list) == 0)
		return -1;
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return -1;
		if (i > 0 && add(buf, size, "%c", sep) == -1)
			return -1;
		if (add(buf, size, "%s", json_string_value(item)) == -1)
			return -1;
	}
	return 0;
}

/* key=value for each string member that is there, in the order of keys. */
static int
network_text(const json_t *v, char *buf, size_t size)
{
	const json_t *vlan = json_object_get(v, "vlan"), *ip = json_object_get(v, "ip");
	const json_t *name = json_object_get(v, "name"), *gateway = json_object_get(v, "gateway");
	const json_t *prefix = json_object_get(v, "prefix"), *dns = json_object_get(v, "dns");

	if (json_is_integer(vlan) ? add(buf, size, "vlan=%lld", (long long)json_integer_value(vlan)) == -1 :
	    !json_is_string(name) || add(buf, size, "name=%s", json_string_value(name)) == -1)
		return -1;
	if (ip != NULL && (!json_is_string(ip) || !json_is_integer(prefix) ||
	    add(buf, size, ",ip=%s/%lld", json_string_value(ip), (long long)json_integer_value(prefix)) == -1))
		return -1;
	if (gateway != NULL && (!json_is_string(gateway) ||
	    add(buf, size, ",gateway=%s", json_string_value(gateway)) == -1))
		return -1;
	if (dns == NULL)
		return 0;
	return add(buf, size, ",dns=") == -1 ? -1 : strings_text(dns, '+', buf, size);
}

int
value_to_word(const struct verb_arg *a, const json_t *v, char *buf, size_t size)
{
	buf[0] = '\0';
	switch (a->type) {
	case ARG_FLAG:
		return -1;
	case ARG_COUNT:
	case ARG_DURATION:
	case ARG_SIZE:
	case ARG_FACTOR:
		if (a->type == ARG_DURATION && a->values != NULL && json_is_integer(v) && json_integer_value(v) == 0)
			return add(buf, size, "%s", a->values);
		return json_is_integer(v) ? value_integer_word(a->type, json_integer_value(v), buf, size) : -1;
	case ARG_SIZES:
	case ARG_UNITS:
	case ARG_COUNTS:
		return range_text(a->type, v, buf, size);
	case ARG_DISK:
		return disk_text(v, buf, size);
	case ARG_FC:
		return fc_text(v, buf, size);
	case ARG_NETWORK:
		return network_text(v, buf, size);
	case ARG_VIOS:
		return value_vios_word(v, buf, size);
	case ARG_LIST:
		return strings_text(v, ',', buf, size);
	default:
		return json_is_string(v) ? add(buf, size, "%s", json_string_value(v)) : -1;
	}
}
