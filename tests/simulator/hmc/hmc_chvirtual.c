/* SPDX-License-Identifier: ISC */
/* chhwres -r virtualio: virtual adapters come, change and go while partitions run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapter.h"
#include "chhwres.h"

static const struct kind {
	const char *name;
	enum adapter_kind kind;
} kinds[] = { { "scsi", VA_SCSI }, { "eth", VA_ETH }, { "fc", VA_FC }, { "serial", VA_SERIAL } };

static const struct kind *
kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Text (unconfirmed). */
static int
cannot_add(struct sim_cmd *cmd, const char *why)
{
	return hmc_fail(cmd, "HSCL294C", "Dynamic add of virtual I/O resources failed:\n%s\nPlease issue the lshwres command to "
	    "list the virtual I/O resources of the partition and to determine whether or not its current and pending values "
	    "match.", why);
}

static int
cannot_remove(struct sim_cmd *cmd, const struct vadapter *a, const char *device)
{
	return hmc_fail(cmd, "HSCL294D", "Dynamic remove of virtual I/O resources failed:\nThe virtual slot %d is in use by "
	    "device %s.\nThe OS return code is 3.", a->slot, device);
}

static bool
set_remote(const struct cec *c, const char *name, const char *value, struct vadapter *a)
{
	const struct part *p;

	if (strcmp(value, "any") == 0) {
		if (strstr(name, "slot") != NULL)
			a->remote_slot = ANY_SLOT;
		else
			a->remote_id = ANY_ID;
		return true;
	}
	if (strcmp(name, "remote_slot_num") == 0)
		return parse_int(value, 0, 65535, &a->remote_slot);
	if (strcmp(name, "remote_lpar_id") == 0)
		return parse_int(value, 1, 65535, &a->remote_id);
	p = part_by_name(c, value);
	if (p != NULL)
		a->remote_id = p->id;
	return p != NULL;
}

static bool
set_wwpns(const char *value, struct vadapter *a)
{
	const char *comma = strchr(value, ',');

	return comma != NULL && comma - value == 16 && strlen(comma + 1) == 16 &&
	    snprintf(a->wwpn1, sizeof(a->wwpn1), "%.16s", value) > 0 && str_set(a->wwpn2, sizeof(a->wwpn2), comma + 1);
}

/* "10,20" with += or -=: what is listed joins or leaves. */
static bool
set_vlans(struct vadapter *a, char op, const char *value)
{
	struct list have = { 0 };
	struct text t = { 0 };
	bool ok;

	value_split(a->vlans, &have);
	ok = hmc_elements_change(&have, op, value[0] == '\0' ? "none" : value) == 0;
	for (size_t i = 0; i < have.n; i++)
		text_printf(&t, "%s%s", i > 0 ? "," : "", (char *)have.item[i]);
	ok = ok && have.n <= 20 && str_set(a->vlans, sizeof(a->vlans), text_str(&t));
	list_free(&have);
	text_free(&t);
	return ok;
}

static bool
set_eth(const struct cec *c, const struct pair *p, struct vadapter *a)
{
	int n;

	if (strcmp(p->name, "ieee_virtual_eth") == 0)
		return parse_int(p->value, 0, 1, &a->ieee);
	if (strcmp(p->name, "port_vlan_id") == 0)
		return parse_int(p->value, 1, 4094, &a->pvid);
	if (strcmp(p->name, "addl_vlan_ids") == 0)
		return set_vlans(a, p->op, p->value);
	if (strcmp(p->name, "is_trunk") == 0) {
		if (!parse_int(p->value, 0, 1, &n))
			return false;
		a->trunk = n == 0 ? 0 : a->trunk == 0 ? 1 : a->trunk;
		return true;
	}
	if (strcmp(p->name, "trunk_priority") == 0)
		return parse_int(p->value, 1, 15, &a->trunk);
	if (strcmp(p->name, "vswitch") == 0)
		return vswitch_find(c, p->value) != NULL && str_set(a->vswitch, sizeof(a->vswitch), p->value);
	if (strcmp(p->name, "mac_addr") == 0)
		return strlen(p->value) == 12 && str_set(a->mac, sizeof(a->mac), p->value);
	if (strcmp(p->name, "allowed_os_mac_addrs") == 0)
		return str_set(a->allowed_macs, sizeof(a->allowed_macs), p->value);
	return str_set(a->qos, sizeof(a->qos), p->value);
}

static bool
set_attr(const struct cec *c, const struct pair *p, struct vadapter *a)
{
	if (strcmp(p->name, "is_required") == 0)
		return parse_int(p->value, 0, 1, &a->required);
	if (strcmp(p->name, "supports_hmc") == 0)
		return parse_int(p->value, 0, 1, &a->supports_hmc);
	if (strcmp(p->name, "adapter_type") == 0) {
		a->server = strcmp(p->value, "server") == 0;
		return a->server || strcmp(p->value, "client") == 0;
	}
	if (strncmp(p->name, "remote_", 7) == 0)
		return set_remote(c, p->name, p->value, a);
	if (strcmp(p->name, "wwpns") == 0)
		return set_wwpns(p->value, a);
	return set_eth(c, p, a);
}

