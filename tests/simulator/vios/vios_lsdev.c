/* SPDX-License-Identifier: ISC */
/* lsdev, lspath, chkdev, lsnports, vfcmap: the VIOS' devices and their attributes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/network.h"
#include "tests/simulator/storage.h"
#include "vios.h"

struct dev { /* a row; made afresh for each listing */
	char name[NAME_SIZE], desc[TEXT_SIZE], physloc[NAME_SIZE], parent[NAME_SIZE];
	char types[64]; /* |adapter|ent4sea| */
	bool is_virtual;
};

static struct dev *
dev_add(struct list *l, const char *name, const char *types, const char *parent, const char *loc,
    const char *desc)
{
	struct dev *d = list_new(l, sizeof(*d));

	str_set(d->name, sizeof(d->name), name);
	str_set(d->types, sizeof(d->types), types);
	str_set(d->parent, sizeof(d->parent), parent);
	str_set(d->physloc, sizeof(d->physloc), loc);
	str_set(d->desc, sizeof(d->desc), desc);
	return d;
}

static void
add_netdevs(const struct world *w, struct list *l)
{
	static const struct {
		const char *kind, *types, *parent, *desc;
		bool is_virtual;
	} kinds[] = {
		{ "physical", "|adapter|ent4sea|ent4ip|", "pci1",
		    "2-Port 10/100/1000 Base-TX PCI-X Adapter (14108902)", false },
		{ "vea", "|adapter|vent4sea|ent4ip|", "vio0", "Virtual I/O Ethernet Adapter (l-lan)", true },
		{ "sea", "|adapter|sea|ent4ip|", "", "Shared Ethernet Adapter", true },
		{ "lnagg", "|adapter|ent4sea|ent4ip|", "", "EtherChannel / IEEE 802.3ad Link Aggregation", false },
		{ "vlan", "|adapter|ent4ip|", "", "VLAN", false },
	};

	LIST_EACH(struct netdev, d, &w->netdevs)
		for (size_t i = 0; i < NCOLS(kinds); i++)
			if (strcmp(d->kind, kinds[i].kind) == 0) {
				bool busy = netdev_user(w, d->name) != NULL;
				struct dev *v = dev_add(l, d->name, busy ? "|adapter|" : kinds[i].types,
				    kinds[i].parent, d->physloc, kinds[i].desc);

				v->is_virtual = kinds[i].is_virtual;
			}
}

static void
add_virtual(const struct world *w, struct list *l)
{
	LIST_EACH(struct vhost, h, &w->vhosts) {
		struct text loc = { 0 };

		slot_location(w, w->sys.vios_id, h->slot, &loc);
		dev_add(l, h->name, "|adapter|", "vio0", text_str(&loc), "Virtual SCSI Server Adapter")->is_virtual =
		    true;
		text_free(&loc);
	}
	LIST_EACH(struct lpar, p, &w->lpars)
		LIST_EACH(struct vfc, f, &p->vfcs) {
			struct text loc = { 0 };

			slot_location(w, w->sys.vios_id, f->remote_slot, &loc);
			dev_add(l, f->host, "|adapter|", "vio0", text_str(&loc),
			    "Virtual FC Server Adapter")->is_virtual = true;
			text_free(&loc);
		}
	LIST_EACH(struct vhost, owner, &w->vhosts)
		LIST_EACH(struct vtd, v, &owner->vtds) {
			const char *desc = strcmp(v->kind, "optical") == 0 ? "Virtual Target Device - File-backed Optical" :
			    strcmp(v->kind, "file") == 0 ? "Virtual Target Device - File-backed Disk" :
			    strcmp(v->kind, "tape") == 0 ? "Virtual Target Device - Tape" :
			    strcmp(v->kind, "lv") == 0 ? "Virtual Target Device - Logical Volume" :
			    "Virtual Target Device - Disk";

			dev_add(l, v->name, "|vtarget|", owner->name, "", desc)->is_virtual = true;
		}
}

