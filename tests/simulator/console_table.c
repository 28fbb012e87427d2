/* SPDX-License-Identifier: ISC */
/*
 * All commands of the console: which verb, in which of the three name spaces, whether it
 * changes the world, and its usage.  console_run() is the only way in: it takes the lock,
 * lets time catch up, runs the verb, lets time catch up again (with --speed 0 what was
 * started is over by then) and saves.
 *
 * Output goes to private buffers first, because the caller's may be streams that block.
 */
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "tests/simulator/ivm/ivm.h"
#include "tests/simulator/vios/vios.h"

enum verb_kind { IVM, VIOS, ROOT };
enum { CHANGES = 1, UNLOCKED = 2, UNLICENSED = 4 };

struct verb {
	const char *name;
	enum verb_kind kind;
	int flags;
	int (*run)(struct sim_cmd *cmd);
	const char *usage; /* without the name */
};

#define FILTERS "[--filter \"<filter data>\"] [-F [\"<attribute names>\"]] [--header] [-m <managed system>]"
#define TARGET	"{-n <partition name> | --id <partition ID>}"
#define FIELDS	"[-field FieldName...] [-fmt Delimiter]"

static const struct verb verbs[] = {
	{ "lssyscfg", IVM, 0, ivm_lssyscfg, "-r lpar | prof | sys\n" FILTERS },
	{ "mksyscfg", IVM, CHANGES, ivm_mksyscfg,
	    "-r lpar\n[-m <managed system>]\n-f <configuration file> | -i \"<configuration data>\"\n"
	    "required: name, lpar_env, min_mem, desired_mem, max_mem, min_procs, desired_procs, max_procs\n"
	    "optional: lpar_id, profile_name, proc_mode, min_proc_units, desired_proc_units, max_proc_units,\n"
	    "sharing_mode, uncap_weight, max_virtual_slots, virtual_eth_adapters, virtual_fc_adapters,\n"
	    "auto_start, boot_mode, lpar_proc_compat_mode, lpar_avail_priority, virtual_eth_mac_base_value" },
	{ "chsyscfg", IVM, CHANGES, ivm_chsyscfg,
	    "chsyscfg -r lpar | prof | sys\n[-m <managed system>]\n-f <configuration file> | -i "
	    "\"<configuration data>\"\nrequired: name | lpar_id | lpar_name\n"
	    "optional: new_name, min_mem, desired_mem, max_mem, min_procs, desired_procs, max_procs,\n"
	    "min_proc_units, desired_proc_units, max_proc_units, sharing_mode, uncap_weight, auto_start,\n"
	    "boot_mode, virtual_eth_adapters(slot_num/ieee_virtual_eth/port_vlan_id/addl_vlan_ids/is_trunk/"
	    "is_required), ..." },
	{ "rmsyscfg", IVM, CHANGES, ivm_rmsyscfg, "-r lpar " TARGET " [-m <managed system>]" },
	{ "chsysstate", IVM, CHANGES, ivm_chsysstate,
	    "-r lpar -o on | osshutdown | shutdown | dumprestart | chkey " TARGET
	    "\n[-k norm | manual] [-b norm | dd | ds | of | sms] [--immed] [--restart] [-m <managed system>]" },
	{ "lshwres", IVM, 0, ivm_lshwres,
	    "-r io | mem | proc | virtualio | hea [--rsubtype eth | fc | scsi | serial | slot]\n"
	    "[--level sys | lpar | slot] " FILTERS },
	{ "chhwres", IVM, CHANGES, ivm_chhwres,
	    "chhwres -r io | mem | proc | virtualio | hea [--rsubtype eth | fc] -o a | r | s\n" TARGET
	    " [-s <virtual slot>] [-a \"<attributes>\"] [-m <managed system>]" },
	{ "lsrefcode", IVM, 0, ivm_lsrefcode, "-r sys | lpar [-n <number>] " FILTERS },
	{ "lsivm", IVM, 0, ivm_lsivm, "" },
	{ "lslparutil", IVM, 0, ivm_lslparutil, "-r sys | pool | lpar | config [-n <number of events>] " FILTERS },
	{ "chlparutil", IVM, CHANGES, ivm_chlparutil, "-r config -s <rate> [-m <managed system>]" },
	{ "mkvt", IVM, UNLOCKED, ivm_mkvt, "-id <partition ID>" },
	{ "rmvt", IVM, 0, ivm_rmvt, "-id <partition ID>" },
	{ "mkauthkeys", IVM, 0, ivm_mkauthkeys,
	    "-a \"<key>\" | -r \"<key or comment>\" | -g | --test --ip <address> -u <user>" },
	{ "lsled", IVM, 0, ivm_lsled, "-r sa -t phys | virtualsys | virtuallpar " FILTERS },
	{ "chled", IVM, CHANGES, ivm_chled, "-r sa -t virtualsys | virtuallpar -o on | off {-p <name> | --id <ID>}" },
	{ "lssvcevents", IVM, 0, ivm_lssvcevents, "-t console | hardware | fru | comment [-d <days>] " FILTERS },
	{ "mksvcevent", IVM, CHANGES, ivm_mksvcevent, "-d \"<description>\" --reporting_mtms <MTMS>" },
	{ "chsvcevent", IVM, CHANGES, ivm_chsvcevent, "-o close -p <problem number> -n <name> -c \"<comment>\"" },
	{ "mkgencfg", IVM, CHANGES, ivm_mkgencfg, "-o init [-i \"<configuration data>\"] [-m <managed system>]" },
	{ "lslparmigr", IVM, 0, ivm_lslparmigr, "-r lpar | sys " FILTERS },
	{ "migrlpar", IVM, 0, ivm_migrlpar,
	    "-o m | v | s | r -t <target> --ip <address> -u <user> {-p <name> | --id <ID>}" },

	{ "lsmap", VIOS, 0, vios_lsmap,
	    "{-vadapter ServerVirtualAdapter | -plc PhysicalLocationCode | -all}\n"
	    "[-type BackingDeviceType... | -net | -npiv] " FIELDS },
	{ "mkvdev", VIOS, CHANGES, vios_mkvdev,
	    "[-f] {-vdev TargetDevice} {-vadapter ServerVirtualAdapter | -aplc Location} [-dev DeviceName]\n"
	    "-fbo {-vadapter ServerVirtualAdapter | -aplc Location} [-dev DeviceName]\n"
	    "-sea TargetDevice -vadapter VirtualEthernetAdapter... -default DefaultVirtualEthernetAdapter\n"
	    "-defaultid SEADefaultPVID [-attr Attribute=Value...]\n"
	    "-lnagg TargetAdapter... [-attr Attribute=Value...]\n-vlan TargetAdapter -tagid TagID" },
	{ "rmvdev", VIOS, CHANGES, vios_rmvdev,
	    "[-f] {-vdev TargetDevice | -vtd VirtualTargetDevice} [-rmlv]\n-sea Adapter\n-lnagg Adapter" },
	{ "rmdev", VIOS, CHANGES, vios_rmdev, "{-dev | -pdev} Name [-recursive] [-ucfg]" },
	{ "chdev", VIOS, CHANGES, vios_chdev, "-dev Name -attr Attribute=Value... [-perm]" },
	{ "cfgdev", VIOS, 0, vios_cfgdev, "[-dev Name]" },
	{ "lsdev", VIOS, 0, vios_lsdev,
	    "[-type DeviceType...] [-virtual] " FIELDS " [-state DeviceState]\n"
	    "{-dev Name | -plc Location} [-child | -attr [Attribute] | -vpd | -parent] " FIELDS "\n-vpd\n-slots" },
	{ "lspath", VIOS, 0, vios_lspath, "-dev Name " FIELDS },
	{ "chkdev", VIOS, 0, vios_chkdev, "[-dev Name] " FIELDS },
	{ "lspv", VIOS, 0, vios_lspv, "[-avail | -free | -size] " FIELDS "\n[-map | -lv | -pv | -size] PhysicalVolume " FIELDS },
	{ "lsvg", VIOS, 0, vios_lsvg, "[-map | -lv | -pv] [VolumeGroup] " FIELDS },
	{ "lslv", VIOS, 0, vios_lslv, "[-map | -pv] LogicalVolume " FIELDS },
	{ "mklv", VIOS, CHANGES, vios_mklv,
	    "[-mirror] [-lv NewLogicalVolume | -prefix Prefix] [-type Type] VolumeGroup Size [PhysicalVolume...]" },
	{ "extendlv", VIOS, CHANGES, vios_extendlv, "LogicalVolume Size [PhysicalVolume...]" },
	{ "rmlv", VIOS, CHANGES, vios_rmlv, "[-f] LogicalVolume" },
	{ "chlv", VIOS, CHANGES, vios_chlv, "[-lv NewLogicalVolume] [-bbr {yes | no}] LogicalVolume" },
	{ "mkvg", VIOS, CHANGES, vios_mkvg, "[-f] [-vg VolumeGroup] PhysicalVolume..." },
	{ "extendvg", VIOS, CHANGES, vios_extendvg, "[-f] VolumeGroup PhysicalVolume..." },
	{ "reducevg", VIOS, CHANGES, vios_reducevg, "[-f] [-rmlv] VolumeGroup PhysicalVolume..." },
	{ "activatevg", VIOS, CHANGES, vios_activatevg, "[-f] VolumeGroup" },
	{ "deactivatevg", VIOS, CHANGES, vios_activatevg, "VolumeGroup" },
	{ "mksp", VIOS, CHANGES, vios_mksp,
	    "[-f] StoragePool PhysicalVolume...\n-fb FilePool -sp StoragePool -size Size" },
	{ "chsp", VIOS, CHANGES, vios_chsp,
	    "-add [-f] [-sp StoragePool] {PhysicalVolume... | -size Size}\n"
	    "-rm [-f] [-sp StoragePool] PhysicalVolume...\n-default StoragePool" },
	{ "rmsp", VIOS, CHANGES, vios_rmsp, "[-f] StoragePool" },
	{ "lssp", VIOS, 0, vios_lssp, "[-type PoolType...] " FIELDS "\n{-detail | -bd} [-sp StoragePool] " FIELDS "\n-default" },
	{ "mkbdsp", VIOS, CHANGES, vios_mkbdsp,
	    "[-sp StoragePool] Size -bd BackingDevice\n"
	    "[-sp StoragePool] -bd BackingDevice -vadapter ServerVirtualAdapter [-tn TargetDeviceName]\n"
	    "[-sp StoragePool] Size [-bd BackingDevice] -vadapter ServerVirtualAdapter [-tn TargetDeviceName]" },
	{ "rmbdsp", VIOS, CHANGES, vios_rmbdsp, "{[-sp StoragePool] -bd BackingDevice | -vtd VirtualTargetDevice} [-savebd] [-f]" },
	{ "chbdsp", VIOS, CHANGES, vios_chbdsp, "[-sp StoragePool] -bd BackingDevice {-size Size | -mv NewName}" },
	{ "mkrep", VIOS, CHANGES, vios_mkrep, "-sp StoragePool -size Size" },
	{ "chrep", VIOS, CHANGES, vios_chrep, "-size Size" },
	{ "lsrep", VIOS, 0, vios_lsrep, FIELDS },
	{ "rmrep", VIOS, CHANGES, vios_rmrep, "[-f]" },
	{ "mkvopt", VIOS, CHANGES, vios_mkvopt, "-name FileName {-size Size | -dev OpticalDevice | -file SourceFile} [-ro]" },
	{ "chvopt", VIOS, CHANGES, vios_chvopt, "-name FileName {-access {ro | rw} | -mv NewName}" },
	{ "rmvopt", VIOS, CHANGES, vios_rmvopt, "[-f] -name FileName" },
	{ "loadopt", VIOS, CHANGES, vios_loadopt, "[-f] [-release] -disk FileName -vtd VirtualTargetDevice" },
	{ "unloadopt", VIOS, CHANGES, vios_unloadopt, "[-release] -vtd VirtualTargetDevice" },
	{ "lsvopt", VIOS, 0, vios_lsvopt, "[-vtd VirtualTargetDevice] " FIELDS },
	{ "lsnports", VIOS, 0, vios_lsnports, FIELDS },
	{ "vfcmap", VIOS, CHANGES, vios_vfcmap, "-vadapter VirtualServerAdapter -fcp [FCPName]" },
	{ "ioslevel", VIOS, 0, vios_ioslevel, "" },
	{ "hostname", VIOS, CHANGES, vios_hostname, "[NewHostName]" },
	{ "lslparinfo", VIOS, 0, vios_lslparinfo, "" },
	{ "license", VIOS, CHANGES | UNLICENSED, vios_license, "[-ls] [-view] [-accept] [-lang Language]" },
	{ "lstcpip", VIOS, 0, vios_lstcpip, "[-num] [-stored] [-adapters] [-interfaces] [-routtable] [-namesrv] [-state]" },
	{ "mktcpip", VIOS, CHANGES, vios_mktcpip,
	    "-hostname HostName -inetaddr Address -interface Interface [-start] [-netmask SubnetMask]\n"
	    "[-cabletype CableType] [-gateway Gateway] [-nsrvaddr NameServerAddress -nsrvdomain Domain]" },
	{ "chtcpip", VIOS, CHANGES, vios_chtcpip,
	    "-interface Interface -inetaddr Address [-netmask SubnetMask]\n"
	    "-interface Interface -gateway -add NewGateway -remove OldGateway" },
	{ "rmtcpip", VIOS, CHANGES, vios_rmtcpip, "{-all | -interface Interface} [-f]" },
	{ "chdate", VIOS, CHANGES, vios_chdate,
	    "[mmddHHMM[YYyy | yy]] [-timezone TimeZone]\n[-year YYyy] [-month mm] [-day dd] [-hour HH] [-minute MM] "
	    "[-timezone TimeZone]" },
	{ "lsnetsvc", VIOS, 0, vios_lsnetsvc, "NetworkService" },
	{ "startnetsvc", VIOS, CHANGES, vios_startnetsvc, "NetworkService" },
	{ "stopnetsvc", VIOS, CHANGES, vios_stopnetsvc, "NetworkService" },
	{ "lsuser", VIOS, 0, vios_lsuser, "[ALL | Name[,Name...]]" },
	{ "mkuser", VIOS, CHANGES, vios_mkuser, "[-ldap] [-de | -sr] [-attr Attribute=Value] Name" },
	{ "rmuser", VIOS, CHANGES, vios_rmuser, "[-ldap] [-rmdir] Name" },
	{ "sysstat", VIOS, 0, vios_sysstat, "[-long | -short] [User]" },
	{ "errlog", VIOS, 0, vios_errlog, "[-ls] [-seq Sequence] | -rm Days" },
	{ "lsfware", VIOS, 0, vios_lsfware, "[-all | -dev Name]" },
	{ "shutdown", VIOS, CHANGES, vios_shutdown, "[-force] [-restart]" },
	{ "help", VIOS, UNLICENSED, vios_help, "[CommandName]" },

	{ "mkvg", ROOT, CHANGES, root_mkvg, "[-f] [-S] [-s PartitionSize] [-y VolumeGroup] PhysicalVolume..." },
	{ "bootinfo", ROOT, 0, root_bootinfo, "-s PhysicalVolume" },
	{ "prtconf", ROOT, 0, root_prtconf, "" },
	{ "lsattr", ROOT, 0, root_lsattr, "-El Device [-a Attribute]" },
};
#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *
verb_find(enum verb_kind kind, const char *name)
{
	for (size_t i = 0; i < NVERBS; i++)
		if (verbs[i].kind == kind && strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void
usage_of(const struct verb *v, char *out, size_t size)
{
	/* Two of the partition verbs are known to repeat their name. */
	bool named = strncmp(v->usage, v->name, strlen(v->name)) == 0;

	snprintf(out, size, "%s%s%s", named ? "" : v->name, named ? "" : " ", v->usage);
}

const char *
console_usage(const struct sim_cmd *cmd)
{
	static _Thread_local char text[2048];
	const struct verb *v = verb_find(IVM, cmd->argv[0]);

	if (v == NULL && strcmp(cmd->user, "root") == 0)
		v = verb_find(ROOT, cmd->argv[0]);
	if (v == NULL)
		v = verb_find(VIOS, cmd->argv[0]);
	if (v == NULL)
		return cmd->argv[0];
	usage_of(v, text, sizeof(text));
	return text;
}

int
vios_help(struct sim_cmd *cmd)
{
	const struct verb *v;
	char text[2048];

	if (cmd->argc == 1) {
		for (size_t i = 0; i < NVERBS; i++)
			if (verbs[i].kind != ROOT)
				sim_out_printf(cmd->out, "%s\n", verbs[i].name);
		return 0;
	}
	v = verb_find(IVM, cmd->argv[1]);
	if (v == NULL)
		v = verb_find(VIOS, cmd->argv[1]);
	if (v == NULL)
		return vios_fail_plain(cmd, 1, "Command \"%.60s\" is not valid.", cmd->argv[1]);
	usage_of(v, text, sizeof(text));
	sim_out_printf(cmd->out, "Usage: %s\n", text);
	return 0;
}

/* Name space by the way it was called; argv is shifted behind the word ioscli. */
static const struct verb *
dispatch(struct sim_cmd *cmd)
{
	const struct verb *v;

	if (strcmp(cmd->argv[0], "ioscli") == 0 && cmd->argc > 1) {
		cmd->argv++;
		cmd->argc--;
		return verb_find(VIOS, cmd->argv[0]);
	}
	v = verb_find(IVM, cmd->argv[0]);
	if (v == NULL && strcmp(cmd->user, "root") == 0)
		return verb_find(ROOT, cmd->argv[0]);
	/* The short names are functions of the login profile: an exec request needs "ioscli". */
	return v != NULL ? v : cmd->interactive ? verb_find(VIOS, cmd->argv[0]) : NULL;
}

static int
run_locked(struct sim_cmd *cmd, const struct verb *v)
{
	struct world *w = cmd->world;
	int rv;

	world_lock(w);
	(void)guest_tick(w);
	if (v->kind == VIOS && !w->sys.license && (v->flags & UNLICENSED) == 0)
		rv = vios_fail_plain(cmd, 3, "The license has not been accepted: run license -accept.");
	else if (v->kind == IVM && w->sys.no_ivm)
		rv = ivm_fail(cmd, "VIOSE01010003-0245", "The system is managed by a Hardware Management "
		    "Console: Integrated Virtualization Manager commands are not available.");
	else if (v->kind == VIOS && cmd->argc == 2 && strcmp(cmd->argv[1], "-help") == 0)
		rv = (sim_out_printf(cmd->out, "Usage: %s\n", console_usage(cmd)), 0);
	else
		rv = v->run(cmd);
	if (v->flags & CHANGES)
		world_changed(w);
	(void)guest_tick(w);
	world_save(w);
	world_unlock(w);
	return rv;
}

static int
run_gathered(struct sim_cmd *cmd, const struct verb *v)
{
	struct sim_gathered g;
	int rv;

	sim_gather(&g, cmd);
	rv = run_locked(cmd, v);
	sim_hand_over(&g, cmd);
	return rv;
}

int
console_run(struct sim_cmd *cmd)
{
	struct sim_cmd inner = *cmd;
	const struct verb *v;

	if (cmd->argc < 1)
		return -1;
	if (strcmp(cmd->argv[0], "ioscli") == 0 && cmd->argc == 1) {
		sim_out_puts(cmd->err, "Usage: ioscli Command [Flags]\n");
		return 1;
	}
	v = dispatch(&inner);
	if (v == NULL && strcmp(cmd->argv[0], "ioscli") == 0) {
		sim_out_printf(cmd->err, "Invalid command \"%s\".\nUsage: ioscli Command [Flags]; see help.\n",
		    inner.argv[0]);
		return 1;
	}
	if (v == NULL)
		return -1;
	return v->flags & UNLOCKED ? v->run(&inner) : run_gathered(&inner, v);
}
