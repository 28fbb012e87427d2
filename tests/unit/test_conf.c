/* SPDX-License-Identifier: ISC */
/*
 * test_conf.c - powerdirector.conf: what it sets, and every mistake with its line.
 */
#include <sys/stat.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/conf.h"
#include "spool/os/io.h"
#include "tests/unit/scratch.h"

static struct pd_err err;

static struct pd_conf *
good(const char *text)
{
	struct pd_conf *c = NULL;

	cr_assert_eq(conf_parse("f", text, strlen(text), &c, &err), 0, "%s", err.msg);
	return c;
}

static void
bad_bytes(const char *text, size_t len, const char *message)
{
	struct pd_conf *c = (struct pd_conf *)1;

	err.code = PD_OK;
	cr_assert_eq(conf_parse("f", text, len, &c, &err), -1, "accepted: %s", text);
	cr_expect_null(c);
	cr_expect_eq(err.code, PD_BADDATA, "%d", (int)err.code);
	cr_expect(strncmp(err.msg, message, strlen(message)) == 0, "\"%s\" is not \"%s...\"", err.msg, message);
	cr_expect(strchr(err.msg, '\n') == NULL);
}

/* The message begins with this: file and line are always part of it. */
static void
bad(const char *text, const char *message)
{
	bad_bytes(text, strlen(text), message);
}

#define ROLE   "role r { verbs = { list-vms } }\n"			/* one line */
#define TENANT "tenant t { role = r members = { alice } }\n"		/* one line */
#define END    "end = true\n"

Test(conf, nothing_but_its_end_gives_the_defaults)
{
	struct pd_conf *c = good(END);

	cr_expect_str_eq(c->file, "f");
	cr_expect_str_eq(c->spool, "/var/spool/powerdirector");
	cr_expect_str_eq(c->state, "/var/lib/powerdirector");
	cr_expect_str_eq(c->socket, "/run/powerdirector/query");
	cr_expect_str_eq(c->keys, "/etc/powerdirector/keys");
	cr_expect_str_eq(c->pam_service, "powerdirector");
	cr_expect_null(c->pam_directory);
	cr_expect_null(c->service_account);
	cr_expect_null(c->spool_group);
	cr_expect_eq(c->jobs_per_platform, 2);
	cr_expect_eq(c->jobs_per_hmc, 4);
	cr_expect_eq(c->jobs_total, 16);
	cr_expect_eq(c->pending_per_user, 200);
	cr_expect_eq(c->pending_total, 20000);
	cr_expect_eq(c->bytes_per_user_mib, 8);
	cr_expect_eq(c->bytes_total_mib, 512);
	cr_expect_eq(c->followers_per_user, 8);
	cr_expect_eq(c->followers_total, 256);
	cr_expect_eq(c->requests_per_minute, 600);
	cr_expect_eq(c->log_size_mib, 64);
	cr_expect_eq(c->disk_warn, 10);
	cr_expect_eq(c->disk_refuse, 5);
	cr_expect_eq(c->disk_reserve_mib, 16);
	cr_expect_eq(c->once_keep_s, 7 * 86400);
	cr_expect_eq(c->worker_idle_s, 600);
	cr_expect_eq(c->worker_jobs, 1000);
	cr_expect_eq(c->history_page, 50);
	cr_expect_eq(c->history_witness, 1000);
	cr_expect_eq(c->nroles + c->ntenants + c->nnetworks, 0);
	conf_free(c);
	conf_free(NULL);
}

Test(conf, plain_options_are_set)
{
	struct pd_conf *c = good("spool = /a\nstate = '/b c'\nsocket = \"/c\"\ntemplates = /d\nkeys = /e\nworker = /f\n"
				 "pam-directory = /g\npam-service = pd\nservice-account = sa\nspool-group = sg\n"
				 "jobs-per-platform = 3\njobs-per-hmc = 18\njobs-total = 4\npending-per-user = 5\nworker-idle = 2h\nworker-jobs = 6\n"
				 "pending-total = 8\nbytes-per-user = 9M\nbytes-total = 1G\nfollowers-per-user = 10\nfollowers-total = 11\n"
				 "requests-per-minute = 12\nlog-size = 13M\ndisk-warn = 15\ndisk-refuse = 14\ndisk-reserve = 17M\n"
				 "once-keep = 2d\nhistory-page = 7\nhistory-witness = 3\n" END);

	cr_expect_str_eq(c->spool, "/a");
	cr_expect_str_eq(c->state, "/b c");
	cr_expect_str_eq(c->socket, "/c");
	cr_expect_str_eq(c->templates, "/d");
	cr_expect_str_eq(c->keys, "/e");
	cr_expect_str_eq(c->worker, "/f");
	cr_expect_str_eq(c->pam_directory, "/g");
	cr_expect_str_eq(c->pam_service, "pd");
	cr_expect_str_eq(c->service_account, "sa");
	cr_expect_str_eq(c->spool_group, "sg");
	cr_expect_eq(c->jobs_per_platform, 3);
	cr_expect_eq(c->jobs_per_hmc, 18);
	cr_expect_eq(c->jobs_total, 4);
	cr_expect_eq(c->pending_per_user, 5);
	cr_expect_eq(c->pending_total, 8);
	cr_expect_eq(c->bytes_per_user_mib, 9);
	cr_expect_eq(c->bytes_total_mib, 1024);
	cr_expect_eq(c->followers_per_user, 10);
	cr_expect_eq(c->followers_total, 11);
	cr_expect_eq(c->requests_per_minute, 12);
	cr_expect_eq(c->log_size_mib, 13);
	cr_expect_eq(c->disk_warn, 15);
	cr_expect_eq(c->disk_refuse, 14);
	cr_expect_eq(c->disk_reserve_mib, 17);
	cr_expect_eq(c->once_keep_s, 2 * 86400);
	cr_expect_eq(c->worker_idle_s, 7200);
	cr_expect_eq(c->worker_jobs, 6);
	cr_expect_eq(c->history_page, 7);
	cr_expect_eq(c->history_witness, 3);
	conf_free(c);
}

