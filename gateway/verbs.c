/* SPDX-License-Identifier: ISC */
/*
 * verbs.c - the table of verbs and their arguments.
 */
#include <string.h>

#include "gateway/verbs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ARGS(a)	 (a), COUNT(a)
#define NO_ARGS	 NULL, 0

#define MIB_MAX	 (64LL * 1024 * 1024)	/* 64 TiB: above the largest POWER8 system and any pool */
#define VM_NAME	 { "name", "name", ARG_VM, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the VM" }
#define JOB_NAME { "job", "job", ARG_JOB, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "JOB", \
		   "id of the job, or its first 8 or more characters" }
#define PLATFORM { "name", "name", ARG_NAME, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the platform" }

/* What create-vm and modify-vm have in common beside sizes: templates/KIND/features.conf says where it can be. */
#define SHARINGS "keep_idle_procs share_idle_procs share_idle_procs_active share_idle_procs_always"
#define MODES	 "default POWER6 POWER6+ POWER7 POWER8 POWER9 POWER9_base POWER10 POWER11"
#define FEATURES \
	{ "sharing", "sharing", ARG_WORD, 0, 0, 0, SHARINGS, "MODE", "when others may use processors of its own that are idle" }, \
	{ "proc-pool", "proc_pool", ARG_NAME, 0, 0, 0, NULL, "POOL", "shared processor pool that its processing units come from" }, \
	{ "compat-mode", "compat_mode", ARG_WORD, 0, 0, 0, MODES, "MODE", "processor compatibility mode" }, \
	{ "availability-priority", "avail_priority", ARG_COUNT, 0, 0, 255, NULL, "NUMBER", "who keeps processors when one of the system fails: the higher number" }, \
	{ "memory-expansion", "memory_expansion", ARG_FACTOR, 0, 100, 1000, NULL, "FACTOR", "Active Memory Expansion: so many times its memory, 1.00 to 10.00" }, \
	{ "remote-restart", "remote_restart", ARG_WORD, 0, 0, 0, "yes no", "YES|NO", "may it be started on another system when its own is down" }

#define LEASE { "lease", "lease", ARG_DURATION, 0, 1, LEASE_MOST_S, "none", "TIME", "when it ends, from then on: 30d; none is for administrators (default: what the policy says)" }

