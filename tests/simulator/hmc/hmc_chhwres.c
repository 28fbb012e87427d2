/* SPDX-License-Identifier: ISC */
/*
 * chhwres: memory, processors, pools and physical slots are moved at run time.  A partition
 * that is off has its current configuration changed; one that runs needs its operating
 * system's help, by RMC.  Virtual adapters are in hmc_chvirtual.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chhwres.h"
#include "verbs.h"

static const char usage[] =
    "chhwres -r io | mem | proc | procpool | mempool | virtualio [--rsubtype <type>] -m <managed system>\n"
    "-o a | r | m | s | e | d {-p <partition name> | --id <partition ID>} [{-t <partition name> | --tid <partition ID>}]\n"
    "[-q <MB>] [--procs <number>] [--procunits <units>] [-l <drc index>] [-s <virtual slot>] [-a \"<attributes>\"]\n"
    "[-w <minutes>] [-d <detail>] [--force] [-v]";

int
dlpar_allowed(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, const struct part *p)
{
	if (!p->has_config)
		return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. "
		    "Check the state of the partition.");
	if (p->state == LS_OFF || (p->state == LS_RUNNING && (part_rmc(p) || opt_has(o, "--force"))))
		return 0;
	if (p->state == LS_FIRMWARE)
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL7016", "The operation is not possible while the partition is in the Open Firmware "
		    "state.");
	if (p->state != LS_RUNNING)
		return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. "
		    "Check the state of the partition.");
	return hmc_fail(cmd, "HSCL2957", "Either there is currently no RMC connection between the management console and the "
	    "partition <%d*%s*%s> or the partition does not support dynamic partitioning operations.  Verify the RMC setup "
	    "on the management console and the partition and after any network problems are corrected, retry the operation.",
	    p->id, c->type_model, c->serial);
}

/* sync_curr_profile: the profile follows what DLPAR does. */
void
dlpar_done(struct part *p)
{
	struct profile *f = p->sync_profile == 1 ? profile_find(p, p->curr_profile) : NULL;

	if (f != NULL)
		config_save(f, p);
}

/* ---- memory ---- */

/* Text (unconfirmed). */
static int
out_of_range(struct sim_cmd *cmd, const char *what)
{
	return hmc_fail(cmd, "HSCL0610", "The requested %s is less than the minimum or greater than the maximum of the "
	    "partition.  Please check your entry and retry the command.", what);
}

static int
memory_fits(struct sim_cmd *cmd, const struct cec *c, const struct part *p, int mb)
{
	int want = p->curr.mem + mb;

	if (want < p->curr.min_mem || want > p->curr.max_mem)
		return out_of_range(cmd, "amount of memory");
	if (part_holds(p) && mb > cec_avail_mem(c))
		return hmc_fail(cmd, "HSCL03EC", "There is not enough memory: Obtained: %d, Required: %d.", cec_avail_mem(c), mb);
	return 0;
}

static int
move_memory(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct part *p, struct part *to, int mb)
{
	if (to == NULL) {
		if (memory_fits(cmd, c, p, mb) != 0)
			return 1;
		p->curr.mem += mb;
		return 0;
	}
	if (dlpar_allowed(cmd, o, c, to) != 0 || memory_fits(cmd, c, p, -mb) != 0)
		return 1;
	p->curr.mem -= mb;
	if (memory_fits(cmd, c, to, mb) != 0) {
		p->curr.mem += mb;
		return 1;
	}
	to->curr.mem += mb;
	dlpar_done(to);
	return 0;
}

