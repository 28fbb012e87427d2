/* SPDX-License-Identifier: ISC */
/*
 * STATE/world.json of an HMC: one JSON object with sorted keys.
 *
 *	state		hmc: the systems and all their partitions; vioses: by their fs names,
 *			each as ../world_save.c writes it
 *	version		1
 *	volatile	counters and times, which a create and a delete do not restore
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "tests/simulator/record.h"

static const struct field adapter_fields[] = {
	R_STR(vadapter, allowed_macs), R_INT(vadapter, disabled), R_INT(vadapter, ieee), R_INT(vadapter, kind),
	R_INT(vadapter, logged_in),
	R_STR(vadapter, mac), R_INT(vadapter, pvid), R_STR(vadapter, qos), R_INT(vadapter, remote_id),
	R_INT(vadapter, remote_slot), R_INT(vadapter, required), R_INT(vadapter, server), R_INT(vadapter, slot),
	R_INT(vadapter, supports_hmc), R_INT(vadapter, trunk), R_STR(vadapter, vlans), R_STR(vadapter, vswitch),
	R_STR(vadapter, wwpn1), R_STR(vadapter, wwpn2),
};
static const struct record adapter_record = RECORD(vadapter, adapter_fields);

static const struct field ioslot_fields[] = {
	R_STR(ioslot, drc), R_STR(ioslot, pool), R_INT(ioslot, required),
};
static const struct record ioslot_record = RECORD(ioslot, ioslot_fields);

static const struct field config_fields[] = {
	R_LIST(config, adapters, adapter_record), R_STR(config, affinity_group), R_INT(config, all_resources),
	R_INT(config, auto_start), R_STR(config, boot_mode), R_STR(config, compat_mode),
	R_INT(config, conn_monitoring), R_STR(config, ctrl_ids), R_STR(config, hpt_ratio), R_INT(config, huge),
	R_STR(config, io_entitled_mem), R_LIST(config, io_slots, ioslot_record), R_INT(config, max_huge),
	R_INT(config, max_mem), R_INT(config, max_procs), R_INT(config, max_slots), R_INT(config, max_units),
	R_INT(config, mem), R_INT(config, mem_expansion), R_STR(config, mem_mode), R_INT(config, mem_weight),
	R_INT(config, min_huge), R_INT(config, min_mem), R_INT(config, min_procs), R_INT(config, min_units),
	R_INT(config, paging_vios1), R_INT(config, paging_vios2), R_INT(config, pool_id), R_STR(config, ppt_ratio),
	R_STR(config, proc_mode), R_INT(config, procs), R_INT(config, redundant_err), R_STR(config, sharing_mode),
	R_STR(config, sriov_ports), R_INT(config, uncap_weight), R_INT(config, units), R_STR(config, vnics),
	R_STR(config, vsi_profiles), R_STR(config, vtpm), R_STR(config, work_group),
};
static const struct record config_record = RECORD(config, config_fields);

static const struct field profile_fields[] = {
	{ "config", F_OBJ, offsetof(struct profile, c), 0, &config_record }, R_STR(profile, name),
};
static const struct record profile_record = RECORD(profile, profile_fields);

static const struct field backing_fields[] = {
	R_INT(backing, adapter), R_INT(backing, capacity), R_INT(backing, logical), R_INT(backing, max_capacity),
	R_INT(backing, port), R_INT(backing, priority), R_INT(backing, vios_id),
};
static const struct record backing_record = RECORD(backing, backing_fields);

static const struct field vnic_fields[] = {
	R_INT(vnic, auto_failover), R_LIST(vnic, backings, backing_record), R_STR(vnic, mac), R_INT(vnic, pvid),
	R_INT(vnic, slot),
};
static const struct record vnic_record = RECORD(vnic, vnic_fields);

static const struct field migration_fields[] = {
	R_INT(migration, active), R_STR(migration, msp), R_INT(migration, msp_id), R_STR(migration, peer),
	R_INT(migration, peer_id), R_STR(migration, peer_msp), R_INT(migration, peer_msp_id),
	R_STR(migration, state), R_STR(migration, text), R_STR(migration, type),
};
static const struct record migration_record = RECORD(migration, migration_fields);

static const struct field part_fields[] = {
	R_INT(part, avail_priority), R_STR(part, boot_mode), R_OBJ(part, curr, config_record),
	R_STR(part, curr_profile), R_STR(part, default_profile), R_STR(part, description), R_STR(part, env),
	R_STR(part, fs_name), R_INT(part, has_config), R_STR(part, hostname), R_INT(part, id), R_STR(part, image),
	R_STR(part, keylock), R_INT(part, keystore_kbytes), R_INT(part, kvm_capable), R_INT(part, led), R_STR(part, mac_base),
	R_OBJ(part, migr, migration_record), R_INT(part, migration_disabled), R_INT(part, msp), R_STR(part, name),
	R_STR(part, os_version), R_INT(part, perf_collection), R_INT(part, pool_util_auth),
	R_INT(part, powervm_mgmt), R_LIST(part, profiles, profile_record), R_STR(part, rmc_ipaddr),
	R_STR(part, rmc_state), R_INT(part, rr_capable), R_INT(part, secure_boot), R_INT(part, srr_capable),
	R_INT(part, ssh_port), { "state", F_STATE, offsetof(struct part, state), 0, NULL },
	R_INT(part, suspend_capable), R_INT(part, sync_profile), R_INT(part, time_ref), R_STR(part, virtual_serial),
	R_LIST(part, vnics, vnic_record), R_INT(part, vtpm),
};
static const struct record part_record = RECORD(part, part_fields);

static const struct field pool_fields[] = {
	R_INT(procpool, id), R_INT(procpool, max_units), R_STR(procpool, name), R_INT(procpool, reserved_units),
};
static const struct record pool_record = RECORD(procpool, pool_fields);

static const struct field paging_fields[] = {
	R_INT(paging, lpar_id), R_STR(paging, name), R_INT(paging, size_mb), R_STR(paging, vios),
};
static const struct record paging_record = RECORD(paging, paging_fields);

static const struct field mempool_fields[] = {
	R_LIST(mempool, devices, paging_record), R_INT(mempool, max_mem), R_INT(mempool, mem),
	R_INT(mempool, paging_vios1), R_INT(mempool, paging_vios2),
};
static const struct record mempool_record = RECORD(mempool, mempool_fields);

static const struct field vswitch_fields[] = { R_STR(vswitch, mode), R_STR(vswitch, name) };
static const struct record vswitch_record = RECORD(vswitch, vswitch_fields);

static const struct field vnetwork_fields[] = {
	R_STR(vnetwork, name), R_INT(vnetwork, tagged), R_INT(vnetwork, vlan_id), R_STR(vnetwork, vswitch),
};
static const struct record vnetwork_record = RECORD(vnetwork, vnetwork_fields);

static const struct field pslot_fields[] = {
	R_STR(pslot, bus), R_STR(pslot, description), R_STR(pslot, device), R_STR(pslot, drc), R_STR(pslot, features),
	R_INT(pslot, lpar_id), R_STR(pslot, pci_class), R_STR(pslot, phys_loc), R_INT(pslot, sriov_id), R_STR(pslot, unit),
	R_STR(pslot, vendor),
};
static const struct record pslot_record = RECORD(pslot, pslot_fields);

static const struct field cec_fields[] = {
	R_INT(cec, ame), R_INT(cec, ams), R_STR(cec, compat_modes), R_STR(cec, description), R_INT(cec, dpo),
	R_INT(cec, fw_mem), R_STR(cec, ipaddr), R_INT(cec, led), R_INT(cec, lmb), R_INT(cec, lpm),
	R_INT(cec, lpm_inactive), R_STR(cec, mac_prefix), R_INT(cec, max_lpars), R_INT(cec, mem),
	R_OBJ(cec, mempool, mempool_record), R_INT(cec, min_vp_units), R_STR(cec, name), R_INT(cec, npiv),
	R_LIST(cec, parts, part_record), R_INT(cec, pend_lmb), R_LIST(cec, pools, pool_record), R_INT(cec, power_off_policy),
	R_INT(cec, proc_power), R_INT(cec, remote_restart), R_INT(cec, sample_rate), R_STR(cec, serial),
	R_LIST(cec, slots, pslot_record), R_INT(cec, sriov), R_STR(cec, start_policy), R_STR(cec, state),
	R_INT(cec, suspend), R_STR(cec, type_model), R_INT(cec, units), R_LIST(cec, vnetworks, vnetwork_record),
	R_LIST(cec, vswitches, vswitch_record), R_INT(cec, vswitches_capable),
};
static const struct record cec_record = RECORD(cec, cec_fields);

static const struct field user_fields[] = {
	R_STR(hmc_users, description), R_STR(hmc_users, name), R_STR(hmc_users, role),
};
static const struct record user_record = RECORD(hmc_users, user_fields);

static const struct field hmc_fields[] = {
	R_STR(hmc, build), R_LIST(hmc, cecs, cec_record), R_STR(hmc, domain), R_STR(hmc, fix), R_STR(hmc, ipaddr),
	R_STR(hmc, name), R_INT(hmc, release), R_STR(hmc, serial), R_INT(hmc, service_pack), R_STR(hmc, type_model),
	R_LIST(hmc, users, user_record), R_INT(hmc, version),
};
static const struct record hmc_record = RECORD(hmc, hmc_fields);

static const struct field clockwork_fields[] = {
	R_I64(clockwork, active_ms), R_I64(clockwork, due_ms),
	{ "event", F_INT, offsetof(struct clockwork, event), sizeof(int), NULL },
	R_I64(clockwork, refcode_ms),
};
static const struct record clockwork_record = RECORD(clockwork, clockwork_fields);

static const struct field refcode_fields[] = { R_I64(refcode, at_ms), R_STR(refcode, code) };
static const struct record refcode_record = RECORD(refcode, refcode_fields);
static const struct field past_fields[] = {
	R_OBJ(part, t, clockwork_record), R_LIST(part, refcodes, refcode_record), R_STR(part, uuid),
};
static const struct record past_record = RECORD(part, past_fields);

static const struct field event_fields[] = {
	R_I64(hmc_event, at_ms), R_STR(hmc_event, cmd), R_INT(hmc_event, pid), R_STR(hmc_event, text),
	R_STR(hmc_event, user),
};
static const struct record event_record = RECORD(hmc_event, event_fields);
static const struct field counter_fields[] = { R_I64(cec, next_mac), R_I64(cec, next_wwpn) };
static const struct record counter_record = RECORD(cec, counter_fields);
static const struct field problem_fields[] = {
	R_I64(hmc_problem, at_ms), R_INT(hmc_problem, closed), R_STR(hmc_problem, mtms), R_STR(hmc_problem, name),
	R_INT(hmc_problem, num), R_STR(hmc_problem, text),
};
static const struct record problem_record = RECORD(hmc_problem, problem_fields);
static const struct field life_fields[] = {
	R_LIST(hmc, events, event_record), R_LIST(hmc, problems, problem_record), R_I64(hmc, uuids),
};
static const struct record life_record = RECORD(hmc, life_fields);

static void
vioses_write(struct text *t, const struct hmc *h, bool is_volatile)
{
	int n = 0;

	text_addc(t, '{');
	LIST_EACH(struct cec, c, &h->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->vios != NULL) {
				text_add(t, n++ > 0 ? ",\n  " : "\n  ");
				json_quote(t, p->fs_name);
				text_add(t, ": ");
				world_write(t, p->vios, is_volatile, 2);
			}
	text_add(t, "}");
}

static void
state_write(struct text *t, const struct hmc *h)
{
	text_add(t, "{\n \"hmc\": ");
	record_write(t, &hmc_record, h, 1);
	text_add(t, ",\n \"vioses\": ");
	vioses_write(t, h, false);
	text_add(t, "\n}");
}

static void
volatile_write(struct text *t, const struct hmc *h)
{
	text_add(t, "{\n \"hmc\": ");
	record_write(t, &life_record, h, 1);
	LIST_EACH(struct cec, c, &h->cecs) {
		text_printf(t, ",\n \"system %s\": ", c->serial);
		record_write(t, &counter_record, c, 1);
		LIST_EACH(struct part, p, &c->parts) {
			text_printf(t, ",\n \"partition %s %d\": ", c->serial, p->id);
			record_write(t, &past_record, p, 1);
		}
	}
	text_add(t, ",\n \"vioses\": ");
	vioses_write(t, h, true);
	text_add(t, "\n}");
}

static void
volatile_read(struct hmc *h, const json_t *j)
{
	char key[64];

	(void)record_read(&life_record, h, json_object_get(j, "hmc"));
	LIST_EACH(struct cec, c, &h->cecs) {
		snprintf(key, sizeof(key), "system %s", c->serial);
		(void)record_read(&counter_record, c, json_object_get(j, key));
		LIST_EACH(struct part, p, &c->parts) {
			snprintf(key, sizeof(key), "partition %s %d", c->serial, p->id);
			(void)record_read(&past_record, p, json_object_get(j, key));
			if (p->t.due_ms == INT64_MAX) /* it waited to be seen; a restart is enough */
				p->t.due_ms = 0;
		}
	}
}

