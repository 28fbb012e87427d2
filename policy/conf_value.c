/* SPDX-License-Identifier: ISC */
/*
 * conf_value.c - single values of powerdirector.conf: numbers with units, names, paths, addresses.
 *
 * The types are those of the command line (gateway/request/args.h), so that "16G" means the same in both.
 */
#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"
#include "policy/conf_parts.h"
#include "spool/job.h"

/* An argument whose messages begin with the option's name. */
static struct verb_arg
argument(const char *name, enum arg_type type, int64_t min, int64_t max)
{
	return (struct verb_arg){ .name = name, .type = type, .flags = ARG_POSITIONAL, .min = min, .max = max,
		.metavar = name };
}

static int
keep(const struct conf_parse *p, char **out, const char *text)
{
	free(*out);
	*out = strdup(text);
	if (*out != NULL)
		return 0;
	pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	return -1;
}

/* Is the word of this type?  Fails with the type's own message. */
static int
check_text(const struct conf_parse *p, const struct conf_word *w, const char *name, enum arg_type type)
{
	struct verb_arg a = argument(name, type, 0, 0);
	struct pd_err	why;
	json_t	       *value;

	if (value_parse(&a, w->text, &value, &why) == -1)
		return conf_fail(p, w->line, "%s", why.msg);
	json_decref(value);
	return 0;
}

int
conf_text(struct conf_parse *p, cfg_t *section, const char *name, enum arg_type type, char **out)
{
	const struct conf_word *w = conf_word(section, name, 0);

	if (w == NULL)
		return 0;
	return check_text(p, w, name, type) == -1 ? -1 : keep(p, out, w->text);
}

static int
check_path(const struct conf_parse *p, const struct conf_word *w, const char *name, size_t max)
{
	char framed[4096];

	if (w->text[0] != '/')
		return conf_fail(p, w->line, "%s: \"%.100s\" is not a whole path; begin it with /", name, w->text);
	if (strlen(w->text) > max)
		return conf_fail(p, w->line, "%s: the path has %zu characters, at most %zu are possible", name,
		    strlen(w->text), max);
	(void)snprintf(framed, sizeof(framed), "%s/", w->text);
	if (strstr(framed, "/../") != NULL || strstr(framed, "/./") != NULL)
		return conf_fail(p, w->line, "%s: \"%.100s\" contains . or ..; write the path without", name, w->text);
	return 0;
}

int
conf_file_path(struct conf_parse *p, cfg_t *section, const char *name, size_t max, char **out)
{
	const struct conf_word *w = conf_word(section, name, 0);

	if (w == NULL)
		return 0;
	return check_path(p, w, name, max) == -1 ? -1 : keep(p, out, w->text);
}

/* It becomes a part of PATH. */
int
conf_check_program_dir(const struct conf_parse *p, const struct conf_word *w)
{
	if (strchr(w->text, ':') != NULL)
		return conf_fail(p, w->line, "console-programs: \"%.100s\" holds a colon; name each directory by itself", w->text);
	return check_path(p, w, "console-programs", 255);
}

int
conf_number(struct conf_parse *p, cfg_t *section, const char *name, enum arg_type type, int64_t min, int64_t max,
    int64_t *out)
{
	const struct conf_word *w = conf_word(section, name, 0);
	struct verb_arg		a = argument(name, type, min, max);
	struct pd_err		why;

	if (w == NULL || value_integer(&a, w->text, out, &why) == 0)
		return 0;
	return conf_fail(p, w->line, "%s", why.msg);
}

static int
check_new(const struct conf_parse *p, const struct pd_list *list, const struct conf_word *w, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i], w->text) == 0)
			return conf_fail(p, w->line, "%s: %.100s is listed twice; remove one", name, w->text);
	return 0;
}

