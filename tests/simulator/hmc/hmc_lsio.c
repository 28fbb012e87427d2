/* SPDX-License-Identifier: ISC */
/* lshwres: physical units, buses, what sits in the slots, SR-IOV adapters and their ports. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lshwres.h"

static const struct pslot *
slot_of(const struct row *r)
{
	return r->x;
}

GET_STR(io_unit, slot_of(r)->unit)
GET_STR(io_bus, slot_of(r)->bus)
GET_STR(io_text, slot_of(r)->description)
GET(io_loc, text_printf(t, "%s-%s", slot_of(r)->unit, slot_of(r)->phys_loc))

static void
filter_unit(const void *row, struct text *t)
{
	(void)io_unit(row, t);
}

static const struct hmc_filter unit_filters[] = { { "units", filter_unit, NULL, NULL } };

/* ---- units and buses: sets and order (unconfirmed) ---- */

static const struct hmc_attr unit_attrs[] = { { "unit_phys_loc", io_unit, NULL, false } };
GET(bus_index, text_printf(t, "2000%04X", (unsigned)atoi(slot_of(r)->bus)))
static const struct hmc_attr bus_attrs[] = {
	{ "unit_phys_loc", io_unit, NULL, false }, { "bus_id", io_bus, NULL, false },
	{ "backplane_phys_loc", NULL, "P1", false }, { "bus_drc_index", bus_index, NULL, false },
};

static bool
is_listed(const struct list *rows, const struct pslot *s, bool buses)
{
	LIST_EACH(struct row, r, rows)
		if (strcmp(slot_of(r)->unit, s->unit) == 0 && (!buses || strcmp(slot_of(r)->bus, s->bus) == 0))
			return true;
	return false;
}

int
list_io_units(struct sim_cmd *cmd, const struct opts *o, struct cec *c, bool buses)
{
	static const struct hmc_listing of_units = HMC_LISTING("io.unit", unit_attrs, unit_filters);
	static const struct hmc_listing of_buses = HMC_LISTING("io.bus", bus_attrs, unit_filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct pslot, s, &c->slots)
		if (!is_listed(&rows, s, buses))
			row_add(&rows, cmd->hmc, c, NULL)->x = s;
	rv = hmc_list(cmd, o, cmd->hmc->version, buses ? &of_buses : &of_units, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- ports of adapters: names are what clients ask for, the order (unconfirmed) ---- */

static bool
is_class(const struct pslot *s, const char *pci_class)
{
	return strcmp(s->pci_class, pci_class) == 0;
}

GET(child_loc, text_printf(t, "%s-%s-T%d", slot_of(r)->unit, slot_of(r)->phys_loc, r->n + 1))
GET_STR(child_parent, slot_of(r)->drc)

/* An address of a port, of its slot and number: the same every time. */
static unsigned
port_number(const struct row *r)
{
	return ((unsigned)strtoul(slot_of(r)->drc, NULL, 16) & 0xffff) << 4 | (unsigned)r->n;
}

static bool
child_mac(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "98be94%06x", port_number(r));
	return is_class(slot_of(r), "0200");
}

static bool
child_wwpn(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "10000090fa%06x", port_number(r));
	return is_class(slot_of(r), "0C04");
}

static bool
child_wwnn(const void *row, struct text *t)
{
	const struct row *r = row;

	text_printf(t, "20000090fa%06x", port_number(r));
	return is_class(slot_of(r), "0C04");
}

static const struct hmc_attr child_attrs[] = {
	{ "unit_phys_loc", io_unit, NULL, false }, { "phys_loc", child_loc, NULL, false },
	{ "parent", io_loc, NULL, false }, { "parent_slot_drc_index", child_parent, NULL, false },
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false },
	{ "description", io_text, NULL, false }, { "mac_address", child_mac, NULL, false },
	{ "wwpn", child_wwpn, NULL, false }, { "wwnn", child_wwnn, NULL, false },
	{ "microcode_version", NULL, "10240310", false },
};