static const struct verb_arg create_vm_args[] = {
	VM_NAME,
	{ "image", "image", ARG_NAME, 0, 0, 0, NULL, "IMAGE", "template image for the first disk; without it the disks are empty" },
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "only on a system of this platform" },
	{ "host", "host", ARG_NAME, 0, 0, 0, NULL, "SYSTEM", "on this system; auto (default) chooses one that has room" },
	{ "near", "near", ARG_VM, 0, 0, 0, NULL, "VM", "on the system where this VM is" },
	{ "apart-from", "apart_from", ARG_VM, ARG_REPEAT, 1, 8, NULL, "VM|GROUP", "not where this VM, or a VM of this group, is" },
	{ "group", "group", ARG_NAME, 0, 0, 0, NULL, "GROUP", "a label that others can be kept apart from" },
	{ "force", "force", ARG_FLAG, 0, 0, 0, NULL, NULL, "whatever it and others say of being near or apart (administrators)" },
	{ "cpu", "units", ARG_UNITS, 0, 5, 25600, NULL, "UNITS", "processing units, 0.5 or minimum:desired:maximum (default 0.5)" },
	{ "procs", "procs", ARG_COUNTS, 0, 1, 256, NULL, "COUNT", "virtual processors, 2 or minimum:desired:maximum (default: the processing units, rounded up)" },
	{ "dedicated", "dedicated", ARG_FLAG, 0, 0, 0, NULL, NULL, "whole processors of its own (--procs) instead of a share" },
	{ "capped", "capped", ARG_FLAG, 0, 0, 0, NULL, NULL, "never more than its processing units (default: uncapped)" },
	{ "weight", "weight", ARG_COUNT, 0, 0, 255, NULL, "WEIGHT", "weight when uncapped, 0 to 255 (default 128)" },
	{ "memory", "memory", ARG_SIZES, 0, 1, MIB_MAX, NULL, "SIZE", "memory, 4G or minimum:desired:maximum (default 1G)" },
	{ "disk", "disks", ARG_DISK, ARG_REPEAT, 1, 16, NULL, "DISK", "a disk: SIZE or size=SIZE,pool=POOL; the first one boots (default: as large as the image)" },
	{ "network", "networks", ARG_NETWORK, ARG_REPEAT, 1, 8, NULL, "NETWORK", "an adapter: vlan=N or name=NET, and ip=ADDRESS/BITS,gateway=ADDRESS,dns=ADDRESS+ADDRESS" },
	{ "hostname", "hostname", ARG_HOSTNAME, 0, 0, 0, NULL, "HOST", "host name of the guest (default: the VM's name)" },
	{ "until", "until", ARG_WORD, 0, 0, 0, "running configured", "STATE", "wait until it is running, or until the guest has configured itself (default: configured where the image can)" },
	{ "no-start", "no_start", ARG_FLAG, 0, 0, 0, NULL, NULL, "leave it powered off" },
	{ "boot", "boot_mode", ARG_WORD, 0, 0, 0, "norm sms", "MODE", "how it starts, now and later: normally or into its SMS menu" },
	FEATURES,
	{ "shared-memory", "shared_memory", ARG_FLAG, 0, 0, 0, NULL, NULL, "its memory is a share of the system's pool (Active Memory Sharing)" },
	{ "memory-weight", "memory_weight", ARG_COUNT, 0, 0, 255, NULL, "WEIGHT", "weight in the shared memory pool, 0 to 255 (default 128)" },
	{ "entitled-memory", "entitled_memory", ARG_SIZE, 0, 1, MIB_MAX, NULL, "SIZE", "shared memory that its I/O is sure of (default: the console reckons it)" },
	{ "paging-vios", "paging_vios", ARG_NAME, ARG_REPEAT, 1, 2, NULL, "VIOS", "VIOS that pages its shared memory, the first one first (default: the one of its first disk)" },
	{ "fc", "fc", ARG_FC, ARG_REPEAT, 1, 4, NULL, "FC", "a virtual Fibre Channel adapter (NPIV): auto, or vios=VIOS and port=PORT" },
	LEASE,
};

static const struct verb_arg console_args[] = {
	VM_NAME,
	{ "steal", "steal", ARG_FLAG, 0, 0, 0, NULL, NULL, "take it over from whoever has it" },
};

static const struct verb_arg delete_vm_args[] = {
	VM_NAME,
	{ "force", "force", ARG_FLAG, 0, 0, 0, NULL, NULL, "power a running VM off instead of shutting its OS down" },
};

static const struct verb_arg stop_vm_args[] = {
	VM_NAME,
	{ "force", "force", ARG_FLAG, 0, 0, 0, NULL, NULL, "power off at once instead of shutting the OS down" },
	{ "limit", "limit", ARG_DURATION, 0, 1, 86400, NULL, "TIME", "how long the OS may take before power off (default 2m)" },
};

static const struct verb_arg start_vm_args[] = {
	VM_NAME,
	{ "mode", "mode", ARG_WORD, 0, 0, 0, "norm sms", "MODE", "boot mode (default norm)" },
};

static const struct verb_arg modify_vm_args[] = {
	VM_NAME,
	{ "cpu", "units", ARG_UNITS, 0, 5, 25600, NULL, "UNITS", "processing units, 0.5 or minimum:desired:maximum" },
	{ "procs", "procs", ARG_COUNTS, 0, 1, 256, NULL, "COUNT", "virtual processors, 2 or minimum:desired:maximum; whole processors of a VM that has its own" },
	{ "memory", "memory", ARG_SIZES, 0, 1, MIB_MAX, NULL, "SIZE", "memory, 4G or minimum:desired:maximum" },
	{ "weight", "weight", ARG_COUNT, 0, 0, 255, NULL, "WEIGHT", "weight when uncapped, 0 to 255" },
	{ "capped", "capped", ARG_FLAG, 0, 0, 0, NULL, NULL, "never more than its processing units" },
	{ "uncapped", "uncapped", ARG_FLAG, 0, 0, 0, NULL, NULL, "more than its processing units when the system has some to spare" },
	FEATURES,
	{ "at-restart", "at_restart", ARG_FLAG, 0, 0, 0, NULL, NULL, "a running VM whose operating system cannot take it live has it from its next start on" },
};

