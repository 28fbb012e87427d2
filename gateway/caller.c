/* SPDX-License-Identifier: ISC */
/*
 * caller.c - who asks, and with which words.
 */
#include <sys/stat.h>

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/caller.h"
#include "spool/vis.h"

#define PASSWD_BUF 16384	/* one passwd entry; directory services have long ones */

/* Letters, digits, . _ -, the first no hyphen: what useradd(8) makes and what is inert everywhere. */
static int
is_user_name(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= JOB_USER_MAX && s[0] != '-' && s[0] != '.' &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* The value of option name at argv[*i], "name VALUE" or "name=VALUE"; NULL when it is another word. */
static const char *
option_value(const char *name, int argc, char *const *argv, int *i)
{
	size_t len = strlen(name);

	if (strcmp(argv[*i], name) == 0)
		return *i + 1 < argc && argv[*i + 1] != NULL ? argv[++*i] : "";
	if (name[1] == '-' && strncmp(argv[*i], name, len) == 0 && argv[*i][len] == '=')
		return argv[*i] + len + 1;
	return NULL;
}

static int
check_options(const struct invocation *inv, const struct launch *l, struct pd_err *e)
{
	char shown[80];

	if (l->setid && (inv->user != NULL || inv->conf_file != NULL))
		return pd_fail(e, PD_DENIED, "-c and --user are not for you to choose here: you are who your account is");
	if (inv->user != NULL && !is_user_name(inv->user))
		return pd_fail(e, PD_USAGE,
		    "--user: \"%s\" is not a user name; write 1 to %d letters, digits, \".\", \"_\" and \"-\"",
		    vis_encode(shown, sizeof(shown), inv->user, strlen(inv->user)), JOB_USER_MAX);
	if (inv->conf_file != NULL && inv->conf_file[0] != '/')
		return pd_fail(e, PD_USAGE, "-c: \"%s\" is not a whole path; write it from the root, as in %s",
		    vis_encode(shown, sizeof(shown), inv->conf_file, strlen(inv->conf_file)), PD_CONF_FILE);
	return 0;
}

int
invocation_parse(int argc, char *const *argv, const struct launch *l, struct invocation *inv, struct pd_err *e)
{
	const char *value;
	int	    i;

	memset(inv, 0, sizeof(*inv));
	for (i = 1; i < argc; i++) {
		if ((value = option_value("-c", argc, argv, &i)) != NULL)
			inv->conf_file = value;
		else if ((value = option_value("--user", argc, argv, &i)) != NULL)
			inv->user = value;
		else
			break;
	}
	inv->argc = argc - i > 0 ? argc - i : 0;
	inv->argv = argv + i;
	if (check_options(inv, l, e) == -1)
		return -1;
	if (inv->conf_file == NULL)
		inv->conf_file = PD_CONF_FILE;
	return 0;
}

/* May this process say for whom it speaks? */
static int
may_name_user(const struct pd_conf *conf, uid_t uid, const char *account)
{
	struct stat st;

	if (uid == 0 || (conf->service_account != NULL && strcmp(conf->service_account, account) == 0))
		return 1;
	return stat(conf->file, &st) == 0 && st.st_uid == uid;
}

int
caller_identify(const struct invocation *inv, const struct pd_conf *conf, struct caller *c, struct pd_err *e)
{
	char	      buf[PASSWD_BUF];
	struct passwd pw, *found = NULL;
	uid_t	      uid = getuid();

	memset(c, 0, sizeof(*c));
	/* One look-up decides both forms; without an account only root may go on, by name. */
	if (getpwuid_r(uid, &pw, buf, sizeof(buf), &found) != 0 || found == NULL) {
		if (uid != 0 || inv->user == NULL)
			return pd_fail(e, PD_DENIED, "uid %lu has no account here; ask an administrator", (unsigned long)uid);
		pw.pw_name = NULL;
	}
	if (inv->user == NULL) {
		if (!is_user_name(pw.pw_name))
			return pd_fail(e, PD_DENIED,
			    "the account of uid %lu has a name that PowerDirector does not take", (unsigned long)uid);
		c->origin = JOB_BY_ACCOUNT;
		(void)snprintf(c->user, sizeof(c->user), "%s", pw.pw_name);
		return 0;
	}
	if (!may_name_user(conf, uid, pw.pw_name != NULL ? pw.pw_name : ""))
		return pd_fail(e, PD_DENIED, "--user is for the forced command of the service account; you are %s", pw.pw_name);
	c->origin = JOB_BY_KEY;
	(void)snprintf(c->user, sizeof(c->user), "%s", inv->user);
	return 0;
}
