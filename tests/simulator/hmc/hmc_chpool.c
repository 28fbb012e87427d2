/* SPDX-License-Identifier: ISC */
/* chhwres: which resource is meant; processor pools, the memory pool, virtual switches and networks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chhwres.h"

static int
read_pairs(struct sim_cmd *cmd, const struct opts *o, const char *const *names, struct pairs *ps)
{
	int rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	return rv == 0 ? hmc_record_check(cmd, ps, names) : rv;
}

static int
pool_of_lpar(struct sim_cmd *cmd, const struct opts *o, struct cec *c, const struct pairs *ps)
{
	struct part *p = hmc_target(cmd, o, c, "-p");
	const char *name = pairs_get(ps, "shared_proc_pool_name"), *id = pairs_get(ps, "shared_proc_pool_id");
	struct procpool *pool;
	int n;

	if (p == NULL || dlpar_allowed(cmd, o, c, p) != 0)
		return 1;
	pool = name != NULL ? pool_by_name(c, name) : id != NULL && parse_int(id, 0, 63, &n) ? pool_by_id(c, n) : NULL;
	if (pool == NULL)
		return hmc_bad_value(cmd, name != NULL ? "shared_proc_pool_name" : "shared_proc_pool_id");
	if (strcmp(p->curr.proc_mode, "shared") != 0)
		return hmc_bad_value(cmd, "shared_proc_pool_name");
	p->curr.pool_id = pool->id;
	dlpar_done(p);
	return 0;
}

static int
set_pool(struct sim_cmd *cmd, struct cec *c, struct procpool *pool, const struct pairs *ps)
{
	const char *max = pairs_get(ps, "max_pool_proc_units"), *reserved = pairs_get(ps, "reserved_pool_proc_units");
	const char *name = pairs_get(ps, "new_name");
	int m = pool->max_units, r = pool->reserved_units;

	if (pool->id == 0)
		return hmc_bad_value(cmd, "shared_proc_pool_id"); /* the default pool cannot be changed */
	if ((max != NULL && (!hmc_units_parse(max, &m) || m > c->units)) ||
	    (reserved != NULL && (!hmc_units_parse(reserved, &r) || r > m)))
		return hmc_bad_value(cmd, max != NULL && m > c->units ? "max_pool_proc_units" : "reserved_pool_proc_units");
	if (r - pool->reserved_units > cec_avail_units(c))
		return hmc_bad_value(cmd, "reserved_pool_proc_units");
	if (name != NULL && (!hmc_name_ok(name) || (pool_by_name(c, name) != NULL && pool_by_name(c, name) != pool)))
		return hmc_bad_value(cmd, "new_name");
	pool->max_units = m;
	pool->reserved_units = r;
	if (name != NULL)
		str_set(pool->name, sizeof(pool->name), name);
	return 0;
}

