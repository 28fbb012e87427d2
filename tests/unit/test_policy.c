/* SPDX-License-Identifier: ISC */
/*
 * test_policy.c - who may call what with which arguments.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/verbs.h"
#include "policy/policy.h"

static const char text[] = "role user {\n"
			   "	verbs = { create-vm, delete-vm, 'list-*' }\n"
			   "	authenticate-again = { delete-vm }\n"
			   "	scope = tenant\n"
			   "}\n"
			   "role administrator { verbs = { '*' } authenticate-again = { 'remove-*' } scope = all }\n"
			   "network office { vlan = 10 addresses = 10.0.10.0/24 gateway = 10.0.10.1\n"
			   "	dns = { 10.0.0.53, 10.0.1.53 } domain = blue.example }\n"
			   "network lab { vlan = 20 dns = { 10.0.0.53 } gateway = 10.0.20.1 }\n"
			   "network secret { vlan = 30 addresses = 10.0.30.0/24 }\n"
			   "network office-too { vlan = 10 addresses = 10.9.0.0/16 }\n"
			   "tenant blue {\n"
			   "	role = user members = { alice, amir }\n"
			   "	vm-limit { processing-units = 1.0 virtual-processors = 4 memory = 8G disk = 100G disks = 2 networks = 2 }\n"
			   "	images = { 'rhel*', aix71 } networks = { office, lab } platforms = { power1 } pools = { rootvg, 'blue_*' }\n"
			   "}\n"
			   "tenant green { role = user members = { bob } lease { default = 10d longest = 20d } }\n"
			   "tenant operations { role = administrator members = { carol }\n"
			   "	images = { '*' } networks = { '*' } platforms = { '*' } pools = { '*' } }\n"
			   "end = true\n";

static struct pd_conf	*conf;
static struct policy_why why;
static struct pd_err	 err;

static void
setup(void)
{
	cr_assert_eq(conf_parse("f", text, sizeof(text) - 1, &conf, &err), 0, "%s", err.msg);
}

static void
teardown(void)
{
	conf_free(conf);
}

TestSuite(policy, .init = setup, .fini = teardown);

Test(policy, names_match_whole_or_by_prefix)
{
	char		     rhel[] = "rhel*", aix[] = "aix71", star[] = "*", *items[] = { rhel, aix }, *all[] = { star };
	const struct pd_list list = { items, 2 }, any = { all, 1 }, none = { NULL, 0 };

	cr_expect(policy_list_has(&list, "rhel6") && policy_list_has(&list, "rhel") && policy_list_has(&list, "aix71"));
	cr_expect_not(policy_list_has(&list, "rhe"));
	cr_expect_not(policy_list_has(&list, "aix710"));
	cr_expect_not(policy_list_has(&list, "aix7"));
	cr_expect_not(policy_list_has(&list, "RHEL6"));
	cr_expect_not(policy_list_has(&list, ""));
	cr_expect(policy_list_has(&any, "x") && policy_list_has(&any, ""));
	cr_expect_not(policy_list_has(&none, "x"));
}

Test(policy, users_have_tenants)
{
	cr_expect_str_eq(policy_tenant(conf, "amir")->name, "blue");
	cr_expect_str_eq(policy_tenant(conf, "bob")->name, "green");
	cr_expect_null(policy_tenant(conf, "mallory"));
	cr_expect_null(policy_tenant(conf, "ALICE"));
	cr_expect_null(policy_tenant(conf, ""));
	cr_expect_str_eq(policy_tenant_by_name(conf, "green")->name, "green");
	cr_expect_null(policy_tenant_by_name(conf, "red"));
	cr_expect_null(policy_network(conf, "none"));
}

static void
allowed(const char *user, const char *verb, const char *rule, int line, int again)
{
	cr_assert_eq(policy_verb(conf, user, verb, &why, &err), 0, "%s", err.msg);
	cr_expect_str_eq(why.rule, rule);
	cr_expect_eq(why.line, line);
	cr_expect_eq(why.again, again);
}

static void
denied(const char *user, const char *verb, const char *message)
{
	err.code = PD_OK;
	cr_assert_eq(policy_verb(conf, user, verb, &why, &err), -1, "%s may %s", user, verb);
	cr_expect_eq(err.code, PD_DENIED);
	cr_expect(strstr(err.msg, message) != NULL, "\"%s\" lacks \"%s\"", err.msg, message);
}

Test(policy, a_verb_of_the_role_is_allowed_and_says_by_which_rule)
{
	allowed("alice", "create-vm", "tenant blue, role user", 1, 0);
	allowed("alice", "list-jobs", "tenant blue, role user", 1, 0);
	allowed("alice", "delete-vm", "tenant blue, role user", 1, 1);
	allowed("carol", "register-platform", "tenant operations, role administrator", 6, 0);
	allowed("carol", "remove-platform", "tenant operations, role administrator", 6, 1);
}

Test(policy, everything_else_is_denied)
{
	denied("alice", "register-platform", "ask an administrator");
	denied("bob", "stop-vm", "stop-vm is not among the verbs of your role (user of tenant green)");
	cr_expect_str_eq(why.rule, "tenant green, role user");
	denied("mallory", "list-vms", "user mallory is a member of no tenant; ask an administrator");
	cr_expect_str_eq(why.rule, "default");
	cr_expect_eq(why.line, 0);
	denied("carol", "no-such-verb", "");
	denied("carol", "", "");
}

Test(policy, what_the_gateway_answers_alone_is_everybodys)
{
	allowed("mallory", "help", "everybody", 0, 0);
	allowed("mallory", "whoami", "everybody", 0, 0);
	allowed("alice", "version", "everybody", 0, 0);
}

/* Each verb of the table is decided the same way for a member as its role says. */
Test(policy, every_verb_is_decided)
{
	for (size_t i = 0; i < verbs_count; i++) {
		int expected = verbs[i].kind == VERB_LOCAL || verbs[i].kind == VERB_BATCH ||
		    strncmp(verbs[i].name, "list-", 5) == 0 ||
		    strcmp(verbs[i].name, "create-vm") == 0 || strcmp(verbs[i].name, "delete-vm") == 0;

		cr_expect_eq(policy_verb(conf, "bob", verbs[i].name, &why, &err), expected ? 0 : -1, "%s", verbs[i].name);
		cr_expect_eq(policy_verb(conf, "carol", verbs[i].name, &why, &err), 0, "%s", verbs[i].name);
	}
}

