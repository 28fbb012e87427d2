/* SPDX-License-Identifier: ISC */
/*
 * migrlpar and lslparmigr: a partition moves between two systems of the console, running or
 * not.  While it moves both systems have it, and both have its resources taken.  Disks go
 * with it that a VIOS of the target sees too, by their unique_id; logical volumes and files
 * do not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migr.h"
#include "rows.h"
#include "tests/simulator/storage.h"
#include "verbs.h"

#define MOVE_S	60 /* from start to end, at normal speed */
#define STEPS	20

static const char usage[] =
    "migrlpar -o m | r | s | v -m <managed system> [-t <target managed system>] {-p <partition name> | --id <partition ID>}\n"
    "[-n <profile>] [-i \"<configuration data>\"] [-w <minutes>] [-d <detail>] [--force] [-v] ...\n"
    "       migrlpar -o set -r lpar | sys ...";

static int
cannot_talk(struct sim_cmd *cmd, const struct part *p)
{
	return hmc_fail(cmd, "HSCLA246", "The management console cannot communicate with partition %s.  Either the network "
	    "connection is not available or the partition does not have a level of software that is capable of supporting "
	    "this operation.  Verify the correct network and setup of the partition, and try the operation again.", p->name);
}

static struct part *
mover(const struct cec *c)
{
	LIST_EACH(struct part, p, &c->parts)
		if (part_is_vios(p) && p->msp && part_rmc(p))
			return p;
	return NULL;
}

static int
check_systems(struct sim_cmd *cmd, const struct cec *c, const struct cec *t, bool active)
{
	if (!cec_operating(t))
		return hmc_fail(cmd, "HSCL0238", "This operation is only allowed when the managed system is in the Operating state.");
	/* Texts (unconfirmed) from here on. */
	if (active ? !c->lpm || !t->lpm : !c->lpm_inactive || !t->lpm_inactive)
		return hmc_fail(cmd, "HSCLA27C", "The managed system %s does not support partition mobility.", t->name);
	if (c->lmb != t->lmb)
		return hmc_fail(cmd, "HSCLA27C", "The memory region sizes of the managed systems differ.");
	if (active && (mover(c) == NULL || mover(t) == NULL))
		return hmc_fail(cmd, "HSCLA27C", "There is no mover service partition on managed system %s.",
		    mover(c) == NULL ? c->name : t->name);
	return 0;
}

static int
check_partition(struct sim_cmd *cmd, const struct cec *t, const struct part *p)
{
	if (p->state != LS_OFF && p->state != LS_RUNNING)
		return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. "
		    "Check the state of the partition.");
	if (p->state == LS_RUNNING && !part_rmc(p))
		return cannot_talk(cmd, p);
	/* Texts (unconfirmed) from here on. */
	if (!p->has_config)
		return hmc_fail(cmd, "HSCL3680", "Partition %d has no current configuration.", p->id);
	if (part_is_vios(p) || p->migration_disabled)
		return hmc_fail(cmd, "HSCLA27C", "Migration is disabled for partition %s.", p->name);
	if (p->curr.io_slots.n > 0)
		return hmc_fail(cmd, "HSCLA27C", "Partition %s owns physical I/O.", p->name);
	if (p->vt_session != 0)
		return hmc_fail(cmd, "HSCLA27C", "A virtual terminal session is open for partition %s.", p->name);
	if (part_by_name(t, p->name) != NULL)
		return hmc_fail(cmd, "HSCLA27C", "The managed system %s has a partition named %s already.", t->name, p->name);
	if (p->state == LS_RUNNING && (cec_avail_mem(t) < p->curr.mem || cec_avail_units(t) < config_units(&p->curr)))
		return hmc_fail(cmd, "HSCLA27C", "The managed system %s has not enough memory or processors available.", t->name);
	return 0;
}

static int
validate(struct sim_cmd *cmd, struct cec *c, struct cec *t, struct part *p, const struct pairs *ps, struct list *paths)
{
	bool active = p->state == LS_RUNNING;

	if (check_systems(cmd, c, t, active) != 0 || check_partition(cmd, t, p) != 0)
		return 1;
	return migr_plan(cmd, c, t, p, ps, paths);
}