Test(conf, sections_are_set_in_any_order_with_their_lines)
{
	struct pd_conf *c = good("# first\n"
				 "tenant blue {\n"
				 "	role = op members = { alice, 'bob@x' }\n"
				 "	quota { vms = 4 processing-units = 2.5 virtual-processors = 8 memory = 16G disk = 1T }\n"
				 "	user-quota { vms = 2 }\n"
				 "	vm-limit { memory = 512M disks = 3 networks = 2 processing-units = 0.5 }\n"
				 "	images = { '*' } networks = { lan } platforms = { 'p*', q } pools = { rootvg } weight = 7\n"
				 "}\n"
				 "network lan { vlan = 10 addresses = 10.0.10.0/24 gateway = 10.0.10.1 dns = { 10.1.1.1, 10.1.1.2 }\n"
				 "	domain = a.example }\n"
				 "role op {\n"
				 "	verbs = { 'list-*', delete-vm } authenticate-again = { delete-vm } scope = tenant\n"
				 "}\n" END);
	struct pd_tenant  *t = &c->tenants[0];
	struct pd_network *n = &c->networks[0];
	struct pd_role	  *r = &c->roles[0];

	cr_assert(c->ntenants == 1 && c->nnetworks == 1 && c->nroles == 1);
	cr_expect_str_eq(t->name, "blue");
	cr_expect_eq(t->line, 2);
	cr_expect_eq(t->role, r);
	cr_expect_eq(t->members.n, 2);
	cr_expect_str_eq(t->members.item[1], "bob@x");
	cr_expect(t->quota.vms == 4 && t->quota.units == 250 && t->quota.procs == 8 && t->quota.memory == 16384 &&
	    t->quota.disk == 1048576);
	cr_expect(t->user_quota.vms == 2 && t->user_quota.memory == -1 && t->user_quota.units == -1);
	cr_expect(t->vm_limit.memory == 512 && t->vm_limit.units == 50 && t->vm_limit.disk == -1);
	cr_expect(t->max_disks == 3 && t->max_networks == 2);
	cr_expect_eq(t->weight, 7);
	cr_expect_eq(t->platforms.n, 2);
	cr_expect_str_eq(n->name, "lan");
	cr_expect_eq(n->line, 9);
	cr_expect_eq(n->vlan, 10);
	cr_expect_eq(n->address, 0x0a000a00u);
	cr_expect_eq(n->mask, 0xffffff00u);
	cr_expect_str_eq(n->gateway, "10.0.10.1");
	cr_expect_str_eq(n->dns2, "10.1.1.2");
	cr_expect_str_eq(n->domain, "a.example");
	cr_expect_str_eq(r->name, "op");
	cr_expect_eq(r->line, 11);
	cr_expect_eq(r->scope, SCOPE_TENANT);
	cr_expect_eq(r->again.n, 1);
	conf_free(c);
}

Test(conf, rules_of_a_platform_say_ids_and_slots)
{
	struct pd_conf *c = good("platform hmc1 { lpar-id-base = 20 server-slot-base = 100 server-slot-step = 2 server-slot-offset = 1\n"
				 "client-slot-base = 4 }\n" END);

	cr_assert_eq(c->nrules, 1);
	cr_expect_str_eq(c->rules[0].name, "hmc1");
	cr_expect_eq(c->rules[0].lpar_ids.base, 20);
	cr_expect_eq(c->rules[0].lpar_ids.step, 1);
	cr_expect_eq(c->rules[0].server_slots.step, 2);
	cr_expect_eq(c->rules[0].slot_offset, 1);
	cr_expect_eq(c->rules[0].client_slots.base, 4);
	conf_free(c);
	bad("platform h { server-slot-base = 100 server-slot-offset = 1 }\n" END, "f:1: platform h: with server-slot-offset 1 two VIOSes");
	bad("platform h { client-slot-base = 14 }\n" END, "f:1: platform h: a VM's slots for two VIOSes must end at 14");
	bad("platform h { server-slot-base = 1 }\n" END, "f:1: ");
	bad("platform h { lpar-id-base = 1 }\n" END, "f:1: ");
}