static void
all_devices(const struct world *w, struct list *l)
{
	char name[NAME_SIZE], loc[NAME_SIZE];

	add_netdevs(w, l);
	for (int i = 0; i < w->sys.nports; i++) {
		snprintf(name, sizeof(name), "fcs%d", i);
		snprintf(loc, sizeof(loc), "U78AB.001.WZSJH1H-P1-C3-T%d", i + 1);
		dev_add(l, name, "|adapter|", "pci4", loc, "4Gb FC PCI Express Adapter (df1000fe)");
		snprintf(name, sizeof(name), "fscsi%d", i);
		snprintf(loc, sizeof(loc), "fcs%d", i);
		dev_add(l, name, "|protocol|", loc, "", "FC SCSI I/O Controller Protocol Device");
	}
	for (int i = 0; i < w->sys.ntapes; i++) {
		snprintf(name, sizeof(name), "rmt%d", i);
		snprintf(loc, sizeof(loc), "U78AB.001.WZSJH1H-P1-C5-T1-L%d", i);
		dev_add(l, name, "|tape|", "sas0", loc, "SAS Tape Drive");
	}
	dev_add(l, "sissas0", "|adapter|", "pci3", "U78AB.001.WZSJH1H-P1-T9", "PCIe x4 Internal 3Gb SAS RAID Adapter");
	add_virtual(w, l);
	LIST_EACH(struct pv, p, &w->pvs)
		dev_add(l, p->name, "|disk|", strstr(p->description, "FC") != NULL ? "fscsi0" : "sas0", p->physloc,
		    p->description);
	LIST_EACH(struct lv, v, &w->lvs)
		dev_add(l, v->name, "|lv|", v->vg, "", "Logical volume");
	dev_add(l, "proc0", "|system|", "sysplanar0", "U78AB.001.WZSJH1H-P1", "Processor");
	dev_add(l, "sys0", "|system|", "", "", "System Object");
	dev_add(l, "vio0", "|system|", "sysplanar0", "", "Virtual I/O Bus")->is_virtual = true;
}

#define DEVGET(fn, expr) \
	static void fn(const struct world *w, const void *row, struct text *out) \
	{ \
		const struct dev *d = row; \
		(void)w; \
		text_add(out, expr); \
	}
DEVGET(g_name, d->name)
DEVGET(g_status, ((void)d, "Available"))
DEVGET(g_desc, d->desc)
DEVGET(g_physloc, d->physloc)
DEVGET(g_parent, d->parent)

static const struct column dev_columns[] = {
	{ "name", "name", 17, false, g_name, NULL },
	{ "status", "status", 12, false, g_status, "state" },
	{ "description", "description", 0, false, g_desc, NULL },
	{ "physloc", "physloc", 36, false, g_physloc, NULL },
	{ "parent", "parent", 17, false, g_parent, NULL },
};
#define NDEFAULT 3 /* without -field */

static int
print_devices(struct sim_cmd *cmd, const struct opts *o, const struct list *rows)
{
	return table_print(cmd, o, dev_columns, opt_has(o, "-field") ? NCOLS(dev_columns) : NDEFAULT, rows);
}

/* ---- attributes ---- */

struct devval {
	const char *attr;
	char value[TEXT_SIZE];
};

static void
val(struct list *l, const char *attr, const char *value)
{
	struct devval *v = list_new(l, sizeof(*v));

	v->attr = attr;
	str_set(v->value, sizeof(v->value), value);
}