static void
note_migration(struct part *p, int active, const char *type, const struct cec *peer, const struct part *there,
    const struct cec *own)
{
	const struct part *msp = mover(own), *peer_msp = mover(peer);

	p->migr = (struct migration){ .active = active, .peer_id = there->id };
	str_set(p->migr.type, sizeof(p->migr.type), type);
	str_set(p->migr.state, sizeof(p->migr.state), "Migration In Progress");
	str_set(p->migr.peer, sizeof(p->migr.peer), peer->name);
	if (msp != NULL && peer_msp != NULL) {
		str_set(p->migr.msp, sizeof(p->migr.msp), msp->name);
		p->migr.msp_id = msp->id;
		str_set(p->migr.peer_msp, sizeof(p->migr.peer_msp), peer_msp->name);
		p->migr.peer_msp_id = peer_msp->id;
	}
}

/* The partition on the target: the same name, profiles and current configuration. */
static struct part *
copy_part(struct hmc *h, struct cec *t, const struct part *p)
{
	int id = part_by_id(t, p->id) == NULL ? p->id : part_free_id(t);
	struct part *q = part_add(h, t, id), made = *q;

	*q = *p;
	q->id = id;
	q->profiles = q->refcodes = (struct list){ 0 };
	memset(&q->curr, 0, sizeof(q->curr));
	config_copy(&q->curr, &p->curr);
	LIST_EACH(struct profile, f, &p->profiles) {
		struct profile *g = list_new(&q->profiles, sizeof(*g));

		str_set(g->name, sizeof(g->name), f->name);
		config_copy(&g->c, &f->c);
	}
	q->ssh_port = made.ssh_port;
	q->t = (struct clockwork){ .active_ms = p->t.active_ms };
	return q;
}

static struct part *
begin(struct hmc *h, struct cec *c, struct cec *t, struct part *p)
{
	bool active = p->state == LS_RUNNING;
	struct part *q = copy_part(h, t, p);

	p->state = q->state = active ? LS_MIGRATING : LS_MIGRATING_OFF;
	note_migration(p, 1, active ? "active" : "inactive", t, q, c);
	note_migration(q, 2, active ? "active" : "inactive", c, p, t);
	hmc_changed(h);
	return q;
}

static void
restore(struct hmc *h, struct cec *t, struct part *p, struct part *q)
{
	p->state = strcmp(p->migr.type, "active") == 0 ? LS_RUNNING : LS_OFF;
	p->migr = (struct migration){ 0 };
	part_delete(t, q);
	hmc_changed(h);
}

static void
finish(struct hmc *h, struct cec *c, struct cec *t, struct part *p, struct part *q, const struct list *paths)
{
	q->state = strcmp(q->migr.type, "active") == 0 ? LS_RUNNING : LS_OFF;
	q->migr = (struct migration){ 0 };
	migr_connect(h, c, t, p, q, paths);
	part_delete(c, p);
	vios_tell_all(h, c);
	vios_tell_all(h, t);
	hmc_changed(h);
}

/* 0 at its end, 1 when somebody stopped it.  The lock is held, and given away while it waits. */
static int
wait_for_move(struct sim_cmd *cmd, struct cec *c, int id)
{
	struct hmc *h = cmd->hmc;

	for (int i = 0; i < STEPS; i++) {
		struct part *p = part_by_id(c, id);
		int rv = 0;

		if (p == NULL || strcmp(p->migr.state, "Migration In Progress") != 0)
			return 1;
		p->migr.step = i;
		hmc_save(h);
		hmc_unlock(h);
		if (h->speed > 0)
			rv = sim_wait_ms(cmd, (unsigned)(MOVE_S * 1000.0 / STEPS / h->speed));
		hmc_lock(h);
		if (rv == -1) /* the client went away, the migration goes on */
			continue;
	}
	return 0;
}

static int
migrate(struct sim_cmd *cmd, struct cec *c, struct cec *t, struct part *p, const struct pairs *ps)
{
	struct list paths = { 0 };
	int id = p->id, there, rv = validate(cmd, c, t, p, ps, &paths);

	if (rv == 0) {
		there = begin(cmd->hmc, c, t, p)->id;
		rv = wait_for_move(cmd, c, id);
		p = part_by_id(c, id);
		if (rv == 0)
			finish(cmd->hmc, c, t, p, part_by_id(t, there), &paths);
		else
			restore(cmd->hmc, t, p, part_by_id(t, there));
		if (rv != 0)
			(void)hmc_fail(cmd, "HSCL365C", "The partition migration has been stopped.");
	}
	list_free(&paths);
	return rv;
}