Test(conf, what_is_absent_is_not_limited_but_nothing_is_allowed)
{
	struct pd_conf	 *c = good(ROLE TENANT END);
	struct pd_tenant *t = &c->tenants[0];

	cr_expect(t->quota.vms == -1 && t->quota.units == -1 && t->quota.procs == -1 && t->quota.memory == -1 &&
	    t->quota.disk == -1);
	cr_expect(t->vm_limit.memory == -1 && t->max_disks == -1 && t->max_networks == -1);
	cr_expect_eq(t->images.n + t->networks.n + t->platforms.n + t->pools.n, 0);
	cr_expect_eq(t->weight, 1);
	cr_expect_eq(t->role->scope, SCOPE_OWN);
	conf_free(c);
}

Test(conf, comments_may_stand_anywhere_and_do_not_shift_lines)
{
	struct pd_conf *c = good("# ${HOME} /* \" ' { }\n"
				 "role r { # x\n"
				 "	verbs = { list-vms, # one }\n"
				 "		show-vm, } # a comma behind the last\n"
				 "}#\n" TENANT "#\n" END "# the end");

	cr_expect_eq(c->tenants[0].line, 6);
	cr_expect_eq(c->roles[0].verbs.n, 2);
	conf_free(c);
	bad("# one\n# two\n\nspool = { # x\n	/a # y\n}\n" END, "f:4: ");
	bad("# one\n# two\n\nspol = /a\n" END, "f:4: \"spol\" is not an option; is \"spool\" meant?");
}

Test(conf, a_list_of_one_needs_no_braces)
{
	struct pd_conf *c = good("role r { verbs = list-vms }\n" END);

	cr_expect_eq(c->roles[0].verbs.n, 1);
	conf_free(c);
}

Test(conf, a_file_that_is_cut_off_anywhere_is_refused)
{
	char  *text;
	size_t len;

	cr_assert_eq(io_read_file(AT_FDCWD, "policy/powerdirector.conf", CONF_FILE_MAX, &text, &len, &err), 0, "%s", err.msg);
	cr_assert_eq(strcmp(text + len - 11, "end = true\n"), 0);
	for (size_t cut = 0; cut + 1 < len; cut++) {
		struct pd_conf *c = NULL;

		cr_expect_eq(conf_parse("f", text, cut, &c, &err), -1, "cut at %zu was accepted", cut);
		cr_expect(err.code == PD_BADDATA && strncmp(err.msg, "f:", 2) == 0, "%s", err.msg);
		conf_free(c);
	}
	free(text);
}

Test(conf, the_end_is_asked_for)
{
	bad("", "f:1: the last line must be: end = true");
	bad("\n\nspool = /a\n", "f:4: the last line must be: end = true");
	bad("end\n", "f:2: the file ends where \"= true\" should be");
	bad("end = false\n", "f:1: \"false\" where \"true\" should be");
	bad("end = true\n\n\nspool = /a\n", "f:1: end = true must be the last line, but line 4 goes on");
	bad("end = true end = true\n", "f:1: end = true must be the last line");
	bad("role r { verbs = { list-vms }\nend = true\n", "f:1: the \"{\" in this line is never closed");
	bad("\nrole r {\n	verbs = { list-vms\n}\n" END, "f:2: the \"{\" in this line is never closed");
	bad("role r { verbs = { list-vms } }\n}\n" END, "f:2: a \"}\" without a \"{\"");
}

Test(conf, options_come_once)
{
	bad("spool = /a\nstate = /b\nspool = /a\n" END, "f:3: spool is given twice, first in line 1");
	bad(ROLE "tenant t { role = r\nmembers = { alice }\nmembers = { bob } }\n" END,
	    "f:4: members is given twice, first in line 3");
	bad(ROLE "tenant t { role = r\nmembers = { alice }\nquota { vms = 1 }\nquota { vms = 2 } }\n" END,
	    "f:5: quota is given twice, first in line 4");
	bad(ROLE "tenant t { role = r members = { alice } quota {\nvms = 1\nvms = 1 } }\n" END,
	    "f:4: vms is given twice, first in line 3");
	bad(ROLE "\n" ROLE END, "f:3: found duplicate title 'r'");
	bad(ROLE TENANT "tenant t { role = r members = { bob } }\n" END, "f:3: found duplicate title 't'");
	bad("network n { vlan = 1 }\nnetwork n { vlan = 2 }\n" END, "f:2: found duplicate title 'n'");
	bad(ROLE "tenant t { role = r members = { a, b,\na } }\n" END, "f:3: members: a is listed twice");
}

Test(conf, unknown_words_name_the_nearest)
{
	bad("\nspoool = /a\n" END, "f:2: \"spoool\" is not an option; is \"spool\" meant?");
	bad("zebra = /a\n" END, "f:1: \"zebra\" is not an option; see");
	bad("include = /etc/passwd\n" END, "f:1: \"include\" is not an option");
	bad("tenants t { }\n" END, "f:1: \"tenants\" is not an option; is \"tenant\" meant?");
	bad(ROLE "tenant t {\n	role = r\n	member = { alice }\n}\n" END,
	    "f:4: \"member\" is not an option of a tenant; is \"members\" meant?");
	bad(ROLE "tenant t { role = r members = { alice }\nquota {\nvm = 1 } }\n" END,
	    "f:4: \"vm\" is not an option of a quota; is \"vms\" meant?");
	bad("role r { verbs = { list-vms } scope = tenants }\n" END, "f:1: scope: \"tenants\" is not one of: own, tenant, all");
	bad("role r {\nverbs = { list-vms,\n list-vm } }\n" END, "f:3: \"list-vm\" is not a verb; is \"list-vms\" meant?");
	bad("role r { verbs = { 'zap-*' } }\n" END, "f:1: \"zap-*\" is not a verb");
	bad("role r { verbs = { '' } }\n" END, "f:1: \"\" is not a verb");
	bad("role r { verbs = { list-vms }\nauthenticate-again = { delete-vm } }\n" END,
	    "f:2: authenticate-again: role r does not have the verb delete-vm");
}