static int
worlds_read(struct hmc *h, const json_t *states, const json_t *counters, char *err, size_t errlen)
{
	LIST_EACH(struct cec, c, &h->cecs)
		LIST_EACH(struct part, p, &c->parts) {
			const json_t *j = json_object_get(states, p->fs_name);

			if (p->fs_name[0] == '\0')
				continue;
			if (hmc_world_new(h, p, err, errlen) == -1)
				return -1;
			if (j != NULL && world_read(p->vios, j, json_object_get(counters, p->fs_name)) == -1) {
				snprintf(err, errlen, "%s: a value of the wrong type", h->file);
				return -1;
			}
			vios_tell(h, c, p);
		}
	return 0;
}

void
hmc_save(struct hmc *h)
{
	struct text t = { 0 };

	if (!h->dirty || !h->born)
		return;
	h->dirty = false;
	pthread_cond_signal(&h->wake); /* the next event may be an earlier one now */
	text_add(&t, "{\n\"state\": ");
	state_write(&t, h);
	text_add(&t, ",\n\"version\": 1,\n\"volatile\": ");
	volatile_write(&t, h);
	text_add(&t, "\n}\n");
	if (world_file_replace(h->file, &t) == -1)
		fprintf(stderr, "%s: %s\n", h->file, strerror(errno));
	text_free(&t);
}

int
hmc_restore(struct hmc *h, const char *text, char *err, size_t errlen)
{
	json_error_t je;
	json_t *j = json_loads(text, 0, &je);
	const json_t *state, *past;
	int rv = -1;

	if (j == NULL) {
		snprintf(err, errlen, "%s:%d: %s", h->file, je.line, je.text);
		return -1;
	}
	state = json_object_get(j, "state");
	past = json_object_get(j, "volatile");
	if (record_read(&hmc_record, h, json_object_get(state, "hmc")) == -1) {
		snprintf(err, errlen, "%s: a value of the wrong type", h->file);
		goto out;
	}
	volatile_read(h, past);
	rv = worlds_read(h, json_object_get(state, "vioses"), json_object_get(past, "vioses"), err, errlen);
out:
	json_decref(j);
	return rv;
}

char *
hmc_dump(struct hmc *h)
{
	struct text t = { 0 };

	hmc_lock(h);
	state_write(&t, h);
	hmc_unlock(h);
	text_addc(&t, '\n');
	return t.p;
}
