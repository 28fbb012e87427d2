/* SPDX-License-Identifier: ISC */
/* mkgencfg, lslparmigr and migrlpar: first set-up and mobility. */
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/network.h"

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
static const struct listing migr_lpar = LISTING(migr_lpar_attrs, ivm_lpar_filters, struct lpar);
static const struct listing migr_sys = LISTING_PLAIN(migr_sys_attrs, struct system);

int
ivm_lslparmigr(struct sim_cmd *cmd)
{
	return ivm_list_lpars_or_sys(cmd, &migr_lpar, &migr_sys);
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
