/* SPDX-License-Identifier: ISC */
/* mkvdev, rmvdev, rmdev, chdev, cfgdev: devices are mapped, made, changed and removed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/network.h"
#include "tests/simulator/storage.h"
#include "vios.h"

struct vhost *
vhost_wanted(struct sim_cmd *cmd, const struct opts *o)
{
	const char *name = opt_str(o, "-vadapter"), *loc = opt_str(o, "-aplc");

	if (loc == NULL)
		loc = opt_str(o, "-plc");
	LIST_EACH(struct vhost, h, &cmd->world->vhosts) {
		struct text t = { 0 };
		bool match = name != NULL && strcmp(h->name, name) == 0;

		slot_location(cmd->world, cmd->world->sys.vios_id, h->slot, &t);
		match = match || (loc != NULL && strcmp(text_str(&t), loc) == 0);
		text_free(&t);
		if (match)
			return h;
	}
	(void)no_such_device(cmd, name != NULL ? name : loc != NULL ? loc : "");
	return NULL;
}

static bool
vtd_name_ok(struct sim_cmd *cmd, const char *name)
{
	if (name == NULL)
		return true;
	if (name[0] == '\0' || strlen(name) > 15 || strpbrk(name, " /:\"'\\") != NULL) {
		(void)vios_fail(cmd, "0514-048 %s: \"%.60s\" is an invalid device name.", cmd->argv[0], name);
		return false;
	}
	if (device_name_used(cmd->world, name)) {
		(void)vios_fail(cmd, "0514-036 %s: The device name \"%.60s\" is already used.", cmd->argv[0],
		    name);
		return false;
	}
	return true;
}

int
map_device(struct sim_cmd *cmd, struct vhost *h, const char *backing, const char *pool,
    const char *kind, const char *name)
{
	struct vtd *v;

	if (!vtd_name_ok(cmd, name))
		return 1;
	v = vtd_add(cmd->world, h, kind, name);
	str_set(v->backing, sizeof(v->backing), backing);
	str_set(v->pool, sizeof(v->pool), pool == NULL ? "" : pool);
	sim_out_printf(cmd->out, "%s Available\n", v->name);
	return 0;
}

static bool
is_tape(const struct world *w, const char *dev)
{
	int n;

	return strncmp(dev, "rmt", 3) == 0 && parse_int(dev + 3, 0, w->sys.ntapes - 1, &n);
}

/* A tape drive has one client at a time. */
static int
map_backing(struct sim_cmd *cmd, const struct opts *o, struct vhost *h, const char *dev)
{
	const struct pv *p = pv_find(cmd->world, dev);
	const struct lv *v = lv_find(cmd->world, dev);

	if (is_tape(cmd->world, dev))
		return vtd_of(cmd->world, dev, NULL, NULL) == NULL ? map_device(cmd, h, dev, NULL, "tape", opt_str(o, "-dev")) :
		    vios_fail(cmd, "%s: The device \"%s\" is already assigned as a backing device.", cmd->argv[0], dev);
	if (p == NULL && v == NULL)
		return no_such_device(cmd, dev);
	if (p != NULL && p->vg[0] != '\0')
		return vios_fail(cmd, "%s: The device \"%s\" is a member of volume group \"%s\".", cmd->argv[0],
		    dev, p->vg);
	if (v != NULL && v->mount[0] != '\0')
		return vios_fail(cmd, TEXT_BUSY);
	if (vtd_of(cmd->world, dev, NULL, NULL) != NULL && (v != NULL || !opt_has(o, "-f")))
		return vios_fail(cmd, "%s: The device \"%s\" is already assigned as a backing device.",
		    cmd->argv[0], dev);
	return map_device(cmd, h, dev, NULL, p != NULL ? "disk" : "lv", opt_str(o, "-dev"));
}

/* Members given with blanks, commas, or both, as one comma list; all must be ethernets. */
static int
members(struct sim_cmd *cmd, const struct opt *list, const char *kind, char *out, size_t size)
{
	struct text t = { 0 };
	int rv = 0;

	for (int i = 0; i < list->n; i++)
		text_printf(&t, "%s%s", i > 0 ? "," : "", list->v[i]);
	if (!str_set(out, size, text_str(&t)))
		rv = vios_usage(cmd, "Too many adapters.");
	for (char *save = NULL, *name = t.p == NULL ? NULL : strtok_r(t.p, ",", &save);
	     name != NULL && rv == 0; name = strtok_r(NULL, ",", &save)) {
		const struct netdev *d = netdev_find(cmd->world, name);

		if (d == NULL)
			rv = no_such_device(cmd, name);
		else if (kind != NULL ? strcmp(d->kind, kind) != 0 : strcmp(d->kind, "vea") == 0 ||
		    strcmp(d->kind, "sea") == 0)
			rv = vios_fail(cmd, "%s: \"%s\" is not a valid adapter here.", cmd->argv[0], name);
		else if (netdev_user(cmd->world, name) != NULL)
			rv = vios_fail(cmd, TEXT_BUSY);
	}
	text_free(&t);
	return rv;
}

