/* SPDX-License-Identifier: ISC */
/*
 * matrix.c - P4: every verb that talks to a console, with a fault at each of its commands, its undo let through or refused as well.
 *
 *	pd-matrix SITE [-k KIND] [-c CHECKER] [-s STEP] [-o OFFSET] [-v VERB] [-f FAULT] [-n COMMAND] [-u 0|1]
 *
 * The site is one of tests/demo/site with SITE/fault as the directory of its programs, SITE/templates with short limits and SITE/world, which
 * saves and loads its whole state ("world save NAME", "world load NAME").  A run without a fault says how many commands
 * the console gets.  Then for each command and each fault: the request, the fault, recovery; and afterwards
 *
 *	done	the console shows it; what was made can be deleted, and then the console is as before
 *	failed	the console is exactly as before; a shut-down that cannot be taken back is told by the VM's state
 *	stuck	orphans names what is left; orphans --clean, undo-job or resume-job brings the console to where it was
 *
 * and the independent checker agrees.  Nothing is ever in between.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/matrix.h"

#define RECOVER_MS 180000	/* a question that hangs has a minute of its own: what is still at work */
#define REACH_MS   20000
#define LINE_BYTES 600

static const char *const fault_names[] = {
	"worker-killed", "director-killed", "cut-before", "cut-during", "cut-after", "refuse", "hang", "garble", "flood",
};
#define NFAULTS	   (sizeof(fault_names) / sizeof(fault_names[0]))
#define NKILLS	   2	/* the first of them */
#define KILL_DELAY 300	/* ms that a command takes which the killer waits for */

#define REFUSED ",from=1,action=refuse,status=1,stderr=%s test: refused\n"

void
matrix_wrong(struct matrix *m, const char *fmt, ...)
{
	va_list ap;

	m->broken++;
	printf("VIOLATION %s, command %u, %s%s: ", m->verb->name, m->at, fault_names[m->fault], m->no_undo ? ", undo refused" : "");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (job %s)\n", m->job);
	fflush(stdout);
}

/* ---- the simulator ---- */

static const char *
simulator_log(struct matrix *m)
{
	char name[40];

	(void)snprintf(name, sizeof(name), "log/%.30s", m->kind->program);
	return site_path(&m->site, name);
}

/* A file of the console. */
static const char *
console_file(struct matrix *m, const char *file)
{
	char name[80];

	(void)snprintf(name, sizeof(name), "%.30s/%.40s", m->kind->console, file);
	return site_path(&m->site, name);
}

static long
log_size(struct matrix *m)
{
	struct stat st;

	return stat(simulator_log(m), &st) == 0 ? (long)st.st_size : 0;
}

/* Is there a line with this beginning behind place from? */
static int
log_has(struct matrix *m, long from, const char *begin)
{
	FILE *log = fopen(simulator_log(m), "r");
	char  line[4096];
	int   found = 0;

	if (log == NULL || fseek(log, from, SEEK_SET) == -1)
		site_die("the simulator's log");
	while (!found && fgets(line, sizeof(line), log) != NULL)
		found = strncmp(line, begin, strlen(begin)) == 0;
	(void)fclose(log);
	return found;
}

static int
wait_for_line(struct matrix *m, long from, const char *begin, int limit_ms)
{
	long long end = site_now_ms() + limit_ms;

	while (!log_has(m, from, begin)) {
		if (site_now_ms() > end)
			return -1;
		site_sleep(2);
	}
	return 0;
}

/* From now on these faults, counted from one; returns the place of the log behind which they are told. */
static long
set_faults(struct matrix *m, const char *text)
{
	FILE *f = fopen(console_file(m, "faults"), "w");
	char  pid[32] = "", name[60];
	long  from = log_size(m);

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		site_die("faults");
	(void)snprintf(name, sizeof(name), "run/%.30s.pid", m->kind->program);
	f = fopen(site_path(&m->site, name), "r");
	if (f == NULL || fgets(pid, sizeof(pid), f) == NULL || kill((pid_t)atoi(pid), SIGHUP) == -1)
		site_die(name);
	(void)fclose(f);
	if (wait_for_line(m, from, "faults: ", REACH_MS) == -1)
		site_die("the simulator does not read its faults");
	return from;
}

/* ---- the site as a whole ---- */

static void
world(struct matrix *m, const char *what, const char *name)
{
	char command[2 * SITE_PATH_MAX];

	site_kill(&m->site);
	(void)snprintf(command, sizeof(command), "%s %s %s", site_path(&m->site, "world"), what, name);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);	/* the simulator is nobody's child */
	if (system(command) != 0)
		site_die(command);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (site_start(&m->site) == -1)
		site_die("the director does not start");
}

