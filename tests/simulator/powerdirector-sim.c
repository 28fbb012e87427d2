/* SPDX-License-Identifier: ISC */
/*
 * powerdirector-sim: a simulated IBM console behind a real SSH server, for tests and
 * demonstrations.  See options.c for the command line and fault.c for failures on demand.
 */
#include <errno.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/options.h"
#include "tests/simulator/proc.h"
#include "tests/simulator/server.h"
#include "tests/simulator/transcript.h"
#include "tests/simulator/vfs.h"
#include "tests/simulator/world.h"

/* Before any thread exists: they inherit the mask, and main reads the signals. */
static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static void
raise_file_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* What every VIOS has and a world need not mention. */
static void
make_dirs(const struct vfs *vfs)
{
	static const char *const dirs[] = { "/tmp", "/home", "/home/padmin" };
	struct vfs_at at = { .vfs = vfs, .cwd = "/", .is_root = true };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)vfs_mkdir(&at, dirs[i], 0755);
}

static int
open_all(struct sim *sim, const struct options *opt, char *err, size_t errlen)
{
	sim->latency_ms = opt->latency_ms;
	sim->faults = faults_new();
	sim->procs = procs_new();
	if (sim->faults == NULL || sim->procs == NULL) {
		snprintf(err, errlen, "no memory");
		return -1;
	}
	for (size_t i = 0; i < opt->n_faults; i++) {
		if (faults_add(sim->faults, opt->faults[i], err, errlen) == -1)
			return -1;
	}
	if (mkdir(opt->state_dir, 0700) == -1 && errno != EEXIST) {
		snprintf(err, errlen, "cannot make %s: %s", opt->state_dir, strerror(errno));
		return -1;
	}
	sim->world = world_open(opt->world_file, opt->state_dir, opt->speed, err, errlen);
	if (sim->world == NULL)
		return -1;
	sim->vfs = vfs_open_root(world_fs_root(sim->world));
	sim->transcript = transcript_open(opt->state_dir);
	if (sim->vfs == NULL || sim->transcript == NULL) {
		snprintf(err, errlen, "cannot open %s: %s", opt->state_dir, strerror(errno));
		return -1;
	}
	make_dirs(sim->vfs);
	return 0;
}

static void
close_all(struct sim *sim)
{
	if (sim->world != NULL)
		world_close(sim->world);
	vfs_free(sim->vfs);
	transcript_close(sim->transcript);
	faults_free(sim->faults);
	procs_free(sim->procs);
}

int
main(int argc, char **argv)
{
	struct sim sim = { 0 };
	struct options opt;
	struct auth auth;
	char err[512] = "";
	int rv = options_parse(&opt, argc, argv);

	if (rv != -1)
		return rv;
	block_signals();
	raise_file_limit();
	(void)ssh_init();
	rv = open_all(&sim, &opt, err, sizeof(err));
	auth = (struct auth){ .opt = &opt, .vfs = sim.vfs };
	if (rv == 0)
		rv = server_run(&sim, &auth, &opt, err, sizeof(err));
	if (rv == -1)
		fprintf(stderr, "powerdirector-sim: %s\n", err);
	close_all(&sim);
	(void)ssh_finalize();
	return rv == 0 ? 0 : 1;
}