static int
set_memory(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct part *p)
{
	static const char *const names[] = { "mem_weight", "desired_io_entitled_mem", "mem_expansion", "min_mem", "max_mem",
		NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	if (rv == 0)
		rv = hmc_record_check(cmd, ps, names);
	for (int i = 0; i < ps->n && rv == 0; i++) {
		int n = 0;

		if (strcmp(ps->p[i].name, "mem_expansion") == 0)
			rv = hmc_units_parse(ps->p[i].value, &n) && c->ame ? (p->curr.mem_expansion = n, 0) :
			    hmc_bad_value(cmd, "mem_expansion");
		else if (strcmp(ps->p[i].name, "desired_io_entitled_mem") == 0)
			rv = str_set(p->curr.io_entitled_mem, sizeof(p->curr.io_entitled_mem), ps->p[i].value) ? 0 : 1;
		else if (strcmp(ps->p[i].name, "mem_weight") == 0)
			rv = parse_int(ps->p[i].value, 0, 255, &p->curr.mem_weight) ? 0 : hmc_bad_value(cmd, "mem_weight");
		else
			rv = hmc_bad_value(cmd, ps->p[i].name);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

/* The operating system has had enough.  Codes and texts (unconfirmed). */
static int
took_part(struct sim_cmd *cmd, const char *op, int done, int asked)
{
	if (op[0] == 'r')
		return hmc_fail(cmd, "HSCL2932", "The dynamic removal of memory resources failed: The operating system prevented all "
		    "of the requested memory from being removed.  Amount of memory removed: %d MB of %d MB.", done, asked);
	return hmc_fail(cmd, "HSCL2931", "The dynamic addition of memory resources failed: The operating system could not use all of "
	    "the requested memory.  Amount of memory added: %d MB of %d MB.", done, asked);
}

static bool
takes_part(const struct sim_cmd *cmd, const struct opts *o, const struct part *p)
{
	return cmd->is_partial && p->state == LS_RUNNING && opt_str(o, "-o")[0] != 'm';
}

int
change_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to)
{
	const char *op = opt_str(o, "-o");
	int mb;

	if (op[0] == 's')
		return set_memory(cmd, o, c, p);
	if (!parse_int(opt_str(o, "-q") == NULL ? "" : opt_str(o, "-q"), 1, 1 << 30, &mb))
		return hmc_missing(cmd, "-q");
	if (mb % c->lmb != 0)
		return hmc_fail(cmd, NULL, "An attribute value is invalid.  The memory must be a multiple of the memory region size "
		    "for the managed system, %d MB.", c->lmb);
	if (op[0] == 'm' && to == NULL)
		return hmc_missing(cmd, "-t, --tid");
	if (takes_part(cmd, o, p)) {
		int half = mb / 2 / c->lmb * c->lmb;

		return half > 0 && move_memory(cmd, o, c, p, NULL, op[0] == 'r' ? -half : half) != 0 ? 1 :
		    took_part(cmd, op, half, mb);
	}
	return move_memory(cmd, o, c, p, op[0] == 'm' ? to : NULL, op[0] == 'r' ? -mb : mb);
}

/* ---- processors ---- */

static int
processors_fit(struct sim_cmd *cmd, const struct cec *c, const struct part *p, int procs, int units)
{
	const struct config *cf = &p->curr;
	bool is_ded = strcmp(cf->proc_mode, "ded") == 0;
	int more = is_ded ? (procs - cf->procs) * 100 : units - cf->units;

	if (procs < cf->min_procs || procs > cf->max_procs)
		return out_of_range(cmd, is_ded ? "number of processors" : "number of virtual processors");
	if (!is_ded && (units < cf->min_units || units > cf->max_units))
		return out_of_range(cmd, "amount of processing units");
	if (!is_ded && (units < procs * c->min_vp_units || units > procs * 100))
		return hmc_fail(cmd, "HSCL0622", "The number of virtual processors does not fit the processing units: each "
		    "virtual processor has at least 0.%02d and at most 1.00 of them.", c->min_vp_units);
	if (part_holds(p) && more > cec_avail_units(c))
		return hmc_fail(cmd, "HSCL03F4", "There are not enough processors: Obtained: %d.%02d, Required: %d.%02d.",
		    cec_avail_units(c) / 100, cec_avail_units(c) % 100, more / 100, more % 100);
	return 0;
}

static int
set_processors(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	static const char *const names[] = { "sharing_mode", "uncap_weight", "shared_proc_pool_name", "shared_proc_pool_id",
		NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	struct config cf = p->curr; /* its lists are not touched */
	int rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	if (rv == 0)
		rv = hmc_record_check(cmd, ps, names);
	if (rv == 0)
		rv = config_apply_pairs(cmd, c, p, &cf, ps, SET_PROF);
	if (rv == 0)
		rv = config_check_all(cmd, c, &cf);
	if (rv == 0)
		p->curr = cf;
	pairs_free(ps);
	free(ps);
	return rv;
}

int
change_processors(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to)
{
	const char *op = opt_str(o, "-o"), *procs = opt_str(o, "--procs"), *units = opt_str(o, "--procunits");
	int n = 0, u = 0, sign = op[0] == 'a' ? 1 : -1;

	if (op[0] == 's')
		return set_processors(cmd, o, c, p);
	if (procs == NULL && units == NULL)
		return hmc_missing(cmd, "--procs, --procunits");
	if ((procs != NULL && !parse_int(procs, 1, 1024, &n)) || (units != NULL && !hmc_units_parse(units, &u)))
		return hmc_missing(cmd, procs != NULL && n == 0 ? "--procs" : "--procunits");
	if (units != NULL && strcmp(p->curr.proc_mode, "ded") == 0)
		return hmc_missing(cmd, "--procunits");
	if (op[0] == 'm' && to == NULL)
		return hmc_missing(cmd, "-t, --tid");
	if (op[0] == 'm' && dlpar_allowed(cmd, o, c, to) != 0)
		return 1;
	if (takes_part(cmd, o, p)) {
		n /= 2;
		u /= 2;
	}
	if (processors_fit(cmd, c, p, p->curr.procs + sign * n, p->curr.units + sign * u) != 0)
		return 1;
	p->curr.procs += sign * n;
	p->curr.units += sign * u;
	if (takes_part(cmd, o, p))
		/* Code and text (unconfirmed). */
		return hmc_fail(cmd, "HSCL294B", "The dynamic change of processing resources was done in part: %d virtual processors and "
		    "%d.%02d processing units.", n, u / 100, u % 100);
	if (op[0] != 'm')
		return 0;
	if (processors_fit(cmd, c, to, to->curr.procs + n, to->curr.units + u) != 0) {
		p->curr.procs += n;
		p->curr.units += u;
		return 1;
	}
	to->curr.procs += n;
	to->curr.units += u;
	dlpar_done(to);
	return 0;
}

/* ---- physical slots ---- */

static struct pslot *
slot_find(const struct cec *c, const char *drc)
{
	LIST_EACH(struct pslot, s, &c->slots)
		if (strcmp(s->drc, drc) == 0)
			return s;
	return NULL;
}

static void
slot_drop(struct part *p, const char *drc)
{
	LIST_EACH(struct ioslot, s, &p->curr.io_slots)
		if (strcmp(s->drc, drc) == 0) {
			list_remove(&p->curr.io_slots, s);
			return;
		}
}

/* What is set for the whole system, from its next start on. */
int
change_system_memory(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const char *const names[] = { "pend_mem_region_size", "requested_num_sys_huge_pages", "mem_mirroring_mode",
		NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int n = 0, rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	if (rv == 0)
		rv = hmc_record_check(cmd, ps, names);
	for (int i = 0; i < ps->n && rv == 0; i++) {
		const char *name = ps->p[i].name, *value = ps->p[i].value;
		bool ok = strcmp(name, "mem_mirroring_mode") == 0 ? strcmp(value, "none") == 0 || strcmp(value, "sys_firmware_only") == 0 :
		    parse_int(value, 0, 4096, &n);

		if (ok && strcmp(name, "pend_mem_region_size") == 0) {
			ok = n >= 16 && n <= 256 && (n & (n - 1)) == 0;
			c->pend_lmb = ok ? n : c->pend_lmb;
		}
		if (!ok)
			rv = hmc_bad_value(cmd, name);
	}
	pairs_free(ps);
	free(ps);
	return rv;
}

static void
slot_give(struct part *p, struct pslot *s)
{
	struct ioslot *io = list_new(&p->curr.io_slots, sizeof(*io));

	str_set(io->drc, sizeof(io->drc), s->drc);
	str_set(io->pool, sizeof(io->pool), "none");
	s->lpar_id = p->id;
}

int
change_slots(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, struct part *to)
{
	const char *op = opt_str(o, "-o"), *drc = opt_str(o, "-l");
	struct pslot *s = drc == NULL ? NULL : slot_find(c, drc);

	if (s == NULL)
		return hmc_missing(cmd, "-l");
	if (op[0] == 'a') {
		if (s->lpar_id != 0)
			return hmc_fail(cmd, "HSCL05DF", "The I/O slot %s is in use.", drc);
		slot_give(p, s);
		return 0;
	}
	if (s->lpar_id != p->id)
		return hmc_fail(cmd, "HSCL2929", "The dynamic removal of I/O resources failed: The I/O slot dynamic partitioning "
		    "operation failed.  Here are the I/O slot IDs that failed and the reasons for failure:\n%s: the partition "
		    "has no such slot\nThe OS return code is 255.", drc);
	if (op[0] == 'm' && to == NULL)
		return hmc_missing(cmd, "-t, --tid");
	slot_drop(p, drc);
	s->lpar_id = 0;
	if (op[0] == 'm')
		slot_give(to, s);
	return 0;
}

/* What a crash left undone: nothing, ever. */
int
hmc_rsthwres(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-u", OPT_ONE }, { "-l", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-r -m", "rsthwres -r proc | mem | io | virtualio -m <managed system> "
	    "[{-p <partition name> | --id <partition ID>}]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "proc mem io virtualio") != 0)
		return 1;
	c = hmc_operating(cmd, &o);
	if (c == NULL || !(opt_has(&o, "-p") || opt_has(&o, "--id")))
		return c == NULL;
	return hmc_target(cmd, &o, c, "-p") == NULL;
}

int
hmc_chhwres(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "--rsubtype", OPT_ONE }, { "-m", OPT_ONE }, { "-o", OPT_ONE }, { "-p", OPT_ONE },
		{ "--id", OPT_ONE }, { "-t", OPT_ONE }, { "--tid", OPT_ONE }, { "-q", OPT_ONE }, { "--procs", OPT_ONE },
		{ "--procunits", OPT_ONE }, { "-l", OPT_ONE }, { "-s", OPT_ONE }, { "-a", OPT_ONE }, { "-w", OPT_ONE },
		{ "-d", OPT_ONE }, { "--force", OPT_FLAG }, { "-v", OPT_FLAG }, { "--poolname", OPT_ONE },
		{ "--poolid", OPT_ONE }, { "--vswitch", OPT_ONE }, { "--vnetwork", OPT_ONE }, { "--device", OPT_ONE },
		{ "--allownetdisrupt", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-r -m -o", usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "io mem proc procpool mempool virtualio") != 0 ||
	    hmc_one_of(cmd, &o, "-o", "a r m s e d c") != 0)
		return 1;
	c = hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	rv = change_resource(cmd, &o, c);
	vios_tell_all(cmd->hmc, c);
	return rv;
}