#define DISK_NUMBER { "disk", "disk", ARG_COUNT, 0, 1, 1000, NULL, "NUMBER", "number of the disk, as show-vm shows it" }
#define KEPT_DISK   { "existing", "existing", ARG_NAME, 0, 0, 0, NULL, "DEVICE", "a disk that was kept: its backing device, as show-vm shows it" }
#define ADAPTER	    { "adapter", "adapter", ARG_COUNT, ARG_REQUIRED, 1, 1000, NULL, "NUMBER", "number of the adapter, as show-vm shows it" }

static const struct verb_arg add_disk_args[] = {
	VM_NAME,
	{ "disk", "disks", ARG_DISK, ARG_REPEAT, 1, 8, NULL, "DISK", "a disk: SIZE or size=SIZE,pool=POOL" },
	KEPT_DISK,
};

static const struct verb_arg extend_disk_args[] = {
	VM_NAME,
	{ "disk", "disk", ARG_COUNT, ARG_REQUIRED, 1, 1000, NULL, "NUMBER", "number of the disk, as show-vm shows it" },
	{ "size", "size", ARG_SIZE, ARG_REQUIRED, 1, MIB_MAX, NULL, "SIZE", "the size that it is to have" },
};

static const struct verb_arg remove_disk_args[] = {
	VM_NAME,
	DISK_NUMBER,
	KEPT_DISK,
	{ "destroy", "destroy", ARG_FLAG, ARG_DESTROYS, 0, 0, NULL, NULL, "delete its data, too" },
};

static const struct verb_arg add_network_args[] = {
	VM_NAME,
	{ "network", "networks", ARG_NETWORK, ARG_REPEAT | ARG_REQUIRED, 1, 8, NULL, "NETWORK", "an adapter: vlan=N or name=NET, and ip=ADDRESS/BITS, which is reserved; the guest is configured by its administrator" },
};

static const struct verb_arg change_network_args[] = {
	VM_NAME,
	ADAPTER,
	{ "network", "networks", ARG_NETWORK, ARG_REPEAT | ARG_REQUIRED, 1, 1, NULL, "NETWORK", "where it is to be: vlan=N or name=NET, and ip=ADDRESS/BITS, which is reserved" },
};

static const struct verb_arg remove_network_args[] = { VM_NAME, ADAPTER };

static const struct verb_arg add_fc_args[] = {
	VM_NAME,
	{ "fc", "fc", ARG_FC, ARG_REPEAT | ARG_REQUIRED, 1, 4, NULL, "FC", "an adapter: auto, or vios=VIOS and port=PORT" },
	{ "at-restart", "at_restart", ARG_FLAG, 0, 0, 0, NULL, NULL, "a running VM whose operating system cannot take it live has it from its next start on" },
};

static const struct verb_arg remove_fc_args[] = {
	VM_NAME,
	{ "adapter", "adapter", ARG_COUNT, ARG_REQUIRED, 1, 1000, NULL, "NUMBER", "number of the Fibre Channel adapter, as show-vm shows it" },
};

static const struct verb_arg attach_iso_args[] = {
	VM_NAME,
	{ "iso", "iso", ARG_FILE, ARG_REQUIRED, 0, 0, NULL, "MEDIUM", "a medium of the platform's media library that your policy names" },
};

static const struct verb_arg attach_tape_args[] = {
	VM_NAME,
	{ "tape", "tape", ARG_NAME, ARG_REQUIRED, 0, 0, NULL, "DRIVE", "a tape drive of the VIOS that serves the VM, as rmt0" },
};

static const struct verb_arg set_boot_args[] = {
	VM_NAME,
	{ "mode", "mode", ARG_WORD, ARG_REQUIRED, 0, 0, "norm sms", "MODE", "how start-vm and restart-vm start it from now on" },
};

static const struct verb_arg rename_vm_args[] = {
	VM_NAME,
	{ "to", "to", ARG_VM, ARG_REQUIRED, 0, 0, NULL, "NAME", "its new name" },
};

static const struct verb_arg migrate_vm_args[] = {
	VM_NAME,
	{ "to", "to", ARG_NAME, 0, 0, 0, NULL, "SYSTEM", "to this system of its console; without it to one that has room" },
	{ "force", "force", ARG_FLAG, 0, 0, 0, NULL, NULL, "whatever it and others say of being near or apart (administrators)" },
	{ "live", "live", ARG_FLAG, 0, 0, 0, NULL, NULL, "only while it runs (without either: as it is)" },
	{ "inactive", "inactive", ARG_FLAG, 0, 0, 0, NULL, NULL, "only while it is off" },
};

