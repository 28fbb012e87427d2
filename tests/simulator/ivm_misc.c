/* SPDX-License-Identifier: ISC */
/* The smaller partition verbs: reference codes, terminals, keys, LEDs, events, mobility. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ivm.h"
#include "lpar_config.h"
#include "network.h"

int
ivm_usage(struct sim_cmd *cmd, const char *why)
{
	sim_out_printf(cmd->err, "[%s] %s\nUsage: %s\n", IVM_USAGE, why, console_usage(cmd));
	return 1;
}

int
ivm_opts(struct sim_cmd *cmd, struct opts *o, const struct optdef *def)
{
	const struct system *sys = &cmd->world->sys;
	const char *m;
	char mtms[64];

	if (cmd->argc == 1) {	/* the usage and nothing else */
		sim_out_printf(cmd->err, "Usage: %s\n", console_usage(cmd));
		return 1;
	}
	if (opts_parse(o, def, cmd->argc, cmd->argv) == -1)
		return ivm_usage(cmd, o->bad);
	if (o->npos > 0)
		return ivm_usage(cmd, "An invalid parameter was entered.");
	m = opt_str(o, "-m");
	snprintf(mtms, sizeof(mtms), "%s*%s", sys->type_model, sys->serial);
	if (m != NULL && strcmp(m, sys->name) != 0 && strcmp(m, mtms) != 0)
		return ivm_fail(cmd, IVM_VALUE, "The managed system \"%.60s\" was not found.", m);
	return 0;
}

struct lpar *
ivm_target(struct sim_cmd *cmd, const struct opts *o)
{
	const char *name = opt_has(o, "-n") ? opt_str(o, "-n") : opt_str(o, "-p"), *id = opt_str(o, "--id");
	struct lpar *l = NULL;
	int n;

	if ((name == NULL) == (id == NULL)) {
		(void)ivm_usage(cmd, "One of the partition's name and --id is required.");
		return NULL;
	}
	if (name != NULL)
		l = lpar_by_name(cmd->world, name);
	else if (parse_int(id, 1, 65535, &n))
		l = lpar_by_id(cmd->world, n);
	if (l == NULL)
		(void)ivm_fail(cmd, IVM_NOLPAR, "The partition %.60s was not found.", name != NULL ? name : id);
	return l;
}

int
ivm_eth_warning(struct sim_cmd *cmd)
{
	if (!cmd->world->sys.eth_warning)
		return 0;
	return ivm_fail(cmd, "VIOSE03FF0000-0149", "Unhandled firmware error.");
}

int
ivm_records(struct sim_cmd *cmd, const struct opts *o, int (*one)(struct sim_cmd *, const char *, void *),
    void *arg)
{
	const char *file = opt_str(o, "-f");
	char path[8192], line[4096], rel[512];
	FILE *f;
	int rv = 0;

	if (opt_has(o, "-i"))
		return one(cmd, opt_str(o, "-i"), arg);
	snprintf(rel, sizeof(rel), "%s%s", file[0] == '/' ? "" : "/home/padmin/", file);
	world_path(cmd->world, rel, path, sizeof(path));
	f = strstr(rel, "/../") == NULL ? fopen(path, "re") : NULL;
	if (f == NULL)
		return ivm_fail(cmd, IVM_VALUE, "The configuration file %.200s cannot be read.", file);
	while (rv == 0 && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			rv = one(cmd, line, arg);
	}
	(void)fclose(f);
	return rv;
}

int
ivm_lsivm(struct sim_cmd *cmd)
{
	sim_out_printf(cmd->out, "%s,%s,%d\n", cmd->world->sys.type_model, cmd->world->sys.serial, VIOS_ID);
	return 0;
}

static void
add_time(struct text *out, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char buf[32];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, sizeof(buf), "%m/%d/%Y %H:%M:%S", &tm);
	text_add(out, buf);
}

/* ---- reference codes ---- */

static void
ref_time(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	if (l->t.refcode_ms != 0)
		add_time(out, l->t.refcode_ms);
}

static void
ref_code(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_add(out, l->state == LS_OFF ? "00000000" : l->refcode);
}

static void
any_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct lpar *)row)->id);
}

static void
any_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct lpar *)row)->name);
}

#define WORDS \
	AT_CONST("word2", "00000000"), AT_CONST("word3", "00000000"), AT_CONST("word4", "00000000"), \
	AT_CONST("word5", "00000000"), AT_CONST("word6", "00000000"), AT_CONST("word7", "00000000"), \
	AT_CONST("word8", "00000000"), AT_CONST("word9", "00000000"), \
	AT_CONST("fru_call_out_loc_codes", "")

