/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_parse.c - what the parser of sequences accepts, and that every mistake is told with its line.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence.h"
#include "handlers/sequence/sequence_model.h"

#define HEAD "sequence x {\n\tkind = 'ivm'\n\tinputs = { 'vm' }\n"
#define TAIL "}\nend = true\n"
#define CARRY "carry vios { console = 'viosvrcmd -c \"{command}\"' }\n"
#define STEP "step a {\nask = 'ls'\n}\n"

static void
expect(const char *text, const char *error)
{
	struct sequence *s = NULL;
	struct pd_err	 e = { 0 };
	int		 rv = sequence_parse("f.seq", text, strlen(text), &s, &e);

	if (error == NULL) {
		cr_expect_eq(rv, 0, "%s\n%s", e.msg, text);
	} else {
		cr_expect_eq(rv, -1, "accepted: %s", text);
		cr_expect_not_null(strstr(e.msg, error), "'%s' instead of '%s'", e.msg, error);
		cr_expect_eq(e.code, PD_BADDATA);
	}
	sequence_free(s);
}

static void
accept_all(const char *kind, size_t at_least)
{
	char   pattern[60];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "templates/%s/*.seq", kind);
	cr_assert_eq(glob(pattern, 0, NULL, &files), 0);
	cr_expect_geq(files.gl_pathc, at_least);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct sequence *s = NULL;
		struct pd_err	 e = { 0 };
		const char	*name = strrchr(files.gl_pathv[i], '/') + 1;

		cr_assert_eq(sequence_load(files.gl_pathv[i], &s, &e), 0, "%s", e.msg);
		cr_expect(strncmp(s->name, name, strlen(name) - strlen(".seq")) == 0, "%s is in %s", s->name, name);
		cr_expect_str_eq(s->kind, kind);
		sequence_free(s);
	}
	globfree(&files);
}

Test(sequence_parse, the_sequences_of_each_kind_are_accepted)
{
	accept_all("ivm", 23);
	accept_all("hmc", 11);
}

/* A file that was cut off anywhere must never look whole. */
Test(sequence_parse, a_file_cut_anywhere_is_refused)
{
	static const char whole[] = HEAD "step a {\nsay = 'x {vm.name}'\nask = 'ls'\ncapture v { split = ':' field = 1 }\n}\n" TAIL;

	expect(whole, NULL);
	for (size_t n = 0; n < sizeof(whole) - 2; n++) {
		struct sequence *s = NULL;
		struct pd_err	 e = { 0 };

		cr_expect_eq(sequence_parse("f.seq", whole, n, &s, &e), -1, "cut at %zu", n);
		cr_expect_null(s);
		cr_expect_eq(strncmp(e.msg, "f.seq:", 6), 0, "%s", e.msg);
	}
}

