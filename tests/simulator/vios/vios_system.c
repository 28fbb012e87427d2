/* SPDX-License-Identifier: ISC */
/* The VIOS itself: level, licence, name, date, services, users, and small answers. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/simulator/ivm/ivm.h"
#include "tests/simulator/network.h"
#include "tests/simulator/storage.h"
#include "vios.h"

int
vios_ioslevel(struct sim_cmd *cmd)
{
	if (cmd->argc > 1)
		return vios_usage(cmd, "Too many arguments.");
	sim_out_printf(cmd->out, "%s\n", cmd->world->sys.ioslevel);
	return 0;
}

int
vios_hostname(struct sim_cmd *cmd)
{
	struct system *sys = &cmd->world->sys;

	if (cmd->argc > 2 || (cmd->argc == 2 && cmd->argv[1][0] == '-'))
		return vios_usage(cmd, "One host name is possible.");
	if (cmd->argc == 2) {
		if (strlen(cmd->argv[1]) >= sizeof(sys->hostname) ||
		    strspn(cmd->argv[1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") !=
		    strlen(cmd->argv[1]))
			return vios_usage(cmd, "The host name is not valid.");
		str_set(sys->hostname, sizeof(sys->hostname), cmd->argv[1]);
		world_changed(cmd->world);
	}
	sim_out_printf(cmd->out, "%s\n", sys->hostname);
	return 0;
}

int
vios_lslparinfo(struct sim_cmd *cmd)
{
	sim_out_printf(cmd->out, "%d %s\n", cmd->world->sys.vios_id, lpar_vios(cmd->world)->name);
	return 0;
}

int
vios_license(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-accept", OPT_FLAG }, { "-view", OPT_FLAG }, { "-ls", OPT_FLAG }, { "-lang", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-accept")) {
		cmd->world->sys.license = 1;
		world_changed(cmd->world);
		return 0;
	}
	if (opt_has(&o, "-view"))
		sim_out_puts(cmd->out, "This is the licence text of a simulated Virtual I/O Server.\n");
	else if (opt_has(&o, "-ls"))
		sim_out_puts(cmd->out, "Available license:\nen_US\n");
	else
		sim_out_puts(cmd->out, cmd->world->sys.license ?
		    "The license has been accepted\nen_US\n" : "The license has not been accepted yet\n");
	return 0;
}

/* A number of exactly n digits, or not given at all. */
static bool
digits_ok(const char *s, size_t n)
{
	return s == NULL || (strlen(s) == n && strspn(s, "0123456789") == n);
}

