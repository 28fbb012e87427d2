/* SPDX-License-Identifier: ISC */
/* Configuration data of an HMC.  See input.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/hmc/input.h"
#include "tests/simulator/hmc/message.h"
#include "tests/simulator/hmc/output.h"
#include "tests/simulator/util/util.h"

#define BLANKS " \t"

int
hmc_record(struct sim_cmd *cmd, const char *data, struct pairs *to)
{
	struct text t = { 0 };
	size_t n;
	int rv;

	data += strspn(data, BLANKS);
	for (n = strlen(data); n > 0 && strchr(BLANKS, data[n - 1]) != NULL; n--)
		;
	text_addn(&t, data, n);
	rv = pairs_parse(to, text_str(&t), PAIRS_STRICT);
	text_free(&t);
	if (rv == 0)
		return to->n > 0 ? 0 : hmc_bad_data(cmd);
	/* A list without its quotes: the elements behind its first comma look like attributes. */
	return to->bad_item[0] != '\0' ? hmc_bad_attribute(cmd, to->bad_item) : hmc_bad_data(cmd);
}

/* 0: not one of them; 1: an attribute; 2: a list. */
static int
known_as(const char *name, const char *const *names)
{
	for (; *names != NULL; names++) {
		bool is_list = **names == '*';

		if (strcmp(*names + is_list, name) == 0)
			return is_list ? 2 : 1;
	}
	return 0;
}

int
hmc_record_check(struct sim_cmd *cmd, const struct pairs *ps, const char *const *names)
{
	for (int i = 0; i < ps->n; i++) {
		int what = known_as(ps->p[i].name, names);

		if (what == 0 || (what == 1 && ps->p[i].op != '='))
			return hmc_bad_attribute(cmd, ps->p[i].name);
	}
	return 0;
}

struct record_call {
	int (*one)(struct sim_cmd *cmd, const struct pairs *ps, void *arg);
	void *arg;
};

static int
run_record(struct sim_cmd *cmd, const char *data, const struct record_call *call)
{
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = hmc_record(cmd, data, ps);

	if (rv == 0)
		rv = call->one(cmd, ps, call->arg);
	pairs_free(ps);
	free(ps);
	return rv;
}

static int
run_lines(struct sim_cmd *cmd, char *text, const struct record_call *call)
{
	char *save = NULL;
	int rv = 0;

	for (char *line = strtok_r(text, "\r\n", &save); line != NULL && rv == 0; line = strtok_r(NULL, "\r\n", &save))
		if (line[strspn(line, BLANKS)] != '\0')
			rv = run_record(cmd, line, call);
	return rv;
}

int
hmc_records(struct sim_cmd *cmd, const struct opts *o, int (*one)(struct sim_cmd *cmd, const struct pairs *ps, void *arg),
    void *arg)
{
	const struct record_call call = { one, arg };
	const char *file = opt_str(o, "-f");
	char *text = NULL;
	size_t len;
	int rv;

	if ((file == NULL) == (opt_str(o, "-i") == NULL))
		return hmc_missing(cmd, "-i, -f");
	if (file == NULL)
		return run_record(cmd, opt_str(o, "-i"), &call);
	if (cmd->shell == NULL || util_read_file(cmd->shell, file, &text, &len) == -1)
		return hmc_missing(cmd, "-f");
	rv = run_lines(cmd, text, &call);
	free(text);
	return rv;
}

/* The length of the field at p: up to a '/'. */
static size_t
field_length(const char *p)
{
	return strcspn(p, "/");
}

bool
hmc_element_matches(const char *stored, const char *given)
{
	for (;;) {
		size_t n = field_length(given), k = field_length(stored);

		if (n > 0 && (n != k || strncmp(given, stored, n) != 0))
			return false;
		if (given[n] == '\0')
			return true;
		if (stored[k] == '\0')	/* what else is given must be empty */
			return given[strspn(given + n, "/") + n] == '\0';
		given += n + 1;
		stored += k + 1;
	}
}

static char *
find_element(const struct list *elements, const char *given)
{
	for (size_t i = 0; i < elements->n; i++)
		if (hmc_element_matches(elements->item[i], given))
			return elements->item[i];
	return NULL;
}

static bool
all_there(const struct list *elements, const struct list *given)
{
	for (size_t i = 0; i < given->n; i++)
		if (find_element(elements, given->item[i]) == NULL)
			return false;
	return true;
}

int
hmc_elements_change(struct list *elements, char op, const char *value)
{
	struct list given = { 0 };
	int rv = 0;

	if (strcmp(value, "none") != 0)
		value_split(value, &given);
	if (op == '=')
		while (elements->n > 0)
			list_remove(elements, elements->item[elements->n - 1]);
	if (op == '-' && !all_there(elements, &given))
		rv = -1;
	for (size_t i = 0; i < given.n && rv == 0; i++) {
		if (op != '-') {
			list_append(elements, xstrdup(given.item[i]));
			continue;
		}
		char *p = find_element(elements, given.item[i]);

		if (p != NULL)	/* two that were given may match the same one */
			list_remove(elements, p);
	}
	list_free(&given);
	return rv;
}

void
hmc_elements_print(const struct list *elements, struct text *out)
{
	struct text t = { 0 };

	for (size_t i = 0; i < elements->n; i++)
		hmc_add_element(&t, elements->item[i]);
	text_add(out, elements->n > 0 ? text_str(&t) : "none");
	text_free(&t);
}
