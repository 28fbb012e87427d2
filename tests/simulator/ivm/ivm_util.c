/* SPDX-License-Identifier: ISC */
/* lslparutil and chlparutil: one partition (or the pool) at one sample time. */
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/lpar_config.h"
#include "tests/simulator/moment.h"
#include "tests/simulator/network.h"

struct sample {
	const struct lpar *l;
	int64_t ms;
};

#define CYCLES_PER_S 512000000LL

static int64_t
up_seconds(const struct sample *s)
{
	return s->l == NULL || s->l->t.active_ms == 0 || s->ms < s->l->t.active_ms ? 0 :
	    (s->ms - s->l->t.active_ms) / 1000;
}

static void
u_time(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	ivm_add_time(out, ((const struct sample *)row)->ms);
}

static void
u_cycles(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%lld", (long long)(((const struct sample *)row)->ms / 1000 * CYCLES_PER_S));
}

static void
u_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct sample *)row)->l->id);
}

static void
u_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct sample *)row)->l->name);
}

/* The other values of a partition that is off are empty. */
#define LPAR_VALUE(fn, fmt, ...) \
	static void fn(const struct world *w, const void *row, struct text *out) \
	{ \
		const struct sample *s = row; \
		(void)w; \
		if (lpar_active(s->l)) \
			text_printf(out, fmt, __VA_ARGS__); \
	}
LPAR_VALUE(u_uptime, "%lld", (long long)up_seconds(s))
LPAR_VALUE(u_mode, "%s", s->l->curr.proc_mode)
LPAR_VALUE(u_units, "%d.%02d", lpar_units_of(&s->l->curr) / 100, lpar_units_of(&s->l->curr) % 100)
LPAR_VALUE(u_procs, "%d", s->l->curr.procs)
LPAR_VALUE(u_sharing, "%s", s->l->curr.sharing_mode)
LPAR_VALUE(u_weight, "%d", s->l->curr.uncap_weight)
LPAR_VALUE(u_mem, "%d", s->l->curr.mem)
LPAR_VALUE(u_entitled, "%lld", (long long)(up_seconds(s) * CYCLES_PER_S / 100 * lpar_units_of(&s->l->curr)))
LPAR_VALUE(u_capped, "%lld", (long long)(up_seconds(s) * CYCLES_PER_S / 1000 * lpar_units_of(&s->l->curr)))
LPAR_VALUE(u_zero, "%d", s->l == NULL ? 1 : 0)

static const struct attr util_lpar_attrs[] = {
	AT_FN("time", u_time), AT_CONST("time_bin", "0"), AT_FN("sys_time", u_time),
	AT_CONST("event_type", "sample"), AT_CONST("resource_type", "lpar"), AT_FN("time_cycles", u_cycles),
	AT_FN("lpar_id", u_id), AT_FN("uptime", u_uptime), AT_FN("curr_io_entitled_mem", u_zero),
	AT_FN("curr_proc_mode", u_mode), AT_FN("curr_proc_units", u_units), AT_FN("curr_procs", u_procs),
	AT_FN("curr_sharing_mode", u_sharing), AT_FN("curr_uncap_weight", u_weight),
	AT_FN("curr_5250_cpw_percent", u_zero), AT_FN("curr_mem", u_mem),
	AT_FN("entitled_cycles", u_entitled), AT_FN("capped_cycles", u_capped),
	AT_FN("mapped_io_entitled_mem", u_zero), AT_CONST("mem_mode", "ded"),
	AT_FN("mem_overage_cooperation", u_zero), AT_FN("phys_run_mem", u_mem),
	AT_FN("uncapped_cycles", u_zero), AT_FN("donated_cycles", u_zero), AT_FN("idle_cycles", u_zero),
	AT_FN("run_mem_weight", u_zero), AT_FN("total_instructions", u_zero),
	AT_FN("total_instructions_execution_time", u_zero),
};

static void
p_avail(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d.%02d", lpar_avail_units(w) / 100, lpar_avail_units(w) % 100);
}

static void
p_total(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d.%02d", w->sys.units / 100, w->sys.units % 100);
}

static void
p_cycles(const struct world *w, const void *row, struct text *out)
{
	text_printf(out, "%lld", (long long)((const struct sample *)row)->ms / 1000 % 100000000 * 512 * w->sys.units);
}

static void
p_used(const struct world *w, const void *row, struct text *out)
{
	text_printf(out, "%lld", (long long)((const struct sample *)row)->ms / 1000 % 100000000 * 51 * w->sys.units);
}

static void
p_mem(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d", w->sys.mem);
}

static void
p_availmem(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d", lpar_avail_mem(w));
}

static void
p_fwmem(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d", w->sys.fw_mem);
}

static const struct attr util_pool_attrs[] = {
	AT_FN("time", u_time), AT_FN("sys_time", u_time), AT_CONST("event_type", "sample"),
	AT_CONST("resource_type", "pool"), AT_FN("time_cycles", u_cycles), AT_CONST("shared_proc_pool_id", "0"),
	AT_FN("curr_avail_pool_proc_units", p_avail), AT_FN("configurable_pool_proc_units", p_total),
	AT_CONST("borrowed_pool_proc_units", "0.00"), AT_FN("total_pool_cycles", p_cycles),
	AT_FN("utilized_pool_cycles", p_used),
};
static const struct attr util_sys_attrs[] = {
	AT_FN("time", u_time), AT_FN("sys_time", u_time), AT_CONST("event_type", "sample"),
	AT_CONST("resource_type", "sys"), AT_FN("time_cycles", u_cycles), AT_CONST("state", "Operating"),
	AT_FN("configurable_sys_proc_units", p_total), AT_FN("configurable_sys_mem", p_mem),
	AT_FN("curr_avail_sys_proc_units", p_avail), AT_FN("curr_avail_sys_mem", p_availmem),
	AT_FN("installed_sys_proc_units", p_total), AT_FN("installed_sys_mem", p_mem),
	AT_CONST("proc_cycles_per_second", "512000000"), AT_FN("sys_firmware_mem", p_fwmem),
};
static const struct filter_def util_filters[] = { { "lpar_ids", u_id }, { "lpar_names", u_name } };
static const struct listing util_lpar = LISTING(util_lpar_attrs, util_filters, struct sample);
static const struct listing util_pool = LISTING_PLAIN(util_pool_attrs, struct sample);
static const struct listing util_sys = LISTING_PLAIN(util_sys_attrs, struct sample);

