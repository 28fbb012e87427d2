/* SPDX-License-Identifier: ISC */
/*
 * mkisofs -r -o OUT FILE...: a real ISO 9660 image with Rock Ridge names (and Joliet with -J),
 * so that whatever reads the medium finds the files.  libisofs is used by one thread at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define LIBISOFS_WITHOUT_LIBBURN 1
#include <libisofs/libisofs.h>

#define SECTOR		2048
#define TREE_DEPTH_MAX	8

struct mkisofs {
	struct shell *sh;
	const char   *out_path, *label;
	bool	      joliet;
	IsoImage     *image;
};

static pthread_mutex_t iso_lock = PTHREAD_MUTEX_INITIALIZER;

static int
complain(struct shell *sh, const char *path)
{
	sim_out_printf(sh->err, "mkisofs: %s. Invalid node - %s\n", vfs_strerror(errno), path);
	return -1;
}

static int
add_file(struct mkisofs *m, IsoDir *dir, const char *path, const char *name)
{
	IsoStream *stream = NULL;
	IsoFile *file = NULL;
	char *data;
	size_t len;

	if (util_read_file(m->sh, path, &data, &len) == -1)
		return complain(m->sh, path);
	if (iso_memory_stream_new((unsigned char *)data, len, &stream) < 0) {
		free(data);
		return -1;
	}
	if (iso_tree_add_new_file(dir, name, stream, &file) < 0) {
		iso_stream_unref(stream);
		return -1;
	}
	iso_node_set_permissions(ISO_NODE(file), S_IFREG | 0444);
	return 0;
}

/* A directory operand stands for what is in it. */
static int
add_tree(struct mkisofs *m, IsoDir *dir, const char *path, int depth)
{
	struct vfs_at at = shell_at(m->sh);
	DIR *d = depth < TREE_DEPTH_MAX ? vfs_opendir(&at, path) : NULL;
	struct dirent *e;
	int rv = 0;

	if (d == NULL)
		return complain(m->sh, path);
	while (rv == 0 && (e = readdir(d)) != NULL) {
		IsoDir *sub = NULL;
		struct stat st;
		char *child;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (asprintf(&child, "%s/%s", path, e->d_name) == -1)
			break;
		if (vfs_stat(&at, child, &st) == 0 && S_ISDIR(st.st_mode))
			rv = iso_tree_add_new_dir(dir, e->d_name, &sub) < 0 ? -1 : add_tree(m, sub, child, depth + 1);
		else
			rv = add_file(m, dir, child, e->d_name);
		free(child);
	}
	(void)closedir(d);
	return rv;
}

static int
add_operand(struct mkisofs *m, const char *path)
{
	IsoDir *root = iso_image_get_root(m->image);
	const char *slash = strrchr(path, '/');
	struct vfs_at at = shell_at(m->sh);
	struct stat st;

	if (vfs_stat(&at, path, &st) == -1)
		return complain(m->sh, path);
	if (S_ISDIR(st.st_mode))
		return add_tree(m, root, path, 0);
	return add_file(m, root, path, slash != NULL ? slash + 1 : path);
}

static int
write_image(struct mkisofs *m, int fd, long *extents)
{
	struct burn_source *src = NULL;
	IsoWriteOpts *opts = NULL;
	unsigned char buf[SECTOR];
	int n = 0, rv = -1;

	if (iso_write_opts_new(&opts, 0) < 0)
		return -1;
	iso_write_opts_set_iso_level(opts, 3);
	iso_write_opts_set_rockridge(opts, 1);
	iso_write_opts_set_joliet(opts, m->joliet);
	iso_write_opts_set_always_gmt(opts, 1);
	iso_write_opts_set_fifo_size(opts, 32);
	if (iso_image_create_burn_source(m->image, opts, &src) >= 0) {
		while ((n = src->read_xt(src, buf, SECTOR)) == SECTOR && write(fd, buf, SECTOR) == SECTOR)
			(*extents)++;
		rv = n == 0 ? 0 : -1;
		src->free_data(src);
		free(src);
	}
	iso_write_opts_free(opts);
	return rv;
}

static int
make_image(struct mkisofs *m, int fd, int n, char **files)
{
	char never[] = "NEVER", prefix[] = "";
	long extents = 0;
	int rv = 0;

	if (iso_init() < 0 || iso_image_new(m->label, &m->image) < 0)
		return 1;
	iso_set_msgs_severities(never, never, prefix);
	for (int i = 0; i < n && rv == 0; i++)
		rv = add_operand(m, files[i]);
	if (rv == 0)
		rv = write_image(m, fd, &extents);
	iso_image_unref(m->image);
	iso_finish();
	if (rv == 0)
		sim_out_printf(m->sh->err, "Total translation table size: 0\nTotal rockridge attributes bytes: %d\n"
		    "Total directory bytes: 0\nPath table size(bytes): 10\nMax brk space used 8000\n"
		    "%ld extents written (%ld MB)\n", 250 * n, extents, extents / 512);
	return rv == 0 ? 0 : 1;
}

static int
usage(struct shell *sh)
{
	sim_out_puts(sh->err, "Usage: mkisofs [options] -o file directory ...\n");
	return 1;
}

/* The index of the first operand, or -1. */
static int
take_options(struct mkisofs *m, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
			m->out_path = argv[++i];
		else if (strcmp(argv[i], "-V") == 0 && i + 1 < argc)
			m->label = argv[++i];
		else if (strcmp(argv[i], "-J") == 0)
			m->joliet = true;
		else if (strcmp(argv[i], "-r") != 0 && strcmp(argv[i], "-R") != 0 && strcmp(argv[i], "-l") != 0 &&
		    strcmp(argv[i], "-quiet") != 0)
			return -1;
	}
	return i;
}

int
util_mkisofs(struct shell *sh, int argc, char **argv)
{
	struct mkisofs m = { .sh = sh, .label = "CDROM" };
	struct vfs_at at = shell_at(sh);
	int i = take_options(&m, argc, argv), fd, status;

	if (i == -1 || i >= argc || m.out_path == NULL)
		return usage(sh);
	fd = vfs_open(&at, m.out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd == -1) {
		sim_out_printf(sh->err, "mkisofs: %s. Unable to open disc image file\n", vfs_strerror(errno));
		return 1;
	}
	pthread_mutex_lock(&iso_lock);
	status = make_image(&m, fd, argc - i, argv + i);
	pthread_mutex_unlock(&iso_lock);
	if (close(fd) == -1)
		status = 1;
	if (status != 0)
		(void)vfs_unlink(&at, m.out_path);
	return status;
}
