/* SPDX-License-Identifier: ISC */
/*
 * sessions.h - a worker's connections: to its platform's console, and to those of its VIOSes that are reached by themselves.
 *
 * platform is the director's (spool/workers.h): address, port, user, key_file, host_key, or programs when it is this host;
 * vios_access: [{name, system, address, port, user, key_file, host_key}].  Each connects at its first command and stays open.
 */
#ifndef PD_HANDLERS_SESSIONS_H
#define PD_HANDLERS_SESSIONS_H

#include <jansson.h>
#include <stddef.h>

#include "handlers/transport.h"
#include "spool/err.h"

#define SESSION_VIOSES_MAX 32	/* gateway/verbs.c: --vios-access */
#define SESSION_PORTS_MAX  (SESSION_VIOSES_MAX + 2)

struct sessions {
	struct transport *console;	/* NULL = no platform yet */
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

/* The directories of the console's programs when the platform is this host; their number, 0 = it is another one. */
size_t sessions_programs(const json_t *platform, const char **dirs, size_t max);
/* The TCP ports that are connected to; their number. */
size_t sessions_ports(const json_t *platform, int ports[SESSION_PORTS_MAX]);

/* Registration: is every host key known?  -1, PD_BADDATA says which ones the others show, for a person to compare. */
int sessions_know_keys(const json_t *platform, struct pd_err *e);

#endif
