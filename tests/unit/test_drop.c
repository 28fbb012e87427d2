/* SPDX-License-Identifier: ISC */
/*
 * test_drop.c - the drop directory: submit, intake of hostile things, claim, finish, reject, sweep.
 *
 * As an ordinary user the tests that need another user's files or a device are skipped, the
 * others run the same.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spool/drop.h"
#include "spool/os/io.h"
#include "tests/unit/scratch.h"

#define ID    "01JD0Q7M3XAMP1E0000000000A"
#define OTHER "01JD0Q7M3XAMP1E0000000000B"
#define NOGID ((gid_t)-1)

static char	     dir[SCRATCH_PATH], root[SCRATCH_PATH];
static struct spool  spool, gateway;
static struct pd_err err;

static void
setup(void)
{
	scratch_make(dir);
	scratch_path(root, dir, "spool");
	cr_assert_eq(spool_open_for_director(&spool, root, NOGID, 1, &err), 0, "%s", err.msg);
	cr_assert_eq(spool_open_for_drop(&gateway, root, &err), 0, "%s", err.msg);
}

static void
teardown(void)
{
	spool_close(&spool);
	spool_close(&gateway);
	scratch_remove(dir);
}

static void
skip(const char *why)
{
	teardown();	/* criterion does not call it for a skipped test */
	cr_skip_test("%s", why);
}

TestSuite(drop, .init = setup, .fini = teardown);

static struct job
sample(const char *id)
{
	struct job job = { .origin = JOB_BY_KEY, .submitted_ms = 1795000000123 };

	memcpy(job.id, id, sizeof(job.id));
	memcpy(job.verb, "stop-vm", 8);
	memcpy(job.user, "alice", 6);
	job.args = json_pack("{s:s}", "name", "web1");
	return job;
}

static void
submit(const char *id)
{
	struct job job = sample(id);

	cr_assert_eq(drop_submit(&gateway, &job, &err), 0, "%s", err.msg);
	job_clear(&job);
}

static int
count(int dirfd)
{
	DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int  n = 0;

	cr_assert_not_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n - 2;
}

static int
exists(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A file in new/ with the bytes of a good job. */
static void
plant(const char *name, mode_t mode)
{
	struct job     job = sample(ID);
	unsigned char *buf;
	size_t	       len;
	int	       fd;

	cr_assert_eq(job_encode(&job, &buf, &len, &err), 0);
	fd = openat(spool.new, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	cr_assert(fd != -1 && io_write_all(fd, buf, len) == 0 && fchmod(fd, mode) == 0 && close(fd) == 0);
	free(buf);
	job_clear(&job);
}

static void
unreadable(const char *name, const char *why)
{
	struct dropped d;

	err.code = PD_OK;
	cr_assert_eq(drop_read(spool.new, name, NOGID, &d, &err), -1, "%s was read", name);
	cr_expect_eq(err.code, PD_BADDATA, "code %d, %s", (int)err.code, err.msg);
	cr_expect(strstr(err.msg, why) != NULL, "\"%s\" lacks \"%s\"", err.msg, why);
	cr_expect_null(d.jobs);
}

Test(drop, a_submitted_job_is_read_back_claimed_and_finished)
{
	struct dropped d;
	struct stat    st;

	submit(ID);
	cr_expect_eq(count(spool.tmp), 0);
	cr_expect_eq(count(spool.new), 1);
	cr_assert_eq(fstatat(spool.new, ID, &st, AT_SYMLINK_NOFOLLOW), 0);
	cr_expect_eq(st.st_mode & 07777, 0600);
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &d, &err), 0, "%s", err.msg);
	cr_expect_str_eq(d.jobs[0].id, ID);
	cr_expect_str_eq(d.jobs[0].verb, "stop-vm");
	cr_expect_eq(d.owner, geteuid());
	cr_expect_eq(strlen(d.digest), 64);
	dropped_clear(&d);
	cr_assert_eq(drop_claim(&spool, ID, &err), 0, "%s", err.msg);
	cr_expect(exists(spool.cur, ID) && !exists(spool.new, ID));
	cr_assert_eq(drop_read(spool.cur, ID, NOGID, &d, &err), 0, "%s", err.msg);
	dropped_clear(&d);
	cr_assert_eq(drop_finish(&spool, ID, &err), 0, "%s", err.msg);
	cr_expect(exists(spool.done, ID) && !exists(spool.cur, ID));
}