static int
settled(struct matrix *m)
{
	long long end = site_now_ms() + RECOVER_MS;

	while (site_now_ms() < end) {
		if (site_pending(&m->site) == 0)
			return 1;
		site_sleep(4);
	}
	return 0;
}

int
matrix_ask(struct matrix *m, const char *user, const char *line, json_t **value)
{
	struct answer a = site_request_as(&m->site, user, line, RECOVER_MS);

	if (value != NULL)
		*value = json_incref(json_object_get(a.json, "value"));
	(void)snprintf(m->said, sizeof(m->said), "%s", json_string_value(json_object_get(a.json, "message")) != NULL ?
	    json_string_value(json_object_get(a.json, "message")) : "");
	json_decref(a.json);
	return a.status;
}

int
matrix_settle(struct matrix *m)
{
	if (settled(m))
		return 0;
	matrix_wrong(m, "a job has no end: %lld", site_number(&m->site, "SELECT count(*) FROM job WHERE state IN ('queued', 'running', 'undoing')"));
	return -1;
}

/* Must not fail: this is what the states stand on. */
static void
must(struct matrix *m, const char *user, const char *line)
{
	if (matrix_ask(m, user, line, NULL) != 0 || !settled(m)) {
		fprintf(stderr, "pd-matrix: %s: %s\n", line, m->said);
		exit(70);
	}
}

/* ---- one state ---- */

static void
kill_workers(struct matrix *m)
{
	DIR	      *proc = opendir("/proc");
	struct dirent *entry;
	char	       name[300], text[512];
	FILE	      *f;
	int	       parent;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(name, sizeof(name), "/proc/%.20s/stat", entry->d_name);
		if ((f = fopen(name, "r")) == NULL)
			continue;
		if (fgets(text, sizeof(text), f) != NULL && strrchr(text, ')') != NULL &&
		    sscanf(strrchr(text, ')'), ") %*c %d", &parent) == 1 && parent == m->site.director)
			(void)kill((pid_t)atoi(entry->d_name), SIGKILL);
		(void)fclose(f);
	}
	if (proc != NULL)
		(void)closedir(proc);
}

static void
kill_at(struct matrix *m, long from)
{
	if (wait_for_line(m, from, "fault delay", REACH_MS) == -1)
		return;
	if (m->fault == 0) {
		kill_workers(m);
		return;
	}
	site_kill(&m->site);
	if (site_start(&m->site) == -1)
		matrix_wrong(m, "the director does not start again");
}

/* The fault at command number at; with it, from the beginning, no undo. */
static long
arm(struct matrix *m)
{
	char text[3 * LINE_BYTES], undo[LINE_BYTES] = "", refusal[LINE_BYTES];
	int  n = 0;

	if (m->no_undo)
		(void)snprintf(undo, sizeof(undo), "match=%s" REFUSED, m->verb->undo != NULL ? m->verb->undo : m->kind->undo, m->kind->refusal);
	(void)snprintf(refusal, sizeof(refusal), ",status=1,stderr=%s test: refused", m->kind->refusal);
	if (m->fault < NKILLS)
		n = snprintf(text, sizeof(text), "match=.*,nth=%u,action=delay,ms=%d\n%s", m->at, KILL_DELAY, undo);
	else
		n = snprintf(text, sizeof(text), "match=.*,nth=%u,action=%s%s\n%s", m->at, fault_names[m->fault],
		    strcmp(fault_names[m->fault], "refuse") == 0 ? refusal : "", undo);
	if (n < 0 || (size_t)n >= sizeof(text))
		site_die("the faults are too long");
	return set_faults(m, text);
}

void
matrix_outcome(struct matrix *m)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql), "SELECT state FROM job WHERE id = '%.26s'", m->job);
	(void)site_text(&m->site, sql, m->state, sizeof(m->state));
	(void)snprintf(sql, sizeof(sql), "SELECT message FROM job WHERE id = '%.26s'", m->job);
	(void)site_text(&m->site, sql, m->message, sizeof(m->message));
}