static const struct verb_arg vm_args[] = { VM_NAME };
static const struct verb_arg renew_vm_args[] = { VM_NAME, LEASE };

#define FRESH { "fresh", "fresh", ARG_FLAG, 0, 0, 0, NULL, NULL, "ask the consoles first, instead of telling what was seen last" }

static const struct verb_arg show_vm_args[] = { VM_NAME, FRESH };

static const struct verb_arg list_images_args[] = {
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "only those on this platform" },
};

static const struct verb_arg list_vms_args[] = {
	FRESH,
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "only those on this platform" },
};

static const struct verb_arg image_args[] = {
	{ "name", "name", ARG_NAME, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the image" },
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "which platform's; may be left out when it is on one only" },
};

static const struct verb_arg job_args[] = { JOB_NAME };

static const struct verb_arg list_jobs_args[] = {
	{ "all", "all", ARG_FLAG, 0, 0, 0, NULL, NULL, "finished ones too" },
	{ "vm", "vm", ARG_VM, 0, 0, 0, NULL, "NAME", "only those of this VM" },
	{ "limit", "limit", ARG_COUNT, 0, 1, 1000, NULL, "COUNT", "at most so many, newest first (default 50)" },
};

static const struct verb_arg follow_args[] = {
	JOB_NAME,
	{ "timeout", "timeout", ARG_DURATION, 0, 0, 31 * 86400, NULL, "TIME", "stop following after this time; the job goes on" },
};

static const struct verb_arg batch_args[] = {
	{ "detach", "detach", ARG_FLAG, 0, 0, 0, NULL, NULL, "do not wait for the ends" },
	{ "timeout", "timeout", ARG_DURATION, 0, 0, 31 * 86400, NULL, "TIME", "stop waiting after this time; the jobs go on" },
	{ "once", "once", ARG_KEY, 0, 0, 0, NULL, "KEY", "the first request gets the once-key KEY.1 and so on: the same batch again makes nothing twice" },
};

static const struct verb_arg history_args[] = {
	{ "vm", "vm", ARG_VM, 0, 0, 0, NULL, "NAME", "only what concerns this VM" },
	{ "job", "job", ARG_JOB, 0, 0, 0, NULL, "JOB", "only what concerns this job" },
	{ "limit", "limit", ARG_COUNT, 0, 1, 1000, NULL, "COUNT", "at most so many, newest last (default 50)" },
	{ "after", "after", ARG_COUNT, 0, 0, INT64_MAX, NULL, "SEQ", "the first records behind this number, 0 for the first of all: the history page by page" },
};

static const struct verb_arg verify_history_args[] = {
	{ "witness", "witness", ARG_TEXT, 0, 0, 0, NULL, "SEQ:HASH", "a record's number and hash that were kept elsewhere, to find a cut or a chain made anew" },
};

static const struct verb_arg export_history_args[] = {
	{ "after", "after", ARG_COUNT, 0, 0, INT64_MAX, NULL, "SEQ", "only the records behind this number" },
};