Test(conf, references_must_exist)
{
	bad(ROLE "tenant t {\n role = nobody members = { a } }\n" END, "f:3: there is no role \"nobody\" in this file");
	bad(ROLE "tenant t { role = r members = { a }\nnetworks = { lan } }\n" END,
	    "f:3: there is no network \"lan\" in this file");
	bad("network lan { vlan = 1 }\n" ROLE "tenant t { role = r members = { a } networks = { 'x*' } }\n" END,
	    "f:3: there is no network \"x*\" in this file");
	conf_free(good("network lan { vlan = 1 }\n" ROLE "tenant t { role = r members = { a } networks = { 'l*', '*' } }\n" END));
}

Test(conf, a_user_belongs_to_one_tenant)
{
	bad(ROLE "tenant a { role = r members = { x, alice } }\ntenant b { role = r\nmembers = { y,\nalice } }\n" END,
	    "f:5: user alice is a member of tenant b and of tenant a (line 2)");
}

Test(conf, what_is_required_is_asked_for)
{
	bad("\nrole r { scope = own }\n" END, "f:2: role r has no verbs");
	bad("role r { verbs = { } }\n" END, "f:1: the list verbs is empty; leave the option out");
	bad(ROLE "tenant t { members = { a } }\n" END, "f:2: tenant t has no role");
	bad(ROLE "\ntenant t { role = r }\n" END, "f:3: tenant t has no members");
	bad(ROLE "tenant t { role = r members = {} }\n" END, "f:2: the list members is empty");
	bad("network n { domain = x }\n" END, "f:1: network n has no VLAN");
	bad("role { verbs = { list-vms } }\n" END, "f:1: missing title for section 'role'");
}

Test(conf, nothing_comes_from_the_environment)
{
	struct pd_conf *c;

	cr_assert_eq(setenv("PD_TEST", "/evil", 1), 0);
	bad("spool = \"${PD_TEST}\"\n" END, "f:1: \"${\" in a value; nothing is taken from the environment");
	bad("spool = '${PD_TEST}'\n" END, "f:1: \"${\" in a value");
	bad("\nspool = ${PD_TEST}\n" END, "f:2: \"$\" outside quotes");
	bad("spool = /x${PD_TEST}\n" END, "f:1: \"$\" outside quotes");
	bad("spool = ~/x\n" END, "f:1: \"~\" outside quotes");
	bad("spool = '~/x'\n" END, "f:1: spool: \"~/x\" is not a whole path");
	c = good("state = '/$PD_TEST'\n" END);
	cr_expect_str_eq(c->state, "/$PD_TEST");
	conf_free(c);
}

Test(conf, bytes_that_libconfuse_would_swallow_are_refused)
{
	bad("role r { verbs = { * } }\n" END, "f:1: \"*\" outside quotes; put the value into single quotes");
	bad("role r { verbs = { list-* } }\n" END, "f:1: \"*\" outside quotes");
	bad("spool = /a\r\n" END, "f:1: a carriage return; save the file with Unix line ends");
	bad("spool = /a;b\n" END, "f:1: \";\" outside quotes");
	bad("spool += /a\n" END, "f:1: \"+\" outside quotes; a list is given once");
	bad("spool = /a\n\x01\n" END, "f:2: the byte 0x01");
	bad("spool = /\xc3\xbc\n" END, "f:1: the byte 0xc3");
	bad("spool = '/\xc3\xbc'\n" END, "f:1: a byte in quotes that is not printable ASCII");
	bad("spool = '/a\tb'\n" END, "f:1: a byte in quotes that is not printable ASCII");
	bad("spool = '/a\\b'\n" END, "f:1: a backslash in quotes");
	bad("spool = \"/a\\x41\"\n" END, "f:1: a backslash in quotes");
	bad("spool = '/a\nb'\n" END, "f:1: the quote ' is not closed in its line");
	bad("spool = \"/a\n" END, "f:1: the quote \" is not closed in its line");
	bad("spool = /a'b'\n" END, "f:1: a blank is missing before or behind a quote");
	bad("spool = '/a'b\n" END, "f:1: a blank is missing before or behind a quote");
	bad("spool = /a//b\n" END, "f:1: \"//\" outside quotes");
	bad("// comment\n" END, "f:1: \"//\" outside quotes");
	bad("/* comment */\n" END, "f:1: \"*\" outside quotes");
	bad("quota|vms = 1\n" END, "f:1: \"|\" outside quotes");
	bad("f(x)\n" END, "f:1: \"(\" outside quotes");
	bad_bytes("spool = /a\n\0end = true\n", 23, "f:2: a NUL byte");
	bad_bytes("end = true\n\0", 12, "f:2: a NUL byte");
}

