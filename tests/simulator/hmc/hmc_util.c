/* SPDX-License-Identifier: ISC */
/*
 * lslparutil: samples of the past, made when somebody asks for them, newest
 * first.  The counters are functions of the time since activation, so that they only grow
 * while a partition is up and begin anew with it.  A partition that is off has empty values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "util_span.h"
#include "verbs.h"

#define CYCLES_PER_S 512000000LL
#define ROWS_MAX     100000

struct sample {
	int64_t ms;
	const struct procpool *pool;
	const char *type;
};

static const struct sample *
sample_of(const struct row *r)
{
	return r->x;
}

/* Seconds that the partition had been up at that time; 0: it was off. */
static int64_t
up_seconds(const struct row *r)
{
	int64_t up = (sample_of(r)->ms - r->p->t.active_ms) / 1000;

	return part_active(r->p) && r->p->t.active_ms > 0 && up > 0 ? up : 0;
}

static int
percent_busy(const struct part *p)
{
	return 5 + p->id * 7 % 40;
}

/* Capacity is used up to the entitlement; an uncapped partition takes a tenth of that on top. */
static int64_t
entitled(const struct row *r)
{
	return up_seconds(r) * CYCLES_PER_S / 100 * config_units(r->cf);
}

static int64_t
capped(const struct row *r)
{
	return strcmp(r->cf->proc_mode, "ded") == 0 ? entitled(r) : entitled(r) / 100 * percent_busy(r->p);
}

static int64_t
uncapped(const struct row *r)
{
	return strcmp(r->cf->sharing_mode, "uncap") == 0 ? capped(r) / 10 : 0;
}

static int64_t
idle(const struct row *r)
{
	return strcmp(r->cf->proc_mode, "ded") == 0 ? entitled(r) / 100 * (100 - percent_busy(r->p)) : capped(r) / 5;
}

static int64_t
system_used(const struct row *r)
{
	int64_t sum = 0;

	LIST_EACH(struct part, p, &r->c->parts) {
		struct row one = { .p = p, .cf = &p->curr, .x = r->x };
		const struct procpool *pool = sample_of(r)->pool;

		if (strcmp(p->curr.proc_mode, "shared") == 0 && (pool == NULL || pool->id == 0 || p->curr.pool_id == pool->id))
			sum += capped(&one) + uncapped(&one);
	}
	return sum;
}

#define GET_UP(fn, body) GET(fn, if (part_active(r->p)) { body; })
#define GET_UP_I64(fn, e) GET_UP(fn, text_printf(t, "%lld", (long long)(e)))

GET(ut_time, text_time(t, sample_of(r)->ms))
GET(ut_cycles, text_printf(t, "%lld", (long long)(sample_of(r)->ms / 1000 % 100000000 * CYCLES_PER_S)))
GET_UP(ut_mode, text_add(t, r->cf->proc_mode))
GET_UP(ut_procs, text_printf(t, "%d", r->cf->procs))
GET_UP(ut_sharing, text_add(t, r->cf->sharing_mode))
GET_UP(ut_mem_mode, text_add(t, r->cf->mem_mode))
GET_UP(ut_mem, text_printf(t, "%d", r->cf->mem))
GET_UP(ut_cpw, text_add(t, "0.0"))
GET_UP_I64(ut_entitled, entitled(r))
GET_UP_I64(ut_capped, capped(r))
GET_UP_I64(ut_uncapped, uncapped(r))
GET_UP_I64(ut_idle, idle(r))
GET_UP_I64(ut_zero, 0)
GET_UP_I64(ut_instructions, capped(r) / 2)

/* Only shared partitions have these at all. */
static bool
if_shared(const struct row *r)
{
	return !part_active(r->p) || strcmp(r->cf->proc_mode, "shared") == 0;
}

#define GET_SHARED(fn, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (part_active(r->p)) { \
			body; \
		} \
		return if_shared(r); \
	}

static const char *
pool_name(const struct row *r)
{
	const struct procpool *p = pool_by_id(r->c, r->cf->pool_id);

	return p == NULL ? "" : p->name;
}

GET_SHARED(ut_units, hmc_add_units(t, r->cf->units))
GET_SHARED(ut_weight, text_printf(t, "%d", r->cf->uncap_weight))
GET_SHARED(ut_pool, text_add(t, pool_name(r)))
GET_SHARED(ut_pool_id, text_printf(t, "%d", r->cf->pool_id))