/* 1 when the fault was met. */
static int
run_state(struct matrix *m)
{
	struct answer a;
	const char   *id;
	char	      begin[40], why[300];
	long	      from;
	int	      met;

	m->broken = 0;
	m->job[0] = '\0';
	from = arm(m);
	a = site_request_as(&m->site, m->verb->user, m->verb->line, RECOVER_MS);
	id = json_string_value(json_object_get(a.json, "job"));
	(void)snprintf(m->job, sizeof(m->job), "%s", id != NULL ? id : m->stuck);
	if (a.status != 0 && !m->verb->waits)
		matrix_wrong(m, "the request ended with %d: %s", a.status, json_string_value(json_object_get(a.json, "message")));
	json_decref(a.json);
	if (m->fault < NKILLS && a.status == 0)
		kill_at(m, from);
	(void)matrix_settle(m);
	(void)snprintf(begin, sizeof(begin), "fault %s", m->fault < NKILLS ? "delay" : fault_names[m->fault]);
	met = log_has(m, from, begin);
	(void)set_faults(m, "");
	matrix_outcome(m);
	(void)snprintf(m->ended, sizeof(m->ended), "%s", m->state);
	if (m->broken == 0)
		m->verb->check(m);
	if (m->broken == 0 && site_check(&m->site, why, sizeof(why)) != 0)
		matrix_wrong(m, "the checker disagrees: %s", why);
	if (m->broken != 0)
		printf("    it was %s: %s\n", m->ended, m->message);
	return met;
}

/* ---- all of them ---- */

/* How many commands an undisturbed run sends. */
static unsigned
count_commands(struct matrix *m)
{
	long	 from = set_faults(m, "match=.*,action=delay,ms=0\n");
	unsigned n = 0;
	char	 line[4096];
	FILE	*log;

	must(m, m->verb->user, m->verb->line);
	if ((log = fopen(simulator_log(m), "r")) == NULL || fseek(log, from, SEEK_SET) == -1)
		site_die("the simulator's log");
	while (fgets(line, sizeof(line), log) != NULL)
		n += strncmp(line, "fault delay", 11) == 0;
	(void)fclose(log);
	if (n == 0) {
		errno = 0;
		(void)fprintf(stderr, "pd-matrix: %s: ", m->verb->name);
		site_die("it sends nothing");
	}
	return n;
}

static void
tell(const struct matrix *m, unsigned commands)
{
	unsigned sum = 0;

	printf("%-18s %3u commands;", m->verb->name, commands);
	for (size_t i = 0; i < NFAULTS; i++) {
		printf(" %s %u", fault_names[i], m->count[i]);
		sum += m->count[i];
	}
	printf("; %u states: %u done, %u undone, %u stuck; %u not reached, %u violations\n", sum, m->done, m->failed, m->stucks, m->missed,
	    m->violations);
	fflush(stdout);
}

static void
run_one(struct matrix *m)
{
	if (m->dirty)
		world(m, "load", m->verb->base);
	m->dirty = m->verb->changes_base;
	if (!run_state(m)) {
		m->missed++;
	} else {
		m->count[m->fault]++;
		m->done += strcmp(m->ended, "done") == 0;
		m->stucks += strcmp(m->ended, "stuck") == 0;
		m->failed += strcmp(m->ended, "failed") == 0;
	}
	m->violations += m->broken != 0;
	m->dirty |= m->broken != 0;
}

/* One more platform at the same console. */
static void
read_address(struct matrix *m)
{
	char  port[16] = "", key[100] = "", command[SITE_PATH_MAX + 60];
	FILE *f = fopen(console_file(m, "port"), "r"), *p;

	(void)snprintf(command, sizeof(command), "ssh-keygen -lf %s", console_file(m, "host_key.pub"));
	p = popen(command, "r");
	if (f == NULL || p == NULL || fscanf(f, "%15s", port) != 1 || fscanf(p, "%*s %99s", key) != 1)
		site_die("the console's address");
	(void)fclose(f);
	(void)pclose(p);
	(void)snprintf(m->address, sizeof(m->address), "--port %.15s --host-key %.99s", port, key);
}

/* web1 as the kind makes it, and a world with it of this name. */
static void
make(struct matrix *m, const char *more, const char *base)
{
	char line[LINE_BYTES];

	(void)snprintf(line, sizeof(line), "%s%s --json", m->kind->create, more);
	must(m, "alice", line);
	world(m, "save", base);
}

/* The worlds of an HMC: web1 with a medium, with an operating system that is not heard of, with one more disk, and one that can move. */
static void
make_hmc_bases(struct matrix *m)
{
	world(m, "load", "running");
	must(m, "alice", "attach-iso web1 --iso rhel6.iso --json");
	world(m, "save", "media");
	world(m, "load", "running");
	must(m, "alice", "set-boot web1 --mode sms --json");
	must(m, "alice", "restart-vm web1 --force --json");
	must(m, "alice", "set-boot web1 --mode norm --json");
	world(m, "save", "silent");
	if (strcmp(m->kind->name, "hmc-dual") == 0) {
		world(m, "load", "running");
		must(m, "alice", "add-disk web1 --disk size=50G,pool=san --json");
		world(m, "save", "more");
	} else if (strcmp(m->kind->name, "hmc") == 0) {
		world(m, "load", "plain");
		must(m, "alice", "create-vm web1 --image rhel9 --platform hmc1 --host p9a --memory 512M --disk size=60G,pool=san --network vlan=10,ip=10.0.10.7/24 --json");
		world(m, "save", "movable");
		must(m, "alice", "stop-vm web1 --force --json");
		world(m, "save", "movable-off");
	}
}