static void
netdev_vals(const struct world *w, const struct netdev *d, struct list *l)
{
	char num[32];

	snprintf(num, sizeof(num), "%d", d->pvid);
	if (strcmp(d->kind, "sea") == 0) {
		val(l, "ctl_chan", "");
		val(l, "ha_mode", "disabled");
		val(l, "pvid", num);
		val(l, "pvid_adapter", d->dflt);
		val(l, "real_adapter", d->target);
		val(l, "virt_adapters", d->virt);
	} else if (strcmp(d->kind, "lnagg") == 0) {
		val(l, "adapter_names", d->target);
		val(l, "backup_adapter", "NONE");
		val(l, "mode", "standard");
	} else if (strcmp(d->kind, "vlan") == 0) {
		val(l, "base_adapter", d->target);
		val(l, "vlan_tag_id", num);
	} else if (strcmp(d->kind, "vea") == 0) {
		char mac[16];

		veth_mac(lpar_vios(w), d->slot, mac);
		val(l, "alt_addr", "0x000000000000");
		val(l, "mac_addr", mac);
	} else {
		val(l, "jumbo_frames", "no");
		val(l, "media_speed", "Auto_Negotiation");
	}
}

static void
dev_vals(const struct world *w, const char *name, struct list *l)
{
	const struct pv *p = pv_find(w, name);
	const struct netdev *d = netdev_find(w, name);
	const struct netif *i = netif_find(w, name);
	const struct vtd *v = vtd_find(w, name, NULL);
	char lun[32];

	if (p != NULL) {
		val(l, "pvid", p->pvid);
		val(l, "reserve_policy", "single_path");
		val(l, "unique_id", p->unique_id);
		val(l, "queue_depth", "16");
		snprintf(lun, sizeof(lun), "%d", p->size_mb);
		val(l, "size_in_mb", lun);
	}
	if (d != NULL)
		netdev_vals(w, d, l);
	if (i != NULL) {
		val(l, "netaddr", i->addr);
		val(l, "netmask", i->mask);
		val(l, "state", "up");
	} else if (strncmp(name, "en", 2) == 0 && d == NULL) {
		val(l, "netaddr", "");
		val(l, "netmask", "");
		val(l, "state", "down");
	}
	if (v != NULL) {
		snprintf(lun, sizeof(lun), "0x%x00000000000000", 0x80u + (unsigned)v->lun);
		val(l, "LogicalUnitAddr", lun);
		val(l, "aix_tdev", v->backing);
	}
	if (strcmp(name, "proc0") == 0) {
		val(l, "frequency", "3550000000");
		val(l, "smt_enabled", "true");
		val(l, "type", "PowerPC_POWER7");
	}
	if (strncmp(name, "fcs", 3) == 0) {
		snprintf(lun, sizeof(lun), "0x10000090fa1b24%02x", 0x36u + (unsigned)atoi(name + 3));
		val(l, "ww_name", lun);
	}
	LIST_EACH(struct devattr, a, &w->attrs) {
		bool known = false;

		if (strcmp(a->dev, name) != 0)
			continue;
		LIST_EACH(struct devval, x, l)
			if (strcmp(x->attr, a->attr) == 0) {
				str_set(x->value, sizeof(x->value), a->value);
				known = true;
			}
		if (!known)
			val(l, a->attr, a->value);
	}
}

static int
print_attrs(struct sim_cmd *cmd, const char *dev, const char *wanted)
{
	struct list vals = { 0 };
	struct text t = { 0 };
	int rv = 0;

	dev_vals(cmd->world, dev, &vals);
	if (wanted == NULL) {
		sim_out_printf(cmd->out, "%-15s %-30s %-30s %s\n\n", "attribute", "value", "description",
		    "user_settable");
		LIST_EACH(struct devval, v, &vals)
			sim_out_printf(cmd->out, "%-15s %-30s %-30s %s\n", v->attr, v->value, "N/A", "True");
		goto out;
	}
	text_add(&t, "value\n\n");
	while (*wanted != '\0' && rv == 0) {
		size_t n = strcspn(wanted, ",");
		const char *value = NULL;

		LIST_EACH(struct devval, v, &vals)
			if (strlen(v->attr) == n && strncmp(v->attr, wanted, n) == 0)
				value = v->value;
		if (value == NULL)
			rv = vios_fail(cmd, "0514-521 %s: Cannot find information in the predefined device\n"
			    "\tconfiguration database: attribute %.*s of %.60s.", cmd->argv[0], (int)n, wanted, dev);
		text_printf(&t, "%s\n", value == NULL ? "" : value);
		wanted += n + (wanted[n] == ',');
	}
	if (rv == 0)
		sim_out_puts(cmd->out, text_str(&t));
out:
	text_free(&t);
	list_free(&vals);
	return rv;
}

