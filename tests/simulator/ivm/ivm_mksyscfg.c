/* SPDX-License-Identifier: ISC */
/* mksyscfg and rmsyscfg: partitions come and go, with their adapters on both sides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/lpar_config.h"
#include "tests/simulator/network.h"

static const struct optdef mk_opts[] = {
	{ "-r", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END },
};

static int
lowest_free_id(const struct world *w)
{
	for (int id = 2; id <= w->sys.max_lpars; id++)
		if (lpar_by_id(w, id) == NULL)
			return id;
	return -1;
}

static int
choose_id(struct sim_cmd *cmd, const struct pairs *ps, int *id)
{
	const char *given = pairs_get(ps, "lpar_id");

	*id = lowest_free_id(cmd->world);
	if (*id == -1)
		return ivm_fail(cmd, IVM_SPACE, "The maximum number of partitions, %d, was reached.",
		    cmd->world->sys.max_lpars);
	if (given == NULL)
		return 0;
	if (!parse_int(given, 2, cmd->world->sys.max_lpars, id))
		return ivm_fail(cmd, IVM_VALUE, "The value \"%.50s\" of attribute lpar_id is not valid.", given);
	if (lpar_by_id(cmd->world, *id) != NULL)
		return ivm_fail(cmd, IVM_EXISTS, "Partition ID %d is already in use.", *id);
	return 0;
}

static void
fill_sharing(struct alloc *a)
{
	bool ded = strcmp(a->proc_mode, "ded") == 0;

	if (a->sharing_mode[0] == '\0')
		str_set(a->sharing_mode, sizeof(a->sharing_mode), ded ? "keep_idle_procs" : "uncap");
	if (ded)
		a->min_units = a->units = a->max_units = NULL_INT;
	if (strcmp(a->sharing_mode, "uncap") != 0)
		a->uncap_weight = 0;
	else if (a->uncap_weight == NULL_INT)
		a->uncap_weight = 128;
}

/* Everything that can be wrong is found here, before the world changes. */
static int
build(struct sim_cmd *cmd, const struct pairs *ps, struct lpar *l)
{
	const char *name = pairs_get(ps, "name");

	lpar_defaults(l);
	l->max_virtual_slots = 20;
	if (name == NULL || pairs_get(ps, "lpar_env") == NULL)
		return ivm_fail(cmd, IVM_MISSING, "The command entered is either missing a required "
		    "parameter or a parameter value is invalid. The attribute %s is required.",
		    name == NULL ? "name" : "lpar_env");
	if (!lpar_name_ok(name))
		return ivm_fail(cmd, IVM_VALUE, "The value \"%.100s\" of attribute name is not valid.", name);
	if (choose_id(cmd, ps, &l->id) != 0 || config_apply(cmd, l, ps, SET_MK) != 0)
		return 1;
	if (l->profile[0] == '\0')
		str_set(l->profile, sizeof(l->profile), name);
	if (l->mac_base[0] == '\0')
		lpar_new_mac_base(cmd->world, l->mac_base);
	fill_sharing(&l->pend);
	str_set(l->name, sizeof(l->name), name);
	return config_check(cmd, l);
}

static int
create(struct sim_cmd *cmd, const char *data, void *arg)
{
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	struct world *w = cmd->world;
	struct lpar draft = { 0 }, *l;
	int rv = 1;

	(void)arg;
	if (pairs_parse(ps, data, PAIRS_JOIN) == -1) {
		(void)ivm_fail(cmd, IVM_VALUE, "The configuration data is not valid: %s.", ps->bad);
		goto out;
	}
	if (build(cmd, ps, &draft) != 0)
		goto out;
	if (vios_free_slot(w, FIRST_SERVER_SLOT, 2 + (int)draft.vfcs.n) == -1) {
		(void)ivm_fail(cmd, IVM_SPACE, "The management partition has no free virtual slot.");
		goto out;
	}
	(void)vhost_add(w, draft.id);
	l = lpar_add(w, draft.id);
	lpar_copy(l, &draft);
	list_free(&l->vfcs);
	LIST_EACH(struct vfc, f, &draft.vfcs)
		(void)vfc_add(w, l, f->slot);
	lpar_sync(w, l);
	rv = l->veths.n > 0 ? ivm_eth_warning(cmd) : 0;
out:
	lpar_copy_free(&draft);
	pairs_free(ps);
	free(ps);
	return rv;
}

int
ivm_mksyscfg(struct sim_cmd *cmd)
{
	struct opts o;

	if (ivm_opts(cmd, &o, mk_opts) != 0)
		return 1;
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "lpar") != 0)
		return ivm_usage(cmd, "The -r option must be lpar.");
	if (opt_has(&o, "-i") == opt_has(&o, "-f"))
		return ivm_usage(cmd, "One of -i and -f is required.");
	if (!cmd->world->sys.initialised)
		return ivm_fail(cmd, IVM_STATE, "The system was not set up yet: run mkgencfg -o init.");
	return ivm_records(cmd, &o, create, NULL);
}

int
ivm_rmsyscfg(struct sim_cmd *cmd)
{
	static const struct optdef rm_opts[] = {
		{ "-r", OPT_ONE }, { "-n", OPT_ONE }, { "--id", OPT_ONE }, { "-m", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct lpar *l;
	char led[32];

	if (ivm_opts(cmd, &o, rm_opts) != 0)
		return 1;
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "lpar") != 0)
		return ivm_usage(cmd, "The -r option must be lpar.");
	l = ivm_target(cmd, &o);
	if (l == NULL)
		return 1;
	if (l->id == VIOS_ID)
		return ivm_fail(cmd, IVM_STATE, "The management partition cannot be removed.");
	if (l->state != LS_OFF && l->state != LS_ERROR)
		return ivm_fail(cmd, IVM_STATE, "The partition must be Not Activated; its state is %s.",
		    lpar_state_name(l->state));
	snprintf(led, sizeof(led), "lpar%d", l->id);
	devattr_set(cmd->world, "leds", led, NULL);
	lpar_delete(cmd->world, l);
	return 0;
}