static int
sample_rate(const struct world *w)
{
	const char *r = devattr_get(w, "utilization", "sample_rate");

	return r == NULL ? 30 : atoi(r);
}

/* From the newest back: how many at most, how far, in which steps. */
struct span {
	int64_t from_ms, to_ms, step_ms;
	int n;
};

/* -spread parts the whole span among the n records that were asked for. */
static int
read_span(struct sim_cmd *cmd, const struct opts *o, struct span *s)
{
	char bad[24];
	int64_t start = opts_moment(o, "start", bad), end = start == -1 ? -1 : opts_moment(o, "end", bad);
	int64_t now = world_now(cmd->world), rate = (int64_t)sample_rate(cmd->world) * 1000;

	if (end == -1)
		return ivm_fail(cmd, IVM_VALUE, "The value of %s is not valid.", bad);
	s->from_ms = start;
	s->to_ms = end > 0 && end < now ? end : now;
	s->step_ms = rate;
	if (start > 0 && rate > 0 && (opt_has(o, "-spread") || opt_has(o, "--spread")) && s->to_ms > start)
		s->step_ms = (s->to_ms - start) / s->n > rate ? (s->to_ms - start) / s->n / rate * rate : rate;
	return 0;
}

static int
list_samples(struct sim_cmd *cmd, const struct opts *o, const struct listing *ls, int n)
{
	struct span span = { .n = n };
	struct list rows = { 0 };
	int rv;

	if (read_span(cmd, o, &span) != 0)
		return 1;
	for (int i = 0; i < n && span.step_ms > 0; i++) {
		int64_t ms = (span.to_ms / span.step_ms - i) * span.step_ms;
		int partitions = 0;

		if (ms < span.from_ms)
			break;
		if (ls != &util_lpar) {
			((struct sample *)list_new(&rows, sizeof(struct sample)))->ms = ms;
			continue;
		}
		LIST_EACH(struct lpar, l, &cmd->world->lpars)
			if (partitions++ < 40) {
				struct sample *s = list_new(&rows, sizeof(*s));

				s->l = l;
				s->ms = ms;
			}
	}
	rv = attr_list(cmd, o, ls, &rows);
	list_free(&rows);
	return rv;
}

static void
cfg_rate(const struct world *w, const void *row, struct text *out)
{
	(void)row;
	text_printf(out, "%d", sample_rate(w));
}

int
ivm_lslparutil(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-n", OPT_ONE }, { "--filter", OPT_ONE }, { "-F", OPT_MAYBE },
		{ "--header", OPT_FLAG }, { "-m", OPT_ONE }, { "-spread", OPT_FLAG }, { "--spread", OPT_FLAG }, { "--startyear", OPT_ONE },
		{ "--startmonth", OPT_ONE }, { "--startday", OPT_ONE }, { "--starthour", OPT_ONE },
		{ "--startminute", OPT_ONE }, { "--endyear", OPT_ONE }, { "--endmonth", OPT_ONE },
		{ "--endday", OPT_ONE }, { "--endhour", OPT_ONE }, { "--endminute", OPT_ONE }, { NULL, OPT_END },
	};
	static const struct attr config_attrs[] = { AT_FN("sample_rate", cfg_rate) };
	static const struct listing config = { config_attrs, 1, NULL, 0, sizeof(struct system) };
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *res;
	struct opts o;
	int n = 2;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	res = opt_has(&o, "-r") ? opt_str(&o, "-r") : "";
	if (opt_has(&o, "-n") && !parse_int(opt_str(&o, "-n"), 1, 20000, &n))
		return ivm_usage(cmd, "The -n option is not valid.");
	if (strcmp(res, "config") == 0)
		return attr_list(cmd, &o, &config, &one);
	if (strcmp(res, "lpar") == 0)
		return list_samples(cmd, &o, &util_lpar, n);
	if (strcmp(res, "pool") == 0)
		return list_samples(cmd, &o, &util_pool, n);
	if (strcmp(res, "sys") == 0)
		return list_samples(cmd, &o, &util_sys, n);
	return ivm_usage(cmd, "The -r option must be sys, pool, lpar or config.");
}

int
ivm_chlparutil(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-r", OPT_ONE }, { "-s", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	int rate;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "config") != 0 ||
	    !parse_int(opt_str(&o, "-s"), 0, 3600, &rate))
		return ivm_usage(cmd, "The options -r config and -s are required.");
	if (rate != 0 && rate != 30 && rate != 60 && rate != 300 && rate != 1800 && rate != 3600)
		return ivm_fail(cmd, IVM_VALUE, "The sample rate %d is not valid.", rate);
	devattr_set(cmd->world, "utilization", "sample_rate", opt_str(&o, "-s"));
	return 0;
}
