/* SPDX-License-Identifier: ISC */
/*
 * help.c - what the table of verbs says to people and to programs.
 */
#include <string.h>

#include "gateway/help.h"
#include "policy/policy.h"

#define WIDTH 100	/* columns of a line of help; examples may be longer, they are for copying */
#define LEFT  24	/* columns of an option's name */

enum group { GROUP_LOOK, GROUP_CHANGE, GROUP_JOBS, GROUP_YOU, GROUP_ADMIN, NGROUPS };

static const char *const titles[NGROUPS] = {
	[GROUP_LOOK] = "See what is there", [GROUP_CHANGE] = "Create and change VMs", [GROUP_JOBS] = "Jobs and history",
	[GROUP_YOU] = "Yourself and this program", [GROUP_ADMIN] = "Administration",
};

static enum group
group_of(const struct verb *v)
{
	if (v->flags & VERB_ADMIN)
		return GROUP_ADMIN;
	if (v->kind == VERB_LOCAL || strcmp(v->name, "quota") == 0)
		return GROUP_YOU;
	if (v->kind == VERB_FOLLOW || v->kind == VERB_BATCH || strstr(v->name, "job") != NULL ||
	    strcmp(v->name, "history") == 0)
		return GROUP_JOBS;
	return v->flags & VERB_CHANGES ? GROUP_CHANGE : GROUP_LOOK;
}

static int
may_change(const struct pd_role *role)
{
	for (size_t i = 0; i < verbs_count; i++)
		if ((verbs[i].flags & VERB_CHANGES) && policy_list_has(&role->verbs, verbs[i].name))
			return 1;
	return 0;
}

int
help_allows(const struct pd_role *role, const struct verb *v)
{
	if (v->kind == VERB_BATCH)	/* for those who have something to write into it */
		return may_change(role);
	return strcmp(v->name, "help") == 0 || strcmp(v->name, "version") == 0 ||
	    policy_list_has(&role->verbs, v->name);
}

static void
one_group(FILE *out, enum group group, const struct pd_role *role)
{
	int is_first = 1;

	for (size_t i = 0; i < verbs_count; i++) {
		if (group_of(&verbs[i]) != group || !help_allows(role, &verbs[i]))
			continue;
		if (is_first)
			(void)fprintf(out, "\n%s\n", titles[group]);
		is_first = 0;
		(void)fprintf(out, "  %-18s %s\n  %-18s   ssh HOST %s\n", verbs[i].name, verbs[i].help, "", verbs[i].example);
	}
}

void
help_overview(FILE *out, const struct pd_role *role)
{
	(void)fprintf(out, "PowerDirector %s: virtual machines on IBM POWER.\n"
	    "The line below each command is an example to copy; HOST is the name that you give to ssh.\n", PD_VERSION);
	for (int g = 0; g < NGROUPS; g++)
		one_group(out, g, role);
	(void)fprintf(out,
	    "\n\"ssh HOST help COMMAND\" explains one command and its options.  Every command takes --json.\n"
	    "Values with blanks need two pairs of quotes: ssh HOST \"create-vm web1 --note 'shop front'\"\n");
}