static int
print_vpd(struct sim_cmd *cmd, const struct list *devs, const char *one)
{
	LIST_EACH(struct dev, d, devs) {
		if (d->physloc[0] == '\0' || (one != NULL && strcmp(d->name, one) != 0))
			continue;
		sim_out_printf(cmd->out, "  %-16s %s  %s\n\n", d->name, d->physloc, d->desc);
		if (strncmp(d->name, "fcs", 3) == 0)
			sim_out_printf(cmd->out, "        Part Number.................00E0807\n"
			    "        Network Address.............10000090FA1B24%02X\n",
			    0x36u + (unsigned)atoi(d->name + 3));
		sim_out_printf(cmd->out, "        Hardware Location Code......%s\n\n", d->physloc);
	}
	if (one == NULL)
		sim_out_printf(cmd->out, "  PLATFORM SPECIFIC\n\n  Name:  IBM,%s\n    Model:  IBM,%s\n    Node:  /\n",
		    cmd->world->sys.type_model, cmd->world->sys.type_model);
	return 0;
}

static bool
dev_wanted(const struct opts *o, const struct dev *d)
{
	const struct opt *type = opt_find(o, "-type");
	bool match = type == NULL;
	char pattern[64];

	for (int i = 0; type != NULL && i < type->n && !match; i++) {
		snprintf(pattern, sizeof(pattern), "|%.60s|", type->v[i]);
		match = strstr(d->types, pattern) != NULL;
	}
	if (opt_has(o, "-virtual") && !d->is_virtual)
		match = false;
	if (opt_has(o, "-state") && strcasecmp(opt_str(o, "-state"), "available") != 0)
		match = false;
	if (type == NULL && strstr(d->types, "|lv|") != NULL)
		match = false;
	return match;
}

static const struct dev *
find_one(const struct list *all, const struct opts *o)
{
	const char *name = opt_str(o, "-dev"), *loc = opt_str(o, "-plc");

	LIST_EACH(struct dev, d, all)
		if ((name != NULL && strcmp(d->name, name) == 0) || (loc != NULL && strcmp(d->physloc, loc) == 0))
			return d;
	return NULL;
}

static int
list_one(struct sim_cmd *cmd, const struct opts *o, const struct list *all)
{
	const char *name = opt_str(o, "-dev");
	const struct dev *d = find_one(all, o);
	void *row;
	const struct list one = { &row, 1, 1 };

	if (d == NULL && name != NULL && strncmp(name, "en", 2) == 0 && opt_has(o, "-attr"))
		return print_attrs(cmd, name, opt_str(o, "-attr"));
	if (d == NULL && opt_has(o, "-plc"))
		return vios_fail_plain(cmd, 10, "There is no device with the physical location \"%.100s\".",
		    opt_str(o, "-plc"));
	if (d == NULL)
		return no_such_device(cmd, name);
	if (opt_has(o, "-attr"))
		return print_attrs(cmd, d->name, opt_str(o, "-attr"));
	if (opt_has(o, "-parent")) {
		sim_out_printf(cmd->out, "parent\n\n%s\n", d->parent);
		return 0;
	}
	if (opt_has(o, "-vpd"))
		return print_vpd(cmd, all, d->name);
	if (opt_has(o, "-child")) {
		struct list kids = { 0 };
		int rv;

		LIST_EACH(struct dev, c, all)
			if (strcmp(c->parent, d->name) == 0)
				list_append(&kids, c);
		rv = print_devices(cmd, o, &kids);
		free(kids.item);
		return rv;
	}
	row = (void *)(uintptr_t)d;
	return print_devices(cmd, o, &one);
}

