/* SPDX-License-Identifier: ISC */
/*
 * request.c - building a request one argument at a time, and the check of a whole set of arguments.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/request/nearest.h"
#include "gateway/request/request.h"
#include "gateway/request/value.h"

void
request_clear(struct request *req)
{
	json_decref(req->args);
	memset(req, 0, sizeof(*req));
	req->timeout_s = -1;
}

int
request_fail(struct request *req, int json)
{
	const struct verb *verb = req->verb;

	request_clear(req);
	req->verb = verb;
	req->json = json;
	return -1;
}

int
request_begin(struct request *req, const char *name, struct pd_err *e)
{
	char		   shown[VALUE_SHOWN_MAX];
	const struct verb *near;

	memset(req, 0, sizeof(*req));
	req->timeout_s = -1;
	req->verb = verb_find(name);
	if (req->verb == NULL) {
		near = verb_nearest(name);
		if (near != NULL)
			return pd_fail(e, PD_USAGE, "unknown command %s, did you mean %s?  \"help\" lists the commands",
			    value_shown(shown, name), near->name);
		return pd_fail(e, PD_USAGE, "unknown command %s; \"help\" lists the commands", value_shown(shown, name));
	}
	req->args = json_object();
	return req->args != NULL ? 0 : pd_fail(e, PD_IO, "no memory");
}

/* The option's nearest neighbour among those that the verb has. */
static const char *
nearest_option(const struct verb *v, const char *name)
{
	const char *names[VERB_ARGS_MAX + 16];
	size_t	    n = 0;

	for (size_t i = 0; i < v->nargs && n < VERB_ARGS_MAX; i++)
		names[n++] = v->args[i].name;
	for (size_t i = 0; i < common_args_count && i < 15; i++)
		if (verb_arg_find(v, common_args[i].name) != NULL)
			names[n++] = common_args[i].name;
	names[n] = NULL;
	return nearest(name, names);
}

const struct verb_arg *
request_arg(const struct request *req, const char *name, const char *written, struct pd_err *e)
{
	const struct verb_arg *a = verb_arg_find(req->verb, name);
	char		       shown[VALUE_SHOWN_MAX];
	const char	      *near, *verb = req->verb->name;

	if (a != NULL)
		return a;
	near = nearest_option(req->verb, name);
	value_shown(shown, written);
	if (near != NULL)
		pd_fail(e, PD_USAGE, "%s has no option %s, did you mean --%s?  \"help %s\" shows its options", verb,
		    shown, near, verb);
	else
		pd_fail(e, PD_USAGE, "%s has no option %s; \"help %s\" shows its options", verb, shown, verb);
	return NULL;
}

/* Options of the gateway itself: common_args, and those of follow and batch. */
static int
set_own(struct request *req, const struct verb_arg *a, const json_t *value)
{
	if (strcmp(a->name, "json") == 0)
		req->json = 1;
	else if (strcmp(a->name, "plan") == 0)
		req->plan = 1;
	else if (strcmp(a->name, "detach") == 0)
		req->detach = 1;
	else if (strcmp(a->name, "yes") == 0)
		req->yes = 1;
	else if (strcmp(a->name, "timeout") == 0)
		req->timeout_s = json_integer_value(value);
	else if (strcmp(a->name, "once") == 0)
		(void)snprintf(req->once, sizeof(req->once), "%s", json_string_value(value));
	else
		(void)snprintf(req->note, sizeof(req->note), "%s", json_string_value(value));
	return 0;
}

static int
is_given(const struct request *req, const struct verb_arg *a)
{
	if (json_object_get(req->args, a->key) != NULL)
		return 1;
	return (strcmp(a->name, "json") == 0 && req->json) || (strcmp(a->name, "plan") == 0 && req->plan) ||
	    (strcmp(a->name, "detach") == 0 && req->detach) || (strcmp(a->name, "yes") == 0 && req->yes) ||
	    (strcmp(a->name, "timeout") == 0 && req->timeout_s != -1) ||
	    (strcmp(a->name, "once") == 0 && req->once[0] != '\0') ||
	    (strcmp(a->name, "note") == 0 && req->note[0] != '\0');
}

static int
is_common(const struct verb_arg *a)
{
	return a >= common_args && a < common_args + common_args_count;
}