static int
read_attrs(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct vadapter *a)
{
	static const char *const scsi[] = { "adapter_type", "remote_lpar_id", "remote_lpar_name", "remote_slot_num",
		"is_required", "supports_hmc", NULL };
	static const char *const fc[] = { "adapter_type", "remote_lpar_id", "remote_lpar_name", "remote_slot_num",
		"is_required", "wwpns", NULL };
	static const char *const eth[] = { "ieee_virtual_eth", "port_vlan_id", "*addl_vlan_ids", "is_trunk", "trunk_priority",
		"is_required", "vswitch", "mac_addr", "allowed_os_mac_addrs", "qos_priority", NULL };
	struct pairs *ps = xcalloc(1, sizeof(*ps));
	int rv = opt_has(o, "-a") ? hmc_record(cmd, opt_str(o, "-a"), ps) : hmc_missing(cmd, "-a");

	if (rv == 0)
		rv = hmc_record_check(cmd, ps, a->kind == VA_ETH ? eth : a->kind == VA_FC ? fc : scsi);
	for (int i = 0; i < ps->n && rv == 0; i++)
		if (!set_attr(c, &ps->p[i], a))
			rv = hmc_bad_value(cmd, ps->p[i].name);
	if (rv == 0 && a->kind == VA_ETH && a->pvid == 0)
		rv = hmc_missing(cmd, "port_vlan_id");
	if (rv == 0 && a->kind == VA_ETH && a->vlans[0] != '\0' && !a->ieee)
		rv = hmc_bad_value(cmd, "addl_vlan_ids");
	if (rv == 0 && a->kind != VA_ETH && (a->remote_id == NO_ID || pairs_get(ps, "adapter_type") == NULL))
		rv = hmc_missing(cmd, a->remote_id == NO_ID ? "remote_lpar_id" : "adapter_type");
	pairs_free(ps);
	free(ps);
	return rv;
}

static int
free_slot(const struct config *cf)
{
	for (int s = 2; s < cf->max_slots; s++)
		if (adapter_at(cf, s) == NULL)
			return s;
	return -1;
}

static int
add(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p, const struct kind *k)
{
	struct vadapter a = { .kind = k->kind };
	char why[120];

	if (k->kind == VA_FC && !c->npiv)
		return hmc_fail(cmd, "HSCLA4C0", "The managed system does not support virtual Fibre Channel.");
	a.slot = free_slot(&p->curr);
	if (opt_has(o, "-s") && !parse_int(opt_str(o, "-s"), 0, 65535, &a.slot))
		return hmc_missing(cmd, "-s");
	if (read_attrs(cmd, o, c, &a) != 0)
		return 1;
	if (a.slot < 2 || a.slot >= p->curr.max_slots || adapter_at(&p->curr, a.slot) != NULL) {
		snprintf(why, sizeof(why), "The virtual slot %d %s.", a.slot, adapter_at(&p->curr, a.slot) != NULL ?
		    "is already in use" : "is not within the partition's virtual slots");
		return cannot_add(cmd, why);
	}
	*adapter_add(&p->curr, k->kind, a.slot) = a;
	config_complete(cmd->hmc, c, &p->curr);
	part_macs(p);
	return 0;
}

static struct vadapter *
target_adapter(struct sim_cmd *cmd, const struct opts *o, const struct part *p)
{
	struct vadapter *a;
	int slot;

	if (!opt_has(o, "-s") || !parse_int(opt_str(o, "-s"), 0, 65535, &slot)) {
		(void)hmc_missing(cmd, "-s");
		return NULL;
	}
	a = adapter_at(&p->curr, slot);
	if (a == NULL)
		/* Code and text (unconfirmed). */
		(void)hmc_fail(cmd, "HSCL294D", "Dynamic remove of virtual I/O resources failed:\nThe virtual slot %d is not in "
		    "use.", slot);
	return a;
}

static int
take_away(struct sim_cmd *cmd, const struct opts *o, struct part *p)
{
	struct vadapter *a = target_adapter(cmd, o, p);
	const char *device;

	if (a == NULL)
		return 1;
	if (a->kind == VA_SERIAL && a->slot < 2)
		return hmc_missing(cmd, "-s");
	device = part_active(p) && !opt_has(o, "--force") ? vios_device(p, a) : NULL;
	if (device != NULL)
		return cannot_remove(cmd, a, device);
	list_remove(&p->curr.adapters, a);
	return 0;
}

static int
set(struct sim_cmd *cmd, const struct opts *o, const struct cec *c, struct part *p)
{
	struct vadapter *a = target_adapter(cmd, o, p), copy;

	if (a == NULL)
		return 1;
	copy = *a;
	if (read_attrs(cmd, o, c, &copy) != 0)
		return 1;
	*a = copy;
	return 0;
}

int
change_virtual(struct sim_cmd *cmd, const struct opts *o, struct cec *c, struct part *p)
{
	const struct kind *k = kind_find(opt_has(o, "--rsubtype") ? opt_str(o, "--rsubtype") : "");
	struct vadapter *a;
	int rv;

	if (opt_has(o, "--rsubtype") && strcmp(opt_str(o, "--rsubtype"), "vnic") == 0)
		return change_vnic(cmd, o, c, p);
	switch (opt_str(o, "-o")[0]) {
	case 'a':
		rv = k == NULL ? hmc_missing(cmd, "--rsubtype") : add(cmd, o, c, p, k);
		break;
	case 'r':
		rv = take_away(cmd, o, p);
		break;
	case 's':
		rv = k == NULL ? hmc_missing(cmd, "--rsubtype") : set(cmd, o, c, p);
		break;
	case 'e':
	case 'd':
		a = target_adapter(cmd, o, p);
		rv = a == NULL ? 1 : a->kind != VA_ETH ? hmc_missing(cmd, "-s") : 0;
		if (rv == 0)
			a->disabled = opt_str(o, "-o")[0] == 'd';
		break;
	default:
		rv = hmc_missing(cmd, "-o");
		break;
	}
	if (rv == 0)
		dlpar_done(p);
	return rv;
}
