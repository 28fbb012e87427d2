/* SPDX-License-Identifier: ISC */
/*
 * test_feature.c - what a system must be able to do: the files of the kinds of consoles, and requests held against them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/verbs.h"
#include "handlers/vm/feature.h"
#include "handlers/vm/vm_fc.h"
#include "handlers/vm/vm_features.h"

#define LEAST "feature a { title = 'T' when = 'args.a' capability = 'c' }\n"

static int
parse(const char *text, struct features **f, struct pd_err *e)
{
	memset(e, 0, sizeof(*e));
	return features_parse("f", text, strlen(text), f, e);
}

static void
bad(const char *text, const char *says)
{
	struct features *f = NULL;
	struct pd_err	 e;

	cr_expect_eq(parse(text, &f, &e), -1, "taken: %s", text);
	cr_expect_null(f);
	cr_expect_eq(e.code, PD_BADDATA);
	cr_expect_not_null(strstr(e.msg, says), "'%s' instead of '%s'", e.msg, says);
	features_free(f);
}

Test(feature, a_file_with_a_mistake_is_refused_with_its_line)
{
	struct features *f;
	struct pd_err	 e;

	cr_assert_eq(parse(LEAST "end = true\n", &f, &e), 0, "%s", e.msg);
	features_free(f);
	cr_assert_eq(parse("end = true\n", &f, &e), 0, "%s", e.msg);
	features_free(f);
	bad(LEAST, "end = true");
	bad("", "end = true");
	bad(LEAST "end = true\nend = true\n", "f:2: end = true");
	bad("feature { title = 'T' }\nend = true\n", "f:1: feature NAME");
	bad("feature a {\n title = 'T'\n title = 'U'\n}\nend = true\n", "f:3: said twice");
	bad("feature a {\n titel = 'T'\n}\nend = true\n", "f:2: unknown word 'titel'");
	bad("feature a { title = 'T' capability = 'c' }\nend = true\n", "title and when");
	bad("feature a { title = 'T' when = 'args.a' }\nend = true\n", "capability, level, value or refused");
	bad("feature a { title = 'T' when = 'args.a' value = 'args.a' }\nend = true\n", "value goes with of");
	bad("feature a { title = 'T' when = 'args.a ==' refused = 'no' }\nend = true\n", "f:1");
	bad("feature a { title = '' when = 'args.a' refused = 'no' }\nend = true\n", "one value");
}

Test(feature, the_files_of_all_kinds_are_whole)
{
	static const char *const kinds[] = { "ivm", "hmc" };
	char			 path[80];
	struct features		*f;
	struct pd_err		 e;

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "templates/%s/features.conf", kinds[i]);
		cr_assert_eq(features_load(path, &f, &e), 0, "%s", e.msg);
		features_free(f);
	}
}

/* args against templates/KIND/features.conf, on a system with these capabilities and modes and a console of this level. */
static enum pd_code
check(const char *kind, const char *args_text, const char *level, const char *capabilities, const char *modes, struct pd_err *e)
{
	char		 path[80];
	json_t		*args = json_loads(args_text, 0, NULL), *facts = json_pack("{s:s* s:s*}", "capabilities", capabilities, "compat_modes", modes);
	struct features *f;
	int		 rv;

	cr_assert_not_null(args, "%s", args_text);
	memset(e, 0, sizeof(*e));
	(void)snprintf(path, sizeof(path), "templates/%s/features.conf", kind);
	cr_assert_eq(features_load(path, &f, e), 0, "%s", e->msg);
	rv = features_check(f, args, "p9a", level, facts, e);
	features_free(f);
	json_decref(args);
	json_decref(facts);
	return rv == 0 ? PD_OK : e->code;
}

static void
says(const struct pd_err *e, const char *text)
{
	cr_expect_not_null(strstr(e->msg, text), "'%s' instead of '%s'", e->msg, text);
}

