/* SPDX-License-Identifier: ISC */
/* chsysstate: systems and partitions are switched on, stopped, restarted. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "verbs.h"

#define FIRMWARE_S  8	/* Starting, until the boot loader has its turn */
#define VIOS_BOOT_S 60
#define IMMEDIATE_S 5
#define DELAYED_S   20
#define OS_STOP_S   30
#define SYSTEM_S    120

static const char usage[] =
    "chsysstate -r sys -m <managed system> | --all -o on | onstandby | onstartpolicy | off | rebuild | recover "
    "[--immed] [--restart] [-k manual | norm]\n"
    "       chsysstate -r lpar -m <managed system> -o on | shutdown | osshutdown | dumprestart | chkey\n"
    "       {-n <partition name> | --id <partition ID> | --all} [-f <profile>] [-k manual | norm]\n"
    "       [-b norm | dd | ds | of | sms] [--bootstring <string>] [--immed] [--restart] [--force]";

static int
wrong_state(struct sim_cmd *cmd)
{
	return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. Check "
	    "the state of the partition.");
}

/* Minimum is enough: it starts with what is there between minimum and desired. */
static int
take_memory(struct sim_cmd *cmd, const struct cec *c, struct config *cf)
{
	int avail = cec_avail_mem(c) / c->lmb * c->lmb;

	if (strcmp(cf->mem_mode, "shared") == 0)
		return 0;
	if (avail < cf->min_mem)
		return hmc_fail(cmd, "HSCL03EC", "There is not enough memory: Obtained: %d, Required: %d. Check that there is "
		    "enough memory available to activate the partition. If not, create a new profile or modify the existing "
		    "profile with the available resources, then activate the partition.", avail < 0 ? 0 : avail, cf->min_mem);
	if (cf->mem > avail)
		cf->mem = avail;
	return 0;
}

static int
take_processors(struct sim_cmd *cmd, const struct cec *c, struct config *cf)
{
	bool is_ded = strcmp(cf->proc_mode, "ded") == 0;
	int avail = cec_avail_units(c), need = is_ded ? cf->min_procs * 100 : cf->min_units;

	if (avail < need)
		return hmc_fail(cmd, "HSCL03F4", "There are not enough processors: Obtained: %d.%02d, Required: %d.%02d. Check that "
		    "there are enough processors available to activate the partition. If not, create a new profile or modify "
		    "the existing profile with the available resources, then activate the partition.",
		    avail < 0 ? 0 : avail / 100, avail < 0 ? 0 : avail % 100, need / 100, need % 100);
	if (is_ded && cf->procs * 100 > avail)
		cf->procs = avail / 100;
	if (!is_ded && cf->units > avail)
		cf->units = avail;
	return 0;
}

/* An adapter that is required needs its partner, on a VIOS that runs. */
static bool
has_partner(const struct cec *c, const struct part *p, const struct vadapter *a)
{
	const struct part *vios = part_by_id(c, a->remote_id);
	const struct vadapter *srv = vios == NULL ? NULL : adapter_at(&vios->curr, a->remote_slot);

	return srv != NULL && part_active(vios) && adapter_matches(srv, a, vios, p);
}

static int
check_partners(struct sim_cmd *cmd, const struct cec *c, const struct part *p)
{
	LIST_EACH(struct vadapter, a, &p->curr.adapters)
		if (a->required && !a->server && (a->kind == VA_SCSI || a->kind == VA_FC) && !has_partner(c, p, a))
			/* Text (unconfirmed), its code is not known. */
			return hmc_fail(cmd, NULL, "The partition cannot be activated: the virtual adapter in slot %d is "
			    "required, and its server adapter is not available.", a->slot);
	return 0;
}

static int
take_slots(struct sim_cmd *cmd, const struct cec *c, struct part *p)
{
	LIST_EACH(struct ioslot, s, &p->curr.io_slots)
		LIST_EACH(struct pslot, slot, &c->slots) {
			const struct part *owner = part_by_id(c, slot->lpar_id);

			if (strcmp(slot->drc, s->drc) != 0)
				continue;
			if (owner != NULL && owner != p && part_active(owner) && s->required)
				return hmc_fail(cmd, "HSCL05DF", "The I/O slot %s is in use by partition %s.", s->drc, owner->name);
			if (owner == NULL || !part_active(owner))
				slot->lpar_id = p->id;
		}
	return 0;
}

