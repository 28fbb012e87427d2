/* SPDX-License-Identifier: ISC */
/*
 * powerdirectord.c - the director: claims job files, admits, schedules, keeps the database and the
 * history, answers queries.  powerdirectord(8).
 *
 * It stays in the foreground: systemd and AIX's SRC start it so, and a log on standard error is theirs to
 * keep.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "spool/director/check.h"
#include "spool/director/director.h"
#include "spool/os/portable.h"
#include "spool/os/sandbox.h"
#include "spool/os/signals.h"

static const char usage[] =
    "usage: powerdirectord [-dfs] [-c FILE]\n"
    "       powerdirectord [-c FILE] --check | --init\n"
    "       powerdirectord --verify-history DATABASE [--archives DIRECTORY] [--witness SEQ:HASH]\n"
    "       powerdirectord --export-history DATABASE\n"
    "       powerdirectord --version | --help\n"
    "\n"
    "  -c FILE    configuration (default " PD_CONF_FILE ")\n"
    "  -d         log more: every answer that took a decision\n"
    "  -f         stay in the foreground, which is what it does anyway\n"
    "  -s         log to syslog(3) too\n"
    "  --check    check configuration, policy, sequences and directories; change nothing\n"
    "  --init     make the spool and state directories with their modes\n"
    "  --verify-history DATABASE\n"
    "             say how far the history in this file is proven; nothing has to run, nothing is written\n"
    "  --export-history DATABASE\n"
    "             print its history as JSON lines, as the archives have it\n"
    "  --archives DIRECTORY\n"
    "             where the older records are (default: archive beside the database)\n"
    "  --witness SEQ:HASH\n"
    "             compare it with what a receipt or a log has kept\n";

enum action { RUN, CHECK, INIT, VERIFY, EXPORT };

struct options {
	const char *conf;
	enum action action;
	struct log  log;
	const char *database, *witness, *archives;
};

/* What its starter lowered and did not forbid to raise. */
static void
raise_limit(int what)
{
	struct rlimit rl;

	if (getrlimit(what, &rl) == 0 && rl.rlim_cur != rl.rlim_max) {
		rl.rlim_cur = rl.rlim_max;
		(void)setrlimit(what, &rl);
	}
}

/* A starter may have closed some of 0 to 2, or left others open: a file of ours must never be one of them. */
static void
clean_process(void)
{
	const struct itimerval off = { { 0, 0 }, { 0, 0 } };
	int		       fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	port_close_from(STDERR_FILENO + 1);
	(void)umask(077);
	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &off, NULL);
	(void)setitimer(ITIMER_PROF, &off, NULL);
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_FSIZE);
	port_no_dump();
}

/* -1 = go on; otherwise the exit status. */
static int
parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "check", no_argument, NULL, 'C' }, { "init", no_argument, NULL, 'I' },
		{ "verify-history", required_argument, NULL, 'H' }, { "witness", required_argument, NULL, 'W' },
		{ "export-history", required_argument, NULL, 'E' }, { "archives", required_argument, NULL, 'A' },
		{ "version", no_argument, NULL, 'V' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	int			   c;

	while ((c = getopt_long(argc, argv, "c:dfhs", longs, NULL)) != -1)
		switch (c) {
		case 'c':
			o->conf = optarg;
			break;
		case 'd':
			o->log.level = LOG_DEBUG;
			break;
		case 'f':
			break;
		case 's':
			o->log.to_syslog = 1;
			break;
		case 'C':
			o->action = CHECK;
			break;
		case 'I':
			o->action = INIT;
			break;
		case 'H':
			o->action = VERIFY;
			o->database = optarg;
			break;
		case 'E':
			o->action = EXPORT;
			o->database = optarg;
			break;
		case 'A':
			o->archives = optarg;
			break;
		case 'W':
			o->witness = optarg;
			break;
		case 'V':
			(void)printf("powerdirectord %s\nsandbox: %s\n", PD_VERSION, sandbox_text());
			return 0;
		case 'h':
			(void)fputs(usage, stdout);
			return 0;
		default:
			(void)fputs(usage, stderr);
			return 64;
		}
	if (optind == argc && ((o->witness == NULL && o->archives == NULL) || o->action == VERIFY))
		return -1;
	(void)fputs(usage, stderr);
	return 64;
}

static void
print_problem(void *arg, const char *text)
{
	(void)arg;
	(void)printf("%s\n", text);
}

static int
check(const char *conf)
{
	size_t n = check_all(conf, print_problem, NULL);

	(void)printf("sandbox: %s\n", sandbox_text());
	if (n == 0)
		(void)printf("%s: everything is as it should be\n", conf);
	return n == 0 ? 0 : code_exit(PD_BADDATA);
}

static int
fail(const struct log *log, const char *event, const struct pd_err *e)
{
	log_event(log, LOG_ERR, event, "why", e->msg, NULL);
	return code_exit(e->code);
}

static int
init(const struct options *o)
{
	struct pd_err e;

	return check_init(o->conf, &e) == 0 ? 0 : fail(&o->log, "init-failed", &e);
}

