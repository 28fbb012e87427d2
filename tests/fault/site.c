/* SPDX-License-Identifier: ISC */
/*
 * site.c - starting, ending and asking a site's programs; its state saved and put back.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spool/os/clock.h"
#include "tests/fault/site.h"

#define START_MS 10000
#define CHECK_MS 60000
#define LINE_MAX_BYTES 8192

void
site_die(const char *what)
{
	fprintf(stderr, "fault-whole: %s: %s\n", what, strerror(errno));
	exit(70);
}

const char *
site_path(const struct site *s, const char *name)
{
	static char  buffers[4][SITE_PATH_MAX];
	static int   turn;
	char	    *b = buffers[turn = (turn + 1) % 4];

	if ((size_t)snprintf(b, SITE_PATH_MAX, "%s/%s", s->dir, name) >= SITE_PATH_MAX)
		site_die("a path is too long");
	return b;
}

/* A file of the console. */
static const char *
console_file(const struct site *s, const char *file)
{
	char name[100];

	(void)snprintf(name, sizeof(name), "%.40s/%.40s", s->console != NULL ? s->console : "power1", file);
	return site_path(s, name);
}

struct plan *
site_plan(const struct site *s, const char *program)
{
	char	     name[100];
	struct plan *p;
	int	     fd;

	(void)snprintf(name, sizeof(name), "fault/%s.plan", program);
	fd = open(site_path(s, name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || ftruncate(fd, sizeof(*p)) == -1)
		site_die(name);
	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		site_die(name);
	(void)close(fd);
	return p;
}

void
site_sleep(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	(void)nanosleep(&t, NULL);
}

long long
site_now_ms(void)
{
	return clock_mono_ms();
}

/* ---- files ---- */

static void
copy_file(const char *from, const char *to)
{
	char	buf[65536];
	ssize_t n;
	int	in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (in == -1 || out == -1)
		site_die(to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			site_die(to);
	(void)close(in);
	(void)close(out);
}

/* One level: a directory below is kept by itself. */
static void
empty_dir(const char *path)
{
	char	       name[SITE_PATH_MAX + 256];
	DIR	      *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		(void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR && unlink(name) == -1)
			site_die(name);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

static void
copy_dir(const char *from, const char *to)
{
	char	       a[SITE_PATH_MAX + 256], b[SITE_PATH_MAX + 256];
	DIR	      *dir = opendir(from);
	struct dirent *entry;

	(void)mkdir(to, 0700);
	empty_dir(to);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		(void)snprintf(a, sizeof(a), "%s/%s", from, entry->d_name);
		(void)snprintf(b, sizeof(b), "%s/%s", to, entry->d_name);
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR)
			copy_file(a, b);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

static const char *const kept[] = {
	"state", "state/archive", "spool/tmp", "spool/new", "spool/cur", "spool/done", "spool/bad", "spool/journal", "spool/log",
};

/* "spool/new" is kept as "saved/new". */
static const char *
saved_name(const struct site *s, const char *dir)
{
	char name[100];

	(void)snprintf(name, sizeof(name), "saved/%s", strchr(dir, '/') != NULL ? strchr(dir, '/') + 1 : dir);
	return site_path(s, name);
}

void
site_save(struct site *s)
{
	struct stat st;

	(void)mkdir(site_path(s, "saved"), 0700);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		copy_dir(site_path(s, kept[i]), saved_name(s, kept[i]));
	copy_file(console_file(s, "world.json"), console_file(s, "initial.json"));	/* the checker compares with it */
	if (stat(console_file(s, "transcript.jsonl"), &st) == -1)
		site_die("transcript.jsonl");
	s->transcript = st.st_size;
	s->world = site_world(s);
	if (s->world == NULL)
		site_die("world.json");
}

void
site_restore(struct site *s)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		copy_dir(saved_name(s, kept[i]), site_path(s, kept[i]));
	/* What was sent since belongs to jobs that are not there any more. */
	if (truncate(console_file(s, "transcript.jsonl"), s->transcript) == -1)
		site_die("transcript.jsonl");
}

int
site_count_files(struct site *s, const char *name)
{
	DIR	      *dir = opendir(site_path(s, name));
	struct dirent *entry;
	int	       n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

/* ---- programs ---- */

static pid_t
spawn(struct site *s, char *const argv[], const char *out, const char *err, const char *request)
{
	char  line[LINE_MAX_BYTES], *env[] = { line, NULL };
	pid_t pid = fork();
	int   fd;

	if (pid == -1)
		site_die("fork");
	if (pid > 0)
		return pid;
	(void)snprintf(line, sizeof(line), "SSH_ORIGINAL_COMMAND=%s", request != NULL ? request : "");
	if (request == NULL)
		env[0] = NULL;
	if ((fd = open("/dev/null", O_RDONLY)) == -1 || dup2(fd, 0) == -1 ||
	    (fd = open(site_path(s, out), O_WRONLY | O_CREAT | (request != NULL ? O_TRUNC : O_APPEND), 0600)) == -1 ||
	    dup2(fd, 1) == -1 || (fd = open(site_path(s, err), O_WRONLY | O_CREAT | O_APPEND, 0600)) == -1 || dup2(fd, 2) == -1)
		_exit(126);
	(void)execve(argv[0], argv, env);
	_exit(127);
}

/* Exit status, -1 ended by a signal, -2 ended by us. */
static int
wait_for(pid_t pid, int limit_ms)
{
	long long end = site_now_ms() + limit_ms;
	int	  status = 0, is_late = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (site_now_ms() > end) {
			is_late = 1;
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			break;
		}
		site_sleep(1);
	}
	return is_late ? -2 : WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The name of a socket is there before anybody listens. */
static int
listens(const struct site *s)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int		   fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rv;

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", site_path(s, "run/query"));
	rv = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	(void)close(fd);
	return rv;
}

int
site_start(struct site *s)
{
	char	  program[SITE_PATH_MAX], conf[SITE_PATH_MAX];
	char	 *argv[] = { program, (char *)(uintptr_t)"-f", (char *)(uintptr_t)"-c", conf, NULL };
	long long end = site_now_ms() + START_MS;
	int	  status;

	(void)snprintf(program, sizeof(program), "%s", site_path(s, "fault/powerdirectord"));
	(void)snprintf(conf, sizeof(conf), "%s", site_path(s, "etc/powerdirector.conf"));
	(void)unlink(site_path(s, "run/query"));
	s->director = spawn(s, argv, "log/director", "log/director", NULL);
	while (!listens(s)) {
		if (waitpid(s->director, &status, WNOHANG) == s->director || site_now_ms() > end) {
			s->director = 0;
			return -1;
		}
		site_sleep(1);
	}
	return 0;
}

/* We are the reaper of the orphans among our children: workers that lost their director come to us. */
void
site_kill(struct site *s)
{
	long long end = site_now_ms() + START_MS;
	pid_t	  pid;

	if (s->director > 0)
		(void)kill(s->director, SIGKILL);
	s->director = 0;
	while ((pid = waitpid(-1, NULL, WNOHANG)) != -1 && site_now_ms() < end)
		if (pid == 0)
			site_sleep(1);
	if (pid != -1)
		site_die("a worker does not end");
}

struct answer
site_request(struct site *s, const char *line, int limit_ms)
{
	return site_request_as(s, "alice", line, limit_ms);
}

struct answer
site_request_as(struct site *s, const char *user, const char *line, int limit_ms)
{
	char	      program[SITE_PATH_MAX], conf[SITE_PATH_MAX];
	char	     *argv[] = { program, (char *)(uintptr_t)"-c", conf, (char *)(uintptr_t)"--user", (char *)(uintptr_t)user, NULL };
	struct answer a;
	json_t	     *last;

	(void)snprintf(program, sizeof(program), "%s", site_path(s, "fault/powerdirector"));
	(void)snprintf(conf, sizeof(conf), "%s", site_path(s, "etc/powerdirector.conf"));
	a.status = wait_for(spawn(s, argv, "log/answer", "log/gateway", line), limit_ms);
	last = json_load_file(site_path(s, "log/answer"), 0, NULL);
	a.json = json_is_object(last) ? last : NULL;
	if (a.json == NULL)
		json_decref(last);
	return a;
}

int
site_check(struct site *s, char *why, size_t size)
{
	char  state[SITE_PATH_MAX], spool[SITE_PATH_MAX], conf[SITE_PATH_MAX];
	char *whole[] = { (char *)(uintptr_t)s->checker, (char *)(uintptr_t)s->dir, NULL };
	/* It knows the console of an IVM only: of another, what is here. */
	char *here[] = { whole[0], (char *)(uintptr_t)"--state", state, (char *)(uintptr_t)"--spool", spool, (char *)(uintptr_t)"--conf", conf, NULL };
	char *const *argv = s->console == NULL || strcmp(s->console, "power1") == 0 ? whole : here;
	FILE *said;
	int   rv;

	(void)snprintf(state, sizeof(state), "%s", site_path(s, "state"));
	(void)snprintf(spool, sizeof(spool), "%s", site_path(s, "spool"));
	(void)snprintf(conf, sizeof(conf), "%s", site_path(s, "etc/powerdirector.conf"));
	rv = s->checker == NULL ? 0 : wait_for(spawn(s, argv, "log/checker", "log/checker", ""), CHECK_MS);
	said = rv > 0 ? fopen(site_path(s, "log/checker"), "r") : NULL;
	(void)snprintf(why, size, "%s", rv == -2 ? "it took too long" : "it ended by itself");
	if (said != NULL && fgets(why, (int)size, said) != NULL)
		why[strcspn(why, "\n")] = '\0';
	if (said != NULL)
		(void)fclose(said);
	return rv;
}

/* ---- what it knows ---- */

int
site_text(struct site *s, const char *sql, char *text, size_t size)
{
	sqlite3	     *db = NULL;
	sqlite3_stmt *q = NULL;
	const char   *column;
	int	      rv = -1;

	text[0] = '\0';
	if (sqlite3_open_v2(site_path(s, "state/powerdirector.db"), &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_busy_timeout(db, 1000) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW) {
		column = (const char *)sqlite3_column_text(q, 0);
		(void)snprintf(text, size, "%s", column != NULL ? column : "");
		rv = 0;
	}
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
	return rv;
}

long long
site_number(struct site *s, const char *sql)
{
	char text[32];

	return site_text(s, sql, text, sizeof(text)) == 0 ? atoll(text) : -1;
}

int
site_pending(struct site *s)
{
	long long jobs = site_number(s, "SELECT count(*) FROM job WHERE state IN ('queued', 'running', 'undoing')");

	return jobs == -1 ? -1 : (int)jobs + site_count_files(s, "spool/new") + site_count_files(s, "spool/cur");
}

static int
by_lun(const void *a, const void *b)
{
	json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "lun")), y = json_integer_value(json_object_get(*(json_t *const *)b, "lun"));

	return (x > y) - (x < y);
}

/* A mapping is the same wherever it stands in the list of its adapter. */
static void
order_mappings(json_t *world)
{
	json_t	   *child, *vtds = json_object_get(world, "vtds"), *in_order[64];
	const char *key;
	size_t	    i, n = json_array_size(vtds);

	if (n > 1 && n <= 64) {
		for (i = 0; i < n; i++)
			in_order[i] = json_incref(json_array_get(vtds, i));
		qsort(in_order, n, sizeof(json_t *), by_lun);
		(void)json_array_clear(vtds);
		for (i = 0; i < n; i++)
			(void)json_array_append_new(vtds, in_order[i]);
	}
	json_object_foreach(world, key, child)
		order_mappings(child);
	json_array_foreach(world, i, child)
		order_mappings(child);
}

json_t *
site_world(struct site *s)
{
	json_t *world = json_load_file(console_file(s, "world.json"), 0, NULL);

	(void)json_object_del(world, "volatile");
	order_mappings(world);
	return world;
}
