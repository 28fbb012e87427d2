/* SPDX-License-Identifier: ISC */
/* Capacity, validation, power states, persistence, and many callers at once. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "tests/simulator/console.h"
#include "test_world.h"

#define BASE \
	"name=X,lpar_env=aixlinux,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1," \
	"desired_proc_units=0.1,max_proc_units=2,min_mem=512,desired_mem=1024,max_mem=2048"

/* Later values win, so that a row only says what is wrong. */
static const struct {
	const char *data, *error;
} refused[] = {
	{ "lpar_env=aixlinux,min_mem=512", "attribute name is required" },
	{ "name=X,min_mem=512", "attribute lpar_env is required" },
	{ BASE ",colour=red", "attribute name \"colour\" is not valid" },
	{ BASE ",lpar_env=vioserver", "attribute lpar_env is not valid" },
	{ BASE ",min_mem=2048", "minimum memory value is greater" },
	{ BASE ",desired_mem=4096", "desired memory value is greater" },
	{ BASE ",desired_mem=1000", "multiples of the memory region size" },
	{ BASE ",max_mem=65536", "more than the 32768 MB" },
	{ BASE ",desired_procs=2", "at least 0.10 for each virtual processor" },
	{ BASE ",desired_proc_units=1.5", "more than the virtual processors" },
	{ BASE ",desired_proc_units=0.105", "value \"0.105\" of attribute desired_proc_units" },
	{ BASE ",uncap_weight=256", "attribute uncap_weight" },
	{ BASE ",proc_mode=ded,sharing_mode=uncap", "does not fit dedicated" },
	{ BASE ",sharing_mode=share_idle_procs", "does not fit shared" },
	{ BASE ",lpar_id=1", "attribute lpar_id" },
	{ BASE ",lpar_id=11", "attribute lpar_id" },
	{ BASE ",name=06-052EA", "already in use" },
	{ BASE ",name=a$b", "attribute name is not valid" },
	{ BASE ",name=abcdefghijklmnopqrstuvwxyz0123456789", "attribute name is not valid" },
	{ BASE ",virtual_eth_adapters=15/0/2//0", "attribute virtual_eth_adapters is not valid" },
	{ BASE ",virtual_eth_adapters=2/0/2//0/0", "already in use" },
	{ BASE ",virtual_eth_adapters=20/0/2//0/0", "end at 19" },
	{ BASE ",virtual_eth_adapters=15/0/4095//0/0", "attribute virtual_eth_adapters is not valid" },
	{ BASE ",virtual_eth_mac_base_value=0100000000", "attribute virtual_eth_mac_base_value" },
	{ BASE ",min_mem+=64", "+= is not possible" },
	{ "\"name=X", "quotation mark" },
	{ "name=X,=3", "not of the form" },
};

Test(rules, what_is_wrong_in_configuration_data_is_named_and_changes_nothing)
{
	struct bench b = bench_open(0);
	char *before = world_dump(b.w), *after;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char line[1024];

		snprintf(line, sizeof(line), "mksyscfg -r lpar -i '%s'", refused[i].data);
		bench_run(&b, line);
		cr_expect(b.status == 1 && b.out[0] == '\0' && strncmp(b.err, "[VIOSE", 6) == 0 &&
		    strstr(b.err, refused[i].error) != NULL, "%s: %d %s", line, b.status, b.err);
	}
	after = world_dump(b.w);
	cr_expect_str_eq(before, after);
	free(before);
	free(after);
	bench_close(&b);
}

Test(rules, dedicated_processors_have_no_units)
{
	struct bench b = bench_open(0);

	bench_says(&b, "mksyscfg -r lpar -i name=D,lpar_env=aixlinux,proc_mode=ded,min_procs=1,desired_procs=1,"
	    "max_procs=2,sharing_mode=share_idle_procs,min_mem=512,desired_mem=512,max_mem=512", "");
	bench_says(&b, "lshwres -r proc --level lpar --filter lpar_ids=2 -F pend_proc_units,"
	    "curr_shared_proc_pool_id,pend_procs,pend_sharing_mode", "null,null,1,share_idle_procs");
	bench_close(&b);
}

