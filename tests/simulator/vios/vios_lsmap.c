/* SPDX-License-Identifier: ISC */
/*
 * lsmap: which client sees what.  Three kinds of adapters (virtual SCSI, virtual
 * ethernet, virtual fibre channel), each with adapter fields that always come first and
 * in a fixed order, and device fields in the order asked, repeated for each device.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/simulator/network.h"
#include "tests/simulator/storage.h"
#include "vios.h"

struct scsi_row {
	const struct vhost *h;
	const struct vtd *v;
};

struct mapfield {
	const char *name, *label; /* label of the human form */
	bool adapter;
	int width; /* adapter fields of the human form */
	void (*get)(const struct world *w, const struct scsi_row *r, struct text *out);
};

static void
f_svsa(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	text_add(out, r->h->name);
}

static void
f_physloc(const struct world *w, const struct scsi_row *r, struct text *out)
{
	slot_location(w, w->sys.vios_id, r->h->slot, out);
}

static void
f_clientid(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	text_printf(out, "0x%08x", (unsigned)r->h->client);
}

static void
f_vtd(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	text_add(out, r->v->name);
}

static void
f_status(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	(void)r;
	text_add(out, "Available");
}

static void
f_lun(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	text_printf(out, "0x%02x00000000000000", 0x80u + (unsigned)r->v->lun);
}

static void
f_backing(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	if (strcmp(r->v->kind, "file") == 0)
		text_printf(out, POOL_MOUNT "/%s/%s", r->v->pool, r->v->backing);
	else if (strcmp(r->v->kind, "optical") != 0)
		text_add(out, r->v->backing);
	else if (r->v->media[0] != '\0')
		text_printf(out, REPO_MOUNT "/%s", r->v->media);
}

static void
f_bdphysloc(const struct world *w, const struct scsi_row *r, struct text *out)
{
	const struct pv *p = strcmp(r->v->kind, "disk") == 0 ? pv_find(w, r->v->backing) : NULL;

	if (p != NULL)
		text_add(out, p->physloc);
}

static void
f_mirrored(const struct world *w, const struct scsi_row *r, struct text *out)
{
	(void)w;
	text_add(out, strcmp(r->v->kind, "disk") == 0 ? "false" : "N/A");
}

static const struct mapfield scsi_fields[] = {
	{ "svsa", "SVSA", true, 16, f_svsa },
	{ "physloc", "Physloc", true, 45, f_physloc },
	{ "clientid", "Client Partition ID", true, 18, f_clientid },
	{ "vtd", "VTD", false, 0, f_vtd },
	{ "status", "Status", false, 0, f_status },
	{ "lun", "LUN", false, 0, f_lun },
	{ "backing", "Backing device", false, 0, f_backing },
	{ "bdphysloc", "Physloc", false, 0, f_bdphysloc },
	{ "mirrored", "Mirrored", false, 0, f_mirrored },
};
#define NSCSI (sizeof(scsi_fields) / sizeof(scsi_fields[0]))

struct selection { /* adapter fields in table order, then device fields as asked */
	const struct mapfield *a[16], *d[16];
	size_t na, nd;
};

static const struct mapfield *
scsi_field(const char *name)
{
	for (size_t i = 0; i < NSCSI; i++)
		if (strcasecmp(scsi_fields[i].name, name) == 0)
			return &scsi_fields[i];
	return NULL;
}

static int
select_fields(struct sim_cmd *cmd, const struct opts *o, struct selection *s)
{
	const struct opt *field = opt_find(o, "-field");

	memset(s, 0, sizeof(*s));
	for (int i = 0; field != NULL && i < field->n; i++) {
		const struct mapfield *f = scsi_field(field->v[i]);

		if (f == NULL || s->nd == 16)
			return vios_usage(cmd, "Invalid field name specified.");
		if (!f->adapter)
			s->d[s->nd++] = f;
	}
	for (size_t k = 0; k < NSCSI; k++) {
		bool wanted = field == NULL;

		for (int i = 0; field != NULL && i < field->n; i++)
			wanted = wanted || strcasecmp(field->v[i], scsi_fields[k].name) == 0;
		if (wanted && scsi_fields[k].adapter)
			s->a[s->na++] = &scsi_fields[k];
		else if (wanted && field == NULL)
			s->d[s->nd++] = &scsi_fields[k];
	}
	return 0;
}

