/* SPDX-License-Identifier: ISC */
/* lssyscfg -r prof: the profiles of all partitions. */
#include <string.h>

#include "adapter.h"
#include "rows.h"
#include "verbs.h"

static bool
shared(const struct row *r)
{
	return strcmp(r->cf->proc_mode, "shared") == 0;
}

/* An attribute that only some profiles have. */
#define GET_IF(fn, condition, body) \
	static bool fn(const void *row, struct text *t) \
	{ \
		const struct row *r = row; \
		if (!(condition)) \
			return false; \
		body; \
		return true; \
	}
#define IF_CLIENT(fn, e) GET_IF(fn, !part_is_vios(r->p), text_printf(t, "%d", e))
#define IF_SHARED(fn, e) GET_IF(fn, shared(r), hmc_add_units(t, e))

static const char *
pool_name(const struct row *r)
{
	const struct procpool *p = pool_by_id(r->c, r->cf->pool_id);

	return p == NULL ? "" : p->name;
}

static bool
expansion(const void *row, struct text *t)
{
	hmc_add_units(t, ((const struct row *)row)->cf->mem_expansion);
	return true;
}

GET_STR(prof_name, r->f->name)
GET_STR(prof_env, r->p->env)
GET_INT(prof_all, r->cf->all_resources)
GET_INT(prof_min_mem, r->cf->min_mem)
GET_INT(prof_mem, r->cf->mem)
GET_INT(prof_max_mem, r->cf->max_mem)
IF_CLIENT(prof_min_huge, r->cf->min_huge)
IF_CLIENT(prof_huge, r->cf->huge)
IF_CLIENT(prof_max_huge, r->cf->max_huge)
GET_STR(prof_mem_mode, r->cf->mem_mode)
GET_STR(prof_hpt, r->cf->hpt_ratio)
GET_STR(prof_ppt, r->cf->ppt_ratio)
GET_STR(prof_proc_mode, r->cf->proc_mode)
IF_SHARED(prof_min_units, r->cf->min_units)
IF_SHARED(prof_units, r->cf->units)
IF_SHARED(prof_max_units, r->cf->max_units)
GET_INT(prof_min_procs, r->cf->min_procs)
GET_INT(prof_procs, r->cf->procs)
GET_INT(prof_max_procs, r->cf->max_procs)
GET_STR(prof_sharing, r->cf->sharing_mode)
GET_IF(prof_weight, shared(r), text_printf(t, "%d", strcmp(r->cf->sharing_mode, "cap") == 0 ? 0 : r->cf->uncap_weight))
GET_IF(prof_pool_id, shared(r), text_printf(t, "%d", r->cf->pool_id))
GET_IF(prof_pool_name, shared(r), text_add(t, pool_name(r)))
GET_STR(prof_affinity, r->cf->affinity_group)
GET(prof_io, ioslots_print(r->cf, t))
GET_INT(prof_slots, r->cf->max_slots)
GET(prof_serial, adapters_print(r->c, r->cf, VA_SERIAL, t))
GET(prof_scsi, adapters_print(r->c, r->cf, VA_SCSI, t))
GET(prof_eth, adapters_print(r->c, r->cf, VA_ETH, t))
GET(prof_fc, adapters_print(r->c, r->cf, VA_FC, t))
GET_STR(prof_vsi, r->cf->vsi_profiles)
GET_STR(prof_vnic, r->cf->vnics)
GET_STR(prof_vtpm, r->cf->vtpm)
GET_STR(prof_boot, r->cf->boot_mode)
GET_INT(prof_monitoring, r->cf->conn_monitoring)
GET_INT(prof_auto, r->cf->auto_start)
GET_STR(prof_ctrl, r->cf->ctrl_ids)
GET_STR(prof_group, r->cf->work_group)
GET_INT(prof_redundant, r->cf->redundant_err)
GET_IF(prof_vasi, part_is_vios(r->p), text_add(t, "none"))
GET_STR(prof_compat, r->cf->compat_mode)
GET_IF(prof_err, !part_is_vios(r->p), text_add(t, "null"))
GET_STR(prof_sriov, r->cf->sriov_ports)
GET_IF(prof_entitled, strcmp(r->cf->mem_mode, "shared") == 0, text_add(t, r->cf->io_entitled_mem))
GET_IF(prof_mem_weight, strcmp(r->cf->mem_mode, "shared") == 0, text_printf(t, "%d", r->cf->mem_weight))