/* The configuration to start with becomes the current one; an activation that fails leaves it as it was. */
static int
choose_config(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	const char *name = opt_str(o, "-f");
	struct profile *f = name == NULL ? NULL : profile_find(p, name);

	if (name == NULL && !p->has_config)
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL3680", "Partition %d has no current configuration: it must be activated with a profile.",
		    p->id);
	if (name != NULL && f == NULL)
		return hmc_no_profile(cmd, name);
	if (f != NULL)
		config_take(cmd->hmc, c, p, f);
	return 0;
}

static int
start(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	struct part old = *p;
	struct config kept = { 0 };
	int rv;

	config_copy(&kept, &p->curr);
	rv = choose_config(cmd, o, c, p);
	if (rv == 0)
		rv = take_memory(cmd, c, &p->curr);
	if (rv == 0)
		rv = take_processors(cmd, c, &p->curr);
	if (rv == 0)
		rv = check_partners(cmd, c, p);
	if (rv == 0)
		rv = take_slots(cmd, c, p);
	if (rv != 0) {
		config_copy(&p->curr, &kept);
		p->has_config = old.has_config;
		str_set(p->curr_profile, sizeof(p->curr_profile), old.curr_profile);
	}
	config_free(&kept);
	return rv;
}

static int
power_on(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	const char *boot = opt_str(o, "-b");

	if (boot != NULL && hmc_one_of(cmd, o, "-b", "norm dd ds of sms") != 0)
		return 1;
	if (p->state != LS_OFF)
		return hmc_fail(cmd, "HSCL3681", "Partition %d cannot be activated since it is not in the Not Activated state.",
		    p->id);
	if (start(cmd, o, c, p) != 0)
		return 1;
	str_set(p->boot_mode, sizeof(p->boot_mode), boot != NULL ? boot : p->curr.boot_mode);
	if (opt_has(o, "-k"))
		str_set(p->keylock, sizeof(p->keylock), opt_str(o, "-k"));
	p->state = LS_STARTING;
	p->t.active_ms = hmc_now(cmd->hmc);
	part_refcode(cmd->hmc, p, "CA00E100");
	part_plan(cmd->hmc, p, EV_FIRMWARE, part_is_vios(p) ? VIOS_BOOT_S : FIRMWARE_S);
	return 0;
}

static int
stop(struct sim_cmd *cmd, struct part *p, bool restart, double seconds)
{
	p->state = LS_STOPPING;
	str_set(p->rmc_state, sizeof(p->rmc_state), "inactive");
	part_plan(cmd->hmc, p, restart ? EV_RESTART : EV_OFF, seconds);
	return 0;
}

static int
shut_down(struct sim_cmd *cmd, const struct opts *o, struct part *p, bool by_os)
{
	bool immed = opt_has(o, "--immed"), restart = opt_has(o, "--restart");

	if (!part_active(p))
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL1558", "The partition %s is not activated.", p->name);
	if (p->state == LS_MIGRATING || (p->state == LS_STOPPING && !immed))
		return wrong_state(cmd);
	if (restart && !immed && !by_os)
		return hmc_missing(cmd, "--immed");
	if (!by_os)
		return stop(cmd, p, restart, immed ? IMMEDIATE_S : DELAYED_S);
	if (!part_rmc(p))
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL0DB4", "The operating system of partition %s cannot be asked to shut down: there is no "
		    "RMC connection to it.", p->name);
	return stop(cmd, p, restart, immed ? IMMEDIATE_S : OS_STOP_S);
}

static int
change_part(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	const char *op = opt_str(o, "-o");

	if (strcmp(op, "on") == 0)
		return power_on(cmd, o, c, p);
	if (strcmp(op, "shutdown") == 0 || strcmp(op, "osshutdown") == 0)
		return shut_down(cmd, o, p, op[0] == 'o');
	if (strcmp(op, "dumprestart") == 0)
		return part_active(p) && !part_is_vios(p) ? stop(cmd, p, true, IMMEDIATE_S) : wrong_state(cmd);
	if (!opt_has(o, "-k"))
		return hmc_missing(cmd, "-k");
	str_set(p->keylock, sizeof(p->keylock), opt_str(o, "-k"));
	return 0;
}

