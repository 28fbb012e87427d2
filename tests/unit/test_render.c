/* SPDX-License-Identifier: ISC */
/*
 * test_render.c - values for people: units, columns, nothing lost, nothing that acts on a terminal.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render.h"
#include "gateway/response.h"
#include "gateway/terminal.h"
#include "gateway/text.h"

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

	HAS(text, "tenant blue  memory  512M         8G");
	HAS(text, "tenant blue  units   0.50       2.00");
	HAS(text, "user alice   vms        1  unlimited");
	cr_assert_null(strstr(text, "MiB"));
}

Test(render, an_object_is_lines_of_key_and_value)
{
	const char *text = render("show-vm", "{\"name\":\"web1\",\"memory\":4096,\"lpar_id\":3,\"created\":1795248193000,"
	    "\"spec\":{\"mode\":\"shared\",\"deep\":{\"x\":null}},\"disks\":[{\"size\":20480,\"pool\":\"datavg\"}],\"networks\":[]}");

	HAS(text, "name:     web1\n");
	HAS(text, "memory:   4G\n");
	HAS(text, "lpar id:  3\n");
	HAS(text, "created:  2026-11-21T");
	HAS(text, "  mode: shared\n");
	HAS(text, "    x: -\n");
	HAS(text, "  size=20G pool=datavg\n");
	HAS(text, "networks: -\n");
}

Test(render, times_have_seconds_whether_text_or_number)
{
	HAS(render("list-jobs", "[{\"id\":\"01JD0Q7M\",\"submitted\":\"2027-03-01T09:00:00.123Z\"}]"), "2027-03-01T09:00:00Z\n");
	HAS(render("list-jobs", "[{\"id\":\"01JD0Q7M\",\"finished\":0}]"), "01JD0Q7M  -\n");
}

Test(render, history_is_one_line_a_record)
{
	cr_assert_str_eq(render("history", "[{\"seq\":7,\"t\":\"2027-03-01T09:00:00.123Z\",\"event\":\"admitted\",\"job\":\"01JD\",\"user\":\"alice\","
	    "\"verb\":\"create-vm\",\"vm\":\"web1\",\"what\":{\"memory\":512,\"empty\":\"\"},\"hash\":\"ab\",\"note\":\"shop front\"}]"),
	    "2027-03-01T09:00:00Z  #7  admitted  user=alice  verb=create-vm  vm=web1  job=01JD  memory=512M  note=\"shop front\"\n");
}

Test(render, a_transcript_looks_like_the_console)
{
	cr_assert_str_eq(render("transcript", "[{\"step\":\"disk\",\"part\":\"run\",\"as\":\"padmin\",\"command\":\"mklv -lv x\\\\y vg 1G\","
	    "\"status\":0,\"out\":\"a\\tb\\nc\\r\\n\",\"err\":\"oops\",\"ms\":12},{\"as\":\"root\",\"command\":\"dd if=/x\",\"status\":1}]"),
	    "padmin$ mklv -lv x\\y vg 1G\n    a       b\n    c\n  ! oops\n  ->  step=disk  part=run  status=0  ms=12\n"
	    "\nroot# dd if=/x\n  ->  status=1\n");
}

Test(render, nothing_acts_on_the_terminal)
{
	static const char *const verbs_to_try[] = { "list-vms", "show-vm", "history", "transcript", "quota", "check-platform" };
	static const char *const shapes[] = {
		"[{\"name\":\"\\u001b[31m\\u009b\\r\\u202e\",\"\\u001b]0;x\":1,\"out\":\"\\u001b[2J\",\"note\":{\"\\u001b\":[\"\\u001b\"]}}]",
		"{\"name\":\"\\u001b[31m\",\"\\u001b]0;x\":{\"\\u001b\":\"\\u0007\"},\"text\":\"a\\n\\u001b\"}",
		"\"\\u001b[31m\"", "[1,\"\\u001b\"]",
	};

	for (size_t v = 0; v < 6; v++)
		for (size_t s = 0; s < 4; s++) {
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
