/* SPDX-License-Identifier: ISC */
/*
 * test_manual_formats.c - the examples in powerdirector.conf(5) and powerdirector-job(5) are what
 * the pages say: the real parsers read them.
 *
 * An example stands between the comments "begin example" and "end example" of the page's
 * source.  Runs in the directory of the sources, as every test does.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/verbs.h"
#include "policy/conf.h"
#include "policy/policy.h"
#include "spool/job.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"

static struct pd_err err;

/* The example of a page, without macros and escapes; the caller frees it. */
static char *
example_of(const char *page)
{
	char  *source, *text, *line, *end, *rest;
	size_t len, at = 0;

	cr_assert_eq(io_read_file(AT_FDCWD, page, 1 << 20, &source, &len, &err), 0, "%s", err.msg);
	line = strstr(source, ".\\\" begin example\n");
	end = strstr(source, ".\\\" end example\n");
	cr_assert(line != NULL && end != NULL && line < end, "%s has no example", page);
	*end = '\0';
	text = malloc(len + 1);
	cr_assert_not_null(text);
	for (line = strtok_r(line, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '.')
			continue;
		for (const char *p = line; *p != '\0'; p++) {
			if (strncmp(p, "\\&", 2) == 0)
				p++;
			else if (strncmp(p, "\\e", 2) == 0)
				text[at++] = '\\', p++;
			else
				text[at++] = *p;
		}
		text[at++] = '\n';
	}
	text[at] = '\0';
	free(source);
	return text;
}

Test(manual, the_example_of_powerdirector_conf_is_a_whole_policy)
{
	char		 *text = example_of("man/powerdirector.conf.5");
	struct pd_conf	 *c;
	struct policy_why why;

	cr_assert_eq(conf_parse("example", text, strlen(text), &c, &err), 0, "%s", err.msg);
	cr_expect_eq(c->ntenants, 2);
	cr_expect_eq(c->nnetworks, 1);
	cr_expect_eq(c->jobs_per_platform, 4);
	cr_expect_eq(policy_verb(c, "amir@example.com", "delete-vm", &why, &err), 0, "%s", err.msg);
	cr_expect_eq(why.again, 1);
	cr_expect_eq(policy_verb(c, "alice", "register-platform", &why, &err), -1);
	cr_expect_eq(policy_verb(c, "carol", "register-platform", &why, &err), 0, "%s", err.msg);
	conf_free(c);
	free(text);
}

static size_t
from_hex(const char *text, unsigned char *buf, size_t size)
{
	size_t	    n = 0;
	const char *p = text;
	unsigned    byte;
	int	    used;

	for (; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
		if (*p == ';')
			continue;
		for (; sscanf(p, "%2x%n", &byte, &used) == 1 && *p != '\n' && *p != ';'; p += used, p += *p == ' ') {
			cr_assert(n < size);
			buf[n++] = (unsigned char)byte;
		}
	}
	return n;
}

Test(manual, the_example_of_powerdirector_job_is_the_job_that_it_explains)
{
	char	      *text = example_of("man/powerdirector-job.5");
	unsigned char  bytes[1024], *again;
	size_t	       len = from_hex(text, bytes, sizeof(bytes)), again_len;
	struct job     job;
	char	       time[CLOCK_TEXT_LEN], id[64];
	json_t	      *args = json_pack("{s:s, s:s, s:{s:i}}", "name", "web1", "image", "rhel6", "memory", "desired", 4096);

	cr_assert_eq(job_decode(bytes, len, &job, &err), 0, "%s", err.msg);
	cr_expect_str_eq(job.verb, "create-vm");
	cr_expect_str_eq(job.user, "alice");
	cr_expect_eq(job.origin, JOB_BY_KEY);
	cr_expect_str_eq(job.source, "192.0.2.7");
	cr_expect_str_eq(job.once, "deploy-42");
	cr_expect_str_eq(job.note, "");
	cr_expect(job.has_tty && !job.is_plan && !job.again);
	cr_expect(json_equal(job.args, args));
	(void)snprintf(id, sizeof(id), "; id: %s\n", job.id);
	cr_expect(strstr(text, id) != NULL);
	cr_expect_not_null(strstr(text, clock_text(time, job.submitted_ms)));
	cr_assert_eq(job_encode(&job, &again, &again_len, &err), 0, "%s", err.msg);
	cr_assert_eq(again_len, len);
	cr_expect_arr_eq(again, bytes, len);
	free(again);
	json_decref(args);
	job_clear(&job);
	free(text);
}

/* Every option of the file has an item in the page. */
Test(manual, every_option_of_the_sample_is_in_the_page)
{
	char  *page, *sample, *line, *rest, item[64];
	size_t len, n = 0;

	cr_assert_eq(io_read_file(AT_FDCWD, "man/powerdirector.conf.5", 1 << 20, &page, &len, &err), 0, "%s", err.msg);
	cr_assert_eq(io_read_file(AT_FDCWD, "policy/powerdirector.conf", 1 << 20, &sample, &len, &err), 0, "%s", err.msg);
	for (line = strtok_r(sample, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		char word[32];

		line += strspn(line, "\t#");
		if (sscanf(line, "%31[a-z-] = ", word) != 1 || line[strlen(word)] != ' ' || line[strlen(word) + 1] != '=' ||
		    strcmp(word, "end") == 0 || strcmp(word, "option") == 0)
			continue;
		(void)snprintf(item, sizeof(item), ".It Ic %s No = ", word);
		cr_expect(strstr(page, item) != NULL, "%s is not in the page", word);
		n++;
	}
	cr_expect_geq(n, 40);
	free(page);
	free(sample);
}
