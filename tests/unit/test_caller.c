/* SPDX-License-Identifier: ISC */
/*
 * test_caller.c - the program's own options, who is believed to be whom, and sshd's list of authentications.
 */
#include <criterion/criterion.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "gateway/caller.h"
#include "gateway/pam.h"

static struct launch	 l;
static struct invocation inv;
static struct pd_err	 e;

static int
parse(int argc, const char *const *words)
{
	return invocation_parse(argc, (char *const *)words, &l, &inv, &e);
}

#define PARSE(...) parse((int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), (const char *[]){ __VA_ARGS__ })

Test(caller, own_options_come_before_the_request)
{
	const char *const words[] = { "powerdirector", "-c", "/x/conf", "--user", "alice", "list-vms", "-c", "y" };

	cr_assert_eq(parse(8, words), 0);
	cr_assert_str_eq(inv.conf_file, "/x/conf");
	cr_assert_str_eq(inv.user, "alice");
	cr_assert_eq(inv.argc, 3);
	cr_assert_str_eq(inv.argv[0], "list-vms");
	cr_assert_eq(PARSE("powerdirector", "--user=alice"), 0);
	cr_assert_str_eq(inv.user, "alice");
	cr_assert_str_eq(inv.conf_file, PD_CONF_FILE);
	cr_assert_eq(inv.argc, 0);
	cr_assert_eq(PARSE("powerdirector"), 0);
	cr_assert_null(inv.user);
}

Test(caller, strange_names_and_paths_are_refused)
{
	cr_assert_eq(PARSE("powerdirector", "--user", ""), -1);
	cr_assert_eq(PARSE("powerdirector", "--user"), -1);
	cr_assert_eq(PARSE("powerdirector", "--user", "-x"), -1);
	cr_assert_eq(PARSE("powerdirector", "--user", "a b"), -1);
	cr_assert_eq(PARSE("powerdirector", "--user", "../x"), -1);
	cr_assert_eq(PARSE("powerdirector", "--user", "a23456789012345678901234567890123"), -1);
	cr_assert_eq(PARSE("powerdirector", "-c", "conf"), -1);
	cr_assert_eq(PARSE("powerdirector", "-c"), -1);
	cr_assert_eq(e.code, PD_USAGE);
}

Test(caller, a_set_id_process_takes_neither_option)
{
	l.setid = 1;
	cr_assert_eq(PARSE("powerdirector", "--user", "alice"), -1);
	cr_assert_eq(e.code, PD_DENIED);
	cr_assert_eq(PARSE("powerdirector", "-c", "/x/conf"), -1);
	cr_assert_eq(PARSE("powerdirector", "list-vms"), 0);
}

Test(caller, without_user_the_account_is_the_identity)
{
	struct passwd *pw = getpwuid(getuid());
	struct pd_conf conf = { .file = (char *)"/nonexistent" };
	struct caller  c;

	cr_assert_not_null(pw);
	cr_assert_eq(PARSE("powerdirector", "list-vms"), 0);
	cr_assert_eq(caller_identify(&inv, &conf, &c, &e), 0, "%s", e.msg);
	cr_assert_str_eq(c.user, pw->pw_name);
	cr_assert_eq(c.origin, JOB_BY_ACCOUNT);
}

Test(caller, user_counts_for_the_service_account)
{
	struct passwd *pw = getpwuid(getuid());
	struct pd_conf conf = { .file = (char *)"/nonexistent", .service_account = pw->pw_name };
	struct caller  c;

	cr_assert_eq(PARSE("powerdirector", "--user", "alice", "list-vms"), 0);
	cr_assert_eq(caller_identify(&inv, &conf, &c, &e), 0);
	cr_assert_str_eq(c.user, "alice");
	cr_assert_eq(c.origin, JOB_BY_KEY);
	if (getuid() == 0)
		return;	/* root may speak for anybody */
	conf.service_account = (char *)"somebody-else";
	cr_assert_eq(caller_identify(&inv, &conf, &c, &e), -1);
	cr_assert_eq(e.code, PD_DENIED);
}

Test(caller, sshd_s_list_shows_keyboard_interactive_by_pam_only_as_a_whole_line)
{
	cr_assert(pam_list_shows_second("publickey ssh-ed25519 AAAA\nkeyboard-interactive/pam\n"));
	cr_assert(pam_list_shows_second("keyboard-interactive/pam"));
	cr_assert_not(pam_list_shows_second("publickey ssh-ed25519 AAAA keyboard-interactive/pam\n"));
	cr_assert_not(pam_list_shows_second("publickey ssh-ed25519 AAAA\n"));
	cr_assert_not(pam_list_shows_second("keyboard-interactive/pam2\n"));
	cr_assert_not(pam_list_shows_second(""));
}