/* The simulator keeps the real clock: a new time is checked and then forgotten. */
int
vios_chdate(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-year", OPT_ONE }, { "-month", OPT_ONE }, { "-day", OPT_ONE }, { "-hour", OPT_ONE },
		{ "-minute", OPT_ONE }, { "-timezone", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	time_t now = time(NULL);
	char buf[64];
	struct tm tm;
	size_t n;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	n = o.npos > 0 ? strlen(o.pos[0]) : 8;
	if (o.npos > 1 || (n != 8 && n != 10 && n != 12) || (o.npos == 1 && strspn(o.pos[0], "0123456789") != n) ||
	    !digits_ok(opt_str(&o, "-month"), 2) || !digits_ok(opt_str(&o, "-day"), 2) ||
	    !digits_ok(opt_str(&o, "-hour"), 2) || !digits_ok(opt_str(&o, "-minute"), 2))
		return vios_usage(cmd, "The date is not valid.");
	if (opt_has(&o, "-timezone")) {
		str_set(cmd->world->sys.timezone, sizeof(cmd->world->sys.timezone), opt_str(&o, "-timezone"));
		world_changed(cmd->world);
	}
	gmtime_r(&now, &tm);
	strftime(buf, sizeof(buf), "%a %b %e %H:%M:%S %%s %Y", &tm);
	if (cmd->argc == 1) {
		char *zone = strstr(buf, "%s");

		sim_out_printf(cmd->out, "%.*s%s%s\n", (int)(zone - buf), buf, cmd->world->sys.timezone, zone + 2);
	}
	return 0;
}

/* ---- network services ---- */

static const char *const services[] = {
	"ssh", "telnet", "ftp", "xntpd", "inetd", "cimserver", "snmp", "ldap", "ndpd-host", "tracelog",
	"errorlog",
};

static bool
service_known(const char *name)
{
	for (size_t i = 0; i < NCOLS(services); i++)
		if (strcmp(services[i], name) == 0)
			return true;
	return false;
}

static bool
service_active(const struct world *w, const char *name)
{
	const char *s = devattr_get(w, "services", name);

	if (s != NULL)
		return strcmp(s, "active") == 0;
	return strcmp(name, "ssh") == 0 || strcmp(name, "inetd") == 0;
}

int
vios_lsnetsvc(struct sim_cmd *cmd)
{
	if (cmd->argc != 2)
		return vios_usage(cmd, "One network service is required.");
	if (!service_known(cmd->argv[1]))
		return vios_fail_plain(cmd, 9, "\"%.60s\" is not a valid network service.", cmd->argv[1]);
	sim_out_printf(cmd->out, "%s\n", service_active(cmd->world, cmd->argv[1]) ? "active" : "not active");
	return 0;
}

static int
service_switch(struct sim_cmd *cmd, bool on)
{
	const char *name = cmd->argc == 2 ? cmd->argv[1] : "";

	if (cmd->argc != 2)
		return vios_usage(cmd, "One network service is required.");
	if (!service_known(name) && strcmp(name, "ALL") != 0)
		return vios_fail_plain(cmd, 9, "\"%.60s\" is not a valid network service.", name);
	for (size_t i = 0; i < NCOLS(services) - 2 || strcmp(name, "ALL") != 0; i++) {
		if (i == NCOLS(services))
			break;
		if (strcmp(name, "ALL") != 0 && strcmp(name, services[i]) != 0)
			continue;
		devattr_set(cmd->world, "services", services[i], on ? "active" : "not active");
		if (on)
			sim_out_printf(cmd->out, "0513-059 The %s Subsystem has been started. Subsystem PID is %u.\n",
			    services[i], 356522u + (unsigned)i);
		else
			sim_out_printf(cmd->out, "0513-044 The /usr/sbin/%s Subsystem was requested to stop.\n",
			    services[i]);
	}
	return 0;
}

int
vios_startnetsvc(struct sim_cmd *cmd)
{
	return service_switch(cmd, true);
}

int
vios_stopnetsvc(struct sim_cmd *cmd)
{
	return service_switch(cmd, false);
}

/* ---- users ---- */

static void
print_user(struct sim_cmd *cmd, const char *name, const char *roles)
{
	sim_out_printf(cmd->out, "%s roles=%s account_locked=false expires=0 histexpire=0 histsize=0 "
	    "loginretries=0 maxage=0 maxexpired=-1 maxrepeats=8 minage=0 minalpha=0 mindiff=0 minlen=0 "
	    "minother=0 pwdwarntime=0\n", name, roles);
}

int
vios_lsuser(struct sim_cmd *cmd)
{
	const char *who = cmd->argc > 1 ? cmd->argv[1] : "ALL";
	bool all = strcmp(who, "ALL") == 0, found = false;

	if (cmd->argc > 2)
		return vios_usage(cmd, "Too many arguments.");
	if (all || word_listed(who, "padmin")) {
		print_user(cmd, "padmin", "PAdmin");
		found = true;
	}
	LIST_EACH(struct devattr, a, &cmd->world->attrs)
		if (strcmp(a->dev, "users") == 0 && (all || word_listed(who, a->attr))) {
			print_user(cmd, a->attr, a->value);
			found = true;
		}
	return found ? 0 : vios_fail_plain(cmd, 2, "3004-687 User \"%.60s\" does not exist.", who);
}

int
vios_mkuser(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-ldap", OPT_FLAG }, { "-de", OPT_FLAG }, { "-sr", OPT_FLAG }, { "-attr", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	const char *name;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	name = o.npos > 0 ? o.pos[o.npos - 1] : "";
	if (o.npos == 0 || !isalpha((unsigned char)name[0]) || strlen(name) > 15 || strpbrk(name, " ,=/\"'") != NULL)
		return vios_usage(cmd, "A user name is required.");
	if (strcmp(name, "padmin") == 0 || devattr_get(cmd->world, "users", name) != NULL)
		return vios_fail_plain(cmd, 1, "3004-689 User \"%s\" already exists.", name);
	devattr_set(cmd->world, "users", name, opt_has(&o, "-de") ? "DEUser" : opt_has(&o, "-sr") ? "SRUser" :
	    opt_has(&o, "-attr") && strcmp(opt_str(&o, "-attr"), "pgrp=view") == 0 ? "ViewOnly" : "RunDiagnostics");
	return 0;
}

int
vios_rmuser(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-ldap", OPT_FLAG }, { "-rmdir", OPT_FLAG }, { NULL, OPT_END } };
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (o.npos != 1)
		return vios_usage(cmd, "One user name is required.");
	if (devattr_get(cmd->world, "users", o.pos[0]) == NULL)
		return vios_fail_plain(cmd, 2, "3004-687 User \"%.60s\" does not exist.", o.pos[0]);
	devattr_set(cmd->world, "users", o.pos[0], NULL);
	return 0;
}

/* ---- small answers ---- */

int
vios_sysstat(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-short", OPT_FLAG }, { "-long", OPT_FLAG }, { NULL, OPT_END } };
	const struct lpar *v = lpar_vios(cmd->world);
	long long up = v->t.active_ms == 0 ? 0 : (world_now(cmd->world) - v->t.active_ms) / 1000;
	time_t now = time(NULL);
	struct opts o;
	char buf[32];
	struct tm tm;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	gmtime_r(&now, &tm);
	strftime(buf, sizeof(buf), "%I:%M%p", &tm);
	sim_out_printf(cmd->out, "%s   up %lld days,   %lld:%02lld,  1 users,  load average: 0.32, 0.43, 0.36\n",
	    buf, up / 86400, up / 3600 % 24, up / 60 % 60);
	if (!opt_has(&o, "-short"))
		sim_out_puts(cmd->out, "User     tty          login@       idle      JCPU      PCPU what\n");
	return 0;
}

int
vios_errlog(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-ls", OPT_FLAG }, { "-seq", OPT_ONE }, { "-rm", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (!opt_has(&o, "-rm") && !opt_has(&o, "-seq"))
		sim_out_puts(cmd->out, "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n");
	return 0;
}

int
vios_lsfware(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-all", OPT_FLAG }, { "-dev", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	sim_out_puts(cmd->out, "system:AL740_121 (t) AL740_110 (p) AL740_121 (t)\n");
	return 0;
}

/* Without -force it asks; then the same as chsysstate for partition 1. */
int
vios_shutdown(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-force", OPT_FLAG }, { "-restart", OPT_FLAG }, { NULL, OPT_END } };
	char words[][16] = { "chsysstate", "-r", "lpar", "-o", "shutdown", "--id", "1" };
	char *argv[] = { words[0], words[1], words[2], words[3], words[4], words[5], words[6], NULL };
	struct sim_cmd stop = *cmd;
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (!opt_has(&o, "-force")) {
		sim_out_puts(cmd->out, "Shutting down the VIOS could affect Client Partitions. Continue [y|n]?\n");
		if (cmd->in_len == 0 || tolower((unsigned char)cmd->in[0]) != 'y')
			return 1;
	}
	if (cmd->world->host != NULL) {
		cmd->world->host->vios_stop(cmd->world->host->arg, cmd->world, opt_has(&o, "-restart"));
		return 0;
	}
	stop.argv = argv;
	stop.argc = 7;
	return ivm_chsysstate(&stop);
}

int
root_prtconf(struct sim_cmd *cmd)
{
	const struct system *sys = &cmd->world->sys;

	sim_out_printf(cmd->out, "System Model: IBM,%s\nMachine Serial Number: %s\nProcessor Type: PowerPC_POWER7\n"
	    "Processor Implementation Mode: POWER 7\nProcessor Version: PV_7_Compat\nNumber Of Processors: %d\n"
	    "Processor Clock Speed: 3550 MHz\nCPU Type: 64-bit\nKernel Type: 64-bit\nLPAR Info: %d %s\n"
	    "Memory Size: %d MB\nHost Name: %s\n", sys->type_model, sys->serial,
	    lpar_vios(cmd->world)->curr.procs, cmd->world->sys.vios_id, lpar_vios(cmd->world)->name,
	    lpar_vios(cmd->world)->curr.mem, sys->hostname);
	return 0;
}
