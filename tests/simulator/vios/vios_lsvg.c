/* SPDX-License-Identifier: ISC */
/*
 * lspv, lsvg, lslv: the listings of AIX.  A single object is shown as labels and values
 * in two columns; with -field and -fmt the same table gives single values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/simulator/storage.h"
#include "vios.h"

/* One object: short name, label, value. */
struct info {
	const char *field, *label;
	void (*get)(const struct world *w, const void *obj, struct text *out);
};

static void
info_pair(struct sim_cmd *cmd, const struct info *i, const void *obj, bool left)
{
	struct text t = { 0 };
	char label[64];

	i->get(cmd->world, obj, &t);
	snprintf(label, sizeof(label), "%s:", i->label);
	if (left)
		sim_out_printf(cmd->out, "%-19s %-24s ", label, text_str(&t));
	else
		sim_out_printf(cmd->out, "%-15s %s", label, text_str(&t));
	text_free(&t);
}

static void
info_human(struct sim_cmd *cmd, const struct info *table, size_t n, const void *obj)
{
	for (size_t i = 0; i < n; i += 2) {
		info_pair(cmd, &table[i], obj, true);
		if (i + 1 < n)
			info_pair(cmd, &table[i + 1], obj, false);
		sim_out_puts(cmd->out, "\n");
	}
}

static const struct info *
info_find(const struct info *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(table[i].field, name) == 0 || strcasecmp(table[i].label, name) == 0)
			return &table[i];
	return NULL;
}

static int
info_print(struct sim_cmd *cmd, const struct opts *o, const struct info *table, size_t n,
    const void *obj)
{
	const struct opt *field = opt_find(o, "-field");
	const char *fmt = opt_str(o, "-fmt");
	struct text t = { 0 };

	if (field == NULL && fmt == NULL) {
		info_human(cmd, table, n, obj);
		return 0;
	}
	for (int i = 0; field != NULL && i < field->n; i++)
		if (info_find(table, n, field->v[i]) == NULL)
			return vios_usage(cmd, "Invalid field name specified.");
	for (size_t i = 0; i < (field == NULL ? n : (size_t)field->n); i++) {
		const struct info *f = field == NULL ? &table[i] : info_find(table, n, field->v[i]);
		char label[64];

		text_clear(&t);
		f->get(cmd->world, obj, &t);
		snprintf(label, sizeof(label), "%s:", f->label);
		if (fmt != NULL)
			sim_out_printf(cmd->out, "%s%s", i > 0 ? fmt : "", t.n == 0 ? " " : text_str(&t));
		else
			sim_out_printf(cmd->out, "%-20s %s\n", label, text_str(&t));
	}
	if (fmt != NULL)
		sim_out_puts(cmd->out, "\n");
	text_free(&t);
	return 0;
}

static void
add_pps(struct text *out, int pps, int pp_mb)
{
	text_printf(out, "%d (%d megabytes)", pps, pps * pp_mb);
}

#define GETTER(name, type, expr) \
	static void name(const struct world *w, const void *obj, struct text *out) \
	{ \
		const struct type *x = obj; \
		(void)w; \
		expr; \
	}

/* ---- volume groups ---- */

GETTER(g_name, vg, text_add(out, x->name))
GETTER(g_id, vg, text_add(out, x->vgid))
GETTER(g_state, vg, text_add(out, x->active ? "active" : "inactive"))
GETTER(g_pp, vg, text_printf(out, "%d megabyte(s)", x->pp_mb))
GETTER(g_perm, vg, (void)x; text_add(out, "read/write"))
GETTER(g_total, vg, add_pps(out, vg_pps(w, x), x->pp_mb))
GETTER(g_free, vg, add_pps(out, vg_pps(w, x) - vg_used_pps(w, x), x->pp_mb))
GETTER(g_used, vg, add_pps(out, vg_used_pps(w, x), x->pp_mb))
GETTER(g_npvs, vg, text_printf(out, "%d", vg_npvs(w, x)))
GETTER(g_descs, vg, text_printf(out, "%d", vg_npvs(w, x) == 1 ? 2 : vg_npvs(w, x) + 1))
GETTER(g_zero, vg, (void)x; text_add(out, "0"))
GETTER(g_maxlvs, vg, (void)x; text_add(out, "256"))
GETTER(g_maxpvs, vg, (void)x; text_add(out, "32"))
GETTER(g_pppervg, vg, (void)x; text_add(out, "32512"))
GETTER(g_ppperpv, vg, (void)x; text_add(out, "1016"))
GETTER(g_quorum, vg, text_printf(out, "%d (Enabled)", vg_npvs(w, x) / 2 + 1))
GETTER(g_yes, vg, (void)x; text_add(out, "yes"))
GETTER(g_no, vg, (void)x; text_add(out, "no"))