/* Attributes of -attr a=v b=w (also with commas inside a value) go to the device. */
static int
apply_attrs(struct sim_cmd *cmd, const char *dev, const struct opt *attr)
{
	for (int i = 0; attr != NULL && i < attr->n; i++)
		if (strchr(attr->v[i], '=') == NULL || attr->v[i][0] == '=')
			return vios_usage(cmd, "Attributes are of the form attribute=value.");
	for (int i = 0; attr != NULL && i < attr->n; i++) {
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(attr->v[i], "="), attr->v[i]);
		devattr_set(cmd->world, dev, name, strchr(attr->v[i], '=') + 1);
	}
	return 0;
}

static void
announce(struct sim_cmd *cmd, const struct netdev *d)
{
	const char *n = d->name + 3;

	sim_out_printf(cmd->out, "%s Available\nen%s\net%s\n", d->name, n, n);
}

static bool
has_address(const struct world *w, const char *ent)
{
	char en[NAME_SIZE];

	snprintf(en, sizeof(en), "en%s", ent + 3);
	return netif_find(w, en) != NULL;
}

static int
make_sea(struct sim_cmd *cmd, const struct opts *o)
{
	const char *target = opt_str(o, "-sea"), *dflt = opt_str(o, "-default");
	struct netdev draft = { 0 }, *d = netdev_find(cmd->world, target);
	char name[NAME_SIZE];

	if (!opt_has(o, "-vadapter") || dflt == NULL || !parse_int(opt_str(o, "-defaultid"), 1, 4094, &draft.pvid))
		return vios_usage(cmd, "The options -vadapter, -default and -defaultid are required.");
	if (d == NULL)
		return no_such_device(cmd, target);
	if (strcmp(d->kind, "vea") == 0 || strcmp(d->kind, "sea") == 0 || netdev_user(cmd->world, target) != NULL)
		return vios_fail(cmd, TEXT_BUSY);
	if (has_address(cmd->world, target))
		return vios_fail(cmd, "%s: The adapter \"%s\" has an interface with an address.", cmd->argv[0],
		    target);
	if (members(cmd, opt_find(o, "-vadapter"), "vea", draft.virt, sizeof(draft.virt)) != 0)
		return 1;
	if (!word_listed(draft.virt, dflt))
		return vios_fail(cmd, "%s: The default adapter \"%.60s\" is not among the virtual adapters.",
		    cmd->argv[0], dflt);
	str_set(draft.target, sizeof(draft.target), target);
	str_set(draft.dflt, sizeof(draft.dflt), dflt);
	d = netdev_add(cmd->world, "sea");
	str_set(name, sizeof(name), d->name);
	str_set(draft.name, sizeof(draft.name), name);
	str_set(draft.kind, sizeof(draft.kind), "sea");
	*d = draft;
	if (apply_attrs(cmd, d->name, opt_find(o, "-attr")) != 0) {
		list_remove(&cmd->world->netdevs, d);
		return 1;
	}
	announce(cmd, d);
	return 0;
}

static int
make_lnagg(struct sim_cmd *cmd, const struct opts *o)
{
	char list[TEXT_SIZE];
	struct netdev *d;

	if (members(cmd, opt_find(o, "-lnagg"), "physical", list, sizeof(list)) != 0)
		return 1;
	d = netdev_add(cmd->world, "lnagg");
	str_set(d->target, sizeof(d->target), list);
	if (apply_attrs(cmd, d->name, opt_find(o, "-attr")) != 0) {
		list_remove(&cmd->world->netdevs, d);
		return 1;
	}
	announce(cmd, d);
	return 0;
}

static int
make_vlan(struct sim_cmd *cmd, const struct opts *o)
{
	struct netdev *d;
	int tag;

	if (!parse_int(opt_str(o, "-tagid"), 1, 4094, &tag))
		return vios_usage(cmd, "The option -tagid is required.");
	if (netdev_find(cmd->world, opt_str(o, "-vlan")) == NULL)
		return no_such_device(cmd, opt_str(o, "-vlan"));
	d = netdev_add(cmd->world, "vlan");
	str_set(d->target, sizeof(d->target), opt_str(o, "-vlan"));
	d->pvid = tag;
	announce(cmd, d);
	return 0;
}