int
conf_list(struct conf_parse *p, cfg_t *section, const char *name,
    int (*check)(const struct conf_parse *p, const struct conf_word *w), struct pd_list *out)
{
	const struct conf_word *w;
	unsigned		n = cfg_size(section, name);

	if (n == 0)
		return 0;
	out->n = 0;
	out->item = calloc(n, sizeof(*out->item));
	if (out->item == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	for (unsigned i = 0; i < n; i++) {
		w = conf_word(section, name, i);
		if (check(p, w) == -1 || check_new(p, out, w, name) == -1 || keep(p, &out->item[i], w->text) == -1)
			return -1;
		out->n++;
	}
	return 0;
}

static int
conf_check_name(const struct conf_parse *p, const struct conf_word *w)
{
	return check_text(p, w, "name", ARG_NAME);
}

int
conf_check_pattern(const struct conf_parse *p, const struct conf_word *w)
{
	size_t		  len = strlen(w->text);
	struct conf_word *head;
	int		  rv;

	if (len == 0 || w->text[len - 1] != '*')
		return conf_check_name(p, w);
	if (len == 1)
		return 0;
	head = malloc(sizeof(*head) + len);
	if (head == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	head->line = w->line;
	memcpy(head->text, w->text, len - 1);
	head->text[len - 1] = '\0';
	rv = strchr(head->text, '*') == NULL ? conf_check_name(p, head) :
	    conf_fail(p, w->line, "%.100s: a * is allowed at the end only", w->text);
	free(head);
	return rv;
}

int
conf_check_user(const struct conf_parse *p, const struct conf_word *w)
{
	if (job_user_is_valid(w->text))
		return 0;
	return conf_fail(p, w->line,
	    "members: \"%.60s\" is not a user's name; it has 1 to %d letters, digits, \".\", \"_\", "
	    "\"@\" and \"-\"",
	    w->text, JOB_USER_MAX);
}

int
conf_title_text(struct conf_parse *p, cfg_t *section, int line, char **out)
{
	struct verb_arg a = argument(cfg_name(section), ARG_NAME, 0, 0);
	struct pd_err	why;
	json_t	       *value;

	if (value_parse(&a, cfg_title(section), &value, &why) == -1)
		return conf_fail(p, line, "%s", why.msg);
	json_decref(value);
	return keep(p, out, cfg_title(section));
}

int
conf_address(const struct conf_parse *p, const struct conf_word *w, uint32_t *addr)
{
	struct in_addr in;

	if (inet_pton(AF_INET, w->text, &in) != 1)
		return conf_fail(p, w->line, "\"%.60s\" is not an IPv4 address; write it as in 10.0.10.1", w->text);
	*addr = ntohl(in.s_addr);
	if (*addr >> 24 == 0 || *addr >> 24 == 127 || *addr >> 24 >= 224)
		return conf_fail(p, w->line, "%s is not an address that a host can have", w->text);
	return 0;
}

int
conf_range(const struct conf_parse *p, const struct conf_word *w, uint32_t *addr, uint32_t *mask)
{
	const char    *slash = strchr(w->text, '/');
	char	       host[INET_ADDRSTRLEN] = "";
	struct in_addr in;
	int	       bits = 0;

	if (slash != NULL && (size_t)(slash - w->text) < sizeof(host) && strlen(slash + 1) <= 2 &&
	    strspn(slash + 1, "0123456789") == strlen(slash + 1)) {
		memcpy(host, w->text, (size_t)(slash - w->text));
		bits = atoi(slash + 1);
	}
	if (bits < 8 || bits > 30 || inet_pton(AF_INET, host, &in) != 1)
		return conf_fail(p, w->line,
		    "\"%.60s\" is not a range of addresses; write ADDRESS/BITS with 8 to 30 bits, "
		    "as in 10.0.10.0/24",
		    w->text);
	*addr = ntohl(in.s_addr);
	*mask = 0xffffffffu << (32 - bits);
	if ((*addr & ~*mask) == 0)
		return 0;
	in.s_addr = htonl(*addr & *mask);
	(void)inet_ntop(AF_INET, &in, host, sizeof(host));
	return conf_fail(p, w->line, "%s is a host's address; the range that it is in is %s/%d", w->text, host, bits);
}
