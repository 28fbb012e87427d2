/* SPDX-License-Identifier: ISC */
/* What an HMC says about itself: level, network, file systems, load. */
#include <stdio.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

/* One quoted pair of many lines, as real ones print it. */
static void
print_version(struct sim_cmd *cmd)
{
	const struct hmc *h = cmd->hmc;

	if (h->version < 9)
		sim_out_printf(cmd->out, "\"version= Version: %d\n Release: %d.%d.0\n Service Pack: %d\nHMC Build level %s\n"
		    "\",\"base_version=V%dR%d.%d.0\n\"\n", h->version, h->version, h->release, h->service_pack, h->build,
		    h->version, h->version, h->release);
	else
		sim_out_printf(cmd->out, "\"version= Version: %d\n Release: %d\n Service Pack: %d\nHMC Build level %s\n"
		    "%s - HMC V%dR%d M%d\n\",\"base_version=V%dR%d\n\"\n", h->version, h->release, h->service_pack,
		    h->build, h->fix, h->version, h->release, h->service_pack, h->version, h->release);
}

/* The release as *RM has it: V8R8.2.0.0 up to V8; later ones (unconfirmed). */
static void
print_vpd(struct sim_cmd *cmd)
{
	const struct hmc *h = cmd->hmc;
	char level[48];

	if (h->version < 9)
		snprintf(level, sizeof(level), "V%dR%d.%d.0.0", h->version, h->version, h->release);
	else
		snprintf(level, sizeof(level), "V%dR%d M%d", h->version, h->release, h->service_pack);
	sim_out_printf(cmd->out, "\"vpd=*FC ????????\n*VC 20.0\n*N2 Sat Nov 21 00:00:00 UTC 2026\n*FC ????????\n"
	    "*DS Hardware Management Console\n*TM %s\n*SE %s\n*MN IBM\n*PN Unknown\n*SZ 16777216\n*OS Embedded Operating "
	    "Systems\n*NA %s\n*FC ????????\n*DS Platform Firmware\n*RM %s\n\"\n", h->type_model, h->serial, h->ipaddr, level);
}

/* ---- what is listed by attributes ---- */

GET_STR(net_name, r->h->name)
GET_STR(net_domain, r->h->domain)
GET_STR(net_address, r->h->ipaddr)

static const struct hmc_attr net_attrs[] = {
	{ "hostname", net_name, NULL, false }, { "domain", net_domain, NULL, false }, { "ipaddr", net_address, NULL, false },
	{ "networkmask", NULL, "255.255.255.0", false }, { "gateway", NULL, "", false }, { "nameserver", NULL, "", false },
	{ "domainsuffix", NULL, "", false }, { "slipipaddr", NULL, "10.253.0.1", false },
	{ "slipnetmask", NULL, "255.255.0.0", false }, { "ipaddrlpar", net_address, NULL, false },
	{ "networkmasklpar", NULL, "255.255.255.0", false }, { "clients", NULL, "", false },
	{ "ipv4addr_eth0", net_address, NULL, false }, { "ipv4netmask_eth0", NULL, "255.255.255.0", false },
	{ "ipv4dhcp_eth0", NULL, "off", false }, { "ipv6addr_eth0", NULL, "", false },
	{ "ipv6auto_eth0", NULL, "off", false }, { "ipv6privacy_eth0", NULL, "off", false },
	{ "ipv6dhcp_eth0", NULL, "off", false }, { "lparcomm_eth0", NULL, "on", false },
	{ "jumboframe_eth0", NULL, "off", false }, { "speed_eth0", NULL, "auto", false },
	{ "duplex_eth0", NULL, "auto", false }, { "tso_eth0", NULL, "off", false },
};

static const struct hmc_attr remote_attrs[] = {
	{ "ssh", NULL, "enable", false }, { "sshprotocol", NULL, "", false }, { "remotewebui", NULL, "enable", false },
	{ "xntp", NULL, "disable", false }, { "xntpserver", NULL, "127.127.1.0", false }, { "syslogserver", NULL, "", false },
	{ "syslogtcpserver", NULL, "", false }, { "syslogtlsserver", NULL, "", false }, { "netboot", NULL, "disable", false },
	{ "altdiskboot", NULL, "disable", false }, { "ldap", NULL, "disable", false }, { "kerberos", NULL, "disable", false },
	{ "kerberos_default_realm", NULL, "", false }, { "kerberos_realm_kdc", NULL, "", false },
	{ "kerberos_clockskew", NULL, "", false }, { "kerberos_ticket_lifetime", NULL, "", false },
	{ "kpasswd_admin", NULL, "", false }, { "trace", NULL, "", false }, { "kerberos_keyfile_present", NULL, "", false },
	{ "legacyhmccomm", NULL, "disable", false }, { "sol", NULL, "disabled", false },
};

/* Value (unconfirmed). */
static const struct hmc_attr bios_attrs[] = { { "bios", NULL, "TOE 2.60", false } };
static const struct hmc_attr locale_attrs[] = { { "locale", NULL, "en_US.UTF-8", false } };

#define OF_HMC(kind, a) { kind, a, sizeof(a) / sizeof((a)[0]), NULL, 0 }