Test(rules, memory_and_processors_are_taken_at_activation_only)
{
	struct bench b = bench_open(0);

	for (int i = 0; i < 3; i++) {
		char line[512];

		snprintf(line, sizeof(line), "mksyscfg -r lpar -i name=V%d,lpar_env=aixlinux,min_procs=1,"
		    "desired_procs=4,max_procs=4,min_proc_units=0.4,desired_proc_units=3,max_proc_units=4,"
		    "min_mem=1024,desired_mem=12288,max_mem=12288", i);
		bench_says(&b, line, "");
	}
	bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
	bench_says(&b, "chsysstate -r lpar -o on --id 3", "");
	bench_says(&b, "lshwres -r mem --level sys -F curr_avail_sys_mem", "2688");
	bench_says(&b, "lshwres -r proc --level sys -F curr_avail_sys_proc_units", "1.20");
	bench_fails(&b, "chsysstate -r lpar -o on --id 4", 1, "not enough memory");
	bench_says(&b, "chsyscfg -r prof -i desired_mem=1024,lpar_id=4", "");
	bench_fails(&b, "chsysstate -r lpar -o on --id 4", 1, "not enough processors");
	bench_says(&b, "chsysstate -r lpar -o shutdown --immed -n V0", "");
	bench_says(&b, "chsysstate -r lpar -o on --id 4", "");
	bench_close(&b);
}

Test(rules, partitions_slots_and_space_end)
{
	struct bench b = bench_open(0);
	char line[512];

	for (int i = 2; i <= 10; i++) {
		snprintf(line, sizeof(line), "V%d", i);
		bench_mksyscfg(&b, line);
	}
	snprintf(line, sizeof(line), MKSYSCFG, "W", "W");
	bench_fails(&b, line, 1, "maximum number of partitions, 10");
	bench_says(&b, "lssyscfg -r prof --filter lpar_ids=4 -F virtual_scsi_adapters", "2/client/1/06-052EA/15/0");
	bench_says(&b, "ioscli mksp -fb fp -sp rootvg -size 10g", "");
	bench_fails(&b, "ioscli mkbdsp -sp fp 10G -bd f -vadapter vhost0", 1, "not enough free");
	bench_says(&b, "ioscli lssp -bd -sp fp -fmt :", "");
	(void)bench_ok(&b, "ioscli mkrep -sp rootvg -size 1G");
	bench_fails(&b, "ioscli mkvopt -name big -size 2G", 1, "not enough free space");
	bench_fails(&b, "ioscli mkrep -sp rootvg -size 1G", 1, "already exists");
	bench_says(&b, "ioscli mkvopt -name d.iso -file /home/padmin/dvd.iso", "");
	bench_fails(&b, "ioscli mkrep -sp rootvg -size 200G", 1, "already exists");
	bench_fails(&b, "ioscli chrep -size 200G", 1, "0516-404 allocp");
	bench_fails(&b, "ioscli mkvopt -name no-dash -size 1M", 1, "not a valid media name");
	bench_close(&b);
}

Test(rules, volumes_are_protected_while_in_use)
{
	struct bench b = bench_open(0);

	bench_mksyscfg(&b, "A");
	bench_mksyscfg(&b, "B");
	bench_says(&b, "ioscli mklv -lv data1 datavg 2 hdisk2", "data1");
	bench_says(&b, "ioscli lslv -pv data1 -field PV -fmt :", "hdisk2");
	bench_fails(&b, "ioscli mklv -lv data1 datavg 1", 1, "already used");
	bench_fails(&b, "ioscli mklv -lv averyveryverylongname datavg 1", 1, "not a valid logical volume name");
	bench_says(&b, "ioscli chlv -lv data2 data1", "");
	cr_assert_eq(bench_file_size(&b, "/dev/rdata2"), 128 << 20);
	bench_says(&b, "ioscli mkvdev -vdev data2 -vadapter vhost0 -dev a_disk0", "a_disk0 Available");
	bench_fails(&b, "ioscli mkvdev -vdev data2 -vadapter vhost1 -f", 1, "already assigned");
	bench_fails(&b, "ioscli chlv -lv data3 data2", 1, "0514-062");
	bench_fails(&b, "ioscli mkvdev -vdev hdisk1 -vadapter vhost0", 1, "member of volume group");
	bench_says(&b, "ioscli mkvdev -vdev hdisk3 -vadapter vhost0", "vtscsi0 Available");
	bench_fails(&b, "ioscli mkvdev -vdev hdisk3 -vadapter vhost1", 1, "already assigned");
	bench_says(&b, "ioscli mkvdev -f -vdev hdisk3 -vadapter vhost1", "vtscsi1 Available");
	bench_fails(&b, "ioscli rmvdev -vdev hdisk3", 1, "more than once");
	bench_says(&b, "ioscli rmvdev -f -vdev hdisk3", "vtscsi0 deleted\nvtscsi1 deleted");
	bench_fails(&b, "ioscli reducevg datavg hdisk2", 1, "allocated");
	bench_fails(&b, "ioscli rmvdev -vtd nosuch", 1, "0514-519");
	bench_close(&b);
}

