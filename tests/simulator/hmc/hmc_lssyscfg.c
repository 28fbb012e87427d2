/* SPDX-License-Identifier: ISC */
/* lssyscfg: systems and partitions; profiles are in hmc_lsprof.c. */
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

static const char usage[] =
    "lssyscfg -r lpar | prof | sys | sysprof | cage | frame [-m <managed system> | -e <managed frame>]\n"
    "[--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]] [--osrefresh] [--lastvalidcfg] [--help]";

/* ---- systems ---- */

static bool
off(const struct row *r)
{
	return !cec_operating(r->c) && strcmp(r->c->state, "Standby") != 0;
}

#define GET_CAP(fn, e) GET(fn, if (off(r)) text_add(t, "unavailable"); else text_printf(t, "%d", e))

GET_STR(sys_name, r->c->name)
GET_STR(sys_type, r->c->type_model)
GET_STR(sys_serial, r->c->serial)
GET_STR(sys_ip, r->c->ipaddr)
GET_STR(sys_state, r->c->state)
GET(sys_time, text_time(t, hmc_now(r->h)))
GET_INT(sys_off_policy, r->c->power_off_policy)
GET_STR(sys_start_policy, r->c->start_policy)
GET_CAP(sys_lpm, r->c->lpm)
GET_CAP(sys_lpm_off, r->c->lpm_inactive)
GET_CAP(sys_ame, r->c->ame)
GET_CAP(sys_ams, r->c->ams)
GET_CAP(sys_dpo, r->c->dpo)
GET_CAP(sys_npiv, r->c->npiv)
GET_CAP(sys_vswitch, r->c->vswitches_capable)
GET_CAP(sys_suspend, r->c->suspend)
GET_CAP(sys_rr, r->c->remote_restart)
GET_CAP(sys_one, 1)
GET_CAP(sys_zero, 0)
GET_INT(sys_max, r->c->max_lpars)
GET_STR(sys_modes, r->c->compat_modes)
GET_STR(sys_text, r->c->description)
GET_CAP(sys_sriov, r->c->sriov)
GET(sys_uuid, text_printf(t, "b5dd2b0c-0000-4000-8000-0000%.8s", r->c->serial))