#define STAMP(type) \
	{ "time", ut_time, NULL, false }, { "event_type", NULL, "sample", false }, { "resource_type", NULL, type, false }, \
	{ "sys_time", ut_time, NULL, false }, { "time_cycles", ut_cycles, NULL, false }

/* Of the memory pool of Active Memory Sharing; only those in it have these. */
#define GET_AMS(fn, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (part_active(r->p)) { \
			body; \
		} \
		return !part_active(r->p) || strcmp(r->cf->mem_mode, "shared") == 0; \
	}

GET_AMS(ut_run_mem, text_printf(t, "%d", r->cf->mem))
GET_AMS(ut_entitled_mem, text_printf(t, "%d", r->cf->mem / 32))
GET_AMS(ut_nothing, text_add(t, "0"))

static const struct hmc_attr lpar_attrs[] = {
	STAMP("lpar"), { "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "curr_proc_mode", ut_mode, NULL, false }, { "curr_proc_units", ut_units, NULL, false },
	{ "curr_procs", ut_procs, NULL, false }, { "curr_sharing_mode", ut_sharing, NULL, false },
	{ "curr_uncap_weight", ut_weight, NULL, false }, { "curr_shared_proc_pool_name", ut_pool, NULL, false },
	{ "curr_shared_proc_pool_id", ut_pool_id, NULL, false }, { "curr_5250_cpw_percent", ut_cpw, NULL, false },
	{ "mem_mode", ut_mem_mode, NULL, false }, { "curr_mem", ut_mem, NULL, false },
	{ "entitled_cycles", ut_entitled, NULL, false }, { "capped_cycles", ut_capped, NULL, false },
	{ "uncapped_cycles", ut_uncapped, NULL, false }, { "shared_cycles_while_active", ut_zero, NULL, false },
	{ "idle_cycles", ut_idle, NULL, false }, { "run_latch_instructions", ut_instructions, NULL, false },
	{ "run_latch_cycles", ut_capped, NULL, false }, { "total_instructions", ut_instructions, NULL, false },
	{ "total_instructions_execution_time", ut_capped, NULL, false },
	{ "phys_run_mem", ut_run_mem, NULL, false }, { "run_mem", ut_run_mem, NULL, false },
	{ "curr_io_entitled_mem", ut_entitled_mem, NULL, false }, { "mapped_io_entitled_mem", ut_nothing, NULL, false },
	{ "mem_overage_cooperation", ut_nothing, NULL, false },
};

GET_STR(us_state, r->c->state)
GET_UNITS(us_units, r->c->units)
GET_UNITS(us_avail, cec_avail_units(r->c))
GET_INT(us_mem, r->c->mem)
GET_INT(us_avail_mem, cec_avail_mem(r->c))
GET_INT(us_firmware, r->c->fw_mem)

static const struct hmc_attr sys_attrs[] = {
	STAMP("sys"), { "state", us_state, NULL, false }, { "configurable_sys_proc_units", us_units, NULL, false },
	{ "configurable_sys_mem", us_mem, NULL, false }, { "curr_avail_sys_proc_units", us_avail, NULL, false },
	{ "curr_avail_5250_cpw_percent", NULL, "0.0", false }, { "curr_avail_sys_mem", us_avail_mem, NULL, false },
	{ "sys_firmware_mem", us_firmware, NULL, false }, { "proc_cycles_per_second", NULL, "512000000", false },
};

GET(up_total, text_printf(t, "%lld", (long long)(sample_of(r)->ms / 1000 % 100000000 * CYCLES_PER_S / 100 * r->c->units)))
GET(up_used, text_printf(t, "%lld", (long long)system_used(r)))
GET_STR(up_name, sample_of(r)->pool->name)
GET_INT(up_id, sample_of(r)->pool->id)

static const struct hmc_attr pool_attrs[] = {
	STAMP("pool"), { "total_pool_cycles", up_total, NULL, false }, { "utilized_pool_cycles", up_used, NULL, false },
	{ "configurable_pool_proc_units", us_units, NULL, false }, { "borrowed_pool_proc_units", NULL, "0.0", false },
	{ "curr_avail_pool_proc_units", us_avail, NULL, false },
};
static const struct hmc_attr procpool_attrs[] = {
	STAMP("procpool"), { "shared_proc_pool_id", up_id, NULL, false }, { "shared_proc_pool_name", up_name, NULL, false },
	{ "total_pool_cycles", up_total, NULL, false }, { "utilized_pool_cycles", up_used, NULL, false },
};

GET_INT(um_mem, r->c->mempool.mem)
static const struct hmc_attr mempool_attrs[] = {
	STAMP("mempool"), { "page_faults", NULL, "0", false }, { "page_in_delay", NULL, "0", false },
	{ "curr_pool_mem", um_mem, NULL, false }, { "lpar_curr_io_entitled_mem", NULL, "0", false },
	{ "lpar_mapped_io_entitled_mem", NULL, "0", false }, { "lpar_run_mem", NULL, "0", false },
	{ "sys_firmware_pool_mem", NULL, "0", false },
};

/* A partition's last start: the one change of state that is remembered. */
GET_STR(ch_state, lpar_state_name(r->p->state))
static const struct hmc_attr change_attrs[] = {
	{ "time", ut_time, NULL, false }, { "event_type", NULL, "state_change", false },
	{ "resource_type", NULL, "lpar", false }, { "sys_time", ut_time, NULL, false }, { "state", ch_state, NULL, false },
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
};

static void
filter_event(const void *row, struct text *t)
{
	text_add(t, strcmp(sample_of(row)->type, "change") == 0 ? "state_change" : "sample");
}

static void
filter_pool(const void *row, struct text *t)
{
	const struct procpool *pool = sample_of(row)->pool;

	if (pool != NULL)
		text_printf(t, "%s,%d", pool->name, pool->id);
}

static const struct hmc_filter filters[] = {
	{ "event_types", filter_event, NULL, NULL },
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id }, { "pools", filter_pool, NULL, NULL },
};