Test(sequence_parse, mistakes_are_told_with_their_line)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ HEAD "colour = 'red'\n" STEP TAIL, "f.seq:4: unknown word 'colour'" },
		{ HEAD "kind = 'hmc'\n" STEP TAIL, "f.seq:4: said twice: 'kind'" },
		{ HEAD "step a {\nask = 'ls'\nask = 'ls'\n}\n" TAIL, "f.seq:6:" },
		{ HEAD STEP STEP TAIL, "two steps have the name 'a'" },
		{ HEAD "step a {\nask = 'ls {vm.name:colour}'\n}\n" TAIL, "f.seq:5: unknown type 'colour'" },
		{ HEAD "step a {\nask = 'ls {vm.name}'\n}\n" TAIL, "needs a type" },
		{ HEAD "step a {\nask = 'ls {other.name:name}'\n}\n" TAIL, "f.seq:5: other.name is no input" },
		{ HEAD "step a {\nask = 'ls {vm.id:count}'\n}\nstep b {\nask = 'id'\ncapture vm.id { }\n}\n" TAIL, "f.seq:5: vm.id is used before" },
		{ HEAD "step a {\nask = 'ls {vm.x:text}'\n}\n" TAIL, "is for people" },
		{ HEAD STEP "step b {\nask-director = 'found'\n}\n" TAIL, "f.seq:7: nothing of found is captured" },
		{ HEAD "step b {\nask = 'ls'\nask-director = 'found'\n}\n" TAIL, "f.seq:4: ask-director takes the path" },
		{ HEAD "undo-every = 0\n" STEP TAIL, "f.seq:4: a number from 1" },
		{ HEAD "step a {\nask = 'ls {vm.x:label}'\n}\n" TAIL, "outside quotes" },
		{ HEAD "step a {\nask = 'ls \"a={vm.x:label}\"'\n}\n" TAIL, NULL },
		{ HEAD "step a {\nask = 'ls `id`'\n}\n" TAIL, "may not hold" },
		{ HEAD "step a {\nask = 'ls $(id)'\n}\n" TAIL, "may not hold" },
		{ HEAD "step a {\nask = 'ls \"x'\n}\n" TAIL, "a quote is not closed" },
		{ HEAD "step a {\nask = 'ls'\nas = 'alice'\n}\n" TAIL, "f.seq:6:" },
		{ HEAD "step a {\nrun = 'rm'\n}\n" TAIL, "needs a probe" },
		{ HEAD "step a {\nrun = 'rm'\nrepeatable = true\n}\n" TAIL, NULL },
		{ HEAD "step a {\nask = 'ls'\nundo = 'rm'\n}\n" TAIL, "go with run" },
		{ HEAD "step a {\nundo = 'rm'\n}\n" TAIL, NULL },
		{ HEAD "step a {\nprobe {\nask = 'ls'\ncapture v { }\n}\n}\n" TAIL, "go with run" },
		{ HEAD "step a {\nundo = 'rm -p {vm.name:colour}'\n}\n" TAIL, "unknown type" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { type = 'count' difference = 'vm.n' }\n}\n" TAIL, NULL },
		{ HEAD "step a {\nask = 'ls'\ncapture v { difference = 'vm.n' }\n}\n" TAIL, "difference takes the path" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { type = 'count' difference = 'other.n' }\n}\n" TAIL, "other.n is no input" },
		{ HEAD "step a {\nask = { 'a', 'b' }\n}\n" TAIL, "one command a step" },
		{ HEAD "step a {\nask = 'ls'\nwhen = 'vm.x =='\n}\n" TAIL, "f.seq:6: condition" },
		{ HEAD "step a {\nask = 'ls'\nwhen = 'vm.x == a or b'\n}\n" TAIL, "condition" },
		{ HEAD "step a {\nask = 'ls'\ntimeout = soon\n}\n" TAIL, "1 to 86400" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { field = 2 }\n}\n" TAIL, "split is missing" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { split = ',' where = { 'x is y' } }\n}\n" TAIL, "where begins with" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { split = ',' where = { '1 equals y' } }\n}\n" TAIL, "where knows" },
		{ HEAD "step a {\nask = 'ls'\nrequire { that = 'vm.x' code = 'BROKEN' message = 'x' }\n}\n" TAIL, "unknown code" },
		{ HEAD "step a {\nask = 'ls'\nfor-each = 'vm.disks'\n}\n" TAIL, "LIST as NAME" },
		{ HEAD "step a {\nask = 'ls'\nfor-each = { 'vm.a as a', 'a.b as b', 'b.c as c', 'c.d as d' }\n}\n" TAIL, "one to three lists" },
		{ HEAD "step a {\nask = 'ls'\ncapture v { split = ',' then-split = '/' table = { 'x' } }\n}\n" TAIL, "group = 1 and table" },
		{ HEAD STEP "results { a = '{nothing}' }\n" TAIL, "nothing is no input" },
		{ HEAD STEP TAIL "more = 1\n", "nothing may follow" },
		{ HEAD STEP "}\n", "end = true is missing" },
		{ HEAD TAIL, "kind and a step are needed" },
		{ "step a { }", "sequence NAME" },
		{ HEAD "step a {\nask = \"ls ${HOME}\"\n}\n" TAIL, "nothing expands" },
		{ HEAD "step a {\nask = 'ls \001'\n}\n" TAIL, "control character" },
		{ HEAD "step a {\nask = 'ls \xff'\n}\n" TAIL, "not UTF-8" },
		{ HEAD "step a {\nask = 'ls \xc3\xa9'\n}\n" TAIL, "printable ASCII" },
		{ HEAD "/* open", "comment is not closed" },
		{ HEAD CARRY "step a {\nask = 'lsmap -all -fmt :'\nas = 'vios'\n}\n" TAIL, NULL },
		{ HEAD "step a {\nask = 'lsmap -all'\nas = 'vios'\n}\n" CARRY TAIL, "f.seq:6: as is 'root', 'padmin', 'second' or what a carry before it names" },
		{ HEAD "step a {\nrun = 'x'\nas = 'second'\nrepeatable = true\n}\n" TAIL, "the second console is only asked, in step 'a'" },
		{ HEAD CARRY CARRY STEP TAIL, "two carriers have the name 'vios'" },
		{ HEAD "carry vios { console = 'viosvrcmd' }\n" STEP TAIL, "f.seq:4: console = '... {command} ...' is needed" },
		{ HEAD "carry vios { console = 'v {command}' ssh-as = 'root' }\n" STEP TAIL, "f.seq:4: ssh = '... {command}' is needed" },
		{ HEAD "carry vios { console = 'v {command}' ssh = 'ioscli' }\n" STEP TAIL, "f.seq:4: ssh = '... {command}' is needed" },
		{ HEAD "carry vios { console = 'v {command}' ssh = '{command}' ssh-as = 'me' }\n" STEP TAIL, "ssh-as is 'root' or 'padmin'" },
		{ HEAD "carry vios { console = 'v {command}' ssh = 'chsyscfg {command}' }\nstep a {\nrun = 'x'\nas = 'vios'\nrepeatable = true\n}\n" TAIL,
		  "names one partition by its id" },
		{ HEAD "carry root { console = 'x {command}' }\n" STEP TAIL, "has a meaning of its own" },
		{ HEAD CARRY "step a {\nask = 'lsmap \"-all\"'\nas = 'vios'\n}\n" TAIL, "f.seq:6: a carried command may not hold quotes" },
		{ HEAD CARRY "step a {\nask = 'lsmap | wc'\nas = 'vios'\n}\n" TAIL, "may not hold quotes or signs of a shell" },
		{ HEAD CARRY "step a {\nask = 'lspv {vm.x:label}'\nas = 'vios'\n}\n" TAIL, "f.seq:6: type label may hold characters that mean something outside" },
		{ "", "f.seq:1:" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect(cases[i].text, cases[i].error);
}