Test(feature, what_is_missing_is_named)
{
	struct pd_err e;

	cr_expect_eq(check("hmc", "{\"memory_expansion\":150}", "V10R3", "virtual_fc_capable", NULL, &e), PD_CAPACITY);
	says(&e, "p9a cannot do Active Memory Expansion (capability active_mem_expansion_capable is missing)");
	cr_expect_eq(check("hmc", "{\"memory_expansion\":150}", "V10R3", "a,active_mem_expansion_capable,b", NULL, &e), PD_OK);
	/* Part of another capability's name is not it. */
	cr_expect_eq(check("hmc", "{\"memory_expansion\":150}", "V10R3", "hardware_active_mem_expansion_capable", NULL, &e), PD_CAPACITY);
	cr_expect_eq(check("hmc", "{\"compat_mode\":\"POWER6\"}", "", "lpar_proc_compat_mode_capable", "default,POWER6+,POWER7", &e), PD_CAPACITY);
	says(&e, "knows no processor compatibility mode POWER6; it has default,POWER6+,POWER7");
	cr_expect_eq(check("hmc", "{\"compat_mode\":\"POWER6+\"}", "", "lpar_proc_compat_mode_capable", "default,POWER6+,POWER7", &e), PD_OK);
	cr_expect_eq(check("hmc", "{\"avail_priority\":0}", "", "x", NULL, &e), PD_CAPACITY);
	cr_expect_eq(check("hmc", "{\"sharing\":\"share_idle_procs\"}", "", "x", NULL, &e), PD_OK);
	cr_expect_eq(check("hmc", "{\"sharing\":\"share_idle_procs_always\"}", "", "x", NULL, &e), PD_CAPACITY);
	cr_expect_eq(check("hmc", "{\"fc\":[{}]}", "", "x", NULL, &e), PD_CAPACITY);
	says(&e, "virtual Fibre Channel");
}

Test(feature, what_a_console_has_not_told_restricts_nothing)
{
	struct pd_err e;

	cr_expect_eq(check("hmc", "{\"memory_expansion\":150,\"compat_mode\":\"POWER8\",\"avail_priority\":1,\"fc\":[{}],\"remote_restart\":\"yes\"}",
	    "", NULL, NULL, &e), PD_OK, "%s", e.msg);
}

Test(feature, a_level_that_is_too_low_and_what_a_kind_never_does)
{
	static const char rr[] = "{\"remote_restart\":\"yes\"}";
	struct pd_err	  e;

	cr_expect_eq(check("hmc", rr, "V7R7.9", "powervm_lpar_simplified_remote_restart_capable", NULL, &e), PD_CAPACITY);
	says(&e, "its console has the level V7R7.9, and V8 is needed");
	cr_expect_eq(check("hmc", rr, "V8R8.2.0", "powervm_lpar_simplified_remote_restart_capable", NULL, &e), PD_OK);
	cr_expect_eq(check("hmc", rr, "V10R3", "powervm_lpar_simplified_remote_restart_capable", NULL, &e), PD_OK);
	cr_expect_eq(check("hmc", "{\"remote_restart\":\"no\"}", "V7R7.9", "x", NULL, &e), PD_OK);
	cr_expect_eq(check("ivm", "{\"memory_expansion\":150}", "2.2.2.1", "active_mem_expansion_capable", NULL, &e), PD_USAGE);
	says(&e, "is not there on p9a");
}

