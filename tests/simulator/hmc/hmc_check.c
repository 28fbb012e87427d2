/* SPDX-License-Identifier: ISC */
/* Lists of virtual adapters, and the rules that a configuration as a whole obeys. */
#include <stdio.h>
#include <string.h>

#include "adapter.h"
#include "config.h"

/* What the HMC knows of an adapter in the same slot stays when the new text does not say it. */
static void
keep_names(struct vadapter *a, const struct list *old)
{
	LIST_EACH(struct vadapter, o, old)
		if (o->slot == a->slot && o->kind == a->kind && o->kind == VA_FC && a->wwpn1[0] == '\0') {
			str_set(a->wwpn1, sizeof(a->wwpn1), o->wwpn1);
			str_set(a->wwpn2, sizeof(a->wwpn2), o->wwpn2);
		}
}

static void
drop_kind(struct config *cf, enum adapter_kind kind, struct list *old)
{
	for (size_t i = 0; i < cf->adapters.n;) {
		struct vadapter *a = cf->adapters.item[i];

		if (a->kind != (int)kind) {
			i++;
			continue;
		}
		*(struct vadapter *)list_new(old, sizeof(*a)) = *a;
		list_remove(&cf->adapters, a);
	}
}

static struct vadapter *
find_element(const struct cec *c, const struct config *cf, enum adapter_kind kind, const char *text)
{
	struct text t = { 0 };
	struct vadapter *found = NULL;

	LIST_EACH(struct vadapter, a, &cf->adapters) {
		if (found != NULL || a->kind != (int)kind)
			continue;
		text_clear(&t);
		adapter_print(c, a, &t);
		if (hmc_element_matches(text_str(&t), text))
			found = a;
	}
	text_free(&t);
	return found;
}

static int
add_element(struct sim_cmd *cmd, const struct cec *c, struct config *cf, enum adapter_kind kind, const char *name,
    const char *text, const struct list *old)
{
	struct vadapter a;

	if (!adapter_parse(c, kind, text, &a))
		return hmc_bad_value(cmd, name);
	if (adapter_at(cf, a.slot) != NULL)
		/* Code and text (unconfirmed). */
		return hmc_fail(cmd, "HSCL1475", "The virtual slot %d is already in use.", a.slot);
	keep_names(&a, old);
	*adapter_add(cf, kind, a.slot) = a;
	return 0;
}

int
config_adapters(struct sim_cmd *cmd, const struct cec *c, struct config *cf, enum adapter_kind kind, char op,
    const char *name, const char *value)
{
	struct list items = { 0 }, old = { 0 };
	int rv = 0;

	if (kind == VA_FC && !c->npiv && strcmp(value, "none") != 0)
		return hmc_fail(cmd, "HSCLA4C0", "The managed system does not support virtual Fibre Channel.");
	if (strcmp(value, "none") != 0)
		value_split(value, &items);
	if (op == '=')
		drop_kind(cf, kind, &old);
	for (size_t i = 0; i < items.n && rv == 0; i++) {
		struct vadapter *a;

		if (op != '-') {
			rv = add_element(cmd, c, cf, kind, name, items.item[i], &old);
			continue;
		}
		a = find_element(c, cf, kind, items.item[i]);
		if (a == NULL)
			rv = hmc_bad_value(cmd, name);
		else
			list_remove(&cf->adapters, a);
	}
	list_free(&items);
	list_free(&old);
	return rv;
}

static int
check_order(struct sim_cmd *cmd, const char *attribute, int min, int want, int max)
{
	return min <= want && want <= max ? 0 : hmc_bad_value(cmd, attribute);
}

