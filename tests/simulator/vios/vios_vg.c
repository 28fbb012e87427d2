/* SPDX-License-Identifier: ISC */
/* Logical volumes and volume groups are made, enlarged, renamed and removed. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/storage.h"
#include "vios.h"

static bool
lv_name_ok(const char *s)
{
	size_t n = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("_.-", *p) == NULL)
			return false;
	return n >= 1 && n <= 15 && isalpha((unsigned char)s[0]);
}

static int
check_new_lv_name(struct sim_cmd *cmd, const char *name)
{
	if (!lv_name_ok(name))
		return vios_fail(cmd, "0516-1224 %s: %.60s is not a valid logical volume name: 1 to 15\n"
		    "\tcharacters are possible.", cmd->argv[0], name);
	if (device_name_used(cmd->world, name))
		return vios_fail(cmd, "0516-360 %s: The device name %.60s is already used; choose a\n"
		    "\tdifferent name.", cmd->argv[0], name);
	return 0;
}

/* Disks named on the command line must be in the group. */
static int
check_pvs(struct sim_cmd *cmd, const struct vg *g, const char *const *pvs, int n)
{
	for (int i = 0; i < n; i++) {
		const struct pv *p = pv_find(cmd->world, pvs[i]);

		if (p == NULL || strcmp(p->vg, g->name) != 0)
			return vios_fail(cmd, "0516-306 %s: Unable to find physical volume %.60s in volume\n"
			    "\tgroup %s.", cmd->argv[0], pvs[i], g->name);
	}
	return 0;
}

static int
out_of_space(struct sim_cmd *cmd, const char *last)
{
	return vios_fail(cmd, TEXT_NO_SPACE "\n%s", last);
}

static struct vg *
vg_wanted(struct sim_cmd *cmd, const char *name)
{
	struct vg *g = vg_find(cmd->world, name);

	if (g == NULL)
		(void)no_such_vg(cmd, name);
	else if (!g->active)
		(void)vios_fail(cmd, "0516-010 %s: Volume group must be varied on; use activatevg command.",
		    cmd->argv[0]);
	return g != NULL && g->active ? g : NULL;
}

int
vios_mklv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-mirror", OPT_FLAG }, { "-lv", OPT_ONE }, { "-prefix", OPT_ONE }, { "-type", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct vg *g;
	char name[NAME_SIZE];
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos < 2)
		return vios_usage(cmd, "A volume group and a size are required.");
	g = vg_wanted(cmd, o.pos[0]);
	if (g == NULL)
		return 1;
	mb = size_parse(o.pos[1], g->pp_mb);
	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	if (opt_has(&o, "-prefix") && strlen(opt_str(&o, "-prefix")) > 13)
		return vios_usage(cmd, "The prefix is too long.");
	lv_free_name(cmd->world, opt_has(&o, "-prefix") ? opt_str(&o, "-prefix") : "lv", name);
	if (opt_has(&o, "-lv"))
		str_set(name, sizeof(name), opt_str(&o, "-lv"));
	if (check_new_lv_name(cmd, name) != 0 || check_pvs(cmd, g, o.pos + 2, o.npos - 2) != 0)
		return 1;
	if (lv_create(cmd->world, g, name, opt_has(&o, "-type") ? opt_str(&o, "-type") : "jfs",
	    pps_for(mb, g->pp_mb), o.pos + 2, o.npos - 2) == NULL)
		return out_of_space(cmd, "0516-822 mklv: Unable to create logical volume.");
	sim_out_printf(cmd->out, "%s\n", name);
	return 0;
}

static struct lv *
lv_wanted(struct sim_cmd *cmd, const char *name)
{
	struct lv *v = lv_find(cmd->world, name);

	if (v == NULL)
		(void)vios_fail(cmd, "0516-306 %s: Unable to find %.60s in the Device\n"
		    "\tConfiguration Database.", cmd->argv[0], name);
	return v;
}

int
vios_extendlv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { NULL, OPT_END } };
	struct opts o;
	struct lv *v;
	struct vg *g;
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos < 2)
		return vios_usage(cmd, "A logical volume and a size are required.");
	v = lv_wanted(cmd, o.pos[0]);
	if (v == NULL)
		return 1;
	g = vg_find(cmd->world, v->vg);
	mb = size_parse(o.pos[1], g->pp_mb);
	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	if (check_pvs(cmd, g, o.pos + 2, o.npos - 2) != 0)
		return 1;
	if (lv_grow(cmd->world, v, pps_for(mb, g->pp_mb), o.pos + 2, o.npos - 2) == -1)
		return out_of_space(cmd, "0516-788 extendlv: Unable to extend logical volume.");
	if (vtd_of(cmd->world, v->name, NULL, NULL) != NULL) /* it worked all the same */
		(void)vios_fail(cmd, "0516-622 extendlv: Warning, cannot write lv control block data.");
	return 0;
}