Test(conf, shapes_are_checked)
{
	bad("spool = { /a }\n" END, "f:1: unexpected token '{'");
	bad("spool /a\n" END, "f:2: \"end\" where \"=\" or \"{\" should be");
	bad("spool { }\n" END, "f:1: missing equal sign after option 'spool'");
	bad("spool = = /a\n" END, "f:1: \"=\" where a value should be");
	bad("spool =\n" END, "f:2: \"=\" where");
	bad("spool = , \n" END, "f:1: \",\" where a value should be");
	bad("'spool' = /a\n" END, "f:1: \"spool\" where an option should be");
	bad("= /a\n" END, "f:1: \"=\" where an option should be");
	bad(ROLE "tenant t { role = r members = { a b } }\n" END, "f:2: \"b\" where \",\" or \"}\" should be");
	bad(ROLE "tenant t { role = r members = { a, , b } }\n" END, "f:2: \",\" where a value of the list should be");
	bad(ROLE "tenant t { role = r members = { { a } } }\n" END, "f:2: \"{\" where a value of the list should be");
	bad(ROLE "tenant t { 'role' = r }\n" END, "f:2: \"role\" where an option or \"}\" should be");
	bad(ROLE "tenant t { role = r members = { a } quota x { vms = 1 } }\n" END, "f:2: missing opening brace for section 'quota'");
	bad(ROLE "tenant t { role = r members = { a } quota = 1 }\n" END, "f:2: missing opening brace for section 'quota'");
	bad("a { a { a { a { a { } } } } }\n" END, "f:1: sections are nested too deeply");
}

Test(conf, sections_may_not_have_endless_options)
{
	char text[1024] = "";

	for (int i = 0; i < 65; i++)
		(void)sprintf(text + strlen(text), "a%d = 1\n", i);
	(void)strcat(text, END);
	bad(text, "f:65: too many options in one section");
}

Test(conf, values_are_checked_with_their_line)
{
	bad("\njobs-total = 0\n" END, "f:2: jobs-total: 0 is too small; allowed is 1 to 1024");
	bad("jobs-total = 1025\n" END, "f:1: jobs-total: 1025 is too large");
	bad("jobs-total = many\n" END, "f:1: jobs-total: many is not a whole number");
	bad("jobs-total = 99999999999999999999\n" END, "f:1: jobs-total: 99999999999999999999 is not a whole number");
	bad("jobs-total = -1\n" END, "f:1: jobs-total: -1 is not a whole number");
	bad("worker-idle = soon\n" END, "f:1: worker-idle: soon is not a time");
	bad("worker-idle = 2d\n" END, "f:1: worker-idle: 2d is too large");
	bad("spool = relative\n" END, "f:1: spool: \"relative\" is not a whole path");
	bad("spool = /a/../b\n" END, "f:1: spool: \"/a/../b\" contains . or ..");
	bad("spool = ''\n" END, "f:1: spool: \"\" is not a whole path");
	bad("socket = /12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901\n" END,
	    "f:1: socket: the path has 102 characters, at most 100");
	bad("service-account = 'a b'\n" END, "f:1: service-account: \"a b\" contains");
	bad("role 'a b' { verbs = { list-vms } }\n" END, "f:1: role: \"a b\" contains");
	bad("network '' { vlan = 1 }\n" END, "f:1: network: \"\" is empty");
	bad("network n { vlan = 1 internal = perhaps }\n" END, "f:1: internal: \"perhaps\" is not one of: yes, no");
	bad("network n { vlan = 0 }\n" END, "f:1: vlan: 0 is too small; allowed is 1 to 4094");
	bad("network n { vlan = 4095 }\n" END, "f:1: vlan: 4095 is too large");
	bad(ROLE "tenant t { role = r members = { '-x' } }\n" END, "f:2: members: \"-x\" is not a user's name");
	bad(ROLE "tenant t { role = r members = { 'a*' } }\n" END, "f:2: members: \"a*\" is not a user's name");
	bad(ROLE "tenant t { role = r members = { a }\nquota { memory = 8X } }\n" END, "f:3: memory: 8X is not a size; write 512M, 4G or 1T");
	bad(ROLE "tenant t { role = r members = { a }\nquota { memory = 8 } }\n" END, "f:3: memory: 8 is not a size");
	bad(ROLE "tenant t { role = r members = { a }\nquota { processing-units = 0.125 } }\n" END,
	    "f:3: processing-units: 0.125 is not a number of processing units");
	bad(ROLE "tenant t { role = r members = { a } weight = 0 }\n" END, "f:2: weight: 0 is too small; allowed is 1 to 100");
	bad(ROLE "tenant t { role = r members = { a } weight = 101 }\n" END, "f:2: weight: 101 is too large");
	bad(ROLE "tenant t { role = r members = { a }\nvm-limit { disks = 17 } }\n" END, "f:3: disks: 17 is too large");
	bad(ROLE "tenant t { role = r members = { a } images = { 'a*b' } }\n" END, "f:2: name: \"a*b\" contains");
	bad(ROLE "tenant t { role = r members = { a } images = { 'a**' } }\n" END, "f:2: a**: a * is allowed at the end only");
	bad(ROLE "tenant t { role = r members = { a } pools = { 'a/b' } }\n" END, "f:2: name: a/b contains");
}

