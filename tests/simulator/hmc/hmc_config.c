/* SPDX-License-Identifier: ISC */
/* The attributes that mksyscfg and chsyscfg set, as a table.  See config.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "config.h"

enum set_kind { S_INT, S_UNITS, S_FACTOR, S_ENUM, S_STR, S_TARGET, S_SERIAL, S_SCSI, S_ETH, S_FC, S_IO, S_POOL_ID,
	S_POOL_NAME, S_VIOS1, S_VIOS2, S_COMPAT, S_NEW_NAME, S_PROFILE, S_NOTHING };

struct setter {
	const char *name;
	enum set_kind kind;
	bool of_part; /* off is in struct part, not in struct config */
	size_t off, size;
	int min, max;
	const char *words; /* S_ENUM: |a|b| */
	unsigned scope;
};

#define MKPROF	 (SET_NEW_LPAR | SET_NEW_PROF | SET_PROF)
#define LPAR	 (SET_NEW_LPAR | SET_LPAR)
#define ALL	 (MKPROF | LPAR)
#define CF(m)	 false, offsetof(struct config, m), sizeof(((struct config *)0)->m)
#define PT(m)	 true, offsetof(struct part, m), sizeof(((struct part *)0)->m)
#define NONE	 false, 0, 0
#define SHARINGS "|cap|uncap|keep_idle_procs|share_idle_procs|share_idle_procs_active|share_idle_procs_always|"
#define BOOTS	 "|norm|dd|ds|of|sms|null|"

