/* SPDX-License-Identifier: ISC */
/*
 * matrix_verbs.c - the kinds of platform, and the verbs of each: what is asked for, on which world, and what takes it back.
 */
#include <stddef.h>

#include "tests/fault/matrix.h"

#define CHANGES(what, line, on, takes_back, after) \
	{ what, "alice", line " --detach", (on), .changes_base = 1, .undoes = (takes_back) != NULL, .undo = (takes_back), .check = (after) }
#define READS(what, who, line, on) { what, who, line " --detach", (on), .changes_base = 1, .check = after_reading }
/* Beginning and end of what a job left that is stuck. */
#define STUCK_JOBS \
	{ "orphans", "admin", "orphans --detach", "stuck", .check = after_look }, \
	{ "orphans --clean", "admin", "orphans --clean --yes --detach", "stuck", .changes_base = 1, .undoes = 1, .check = after_clean }, \
	{ "undo-job", "admin", "undo-job ", "stuck", MATRIX_JOB, .changes_base = 1, .undoes = 1, .check = after_undo }, \
	{ "resume-job", "admin", "resume-job ", "stuck", MATRIX_JOB, .changes_base = 1, .undoes = 1, .check = after_create }
#define LIFE \
	{ "create-vm", "alice", " --detach", "plain", MATRIX_MADE, .undoes = 1, .check = after_create }, \
	{ "delete-vm", "alice", "delete-vm web1 --yes --detach", "running", .changes_base = 1, .check = after_delete }, \
	{ "delete-vm --force", "alice", "delete-vm web1 --yes --force --detach", "running", .changes_base = 1, .check = after_delete }, \
	{ "start-vm", "alice", "start-vm web1 --detach", "stopped", .changes_base = 1, .undoes = 1, .check = after_start }, \
	{ "stop-vm", "alice", "stop-vm web1 --detach", "running", .changes_base = 1, .check = after_stop }, \
	{ "restart-vm", "alice", "restart-vm web1 --detach", "running", .changes_base = 1, .check = after_stop }

/* ---- an IVM ---- */

#define IVM_SIZES "chsyscfg .*(desired_mem=512|uncap_weight=128|desired_proc_units=0.5)"
#define POWER2 "register-platform power2 --kind ivm --address 127.0.0.1 --key power1 --pools datavg --detach "
#define IMAGE(platform, file) "register-image more --platform " platform " --file /home/padmin/images/" file " --os linux"

static const struct matrix_verb ivm_verbs[] = {
	LIFE,
	CHANGES("modify-vm", "modify-vm web1 --memory 768M --cpu 0.7 --weight 60", "running", IVM_SIZES, after_modify),
	CHANGES("modify-vm-stopped", "modify-vm web1 --memory 768M --cpu 0.1:0.7:1 --capped", "stopped", IVM_SIZES, after_modify),
	CHANGES("add-disk", "add-disk web1 --disk 1G --disk size=1G,pool=rootvg", "running", "^ioscli (rmlv|rmvdev)", after_disk),
	CHANGES("extend-disk", "extend-disk web1 --disk 2 --size 2G", "running", NULL, after_disk),
	CHANGES("remove-disk", "remove-disk web1 --disk 2", "running", "^ioscli mkvdev", after_disk),
	CHANGES("remove-disk-destroy", "remove-disk web1 --disk 2 --destroy --yes", "running", "^ioscli mkvdev", after_disk),
	CHANGES("add-network", "add-network web1 --network name=lab,ip=10.0.20.7/24", "running", "^chhwres .*-o r", after_change),
	CHANGES("change-network", "change-network web1 --adapter 2 --network vlan=10", "running", "^chhwres .*port_vlan_id=20", after_change),
	CHANGES("remove-network", "remove-network web1 --adapter 2", "running", NULL, after_change),
	CHANGES("set-boot", "set-boot web1 --mode sms", "running", "^chsyscfg .*boot_mode=norm", after_change),
	CHANGES("rename-vm", "rename-vm web1 --to web2", "running", "^chsyscfg .*new_name=web1", after_rename),
	{ "register-platform", "admin", POWER2, "plain", MATRIX_CONSOLE, .changes_base = 1, .check = after_reading },
	{ "check-platform", "admin", "check-platform power1", "plain", .waits = 1, .check = after_reading },
	READS("register-image", "admin", IMAGE("power1", "rhel6/rhel6.0"), "plain"),
	STUCK_JOBS,
};

/* ---- an HMC ---- */