Test(conf, addresses_are_checked)
{
	bad("network n { vlan = 1 addresses = 10.0.10.5/24 }\n" END, "f:1: 10.0.10.5/24 is a host's address; the range that it is in is 10.0.10.0/24");
	bad("network n { vlan = 1\naddresses = 10.0.10.0 }\n" END, "f:2: \"10.0.10.0\" is not a range of addresses");
	bad("network n { vlan = 1 addresses = 10.0.10.0/7 }\n" END, "f:1: \"10.0.10.0/7\" is not a range");
	bad("network n { vlan = 1 addresses = 10.0.10.0/31 }\n" END, "f:1: \"10.0.10.0/31\" is not a range");
	bad("network n { vlan = 1 addresses = 10.0.10.0/ }\n" END, "f:1: \"10.0.10.0/\" is not a range");
	bad("network n { vlan = 1 addresses = 10.0.010.0/24 }\n" END, "f:1: \"10.0.010.0/24\" is not a range");
	bad("network n { vlan = 1 addresses = 'fe80::/64' }\n" END, "f:1: \"fe80::/64\" is not a range");
	bad("network n { vlan = 1 gateway = 10.0.0 }\n" END, "f:1: \"10.0.0\" is not an IPv4 address");
	bad("network n { vlan = 1 gateway = 127.0.0.1 }\n" END, "f:1: 127.0.0.1 is not an address that a host can have");
	bad("network n { vlan = 1 addresses = 10.0.10.0/24\ngateway = 10.0.11.1 }\n" END,
	    "f:2: gateway: 10.0.11.1 is not among the network's addresses");
	bad("network n { vlan = 1 dns = { 10.0.0.1, 10.0.0.2,\n10.0.0.3 } }\n" END, "f:2: dns: 10.0.0.3 is one too many");
	bad("network n { vlan = 1 dns = { x } }\n" END, "f:1: \"x\" is not an IPv4 address");
	bad("network n { vlan = 1 domain = 'a b' }\n" END, "f:1: domain: \"a b\" contains");
}

Test(conf, one_bad_file_does_not_spoil_the_next)
{
	for (int i = 0; i < 3; i++) {
		bad("spool = \"/a", "f:1: the quote");
		bad("role r { verbs = { list-vms", "f:1: the file ends");
		bad("spool = /a\nx", "f:2: the file ends");
		conf_free(good(ROLE TENANT END));
	}
}

/* What is read from a file. */
static char dir[SCRATCH_PATH], path[SCRATCH_PATH];

static void
setup(void)
{
	scratch_make(dir);
	scratch_path(path, dir, "c.conf");
}

static void
teardown(void)
{
	scratch_remove(dir);
}

static void
skip(const char *why)
{
	teardown();	/* criterion does not call it for a skipped test */
	cr_skip_test("%s", why);
}

TestSuite(conf_file, .init = setup, .fini = teardown);

static void
refused(enum pd_code code, const char *why)
{
	struct pd_conf *c = (struct pd_conf *)1;

	err.code = PD_OK;
	cr_assert_eq(conf_load(path, geteuid(), &c, &err), -1, "loaded, though %s", why);
	cr_expect_null(c);
	cr_expect_eq(err.code, code, "%d: %s", (int)err.code, err.msg);
	cr_expect(strstr(err.msg, why) != NULL, "\"%s\" lacks \"%s\"", err.msg, why);
	cr_expect(strstr(err.msg, path) != NULL, "\"%s\" does not name the file", err.msg);
}

Test(conf_file, the_sample_is_a_whole_policy)
{
	struct pd_conf *c;
	int		before = scratch_open_files();

	/* Not loaded by its path: it need not belong to root in a work tree. */
	char  *text;
	size_t len;

	cr_assert_eq(io_read_file(AT_FDCWD, "policy/powerdirector.conf", CONF_FILE_MAX, &text, &len, &err), 0, "%s", err.msg);
	scratch_file(dir, "c.conf", text, len);
	cr_assert_eq(conf_load(path, geteuid(), &c, &err), 0, "%s", err.msg);
	cr_expect_eq(c->ntenants, 3);
	cr_expect_eq(c->nroles, 2);
	cr_expect_eq(c->nnetworks, 3);
	cr_expect_str_eq(c->file, path);
	cr_expect_eq(c->text_len, len);
	cr_expect_str_eq(c->text, text);
	cr_expect_str_eq(c->digest, "");
	cr_expect_eq(scratch_open_files(), before);
	free(text);
	conf_free(c);
}

Test(conf_file, directories_of_programs_are_whole_paths_and_no_more_than_there_is_room_for)
{
	char  *text = malloc(16384);
	size_t n = 0;

	bad("console-programs = { bin }\n" END, "f:1: console-programs: \"bin\" is not a whole path");
	bad("console-programs = { '/a/../b' }\n" END, "f:1: console-programs: \"/a/../b\" contains . or ..");
	bad("console-programs = { '/a:/b' }\n" END, "f:1: console-programs: \"/a:/b\" holds a colon");
	n = (size_t)sprintf(text, "console-programs = { /p0");
	for (int i = 1; i <= CONSOLE_PROGRAMS_MAX; i++)
		n += (size_t)sprintf(text + n, ", /p%d", i);
	(void)sprintf(text + n, " }\n" END);
	bad(text, "f:1: console-programs: 17 directories, at most 16");
	free(text);
}