static const struct hmc_attr sys_attrs[] = {
	{ "name", sys_name, NULL, false }, { "type_model", sys_type, NULL, false },
	{ "serial_num", sys_serial, NULL, false }, { "ipaddr", sys_ip, NULL, false },
	{ "sp_type", NULL, "fsp", false }, { "state", sys_state, NULL, false },
	{ "state_detail", NULL, "", false }, { "detailed_state", NULL, "None", false },
	{ "sys_time", sys_time, NULL, false }, { "power_off_policy", sys_off_policy, NULL, false },
	{ "active_lpar_mobility_capable", sys_lpm, NULL, false },
	{ "inactive_lpar_mobility_capable", sys_lpm_off, NULL, false },
	{ "active_lpar_share_idle_procs_capable", sys_one, NULL, false },
	{ "active_mem_expansion_capable", sys_ame, NULL, false },
	{ "hardware_active_mem_expansion_capable", sys_ame, NULL, false },
	{ "active_mem_mirroring_hypervisor_capable", sys_zero, NULL, false },
	{ "active_mem_sharing_capable", sys_ams, NULL, false },
	{ "addr_broadcast_perf_policy_capable", sys_zero, NULL, false }, { "aix_capable", sys_one, NULL, false },
	{ "capi_capable", sys_zero, NULL, false }, { "cod_mem_capable", sys_zero, NULL, false },
	{ "cod_proc_capable", sys_zero, NULL, false },
	{ "dynamic_platform_optimization_capable", sys_dpo, NULL, false },
	{ "electronic_err_reporting_capable", sys_one, NULL, false },
	{ "firmware_power_saver_capable", sys_zero, NULL, false },
	{ "hardware_power_saver_capable", sys_zero, NULL, false }, { "hardware_discovery_capable", sys_one, NULL, false },
	{ "huge_page_mem_capable", sys_one, NULL, false }, { "lpar_avail_priority_capable", sys_one, NULL, false },
	{ "lpar_proc_compat_mode_capable", sys_one, NULL, false },
	{ "lpar_remote_restart_capable", sys_rr, NULL, false },
	{ "powervm_lpar_simplified_remote_restart_capable", sys_rr, NULL, false },
	{ "dynamic_simplified_remote_restart_toggle_capable", sys_rr, NULL, false },
	{ "powervm_lpar_remote_restart_capable", sys_rr, NULL, false },
	{ "lpar_suspend_capable", sys_suspend, NULL, false }, { "micro_lpar_capable", sys_one, NULL, false },
	{ "os400_capable", sys_one, NULL, false }, { "5250_application_capable", sys_zero, NULL, false },
	{ "os400_native_io_capable", sys_one, NULL, false },
	{ "redundant_err_path_reporting_capable", sys_one, NULL, false },
	{ "shared_eth_failover_capable", sys_one, NULL, false }, { "sp_failover_capable", sys_zero, NULL, false },
	{ "vet_activation_capable", sys_one, NULL, false }, { "virtual_fc_capable", sys_npiv, NULL, false },
	{ "virtual_io_server_capable", sys_one, NULL, false }, { "virtual_switch_capable", sys_vswitch, NULL, false },
	{ "vsn_phase2_capable", sys_zero, NULL, false }, { "vsi_on_veth_capable", sys_zero, NULL, false },
	{ "sriov_capable", sys_sriov, NULL, false },
	{ "assign_5250_cpw_percent", NULL, "0", false }, { "max_lpars", sys_max, NULL, false },
	{ "max_power_ctrl_lpars", NULL, "1", false }, { "service_lpar_id", NULL, "none", false },
	{ "lpar_proc_compat_modes", sys_modes, NULL, false }, { "curr_sys_keylock", NULL, "norm", false },
	{ "pend_sys_keylock", NULL, "norm", false }, { "curr_power_on_side", NULL, "temp", false },
	{ "pend_power_on_side", NULL, "temp", false }, { "curr_power_on_speed", NULL, "fast", false },
	{ "pend_power_on_speed", NULL, "fast", false }, { "power_on_type", NULL, "power on", false },
	{ "power_on_option", NULL, "autostart", false }, { "power_on_lpar_start_policy", sys_start_policy, NULL, false },
	{ "pend_power_on_option", NULL, "autostart", false },
	{ "pend_power_on_lpar_start_policy", sys_start_policy, NULL, false },
	{ "power_on_method", NULL, "02", false }, { "power_on_attr", NULL, "0000", false },
	{ "sp_boot_attr", NULL, "0000", false }, { "sp_boot_major_type", NULL, "", false },
	{ "sp_boot_minor_type", NULL, "", false }, { "sp_version", NULL, "00090000", false },
	{ "mfg_default_config", NULL, "0", false }, { "curr_mfg_default_ipl_source", NULL, "a", false },
	{ "pend_mfg_default_ipl_source", NULL, "a", false }, { "curr_mfg_default_boot_mode", NULL, "norm", false },
	{ "pend_mfg_default_boot_mode", NULL, "norm", false }, { "max_vtpm_lpars", NULL, "1000", false },
	{ "supported_vtpm_versions", NULL, "1.2,2.0", false }, { "cluster_serial_num", NULL, "null", false },
	{ "peer_collective_serial_num", NULL, "null", false }, { "lpar_keystore_min_kbytes", NULL, "4", false },
	{ "lpar_keystore_max_kbytes", NULL, "64", false }, { "description", sys_text, NULL, false },
	{ "uuid", sys_uuid, NULL, false },
};

