/* SPDX-License-Identifier: ISC */
/*
 * What the simulated HMC prints can be given back to it: random lists whose elements have commas,
 * equals signs, blanks and slashes go through a default line, a record and -F with every
 * delimiter, and come out the same.  And the records of the reference, one by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/simulator/hmc/input.h"
#include "tests/simulator/hmc/message.h"
#include "tests/simulator/hmc/output.h"
#include "tests/unit/dice.h"

#define ROUNDS 3000

static char *
random_element(struct dice *d)
{
	static const char letters[] = "ab01,,= /:~*";
	size_t n = 1 + dice_throw(d, 12);
	char *s = xcalloc(n + 1, 1);

	for (size_t i = 0; i < n; i++)
		s[i] = letters[dice_throw(d, sizeof(letters) - 1)];
	/* blanks at both ends of a record do not count */
	if (s[0] == ' ')
		s[0] = 'x';
	if (s[n - 1] == ' ')
		s[n - 1] = 'y';
	return s;
}

static void
random_list(struct dice *d, struct list *to)
{
	for (unsigned n = dice_throw(d, 5); n > 0; n--)
		list_append(to, random_element(d));
}

/* A row is a list; its attributes print it, and one plain string beside it. */
static bool
get_list(const void *row, struct text *out)
{
	hmc_elements_print(row, out);
	return true;
}

static const struct hmc_attr attrs[] = {
	{ "io_slots", get_list, NULL, false },
	{ "name", NULL, "one two", false },
	{ "virtual_fc_adapters", get_list, NULL, true },
	{ "boot_mode", NULL, NULL, false },
};
static const struct hmc_listing listing = { "prof", attrs, sizeof(attrs) / sizeof(attrs[0]), NULL, 0 };

static char *
print(const struct list *elements, const char *fields)
{
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .user = "hscroot", .in = "", .out = &out, .err = &out };
	struct list rows = { .item = (void *[]){ (void *)(size_t)elements }, .n = 1 };
	char *copy = fields != NULL ? xstrdup(fields) : NULL;
	struct opts o = { .n = fields != NULL };

	o.opt[0] = (struct opt){ "-F", 1, &copy };
	cr_assert_eq(hmc_list(&cmd, &o, HMC_V10, &listing, NULL, &rows), 0);
	free(copy);
	out.data[--out.len] = '\0';
	return out.data;
}

static void
expect_same(const struct list *a, const char *value, unsigned seed, const char *line)
{
	struct list b = { 0 };

	if (strcmp(value, "none") != 0)
		value_split(value, &b);
	cr_assert_eq(a->n, b.n, "seed %u: %s", seed, line);
	for (size_t i = 0; i < a->n; i++)
		cr_assert_str_eq(a->item[i], b.item[i], "seed %u: %s", seed, line);
	list_free(&b);
}

Test(hmc_input, a_default_line_is_a_record)
{
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .user = "hscroot", .in = "", .out = &out, .err = &out };
	struct pairs *ps = xcalloc(1, sizeof(*ps));

	for (unsigned seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		struct list l = { 0 };
		char *line;

		random_list(&d, &l);
		line = print(&l, NULL);
		cr_assert_eq(hmc_record(&cmd, line, ps), 0, "seed %u: %s", seed, line);
		cr_assert_eq(ps->n, 3, "seed %u: %s", seed, line);
		cr_assert_str_eq(pairs_get(ps, "name"), "one two", "seed %u: %s", seed, line);
		expect_same(&l, pairs_get(ps, "io_slots"), seed, line);
		expect_same(&l, pairs_get(ps, "virtual_fc_adapters"), seed, line);
		pairs_free(ps);
		free(line);
		list_free(&l);
	}
	free(ps);
	sim_out_free(&out);
}

/* A reader of -F: a value in quotes ends at the quote that is not doubled, any other at the delimiter. */
static const char *
take_value(const char *p, const char *delimiter, struct text *to)
{
	const char *end;

	text_clear(to);
	text_add(to, "");
	if (*p != '"') {
		end = strstr(p, delimiter);
		text_addn(to, p, end != NULL ? (size_t)(end - p) : strlen(p));
		return end != NULL ? end + strlen(delimiter) : p + strlen(p);
	}
	for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
		text_addc(to, *p);
		p += *p == '"';
	}
	cr_assert_eq(*p, '"');
	p++;
	return *p != '\0' ? p + strlen(delimiter) : p;
}