Test(rules, power_operations_fit_the_state)
{
	struct bench b = bench_open(1);

	bench_mksyscfg(&b, "A");
	bench_says(&b, "chsyscfg -r prof -i virtual_eth_adapters=15/0/2//0/1,lpar_id=2", "");
	bench_fails(&b, "chsysstate -r lpar -o shutdown --immed --id 2", 1, "is not active");
	bench_says(&b, "chsysstate -r lpar -o on -b sms --id 2", "");
	bench_fails(&b, "chsysstate -r lpar -o on --id 2", 1, "already active");
	world_advance(b.w, 9000);
	cr_assert_str_eq(bench_state(&b, 2), "Open Firmware");
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F boot_mode", "sms");
	bench_says(&b, "chsysstate -r lpar -o shutdown --immed --id 2", "");
	cr_assert_str_eq(bench_state(&b, 2), "Shutting Down");
	world_advance(b.w, 4000);
	(void)bench_ok(&b, "ioscli mklv -lv d datavg 64M");
	bench_copy(&b, "/home/padmin/plain.0", "/dev/d", 1LL << 40);
	(void)bench_ok(&b, "ioscli mkvdev -vdev d -vadapter vhost0");
	bench_says(&b, "chsysstate -r lpar -o on -b norm --id 2", "");
	world_advance(b.w, 10000);
	cr_assert_str_eq(bench_state(&b, 2), "Running");
	bench_fails(&b, "chsysstate -r lpar -o osshutdown --id 2", 1, "no RMC connection");
	bench_fails(&b, "chhwres -r virtualio --rsubtype eth --id 2 -o a -s 16 -a port_vlan_id=3", 1, "RMC");
	world_advance(b.w, 60000);
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F rmc_state,rmc_ipaddr", "active,10.0.0.77");
	bench_says(&b, "chhwres -r virtualio --rsubtype eth --id 2 -o a -s 16 -a port_vlan_id=3", "");
	bench_says(&b, "chsyscfg -r prof -i desired_mem=2048,lpar_id=2", "");
	bench_says(&b, "lshwres -r mem --level lpar --filter lpar_ids=2 -F run_mem,pend_mem", "2048,2048");
	bench_fails(&b, "chsyscfg -r prof -i max_mem=8192,lpar_id=2", 1, "Not Activated");
	bench_fails(&b, "chsyscfg -r prof -i virtual_eth_adapters=15/0/9//0/1,lpar_id=2", 1, "Not Activated");
	bench_says(&b, "chsysstate -r lpar -o shutdown --immed --restart --id 2", "");
	world_advance(b.w, 4000);
	cr_assert_str_eq(bench_state(&b, 2), "Starting");
	world_advance(b.w, 70000);
	bench_says(&b, "chsysstate -r lpar -o shutdown --id 2", "");
	world_advance(b.w, 21000);
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F state,rmc_state", "Not Activated,inactive");
	bench_close(&b);
}

Test(rules, time_goes_on_when_nobody_asks)
{
	struct bench b = bench_open(1000);
	char *dump = NULL;

	bench_mksyscfg(&b, "A");
	bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
	for (int i = 0; i < 500; i++) { /* at most 5 s; 8 ms are enough */
		free(dump);
		dump = world_dump(b.w);
		if (strstr(dump, "\"Open Firmware\"") != NULL)
			break;
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	}
	cr_assert_not_null(strstr(dump, "\"Open Firmware\""));
	free(dump);
	bench_close(&b);
}

Test(rules, the_state_survives_a_restart)
{
	struct bench b = bench_open(1);
	char *before, *after;

	bench_mksyscfg(&b, "A");
	(void)bench_ok(&b, "chsyscfg -r prof -i '\"virtual_eth_adapters=\"\"15/1/2/20,21/0/1\"\"\",lpar_id=2'");
	(void)bench_ok(&b, "chhwres -r virtualio --rsubtype fc --id 2 -o a -s 9");
	(void)bench_ok(&b, "ioscli mksp -fb fp -sp rootvg -size 10g");
	(void)bench_ok(&b, "ioscli mkbdsp -sp fp 1G -bd f -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mkvdev -fbo -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mkvdev -sea ent0 -vadapter ent4 -default ent4 -defaultid 1");
	(void)bench_ok(&b, "ioscli mktcpip -hostname v -inetaddr 10.0.0.9 -interface en8");
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	before = world_dump(b.w);
	bench_reopen(&b, 1);
	after = world_dump(b.w);
	cr_assert_str_eq(before, after);
	cr_assert_str_eq(bench_state(&b, 2), "Starting");
	world_advance(b.w, 9000);
	cr_assert_str_eq(bench_state(&b, 2), "Open Firmware");
	bench_says(&b, "lssyscfg -r prof --filter lpar_ids=2 -F virtual_fc_adapters",
	    "\"\"\"9/client/1/06-052EA/13/C050760000000000,C050760000000001/0\"\"\"");
	free(before);
	free(after);
	bench_close(&b);
}