int
vios_lsdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-type", OPT_MANY }, { "-virtual", OPT_FLAG }, { "-state", OPT_ONE }, { "-dev", OPT_ONE },
		{ "-plc", OPT_ONE }, { "-child", OPT_FLAG }, { "-attr", OPT_MAYBE }, { "-range", OPT_ONE },
		{ "-slot", OPT_FLAG }, { "-vpd", OPT_FLAG }, { "-parent", OPT_FLAG }, { "-slots", OPT_FLAG },
		VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;
	struct list all = { 0 }, rows = { 0 };
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos > 0 || opt_has(&o, "-range") || opt_has(&o, "-slot"))
		return vios_usage(cmd, "This form is not available.");
	all_devices(cmd->world, &all);
	if (opt_has(&o, "-dev") || opt_has(&o, "-plc")) {
		rv = list_one(cmd, &o, &all);
	} else if (opt_has(&o, "-vpd")) {
		rv = print_vpd(cmd, &all, NULL);
	} else if (opt_has(&o, "-slots")) {
		sim_out_printf(cmd->out, "# Slot                    Description       Device(s)\n");
		LIST_EACH(struct vhost, h, &cmd->world->vhosts) {
			struct text t = { 0 };

			slot_location(cmd->world, cmd->world->sys.vios_id, h->slot, &t);
			sim_out_printf(cmd->out, "%-25s Virtual I/O Slot  %s\n", text_str(&t), h->name);
			text_free(&t);
		}
		rv = 0;
	} else {
		LIST_EACH(struct dev, d, &all)
			if (dev_wanted(&o, d))
				list_append(&rows, d);
		rv = print_devices(cmd, &o, &rows);
	}
	free(rows.item);
	list_free(&all);
	return rv;
}

/* ---- paths, identifiers, fibre channel ports ---- */

int
vios_lspath(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-dev", OPT_ONE }, { "-conn", OPT_ONE }, { "-pdev", OPT_ONE }, VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;
	const char *dev, *fmt;
	const struct pv *p;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	dev = opt_str(&o, "-dev");
	fmt = opt_str(&o, "-fmt");
	if (dev == NULL)
		return vios_usage(cmd, "The option -dev is required.");
	p = pv_find(cmd->world, dev);
	if (p == NULL)
		return no_such_device(cmd, dev);
	dev = strstr(p->description, "FC") != NULL ? "fscsi0" : "sas0";
	if (fmt != NULL && opt_has(&o, "-field"))
		sim_out_printf(cmd->out, "%s\n", dev);
	else if (fmt != NULL)
		sim_out_printf(cmd->out, "Enabled%s%s%s%s\n", fmt, p->name, fmt, dev);
	else if (opt_has(&o, "-field"))
		sim_out_printf(cmd->out, "parent\n\n%s\n", dev);
	else
		sim_out_printf(cmd->out, "status  name    parent connection\n\nEnabled %-7s %s\n", p->name, dev);
	return 0;
}

static void
k_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct pv *)row)->name);
}

static void
k_id(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct pv *)row)->unique_id);
}

static void
k_no(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	(void)row;
	text_add(out, "NA");
}

static const struct column chk_columns[] = {
	{ "name", "NAME", 20, false, k_name, NULL },
	{ "identifier", "IDENTIFIER", 60, false, k_id, NULL },
	{ "phys2virt_capable", "PHYS2VIRT_CAPABLE", 20, false, k_no, NULL },
	{ "virt2npiv_capable", "VIRT2NPIV_CAPABLE", 20, false, k_no, NULL },
	{ "virt2phys_capable", "VIRT2PHYS_CAPABLE", 0, false, k_no, NULL },
};

int
vios_chkdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-dev", OPT_ONE }, { "-verbose", OPT_FLAG }, VIOS_LISTING,
		{ NULL, OPT_END } };
	struct opts o;
	void *row;
	const struct list one = { &row, 1, 1 };

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (!opt_has(&o, "-dev"))
		return table_print(cmd, &o, chk_columns, NCOLS(chk_columns), &cmd->world->pvs);
	row = pv_find(cmd->world, opt_str(&o, "-dev"));
	if (row == NULL)
		return no_such_device(cmd, opt_str(&o, "-dev"));
	return table_print(cmd, &o, chk_columns, NCOLS(chk_columns), &one);
}

