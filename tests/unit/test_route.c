/* SPDX-License-Identifier: ISC */
/*
 * test_route.c - commands of a VIOS go to the session that the platform's registration gives it, and to the console otherwise.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence.h"

/* One end of the line: what came, and what it answers. */
struct end {
	struct transport transport;
	const char	*name;
	const char	*err;		/* on standard error */
	int		 is_silent;
	char		*log;		/* of all ends, in order */
};

#define LOG_MAX 4000

static int
run(struct transport *t, const char *command, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct end *end = t->state;
	size_t	    len = strlen(end->log);

	(void)timeout_ms;
	memset(a, 0, sizeof(*a));
	if (end->is_silent) {
		t->contact = CONTACT_SILENT;
		return pd_fail(e, PD_REMOTE, "%s does not answer", end->name);
	}
	t->contact = CONTACT_ANSWERED;
	(void)snprintf(end->log + len, LOG_MAX - len, "%s: %s%s%s\n", end->name, command, input != NULL ? " < " : "", input != NULL ? input : "");
	a->out = strdup(input != NULL ? "hello\nrc=0\n" : "hello\n");
	a->err = strdup(end->err != NULL ? end->err : "");
	a->out_len = strlen(a->out);
	a->err_len = strlen(a->err);
	return 0;
}

static struct end console, vios;
static char	  sent[LOG_MAX];

static void
set_up(void)
{
	sent[0] = '\0';
	console = (struct end){ .transport = { .run = run, .state = &console }, .name = "console", .log = sent };
	vios = (struct end){ .transport = { .run = run, .state = &vios }, .name = "vios21", .log = sent };
}

TestSuite(route, .init = set_up);

static struct transport *
session(void *arg, const json_t *access, struct pd_err *e)
{
	(void)arg;
	(void)e;
	cr_assert_str_eq(json_string_value(json_object_get(access, "name")), "vios21");
	return &vios.transport;
}

static void
no_sleep(void *arg, int ms)
{
	*(int64_t *)arg += ms;
}

static int64_t
fake_now(void *arg)
{
	return *(int64_t *)arg;
}

#define HEAD                                                                                                                    \
	"sequence x {\n kind = 'hmc'\n inputs = { 'system', 'vm' }\nenvironment = 'LC_ALL=en_US'\n"                             \
	"carry vios { console = 'viosvrcmd --id {vios.id:vios-id} -c \"{command}\"' ssh = 'ioscli {command}' }\n"               \
	"carry vios-root { console = 'viosvrcmd --id {vios.id:vios-id} -c \"oem_setup_env && {command}\"' ssh = '{command}' ssh-as = 'root' }\n" \
	"carry plain { console = 'viosvrcmd --id {vios.id:vios-id} -c \"{command}\"' }\n"
#define EACH "for-each = 'vm.paths as vios'\n"
#define TAIL "results { got = '{got}' }\n}\nend = true\n"

static struct run_result
run_it(const char *steps, const char *access)
{
	char		  text[4000];
	struct sequence	 *seq = NULL;
	struct run_result res;
	struct pd_err	  e = { 0 };
	int64_t		  now = 0;
	struct run_clock  clock = { fake_now, no_sleep, &now };
	json_t		 *list = json_loads(access, 0, NULL);
	struct run	  r = { .transport = &console.transport, .log_fd = -1, .vios_access = list, .vios = session, .clock = &clock,
		.vars = json_loads("{\"system\":{\"name\":\"p9b\",\"ident\":\"9009-42A*1\",\"facts\":{\"vioses\":[{\"id\":1,\"name\":\"vios21\"},"
		"{\"id\":2,\"name\":\"vios22\"}]}},\"vm\":{\"paths\":[{\"id\":1},{\"id\":2}]}}", 0, NULL) };

	(void)snprintf(text, sizeof(text), "%s%s%s", HEAD, steps, TAIL);
	cr_assert_eq(sequence_parse("f.seq", text, strlen(text), &seq, &e), 0, "%s", e.msg);
	r.seq = seq;
	sequence_run(&r, &res);
	json_decref(r.vars);
	json_decref(list);
	sequence_free(seq);
	return res;
}

static void
expect(const char *steps, const char *access, const char *commands)
{
	struct run_result res = run_it(steps, access);

	cr_expect_eq(res.outcome, OUTCOME_DONE, "%s", res.err.msg);
	cr_expect_str_eq(sent, commands);
	json_decref(res.value);
}