static void
g_nlvs(const struct world *w, const void *obj, struct text *out)
{
	int n = 0;

	LIST_EACH(struct lv, v, &w->lvs)
		n += strcmp(v->vg, ((const struct vg *)obj)->name) == 0;
	text_printf(out, "%d", n);
}

static void
g_openlvs(const struct world *w, const void *obj, struct text *out)
{
	int n = 0;

	LIST_EACH(struct lv, v, &w->lvs)
		n += strcmp(v->vg, ((const struct vg *)obj)->name) == 0 && lv_is_open(w, v);
	text_printf(out, "%d", n);
}

static const struct info vg_info[] = {
	{ "vgname", "VOLUME GROUP", g_name }, { "vgid", "VG IDENTIFIER", g_id },
	{ "vgstate", "VG STATE", g_state }, { "ppsize", "PP SIZE", g_pp },
	{ "vgperm", "VG PERMISSION", g_perm }, { "totalpps", "TOTAL PPs", g_total },
	{ "maxlvs", "MAX LVs", g_maxlvs }, { "freepps", "FREE PPs", g_free },
	{ "numlvs", "LVs", g_nlvs }, { "usedpps", "USED PPs", g_used },
	{ "openlvs", "OPEN LVs", g_openlvs }, { "quorum", "QUORUM", g_quorum },
	{ "totalpvs", "TOTAL PVs", g_npvs }, { "vgds", "VG DESCRIPTORS", g_descs },
	{ "stalepvs", "STALE PVs", g_zero }, { "stalepps", "STALE PPs", g_zero },
	{ "activepvs", "ACTIVE PVs", g_npvs }, { "autoon", "AUTO ON", g_yes },
	{ "pppervg", "MAX PPs per VG", g_pppervg }, { "autosync", "AUTO SYNC", g_no },
	{ "ppperpv", "MAX PPs per PV", g_ppperpv }, { "maxpvs", "MAX PVs", g_maxpvs },
};

GETTER(l_name, lv, text_add(out, x->name))
GETTER(l_type, lv, text_add(out, x->type))
GETTER(l_pps, lv, text_printf(out, "%d", lv_pps(x)))
GETTER(l_npvs, lv, text_printf(out, "%zu", x->extents.n))
GETTER(l_state, lv, text_add(out, lv_is_open(w, x) ? "open/syncd" : "closed/syncd"))
GETTER(l_mount, lv, text_add(out, x->mount[0] == '\0' ? "N/A" : x->mount))

static const struct column lv_columns[] = {
	{ "lvname", "LV NAME", 20, false, l_name, "LV_NAME" },
	{ "type", "TYPE", 11, false, l_type, NULL },
	{ "lps", "LPs", 8, false, l_pps, NULL },
	{ "pps", "PPs", 8, false, l_pps, NULL },
	{ "pvs", "PVs", 5, false, l_npvs, NULL },
	{ "lvstate", "LV STATE", 14, false, l_state, "LV_STATE" },
	{ "mount", "MOUNT POINT", 0, false, l_mount, "MOUNT_POINT" },
};

GETTER(p_name, pv, text_add(out, x->name))
GETTER(p_state, pv, text_add(out, x->vg[0] == '\0' ? "" : "active"))
GETTER(p_total, pv, text_printf(out, "%d", pv_pps(w, x)))
GETTER(p_free, pv, text_printf(out, "%d", pv_pps(w, x) - pv_used_pps(w, x)))
GETTER(p_dist, pv, (void)x; text_add(out, "00..00..00..00..00"))

