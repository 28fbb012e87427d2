/* SPDX-License-Identifier: ISC */
/* A simulator without a server and without a world: only the shell, its files and its utilities. */
#include <criterion/criterion.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/shell/shell.h"
#include "tests/unit/simulator/front.h"

static const char *const dirs[] = { "home", "home/padmin", "home/hscroot", "tmp", "dev", "var", "var/vio", "var/vio/VMLibrary" };

void
front_open(struct front *f)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	char path[128];

	*f = (struct front){ .sim = sim };
	strcpy(f->dir, "/tmp/simfront.XXXXXX");
	cr_assert_not_null(mkdtemp(f->dir));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, dirs[i]);
		cr_assert_eq(mkdir(path, 0755), 0);
	}
	sim->vfs = vfs_open_root(f->dir);
	sim->procs = procs_new();
	sim->faults = faults_new();
	cr_assert(sim->vfs != NULL && sim->procs != NULL && sim->faults != NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

void
front_open_hmc(struct front *f)
{
	front_open(f);
	f->sim->is_bash = true;
	f->sim->hostname = "hmc1";
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
front_close(struct front *f)
{
	procs_kill_all(f->sim->procs);
	cr_assert_eq(procs_wait_idle(f->sim->procs, 10000), 0);
	vfs_free(f->sim->vfs);
	procs_free(f->sim->procs);
	faults_free(f->sim->faults);
	free(f->sim);
	free(f->out);
	free(f->err);
	(void)nftw(f->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void
front_fault(struct front *f, const char *spec)
{
	char err[200] = "";

	cr_assert_eq(faults_add(f->sim->faults, spec, err, sizeof(err)), 0, "%s", err);
}

void
front_run(struct front *f, bool is_root, const char *in, const char *script)
{
	struct stream *stdin_bytes = stream_memory(in != NULL ? in : "", in != NULL ? strlen(in) : 0);
	struct cancel *cancel = cancel_new();
	struct shell_base base;
	struct shell sh;

	shell_base_init(&base, NULL);
	cr_assert_eq(shell_init(&sh, f->sim, &base, cancel, stdin_bytes, is_root ? "root" : f->sim->is_bash ? "hscroot" : "padmin",
	    is_root), 0);
	f->status = shell_run_text(&sh, script, strlen(script));
	free(f->out);
	free(f->err);
	f->out = strdup(base.out.data != NULL ? base.out.data : "");
	f->out_len = base.out.len;
	f->err = strdup(base.err.data != NULL ? base.err.data : "");
	shell_fini(&sh);
	shell_base_fini(&base);
	cancel_unref(cancel);
	stream_free(stdin_bytes);
}

static void
expect(bool is_root, bool is_hmc, const char *script, const char *out, const char *err, int status)
{
	struct front f;

	(is_hmc ? front_open_hmc : front_open)(&f);
	front_run(&f, is_root, NULL, script);
	cr_expect_str_eq(f.out, out, "stdout of [%s]: [%s] instead of [%s]", script, f.out, out);
	cr_expect_str_eq(f.err, err, "stderr of [%s]: [%s] instead of [%s]", script, f.err, err);
	cr_expect_eq(f.status, status, "status of [%s]: %d instead of %d", script, f.status, status);
	front_close(&f);
}

void
expect_padmin(const char *script, const char *out, const char *err, int status)
{
	expect(false, false, script, out, err, status);
}

void
expect_hmc(const char *script, const char *out, const char *err, int status)
{
	expect(false, true, script, out, err, status);
}

void
expect_root(const char *script, const char *out, const char *err, int status)
{
	expect(true, false, script, out, err, status);
}
