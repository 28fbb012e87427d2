/* SPDX-License-Identifier: ISC */
/* What the partition verbs share: options, usage, records, the partition they name, filters by it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ivm.h"

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

void
ivm_add_time(struct text *out, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char buf[32];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, sizeof(buf), "%m/%d/%Y %H:%M:%S", &tm);
	text_add(out, buf);
}

static void
filter_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct lpar *)row)->id);
}

static void
filter_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct lpar *)row)->name);
}

const struct filter_def ivm_lpar_filters[IVM_LPAR_FILTERS] = { { "lpar_ids", filter_id }, { "lpar_names", filter_name } };

const struct optdef ivm_list_opts[] = {
	{ "-r", OPT_ONE }, { "-n", OPT_ONE }, { "--filter", OPT_ONE }, { "-F", OPT_MAYBE },
	{ "--header", OPT_FLAG }, { "-m", OPT_ONE }, { "-t", OPT_ONE }, { "-d", OPT_ONE }, { "-i", OPT_ONE },
	{ NULL, OPT_END },
};

int
ivm_list_lpars_or_sys(struct sim_cmd *cmd, const struct listing *lpars, const struct listing *sys)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *res;
	struct opts o;

	if (ivm_opts(cmd, &o, ivm_list_opts) != 0)
		return 1;
	res = opt_has(&o, "-r") ? opt_str(&o, "-r") : "";
	if (strcmp(res, "lpar") == 0)
		return attr_list(cmd, &o, lpars, &cmd->world->lpars);
	if (strcmp(res, "sys") == 0)
		return attr_list(cmd, &o, sys, &one);
	return ivm_usage(cmd, "The -r option must be lpar or sys.");
}