static bool
type_wanted(const struct opts *o, const struct vtd *v)
{
	static const struct {
		const char *kind, *type;
	} names[] = {
		{ "disk", "disk" }, { "lv", "lv" }, { "file", "file" }, { "file", "file_disk" },
		{ "optical", "file_opt" }, { "tape", "tape" },
	};
	const struct opt *type = opt_find(o, "-type");

	for (int i = 0; type != NULL && i < type->n; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (strcasecmp(type->v[i], names[k].type) == 0 && strcmp(v->kind, names[k].kind) == 0)
				return true;
	return type == NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct vtd *x = *(const struct vtd *const *)a, *y = *(const struct vtd *const *)b;

	return strverscmp(x->name, y->name);
}

static void
devices_of(const struct opts *o, const struct vhost *h, struct list *out)
{
	LIST_EACH(struct vtd, v, &h->vtds)
		if (type_wanted(o, v))
			list_append(out, v);
	if (out->n > 1)
		qsort(out->item, out->n, sizeof(out->item[0]), by_name);
}

static void
print_line(struct sim_cmd *cmd, const struct selection *s, const struct vhost *h,
    const struct list *devs, const char *fmt)
{
	struct scsi_row r = { h, NULL };
	struct text t = { 0 };
	size_t k = 0;

	for (size_t i = 0; i < s->na; i++) {
		text_add(&t, k++ > 0 ? fmt : "");
		s->a[i]->get(cmd->world, &r, &t);
	}
	for (size_t d = 0; d < devs->n || d == 0; d++)
		for (size_t i = 0; i < s->nd; i++) {
			size_t before;

			text_add(&t, k++ > 0 ? fmt : "");
			before = t.n;
			if (devs->n > 0) {
				r.v = devs->item[d];
				s->d[i]->get(cmd->world, &r, &t);
			}
			if (t.n == before)
				text_addc(&t, ' ');
		}
	sim_out_printf(cmd->out, "%s\n", text_str(&t));
	text_free(&t);
}

static void
print_adapter_head(struct sim_cmd *cmd, const struct selection *s, const struct vhost *h)
{
	static const char dashes[] = "--------------------------------------------------";
	const struct scsi_row r = { h, NULL };
	struct text head = { 0 }, line = { 0 }, value = { 0 }, v = { 0 };

	for (size_t i = 0; i < s->na; i++) {
		bool last = i + 1 == s->na;
		int w = s->a[i]->width;

		text_clear(&v);
		s->a[i]->get(cmd->world, &r, &v);
		text_printf(&head, "%-*s", last ? 0 : w, s->a[i]->label);
		text_printf(&line, "%.*s%s", last ? w : w - 1, dashes, last ? "" : " ");
		text_printf(&value, "%-*s", last ? 0 : w, text_str(&v));
	}
	sim_out_printf(cmd->out, "%s\n%s\n%s\n\n", text_str(&head), text_str(&line), text_str(&value));
	text_free(&head);
	text_free(&line);
	text_free(&value);
	text_free(&v);
}

static void
print_device(struct sim_cmd *cmd, const struct selection *s, const struct scsi_row *r)
{
	struct text t = { 0 };

	for (size_t i = 0; i < s->nd; i++) {
		text_clear(&t);
		s->d[i]->get(cmd->world, r, &t);
		sim_out_printf(cmd->out, "%-22s%s\n", s->d[i]->label, text_str(&t));
	}
	sim_out_puts(cmd->out, "\n");
	text_free(&t);
}

static void
print_human(struct sim_cmd *cmd, const struct selection *s, const struct vhost *h,
    const struct list *devs)
{
	if (s->na > 0)
		print_adapter_head(cmd, s, h);
	for (size_t d = 0; d < devs->n; d++)
		print_device(cmd, s, &(struct scsi_row){ h, devs->item[d] });
	if (devs->n == 0 && s->nd > 0)
		sim_out_printf(cmd->out, "%-22s%s\n\n", "VTD", "NO VIRTUAL TARGET DEVICE FOUND");
}

static void
show_vhost(struct sim_cmd *cmd, const struct opts *o, const struct selection *s, const struct vhost *h)
{
	struct list devs = { 0 };

	devices_of(o, h, &devs);
	if (devs.n > 0 || !opt_has(o, "-type")) {
		if (opt_has(o, "-fmt"))
			print_line(cmd, s, h, &devs, opt_str(o, "-fmt"));
		else
			print_human(cmd, s, h, &devs);
	}
	free(devs.item);
}

static int
map_scsi(struct sim_cmd *cmd, const struct opts *o)
{
	struct selection s;
	struct vhost *h;

	if (select_fields(cmd, o, &s) != 0)
		return 1;
	if (opt_has(o, "-all")) {
		LIST_EACH(struct vhost, each, &cmd->world->vhosts)
			show_vhost(cmd, o, &s, each);
		return 0;
	}
	h = vhost_wanted(cmd, o);
	if (h == NULL)
		return opt_has(o, "-plc") ? 10 : 1;
	show_vhost(cmd, o, &s, h);
	return 0;
}

/* ---- ethernet ---- */

static const struct netdev *
sea_of(const struct world *w, const struct netdev *d)
{
	const struct netdev *u = netdev_user(w, d->name);

	return u != NULL && strcmp(u->kind, "sea") == 0 ? u : NULL;
}

static void
n_svea(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct netdev *)row)->name);
}

