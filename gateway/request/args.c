/* SPDX-License-Identifier: ISC */
/*
 * args.c - from the words of a request to its verb and typed arguments.
 *
 * --name VALUE and --name=VALUE; other words are the verb's positional arguments in order.  A
 * value that begins with "-" is only taken behind "=", so that a forgotten value never eats the
 * next option.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/request/request.h"
#include "gateway/request/value.h"

#define OPTION_MAX 40	/* longer than any option's name */

/* VERB --help and --help are the help verb. */
static int
ask_help(struct request *req, const char *verb, struct pd_err *e)
{
	request_clear(req);
	if (request_begin(req, "help", e) == -1)
		return -1;
	return verb == NULL ? 0 : request_set(req, verb_arg_find(req->verb, "verb"), verb, e);
}

static int
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "-?") == 0;
}

static int
positional(struct request *req, size_t nth, const char *word, struct pd_err *e)
{
	const struct verb *v = req->verb;
	char		   shown[VALUE_SHOWN_MAX];

	for (size_t i = 0; i < v->nargs; i++)
		if ((v->args[i].flags & ARG_POSITIONAL) && nth-- == 0)
			return request_set(req, &v->args[i], word, e);
	return pd_fail(e, PD_USAGE,
	    "%s is one word too many for %s; options begin with -- (\"help %s\" shows them), a value with blanks "
	    "needs two pairs of quotes: \"... --note 'two words'\"",
	    value_shown(shown, word), v->name, v->name);
}

static int
needs_value(const struct request *req, const struct verb_arg *a, struct pd_err *e)
{
	char label[64];

	value_label(label, sizeof(label), a);
	return pd_fail(e, PD_USAGE, "%s: %s needs a value: %s %s (%s)", req->verb->name, label, label, a->metavar, a->help);
}

/* argv[*i] is an option; its value may be the next word. */
static int
option(struct request *req, int argc, char *const *argv, int *i, struct pd_err *e)
{
	const struct verb_arg *a;
	const char	      *word = argv[*i], *equals = strchr(word, '=');
	size_t		       len = equals != NULL ? (size_t)(equals - word) : strlen(word);
	char		       name[OPTION_MAX + 1];

	if (len > OPTION_MAX || word[1] != '-') {
		(void)request_arg(req, word, word, e);	/* no option's name begins with a hyphen: says so */
		return -1;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)len, word);
	a = request_arg(req, name + 2, name, e);
	if (a == NULL)
		return -1;
	if (a->flags & ARG_POSITIONAL)
		return pd_fail(e, PD_USAGE, "%s is written without --%s: %s %s", a->metavar, a->name, req->verb->name, a->metavar);
	if (a->type == ARG_FLAG && equals == NULL)
		return request_set(req, a, NULL, e);
	if (equals != NULL)
		return request_set(req, a, equals + 1, e);
	if (*i + 1 >= argc || argv[*i + 1][0] == '-')
		return needs_value(req, a, e);
	return request_set(req, a, argv[++*i], e);
}

static int
parse_words(int argc, char *const *argv, struct request *req, struct pd_err *e)
{
	size_t nth = 0;
	int    rv = 0;

	for (int i = 1; i < argc && rv == 0; i++) {
		if (is_help(argv[i]))
			return ask_help(req, req->verb->name, e);
		if (argv[i][0] == '-' && argv[i][1] != '\0')
			rv = option(req, argc, argv, &i, e);
		else
			rv = positional(req, nth++, argv[i], e);
	}
	return rv == 0 ? request_finish(req, e) : -1;
}

/* The wish for JSON holds for the refusal too. */
static int
wants_json(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--json") == 0)
			return 1;
	return 0;
}

int
request_parse(int argc, char *const *argv, struct request *req, struct pd_err *e)
{
	int rv;

	memset(req, 0, sizeof(*req));
	req->timeout_s = -1;
	if (argc < 1)
		return ask_help(req, NULL, e);
	if (is_help(argv[0]))
		return ask_help(req, NULL, e);
	rv = request_begin(req, strcmp(argv[0], "--version") == 0 ? "version" : argv[0], e);
	if (rv == 0)
		rv = parse_words(argc, argv, req, e);
	return rv == 0 ? 0 : request_fail(req, wants_json(argc, argv));
}