/* Without -f it asks; nobody at the other end means no. */
static bool
confirmed(struct sim_cmd *cmd, const struct opts *o, const char *what)
{
	const char *p = cmd->in == NULL ? "" : cmd->in;

	if (opt_has(o, "-f"))
		return true;
	sim_out_printf(cmd->out, "%s\nrmlv: Do you wish to continue? y(es) n(o)? ", what);
	return cmd->in_len > 0 && (*p == 'y' || *p == 'Y');
}

int
vios_rmlv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;
	struct lv *v;
	char warning[200];

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1)
		return vios_usage(cmd, "One logical volume is required.");
	v = lv_wanted(cmd, o.pos[0]);
	if (v == NULL)
		return 1;
	if (lv_is_open(cmd->world, v))
		return vios_fail(cmd, "0516-1137 rmlv: Logical volume %s is opened.\n" TEXT_BUSY, v->name);
	snprintf(warning, sizeof(warning), "Warning, all data contained on logical volume %s will be "
	    "destroyed.", v->name);
	if (!confirmed(cmd, &o, warning))
		return 1;
	sim_out_printf(cmd->out, "rmlv: Logical volume %s is removed.\n", v->name);
	lv_destroy(cmd->world, v);
	return 0;
}

int
vios_chlv(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-lv", OPT_ONE }, { "-bbr", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct lv *v;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1 || (!opt_has(&o, "-lv") && !opt_has(&o, "-bbr")))
		return vios_usage(cmd, "A logical volume and a change are required.");
	v = lv_wanted(cmd, o.pos[0]);
	if (v == NULL)
		return 1;
	if (!opt_has(&o, "-lv"))
		return 0;
	if (lv_is_open(cmd->world, v))
		return vios_fail(cmd, TEXT_BUSY);
	if (check_new_lv_name(cmd, opt_str(&o, "-lv")) != 0)
		return 1;
	if (device_rename(cmd->world, v->name, opt_str(&o, "-lv")) == -1)
		return vios_fail(cmd, "0516-732 chlv: Unable to change logical volume %s.", v->name);
	str_set(v->name, sizeof(v->name), opt_str(&o, "-lv"));
	world_changed(cmd->world);
	return 0;
}

/* All disks must exist and be free; they join the group. */
int
group_join(struct sim_cmd *cmd, const char *vg, const char *const *pvs, int n)
{
	for (int i = 0; i < n; i++) {
		const struct pv *p = pv_find(cmd->world, pvs[i]);

		if (p == NULL)
			return no_such_device(cmd, pvs[i]);
		if (p->vg[0] != '\0')
			return vios_fail(cmd, "0516-1398 %s: The physical volume %s, appears to belong to\n"
			    "\tanother volume group. Use the force option to add this physical volume\n"
			    "\tto a volume group.\n0516-862 %s: Unable to create volume group.", cmd->argv[0],
			    p->name, cmd->argv[0]);
		if (vtd_of(cmd->world, p->name, NULL, NULL) != NULL)
			return vios_fail(cmd, TEXT_BUSY);
	}
	for (int i = 0; i < n; i++) {
		struct pv *p = pv_find(cmd->world, pvs[i]);

		if (strcmp(p->pvid, "none") == 0) {
			snprintf(p->pvid, sizeof(p->pvid), "00f60e58%08llx",
			    (unsigned long long)++cmd->world->count.id);
			sim_out_printf(cmd->err, "0516-1254 %s: Changing the PVID in the ODM. \n", cmd->argv[0]);
		}
		str_set(p->vg, sizeof(p->vg), vg);
	}
	world_changed(cmd->world);
	return 0;
}

int
group_make(struct sim_cmd *cmd, const char *name, int pp_mb, const char *const *pvs, int n)
{
	char auto_name[NAME_SIZE];
	int largest = 0, k = 0;

	if (name == NULL) {
		do
			snprintf(auto_name, sizeof(auto_name), "vg%02d", k++);
		while (device_name_used(cmd->world, auto_name));
		name = auto_name;
	}
	if (check_new_lv_name(cmd, name) != 0)
		return 1;
	for (int i = 0; i < n; i++) {
		const struct pv *p = pv_find(cmd->world, pvs[i]);

		if (p != NULL && p->size_mb > largest)
			largest = p->size_mb;
	}
	if (group_join(cmd, name, pvs, n) != 0)
		return 1;
	(void)vg_create(cmd->world, name, pp_mb > 0 ? pp_mb : vg_default_pp(largest));
	sim_out_printf(cmd->out, "%s\n", name);
	return 0;
}