Test(feature, levels_are_compared_number_by_number)
{
	static const struct {
		const char *level, *needed;
		int	    reached;
	} cases[] = { { "V10R3", "V8", 1 }, { "V8R8.2.0", "V8R8", 1 }, { "V8R8", "V8R8.2", 0 }, { "V7R7.9", "V8", 0 }, { "V8R8.10", "V8R8.9", 1 },
		{ "", "V7", 0 }, { "V11R2", "V11R1", 1 }, { "V9R1", "V9R1", 1 }, { "2.2.2.1", "2.2.3", 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(feature_level_reached(cases[i].level, cases[i].needed), cases[i].reached, "%s, %s", cases[i].level, cases[i].needed);
}

/* ---- the specification ---- */

static void
makes(const char *mode, const char *args_text, const char *want_text)
{
	json_t	     *spec = json_pack("{s:s}", "mode", mode), *args = json_loads(args_text, 0, NULL), *want = json_loads(want_text, 0, NULL);
	struct pd_err e = { 0 };

	cr_assert_eq(vm_features_make(spec, args, &e), 0, "%s: %s", args_text, e.msg);
	(void)json_object_del(spec, "mode");
	cr_expect(json_equal(spec, want), "%s", args_text);
	json_decref(spec);
	json_decref(args);
	json_decref(want);
}

Test(feature, only_what_is_asked_for_is_specified)
{
	json_t	     *spec = json_pack("{s:s}", "mode", "shared"), *args = json_pack("{s:s}", "sharing", "share_idle_procs");
	struct pd_err e = { 0 };

	makes("shared", "{}", "{}");
	makes("shared", "{\"memory_expansion\":125,\"compat_mode\":\"POWER9\",\"avail_priority\":0,\"proc_pool\":\"db\",\"boot_mode\":\"sms\"}",
	    "{\"memory_expansion\":\"1.25\",\"compat_mode\":\"POWER9\",\"avail_priority\":0,\"proc_pool\":\"db\",\"boot_mode\":\"sms\"}");
	makes("shared", "{\"memory_expansion\":100,\"remote_restart\":\"no\"}", "{\"memory_expansion\":\"0\",\"remote_restart\":0}");
	makes("ded", "{\"sharing\":\"share_idle_procs_active\",\"remote_restart\":\"yes\"}", "{\"sharing\":\"share_idle_procs_active\",\"remote_restart\":1}");
	cr_expect_eq(vm_features_make(spec, args, &e), -1);
	cr_expect_eq(e.code, PD_USAGE);
	json_decref(spec);
	json_decref(args);
}

/* Through which VIOSes, as "name/slot/port ..."; NULL: refused. */
static char *
through(const char *args_text, enum pd_code *code)
{
	json_t	     *facts = json_loads("{\"vioses\":[{\"id\":1,\"name\":\"v1\",\"profile\":\"p\",\"state\":\"Running\",\"rmc\":\"active\"},"
		"{\"id\":2,\"name\":\"v2\",\"profile\":\"p\",\"state\":\"Not Activated\",\"rmc\":\"inactive\"},"
		"{\"id\":3,\"name\":\"v3\",\"profile\":\"p\",\"state\":\"Running\",\"rmc\":\"active\"}]}", 0, NULL);
	json_t	     *spec = json_object(), *args = json_loads(args_text, 0, NULL), *fc;
	struct pd_err e = { 0 };
	char	     *text = calloc(1, 200);
	size_t	      i;
	int	      rv = vm_fc_make(spec, args, facts, &e);

	*code = e.code;
	json_array_foreach(json_object_get(spec, "fc"), i, fc)
		(void)snprintf(text + strlen(text), 200 - strlen(text), "%s%s/%d%s%s", i > 0 ? " " : "", json_string_value(json_object_get(fc, "name")),
		    (int)json_integer_value(json_object_get(fc, "client_slot")), json_object_get(fc, "port") != NULL ? "/" : "",
		    json_object_get(fc, "port") != NULL ? json_string_value(json_object_get(fc, "port")) : "");
	if (rv == -1) {
		free(text);
		text = NULL;
	}
	json_decref(facts);
	json_decref(spec);
	json_decref(args);
	return text;
}

Test(feature, each_fibre_channel_adapter_is_of_another_vios_that_runs)
{
	static const struct {
		const char  *args, *want;
		enum pd_code code;
	} cases[] = {
		{ "{}", "", PD_OK },
		{ "{\"fc\":[{}]}", "v1/10", PD_OK },
		{ "{\"fc\":[{},{}]}", "v1/10 v3/11", PD_OK },
		{ "{\"fc\":[{},{\"vios\":\"v1\",\"port\":\"fcs1\"}]}", "v3/10 v1/11/fcs1", PD_OK },
		{ "{\"fc\":[{},{},{}]}", NULL, PD_CAPACITY },
		{ "{\"fc\":[{\"vios\":\"v2\"}]}", NULL, PD_BUSY },
		{ "{\"fc\":[{\"vios\":\"v4\"}]}", NULL, PD_NOTFOUND },
		{ "{\"fc\":[{\"vios\":\"v1\"},{\"vios\":\"v1\"}]}", NULL, PD_USAGE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum pd_code code;
		char	    *text = through(cases[i].args, &code);

		cr_expect_eq(text == NULL, cases[i].want == NULL, "%s", cases[i].args);
		if (text != NULL && cases[i].want != NULL)
			cr_expect_str_eq(text, cases[i].want, "%s: %s", cases[i].args, text);
		cr_expect_eq(code, cases[i].code, "%s", cases[i].args);
		free(text);
	}
}

/* add-fc to a VM with one through v1 in slot 10, a disk path in 12, a network adapter in 11; NULL: refused. */
static char *
more(const char *args_text, const char *vioses, enum pd_code *code)
{
	json_t	     *facts = json_pack("{s:o}", "vioses", json_loads(vioses, 0, NULL)), *args = json_loads(args_text, 0, NULL), *fc = NULL, *one;
	json_t	     *spec = json_loads("{\"max_slots\":15,\"fc\":[{\"index\":0,\"client_slot\":10,\"name\":\"v1\"}],\"paths\":[{\"client_slot\":12}],"
		"\"networks\":[{\"slot\":11}]}", 0, NULL);
	struct pd_err e = { 0 };
	char	     *text = calloc(1, 200);
	size_t	      i;
	int	      rv = vm_fc_more(args, spec, facts, &fc, &e);

	*code = e.code;
	json_array_foreach(fc, i, one)
		(void)snprintf(text + strlen(text), 200 - strlen(text), "%s%d:%s/%d", i > 0 ? " " : "", (int)json_integer_value(json_object_get(one, "index")),
		    json_string_value(json_object_get(one, "name")), (int)json_integer_value(json_object_get(one, "client_slot")));
	if (rv == -1) {
		free(text);
		text = NULL;
	}
	json_decref(fc);
	json_decref(facts);
	json_decref(spec);
	json_decref(args);
	return text;
}

Test(feature, an_adapter_more_takes_a_free_number_a_free_slot_and_the_vios_with_the_fewest)
{
#define RUNS(name) "{\"id\":1,\"name\":\"" name "\",\"profile\":\"p\",\"state\":\"Running\",\"rmc\":\"active\"}"
	static const char two[] = "[" RUNS("v1") "," RUNS("v2") "]";
	static const struct {
		const char  *args, *vioses, *want;
		enum pd_code code;
	} cases[] = {
		{ "{\"fc\":[{}]}", two, "1:v2/13", PD_OK },
		{ "{\"fc\":[{\"vios\":\"v1\"}]}", two, "1:v1/13", PD_OK },
		{ "{\"fc\":[{},{}]}", two, "1:v2/13 2:v1/14", PD_OK },
		{ "{\"fc\":[{},{},{}]}", "[" RUNS("v1") "," RUNS("v2") "," RUNS("v3") "]", NULL, PD_NOSPACE },
		{ "{\"fc\":[{},{},{},{}]}", two, NULL, PD_DENIED },
		{ "{\"fc\":[{\"vios\":\"v2\"},{\"vios\":\"v2\"}]}", two, NULL, PD_USAGE },
		{ "{\"fc\":[{}]}", "[]", NULL, PD_DENIED },	/* an IVM's has one */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum pd_code code;
		char	    *text = more(cases[i].args, cases[i].vioses, &code);

		cr_expect_eq(text == NULL, cases[i].want == NULL, "%s", cases[i].args);
		if (text != NULL && cases[i].want != NULL)
			cr_expect_str_eq(text, cases[i].want, "%s: %s", cases[i].args, text);
		cr_expect_eq(code, cases[i].code, "%s: %d", cases[i].args, (int)code);
		free(text);
	}
}

Test(feature, what_goes_through_two_vioses_goes_through_two_on_another_system)
{
	static const struct {
		const char *names[3], *vioses, *want;
	} cases[] = {
		{ { "a", NULL, NULL }, "[" RUNS("v1") "]", "v1 " },
		{ { "a", "b", "a" }, "[" RUNS("v1") "," RUNS("v2") "]", "v1 v2 v1 " },
		{ { "a", "b", NULL }, "[" RUNS("v1") "]", NULL },
		{ { "a", "a", NULL }, "[" RUNS("v1") "]", "v1 v1 " },
		{ { "a", NULL, NULL }, "[{\"id\":1,\"name\":\"v1\",\"state\":\"Running\",\"rmc\":\"inactive\"}," RUNS("v2") "]", "v2 " },
		{ { NULL, NULL, NULL }, "[]", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t	     *fc = json_array(), *facts = json_pack("{s:o}", "vioses", json_loads(cases[i].vioses, 0, NULL)), *there = NULL, *one;
		struct pd_err e = { 0 };
		char	      text[100] = "";
		size_t	      k;

		for (k = 0; k < 3 && cases[i].names[k] != NULL; k++)
			json_array_append_new(fc, json_pack("{s:s s:I}", "name", cases[i].names[k], "client_slot", (json_int_t)(10 + (int)k)));
		cr_expect_eq(vm_fc_move(fc, facts, &there, &e), cases[i].want == NULL ? -1 : 0, "case %zu: %s", i, e.msg);
		json_array_foreach(there, k, one)
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", json_string_value(json_object_get(one, "vios")));
		if (cases[i].want != NULL)
			cr_expect_str_eq(text, cases[i].want, "case %zu: %s", i, text);
		else
			cr_expect_null(there);
		json_decref(there);
		json_decref(facts);
		json_decref(fc);
	}
}

/* ---- what is typed ---- */

Test(feature, factors_and_adapters_are_read_as_they_are_written)
{
	static const struct {
		enum arg_type type;
		const char   *text, *json;	/* NULL: refused */
	} cases[] = {
		{ ARG_FACTOR, "1.5", "150" }, { ARG_FACTOR, "1", "100" }, { ARG_FACTOR, "10.00", "1000" }, { ARG_FACTOR, "0.99", NULL },
		{ ARG_FACTOR, "10.01", NULL }, { ARG_FACTOR, "1.255", NULL }, { ARG_FACTOR, "-1", NULL }, { ARG_FACTOR, "1:2:3", NULL },
		{ ARG_FC, "auto", "{}" }, { ARG_FC, "vios=v1", "{\"vios\":\"v1\"}" }, { ARG_FC, "port=fcs0,vios=v1", "{\"port\":\"fcs0\",\"vios\":\"v1\"}" },
		{ ARG_FC, "port=fcs0", NULL }, { ARG_FC, "any", NULL }, { ARG_FC, "", NULL }, { ARG_FC, "vios=", NULL }, { ARG_FC, "vios=a b", NULL },
		{ ARG_FC, "vios=v1,vios=v2", NULL }, { ARG_FC, "vios=v1,port=$(x)", NULL },
	};
	struct verb_arg a = { .name = "x", .min = 100, .max = 1000 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t	     *v = NULL, *want = cases[i].json != NULL ? json_loads(cases[i].json, JSON_DECODE_ANY, NULL) : NULL;
		struct pd_err e;

		a.type = cases[i].type;
		cr_expect_eq(value_parse(&a, cases[i].text, &v, &e), want != NULL ? 0 : -1, "%s", cases[i].text);
		cr_expect(want == NULL || json_equal(v, want), "%s", cases[i].text);
		/* What was read passes the check of documents: it is written as a word and read again. */
		cr_expect(want == NULL || value_check(&a, v, &e) == 0, "%s", cases[i].text);
		json_decref(v);
		json_decref(want);
	}
}

/* Every hundredth of a factor comes back as it was, and nothing between the bounds is refused. */
Test(feature, factors_survive_print_and_parse)
{
	struct verb_arg a = { .name = "x", .type = ARG_FACTOR, .min = 100, .max = 1000 };
	struct pd_err	e;

	for (json_int_t n = 100; n <= 1000; n++) {
		json_t *v = json_integer(n);

		cr_assert_eq(value_check(&a, v, &e), 0, "%d: %s", (int)n, e.msg);
		json_decref(v);
	}
}