static int
list_sys(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct hmc_listing ls = { "sys", sys_attrs, sizeof(sys_attrs) / sizeof(sys_attrs[0]), NULL, 0 };
	struct list rows = { 0 };
	struct cec *one = opt_has(o, "-m") ? hmc_system(cmd, o) : NULL;
	int rv;

	if (opt_has(o, "-m") && one == NULL)
		return 1;
	LIST_EACH(struct cec, c, &cmd->hmc->cecs)
		if (one == NULL || c == one)
			(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

/* ---- partitions ---- */

static bool
lpar_state(const void *row, struct text *t)
{
	const struct row *r = row;

	text_add(t, cec_operating(r->c) ? lpar_state_name(r->p->state) : "Not Available");
	return true;
}

static bool
lpar_compat(const void *row, struct text *t)
{
	const struct row *r = row;
	const char *last = strrchr(r->c->compat_modes, ',');

	if (strcmp(r->p->curr.compat_mode, "default") != 0 && r->p->curr.compat_mode[0] != '\0')
		text_add(t, r->p->curr.compat_mode);
	else
		text_add(t, last == NULL ? r->c->compat_modes : last + 1);
	return true;
}

static bool
is_aix_up(const struct row *r)
{
	return part_rmc(r->p);
}

GET_STR(lpar_env, r->p->env)
GET_INT(lpar_config, r->p->has_config)
GET_STR(lpar_os_version, r->p->os_version)
GET(lpar_serial, text_printf(t, "%s%X", r->c->serial, (unsigned)r->p->id))
GET_STR(lpar_default, r->p->default_profile)
GET_STR(lpar_curr, r->p->curr_profile)
GET_STR(lpar_group, r->p->curr.work_group)
GET_INT(lpar_pool_auth, r->p->pool_util_auth)
GET_INT(lpar_perf, r->p->perf_collection)
GET_STR(lpar_ctrl, r->p->curr.ctrl_ids)
GET_STR(lpar_boot, r->p->boot_mode)
GET_STR(lpar_keylock, r->p->keylock)
GET_INT(lpar_auto, r->p->curr.auto_start)
GET_INT(lpar_redundant, r->p->curr.redundant_err)
GET_STR(lpar_rmc, r->p->rmc_state)
GET_STR(lpar_rmc_ip, r->p->rmc_ipaddr)
GET_INT(lpar_time_ref, r->p->time_ref)
GET_INT(lpar_priority, r->p->avail_priority)
GET_STR(lpar_desired_compat, r->p->curr.compat_mode)
GET_INT(lpar_suspend, r->p->suspend_capable)
GET_INT(lpar_rr, r->p->rr_capable)
GET_INT(lpar_srr, r->p->srr_capable)
GET_STR(lpar_rr_status, r->p->srr_capable ? "Remote Restartable" : "Not Remote Restartable")
GET_INT(lpar_sync, r->p->sync_profile)
GET_STR(lpar_affinity, r->p->curr.affinity_group)
GET_INT(lpar_vtpm, r->p->vtpm)
GET_INT(lpar_secure, r->p->secure_boot)
GET_INT(lpar_keystore, r->p->keystore_kbytes)
GET_INT(lpar_kvm, r->p->kvm_capable)
GET_INT(lpar_mgmt, r->p->powervm_mgmt)
GET_STR(lpar_virtual_serial, r->p->virtual_serial[0] == '\0' ? "none" : r->p->virtual_serial)
GET_STR(lpar_text, r->p->description)
GET_STR(lpar_uuid, r->p->uuid)
GET_INT(lpar_migr_disabled, r->p->migration_disabled)
GET_INT(lpar_dlpar, is_aix_up(r))
GET_STR(lpar_os, part_is_vios(r->p) ? "vios" : strncmp(r->p->os_version, "Linux", 5) == 0 ? "linux" : "aixlinux")

static bool
lpar_msp(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "%d", r->p->msp);
	return part_is_vios(r->p);
}

static const struct hmc_attr lpar_attrs[] = {
	{ "name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "lpar_env", lpar_env, NULL, false }, { "state", lpar_state, NULL, false },
	{ "resource_config", lpar_config, NULL, false }, { "os_version", lpar_os_version, NULL, false },
	{ "logical_serial_num", lpar_serial, NULL, false }, { "default_profile", lpar_default, NULL, false },
	{ "curr_profile", lpar_curr, NULL, false }, { "work_group_id", lpar_group, NULL, false },
	{ "shared_proc_pool_util_auth", lpar_pool_auth, NULL, false },
	{ "allow_perf_collection", lpar_perf, NULL, false }, { "power_ctrl_lpar_ids", lpar_ctrl, NULL, false },
	{ "boot_mode", lpar_boot, NULL, false }, { "lpar_keylock", lpar_keylock, NULL, false },
	{ "auto_start", lpar_auto, NULL, false }, { "redundant_err_path_reporting", lpar_redundant, NULL, false },
	{ "rmc_state", lpar_rmc, NULL, false }, { "rmc_ipaddr", lpar_rmc_ip, NULL, false },
	{ "time_ref", lpar_time_ref, NULL, false }, { "lpar_avail_priority", lpar_priority, NULL, false },
	{ "desired_lpar_proc_compat_mode", lpar_desired_compat, NULL, false },
	{ "curr_lpar_proc_compat_mode", lpar_compat, NULL, false }, { "suspend_capable", lpar_suspend, NULL, false },
	{ "remote_restart_capable", lpar_rr, NULL, false },
	{ "simplified_remote_restart_capable", lpar_srr, NULL, false },
	{ "remote_restart_status", lpar_rr_status, NULL, false }, { "sync_curr_profile", lpar_sync, NULL, false },
	{ "affinity_group_id", lpar_affinity, NULL, false }, { "vtpm_enabled", lpar_vtpm, NULL, false },
	{ "msp", lpar_msp, NULL, false }, { "os", lpar_os, NULL, false }, { "os_image_date", NULL, "unavailable", false },
	{ "curr_secure_boot", lpar_secure, NULL, false }, { "pend_secure_boot", lpar_secure, NULL, false },
	{ "keystore_kbytes", lpar_keystore, NULL, false }, { "linux_dynamic_key_secure_boot", NULL, "0", false },
	{ "kvm_capable", lpar_kvm, NULL, false }, { "powervm_mgmt_capable", lpar_mgmt, NULL, false },
	{ "lpar_placement", NULL, "0", false }, { "virtual_serial_num", lpar_virtual_serial, NULL, false },
	{ "vtpm_version", NULL, NULL, false }, { "vtpm_encryption", NULL, NULL, false },
	{ "migr_storage_vios_data_status", NULL, "unavailable", false },
	{ "migr_storage_vios_data_timestamp", NULL, "unavailable", false }, { "description", lpar_text, NULL, false },
	{ "uuid", lpar_uuid, NULL, false }, { "migration_disabled", lpar_migr_disabled, NULL, false },
	{ "dlpar_mem_capable", lpar_dlpar, NULL, false }, { "dlpar_proc_capable", lpar_dlpar, NULL, false },
	{ "dlpar_io_capable", lpar_dlpar, NULL, false }, { "lpar_type", lpar_env, NULL, false },
};

static void
filter_group(const void *row, struct text *t)
{
	(void)lpar_group(row, t);
}

static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id },
	{ "work_groups", filter_group, NULL, NULL },
};