#define LISTING_OF(kind, a) { kind, a, sizeof(a) / sizeof((a)[0]), filters, sizeof(filters) / sizeof(filters[0]) }

static const struct hmc_listing listings[] = {
	LISTING_OF("lparutil.lpar", lpar_attrs), LISTING_OF("lparutil.pool", pool_attrs),
	LISTING_OF("lparutil.procpool", procpool_attrs), LISTING_OF("lparutil.sys", sys_attrs),
	LISTING_OF("lparutil.mempool", mempool_attrs), LISTING_OF("lparutil.change", change_attrs),
};

static void
add_row(struct sim_cmd *cmd, struct list *rows, struct cec *c, struct part *p, const struct sample *like,
    struct list *samples)
{
	struct sample *s = list_new(samples, sizeof(*s));

	*s = *like;
	row_add(rows, cmd->hmc, c, p)->x = s;
}

static void
add_sample(struct sim_cmd *cmd, struct list *rows, struct cec *c, const char *type, int64_t ms, struct list *samples)
{
	struct sample s = { ms, NULL, type };

	if (strcmp(type, "lpar") == 0) {
		LIST_EACH(struct part, p, &c->parts)
			add_row(cmd, rows, c, p, &s, samples);
	} else if (strcmp(type, "procpool") == 0) {
		LIST_EACH(struct procpool, pool, &c->pools)
			if (pool->id == 0 || pool->max_units > 0) {
				s.pool = pool;
				add_row(cmd, rows, c, NULL, &s, samples);
			}
	} else if (strcmp(type, "mempool") != 0 || c->mempool.mem > 0) {
		add_row(cmd, rows, c, NULL, &s, samples);
	}
}

/* Those behind the first ones that do not pass the filter are no records: -n counts what is left. */
static void
drop_unwanted(struct list *rows, size_t from, const struct pairs *wanted)
{
	for (size_t i = from; i < rows->n;) {
		if (hmc_filter_passes(wanted, filters, sizeof(filters) / sizeof(filters[0]), rows->item[i]))
			i++;
		else
			list_remove(rows, rows->item[i]);
	}
}

/* From the newest back. */
static void
make_samples(struct sim_cmd *cmd, const struct util_span *span, struct cec *c, const char *type,
    const struct pairs *wanted, struct list *rows, struct list *samples)
{
	for (int64_t ms = span->step_ms == 0 ? 0 : span->to_ms / span->step_ms * span->step_ms;
	    ms >= span->from_ms && ms > 0 && samples->n < ROWS_MAX; ms -= span->step_ms) {
		size_t before = samples->n, kept = rows->n;

		if (span->n > 0 && (int)rows->n >= span->n)
			break;
		add_sample(cmd, rows, c, type, ms, samples);
		if (samples->n == before)
			break;	/* the system has none of these */
		drop_unwanted(rows, kept, wanted);
	}
	while (span->n > 0 && (int)rows->n > span->n)
		list_remove(rows, rows->item[rows->n - 1]);
}