/* -n a,b and --all: one after the other, the first failure ends it. */
static int
change_parts(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	const char *names = opt_str(o, "-n");
	struct list items = { 0 };
	struct part *p;
	int rv = 0;

	if (opt_has(o, "--all")) {
		LIST_EACH(struct part, each, &c->parts)
			if (rv == 0)
				rv = change_part(cmd, o, c, each);
		return rv;
	}
	if (names == NULL || strchr(names, ',') == NULL) {
		p = hmc_target(cmd, o, c, "-n");
		return p == NULL ? 1 : change_part(cmd, o, c, p);
	}
	value_split(names, &items);
	for (size_t i = 0; i < items.n && rv == 0; i++) {
		p = part_by_name(c, items.item[i]);
		rv = p == NULL ? hmc_no_partition(cmd, items.item[i]) : change_part(cmd, o, c, p);
	}
	list_free(&items);
	return rv;
}

static void
plan_system(struct sim_cmd *cmd, struct cec *c, const char *state, int event)
{
	struct hmc *h = cmd->hmc;

	str_set(c->state, sizeof(c->state), state);
	c->t.event = (enum lpar_event)event;
	c->t.due_ms = hmc_now(h) + (h->speed <= 0 ? 0 : (int64_t)(SYSTEM_S * 1000.0 / h->speed));
}

static int
change_system(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	const char *op = opt_str(o, "-o");

	if (strcmp(op, "chkey") == 0)
		return hmc_one_of(cmd, o, "-k", "manual norm");
	if (strcmp(op, "rebuild") == 0 || strcmp(op, "recover") == 0)
		return 0;
	if (strncmp(op, "on", 2) == 0) {
		if (strcmp(c->state, "Power Off") != 0 && strcmp(c->state, "Standby") != 0)
			return hmc_fail(cmd, NULL, "The managed system is not in a state under which this operation can be performed.");
		c->lmb = c->pend_lmb > 0 ? c->pend_lmb : c->lmb;
		c->pend_lmb = 0;
		plan_system(cmd, c, "Initializing", strcmp(op, "onstandby") == 0 ? EV_FIRMWARE : EV_OS_UP);
		return 0;
	}
	if (strcmp(c->state, "Power Off") == 0)
		return hmc_fail(cmd, NULL, "The managed system is not in a state under which this operation can be performed.");
	LIST_EACH(struct part, p, &c->parts)
		if (part_active(p) && !opt_has(o, "--immed"))
			return hmc_fail(cmd, NULL, "The managed system has partitions that are running.");
	plan_system(cmd, c, "Power Off In Progress", opt_has(o, "--restart") ? EV_RESTART : EV_OFF);
	return 0;
}

int
hmc_chsysstate(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-o", OPT_ONE }, { "-m", OPT_ONE }, { "-n", OPT_ONE }, { "--id", OPT_ONE },
		{ "-f", OPT_ONE }, { "-k", OPT_ONE }, { "-b", OPT_ONE }, { "-i", OPT_ONE }, { "--bootstring", OPT_ONE },
		{ "--all", OPT_FLAG }, { "--immed", OPT_FLAG }, { "--restart", OPT_FLAG }, { "--force", OPT_FLAG },
		{ "--novsi", OPT_FLAG }, { "--continue", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	bool is_sys;
	int rv = hmc_options(cmd, &o, def, "-r -o -m", usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar sys") != 0)
		return 1;
	is_sys = strcmp(opt_str(&o, "-r"), "sys") == 0;
	if (hmc_one_of(cmd, &o, "-o", is_sys ? "on onstandby onstartpolicy onsysprof onhwdisc off rebuild recover chkey" :
	    "on shutdown osshutdown dumprestart chkey") != 0)
		return 1;
	c = is_sys ? hmc_system(cmd, &o) : hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	rv = is_sys ? change_system(cmd, &o, c) : change_parts(cmd, &o, c);
	vios_tell_all(cmd->hmc, c);
	return rv;
}
