/* SPDX-License-Identifier: ISC */
/* Machines with something special, and input that comes in files or from a terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/simulator/console.h"
#include "test_world.h"

static struct bench
open_text(const char *text)
{
	char file[] = "/tmp/simworld-file.XXXXXX";
	int fd = mkstemp(file);
	struct bench b;

	cr_assert_neq(fd, -1);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	b = bench_open_file(file, 0);
	unlink(file);
	return b;
}

#define RECORD \
	"name=A,lpar_env=aixlinux,min_procs=1,desired_procs=1,max_procs=1," \
	"min_proc_units=0.1,desired_proc_units=0.1,max_proc_units=0.1,min_mem=512,desired_mem=512,max_mem=512"
#define MINIMAL "mksyscfg -r lpar -i " RECORD

Test(variants, power8_reports_an_error_but_adds_the_adapter)
{
	struct bench b = open_text("{ \"system\": { \"eth_warning\": true } }");

	bench_says(&b, MINIMAL, "");
	bench_fails(&b, "chsyscfg -r prof -i virtual_eth_adapters=15/0/2//0/1,lpar_id=2", 1,
	    "[VIOSE03FF0000-0149] ");
	bench_says(&b, "lssyscfg -r prof --filter lpar_ids=2 -F virtual_eth_adapters", "15/0/2//0/1");
	bench_fails(&b, "chhwres -r virtualio --rsubtype eth --id 2 -o a -s 16 -a port_vlan_id=2", 1,
	    "[VIOSE03FF0000-0149] ");
	bench_says(&b, "chhwres -r virtualio --rsubtype eth --id 2 -o r -s 16", "");
	bench_close(&b);
}

Test(variants, a_vios_under_an_hmc_has_no_partition_verbs)
{
	struct bench b = open_text("{ \"vios\": { \"ivm\": false } }");

	bench_fails(&b, "lssyscfg -r sys -F name", 1, "[VIOSE01010003-0245] ");
	bench_says(&b, "ioscli ioslevel", "2.2.2.1");
	bench_close(&b);
}

Test(variants, a_new_vios_is_set_up_step_by_step)
{
	struct bench b = open_text("{ \"vios\": { \"license\": false }, \"network\": { \"initialised\": false },\n"
	    "\"physical_volumes\": [ { \"size\": \"10G\" }, { \"size\": \"10G\" } ],\n"
	    "\"volume_groups\": [ { \"name\": \"rootvg\", \"pp_size\": 32, \"pvs\": [ \"hdisk0\" ] } ] }");

	bench_fails(&b, "ioscli lsvg", 3, "license");
	bench_says(&b, "ioscli license -accept", "");
	bench_fails(&b, MINIMAL, 1, "mkgencfg -o init");
	bench_says(&b, "mkgencfg -o init -i \"mac_prefix=06BABE\"", "");
	bench_fails(&b, "mkgencfg -o init", 1, "already");
	bench_says(&b, "ioscli mktcpip -hostname v1 -inetaddr 10.0.0.9 -interface en0 -start -netmask 255.255.255.0",
	    "v1\nen0 is running...");
	bench_fails(&b, "ioscli mkvdev -sea ent0 -vadapter ent4 -default ent4 -defaultid 1", 1, "has an interface");
	bench_says(&b, "ioscli rmtcpip -interface en0 -f", "");
	bench_says(&b, "ioscli mkvdev -sea ent0 -vadapter ent4,ent5 -default ent4 -defaultid 1",
	    "ent8 Available\nen8\net8");
	bench_fails(&b, "ioscli mkvdev -sea ent1 -vadapter ent5 -default ent5 -defaultid 2", 1, "busy");
	bench_run(&b, "ioscli mkvg -f -vg datavg hdisk1");
	cr_assert_eq(b.status, 0);
	cr_assert_str_eq(b.out, "datavg\n");
	cr_assert_str_eq(b.err, "0516-1254 mkvg: Changing the PVID in the ODM. \n");
	bench_says(&b, "ioscli chsp -default datavg", "");
	bench_says(&b, "ioscli lssp -default", "datavg");
	bench_says(&b, "ioscli mkvdev -lnagg ent1 ent2 -attr mode=8023ad", "ent9 Available\nen9\net9");
	bench_says(&b, "ioscli lsdev -dev ent9 -attr mode,adapter_names", "value\n\n8023ad\nent1,ent2");
	bench_says(&b, MINIMAL, "");
	bench_close(&b);
}

Test(variants, configuration_files_have_a_record_per_line)
{
	struct bench b = bench_open(0);
	char path[4096];
	FILE *f;

	bench_path(&b, "/home/padmin/lpars", path);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	fprintf(f, "# two\n%s\n%s\n", RECORD,
	    "\"name=B\",lpar_env=aixlinux,min_procs=1,desired_procs=1,max_procs=1,min_proc_units=0.1,"
	    "desired_proc_units=0.1,max_proc_units=0.1,min_mem=512,desired_mem=512,max_mem=512,"
	    "\"virtual_eth_adapters=5/0/1//0/0,6/0/1//0/0\"");
	fclose(f);
	bench_says(&b, "mksyscfg -r lpar -f lpars", "");
	bench_says(&b, "lssyscfg -r lpar -F name", "06-052EA\nA\nB");
	bench_fails(&b, "mksyscfg -r lpar -f ../../../../etc/passwd", 1, "cannot be read");
	bench_close(&b);
}

Test(variants, a_damaged_description_names_its_line)
{
	char file[] = "/tmp/simworld-file.XXXXXX", err[256] = "";
	int fd = mkstemp(file);

	cr_assert_eq(write(fd, "// x\n{\n\"a\": }\n", 14), 14);
	close(fd);
	cr_assert_null(world_open(file, "/tmp/simworld-none", 0, err, sizeof(err)));
	cr_assert_not_null(strstr(err, ":3: "), "%s", err);
	unlink(file);
	(void)rmdir("/tmp/simworld-none/fs/home/padmin");
	(void)rmdir("/tmp/simworld-none/fs/home");
	(void)rmdir("/tmp/simworld-none/fs");
	(void)rmdir("/tmp/simworld-none");
}

Test(variants, a_terminal_session_greets_and_ends)
{
	struct bench b = bench_open(0);
	struct sim_out out = { 0 }, err = { 0 };
	char words[][8] = { "mkvt", "-id", "2" }, *argv[] = { words[0], words[1], words[2], NULL };
	struct sim_cmd cmd = { .world = b.w, .user = "padmin", .argc = 3, .argv = argv, .in = "\n~.\n",
		.in_len = 4, .out = &out, .err = &err };

	bench_says(&b, MINIMAL, "");
	bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
	bench_says(&b, "rmvt -id 2", "");
	cr_assert_eq(console_run(&cmd), 0);
	cr_assert_not_null(strstr(out.data, "SMS Menu"));
	cr_assert_not_null(strstr(out.data, "Connection has closed."));
	sim_out_free(&out);
	sim_out_free(&err);
	bench_run(&b, "rmvt -id 9");
	cr_assert_eq(b.status, 29);
	bench_close(&b);
}

Test(variants, a_guest_disk_in_a_file_pool_boots_too)
{
	struct bench b = bench_open(0);

	bench_says(&b, MINIMAL, "");
	(void)bench_ok(&b, "ioscli mksp -fb fp -sp rootvg -size 2g");
	(void)bench_ok(&b, "ioscli mkbdsp -sp fp 64M -bd d1");
	bench_copy(&b, "/home/padmin/plain.0", "/var/vio/storagepools/fp/d1", 1LL << 40);
	(void)bench_ok(&b, "ioscli mkbdsp -sp fp -bd d1 -vadapter vhost0");
	bench_says(&b, "ioscli lsmap -vadapter vhost0 -field backing -fmt :", "/var/vio/storagepools/fp/d1");
	bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
	cr_assert_str_eq(bench_state(&b, 2), "Running");
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F rmc_state", "none");
	bench_close(&b);
}

Test(variants, a_captured_disk_configures_itself_for_its_new_machine)
{
	struct bench b = bench_open(0);
	char text[256];

	bench_says(&b, MINIMAL ",virtual_eth_adapters=15/0/1//0/0,virtual_eth_mac_base_value=FA00000001", "");
	(void)bench_ok(&b, "ioscli mkrep -sp rootvg -size 1G");
	(void)bench_ok(&b, "ioscli mkvdev -fbo -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mklv -lv d datavg 64M");
	bench_copy(&b, "/home/padmin/rhel6.0", "/dev/d", 1LL << 40);
	(void)bench_ok(&b, "ioscli mkvdev -vdev d -vadapter vhost0");
	for (int i = 1; i <= 2; i++) { /* the second time it is the disk of another machine */
		snprintf(text, sizeof(text), "ipaddress=10.0.0.%d\nmacaddr=FA:00:00:00:0%d:0F\n", i, i);
		bench_make_iso(&b, "/var/vio/VMLibrary/c.iso", i == 1 ? "config_1.xml" : "config_2.xml", text);
		(void)bench_ok(&b, "ioscli loadopt -f -disk c.iso -vtd vtopt0");
		bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
		bench_stops_itself(&b, 2);
		(void)bench_ok(&b, "chsyscfg -r lpar -i lpar_id=2,virtual_eth_mac_base_value=fa00000002");
	}
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F rmc_ipaddr", "10.0.0.2");
	bench_close(&b);
}