/* LEASE is line 2 and what follows. */
#define LEASE(text) ROLE "tenant t { role = r members = { a }\nlease {\n" text "\n}\n}\n" END

static struct pd_lease
lease(const char *text)
{
	struct pd_conf *c = good(text);
	struct pd_lease l = c->tenants[0].lease;

	conf_free(c);
	return l;
}

Test(conf, lease_terms_of_a_tenant)
{
	struct pd_lease l = lease(ROLE TENANT END);

	cr_expect_eq(l.line, 0, "none without a section");
	l = lease(LEASE("default = 30d\nlongest = 90d\ngrace = 12h\nafter-grace = delete\nwarning = 0"));
	cr_expect_eq(l.line, 4);
	cr_expect_eq(l.default_s, 30 * 86400);
	cr_expect_eq(l.longest_s, 90 * 86400);
	cr_expect_eq(l.grace_s, 12 * 3600);
	cr_expect_eq(l.warning_s, 0);
	cr_expect_eq(l.deletes, 1);
	l = lease(LEASE("longest = 90d"));
	cr_expect_eq(l.default_s, 90 * 86400);
	cr_expect_eq(l.grace_s, 7 * 86400);
	cr_expect_eq(l.warning_s, LEASE_WARNING_S);
	cr_expect_eq(l.deletes, 0, "kept, unless it is said");
	l = lease(LEASE("default = 30d\nafter-grace = keep"));
	cr_expect_eq(l.longest_s, 30 * 86400, "who names one means no more");
	cr_expect_eq(l.deletes, 0);
	bad(LEASE(""), "f:5: this lease says neither default nor longest");
	bad(LEASE("default = 30d\nlongest = 20d"), "f:4: the default of this lease is 30d, which is more than the longest, 20d");
	bad(LEASE("default = 30d\nafter-grace = stop"), "f:5: after-grace: \"stop\" is not one of keep and delete");
	bad(LEASE("default = none"), "f:4: default: none is not a time");
	bad(LEASE("default = 0"), "f:4: default: 0 is too small");
	bad(LEASE("longest = 3661d"), "f:4: longest: 3661d is too large; allowed is 1s to 3660d");
	bad(LEASE("default = 1d\nquota = 1"), "f:5: \"quota\" is not an option of a lease");
	bad("leases-per-hour = 10001\n" END, "f:1: leases-per-hour: 10001 is too large");
	bad("lease-settle = 2d\n" END, "f:1: lease-settle: 2d is too large");
}

/* Each line "#option = value" of the sample is the default that it says it is. */
Test(conf_file, the_sample_names_the_defaults)
{
	struct pd_conf *plain = good(END), *c;
	char	       *text, *p;
	size_t		len, n = 0;

	cr_assert_eq(io_read_file(AT_FDCWD, "policy/powerdirector.conf", CONF_FILE_MAX, &text, &len, &err), 0);
	for (p = text; (p = strstr(p, "\n#")) != NULL; p++)
		if (p[2] >= 'a' && p[2] <= 'z' && strncmp(p + 2, "pam-directory", 13) != 0 &&
		    strncmp(p + 2, "spool-group", 11) != 0 && strncmp(p + 2, "keep-history", 12) != 0) {
			p[1] = ' ';
			n++;
		}
	cr_expect_eq(n, 36);
	cr_assert_eq(conf_parse("f", text, len, &c, &err), 0, "%s", err.msg);
	cr_expect_eq(c->console_programs.n, plain->console_programs.n);
	for (size_t i = 0; i < c->console_programs.n; i++)
		cr_expect_str_eq(c->console_programs.item[i], plain->console_programs.item[i]);
	cr_expect_eq(c->leases_per_hour, plain->leases_per_hour);
	cr_expect_eq(c->lease_settle_s, plain->lease_settle_s);
	cr_expect_eq(c->record_consoles, plain->record_consoles);
	cr_expect_eq(c->retry_first_s, plain->retry_first_s);
	cr_expect_eq(c->inventory_every_s, plain->inventory_every_s);
	cr_expect_eq(c->placement, plain->placement);
	cr_expect_eq(c->retry_longest_s, plain->retry_longest_s);
	cr_expect_eq(c->platform_wait_s, plain->platform_wait_s);
	cr_expect_str_eq(c->spool, plain->spool);
	cr_expect_str_eq(c->state, plain->state);
	cr_expect_str_eq(c->socket, plain->socket);
	cr_expect_str_eq(c->keys, plain->keys);
	cr_expect_str_eq(c->pam_service, plain->pam_service);
	cr_expect_eq(c->jobs_per_platform, plain->jobs_per_platform);
	cr_expect_eq(c->jobs_per_hmc, plain->jobs_per_hmc);
	cr_expect_eq(c->jobs_total, plain->jobs_total);
	cr_expect_eq(c->pending_per_user, plain->pending_per_user);
	cr_expect_eq(c->requests_per_minute, plain->requests_per_minute);
	cr_expect_eq(c->pending_total, plain->pending_total);
	cr_expect_eq(c->bytes_per_user_mib, plain->bytes_per_user_mib);
	cr_expect_eq(c->bytes_total_mib, plain->bytes_total_mib);
	cr_expect_eq(c->log_size_mib, plain->log_size_mib);
	cr_expect_eq(c->once_keep_s, plain->once_keep_s);
	cr_expect_eq(c->followers_per_user, plain->followers_per_user);
	cr_expect_eq(c->followers_total, plain->followers_total);
	cr_expect_eq(c->disk_warn, plain->disk_warn);
	cr_expect_eq(c->disk_refuse, plain->disk_refuse);
	cr_expect_eq(c->disk_reserve_mib, plain->disk_reserve_mib);
	cr_expect_eq(c->worker_idle_s, plain->worker_idle_s);
	cr_expect_eq(c->worker_jobs, plain->worker_jobs);
	cr_expect_eq(c->history_page, plain->history_page);
	cr_expect_eq(c->history_witness, plain->history_witness);
	cr_expect_eq(c->history_refusals, plain->history_refusals);
	cr_expect_eq(plain->keep_history_s, 0, "for ever, unless the site says otherwise");
	free(text);
	conf_free(c);
	conf_free(plain);
}

