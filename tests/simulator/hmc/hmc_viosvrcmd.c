/* SPDX-License-Identifier: ISC */
/*
 * viosvrcmd: a command of the Virtual I/O Server, carried by RMC.  Its output comes at the
 * end, stdout and stderr as one.  When it fails the HMC puts HSCL2970 in front and the
 * VIOS' status behind.  A pipe, a list or a redirection is refused; so is everything when the
 * server does not run or has no RMC connection.
 */
#include <stdio.h>
#include <string.h>

#include "front.h"
#include "rows.h"
#include "verbs.h"

#define RMC_MS 1000 /* what the way there and back costs, at normal speed */

static const char usage[] =
    "viosvrcmd -m <managed system> {-p <VIOS partition name> | --id <VIOS partition ID>} -c \"<command>\" [-t <seconds>] "
    "[--admin]";

static int
no_rmc(struct sim_cmd *cmd, const struct cec *c, const struct part *p)
{
	/* The code and the first sentence's sense are known, the rest is (unconfirmed). */
	return hmc_fail(cmd, "HSCL2957", "Either there is currently no RMC connection between the management console and the "
	    "partition <%d*%s*%s> or the partition does not support dynamic partitioning operations.  Verify the RMC setup "
	    "on the management console and the partition and after any network problems are corrected, retry the operation.",
	    p->id, c->type_model, c->serial);
}

/* Outside quotes, and behind "oem_setup_env &&": no shell of its own there. */
static bool
is_restricted(const char *line)
{
	char quote = '\0';

	for (; *line != '\0'; line++) {
		if (quote != '\0')
			quote = *line == quote ? '\0' : quote;
		else if (*line == '\'' || *line == '"')
			quote = *line;
		else if (strchr("|;<>`", *line) != NULL)
			return true;
	}
	return false;
}

static struct part *
find_vios(struct sim_cmd *cmd, const struct opts *o, struct cec **c)
{
	struct part *p = NULL;

	*c = hmc_operating(cmd, o);
	if (*c != NULL)
		p = hmc_target(cmd, o, *c, "-p");
	if (p == NULL)
		return NULL;
	if (!part_is_vios(p))
		return hmc_fail(cmd, NULL, "The partition %s is not a Virtual I/O Server.", p->name), NULL;
	if (p->vios == NULL || !part_rmc(p))
		return no_rmc(cmd, *c, p), NULL;
	return p;
}

static void
print_failure(struct sim_cmd *cmd, struct sim_out *out, int status)
{
	/* The first line's wording is (unconfirmed). */
	sim_out_puts(cmd->out, "HSCL2970 The IOServer command has failed because of the following reason:\n");
	if (out->len > 0)
		sim_out_write(cmd->out, out->data, out->len);
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		sim_out_puts(cmd->out, "\n");
	sim_out_printf(cmd->out, "rc=%d\n", status);
}

int
hmc_viosvrcmd(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-m", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-c", OPT_ONE }, { "-t", OPT_ONE },
		{ "--admin", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	struct part *p;
	struct sim_out out = { 0 };
	int rv = hmc_options(cmd, &o, def, "-m -c", usage);

	if (rv != -1)
		return rv;
	hmc_lock(cmd->hmc);
	(void)hmc_tick(cmd->hmc);
	p = find_vios(cmd, &o, &c);
	hmc_unlock(cmd->hmc);
	if (p == NULL)
		return 1;
	if (cmd->hmc->speed > 0 && sim_wait_ms(cmd, (unsigned)(RMC_MS / cmd->hmc->speed)) == -1)
		return 1;
	if (is_restricted(opt_str(&o, "-c"))) {
		sim_out_printf(&out, "rksh: %s:  The operation is not allowed in a restricted shell.\n", opt_str(&o, "-c"));
		rv = 1;
	} else {
		rv = hmc_vios_exec(cmd, p, opt_str(&o, "-c"), &out);
	}
	if (rv != 0)
		print_failure(cmd, &out, rv);
	else if (out.len > 0)
		sim_out_write(cmd->out, out.data, out.len);
	sim_out_free(&out);
	return rv == 0 ? 0 : 1;
}