int
vios_mkvdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-f", OPT_FLAG }, { "-vdev", OPT_ONE }, { "-dplc", OPT_ONE }, { "-vadapter", OPT_MANY },
		{ "-aplc", OPT_ONE }, { "-dev", OPT_ONE }, { "-attr", OPT_MANY }, { "-fbo", OPT_FLAG },
		{ "-sea", OPT_ONE }, { "-default", OPT_ONE }, { "-defaultid", OPT_ONE },
		{ "-migrate", OPT_FLAG }, { "-auto", OPT_FLAG }, { "-lnagg", OPT_MANY }, { "-vlan", OPT_ONE },
		{ "-tagid", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct vhost *h;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-vdev") + opt_has(&o, "-fbo") + opt_has(&o, "-sea") + opt_has(&o, "-lnagg") +
	    opt_has(&o, "-vlan") != 1 || o.npos > 0)
		return vios_usage(cmd, "One of -vdev, -fbo, -sea, -lnagg and -vlan is required.");
	if (opt_has(&o, "-sea"))
		return make_sea(cmd, &o);
	if (opt_has(&o, "-lnagg"))
		return make_lnagg(cmd, &o);
	if (opt_has(&o, "-vlan"))
		return make_vlan(cmd, &o);
	if (opt_has(&o, "-vadapter") == opt_has(&o, "-aplc"))
		return vios_usage(cmd, "One of -vadapter and -aplc is required.");
	h = vhost_wanted(cmd, &o);
	if (h == NULL)
		return 1;
	if (opt_has(&o, "-fbo"))
		return map_device(cmd, h, "", NULL, "optical", opt_str(&o, "-dev"));
	return map_backing(cmd, &o, h, opt_str(&o, "-vdev"));
}

static void
vtd_delete(struct sim_cmd *cmd, struct vhost *h, struct vtd *v)
{
	sim_out_printf(cmd->out, "%s deleted\n", v->name);
	devattr_drop(cmd->world, v->name);
	list_remove(&h->vtds, v);
}

static int
unmap_backing(struct sim_cmd *cmd, const struct opts *o, const char *dev)
{
	struct vhost *h = NULL;
	struct vtd *v;
	int maps = 0;

	LIST_EACH(struct vhost, each, &cmd->world->vhosts)
		LIST_EACH(struct vtd, other, &each->vtds)
			maps += strcmp(other->backing, dev) == 0 && strcmp(other->kind, "file") != 0;
	if (maps == 0)
		return no_such_device(cmd, dev);
	if (maps > 1 && !opt_has(o, "-f"))
		return vios_fail(cmd, "%s: The device \"%.60s\" is assigned more than once; use the -f flag to\n"
		    "\tremove all of its virtual target devices.", cmd->argv[0], dev);
	while ((v = vtd_of(cmd->world, dev, NULL, &h)) != NULL)
		vtd_delete(cmd, h, v);
	return 0;
}

static int
remove_netdev(struct sim_cmd *cmd, const char *name, const char *kind)
{
	struct netdev *d = netdev_find(cmd->world, name);

	if (d == NULL || (kind != NULL && strcmp(d->kind, kind) != 0))
		return no_such_device(cmd, name);
	if (netdev_user(cmd->world, name) != NULL || has_address(cmd->world, name))
		return vios_fail(cmd, TEXT_BUSY);
	if (strcmp(d->kind, "physical") == 0 || strcmp(d->kind, "vea") == 0) {
		sim_out_printf(cmd->out, "%s deleted\n", name); /* cfgdev brings it back */
		return 0;
	}
	sim_out_printf(cmd->out, "%s deleted\n", name);
	devattr_drop(cmd->world, name);
	list_remove(&cmd->world->netdevs, d);
	return 0;
}