static const struct attr ref_attrs[] = {
	AT_STR(lpar, "lpar_name", name), AT_INT(lpar, "lpar_id", id), AT_FN("time_stamp", ref_time),
	AT_FN("refcode", ref_code), WORDS,
};
static const struct attr ref_sys_attrs[] = {
	AT_CONST("refcode_num", "0"), AT_CONST("time_stamp", ""), AT_CONST("refcode", ""), WORDS,
};
static const struct filter_def lpar_filters[] = { { "lpar_ids", any_id }, { "lpar_names", any_name } };
static const struct listing ref_listing = LISTING(ref_attrs, lpar_filters, struct lpar);
static const struct listing ref_sys_listing = LISTING(ref_sys_attrs, lpar_filters, struct system);

static const struct optdef list_opts[] = {
	{ "-r", OPT_ONE }, { "-n", OPT_ONE }, { "--filter", OPT_ONE }, { "-F", OPT_MAYBE },
	{ "--header", OPT_FLAG }, { "-m", OPT_ONE }, { "-t", OPT_ONE }, { "-d", OPT_ONE }, { "-i", OPT_ONE },
	{ NULL, OPT_END },
};

int
ivm_lsrefcode(struct sim_cmd *cmd)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *res;
	struct opts o;

	if (ivm_opts(cmd, &o, list_opts) != 0)
		return 1;
	res = opt_has(&o, "-r") ? opt_str(&o, "-r") : "";
	if (strcmp(res, "lpar") == 0)
		return attr_list(cmd, &o, &ref_listing, &cmd->world->lpars);
	if (strcmp(res, "sys") == 0)
		return attr_list(cmd, &o, &ref_sys_listing, &one);
	return ivm_usage(cmd, "The -r option must be lpar or sys.");
}

/* ---- utilisation: one partition (or the pool) at one sample time ---- */

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
	add_time(out, ((const struct sample *)row)->ms);
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
static const struct listing util_pool = LISTING(util_pool_attrs, util_filters, struct sample);
static const struct listing util_sys = LISTING(util_sys_attrs, util_filters, struct sample);

static int
sample_rate(const struct world *w)
{
	const char *r = devattr_get(w, "utilization", "sample_rate");

	return r == NULL ? 30 : atoi(r);
}

static int
list_samples(struct sim_cmd *cmd, const struct opts *o, const struct listing *ls, int n)
{
	int64_t step = sample_rate(cmd->world) * 1000;
	struct list rows = { 0 };
	int rv;

	for (int i = 0; i < n && step > 0; i++) {
		int64_t ms = (world_now(cmd->world) / step - i) * step;
		int partitions = 0;

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
		{ "--header", OPT_FLAG }, { "-m", OPT_ONE }, { "-spread", OPT_FLAG }, { "--startyear", OPT_ONE },
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
	if (opt_has(&o, "-n") && !parse_int(opt_str(&o, "-n"), 1, 1000, &n))
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

/* ---- terminals ---- */

static struct lpar *
terminal_lpar(struct sim_cmd *cmd)
{
	int id;

	if (cmd->argc != 3 || strcmp(cmd->argv[1], "-id") != 0 || !parse_int(cmd->argv[2], 1, 65535, &id))
		return NULL;
	return lpar_by_id(cmd->world, id);
}

static void
greet(struct sim_cmd *cmd, const struct lpar *l)
{
	if (l->state == LS_RUNNING && l->os_version[0] != '\0')
		sim_out_printf(cmd->out, "\n%s login: ", l->hostname[0] != '\0' ? l->hostname : l->name);
	else if (l->state == LS_FIRMWARE)
		sim_out_puts(cmd->out, "\n 1 = SMS Menu      5 = Default Boot List\n 8 = Open Firmware Prompt\n0 > ");
}

/* Runs without the lock: a session lasts until ~. or until rmvt ends it. */
int
ivm_mkvt(struct sim_cmd *cmd)
{
	struct lpar *l;
	char line[512];
	int session = 0, status = 0;

	world_lock(cmd->world);
	l = terminal_lpar(cmd);
	if (l == NULL || l->id == VIOS_ID) {
		status = 31;
		sim_out_puts(cmd->err, "The specified device does not exist.\n");
	} else if (l->vt_session != 0) {
		status = 28;
		sim_out_puts(cmd->err, "Virtual terminal is already connected.\n");
	} else {
		session = l->vt_session = ++cmd->world->vt_sessions;
		greet(cmd, l);
	}
	world_unlock(cmd->world);
	while (session != 0) {
		bool ends = sim_read_line(cmd, line, sizeof(line)) == -1 || strcmp(line, "~.") == 0;

		world_lock(cmd->world);
		l = terminal_lpar(cmd);
		if (l == NULL || l->vt_session != session || ends) {
			if (l != NULL && l->vt_session == session)
				l->vt_session = 0;
			session = 0;
			sim_out_puts(cmd->out, "\nConnection has closed.\n");
		} else {
			greet(cmd, l);
		}
		world_unlock(cmd->world);
	}
	return status;
}

int
ivm_rmvt(struct sim_cmd *cmd)
{
	struct lpar *l = terminal_lpar(cmd);

	if (l == NULL || l->id == VIOS_ID) {
		(void)ivm_fail(cmd, IVM_NOLPAR, "The virtual terminal device was not found.");
		return 29;
	}
	l->vt_session = 0;
	return 0;
}

/* ---- keys ---- */

static void
keys_path(const struct world *w, const char *file, char out[8192])
{
	char rel[128];

	snprintf(rel, sizeof(rel), "/home/padmin/.ssh/%s", file);
	world_path(w, rel, out, 8192);
}

/* Writes the key file anew without the lines that have the key in them, then adds one. */
static int
keys_edit(struct sim_cmd *cmd, const char *without, const char *with)
{
	char path[8192], line[4096];
	struct text t = { 0 };
	FILE *f;
	int found = 0;

	keys_path(cmd->world, "authorized_keys2", path);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strstr(line, without) != NULL)
			found++;
		else
			text_printf(&t, "%s\n", line);
	}
	if (f != NULL)
		(void)fclose(f);
	if (with != NULL)
		text_printf(&t, "%s\n", with);
	(void)world_mkdirs(path);
	f = fopen(path, "we");
	if (f != NULL) {
		(void)fputs(text_str(&t), f);
		(void)fclose(f);
	}
	text_free(&t);
	return with != NULL || found > 0 ? 0 : ivm_fail(cmd, IVM_VALUE, "The key was not found.");
}

