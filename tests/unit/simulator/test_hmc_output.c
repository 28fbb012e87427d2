/* SPDX-License-Identifier: ISC */
/*
 * The output engine of the simulated HMC on rows of its own: default lines, -F with its
 * delimiters, --header, filters, quoting; and whatever is printed can be read back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/simulator/hmc/command.h"
#include "tests/simulator/hmc/input.h"
#include "tests/simulator/hmc/message.h"
#include "tests/simulator/hmc/order.h"
#include "tests/simulator/hmc/output.h"

/* A partition with as many attributes as the rules need. */
struct row {
	const char *name, *id, *state, *scsi, *fc, *vlans;
	bool	    is_vios;
};

#define GETTER(member) \
	static bool get_##member(const void *row, struct text *out) \
	{ \
		text_add(out, ((const struct row *)row)->member); \
		return true; \
	}
GETTER(name)
GETTER(id)
GETTER(state)
GETTER(scsi)
GETTER(fc)
GETTER(vlans)

static bool
get_boot(const void *row, struct text *out)
{
	text_add(out, "norm");
	return !((const struct row *)row)->is_vios;
}

static const struct hmc_attr attrs[] = {
	{ "name", get_name, NULL, false },
	{ "lpar_id", get_id, NULL, false },
	{ "lpar_env", NULL, "aixlinux", false },
	{ "state", get_state, NULL, false },
	{ "default_profile", get_scsi, NULL, false },
	{ "curr_profile", get_fc, NULL, false },
	{ "work_group_id", get_vlans, NULL, true },
	{ "boot_mode", get_boot, NULL, false },
	{ "rmc_ipaddr", NULL, "", false },
	{ "uuid", get_id, NULL, false },	/* only with -F */
	{ "lpar_keylock", NULL, NULL, false },	/* never applies */
};

static void
filter_name(const void *row, struct text *out)
{
	(void)get_name(row, out);
}

static void
filter_vlans(const void *row, struct text *out)
{
	(void)get_vlans(row, out);
}

static bool
name_exists(const void *arg, const char *value)
{
	const struct row *rows = arg;

	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, value) == 0)
			return true;
	return false;
}

static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_name, name_exists, hmc_no_partition },
	{ "vlans", filter_vlans, NULL, NULL },
};
static const struct hmc_listing listing = HMC_LISTING("lpar", attrs, filters);

static const struct row machine[] = {
	{ "vios1", "1", "Running", "2/server/5/lp1/2/0,3/server/6//2/0", "none", "", true },
	{ "lp1", "5", "Not Activated", "2/client/1/vios1/10/0",
	    "\"4/client/1/vios1/22/c0a,c0b/1\",\"5/client/2/vios2/22/c0c,c0d/1\"", "54", false },
	{ "one, two", "6", "Running", "none", "\"2/1/1/3,4,5/0/1\"", "10,20", false },
	{ NULL, NULL, NULL, NULL, NULL, NULL, false },
};

