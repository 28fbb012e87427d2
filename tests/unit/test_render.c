/* SPDX-License-Identifier: ISC */
/*
 * test_render.c - values for people: units, columns, nothing lost, nothing that acts on a terminal.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/response.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

static const char *
render(const char *verb, const char *json)
{
	static char out[4096];
	json_t	   *v = json_loads(json, JSON_DECODE_ANY, NULL);
	char	   *text = NULL;
	size_t	    len;
	FILE	   *f = open_memstream(&text, &len);

	cr_assert_not_null(v, "%s", json);
	render_value(f, verb, v);
	cr_assert_eq(fclose(f), 0);
	(void)snprintf(out, sizeof(out), "%s", text);
	free(text);
	json_decref(v);
	return out;
}

#define HAS(text, words) cr_assert(strstr(text, words) != NULL, "%s", text)

Test(render, a_list_is_a_table_with_units)
{
	cr_assert_str_eq(render("list-vms", "[{\"name\":\"web1\",\"state\":\"running\",\"units\":50,\"memory\":4096,\"addresses\":[\"10.0.0.5\",\"10.0.0.6\"]},"
	    "{\"name\":\"a-longer-name\",\"state\":\"stopped\",\"units\":1250,\"memory\":512,\"addresses\":[]}]"),
	    "NAME           STATE      CPU  MEMORY  ADDRESSES\n"
	    "web1           running   0.50      4G  10.0.0.5, 10.0.0.6\n"
	    "a-longer-name  stopped  12.50    512M  -\n");
}

Test(render, keys_that_nobody_knows_get_a_column)
{
	const char *text = render("list-vms", "[{\"name\":\"a\",\"new_thing\":{\"x\":1,\"y\":[1,2]}},{\"name\":\"b\",\"other\":true}]");

	HAS(text, "NAME  NEW THING");
	HAS(text, "OTHER");
	HAS(text, "x=1 y=1, 2");
	HAS(text, "yes");
}

/* Alike values share their text, and what is unlike does not. */
Test(render, rows_that_are_alike_and_unlike)
{
	cr_assert_str_eq(render("list-vms", "[{\"name\":\"a\",\"memory\":512,\"state_since\":\"2026-11-21T20:49:00.123Z\"},"
	    "{\"memory\":512,\"name\":\"a\",\"state_since\":\"2026-11-21T20:49:00.999Z\"},{\"name\":\"a\\n\",\"units_text\":\"hidden\"},"
	    "{\"name\":\"a\",\"memory\":4096,\"memory\":1}]"),
	    "NAME   MEMORY  SINCE\n"
	    "a        512M  2026-11-21T20:49:00Z\n"
	    "a        512M  2026-11-21T20:49:00Z\n"
	    "a\\x0A       -  -\n"
	    "a          1M  -\n");
}

Test(render, a_unit_that_stands_in_its_row_is_not_that_of_the_row_above)
{
	const char *text = render("batch", "[{\"line\":1,\"used\":512,\"unit\":\"MiB\"},{\"line\":2,\"used\":512,\"unit\":\"hundredths\"},{\"line\":3,\"used\":512}]");

	HAS(text, "512M");
	HAS(text, "5.12");
	HAS(text, "   512  ");
}

/* There are as many columns as there may be; what comes behind them is left out. */
Test(render, a_list_of_very_many_keys_has_its_bound)
{
	char	    json[4096] = "[";
	const char *text;

	for (int i = 0; i < 200; i++)
		(void)snprintf(json + strlen(json), sizeof(json) - strlen(json), "%s{\"k%d\":%d}", i > 0 ? "," : "", i, i);
	(void)strcat(json, "]");
	text = render("list-vms", json);
	HAS(text, "K0  K1  K2");
	HAS(text, "K31\n");
	cr_expect_null(strstr(text, "K32"));
}

Test(render, an_empty_list_says_so)
{
	cr_assert_str_eq(render("list-vms", "[]"), "no VMs\n");
	cr_assert_str_eq(render("list-jobs", "[]"), "no jobs\n");
	cr_assert_str_eq(render("history", "[]"), "no history\n");
	cr_assert_str_eq(render("transcript", "[]"), "no commands\n");
}