static void
make_changes(struct sim_cmd *cmd, const struct util_span *span, struct cec *c, struct list *rows, struct list *samples)
{
	LIST_EACH(struct part, p, &c->parts) {
		struct sample s = { p->t.active_ms, NULL, "change" };

		if (p->t.active_ms > 0 && part_active(p) && (span->n == 0 || (int)rows->n < span->n) &&
		    s.ms >= span->from_ms && s.ms <= span->to_ms)
			add_row(cmd, rows, c, p, &s, samples);
	}
}

static int
list_type(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const char *type, const struct util_span *span)
{
	struct pairs *wanted = xcalloc(1, sizeof(*wanted));
	struct list rows = { 0 }, samples = { 0 };
	char kind[40];
	int rv = hmc_filter_parse(cmd, o, filters, sizeof(filters) / sizeof(filters[0]), c, wanted);

	snprintf(kind, sizeof(kind), "lparutil.%s", type);
	if (rv == 0 && strcmp(type, "change") == 0)
		make_changes(cmd, span, c, &rows, &samples);
	else if (rv == 0)
		make_samples(cmd, span, c, type, wanted, &rows, &samples);
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]) && rv == 0; i++)
		if (strcmp(listings[i].kind, kind) == 0)
			rv = hmc_list(cmd, o, cmd->hmc->version, &listings[i], c, &rows);
	list_free(&rows);
	list_free(&samples);
	pairs_free(wanted);
	free(wanted);
	return rv;
}

static bool
asks_event(const struct opts *o, const char *type)
{
	for (int i = 0; i < o->n; i++)
		if (strcmp(o->opt[i].flag, "--filter") == 0 && strstr(o->opt[i].v[0], type) != NULL)
			return true;
	return false;
}

/* Kinds of records one after another, each in its own form. */
static int
list_all(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const struct util_span *span)
{
	static const char *const types[] = { "sys", "pool", "procpool", "lpar", "mempool" };
	int rv = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && rv == 0; i++)
		if (strcmp(types[i], "mempool") != 0 || c->mempool.mem > 0)
			rv = list_type(cmd, o, c, types[i], span);
	return rv;
}

static int
list_samples(struct sim_cmd *cmd, const struct opts *o, struct cec *c, int n)
{
	const char *type = opt_str(o, "-r");
	struct util_span span = { .n = n };

	if (!util_span(cmd, o, c, &span))
		return 1;
	/* Changes of state are listed for a filter that asks for them; changes of configuration and metered use never. */
	if (asks_event(o, "state_change"))
		return list_type(cmd, o, c, "change", &span);
	if (strcmp(type, "hmc") == 0 || asks_event(o, "config_change") || asks_event(o, "utility_cod_proc_usage"))
		return hmc_no_results(cmd);
	return strcmp(type, "all") == 0 ? list_all(cmd, o, c, &span) : list_type(cmd, o, c, type, &span);
}

int
hmc_lslparutil(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-d", OPT_ONE }, { "-h", OPT_ONE }, { "--minutes", OPT_ONE },
		{ "-n", OPT_ONE }, { "-s", OPT_ONE }, HMC_LISTING_OPTS, { "--startyear", OPT_ONE }, { "--startmonth", OPT_ONE },
		{ "--startday", OPT_ONE }, { "--starthour", OPT_ONE }, { "--startminute", OPT_ONE }, { "--endyear", OPT_ONE },
		{ "--endmonth", OPT_ONE }, { "--endday", OPT_ONE }, { "--endhour", OPT_ONE }, { "--endminute", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	int n = 0, rv = hmc_options(cmd, &o, def, "-r", "lslparutil -r config | hmc | lpar | pool | procpool | mempool | sys | all "
	    "-m <managed system> "
	    "[-d <days>] [-h <hours>] [--minutes <minutes>] [-n <number>] [-s s | h | d | m] [--filter \"<filter data>\"] "
	    "[-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "config hmc lpar pool procpool mempool sys all") != 0 ||
	    (opt_has(&o, "-s") && hmc_one_of(cmd, &o, "-s", "s h d m") != 0))
		return 1;
	if (strcmp(opt_str(&o, "-r"), "config") == 0)
		return util_list_config(cmd, &o);
	if (opt_has(&o, "-n") && !parse_int(opt_str(&o, "-n"), 1, ROWS_MAX, &n))
		return hmc_missing(cmd, "-n");
	c = hmc_system(cmd, &o);
	return c == NULL ? 1 : list_samples(cmd, &o, c, n);
}
