/* SPDX-License-Identifier: ISC */
/* chhwres: adapters that come and go while a partition runs, and its share of processors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/lpar_config.h"
#include "tests/simulator/network.h"

static const struct optdef hw_opts[] = {
	{ "-r", OPT_ONE }, { "--rsubtype", OPT_ONE }, { "-o", OPT_ONE }, { "-n", OPT_ONE },
	{ "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-s", OPT_ONE }, { "-a", OPT_ONE }, { "-m", OPT_ONE },
	{ "-w", OPT_ONE }, { "-d", OPT_ONE }, { "--force", OPT_FLAG }, { NULL, OPT_END },
};

static int
check_dlpar(struct sim_cmd *cmd, const struct lpar *l)
{
	if (!lpar_active(l) || strcmp(l->rmc_state, "active") == 0)
		return 0;
	return ivm_fail(cmd, IVM_RMC, "Partition %s is active, but there is no RMC connection to its "
	    "operating system: dynamic changes are not possible.", l->name);
}

static int
veth_from_data(struct sim_cmd *cmd, const struct pairs *ps, struct veth *e)
{
	int is_trunk = 0, prio = 1;

	for (int i = 0; i < ps->n; i++) {
		const struct pair *p = &ps->p[i];
		bool ok;

		if (strcmp(p->name, "ieee_virtual_eth") == 0)
			ok = parse_int(p->value, 0, 1, &e->ieee);
		else if (strcmp(p->name, "port_vlan_id") == 0)
			ok = parse_int(p->value, 1, 4094, &e->pvid);
		else if (strcmp(p->name, "is_trunk") == 0)
			ok = parse_int(p->value, 0, 1, &is_trunk);
		else if (strcmp(p->name, "trunk_priority") == 0)
			ok = parse_int(p->value, 1, 15, &prio);
		else if (strcmp(p->name, "is_required") == 0)
			ok = parse_int(p->value, 0, 1, &e->required);
		else if (strcmp(p->name, "addl_vlan_ids") == 0)
			ok = strcmp(p->value, "none") == 0 || vlans_parse(p->value, e->vlans, sizeof(e->vlans));
		else
			return ivm_fail(cmd, IVM_ATTR, "The attribute name \"%.100s\" is not valid.", p->name);
		if (!ok)
			return ivm_fail(cmd, IVM_VALUE, "The value \"%.100s\" of attribute %s is not valid.",
			    p->value, p->name);
	}
	if (e->pvid == 0)
		return ivm_fail(cmd, IVM_MISSING, "The attribute port_vlan_id is required.");
	e->trunk = is_trunk ? prio : 0;
	return 0;
}

static int
eth_add(struct sim_cmd *cmd, struct lpar *l, int slot, const char *data)
{
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	struct veth e = { .slot = slot };
	int rv = 1;

	if (pairs_parse(ps, data == NULL ? "" : data, PAIRS_JOIN) == -1)
		(void)ivm_fail(cmd, IVM_VALUE, "The attributes are not valid: %s.", ps->bad);
	else if (veth_from_data(cmd, ps, &e) == 0 && veth_check(cmd, l, &e) == 0)
		rv = 0;
	pairs_free(ps);
	free(ps);
	if (rv != 0)
		return rv;
	if (l->id == VIOS_ID ? vios_slot_taken(cmd->world, slot) : lpar_slot_taken(l, slot))
		return ivm_fail(cmd, IVM_EXISTS, "Virtual slot %d is already in use.", slot);
	*(struct veth *)list_new(&l->veths, sizeof(e)) = e;
	if (l->id == VIOS_ID)
		sim_out_printf(cmd->out, "The virtual Ethernet adapter was created at %s\n",
		    netdev_add_vea(cmd->world, slot)->physloc);
	return ivm_eth_warning(cmd);
}

static int
eth_remove(struct sim_cmd *cmd, struct lpar *l, int slot)
{
	struct veth *e = veth_by_slot(l, slot);
	struct netdev *d = l->id == VIOS_ID ? netdev_of_slot(cmd->world, slot) : NULL;

	if (e == NULL)
		return ivm_fail(cmd, IVM_VALUE, "There is no virtual ethernet adapter in slot %d.", slot);
	if (d != NULL && netdev_user(cmd->world, d->name) != NULL)
		return ivm_fail(cmd, IVM_STATE, "The adapter in slot %d is in use by %s.", slot,
		    netdev_user(cmd->world, d->name)->name);
	if (d != NULL)
		list_remove(&cmd->world->netdevs, d);
	list_remove(&l->veths, e);
	return 0;
}

static int
fc_add(struct sim_cmd *cmd, struct lpar *l, int slot)
{
	if (l->id == VIOS_ID)
		return ivm_fail(cmd, IVM_VALUE, "A virtual fibre channel adapter belongs to a client.");
	if (slot < 4 || slot >= l->max_virtual_slots)
		return ivm_fail(cmd, IVM_VALUE, "Virtual slot %d is not available.", slot);
	if (lpar_slot_taken(l, slot))
		return ivm_fail(cmd, IVM_EXISTS, "Virtual slot %d is already in use.", slot);
	if (vfc_add(cmd->world, l, slot) == NULL)
		return ivm_fail(cmd, IVM_SPACE, "The management partition has no free virtual slot.");
	return 0;
}

static int
fc_remove(struct sim_cmd *cmd, struct lpar *l, int slot)
{
	LIST_EACH(struct vfc, f, &l->vfcs)
		if (f->slot == slot) {
			list_remove(&l->vfcs, f);
			return 0;
		}
	return ivm_fail(cmd, IVM_VALUE, "There is no virtual fibre channel adapter in slot %d.", slot);
}

static int
change_virtualio(struct sim_cmd *cmd, const struct opts *o, struct lpar *l)
{
	const char *sub = opt_str(o, "--rsubtype"), *op = opt_str(o, "-o");
	bool add = strcmp(op, "a") == 0, eth;
	int slot;

	if (sub == NULL || (strcmp(sub, "eth") != 0 && strcmp(sub, "fc") != 0))
		return ivm_usage(cmd, "The --rsubtype option must be eth or fc.");
	if (!add && strcmp(op, "r") != 0)
		return ivm_usage(cmd, "The -o option must be a or r.");
	if (!parse_int(opt_str(o, "-s"), 0, 65535, &slot))
		return ivm_usage(cmd, "The -s option requires a virtual slot number.");
	if (check_dlpar(cmd, l) != 0)
		return 1;
	world_changed(cmd->world);
	eth = strcmp(sub, "eth") == 0;
	if (eth)
		return add ? eth_add(cmd, l, slot, opt_str(o, "-a")) : eth_remove(cmd, l, slot);
	return add ? fc_add(cmd, l, slot) : fc_remove(cmd, l, slot);
}

/* -o s -a sharing_mode=... | uncap_weight=...: the same rules as a changed profile. */
static int
change_proc(struct sim_cmd *cmd, const struct opts *o, struct lpar *l)
{
	struct pairs *ps;
	struct lpar draft;
	int rv = 1;

	if (strcmp(opt_str(o, "-o"), "s") != 0 || !opt_has(o, "-a"))
		return ivm_usage(cmd, "Only -o s with -a is possible.");
	ps = xcalloc(1, sizeof(*ps));
	lpar_copy(&draft, l);
	if (pairs_parse(ps, opt_str(o, "-a"), PAIRS_JOIN) == -1)
		(void)ivm_fail(cmd, IVM_VALUE, "The attributes are not valid: %s.", ps->bad);
	else if (config_apply(cmd, &draft, ps, SET_PROF) == 0 && config_check(cmd, &draft) == 0) {
		l->pend.uncap_weight = draft.pend.uncap_weight;
		str_set(l->pend.sharing_mode, sizeof(l->pend.sharing_mode), draft.pend.sharing_mode);
		lpar_sync(cmd->world, l);
		world_changed(cmd->world);
		rv = 0;
	}
	lpar_copy_free(&draft);
	pairs_free(ps);
	free(ps);
	return rv;
}

int
ivm_chhwres(struct sim_cmd *cmd)
{
	struct opts o;
	struct lpar *l;
	const char *res;

	if (ivm_opts(cmd, &o, hw_opts) != 0)
		return 1;
	res = opt_str(&o, "-r");
	if (res == NULL || !opt_has(&o, "-o"))
		return ivm_usage(cmd, "The options -r and -o are required.");
	l = ivm_target(cmd, &o);
	if (l == NULL)
		return 1;
	if (strcmp(res, "virtualio") == 0)
		return change_virtualio(cmd, &o, l);
	if (strcmp(res, "proc") == 0)
		return change_proc(cmd, &o, l);
	return ivm_usage(cmd, "The -r option must be virtualio or proc.");
}
