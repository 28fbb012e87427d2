/* SPDX-License-Identifier: ISC */
/* mkvt and rmvt: the virtual terminal of a partition. */
#include <stdio.h>
#include <string.h>

#include "ivm.h"

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