Test(render, the_quota_has_the_unit_of_each_row)
{
	const char *text = render("quota", "[{\"what\":\"memory\",\"used\":512,\"limit\":8192,\"unit\":\"MiB\",\"whose\":\"tenant blue\"},"
	    "{\"what\":\"units\",\"used\":50,\"limit\":200,\"unit\":\"hundredths\",\"whose\":\"tenant blue\"},"
	    "{\"what\":\"vms\",\"used\":1,\"limit\":-1,\"unit\":\"\",\"whose\":\"user alice\"}]");

	HAS(text, "WHOSE        WHAT              USED      LIMIT");
	HAS(text, "tenant blue  memory            512M         8G  7.5G");
	HAS(text, "             processing units  0.50       2.00  1.50");
	HAS(text, "user alice   VMs                  1  unlimited     -");
	cr_assert_null(strstr(text, "MiB"));
}

Test(render, a_vm_is_shown_as_people_ask_for_it)
{
	cr_assert_str_eq(render("show-vm", "{\"name\":\"web1\",\"state\":\"running\",\"state_since\":\"2027-03-01T09:00:00.123Z\",\"owner\":\"alice\","
	    "\"tenant\":\"blue\",\"platform\":\"power1\",\"lpar_id\":3,\"image\":\"rhel6\",\"units\":50,\"units_text\":\"0.50\",\"procs\":1,\"memory\":4096,"
	    "\"created\":1795248193000,\"job\":\"01JD\",\"disks\":[{\"bd\":\"pdx_0\",\"index\":0,\"size\":20480,\"pool\":\"datavg\"}],"
	    "\"networks\":[{\"name\":\"office\",\"vlan\":10,\"ip\":\"10.0.10.5\",\"prefix\":24,\"mac\":\"EEE91000200F\",\"slot\":15}],"
	    "\"spec\":{\"mode\":\"shared\",\"sharing\":\"uncap\",\"weight\":128,\"units_min\":\"0.10\",\"units_max\":\"1.00\",\"procs_min\":1,\"procs_max\":2,"
	    "\"memory_min\":1024,\"memory_max\":8192,\"tag\":\"pdx\"},\"new_thing\":{\"x\":null}}"),
	    "name:         web1\n"
	    "state:        running since 2027-03-01T09:00:00Z\n"
	    "owner:        alice, tenant blue\n"
	    "platform:     power1, partition 3\n"
	    "image:        rhel6\n"
	    "processors:   0.50 units (min 0.10, max 1.00), 1 virtual processor (min 1, max 2), uncapped with weight 128\n"
	    "memory:       4G (min 1G, max 8G)\n"
	    "created:      2026-11-21T08:03:13Z, last job 01JD\n"
	    "new thing:\n"
	    "  x: -\n"
	    "\n"
	    "DISK  SIZE  POOL    BACKING DEVICE\n"
	    "   1   20G  datavg  pdx_0\n"
	    "\n"
	    "ADAPTER  NETWORK  VLAN  ADDRESS       MAC\n"
	    "1        office     10  10.0.10.5/24  EE:E9:10:00:20:0F\n");
	HAS(render("show-vm", "{\"procs\":2,\"memory\":1088,\"spec\":{\"mode\":\"ded\",\"procs_min\":1,\"procs_max\":4}}"),
	    "processors:   2 dedicated processors (min 1, max 4)\nmemory:       1088M\n");
}

Test(render, a_job_is_shown_with_its_request_as_it_was_typed)
{
	const char *text = render("show-job", "{\"id\":\"01JD\",\"verb\":\"create-vm\",\"user\":\"alice\",\"tenant\":\"blue\",\"vm\":\"web1\",\"state\":\"failed\","
	    "\"code\":\"NO_CAPACITY\",\"finished\":\"2027-03-01T09:00:00.123Z\",\"message\":\"no room\",\"note\":\"shop front\",\"attempts\":2,\"args\":"
	    "{\"name\":\"web1\",\"memory\":{\"desired\":4096},\"disks\":[{\"size\":1024},{\"size\":100,\"pool\":\"p\"}],\"no_start\":true},\"value\":{\"tag\":\"pdx\"}}");

	HAS(text, "request:      create-vm web1 --memory 4G --disk 1G --disk size=100M,pool=p --no-start --note 'shop front'\n");
	HAS(text, "state:        failed, NO_CAPACITY, attempt 2\n");
	HAS(text, "result:       no room\n");
	cr_assert_null(strstr(text, "pdx"));
}

