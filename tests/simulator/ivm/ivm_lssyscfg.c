/* SPDX-License-Identifier: ISC */
/* lssyscfg: the attribute tables of partitions, profiles and the system, in the console's order. */
#include <stdio.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/guest.h"

static void
get_state(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, lpar_state_name(((const struct lpar *)row)->state));
}

static void
get_active(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, lpar_active(row) ? "1" : "0");
}

static void
get_os_version(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_add(out, l->os_version[0] == '\0' ? "0.0.0.0.0.0" : l->os_version);
}

static void
get_serial(const struct world *w, const void *row, struct text *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	text_printf(out, "%s%c", w->sys.serial, digits[((const struct lpar *)row)->id % 36]);
}

static void
get_curr_profile(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct lpar *)row)->profile);
}

/* Dynamic changes need the connection to the operating system. */
static void
get_dlpar(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_add(out, strcmp(l->rmc_state, "active") == 0 ? "1" : "0");
}

static void
get_uptime(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;
	long long s = l->t.active_ms == 0 ? 0 : (world_now(w) - l->t.active_ms) / 1000;

	if (w->speed > 0)
		s = (long long)((double)s * w->speed);
	text_printf(out, "%lld", lpar_active(l) ? s : 0);
}

static void
get_compat(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	if (!lpar_active(l))
		text_add(out, "null");
	else
		text_add(out, strcmp(l->compat_mode, "default") == 0 ? "POWER7" : l->compat_mode);
}

#define LPAR_STR(n, m) AT_STR(lpar, n, m)
#define LPAR_INT(n, m) AT_INT(lpar, n, m)

static const struct attr lpar_attrs[] = {
	LPAR_STR("name", name), LPAR_INT("lpar_id", id), LPAR_STR("lpar_env", env),
	AT_FN("state", get_state), AT_FN("resource_config", get_active),
	AT_FN("os_version", get_os_version), AT_FN("logical_serial_num", get_serial),
	LPAR_STR("default_profile", profile), AT_FN("curr_profile", get_curr_profile),
	AT_CONST("work_group_id", "none"), LPAR_INT("allow_perf_collection", perf_collection),
	LPAR_STR("power_ctrl_lpar_ids", ctrl_ids), LPAR_STR("boot_mode", boot_mode),
	LPAR_STR("lpar_keylock", keylock), LPAR_INT("auto_start", auto_start),
	LPAR_STR("rmc_state", rmc_state), LPAR_STR("rmc_ipaddr", rmc_ipaddr),
	AT_FN("dlpar_mem_capable", get_dlpar), AT_FN("dlpar_proc_capable", get_dlpar),
	AT_FN("dlpar_io_capable", get_dlpar), AT_FN("uptime", get_uptime),
	LPAR_INT("lpar_avail_priority", avail_priority),
	LPAR_STR("desired_lpar_proc_compat_mode", compat_mode),
	AT_FN("curr_lpar_proc_compat_mode", get_compat),
	LPAR_STR("virtual_eth_mac_base_value", mac_base),
};

/* A list value: elements joined by commas, those with a comma in quotes. */
static void
add_element(struct text *out, const char *element)
{
	if (out->n > 0)
		text_addc(out, ',');
	if (strchr(element, ',') != NULL)
		text_printf(out, "\"%s\"", element);
	else
		text_add(out, element);
}

static void
get_serials(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	text_add(out, "0/server/1/any//any/1,1/server/1/any//any/1");
	if (l->id != VIOS_ID)
		return;
	LIST_EACH(struct vhost, h, &w->vhosts) {
		const struct lpar *c = lpar_by_id(w, h->client);

		text_printf(out, ",%d/client/1/%d/%s/0/0", h->slot + 1, h->client, c == NULL ? "" : c->name);
	}
}

static void
get_scsis(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	LIST_EACH(struct vhost, h, &w->vhosts) {
		const struct lpar *c = lpar_by_id(w, h->client);

		if (l->id == VIOS_ID)
			text_printf(out, "%s%d/server/%d/%s/%d/0", out->n > 0 ? "," : "", h->slot, h->client,
			    c == NULL ? "" : c->name, CLIENT_SCSI_SLOT);
		else if (h->client == l->id)
			text_printf(out, "%d/client/%d/%s/%d/0", CLIENT_SCSI_SLOT, VIOS_ID,
			    lpar_vios(w)->name, h->slot);
	}
	if (out->n == 0)
		text_add(out, "none");
}

static void
get_veths(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	LIST_EACH(struct veth, e, &((const struct lpar *)row)->veths) {
		struct text t = { 0 };

		veth_format(e, &t);
		add_element(out, text_str(&t));
		text_free(&t);
	}
	if (out->n == 0)
		text_add(out, "none");
}