static const struct hmc_attr attrs[] = {
	{ "name", prof_name, NULL, false }, { "lpar_name", row_lpar_name, NULL, false },
	{ "lpar_id", row_lpar_id, NULL, false }, { "lpar_env", prof_env, NULL, false },
	{ "os_type", prof_env, NULL, false }, { "all_resources", prof_all, NULL, false },
	{ "min_mem", prof_min_mem, NULL, false }, { "desired_mem", prof_mem, NULL, false },
	{ "max_mem", prof_max_mem, NULL, false }, { "min_num_huge_pages", prof_min_huge, NULL, false },
	{ "desired_num_huge_pages", prof_huge, NULL, false }, { "max_num_huge_pages", prof_max_huge, NULL, false },
	{ "mem_mode", prof_mem_mode, NULL, false }, { "mem_expansion", expansion, NULL, false },
	{ "desired_io_entitled_mem", prof_entitled, NULL, false }, { "mem_weight", prof_mem_weight, NULL, false },
	{ "hpt_ratio", prof_hpt, NULL, false }, { "ppt_ratio", prof_ppt, NULL, false },
	{ "proc_mode", prof_proc_mode, NULL, false }, { "min_proc_units", prof_min_units, NULL, false },
	{ "desired_proc_units", prof_units, NULL, false }, { "max_proc_units", prof_max_units, NULL, false },
	{ "min_procs", prof_min_procs, NULL, false }, { "desired_procs", prof_procs, NULL, false },
	{ "max_procs", prof_max_procs, NULL, false }, { "sharing_mode", prof_sharing, NULL, false },
	{ "uncap_weight", prof_weight, NULL, false }, { "shared_proc_pool_id", prof_pool_id, NULL, false },
	{ "shared_proc_pool_name", prof_pool_name, NULL, false }, { "affinity_group_id", prof_affinity, NULL, false },
	{ "io_slots", prof_io, NULL, false }, { "lpar_io_pool_ids", NULL, "none", false },
	{ "max_virtual_slots", prof_slots, NULL, false }, { "virtual_serial_adapters", prof_serial, NULL, false },
	{ "virtual_scsi_adapters", prof_scsi, NULL, false }, { "virtual_eth_adapters", prof_eth, NULL, false },
	{ "virtual_eth_vsi_profiles", prof_vsi, NULL, false }, { "virtual_fc_adapters", prof_fc, NULL, false },
	{ "vnic_adapters", prof_vnic, NULL, false }, { "vtpm_adapters", prof_vtpm, NULL, false },
	{ "hca_adapters", NULL, "none", false }, { "bsr_arrays", NULL, "0", false },
	{ "boot_mode", prof_boot, NULL, false }, { "conn_monitoring", prof_monitoring, NULL, false },
	{ "auto_start", prof_auto, NULL, false }, { "power_ctrl_lpar_ids", prof_ctrl, NULL, false },
	{ "work_group_id", prof_group, NULL, false }, { "redundant_err_path_reporting", prof_redundant, NULL, false },
	{ "virtual_vasi_adapters", prof_vasi, NULL, false }, { "lpar_proc_compat_mode", prof_compat, NULL, false },
	{ "electronic_err_reporting", prof_err, NULL, false }, { "sriov_eth_logical_ports", prof_sriov, NULL, false },
	{ "sriov_roce_logical_ports", NULL, "none", false }, { "lpar_placement", NULL, "0", false },
	{ "kvm_reserved_mem_percent", NULL, NULL, false },
};

static void
filter_profile(const void *row, struct text *t)
{
	text_add(t, ((const struct row *)row)->f->name);
}

static void
filter_group(const void *row, struct text *t)
{
	(void)prof_group(row, t);
}

static bool
exists_profile(const void *arg, const char *value)
{
	const struct cec *c = arg;

	LIST_EACH(struct part, p, &c->parts)
		if (profile_find(p, value) != NULL)
			return true;
	return false;
}

static const struct hmc_filter filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id },
	{ "work_groups", filter_group, NULL, NULL },
	{ "profile_names", filter_profile, exists_profile, hmc_no_profile },
};

int
hmc_list_profiles(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct hmc_listing ls = HMC_LISTING("prof", attrs, filters);
	struct cec *c = hmc_system(cmd, o);
	struct list rows = { 0 };
	int rv;

	if (c == NULL)
		return 1;
	LIST_EACH(struct part, p, &c->parts)
		LIST_EACH(struct profile, f, &p->profiles) {
			struct row *r = row_add(&rows, cmd->hmc, c, p);

			r->f = f;
			r->cf = &f->c;
		}
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}
