/* SPDX-License-Identifier: ISC */
/*
 * local_program.c - which program a command of the local console is, and whether it may be believed.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/local.h"

/* AIX gives much of its system to "bin", as which nobody can log in. */
#if defined(_AIX)
#define SYSTEM_UID 2
#else
#define SYSTEM_UID 0
#endif

/* Whoever may write here decides what runs with the director's rights. */
static int
may_be_believed(const char *path, const struct stat *st, struct pd_err *e)
{
	if (st->st_uid != 0 && st->st_uid != SYSTEM_UID && st->st_uid != geteuid())
		return pd_fail(e, PD_DENIED, "%s belongs to uid %ld, not to root: it is not run", path, (long)st->st_uid);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return pd_fail(e, PD_DENIED, "%s has mode %04o, others than its owner may write it: it is not run",
		    path, (unsigned)st->st_mode & 07777);
	return 0;
}

static int
is_plain_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && name[0] != '-' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen(name);
}

/* 1 = it is there and may be run, 0 = it is not there, -1. */
static int
look(const char *dir, const char *name, char path[PATH_MAX], struct pd_err *e)
{
	struct stat st;

	if ((size_t)snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return pd_fail(e, PD_BADDATA, "the path of the program %.40s is too long", name);
	if (stat(path, &st) == -1)	/* a link of a believed directory may lead where its owner wants */
		return errno == ENOENT || errno == ENOTDIR ? 0 : pd_fail_sys(e, PD_REMOTE, "look for %s", path);
	if (!S_ISREG(st.st_mode))
		return pd_fail(e, PD_DENIED, "%s is not a regular file", path);
	if (may_be_believed(path, &st, e) == -1)
		return -1;
	if (stat(dir, &st) == -1)
		return pd_fail_sys(e, PD_REMOTE, "look at %s", dir);
	return may_be_believed(dir, &st, e) == -1 ? -1 : 1;
}

/* "/usr/ios/cli, /usr/sbin" */
static const char *
list_dirs(const char *const *dirs, size_t n, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i > 0 ? ", " : "", dirs[i]);
	return buf;
}

/* One program that is missing says nothing of the others; without all of their directories this is no console now. */
static int
tell_missing(const char *const *dirs, size_t n, const char *name, struct pd_err *e)
{
	char list[100];

	(void)list_dirs(dirs, n, list, sizeof(list));
	for (size_t i = 0; i < n; i++)
		if (access(dirs[i], F_OK) == 0)
			return pd_fail(e, PD_NOTFOUND,
			    "the program %.40s is not in %s: install it, or name its directory with console-programs in "
			    "powerdirector.conf",
			    name, list);
	return pd_fail(e, PD_REMOTE,
	    "there is no %s: console-programs of powerdirector.conf names the directories of the console's programs",
	    list);
}

int
local_find(const char *const *dirs, size_t n, const char *name, char path[PATH_MAX], struct pd_err *e)
{
	int found;

	if (!is_plain_name(name))
		return pd_fail(e, PD_BADDATA, "a command begins with the name of a program, without a path");
	for (size_t i = 0; i < n; i++)
		if ((found = look(dirs[i], name, path, e)) != 0)
			return found == 1 ? 0 : -1;
	return tell_missing(dirs, n, name, e);
}