static int
list_lpar(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct hmc_listing ls = HMC_LISTING("lpar", lpar_attrs, filters);
	struct cec *c = hmc_system(cmd, o);
	struct list rows = { 0 };
	int rv;

	if (c == NULL)
		return 1;
	LIST_EACH(struct part, p, &c->parts)
		(void)row_add(&rows, cmd->hmc, c, p);
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	if (rv == 0)
		hmc_looked(cmd->hmc, c);
	return rv;
}

int
hmc_lssyscfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-e", OPT_ONE }, HMC_LISTING_OPTS, { "--osrefresh", OPT_FLAG },
		{ "--lastvalidcfg", OPT_FLAG }, { "--all", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	const char *type;
	int rv = hmc_options(cmd, &o, def, "-r", usage);

	if (rv != -1)
		return rv;
	/* Frames were given up with V10. */
	if (hmc_one_of(cmd, &o, "-r", cmd->hmc->version < 10 ? "lpar prof sys sysprof cage frame" :
	    "lpar prof sys sysprof") != 0)
		return 1;
	type = opt_str(&o, "-r");
	if (strcmp(type, "sys") == 0)
		return list_sys(cmd, &o);
	if (strcmp(type, "lpar") == 0)
		return list_lpar(cmd, &o);
	if (strcmp(type, "prof") == 0)
		return hmc_list_profiles(cmd, &o);
	if (strcmp(type, "sysprof") == 0 && hmc_system(cmd, &o) == NULL)
		return 1;
	return hmc_no_results(cmd);
}
