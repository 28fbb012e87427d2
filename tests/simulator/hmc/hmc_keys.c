/* SPDX-License-Identifier: ISC */
/* Keys of the console, its connections to systems and to operating systems, NPIV logins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

/* ---- mkauthkeys ---- */

/* Writes the key file anew without the lines that have the key in them, then adds one. */
static int
keys_edit(const struct sim_cmd *cmd, const char *without, const char *with)
{
	char path[8192], line[4096];
	struct text t = { 0 };
	FILE *f;

	snprintf(path, sizeof(path), "%s/fs/home/%s/.ssh/authorized_keys2", cmd->hmc->state_dir, cmd->user);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strstr(line, without) == NULL)
			text_printf(&t, "%s\n", line);
	}
	if (f != NULL)
		(void)fclose(f);
	if (with != NULL)
		text_printf(&t, "%s\n", with);
	(void)world_mkdirs(path);
	f = fopen(path, "we");
	if (f != NULL) {
		(void)fputs(text_str(&t), f);
		(void)fclose(f);
	}
	text_free(&t);
	return f == NULL;
}

int
hmc_mkauthkeys(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-a", OPT_ONE }, { "--add", OPT_ONE }, { "-r", OPT_ONE }, { "--remove", OPT_ONE }, { "-u", OPT_ONE },
		{ "--ip", OPT_ONE }, { "--passwd", OPT_ONE }, { "-g", OPT_FLAG }, { "--test", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	const char *add, *drop;
	int rv = hmc_options(cmd, &o, def, "", "mkauthkeys {-a | --add | -r | --remove} \"<key>\"\n"
	    "       mkauthkeys --ip <address> -u <user> [--passwd <password>] [-g] [--test]");

	if (rv != -1)
		return rv;
	add = opt_has(&o, "-a") ? opt_str(&o, "-a") : opt_str(&o, "--add");
	drop = opt_has(&o, "-r") ? opt_str(&o, "-r") : opt_str(&o, "--remove");
	if (opt_has(&o, "--ip"))
		return hmc_fail(cmd, "HSCL3653", "The Secure Shell (SSH) communication configuration between the source and "
		    "destination management consoles has not been set up properly for the remote user %s.  Run the mkauthkeys "
		    "command to set up the SSH communication authentication keys.", opt_has(&o, "-u") ? opt_str(&o, "-u") : "");
	if (add == NULL && drop == NULL)
		return hmc_missing(cmd, "-a, -r");
	if (strchr(cmd->user, '/') != NULL || (add != NULL && strchr(add, '\n') != NULL))
		return hmc_missing(cmd, "-a");
	return keys_edit(cmd, add != NULL ? add : drop, add);
}

/* ---- connections ---- */

GET(con_mtms, text_printf(t, "%s*%s", r->c->type_model, r->c->serial))
GET_STR(con_ip, r->c->ipaddr)

static const struct hmc_attr con_attrs[] = {
	{ "resource_type", NULL, "sys", false }, { "type_model_serial_num", con_mtms, NULL, false },
	{ "sp", NULL, "primary", false }, { "sp_phys_loc", NULL, "unavailable", false }, { "ipaddr", con_ip, NULL, false },
	{ "alt_ipaddr", NULL, "unavailable", false }, { "state", NULL, "Connected", false },
};

int
hmc_lssysconn(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-r", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	static const struct hmc_listing ls = { "sysconn", con_attrs, sizeof(con_attrs) / sizeof(con_attrs[0]), NULL, 0 };
	struct list rows = { 0 };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "-r", "lssysconn -r all | sys [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	LIST_EACH(struct cec, c, &cmd->hmc->cecs)
		(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, &o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

static void
print_dlpar(struct sim_cmd *cmd, const struct cec *c, const struct part *p, int n)
{
	const char *os = part_is_vios(p) || strncmp(p->os_version, "AIX", 3) == 0 ? "AIX" : "Linux/RedHat";

	sim_out_printf(cmd->out, "<#%d> Partition:<%d*%s*%s, %s, %s>\n       Active:<%d>, OS:<%s, %s>, DCaps:<0x%s>, "
	    "CmdCaps:<0x%s>, PinnedMem:<%d>\n", n, p->id, c->type_model, c->serial, p->hostname[0] != '\0' ? p->hostname :
	    p->name, p->rmc_ipaddr, part_rmc(p), os, p->os_version, part_rmc(p) ? "2f" : "0",
	    part_rmc(p) ? "0b, 0x0b" : "0, 0x0", p->curr.mem / 12);
}

int
hmc_lspartition(struct sim_cmd *cmd)
{
	int n = 0;

	if (cmd->argc < 2 || strcmp(cmd->argv[1], "-dlpar") != 0)
		return hmc_bad_parameter(cmd, cmd->argc < 2 ? "" : cmd->argv[1]);
	LIST_EACH(struct cec, c, &cmd->hmc->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->rmc_ipaddr[0] != '\0')
				print_dlpar(cmd, c, p, n++);
	return 0;
}

/* ---- NPIV logins ---- */

GET_STR(np_profile, r->f == NULL ? "last*valid*configuration" : r->f->name)
GET_INT(np_slot, r->a->slot)
GET_STR(np_wwpn, r->n == 0 ? r->a->wwpn1 : r->a->wwpn2)
GET_INT(np_status, r->a->logged_in || (part_active(r->p) && r->n == 0))

static const struct hmc_attr np_attrs[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "profile_name", np_profile, NULL, false }, { "slot_num", np_slot, NULL, false },
	{ "wwpn", np_wwpn, NULL, false }, { "wwpn_status", np_status, NULL, false },
};

static void
add_wwpns(struct sim_cmd *cmd, struct list *rows, struct cec *c, struct part *p, const struct profile *f)
{
	LIST_EACH(struct vadapter, a, f == NULL ? &p->curr.adapters : &f->c.adapters)
		for (int i = 0; i < 2 && a->kind == VA_FC && !a->server; i++) {
			struct row *r = row_add(rows, cmd->hmc, c, p);

			r->f = f;
			r->a = a;
			r->n = i;
		}
}

int
hmc_lsnportlogin(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-m", OPT_ONE }, { "-n", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END } };
	static const struct hmc_listing ls = HMC_LISTING("nportlogin", np_attrs, lpar_filters);
	struct list rows = { 0 };
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-m", "lsnportlogin -m <managed system> --filter \"<filter data>\" [-n <profile>] "
	    "[-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	c = hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	LIST_EACH(struct part, p, &c->parts) {
		const struct profile *f = profile_find(p, opt_has(&o, "-n") ? opt_str(&o, "-n") : p->default_profile);

		add_wwpns(cmd, &rows, c, p, f);
	}
	rv = hmc_list(cmd, &o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}

/* Is the server side of a client adapter there, with a device and a port? */
static bool
is_mapped(const struct cec *c, const struct part *p, const struct vadapter *a)
{
	const struct part *vios = part_by_id(c, a->remote_id);
	const struct vadapter *srv = vios == NULL ? NULL : adapter_at(&vios->curr, a->remote_slot);

	if (srv == NULL || vios->vios == NULL || !adapter_matches(srv, a, vios, p))
		return false;
	LIST_EACH(struct lpar, l, &vios->vios->lpars)
		LIST_EACH(struct vfc, f, &l->vfcs)
			if (f->remote_slot == srv->slot)
				return f->port[0] != '\0';
	return false;
}

int
hmc_chnportlogin(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-o", OPT_ONE }, { "-m", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-n", OPT_ONE }, { "-w", OPT_ONE },
		{ "-d", OPT_ONE }, { "-v", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	struct part *p;
	struct profile *f;
	int on, rv = hmc_options(cmd, &o, def, "-o -m", "chnportlogin -o login | logout -m <managed system> {-p <partition name> | "
	    "--id <partition ID>} [-n <profile>] [-w <minutes>] [-d <detail>] [-v]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-o", "login logout") != 0)
		return 1;
	on = strcmp(opt_str(&o, "-o"), "login") == 0;
	c = hmc_operating(cmd, &o);
	p = c == NULL ? NULL : hmc_target(cmd, &o, c, "-p");
	if (p == NULL)
		return 1;
	f = profile_find(p, opt_has(&o, "-n") ? opt_str(&o, "-n") : p->default_profile);
	if (f == NULL)
		return hmc_no_profile(cmd, opt_has(&o, "-n") ? opt_str(&o, "-n") : "");
	LIST_EACH(struct vadapter, a, &f->c.adapters)
		if (a->kind == VA_FC && !a->server) {
			if (on && !is_mapped(c, p, a))
				/* Code and text (unconfirmed). */
				return hmc_fail(cmd, "HSCLA8A2", "The login of the virtual Fibre Channel adapter in slot %d failed: its "
				    "server adapter is not mapped to a port.", a->slot);
			a->logged_in = on;
		}
	return 0;
}