Test(hmc_input, values_of_any_delimiter_come_back)
{
	static const char *const delimiters[] = { ",", ":", "~", " ", "/", "%%" };

	for (unsigned seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		const char *delimiter = delimiters[dice_throw(&d, 6)], *p;
		struct text t = { 0 }, value = { 0 };
		struct list l = { 0 };
		char fields[64], *line;

		random_list(&d, &l);
		hmc_elements_print(&l, &value);
		snprintf(fields, sizeof(fields), "name%sio_slots%sboot_mode", delimiter, delimiter);
		line = print(&l, fields);
		p = take_value(line, delimiter, &t);
		cr_assert_str_eq(text_str(&t), "one two", "seed %u: %s", seed, line);
		if (*p == '"' && strstr(text_str(&value), delimiter) == NULL) {
			/* quotes of the list's own: nothing of it needed the console's */
			cr_assert_eq(strncmp(p, text_str(&value), value.n), 0, "seed %u: %s", seed, line);
			p += value.n + strlen(delimiter);
		} else {
			p = take_value(p, delimiter, &t);
			cr_assert_str_eq(text_str(&t), text_str(&value), "seed %u: %s", seed, line);
		}
		cr_assert_str_eq(p, "null", "seed %u: %s", seed, line);
		free(line);
		text_free(&t);
		text_free(&value);
		list_free(&l);
	}
}

Test(hmc_input, what_was_added_can_be_taken_away)
{
	for (unsigned seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		struct list l = { 0 }, extra = { 0 };
		struct text before = { 0 }, added = { 0 }, after = { 0 };

		random_list(&d, &l);
		hmc_elements_print(&l, &before);
		list_append(&extra, strdup("only/once"));
		list_append(&extra, strdup("4/client/1/vios1/22/c0a,c0b/1"));
		hmc_elements_print(&extra, &added);
		cr_assert_eq(hmc_elements_change(&l, '+', text_str(&added)), 0);
		cr_assert_eq(hmc_elements_change(&l, '-', text_str(&added)), 0, "seed %u", seed);
		hmc_elements_print(&l, &after);
		cr_assert_str_eq(text_str(&before), text_str(&after), "seed %u", seed);
		text_free(&before);
		text_free(&added);
		text_free(&after);
		list_free(&l);
		list_free(&extra);
	}
}

static void
expect(const char *data, const char *attribute, char op, const char *value, const char *message)
{
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .user = "hscroot", .in = "", .out = &out, .err = &out };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = hmc_record(&cmd, data, ps), i;

	cr_expect_str_eq(out.data != NULL ? out.data : "", message, "%s: %s", data, out.data);
	cr_expect_eq(rv, *message != '\0', "%s", data);
	for (i = 0; i < ps->n && rv == 0 && strcmp(ps->p[i].name, attribute) != 0; i++)
		;
	if (rv == 0) {
		cr_assert_lt(i, ps->n, "%s: no %s", data, attribute);
		cr_expect_str_eq(ps->p[i].value, value, "%s: %s", data, ps->p[i].value);
		cr_expect_eq(ps->p[i].op, op, "%s", data);
	}
	pairs_free(ps);
	free(ps);
	sim_out_free(&out);
}

Test(hmc_input, records_in_every_quoting)
{
	const char *two = "2/client/1//10/0,3/client/2//10/0";
	const char *fc = "\"2/client//vios1/10//0\",\"3/client//vios2/10//0\"";

	expect("name=default,lpar_name=lp1,\"virtual_scsi_adapters=2/client/1//10/0,3/client/2//10/0\"",
	    "virtual_scsi_adapters", '=', two, "");
	expect("virtual_scsi_adapters=\"2/client/1//10/0,3/client/2//10/0\",name=p", "virtual_scsi_adapters", '=', two, "");
	expect("virtual_scsi_adapters=\\\"2/client/1//10/0,3/client/2//10/0\\\",name=p", "name", '=', "p", "");
	expect("\"virtual_fc_adapters=\"\"2/client//vios1/10//0\"\",\"\"3/client//vios2/10//0\"\"\",name=p",
	    "virtual_fc_adapters", '=', fc, "");
	expect("virtual_scsi_adapters-=4/server/5//2/0,name=vios1,lpar_id=1", "virtual_scsi_adapters", '-',
	    "4/server/5//2/0", "");
	expect("io_slots+=21010020//0,name=p", "io_slots", '+', "21010020//0", "");
	expect("name=lp1, secure_boot=2", "secure_boot", '=', "2", "");
	expect(" name=lp1 ", "name", '=', "lp1", "");
	expect("\"new_name=comma, name\",lpar_id=2", "new_name", '=', "comma, name", "");
}

