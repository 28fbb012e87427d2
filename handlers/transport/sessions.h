/* SPDX-License-Identifier: ISC */
/*
 * sessions.h - a worker's connections: to its platform's console, and to those of its VIOSes that are reached by themselves.
 *
 * platform is the director's (spool/run/workers.h): address, port, user, key_file, host_key, or programs when it is this host;
 * vios_access: [{name, system, address, port, user, key_file, host_key}]; second_address, second_port, second_host_key: another
 * console of the same systems (handlers/transport/transport.h: pair), start_with 1: which of the two the job begins with.  Each connects at its first
 * command and stays open.
 */
#ifndef PD_HANDLERS_TRANSPORT_SESSIONS_H
#define PD_HANDLERS_TRANSPORT_SESSIONS_H

#include <jansson.h>
#include <stddef.h>

#include "handlers/transport/transport.h"
#include "spool/err.h"

#define SESSION_VIOSES_MAX 32	/* gateway/verbs.c: --vios-access */
#define SESSION_PORTS_MAX  (SESSION_VIOSES_MAX + 2)

struct sessions {
	struct transport *console;	/* NULL = no platform yet */
	int		  is_pair;
	json_t		 *platform;
	struct transport *vios[SESSION_VIOSES_MAX];	/* of the elements of vios_access; NULL = not needed yet */
	int		(*stop)(void *arg);	/* of each */
	void		 *stop_arg;
};

/* The open ones when they lead to this platform, else new ones. */
int  sessions_use(struct sessions *s, json_t *platform, struct pd_err *e);
void sessions_drop(struct sessions *s);
/* The session of an element of vios_access of the platform in use. */
struct transport *sessions_vios(struct sessions *s, const json_t *access, struct pd_err *e);

/* What this job has found out about its two consoles: [{"contact","why"},{..}]; NULL = there is one.  The caller's. */
json_t *sessions_consoles(struct sessions *s);
/* The second one by itself; NULL = there is none. */
struct transport *sessions_second(struct sessions *s);
const char *sessions_contact(enum contact contact);	/* "answered", "silent", "refused", "" */

/* The directories of the console's programs when the platform is this host; their number, 0 = it is another one. */
size_t sessions_programs(const json_t *platform, const char **dirs, size_t max);
/* The TCP ports that are connected to; their number. */
size_t sessions_ports(const json_t *platform, int ports[SESSION_PORTS_MAX]);

/* Registration: is every host key known?  -1, PD_BADDATA says which ones the others show, for a person to compare. */
int sessions_know_keys(const json_t *platform, struct pd_err *e);

#endif
