/* SPDX-License-Identifier: ISC */
/*
 * Command lines with exactly what the console prints, from the proven facts of the
 * consoles' reference.  All rows run, in order, on one machine with one partition.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "test_world.h"

#define NO_RESULT "[VIOSI01040010-0003] No results were found.\n"
#define BANNER	  "\nSome error messages may contain invalid information\nfor the Virtual I/O Server environment.\n\n"
#define NO_SPACE \
	BANNER "0516-404 allocp: This system cannot fulfill the allocation request.\n" \
	"\tThere are not enough free partitions or not enough physical volumes\n" \
	"\tto keep strictness and satisfy allocation requests.  The command\n" \
	"\tshould be retried with different allocation characteristics.\n" \
	"0516-822 mklv: Unable to create logical volume.\n"
#define LOC "U8246.L2D.06052EA-V1-C"

static const struct golden {
	const char *line, *out, *err;
	int status;
} rows[] = {
	/* partitions, profiles, system */
	{ "lssyscfg -r lpar -F name,lpar_id,lpar_env,state,rmc_state",
	    "06-052EA,1,vioserver,Running,active\nVM1,2,aixlinux,Not Activated,none\n", "", 0 },
	{ "lssyscfg -r lpar -F lpar_id:lpar_env:state --filter lpar_ids=2", "2:aixlinux:Not Activated\n", "", 0 },
	{ "lssyscfg -r lpar -F name,lpar_id,name --filter lpar_ids=2", "VM1,2,VM1\n", "", 0 },
	{ "lssyscfg -r lpar -F lpar_id --filter lpar_names=\\\"nosuch\\\"", "", NO_RESULT, 0 },
	{ "lssyscfg -r lpar -F lpar_id --filter lpar_names=\\\"VM1\\\"", "2\n", "", 0 },
	{ "lssyscfg --filter \"lpar_names=VM1\" -F lpar_id -r lpar", "2\n", "", 0 },
	{ "lssyscfg -r lpar --filter '\"lpar_ids=1,2\"' -F lpar_id", "1\n2\n", "", 0 },
	{ "lssyscfg -r lpar --filter lpar_ids=1,2 -F lpar_id", "1\n2\n", "", 0 },
	{ "lssyscfg -r lpar --filter lpar_ids=2 -F name,lpar_id --header", "name,lpar_id\nVM1,2\n", "", 0 },
	{ "lssyscfg -r lpar -F curr_lpar_proc_compat_mode,desired_lpar_proc_compat_mode --filter lpar_ids=1",
	    "POWER7,default\n", "", 0 },
	{ "lssyscfg -r lpar -F rmc_state,dlpar_io_capable --filter lpar_ids=1", "active,1\n", "", 0 },
	{ "lssyscfg -r lpar -F nonsense", "",
	    "[VIOSE01040014-0010] The attribute name \"nonsense\" is not valid.\n", 1 },
	{ "lssyscfg -r lpar --filter states=Running", "",
	    "[VIOSE01040014-0010] The filter \"states\" is not valid.\n", 1 },
	{ "lssyscfg -r lpar -F name,os_version,logical_serial_num,work_group_id,uptime --filter lpar_ids=2",
	    "VM1,0.0.0.0.0.0,06052EA2,none,0\n", "", 0 },
	{ "lssyscfg -r lpar -F name -m Server-8246-L2D-SN06052EA --filter lpar_ids=2", "VM1\n", "", 0 },
	{ "lssyscfg -r lpar -F name -m 8246-L2D*06052EA --filter lpar_ids=2", "VM1\n", "", 0 },
	{ "lssyscfg -r prof --filter lpar_ids=2",
	    "name=VM1,lpar_name=VM1,lpar_id=2,os_type=aixlinux,all_resources=0,mem_mode=ded,min_mem=512,"
	    "desired_mem=1024,max_mem=4096,proc_mode=shared,min_proc_units=0.10,desired_proc_units=0.50,"
	    "max_proc_units=4.00,min_procs=1,desired_procs=1,max_procs=4,sharing_mode=uncap,uncap_weight=127,"
	    "io_slots=none,lpar_io_pool_ids=none,max_virtual_slots=20,"
	    "\"virtual_serial_adapters=0/server/1/any//any/1,1/server/1/any//any/1\","
	    "virtual_scsi_adapters=2/client/1/06-052EA/11/0,virtual_eth_adapters=15/0/2//0/1,"
	    "virtual_fc_adapters=none,virtual_opti_pool_id=0,boot_mode=norm,conn_monitoring=0,auto_start=0,"
	    "power_ctrl_lpar_ids=none,lhea_logical_ports=none,lhea_capabilities=none,"
	    "lpar_proc_compat_mode=default\n", "", 0 },
	{ "lssyscfg -r prof --filter lpar_ids=2 -F virtual_scsi_adapters", "2/client/1/06-052EA/11/0\n", "", 0 },
	{ "lssyscfg -r prof -F lpar_name", "06-052EA\nVM1\n", "", 0 },
	{ "lssyscfg -r sys -F serial_num", "06052EA\n", "", 0 },
	{ "lssyscfg -r sys -F type_model,serial_num,state,max_lpars,service_lpar_id",
	    "8246-L2D,06052EA,Operating,10,1\n", "", 0 },
	{ "lssyscfg -r sys -F name", "Server-8246-L2D-SN06052EA\n", "", 0 },
	{ "lssyscfg -r sys -F lpar_proc_compat_modes", "\"default,POWER6,POWER6+,POWER7\"\n", "", 0 },
	{ "lsivm", "8246-L2D,06052EA,1\n", "", 0 },
	{ "ioscli lslparinfo", "1 06-052EA\n", "", 0 },

	/* adapters in every quoting */
	{ "chsyscfg -r prof -i virtual_eth_adapters+=16/0/3//0/1,lpar_id=2", "", "", 0 },
	{ "lssyscfg -r prof --filter lpar_ids=2 -F virtual_eth_adapters", "\"15/0/2//0/1,16/0/3//0/1\"\n", "", 0 },
	{ "chsyscfg -r prof -i virtual_eth_adapters-=16/0/9//0/1,lpar_id=2", "",
	    "[VIOSE01040014-0011] There is no virtual ethernet adapter \"16/0/9//0/1\".\n", 1 },
	{ "chsyscfg -r prof -i virtual_eth_adapters-=16/0/3//0/1,lpar_id=2", "", "", 0 },
	{ "chsyscfg -r prof -i \"virtual_eth_adapters=\\\"15/0/2//0/1,16/0/2//0/1\\\",lpar_id=2\"", "", "", 0 },
	{ "chsyscfg -r prof -i '\"virtual_eth_adapters=\"\"4/1/1/20,21/0/1\"\",15/0/2//0/1\",lpar_id=2'", "", "", 0 },
	{ "lssyscfg -r prof --filter lpar_ids=2 -F virtual_eth_adapters",
	    "\"\"\"4/1/1/20,21/0/1\"\",15/0/2//0/1\"\n", "", 0 },
	{ "lshwres -r virtualio --rsubtype eth --level lpar --filter lpar_ids=2,slots=4 "
	  "-F lpar_id,slot_num,port_vlan_id,is_trunk,ieee_virtual_eth,addl_vlan_ids",
	    "2,4,1,0,1,\"20,21\"\n", "", 0 },
	{ "chhwres -r virtualio --rsubtype eth --id 2 -o r -s 4", "", "", 0 },
	{ "lshwres -r virtualio --rsubtype eth --level lpar --filter lpar_ids=2",
	    "lpar_name=VM1,lpar_id=2,slot_num=15,state=1,ieee_virtual_eth=0,port_vlan_id=2,addl_vlan_ids=none,"
	    "is_trunk=0,trunk_priority=0,is_required=1,mac_addr=EEE910002" "00F\n", "", 0 },
	{ "lshwres -r virtualio --rsubtype slot --level slot --filter lpar_ids=2 -F slot_num,config",
	    "0,serial\n1,serial\n2,scsi\n3,reserved\n15,eth\n", "", 0 },
	{ "lshwres -r virtualio --rsubtype slot --level lpar --filter lpar_ids=2 -F curr_max_virtual_slots",
	    "20\n", "", 0 },
	{ "chhwres -r virtualio --rsubtype eth --id 2 -o a -s 19 -a ieee_virtual_eth=0,port_vlan_id=7,is_trunk=0",
	    "", "", 0 },
	{ "chhwres -r virtualio --rsubtype eth --id 2 -o r -s 19", "", "", 0 },
	{ "chhwres -r virtualio --rsubtype eth -o a -s 33 --id 1 "
	  "-a ieee_virtual_eth=1,port_vlan_id=4093,is_trunk=1,trunk_priority=1,\\\"addl_vlan_ids=201,207\\\"",
	    "The virtual Ethernet adapter was created at " LOC "33-T1\n", "", 0 },
	{ "lshwres -r virtualio --rsubtype eth --level lpar --filter lpar_ids=1,slots=33 "
	  "-F lpar_id,slot_num,port_vlan_id,is_trunk,ieee_virtual_eth,addl_vlan_ids",
	    "1,33,4093,1,1,\"201,207\"\n", "", 0 },
	{ "ioscli lsdev -plc " LOC "33-T1 -fmt : -field name", "ent8\n", "", 0 },
	{ "chhwres -r virtualio --rsubtype eth -o r -s 33 --id 1", "", "", 0 },

	/* memory and processors */
	{ "lshwres -r mem --level sys -F configurable_sys_mem,curr_avail_sys_mem,sys_firmware_mem,mem_region_size",
	    "32768,27264,1408,64\n", "", 0 },
	{ "lshwres -r mem --level lpar --filter lpar_ids=2",
	    "lpar_name=VM1,lpar_id=2,mem_mode=ded,curr_min_mem=512,curr_mem=1024,curr_max_mem=4096,"
	    "pend_min_mem=512,pend_mem=1024,pend_max_mem=4096,run_min_mem=0,run_mem=0\n", "", 0 },
	{ "lshwres -r proc --level sys -F configurable_sys_proc_units,curr_avail_sys_proc_units,"
	  "max_curr_virtual_procs_per_aixlinux_lpar,max_curr_procs_per_aixlinux_lpar", "8.00,7.20,64,64\n", "", 0 },
	{ "lshwres -r proc --level lpar -F lpar_name,curr_proc_mode,curr_proc_units,curr_procs --filter lpar_ids=2",
	    "VM1,shared,0.50,1\n", "", 0 },
	{ "lshwres -r proc --level lpar -F curr_shared_proc_pool_name", "",
	    "[VIOSE01040014-0010] The attribute name \"curr_shared_proc_pool_name\" is not valid.\n", 1 },
	{ "lshwres -r io --rsubtype slot --filter lpar_ids=2", "", NO_RESULT, 0 },

	/* what is refused */
	{ "chsysstate -r lpar -o on -n nosuch", "",
	    "[VIOSE010401A1-0042] The partition nosuch was not found.\n", 1 },
	{ "rmsyscfg -r lpar --id 1", "", "[VIOSE010401A1-0050] The management partition cannot be removed.\n", 1 },
	{ "chsyscfg -r lpar -i new_name=06-052EA,lpar_id=2", "",
	    "[VIOSE010401A1-0070] The partition name \"06-052EA\" is already in use.\n", 1 },
	{ "chsyscfg -r lpar -i \"name=VM1,new_name=WEB1\"", "", "", 0 },
	{ "lssyscfg -r prof -F name,lpar_name --filter lpar_ids=2", "WEB1,WEB1\n", "", 0 },
	{ "chsyscfg -r lpar -i \"name=WEB1,new_name=VM1\"", "", "", 0 },
	{ "chsyscfg -r prof -i virtual_scsi_adapters=2/client/1/x/11/0,lpar_id=2", "",
	    "[VIOSE01040014-0010] The attribute name \"virtual_scsi_adapters\" is not valid.\n", 1 },
	{ "mkvt -id 77", "", "The specified device does not exist.\n", 31 },
	{ "lsrefcode -r lpar --filter lpar_ids=2 -F refcode", "00000000\n", "", 0 },
	{ "lslparmigr -r lpar --filter \"lpar_names=VM1\" -F migration_state", "Not Migrating\n", "", 0 },
	{ "lslparmigr -r sys -F num_inactive_migrations_supported,num_active_migrations_supported,"
	  "num_inactive_migrations_in_progress,num_active_migrations_in_progress", "64,8,0,0\n", "", 0 },

	/* volumes, disks, maps */
	{ "ioscli ioslevel", "2.2.2.1\n", "", 0 },
	{ "ioscli lsvg", "rootvg\ndatavg\n", "", 0 },
	{ "ioscli lsvg rootvg -field totalpps usedpps freepps -fmt :",
	    "100 (102400 megabytes):2 (2048 megabytes):98 (100352 megabytes)\nDISK BLOCK SIZE:    512\n", "", 0 },
	{ "ioscli lsvg datavg -field 'TOTAL PPs' 'PP SIZE'",
	    "TOTAL PPs:           320 (20480 megabytes)\nPP SIZE:             64 megabyte(s)\n", "", 0 },
	{ "ioscli mklv datavg 16B", "lv00\n", "", 0 },
	{ "ioscli lslv lv00 -field vgname ppsize pps lvstate -fmt :", "datavg:64 megabyte(s):1:closed/syncd\n", "", 0 },
	{ "ioscli mkvdev -vdev lv00 -vadapter vhost0", "vtscsi0 Available\n", "", 0 },
	{ "ioscli extendlv lv00 65M", "",
	    BANNER "0516-622 extendlv: Warning, cannot write lv control block data.\n", 0 },
	{ "ioscli lslv lv00 -field pps ppsize -fmt :", "3:64 megabyte(s)\n", "", 0 },
	{ "ioscli lslv -pv lv00 -field PV", "lv00:N/A\nPV\nhdisk1\n", "", 0 },
	{ "ioscli lslv -pv lv00 -field PV -fmt :", "hdisk1\n", "", 0 },
	{ "ioscli lslv lv00 -field lvstate -fmt :", "opened/syncd\n", "", 0 },
	{ "ioscli lsvg -lv datavg",
	    "datavg:\nLV NAME             TYPE       LPs     PPs     PVs  LV STATE      MOUNT POINT\n"
	    "lv00                jfs        3       3       1    open/syncd    N/A\n", "", 0 },
	{ "ioscli lspv",
	    "NAME             PVID                                 VG               STATUS\n"
	    "hdisk0           00f60e589feeb90a                     rootvg           active\n"
	    "hdisk1           00f60e58a0110d2c                     datavg           active\n"
	    "hdisk2           00f60e58a0110e11                     datavg           active\n"
	    "hdisk3           none                                 None             \n", "", 0 },
	{ "ioscli lspv -free",
	    "NAME            PVID                                SIZE(megabytes)\n"
	    "hdisk3          none                                5120\n", "", 0 },
	{ "ioscli lspv -size hdisk3", "5120\n", "", 0 },
	{ "ioscli mkvdev -fbo -vadapter vhost0", "vtopt0 Available\n", "", 0 },
	{ "ioscli lsmap -vadapter vhost0 -field clientid vtd backing lun -fmt :",
	    "0x00000002:vtopt0: :0x8200000000000000:vtscsi0:lv00:0x8100000000000000\n", "", 0 },
	{ "ioscli lsmap -all -fmt :",
	    "vhost0:" LOC "11:0x00000002:vtopt0:Available:0x8200000000000000: : :N/A:"
	    "vtscsi0:Available:0x8100000000000000:lv00: :N/A\n", "", 0 },
	{ "ioscli lsmap -vadapter vhost0 -type lv",
	    "SVSA            Physloc                                      Client Partition ID\n"
	    "--------------- -------------------------------------------- ------------------\n"
	    "vhost0          " LOC "11                     0x00000002\n\n"
	    "VTD                   vtscsi0\nStatus                Available\n"
	    "LUN                   0x8100000000000000\nBacking device        lv00\nPhysloc               \n"
	    "Mirrored              N/A\n\n", "", 0 },
	{ "ioscli lsmap -vadapter vhost0 -type lv -field vtd", "VTD                   vtscsi0\n\n", "", 0 },
	{ "ioscli lsmap -all -net -field svea physloc -fmt :",
	    "ent4:" LOC "3-T1\nent5:" LOC "4-T1\nent6:" LOC "5-T1\nent7:" LOC "6-T1\n", "", 0 },
	{ "ioscli lsmap -all -net -type lv", "",
	    "The options -net, -npiv and -type exclude each other.\n\nUsage: lsmap "
	    "{-vadapter ServerVirtualAdapter | -plc PhysicalLocationCode | -all}\n"
	    "[-type BackingDeviceType... | -net | -npiv] [-field FieldName...] [-fmt Delimiter]\n", 1 },
	{ "ioscli lsvopt", "VTD             Media                                   Size(mb)\n"
	    "vtopt0          No Media                                     n/a\n", "", 0 },
	{ "ioscli lsvopt -vtd vtopt0 -field media size -fmt :", "No Media:n/a\n", "", 0 },
	{ "ioscli unloadopt -vtd vtopt0", "", "", 0 },
	{ "ioscli rmvdev -vtd vtopt0", "vtopt0 deleted\n", "", 0 },
	{ "ioscli rmvdev -vdev lv00 -rmlv", "vtscsi0 deleted\nrmlv: Logical volume lv00 is removed.\n", "", 0 },
	{ "ioscli mklv datavg 21G", "", NO_SPACE, 1 },
	{ "ioscli rmlv -f lv99", "", BANNER "0516-306 rmlv: Unable to find lv99 in the Device\n"
	    "\tConfiguration Database.\n", 1 },

	/* pools and media */
	{ "ioscli lsrep", "", "The DVD repository has not been created yet.\n", 1 },
	{ "ioscli mkrep -sp rootvg -size 1000M",
	    "Virtual Media Repository Created\nRepository created within \"VMLibrary\" logical volume\n", "", 0 },
	{ "ioscli lsrep", "Size(mb) Free(mb) Parent Pool         Parent Size      Parent Free\n"
	    "    1015     1015 rootvg                   102400            99328\n", "", 0 },
	{ "ioscli mkvopt -name blank -size 97M", "", "", 0 },
	{ "ioscli lsrep", "Size(mb) Free(mb) Parent Pool         Parent Size      Parent Free\n"
	    "    1015      918 rootvg                   102400            99328\n\n"
	    "Name                                                  File Size Optical         Access\n"
	    "blank                                                        97 None            rw\n", "", 0 },
	{ "ioscli lsrep -field free -fmt ,", "918\n", "", 0 },
	{ "ioscli lsrep -field name -fmt ,", "blank\n", "", 0 },
	{ "ioscli rmvopt -name blank", "", "", 0 },
	{ "ioscli rmrep", "", "", 0 },
	{ "ioscli lssp", "Pool              Size(mb)   Free(mb)  Alloc Size(mb)    BDs Type\n"
	    "rootvg            102400     100352    1024              0   LVPOOL\n"
	    "datavg            20480      20480     64                0   LVPOOL\n", "", 0 },
	{ "ioscli lssp -default", "rootvg\n", "", 0 },
	{ "ioscli mkbdsp -sp nosuch 1G -bd x", "", "\"nosuch\" is not a valid storage pool.\n", 23 },
	{ "ioscli chbdsp -sp datavg -bd nosuch -size 1G", "",
	    "Backing device \"nosuch\" is not in storage pool \"datavg\".\n", 39 },

	/* shared ethernet */
	{ "ioscli mkvdev -sea ent0 -vadapter ent4 -default ent4 -defaultid 1", "ent8 Available\nen8\net8\n", "", 0 },
	{ "ioscli lsmap -all -net -field sea -fmt :", "ent8\n \n \n \n", "", 0 },
	{ "ioscli lsdev -dev ent8 -attr pvid,virt_adapters", "value\n\n1\nent4\n", "", 0 },
	{ "ioscli lsdev -virtual -type adapter -fmt : -field name description physloc",
	    "ent4:Virtual I/O Ethernet Adapter (l-lan):" LOC "3-T1\n"
	    "ent5:Virtual I/O Ethernet Adapter (l-lan):" LOC "4-T1\n"
	    "ent6:Virtual I/O Ethernet Adapter (l-lan):" LOC "5-T1\n"
	    "ent7:Virtual I/O Ethernet Adapter (l-lan):" LOC "6-T1\n"
	    "ent8:Shared Ethernet Adapter: \n"
	    "vhost0:Virtual SCSI Server Adapter:" LOC "11\n", "", 0 },
	{ "ioscli rmdev -dev ent8", "ent8 deleted\n", "", 0 },
	{ "ioscli lsdev -dev hdisk3 -field status -fmt :", "Available\n", "", 0 },
	{ "ioscli lsdev -dev hdisk3 -attr reserve_policy", "value\n\nsingle_path\n", "", 0 },
	{ "ioscli chdev -dev hdisk3 -attr reserve_policy=no_reserve", "hdisk3 changed\n", "", 0 },
	{ "ioscli lsdev -dev hdisk3 -attr reserve_policy", "value\n\nno_reserve\n", "", 0 },

	/* what the console does not know */
	{ "ioscli nosuchverb", "", "Invalid command \"nosuchverb\".\nUsage: ioscli Command [Flags]; see help.\n", 1 },
	{ "ioscli lsnetsvc nosuch", "", "\"nosuch\" is not a valid network service.\n", 9 },
	{ "ioscli lsnetsvc ssh", "active\n", "", 0 },
	{ "ioscli lspv -nonsense", "", "Option flag is not valid: -nonsense\n\nUsage: lspv [-avail | -free | -size] "
	    "[-field FieldName...] [-fmt Delimiter]\n[-map | -lv | -pv | -size] PhysicalVolume "
	    "[-field FieldName...] [-fmt Delimiter]\n", 1 },
	{ "ioscli rmlv -help", "Usage: rmlv [-f] LogicalVolume\n", "", 0 },
	{ "lshmc -v", "", "", -1 },
};

