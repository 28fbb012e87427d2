/* SPDX-License-Identifier: ISC */
/* The whole sequences of vios.md section 11, as the original's scripts ran them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "test_world.h"

#define CONFIG \
	"ipaddress=10.0.10.5\nipgw=10.0.10.1\nnetmask=255.255.255.0\nmain_dns=10.0.0.2\n" \
	"bak_dns=10.0.0.3\nhostname=web1\nmacaddr=%s\n"

/* (a) without storage: partition 2 with an adapter in slot 15. */
static void
make_lpar(struct bench *b)
{
	bench_mksyscfg(b, "VM1");
	bench_says(b, "lssyscfg -r lpar -F lpar_id --filter lpar_names=VM1", "2");
	bench_says(b, "chsyscfg -r prof -i virtual_eth_adapters=15/0/2//0/1,lpar_id=2", "");
	bench_says(b, "lssyscfg -r prof --filter lpar_ids=2 -F virtual_scsi_adapters",
	    "2/client/1/06-052EA/11/0");
}

static void
mac_with_colons(struct bench *b, char out[32])
{
	const char *mac = bench_ok(b, "lshwres -r virtualio --rsubtype eth --level lpar --filter "
	    "lpar_ids=2,slots=15 -F mac_addr");

	cr_assert_eq(strlen(mac), 12);
	for (int i = 0; i < 6; i++)
		snprintf(out + 3 * i, 4, "%.2s%s", mac + 2 * i, i < 5 ? ":" : "");
	cr_assert_str_eq(out + 15, "0F");
}

Test(sequences, a_lpar_with_a_logical_volume_and_its_removal_restore_the_state)
{
	struct bench b = bench_open(0);
	char *before = world_dump(b.w), *after;

	bench_says(&b, "ioscli lsvg datavg -field freepps -fmt :",
	    "320 (20480 megabytes)\nDISK BLOCK SIZE:    512");
	bench_says(&b, "ioscli mklv datavg 4096M", "lv00");
	bench_says(&b, "lssyscfg -r sys -F serial_num", "06052EA");
	make_lpar(&b);
	bench_says(&b, "ioscli lsmap -all -fmt :",
	    "vhost0:U8246.L2D.06052EA-V1-C11:0x00000002: : : : : : ");
	bench_says(&b, "ioscli mkvdev -vdev lv00 -vadapter vhost0", "vtscsi0 Available");
	bench_says(&b, "chsysstate -r lpar -o on -b norm --id 2", "");
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F state", "Open Firmware");
	bench_says(&b, "chsysstate -r lpar -o shutdown --immed --id 2", "");
	cr_assert_str_eq(bench_state(&b, 2), "Not Activated");
	bench_says(&b, "ioscli lsmap -vadapter vhost0 -type lv -field backing -fmt :", "lv00");
	bench_says(&b, "rmsyscfg -r lpar --id 2", "");
	bench_says(&b, "ioscli lsmap -all -fmt :", "");
	bench_says(&b, "ioscli rmlv -f lv00", "rmlv: Logical volume lv00 is removed.");
	cr_assert_eq(bench_file_size(&b, "/dev/lv00"), -1);
	after = world_dump(b.w);
	cr_assert_str_eq(before, after);
	free(before);
	free(after);
	bench_close(&b);
}

Test(sequences, b_file_backed_disk_comes_and_goes)
{
	struct bench b = bench_open(0);
	char *before, *after;

	bench_says(&b, "ioscli mksp -fb fpool -sp rootvg -size 50g", "");
	before = world_dump(b.w);
	make_lpar(&b);
	bench_says(&b, "ioscli mkbdsp -sp fpool 10G -bd vm1_disk -vadapter vhost0 -tn vm1d0",
	    "Creating file \"vm1_disk\" in storage pool \"fpool\".\n"
	    "Assigning file \"vm1_disk\" as a backing device.\nvm1d0 Available");
	cr_assert_eq(bench_file_size(&b, "/var/vio/storagepools/fpool/vm1_disk"), 10LL << 30);
	bench_says(&b, "ioscli lssp -bd -sp fpool -fmt :", "vm1_disk:10240:vm1d0:vhost0");
	bench_says(&b, "ioscli rmbdsp -vtd vm1d0 -savebd", "vm1d0 deleted");
	bench_says(&b, "ioscli lssp -bd -sp fpool -fmt :", "vm1_disk:10240:None:None");
	bench_says(&b, "ioscli mkbdsp -sp fpool -bd vm1_disk -vadapter vhost0",
	    "Assigning file \"vm1_disk\" as a backing device.\nvtscsi0 Available");
	bench_says(&b, "ioscli rmbdsp -vtd vtscsi0", "vtscsi0 deleted");
	cr_assert_eq(bench_file_size(&b, "/var/vio/storagepools/fpool/vm1_disk"), -1);
	bench_says(&b, "rmsyscfg -r lpar -n VM1", "");
	after = world_dump(b.w);
	cr_assert_str_eq(before, after);
	free(before);
	free(after);
	bench_close(&b);
}