static const struct setter setters[] = {
	{ "name", S_TARGET, NONE, 0, 0, NULL, ALL },
	{ "lpar_name", S_TARGET, NONE, 0, 0, NULL, SET_NEW_PROF | SET_PROF | SET_LPAR },
	{ "lpar_id", S_TARGET, NONE, 0, 0, NULL, ALL },
	{ "profile_name", S_TARGET, NONE, 0, 0, NULL, SET_NEW_LPAR | SET_NEW_PROF | SET_PROF },
	{ "lpar_env", S_TARGET, NONE, 0, 0, NULL, SET_NEW_LPAR },
	{ "new_name", S_TARGET, NONE, 0, 0, NULL, SET_LPAR | SET_PROF },
	{ "all_resources", S_INT, CF(all_resources), 0, 1, NULL, MKPROF },
	{ "min_mem", S_INT, CF(min_mem), 1, 1 << 30, NULL, MKPROF },
	{ "desired_mem", S_INT, CF(mem), 1, 1 << 30, NULL, MKPROF },
	{ "max_mem", S_INT, CF(max_mem), 1, 1 << 30, NULL, MKPROF },
	{ "min_num_huge_pages", S_INT, CF(min_huge), 0, 4096, NULL, MKPROF },
	{ "desired_num_huge_pages", S_INT, CF(huge), 0, 4096, NULL, MKPROF },
	{ "max_num_huge_pages", S_INT, CF(max_huge), 0, 4096, NULL, MKPROF },
	{ "mem_mode", S_ENUM, CF(mem_mode), 0, 0, "|ded|shared|", MKPROF },
	{ "mem_expansion", S_FACTOR, CF(mem_expansion), 100, 1000, NULL, MKPROF },
	{ "hpt_ratio", S_ENUM, CF(hpt_ratio), 0, 0, "|1:32|1:64|1:128|1:256|1:512|", MKPROF },
	{ "ppt_ratio", S_ENUM, CF(ppt_ratio), 0, 0, "|1:64|1:128|1:256|1:512|1:1024|1:2048|1:4096|", MKPROF },
	{ "desired_io_entitled_mem", S_STR, CF(io_entitled_mem), 0, 0, NULL, MKPROF },
	{ "mem_weight", S_INT, CF(mem_weight), 0, 255, NULL, MKPROF },
	{ "primary_paging_vios_name", S_VIOS1, NONE, 0, 0, NULL, MKPROF },
	{ "primary_paging_vios_id", S_VIOS1, NONE, 0, 0, NULL, MKPROF },
	{ "secondary_paging_vios_name", S_VIOS2, NONE, 0, 0, NULL, MKPROF },
	{ "secondary_paging_vios_id", S_VIOS2, NONE, 0, 0, NULL, MKPROF },
	{ "proc_mode", S_ENUM, CF(proc_mode), 0, 0, "|shared|ded|", MKPROF },
	{ "min_proc_units", S_UNITS, CF(min_units), 0, 0, NULL, MKPROF },
	{ "desired_proc_units", S_UNITS, CF(units), 0, 0, NULL, MKPROF },
	{ "max_proc_units", S_UNITS, CF(max_units), 0, 0, NULL, MKPROF },
	{ "min_procs", S_INT, CF(min_procs), 1, 1024, NULL, MKPROF },
	{ "desired_procs", S_INT, CF(procs), 1, 1024, NULL, MKPROF },
	{ "max_procs", S_INT, CF(max_procs), 1, 1024, NULL, MKPROF },
	{ "sharing_mode", S_ENUM, CF(sharing_mode), 0, 0, SHARINGS, MKPROF },
	{ "uncap_weight", S_INT, CF(uncap_weight), 0, 255, NULL, MKPROF },
	{ "shared_proc_pool_id", S_POOL_ID, NONE, 0, 0, NULL, MKPROF },
	{ "shared_proc_pool_name", S_POOL_NAME, NONE, 0, 0, NULL, MKPROF },
	{ "affinity_group_id", S_STR, CF(affinity_group), 0, 0, NULL, ALL },
	{ "io_slots", S_IO, NONE, 0, 0, NULL, MKPROF },
	{ "lpar_io_pool_ids", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "max_virtual_slots", S_INT, CF(max_slots), 2, 65535, NULL, MKPROF },
	{ "virtual_serial_adapters", S_SERIAL, NONE, 0, 0, NULL, MKPROF },
	{ "virtual_scsi_adapters", S_SCSI, NONE, 0, 0, NULL, MKPROF },
	{ "virtual_eth_adapters", S_ETH, NONE, 0, 0, NULL, MKPROF },
	{ "virtual_fc_adapters", S_FC, NONE, 0, 0, NULL, MKPROF },
	{ "virtual_eth_vsi_profiles", S_STR, CF(vsi_profiles), 0, 0, NULL, MKPROF },
	{ "vnic_adapters", S_STR, CF(vnics), 0, 0, NULL, MKPROF },
	{ "vtpm_adapters", S_STR, CF(vtpm), 0, 0, NULL, MKPROF },
	{ "sriov_eth_logical_ports", S_STR, CF(sriov_ports), 0, 0, NULL, MKPROF },
	{ "sriov_roce_logical_ports", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "virtual_vasi_adapters", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "hca_adapters", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "bsr_arrays", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "lhea_logical_ports", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "lhea_capabilities", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "electronic_err_reporting", S_NOTHING, NONE, 0, 0, NULL, MKPROF },
	{ "boot_mode", S_ENUM, CF(boot_mode), 0, 0, BOOTS, MKPROF },
	{ "boot_mode", S_ENUM, PT(boot_mode), 0, 0, BOOTS, SET_LPAR },
	{ "conn_monitoring", S_INT, CF(conn_monitoring), 0, 1, NULL, MKPROF },
	{ "auto_start", S_INT, CF(auto_start), 0, 1, NULL, MKPROF },
	{ "auto_start", S_INT, PT(curr.auto_start), 0, 1, NULL, SET_LPAR },
	{ "power_ctrl_lpar_ids", S_STR, CF(ctrl_ids), 0, 0, NULL, MKPROF },
	{ "work_group_id", S_STR, CF(work_group), 0, 0, NULL, MKPROF },
	{ "redundant_err_path_reporting", S_INT, CF(redundant_err), 0, 1, NULL, MKPROF },
	{ "lpar_proc_compat_mode", S_COMPAT, CF(compat_mode), 0, 0, NULL, MKPROF },
	{ "default_profile", S_PROFILE, PT(default_profile), 0, 0, NULL, SET_LPAR },
	{ "lpar_keylock", S_ENUM, PT(keylock), 0, 0, "|norm|manual|", SET_LPAR },
	{ "allow_perf_collection", S_INT, PT(perf_collection), 0, 1, NULL, LPAR },
	{ "shared_proc_pool_util_auth", S_INT, PT(pool_util_auth), 0, 1, NULL, LPAR },
	{ "lpar_avail_priority", S_INT, PT(avail_priority), 0, 255, NULL, LPAR },
	{ "time_ref", S_INT, PT(time_ref), 0, 1, NULL, LPAR },
	{ "msp", S_INT, PT(msp), 0, 1, NULL, LPAR },
	{ "migration_disabled", S_INT, PT(migration_disabled), 0, 1, NULL, LPAR },
	{ "sync_curr_profile", S_INT, PT(sync_profile), 0, 1, NULL, LPAR },
	{ "suspend_capable", S_INT, PT(suspend_capable), 0, 1, NULL, LPAR },
	{ "remote_restart_capable", S_INT, PT(rr_capable), 0, 1, NULL, LPAR },
	{ "simplified_remote_restart_capable", S_INT, PT(srr_capable), 0, 1, NULL, LPAR },
	{ "vtpm_enabled", S_INT, PT(vtpm), 0, 1, NULL, LPAR },
	{ "vtpm_version", S_NOTHING, NONE, 0, 0, NULL, LPAR },
	{ "vtpm_encryption", S_NOTHING, NONE, 0, 0, NULL, LPAR },
	{ "secure_boot", S_INT, PT(secure_boot), 0, 2, NULL, LPAR },
	{ "keystore_kbytes", S_INT, PT(keystore_kbytes), 0, 64, NULL, LPAR },
	{ "powervm_mgmt_capable", S_INT, PT(powervm_mgmt), 0, 1, NULL, LPAR },
	{ "kvm_capable", S_INT, PT(kvm_capable), 0, 1, NULL, LPAR },
	{ "description", S_STR, PT(description), 0, 0, NULL, LPAR },
	{ "virtual_serial_num", S_STR, PT(virtual_serial), 0, 0, NULL, LPAR },
};

