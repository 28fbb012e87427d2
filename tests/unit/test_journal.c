/* SPDX-License-Identifier: ISC */
/*
 * test_journal.c - records, torn tails, damage, and writes that fail.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/journal.h"
#include "spool/os/io.h"
#include "tests/unit/scratch.h"

static char dir[SCRATCH_PATH];
static int  fd;

static void
setup(void)
{
	char path[SCRATCH_PATH];

	scratch_make(dir);
	fd = open(scratch_path(path, dir, "journal"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	cr_assert(fd != -1);
}

static void
teardown(void)
{
	(void)close(fd);
	scratch_remove(dir);
}

TestSuite(journal, .init = setup, .fini = teardown);

static off_t
size_now(void)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_size;
}

static void
append(struct journal *j, const char *kind, int sync)
{
	json_t	     *r = json_pack("{s:s, s:i}", "k", kind, "n", (int)j->next);
	struct pd_err e;

	cr_assert_eq(journal_append(j, r, sync, &e), 0, "%s", e.msg);
	json_decref(r);
}

/* Three records; where each begins, and the end. */
static void
write_three(off_t at[4])
{
	struct journal j = { .fd = fd };

	for (int i = 0; i < 3; i++) {
		at[i] = size_now();
		append(&j, i == 1 ? "intent" : "answer", i == 1);
	}
	at[3] = size_now();
}

static size_t
load(struct journal *j, int cut)
{
	json_t	     *records;
	struct pd_err e = { 0 };
	size_t	      n;

	cr_assert_eq(journal_load(j, fd, cut, &records, &e), 0, "%s", e.msg);
	n = json_array_size(records);
	json_decref(records);
	return n;
}

static enum pd_code
load_fails(void)
{
	struct journal j;
	json_t	      *records = NULL;
	struct pd_err  e = { 0 };

	cr_assert_eq(journal_load(&j, fd, 1, &records, &e), -1);
	cr_assert_eq(records, NULL);
	cr_assert_eq(j.next, JOURNAL_BROKEN);
	return e.code;
}

static void
put_byte(off_t at, unsigned char c)
{
	char path[SCRATCH_PATH];
	int  raw = open(scratch_path(path, dir, "journal"), O_WRONLY | O_CLOEXEC);	/* O_APPEND ignores offsets */

	cr_assert_eq(pwrite(raw, &c, 1, at), 1);
	(void)close(raw);
}

static unsigned char
get_byte(off_t at)
{
	unsigned char c;

	cr_assert_eq(pread(fd, &c, 1, at), 1);
	return c;
}

Test(journal, a_record_on_disk_has_length_number_crc_and_json)
{
	/* length 11, number 0, zlib.crc32() of number and JSON, JSON */
	static const char want[] = "\0\0\0\013" "\0\0\0\0" "\x2e\x99\x71\x9e" "{\"k\":\"end\"}";
	struct journal	  j = { .fd = fd };
	char		  got[sizeof(want) - 1];
	json_t		 *r = json_pack("{s:s}", "k", "end");

	cr_assert_eq(journal_append(&j, r, 1, NULL), 0);
	json_decref(r);
	cr_assert_eq(size_now(), (off_t)sizeof(got));
	cr_assert_eq(pread(fd, got, sizeof(got), 0), (ssize_t)sizeof(got));
	cr_assert_arr_eq(got, want, sizeof(got));
}

Test(journal, an_empty_file_is_an_empty_array)
{
	struct journal j;

	cr_assert_eq(load(&j, 1), 0);
	cr_assert_eq(j.next, 0);
	cr_assert_eq(j.fd, fd);
}

Test(journal, what_was_appended_is_loaded_and_appending_goes_on)
{
	struct journal j;
	off_t	       at[4];
	json_t	      *records;

	write_three(at);
	cr_assert_eq(load(&j, 1), 3);
	cr_assert_eq(j.next, 3);
	append(&j, "end", 1);
	cr_assert_eq(journal_load(&j, fd, 0, &records, NULL), 0);
	cr_assert_eq(json_array_size(records), 4);
	for (int i = 0; i < 4; i++)
		cr_assert_eq(json_integer_value(json_object_get(json_array_get(records, (size_t)i), "n")), i);
	json_decref(records);
}