/* Beside the database, when nothing else was said. */
static const char *
archives_of(const struct options *o, char *path, size_t size)
{
	const char *slash = strrchr(o->database, '/');

	if (o->archives != NULL)
		return o->archives;
	if ((size_t)snprintf(path, size, "%.*s" ARCHIVE_DIR, slash != NULL ? (int)(slash + 1 - o->database) : 0,
		o->database) >= size)
		return NULL;
	return path;
}

static void
print_proof(const struct history_proof *p)
{
	(void)printf("proven: %lld records, head %lld:%s%s%s\n", (long long)(p->records - p->first),
	    (long long)p->records, p->head, p->t[0] != '\0' ? ", written " : "", p->t);
	if (p->first > 0)
		(void)printf("not looked at: records 1 to %lld, their archives are not all here\n", (long long)p->first);
}

static int
verify(const struct options *o)
{
	struct history_witness w;
	struct history_proof   p;
	struct history_walk   *walk;
	struct pd_err	       e = { .code = PD_OK };
	char		       path[4096];
	int		       rv;

	if ((o->witness != NULL && history_witness_parse(o->witness, &w, &e) == -1) ||
	    history_walk_begin(o->database, archives_of(o, path, sizeof(path)), o->witness != NULL ? &w : NULL, &walk, &e) == -1)
		return fail(&o->log, "verify-failed", &e);
	while ((rv = history_walk_step(walk, INT64_MAX / 2, &e)) == 1)
		;
	p = *history_walk_proof(walk);
	history_walk_end(walk);
	if (rv == -1 && p.fault == HISTORY_WHOLE)
		return fail(&o->log, "verify-failed", &e);
	if (rv == -1)
		(void)printf("%s\n", e.msg);
	print_proof(&p);
	return rv == 0 ? 0 : code_exit(e.code);
}

static int
print_line(void *arg, int64_t seq, const unsigned char *hash, const char *line, size_t len, struct pd_err *e)
{
	(void)arg, (void)seq, (void)hash;
	return fwrite(line, 1, len, stdout) == len ? 0 : pd_fail_sys(e, PD_IO, "write the history");
}

static int
export(const struct options *o)
{
	struct store *st = NULL;
	struct pd_err e;
	int64_t	      base, n;
	int	      rv = -1;

	if (store_open_copy(o->database, &st, &e) == 0 && store_history_base(st, &base, &e) == 0 &&
	    store_history_lines(st, base, NULL, INT64_MAX, print_line, NULL, &n, &e) == 0)
		rv = fflush(stdout) == 0 ? 0 : pd_fail_sys(&e, PD_IO, "write the history");
	store_close(st);
	return rv == 0 ? 0 : fail(&o->log, "export-failed", &e);
}

/* Everything is open: from here on nothing is written but spool, state and the socket's name. */
static int
give_up_the_rest(const struct director *d, struct pd_err *e)
{
	char		    path[PATH_MAX];
	struct sandbox_path paths[] = {
		{ d->conf->spool, SANDBOX_WRITE }, { d->conf->state, SANDBOX_WRITE },
		{ "/dev/null", SANDBOX_WRITE }, { NULL, SANDBOX_WRITE },
	};

	(void)snprintf(path, sizeof(path), "%s", d->conf->socket);
	paths[3].path = dirname(path);
	if (setenv("SQLITE_TMPDIR", d->conf->state, 1) == -1)	/* large sorts */
		return pd_fail_sys(e, PD_IO, "say where temporary files go");
	return sandbox_files(paths, sizeof(paths) / sizeof(paths[0]), 1, NULL, 0, e) == -1 ? -1 : sandbox_enter(SANDBOX_DIRECTOR, e);
}

static int
run(const struct options *o)
{
	struct director *d = malloc(sizeof(*d));
	struct pd_err	 e;
	int		 signals, status = 0;

	if (d == NULL)
		return code_exit(PD_IO);
	if ((signals = signals_open(&e)) == -1) {
		free(d);
		return fail(&o->log, "start-failed", &e);
	}
	if (director_open(d, o->conf, &o->log, &e) == -1 || give_up_the_rest(d, &e) == -1)
		status = fail(&o->log, "start-failed", &e);
	else if (director_run(d, signals, &e) == -1)
		status = fail(&o->log, "run-failed", &e);
	director_close(d);
	free(d);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { PD_CONF_FILE, RUN, { STDERR_FILENO, LOG_INFO, 0 }, NULL, NULL, NULL };
	char	      *path;
	int	       status;

	if (argc < 1)
		return 64;
	clean_process();
	if ((status = parse_options(argc, argv, &o)) != -1)
		return status;
	if ((path = realpath(o.conf, NULL)) != NULL)
		o.conf = path;	/* a reload must find it from anywhere */
	if (o.log.to_syslog)
		openlog("powerdirectord", LOG_PID, LOG_DAEMON);
	if (o.action == CHECK)
		status = check(o.conf);
	else if (o.action == INIT)
		status = init(&o);
	else if (o.action == VERIFY)
		status = verify(&o);
	else if (o.action == EXPORT)
		status = export(&o);
	else
		status = chdir("/") == 0 ? run(&o) : code_exit(PD_IO);
	free(path);
	return status;
}
