/* SPDX-License-Identifier: ISC */
/*
 * pam.c - account management and second authentication by the site's PAM stack.
 *
 * Every return code but PAM_SUCCESS is a no: modules answer the same refusal with different
 * codes.  pam_end() runs on every path.  The user that PAM ends with must be the one that it was
 * given.  A module that hangs is ended by a timer, whose handler does nothing but say so and leave.
 */
#include <security/pam_appl.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/pam.h"
#include "gateway/terminal.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"
#include "spool/vis.h"

#define ACCOUNT_LIMIT_S 60	/* directory services time out before */
#define AUTH_LIMIT_S	900	/* a person types; each question has its own, shorter limit */
#define MESSAGES_MAX	8	/* of one conversation call; PAM's own bound is 32 */
#define AUTH_LIST_MAX	(64 * 1024)

/* What the conversation function works with. */
struct talk {
	int  may_ask;		/* there is a terminal, and authentication is wanted */
	char said[200];		/* the last text of a module, escaped */
};

static void
too_slow(int sig)
{
	static const char text[] = "powerdirector: the account check does not answer; try again later\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) == -1)
		_exit(75);
	_exit(75);
}

static void
limit_time(unsigned seconds)
{
	struct sigaction act = { .sa_handler = seconds > 0 ? too_slow : SIG_DFL };

	(void)sigemptyset(&act.sa_mask);
	(void)sigaction(SIGALRM, &act, NULL);
	(void)alarm(seconds);
}

static void
wipe(struct pam_response *resp, int n)
{
	for (int i = 0; i < n; i++)
		if (resp[i].resp != NULL) {
			port_wipe(resp[i].resp, strlen(resp[i].resp));
			free(resp[i].resp);
		}
	free(resp);
}

static int
one_message(struct talk *t, const struct pam_message *m, struct pam_response *r)
{
	char prompt[200], answer[PAM_MAX_RESP_SIZE];
	int  secret = m->msg_style == PAM_PROMPT_ECHO_OFF, rv;

	vis_encode(prompt, sizeof(prompt), m->msg != NULL ? m->msg : "", m->msg != NULL ? strlen(m->msg) : 0);
	switch (m->msg_style) {
	case PAM_ERROR_MSG:
	case PAM_TEXT_INFO:
		memcpy(t->said, prompt, sizeof(t->said));
		return 0;
	case PAM_PROMPT_ECHO_OFF:
	case PAM_PROMPT_ECHO_ON:
		if (!t->may_ask || terminal_ask(prompt, !secret, answer, sizeof(answer)) == -1)
			return -1;
		r->resp = strdup(answer);
		rv = r->resp != NULL ? 0 : -1;
		port_wipe(answer, sizeof(answer));
		return rv;
	default:
		return -1;
	}
}

static int
converse(int n, const struct pam_message **msg, struct pam_response **resp, void *arg)
{
	struct pam_response *answers;

	if (n < 1 || n > MESSAGES_MAX || msg == NULL)
		return PAM_CONV_ERR;
	answers = calloc((size_t)n, sizeof(*answers));
	if (answers == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < n; i++)
		if (one_message(arg, msg[i], &answers[i]) == -1) {
			wipe(answers, n);
			return PAM_CONV_ERR;
		}
	if (resp != NULL)	/* modules that only tell something pass NULL */
		*resp = answers;
	else
		wipe(answers, n);
	return PAM_SUCCESS;
}

static int
start(const struct pd_conf *conf, const struct caller *c, const struct launch *l, const struct pam_conv *conv,
    pam_handle_t **h)
{
	int rc;

#ifdef __LINUX_PAM__	/* 1.4 and later; elsewhere the service file is the system's */
	if (conf->pam_directory != NULL)
		rc = pam_start_confdir(conf->pam_service, c->user, conv, conf->pam_directory, h);
	else
#endif
		rc = pam_start(conf->pam_service, c->user, conv, h);
	/* An address, never a name: libpam's audit record would ask the name service for it. */
	if (rc == PAM_SUCCESS && l->source[0] != '\0')
		rc = pam_set_item(*h, PAM_RHOST, l->source);
	if (rc == PAM_SUCCESS)
		rc = pam_set_item(*h, PAM_TTY, l->tty);
	if (rc == PAM_SUCCESS)
		rc = pam_set_item(*h, PAM_RUSER, c->user);
	return rc;
}