static const struct column vgpv_columns[] = {
	{ "pvname", "PV_NAME", 18, false, p_name, NULL },
	{ "pvstate", "PV STATE", 18, false, p_state, NULL },
	{ "totalpps", "TOTAL PPs", 12, false, p_total, "TOTAL_PPs" },
	{ "freepps", "FREE PPs", 12, false, p_free, "FREE_PPs" },
	{ "distribution", "FREE DISTRIBUTION", 0, false, p_dist, NULL },
};

static int
vg_members(struct sim_cmd *cmd, const struct opts *o, const struct vg *g, bool lvs)
{
	struct list rows = { 0 };
	int rv;

	if (lvs) {
		LIST_EACH(struct lv, v, &cmd->world->lvs)
			if (strcmp(v->vg, g->name) == 0)
				list_append(&rows, v);
	} else {
		LIST_EACH(struct pv, p, &cmd->world->pvs)
			if (strcmp(p->vg, g->name) == 0)
				list_append(&rows, p);
	}
	if (!opt_has(o, "-fmt") && !opt_has(o, "-field"))
		sim_out_printf(cmd->out, "%s:\n", g->name);
	if (lvs)
		rv = table_print(cmd, o, lv_columns, NCOLS(lv_columns), &rows);
	else
		rv = table_print(cmd, o, vgpv_columns, NCOLS(vgpv_columns), &rows);
	free(rows.item);
	return rv;
}

static int
vg_map(struct sim_cmd *cmd, const struct vg *g)
{
	sim_out_printf(cmd->out, "%s:\n", g->name);
	LIST_EACH(struct lv, v, &cmd->world->lvs)
		LIST_EACH(struct extent, e, &v->extents)
			if (strcmp(v->vg, g->name) == 0)
				sim_out_printf(cmd->out, "%-16s%-20s%d\n", e->pv, v->name, e->pps);
	return 0;
}

int
vios_lsvg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-lv", OPT_FLAG }, { "-pv", OPT_FLAG }, { "-map", OPT_FLAG }, VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;
	const struct vg *g;
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos == 0) {
		LIST_EACH(struct vg, each, &cmd->world->vgs)
			sim_out_printf(cmd->out, "%s\n", each->name);
		return 0;
	}
	if (o.npos > 1)
		return vios_usage(cmd, "Too many arguments.");
	g = vg_find(cmd->world, o.pos[0]);
	if (g == NULL)
		return no_such_vg(cmd, o.pos[0]);
	if (!g->active)
		return vios_fail(cmd, "0516-010 %s: Volume group must be varied on; use activatevg command.",
		    cmd->argv[0]);
	if (opt_has(&o, "-lv") || opt_has(&o, "-pv"))
		return vg_members(cmd, &o, g, opt_has(&o, "-lv"));
	if (opt_has(&o, "-map"))
		return vg_map(cmd, g);
	rv = info_print(cmd, &o, vg_info, NCOLS(vg_info), g);
	if (rv == 0 && opt_has(&o, "-fmt"))
		sim_out_puts(cmd->out, "DISK BLOCK SIZE:    512\n");
	return rv;
}

/* ---- logical volumes ---- */

GETTER(v_name, lv, text_add(out, x->name))
GETTER(v_vg, lv, text_add(out, x->vg))
GETTER(v_id, lv, text_add(out, x->lvid))
GETTER(v_perm, lv, (void)x; text_add(out, "read/write"))
GETTER(v_vgstate, lv, (void)x; text_add(out, "active/complete"))
GETTER(v_state, lv, text_add(out, lv_is_open(w, x) ? "opened/syncd" : "closed/syncd"))
GETTER(v_type, lv, text_add(out, x->type))
GETTER(v_off, lv, (void)x; text_add(out, "off"))
GETTER(v_maxlps, lv, (void)x; text_add(out, "32512"))
GETTER(v_pp, lv, text_printf(out, "%d megabyte(s)", vg_find(w, x->vg)->pp_mb))
GETTER(v_one, lv, (void)x; text_add(out, "1"))
GETTER(v_lps, lv, text_printf(out, "%d", lv_pps(x)))
GETTER(v_zero, lv, (void)x; text_add(out, "0"))
GETTER(v_bbr, lv, (void)x; text_add(out, "non-relocatable"))
GETTER(v_inter, lv, (void)x; text_add(out, "minimum"))
GETTER(v_intra, lv, (void)x; text_add(out, "middle"))
GETTER(v_mount, lv, text_add(out, x->mount[0] == '\0' ? "N/A" : x->mount))
GETTER(v_label, lv, (void)x; text_add(out, "None"))