Test(render, a_finished_job_shows_its_message_and_a_platform_its_pools)
{
	cr_assert_str_eq(render("create-vm", "{\"lpar_id\":3,\"state\":\"running\",\"objects\":{\"tag\":\"pdx\"}}"), "");
	cr_assert_str_eq(render("check-platform", "{\"facts\":{\"level\":\"2.2.2.1\",\"pools\":[{\"name\":\"datavg\",\"kind\":\"LVPOOL\",\"size\":1144576,\"free\":1024}]}}"),
	    "POOL    HOLDS        SIZE  FREE\ndatavg  volumes  1117.75G    1G\n");
}

Test(render, whoami_says_what_is_limited)
{
	const char *text = render("whoami", "{\"user\":\"alice\",\"tenant\":\"blue\",\"role\":\"user\",\"identified_by\":\"key\",\"from\":\"127.0.0.1\","
	    "\"vms_and_jobs_seen\":\"your tenant's\",\"tenant_may_use\":{\"vms\":1,\"units\":200,\"memory\":8192},\"you_may_use\":null,\"one_vm_may_use\":null}");

	HAS(text, "user:         alice\ntenant:       blue\n");
	HAS(text, "tenant quota: 1 VM, 2.00 processing units, 8G memory\n");
	HAS(text, "your quota:   unlimited\n");
}

Test(render, an_object_is_lines_of_key_and_value)
{
	const char *text = render("show-image", "{\"name\":\"rhel6\",\"size\":4096,\"registered\":1795248193000,"
	    "\"more\":{\"mode\":\"shared\",\"deep\":{\"x\":null}},\"disks\":[{\"size\":20480,\"pool\":\"datavg\"}],\"networks\":[]}");

	HAS(text, "name:       rhel6\n");
	HAS(text, "size:       4G\n");
	HAS(text, "registered: 2026-11-21T");
	HAS(text, "  mode: shared\n");
	HAS(text, "    x: -\n");
	HAS(text, "  size=20G pool=datavg\n");
	HAS(text, "networks:   -\n");
}

Test(render, times_have_seconds_whether_text_or_number)
{
	HAS(render("list-jobs", "[{\"id\":\"01JD0Q7M\",\"submitted\":\"2027-03-01T09:00:00.123Z\"}]"), "2027-03-01T09:00:00Z\n");
	HAS(render("list-platforms", "[{\"name\":\"power1\",\"registered\":0}]"), "power1  -\n");
}

Test(render, history_is_one_line_a_record)
{
	cr_assert_str_eq(render("history", "[{\"seq\":7,\"t\":\"2027-03-01T09:00:00.123Z\",\"event\":\"admitted\",\"job\":\"01JD\",\"user\":\"alice\","
	    "\"verb\":\"create-vm\",\"vm\":\"web1\",\"what\":{\"args\":{\"name\":\"web1\",\"memory\":{\"desired\":512}},\"note\":\"shop front\",\"rule\":\"tenant blue\","
	    "\"new_thing\":\"a b\",\"empty\":\"\"},\"hash\":\"ab\"},"
	    "{\"seq\":8,\"t\":\"2027-03-01T09:00:01.123Z\",\"event\":\"done\",\"job\":\"01JD\",\"user\":\"alice\",\"verb\":\"create-vm\",\"vm\":\"web1\","
	    "\"what\":{\"code\":\"OK\",\"message\":\"web1 is running\",\"journal\":\"cd\"}},"
	    "{\"seq\":9,\"t\":\"2027-03-01T09:00:02.123Z\",\"event\":\"start\",\"what\":{\"version\":\"1\"}}]"),
	    "TIME                  #  USER   EVENT     JOB   WHAT\n"
	    "2027-03-01T09:00:00Z  7  alice  admitted  01JD  create-vm web1 --memory 512M --note 'shop front'  new_thing=\"a b\"\n"
	    "2027-03-01T09:00:01Z  8  alice  done      01JD  create-vm web1: web1 is running\n"
	    "2027-03-01T09:00:02Z  9  -      start     -     version=1\n");
}

Test(render, a_transcript_looks_like_the_console)
{
	cr_assert_str_eq(render("transcript", "[{\"step\":\"disk\",\"part\":\"run\",\"as\":\"padmin\",\"command\":\"mklv -lv x\\\\y vg 1G\","
	    "\"status\":0,\"out\":\"a\\tb\\nc\\r\\n\",\"err\":\"oops\",\"ms\":12,\"t\":\"2027-03-01T09:00:00.123Z\"},"
	    "{\"step\":\"copy\",\"as\":\"root\",\"command\":\"dd if=/x\",\"status\":1},{\"step\":\"last\",\"as\":\"root\",\"command\":\"ls\",\"signal\":9},"
	    "{\"step\":\"end\",\"command\":\"ls\"}]"),
	    "# 2027-03-01T09:00:00Z  disk, run, 12.0 ms\npadmin$ mklv -lv x\\y vg 1G\n    a       b\n    c\n  ! oops\n"
	    "\n# copy\nroot# dd if=/x\n  -> exit status 1\n"
	    "\n# last\nroot# ls\n  -> signal=9\n"
	    "\n# end\npadmin$ ls\n  -> no answer\n");
}