Test(drop, the_digest_is_that_of_the_bytes)
{
	struct dropped a, b;

	submit(ID);
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &a, &err), 0, "%s", err.msg);
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &b, &err), 0, "%s", err.msg);
	cr_expect_str_eq(a.digest, b.digest);
	cr_expect_eq(strspn(a.digest, "0123456789abcdef"), 64);
	dropped_clear(&a);
	dropped_clear(&b);
}

Test(drop, a_hostile_umask_changes_nothing)
{
	mode_t	       was = umask(0777);
	struct dropped d;

	submit(ID);
	(void)umask(was);
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &d, &err), 0, "%s", err.msg);
	dropped_clear(&d);
}

Test(drop, an_id_that_is_taken_is_not_replaced)
{
	struct job job = sample(ID);

	scratch_file(root, "new/" ID, "old", 3);
	cr_expect_eq(drop_submit(&gateway, &job, &err), -1);
	cr_expect_eq(err.sys, EEXIST);
	cr_expect_eq(count(spool.tmp), 0, "our own file is removed");
	cr_expect_eq(count(spool.new), 1);
	job_clear(&job);
}

Test(drop, a_file_in_tmp_that_was_there_before_is_not_ours_to_remove)
{
	struct job job = sample(ID);

	scratch_file(root, "tmp/" ID, "old", 3);
	cr_expect_eq(drop_submit(&gateway, &job, &err), -1);
	cr_expect_eq(err.sys, EEXIST);
	cr_expect(exists(spool.tmp, ID));
	cr_expect_eq(count(spool.new), 0);
	job_clear(&job);
}

Test(drop, a_link_in_tmp_is_not_written_through)
{
	struct job  job = sample(ID);
	char	    target[SCRATCH_PATH];
	struct stat st;

	scratch_file(dir, "target", "", 0);
	cr_assert_eq(symlinkat(scratch_path(target, dir, "target"), spool.tmp, ID), 0);
	cr_expect_eq(drop_submit(&gateway, &job, &err), -1);
	cr_assert_eq(stat(target, &st), 0);
	cr_expect_eq(st.st_size, 0);
	job_clear(&job);
}

Test(drop, a_file_size_limit_leaves_nothing)
{
	struct job    job = sample(ID);
	struct rlimit old, none = { 0, 0 };

	(void)signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	cr_expect_eq(drop_submit(&gateway, &job, &err), -1);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	cr_expect_eq(err.sys, EFBIG);
	cr_expect_eq(count(spool.tmp), 0);
	cr_expect_eq(count(spool.new), 0);
	job_clear(&job);
}

Test(drop, a_directory_that_is_gone_leaves_nothing)
{
	struct job   job = sample(ID);
	struct spool half = gateway;

	half.new = -1;
	cr_expect_eq(drop_submit(&half, &job, &err), -1);
	cr_expect_eq(err.code, PD_IO);
	cr_expect_eq(count(spool.tmp), 0);
	job_clear(&job);
}

/* fsync() of a descriptor that may only be searched fails: the name is there, but nobody knows for how long. */
Test(drop, a_name_that_cannot_be_made_durable_is_unknown_and_stays)
{
	struct job   job = sample(ID);
	struct spool half = gateway;

	half.new = open(scratch_path((char[SCRATCH_PATH]){ 0 }, root, "new"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(half.new != -1);
	cr_expect_eq(drop_submit(&half, &job, &err), -1);
	cr_expect_eq(err.code, PD_UNKNOWN);
	cr_expect(strstr(err.msg, ID) != NULL, "%s", err.msg);
	cr_expect(exists(spool.new, ID));
	(void)close(half.new);
	job_clear(&job);
}

Test(drop, a_job_that_cannot_be_encoded_writes_nothing)
{
	struct job job = sample(ID);

	json_object_set_new(job.args, "x", json_null());
	cr_expect_eq(drop_submit(&gateway, &job, &err), -1);
	cr_expect_eq(err.code, PD_BADDATA);
	cr_expect_eq(count(spool.tmp), 0);
	cr_expect_eq(count(spool.new), 0);
	job_clear(&job);
}

Test(drop, no_descriptor_is_left_open)
{
	int		  before = scratch_open_files();
	struct dropped	  d;
	struct drop_sweep sweep = { 0 };

	submit(ID);
	plant(OTHER, 0644);
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &d, &err), 0);
	dropped_clear(&d);
	unreadable(OTHER, "mode");
	cr_assert_eq(drop_claim(&spool, ID, &err), 0);
	cr_assert_eq(drop_reject(&spool, spool.new, OTHER, "why", &err), 0);
	cr_assert_eq(drop_sweep(&spool, &sweep, 60, &err), 0);
	cr_expect_eq(scratch_open_files(), before);
}

