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
#include "tests/simulator/hmc/front.h"
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

/* What every console has and a world need not mention. */
static void
make_dirs(const struct vfs *vfs, const char *admin)
{
	char home[64];
	const char *const dirs[] = { "/tmp", "/home", home };
	struct vfs_at at = { .vfs = vfs, .cwd = "/", .is_root = true };

	snprintf(home, sizeof(home), "/home/%s", admin);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)vfs_mkdir(&at, dirs[i], 0755);
}

static int
open_machine(struct sim *sim, const struct options *opt, char *err, size_t errlen)
{
	sim->world = world_open(opt->world_file, opt->state_dir, opt->speed, err, errlen);
	if (sim->world == NULL)
		return -1;
	if (strcmp(opt->kind, "vios") == 0)
		world_without_ivm(sim->world);
	sim->vfs = vfs_open_root(world_fs_root(sim->world));
	return 0;
}

static int
open_hmc(struct sim *sim, const struct options *opt, char *err, size_t errlen)
{
	char fs[4096];

	sim->is_bash = true;
	sim->hmc = hmc_open(opt->world_file, opt->state_dir, opt->speed, err, errlen);
	if (sim->hmc == NULL)
		return -1;
	sim->hostname = sim->hmc->name;
	snprintf(fs, sizeof(fs), "%s/fs", opt->state_dir);
	if (mkdir(fs, 0755) == 0 || errno == EEXIST)
		sim->vfs = vfs_open_root(fs);
	return 0;
}

static bool
is_hmc(const struct options *opt)
{
	return strcmp(opt->kind, "hmc") == 0;
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
	if ((is_hmc(opt) ? open_hmc : open_machine)(sim, opt, err, errlen) == -1)
		return -1;
	sim->transcript = transcript_open(opt->state_dir);
	if (sim->vfs == NULL || sim->transcript == NULL) {
		snprintf(err, errlen, "cannot open %s: %s", opt->state_dir, strerror(errno));
		return -1;
	}
	make_dirs(sim->vfs, is_hmc(opt) ? "hscroot" : "padmin");
	if (is_hmc(opt) && hmc_fronts_open(sim->hmc, sim) == -1) {
		snprintf(err, errlen, "cannot open the files of the Virtual I/O Servers: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int
vios_is_up(void *arg)
{
	struct world *w = arg;
	int up;

	world_lock(w);
	up = lpar_vios(w)->state == LS_RUNNING;
	world_unlock(w);
	return up;
}

/* The console, a second one of the same systems beside an HMC, and every VIOS that has a port of its own. */
static size_t
find_sites(const struct sim *sim, const struct options *opt, struct lockout *lockout, struct site *sites)
{
	const char *admin = is_hmc(opt) ? "hscroot" : "padmin";
	size_t n = 0;

	sites[n++] = (struct site){ .sim = sim, .port = opt->port,
		.auth = { .opt = opt, .vfs = sim->vfs, .admin = admin, .lockout = lockout } };
	if (sim->hmc == NULL)
		return n;
	sites[n] = sites[0];
	sites[n].port = 0;
	strcpy(sites[n++].name, "second");
	LIST_EACH(struct cec, c, &sim->hmc->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->sim != NULL && p->ssh_port >= 0 && n < SITES_MAX) {
				struct site *s = &sites[n++];

				*s = (struct site){ .sim = p->sim, .port = (unsigned)p->ssh_port, .up = vios_is_up, .arg = p->vios,
					.auth = { .opt = opt, .vfs = p->sim->vfs, .admin = "padmin" } };
				snprintf(s->name, sizeof(s->name), "%.63s", p->fs_name);
			}
	return n;
}

static void
close_all(struct sim *sim)
{
	if (sim->hmc != NULL) {
		hmc_fronts_close(sim->hmc);
		hmc_close(sim->hmc);
	}
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
	struct site sites[SITES_MAX];
	struct lockout *lockout;
	char err[512] = "";
	int rv = options_parse(&opt, argc, argv);

	if (rv != -1)
		return rv;
	block_signals();
	raise_file_limit();
	(void)ssh_init();
	rv = open_all(&sim, &opt, err, sizeof(err));
	lockout = is_hmc(&opt) ? lockout_new(opt.speed) : NULL;
	if (rv == 0)
		rv = server_run(sites, find_sites(&sim, &opt, lockout, sites), &opt, err, sizeof(err));
	if (rv == -1)
		fprintf(stderr, "powerdirector-sim: %s\n", err);
	close_all(&sim);
	lockout_free(lockout);
	(void)ssh_finalize();
	return rv == 0 ? 0 : 1;
}