Test(render, nothing_acts_on_the_terminal)
{
	static const char *const verbs_to_try[] = { "list-vms", "show-vm", "history", "transcript", "quota", "check-platform", "show-job", "whoami" };
	static const char *const shapes[] = {
		"[{\"name\":\"\\u001b[31m\\u009b\\r\\u202e\",\"\\u001b]0;x\":1,\"out\":\"\\u001b[2J\",\"note\":{\"\\u001b\":[\"\\u001b\"]}}]",
		"{\"name\":\"\\u001b[31m\",\"\\u001b]0;x\":{\"\\u001b\":\"\\u0007\"},\"text\":\"a\\n\\u001b\"}",
		"\"\\u001b[31m\"", "[1,\"\\u001b\"]", "[{\"command\":\"ls\",\"as\":\"root\\u001b[2J\"},{\"command\":\"ls\",\"as\":\"padmin@\\u001b\"}]",
	};

	for (size_t v = 0; v < 8; v++)
		for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
			const char *text = render(verbs_to_try[v], shapes[s]);

			cr_assert_null(strpbrk(text, "\033\a\r"));
			cr_assert_null(strstr(text, "\xc2\x9b"));
			cr_assert_null(strstr(text, "\xe2\x80\xae"));
		}
}

Test(render, columns_count_what_a_terminal_shows)
{
	cr_assert_eq(terminal_columns("abc"), 3);
	cr_assert_eq(terminal_columns("gr\xc3\xbc\xc3\x9f"), 4);
	cr_assert_eq(terminal_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4);	/* wide */
	cr_assert_eq(terminal_columns("e\xcc\x81"), 1);			/* combining */
	cr_assert_eq(terminal_columns("\xf0\x9f\x98\x80"), 2);
	HAS(render("list-images", "[{\"name\":\"a\",\"os\":\"\xe6\x97\xa5\xe6\x9c\xac\",\"description\":\"x\"},{\"name\":\"b\",\"os\":\"aix\",\"description\":\"y\"}]"),
	    "b     aix   y\n");
}

Test(render, a_reply_without_its_parts_is_our_bug)
{
	static const char *const bad[] = { "{}", "{\"code\":\"OK\"}", "{\"code\":\"OK\",\"exit\":200}", "{\"code\":1,\"exit\":0}",
		"{\"code\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"exit\":0}", "[]" };
	struct response r;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *reply = json_loads(bad[i], 0, NULL);

		response_init(&r);
		response_from_json(&r, reply);
		cr_assert_eq(r.status, 70, "%s", bad[i]);
		json_decref(reply);
		response_clear(&r);
	}
}

Test(render, a_reply_keeps_word_status_job_and_value)
{
	json_t	       *reply = json_loads("{\"code\":\"OVER_QUOTA\",\"exit\":77,\"message\":\"4G over \\u001b\",\"job\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"value\":[1]}", 0, NULL);
	struct response r;

	response_init(&r);
	response_from_json(&r, reply);
	cr_assert_str_eq(r.word, "OVER_QUOTA");
	cr_assert_eq(r.status, 77);
	cr_assert_str_eq(r.message, "4G over \\x1B");
	cr_assert_str_eq(r.job, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
	cr_assert_eq(json_array_size(r.value), 1);
	json_decref(reply);
	response_clear(&r);
}

Test(render, a_message_too_long_is_cut_between_characters)
{
	char		text[3001];
	json_t	       *reply;
	struct response r;

	for (size_t i = 0; i < 3000; i += 3)
		memcpy(text + i, "\xe6\x97\xa5", 3);
	text[3000] = '\0';
	reply = json_pack("{s:s, s:i, s:s}", "code", "OK", "exit", 0, "message", text);
	response_init(&r);
	response_from_json(&r, reply);
	cr_assert_str_eq(r.message + strlen(r.message) - 3, "...");
	cr_assert_eq((strlen(r.message) - 3) % 3, 0);
	json_decref(reply);
	response_clear(&r);
}
