/* SPDX-License-Identifier: ISC */
/*
 * chsyscfg: the pending configuration.  While a partition is active only its desired
 * values, its weight, name and start policy change; the current values follow at once
 * when its RMC connection is up, else at the next activation.
 */
#include <stdlib.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/lpar_config.h"

static const struct optdef ch_opts[] = {
	{ "-r", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE }, { "-m", OPT_ONE }, { "-o", OPT_ONE },
	{ "--force", OPT_FLAG }, { NULL, OPT_END },
};

static struct lpar *
record_target(struct sim_cmd *cmd, const struct pairs *ps)
{
	const char *id = pairs_get(ps, "lpar_id"), *name = pairs_get(ps, "lpar_name");
	struct lpar *l = NULL;
	int n;

	if (name == NULL)
		name = pairs_get(ps, "name");
	if (id == NULL && name == NULL) {
		(void)ivm_fail(cmd, IVM_MISSING, "One of the attributes name, lpar_id and lpar_name is required.");
		return NULL;
	}
	if (id != NULL) {
		if (parse_int(id, 1, 65535, &n))
			l = lpar_by_id(cmd->world, n);
	} else {
		l = lpar_by_name(cmd->world, name);
	}
	if (l == NULL)
		(void)ivm_fail(cmd, IVM_NOLPAR, "The partition %.60s was not found.", id != NULL ? id : name);
	return l;
}

static bool
same_veths(const struct lpar *a, const struct lpar *b)
{
	if (a->veths.n != b->veths.n)
		return false;
	for (size_t i = 0; i < a->veths.n; i++)
		if (memcmp(a->veths.item[i], b->veths.item[i], sizeof(struct veth)) != 0)
			return false;
	return true;
}

/* What an active partition refuses: everything that its firmware fixed at activation. */
static int
check_live(struct sim_cmd *cmd, const struct lpar *old, const struct lpar *new)
{
	const struct alloc *a = &old->pend, *b = &new->pend;
	const char *what = NULL;

	if (!lpar_active(old))
		return 0;
	if (a->min_mem != b->min_mem || a->max_mem != b->max_mem)
		what = "minimum and maximum memory";
	else if (a->min_procs != b->min_procs || a->max_procs != b->max_procs ||
	    a->min_units != b->min_units || a->max_units != b->max_units)
		what = "minimum and maximum processor values";
	else if (strcmp(a->proc_mode, b->proc_mode) != 0)
		what = "processor mode";
	else if (old->max_virtual_slots != new->max_virtual_slots)
		what = "number of virtual slots";
	else if (!same_veths(old, new))
		what = "virtual ethernet adapters";
	else if (strcmp(old->mac_base, new->mac_base) != 0)
		what = "MAC base value";
	if (what == NULL)
		return 0;
	return ivm_fail(cmd, IVM_STATE, "The %s can only be changed while the partition is Not Activated.",
	    what);
}

static void
commit(struct world *w, struct lpar *l, struct lpar *draft)
{
	struct list veths = l->veths, vfcs = l->vfcs;

	if (strcmp(l->profile, l->name) == 0) /* the profile is named after its partition */
		str_set(draft->profile, sizeof(draft->profile), draft->name);
	*l = *draft;
	draft->veths = veths;
	draft->vfcs = vfcs;
	lpar_sync(w, l);
	world_changed(w);
}

static int
change(struct sim_cmd *cmd, const struct pairs *ps, enum config_scope scope)
{
	struct lpar *l = record_target(cmd, ps), draft;
	int rv = 1;

	if (l == NULL)
		return 1;
	lpar_copy(&draft, l);
	if (config_apply(cmd, &draft, ps, scope) == 0 && config_check(cmd, &draft) == 0 &&
	    check_live(cmd, l, &draft) == 0) {
		bool more = draft.veths.n > l->veths.n;

		commit(cmd->world, l, &draft);
		rv = more ? ivm_eth_warning(cmd) : 0;
	}
	lpar_copy_free(&draft);
	return rv;
}

static int
change_system(struct sim_cmd *cmd, const struct pairs *ps)
{
	struct system *sys = &cmd->world->sys, draft = *sys;
	bool ok = true;

	for (int i = 0; i < ps->n; i++) {
		const struct pair *p = &ps->p[i];

		if (strcmp(p->name, "new_name") == 0)
			ok = p->value[0] != '\0' && str_set(draft.name, sizeof(draft.name), p->value);
		else if (strcmp(p->name, "pend_configured_max_lpars") == 0)
			ok = parse_int(p->value, 1, 1000, &draft.max_lpars);
		else if (strcmp(p->name, "name") != 0 && strcmp(p->name, "pend_mem_region_size") != 0)
			return ivm_fail(cmd, IVM_ATTR, "The attribute name \"%.100s\" is not valid.", p->name);
		if (!ok)
			return ivm_fail(cmd, IVM_VALUE, "The value of attribute %.100s is not valid.", p->name);
	}
	*sys = draft;
	world_changed(cmd->world);
	return 0;
}

static int
change_record(struct sim_cmd *cmd, const char *data, void *arg)
{
	const char *what = arg;
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv;

	if (pairs_parse(ps, data, PAIRS_JOIN) == -1)
		rv = ivm_fail(cmd, IVM_VALUE, "The configuration data is not valid: %s.", ps->bad);
	else if (strcmp(what, "sys") == 0)
		rv = change_system(cmd, ps);
	else
		rv = change(cmd, ps, strcmp(what, "lpar") == 0 ? SET_LPAR : SET_PROF);
	pairs_free(ps);
	free(ps);
	return rv;
}

int
ivm_chsyscfg(struct sim_cmd *cmd)
{
	struct opts o;
	char what[8];

	if (ivm_opts(cmd, &o, ch_opts) != 0)
		return 1;
	if (!opt_has(&o, "-r") || !str_set(what, sizeof(what), opt_str(&o, "-r")) ||
	    (strcmp(what, "lpar") != 0 && strcmp(what, "prof") != 0 && strcmp(what, "sys") != 0))
		return ivm_usage(cmd, "The -r option must be lpar, prof or sys.");
	if (opt_has(&o, "-i") == opt_has(&o, "-f"))
		return ivm_usage(cmd, "One of -i and -f is required.");
	if (opt_has(&o, "-o"))
		return ivm_usage(cmd, "The -o option is not valid here.");
	return ivm_records(cmd, &o, change_record, what);
}