struct caller {
	struct world *w;
	int number, failures;
};

static int
call(struct world *w, char **argv)
{
	struct sim_out out = { 0 }, err = { 0 };
	struct sim_cmd cmd = { .world = w, .user = "padmin", .in = "", .argv = argv, .out = &out, .err = &err };
	int rv;

	while (argv[cmd.argc] != NULL)
		cmd.argc++;
	rv = console_run(&cmd);
	sim_out_free(&out);
	sim_out_free(&err);
	return rv;
}

static void *
caller_main(void *arg)
{
	struct caller *c = arg;
	char name[16], words[][16] = { "ioscli", "mklv", "-lv", "datavg", "1", "rmlv", "-f", "lsvg", "lsmap", "-all" };

	snprintf(name, sizeof(name), "lv_%d", c->number);
	for (int i = 0; i < 25; i++) {
		char *make[] = { words[0], words[1], words[2], name, words[3], words[4], NULL };
		char *list[] = { words[0], words[8], words[9], NULL };
		char *drop[] = { words[0], words[5], words[6], name, NULL };

		c->failures += call(c->w, make) != 0;
		c->failures += call(c->w, list) != 0;
		c->failures += call(c->w, drop) != 0;
	}
	return NULL;
}

Test(rules, many_callers_at_once_lose_nothing)
{
	struct bench b = bench_open(0);
	char *before = world_dump(b.w), *after;
	struct caller c[6];
	pthread_t t[6];

	for (int i = 0; i < 6; i++) {
		c[i] = (struct caller){ b.w, i, 0 };
		cr_assert_eq(pthread_create(&t[i], NULL, caller_main, &c[i]), 0);
	}
	for (int i = 0; i < 6; i++) {
		pthread_join(t[i], NULL);
		cr_expect_eq(c[i].failures, 0);
	}
	after = world_dump(b.w);
	cr_expect_str_eq(before, after);
	free(before);
	free(after);
	bench_close(&b);
}

Test(rules, npiv_adapters_come_in_pairs)
{
	struct bench b = bench_open(0);

	bench_mksyscfg(&b, "A");
	bench_says(&b, "chhwres -r virtualio --rsubtype fc --id 2 -o a -s 9", "");
	bench_says(&b, "ioscli vfcmap -vadapter vfchost0 -fcp fcs0", "vfchost0 changed");
	bench_says(&b, "ioscli lsmap -all -npiv -field name clntid status fc -fmt :",
	    "vfchost0:2:NOT_LOGGED_IN:fcs0");
	bench_says(&b, "ioscli lsnports -fmt :", "fcs0:U78AB.001.WZSJH1H-P1-C3-T1:1:64:63:2048:2046\n"
	    "fcs1:U78AB.001.WZSJH1H-P1-C3-T2:1:64:64:2048:2048");
	bench_says(&b, "chhwres -r virtualio --rsubtype fc --id 2 -o r -s 9", "");
	bench_says(&b, "ioscli lsmap -all -npiv -fmt :", "");
	bench_close(&b);
}

Test(rules, keys_are_kept_in_the_home_of_padmin)
{
	struct bench b = bench_open(0);

	bench_says(&b, "mkauthkeys -a \"ssh-rsa AAAAkey1 a@b\"", "");
	bench_says(&b, "mkauthkeys -a \"ssh-rsa AAAAkey1 a@b\"", "");
	cr_assert_eq(bench_file_size(&b, "/home/padmin/.ssh/authorized_keys2"), 21);
	bench_says(&b, "mkauthkeys -r a@b", "");
	cr_assert_eq(bench_file_size(&b, "/home/padmin/.ssh/authorized_keys2"), 0);
	bench_close(&b);
}

Test(rules, the_example_world_is_valid)
{
	struct bench b;

	if (fopen("tests/simulator/worlds/ivm.json", "r") == NULL)
		cr_skip("not started from the source folder");
	b = bench_open_file("tests/simulator/worlds/ivm.json", 0);
	bench_says(&b, "ioscli lssp -field pool type -fmt :", "rootvg:LVPOOL\ndatavg:LVPOOL\nfpool:FBPOOL");
	bench_says(&b, "ioscli lsmap -all -net -field sea -fmt :", "ent8\n \n \n \n ");
	cr_assert_eq(bench_file_size(&b, "/home/padmin/images/rhel6/rhel6.0"), 64 << 20);
	bench_close(&b);
}
