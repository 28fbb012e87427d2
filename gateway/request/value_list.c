/* SPDX-License-Identifier: ISC */
/*
 * value_list.c - values of several parts: key=value lists, disks, lists of names.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/nearest.h"
#include "gateway/request/value.h"

#define MIB_MAX (64LL * 1024 * 1024)	/* as in the table of verbs */

static int
unknown_key(const struct verb_arg *a, const char *key, const char *const *keys, struct pd_err *e)
{
	char	    all[120] = "";
	const char *near = nearest(key, keys);

	for (size_t i = 0; keys[i] != NULL; i++)
		(void)snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s=", i > 0 ? ", " : "", keys[i]);
	if (near != NULL)
		return value_bad(a, key, e, "is unknown here, did you mean %s=?  Known are %s", near, all);
	return value_bad(a, key, e, "is unknown here; known are %s", all);
}

int
value_split(const struct verb_arg *a, char *text, const char *const *keys, char **found, struct pd_err *e)
{
	char  *next, *value;
	size_t i;

	for (i = 0; keys[i] != NULL; i++)
		found[i] = NULL;
	for (; text != NULL; text = next) {
		next = strchr(text, ',');
		if (next != NULL)
			*next++ = '\0';
		value = strchr(text, '=');
		if (value == NULL)
			return value_bad(a, text, e, "has no \"=\"; write key=value,key=value, as in %s", a->type == ARG_NETWORK ?
			    "name=office or vlan=10,ip=10.0.10.5/24" : a->type == ARG_VIOS ? "name=vios1,address=10.0.0.11" :
			    a->type == ARG_FC ? "vios=vios1,port=fcs0; or auto" :
			    "size=20G,pool=datavg");
		*value++ = '\0';
		for (i = 0; keys[i] != NULL && strcmp(keys[i], text) != 0; i++)
			;
		if (keys[i] == NULL)
			return unknown_key(a, text, keys, e);
		if (found[i] != NULL)
			return value_bad(a, text, e, "is given twice");
		if (*value == '\0')
			return value_bad(a, text, e, "has no value behind \"=\"");
		found[i] = value;
	}
	return 0;
}

int
value_parse_disk(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	static const char *const keys[] = { "size", "pool", NULL };
	struct verb_arg size = { .name = a->name, .type = ARG_SIZE, .flags = a->flags, .min = 1, .max = MIB_MAX };
	struct verb_arg		 pool = { .name = "disk pool", .type = ARG_POOL };
	char			 copy[VALUE_TEXT_MAX], *found[2] = { copy, NULL };
	int64_t			 mib;
	json_t			*name = NULL;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (strpbrk(text, "=,") != NULL && value_split(a, copy, keys, found, e) == -1)
		return -1;
	if (found[0] == NULL)
		return value_bad(a, text, e, "has no size; write SIZE or size=SIZE,pool=POOL, as in size=20G,pool=datavg");
	if (value_integer(&size, found[0], &mib, e) == -1)
		return -1;
	if (found[1] != NULL && value_parse(&pool, found[1], &name, e) == -1)
		return -1;
	*out = json_pack("{s:I, s:o*}", "size", (json_int_t)mib, "pool", name);
	return *out != NULL ? 0 : pd_fail(e, PD_IO, "no memory");
}

/* A port without its VIOS would be any VIOS's port of that name. */
int
value_parse_fc(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	static const char *const keys[] = { "vios", "port", NULL };
	struct verb_arg part[2] = { { .name = "fc vios", .type = ARG_NAME }, { .name = "fc port", .type = ARG_NAME } };
	char			 copy[VALUE_TEXT_MAX], *found[2] = { NULL, NULL };
	json_t			*value[2] = { NULL, NULL };

	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (strcmp(text, "auto") != 0 && value_split(a, copy, keys, found, e) == -1)
		return -1;
	if (found[1] != NULL && found[0] == NULL)
		return value_bad(a, text, e, "names no VIOS; write vios=NAME,port=PORT, as in vios=vios1,port=fcs0");
	for (size_t i = 0; i < 2; i++)
		if (found[i] != NULL && value_parse(&part[i], found[i], &value[i], e) == -1) {
			json_decref(value[0]);
			return -1;
		}
	*out = json_pack("{s:o*, s:o*}", "vios", value[0], "port", value[1]);
	return *out != NULL ? 0 : pd_fail(e, PD_IO, "no memory");
}

static int
list_has(const json_t *list, const char *name)
{
	size_t	i;
	json_t *item;

	json_array_foreach(list, i, item)
		if (strcmp(json_string_value(item), name) == 0)
			return 1;
	return 0;
}

int
value_parse_list(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	struct verb_arg one = { .name = a->name, .type = ARG_POOL, .flags = a->flags, .metavar = a->metavar };
	char		copy[VALUE_TEXT_MAX], *item = copy, *next;
	json_t	       *list = json_array(), *name;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	for (; item != NULL; item = next) {
		next = strchr(item, ',');
		if (next != NULL)
			*next++ = '\0';
		if (value_parse(&one, item, &name, e) == -1)
			goto bad;
		if (list_has(list, item)) {
			json_decref(name);
			value_bad(a, item, e, "is given twice");
			goto bad;
		}
		json_array_append_new(list, name);
	}
	if ((int64_t)json_array_size(list) > a->max) {
		value_bad(a, text, e, "names %zu; at most %lld are allowed", json_array_size(list), (long long)a->max);
		goto bad;
	}
	*out = list;
	return 0;
bad:
	json_decref(list);
	return -1;
}