/* Is this an option of the gateway, that no job has? */
static int
is_own(const struct verb *v, const struct verb_arg *a)
{
	return is_common(a) || v->kind == VERB_BATCH || (v->kind == VERB_FOLLOW && strcmp(a->name, "timeout") == 0);
}

static int
append(struct request *req, const struct verb_arg *a, json_t *value, struct pd_err *e)
{
	char	label[64];
	json_t *list = json_object_get(req->args, a->key);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(req->args, a->key, list);
	}
	if ((int64_t)json_array_size(list) >= a->max) {
		json_decref(value);
		return pd_fail(e, PD_USAGE, "%s is given more than %lld times", value_label(label, sizeof(label), a),
		    (long long)a->max);
	}
	json_array_append_new(list, value);
	return 0;
}

int
request_set(struct request *req, const struct verb_arg *a, const char *text, struct pd_err *e)
{
	char	label[64];
	json_t *value = NULL;

	if (!(a->flags & ARG_REPEAT) && is_given(req, a))
		return pd_fail(e, PD_USAGE, "%s is given twice; once is enough", value_label(label, sizeof(label), a));
	if (text != NULL && value_parse(a, text, &value, e) == -1)
		return -1;
	if (text == NULL)
		value = json_true();
	if (a->flags & ARG_REPEAT)
		return append(req, a, value, e);
	if (is_own(req->verb, a)) {
		set_own(req, a, value);
		json_decref(value);
		return 0;
	}
	json_object_set_new(req->args, a->key, value);
	return 0;
}

/* The first required argument that is not there. */
static const struct verb_arg *
missing(const struct verb *v, const json_t *args)
{
	for (size_t i = 0; i < v->nargs; i++)
		if ((v->args[i].flags & ARG_REQUIRED) && json_object_get(args, v->args[i].key) == NULL)
			return &v->args[i];
	return NULL;
}

int
request_finish(struct request *req, struct pd_err *e)
{
	const struct verb_arg *a = missing(req->verb, req->args);
	char		       label[64];

	if (a == NULL)
		return 0;
	value_label(label, sizeof(label), a);
	if (a->flags & ARG_POSITIONAL)
		return pd_fail(e, PD_USAGE, "%s needs %s, the %s; for example: %s", req->verb->name, label, a->help,
		    req->verb->example);
	return pd_fail(e, PD_USAGE, "%s needs %s %s (%s); for example: %s", req->verb->name, label,
	    a->metavar, a->help, req->verb->example);
}

/* One member of a document that claims to be arguments. */
static int
check_member(const struct verb *v, const char *key, const json_t *value, struct pd_err *e)
{
	const struct verb_arg *a = NULL;
	char		       shown[VALUE_SHOWN_MAX];
	size_t		       i;
	json_t		      *item;

	for (i = 0; i < v->nargs && a == NULL; i++)
		if (strcmp(v->args[i].key, key) == 0)
			a = &v->args[i];
	if (a == NULL)
		return pd_fail(e, PD_BADDATA, "%s has no argument %s", v->name, value_shown(shown, key));
	if (!(a->flags & ARG_REPEAT))
		return value_check(a, value, e);
	if (json_array_size(value) < 1 || (int64_t)json_array_size(value) > a->max)
		return pd_fail(e, PD_BADDATA, "the value is not a list of 1 to %lld", (long long)a->max);
	json_array_foreach(value, i, item)
		if (value_check(a, item, e) == -1)
			return -1;
	return 0;
}

int
args_check(const struct verb *v, const json_t *args, struct pd_err *e)
{
	const struct verb_arg *a;
	const char	      *key;
	json_t		      *value;
	struct pd_err	       why = { 0 };
	char		       shown[VALUE_SHOWN_MAX];

	if (!json_is_object(args))
		return pd_fail(e, PD_BADDATA, "the arguments of %s are not an object", v->name);
	json_object_foreach((json_t *)args, key, value)
		if (check_member(v, key, value, &why) == -1)
			return pd_fail(e, PD_BADDATA, "argument %s of %s: %.300s", value_shown(shown, key), v->name, why.msg);
	a = missing(v, args);
	if (a != NULL)
		return pd_fail(e, PD_BADDATA, "argument %s of %s is missing", a->key, v->name);
	return 0;
}
