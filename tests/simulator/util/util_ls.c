/* SPDX-License-Identifier: ISC */
/* ls and df: what is there, and how much room. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define SIX_MONTHS	(182 * 24 * 3600)

struct ls {
	struct shell *sh;
	bool	      is_long, dirs_as_files, all, by_time, reverse, is_recursive;
};

struct entry {
	char	   *name;
	struct stat st;
};

static void
mode_text(mode_t m, char out[11])
{
	static const char letters[] = "rwxrwxrwx";

	out[0] = S_ISDIR(m) ? 'd' : S_ISLNK(m) ? 'l' : S_ISCHR(m) ? 'c' : '-';
	for (int i = 0; i < 9; i++)
		out[i + 1] = (m & (0400u >> i)) != 0 ? letters[i] : '-';
	out[10] = '\0';
}

/* Files belong to padmin below its home and to root elsewhere, whoever runs the simulator. */
static void
print_entry(const struct ls *l, const char *dir, const char *name, const struct stat *st)
{
	char mode[11], when[32], abs[VFS_PATH_MAX];
	struct vfs_at at = shell_at(l->sh);
	bool padmin;
	struct tm tm;

	if (!l->is_long) {
		sim_out_printf(l->sh->out, "%s\n", name);
		return;
	}
	if (dir != NULL)
		at.cwd = dir;
	padmin = vfs_absolute(&at, dir != NULL ? dir : name, abs) == 0 && strncmp(abs, "/home/padmin", 12) == 0;
	gmtime_r(&st->st_mtime, &tm);
	strftime(when, sizeof(when), time(NULL) - st->st_mtime > SIX_MONTHS ? "%b %d  %Y" : "%b %d %H:%M", &tm);
	mode_text(st->st_mode, mode);
	if (S_ISREG(st->st_mode) && (dir != NULL ? strcmp(abs, "/dev") == 0 : strncmp(abs, "/dev/", 5) == 0))
		mode[0] = (dir != NULL ? name : abs + 5)[0] == 'r' ? 'c' : 'b';
	sim_out_printf(l->sh->out, "%s   %2u %-8s %-8s %10lld %s %s\n", mode, (unsigned)st->st_nlink,
	    padmin ? "padmin" : "root", padmin ? "staff" : "system", (long long)st->st_size, when, name);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int
by_time(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->st.st_mtime != y->st.st_mtime)
		return x->st.st_mtime < y->st.st_mtime ? 1 : -1;
	return by_name(a, b);
}

static char *
child_path(const char *dir, const char *name)
{
	char *p;

	return asprintf(&p, "%s/%s", dir, name) == -1 ? NULL : p;
}

static struct entry *
read_entries(const struct ls *l, const char *dir, DIR *d, size_t *n)
{
	struct vfs_at at = shell_at(l->sh);
	struct entry *list = NULL, *p;
	struct dirent *e;

	*n = 0;
	while ((e = readdir(d)) != NULL) {
		char *path;

		if (e->d_name[0] == '.' && !l->all)
			continue;
		p = reallocarray(list, *n + 1, sizeof(*list));
		if (p == NULL)
			break;
		list = p;
		p += *n;
		*p = (struct entry){ .name = strdup(e->d_name) };
		path = child_path(dir, e->d_name);
		if (p->name != NULL && path != NULL && vfs_lstat(&at, path, &p->st) == 0)
			(*n)++;
		else
			free(p->name);
		free(path);
	}
	return list;
}

static void
print_total(const struct ls *l, const struct entry *list, size_t n)
{
	long long blocks = 0;

	for (size_t i = 0; i < n; i++)
		blocks += (list[i].st.st_blocks + 1) / 2;
	if (l->is_long)
		sim_out_printf(l->sh->out, "total %lld\n", blocks);
}