/* Words in lines of up to WIDTH columns, the first one begun at column `indent`. */
static void
wrapped(FILE *out, const char *text, size_t indent)
{
	size_t column = indent, n;

	for (; *text != '\0'; text += n) {
		text += strspn(text, " ");
		n = strcspn(text, " ");
		if (column > indent && column + 1 + n > WIDTH) {
			(void)fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		column += (size_t)fprintf(out, "%s%.*s", column > indent ? " " : "", (int)n, text);
	}
	(void)fputc('\n', out);
}

/* Words that the help has not named already. */
static int
lists_values(const struct verb_arg *a)
{
	size_t n = a->values != NULL ? strcspn(a->values, " ") : 0;
	char   first[32];

	(void)snprintf(first, sizeof(first), "%.*s", (int)n, a->values != NULL ? a->values : "");
	return a->type == ARG_WORD && strstr(a->help, first) == NULL;
}

/* "  --memory SIZE          text" */
static void
one_arg(FILE *out, const struct verb_arg *a)
{
	char left[80], text[512], times[32];

	if (a->flags & ARG_POSITIONAL)
		(void)snprintf(left, sizeof(left), "%s", a->metavar);
	else
		(void)snprintf(left, sizeof(left), "--%s%s%s", a->name, a->metavar != NULL ? " " : "",
		    a->metavar != NULL ? a->metavar : "");
	(void)snprintf(times, sizeof(times), " (up to %d times)", (int)a->max);
	(void)snprintf(text, sizeof(text), "%s%s%s%s%s", a->help, lists_values(a) ? ": one of " : "",
	    lists_values(a) ? a->values : "",
	    (a->flags & ARG_REQUIRED) && !(a->flags & ARG_POSITIONAL) ? " (required)" : "",
	    a->flags & ARG_REPEAT ? times : "");
	(void)fprintf(out, "  %-*s ", LEFT, left);
	wrapped(out, text, LEFT + 3);
}

static void
synopsis(FILE *out, const struct verb *v)
{
	int has_options = 0;

	(void)fputs(v->name, out);
	for (size_t i = 0; i < v->nargs; i++) {
		const struct verb_arg *a = &v->args[i];

		if (a->flags & ARG_POSITIONAL)
			(void)fprintf(out, a->flags & ARG_REQUIRED ? " %s" : " [%s]", a->metavar);
		else if (a->flags & ARG_REQUIRED)
			(void)fprintf(out, " --%s %s", a->name, a->metavar);
		else
			has_options = 1;
	}
	(void)fprintf(out, "%s\n", has_options || (v->flags & VERB_CHANGES) ? " [options]" : "");
}

/* Is this common option one of the verb's, and of use with it? */
static int
shows(const struct verb *v, const struct verb_arg *common)
{
	return verb_arg_find(v, common->name) == common && (strcmp(common->name, "yes") != 0 || verb_destroys(v, NULL));
}

void
help_verb(FILE *out, const struct verb *v)
{
	synopsis(out, v);
	(void)fprintf(out, "    %s\n\nFor example:\n    ssh HOST %s\n", v->help, v->example);
	if (v->nargs > 0)
		(void)fputs("\nArguments\n", out);
	for (size_t i = 0; i < v->nargs; i++)
		one_arg(out, &v->args[i]);
	(void)fputs(v->flags & VERB_CHANGES ? "\nOptions of every command that changes something\n" :
					      "\nOption of every command\n", out);
	for (size_t i = 0; i < common_args_count; i++)
		if (shows(v, &common_args[i]))
			one_arg(out, &common_args[i]);
	(void)fputs("\nSizes are written 512M, 4G or 1T, times 90s, 10m, 12h or 30d.\n", out);
}

static const char *
type_name(enum arg_type type)
{
	static const char *const names[] = {
		[ARG_FLAG] = "flag", [ARG_VM] = "vm", [ARG_NAME] = "name", [ARG_POOL] = "pool", [ARG_HOSTNAME] = "hostname",
		[ARG_JOB] = "job", [ARG_KEY] = "key", [ARG_TEXT] = "text", [ARG_WORD] = "word", [ARG_COUNT] = "count",
		[ARG_DURATION] = "duration", [ARG_SIZE] = "size", [ARG_SIZES] = "sizes", [ARG_UNITS] = "units",
		[ARG_COUNTS] = "counts", [ARG_FACTOR] = "factor", [ARG_FC] = "fc", [ARG_DISK] = "disk", [ARG_NETWORK] = "network", [ARG_ADDRESS] = "address",
		[ARG_PATH] = "path", [ARG_FILE] = "file", [ARG_VIOS] = "vios", [ARG_FINGERPRINT] = "fingerprint", [ARG_LIST] = "list",
	};

	return names[type];
}

static json_t *
arg_json(const struct verb_arg *a)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b}", "name", a->name, "type", type_name(a->type), "help",
	    a->help, "required", (a->flags & ARG_REQUIRED) != 0, "positional", (a->flags & ARG_POSITIONAL) != 0,
	    "repeat", (a->flags & ARG_REPEAT) != 0);

	if (a->metavar != NULL)
		json_object_set_new(o, "metavar", json_string(a->metavar));
	if (a->values != NULL)
		json_object_set_new(o, "values", json_string(a->values));
	if (a->max > 0 && !(a->flags & ARG_REPEAT)) {
		json_object_set_new(o, "min", json_integer(a->min));
		json_object_set_new(o, "max", json_integer(a->max));
	}
	return o;
}

json_t *
help_json(const struct pd_role *role)
{
	json_t *all = json_array(), *args, *options;

	for (size_t i = 0; i < verbs_count; i++) {
		const struct verb *v = &verbs[i];

		if (!help_allows(role, v))
			continue;
		args = json_array();
		for (size_t k = 0; k < v->nargs; k++)
			json_array_append_new(args, arg_json(&v->args[k]));
		options = json_array();
		for (size_t k = 0; k < common_args_count; k++)
			if (shows(v, &common_args[k]))
				json_array_append_new(options, arg_json(&common_args[k]));
		json_array_append_new(all,
		    json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:o, s:o}", "name", v->name, "help", v->help, "example",
			v->example, "changes", (v->flags & VERB_CHANGES) != 0, "destructive", verb_destroys(v, NULL),
			"admin", (v->flags & VERB_ADMIN) != 0, "args", args, "options", options));
	}
	return all;
}