static int
check(const char *tenant, const char *verb, json_t *args)
{
	err.code = PD_OK;
	return policy_args(conf, policy_tenant_by_name(conf, tenant), verb, args, &why, &err);
}

/* Takes the reference to args. */
static void
accept(json_t *args, const char *wanted)
{
	json_t *w = json_loads(wanted, 0, NULL);
	char   *got;

	cr_assert(args != NULL && w != NULL);
	cr_assert_eq(check("blue", "create-vm", args), 0, "%s", err.msg);
	got = json_dumps(args, JSON_COMPACT | JSON_SORT_KEYS);
	cr_expect(json_equal(args, w), "%s is not %s", got, wanted);
	free(got);
	json_decref(args);
	json_decref(w);
}

static void
refuse(const char *args, enum pd_code code, const char *message)
{
	json_t *a = json_loads(args, 0, NULL);

	cr_assert_not_null(a);
	cr_assert_eq(check("blue", "create-vm", a), -1, "%s was allowed", args);
	cr_expect_eq(err.code, code, "%s: %d", args, (int)err.code);
	cr_expect_str_eq(err.msg, message);
	json_decref(a);
}

Test(policy, what_the_tenant_may_use_passes)
{
	json_t *args = json_loads("{\"name\":\"web1\",\"image\":\"rhel6\",\"platform\":\"power1\",\"units\":{\"min\":10,\"desired\":50,"
				  "\"max\":100},\"procs\":{\"desired\":4},\"memory\":{\"desired\":8192},\"disks\":[{\"size\":51200},"
				  "{\"size\":51200,\"pool\":\"blue_1\"}]}", 0, NULL);
	json_t *same = json_deep_copy(args);

	cr_assert_eq(check("blue", "create-vm", args), 0, "%s", err.msg);
	cr_expect(json_equal(args, same));
	cr_expect_str_eq(why.rule, "tenant blue");
	cr_expect_eq(why.line, 12);
	json_decref(args);
	json_decref(same);
}

Test(policy, names_that_are_not_allowed_do_not_exist)
{
	refuse("{\"image\":\"suse\"}", PD_NOTFOUND, "there is no image \"suse\" for you; list-images shows them");
	refuse("{\"platform\":\"power2\"}", PD_NOTFOUND, "there is no platform \"power2\" for you; you may use: power1");
	refuse("{\"disks\":[{\"size\":1,\"pool\":\"greenvg\"}]}", PD_NOTFOUND, "there is no storage pool \"greenvg\" for you; you may use: rootvg, blue_*");
	refuse("{\"networks\":[{\"name\":\"secret\"}]}", PD_NOTFOUND, "there is no network \"secret\" for you; you may use: office, lab");
	refuse("{\"networks\":[{\"name\":\"nowhere\"}]}", PD_NOTFOUND, "there is no network \"nowhere\" for you; you may use: office, lab");
	refuse("{\"networks\":[{\"vlan\":30}]}", PD_NOTFOUND, "there is no network \"vlan=30\" for you; you may use: office, lab");
	refuse("{\"networks\":[{\"vlan\":31}]}", PD_NOTFOUND, "there is no network \"vlan=31\" for you; you may use: office, lab");
	refuse("{\"networks\":[{\"vlan\":20,\"name\":\"office\"}]}", PD_NOTFOUND, "network office is VLAN 10, not 20: leave one of the two out");
	refuse("{\"networks\":[{}]}", PD_NOTFOUND, "there is no network \"vlan=0\" for you; you may use: office, lab");
}