Test(conf_file, the_digest_is_that_of_the_file)
{
	struct pd_conf *c;

	scratch_file(dir, "c.conf", "end = true\n", 11);
	cr_assert_eq(conf_load(path, geteuid(), &c, &err), 0, "%s", err.msg);
	cr_assert_eq(conf_digest(c, &err), 0);
	/* printf 'end = true\n' | sha256sum */
	cr_expect_str_eq(c->digest, "e0dd433b47f7a626d4580580454350b55b1bfa8a95f39f72bc409f28ebbf2adf");
	conf_free(c);
}

Test(conf_file, a_file_that_others_may_write_is_refused)
{
	static const mode_t modes[] = { 0620, 0602, 0666, 0664 };

	scratch_file(dir, "c.conf", "end = true\n", 11);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_eq(chmod(path, modes[i]), 0);
		refused(PD_DENIED, "others than its owner may write it: chmod go-w");
	}
}

Test(conf_file, a_file_of_another_user_is_refused)
{
	struct pd_conf *c;

	scratch_file(dir, "c.conf", "end = true\n", 11);
	if (chown(path, 12345, (gid_t)-1) == -1)
		skip("only root can give files away");
	refused(PD_DENIED, "belongs to uid 12345");
	cr_expect_eq(conf_load(path, 12345, &c, &err), 0, "%s", err.msg);
	conf_free(c);
}

Test(conf_file, what_is_not_a_file_is_refused, .timeout = 20)
{
	refused(PD_IO, "No such file");
	cr_assert_eq(mkfifo(path, 0600), 0);
	refused(PD_DENIED, "is not a regular file");
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkdir(path, 0700), 0);
	refused(PD_DENIED, "is not a regular file");
}

Test(conf_file, a_huge_file_is_refused_unread)
{
	scratch_file(dir, "c.conf", "", 0);
	cr_assert_eq(truncate(path, CONF_FILE_MAX + 1), 0);
	refused(PD_BADDATA, "has 4194305 bytes, at most 4194304");
	cr_assert_eq(truncate(path, CONF_FILE_MAX), 0);
	refused(PD_BADDATA, "a NUL byte");
}

static double
load_ms(void)
{
	struct pd_conf *c;
	struct timespec a, b;

	(void)clock_gettime(CLOCK_MONOTONIC, &a);
	cr_assert_eq(conf_load(path, geteuid(), &c, &err), 0, "%s", err.msg);
	(void)clock_gettime(CLOCK_MONOTONIC, &b);
	conf_free(c);
	return (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

/* A bound that no machine should miss and no quadratic parser meets: 10 ms here. */
Test(conf_file, ten_thousand_lines_are_read_in_moments)
{
	char  *text = malloc(1 << 20);
	size_t len = 0;
	double ms;

	cr_assert_not_null(text);
	len += (size_t)sprintf(text, ROLE);
	for (int i = 0; i < 1100; i++)
		len += (size_t)sprintf(text + len, "tenant t%d {\n\trole = r\n\tmembers = { u%d, v%d }\n\tquota {\n\t\tvms = 8\n"
		    "\t\tmemory = 32G\n\t}\n\timages = { '*' }\n}\n", i, i, i);
	len += (size_t)sprintf(text + len, END);
	scratch_file(dir, "c.conf", text, len);
	ms = load_ms();
	cr_expect_lt(ms, 1000, "%.1f ms", ms);
	free(text);
}

Test(conf, a_warning_about_the_disk_comes_before_the_refusal)
{
	struct pd_conf *c;

	conf_free(good("disk-warn = 5\n" END));
	cr_expect_eq(conf_parse("f", "\ndisk-warn = 4\n" END, strlen("\ndisk-warn = 4\n" END), &c, &err), -1);
	cr_expect_not_null(strstr(err.msg, "f:2: disk-warn is 4 and disk-refuse is 5"), "%s", err.msg);
	cr_expect_eq(conf_parse("f", "disk-refuse = 11\n" END, strlen("disk-refuse = 11\n" END), &c, &err), -1);
	cr_expect_not_null(strstr(err.msg, "f:1: disk-warn is 10 and disk-refuse is 11"), "%s", err.msg);
}