static int
list_self(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct {
		const char *flag;
		struct hmc_listing ls;
	} what[] = { { "-n", OF_HMC("hmc.net", net_attrs) }, { "-r", OF_HMC("hmc.remote", remote_attrs) },
		{ "-b", OF_HMC("hmc.bios", bios_attrs) }, { "-l", OF_HMC("hmc.locale", locale_attrs) } };
	struct list rows = { 0 };
	int rv = -1;

	(void)row_add(&rows, cmd->hmc, NULL, NULL);
	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]) && rv == -1; i++)
		if (opt_has(o, what[i].flag))
			rv = hmc_list(cmd, o, cmd->hmc->version, &what[i].ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

int
hmc_lshmc(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-V", OPT_FLAG }, { "-v", OPT_FLAG }, { "-n", OPT_FLAG }, { "-r", OPT_FLAG }, { "-b", OPT_FLAG },
		{ "-l", OPT_FLAG }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	static const char usage[] = "lshmc -v | -V | -n | -r | -b | -l [-F [\"<attribute names>\"] [--header]] [--help]";
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", usage);

	if (rv != -1)
		return rv;
	if (opt_has(&o, "-V"))
		print_version(cmd);
	else if (opt_has(&o, "-v"))
		print_vpd(cmd);
	else if ((rv = list_self(cmd, &o)) != -1)
		return rv;
	else {
		sim_out_printf(cmd->out, "Usage: %s\n", usage);
		return 1;
	}
	return 0;
}

/* ---- its file systems, memory and processors ---- */

struct filesystem {
	const char *mount, *device;
	int size_mb, used_mb;
};

static const struct filesystem filesystems[] = {
	{ "/", "/dev/sda2", 15751, 9120 }, { "/var", "/dev/sda3", 5983, 910 },
	{ "/dump", "/dev/sda6", 59184, 3260 }, { "/extra", "/dev/mapper/HmcVG-extralv", 19986, 45 },
};
#define NFS (sizeof(filesystems) / sizeof(filesystems[0]))

static const struct filesystem *
fs_of(const struct row *r)
{
	return r->x;
}

GET_STR(fs_mount, fs_of(r)->mount)
GET_INT(fs_size, fs_of(r)->size_mb)
GET_INT(fs_avail, fs_of(r)->size_mb - fs_of(r)->used_mb)
GET(fs_time, text_time(t, hmc_now(r->h) / 86400000 * 86400000))

static const struct hmc_attr fs_attrs[] = {
	{ "filesystem", fs_mount, NULL, false }, { "filesystem_size", fs_size, NULL, false },
	{ "filesystem_avail", fs_avail, NULL, false }, { "temp_files_start_time", fs_time, NULL, false },
	{ "temp_files_size", NULL, "181", false },
};

static void
filter_fs(const void *row, struct text *t)
{
	(void)fs_mount(row, t);
}

int
hmc_lshmcfs(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { HMC_LISTING_OPTS, { NULL, OPT_END } };
	static const struct hmc_filter filters[] = { { "filesystems", filter_fs, NULL, NULL } };
	static const struct hmc_listing ls = HMC_LISTING("hmcfs", fs_attrs, filters);
	struct list rows = { 0 };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", "lshmcfs [--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	for (size_t i = 0; i < NFS; i++)
		row_add(&rows, cmd->hmc, NULL, NULL)->x = &filesystems[i];
	rv = hmc_list(cmd, &o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

static void
print_disks(struct sim_cmd *cmd)
{
	sim_out_puts(cmd->out, "Filesystem           1K-blocks      Used Available Use% Mounted on\n");
	for (size_t i = 0; i < NFS; i++) {
		const struct filesystem *f = &filesystems[i];

		sim_out_printf(cmd->out, "%-20s %9d %9d %9d %3d%% %s\n", f->device, f->size_mb * 1024, f->used_mb * 1024,
		    (f->size_mb - f->used_mb) * 1024, 100 * f->used_mb / f->size_mb, f->mount);
	}
}

/* -n is the interval; only 0, once, is modelled: whatever is given, it prints once. */
int
hmc_monhmc(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-r", OPT_ONE }, { "-n", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	int seconds, rv = hmc_options(cmd, &o, def, "-r", "monhmc -r disk | mem | proc | swap [-n <interval>]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "disk mem proc swap") != 0)
		return 1;
	if (opt_has(&o, "-n") && !parse_int(opt_str(&o, "-n"), 0, 3600, &seconds))
		return hmc_missing(cmd, "-n");
	switch (opt_str(&o, "-r")[0]) {
	case 'd':
		print_disks(cmd);
		break;
	case 'm':
		sim_out_puts(cmd->out, "Mem:   4095732k total,  2989948k used,  1105784k free,   445448k buffers\n");
		break;
	case 's':
		sim_out_puts(cmd->out, "Swap:  2040244k total,    42836k used,  1997408k free,  1808320k cached\n");
		break;
	default:
		for (int i = 0; i < 2; i++)
			sim_out_printf(cmd->out, "Cpu%d  :  0.3%%us,  0.3%%sy,  0.0%%ni, 99.4%%id,  0.0%%wa,  0.0%%hi,  "
			    "0.0%%si,  0.0%%st\n", i);
	}
	return 0;
}
