/* SPDX-License-Identifier: ISC */
/*
 * /proc of an HMC: one directory per process with its cmdline, words ended by NUL.  It lies in
 * the console's file system like everything else and is brought up to date when a command
 * names it, so that ls, cat, grep and patterns need to know nothing of it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulator/shell/shell.h"

static bool
is_listed(const struct proc_info *list, size_t n, int pid)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].pid == pid)
			return true;
	return false;
}

static void
forget_ended(const struct vfs_at *at, const struct proc_info *list, size_t n)
{
	DIR *d = vfs_opendir(at, "/proc");
	struct dirent *e;
	char path[64];

	while (d != NULL && (e = readdir(d)) != NULL) {
		int pid = atoi(e->d_name);

		if (pid <= 0 || is_listed(list, n, pid))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		(void)vfs_unlink(at, path);
		snprintf(path, sizeof(path), "/proc/%d", pid);
		(void)vfs_rmdir(at, path);
	}
	if (d != NULL)
		(void)closedir(d);
}

static void
write_cmdline(const struct vfs_at *at, const struct proc_info *info)
{
	char path[64], words[sizeof(info->cmd) + 1];
	size_t len = strlen(info->cmd) + 1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", info->pid);
	if (vfs_mkdir(at, path, 0755) == -1)
		return;		/* it is there */
	memcpy(words, info->cmd, len);
	for (size_t i = 0; i < len; i++)
		if (words[i] == ' ')
			words[i] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", info->pid);
	fd = vfs_open(at, path, O_WRONLY | O_CREAT | O_TRUNC, 0444);
	if (fd == -1)
		return;
	if (write(fd, words, len) == -1)
		(void)vfs_unlink(at, path);
	(void)close(fd);
}

/* What is not of one process: how long the console has been up, as monitoring reads it. */
static void
write_uptime(const struct vfs_at *at)
{
	struct timespec ts;
	char text[64];
	int fd, n;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	n = snprintf(text, sizeof(text), "%lld.%02ld %lld.00\n", (long long)ts.tv_sec, ts.tv_nsec / 10000000,
	    (long long)ts.tv_sec);
	fd = vfs_open(at, "/proc/uptime", O_WRONLY | O_CREAT | O_TRUNC, 0444);
	if (fd == -1)
		return;
	if (write(fd, text, (size_t)n) == -1)
		(void)vfs_unlink(at, "/proc/uptime");
	(void)close(fd);
}

void
shell_proc_look(struct shell *sh, const char *path)
{
	struct vfs_at at = shell_at(sh);
	struct proc_info *list;
	size_t n;

	if (!sh->is_bash || strncmp(path, "/proc", 5) != 0 || (path[5] != '/' && path[5] != '\0'))
		return;
	list = procs_list(sh->sim->procs, &n);
	if (list == NULL)
		return;
	at.is_root = true;
	(void)vfs_mkdir(&at, "/proc", 0755);
	forget_ended(&at, list, n);
	for (size_t i = 0; i < n; i++)
		write_cmdline(&at, &list[i]);
	write_uptime(&at);
	free(list);
}