static const struct verb_arg register_platform_args[] = {
	PLATFORM,
	{ "kind", "kind", ARG_WORD, ARG_REQUIRED, 0, 0, "ivm hmc", "KIND", "what manages it: ivm or hmc" },
	{ "local", "local", ARG_FLAG, 0, 0, 0, NULL, NULL, "this host is its VIOS: commands are run here, without SSH; instead of all of these but --pools" },
	{ "address", "address", ARG_ADDRESS, 0, 0, 0, NULL, "ADDRESS", "host name or address of its SSH server" },
	{ "port", "port", ARG_COUNT, 0, 1, 65535, NULL, "PORT", "port of its SSH server (default 22)" },
	{ "user", "user", ARG_NAME, 0, 0, 0, NULL, "USER", "account on it (default padmin, of an HMC hscroot)" },
	{ "key", "key", ARG_FILE, 0, 0, 0, NULL, "FILE", "private key, a file in the director's key directory" },
	{ "host-key", "host_key", ARG_FINGERPRINT, 0, 0, 0, NULL, "SHA256:...", "fingerprint of its host key; without it, it is shown and nothing registered" },
	{ "pools", "pools", ARG_LIST, 0, 1, 64, NULL, "POOL,...", "storage pools for VMs, the default one first (default: the console's default pool)" },
	{ "second-address", "second_address", ARG_ADDRESS, 0, 0, 0, NULL, "ADDRESS", "a second console of the same systems, for when the first does not answer" },
	{ "second-port", "second_port", ARG_COUNT, 0, 1, 65535, NULL, "PORT", "port of the second console's SSH server (default: that of the first)" },
	{ "second-host-key", "second_host_key", ARG_FINGERPRINT, 0, 0, 0, NULL, "SHA256:...", "fingerprint of the second console's host key" },
	{ "vios-access", "vios_access", ARG_VIOS, ARG_REPEAT, 0, 32, NULL, "name=VIOS,address=ADDRESS,...", "a VIOS that is reached by SSH instead of through the console" },
	{ "replace", "replace", ARG_FLAG, 0, 0, 0, NULL, NULL, "the same system is registered already: its address, account, key or host key has changed" },
};

static const struct verb_arg platform_args[] = { PLATFORM };

static const struct verb_arg drain_platform_args[] = {
	PLATFORM,
	{ "system", "system", ARG_NAME, 0, 0, 0, NULL, "SYSTEM", "only this system of it" },
	{ "why", "why", ARG_TEXT, 0, 0, 0, NULL, "TEXT", "what is told to those who ask for a VM there" },
};

static const struct verb_arg resume_platform_args[] = {
	PLATFORM,
	{ "system", "system", ARG_NAME, 0, 0, 0, NULL, "SYSTEM", "only this system of it" },
};

static const struct verb_arg list_platforms_args[] = { FRESH };
static const struct verb_arg show_platform_args[] = { PLATFORM, FRESH };

static const struct verb_arg list_systems_args[] = {
	FRESH,
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "only those of this platform" },
};

static const struct verb_arg system_args[] = {
	{ "name", "name", ARG_NAME, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the system" },
	FRESH,
};

static const struct verb_arg drift_args[] = {
	{ "name", "name", ARG_VM, ARG_POSITIONAL, 0, 0, NULL, "NAME", "only this VM" },
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "only the VMs on this platform" },
	FRESH,
	{ "repair", "repair", ARG_FLAG, 0, 0, 0, NULL, NULL, "show the requests that bring it back, too" },
	{ "yes", "yes", ARG_FLAG, 0, 0, 0, NULL, NULL, "with --repair: make them, one after the other" },
};

