/* SPDX-License-Identifier: ISC */
/*
 * lssvcevents, mksvcevent and chsvcevent of an IVM.  Nothing ever breaks here by itself: a problem
 * is what somebody reports, until somebody closes it.  Other kinds of events there are none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/network.h"
#include "tests/simulator/opts.h"

#define PROBLEMS_MAX 200

/* Each is kept as the attributes of a device that does not exist. */
struct problem {
	int num;
	int64_t ms;
	const char *text, *mtms;
	bool closed;
};

static void
problem_key(int num, char key[32])
{
	snprintf(key, 32, "problem %d", num);
}

static bool
problem_read(const struct world *w, int num, struct problem *p)
{
	char key[32];
	const char *ms;

	problem_key(num, key);
	ms = devattr_get(w, key, "ms");
	*p = (struct problem){ num, ms == NULL ? 0 : strtoll(ms, NULL, 10), devattr_get(w, key, "text"),
		devattr_get(w, key, "mtms"), devattr_get(w, key, "closed") != NULL };
	return ms != NULL && p->text != NULL && p->mtms != NULL;
}

static const struct problem *
problem_of(const void *row)
{
	return row;
}

#define GET(fn, body) \
	static void fn(const struct world *w, const void *row, struct text *out) \
	{ \
		(void)w; \
		(void)row; \
		body; \
	}

GET(pb_num, text_printf(out, "%d", problem_of(row)->num))
GET(pb_status, text_add(out, problem_of(row)->closed ? "Closed" : "Open"))
GET(pb_wanted, text_add(out, problem_of(row)->closed ? "closed" : "open"))
GET(pb_time, ivm_add_time(out, problem_of(row)->ms))
GET(pb_bin, text_printf(out, "%lld", (long long)problem_of(row)->ms / 1000))
GET(pb_mtms, text_add(out, problem_of(row)->mtms))
GET(pb_text, text_add(out, problem_of(row)->text))
GET(pb_system, text_add(out, w->sys.name))

/* The codes of a problem that a person reported (unconfirmed). */
static const struct attr attrs[] = {
	AT_FN("problem_num", pb_num), AT_CONST("pmh_num", ""), AT_CONST("refcode", "B3030001"), AT_FN("status", pb_status),
	AT_FN("first_time", pb_time), AT_FN("last_time", pb_time), AT_FN("sys_name", pb_system),
	AT_FN("reporting_name", pb_system), AT_FN("sys_mtms", pb_mtms), AT_FN("reporting_mtms", pb_mtms),
	AT_FN("enclosure_mtms", pb_mtms), AT_FN("failing_mtms", pb_mtms), AT_FN("text", pb_text), AT_CONST("firmware_fix", ""),
	AT_FN("created_time", pb_time), AT_CONST("analyzing_sfp", "1"), AT_CONST("refcode_extension", "00000000"),
	AT_CONST("severity", "0"), AT_CONST("duplicate_count", "0"), AT_CONST("fru_part_nums", ""),
	AT_CONST("fru_phys_locs", ""), AT_FN("first_time_bin", pb_bin), AT_FN("last_time_bin", pb_bin),
	AT_FN("created_time_bin", pb_bin),
};

static void
filter_code(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	(void)row;
	text_add(out, "B3030001");
}

static const struct filter_def filters[] = {
	{ "status", pb_wanted }, { "problem_nums", pb_num }, { "refcodes", filter_code }, { "reporting_mtms", pb_mtms },
	{ "failing_mtms", pb_mtms },
};

static int
list_problems(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct listing ls = LISTING(attrs, filters, struct problem);
	struct list rows = { 0 };
	struct problem p;
	int days, rv;
	int64_t since = 0;

	if (opt_has(o, "-d")) {
		if (!parse_int(opt_str(o, "-d"), 0, 36500, &days))
			return ivm_usage(cmd, "The -d option is not valid.");
		since = world_now(cmd->world) - (int64_t)days * 86400000;
	}
	for (int num = PROBLEMS_MAX; num > 0; num--)
		if (problem_read(cmd->world, num, &p) && p.ms >= since)
			*(struct problem *)list_new(&rows, sizeof(p)) = p;
	rv = attr_list(cmd, o, &ls, &rows);
	list_free(&rows);
	return rv;
}

int
ivm_lssvcevents(struct sim_cmd *cmd)
{
	static const char *const types[] = { "console", "fru", "comment", "service_object" };
	struct opts o;
	const char *type;

	if (ivm_opts(cmd, &o, ivm_list_opts) != 0)
		return 1;
	type = opt_has(&o, "-t") ? opt_str(&o, "-t") : "";
	if (strcmp(type, "hardware") == 0)
		return list_problems(cmd, &o);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0) {
			sim_out_puts(cmd->err, "[VIOSI01040010-0003] No results were found.\n");
			return 0;
		}
	return ivm_usage(cmd, "The -t option must be console, hardware, fru, comment or service_object.");
}

int
ivm_mksvcevent(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-d", OPT_ONE }, { "--reporting_mtms", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END },
	};
	struct problem p;
	struct opts o;
	char key[32], ms[24];
	int num = 1;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-d") == NULL || opt_str(&o, "--reporting_mtms") == NULL)
		return ivm_usage(cmd, "The options -d and --reporting_mtms are required.");
	while (num < PROBLEMS_MAX && problem_read(cmd->world, num, &p))
		num++;
	problem_key(num, key);
	snprintf(ms, sizeof(ms), "%lld", (long long)world_now(cmd->world));
	devattr_drop(cmd->world, key);
	devattr_set(cmd->world, key, "ms", ms);
	devattr_set(cmd->world, key, "mtms", opt_str(&o, "--reporting_mtms"));
	devattr_set(cmd->world, key, "text", opt_str(&o, "-d"));
	return 0;
}

int
ivm_chsvcevent(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-o", OPT_ONE }, { "-p", OPT_ONE }, { "-n", OPT_ONE }, { "-c", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END },
	};
	struct problem p;
	struct opts o;
	char key[32];
	int num;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-o") == NULL || strcmp(opt_str(&o, "-o"), "close") != 0)
		return ivm_usage(cmd, "The -o option must be close.");
	if (!parse_int(opt_str(&o, "-p"), 1, PROBLEMS_MAX, &num) || !problem_read(cmd->world, num, &p))
		return ivm_fail(cmd, IVM_VALUE, "The problem number is not valid.");	/* text (unconfirmed) */
	problem_key(num, key);
	devattr_set(cmd->world, key, "closed", "1");
	return 0;
}