static void
get_vfcs(const struct world *w, const void *row, struct text *out)
{
	LIST_EACH(struct vfc, f, &((const struct lpar *)row)->vfcs) {
		struct text t = { 0 };

		text_printf(&t, "%d/client/%d/%s/%d/%s,%s/0", f->slot, VIOS_ID, lpar_vios(w)->name,
		    f->remote_slot, f->wwpn1, f->wwpn2);
		add_element(out, text_str(&t));
		text_free(&t);
	}
	if (out->n == 0)
		text_add(out, "none");
}

static const struct attr prof_attrs[] = {
	LPAR_STR("name", profile), LPAR_STR("lpar_name", name), LPAR_INT("lpar_id", id),
	LPAR_STR("os_type", env), AT_CONST("all_resources", "0"), AT_CONST("mem_mode", "ded"),
	LPAR_INT("min_mem", pend.min_mem), LPAR_INT("desired_mem", pend.mem),
	LPAR_INT("max_mem", pend.max_mem), LPAR_STR("proc_mode", pend.proc_mode),
	AT_UNITS(lpar, "min_proc_units", pend.min_units),
	AT_UNITS(lpar, "desired_proc_units", pend.units),
	AT_UNITS(lpar, "max_proc_units", pend.max_units), LPAR_INT("min_procs", pend.min_procs),
	LPAR_INT("desired_procs", pend.procs), LPAR_INT("max_procs", pend.max_procs),
	LPAR_STR("sharing_mode", pend.sharing_mode), LPAR_INT("uncap_weight", pend.uncap_weight),
	AT_CONST("io_slots", "none"), AT_CONST("lpar_io_pool_ids", "none"),
	LPAR_INT("max_virtual_slots", max_virtual_slots),
	AT_FN("virtual_serial_adapters", get_serials), AT_FN("virtual_scsi_adapters", get_scsis),
	AT_FN("virtual_eth_adapters", get_veths), AT_FN("virtual_fc_adapters", get_vfcs),
	AT_CONST("virtual_opti_pool_id", "0"), LPAR_STR("boot_mode", boot_mode),
	LPAR_INT("conn_monitoring", conn_monitoring), LPAR_INT("auto_start", auto_start),
	LPAR_STR("power_ctrl_lpar_ids", ctrl_ids), AT_CONST("lhea_logical_ports", "none"),
	AT_CONST("lhea_capabilities", "none"), LPAR_STR("lpar_proc_compat_mode", compat_mode),
};

static const struct attr sys_attrs[] = {
	AT_STR(system, "name", name), AT_STR(system, "type_model", type_model),
	AT_STR(system, "serial_num", serial), AT_CONST("ipaddr", ""),
	AT_CONST("state", "Operating"), AT_CONST("sys_time", ""),
	AT_CONST("power_off_policy", "0"), AT_CONST("cod_mem_capable", "1"),
	AT_CONST("cod_proc_capable", "1"), AT_CONST("os400_capable", "0"),
	AT_CONST("micro_lpar_capable", "1"), AT_INT(system, "max_lpars", max_lpars),
	AT_CONST("max_power_ctrl_lpars", "1"), AT_CONST("service_lpar_id", "1"),
	AT_CONST("pend_lpar_config_state", "enabled"),
	AT_CONST("capabilities", "active_lpar_mobility_capable,inactive_lpar_mobility_capable,"
	    "cod_proc_capable,vet_activation_capable,shared_proc_capable,"
	    "active_lpar_share_idle_procs_capable,micro_lpar_capable,dlpar_mem_capable,"
	    "assign_phys_io_capable,lpar_avail_priority_capable,lpar_proc_compat_mode_capable,"
	    "virtual_fc_capable,active_mem_sharing_capable"),
	AT_CONST("lpar_proc_compat_modes", "default,POWER6,POWER6+,POWER7"),
};

static const struct listing lpar_listing = LISTING(lpar_attrs, ivm_lpar_filters, struct lpar);
static const struct listing prof_listing = LISTING(prof_attrs, ivm_lpar_filters, struct lpar);
static const struct listing sys_listing = {
	sys_attrs, sizeof(sys_attrs) / sizeof(sys_attrs[0]), NULL, 0, sizeof(struct system),
};

int
ivm_lssyscfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "--filter", OPT_ONE }, { "-F", OPT_MAYBE }, { "--header", OPT_FLAG },
		{ "-m", OPT_ONE }, { NULL, OPT_END },
	};
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	struct opts o;
	const char *what;
	int status;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	what = opt_str(&o, "-r");
	if (what == NULL)
		return ivm_usage(cmd, "The -r option is required.");
	if (strcmp(what, "lpar") == 0) {
		status = attr_list(cmd, &o, &lpar_listing, &cmd->world->lpars);
		guest_looked(cmd->world);
		return status;
	}
	if (strcmp(what, "prof") == 0)
		return attr_list(cmd, &o, &prof_listing, &cmd->world->lpars);
	if (strcmp(what, "sys") == 0)
		return attr_list(cmd, &o, &sys_listing, &one);
	return ivm_usage(cmd, "The -r option must be lpar, prof or sys.");
}