/* What takes a change of a profile or of the running partition back says what was. */
#define HMC_SIZES "(desired_mem=512|uncap_weight=128|desired_proc_units=0.5|-r mem .*-o r |-r proc .*-o r )"
#define HMC_DISKS "(rmlv |rmvdev |reserve_policy=single)"
#define HMC_CHANGES(more_disks) \
	CHANGES("modify-vm", "modify-vm web1 --memory 768M --cpu 0.7 --weight 60", "running", HMC_SIZES, after_modify), \
	CHANGES("modify-vm-restart", "modify-vm web1 --memory 768M --cpu 0.7 --at-restart", "silent", HMC_SIZES, after_modify), \
	CHANGES("modify-vm-stopped", "modify-vm web1 --memory 768M --cpu 0.1:0.7:1 --capped", "stopped", HMC_SIZES, after_modify), \
	CHANGES("add-disk", "add-disk web1 " more_disks, "running", HMC_DISKS, after_disk), \
	CHANGES("extend-disk", "extend-disk web1 --disk 2 --size 2G", "running", NULL, after_disk), \
	CHANGES("remove-disk", "remove-disk web1 --disk 2", "running", "mkvdev ", after_disk), \
	CHANGES("remove-disk-destroy", "remove-disk web1 --disk 2 --destroy --yes", "running", "mkvdev ", after_disk), \
	CHANGES("add-network", "add-network web1 --network name=lab,ip=10.0.20.7/24", "running", "(-o r |adapters-=)", after_change), \
	CHANGES("change-network", "change-network web1 --adapter 2 --network vlan=10", "running", "port_vlan_id=20|/0/20/", after_change), \
	CHANGES("remove-network", "remove-network web1 --adapter 2", "running", "-o a ", after_change), \
	CHANGES("attach-iso", "attach-iso web1 --iso rhel6.iso", "running", "(rmvdev|unloadopt) ", after_change), \
	CHANGES("detach-iso", "detach-iso web1", "media", "loadopt -disk", after_change), \
	CHANGES("set-boot", "set-boot web1 --mode sms", "running", "boot_mode=norm", after_change), \
	CHANGES("rename-vm", "rename-vm web1 --to web2", "running", "new_name=web1", after_rename)
#define MIGRATES \
	{ "migrate-vm", "admin", "migrate-vm web1 --to p9b --live --detach", "movable", .changes_base = 1, .undoes = 1, .undo = "migrlpar -o r", \
	  .check = after_migrate }, \
	{ "migrate-vm-off", "admin", "migrate-vm web1 --to p9b --inactive --detach", "movable-off", .changes_base = 1, .undoes = 1, \
	  .undo = "migrlpar -o r", .check = after_migrate }

static const struct matrix_verb hmc_verbs[] = {
	LIFE,
	HMC_CHANGES("--disk 1G --disk size=1G,pool=datavg"),
	MIGRATES,
	{ "check-platform", "admin", "check-platform hmc1", "plain", .waits = 1, .check = after_reading },
	READS("register-image", "admin", IMAGE("hmc1", "rhel9/rhel9.0"), "plain"),
	STUCK_JOBS,
};

/* Disks of the storage network go through both VIOSes. */
static const struct matrix_verb dual_verbs[] = {
	LIFE,
	HMC_CHANGES("--disk size=50G,pool=san"),
	CHANGES("remove-disk-paths", "remove-disk web1 --disk 3", "more", "mkvdev ", after_disk),
	CHANGES("remove-disk-paths-destroy", "remove-disk web1 --disk 3 --destroy --yes", "more", "mkvdev ", after_disk),
	STUCK_JOBS,
};

static const struct matrix_verb ssh_verbs[] = {
	LIFE,
	HMC_CHANGES("--disk 1G --disk size=1G,pool=datavg"),
	STUCK_JOBS,
};

/* What takes things back; refused in half of the states. */
#define IVM_UNDO "^(rmsyscfg|ioscli rmlv|ioscli rmbdsp|ioscli rmvdev|ioscli unloadopt|rm -f|chsysstate .*--immed)"
#define HMC_UNDO "(rmsyscfg|rmlv|rmbdsp|rmvdev|rmdev|unloadopt|rm -f|chsysstate .*--immed|chhwres .*-o r |chsyscfg .*adapters-=)"
#define TWO_NETWORKS " --memory 512M --network vlan=10,ip=10.0.10.7/24 --network name=lab"
#define HMC_CREATE "create-vm web1 --image rhel9 --platform hmc1" TWO_NETWORKS
#define VERBS(list) (list), sizeof(list) / sizeof((list)[0])

const struct matrix_kind matrix_kinds[] = {
	{ "ivm", "power1", "simulator", "0516-000", IVM_UNDO, "create-vm web1 --image rhel6 --disk 6G --disk 1G" TWO_NETWORKS, VERBS(ivm_verbs) },
	{ "hmc", "hmc1", "hmc", "HSCL0000", HMC_UNDO, HMC_CREATE " --host p9a --disk 6G --disk 1G", VERBS(hmc_verbs) },
	{ "hmc-dual", "hmc1", "hmc", "HSCL0000", HMC_UNDO, HMC_CREATE " --host p9b --disk size=6G,pool=san --disk size=1G,pool=rootvg",
	  VERBS(dual_verbs) },
	{ "hmc-ssh", "hmc1", "hmc", "HSCL0000", HMC_UNDO, HMC_CREATE " --host p9a --disk 6G --disk 1G", VERBS(ssh_verbs) },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
};