Test(drop, a_missing_file_is_not_found)
{
	struct dropped d;

	cr_expect_eq(drop_read(spool.new, ID, NOGID, &d, &err), -1);
	cr_expect_eq(err.code, PD_NOTFOUND);
	cr_expect_eq(drop_claim(&spool, ID, &err), -1);
	cr_expect_eq(err.code, PD_NOTFOUND);
	cr_expect_eq(drop_finish(&spool, ID, &err), -1);
	cr_expect_eq(err.code, PD_NOTFOUND);
}

Test(drop, names_out_of_form_are_refused_and_shown_harmlessly)
{
	unreadable("short", "is not a job id");
	unreadable("..", "is not a job id");
	unreadable(".t.01JD0Q7M3XAMP1E00000000", "is not a job id");
	unreadable("01jd0q7m3xamp1e0000000000a", "is not a job id");
	unreadable("../cur/0Q7M3XAMP1E00000000", "is not a job id");
	unreadable("\x1b[2J", "\\x1B[2J is not a job id");
}

Test(drop, a_planted_fifo_does_not_block, .timeout = 20)
{
	cr_assert_eq(mkfifoat(spool.new, ID, 0600), 0);
	unreadable(ID, "not a regular file");
}

Test(drop, a_planted_link_is_not_followed)
{
	plant(OTHER, 0600);
	cr_assert_eq(symlinkat(OTHER, spool.new, ID), 0);
	unreadable(ID, "not a regular file");
}

Test(drop, a_planted_directory_is_refused)
{
	cr_assert_eq(mkdirat(spool.new, ID, 0700), 0);
	unreadable(ID, "not a regular file");
}

Test(drop, a_planted_device_is_refused)
{
	if (mknodat(spool.new, ID, S_IFCHR | 0600, makedev(1, 3)) == -1)
		skip("only root can make a device");
	unreadable(ID, "not a regular file");
}

Test(drop, a_second_name_is_refused)
{
	plant(ID, 0600);
	cr_assert_eq(linkat(spool.new, ID, spool.tmp, "second", 0), 0);
	unreadable(ID, "has 2 names");
}

Test(drop, every_other_mode_is_refused)
{
	static const mode_t modes[] = { 0640, 0660, 0644, 0602, 0700, 04600, 02600, 01600, 0400 };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		plant(ID, modes[i]);
		unreadable(ID, "has mode");
		cr_assert_eq(unlinkat(spool.new, ID, 0), 0);
	}
}

Test(drop, an_unreadable_file_is_refused)
{
	plant(ID, 0000);
	unreadable(ID, geteuid() == 0 ? "has mode" : "Permission denied");
}

Test(drop, with_a_group_the_mode_is_0640_and_the_group_that_one)
{
	struct dropped d;

	plant(ID, 0640);
	cr_expect_eq(drop_read(spool.new, ID, getegid(), &d, &err), 0, "%s", err.msg);
	dropped_clear(&d);
	cr_expect_eq(drop_read(spool.new, ID, getegid() + 1, &d, &err), -1);
	cr_expect_eq(err.code, PD_BADDATA);
	cr_expect(strstr(err.msg, "has group") != NULL, "%s", err.msg);
	cr_assert_eq(fchmodat(spool.new, ID, 0600, 0), 0);
	cr_expect_eq(drop_read(spool.new, ID, getegid(), &d, &err), -1);
	cr_expect(strstr(err.msg, "must have 0640") != NULL, "%s", err.msg);
}

