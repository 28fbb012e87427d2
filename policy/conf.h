/* SPDX-License-Identifier: ISC */
/*
 * conf.h - powerdirector.conf, parsed once into this struct and never changed after.
 *
 * powerdirector.conf(5) describes the file; policy/powerdirector.conf is the commented sample
 * that the tests feed to this parser.  Errors name file and line.
 */
#ifndef PD_POLICY_CONF_H
#define PD_POLICY_CONF_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/err.h"

#define CONF_FILE_MAX (4 * 1024 * 1024)

#define CONSOLE_PROGRAMS_MAX 16

struct pd_list {
	char **item;
	size_t n;
};

/* Amounts; -1 = not limited.  Also what is used and what a request adds. */
struct pd_amounts {
	int64_t vms;
	int64_t units;	/* processing units, hundredths */
	int64_t procs;	/* virtual processors (dedicated: processors) */
	int64_t memory;	/* MiB */
	int64_t disk;	/* MiB */
};

enum pd_scope { SCOPE_OWN, SCOPE_TENANT, SCOPE_ALL };	/* whose VMs and jobs a role sees and touches */

struct pd_role {
	char	      *name;
	int	       line;
	struct pd_list verbs;	/* "*" = all */
	struct pd_list again;	/* verbs that need a second authentication */
	enum pd_scope  scope;
};

/*
 * How long VMs of a tenant are there.  At the end of its lease a VM is stopped; it is deleted when it has been off for
 * that for the grace, only where that is asked for.
 */
#define LEASE_WARNING_S (7 * 86400)
struct pd_lease {
	int	line;		/* 0: the tenant's VMs have no lease, unless one is asked for */
	int64_t default_s;	/* of a request that names none */
	int64_t longest_s;	/* from the request on; administrators may give more, or none */
	int64_t grace_s;
	int64_t warning_s;	/* before the end, and before the deletion */
	int	deletes;
};

struct pd_tenant {
	char		     *name;
	int		      line;
	const struct pd_role *role;
	struct pd_list	      members;
	struct pd_amounts     quota;		/* of the tenant */
	struct pd_amounts     user_quota;	/* of each member */
	struct pd_amounts     vm_limit;		/* of one VM; .vms unused */
	int64_t		      max_disks, max_networks;	/* per VM; -1 = the program's own bound */
	struct pd_lease	      lease;
	struct pd_list	      features;		/* words of policy_features; "*" = all */
	struct pd_list	      images, networks, platforms, pools, media;	/* allowed names; "*" and a trailing * match */
	int		      weight;		/* share of the scheduler, 1..100 */
};

/* A network that a tenant may ask for by name or by its VLAN. */
struct pd_network {
	char	*name;
	int	 line;
	int	 vlan;			/* 1..4094 */
	int	 is_internal;		/* between VMs of one system: no VIOS carries it */
	uint32_t address, mask;		/* IPv4 range of addresses, host order; mask 0 = any */
	char	*gateway, *dns1, *dns2, *domain;	/* defaults, NULL = none */
};

/* Where a VM goes that fits on several systems. */
enum placement_policy { PLACEMENT_SPREAD, PLACEMENT_PACK };

/*
 * All VMs made of an image with one of these products, on these systems, in these shared processor pools, have at most
 * so many processing units together.
 */
#define LICENSE_DEFAULT_POOL "DefaultPool"	/* as consoles call the pool of VMs that name none */
struct pd_license {
	char	      *name;
	int	       line;
	struct pd_list products;	/* labels of images, patterns; none = every VM, of whatever image */
	struct pd_list systems;		/* patterns; none = all */
	struct pd_list pools;		/* of processors, patterns; none = all VMs, those with processors of their own, too */
	int64_t	       units;		/* hundredths */
};

/* Numbers base, base + step, ...; base 0 = the console's own choice. */
struct pd_numbers {
	int64_t base, step;
};

/* Which partition ids and virtual slots VMs get on the systems of one platform. */
struct pd_platform_rules {
	char		 *name;
	int		  line;
	struct pd_numbers lpar_ids;
	struct pd_numbers server_slots;	/* of a VIOS; the system's next VIOS has slot_offset more */
	int64_t		  slot_offset;
	struct pd_numbers client_slots;	/* of a VM: one for each VIOS */
};
#define CLIENT_SLOT_MOST 14	/* above it are its network adapters (handlers/vm/vm_spec.c) */

struct pd_conf {
	char  *file;			/* its path */
	char  *text;			/* its bytes */
	size_t text_len;
	char   digest[65];		/* SHA-256 of them, hex; "" until conf_digest() */
	char  *spool, *state, *socket;	/* directories; path of the query socket */
	char  *templates;		/* directory with ivm/, ... */
	char  *keys;			/* directory of the platforms' private keys */
	char  *worker;			/* path of powerdirector-worker */
	struct pd_list console_programs;	/* directories of the VIOS's own programs, for a platform that is this host */
	char  *pam_directory;		/* NULL: the system's own */
	char  *pam_service;
	char  *service_account;		/* owner of the forced-command keys, may be NULL */
	char  *spool_group;		/* group of the setgid gateway, may be NULL */
	int64_t jobs_per_platform, jobs_per_hmc, jobs_total;	/* that run at the same time */
	int64_t pending_per_user, pending_total;	/* jobs that are not finished */
	int64_t bytes_per_user_mib, bytes_total_mib;	/* of their job files */
	int64_t followers_per_user, followers_total;
	int64_t requests_per_minute;			/* of one user; 0 = not limited */
	int64_t log_size_mib;				/* of one job */
	int64_t disk_warn, disk_refuse;			/* percent of a file system that are free */
	int64_t disk_reserve_mib;
	int64_t once_keep_s;
	int64_t retry_first_s, retry_longest_s;	/* back-off of a console that does not answer */
	int64_t platform_wait_s;		/* a job waits for its platform so long */
	int64_t worker_idle_s, worker_jobs;	/* a warm worker retires after either */
	int64_t history_page, history_witness, history_refusals;
	int record_consoles;		/* what VMs' consoles say is kept below state */
	int64_t keep_history_s;		/* 0 = for ever */
	int64_t inventory_every_s;	/* 0 = never by itself */
	int64_t leases_per_hour;	/* jobs that the director makes for leases; 0 = none */
	int64_t lease_settle_s;		/* the clock has gone evenly for so long before one is made */
	enum placement_policy placement;
	struct pd_role	  *roles;    size_t nroles;
	struct pd_tenant  *tenants;  size_t ntenants;
	struct pd_network *networks; size_t nnetworks;
	struct pd_license *licenses; size_t nlicenses;
	struct pd_platform_rules *rules; size_t nrules;
};

/*
 * Loads and checks path.  It must be a regular file owned by root or by uid `owner`, not writable by others (PD_DENIED
 * otherwise); any mistake in it is PD_BADDATA with "FILE:LINE: what, what to do".  The environment is not looked at.
 */
int  conf_load(const char *path, uid_t owner, struct pd_conf **conf, struct pd_err *e);
void conf_free(struct pd_conf *conf);	/* NULL is fine */

/* The same from bytes in memory, without the checks of the file; name is for messages. */
int conf_parse(const char *name, const char *text, size_t len, struct pd_conf **conf, struct pd_err *e);

/*
 * Fills conf->digest, once, right after loading.  Apart from conf_load() because libcrypto would double the time that
 * the gateway takes to start; the director calls it.
 */
int conf_digest(struct pd_conf *conf, struct pd_err *e);

#endif
