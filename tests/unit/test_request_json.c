/* SPDX-License-Identifier: ISC */
/*
 * test_request_json.c - a request as one JSON object says what the same words would say.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"

static const char *
parse(const char *text)
{
	static char    out[1024];
	struct request req;
	struct pd_err  e = { 0 };
	char	      *s;

	if (request_from_json(text, strlen(text), &req, &e) == -1) {
		cr_assert_null(req.args);
		cr_assert_null(strchr(e.msg, '\033'));
		(void)snprintf(out, sizeof(out), "!%d %s", code_exit(e.code), e.msg);
		return out;
	}
	cr_assert_eq(args_check(req.verb, req.args, &e), 0, "%s", e.msg);
	s = json_dumps(req.args, JSON_COMPACT);
	(void)snprintf(out, sizeof(out), "%s %s%s%s", req.verb->name, s, req.detach ? " detach" : "", req.json ? " json" : "");
	free(s);
	request_clear(&req);
	return out;
}

#define SAYS(text, words) cr_assert(strstr(parse(text), words) != NULL, "%s", parse(text))

Test(request_json, a_whole_request)
{
	cr_assert_str_eq(parse("{\"command\":\"create-vm\",\"name\":\"web1\",\"cpu\":0.5,\"memory\":\"4G\",\"disk\":[\"20G\","
	    "{\"size\":\"5G\",\"pool\":\"datavg\"}],\"network\":{\"vlan\":10,\"ip\":\"10.0.10.5/24\",\"dns\":[\"10.0.0.1\",\"10.0.0.2\"]},"
	    "\"detach\":true,\"json\":true,\"plan\":false}"),
	    "create-vm {\"name\":\"web1\",\"units\":{\"desired\":50},\"memory\":{\"desired\":4096},\"disks\":[{\"size\":20480},"
	    "{\"size\":5120,\"pool\":\"datavg\"}],\"networks\":[{\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24,"
	    "\"dns\":[\"10.0.0.1\",\"10.0.0.2\"]}]} detach json");
	cr_assert_str_eq(parse("{\"command\":\"list-vms\"}"), "list-vms {}");
	cr_assert_str_eq(parse("{\"command\":\"create-vm\",\"name\":\"a\",\"memory\":{\"min\":\"1G\",\"desired\":\"2G\",\"max\":\"4G\"}}"),
	    "create-vm {\"name\":\"a\",\"memory\":{\"min\":1024,\"desired\":2048,\"max\":4096}}");
	cr_assert_str_eq(parse("{\"command\":\"create-vm\",\"name\":\"a\",\"cpu\":0.1,\"procs\":2,\"dedicated\":true}"),
	    "create-vm {\"name\":\"a\",\"units\":{\"desired\":10},\"procs\":{\"desired\":2},\"dedicated\":true}");
}

Test(request_json, what_is_no_request)
{
	SAYS("", "!65 the request is not one JSON object");
	SAYS("create-vm", "!65 the request is not one JSON object");
	SAYS("[]", "!64 the request is not a JSON object");
	SAYS("{}", "names no \"command\"");
	SAYS("{\"command\":1}", "names no \"command\"");
	SAYS("{\"command\":\"creat-vm\"}", "did you mean create-vm?");
	SAYS("{\"command\":\"list-vms\"} {}", "!65 ");
	SAYS("{\"command\":\"list-vms\",\"command\":\"quota\"}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\\u0000b\"}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\\u001bb\"}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"nmae\":\"web1\"}", "did you mean");
	SAYS("{\"command\":\"create-vm\",\"--name\":\"web1\"}", "!64 ");
	SAYS("{\"command\":\"create-vm\"}", "!64 create-vm needs NAME");
}

Test(request_json, values_of_a_wrong_type)
{
	SAYS("{\"command\":\"create-vm\",\"name\":null}", "!65 \"name\"");
	SAYS("{\"command\":\"create-vm\",\"name\":[\"a\"]}", "!65 \"name\"");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"plan\":1}", "true or false");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"memory\":4096}", "is not a size");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"memory\":{\"desired\":\"1G\"}}", "!65 \"memory\"");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"cpu\":0.505}", "two decimals");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"disk\":{\"size\":\"1G\",\"pool\":{}}}", "!65 \"disk\"");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"timeout\":\"soon\"}", "is not a time");
}

Test(request_json, a_member_cannot_smuggle_another)
{
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"network\":{\"name\":\"a,ip=10.0.0.5/24\"}}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"network\":{\"vlan=1,ip\":\"10.0.0.5/24\"}}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"network\":{\"vlan\":1,\"dns\":[\"10.0.0.1+10.0.0.2\"]}}", "!65 ");
	SAYS("{\"command\":\"create-vm\",\"name\":\"a\",\"memory\":{\"min\":\"1G:2G\",\"desired\":\"2G\",\"max\":\"4G\"}}", "!65 ");
	SAYS("{\"command\":\"register-platform\",\"name\":\"a\",\"pools\":[\"a,b\"]}", "!65 ");
}

Test(request_json, length_and_depth_are_bounded)
{
	struct request req;
	struct pd_err  e;
	char	      *text = malloc(REQUEST_MAX + 1);

	memset(text, ' ', REQUEST_MAX + 1);
	cr_assert_eq(request_from_json(text, REQUEST_MAX + 1, &req, &e), -1);
	cr_assert(strstr(e.msg, "65537 bytes") != NULL);
	memset(text, '[', REQUEST_MAX);
	cr_assert_eq(request_from_json(text, REQUEST_MAX, &req, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	free(text);
}
