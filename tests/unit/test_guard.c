/* SPDX-License-Identifier: ISC */
/*
 * test_guard.c - P9: which partition a command may name.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "handlers/engine/guard.h"

/* One command of a step that changes something. */
static int
is_allowed(const char *command)
{
	struct arena  a = { 0 };
	struct place  p;
	struct pd_err e = { 0 };
	int	      rv;

	cr_assert_eq(place_parse(&a, "f.seq", 7, command, PLACE_COMMAND, &p, &e), 0, "%s: %s", command, e.msg);
	rv = guard_change("f.seq", &p, &e);
	if (rv == -1)
		cr_expect_eq(strncmp(e.msg, "f.seq:7: ", 9), 0, "%s", e.msg);
	arena_free(&a);
	return rv == 0;
}

Test(guard, a_change_names_its_partition_by_a_checked_id, .description = "P9")
{
	static const char *const good[] = {
		"chsysstate -r lpar -o on -b norm --id {vm.id:lpar-id}",
		"chsysstate -m \"{system.mtms:mtms}\" -r lpar -o on --id {vm.id:lpar-id} -f {vm.tag:word}",
		"rmsyscfg -r lpar --id {vm.id:lpar-id}",
		"mksyscfg -r lpar -i \"name={vm.name:lpar-name},profile_name={vm.tag:word},lpar_env=aixlinux\"",
		"chsyscfg -r prof -i \"virtual_eth_adapters+=3/0/{net.vlan:vlan}//0/1,lpar_id={vm.id:lpar-id}\"",
		"chsyscfg -r lpar -m \"{system.mtms:mtms}\" -o apply --id {vm.id:lpar-id} -n {vm.tag:word}",
		"chhwres -r virtualio -m x --rsubtype scsi -o a --id {v.id:vios-id} -s {p.slot:slot} -a \"adapter_type=server,remote_lpar_id={vm.id:lpar-id},remote_slot_num=2\"",
		"chhwres -r virtualio -m x --rsubtype fc -o r --id {v.id:vios-id} -s {p.slot:slot}",
		"chsyscfg -r prof -m x -i \"virtual_scsi_adapters+={p.slot:slot}/server/{vm.id:lpar-id}//2/0,name={v.profile:word},lpar_id={v.id:vios-id}\"",
		"viosvrcmd -m x --id {v.id:vios-id} -c \"rmvdev -vtd {d.vtd:device}\"",
		"migrlpar -o m -m x -t {to.mtms:word} --id {vm.id:lpar-id}",
		"ioscli rmlv -f {disk.bd:lv}",
		"rm -f /home/padmin/config_{vm.tag:word}.xml",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(is_allowed(good[i]), "%s", good[i]);
}

Test(guard, no_sequence_can_touch_a_vios_or_a_partition_by_name, .description = "P9")
{
	static const char *const refused[] = {
		"chsysstate -r lpar -o shutdown --immed --id 1",
		"chsysstate -r lpar -o shutdown --immed --id {vm.id:count}",
		"chsysstate -r lpar -o shutdown --immed --id 1{vm.id:lpar-id}",
		"chsysstate -r lpar -o shutdown --immed --id {v.id:vios-id}",
		"chsysstate -r lpar -o shutdown --immed -n {vm.name:lpar-name}",
		"chsysstate -r lpar -o shutdown --immed --all",
		"chsysstate -r sys -m x -o off --immed",
		"chsysstate -r sys -m x -o off --id {vm.id:lpar-id} --id {vm.id:lpar-id}",
		"rmsyscfg -r lpar --id {v.id:vios-id}",
		"rmsyscfg -r lpar -n {vm.name:lpar-name}",
		"rmsyscfg -r prof -n x -p {vm.name:lpar-name}",
		"rmsyscfg -r lpar --id {vm.id:lpar-id}; rmsyscfg -r lpar --id {vm.id:lpar-id}",
		"true && rmsyscfg -r lpar --id {vm.id:lpar-id}",
		"chsyscfg -r prof -i \"desired_mem=1024,lpar_id={v.id:vios-id}\"",
		"chsyscfg -r prof -i \"virtual_scsi_adapters+=5/server/any//any/0,desired_mem=64,lpar_id={v.id:vios-id}\"",
		"chsyscfg -r prof -i \"virtual_scsi_adapters=none,name=x,lpar_id={v.id:vios-id}\"",
		"chsyscfg -r prof -i \"name=x,lpar_id={v.id:vios-id}\"",
		"chsyscfg -r lpar -i \"new_name=x,lpar_id={v.id:vios-id}\"",
		"chsyscfg -r prof -i \"desired_mem=1024,lpar_name={vm.name:lpar-name}\"",
		"chsyscfg -r prof -i \"desired_mem=1024,lpar_id=1\"",
		"chhwres -r mem -m x -o r --id {v.id:vios-id} -q 1024",
		"chhwres -r virtualio -m x --rsubtype eth -o r --id {v.id:vios-id} -s 3",
		"chhwres -r virtualio -m x --rsubtype scsi -o s --id {v.id:vios-id} -s 3",
		"chhwres -r virtualio -m x --rsubtype scsi -o a -p vios1 -s 3",
		"chhwres -r mem -m x -o m --id {vm.id:lpar-id} --tid 1 -q 1024",
		"rmvterm -m x --id {v.id:vios-id}",
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		cr_expect_not(is_allowed(refused[i]), "%s", refused[i]);
}

static int
is_taken(const char *type, const char *id, json_t *vars)
{
	struct scope  s = { .vars = vars };
	struct pd_err e = { 0 };
	int	      rv = guard_value(value_type_find(type), &s, "vm.lpar_id", id, &e);

	json_decref(vars);
	cr_expect_eq(rv == -1, e.code == PD_BADDATA);
	return rv == 0;
}

static json_t *
two_vioses(void)
{
	return json_pack("{s:{s:{s:[{s:i}, {s:i}]}}}", "system", "facts", "vioses", "id", 1, "id", 7);
}

Test(guard, the_value_of_an_id_is_never_a_vios, .description = "P9")
{
	cr_expect_not(is_taken("lpar-id", "1", two_vioses()));
	cr_expect_not(is_taken("lpar-id", "7", two_vioses()));
	cr_expect(is_taken("lpar-id", "2", two_vioses()));
	cr_expect_not(is_taken("lpar-id", "1", json_object()), "without knowledge 1 is an IVM's own");
	cr_expect_not(is_taken("lpar-id", "3", json_pack("{s:{s:{s:i}}}", "platform", "facts", "management_lpar", 3)));
	cr_expect(is_taken("lpar-id", "1", json_pack("{s:{s:{s:[{s:i}]}}}", "system", "facts", "vioses", "id", 2)), "an HMC has VIOSes anywhere");
	cr_expect(is_taken("vios-id", "7", two_vioses()));
	cr_expect_not(is_taken("vios-id", "2", two_vioses()));
	cr_expect_not(is_taken("vios-id", "1", json_object()));
	cr_expect(is_taken("slot", "1", two_vioses()));
}