/* Stop asks the one that waits; recover cleans up what nobody waits for any more. */
static int
stop(struct sim_cmd *cmd, struct cec *c, struct part *p, bool recover)
{
	struct cec *t = cec_find(cmd->hmc, p->migr.peer);

	if (p->migr.active != 1 || t == NULL)
		/* Code and text (unconfirmed). */
		return hmc_fail(cmd, "HSCLA27D", "There is no migration of partition %s in progress.", p->name);
	if (!recover) {
		str_set(p->migr.state, sizeof(p->migr.state), "Migration Aborted");
		return 0;
	}
	(void)c;
	restore(cmd->hmc, t, p, part_by_id(t, p->migr.peer_id));
	return 0;
}

static int
run_locked(struct sim_cmd *cmd, const struct opts *o)
{
	const char *op = opt_str(o, "-o");
	struct cec *c = hmc_operating(cmd, o), *t = NULL;
	struct part *p = c == NULL ? NULL : hmc_target(cmd, o, c, "-p");
	struct pairs *ps;
	struct list paths = { 0 };
	int rv = 0;

	if (p == NULL)
		return 1;
	if (op[0] == 's' || op[0] == 'r')
		return stop(cmd, c, p, op[0] == 'r');
	if (!opt_has(o, "-t"))
		return hmc_missing(cmd, "-t");
	t = cec_find(cmd->hmc, opt_str(o, "-t"));
	if (t == NULL || t == c)
		return t == c ? hmc_missing(cmd, "-t") : hmc_no_system(cmd, opt_str(o, "-t"));
	ps = xcalloc(1, sizeof(*ps));
	if (opt_has(o, "-i"))
		rv = hmc_record(cmd, opt_str(o, "-i"), ps);
	if (rv == 0)
		rv = op[0] == 'v' ? validate(cmd, c, t, p, ps, &paths) : migrate(cmd, c, t, p, ps);
	list_free(&paths);
	pairs_free(ps);
	free(ps);
	return rv;
}

int
hmc_migrlpar(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-o", OPT_ONE }, { "-m", OPT_ONE }, { "-t", OPT_ONE }, { "--ip", OPT_ONE }, { "-u", OPT_ONE },
		{ "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-n", OPT_ONE }, { "-i", OPT_ONE }, { "-w", OPT_ONE },
		{ "-d", OPT_ONE }, { "-v", OPT_FLAG }, { "--force", OPT_FLAG }, { "--redundantvios", OPT_ONE },
		{ "--mpio", OPT_ONE }, { "--vlanbridge", OPT_ONE }, { "--vsi", OPT_ONE }, { "--npivval", OPT_ONE },
		{ "--uuid", OPT_ONE }, { "--protectstorage", OPT_ONE }, { "--requirerr", OPT_ONE },
		{ "--redundantvnicbkdev", OPT_ONE }, { "--vniccfg", OPT_ONE }, { "--redundantmsps", OPT_ONE },
		{ "--affinity", OPT_FLAG }, { "--usecurrdata", OPT_FLAG }, { "--migsriov", OPT_ONE }, { "--steps", OPT_ONE },
		{ "--nodetails", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "-o -m", usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-o", "m r s v") != 0)
		return 1;
	hmc_lock(cmd->hmc);
	(void)hmc_tick(cmd->hmc);
	rv = run_locked(cmd, &o);
	hmc_changed(cmd->hmc);
	hmc_save(cmd->hmc);
	hmc_unlock(cmd->hmc);
	return rv;
}

/* ---- lslparmigr ---- */

#define GET_MOVING(fn, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (r->p->migr.active == 0) \
			return false; \
		body; \
		return true; \
	}

#define GET_SENDING(fn, mib) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (r->p->migr.active == 0 || strcmp(r->p->migr.type, "active") != 0) \
			return false; \
		text_printf(t, "%lld", (long long)((mib) * 1024 * 1024)); \
		return true; \
	}

static const char *
dest_name(const struct row *r)
{
	return r->p->migr.active == 1 ? r->p->migr.peer : r->c->name;
}

