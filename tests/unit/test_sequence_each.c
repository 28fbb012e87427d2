/* SPDX-License-Identifier: ISC */
/*
 * test_sequence_each.c - a step for each element of a list, of a list in each element of another, and commands that an HMC carries.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/sequence.h"

#define HEAD                                                                                                                    \
	"sequence x {\n kind = 'hmc'\n inputs = { 'systems' }\n"                                                                \
	"carry vios { console = 'viosvrcmd -m \"{system.mtms:mtms}\" --id {vios.id:count} -c \"{command}\"' }\n"               \
	"carry vios-root { console = 'viosvrcmd --id {vios.id:count} -c \"oem_setup_env && {command}\"' }\nstep a {\n"
#define TAIL "}\n}\nend = true\n"

/* The commands of the plan, a line each. */
static void
plan(const char *steps, json_t *list, char *out, size_t size)
{
	char		  text[2000], line[500], path[] = "/tmp/test-each-XXXXXX";
	struct sequence	 *seq = NULL;
	struct run_result res;
	struct pd_err	  e = { 0 };
	int		  fd = mkstemp(path);
	FILE		 *log;
	struct run	  r = { .log_fd = fd, .vars = json_pack("{s:{s:o}}", "systems", "all", list) };

	out[0] = '\0';
	(void)snprintf(text, sizeof(text), "%s%s%s", HEAD, steps, TAIL);
	cr_assert_eq(sequence_parse("f.seq", text, strlen(text), &seq, &e), 0, "%s", e.msg);
	r.seq = seq;
	sequence_plan(&r, &res);
	cr_assert_eq(res.outcome, OUTCOME_DONE, "%s", res.err.msg);
	(void)lseek(fd, 0, SEEK_SET);
	log = fdopen(fd, "r");
	while (log != NULL && fgets(line, sizeof(line), log) != NULL) {
		json_t	   *event = json_loads(line, 0, NULL);
		const char *cmd = json_string_value(json_object_get(event, "cmd"));

		if (cmd != NULL)
			(void)snprintf(out + strlen(out), size - strlen(out), "%s: %s\n", json_string_value(json_object_get(event, "as")), cmd);
		json_decref(event);
	}
	if (log != NULL)
		(void)fclose(log);
	(void)unlink(path);
	json_decref(r.vars);
	json_decref(res.value);
	sequence_free(seq);
}

static json_t *
systems(void)
{
	return json_loads("[{\"mtms\":\"9009-42A*AAAA\",\"vioses\":[{\"id\":1},{\"id\":2}]}, {\"mtms\":\"9009-42A*BBBB\",\"vioses\":[]},"
			  " {\"mtms\":\"9009-42A*CCCC\",\"vioses\":[{\"id\":5}]}]", 0, NULL);
}

Test(sequence_each, one_list_is_walked)
{
	char out[2000];

	plan("for-each = 'systems.all as system'\nask = 'lssyscfg -r lpar -m \"{system.mtms:mtms}\"'\n", systems(), out, sizeof(out));
	cr_expect_str_eq(out, "console: lssyscfg -r lpar -m \"9009-42A*AAAA\"\nconsole: lssyscfg -r lpar -m \"9009-42A*BBBB\"\n"
			      "console: lssyscfg -r lpar -m \"9009-42A*CCCC\"\n");
}

Test(sequence_each, a_list_in_a_list_is_walked_in_order)
{
	char out[2000];

	plan("for-each = { 'systems.all as system', 'system.vioses as vios' }\nas = 'vios'\nask = 'lsmap -all -fmt :'\n", systems(), out,
	    sizeof(out));
	cr_expect_str_eq(out, "console: viosvrcmd -m \"9009-42A*AAAA\" --id 1 -c \"lsmap -all -fmt :\"\n"
			      "console: viosvrcmd -m \"9009-42A*AAAA\" --id 2 -c \"lsmap -all -fmt :\"\n"
			      "console: viosvrcmd -m \"9009-42A*CCCC\" --id 5 -c \"lsmap -all -fmt :\"\n");
}

Test(sequence_each, a_third_list_is_walked_for_each_element_of_the_second)
{
	char out[2000];

	plan("for-each = { 'systems.all as system', 'system.vioses as vios', 'vios.pools as pool' }\nas = 'vios'\n"
	     "ask = 'lsvg -lv {pool.name:pool} -fmt :'\n",
	    json_loads("[{\"mtms\":\"9009-42A*AAAA\",\"vioses\":[{\"id\":1,\"pools\":[]},{\"id\":2,\"pools\":[{\"name\":\"a\"},{\"name\":\"b\"}]}]},"
		       " {\"mtms\":\"9009-42A*BBBB\"}, {\"mtms\":\"9009-42A*CCCC\",\"vioses\":[{\"id\":5},{\"id\":6,\"pools\":[{\"name\":\"c\"}]}]}]", 0,
		NULL), out, sizeof(out));
	cr_expect_str_eq(out, "console: viosvrcmd -m \"9009-42A*AAAA\" --id 2 -c \"lsvg -lv a -fmt :\"\n"
			      "console: viosvrcmd -m \"9009-42A*AAAA\" --id 2 -c \"lsvg -lv b -fmt :\"\n"
			      "console: viosvrcmd -m \"9009-42A*CCCC\" --id 6 -c \"lsvg -lv c -fmt :\"\n");
}

Test(sequence_each, roots_commands_are_carried_too)
{
	char out[2000];

	plan("for-each = { 'systems.all as system', 'system.vioses as vios' }\nas = 'vios-root'\nask = 'ls -d /var/vio'\n",
	    json_loads("[{\"vioses\":[{\"id\":3}]}]", 0, NULL), out, sizeof(out));
	cr_expect_str_eq(out, "console: viosvrcmd --id 3 -c \"oem_setup_env && ls -d /var/vio\"\n");
}

Test(sequence_each, a_list_in_a_list_in_a_list_is_walked_in_order)
{
	char out[2000];

	plan("for-each = { 'systems.all as system', 'system.vioses as vios', 'vios.disks as disk' }\nas = 'vios-root'\nask = 'x {disk.n:word}'\n",
	    json_loads("[{\"vioses\":[{\"id\":1,\"disks\":[]},{\"id\":2,\"disks\":[{\"n\":\"a\"},{\"n\":\"b\"}]}]},{\"vioses\":[]},"
		       "{\"vioses\":[{\"id\":3,\"disks\":[{\"n\":\"c\"}]},{\"id\":4},{\"id\":5,\"disks\":[{\"n\":\"d\"}]}]}]", 0, NULL), out, sizeof(out));
	cr_expect_str_eq(out, "console: viosvrcmd --id 2 -c \"oem_setup_env && x a\"\nconsole: viosvrcmd --id 2 -c \"oem_setup_env && x b\"\n"
			      "console: viosvrcmd --id 3 -c \"oem_setup_env && x c\"\nconsole: viosvrcmd --id 5 -c \"oem_setup_env && x d\"\n", "%s", out);
}