Test(drop, empty_and_huge_files_are_refused_unread)
{
	scratch_file(root, "new/" ID, "", 0);
	unreadable(ID, "has 0 bytes");
	cr_assert_eq(truncate(scratch_path((char[SCRATCH_PATH]){ 0 }, root, "new/" ID), JOB_FILE_MAX + 1), 0);
	unreadable(ID, "65537 bytes, at most 65536");
	cr_assert_eq(truncate(scratch_path((char[SCRATCH_PATH]){ 0 }, root, "new/" ID), (off_t)1 << 40), 0);
	unreadable(ID, "must have 1 to 1048576");
}

Test(drop, what_is_not_a_job_is_refused)
{
	scratch_file(root, "new/" ID, "\x9a\x40\x00\x00\x00", 5);
	unreadable(ID, "a batch of 1073741824 jobs");
	scratch_file(root, "new/" ID, "hello", 5);
	unreadable(ID, "CBOR");
}

Test(drop, a_job_under_another_id_is_refused)
{
	plant(OTHER, 0600);
	unreadable(OTHER, "holds the job " ID);
}

Test(drop, another_users_file_shows_its_owner)
{
	struct dropped d;

	plant(ID, 0600);
	if (fchownat(spool.new, ID, 12345, (gid_t)-1, 0) == -1)
		skip("only root can give files away");
	cr_assert_eq(drop_read(spool.new, ID, NOGID, &d, &err), 0, "%s", err.msg);
	cr_expect_eq(d.owner, 12345);
	dropped_clear(&d);
}

Test(drop, a_claim_does_not_replace)
{
	submit(ID);
	scratch_file(root, "cur/" ID, "old", 3);
	cr_expect_eq(drop_claim(&spool, ID, &err), -1);
	cr_expect_eq(err.code, PD_CONFLICT);
	cr_expect(exists(spool.new, ID));
	cr_expect_eq(drop_claim(&spool, "../x", &err), -1);
	cr_expect_eq(err.code, PD_BUG);
}

static void
reason_is(const char *name, const char *wanted)
{
	char  *text;
	size_t len;

	cr_assert_eq(io_read_file(spool.bad, name, 4096, &text, &len, &err), 0, "%s", err.msg);
	cr_expect(strstr(text, wanted) != NULL, "\"%s\" lacks \"%s\"", text, wanted);
	free(text);
}

Test(drop, a_rejected_file_keeps_its_name_and_gets_a_reason)
{
	plant(ID, 0644);
	cr_assert_eq(drop_reject(&spool, spool.new, ID, "mode \x1b[31m0644", &err), 0, "%s", err.msg);
	cr_expect(exists(spool.bad, ID) && !exists(spool.new, ID));
	reason_is(ID ".reason", "reason=mode \\x1B[31m0644\n");
	reason_is(ID ".reason", "name=" ID "\n");
	reason_is(ID ".reason", "time=20");
}