static int
keys_own(struct sim_cmd *cmd)
{
	sim_out_printf(cmd->out, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDsimulated%s padmin@%s\n",
	    cmd->world->sys.serial, cmd->world->sys.hostname);
	return 0;
}

int
ivm_mkauthkeys(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-a", OPT_ONE }, { "-r", OPT_ONE }, { "-g", OPT_FLAG }, { "--test", OPT_FLAG }, { "--ip", OPT_ONE },
		{ "-u", OPT_ONE }, { "--add", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	const char *key;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	key = opt_has(&o, "-a") ? opt_str(&o, "-a") : opt_str(&o, "--add");
	if (key != NULL) {
		if (strncmp(key, "ssh-", 4) != 0 && strncmp(key, "ecdsa-", 6) != 0)
			return ivm_fail(cmd, IVM_VALUE, "The key is not valid.");
		return keys_edit(cmd, key, key);
	}
	if (opt_has(&o, "-r"))
		return keys_edit(cmd, opt_str(&o, "-r"), NULL);
	if (opt_has(&o, "-g"))
		return keys_own(cmd);
	if (opt_has(&o, "--test") && opt_has(&o, "--ip") && opt_has(&o, "-u"))
		return ivm_fail(cmd, IVM_RMC, "There is no connection to %.60s.", opt_str(&o, "--ip"));
	return ivm_usage(cmd, "One of -a, -r, -g and --test is required.");
}

/* ---- LEDs, events ---- */

static void
led_state(const struct world *w, const void *row, struct text *out)
{
	const char *s;
	char key[32];

	snprintf(key, sizeof(key), "lpar%d", ((const struct lpar *)row)->id);
	s = devattr_get(w, "leds", key);
	text_add(out, s == NULL ? "off" : s);
}

static const struct attr led_lpar_attrs[] = {
	AT_INT(lpar, "lpar_id", id), AT_STR(lpar, "lpar_name", name), AT_FN("state", led_state),
};
static const struct attr led_sys_attrs[] = { AT_CONST("state", "off") };
static const struct listing led_lpar = LISTING(led_lpar_attrs, lpar_filters, struct lpar);
static const struct listing led_sys = LISTING(led_sys_attrs, lpar_filters, struct system);

int
ivm_lsled(struct sim_cmd *cmd)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *type;
	struct opts o;

	if (ivm_opts(cmd, &o, list_opts) != 0)
		return 1;
	type = opt_has(&o, "-t") ? opt_str(&o, "-t") : "";
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "sa") != 0)
		return ivm_usage(cmd, "The -r option must be sa.");
	if (strcmp(type, "virtuallpar") == 0)
		return attr_list(cmd, &o, &led_lpar, &cmd->world->lpars);
	if (strcmp(type, "phys") == 0 || strcmp(type, "virtualsys") == 0)
		return attr_list(cmd, &o, &led_sys, &one);
	return ivm_usage(cmd, "The -t option must be phys, virtualsys or virtuallpar.");
}