static int
list_dir(const struct ls *l, const char *dir, int depth)
{
	struct vfs_at at = shell_at(l->sh);
	DIR *d = vfs_opendir(&at, dir);
	struct entry *list;
	size_t n;

	if (d == NULL) {
		sim_out_printf(l->sh->err, "ls: %s: %s\n", dir, vfs_strerror(errno));
		return 2;
	}
	list = read_entries(l, dir, d, &n);
	(void)closedir(d);
	if (n > 1)
		qsort(list, n, sizeof(*list), l->by_time ? by_time : by_name);
	print_total(l, list, n);
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &list[l->reverse ? n - 1 - i : i];

		print_entry(l, dir, e->name, &e->st);
	}
	for (size_t i = 0; l->is_recursive && i < n && depth < 16; i++) {
		char *path = S_ISDIR(list[i].st.st_mode) && list[i].name[0] != '.' ? child_path(dir, list[i].name) : NULL;

		if (path != NULL) {
			sim_out_printf(l->sh->out, "\n%s:\n", path);
			(void)list_dir(l, path, depth + 1);
		}
		free(path);
	}
	for (size_t i = 0; i < n; i++)
		free(list[i].name);
	free(list);
	return 0;
}

static int
list_one(const struct ls *l, const char *path, bool title)
{
	struct vfs_at at = shell_at(l->sh);
	struct stat st;

	if (vfs_lstat(&at, path, &st) == -1) {
		sim_out_printf(l->sh->err, l->sh->is_bash ? "ls: cannot access '%s': No such file or directory\n" :
		    "ls: 0653-341 The file %s does not exist.\n", path);
		return 2;
	}
	if (S_ISLNK(st.st_mode) && !l->is_long)
		(void)vfs_stat(&at, path, &st);
	if (!S_ISDIR(st.st_mode) || l->dirs_as_files) {
		print_entry(l, NULL, path, &st);
		return 0;
	}
	if (title)
		sim_out_printf(l->sh->out, "\n%s:\n", path);
	return list_dir(l, path, 0);
}

int
util_ls(struct shell *sh, int argc, char **argv)
{
	struct ls l = { .sh = sh };
	int i, status = 0;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		for (const char *p = argv[i] + 1; *p != '\0'; p++) {
			l.is_long |= *p == 'l';
			l.dirs_as_files |= *p == 'd';
			l.all |= *p == 'a' || *p == 'A';
			l.by_time |= *p == 't';
			l.reverse |= *p == 'r';
			l.is_recursive |= *p == 'R';
			if (strchr("ldaAtrR1FpCmnigosbe", *p) == NULL) {
				sim_out_printf(sh->err, "ls: Not a recognized flag: %c\n"
				    "Usage: ls [-1ACFHLNRSabcdefgiklmnopqrstuxEUX] [File...]\n", *p);
				return 2;
			}
		}
	}
	if (i == argc)
		return list_one(&l, ".", false);
	for (int k = i; k < argc; k++)
		status |= list_one(&l, argv[k], argc - i > 1);
	return status;
}

int
util_df(struct shell *sh, int argc, char **argv)
{
	struct vfs_at at = shell_at(sh);
	int fd, i = 1, status = 0;
	struct statvfs fs;
	unsigned long long total, left;

	while (i < argc && argv[i][0] == '-')
		i++;
	sim_out_puts(sh->out, "Filesystem    1024-blocks      Free %Used    Iused %Iused Mounted on\n");
	do {
		const char *path = i < argc ? argv[i] : "/";

		fd = vfs_open(&at, path, O_RDONLY, 0);
		if (fd == -1 || fstatvfs(fd, &fs) == -1) {
			sim_out_printf(sh->err, "df: %s: %s\n", path, vfs_strerror(errno));
			status = 1;
		} else {
			total = (unsigned long long)fs.f_blocks * fs.f_frsize / 1024;
			left = (unsigned long long)fs.f_bavail * fs.f_frsize / 1024;
			sim_out_printf(sh->out, "%-14s %10llu %9llu %4llu%% %8llu %5u%% %s\n", "/dev/hd1",
			    total, left, total != 0 ? (total - left) * 100 / total : 0,
			    (unsigned long long)(fs.f_files - fs.f_ffree), 1u, "/");
		}
		if (fd != -1)
			(void)close(fd);
	} while (++i < argc);
	return status;
}