/* The only name in bad/ that ends like this. */
static void
find_in_bad(const char *suffix, char found[64])
{
	DIR	      *d = fdopendir(openat(spool.bad, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;

	found[0] = '\0';
	cr_assert_not_null(d);
	while ((entry = readdir(d)) != NULL)
		if (strlen(entry->d_name) > strlen(suffix) && strncmp(entry->d_name, ID, JOB_ID_LEN) != 0 &&
		    strcmp(entry->d_name + strlen(entry->d_name) - strlen(suffix), suffix) == 0)
			(void)snprintf(found, 64, "%.63s", entry->d_name);
	(void)closedir(d);
}

Test(drop, a_rejected_name_out_of_form_is_kept_in_the_reason_only)
{
	char reason[64];

	scratch_file(root, "new/\x1b[2J evil\nname", "x", 1);
	cr_assert_eq(drop_reject(&spool, spool.new, "\x1b[2J evil\nname", "not a job id", &err), 0, "%s", err.msg);
	cr_expect_eq(count(spool.new), 0);
	cr_expect_eq(count(spool.bad), 2);
	find_in_bad(".reason", reason);
	cr_assert_eq(strlen(reason), JOB_ID_LEN + 7);
	reason_is(reason, "name=\\x1B[2J evil\\x0Aname\n");
}

Test(drop, two_rejected_files_of_one_name_are_both_kept)
{
	char reason[64];

	plant(ID, 0644);
	cr_assert_eq(drop_reject(&spool, spool.new, ID, "first", &err), 0);
	plant(ID, 0644);
	cr_assert_eq(drop_reject(&spool, spool.new, ID, "second", &err), 0);
	cr_expect_eq(count(spool.bad), 4);
	reason_is(ID ".reason", "reason=first");
	find_in_bad(".reason", reason);
	reason_is(reason, "reason=second");
	reason_is(reason, "name=" ID);
}

Test(drop, planted_things_can_be_rejected)
{
	cr_assert_eq(mkfifoat(spool.new, ID, 0600), 0);
	cr_expect_eq(drop_reject(&spool, spool.new, ID, "fifo", &err), 0, "%s", err.msg);
	cr_assert_eq(symlinkat("/etc/passwd", spool.new, OTHER), 0);
	cr_expect_eq(drop_reject(&spool, spool.new, OTHER, "link", &err), 0, "%s", err.msg);
	cr_expect_eq(drop_reject(&spool, spool.new, "gone", "gone", &err), -1);
	cr_expect_eq(err.code, PD_NOTFOUND);
	cr_expect_eq(count(spool.new), 0);
}

Test(drop, a_sweep_takes_what_is_old_and_leaves_what_is_new)
{
	struct timespec	  future[2] = { { time(NULL) + 86400, 0 }, { time(NULL) + 86400, 0 } };
	struct drop_sweep sweep = { 0 };

	scratch_file(root, "tmp/" ID, "x", 1);
	cr_assert_eq(mkdirat(spool.tmp, "empty", 0700), 0);
	cr_assert_eq(mkdirat(spool.tmp, "full", 0700), 0);
	scratch_file(root, "tmp/full/file", "x", 1);
	cr_assert_eq(drop_sweep(&spool, &sweep, 3600, &err), 0, "%s", err.msg);
	cr_expect_eq(sweep.left, 3);
	cr_expect_eq(count(spool.tmp), 3);
	/* A time in the future does not save it: the time of the change counts. */
	cr_assert_eq(utimensat(spool.tmp, ID, future, 0), 0);
	cr_assert_eq(drop_sweep(&spool, &sweep, -3600, &err), 0, "%s", err.msg);
	cr_expect_eq(sweep.left, 1);
	cr_expect_eq(count(spool.tmp), 1);
	cr_expect(exists(spool.tmp, "full"));
}

Test(drop, a_sweep_looks_at_a_share_of_the_names_at_a_time)
{
	struct drop_sweep sweep = { 0 };
	char		  name[16];
	int		  calls = 0;

	for (int i = 0; i < 4500; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		cr_assert_eq(mkdirat(spool.tmp, name, 0700), 0);
	}
	while (drop_sweep(&spool, &sweep, -3600, &err) == 1)
		calls++;
	cr_expect_geq(calls, 2);
	cr_expect_eq(count(spool.tmp), 0);
}

Test(drop, a_name_is_removed_whatever_it_is_but_not_with_what_is_in_it)
{
	cr_assert_eq(mkfifoat(spool.new, "fifo", 0600), 0);
	cr_assert_eq(symlinkat("/etc/passwd", spool.new, "link"), 0);
	cr_assert_eq(mkdirat(spool.new, "empty", 0700), 0);
	cr_assert_eq(mkdirat(spool.new, "full", 0700), 0);
	scratch_file(root, "new/full/file", "x", 1);
	cr_expect_eq(drop_remove(spool.new, "fifo", &err), 0, "%s", err.msg);
	cr_expect_eq(drop_remove(spool.new, "link", &err), 0, "%s", err.msg);
	cr_expect_eq(drop_remove(spool.new, "empty", &err), 0, "%s", err.msg);
	cr_expect_eq(drop_remove(spool.new, "full", &err), -1);
	cr_expect_eq(drop_remove(spool.new, "gone", &err), 0, "%s", err.msg);
	cr_expect_eq(count(spool.new), 1);
}

Test(drop, directories_are_made_with_their_modes)
{
	static const char *const names[] = { "tmp", "new", "cur", "done", "bad", "journal", "log" };
	static const mode_t	 modes[] = { 03730, 03730, 0700, 0700, 0700, 0700, 02750 };
	char			 path[SCRATCH_PATH], below[SCRATCH_PATH];
	struct spool		 s;
	struct stat		 st;

	cr_assert_eq(spool_open_for_director(&s, scratch_path(path, dir, "grouped"), getegid(), 1, &err), 0, "%s", err.msg);
	cr_expect(s.syncable && s.gid == getegid());
	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(stat(scratch_path(below, path, names[i]), &st), 0);
		cr_expect_eq(st.st_mode & 07777, modes[i], "%s has %o", names[i], st.st_mode & 07777);
		cr_expect_eq(st.st_gid, getegid());
		cr_assert_eq(stat(scratch_path(below, root, names[i]), &st), 0);
		cr_expect_eq(st.st_mode & 07777, 0700);
	}
	spool_close(&s);
	cr_expect_eq(s.tmp, -1);
	cr_expect_eq(s.log, -1);
	cr_assert_eq(spool_open_for_director(&s, path, getegid(), 0, &err), 0, "%s", err.msg);
	spool_close(&s);
}

Test(drop, a_grouped_spool_takes_files_of_mode_0640)
{
	char	       path[SCRATCH_PATH];
	struct spool   s, g;
	struct job     job = sample(ID);
	struct dropped d;

	cr_assert_eq(spool_open_for_director(&s, scratch_path(path, dir, "grouped"), getegid(), 1, &err), 0, "%s", err.msg);
	cr_assert_eq(spool_open_for_drop(&g, path, &err), 0, "%s", err.msg);
	cr_expect_eq(g.gid, getegid());
	cr_assert_eq(drop_submit(&g, &job, &err), 0, "%s", err.msg);
	cr_assert_eq(drop_read(s.new, ID, getegid(), &d, &err), 0, "%s", err.msg);
	dropped_clear(&d);
	g.syncable = 0;		/* as when new/ may only be searched */
	memcpy(job.id, OTHER, sizeof(job.id));
	cr_assert_eq(drop_submit(&g, &job, &err), 0, "%s", err.msg);
	cr_assert_eq(drop_read(s.new, OTHER, getegid(), &d, &err), 0, "%s", err.msg);
	dropped_clear(&d);
	job_clear(&job);
	spool_close(&s);
	spool_close(&g);
}

static void
denied(gid_t gid, const char *why)
{
	struct spool s;

	cr_assert_eq(spool_open_for_director(&s, root, gid, 1, &err), -1, "opened, though %s", why);
	cr_expect_eq(err.code, PD_DENIED, "%d", (int)err.code);
	cr_expect(strstr(err.msg, why) != NULL, "\"%s\" lacks \"%s\"", err.msg, why);
	cr_expect_eq(s.tmp, -1);
}

Test(drop, wrong_modes_owners_and_types_are_named)
{
	char path[SCRATCH_PATH];

	cr_assert_eq(chmod(scratch_path(path, root, "bad"), 0755), 0);
	denied(NOGID, "bad has mode 0755, must have 0700");
	cr_assert_eq(chmod(path, 0700), 0);
	denied(getegid(), "tmp has mode 0700, must have 3730");
	cr_assert_eq(chmod(root, 0770), 0);
	denied(NOGID, "others must not write");
	cr_assert_eq(chmod(root, 0700), 0);
	cr_assert_eq(rmdir(scratch_path(path, root, "cur")), 0);
	cr_assert_eq(symlink("/tmp", path), 0);
	denied(NOGID, "is a link or a file");
	cr_assert_eq(unlink(path), 0);
	scratch_file(root, "cur", "", 0);
	denied(NOGID, "is a link or a file");
	cr_assert_eq(unlink(path), 0);
	if (geteuid() == 0) {
		cr_assert_eq(chown(scratch_path(path, root, "new"), 12345, (gid_t)-1), 0);
		denied(NOGID, "new belongs to uid 12345");
	}
}

Test(drop, a_missing_spool_is_an_error_that_names_it)
{
	char	     path[SCRATCH_PATH];
	struct spool s;

	cr_expect_eq(spool_open_for_drop(&s, scratch_path(path, dir, "none"), &err), -1);
	cr_expect_eq(err.code, PD_IO);
	cr_expect(strstr(err.msg, "none/tmp") != NULL, "%s", err.msg);
	cr_expect_eq(spool_open_for_director(&s, path, NOGID, 0, &err), -1);
	cr_expect(strstr(err.msg, "none") != NULL, "%s", err.msg);
}