static void
record_at(struct bench *b, const char *dev, char out[4097])
{
	char path[4096];
	int fd;

	bench_path(b, dev, path);
	fd = open(path, O_RDONLY);
	cr_assert_neq(fd, -1);
	memset(out, 0, 4097);
	cr_assert_eq(pread(fd, out, 4096, 1024 * 1024), 4096);
	close(fd);
}

/* (c), then (e) until the guest has stopped itself; time moves by hand. */
static void
first_boot(struct bench *b, const char *macaddr)
{
	char text[512];

	bench_says(b, "ioscli mklv -lv disk1 datavg 64M", "disk1");
	bench_copy(b, "/home/padmin/rhel6.0", "/dev/rdisk1", 1LL << 40);
	bench_says(b, "ioscli mkvdev -vdev disk1 -vadapter vhost0", "vtscsi0 Available");
	(void)bench_ok(b, "ioscli mkrep -sp rootvg -size 4G");
	bench_says(b, "ioscli mkvdev -fbo -vadapter vhost0", "vtopt0 Available");
	snprintf(text, sizeof(text), CONFIG, macaddr);
	bench_make_iso(b, "/var/vio/VMLibrary/config_20130102030405_17.iso", "config_20130102030405_17.xml",
	    text);
	bench_says(b, "ioscli loadopt -disk config_20130102030405_17.iso -vtd vtopt0", "");
	bench_says(b, "chsysstate -r lpar -o on --id 2", "");
	cr_assert_str_eq(bench_state(b, 2), "Starting");
	world_advance(b->w, 9000);
	cr_assert_str_eq(bench_state(b, 2), "Running");
}

Test(sequences, c_and_e_the_guest_configures_itself_and_stops)
{
	struct bench b = bench_open(1);
	char mac[32], record[4097];

	make_lpar(&b);
	mac_with_colons(&b, mac);
	first_boot(&b, mac);
	world_advance(b.w, 31000);
	record_at(&b, "/dev/disk1", record);
	cr_assert_eq(strncmp(record, "CONFIGURED\nsource=config_20130102030405_17.xml\nipaddress=10.0.10.5\n", 66), 0);
	bench_fails(&b, "ioscli unloadopt -vtd vtopt0", 1, "Unable to perform t");
	world_advance(b.w, 11000);
	cr_assert_str_eq(bench_state(&b, 2), "Shutting Down");
	world_advance(b.w, 13000);
	cr_assert_str_eq(bench_state(&b, 2), "Not Activated");
	bench_says(&b, "ioscli unloadopt -release -vtd vtopt0", "");
	bench_says(&b, "chsysstate -r lpar -o on --id 2", "");
	world_advance(b.w, 60000);
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F state,rmc_state,rmc_ipaddr,os_version",
	    "Running,active,10.0.10.5,Linux/Red Hat 2.6.32-431.el6.ppc64 6.5");
	bench_says(&b, "lsrefcode -r lpar --filter lpar_ids=2 -F refcode", "Linux ppc64");
	bench_close(&b);
}

Test(sequences, e_a_foreign_mac_address_configures_nothing)
{
	struct bench b = bench_open(1);
	char record[4097];

	make_lpar(&b);
	first_boot(&b, "02:00:00:00:00:01");
	world_advance(b.w, 600000);
	cr_assert_str_eq(bench_state(&b, 2), "Running");
	record_at(&b, "/dev/disk1", record);
	cr_assert_eq(record[0], '\0');
	bench_says(&b, "lssyscfg -r lpar --filter lpar_ids=2 -F rmc_state,rmc_ipaddr", "none,");
	bench_says(&b, "ioscli unloadopt -vtd vtopt0", "");
	bench_close(&b);
}