static const struct setter *
setter_find(const char *name, enum config_scope scope)
{
	for (size_t i = 0; i < sizeof(setters) / sizeof(setters[0]); i++)
		if (strcmp(setters[i].name, name) == 0 && (setters[i].scope & (unsigned)scope) != 0)
			return &setters[i];
	return NULL;
}

bool
hmc_name_ok(const char *s)
{
	size_t n = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (!isprint((unsigned char)*p) || strchr("()<>*$&?|[]'\"`", *p) != NULL)
			return false;
	return n >= 1 && n <= 47;
}

bool
hmc_units_parse(const char *s, int *out)
{
	int whole = 0, cents = 0, scale = 10;

	if (!isdigit((unsigned char)*s) && *s != '.')
		return false;
	for (; isdigit((unsigned char)*s) && whole < 10000; s++)
		whole = whole * 10 + (*s - '0');
	if (*s == '.')
		s++;
	for (; isdigit((unsigned char)*s); s++, scale /= 10) {
		if (scale == 0 && *s != '0')
			return false;
		cents += (*s - '0') * scale;
	}
	*out = whole * 100 + cents;
	return *s == '\0';
}

static bool
word_in(const char *words, const char *value)
{
	char pattern[64];

	return strchr(value, '|') == NULL && snprintf(pattern, sizeof(pattern), "|%s|", value) < (int)sizeof(pattern) &&
	    strstr(words, pattern) != NULL;
}

/* An AME factor: 0 is off. */
static bool
factor_ok(const struct setter *s, const char *value, int *out)
{
	return hmc_units_parse(value, out) && (*out == 0 || (*out >= s->min && *out <= s->max));
}

static bool
take_vios(const struct cec *c, const char *name, const char *value, int *to)
{
	const struct part *p = strstr(name, "_id") != NULL ? part_by_id(c, atoi(value)) : part_by_name(c, value);

	*to = p == NULL ? 0 : p->id;
	return strcmp(value, "none") == 0 || value[0] == '\0' || (p != NULL && part_is_vios(p));
}

static bool
take_pool(const struct cec *c, const struct procpool *p, struct config *cf)
{
	(void)c;
	if (p != NULL)
		cf->pool_id = p->id;
	return p != NULL;
}

static bool
compat_ok(const struct cec *c, const char *value)
{
	const char *s = c->compat_modes;
	size_t n = strlen(value);

	while (*s != '\0') {
		size_t k = strcspn(s, ",");

		if (k == n && strncmp(s, value, n) == 0)
			return true;
		s += k + (s[k] == ',');
	}
	return false;
}

static bool
printable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			return false;
	return true;
}

