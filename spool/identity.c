/* SPDX-License-Identifier: ISC */
/*
 * identity.c - whose request is it?
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "spool/identity.h"
#include "spool/vis.h"

#define PASSWD_BUF 16384	/* one passwd entry; directory services have long ones */

static int
system_name_of(void *arg, uid_t uid, char *name, size_t size)
{
	char	      buf[PASSWD_BUF];
	struct passwd pw, *found = NULL;

	(void)arg;
	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) != 0 || found == NULL)
		return -1;
	return (size_t)snprintf(name, size, "%s", pw.pw_name) < size ? 0 : -1;
}

static int
system_uid_of(void *arg, const char *name, uid_t *uid)
{
	char	      buf[PASSWD_BUF];
	struct passwd pw, *found = NULL;

	(void)arg;
	if (getpwnam_r(name, &pw, buf, sizeof(buf), &found) != 0 || found == NULL)
		return -1;
	*uid = pw.pw_uid;
	return 0;
}

const struct accounts system_accounts = { system_name_of, system_uid_of, NULL };

int
identity_init(struct identity *id, const struct pd_conf *conf, const struct accounts *accounts, uid_t self,
    struct pd_err *e)
{
	id->accounts = accounts;
	id->self = id->service = self;
	if (conf->service_account == NULL)
		return 0;
	if (accounts->uid_of(accounts->arg, conf->service_account, &id->service) == -1)
		return pd_fail(e, PD_BADDATA, "%s: the service account %s does not exist on this host", conf->file,
		    conf->service_account);
	return 0;
}

static int
may_speak_for_others(const struct identity *id, uid_t uid)
{
	return uid == 0 || uid == id->self || uid == id->service;
}

/* The account's name must be the claimed one, byte for byte. */
static int
is_own_name(const struct identity *id, uid_t uid, const char *claimed, char user[JOB_USER_MAX + 1], struct pd_err *e)
{
	char shown[4 * JOB_USER_MAX + 8];

	if (id->accounts->name_of(id->accounts->arg, uid, user, JOB_USER_MAX + 1) == -1)
		return pd_fail(e, PD_DENIED, "uid %lu has no account on this host", (unsigned long)uid);
	if (strcmp(user, claimed) != 0)
		return pd_fail(e, PD_DENIED, "the account %s may not act as %s", user,
		    vis_encode(shown, sizeof(shown), claimed, strlen(claimed)));
	return 0;
}

int
identity_of_file(const struct identity *id, uid_t owner, const struct job *job, struct pd_err *e)
{
	char user[JOB_USER_MAX + 1];

	if (job->origin == JOB_BY_ACCOUNT)
		return is_own_name(id, owner, job->user, user, e);
	if (!may_speak_for_others(id, owner))
		return pd_fail(e, PD_DENIED,
		    "a job by key must come from the service account, this file belongs to uid %lu", (unsigned long)owner);
	return 0;
}

int
identity_of_peer(const struct identity *id, uid_t peer, const char *claimed, enum job_origin origin,
    char user[JOB_USER_MAX + 1], struct pd_err *e)
{
	size_t len = strlen(claimed);

	if (len > JOB_USER_MAX)
		return pd_fail(e, PD_BADDATA, "a user name has at most %d bytes", JOB_USER_MAX);
	if (origin == JOB_BY_KEY && len > 0 && may_speak_for_others(id, peer)) {
		memcpy(user, claimed, len + 1);
		return 0;
	}
	if (len > 0)
		return is_own_name(id, peer, claimed, user, e);
	if (id->accounts->name_of(id->accounts->arg, peer, user, JOB_USER_MAX + 1) == -1)
		return pd_fail(e, PD_DENIED, "uid %lu has no account on this host", (unsigned long)peer);
	return 0;
}
