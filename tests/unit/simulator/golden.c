/* SPDX-License-Identifier: ISC */
/* Golden tables from files.  See golden.h. */
#include <ftw.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/hmc/front.h"
#include "tests/simulator/shell/shell.h"
#include "tests/simulator/text.h"
#include "tests/simulator/world.h"
#include "tests/unit/simulator/golden.h"

struct machine {
	struct sim sim;
	char	   dir[32];
	bool	   is_hmc;
};

struct row {
	const char *file;
	int	    line;	/* of its first "$ " */
	char	    section[64];
	struct text script, err;
	struct text out;	/* lines, each with its '>' or '~' in front */
	int	    status;
};

static void
open_world(struct machine *m, const char *kind, const char *world)
{
	char err[256] = "", path[4096];

	m->is_hmc = strcmp(kind, "hmc") == 0;
	strcpy(m->dir, "/tmp/simgolden.XXXXXX");
	cr_assert_not_null(mkdtemp(m->dir));
	m->sim.procs = procs_new();
	m->sim.faults = faults_new();
	cr_assert(m->sim.procs != NULL && m->sim.faults != NULL);
	if (m->is_hmc) {
		m->sim.hmc = hmc_open(world, m->dir, 0, err, sizeof(err));
		cr_assert_not_null(m->sim.hmc, "%s", err);
		m->sim.is_bash = true;
		m->sim.hostname = m->sim.hmc->name;
		snprintf(path, sizeof(path), "%s/fs", m->dir);
		(void)mkdir(path, 0755);
	} else {
		m->sim.world = world_open(world, m->dir, 0, err, sizeof(err));
		cr_assert_not_null(m->sim.world, "%s", err);
		if (strcmp(kind, "vios") == 0)
			world_without_ivm(m->sim.world);
		snprintf(path, sizeof(path), "%s", world_fs_root(m->sim.world));
	}
	m->sim.vfs = vfs_open_root(path);
	cr_assert_not_null(m->sim.vfs);
}