/* Runs the listing with these words (blanks part them, | is a blank inside a word). */
static int
run_on(const struct row *rows, const char *words, struct sim_out *out, struct sim_out *err)
{
	static const struct optdef def[] = { { "-m", OPT_ONE }, { "-r", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	char line[512], *argv[32] = { NULL }, *save = NULL;
	struct sim_cmd cmd = { .user = "hscroot", .argv = argv, .in = "", .out = out, .err = err };
	struct list l = { 0 };
	struct opts o;
	int rv;

	snprintf(line, sizeof(line), "%s", words);
	for (char *w = strtok_r(line, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
		for (char *p = w; (p = strchr(p, '|')) != NULL; )
			*p = ' ';
		argv[cmd.argc++] = w;
	}
	rv = hmc_options(&cmd, &o, def, "-r", "lssyscfg -r lpar | prof | sys");
	if (rv == -1) {
		for (const struct row *r = rows; r->name != NULL; r++) {
			struct row *copy = list_new(&l, sizeof(*copy));

			*copy = *r;
		}
		rv = hmc_list(&cmd, &o, HMC_V8, &listing, rows, &l);
		list_free(&l);
	}
	return rv;
}

static void
expect(const char *words, const char *out, int status)
{
	struct sim_out o = { 0 }, e = { 0 };
	int rv = run_on(machine, words, &o, &e);

	cr_assert_str_eq(o.data != NULL ? o.data : "", out, "%s\ngot:  %s\nwant: %s", words, o.data, out);
	cr_assert_eq(rv, status, "%s: status %d", words, rv);
	cr_assert_eq(e.len, 0, "%s: nothing belongs on stderr", words);
	sim_out_free(&o);
	sim_out_free(&e);
}

#define INVALID(what) "An invalid attribute was entered.  The invalid attribute is " what ".  Please correct your entry " \
	"and retry the command.\n"
#define MISSING(what) "The command entered is either missing a required parameter or a parameter value is invalid. The " \
	"parameters that are missing or have an invalid value are " what ". Please check your entry and retry the command.\n"

Test(hmc_output, default_lines_quote_what_has_a_comma)
{
	expect("lssyscfg -r lpar --filter lpar_names=vios1",
	    "name=vios1,lpar_id=1,lpar_env=aixlinux,state=Running,"
	    "\"default_profile=2/server/5/lp1/2/0,3/server/6//2/0\",curr_profile=none,work_group_id=,rmc_ipaddr=\n", 0);
	expect("lssyscfg -r lpar --filter lpar_names=lp1",
	    "name=lp1,lpar_id=5,lpar_env=aixlinux,state=Not Activated,default_profile=2/client/1/vios1/10/0,"
	    "\"curr_profile=\"\"4/client/1/vios1/22/c0a,c0b/1\"\",\"\"5/client/2/vios2/22/c0c,c0d/1\"\"\","
	    "\"work_group_id=54\",boot_mode=norm,rmc_ipaddr=\n", 0);
}

Test(hmc_output, the_delimiter_is_what_stands_between_the_names)
{
	expect("lssyscfg -r lpar -F name,state --filter lpar_names=lp1", "lp1,Not Activated\n", 0);
	expect("lssyscfg -r lpar -F name:state --filter lpar_names=lp1", "lp1:Not Activated\n", 0);
	expect("lssyscfg -r lpar -F name~state~lpar_id --filter lpar_names=lp1", "lp1~Not Activated~5\n", 0);
	expect("lssyscfg -r lpar -F name state --filter lpar_names=lp1", "lp1 \"Not Activated\"\n", 0);
	expect("lssyscfg -r lpar -F name|state --filter lpar_names=lp1", "lp1 \"Not Activated\"\n", 0);
}

Test(hmc_output, quotes_depend_on_the_delimiter_alone)
{
	expect("lssyscfg -r lpar -F default_profile --filter lpar_names=vios1",
	    "\"2/server/5/lp1/2/0,3/server/6//2/0\"\n", 0);
	expect("lssyscfg -r lpar -F default_profile: --filter lpar_names=vios1", "2/server/5/lp1/2/0,3/server/6//2/0\n", 0);
	expect("lssyscfg -r lpar -F curr_profile: --filter lpar_names=lp1",
	    "\"4/client/1/vios1/22/c0a,c0b/1\",\"5/client/2/vios2/22/c0c,c0d/1\"\n", 0);
	expect("lssyscfg -r lpar -F curr_profile --filter vlans=20", "\"\"\"2/1/1/3,4,5/0/1\"\"\"\n", 0);
	expect("lssyscfg -r lpar -F work_group_id --filter vlans=54", "54\n", 0);
}

Test(hmc_output, what_does_not_apply_is_null_with_names)
{
	expect("lssyscfg -r lpar -F boot_mode,lpar_keylock,rmc_ipaddr,name --filter lpar_names=vios1", "null,null,,vios1\n", 0);
	expect("lssyscfg -r lpar -F uuid --filter lpar_names=lp1", "5\n", 0);
}

Test(hmc_output, a_header_is_the_list_as_it_was_asked)
{
	expect("lssyscfg -r lpar -F lpar_id,name --header --filter lpar_names=lp1", "lpar_id,name\n5,lp1\n", 0);
	expect("lssyscfg -r lpar -F --header --filter lpar_names=vios1",
	    "name,lpar_id,lpar_env,state,default_profile,curr_profile,work_group_id,boot_mode,lpar_keylock,rmc_ipaddr\n"
	    "vios1,1,aixlinux,Running,\"2/server/5/lp1/2/0,3/server/6//2/0\",none,,null,null,\n", 0);
	expect("lssyscfg -r lpar --header", MISSING("-F"), 1);
}

Test(hmc_output, unknown_names_are_refused_by_name)
{
	expect("lssyscfg -r lpar -F name,bogus,state", INVALID("bogus"), 1);
	expect("lssyscfg -r lpar -F UUID", INVALID("UUID"), 1);
	expect("lssyscfg -r lpar -F ,name", INVALID(""), 1);
	expect("lssyscfg -r lpar -F name,state:lpar_id", INVALID("state:lpar_id"), 1);
	expect("lssyscfg -r lpar --filter states=Running", INVALID("states"), 1);
}

Test(hmc_output, nothing_to_list_says_so_on_stdout)
{
	expect("lssyscfg -r lpar --filter vlans=99", "No results were found.\n", 0);
	expect("lssyscfg -r lpar --filter vlans=99 -F name --header", "No results were found.\n", 0);
}

Test(hmc_output, filters_come_in_every_quoting)
{
	expect("lssyscfg -r lpar -F lpar_id --filter lpar_names=vios1,lp1", "1\n5\n", 0);
	expect("lssyscfg -r lpar -F lpar_id --filter \"lpar_names=vios1,lp1\"", "1\n5\n", 0);
	expect("lssyscfg -r lpar -F lpar_id --filter \\\"lpar_names=vios1\\\"", "1\n", 0);
	expect("lssyscfg -r lpar -F lpar_id --filter \"lpar_names=vios1,lp1\",\"vlans=54,7\"", "5\n", 0);
	expect("lssyscfg -r lpar -F lpar_id --filter lpar_names=vios1,lp1,vlans=54", "5\n", 0);
	expect("lssyscfg -r lpar -F lpar_id --filter vlans=20", "6\n", 0);
}

Test(hmc_output, a_filter_that_names_nothing_is_an_error)
{
	expect("lssyscfg -r lpar -F lpar_id --filter lpar_names=lp1,lp9",
	    "HSCL8012 The partition named lp9 was not found.  Please check your entry and retry the command.\n", 1);
	expect("lssyscfg -r lpar --filter \"lpar_names=lp1", "The format of the configuration data is invalid.\n", 1);
}

Test(hmc_output, options_are_checked_before_anything_else)
{
	expect("lssyscfg -F name", MISSING("-r"), 1);
	expect("lssyscfg -r", MISSING("-r"), 1);
	expect("lssyscfg", "Usage: lssyscfg -r lpar | prof | sys\n", 1);
	expect("lssyscfg --help", "Usage: lssyscfg -r lpar | prof | sys\n", 0);
}

Test(hmc_output, every_order_names_each_attribute_once)
{
	for (unsigned i = 0; hmc_order_kind(i) != NULL; i++)
		for (int level = HMC_V7; level <= HMC_V11; level++) {
			const char *order = hmc_order(hmc_order_kind(i), level);
			struct list names = { 0 };

			cr_assert_not_null(order, "%s at V%d", hmc_order_kind(i), level);
			value_split(order, &names);
			for (size_t a = 0; a < names.n; a++)
				for (size_t b = 0; b < a; b++)
					cr_assert_str_neq(names.item[a], names.item[b], "%s V%d", hmc_order_kind(i), level);
			list_free(&names);
		}
	cr_assert_null(hmc_order("nonsense", HMC_V10));
}

Test(hmc_output, a_system_has_two_names)
{
	cr_assert(hmc_is_system("sys1", "sys1", "8286-42A", "ABC"));
	cr_assert(hmc_is_system("8286-42A*ABC", "sys1", "8286-42A", "ABC"));
	cr_assert_not(hmc_is_system("8286-42A*AB", "sys1", "8286-42A", "ABC"));
	cr_assert_not(hmc_is_system("8286-42A", "sys1", "8286-42A", "ABC"));
}