static const struct info lv_info[] = {
	{ "lvname", "LOGICAL VOLUME", v_name }, { "vgname", "VOLUME GROUP", v_vg },
	{ "lvid", "LV IDENTIFIER", v_id }, { "permission", "PERMISSION", v_perm },
	{ "vgstate", "VG STATE", v_vgstate }, { "lvstate", "LV STATE", v_state },
	{ "type", "TYPE", v_type }, { "writeverify", "WRITE VERIFY", v_off },
	{ "maxlps", "MAX LPs", v_maxlps }, { "ppsize", "PP SIZE", v_pp },
	{ "copies", "COPIES", v_one }, { "schedpolicy", "SCHED POLICY", v_one },
	{ "lps", "LPs", v_lps }, { "pps", "PPs", v_lps },
	{ "stalepps", "STALE PPs", v_zero }, { "bbpolicy", "BB POLICY", v_bbr },
	{ "interpolicy", "INTER-POLICY", v_inter }, { "relocatable", "RELOCATABLE", v_one },
	{ "intrapolicy", "INTRA-POLICY", v_intra }, { "upperbound", "UPPER BOUND", v_one },
	{ "mount", "MOUNT POINT", v_mount }, { "label", "LABEL", v_label },
};

GETTER(e_pv, extent, text_add(out, x->pv))
GETTER(e_copies, extent, text_printf(out, "%03d:000:000", x->pps))
GETTER(e_band, extent, (void)x; text_add(out, "100%"))
GETTER(e_dist, extent, text_printf(out, "000:%03d:000:000:000", x->pps))

static const struct column extent_columns[] = {
	{ "pv", "PV", 18, false, e_pv, NULL },
	{ "copies", "COPIES", 14, false, e_copies, NULL },
	{ "inband", "IN BAND", 14, false, e_band, "IN_BAND" },
	{ "distribution", "DISTRIBUTION", 0, false, e_dist, NULL },
};

int
vios_lslv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-pv", OPT_FLAG }, { "-map", OPT_FLAG }, { "-free", OPT_FLAG }, VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;
	const struct lv *v;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1)
		return vios_usage(cmd, "One logical volume is required.");
	v = lv_find(cmd->world, o.pos[0]);
	if (v == NULL)
		return vios_fail(cmd, "0516-306 lslv: Unable to find %.60s in the Device\n"
		    "\tConfiguration Database.", o.pos[0]);
	if (!opt_has(&o, "-pv") && !opt_has(&o, "-map"))
		return info_print(cmd, &o, lv_info, NCOLS(lv_info), v);
	if (!opt_has(&o, "-fmt"))
		sim_out_printf(cmd->out, "%s:%s\n", v->name, v->mount[0] == '\0' ? "N/A" : v->mount);
	return table_print(cmd, &o, extent_columns, NCOLS(extent_columns), &v->extents);
}

/* ---- physical volumes ---- */

GETTER(d_pvid, pv, text_add(out, x->pvid))
GETTER(d_vg, pv, text_add(out, x->vg[0] == '\0' ? "None" : x->vg))
GETTER(d_size, pv, text_printf(out, "%d", x->size_mb))

static const struct column pv_columns[] = {
	{ "name", "NAME", 17, false, p_name, "pvname" },
	{ "pvid", "PVID", 37, false, d_pvid, NULL },
	{ "vg", "VG", 17, false, d_vg, "vgname" },
	{ "status", "STATUS", 0, false, p_state, "pvstate" },
};
static const struct column free_columns[] = {
	{ "name", "NAME", 16, false, p_name, "pvname" },
	{ "pvid", "PVID", 36, false, d_pvid, NULL },
	{ "size", "SIZE(megabytes)", 0, false, d_size, NULL },
};