static void
open_machine(struct machine *m, const char *kind, const char *world)
{
	static const char *const dirs[] = { "/tmp", "/home", "/home/padmin", "/home/hscroot" };
	struct vfs_at at = { .cwd = "/", .is_root = true };

	*m = (struct machine){ 0 };
	open_world(m, kind, world);
	at.vfs = m->sim.vfs;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)vfs_mkdir(&at, dirs[i], 0755);
	if (m->is_hmc)
		cr_assert_eq(hmc_fronts_open(m->sim.hmc, &m->sim), 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
close_machine(struct machine *m)
{
	procs_kill_all(m->sim.procs);
	cr_assert_eq(procs_wait_idle(m->sim.procs, 10000), 0);
	if (m->is_hmc) {
		hmc_fronts_close(m->sim.hmc);
		hmc_close(m->sim.hmc);
	} else {
		world_close(m->sim.world);
	}
	vfs_free(m->sim.vfs);
	procs_free(m->sim.procs);
	faults_free(m->sim.faults);
	(void)nftw(m->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool
line_is(const char *want, const char *got)
{
	regex_t re;
	char pattern[4096];
	bool same;

	if (*want == '>')
		return strcmp(want + 1, got) == 0;
	snprintf(pattern, sizeof(pattern), "^(%s)$", want + 1);
	cr_assert_eq(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0, "%s", pattern);
	same = regexec(&re, got, 0, NULL, 0) == 0;
	regfree(&re);
	return same;
}

/* Takes a line off *s; NULL at the end. */
static char *
take_line(char **s)
{
	char *line = *s, *nl;

	if (line == NULL || *line == '\0')
		return NULL;
	nl = strchr(line, '\n');
	*s = nl != NULL ? nl + 1 : NULL;
	if (nl != NULL)
		*nl = '\0';
	return line;
}

static bool
out_is(const struct row *r, const char *got)
{
	char *want_copy = xstrdup(text_str(&r->out)), *got_copy = xstrdup(got), *w = want_copy, *g = got_copy;
	bool same = *got == '\0' || got[strlen(got) - 1] == '\n';

	for (;;) {
		char *want = take_line(&w), *line = take_line(&g);

		if (want == NULL || line == NULL) {
			same = same && want == line;
			break;
		}
		same = same && line_is(want, line);
	}
	free(want_copy);
	free(got_copy);
	return same;
}

static void
judge(const struct row *r, const char *out, const char *err, int status)
{
	cr_expect(out_is(r, out), "%s:%d: $ %s\nstdout:\n%sinstead of:\n%s", r->file, r->line, text_str(&r->script), out,
	    text_str(&r->out));
	cr_expect_str_eq(err, text_str(&r->err), "%s:%d: $ %s\nstderr:\n%sinstead of:\n%s", r->file, r->line,
	    text_str(&r->script), err, text_str(&r->err));
	cr_expect_eq(status, r->status, "%s:%d: $ %s\nstatus %d instead of %d\n%s%s", r->file, r->line, text_str(&r->script),
	    status, r->status, out, err);
	cr_expect(r->section[0] != '\0', "%s:%d: no section of the reference", r->file, r->line);
}

static void
run_row(const struct machine *m, const struct row *r)
{
	struct stream *nothing = stream_memory("", 0);
	struct cancel *cancel = cancel_new();
	struct shell_base base;
	struct shell sh;
	int status;

	shell_base_init(&base, NULL);
	cr_assert_eq(shell_init(&sh, &m->sim, &base, cancel, nothing, m->is_hmc ? "hscroot" : "padmin", false), 0);
	status = shell_run_text(&sh, text_str(&r->script), r->script.n) & 255;
	judge(r, base.out.data != NULL ? base.out.data : "", base.err.data != NULL ? base.err.data : "", status);
	shell_fini(&sh);
	shell_base_fini(&base);
	cancel_unref(cancel);
	stream_free(nothing);
}

static void
clear(struct row *r)
{
	text_clear(&r->script);
	text_clear(&r->out);
	text_clear(&r->err);
	r->status = 0;
}

/* What stands behind the mark and one blank. */
static const char *
rest(const char *line)
{
	return line[1] == ' ' ? line + 2 : line + 1;
}

/* Returns whether a row was finished by this line and has run. */
static bool
take(const struct machine *m, struct row *r, const char *line, int number, char *last)
{
	bool ran = *line == '$' && *last != '$' && r->script.n > 0;

	if (ran) {
		run_row(m, r);
		clear(r);
	}
	if (*line == '$' && r->script.n == 0)
		r->line = number;
	if (*line == '$')
		text_printf(&r->script, "%s%s", r->script.n > 0 ? "\n" : "", rest(line));
	else if (*line == '>' || *line == '~')
		text_printf(&r->out, "%c%s\n", *line, rest(line));
	else if (*line == '!')
		text_printf(&r->err, "%s\n", rest(line));
	else if (*line == '=')
		r->status = atoi(rest(line));
	else if (*line != '\0' && *line != '#' && *line != '@')
		cr_assert_fail("%s:%d: [%s]", r->file, number, line);
	*last = *line;
	return ran;
}

int
golden_run(const char *file)
{
	struct row r = { .file = file };
	char *line = NULL, kind[16], world[128], last = '\0', next[64] = "";
	FILE *f = fopen(file, "r");
	struct machine m;
	size_t size = 0;
	ssize_t n;
	int rows = 0, number = 2;

	cr_assert(f != NULL && fscanf(f, "kind %15s\nworld %127s\n", kind, world) == 2, "%s", file);
	open_machine(&m, kind, world);
	while ((n = getline(&line, &size, f)) > 0) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '@')
			snprintf(next, sizeof(next), "%s", rest(line));
		rows += take(&m, &r, line, number, &last);
		if (*line == '$')
			snprintf(r.section, sizeof(r.section), "%s", next);
	}
	if (r.script.n > 0) {
		run_row(&m, &r);
		rows++;
	}
	text_free(&r.script);
	text_free(&r.out);
	text_free(&r.err);
	free(line);
	(void)fclose(f);
	close_machine(&m);
	return rows;
}
