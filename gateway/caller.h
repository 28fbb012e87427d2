/* SPDX-License-Identifier: ISC */
/*
 * caller.h - who asks, and with which words.
 *
 * Identity is the forced command's --user (only when the process runs as the service account, as root or as the
 * configuration's owner, and has no more rights than its caller), otherwise the real uid's account.  Never the
 * environment.
 */
#ifndef PD_GATEWAY_CALLER_H
#define PD_GATEWAY_CALLER_H

#include "gateway/launch.h"
#include "policy/conf.h"
#include "spool/job.h"

/* The program's own options; the rest of argv is a request. */
struct invocation {
	const char  *conf_file;
	const char  *user;	/* --user, NULL when not given */
	int	     argc;
	char *const *argv;
};

/* powerdirector [-c FILE] [--user NAME] [request...].  A set-id process takes neither option (PD_DENIED). */
int invocation_parse(int argc, char *const *argv, const struct launch *l, struct invocation *inv, struct pd_err *e);

struct caller {
	char		user[JOB_USER_MAX + 1];
	enum job_origin origin;
};

int caller_identify(const struct invocation *inv, const struct pd_conf *conf, struct caller *c, struct pd_err *e);

#endif
