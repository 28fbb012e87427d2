/* SPDX-License-Identifier: ISC */
/* What the tests of the simulated machine share.  See test_world.h. */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define LIBISOFS_WITHOUT_LIBBURN 1
#include <libisofs/libisofs.h>

#include "tests/simulator/console.h"
#include "test_world.h"

static const char description[] =
    "// a small machine\n"
    "{ \"system\": { \"processors\": 8.0, \"memory\": 32768, \"max_lpars\": 10 },\n"
    "  \"physical_volumes\": [\n"
    "	{ \"name\": \"hdisk0\", \"size\": 102400, \"pvid\": \"00f60e589feeb90a\" },\n"
    "	{ \"name\": \"hdisk1\", \"size\": 10240, \"pvid\": \"00f60e58a0110d2c\" },\n"
    "	{ \"name\": \"hdisk2\", \"size\": 10240, \"pvid\": \"00f60e58a0110e11\" },\n"
    "	{ \"name\": \"hdisk3\", \"size\": 5120 } ],\n"
    "  \"volume_groups\": [\n"
    "	{ \"name\": \"rootvg\", \"pp_size\": \"1G\", \"pvs\": [ \"hdisk0\" ],\n"
    "	  \"lvs\": [ { \"name\": \"hd4\", \"size\": \"2G\", \"mount\": \"/\" } ] },\n"
    "	{ \"name\": \"datavg\", \"pp_size\": \"64M\", \"pvs\": [ \"hdisk1\", \"hdisk2\" ] } ],\n"
    "  \"images\": [\n"
    "	{ \"id\": \"rhel6\", \"path\": \"/home/padmin/rhel6.0\", \"size\": \"32M\", \"agent\": \"config-xml\" },\n"
    "	{ \"id\": \"plain\", \"path\": \"/home/padmin/plain.0\", \"size\": \"16M\", \"address\": \"10.0.0.77\" },\n"
    "	{ \"id\": \"dvd\", \"path\": \"/home/padmin/dvd.iso\", \"size\": \"8M\" } ] }\n";

static void
open_world(struct bench *b, const char *file, double speed)
{
	char state[80], err[256] = "";

	snprintf(state, sizeof(state), "%s/state", b->dir);
	b->w = world_open(file, state, speed, err, sizeof(err));
	cr_assert_not_null(b->w, "%s", err);
}

struct bench
bench_open_file(const char *world_file, double speed)
{
	struct bench b = { .dir = "/tmp/simworld.XXXXXX" };

	cr_assert_not_null(mkdtemp(b.dir));
	open_world(&b, world_file, speed);
	return b;
}

struct bench
bench_open(double speed)
{
	struct bench b = { .dir = "/tmp/simworld.XXXXXX" };
	char file[80];
	FILE *f;

	cr_assert_not_null(mkdtemp(b.dir));
	snprintf(file, sizeof(file), "%s/world.json", b.dir);
	f = fopen(file, "w");
	cr_assert_not_null(f);
	cr_assert(fputs(description, f) >= 0 && fclose(f) == 0);
	open_world(&b, file, speed);
	return b;
}