Test(sequence_parse, a_backslash_joins_lines_and_comments_are_skipped)
{
	expect("# a\n// b\n/* c\n */\n" HEAD "step a {\nask = 'ls \\\n\t\t-l' # x\n}\n" TAIL, NULL);
}

Test(sequence_parse, nesting_and_sizes_are_bounded)
{
	char   deep[400] = HEAD, *large = malloc(100000);
	size_t n = strlen(HEAD);

	for (int i = 0; i < 20; i++)
		strcat(deep, "step a { ");
	expect(deep, "nested too deeply");
	memcpy(large, HEAD, n);
	n += (size_t)sprintf(large + n, "step a { ask = '");
	memset(large + n, 'x', 5000);
	strcpy(large + n + 5000, "' }" TAIL);
	expect(large, "longer than 4096");
	free(large);
}

/* powerdirector-sequence(5), EXAMPLES */
Test(sequence_parse, the_example_of_the_manual_is_accepted)
{
	FILE  *f = fopen("man/powerdirector-sequence.5", "re");
	char   line[400], text[16384] = "";
	size_t used = 0;
	int    in = 0;

	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, ".Sh EXAMPLES", 12) == 0)
			in = 1;
		else if (in == 1 && strncmp(line, ".Bd", 3) == 0)
			in = 2;
		else if (in == 2 && strncmp(line, ".Ed", 3) == 0)
			in = 3;
		else if (in == 2)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", line);
	}
	(void)fclose(f);
	cr_assert_eq(in, 3);
	expect(text, NULL);
}