int
change_procpool(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const char *const names[] = { "new_name", "max_pool_proc_units", "reserved_pool_proc_units",
		"shared_proc_pool_name", "shared_proc_pool_id", NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	struct procpool *pool = NULL;
	int id, rv = read_pairs(cmd, o, names, ps);

	if (rv == 0 && (opt_has(o, "-p") || opt_has(o, "--id"))) {
		rv = pool_of_lpar(cmd, o, c, ps);
	} else if (rv == 0) {
		if (opt_has(o, "--poolname"))
			pool = pool_by_name(c, opt_str(o, "--poolname"));
		else if (opt_has(o, "--poolid") && parse_int(opt_str(o, "--poolid"), 0, 63, &id))
			pool = pool_by_id(c, id);
		rv = pool == NULL ? hmc_missing(cmd, "--poolname, --poolid") : set_pool(cmd, c, pool, ps);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

/* The pool, its maximum and its paging servers; a pool in use cannot go. */
static int
set_mempool(struct sim_cmd *cmd, struct cec *c, const struct pairs *ps, bool is_new)
{
	const char *mem = pairs_get(ps, "pool_mem"), *max = pairs_get(ps, "max_pool_mem");
	const char *vios = pairs_get(ps, "paging_storage_vios_names");
	const struct part *p = vios == NULL ? NULL : part_by_name(c, vios);
	int m = c->mempool.mem, x = c->mempool.max_mem;

	if (is_new && (mem == NULL || vios == NULL))
		return hmc_missing(cmd, mem == NULL ? "pool_mem" : "paging_storage_vios_names");
	if ((mem != NULL && (!parse_int(mem, 1, 1 << 30, &m) || m % c->lmb != 0)) ||
	    m - c->mempool.mem > cec_avail_mem(c))
		return hmc_bad_value(cmd, "pool_mem");
	if (max != NULL && !parse_int(max, m, 1 << 30, &x))
		return hmc_bad_value(cmd, "max_pool_mem");
	if (vios != NULL && (p == NULL || !part_is_vios(p)))
		return hmc_bad_value(cmd, "paging_storage_vios_names");
	c->mempool.mem = m;
	c->mempool.max_mem = x > m ? x : m;
	if (p != NULL)
		c->mempool.paging_vios1 = p->id;
	return 0;
}

static int
remove_mempool(struct sim_cmd *cmd, struct cec *c)
{
	LIST_EACH(struct part, p, &c->parts)
		if (part_holds(p) && strcmp(p->curr.mem_mode, "shared") == 0)
			return hmc_fail(cmd, NULL, "The shared memory pool is in use by partition %s.", p->name);
	list_free(&c->mempool.devices);
	c->mempool = (struct mempool){ 0 };
	return 0;
}

int
change_mempool(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const char *const names[] = { "pool_mem", "max_pool_mem", "paging_storage_vios_names", NULL };
	struct pairs *ps;
	int rv;

	if (!c->ams)
		return hmc_fail(cmd, "HSCLA4A0", "The operation failed because the managed system does not support Active Memory "
		    "Sharing or partition suspend and resume operations.");
	if (opt_str(o, "-o")[0] == 'r')
		return remove_mempool(cmd, c);
	ps = xcalloc(1, sizeof(*ps));
	rv = read_pairs(cmd, o, names, ps);
	if (rv == 0)
		rv = set_mempool(cmd, c, ps, opt_str(o, "-o")[0] == 'a');
	pairs_free(ps);
	free(ps);
	return rv;
}

static bool
vswitch_used(const struct cec *c, const char *name)
{
	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct vadapter, a, &p->curr.adapters)
			if (a->kind == VA_ETH && strcmp(a->vswitch, name) == 0)
				return true;
	return false;
}

static void
vswitch_renamed(const struct cec *c, const char *old, const char *new_name)
{
	LIST_EACH(struct part, p, &c->parts) {
		LIST_EACH(struct vadapter, a, &p->curr.adapters)
			if (a->kind == VA_ETH && strcmp(a->vswitch, old) == 0)
				str_set(a->vswitch, sizeof(a->vswitch), new_name);
		LIST_EACH(struct profile, f, &p->profiles)
			LIST_EACH(struct vadapter, a, &f->c.adapters)
				if (a->kind == VA_ETH && strcmp(a->vswitch, old) == 0)
					str_set(a->vswitch, sizeof(a->vswitch), new_name);
	}
}

static int
set_vswitch(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct vswitch *v)
{
	static const char *const names[] = { "new_name", "switch_mode", NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = read_pairs(cmd, o, names, ps);
	const char *name = pairs_get(ps, "new_name"), *mode = pairs_get(ps, "switch_mode");

	if (rv == 0 && mode != NULL && strcmp(mode, "VEB") != 0 && strcmp(mode, "VEPA") != 0)
		rv = hmc_bad_value(cmd, "switch_mode");
	if (rv == 0 && name != NULL && (!hmc_name_ok(name) || vswitch_find(c, name) != NULL))
		rv = hmc_bad_value(cmd, "new_name");
	if (rv == 0 && mode != NULL)
		str_set(v->mode, sizeof(v->mode), mode);
	if (rv == 0 && name != NULL) {
		vswitch_renamed(c, v->name, name);
		str_set(v->name, sizeof(v->name), name);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

int
change_vswitch(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	const char *name = opt_str(o, "--vswitch"), *op = opt_str(o, "-o");
	struct vswitch *v = name == NULL ? NULL : vswitch_find(c, name);

	if (!c->vswitches_capable || name == NULL || (op[0] == 'a') != (v == NULL))
		return hmc_missing(cmd, "--vswitch");
	if (op[0] == 'a') {
		if (!hmc_name_ok(name))
			return hmc_missing(cmd, "--vswitch");
		v = list_new(&c->vswitches, sizeof(*v));
		str_set(v->name, sizeof(v->name), name);
		str_set(v->mode, sizeof(v->mode), "VEB");
		return 0;
	}
	if (op[0] == 's')
		return set_vswitch(cmd, o, c, v);
	if (vswitch_used(c, name))
		return hmc_fail(cmd, NULL, "The virtual switch %s is in use.", name);
	list_remove(&c->vswitches, v);
	return 0;
}

/* Processors, memory, slots, virtual adapters of a partition. */
static int
change_part(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	struct part *p = hmc_target(cmd, o, c, "-p"), *to = NULL;
	const char *type = opt_str(o, "-r");
	int rv;

	if (p == NULL)
		return 1;
	if (opt_has(o, "-t") || opt_has(o, "--tid")) {
		to = hmc_target2(cmd, o, c, "-t", "--tid");
		if (to == NULL)
			return 1;
	}
	if (dlpar_allowed(cmd, o, c, p) != 0)
		return 1;
	if (type[0] == 'v')
		return change_virtual(cmd, o, c, p);
	rv = type[0] == 'm' ? change_memory(cmd, o, c, p, to) : type[0] == 'p' ? change_processors(cmd, o, c, p, to) :
	    change_slots(cmd, o, c, p, to);
	if (rv == 0)
		dlpar_done(p);
	return rv;
}

int
change_resource(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	const char *type = opt_str(o, "-r"), *sub = opt_str(o, "--rsubtype");

	if (strcmp(type, "procpool") == 0)
		return change_procpool(cmd, o, c);
	if (strcmp(type, "mempool") == 0)
		return change_mempool(cmd, o, c);
	if (type[0] == 'v' && sub != NULL && strcmp(sub, "vswitch") == 0)
		return change_vswitch(cmd, o, c);
	if (type[0] == 'i' && (sub == NULL || strcmp(sub, "slot") != 0))
		return hmc_missing(cmd, "--rsubtype");
	if (strcmp(type, "mem") == 0 && opt_str(o, "-o")[0] == 's' && !opt_has(o, "-p") && !opt_has(o, "--id"))
		return change_system_memory(cmd, o, c);
	return change_part(cmd, o, c);
}