static int
check_memory(struct sim_cmd *cmd, const struct cec *c, const struct config *cf)
{
	if (cf->min_mem == 0 || cf->mem == 0 || cf->max_mem == 0)
		return hmc_missing(cmd, cf->min_mem == 0 ? "min_mem" : cf->mem == 0 ? "desired_mem" : "max_mem");
	if (cf->mem % c->lmb != 0 || cf->min_mem % c->lmb != 0 || cf->max_mem % c->lmb != 0)
		return hmc_fail(cmd, NULL, "An attribute value is invalid.  The memory must be a multiple of the memory region "
		    "size for the managed system, %d MB.", c->lmb);
	if (check_order(cmd, "desired_mem", cf->min_mem, cf->mem, cf->max_mem) != 0)
		return 1;
	if (strcmp(cf->mem_mode, "shared") == 0 && (!c->ams || c->mempool.mem == 0))
		return hmc_fail(cmd, "HSCLA4A0", "The operation failed because the managed system does not support Active "
		    "Memory Sharing or partition suspend and resume operations.");
	if (cf->mem_expansion > 0 && !c->ame)
		return hmc_bad_value(cmd, "mem_expansion");
	return check_order(cmd, "desired_num_huge_pages", cf->min_huge, cf->huge, cf->max_huge);
}

static bool
units_fit(const struct cec *c, int units, int procs)
{
	return units >= procs * c->min_vp_units && units <= procs * 100;
}

static int
check_shared(struct sim_cmd *cmd, const struct cec *c, const struct config *cf)
{
	if (cf->units == 0 || cf->min_units == 0 || cf->max_units == 0)
		return hmc_missing(cmd, cf->min_units == 0 ? "min_proc_units" : cf->units == 0 ? "desired_proc_units" :
		    "max_proc_units");
	if (check_order(cmd, "desired_proc_units", cf->min_units, cf->units, cf->max_units) != 0)
		return 1;
	if (cf->sharing_mode[0] == '\0')
		return hmc_missing(cmd, "sharing_mode");
	if (strcmp(cf->sharing_mode, "cap") != 0 && strcmp(cf->sharing_mode, "uncap") != 0)
		return hmc_bad_value(cmd, "sharing_mode");
	if (!units_fit(c, cf->units, cf->procs) || !units_fit(c, cf->min_units, cf->min_procs))
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL0622", "The number of virtual processors does not fit the processing units: each "
		    "virtual processor has at least 0.%02d and at most 1.00 of them.", c->min_vp_units);
	return 0;
}

static int
check_processors(struct sim_cmd *cmd, const struct cec *c, const struct config *cf)
{
	bool is_ded = strcmp(cf->proc_mode, "ded") == 0;

	if (cf->proc_mode[0] == '\0')
		return hmc_missing(cmd, "proc_mode");
	if (cf->min_procs == 0 || cf->procs == 0 || cf->max_procs == 0)
		return hmc_missing(cmd, cf->min_procs == 0 ? "min_procs" : cf->procs == 0 ? "desired_procs" : "max_procs");
	if (check_order(cmd, "desired_procs", cf->min_procs, cf->procs, cf->max_procs) != 0)
		return 1;
	if (!is_ded)
		return check_shared(cmd, c, cf);
	if (strcmp(cf->sharing_mode, "cap") == 0 || strcmp(cf->sharing_mode, "uncap") == 0)
		return hmc_bad_value(cmd, "sharing_mode");
	return 0;
}

static const char *
list_name(const struct vadapter *a)
{
	static const char *const names[] = { [VA_SERIAL] = "virtual_serial_adapters", [VA_SCSI] = "virtual_scsi_adapters",
		[VA_ETH] = "virtual_eth_adapters", [VA_FC] = "virtual_fc_adapters" };

	return names[a->kind];
}

int
config_check_all(struct sim_cmd *cmd, const struct cec *c, const struct config *cf)
{
	if (cf->all_resources)
		return 0;
	if (check_memory(cmd, c, cf) != 0 || check_processors(cmd, c, cf) != 0)
		return 1;
	LIST_EACH(struct vadapter, a, &cf->adapters)
		if (a->slot >= cf->max_slots)
			return hmc_bad_value(cmd, list_name(a));
	return 0;
}