static void
n_physloc(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct netdev *)row)->physloc);
}

static void
n_sea(const struct world *w, const void *row, struct text *out)
{
	const struct netdev *s = sea_of(w, row);

	text_add(out, s == NULL ? "" : s->name);
}

static void
n_backing(const struct world *w, const void *row, struct text *out)
{
	const struct netdev *s = sea_of(w, row);

	text_add(out, s == NULL ? "" : s->target);
}

static void
n_status(const struct world *w, const void *row, struct text *out)
{
	text_add(out, sea_of(w, row) == NULL ? "" : "Available");
}

static void
n_bdphysloc(const struct world *w, const void *row, struct text *out)
{
	const struct netdev *s = sea_of(w, row), *p = s == NULL ? NULL : netdev_find(w, s->target);

	text_add(out, p == NULL ? "" : p->physloc);
}

static const struct column net_columns[] = {
	{ "svea", "SVEA", 7, false, n_svea, NULL },
	{ "physloc", "Physloc", 0, false, n_physloc, NULL },
	{ "sea", "SEA", 0, false, n_sea, NULL },
	{ "backing", "Backing device", 0, false, n_backing, NULL },
	{ "status", "Status", 0, false, n_status, NULL },
	{ "bdphysloc", "Physloc", 0, false, n_bdphysloc, NULL },
};

static void
net_human(struct sim_cmd *cmd, const struct netdev *d)
{
	struct text t = { 0 };

	sim_out_printf(cmd->out, "%-7s%s\n%s %s\n%-7s%s\n\n", "SVEA", "Physloc", "------",
	    "--------------------------------------------", d->name, d->physloc);
	if (sea_of(cmd->world, d) == NULL) {
		sim_out_printf(cmd->out, "%-22s%s\n\n", "SEA", "NO SHARED ETHERNET ADAPTER FOUND");
		return;
	}
	for (size_t i = 2; i < NCOLS(net_columns); i++) {
		text_clear(&t);
		net_columns[i].get(cmd->world, d, &t);
		sim_out_printf(cmd->out, "%-22s%s\n", net_columns[i].title, text_str(&t));
	}
	sim_out_puts(cmd->out, "\n");
	text_free(&t);
}

static int
map_net(struct sim_cmd *cmd, const struct opts *o)
{
	const char *one = opt_str(o, "-vadapter"), *plc = opt_str(o, "-plc");
	struct list rows = { 0 };
	int rv = 0;

	LIST_EACH(struct netdev, d, &cmd->world->netdevs)
		if (strcmp(d->kind, "vea") == 0 && (one == NULL || strcmp(one, d->name) == 0) &&
		    (plc == NULL || strcmp(plc, d->physloc) == 0))
			list_append(&rows, d);
	if (rows.n == 0 && !opt_has(o, "-all"))
		rv = plc != NULL ? 10 : no_such_device(cmd, one);
	else if (opt_has(o, "-fmt") || opt_has(o, "-field"))
		rv = table_print(cmd, o, net_columns, NCOLS(net_columns), &rows);
	else
		for (size_t i = 0; i < rows.n; i++)
			net_human(cmd, rows.item[i]);
	free(rows.item);
	return rv;
}

