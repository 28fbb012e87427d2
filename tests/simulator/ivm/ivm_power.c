/* SPDX-License-Identifier: ISC */
/*
 * chsysstate: power.  A request is accepted (or refused) at once; what follows takes its
 * time, see guest.c.  Memory and processors are taken at activation.
 */
#include <string.h>

#include "ivm.h"
#include "tests/simulator/guest.h"

#define FIRMWARE_S  8
#define OS_STOP_S   12
#define DELAYED_S   20
#define IMMEDIATE_S 3

static int
take_resources(struct sim_cmd *cmd, struct lpar *l)
{
	int mem = lpar_avail_mem(cmd->world), units = lpar_avail_units(cmd->world);
	int want = lpar_units_of(&l->pend);

	if (l->pend.mem > mem)
		return ivm_fail(cmd, IVM_SPACE, "There is not enough memory to activate partition %s: "
		    "%d MB are desired, %d MB are available.", l->name, l->pend.mem, mem);
	if (want > units)
		return ivm_fail(cmd, IVM_SPACE, "There are not enough processors to activate partition %s: "
		    "%d.%02d are desired, %d.%02d are available.", l->name, want / 100, want % 100,
		    units / 100, units % 100);
	l->curr = l->pend;
	return 0;
}

static int
power_on(struct sim_cmd *cmd, const struct opts *o, struct lpar *l)
{
	static const char *const modes[] = { "norm", "dd", "ds", "of", "sms" };
	const char *mode = opt_str(o, "-b"), *key = opt_str(o, "-k");
	bool known = mode == NULL;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]) && !known; i++)
		known = strcmp(modes[i], mode) == 0;
	if (!known)
		return ivm_usage(cmd, "The -b option must be norm, dd, ds, of or sms.");
	if (l->state != LS_OFF)
		return ivm_fail(cmd, IVM_STATE, "Partition %s is already active; its state is %s.", l->name,
		    lpar_state_name(l->state));
	if (take_resources(cmd, l) != 0)
		return 1;
	if (mode != NULL)
		str_set(l->boot_mode, sizeof(l->boot_mode), mode);
	if (key != NULL)
		str_set(l->keylock, sizeof(l->keylock), key);
	l->state = LS_STARTING;
	l->os_version[0] = '\0';
	l->t.active_ms = world_now(cmd->world);
	str_set(l->refcode, sizeof(l->refcode), "CA00E100");
	l->t.refcode_ms = l->t.active_ms;
	guest_plan(cmd->world, l, EV_FIRMWARE, FIRMWARE_S);
	return 0;
}

static int
stop(struct sim_cmd *cmd, struct lpar *l, bool restart, double seconds)
{
	l->state = LS_STOPPING;
	guest_plan(cmd->world, l, restart ? EV_RESTART : EV_OFF, seconds);
	return 0;
}

static bool
os_is_up(const struct lpar *l)
{
	return l->state == LS_RUNNING && l->os_version[0] != '\0' && l->t.event != EV_OS_UP;
}

/* Without its clients being stopped the VIOS refuses; it always comes back by itself. */
static int
stop_vios(struct sim_cmd *cmd, struct lpar *l)
{
	LIST_EACH(struct lpar, c, &cmd->world->lpars)
		if (c != l && lpar_active(c))
			return ivm_fail(cmd, IVM_STATE, "Partition %s is still active.", c->name);
	str_set(l->rmc_state, sizeof(l->rmc_state), "inactive");
	return stop(cmd, l, true, DELAYED_S);
}

static int
shut_down(struct sim_cmd *cmd, const struct opts *o, struct lpar *l, bool by_os)
{
	bool immed = opt_has(o, "--immed"), restart = opt_has(o, "--restart");

	if (l->state == LS_OFF)
		return ivm_fail(cmd, IVM_STATE, "Partition %s is not active.", l->name);
	if (l->state == LS_STOPPING && !immed)
		return ivm_fail(cmd, IVM_STATE, "Partition %s is already shutting down.", l->name);
	if (l->id == VIOS_ID)
		return stop_vios(cmd, l);
	if (restart && !immed && !by_os)
		return ivm_usage(cmd, "The --restart option requires the --immed option.");
	if (by_os) {
		if (strcmp(l->rmc_state, "active") != 0)
			return ivm_fail(cmd, IVM_RMC, "There is no RMC connection to partition %s: its operating "
			    "system cannot be asked to shut down.", l->name);
		return stop(cmd, l, restart, immed ? IMMEDIATE_S : OS_STOP_S);
	}
	if (immed)
		return stop(cmd, l, restart, IMMEDIATE_S);
	if (l->state == LS_RUNNING && !os_is_up(l))
		return 0; /* the white button was pressed, nobody listens */
	return stop(cmd, l, restart, DELAYED_S);
}

int
ivm_chsysstate(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-o", OPT_ONE }, { "-n", OPT_ONE }, { "--id", OPT_ONE },
		{ "-k", OPT_ONE }, { "-b", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE }, { "-m", OPT_ONE },
		{ "--immed", OPT_FLAG }, { "--restart", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct lpar *l;
	const char *op;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	op = opt_str(&o, "-o");
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "lpar") != 0 || op == NULL)
		return ivm_usage(cmd, "The options -r lpar and -o are required.");
	l = ivm_target(cmd, &o);
	if (l == NULL)
		return 1;
	if (strcmp(op, "on") == 0)
		return power_on(cmd, &o, l);
	if (strcmp(op, "osshutdown") == 0 || strcmp(op, "shutdown") == 0)
		return shut_down(cmd, &o, l, op[0] == 'o');
	if (strcmp(op, "dumprestart") == 0) {
		if (!lpar_active(l) || l->id == VIOS_ID)
			return ivm_fail(cmd, IVM_STATE, "Partition %s cannot be dumped now.", l->name);
		return stop(cmd, l, true, IMMEDIATE_S);
	}
	if (strcmp(op, "chkey") == 0 && opt_has(&o, "-k")) {
		str_set(l->keylock, sizeof(l->keylock), opt_str(&o, "-k"));
		world_changed(cmd->world);
		return 0;
	}
	return ivm_usage(cmd, "The -o option must be on, shutdown, osshutdown, dumprestart or chkey.");
}
