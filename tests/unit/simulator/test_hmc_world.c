/* SPDX-License-Identifier: ISC */
/* The systems below a simulated HMC: what its commands do to them, in time and with limits. */
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/simulator/console.h"
#include "tests/simulator/hmc/model.h"

#define WORLD "tests/simulator/worlds/hmc.json"

struct lab {
	char dir[64];
	struct hmc *h;
	char *out;
	int status;
	int is_partial; /* FAULT_PARTIAL for the commands from now on */
};

static void
lab_open(struct lab *l, double speed)
{
	char err[300] = "", state[80];

	if (l->dir[0] == '\0') {
		strcpy(l->dir, "/tmp/simhmc.XXXXXX");
		cr_assert_not_null(mkdtemp(l->dir));
	}
	snprintf(state, sizeof(state), "%s/state", l->dir);
	l->h = hmc_open(WORLD, state, speed, err, sizeof(err));
	cr_assert_not_null(l->h, "%s", err);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
lab_close(struct lab *l)
{
	hmc_close(l->h);
	free(l->out);
	(void)nftw(l->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* One command; "@" in front of the line: what follows "-c " or "-i " is one word to the end. */
static void
run(struct lab *l, const char *line)
{
	char *copy = strdup(line), *argv[40] = { NULL }, *p = copy;
	struct sim_out out = { 0 };
	struct sim_cmd cmd = { .hmc = l->h, .user = "hscroot", .argv = argv, .in = "", .out = &out, .err = &out,
		.is_partial = l->is_partial };

	while (*p != '\0' && cmd.argc < 39) {
		bool rest = cmd.argc > 0 && (strcmp(argv[cmd.argc - 1], "-c") == 0 || strcmp(argv[cmd.argc - 1], "-i") == 0);

		argv[cmd.argc++] = p;
		p += rest ? strlen(p) : strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	l->status = hmc_run(&cmd);
	free(l->out);
	l->out = strdup(out.data == NULL ? "" : out.data);
	sim_out_free(&out);
	free(copy);
}

static void
ok(struct lab *l, const char *line)
{
	run(l, line);
	cr_assert_eq(l->status, 0, "%s: %d: %s", line, l->status, l->out);
}

static void
says(struct lab *l, const char *line, const char *out)
{
	ok(l, line);
	cr_expect_str_eq(l->out, out, "%s: [%s] instead of [%s]", line, l->out, out);
}

static void
fails(struct lab *l, const char *line, const char *text)
{
	run(l, line);
	cr_expect_eq(l->status, 1, "%s: status %d", line, l->status);
	cr_expect_not_null(strstr(l->out, text), "%s: [%s] has no [%s]", line, l->out, text);
}

#define LPAR(name, more) \
	"mksyscfg -r lpar -m p9a -i name=" name ",profile_name=p,lpar_env=aixlinux,max_virtual_slots=25,proc_mode=shared," \
	"min_procs=1,min_proc_units=0.1,desired_procs=2,desired_proc_units=0.5,max_procs=4,max_proc_units=2," \
	"sharing_mode=uncap,uncap_weight=127,min_mem=1024,desired_mem=4096,max_mem=8192" more

/* Partition 2 on p9a with a disk of the storage network, and a system on it. */
static void
build(struct lab *l)
{
	char from[200], to[200], cmd[500];

	ok(l, LPAR("lp1", ",virtual_scsi_adapters=2/client/1//20/0,virtual_eth_adapters=15/0/10//0/1"));
	ok(l, "chhwres -r virtualio -m p9a --rsubtype scsi -s 20 -o a --id 1 -a adapter_type=server,remote_lpar_id=2,remote_slot_num=2 -w 1");
	ok(l, "chsyscfg -r prof -m p9a -i virtual_scsi_adapters+=20/server/2//2/0,name=default_profile,lpar_id=1");
	ok(l, "viosvrcmd -m p9a --id 1 -c cfgdev");
	says(l, "viosvrcmd -m p9a --id 1 -c lsmap -all -fmt :", "vhost0:U9009.42A.13AB001-V1-C20:0x00000002: : : : : : \n");
	ok(l, "viosvrcmd -m p9a --id 1 -c mkvdev -f -vdev hdisk2 -vadapter vhost0");
	snprintf(from, sizeof(from), "%s/state/fs-vios11/home/padmin/images/plain/plain.0", l->dir);
	snprintf(to, sizeof(to), "%s/state/fs-vios11/dev/hdisk2", l->dir);
	snprintf(cmd, sizeof(cmd), "dd if=%s of=%s conv=notrunc status=none", from, to);
	cr_assert_eq(system(cmd), 0);
}

static void
demolish(struct lab *l)
{
	ok(l, "viosvrcmd -m p9a --id 1 -c rmvdev -vdev hdisk2");
	ok(l, "viosvrcmd -m p9a --id 1 -c rmdev -dev vhost0");
	ok(l, "chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20");
	ok(l, "chsyscfg -r prof -m p9a -i virtual_scsi_adapters-=20/server/2//2/0,name=default_profile,lpar_id=1");
	ok(l, "rmsyscfg -m p9a -r lpar --id 2");
}

#define STATE_OF "lssyscfg -r lpar -m p9a --filter lpar_ids=2 -F state,rmc_state"

Test(hmc_world, a_create_and_a_delete_leave_nothing_behind)
{
	struct lab l = { 0 };
	char *before, *after;

	lab_open(&l, 0);
	before = hmc_dump(l.h);
	build(&l);
	ok(&l, "chsysstate -m p9a -r lpar -o on -b norm --id 2 -f p");
	says(&l, STATE_OF, "Running,active\n");
	fails(&l, "rmsyscfg -m p9a -r lpar --id 2", "HSCL05DF");
	ok(&l, "chsysstate -m p9a -r lpar -o shutdown --id 2 --immed");
	demolish(&l);
	after = hmc_dump(l.h);
	cr_expect_str_eq(before, after);
	free(before);
	free(after);
	lab_close(&l);
}

Test(hmc_world, a_server_adapter_stays_while_its_device_is_there)
{
	struct lab l = { 0 };

	lab_open(&l, 0);
	build(&l);
	fails(&l, "chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20", "HSCL294D");
	ok(&l, "viosvrcmd -m p9a --id 1 -c rmvdev -vdev hdisk2");
	ok(&l, "viosvrcmd -m p9a --id 1 -c rmdev -dev vhost0");
	ok(&l, "viosvrcmd -m p9a --id 1 -c cfgdev");
	fails(&l, "chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20", "vhost0");
	ok(&l, "viosvrcmd -m p9a --id 1 -c rmdev -dev vhost0");
	ok(&l, "chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20");
	says(&l, "viosvrcmd -m p9a --id 1 -c lsmap -all -fmt :", "");
	lab_close(&l);
}

Test(hmc_world, power_and_rmc_take_their_time)
{
	struct lab l = { 0 };

	lab_open(&l, 1);
	build(&l);
	fails(&l, "chsysstate -m p9a -r lpar -o on --id 2", "HSCL3680");
	ok(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p");
	says(&l, STATE_OF, "Starting,inactive\n");
	fails(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p", "HSCL3681 Partition 2 cannot be activated");
	hmc_advance(l.h, 10000);
	says(&l, STATE_OF, "Running,inactive\n");
	fails(&l, "chhwres -r mem -m p9a -o a --id 2 -q 256", "HSCL2957");
	fails(&l, "chsysstate -m p9a -r lpar -o osshutdown --id 2", "HSCL0DB4");
	hmc_advance(l.h, 60000);
	says(&l, STATE_OF, "Running,active\n");
	ok(&l, "chhwres -r mem -m p9a -o a --id 2 -q 256");
	says(&l, "lshwres -r mem -m p9a --level lpar --filter lpar_ids=2 -F curr_mem,run_mem", "4352,4352\n");
	ok(&l, "chsysstate -m p9a -r lpar -o osshutdown --id 2");
	says(&l, STATE_OF, "Shutting Down,inactive\n");
	hmc_advance(l.h, 60000);
	says(&l, STATE_OF, "Not Activated,inactive\n");
	fails(&l, "chsysstate -m p9a -r lpar -o shutdown --id 2", "HSCL1558");
	lab_close(&l);
}

Test(hmc_world, capacity_is_enforced_and_a_failed_activation_changes_nothing)
{
	struct lab l = { 0 };
	char *before, *after;

	lab_open(&l, 0);
	ok(&l, LPAR("big", ""));
	ok(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,min_mem=204800,desired_mem=204800,max_mem=204800");
	before = hmc_dump(l.h);
	fails(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p", "HSCL03EC");
	after = hmc_dump(l.h);
	cr_expect_str_eq(before, after);
	free(before);
	free(after);
	ok(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,min_mem=1024,desired_mem=1024,max_mem=2048");
	ok(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,min_proc_units=15.5,desired_proc_units=16,max_proc_units=16,"
	    "min_procs=16,desired_procs=16,max_procs=16");
	fails(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p", "HSCL03F4");
	fails(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,desired_mem=1000", "multiple of the memory region size");
	fails(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,desired_procs=64,max_procs=64,desired_proc_units=0.5,"
	    "min_proc_units=0.1,min_procs=1,max_proc_units=4", "HSCL0622");
	fails(&l, LPAR("big", ""), "already exists");
	lab_close(&l);
}

Test(hmc_world, dlpar_lives_in_the_current_configuration_until_it_is_saved)
{
	struct lab l = { 0 };

	lab_open(&l, 0);
	build(&l);
	ok(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p");
	ok(&l, "chhwres -r proc -m p9a -o a --id 2 --procunits 0.5");
	says(&l, "lssyscfg -r prof -m p9a --filter lpar_ids=2 -F desired_proc_units", "0.5\n");
	ok(&l, "mksyscfg -r prof -m p9a -o save --id 2 -n p --force");
	says(&l, "lssyscfg -r prof -m p9a --filter lpar_ids=2 -F desired_proc_units,virtual_eth_adapters",
	    "1.0,15/0/10//0/1/ETHERNET0//all/none\n");
	ok(&l, "chsyscfg -r lpar -m p9a -i lpar_id=2,sync_curr_profile=1");
	ok(&l, "chhwres -r proc -m p9a -o r --id 2 --procunits 0.3");
	says(&l, "lssyscfg -r prof -m p9a --filter lpar_ids=2 -F desired_proc_units", "0.7\n");
	fails(&l, "chsyscfg -r prof -m p9a -i name=p,lpar_id=2,desired_procs=3", "HSCL05DF");
	lab_close(&l);
}

Test(hmc_world, a_restart_of_the_simulator_forgets_nothing)
{
	struct lab l = { 0 };
	char *before, *after;

	lab_open(&l, 0);
	build(&l);
	ok(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p");
	before = hmc_dump(l.h);
	hmc_close(l.h);
	lab_open(&l, 0);
	after = hmc_dump(l.h);
	cr_expect_str_eq(before, after);
	free(before);
	free(after);
	says(&l, STATE_OF, "Running,active\n");
	lab_close(&l);
}

Test(hmc_world, two_servers_see_the_same_disk)
{
	struct lab l = { 0 };
	char *one;

	lab_open(&l, 0);
	ok(&l, "viosvrcmd -m p9b --id 1 -c lsdev -dev hdisk2 -attr unique_id");
	one = strdup(l.out);
	says(&l, "viosvrcmd -m p9b --id 2 -c lsdev -dev hdisk2 -attr unique_id", one);
	ok(&l, "viosvrcmd -m p9b --id 2 -c lsdev -dev hdisk1 -attr unique_id");
	cr_expect_str_neq(l.out, one);
	free(one);
	lab_close(&l);
}

Test(hmc_world, a_guest_starts_over_the_path_that_is_left)
{
	struct lab l = { 0 };
	char cmd[300];

	lab_open(&l, 0);
	ok(&l, "mksyscfg -r lpar -m p9b -i name=dual,profile_name=p,lpar_env=aixlinux,max_virtual_slots=25,proc_mode=shared,"
	    "min_procs=1,min_proc_units=0.1,desired_procs=1,desired_proc_units=0.5,max_procs=1,max_proc_units=1,"
	    "sharing_mode=cap,min_mem=1024,desired_mem=1024,max_mem=2048,"
	    "\"virtual_scsi_adapters=2/client/1//20/0,3/client/2//20/0\"");
	for (int vios = 1; vios <= 2; vios++) {
		snprintf(cmd, sizeof(cmd), "chhwres -r virtualio -m p9b --rsubtype scsi -s 20 -o a --id %d -a "
		    "adapter_type=server,remote_lpar_id=3,remote_slot_num=%d", vios, vios + 1);
		ok(&l, cmd);
		snprintf(cmd, sizeof(cmd), "viosvrcmd -m p9b --id %d -c cfgdev", vios);
		ok(&l, cmd);
		snprintf(cmd, sizeof(cmd), "viosvrcmd -m p9b --id %d -c mkvdev -vdev hdisk2 -vadapter vhost0", vios);
		ok(&l, cmd);
	}
	/* written through the first server, read through the second */
	snprintf(cmd, sizeof(cmd), "cd %s/state && dd if=fs-vios21/home/padmin/images/plain/plain.0 of=fs-vios21/dev/hdisk2 "
	    "conv=notrunc status=none", l.dir);
	cr_assert_eq(system(cmd), 0);
	ok(&l, "chsysstate -m p9b -r lpar -o shutdown --id 1 --immed");
	fails(&l, "viosvrcmd -m p9b --id 1 -c lspv", "HSCL2957");
	ok(&l, "chsysstate -m p9b -r lpar -o on --id 3 -f p");
	says(&l, "lssyscfg -r lpar -m p9b --filter lpar_ids=3 -F state", "Running\n");
	lab_close(&l);
}

Test(hmc_world, a_partition_moves_with_its_disk)
{
	struct lab l = { 0 };

	lab_open(&l, 0);
	build(&l);
	ok(&l, "chsysstate -m p9a -r lpar -o on --id 2 -f p");
	ok(&l, "migrlpar -o v -m p9a -t p9b --id 2");
	ok(&l, "migrlpar -o m -m p9a -t p9b --id 2");
	says(&l, "lssyscfg -r lpar -m p9a -F name", "vios11\n");
	says(&l, "lssyscfg -r lpar -m p9b --filter lpar_names=lp1 -F lpar_id,state", "3,Running\n");
	says(&l, "viosvrcmd -m p9a --id 1 -c lsmap -all -fmt :", "");
	ok(&l, "viosvrcmd -m p9b --id 1 -c lsmap -all -field clientid backing -fmt :");
	cr_expect_str_eq(l.out, "0x00000003:hdisk4\n");
	ok(&l, "migrlpar -o m -m p9b -t p9a -p lp1");
	says(&l, "viosvrcmd -m p9b --id 1 -c lsmap -all -fmt :", "");
	lab_close(&l);
}

Test(hmc_world, a_partition_on_a_disk_of_its_own_stays)
{
	struct lab l = { 0 };

	lab_open(&l, 0);
	build(&l);
	ok(&l, "viosvrcmd -m p9a --id 1 -c rmvdev -vdev hdisk2");
	ok(&l, "viosvrcmd -m p9a --id 1 -c mklv -lv own datavg 128M");
	ok(&l, "viosvrcmd -m p9a --id 1 -c mkvdev -vdev own -vadapter vhost0");
	ok(&l, "chsyscfg -r lpar -m p9a -o apply --id 2 -n p");
	fails(&l, "migrlpar -o v -m p9a -t p9b --id 2", "no Virtual I/O Server that can provide");
	lab_close(&l);
}

/* A running operating system takes half; one that is off has no say. */
Test(hmc_world, an_operating_system_may_take_a_part)
{
	struct lab l = { 0 };

	lab_open(&l, 0);
	build(&l);
	ok(&l, "chsysstate -m p9a -r lpar -o on -b norm --id 2 -f p");
	says(&l, STATE_OF, "Running,active\n");
	l.is_partial = 1;
	fails(&l, "chhwres -r mem -m p9a -o a --id 2 -q 1024", "HSCL2931");
	says(&l, "lshwres -r mem -m p9a --level lpar --filter lpar_ids=2 -F curr_mem", "4608\n");
	fails(&l, "chhwres -r mem -m p9a -o r --id 2 -q 512", "HSCL2932");
	says(&l, "lshwres -r mem -m p9a --level lpar --filter lpar_ids=2 -F curr_mem", "4352\n");
	fails(&l, "chhwres -r proc -m p9a -o a --id 2 --procunits 0.5 --procs 2", "HSCL294B");
	says(&l, "lshwres -r proc -m p9a --level lpar --filter lpar_ids=2 -F curr_proc_units,curr_procs", "0.75,3\n");
	l.is_partial = 0;
	ok(&l, "chsysstate -m p9a -r lpar -o shutdown --id 2 --immed");
	says(&l, STATE_OF, "Not Activated,inactive\n");
	l.is_partial = 1;
	ok(&l, "chhwres -r mem -m p9a -o r --id 2 -q 256");
	says(&l, "lshwres -r mem -m p9a --level lpar --filter lpar_ids=2 -F curr_mem", "4096\n");
	lab_close(&l);
}