int
ivm_chled(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-t", OPT_ONE }, { "-o", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE },
		{ "-m", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct lpar *l;
	char key[32];

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-o") == NULL || (strcmp(opt_str(&o, "-o"), "on") != 0 && strcmp(opt_str(&o, "-o"), "off") != 0))
		return ivm_usage(cmd, "The -o option must be on or off.");
	if (opt_str(&o, "-t") != NULL && strcmp(opt_str(&o, "-t"), "virtualsys") == 0)
		return 0;
	l = ivm_target(cmd, &o);
	if (l == NULL)
		return 1;
	snprintf(key, sizeof(key), "lpar%d", l->id);
	devattr_set(cmd->world, "leds", key, strcmp(opt_str(&o, "-o"), "on") == 0 ? "on" : NULL);
	return 0;
}

int
ivm_lssvcevents(struct sim_cmd *cmd)
{
	static const char *const types[] = { "console", "hardware", "fru", "comment", "service_object" };
	struct opts o;

	if (ivm_opts(cmd, &o, list_opts) != 0)
		return 1;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (opt_str(&o, "-t") != NULL && strcmp(opt_str(&o, "-t"), types[i]) == 0) {
			sim_out_puts(cmd->err, "[VIOSI01040010-0003] No results were found.\n");
			return 0;
		}
	return ivm_usage(cmd, "The -t option must be console, hardware, fru, comment or service_object.");
}

/* ---- first set-up, mobility ---- */

int
ivm_mkgencfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-o", OPT_ONE }, { "-i", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END } };
	struct system *sys = &cmd->world->sys;
	struct pairs *ps;
	const char *prefix;
	struct opts o;
	int rv = 0;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-o") == NULL || strcmp(opt_str(&o, "-o"), "init") != 0)
		return ivm_usage(cmd, "The -o option must be init.");
	if (sys->initialised)
		return ivm_fail(cmd, IVM_STATE, "The system was set up already.");
	ps = xcalloc(1, sizeof(*ps));
	if (opt_has(&o, "-i") && pairs_parse(ps, opt_str(&o, "-i"), PAIRS_JOIN) == -1)
		rv = ivm_fail(cmd, IVM_VALUE, "The configuration data is not valid: %s.", ps->bad);
	prefix = pairs_get(ps, "mac_prefix");
	if (rv == 0 && prefix != NULL && (strlen(prefix) != 6 || strspn(prefix, "0123456789ABCDEFabcdef") != 6))
		rv = ivm_fail(cmd, IVM_VALUE, "The value of attribute mac_prefix is not valid.");
	if (rv == 0) {
		if (prefix != NULL)
			str_set(sys->mac_prefix, sizeof(sys->mac_prefix), prefix);
		network_init(cmd->world);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

static const struct attr migr_lpar_attrs[] = {
	AT_STR(lpar, "name", name), AT_INT(lpar, "lpar_id", id), AT_CONST("migration_state", "Not Migrating"),
};
static const struct attr migr_sys_attrs[] = {
	AT_CONST("inactive_lpar_mobility_capable", "1"), AT_CONST("num_inactive_migrations_supported", "64"),
	AT_CONST("num_inactive_migrations_in_progress", "0"), AT_CONST("active_lpar_mobility_capable", "1"),
	AT_CONST("num_active_migrations_supported", "8"), AT_CONST("num_active_migrations_in_progress", "0"),
};
static const struct listing migr_lpar = LISTING(migr_lpar_attrs, lpar_filters, struct lpar);
static const struct listing migr_sys = LISTING(migr_sys_attrs, lpar_filters, struct system);

int
ivm_lslparmigr(struct sim_cmd *cmd)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *res;
	struct opts o;

	if (ivm_opts(cmd, &o, list_opts) != 0)
		return 1;
	res = opt_has(&o, "-r") ? opt_str(&o, "-r") : "";
	if (strcmp(res, "lpar") == 0)
		return attr_list(cmd, &o, &migr_lpar, &cmd->world->lpars);
	if (strcmp(res, "sys") == 0)
		return attr_list(cmd, &o, &migr_sys, &one);
	return ivm_usage(cmd, "The -r option must be lpar or sys.");
}

int
ivm_migrlpar(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-o", OPT_ONE }, { "-t", OPT_ONE }, { "--ip", OPT_ONE }, { "-u", OPT_ONE }, { "-p", OPT_ONE },
		{ "--id", OPT_ONE }, { "-m", OPT_ONE }, { "-n", OPT_ONE }, { "-w", OPT_ONE }, { "-d", OPT_ONE },
		{ "--async", OPT_FLAG }, { "-v", OPT_FLAG }, { "--redundantpgvios", OPT_ONE }, { "--force", OPT_FLAG },
		{ NULL, OPT_END },
	};
	struct opts o;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (!opt_has(&o, "-o"))
		return ivm_usage(cmd, "The -o option is required.");
	if (ivm_target(cmd, &o) == NULL)
		return 1;
	return ivm_fail(cmd, IVM_RMC, "There is no connection to the target management console.");
}
