/* SPDX-License-Identifier: ISC */
/*
 * test_drift.c - what differs between a VM's row and what its console shows, and what is done about it.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spool/field.h"
#include "spool/platforms/drift.h"

#define VM                                                                                                                       \
	"{\"name\":\"web1\",\"lpar_id\":5,\"state\":\"running\",\"objects\":{\"tag\":\"pd0123abcd\",\"networks\":[{\"slot\":15,"        \
	"\"mac\":\"0A0B0C0D0E0F\"}],\"power\":\"running\"},\"spec\":{\"networks\":[{\"index\":0,\"slot\":15,\"vlan\":10,\"name\":\"office\",\"ip\":"          \
	"\"10.0.10.5\",\"prefix\":24}],\"disks\":[{\"index\":0,\"bd\":\"pd0123abcd_0\",\"kind\":\"lv\"}]}}"

/* Of an IVM: the partition, its adapters, the mappings. */
static json_t *
rows_of(const char *name, const char *state, const char *adapters, const char *maps)
{
	json_t *vm = json_loads(VM, 0, NULL), *rows = json_array();
	json_t *found = json_pack("{s:[{s:i s:s s:s s:s}] s:o s:o}", "lpars", "id", 5, "name", name, "profile", "pd0123abcd", "state", state,
	    "adapters", json_loads(adapters, JSON_DECODE_ANY, NULL), "maps", json_loads(maps, JSON_DECODE_ANY, NULL));

	cr_assert_not_null(vm);
	cr_assert_not_null(found);
	cr_assert_eq(drift_of_vm(vm, found, 0, rows), 0);
	json_decref(found);
	json_decref(vm);
	return rows;
}

/* One difference; its row is checked and freed. */
static void
expect(json_t *rows, const char *what, const char *wanted, const char *found, const char *key, const char *text)
{
	const json_t *row = json_array_get(rows, 0);

	cr_expect_eq(json_array_size(rows), 1, "%zu rows", json_array_size(rows));
	cr_expect_str_eq(field_text(row, "what"), what);
	cr_expect_str_eq(field_text(row, "wanted"), wanted);
	cr_expect_str_eq(field_text(row, "found"), found);
	cr_expect_not_null(strstr(field_text(row, key), text), "%s: %s", key, field_text(row, key));
	cr_expect((field_text(row, "repair")[0] == '\0') != (field_text(row, "by_hand")[0] == '\0'), "one of the two ways");
	json_decref(rows);
}

#define AS_MADE	"[{\"lpar\":5,\"slot\":\"15\",\"vlan\":\"10\",\"mac\":\"0A0B0C0D0E0F\",\"more\":\"none\"}]"
#define MAPPED	"[{\"vtd\":\"vtscsi0\",\"backing\":\"/dev/pd0123abcd_0\"}]"

Test(drift, what_is_as_it_was_built_has_no_row)
{
	json_t *rows = rows_of("web1", "Running", AS_MADE, MAPPED);

	cr_expect_eq(json_array_size(rows), 0);
	json_decref(rows);
}

Test(drift, another_mac_is_mended_by_hand_and_the_row_says_how)
{
	expect(rows_of("web1", "Running", "[{\"lpar\":5,\"slot\":\"15\",\"vlan\":\"10\",\"mac\":\"0A0B0C0D0EFF\"}]", MAPPED), "adapter 1",
	    "0A0B0C0D0E0F", "0A0B0C0D0EFF", "by_hand", "in slot 15 at the console and make it again with the address 0A0B0C0D0E0F");
}

Test(drift, another_vlan_is_brought_back_by_the_request_that_made_it)
{
	expect(rows_of("web1", "Running", "[{\"lpar\":5,\"slot\":\"15\",\"vlan\":\"20\",\"mac\":\"0A0B0C0D0E0F\"}]", MAPPED), "adapter 1",
	    "VLAN 10 in slot 15", "VLAN 20 in slot 15", "repair", "change-network web1 --adapter 1 --network name=office,ip=10.0.10.5/24");
}

Test(drift, tagged_vlans_and_adapters_that_nobody_asked_for_have_a_way_on)
{
	expect(rows_of("web1", "Running", "[{\"lpar\":5,\"slot\":\"15\",\"vlan\":\"10\",\"more\":\"7,8\"}]", MAPPED), "adapter 1",
	    "VLAN 10 in slot 15", "tagged VLANs 7,8, too", "by_hand", "slot 15");
	expect(rows_of("web1", "Running", "[{\"lpar\":5,\"slot\":\"15\",\"vlan\":\"10\"},{\"lpar\":5,\"slot\":\"16\",\"vlan\":\"9\"}]", MAPPED),
	    "adapter in slot 16", "none", "VLAN 9", "by_hand", "accept-drift web1");
}

Test(drift, a_disk_that_is_not_mapped_a_name_and_a_state_are_brought_back_by_requests)
{
	expect(rows_of("web1", "Running", AS_MADE, "[]"), "disk 1", "pd0123abcd_0 attached", "not attached", "repair",
	    "add-disk web1 --existing pd0123abcd_0");
	expect(rows_of("other", "Running", AS_MADE, MAPPED), "name", "web1", "other", "repair", "rename-vm web1 --to web1");
	expect(rows_of("web1", "Not Activated", AS_MADE, MAPPED), "power", "running", "stopped", "repair", "start-vm web1");
}

Test(drift, a_console_that_told_no_adapters_and_no_mappings_is_no_difference)
{
	json_t *rows = rows_of("web1", "Running", "null", "null");

	cr_expect_eq(json_array_size(rows), 0);
	json_decref(rows);
}

Test(drift, partitions_of_nobody_are_those_without_a_row_that_are_no_vios)
{
	json_t *vms = json_pack("[o]", json_loads(VM, 0, NULL)), *rows = json_array();
	json_t *found = json_loads("{\"lpars\":[{\"id\":1,\"name\":\"vios\",\"env\":\"vioserver\"},{\"id\":5,\"name\":\"web1\"},"
				   "{\"id\":9,\"name\":\"own\",\"env\":\"aixlinux\",\"state\":\"Running\"}]}", 0, NULL);

	cr_expect_eq(drift_of_nobody(vms, found, rows), 0);
	cr_expect_eq(json_array_size(rows), 1);
	cr_expect_str_eq(field_text(json_array_get(rows, 0), "name"), "own");
	json_decref(found);
	json_decref(rows);
	json_decref(vms);
}