static const struct hmc_filter child_filters[] = {
	{ "lpar_names", filter_lpar_name, exists_lpar_name, hmc_no_partition },
	{ "lpar_ids", filter_lpar_id, exists_lpar_id, hmc_no_partition_id }, { "units", filter_unit, NULL, NULL },
};

int
list_io_children(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing ls = HMC_LISTING("io.slotchildren", child_attrs, child_filters);
	struct list rows = { 0 };
	int rv;

	LIST_EACH(struct pslot, s, &c->slots)
		for (int i = 0; i < (is_class(s, "0200") ? 4 : is_class(s, "0C04") ? 2 : 0); i++) {
			struct row *r = row_add(&rows, cmd->hmc, c, part_by_id(c, s->lpar_id));

			r->x = s;
			r->n = i;
		}
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- SR-IOV ---- */

static bool
is_shared(const struct row *r)
{
	return slot_of(r)->sriov_id > 0;
}

/* What only an adapter in shared mode has; "null" stands in the line of one in dedicated mode. */
#define GET_OF_SHARED(fn, body) \
	GET(fn, if (!is_shared(r)) text_add(t, "null"); else { body; })

GET_OF_SHARED(sr_id, text_printf(t, "%d", slot_of(r)->sriov_id))
GET_STR(sr_slot, slot_of(r)->drc)
GET_OF_SHARED(sr_logical, text_printf(t, "%d", SRIOV_LOGICAL))
GET_STR(sr_config, is_shared(r) ? "sriov" : "dedicated")
GET_OF_SHARED(sr_ports, text_printf(t, "%d", SRIOV_PORTS))
GET_OF_SHARED(sr_status, text_add(t, "running"))
GET_OF_SHARED(sr_one, text_add(t, "1"))

static const struct hmc_attr adapter_attrs[] = {
	{ "adapter_id", sr_id, NULL, false }, { "slot_id", sr_slot, NULL, false },
	{ "adapter_max_logical_ports", sr_logical, NULL, false }, { "config_state", sr_config, NULL, false },
	{ "functional_state", NULL, "1", false }, { "logical_ports", sr_logical, NULL, false },
	{ "phys_loc", io_loc, NULL, false }, { "phys_ports", sr_ports, NULL, false },
	{ "sriov_status", sr_status, NULL, false }, { "alternate_config", NULL, "0", false },
	{ "custom_max_capacity_capable", sr_one, NULL, false }, { "custom_min_capacity_capable", sr_one, NULL, false },
};

GET_INT(port_id, r->n)
static const struct hmc_attr physport_attrs[] = {
	{ "adapter_id", sr_id, NULL, false }, { "phys_port_id", port_id, NULL, false }, { "phys_port_label", NULL, "", false },
	{ "phys_port_sub_label", NULL, "", false }, { "phys_port_loc", child_loc, NULL, false },
	{ "phys_port_type", NULL, "eth", false }, { "state", NULL, "1", false }, { "config_logical_ports", NULL, "0", false },
	{ "phys_port_max_logical_ports", NULL, "4", false }, { "supported_max_eth_logical_ports", NULL, "4", false },
	{ "max_eth_logical_ports", NULL, "4", false }, { "curr_eth_logical_ports", NULL, "0", false },
	{ "max_diag_ports", NULL, "1", false }, { "max_promisc_ports", NULL, "1", false },
	{ "capabilities", NULL, "pvid_priority_capable,port_vlan_id_capable,mac_vlan_consistency_capable,"
	    "clear_phys_port_stat_capable,clear_logical_port_stat_capable", false },
	{ "conn_speed", NULL, "10000", false }, { "config_conn_speed", NULL, "auto", false },
	{ "max_recv_packet_size", NULL, "9000", false }, { "config_max_recv_packet_size", NULL, "9000", false },
	{ "recv_flow_control", NULL, "0", false }, { "config_recv_flow_control", NULL, "0", false },
	{ "trans_flow_control", NULL, "0", false }, { "config_trans_flow_control", NULL, "0", false },
	{ "veb_mode", NULL, "1", false }, { "vepa_mode", NULL, "0", false },
	{ "priority_flow_control_active", NULL, "null", false }, { "mac_addr", NULL, "unavailable", false },
	{ "adapter_lldp", NULL, "1", false },
};

GET(logport_id, text_printf(t, "%x", (unsigned)SRIOV_LOGICAL_ID(slot_of(r)->sriov_id, r->n)))
GET(logport_drc, text_printf(t, "PHB %d", 4096 + 64 * slot_of(r)->sriov_id + r->n))
GET(logport_loc, text_printf(t, "%s-%s-T1-S%d", slot_of(r)->unit, slot_of(r)->phys_loc, r->n))
static const struct hmc_attr logport_attrs[] = {
	{ "adapter_id", sr_id, NULL, false }, { "logical_port_id", logport_id, NULL, false },
	{ "logical_port_type", NULL, "unconfigured", false }, { "drc_name", logport_drc, NULL, false },
	{ "location_code", logport_loc, NULL, false },
};

static void
filter_adapter(const void *row, struct text *t)
{
	(void)sr_id(row, t);
}

static void
filter_port(const void *row, struct text *t)
{
	(void)port_id(row, t);
}

static const struct hmc_filter sriov_filters[] = {
	{ "adapter_ids", filter_adapter, NULL, NULL }, { "phys_port_ids", filter_port, NULL, NULL },
};

static void
add_ports(struct sim_cmd *cmd, struct list *rows, struct cec *c, const struct pslot *s, int from, int to)
{
	for (int i = from; i <= to; i++) {
		struct row *r;

		if (from == 1 && logical_port_used(c, SRIOV_LOGICAL_ID(s->sriov_id, i)))
			continue;
		r = row_add(rows, cmd->hmc, c, NULL);
		r->x = s;
		r->n = i;
	}
}

/* Logical ports are listed while they are unconfigured; those have no level.  The others are vNICs' backing devices. */
int
list_sriov(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	static const struct hmc_listing adapters = HMC_LISTING("sriov.adapter", adapter_attrs, sriov_filters);
	static const struct hmc_listing ports = HMC_LISTING("sriov.physport", physport_attrs, sriov_filters);
	static const struct hmc_listing logical = HMC_LISTING("sriov.logport", logport_attrs, sriov_filters);
	const struct hmc_listing *ls = &adapters;
	struct list rows = { 0 };
	char what;
	int rv;

	if (hmc_one_of(cmd, o, "--rsubtype", "adapter physport logport") != 0)
		return 1;
	what = opt_str(o, "--rsubtype")[0];
	if (what == 'p' && hmc_one_of(cmd, o, "--level", "eth ethc roce") != 0)
		return 1;
	if (what == 'l' && opt_has(o, "--level") && hmc_one_of(cmd, o, "--level", "eth roce") != 0)
		return 1;
	LIST_EACH(struct pslot, s, &c->slots) {
		if (!c->sriov || !is_class(s, "0200"))
			continue;
		if (what == 'a')
			add_ports(cmd, &rows, c, s, 0, 0);
		else if (what == 'p' && s->sriov_id > 0 && strcmp(opt_str(o, "--level"), "eth") == 0)
			add_ports(cmd, &rows, c, s, 0, SRIOV_PORTS - 1);
		else if (what == 'l' && s->sriov_id > 0 && !opt_has(o, "--level"))
			add_ports(cmd, &rows, c, s, 1, SRIOV_LOGICAL);
	}
	ls = what == 'p' ? &ports : what == 'l' ? &logical : ls;
	rv = hmc_list(cmd, o, cmd->hmc->version, ls, c, &rows);
	list_free(&rows);
	return rv;
}