int
vios_rmvdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-f", OPT_FLAG }, { "-vdev", OPT_ONE }, { "-vtd", OPT_ONE }, { "-dplc", OPT_ONE },
		{ "-aplc", OPT_ONE }, { "-rmlv", OPT_FLAG }, { "-sea", OPT_ONE }, { "-lnagg", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct vhost *h = NULL;
	struct vtd *v;
	struct lv *lv;
	char backing[NAME_SIZE];

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-vdev") + opt_has(&o, "-vtd") + opt_has(&o, "-sea") + opt_has(&o, "-lnagg") != 1)
		return vios_usage(cmd, "One of -vdev, -vtd, -sea and -lnagg is required.");
	world_changed(cmd->world);
	if (opt_has(&o, "-sea"))
		return remove_netdev(cmd, opt_str(&o, "-sea"), "sea");
	if (opt_has(&o, "-lnagg"))
		return remove_netdev(cmd, opt_str(&o, "-lnagg"), "lnagg");
	if (opt_has(&o, "-vdev")) {
		if (unmap_backing(cmd, &o, opt_str(&o, "-vdev")) != 0)
			return 1;
		str_set(backing, sizeof(backing), opt_str(&o, "-vdev"));
	} else {
		v = vtd_find(cmd->world, opt_str(&o, "-vtd"), &h);
		if (v == NULL)
			return no_such_device(cmd, opt_str(&o, "-vtd"));
		str_set(backing, sizeof(backing), strcmp(v->kind, "lv") == 0 ? v->backing : "");
		vtd_delete(cmd, h, v);
	}
	lv = opt_has(&o, "-rmlv") ? lv_find(cmd->world, backing) : NULL;
	if (lv != NULL && !lv_is_open(cmd->world, lv)) {
		sim_out_printf(cmd->out, "rmlv: Logical volume %s is removed.\n", lv->name);
		lv_destroy(cmd->world, lv);
	}
	return 0;
}

/* A disk that somebody uses stays; any other comes back with the next cfgdev, here at once. */
static int
remove_disk(struct sim_cmd *cmd, const struct pv *p)
{
	if (p->vg[0] != '\0' || vtd_of(cmd->world, p->name, NULL, NULL) != NULL)
		return vios_fail(cmd, TEXT_BUSY);
	sim_out_printf(cmd->out, "%s deleted\n", p->name);
	return 0;
}

/*
 * The server side of a virtual fibre channel adapter; one that is mapped to a port is busy (unconfirmed).  Below an HMC it is gone until the
 * next cfgdev, and with its last one what the VIOS knew of the client.  -1: the device is none.
 */
static int
remove_vfc(struct sim_cmd *cmd, const char *dev, bool gone)
{
	LIST_EACH(struct lpar, l, &cmd->world->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs) {
			if (strcmp(f->host, dev) != 0)
				continue;
			if (f->port[0] != '\0')
				return vios_fail(cmd, TEXT_BUSY);
			if (gone && cmd->world->host != NULL) {
				list_remove(&l->vfcs, f);
				if (l->vfcs.n == 0 && l->veths.n == 0 && l != lpar_vios(cmd->world)) {
					list_free(&l->vfcs);
					list_free(&l->veths);
					list_remove(&cmd->world->lpars, l);
				}
			}
			if (gone)
				sim_out_printf(cmd->out, "%s deleted\n", dev);
			return 0;
		}
	return -1;
}

int
vios_rmdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-dev", OPT_ONE }, { "-pdev", OPT_ONE }, { "-recursive", OPT_FLAG }, { "-ucfg", OPT_FLAG },
		{ "-f", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct vhost *h = NULL;
	struct vtd *v;
	const char *dev;
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-dev") == opt_has(&o, "-pdev"))
		return vios_usage(cmd, "One of -dev and -pdev is required.");
	dev = opt_str(&o, opt_has(&o, "-dev") ? "-dev" : "-pdev");
	world_changed(cmd->world);
	v = vtd_find(cmd->world, dev, &h);
	if (v != NULL) {
		vtd_delete(cmd, h, v);
		return 0;
	}
	if ((rv = remove_vfc(cmd, dev, opt_has(&o, "-dev"))) != -1)
		return rv;
	h = vhost_by_name(cmd->world, dev);
	if (h == NULL && pv_find(cmd->world, dev) != NULL)
		return remove_disk(cmd, pv_find(cmd->world, dev));
	if (h == NULL)
		return remove_netdev(cmd, dev, NULL);
	if (h->vtds.n > 0 && !opt_has(&o, "-recursive"))
		return vios_fail(cmd, "0514-029 %s: Cannot perform the requested function because a\n"
		    "\tchild device of the specified device is not in a correct state.", cmd->argv[0]);
	while (h->vtds.n > 0)
		vtd_delete(cmd, h, h->vtds.item[0]);
	if (cmd->world->host != NULL && opt_has(&o, "-dev")) {
		list_free(&h->vtds);
		list_remove(&cmd->world->vhosts, h);
	}
	if (opt_has(&o, "-dev")) /* found again by the next cfgdev; with IVM that is: at once */
		sim_out_printf(cmd->out, "%s deleted\n", dev);
	return 0;
}