Test(journal, bytes_of_an_answer_survive_even_nul)
{
	struct journal j = { .fd = fd };
	json_t	      *r = json_pack("{s:s, s:o}", "k", "answer", "out", json_stringn("a\0\n\x7f\xc3\xbc", 6));
	json_t	      *records;

	cr_assert_eq(journal_append(&j, r, 0, NULL), 0);
	cr_assert_eq(journal_load(&j, fd, 1, &records, NULL), 0);
	cr_assert(json_equal(json_array_get(records, 0), r));
	json_decref(records);
	json_decref(r);
}

Test(journal, a_last_record_torn_at_any_byte_is_cut_off)
{
	struct journal j;
	off_t	       at[4];

	write_three(at);
	for (off_t end = at[3] - 1; end >= at[2]; end--) {
		cr_assert_eq(ftruncate(fd, end), 0);
		cr_assert_eq(load(&j, 0), 2, "torn at %ld", (long)(end - at[2]));
		cr_assert_eq(size_now(), end);
	}
	write_three(at);	/* goes on behind at[2] with wrong numbers */
	cr_assert_eq(load_fails(), PD_STUCK);
}

Test(journal, a_cut_tail_makes_room_for_the_next_record)
{
	struct journal j;
	off_t	       at[4];

	write_three(at);
	cr_assert_eq(ftruncate(fd, at[3] - 5), 0);
	cr_assert_eq(load(&j, 1), 2);
	cr_assert_eq(size_now(), at[2]);
	append(&j, "intent", 1);
	cr_assert_eq(load(&j, 1), 3);
}

Test(journal, a_reader_that_does_not_cut_may_not_append)
{
	struct journal j;
	struct pd_err  e;
	off_t	       at[4];
	json_t	      *r = json_pack("{s:s}", "k", "end");

	write_three(at);
	cr_assert_eq(ftruncate(fd, at[3] - 5), 0);
	cr_assert_eq(load(&j, 0), 2);
	cr_assert_eq(journal_append(&j, r, 1, &e), -1);
	cr_assert_eq(size_now(), at[3] - 5);
	json_decref(r);
}

Test(journal, blocks_that_were_never_written_are_a_torn_tail)
{
	struct journal j;
	off_t	       at[4];

	write_three(at);
	cr_assert_eq(ftruncate(fd, at[3] + 4096), 0);
	cr_assert_eq(load(&j, 1), 3);
	cr_assert_eq(size_now(), at[3]);
}

Test(journal, a_last_record_with_a_wrong_byte_is_a_torn_tail)
{
	struct journal j;
	off_t	       at[4];

	write_three(at);
	put_byte(at[3] - 2, 0);
	cr_assert_eq(load(&j, 1), 2);
	cr_assert_eq(size_now(), at[2]);
}

Test(journal, any_wrong_byte_before_the_last_record_is_damage)
{
	off_t at[4];

	write_three(at);
	for (off_t i = 0; i < at[2]; i++) {
		unsigned char was = get_byte(i);

		for (unsigned bit = 0; bit < 8; bit++) {
			put_byte(i, was ^ (unsigned char)(1u << bit));
			cr_assert_eq(load_fails(), PD_STUCK, "byte %ld bit %u", (long)i, bit);
			cr_assert_eq(size_now(), at[3]);
		}
		put_byte(i, was);
	}
}

Test(journal, a_number_that_does_not_follow_is_damage)
{
	struct journal j = { .fd = fd };

	append(&j, "begin", 0);
	j.next = 2;
	append(&j, "end", 0);
	cr_assert_eq(load_fails(), PD_STUCK);
}

Test(journal, a_record_that_is_no_object_is_refused_when_written)
{
	struct journal j = { .fd = fd };
	struct pd_err  e;
	json_t	      *r = json_array();

	cr_assert_eq(journal_append(&j, r, 0, &e), -1);
	cr_assert_eq(e.code, PD_BUG);
	json_decref(r);
	cr_assert_eq(size_now(), 0);
}

/* A record whose JSON has exactly len bytes. */
static json_t *
record_of(size_t len)
{
	char   *text = malloc(len);
	json_t *r;

	memset(text, 'x', len);
	r = json_pack("{s:s#}", "k", text, (int)(len - strlen("{\"k\":\"\"}")));
	free(text);
	return r;
}

