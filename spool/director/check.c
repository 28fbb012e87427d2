/* SPDX-License-Identifier: ISC */
/*
 * check.c - powerdirectord --check and --init.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/sequence/sequence.h"
#include "handlers/vm/feature.h"
#include "spool/director/check.h"
#include "spool/director/director_dirs.h"
#include "spool/drop.h"
#include "spool/identity.h"
#include "spool/os/room.h"

#define CHECK_PATH_MAX 4096

struct checking {
	check_report *report;
	void	     *arg;
	size_t	      problems;
};

static void
problem(struct checking *c, const char *text)
{
	c->problems++;
	c->report(c->arg, text);
}

static void
check_sequence(struct checking *c, const char *path)
{
	struct sequence *s = NULL;
	struct pd_err	 e;

	if (sequence_load(path, &s, &e) == -1)
		problem(c, e.msg);
	sequence_free(s);
}

static int
ends_with(const char *name, const char *end)
{
	size_t a = strlen(name), b = strlen(end);

	return a > b && strcmp(name + a - b, end) == 0;
}

/* Calls each for every entry of path that does not begin with a dot; -1 with errno. */
static int
each_entry(struct checking *c, const char *path, void (*each)(struct checking *c, const char *path))
{
	DIR	      *dir = opendir(path);
	struct dirent *entry;
	char	       full[CHECK_PATH_MAX];

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    (size_t)snprintf(full, sizeof(full), "%s/%s", path, entry->d_name) < sizeof(full))
			each(c, full);
	(void)closedir(dir);
	return 0;
}

static void
check_features(struct checking *c, const char *path)
{
	struct features *f = NULL;
	struct pd_err	 e;

	if (features_load(path, &f, &e) == -1)
		problem(c, e.msg);
	features_free(f);
}

static void
check_template(struct checking *c, const char *path)
{
	if (ends_with(path, ".seq"))
		check_sequence(c, path);
	else if (ends_with(path, "/features.conf"))
		check_features(c, path);
}

static void
check_kind(struct checking *c, const char *path)
{
	(void)each_entry(c, path, check_template);	/* what is not a directory holds no sequences */
}

static void
check_templates(struct checking *c, const struct pd_conf *conf)
{
	char text[CHECK_PATH_MAX];

	if (each_entry(c, conf->templates, check_kind) == 0)
		return;
	(void)snprintf(text, sizeof(text), "templates %s: %s", conf->templates, strerror(errno));
	problem(c, text);
}

static void
check_keys(struct checking *c, const struct pd_conf *conf)
{
	char	    text[CHECK_PATH_MAX];
	struct stat st;

	if (stat(conf->keys, &st) == -1)
		(void)snprintf(text, sizeof(text), "keys %s: %s", conf->keys, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		(void)snprintf(text, sizeof(text), "keys %s is not a directory", conf->keys);
	else if ((st.st_mode & 022) != 0)
		(void)snprintf(text, sizeof(text), "keys %s has mode %04o, others may write it", conf->keys,
		    (unsigned)st.st_mode & 07777);
	else
		return;
	problem(c, text);
}

static void
check_worker(struct checking *c, const struct pd_conf *conf)
{
	char	    text[CHECK_PATH_MAX];
	struct stat st;

	if (stat(conf->worker, &st) == 0 && S_ISREG(st.st_mode) && access(conf->worker, X_OK) == 0)
		return;
	(void)snprintf(text, sizeof(text), "worker %s is not a program that can be run", conf->worker);
	problem(c, text);
}

static void
check_socket_dir(struct checking *c, const struct pd_conf *conf)
{
	char	    path[CHECK_PATH_MAX], text[CHECK_PATH_MAX + 80];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s", conf->socket);
	if (stat(dirname(path), &st) == 0 && S_ISDIR(st.st_mode))
		return;
	(void)snprintf(text, sizeof(text), "socket %.4000s: its directory is not there", conf->socket);
	problem(c, text);
}

static void
check_dirs(struct checking *c, const struct pd_conf *conf)
{
	struct spool  s;
	struct pd_err e;
	gid_t	      gid;
	int	      fd;

	if ((fd = director_state_dir(conf, 0, &e)) == -1)
		problem(c, e.msg);
	else
		(void)close(fd);
	if (director_group(conf, &gid, &e) == -1) {
		problem(c, e.msg);
		return;
	}
	if (spool_open_for_director(&s, conf->spool, gid, 0, &e) == -1)
		problem(c, e.msg);
	else
		spool_close(&s);
}

static void
check_accounts(struct checking *c, const struct pd_conf *conf)
{
	struct identity id;
	struct pd_err	e;

	if (identity_init(&id, conf, &system_accounts, geteuid(), &e) == -1)
		problem(c, e.msg);
}

static void
check_room(struct checking *c, const struct pd_conf *conf, const char *what, const char *path)
{
	char	    figures[ROOM_TEXT_MAX], text[CHECK_PATH_MAX + ROOM_TEXT_MAX];
	struct room r;

	if (room_look(path, &r, NULL) == -1 || room_level(&r, conf->disk_warn, conf->disk_refuse) == ROOM_AMPLE)
		return;
	(void)snprintf(text, sizeof(text), "the file system of the %s directory %s is nearly full: %s", what, path,
	    room_text(&r, figures));
	problem(c, text);
}

size_t
check_all(const char *conf_path, check_report *report, void *arg)
{
	struct checking c = { report, arg, 0 };
	struct pd_conf *conf = NULL;
	struct pd_err	e;

	if (conf_load(conf_path, geteuid(), &conf, &e) == -1) {
		problem(&c, e.msg);
		return c.problems;
	}
	check_accounts(&c, conf);
	check_templates(&c, conf);
	check_keys(&c, conf);
	check_worker(&c, conf);
	check_socket_dir(&c, conf);
	check_dirs(&c, conf);
	check_room(&c, conf, "spool", conf->spool);
	check_room(&c, conf, "state", conf->state);
	conf_free(conf);
	return c.problems;
}

int
check_init(const char *conf_path, struct pd_err *e)
{
	struct pd_conf *conf = NULL;
	struct spool	s;
	gid_t		gid;
	int		fd, rv = -1;

	if (conf_load(conf_path, geteuid(), &conf, e) == -1)
		return -1;
	if ((fd = director_state_dir(conf, 1, e)) != -1) {
		(void)close(fd);
		if (director_group(conf, &gid, e) == 0 && spool_open_for_director(&s, conf->spool, gid, 1, e) == 0) {
			spool_close(&s);
			rv = 0;
		}
	}
	conf_free(conf);
	return rv;
}