void
bench_reopen(struct bench *b, double speed)
{
	world_close(b->w);
	open_world(b, NULL, speed);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
bench_close(struct bench *b)
{
	world_close(b->w);
	free(b->out);
	free(b->err);
	(void)nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Blanks separate; quotes join; a backslash protects the next character outside '. */
static int
split(const char *line, char *buf, char **argv, int max)
{
	int n = 0;

	while (*(line += strspn(line, " ")) != '\0' && n < max - 1) {
		char quote = '\0';

		argv[n++] = buf;
		for (; *line != '\0' && (quote != '\0' || *line != ' '); line++) {
			if (quote == '\0' && (*line == '"' || *line == '\''))
				quote = *line;
			else if (quote != '\0' && *line == quote)
				quote = '\0';
			else if (*line == '\\' && quote != '\'' && line[1] != '\0')
				*buf++ = *++line;
			else
				*buf++ = *line;
		}
		*buf++ = '\0';
	}
	argv[n] = NULL;
	return n;
}

void
bench_run_as(struct bench *b, const char *user, const char *line)
{
	struct sim_out out = { 0 }, err = { 0 };
	char *argv[128], *buf = malloc(2 * strlen(line) + 2);
	struct sim_cmd cmd = { .world = b->w, .user = user, .in = "", .out = &out, .err = &err };

	cr_assert_not_null(buf);
	cmd.argc = split(line, buf, argv, 128);
	cmd.argv = argv;
	free(b->out);
	free(b->err);
	b->status = console_run(&cmd);
	b->out = strdup(out.data == NULL ? "" : out.data);
	b->err = strdup(err.data == NULL ? "" : err.data);
	sim_out_free(&out);
	sim_out_free(&err);
	free(buf);
}

void
bench_run(struct bench *b, const char *line)
{
	bench_run_as(b, "padmin", line);
}

const char *
bench_ok(struct bench *b, const char *line)
{
	size_t n;

	bench_run(b, line);
	cr_assert(b->status == 0 && b->err[0] == '\0', "%s: status %d\nstdout: %s\nstderr: %s", line,
	    b->status, b->out, b->err);
	n = strlen(b->out);
	if (n > 0 && b->out[n - 1] == '\n')
		b->out[n - 1] = '\0';
	return b->out;
}

void
bench_says(struct bench *b, const char *line, const char *out)
{
	(void)bench_ok(b, line);
	cr_assert_str_eq(b->out, out, "%s:\n%s\ninstead of\n%s", line, b->out, out);
}

void
bench_fails(struct bench *b, const char *line, int status, const char *text)
{
	bench_run(b, line);
	cr_assert(b->status == status && strstr(b->err, text) != NULL && b->out[0] == '\0',
	    "%s: status %d\nstdout: %s\nstderr: %s", line, b->status, b->out, b->err);
}

const char *
bench_state(struct bench *b, int id)
{
	char line[100];

	snprintf(line, sizeof(line), "lssyscfg -r lpar --filter lpar_ids=%d -F state", id);
	return bench_ok(b, line);
}

void
bench_stops_itself(struct bench *b, int id)
{
	cr_assert_str_eq(bench_state(b, id), "Running");
	cr_assert_str_eq(bench_state(b, id), "Not Activated");
}

void
bench_path(const struct bench *b, const char *path, char out[4096])
{
	snprintf(out, 4096, "%s%s", world_fs_root(b->w), path);
}

int64_t
bench_file_size(const struct bench *b, const char *path)
{
	char full[4096];
	struct stat st;

	bench_path(b, path, full);
	return stat(full, &st) == -1 ? -1 : (int64_t)st.st_size;
}

void
bench_copy(const struct bench *b, const char *from, const char *to, int64_t at_most)
{
	char src[4096], dst[4096], buf[65536];
	int in, out;
	ssize_t n;

	bench_path(b, from, src);
	bench_path(b, to, dst);
	in = open(src, O_RDONLY);
	out = open(dst, O_WRONLY | O_CREAT, 0644);
	cr_assert(in != -1 && out != -1);
	while (at_most > 0 && (n = read(in, buf, sizeof(buf))) > 0) {
		if (n > at_most)
			n = (ssize_t)at_most;
		cr_assert(write(out, buf, (size_t)n) == n);
		at_most -= n;
	}
	close(in);
	close(out);
}

void
bench_make_iso(const struct bench *b, const char *iso, const char *name, const char *text)
{
	char path[4096], block[2048];
	struct burn_source *src;
	IsoWriteOpts *opts;
	IsoStream *stream;
	IsoImage *image;
	IsoFile *file;
	FILE *f;

	cr_assert(iso_init() >= 0);
	cr_assert(iso_image_new("CONFIG", &image) >= 0);
	cr_assert(iso_memory_stream_new((unsigned char *)strdup(text), strlen(text), &stream) >= 0);
	cr_assert(iso_tree_add_new_file(iso_image_get_root(image), name, stream, &file) >= 0);
	cr_assert(iso_write_opts_new(&opts, 1) >= 0);
	iso_write_opts_set_rockridge(opts, 1);
	cr_assert(iso_image_create_burn_source(image, opts, &src) >= 0);
	bench_path(b, iso, path);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	while (src->read_xt(src, (unsigned char *)block, sizeof(block)) == (int)sizeof(block))
		cr_assert(fwrite(block, 1, sizeof(block), f) == sizeof(block));
	fclose(f);
	src->free_data(src);
	free(src);
	iso_write_opts_free(opts);
	iso_image_unref(image);
	iso_finish();
}

void
bench_mksyscfg(struct bench *b, const char *name)
{
	char line[1024];

	snprintf(line, sizeof(line), MKSYSCFG, name, name);
	bench_says(b, line, "");
}