Test(policy, limits_of_one_vm_hold_to_the_unit_with_both_figures)
{
	refuse("{\"units\":{\"desired\":101}}", PD_DENIED, "processing units 1.01 is over the limit of tenant blue for one VM: 1.00");
	refuse("{\"units\":{\"min\":10,\"desired\":50,\"max\":101}}", PD_DENIED,
	    "processing units 1.01 is over the limit of tenant blue for one VM: 1.00");
	refuse("{\"procs\":{\"desired\":5}}", PD_DENIED, "virtual processors 5 is over the limit of tenant blue for one VM: 4");
	refuse("{\"memory\":{\"desired\":8193}}", PD_DENIED, "memory 8193M is over the limit of tenant blue for one VM: 8G");
	refuse("{\"disks\":[{\"size\":51200},{\"size\":51201}]}", PD_DENIED,
	    "disk 102401M is over the limit of tenant blue for one VM: 100G");
	refuse("{\"disks\":[{\"size\":1},{\"size\":1},{\"size\":1}]}", PD_DENIED,
	    "number of disks 3 is over the limit of tenant blue for one VM: 2");
	refuse("{\"networks\":[{\"vlan\":10},{\"vlan\":20},{\"vlan\":10}]}", PD_DENIED,
	    "number of networks 3 is over the limit of tenant blue for one VM: 2");
	refuse("{\"disks\":[{\"size\":9223372036854775807},{\"size\":9223372036854775807}]}", PD_DENIED,
	    "disk 9223372036854775807M is over the limit of tenant blue for one VM: 100G");
}

Test(policy, a_network_is_completed_from_its_name_or_vlan)
{
	accept(json_pack("{s:[{s:i}]}", "networks", "vlan", 10), "{\"networks\":[{\"vlan\":10,\"name\":\"office\"}]}");
	accept(json_pack("{s:[{s:s}]}", "networks", "name", "lab"), "{\"networks\":[{\"vlan\":20,\"name\":\"lab\"}]}");
	accept(json_pack("{s:[{s:s,s:s,s:i}]}", "networks", "name", "office", "ip", "10.0.10.5", "prefix", 24),
	    "{\"networks\":[{\"vlan\":10,\"name\":\"office\",\"ip\":\"10.0.10.5\",\"prefix\":24,\"gateway\":\"10.0.10.1\","
	    "\"dns\":[\"10.0.0.53\",\"10.0.1.53\"],\"domain\":\"blue.example\"}]}");
}

Test(policy, what_the_request_says_stays)
{
	accept(json_pack("{s:[{s:i,s:s,s:i,s:s,s:[s]}]}", "networks", "vlan", 10, "ip", "10.0.10.5", "prefix", 24, "gateway",
	    "10.0.10.9", "dns", "10.0.10.2"),
	    "{\"networks\":[{\"vlan\":10,\"name\":\"office\",\"ip\":\"10.0.10.5\",\"prefix\":24,\"gateway\":\"10.0.10.9\","
	    "\"dns\":[\"10.0.10.2\"],\"domain\":\"blue.example\"}]}");
}

Test(policy, a_guest_gets_one_default_gateway)
{
	accept(json_pack("{s:[{s:i,s:s,s:i},{s:i,s:s,s:i}]}", "networks", "vlan", 10, "ip", "10.0.10.5", "prefix", 24, "vlan", 20,
	    "ip", "10.0.20.5", "prefix", 24),
	    "{\"networks\":[{\"vlan\":10,\"name\":\"office\",\"ip\":\"10.0.10.5\",\"prefix\":24,\"gateway\":\"10.0.10.1\","
	    "\"dns\":[\"10.0.0.53\",\"10.0.1.53\"],\"domain\":\"blue.example\"},{\"vlan\":20,\"name\":\"lab\",\"ip\":\"10.0.20.5\","
	    "\"prefix\":24,\"dns\":[\"10.0.0.53\"]}]}");
	accept(json_pack("{s:[{s:i},{s:i,s:s,s:i,s:s}]}", "networks", "vlan", 10, "vlan", 20, "ip", "10.0.20.5", "prefix", 24,
	    "gateway", "10.0.20.7"),
	    "{\"networks\":[{\"vlan\":10,\"name\":\"office\"},{\"vlan\":20,\"name\":\"lab\",\"ip\":\"10.0.20.5\",\"prefix\":24,"
	    "\"gateway\":\"10.0.20.7\",\"dns\":[\"10.0.0.53\"]}]}");
}