#define ONE_STEP "step a {\n" EACH "ask = 'lsmap -all'\nas = 'vios'\ncapture got { field = 0 optional = true }\n}\n"

Test(route, a_vios_with_an_address_has_its_own_session_and_the_other_the_console)
{
	expect(ONE_STEP, "[{\"name\":\"vios21\"}]",
	    "vios21: ioscli lsmap -all\nconsole: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}

Test(route, without_addresses_everything_goes_through_the_console)
{
	expect(ONE_STEP, "null",
	    "console: LC_ALL=en_US viosvrcmd --id 1 -c \"lsmap -all\"\nconsole: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}

Test(route, the_vios_of_another_system_with_the_same_name_is_not_meant)
{
	expect(ONE_STEP, "[{\"name\":\"vios21\",\"system\":\"p9a\"}]",
	    "console: LC_ALL=en_US viosvrcmd --id 1 -c \"lsmap -all\"\nconsole: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}

Test(route, a_system_is_meant_by_its_name_or_by_its_type_and_serial_number)
{
	expect(ONE_STEP, "[{\"name\":\"vios21\",\"system\":\"9009-42A*1\"}]",
	    "vios21: ioscli lsmap -all\nconsole: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}

Test(route, roots_commands_have_a_root_session_there)
{
	expect("step a {\n" EACH "ask = 'ls -d /x'\nas = 'vios-root'\ncapture got { field = 0 optional = true }\n}\n", "[{\"name\":\"vios21\"}]",
	    "vios21: oem_setup_env < ls -d /x\necho rc=$?\nexit\n\n"
	    "console: LC_ALL=en_US viosvrcmd --id 2 -c \"oem_setup_env && ls -d /x\"\n");
}

Test(route, a_carrier_without_ssh_knows_the_console_only)
{
	expect("step a {\n" EACH "ask = 'lsmap -all'\nas = 'plain'\ncapture got { field = 0 optional = true }\n}\n", "[{\"name\":\"vios21\"}]",
	    "console: LC_ALL=en_US viosvrcmd --id 1 -c \"lsmap -all\"\nconsole: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}

Test(route, what_a_vios_says_on_its_standard_error_is_read_as_the_console_would_hand_it_over)
{
	struct run_result res;

	vios.err = "17+0 records out\n";
	res = run_it("step a {\n" EACH "when = 'vios.id == 1'\nask = 'lsmap'\nas = 'vios'\n"
		     "capture got { split = ' ' where = { 'row contains records out' } field = 1 }\n}\n", "[{\"name\":\"vios21\"}]");
	cr_expect_str_eq(json_string_value(json_object_get(res.value, "got")), "17+0", "%s", res.err.msg);
	json_decref(res.value);
}

Test(route, an_id_that_is_on_no_list_reaches_no_vios)
{
	struct run_result res = run_it("step other {\n" EACH "set { vios.id = '7' }\n}\n" ONE_STEP, "[{\"name\":\"vios21\"}]");

	cr_expect_eq(res.outcome, OUTCOME_FAILED);
	cr_expect_not_null(strstr(res.err.msg, "no VIOS of the system"), "%s", res.err.msg);
	cr_expect_str_eq(sent, "");
	json_decref(res.value);
}

Test(route, a_job_waits_for_a_vios_that_does_not_answer_and_says_nothing_of_the_console)
{
	struct run_result res;

	vios.is_silent = 1;
	res = run_it("step first {\nask = 'lshmc -V'\n}\n" ONE_STEP, "[{\"name\":\"vios21\"}]");
	cr_expect_eq(res.outcome, OUTCOME_PARKED);
	cr_expect_eq(res.err.code, PD_REMOTE);
	cr_expect_not_null(strstr(res.err.msg, "VIOS vios21: "), "%s", res.err.msg);
	cr_expect_not_null(res.vios);
	cr_expect_eq(res.contact, CONTACT_SILENT);
	cr_expect_eq(res.has_begun, 0);
	cr_expect_eq(console.transport.contact, CONTACT_ANSWERED);
	json_decref(res.value);
}

Test(route, a_vios_that_may_be_away_has_an_empty_answer_and_the_others_are_asked)
{
	vios.is_silent = 1;
	expect("step a {\n" EACH "ask = 'lsmap -all'\nas = 'vios'\nmay-be-away = true\ncapture got { field = 0 optional = true }\n}\n",
	    "[{\"name\":\"vios21\"}]", "console: LC_ALL=en_US viosvrcmd --id 2 -c \"lsmap -all\"\n");
}
