/* SPDX-License-Identifier: ISC */
/*
 * pam.h - what the site's PAM stack says about the caller: may the account be used now, and, for some verbs,
 * is it really he.
 */
#ifndef PD_GATEWAY_PAM_H
#define PD_GATEWAY_PAM_H

#include "gateway/caller.h"
#include "gateway/launch.h"
#include "policy/conf.h"

/* Account management: expiry, access, time.  PD_ACCOUNT with PAM's reason. */
int pam_account(const struct pd_conf *conf, const struct caller *c, const struct launch *l, struct pd_err *e);

/*
 * A second authentication: done already (sshd's keyboard-interactive, believed for the service account only), or
 * asked on the terminal without echo.  PD_ACCOUNT when it fails or there is no terminal.
 */
int pam_again(const struct pd_conf *conf, const struct caller *c, const struct launch *l, struct pd_err *e);

/* Does sshd's list of passed authentications (text of the file in SSH_USER_AUTH) show keyboard-interactive by PAM? */
int pam_list_shows_second(const char *list);

#endif