int
vios_lsnports(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { VIOS_LISTING, { NULL, OPT_END } };
	struct opts o;
	const char *fmt;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (cmd->world->sys.nports == 0)
		return vios_fail_plain(cmd, 62, "There are no ports which support NPIV.");
	fmt = opt_str(&o, "-fmt");
	if (fmt == NULL)
		sim_out_puts(cmd->out, "name             physloc                        fabric tports aports swwpns  awwpns\n");
	for (int i = 0; i < cmd->world->sys.nports; i++) {
		char port[NAME_SIZE], loc[NAME_SIZE];
		int used = 0;

		snprintf(port, sizeof(port), "fcs%d", i);
		snprintf(loc, sizeof(loc), "U78AB.001.WZSJH1H-P1-C3-T%d", i + 1);
		LIST_EACH(struct lpar, l, &cmd->world->lpars)
			LIST_EACH(struct vfc, f, &l->vfcs)
				used += strcmp(f->port, port) == 0;
		if (fmt != NULL)
			sim_out_printf(cmd->out, "%s%s%s%s1%s64%s%d%s2048%s%d\n", port, fmt, loc, fmt, fmt, fmt,
			    64 - used, fmt, fmt, 2048 - 2 * used);
		else
			sim_out_printf(cmd->out, "%-16s %-30s %6d %6d %6d %6d %7d\n", port, loc, 1, 64, 64 - used, 2048,
			    2048 - 2 * used);
	}
	return 0;
}

int
vios_vfcmap(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-vadapter", OPT_ONE }, { "-fcp", OPT_MAYBE }, { NULL, OPT_END } };
	struct opts o;
	const char *host, *port;
	int n;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	host = opt_str(&o, "-vadapter");
	port = opt_has(&o, "-fcp") && opt_str(&o, "-fcp") != NULL ? opt_str(&o, "-fcp") : "";
	if (host == NULL || !opt_has(&o, "-fcp"))
		return vios_usage(cmd, "The options -vadapter and -fcp are required.");
	if (port[0] != '\0' && (strncmp(port, "fcs", 3) != 0 ||
	    !parse_int(port + 3, 0, cmd->world->sys.nports - 1, &n)))
		return no_such_device(cmd, port);
	LIST_EACH(struct lpar, l, &cmd->world->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			if (strcmp(f->host, host) == 0) {
				str_set(f->port, sizeof(f->port), port);
				world_changed(cmd->world);
				sim_out_printf(cmd->out, "%s changed\n", host);
				return 0;
			}
	return no_such_device(cmd, host);
}

/* AIX' own, for root: lsattr -El DEVICE [-a ATTRIBUTE]. */
int
root_lsattr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-El", OPT_ONE }, { "-l", OPT_ONE }, { "-E", OPT_FLAG }, { "-a", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct list vals = { 0 };
	const char *dev, *attr;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	dev = opt_has(&o, "-El") ? opt_str(&o, "-El") : opt_str(&o, "-l");
	attr = opt_str(&o, "-a");
	if (dev == NULL || (!device_name_used(cmd->world, dev) && strncmp(dev, "en", 2) != 0 &&
	    strcmp(dev, "proc0") != 0))
		return vios_fail_plain(cmd, 1, "lsattr: 0514-519 The following device was not found in the "
		    "customized\n\tdevice configuration database:\n\t%.60s", dev == NULL ? "" : dev);
	dev_vals(cmd->world, dev, &vals);
	LIST_EACH(struct devval, v, &vals)
		if (attr == NULL || strcmp(attr, v->attr) == 0)
			sim_out_printf(cmd->out, "%-15s %-30s %-30s %s\n", v->attr, v->value, "N/A", "True");
	list_free(&vals);
	return 0;
}
