/* SPDX-License-Identifier: ISC */
/*
 * test_args.c - from words to a request: options, positionals, what is unknown, missing, repeated.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/lexer.h"

static int
parse(const char *line, struct request *req, struct pd_err *e)
{
	struct words w;
	int	     rv = lexer_split(line, strlen(line), &w, e);

	if (rv == -1)
		return -1;
	rv = request_parse(w.argc, w.argv, req, e);
	words_free(&w);
	return rv;
}

/* The arguments as JSON text, or "!STATUS text". */
static const char *
args(const char *line)
{
	static char    out[1024];
	struct request req;
	struct pd_err  e = { 0 };
	char	      *s;

	if (parse(line, &req, &e) == -1) {
		(void)snprintf(out, sizeof(out), "!%d %s", code_exit(e.code), e.msg);
		cr_assert_null(req.args);
		return out;
	}
	cr_assert_eq(args_check(req.verb, req.args, &e), 0, "%s", e.msg);
	s = json_dumps(req.args, JSON_COMPACT);
	(void)snprintf(out, sizeof(out), "%s %s", req.verb->name, s);
	free(s);
	request_clear(&req);
	return out;
}

#define SAYS(line, words) cr_assert(strstr(args(line), words) != NULL, "%s", args(line))

Test(args, a_whole_request_becomes_typed_arguments)
{
	cr_assert_str_eq(args("create-vm web1 --image rhel6 --cpu 0.5 --memory=4G --disk 10G --disk size=5G,pool=datavg --capped"),
	    "create-vm {\"name\":\"web1\",\"image\":\"rhel6\",\"units\":{\"desired\":50},\"memory\":{\"desired\":4096},"
	    "\"disks\":[{\"size\":10240},{\"size\":5120,\"pool\":\"datavg\"}],\"capped\":true}");
	cr_assert_str_eq(args("--capped"), "!64 unknown command --capped; \"help\" lists the commands");
	cr_assert_str_eq(args("create-vm --memory 4G web1"), "create-vm {\"memory\":{\"desired\":4096},\"name\":\"web1\"}");
}

Test(args, options_of_the_gateway_stay_out_of_the_arguments)
{
	struct request req;
	struct pd_err  e;

	cr_assert_eq(parse("create-vm web1 --json --plan --detach --yes --timeout 10m --once key-1 --note 'shop front'", &req, &e), 0);
	cr_assert(req.json && req.plan && req.detach && req.yes);
	cr_assert_eq(req.timeout_s, 600);
	cr_assert_str_eq(req.once, "key-1");
	cr_assert_str_eq(req.note, "shop front");
	cr_assert_eq(json_object_size(req.args), 1);
	request_clear(&req);
	cr_assert_eq(parse("follow 01JD0Q7M --timeout 0", &req, &e), 0);
	cr_assert_eq(req.timeout_s, 0);
	cr_assert_eq(json_object_size(req.args), 1);
	request_clear(&req);
	cr_assert_eq(parse("list-vms", &req, &e), 0);
	cr_assert_eq(req.timeout_s, -1);
	request_clear(&req);
}

Test(args, an_unknown_verb_names_the_nearest)
{
	SAYS("creat-vm web1", "!64 unknown command creat-vm, did you mean create-vm?");
	SAYS("list_vms", "did you mean list-vms?");
	SAYS("craete-vm", "did you mean create-vm?");
	SAYS("create", "did you mean create-vm?");
	SAYS("reboot", "\"help\" lists");
	SAYS("''", "unknown command \"\"");
}

Test(args, a_refusal_keeps_the_verb_that_is_known)
{
	struct request req;
	struct pd_err  e = { 0 };

	cr_assert_eq(parse("create-vm web1 --memory 4X --json", &req, &e), -1);
	cr_assert_not_null(req.verb);
	cr_assert_str_eq(req.verb->name, "create-vm");
	cr_assert(req.json);
	cr_assert_eq(parse("creat-vm web1", &req, &e), -1);
	cr_assert_null(req.verb);
}