Test(sequences, e_the_same_file_is_not_taken_over_twice)
{
	struct bench b = bench_open(0);
	char mac[32], text[512];

	make_lpar(&b);
	mac_with_colons(&b, mac);
	(void)bench_ok(&b, "ioscli mklv -lv disk1 datavg 64M");
	bench_copy(&b, "/home/padmin/rhel6.0", "/dev/disk1", 1LL << 40);
	(void)bench_ok(&b, "ioscli mkvdev -vdev disk1 -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mkrep -sp rootvg -size 4G");
	(void)bench_ok(&b, "ioscli mkvdev -fbo -vadapter vhost0");
	snprintf(text, sizeof(text), CONFIG, mac);
	bench_make_iso(&b, "/var/vio/VMLibrary/c.iso", "config_1.xml", text);
	(void)bench_ok(&b, "ioscli loadopt -disk c.iso -vtd vtopt0");
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	bench_stops_itself(&b, 2);
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	cr_assert_str_eq(bench_state(&b, 2), "Running");
	bench_fails(&b, "rmsyscfg -r lpar --id 2", 1, "Not Activated");
	(void)bench_ok(&b, "chsysstate -r lpar -o osshutdown --id 2");
	cr_assert_str_eq(bench_state(&b, 2), "Not Activated");
	/* rebuild: another file, on a disk that is configured already */
	(void)bench_ok(&b, "ioscli unloadopt -vtd vtopt0");
	bench_make_iso(&b, "/var/vio/VMLibrary/r.iso", "rebuild_config_2.cfg", text);
	(void)bench_ok(&b, "ioscli loadopt -disk r.iso -vtd vtopt0");
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	bench_stops_itself(&b, 2);
	bench_close(&b);
}

Test(sequences, d_an_installation_medium_boots_when_the_disk_is_empty)
{
	struct bench b = bench_open(0);

	make_lpar(&b);
	(void)bench_ok(&b, "ioscli mkrep -sp rootvg -size 4G");
	bench_says(&b, "ioscli mkvopt -name dvd.iso -file /home/padmin/dvd.iso -ro", "");
	cr_assert_eq(bench_file_size(&b, "/var/vio/VMLibrary/dvd.iso"), 8 << 20);
	bench_fails(&b, "ioscli mkvopt -name dvd.iso -file dvd.iso", 1, "already exists");
	(void)bench_ok(&b, "ioscli mkvdev -fbo -vadapter vhost0");
	(void)bench_ok(&b, "ioscli loadopt -disk dvd.iso -vtd vtopt0");
	(void)bench_ok(&b, "ioscli mkbdsp -sp datavg 1G -bd empty1 -vadapter vhost0");
	(void)bench_ok(&b, "chsysstate -r lpar -o on -b norm --id 2");
	cr_assert_str_eq(bench_state(&b, 2), "Running");
	bench_says(&b, "ioscli lsmap -vadapter vhost0 -field LUN backing SVSA clientid -fmt :",
	    "vhost0:0x00000002:0x8100000000000000:/var/vio/VMLibrary/dvd.iso:0x8200000000000000:empty1");
	bench_fails(&b, "ioscli unloadopt -vtd vtopt0", 1, "Unable to perform t");
	(void)bench_ok(&b, "ioscli unloadopt -release -vtd vtopt0");
	bench_close(&b);
}

Test(sequences, g_delete_removes_the_mappings_but_not_the_volumes)
{
	struct bench b = bench_open(0);

	make_lpar(&b);
	(void)bench_ok(&b, "ioscli mklv datavg 128M");
	(void)bench_ok(&b, "ioscli mklv datavg 128M");
	(void)bench_ok(&b, "ioscli mkvdev -vdev lv00 -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mkvdev -vdev lv01 -vadapter vhost0");
	(void)bench_ok(&b, "ioscli mkvdev -vdev hdisk3 -vadapter vhost0");
	bench_says(&b, "ioscli lsmap -all -type lv disk -field physloc backing -fmt :",
	    "U8246.L2D.06052EA-V1-C11:lv00:lv01:hdisk3");
	bench_says(&b, "ioscli rmvdev -vdev lv01 -f", "vtscsi1 deleted");
	bench_fails(&b, "ioscli rmlv -f lv00", 1, "opened");
	bench_says(&b, "rmsyscfg -r lpar --id 2", "");
	bench_says(&b, "ioscli lspv -free -field name -fmt :", "hdisk3");
	bench_says(&b, "ioscli lsvg -lv datavg -field lvname mount -fmt :", "lv00:N/A\nlv01:N/A");
	bench_close(&b);
}

Test(sequences, a_truncated_copy_of_an_image_does_not_boot)
{
	struct bench b = bench_open(0);

	make_lpar(&b);
	(void)bench_ok(&b, "ioscli mklv -lv disk1 datavg 64M");
	bench_copy(&b, "/home/padmin/rhel6.0", "/dev/disk1", 20 << 20);
	(void)bench_ok(&b, "ioscli mkvdev -vdev disk1 -vadapter vhost0");
	(void)bench_ok(&b, "chsysstate -r lpar -o on --id 2");
	cr_assert_str_eq(bench_state(&b, 2), "Open Firmware");
	bench_close(&b);
}