GET_STR(mg_state, r->p->migr.active == 0 ? "Not Migrating" : r->p->migr.state)
GET_MOVING(mg_type, text_add(t, r->p->migr.type))
GET_MOVING(mg_dest, text_add(t, dest_name(r)))
GET_MOVING(mg_dest_id, text_printf(t, "%d", r->p->migr.active == 1 ? r->p->migr.peer_id : r->p->id))
GET_MOVING(mg_msp, text_add(t, r->p->migr.active == 1 ? r->p->migr.msp : r->p->migr.peer_msp))
GET_MOVING(mg_msp_id, text_printf(t, "%d", r->p->migr.active == 1 ? r->p->migr.msp_id : r->p->migr.peer_msp_id))
GET_MOVING(mg_peer_msp, text_add(t, r->p->migr.active == 1 ? r->p->migr.peer_msp : r->p->migr.msp))
GET_MOVING(mg_peer_id, text_printf(t, "%d", r->p->migr.active == 1 ? r->p->migr.peer_msp_id : r->p->migr.msp_id))
/* Only memory is sent, and only of one that runs. */
GET_SENDING(mg_sent, r->p->curr.mem * (int64_t)r->p->migr.step / STEPS)
GET_SENDING(mg_left, r->p->curr.mem - r->p->curr.mem * (int64_t)r->p->migr.step / STEPS)

static const struct hmc_attr lpar_attrs[] = {
	{ "name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "migration_state", mg_state, NULL, false }, { "migration_type", mg_type, NULL, false },
	{ "dest_sys_name", mg_dest, NULL, false }, { "dest_lpar_id", mg_dest_id, NULL, false },
	{ "source_msp_name", mg_msp, NULL, false }, { "source_msp_id", mg_msp_id, NULL, false },
	{ "dest_msp_name", mg_peer_msp, NULL, false }, { "dest_msp_id", mg_peer_id, NULL, false },
	{ "bytes_transmitted", mg_sent, NULL, false }, { "bytes_remaining", mg_left, NULL, false },
};

static int
in_progress(const struct cec *c, const char *type)
{
	int n = 0;

	LIST_EACH(struct part, p, &c->parts)
		n += p->migr.active != 0 && strcmp(p->migr.type, type) == 0;
	return n;
}

GET_INT(mg_lpm, r->c->lpm)
GET_INT(mg_lpm_off, r->c->lpm_inactive)
GET_INT(mg_active, in_progress(r->c, "active"))
GET_INT(mg_inactive, in_progress(r->c, "inactive"))

static const struct hmc_attr sys_attrs[] = {
	{ "inactive_lpar_mobility_capable", mg_lpm_off, NULL, false },
	{ "num_inactive_migrations_supported", NULL, "16", false },
	{ "num_inactive_migrations_in_progress", mg_inactive, NULL, false },
	{ "active_lpar_mobility_capable", mg_lpm, NULL, false }, { "num_active_migrations_supported", NULL, "16", false },
	{ "num_active_migrations_in_progress", mg_active, NULL, false },
};

int
hmc_lslparmigr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-t", OPT_ONE }, { "--ip", OPT_ONE }, { "-u", OPT_ONE }, HMC_LISTING_OPTS,
		{ NULL, OPT_END },
	};
	static const struct hmc_listing by_lpar = HMC_LISTING("lparmigr.lpar", lpar_attrs, lpar_filters);
	static const struct hmc_listing by_sys = { "lparmigr.sys", sys_attrs, sizeof(sys_attrs) / sizeof(sys_attrs[0]), NULL,
		0 };
	struct list rows = { 0 };
	struct opts o;
	struct cec *c;
	bool is_sys;
	int rv = hmc_options(cmd, &o, def, "-r -m", "lslparmigr -r lpar | sys -m <managed system> [--filter \"<filter data>\"] "
	    "[-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar sys") != 0)
		return 1;
	c = hmc_system(cmd, &o);
	if (c == NULL)
		return 1;
	is_sys = opt_str(&o, "-r")[0] == 's';
	if (is_sys)
		(void)row_add(&rows, cmd->hmc, c, NULL);
	else
		LIST_EACH(struct part, p, &c->parts)
			(void)row_add(&rows, cmd->hmc, c, p);
	rv = hmc_list(cmd, &o, cmd->hmc->version, is_sys ? &by_sys : &by_lpar, c, &rows);
	list_free(&rows);
	return rv;
}