Test(args, an_unknown_option_names_the_nearest)
{
	SAYS("create-vm web1 --imag rhel6", "!64 create-vm has no option --imag, did you mean --image?");
	SAYS("create-vm web1 --memroy=4G", "no option --memroy, did you mean --memory?");
	SAYS("create-vm web1 -m 4G", "!64 create-vm has no option -m");
	SAYS("list-vms --detach", "!64 list-vms has no option --detach");
	SAYS("create-vm web1 --", "!64 ");
	SAYS("create-vm web1 --aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "!64 ");
	SAYS("create-vm --name web1", "!64 NAME is written without --name");
}

Test(args, a_repeated_option_is_refused)
{
	SAYS("create-vm web1 --memory 4G --memory 4G", "!64 --memory is given twice");
	SAYS("create-vm web1 --plan --plan", "!64 --plan is given twice");
	SAYS("create-vm web1 --timeout 5 --timeout 5", "given twice");
	SAYS("create-vm web1 --note a --note a", "given twice");
	SAYS("create-vm web1 web2", "!64 web2 is one word too many");
}

Test(args, a_list_option_is_bounded)
{
	char line[600] = "create-vm web1";

	for (int i = 0; i < 8; i++)
		(void)strcat(line, " --network vlan=1");
	cr_assert_eq(args(line)[0], 'c');
	(void)strcat(line, " --network vlan=1");
	SAYS(line, "!64 --network is given more than 8 times");
}

Test(args, a_forgotten_value_never_eats_the_next_option)
{
	SAYS("create-vm web1 --memory", "!64 create-vm: --memory needs a value: --memory SIZE");
	SAYS("create-vm web1 --memory --plan", "!64 create-vm: --memory needs a value");
	SAYS("create-vm web1 --plan=yes", "!65 --plan: yes is not wanted");
	cr_assert_str_eq(args("register-image a --platform p --file /f --os aix --description=-x"),
	    "register-image {\"name\":\"a\",\"platform\":\"p\",\"file\":\"/f\",\"os\":\"aix\",\"description\":\"-x\"}");
}

Test(args, what_is_missing_is_named_with_an_example)
{
	SAYS("create-vm", "!64 create-vm needs NAME, the name of the VM; for example: create-vm web1");
	SAYS("register-image x --platform p --os linux", "!64 register-image needs --file PATH");
	SAYS("show-job", "!64 show-job needs JOB");
}

Test(args, help_is_asked_for_in_many_ways)
{
	cr_assert_str_eq(args(""), "help {}");
	cr_assert_str_eq(args("--help"), "help {}");
	cr_assert_str_eq(args("-h"), "help {}");
	cr_assert_str_eq(args("create-vm --help"), "help {\"verb\":\"create-vm\"}");
	cr_assert_str_eq(args("create-vm web1 --memory 4G -h"), "help {\"verb\":\"create-vm\"}");
	cr_assert_str_eq(args("--version"), "version {}");
}

static int
check(const char *verb, const char *json, struct pd_err *e)
{
	json_t *a = json_loads(json, 0, NULL);
	int	rv = args_check(verb_find(verb), a, e);

	json_decref(a);
	return rv;
}

Test(args, a_lease_is_a_time_or_none)
{
	struct pd_err e;

	cr_assert_str_eq(args("renew-vm web1 --lease 30d"), "renew-vm {\"name\":\"web1\",\"lease\":2592000}");
	cr_assert_str_eq(args("renew-vm web1 --lease none"), "renew-vm {\"name\":\"web1\",\"lease\":0}");
	cr_assert_eq(check("renew-vm", "{\"name\":\"web1\",\"lease\":0}", &e), 0, "%s", e.msg);
	cr_assert_eq(check("renew-vm", "{\"name\":\"web1\",\"lease\":1}", &e), 0, "%s", e.msg);
	cr_assert_eq(check("stop-vm", "{\"name\":\"web1\",\"limit\":0}", &e), -1);
}

Test(args, a_refusal_remembers_the_wish_for_json)
{
	struct request req;
	struct pd_err  e;

	cr_assert_eq(parse("create-vm --nonsense --json", &req, &e), -1);
	cr_assert_eq(req.json, 1);
	cr_assert_eq(parse("nonsense --json", &req, &e), -1);
	cr_assert_eq(req.json, 1);
	cr_assert_eq(parse("nonsense", &req, &e), -1);
	cr_assert_eq(req.json, 0);
}

Test(args, the_check_of_a_document_names_the_key)
{
	struct pd_err e;

	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"memory\":{\"desired\":1024}}", &e), 0);
	cr_assert_eq(check("create-vm", "{\"memory\":{\"desired\":1024}}", &e), -1);
	cr_assert(strstr(e.msg, "argument name of create-vm is missing") != NULL, "%s", e.msg);
	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"memory\":\"1G\"}", &e), -1);
	cr_assert(strstr(e.msg, "argument memory of create-vm") != NULL, "%s", e.msg);
	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"plan\":true}", &e), -1);
	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"evil\\u001b\":1}", &e), -1);
	cr_assert_null(strchr(e.msg, '\033'));
	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"disks\":[]}", &e), -1);
	cr_assert_eq(check("create-vm", "{\"name\":\"web1\",\"disks\":{\"size\":1}}", &e), -1);
	cr_assert_eq(check("create-vm", "{\"name\":[\"web1\"]}", &e), -1);
	cr_assert_eq(check("create-vm", "[]", &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
}

/* What shells, consoles and lists act on. */
static const char *const payloads[] = {
	"a'b", "a\"b", "$(id)", "`id`", "a;id", "a,b=c", "a=b", "a b", "-a", "--a", "a|id", "a&id", "a>b", "a<b", "a*", "a?", "a[b]",
	"a{b}", "~a", "#a", "!a", "a\\b", "a/../b", "%s%n", "a:b:c", "01234567890123456789012345678901234567890", "w\xc3\xa9" "b",
	"a\nb", "a\033[31mb", "a\rb", "\xff\xfe", "a\xc2\x9b" "b", "",
};

/* Characters that a kept value of this type may hold: none that acts anywhere it goes. */
static int
is_inert(enum arg_type type, const char *s)
{
	if (type == ARG_TEXT)	/* for people only: never part of a command */
		return strpbrk(s, "\n\r\033") == NULL;
	return strpbrk(s, "'\"$`;|&<>*?[]{}()~#! \\\n\r\033%") == NULL && s[0] != '-';
}

static void
check_inert(enum arg_type type, const json_t *v)
{
	size_t	    i;
	const char *key;
	json_t	   *item;

	if (json_is_string(v))
		cr_assert(is_inert(type, json_string_value(v)), "kept: %s", json_string_value(v));
	json_array_foreach(v, i, item)
		check_inert(type, item);
	json_object_foreach((json_t *)v, key, item)
		check_inert(type, item);
}

Test(args, every_payload_in_every_argument_is_refused_or_one_inert_value)
{
	for (size_t i = 0; i < verbs_count; i++)
		for (size_t k = 0; k < verbs[i].nargs; k++)
			for (size_t p = 0; p < sizeof(payloads) / sizeof(payloads[0]); p++) {
				const struct verb_arg *a = &verbs[i].args[k];
				struct pd_err	       e;
				json_t		      *v;

				if (value_parse(a, payloads[p], &v, &e) == -1) {
					cr_assert(e.msg[0] != '\0' && strpbrk(e.msg, "\n\r\033") == NULL);
					continue;
				}
				check_inert(a->type, v);
				cr_assert_eq(value_check(a, v, &e), 0);
				json_decref(v);
			}
}

Test(args, a_payload_is_one_word_or_none)
{
	for (size_t p = 0; p < sizeof(payloads) / sizeof(payloads[0]); p++) {
		char	      *words[] = { (char *)"create-vm", (char *)"web1", (char *)"--image", (char *)payloads[p], NULL };
		struct request req;
		struct pd_err  e;

		if (request_parse(4, words, &req, &e) == 0) {
			cr_assert_str_eq(json_string_value(json_object_get(req.args, "image")), payloads[p]);
			cr_assert_eq(json_object_size(req.args), 2);
			request_clear(&req);
		}
	}
}
