/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sim_record.c - any bytes as what a client of the simulated HMC writes: the first line configuration data, the second
 * a filter, the third the names of -F, the others elements to add and to take away.  What a record says is the same after it
 * was written in the console's own way and read again; what was added to a list can be taken away.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/hmc/input.h"
#include "tests/simulator/hmc/message.h"
#include "tests/simulator/hmc/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
get_text(const void *row, struct text *out)
{
	text_add(out, row);
	return true;
}

static void
filter_text(const void *row, struct text *out)
{
	text_add(out, row);
}

static bool
is_short(const void *arg, const char *value)
{
	(void)arg;
	return strlen(value) < 4;
}

static const struct hmc_attr attrs[] = {
	{ "name", get_text, NULL, false },
	{ "lpar_id", NULL, "5", false },
	{ "state", get_text, NULL, true },
	{ "boot_mode", NULL, NULL, false },
};
static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_text, is_short, hmc_no_partition },
	{ "vlans", filter_text, NULL, NULL },
};
static const struct hmc_listing listing = HMC_LISTING("lpar", attrs, filters);

/* The records as the console would print them: lists with quotes where there are commas. */
static void
print_record(const struct pairs *ps, struct text *to)
{
	for (int i = 0; i < ps->n; i++) {
		struct sim_out out = { 0 };
		struct text name = { 0 };

		text_printf(&name, "%s%s%.1s=", i > 0 ? "," : "", ps->p[i].name, ps->p[i].op == '=' ? "" : &ps->p[i].op);
		/* The comma in front belongs outside of the quotes. */
		if (i > 0)
			text_add(to, ",");
		attr_print(&out, text_str(&name) + (i > 0), ps->p[i].value, true);
		text_add(to, out.data);
		sim_out_free(&out);
		text_free(&name);
	}
}

static void
same(const struct pairs *a, const struct pairs *b)
{
	assert(a->n == b->n);
	for (int i = 0; i < a->n; i++) {
		assert(strcmp(a->p[i].name, b->p[i].name) == 0 && a->p[i].op == b->p[i].op);
		assert(strcmp(a->p[i].value, b->p[i].value) == 0);
	}
}

/* A quotation mark or a backslash in a name, or one that stands alone in a value, is a mistake that only other mistakes repeat. */
static bool
is_plain(const struct pairs *ps)
{
	for (int i = 0; i < ps->n; i++)
		if (strpbrk(ps->p[i].name, "\"\\ \t") != NULL || *ps->p[i].name == '\0' || strchr(ps->p[i].value, '\\') != NULL)
			return false;
	return true;
}

static void
try_record(struct sim_cmd *cmd, const char *line)
{
	struct pairs *ps = xcalloc(1, sizeof(*ps)), *again = xcalloc(1, sizeof(*again));
	struct text   t = { 0 };

	if (hmc_record(cmd, line, ps) == 0 && is_plain(ps)) {
		print_record(ps, &t);
		assert(hmc_record(cmd, text_str(&t), again) == 0);
		same(ps, again);
	}
	text_free(&t);
	pairs_free(ps);
	pairs_free(again);
	free(ps);
	free(again);
}

static void
try_listing(struct sim_cmd *cmd, char *filter, char *names)
{
	static char	flag[] = "--filter", fields[] = "-F", header[] = "--header";
	struct opts	o = { .n = 3 };
	char	       *values[] = { filter }, *lists[] = { names }, row[] = "a,b";
	struct list	rows = { 0 };

	o.opt[0] = (struct opt){ flag, 1, values };
	o.opt[1] = (struct opt){ fields, 1, lists };
	o.opt[2] = (struct opt){ header, 0, NULL };
	list_append(&rows, strdup(row));
	(void)hmc_list(cmd, &o, HMC_V10, &listing, NULL, &rows);
	o.n = 1;
	(void)hmc_list(cmd, &o, HMC_V10, &listing, NULL, &rows);
	list_free(&rows);
}

static void
try_elements(char *text)
{
	struct list elements = { 0 };
	struct text t = { 0 };
	char	   *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		size_t before = elements.n;

		(void)hmc_elements_change(&elements, '+', line);
		if (elements.n == before + 1)
			assert(hmc_element_matches(elements.item[before], elements.item[before]));
		if (*line == '/')
			assert(hmc_elements_change(&elements, '-', line) == 0);
	}
	hmc_elements_print(&elements, &t);
	text_free(&t);
	list_free(&elements);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .user = "hscroot", .in = "", .out = &out, .err = &out };
	char	      *text, *line[3], *p, empty[] = "";

	if (size > 4096 || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	p = text;
	for (int i = 0; i < 3; i++) {
		char *nl = strchr(p, '\n');

		line[i] = p;
		p = nl != NULL ? nl + 1 : empty;
		if (nl != NULL)
			*nl = '\0';
	}
	try_record(&cmd, line[0]);
	try_listing(&cmd, line[1], line[2]);
	try_elements(p);
	sim_out_free(&out);
	free(text);
	return 0;
}