/* ---- fibre channel ---- */

struct fc_row {
	const struct vfc *f;
	const struct lpar *l;
};

static void
c_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fc_row *)row)->f->host);
}

static void
c_physloc(const struct world *w, const void *row, struct text *out)
{
	slot_location(w, w->sys.vios_id, ((const struct fc_row *)row)->f->remote_slot, out);
}

static void
c_clntid(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct fc_row *)row)->l->id);
}

static void
c_clntname(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fc_row *)row)->l->name);
}

static void
c_clntos(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = ((const struct fc_row *)row)->l;

	(void)w;
	text_add(out, l->image[0] == '\0' ? "" : strncmp(l->os_version, "AIX", 3) == 0 ? "AIX" : "Linux");
}

static void
c_status(const struct world *w, const void *row, struct text *out)
{
	const struct fc_row *r = row;

	(void)w;
	text_add(out, r->f->port[0] != '\0' && r->l->state == LS_RUNNING ? "LOGGED_IN" : "NOT_LOGGED_IN");
}

static void
c_fc(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fc_row *)row)->f->port);
}

static void
c_fcphysloc(const struct world *w, const void *row, struct text *out)
{
	const struct fc_row *r = row;

	(void)w;
	if (r->f->port[0] != '\0')
		text_printf(out, "U78AB.001.WZSJH1H-P1-C3-T%d", atoi(r->f->port + 3) + 1);
}

static void
c_ports(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fc_row *)row)->f->port[0] == '\0' ? "0" : "1");
}

static void
c_flags(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct fc_row *)row)->f->port[0] == '\0' ? "1" : "a");
}

static void
c_none(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	(void)row;
	(void)out;
}

static const struct column npiv_columns[] = {
	{ "name", "Name", 14, false, c_name, NULL },
	{ "physloc", "Physloc", 35, false, c_physloc, NULL },
	{ "clntid", "ClntID", 7, false, c_clntid, NULL },
	{ "clntname", "ClntName", 15, false, c_clntname, NULL },
	{ "clntos", "ClntOS", 8, false, c_clntos, NULL },
	{ "status", "Status", 15, false, c_status, NULL },
	{ "fc", "FC name", 9, false, c_fc, NULL },
	{ "fcphysloc", "FC loc code", 28, false, c_fcphysloc, NULL },
	{ "ports", "Ports logged in", 16, false, c_ports, NULL },
	{ "flags", "Flags", 6, false, c_flags, NULL },
	{ "vfcclient", "VFC client name", 16, false, c_none, NULL },
	{ "vfcclientdrc", "VFC client DRC", 0, false, c_none, NULL },
};

static int
map_npiv(struct sim_cmd *cmd, const struct opts *o)
{
	const char *one = opt_str(o, "-vadapter");
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct lpar, l, &cmd->world->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs) {
			struct fc_row *r;

			if (one != NULL && strcmp(one, f->host) != 0)
				continue;
			r = list_new(&rows, sizeof(*r));
			r->f = f;
			r->l = l;
		}
	if (rows.n == 0 && one != NULL)
		rv = no_such_device(cmd, one);
	else
		rv = table_print(cmd, o, npiv_columns, NCOLS(npiv_columns), &rows);
	list_free(&rows);
	return rv;
}

int
vios_lsmap(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-vadapter", OPT_ONE }, { "-plc", OPT_ONE }, { "-all", OPT_FLAG }, { "-type", OPT_MANY },
		{ "-net", OPT_FLAG }, { "-npiv", OPT_FLAG }, VIOS_LISTING, { NULL, OPT_END },
	};
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-vadapter") + opt_has(&o, "-plc") + opt_has(&o, "-all") != 1 || o.npos > 0)
		return vios_usage(cmd, "One of -vadapter, -plc and -all is required.");
	if (opt_has(&o, "-net") && (opt_has(&o, "-type") || opt_has(&o, "-npiv")))
		return vios_usage(cmd, "The options -net, -npiv and -type exclude each other.");
	if (opt_has(&o, "-net"))
		return map_net(cmd, &o);
	return opt_has(&o, "-npiv") ? map_npiv(cmd, &o) : map_scsi(cmd, &o);
}