Test(hmc_input, a_list_without_quotes_is_an_unknown_attribute)
{
	expect("virtual_scsi_adapters=2/client/1//10/0,3/client/2//10/0,name=p", "", '=', "",
	    "An invalid attribute was entered.  The invalid attribute is 3/client/2//10/0.  Please correct your entry and "
	    "retry the command.\n");
	expect("name=\"p", "", '=', "", "The format of the configuration data is invalid.\n");
	expect("", "", '=', "", "The format of the configuration data is invalid.\n");
}

Test(hmc_input, attributes_are_checked_by_name)
{
	static const char *const names[] = { "name", "*io_slots", NULL };
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .user = "hscroot", .in = "", .out = &out, .err = &out };
	struct pairs *ps = xcalloc(1, sizeof(*ps));

	cr_expect_eq(hmc_record(&cmd, "name=a,io_slots+=b", ps), 0);
	cr_expect_eq(hmc_record_check(&cmd, ps, names), 0);
	pairs_free(ps);
	cr_expect_eq(hmc_record(&cmd, "name+=a", ps), 0);
	cr_expect_eq(hmc_record_check(&cmd, ps, names), 1, "a name is no list");
	pairs_free(ps);
	cr_expect_eq(hmc_record(&cmd, "bogus=a", ps), 0);
	cr_expect_eq(hmc_record_check(&cmd, ps, names), 1);
	pairs_free(ps);
	free(ps);
	sim_out_free(&out);
}

Test(hmc_input, elements_match_without_what_the_console_completed)
{
	cr_expect(hmc_element_matches("4/server/5/lp1/2/0", "4/server/5//2/0"));
	cr_expect(hmc_element_matches("4/server/5/lp1/2/0", "4/server/5/lp1/2/0"));
	cr_expect(hmc_element_matches("4/0/10//0/0/ETHERNET0//all/none", "4/0/10//0/0"));
	cr_expect(hmc_element_matches("21010020/none/0", "21010020//0"));
	cr_expect_not(hmc_element_matches("4/server/5/lp1/2/0", "4/server/6//2/0"));
	cr_expect_not(hmc_element_matches("14/server/5/lp1/2/0", "4/server/5//2/0"));
	cr_expect_not(hmc_element_matches("4/server/5", "4/server/5/lp1"));
	cr_expect(hmc_element_matches("4/server/5", "4/server/5//"));
}

Test(hmc_input, taking_away_what_is_not_there_changes_nothing)
{
	struct list l = { 0 };
	struct text t = { 0 };

	cr_expect_eq(hmc_elements_change(&l, '=', "a/1,b/2"), 0);
	cr_expect_eq(hmc_elements_change(&l, '-', "a/1,c/3"), -1);
	hmc_elements_print(&l, &t);
	cr_expect_str_eq(text_str(&t), "a/1,b/2");
	cr_expect_eq(hmc_elements_change(&l, '=', "none"), 0);
	text_clear(&t);
	hmc_elements_print(&l, &t);
	cr_expect_str_eq(text_str(&t), "none");
	text_free(&t);
	list_free(&l);
}

Test(hmc_input, units_have_no_zero_too_many)
{
	static const struct { int units; const char *text; } is[] = {
		{ 0, "0.0" }, { 5, "0.05" }, { 10, "0.1" }, { 50, "0.5" }, { 55, "0.55" }, { 200, "2.0" }, { 1001, "10.01" },
	};

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		struct text t = { 0 };

		hmc_add_units(&t, is[i].units);
		cr_expect_str_eq(text_str(&t), is[i].text);
		text_free(&t);
	}
}