static const struct verb_arg register_image_args[] = {
	{ "name", "name", ARG_NAME, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the image" },
	{ "platform", "platform", ARG_NAME, ARG_REQUIRED, 0, 0, NULL, "PLATFORM", "the platform that has the file" },
	{ "file", "file", ARG_PATH, ARG_REQUIRED, 0, 0, NULL, "PATH", "the image file on the platform's VIOS" },
	{ "size", "size", ARG_SIZE, 0, 1, MIB_MAX, NULL, "SIZE", "smallest disk that holds it (default: size of the file)" },
	{ "os", "os", ARG_WORD, ARG_REQUIRED, 0, 0, "linux aix", "OS", "operating system in it: linux or aix" },
	{ "first-boot", "first_boot", ARG_WORD, 0, 0, 0, "agent none", "METHOD", "how the guest configures itself: agent (reads the configuration medium) or none (default)" },
	{ "product", "product", ARG_NAME, 0, 0, 0, NULL, "LABEL", "licensed product in it, for the caps of the policy" },
	{ "description", "description", ARG_TEXT, 0, 0, 0, NULL, "TEXT", "for people" },
	{ "replace", "replace", ARG_FLAG, 0, 0, 0, NULL, NULL, "it is registered there already: look for its file again, and take what is said now" },
};

static const struct verb_arg adopt_vm_args[] = {
	{ "name", "name", ARG_VM, ARG_REQUIRED | ARG_POSITIONAL, 0, 0, NULL, "NAME", "name of the partition, which becomes that of the VM" },
	{ "platform", "platform", ARG_NAME, ARG_REQUIRED, 0, 0, NULL, "PLATFORM", "where it is" },
	{ "system", "system", ARG_NAME, 0, 0, 0, NULL, "SYSTEM", "on which of its systems; may be left out when only one has a partition of this name" },
	{ "owner", "owner", ARG_KEY, ARG_REQUIRED, 0, 0, NULL, "USER", "whose it is from now on, and whose quota it counts in" },
	LEASE,
};

static const struct verb_arg orphans_args[] = {
	{ "platform", "platform", ARG_NAME, 0, 0, 0, NULL, "PLATFORM", "which one to look at; may be left out when there is only one" },
	{ "clean", "clean", ARG_FLAG, ARG_DESTROYS, 0, 0, NULL, NULL, "remove what is of origin \"ours\"" },
};

static const struct verb_arg help_args[] = {
	{ "verb", "verb", ARG_NAME, ARG_POSITIONAL, 0, 0, NULL, "VERB", "the verb to explain" },
};

const struct verb verbs[] = {
	{ "create-vm", VERB_JOB, VERB_CHANGES, "create a VM: partition, disks, adapters, operating system, address",
	  "create-vm web1 --image rhel6 --cpu 0.5 --memory 4G --network vlan=10,ip=10.0.10.5/24,gateway=10.0.10.1", ARGS(create_vm_args) },
	{ "delete-vm", VERB_JOB, VERB_CHANGES | VERB_DESTRUCTIVE | VERB_CLEANS, "delete a VM with its disks and everything else it owns", "delete-vm web1 --yes", ARGS(delete_vm_args) },
	{ "start-vm", VERB_JOB, VERB_CHANGES, "power a VM on", "start-vm web1", ARGS(start_vm_args) },
	{ "stop-vm", VERB_JOB, VERB_CHANGES, "shut a VM's OS down, and power it off if that takes too long", "stop-vm web1 --limit 5m", ARGS(stop_vm_args) },
	{ "restart-vm", VERB_JOB, VERB_CHANGES, "stop a VM and start it again", "restart-vm web1", ARGS(stop_vm_args) },
	{ "modify-vm", VERB_JOB, VERB_CHANGES, "give a VM more or less processors and memory, running or not", "modify-vm web1 --memory 1G --cpu 0.7", ARGS(modify_vm_args) },
	{ "migrate-vm", VERB_JOB, VERB_CHANGES, "move a VM to another system of its console, running or off", "migrate-vm web1 --to sys2", ARGS(migrate_vm_args) },
	{ "rename-vm", VERB_JOB, VERB_CHANGES, "give a VM another name; its guest keeps its host name", "rename-vm web1 --to shop1", ARGS(rename_vm_args) },
	{ "add-disk", VERB_JOB, VERB_CHANGES, "give a VM more disks, or one back that was kept", "add-disk web1 --disk 20G", ARGS(add_disk_args) },
	{ "extend-disk", VERB_JOB, VERB_CHANGES, "make a disk of a VM larger", "extend-disk web1 --disk 2 --size 30G", ARGS(extend_disk_args) },
	{ "remove-disk", VERB_JOB, VERB_CHANGES, "detach a disk from a VM; its data is kept unless it is to be destroyed", "remove-disk web1 --disk 2", ARGS(remove_disk_args) },
	{ "add-network", VERB_JOB, VERB_CHANGES, "give a VM more network adapters", "add-network web1 --network name=lab,ip=10.0.20.5/24", ARGS(add_network_args) },
	{ "change-network", VERB_JOB, VERB_CHANGES, "put a network adapter of a VM on another VLAN", "change-network web1 --adapter 1 --network vlan=20", ARGS(change_network_args) },
	{ "remove-network", VERB_JOB, VERB_CHANGES, "take a network adapter from a VM", "remove-network web1 --adapter 2", ARGS(remove_network_args) },
	{ "add-fc", VERB_JOB, VERB_CHANGES, "give a VM more virtual Fibre Channel adapters (NPIV); tells the port names to zone", "add-fc web1 --fc auto", ARGS(add_fc_args) },
	{ "remove-fc", VERB_JOB, VERB_CHANGES, "take a virtual Fibre Channel adapter from a VM", "remove-fc web1 --adapter 2", ARGS(remove_fc_args) },
	{ "attach-iso", VERB_JOB, VERB_CHANGES, "put a medium of the media library into an optical drive of a VM", "attach-iso web1 --iso rhel6.iso", ARGS(attach_iso_args) },
	{ "detach-iso", VERB_JOB, VERB_CHANGES, "take the medium and its optical drive from a VM", "detach-iso web1", ARGS(vm_args) },
	{ "attach-tape", VERB_JOB, VERB_CHANGES, "give a VM a tape drive of its VIOS, for as long as it is attached", "attach-tape web1 --tape rmt0", ARGS(attach_tape_args) },
	{ "detach-tape", VERB_JOB, VERB_CHANGES, "take the tape drive from a VM", "detach-tape web1", ARGS(vm_args) },
	{ "set-boot", VERB_JOB, VERB_CHANGES, "say how a VM starts from now on: normally, or into its SMS menu", "set-boot web1 --mode sms", ARGS(set_boot_args) },
	{ "renew-vm", VERB_RECORD, VERB_CHANGES, "give a VM a new lease, from now on", "renew-vm web1 --lease 30d", ARGS(renew_vm_args) },
	{ "list-vms", VERB_QUERY, 0, "list your VMs", "list-vms", ARGS(list_vms_args) },
	{ "show-vm", VERB_QUERY, 0, "show one VM", "show-vm web1", ARGS(show_vm_args) },
	{ "console", VERB_CONSOLE, 0, "sit at a VM's serial console (ssh -t); Ctrl-] and a full stop leave it", "console web1", ARGS(console_args) },
	{ "list-images", VERB_QUERY, 0, "list the images that you may use", "list-images", ARGS(list_images_args) },
	{ "show-image", VERB_QUERY, 0, "show one image", "show-image rhel6", ARGS(image_args) },
	{ "list-jobs", VERB_QUERY, 0, "list your jobs that are not finished, with --all every one", "list-jobs --all", ARGS(list_jobs_args) },
	{ "show-job", VERB_QUERY, 0, "show one job", "show-job 01JD0Q7M", ARGS(job_args) },
	{ "follow", VERB_FOLLOW, 0, "follow a job until it ends; its result is yours", "follow 01JD0Q7M", ARGS(follow_args) },
	{ "batch", VERB_BATCH, 0, "make the requests on stdin, one a line, all accepted together", "batch --detach", ARGS(batch_args) },
	{ "why", VERB_QUERY, 0, "show why a VM was put where it is, or what each system lacked", "why 01JD0Q7M", ARGS(job_args) },
	{ "cancel-job", VERB_QUERY, 0, "cancel a job: what it has begun is undone", "cancel-job 01JD0Q7M", ARGS(job_args) },
	{ "undo-job", VERB_QUERY, VERB_ADMIN, "take back what a stuck job has left", "undo-job 01JD0Q7M", ARGS(job_args) },
	{ "resume-job", VERB_QUERY, VERB_ADMIN, "go on with a stuck job where it stopped", "resume-job 01JD0Q7M", ARGS(job_args) },
	{ "transcript", VERB_QUERY, VERB_ADMIN, "show the exact commands of a job and their answers", "transcript 01JD0Q7M", ARGS(job_args) },
	{ "history", VERB_QUERY, 0, "show who did what and when", "history --limit 20", ARGS(history_args) },
	{ "verify-history", VERB_QUERY, VERB_ADMIN, "prove that no record of the history was changed, removed, added or moved", "verify-history", ARGS(verify_history_args) },
	{ "export-history", VERB_QUERY, VERB_ADMIN | VERB_PAGES, "write the whole history as JSON lines, to be kept elsewhere", "export-history", ARGS(export_history_args) },
	{ "quota", VERB_QUERY, 0, "show what you use and what you may use", "quota", NO_ARGS },
	{ "whoami", VERB_LOCAL, 0, "show who you are here and what you may do", "whoami", NO_ARGS },
	{ "help", VERB_LOCAL, 0, "show what you may do, or explain one verb", "help create-vm", ARGS(help_args) },
	{ "version", VERB_LOCAL, 0, "show the version", "version", NO_ARGS },
	{ "register-platform", VERB_JOB, VERB_CHANGES | VERB_ADMIN, "put a POWER system under PowerDirector",
	  "register-platform power1 --kind ivm --address 10.0.0.5 --key power1 --host-key SHA256:2c4rJ0ZfCtTfN1VUcIlbWdYnW1hQ9FKhUIn2LjU6bXg", ARGS(register_platform_args) },
	{ "list-platforms", VERB_QUERY, VERB_ADMIN, "list the platforms", "list-platforms", ARGS(list_platforms_args) },
	{ "show-platform", VERB_QUERY, VERB_ADMIN, "show one platform: its console, its systems, what it has free", "show-platform power1", ARGS(show_platform_args) },
	{ "list-systems", VERB_QUERY, 0, "list the systems that VMs can be put on, with what they have free", "list-systems", ARGS(list_systems_args) },
	{ "show-system", VERB_QUERY, 0, "show one system", "show-system power1", ARGS(system_args) },
	{ "drift", VERB_QUERY, 0, "show where your VMs are not on their consoles what jobs have built", "drift web1 --fresh --repair", ARGS(drift_args) },
	{ "accept-drift", VERB_RECORD, VERB_CHANGES | VERB_ADMIN, "a VM is to be what its console shows, from now on", "accept-drift web1", ARGS(vm_args) },
	{ "drain-platform", VERB_RECORD, VERB_CHANGES | VERB_ADMIN, "put no new VMs on a platform; those that it has stay",
	  "drain-platform power1 --why 'its memory is replaced'", ARGS(drain_platform_args) },
	{ "resume-platform", VERB_RECORD, VERB_CHANGES | VERB_ADMIN, "put new VMs on a platform again", "resume-platform power1", ARGS(resume_platform_args) },
	{ "check-platform", VERB_JOB, VERB_ADMIN, "ask a platform for its level and what it has free", "check-platform power1", ARGS(platform_args) },
	{ "adopt-vm", VERB_JOB, VERB_CHANGES | VERB_ADMIN, "make a VM with an owner of a partition that was made by hand; nothing on it is changed",
	  "adopt-vm web1 --platform power1 --owner alice", ARGS(adopt_vm_args) },
	{ "orphans", VERB_JOB, VERB_CHANGES | VERB_ADMIN | VERB_CLEANS, "list what PowerDirector made on a platform and no VM owns, or remove it", "orphans --platform power1", ARGS(orphans_args) },
	{ "remove-platform", VERB_RECORD, VERB_CHANGES | VERB_ADMIN | VERB_DESTRUCTIVE | VERB_CLEANS, "forget a platform that has no VMs", "remove-platform power1 --yes", ARGS(platform_args) },
	{ "register-image", VERB_JOB, VERB_CHANGES | VERB_ADMIN, "offer an image file that is already on a platform",
	  "register-image rhel6 --platform power1 --file /images/rhel6.img --os linux --first-boot agent", ARGS(register_image_args) },
	{ "remove-image", VERB_RECORD, VERB_CHANGES | VERB_ADMIN | VERB_DESTRUCTIVE | VERB_CLEANS, "stop offering an image; its file stays", "remove-image rhel6 --yes", ARGS(image_args) },
};
const size_t verbs_count = COUNT(verbs);

const struct verb_arg common_args[] = {
	{ "plan", "plan", ARG_FLAG, 0, 0, 0, NULL, NULL, "show the commands that would run; change and reserve nothing" },
	{ "detach", "detach", ARG_FLAG, 0, 0, 0, NULL, NULL, "do not wait for the end" },
	{ "timeout", "timeout", ARG_DURATION, 0, 0, 31 * 86400, NULL, "TIME", "stop waiting after this time; the job goes on" },
	{ "once", "once", ARG_KEY, 0, 0, 0, NULL, "KEY", "repeating the same request with the same key gives the first one's answer" },
	{ "note", "note", ARG_TEXT, 0, 0, 0, NULL, "TEXT", "a remark for the history" },
	{ "yes", "yes", ARG_FLAG, 0, 0, 0, NULL, NULL, "do not ask whether you are sure" },
	{ "json", "json", ARG_FLAG, 0, 0, 0, NULL, NULL, "answer with one JSON object" },
};
const size_t common_args_count = COUNT(common_args);

const struct verb *
verb_find(const char *name)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
verb_destroys(const struct verb *v, const json_t *args)
{
	if (v->flags & VERB_DESTRUCTIVE)
		return 1;
	for (size_t i = 0; i < v->nargs; i++)
		if ((v->args[i].flags & ARG_DESTROYS) && (args == NULL || json_is_true(json_object_get(args, v->args[i].key))))
			return 1;
	return 0;
}