GETTER(i_pp, pv, text_printf(out, "%d megabyte(s)", vg_find(w, x->vg) ? vg_find(w, x->vg)->pp_mb : 0))
GETTER(i_total, pv, add_pps(out, pv_pps(w, x), vg_find(w, x->vg) ? vg_find(w, x->vg)->pp_mb : 0))
GETTER(i_used, pv, add_pps(out, pv_used_pps(w, x), vg_find(w, x->vg) ? vg_find(w, x->vg)->pp_mb : 0))

static void
i_free(const struct world *w, const void *obj, struct text *out)
{
	const struct pv *p = obj;
	const struct vg *g = vg_find(w, p->vg);

	add_pps(out, pv_pps(w, p) - pv_used_pps(w, p), g == NULL ? 0 : g->pp_mb);
}

static const struct info pv_info[] = {
	{ "pvname", "PHYSICAL VOLUME", p_name }, { "vgname", "VOLUME GROUP", d_vg },
	{ "pvid", "PV IDENTIFIER", d_pvid }, { "pvstate", "PV STATE", p_state },
	{ "ppsize", "PP SIZE", i_pp }, { "totalpps", "TOTAL PPs", i_total },
	{ "freepps", "FREE PPs", i_free }, { "usedpps", "USED PPs", i_used },
};

static int
one_pv(struct sim_cmd *cmd, const struct opts *o, const struct pv *p)
{
	if (opt_has(o, "-size")) {
		sim_out_printf(cmd->out, "%d\n", p->size_mb);
		return 0;
	}
	if (!opt_has(o, "-lv") && !opt_has(o, "-map"))
		return info_print(cmd, o, pv_info, NCOLS(pv_info), p);
	sim_out_printf(cmd->out, "%s:\n%-20s%-8s%-8s%s\n", p->name, "LV NAME", "LPs", "PPs", "MOUNT POINT");
	LIST_EACH(struct lv, v, &cmd->world->lvs)
		LIST_EACH(struct extent, e, &v->extents)
			if (strcmp(e->pv, p->name) == 0)
				sim_out_printf(cmd->out, "%-20s%-8d%-8d%s\n", v->name, e->pps, e->pps,
				    v->mount[0] == '\0' ? "N/A" : v->mount);
	return 0;
}

int
vios_lspv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-avail", OPT_FLAG }, { "-free", OPT_FLAG }, { "-include", OPT_ONE }, { "-size", OPT_FLAG },
		{ "-lv", OPT_FLAG }, { "-pv", OPT_FLAG }, { "-map", OPT_FLAG }, VIOS_LISTING,
		{ NULL, OPT_END },
	};
	struct opts o;
	struct list rows = { 0 };
	bool open, unmapped;
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos > 1 || opt_has(&o, "-avail") + opt_has(&o, "-free") + opt_has(&o, "-size") > 1)
		return vios_usage(cmd, "Too many arguments.");
	if (o.npos == 1 && pv_find(cmd->world, o.pos[0]) == NULL)
		return vios_fail(cmd, "0516-320 lspv: Physical volume %.60s is not assigned to\n"
		    "\ta volume group.", o.pos[0]);
	if (o.npos == 1)
		return one_pv(cmd, &o, pv_find(cmd->world, o.pos[0]));
	unmapped = opt_has(&o, "-free");
	open = opt_has(&o, "-avail") || unmapped;
	LIST_EACH(struct pv, p, &cmd->world->pvs)
		if ((!open || p->vg[0] == '\0') &&
		    (!unmapped || vtd_of(cmd->world, p->name, NULL, NULL) == NULL))
			list_append(&rows, p);
	if (open || opt_has(&o, "-size"))
		rv = table_print(cmd, &o, free_columns, NCOLS(free_columns), &rows);
	else
		rv = table_print(cmd, &o, pv_columns, NCOLS(pv_columns), &rows);
	free(rows.item);
	return rv;
}
