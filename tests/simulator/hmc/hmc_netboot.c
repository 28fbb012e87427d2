/* SPDX-License-Identifier: ISC */
/*
 * lpar_netboot: lists a partition's Ethernet adapters as its firmware sees them, or boots it from
 * one.  Lines that are no adapter begin with "# "; the wording between them is (unconfirmed).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

static const struct optdef options[] = {
	{ "-A", OPT_FLAG }, { "-M", OPT_FLAG }, { "-n", OPT_FLAG }, { "-f", OPT_FLAG }, { "-D", OPT_FLAG }, { "-i", OPT_FLAG },
	{ "-v", OPT_FLAG }, { "-x", OPT_FLAG }, { "-E", OPT_FLAG }, { "-t", OPT_ONE }, { "-T", OPT_ONE }, { "-s", OPT_ONE },
	{ "-d", OPT_ONE }, { "-S", OPT_ONE }, { "-G", OPT_ONE }, { "-C", OPT_ONE }, { "-K", OPT_ONE }, { "-m", OPT_ONE },
	{ "-l", OPT_ONE }, { "-V", OPT_ONE }, { "-Y", OPT_ONE }, { "-g", OPT_ONE }, { NULL, OPT_END },
};

static int
fail(struct sim_cmd *cmd, const char *what, const char *name)
{
	sim_out_printf(cmd->out, "lpar_netboot: %s %s\n", what, name);
	return 1;
}

static void
print_adapters(struct sim_cmd *cmd, const struct cec *c, const struct part *p)
{
	sim_out_puts(cmd->out, "# Getting adapter location codes.\n# Type\t Location Code\t MAC Address\t Full Path Name\t "
	    "Ping Result\t Device Type\n");
	LIST_EACH(struct vadapter, a, &p->curr.adapters) {
		if (a->kind != VA_ETH)
			continue;
		sim_out_printf(cmd->out, "ent U%.4s.%.3s.%s-V%d-C%d-T1 ", c->type_model,
		    strlen(c->type_model) > 5 ? c->type_model + 5 : "", c->serial, p->id, a->slot);
		for (const char *s = a->mac; *s != '\0'; s++)
			sim_out_printf(cmd->out, "%c", tolower((unsigned char)*s));
		sim_out_printf(cmd->out, " /vdevice/l-lan@300000%02x n/a virtual\n", (unsigned)a->slot);
	}
}

/* The partition starts as chsysstate starts it. */
static int
boot(struct sim_cmd *cmd, const char *lpar, const char *profile, const char *system)
{
	const char *argv[] = { "chsysstate", "-r", "lpar", "-o", "on", "-m", system, "-n", lpar, "-f", profile, "--bootstring",
		"network-all", NULL };
	struct sim_cmd start = *cmd;
	int rv;

	start.argv = (char **)argv; /* read only */
	start.argc = (int)(sizeof(argv) / sizeof(argv[0])) - 1;
	rv = hmc_chsysstate(&start);
	if (rv == 0)
		sim_out_puts(cmd->out, "# Network booting install adapter.\n# bootp sent over network.\n"
		    "# Network boot proceeding, lpar_netboot is exiting.\n# Finished.\n");
	return rv;
}

int
hmc_lpar_netboot(struct sim_cmd *cmd)
{
	struct opts o;
	struct cec *c;
	struct part *p;

	if (opts_parse(&o, options, cmd->argc, cmd->argv) == -1 || o.npos != 3) {
		sim_out_puts(cmd->out, "Usage: lpar_netboot [-A] -M -n [-f] -t ent <partition name> <partition profile> "
		    "<managed system>\n       lpar_netboot [-f] [-i] -t ent [-D] -s <speed> -d <duplex> -S <server> -G <gateway> "
		    "-C <client> [-K <mask>] {-m <MAC address> | -l <location code>} <partition name> <partition profile> "
		    "<managed system>\n");
		return 1;
	}
	c = cec_find(cmd->hmc, o.pos[2]);
	p = c == NULL ? NULL : part_by_name(c, o.pos[0]);
	if (p == NULL)
		return fail(cmd, c == NULL ? "can not find managed system" : "can not find partition", o.pos[c == NULL ? 2 : 0]);
	if (profile_find(p, o.pos[1]) == NULL)
		return fail(cmd, "can not find profile", o.pos[1]);
	if (p->state != LS_OFF)
		return fail(cmd, "partition is not in the Not Activated state:", p->name);
	sim_out_printf(cmd->out, "# Connecting to %s\n# Connected\n# Checking for power off.\n# Power off complete.\n"
	    "# Power on %s to Open Firmware.\n# Power on complete.\n", p->name, p->name);
	if (!p->has_config)
		config_take(cmd->hmc, c, p, profile_find(p, o.pos[1]));
	if (opt_has(&o, "-n") || opt_has(&o, "-M")) {
		print_adapters(cmd, c, p);
		return 0;
	}
	return boot(cmd, o.pos[0], o.pos[1], o.pos[2]);
}