Test(golden, the_console_answers_as_its_reference_says)
{
	struct bench b = bench_open(0);

	bench_mksyscfg(&b, "VM1");
	bench_says(&b, "chsyscfg -r prof -i virtual_eth_adapters=15/0/2//0/1,lpar_id=2", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct golden *g = &rows[i];

		bench_run(&b, g->line);
		cr_expect_eq(b.status, g->status, "%s: status %d, stderr: %s", g->line, b.status, b.err);
		cr_expect_str_eq(b.out, g->out, "%s:\n%s\ninstead of\n%s", g->line, b.out, g->out);
		cr_expect_str_eq(b.err, g->err, "%s:\n%s\ninstead of\n%s", g->line, b.err, g->err);
	}
	bench_close(&b);
}

/* ivm.md 1.2: a root shell has AIX' own commands. */
Test(golden, root_has_a_few_commands_of_aix)
{
	struct bench b = bench_open(0);

	bench_run_as(&b, "root", "mkvg -s 32 -y pdvg hdisk3");
	cr_expect_eq(b.status, 0);
	cr_expect_str_eq(b.out, "pdvg\n");
	cr_expect_str_eq(b.err, "0516-1254 mkvg: Changing the PVID in the ODM. \n");
	bench_says(&b, "ioscli lsvg pdvg -field ppsize totalpps -fmt :",
	    "32 megabyte(s):160 (5120 megabytes)\nDISK BLOCK SIZE:    512");
	bench_run_as(&b, "root", "bootinfo -s hdisk3");
	cr_expect_str_eq(b.out, "5120\n");
	bench_run(&b, "bootinfo -s hdisk3");
	cr_expect_eq(b.status, -1, "padmin has no bootinfo");
	bench_close(&b);
}