static bool
set_plain(const struct cec *c, const struct part *p, const struct setter *s, char *to, struct config *cf,
    const struct pair *pair)
{
	int id;

	switch (s->kind) {
	case S_INT:
		return parse_int(pair->value, s->min, s->max, (int *)(void *)to);
	case S_UNITS:
		return hmc_units_parse(pair->value, (int *)(void *)to);
	case S_FACTOR:
		return factor_ok(s, pair->value, (int *)(void *)to);
	case S_ENUM:
		return word_in(s->words, pair->value) && str_set(to, s->size, pair->value);
	case S_STR:
		return printable(pair->value) && str_set(to, s->size, pair->value);
	case S_COMPAT:
		return compat_ok(c, pair->value) && str_set(to, s->size, pair->value);
	case S_PROFILE:
		return profile_find(p, pair->value) != NULL && str_set(to, s->size, pair->value);
	case S_POOL_ID:
		return parse_int(pair->value, 0, MAX_POOLS - 1, &id) && take_pool(c, pool_by_id(c, id), cf);
	case S_POOL_NAME:
		return take_pool(c, pool_by_name(c, pair->value), cf);
	case S_VIOS1:
		return take_vios(c, s->name, pair->value, &cf->paging_vios1);
	case S_VIOS2:
		return take_vios(c, s->name, pair->value, &cf->paging_vios2);
	default:
		return true;
	}
}

static bool
is_adapter_list(enum set_kind k)
{
	return k == S_SERIAL || k == S_SCSI || k == S_ETH || k == S_FC;
}

static struct ioslot *
ioslot_find(const struct config *cf, const char *drc)
{
	LIST_EACH(struct ioslot, s, &cf->io_slots)
		if (strcmp(s->drc, drc) == 0)
			return s;
	return NULL;
}

static int
set_io(struct sim_cmd *cmd, struct config *cf, const struct pair *pair)
{
	struct list items = { 0 };
	int rv = 0;

	if (pair->op == '=')
		list_free(&cf->io_slots);
	if (strcmp(pair->value, "none") != 0)
		value_split(pair->value, &items);
	for (size_t i = 0; i < items.n && rv == 0; i++) {
		struct ioslot s, *old;

		if (!ioslot_parse(items.item[i], &s)) {
			rv = hmc_bad_value(cmd, pair->name);
			break;
		}
		old = ioslot_find(cf, s.drc);
		if ((pair->op == '-') != (old != NULL))
			rv = hmc_bad_value(cmd, pair->name);
		else if (old != NULL)
			list_remove(&cf->io_slots, old);
		else
			*(struct ioslot *)list_new(&cf->io_slots, sizeof(s)) = s;
	}
	list_free(&items);
	return rv;
}

static int
set_one(struct sim_cmd *cmd, struct cec *c, struct part *p, struct config *cf, const struct setter *s,
    const struct pair *pair)
{
	static const enum adapter_kind kinds[] = { [S_SERIAL] = VA_SERIAL, [S_SCSI] = VA_SCSI, [S_ETH] = VA_ETH,
		[S_FC] = VA_FC };
	char *to = (s->of_part ? (char *)p : (char *)cf) + s->off;

	if (is_adapter_list(s->kind))
		return config_adapters(cmd, c, cf, kinds[s->kind], pair->op, pair->name, pair->value);
	if (s->kind == S_IO)
		return set_io(cmd, cf, pair);
	if (pair->op != '=')
		return hmc_bad_attribute(cmd, pair->name);
	if (strcmp(s->name, "description") == 0 && !printable(pair->value))
		return hmc_fail(cmd, "HSCLC63B", "The description contains characters that are not valid.");
	return set_plain(c, p, s, to, cf, pair) ? 0 : hmc_bad_value(cmd, pair->name);
}

int
config_apply_pairs(struct sim_cmd *cmd, struct cec *c, struct part *p, struct config *cf, const struct pairs *ps,
    enum config_scope scope)
{
	int rv = 0;

	for (int i = 0; i < ps->n; i++)
		if (setter_find(ps->p[i].name, scope) == NULL)
			return hmc_bad_attribute(cmd, ps->p[i].name);
	for (int i = 0; i < ps->n && rv == 0; i++) {
		const struct setter *s = setter_find(ps->p[i].name, scope);

		if (s->kind != S_TARGET)
			rv = set_one(cmd, c, p, cf, s, &ps->p[i]);
	}
	return rv;
}