Test(policy, addresses_are_of_the_network)
{
	static const char end[] = "is not an address that you may use on network office; choose one of 10.0.10.0/24 but not "
				  "10.0.10.1, the gateway";
	char		  message[300];
	static const char *const bad[] = { "10.0.11.5", "10.0.9.255", "10.0.10.0", "10.0.10.255", "10.0.10.1" };

	for (size_t i = 0; i < 5; i++) {
		char args[200];

		(void)snprintf(args, sizeof(args), "{\"networks\":[{\"vlan\":10,\"ip\":\"%s\",\"prefix\":24}]}", bad[i]);
		(void)snprintf(message, sizeof(message), "%s %s", bad[i], end);
		refuse(args, PD_DENIED, message);
	}
	refuse("{\"networks\":[{\"vlan\":10,\"ip\":\"x\",\"prefix\":24}]}", PD_BADDATA, "x is not an IPv4 address");
	accept(json_pack("{s:[{s:i,s:s,s:i,s:s}]}", "networks", "vlan", 20, "ip", "192.0.2.1", "prefix", 24, "gateway", "192.0.2.2"),
	    "{\"networks\":[{\"vlan\":20,\"name\":\"lab\",\"ip\":\"192.0.2.1\",\"prefix\":24,\"gateway\":\"192.0.2.2\","
	    "\"dns\":[\"10.0.0.53\"]}]}");
}

Test(policy, a_tenant_without_lists_may_use_nothing)
{
	static const char *const args[] = { "{\"image\":\"rhel6\"}", "{\"platform\":\"power1\"}",
		"{\"networks\":[{\"vlan\":10}]}", "{\"disks\":[{\"size\":1,\"pool\":\"rootvg\"}]}" };

	for (size_t i = 0; i < 4; i++) {
		json_t *a = json_loads(args[i], 0, NULL);

		cr_expect_eq(check("green", "create-vm", a), -1, "%s", args[i]);
		cr_expect_eq(err.code, PD_NOTFOUND);
		json_decref(a);
	}
}

Test(policy, an_administrators_own_names_are_checked_where_they_name_something)
{
	json_t *args = json_pack("{s:s}", "name", "power2");

	cr_expect_eq(check("operations", "check-platform", args), 0, "%s", err.msg);
	cr_expect_eq(check("blue", "check-platform", args), -1);
	cr_expect_str_eq(err.msg, "there is no platform \"power2\" for you; you may use: power1");
	cr_expect_eq(check("blue", "remove-image", args), -1);
	cr_expect_str_eq(err.msg, "there is no image \"power2\" for you; list-images shows them");
	cr_expect_eq(check("blue", "create-vm", args), 0, "%s", err.msg);
	json_decref(args);
}

/* What becomes of args.lease (-1: it is absent; -2: denied). */
static int64_t
leased(const char *asking, const char *of, int64_t asked)
{
	json_t *args = asked >= 0 ? json_pack("{s:I}", "lease", (json_int_t)asked) : json_object();
	int64_t n = -2;

	if (policy_lease(policy_tenant(conf, asking), policy_tenant_by_name(conf, of), args, &err) == 0)
		n = json_object_get(args, "lease") != NULL ? json_integer_value(json_object_get(args, "lease")) : -1;
	json_decref(args);
	return n;
}

Test(policy, a_lease_is_within_the_terms_of_the_VMs_tenant)
{
	const int64_t day = 86400;

	cr_expect_eq(leased("alice", "blue", -1), -1, "no terms, no lease");
	cr_expect_eq(leased("alice", "blue", 400 * day), 400 * day, "and whoever wants one has it");
	cr_expect_eq(leased("alice", "blue", 0), -1);
	cr_expect_eq(leased("bob", "green", -1), 10 * day);
	cr_expect_eq(leased("bob", "green", 20 * day), 20 * day);
	cr_expect_eq(leased("bob", "green", 20 * day + 1), -2);
	cr_expect_eq(err.code, PD_DENIED);
	cr_expect_str_eq(err.msg, "a lease of 1728001s is longer than tenant green may have at a time: 20d (line 17); renew-vm renews it later");
	cr_expect_eq(leased("bob", "green", 0), -2);
	cr_expect_eq(leased("carol", "green", 0), -1, "an administrator");
	cr_expect_eq(leased("carol", "green", 400 * day), 400 * day);
	cr_expect_eq(leased("carol", "green", -1), 10 * day);
}
