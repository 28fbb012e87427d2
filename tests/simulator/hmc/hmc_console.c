/* SPDX-License-Identifier: ISC */
/*
 * All commands of an HMC.  hmc_run() is the only way in: it takes the lock, lets time catch
 * up, runs the verb, lets time catch up again and saves.  Verbs that wait (for a VIOS, for a
 * migration, for keys) take the lock themselves.
 */
#include <stdio.h>
#include <string.h>

#include "verbs.h"

#define EVENTS_MAX 200

enum { CHANGES = 1, UNLOCKED = 2, NOT_VIEWED = 4 /* as CHANGES, but no event of it */ };

struct verb {
	const char *name;
	int flags;
	int (*run)(struct sim_cmd *cmd);
};

static const struct verb verbs[] = {
	{ "lssyscfg", 0, hmc_lssyscfg },
	{ "mksyscfg", CHANGES, hmc_mksyscfg },
	{ "chsyscfg", CHANGES, hmc_chsyscfg },
	{ "rmsyscfg", CHANGES, hmc_rmsyscfg },
	{ "chsysstate", CHANGES, hmc_chsysstate },
	{ "lshwres", 0, hmc_lshwres },
	{ "chhwres", CHANGES, hmc_chhwres },
	{ "viosvrcmd", UNLOCKED | NOT_VIEWED, hmc_viosvrcmd },
	{ "lsrefcode", 0, hmc_lsrefcode },
	{ "mkvterm", UNLOCKED | NOT_VIEWED, hmc_mkvterm },
	{ "rmvterm", NOT_VIEWED, hmc_rmvterm },
	{ "migrlpar", UNLOCKED | NOT_VIEWED, hmc_migrlpar },
	{ "lslparmigr", 0, hmc_lslparmigr },
	{ "lslparutil", 0, hmc_lslparutil },
	{ "chlparutil", CHANGES, hmc_chlparutil },
	{ "lssvcevents", 0, hmc_lssvcevents },
	{ "mksvcevent", CHANGES, hmc_mksvcevent },
	{ "chsvcevent", CHANGES, hmc_chsvcevent },
	{ "lsled", 0, hmc_lsled },
	{ "chled", CHANGES, hmc_chled },
	{ "lssysconn", 0, hmc_lssysconn },
	{ "lspartition", 0, hmc_lspartition },
	{ "lsnportlogin", 0, hmc_lsnportlogin },
	{ "chnportlogin", CHANGES, hmc_chnportlogin },
	{ "mkauthkeys", CHANGES, hmc_mkauthkeys },
	{ "lshmcusr", 0, hmc_lshmcusr },
	{ "mkhmcusr", CHANGES, hmc_mkhmcusr },
	{ "chhmcusr", CHANGES, hmc_chhmcusr },
	{ "rmhmcusr", CHANGES, hmc_rmhmcusr },
	{ "lpar_netboot", CHANGES, hmc_lpar_netboot },
	{ "rsthwres", CHANGES, hmc_rsthwres },
	{ "lshmc", 0, hmc_lshmc },
	{ "lshmcfs", 0, hmc_lshmcfs },
	{ "monhmc", 0, hmc_monhmc },
	{ "lslic", 0, hmc_lslic },
	{ "lsmemopt", 0, hmc_lsmemopt },
	{ "lscod", 0, hmc_lscod },
	{ "lsdump", 0, hmc_lsdump },
	{ "lsviosbk", 0, hmc_lsviosbk },
	{ "lscomgmt", 0, hmc_lscomgmt },
};
#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

size_t
hmc_command_names(const char **names, size_t max)
{
	for (size_t i = 0; i < NVERBS && i < max; i++)
		names[i] = verbs[i].name;
	return NVERBS;
}

/* The console remembers what its users did. */
static void
note_event(struct hmc *h, const struct sim_cmd *cmd)
{
	struct hmc_event *e = list_new(&h->events, sizeof(*e));
	struct text t = { 0 };

	for (int i = 0; i < cmd->argc; i++)
		text_printf(&t, "%s%s", i > 0 ? " " : "", cmd->argv[i]);
	e->at_ms = hmc_now(h);
	str_set(e->user, sizeof(e->user), cmd->user);
	str_set(e->cmd, sizeof(e->cmd), cmd->argv[0]);
	(void)str_set(e->text, sizeof(e->text), text_str(&t));
	text_free(&t);
	if (h->events.n > EVENTS_MAX)
		list_remove(&h->events, h->events.item[0]);
}

static int
run_locked(struct sim_cmd *cmd, const struct verb *v)
{
	struct hmc *h = cmd->hmc;
	int rv;

	hmc_lock(h);
	(void)hmc_tick(h);
	rv = v->run(cmd);
	if ((v->flags & CHANGES) != 0) {
		note_event(h, cmd);
		hmc_changed(h);
	}
	(void)hmc_tick(h);
	hmc_save(h);
	hmc_unlock(h);
	return rv;
}

/* Roles are asked before anything else; keys are everybody's own. */
static bool
may_run(const struct sim_cmd *cmd, const struct verb *v)
{
	bool may;

	if ((v->flags & (CHANGES | NOT_VIEWED)) == 0 || v->run == hmc_mkauthkeys)
		return true;
	hmc_lock(cmd->hmc);
	may = hmc_may_change(cmd->hmc, cmd->user);
	hmc_unlock(cmd->hmc);
	return may;
}

static int
run_gathered(struct sim_cmd *cmd, const struct verb *v)
{
	struct sim_gathered g;
	int rv;

	sim_gather(&g, cmd);
	rv = run_locked(cmd, v);
	sim_hand_over(&g, cmd);
	return rv;
}

int
hmc_run(struct sim_cmd *cmd)
{
	struct sim_cmd inner = *cmd;

	for (size_t i = 0; cmd->argc > 0 && i < NVERBS; i++)
		if (strcmp(verbs[i].name, cmd->argv[0]) == 0)
			return !may_run(cmd, &verbs[i]) ? hmc_no_authority(&inner) : (verbs[i].flags & UNLOCKED) != 0 ? verbs[i].run(&inner) : run_gathered(&inner, &verbs[i]);
	return -1;
}