/* A module may have changed the user (aliases, canonical names): then the policy was asked about somebody else. */
static int
is_still(pam_handle_t *h, const char *user)
{
	const void *now = NULL;

	return pam_get_item(h, PAM_USER, &now) == PAM_SUCCESS && now != NULL && strcmp(now, user) == 0;
}

static int
deny(pam_handle_t *h, int rc, const struct caller *c, const struct talk *t, const char *what, struct pd_err *e)
{
	char why[200];

	if (rc == PAM_SUCCESS)
		return pd_fail(e, PD_ACCOUNT, "%s: PAM answered for another user than %s", what, c->user);
	(void)snprintf(why, sizeof(why), "%s", pam_strerror(h, rc));
	if (t->said[0] != '\0')
		return pd_fail(e, PD_ACCOUNT, "%s for account %s: %s (%s); ask an administrator", what, c->user, t->said, why);
	return pd_fail(e, PD_ACCOUNT, "%s for account %s: %s; ask an administrator", what, c->user, why);
}

int
pam_account(const struct pd_conf *conf, const struct caller *c, const struct launch *l, struct pd_err *e)
{
	struct talk	t = { 0 };
	struct pam_conv conv = { .conv = converse, .appdata_ptr = &t };
	pam_handle_t   *h = NULL;
	int		rc, rv = 0;

	limit_time(ACCOUNT_LIMIT_S);
	rc = start(conf, c, l, &conv, &h);
	if (rc == PAM_SUCCESS)
		rc = pam_acct_mgmt(h, PAM_SILENT);
	if (rc != PAM_SUCCESS || !is_still(h, c->user))
		rv = deny(h, rc, c, &t, "no access", e);
	if (h != NULL)
		(void)pam_end(h, rc);
	limit_time(0);
	return rv;
}

int
pam_list_shows_second(const char *list)
{
	static const char want[] = "keyboard-interactive/pam";
	size_t		  len;

	for (; *list != '\0'; list += len + (list[len] == '\n')) {
		len = strcspn(list, "\n");
		if (len == sizeof(want) - 1 && memcmp(list, want, len) == 0)
			return 1;
	}
	return 0;
}

/* sshd's file: ours, private, regular.  The variable that names it can be forged by who can run code as this uid. */
static int
sshd_has_asked(const struct caller *c, const struct launch *l)
{
	struct stat   st;
	struct pd_err ignored;
	char	     *list;
	size_t	      len;
	int	      shown;

	if (c->origin != JOB_BY_KEY || l->setid || l->user_auth == NULL || l->user_auth[0] != '/')
		return 0;
	if (lstat(l->user_auth, &st) == -1 || !S_ISREG(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077) != 0)
		return 0;
	if (io_read_file(AT_FDCWD, l->user_auth, AUTH_LIST_MAX, &list, &len, &ignored) == -1)
		return 0;
	shown = pam_list_shows_second(list);
	free(list);
	return shown;
}

int
pam_again(const struct pd_conf *conf, const struct caller *c, const struct launch *l, struct pd_err *e)
{
	struct talk	t = { .may_ask = 1 };
	struct pam_conv conv = { .conv = converse, .appdata_ptr = &t };
	pam_handle_t   *h = NULL;
	int		rc, rv = 0;

	if (sshd_has_asked(c, l))
		return 0;
	if (!l->has_tty)
		return pd_fail(e, PD_ACCOUNT, "this command asks who you are once more, on a terminal; use ssh -t");
	limit_time(AUTH_LIMIT_S);
	rc = start(conf, c, l, &conv, &h);
	if (rc == PAM_SUCCESS)
		rc = pam_authenticate(h, PAM_DISALLOW_NULL_AUTHTOK);
	if (rc == PAM_SUCCESS)	/* a password that has expired since, a time that is over */
		rc = pam_acct_mgmt(h, PAM_SILENT);
	if (rc != PAM_SUCCESS || !is_still(h, c->user))
		rv = deny(h, rc, c, &t, "authentication failed", e);
	if (h != NULL)
		(void)pam_end(h, rc);
	limit_time(0);
	return rv;
}