Test(journal, the_longest_record_fits_and_one_byte_more_is_refused)
{
	struct journal j = { .fd = fd };
	struct pd_err  e;
	json_t	      *r = record_of(JOURNAL_RECORD_MAX);

	cr_assert_eq(journal_append(&j, r, 0, NULL), 0);
	json_decref(r);
	cr_assert_eq(load(&j, 1), 1);
	r = record_of(JOURNAL_RECORD_MAX + 1);
	cr_assert_eq(journal_append(&j, r, 0, &e), -1);
	cr_assert_eq(e.code, PD_BUG);
	json_decref(r);
	cr_assert_eq(load(&j, 1), 1);
}

static void
limit_file_size(rlim_t size)
{
	struct rlimit rl = { size, RLIM_INFINITY };

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &rl);
	rl.rlim_cur = size;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &rl), 0);
}

Test(journal, a_write_that_fails_halfway_is_taken_back_and_may_be_tried_again)
{
	struct journal j = { .fd = fd };
	struct pd_err  e;
	json_t	      *r = record_of(1000);
	off_t	       before;

	append(&j, "begin", 1);
	before = size_now();
	limit_file_size((rlim_t)before + 300);	/* 300 bytes of the record get through */
	cr_assert_eq(journal_append(&j, r, 1, &e), -1);
	cr_assert_eq(e.code, PD_NOSPACE);
	cr_assert_eq(size_now(), before);
	limit_file_size(RLIM_INFINITY);
	cr_assert_eq(journal_append(&j, r, 1, &e), 0, "%s", e.msg);
	json_decref(r);
	cr_assert_eq(load(&j, 1), 2);
}

Test(journal, a_full_journal_takes_no_more)
{
	struct journal j = { .fd = fd };
	struct pd_err  e;
	json_t	      *r = record_of(1000);

	cr_assert_eq(ftruncate(fd, JOURNAL_FILE_MAX - 500), 0);
	cr_assert_eq(journal_append(&j, r, 1, &e), -1);
	cr_assert_eq(e.code, PD_NOSPACE);
	cr_assert_eq(size_now(), JOURNAL_FILE_MAX - 500);
	json_decref(r);
}

Test(journal, what_is_spared_is_for_who_spares_nothing)
{
	struct journal j = { .fd = fd, .spare = JOURNAL_RESERVE };
	struct pd_err  e;
	json_t	      *r = record_of(1000);

	cr_assert_eq(ftruncate(fd, JOURNAL_FILE_MAX - JOURNAL_RESERVE - 500), 0);
	cr_assert_eq(journal_append(&j, r, 1, &e), -1);
	cr_assert_eq(e.code, PD_NOSPACE);
	cr_assert_eq(size_now(), JOURNAL_FILE_MAX - JOURNAL_RESERVE - 500);
	j.spare = 0;
	cr_assert_eq(journal_append(&j, r, 1, &e), 0, "%s", e.msg);
	json_decref(r);
}

Test(journal, a_sync_that_fails_breaks_the_journal)
{
	struct pd_err  e;
	json_t	      *r = json_pack("{s:s}", "k", "intent");
	int	       p[2];
	struct journal j = { .fd = -1 };

	cr_assert_eq(pipe(p), 0);	/* takes the write, cannot be synced */
	j.fd = p[1];
	cr_assert_eq(journal_append(&j, r, 1, &e), -1);
	cr_assert_eq(e.code, PD_IO);
	j.fd = fd;
	cr_assert_eq(journal_append(&j, r, 0, &e), -1);
	cr_assert_eq(size_now(), 0);
	json_decref(r);
}

Test(journal, what_cannot_be_a_journal_is_refused)
{
	struct journal j;
	json_t	      *records;
	struct pd_err  e;
	int	       p[2];

	cr_assert_eq(pipe(p), 0);
	cr_assert_eq(journal_load(&j, p[0], 0, &records, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
	cr_assert_eq(journal_load(&j, -1, 0, &records, &e), -1);
	cr_assert_eq(e.code, PD_IO);
	cr_assert_eq(ftruncate(fd, (off_t)JOURNAL_FILE_MAX + 1), 0);
	cr_assert_eq(load_fails(), PD_STUCK);
}