/* The values of an SEA or aggregation that are more than a note. */
static int
change_netdev(struct sim_cmd *cmd, struct netdev *d, const char *attr, const char *value)
{
	const struct netdev *u;
	char list[TEXT_SIZE];

	if (strcmp(attr, "virt_adapters") == 0 && strcmp(d->kind, "sea") == 0) {
		if (!str_set(list, sizeof(list), value))
			return vios_usage(cmd, "Too many adapters.");
		for (char *save = NULL, *n = strtok_r(list, ",", &save); n != NULL; n = strtok_r(NULL, ",", &save)) {
			if (netdev_find(cmd->world, n) == NULL || strcmp(netdev_find(cmd->world, n)->kind, "vea") != 0)
				return no_such_device(cmd, n);
			u = netdev_user(cmd->world, n);
			if (u != NULL && u != d)
				return vios_fail(cmd, TEXT_BUSY);
		}
		str_set(d->virt, sizeof(d->virt), value);
		return 0;
	}
	if (strcmp(attr, "pvid_adapter") == 0 && strcmp(d->kind, "sea") == 0) {
		str_set(d->dflt, sizeof(d->dflt), value);
		return 0;
	}
	if (strcmp(attr, "pvid") == 0 && strcmp(d->kind, "sea") == 0)
		return parse_int(value, 1, 4094, &d->pvid) ? 0 : vios_usage(cmd, "The value of pvid is not valid.");
	if (strcmp(attr, "adapter_names") == 0 && strcmp(d->kind, "lnagg") == 0) {
		str_set(d->target, sizeof(d->target), value);
		return 0;
	}
	devattr_set(cmd->world, d->name, attr, value);
	return 0;
}

static int
change_attr(struct sim_cmd *cmd, const char *dev, const char *pair)
{
	struct netdev *d = netdev_find(cmd->world, dev);
	struct pv *p = pv_find(cmd->world, dev);
	char attr[NAME_SIZE];
	const char *value = strchr(pair, '=');

	if (value++ == NULL)
		return vios_usage(cmd, "Attributes are of the form attribute=value.");
	snprintf(attr, sizeof(attr), "%.*s", (int)strcspn(pair, "="), pair);
	if (d != NULL)
		return change_netdev(cmd, d, attr, value);
	if (p != NULL && strcmp(attr, "pv") == 0) {
		if (strcmp(value, "yes") == 0 && strcmp(p->pvid, "none") == 0)
			snprintf(p->pvid, sizeof(p->pvid), "00f60e58%08llx", (unsigned long long)++cmd->world->count.id);
		else if (strcmp(value, "clear") == 0)
			str_set(p->pvid, sizeof(p->pvid), "none");
		return 0;
	}
	/* As it is without anybody's doing: nothing to remember. */
	if (p != NULL && strcmp(attr, "reserve_policy") == 0 && strcmp(value, "single_path") == 0)
		value = NULL;
	devattr_set(cmd->world, dev, attr, value);
	return 0;
}

int
vios_chdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-dev", OPT_ONE }, { "-attr", OPT_MANY }, { "-perm", OPT_FLAG }, { "-f", OPT_FLAG },
		{ "-restoreroute", OPT_FLAG }, { "-force", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	const struct opt *attr;
	const char *dev;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	dev = opt_str(&o, "-dev");
	attr = opt_find(&o, "-attr");
	if (dev == NULL || attr == NULL)
		return vios_usage(cmd, "The options -dev and -attr are required.");
	if (!device_name_used(cmd->world, dev) && strncmp(dev, "en", 2) != 0 && strncmp(dev, "fscsi", 5) != 0 &&
	    strncmp(dev, "fcs", 3) != 0 && strcmp(dev, "sys0") != 0)
		return no_such_device(cmd, dev);
	world_changed(cmd->world);
	for (int i = 0; i < attr->n; i++)
		if (change_attr(cmd, dev, attr->v[i]) != 0)
			return 1;
	sim_out_printf(cmd->out, "%s changed\n", dev);
	return 0;
}

/* With IVM everything is found by itself already; it only says so when the device does not exist. */
int
vios_cfgdev(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-dev", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	const char *dev;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	dev = opt_str(&o, "-dev");
	if (dev != NULL && strncmp(dev, "vio", 3) != 0 && strncmp(dev, "fcs", 3) != 0 &&
	    !device_name_used(cmd->world, dev))
		return no_such_device(cmd, dev);
	if (cmd->world->host != NULL)
		adapters_configure(cmd->world);
	return 0;
}
