/* SPDX-License-Identifier: ISC */
/* What an HMC says about itself. */
#include <stdio.h>
#include <string.h>

#include "verbs.h"

/* One quoted pair of many lines, as real ones print it. */
static void
print_version(struct sim_cmd *cmd)
{
	const struct hmc *h = cmd->hmc;

	if (h->version < 9)
		sim_out_printf(cmd->out, "\"version= Version: %d\n Release: %d.%d.0\n Service Pack: %d\nHMC Build level %s\n"
		    "\",\"base_version=V%dR%d.%d.0\n\"\n", h->version, h->version, h->release, h->service_pack, h->build,
		    h->version, h->version, h->release);
	else
		sim_out_printf(cmd->out, "\"version= Version: %d\n Release: %d\n Service Pack: %d\nHMC Build level %s\n"
		    "%s - HMC V%dR%d M%d\n\",\"base_version=V%dR%d\n\"\n", h->version, h->release, h->service_pack,
		    h->build, h->fix, h->version, h->release, h->service_pack, h->version, h->release);
}

static void
print_vpd(struct sim_cmd *cmd)
{
	const struct hmc *h = cmd->hmc;

	sim_out_printf(cmd->out, "\"vpd=*FC ????????\n*VC 20.0\n*N2 Sat Nov 21 00:00:00 UTC 2026\n*FC ????????\n"
	    "*DS Hardware Management Console\n*TM %s\n*SE %s\n*MN IBM\n*PN Unknown\n*SZ 16777216\n*OS Embedded Operating "
	    "Systems\n*NA %s\n*FC ????????\n*DS Platform Firmware\n*RM V%dR%d M%d\n\"\n", h->type_model, h->serial,
	    h->ipaddr, h->version, h->release, h->service_pack);
}

int
hmc_lshmc(struct sim_cmd *cmd)
{
	const struct hmc *h = cmd->hmc;
	const char *what = cmd->argc > 1 ? cmd->argv[1] : "";

	if (strcmp(what, "-V") == 0)
		print_version(cmd);
	else if (strcmp(what, "-v") == 0)
		print_vpd(cmd);
	else if (strcmp(what, "-n") == 0)
		sim_out_printf(cmd->out, "hostname=%s,domain=%s,\"ipaddr=%s\",\"networkmask=255.255.255.0\",gateway=,"
		    "nameserver=,domainsuffix=\n", h->name, h->domain, h->ipaddr);
	else {
		sim_out_puts(cmd->out, "Usage: lshmc -v | -V | -n\n");
		return strcmp(what, "--help") != 0;
	}
	return 0;
}