int
vios_mkvg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { "-vg", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos == 0)
		return vios_usage(cmd, "At least one physical volume is required.");
	return group_make(cmd, opt_str(&o, "-vg"), 0, o.pos, o.npos);
}

/* AIX' own mkvg, which root has: -s partition size, -y name. */
int
root_mkvg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-f", OPT_FLAG }, { "-S", OPT_FLAG }, { "-s", OPT_ONE }, { "-y", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	int pp = 0;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos == 0 || (opt_has(&o, "-s") && !parse_int(opt_str(&o, "-s"), 1, 131072, &pp)) ||
	    (pp & (pp - 1)) != 0)
		return vios_usage(cmd, "The partition size must be a power of 2 and a disk be named.");
	return group_make(cmd, opt_str(&o, "-y"), pp, o.pos, o.npos);
}

int
vios_extendvg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos < 2)
		return vios_usage(cmd, "A volume group and a physical volume are required.");
	if (vg_wanted(cmd, o.pos[0]) == NULL)
		return 1;
	return group_join(cmd, o.pos[0], o.pos + 1, o.npos - 1);
}

int
group_leave(struct sim_cmd *cmd, bool rmlv, struct vg *g, struct pv *p)
{
	for (size_t i = cmd->world->lvs.n; i > 0; i--) {
		struct lv *v = cmd->world->lvs.item[i - 1];
		bool here = false;

		LIST_EACH(struct extent, e, &v->extents)
			here = here || strcmp(e->pv, p->name) == 0;
		if (!here)
			continue;
		if (!rmlv || lv_is_open(cmd->world, v))
			return vios_fail(cmd, "0516-016 %s: Cannot delete physical volume with allocated\n"
			    "\tpartitions.\n0516-884 %s: Unable to remove physical volume %s.", cmd->argv[0],
			    cmd->argv[0], p->name);
		sim_out_printf(cmd->out, "rmlv: Logical volume %s is removed.\n", v->name);
		lv_destroy(cmd->world, v);
	}
	p->vg[0] = '\0';
	world_changed(cmd->world);
	if (vg_npvs(cmd->world, g) == 0) {
		sim_out_printf(cmd->out, "ldeletepv: Volume Group deleted since it contains no physical volumes.\n");
		if (strcmp(cmd->world->sys.default_pool, g->name) == 0)
			str_set(cmd->world->sys.default_pool, NAME_SIZE, "rootvg");
		list_remove(&cmd->world->vgs, g);
	}
	return 0;
}

int
vios_reducevg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { "-rmlv", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;
	struct vg *g;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos < 2)
		return vios_usage(cmd, "A volume group and a physical volume are required.");
	g = vg_wanted(cmd, o.pos[0]);
	if (g == NULL || check_pvs(cmd, g, o.pos + 1, o.npos - 1) != 0)
		return 1;
	for (int i = 1; i < o.npos; i++)
		if (group_leave(cmd, opt_has(&o, "-rmlv"), g, pv_find(cmd->world, o.pos[i])) != 0)
			return 1;
	return 0;
}

int
vios_activatevg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;
	struct vg *g;
	int on = cmd->argv[0][0] == 'a';

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1)
		return vios_usage(cmd, "One volume group is required.");
	g = vg_find(cmd->world, o.pos[0]);
	if (g == NULL)
		return no_such_vg(cmd, o.pos[0]);
	LIST_EACH(struct lv, v, &cmd->world->lvs)
		if (!on && strcmp(v->vg, g->name) == 0 && lv_is_open(cmd->world, v))
			return vios_fail(cmd, "0516-012 lvaryoffvg: Logical volume must be closed.  If the logical\n"
			    "\tvolume contains a filesystem, the umount command will close\n"
			    "\tthe LV device.");
	g->active = on;
	world_changed(cmd->world);
	return 0;
}

int
root_bootinfo(struct sim_cmd *cmd)
{
	const struct pv *p = cmd->argc == 3 ? pv_find(cmd->world, cmd->argv[2]) : NULL;

	if (cmd->argc != 3 || strcmp(cmd->argv[1], "-s") != 0)
		return vios_usage(cmd, "Only -s with a disk is possible.");
	sim_out_printf(cmd->out, "%d\n", p == NULL ? 0 : p->size_mb);
	return p == NULL ? 1 : 0;
}