/* The worlds that verbs begin with, from the plain one that the site was made with; in it nothing has been made. */
static void
make_bases(struct matrix *m)
{
	char text[2 * LINE_BYTES];

	read_address(m);
	world(m, "save", "plain");
	m->plain = site_world(&m->site);
	make(m, "", "running");
	must(m, "alice", "stop-vm web1 --force --json");
	world(m, "save", "stopped");
	if (strcmp(m->kind->name, "ivm") != 0)
		make_hmc_bases(m);
	world(m, "load", "plain");
	(void)snprintf(text, sizeof(text), "match=chsysstate.*-o on" REFUSED "match=%s" REFUSED, m->kind->refusal, m->kind->undo, m->kind->refusal);
	(void)set_faults(m, text);
	(void)snprintf(text, sizeof(text), "%s --json", m->kind->create);
	if (matrix_ask(m, "alice", text, NULL) != 2)
		site_die("create-vm is not stuck");
	(void)set_faults(m, "");
	world(m, "save", "stuck");
	(void)site_text(&m->site, "SELECT id FROM job WHERE state = 'stuck'", m->stuck, sizeof(m->stuck));
}

static void
run_verb(struct matrix *m, const struct matrix_verb *v)
{
	unsigned commands;

	(void)snprintf(m->line, sizeof(m->line), "%s%s%s --json", v->more == MATRIX_MADE ? m->kind->create : "", v->line, v->more == MATRIX_JOB ? m->stuck : v->more == MATRIX_CONSOLE ? m->address : "");
	m->mine = *v;
	m->mine.line = m->line;
	m->verb = &m->mine;
	memset(m->count, 0, sizeof(m->count));
	m->done = m->failed = m->stucks = m->missed = m->violations = 0;
	world(m, "load", v->base);
	m->before = site_world(&m->site);
	commands = count_commands(m);
	m->dirty = 1;
	for (m->at = 1; m->at <= commands; m->at++)
		for (m->fault = 0; m->fault < NFAULTS; m->fault++)
			for (m->no_undo = 0; m->no_undo < (v->undoes ? 2 : 1); m->no_undo++)
				if ((m->only_fault == NULL || strcmp(m->only_fault, fault_names[m->fault]) == 0) &&
				    (m->only_at == 0 || m->at == m->only_at) && (m->only_undo < 0 || m->only_undo == (int)m->no_undo) &&
				    m->index++ % m->step == m->offset)
					run_one(m);
	json_decref(m->before);
	tell(m, commands);
	m->all_violations += m->violations;
}

int
main(int argc, char **argv)
{
	struct matrix m = { .step = 1, .only_undo = -1 };
	const char   *only = NULL, *kind = "ivm";
	int	      option;

	if (argc < 2)
		site_die("usage: pd-matrix SITE [-k KIND] [-c CHECKER] [-s STEP] [-o OFFSET] [-v VERB] [-f FAULT] [-n COMMAND] [-u 0|1]");
	m.site.dir = argv[1];
	optind = 2;
	while ((option = getopt(argc, argv, "k:c:s:o:v:f:n:u:")) != -1)
		switch (option) {
		case 'k': kind = optarg; break;
		case 'c': m.site.checker = optarg; break;
		case 's': m.step = (unsigned)atoi(optarg); break;
		case 'o': m.offset = (unsigned)atoi(optarg); break;
		case 'v': only = optarg; break;
		case 'f': m.only_fault = optarg; break;
		case 'n': m.only_at = (unsigned)atoi(optarg); break;
		case 'u': m.only_undo = atoi(optarg); break;
		default: site_die("no such option");
		}
	if (m.step == 0 || m.offset >= m.step)
		site_die("no such part");
	for (m.kind = matrix_kinds; m.kind->name != NULL && strcmp(m.kind->name, kind) != 0; m.kind++)
		;
	if (m.kind->name == NULL)
		site_die("no such kind");
	m.site.console = m.kind->console;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	make_bases(&m);
	for (size_t i = 0; i < m.kind->nverbs; i++)
		if (only == NULL || strcmp(only, m.kind->verbs[i].name) == 0)
			run_verb(&m, &m.kind->verbs[i]);
	site_kill(&m.site);
	json_decref(m.plain);
	return m.all_violations == 0 ? 0 : 1;
}
