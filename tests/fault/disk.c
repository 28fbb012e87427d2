/* SPDX-License-Identifier: ISC */
/*
 * disk.c - the files and names of a tree after some of what was asked of them.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/disk_state.h"
#include "tests/fault/tree.h"

#define BLOCK 512

static void
die(const char *what)
{
	fprintf(stderr, "fault-power: %s: %s\n", what, strerror(errno));
	exit(70);
}

/* SQLite's index of its log is memory that the kernel may or may not have written: it is made anew at each start. */
static int
is_volatile(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, "-shm") == 0;
}

struct object *
disk_object(struct disk *d, ino_t ino)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->object[i].ino == ino)
			return &d->object[i];
	if (d->n == OBJECTS_MAX)
		die("too many files");
	d->object[d->n] = (struct object){ .ino = ino };
	return &d->object[d->n++];
}

static void
load_file(struct object *o, const char *path, off_t size)
{
	int fd = open(path, O_RDONLY);

	o->size = (size_t)size;
	o->content = malloc(o->size + 1);
	if (fd == -1 || o->content == NULL || read(fd, o->content, o->size) != (ssize_t)o->size)
		die(path);
	(void)close(fd);
}

void
disk_load(struct disk *d, const char *dir)
{
	char	       path[PATH_TEXT];
	struct dirent *entry;
	struct stat    st;
	struct object *o;
	DIR	      *list = opendir(dir);

	if (list == NULL || stat(dir, &st) == -1)
		die(dir);
	o = disk_object(d, st.st_ino);
	(void)snprintf(o->path, sizeof(o->path), "%s", dir);
	while ((entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path) || lstat(path, &st) == -1)
			die(dir);
		if (is_volatile(entry->d_name)) {
			disk_object(d, st.st_ino)->is_volatile = 1;
		} else if (S_ISDIR(st.st_mode)) {
			disk_load(d, path);
		} else {
			load_file(disk_object(d, st.st_ino), path, st.st_size);
			if (o->nnames == NAMES_MAX)
				die("too many names");
			o->name[o->nnames].child = st.st_ino;
			if (snprintf(o->name[o->nnames++].name, DISK_NAME_MAX, "%s", entry->d_name) >= DISK_NAME_MAX)
				die("a name is too long");
		}
	}
	(void)closedir(list);
}

/* Every operation to its object; those of files that do not last are left out. */
void
disk_assign(struct disk *d, const struct disk_record *r)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->op[i].what == DISK_ADD && is_volatile(r->op[i].name))
			disk_object(d, r->op[i].child)->is_volatile = 1;
	for (unsigned i = 0; i < r->n; i++) {
		struct object *o = disk_object(d, r->op[i].object);

		if (o->nops == DISK_OPS_MAX)
			die("too many operations");
		if (!o->is_volatile && !is_volatile(r->op[i].name))
			o->op[o->nops++] = i;
	}
}

/* Before the operation at crash point t: the first that is not durable, and the first that has not happened. */
static void
pending(const struct object *o, const struct disk_record *r, unsigned t, unsigned *from, unsigned *to)
{
	*from = 0;
	for (*to = 0; *to < o->nops && o->op[*to] < t; (*to)++)
		if (r->op[o->op[*to]].what == DISK_SYNC)
			*from = *to + 1;
}

static void
add_choice(struct object *o, unsigned ops, long torn)
{
	if (o->nchoices == CHOICES_MAX)
		die("too many ways in which a file can be left");
	o->choice[o->nchoices++] = (struct choice){ ops, torn };
}

void
disk_choices(struct object *o, const struct disk_record *r, unsigned t, int is_fine)
{
	unsigned from, to;

	pending(o, r, t, &from, &to);
	o->nchoices = 0;
	for (unsigned k = from; k <= to; k++) {
		add_choice(o, k, TORN_NOT);
		if (k == to || r->op[o->op[k]].what != DISK_WRITE)
			continue;
		const struct disk_op *op = &r->op[o->op[k]];

		for (off_t edge = (op->at / BLOCK + 1) * BLOCK; !is_fine && edge < op->at + (off_t)op->len; edge += BLOCK)
			add_choice(o, k, (long)(edge - op->at));
		for (size_t len = is_fine ? 1 : (op->len + 1) / 2; len < op->len && (is_fine || op->len <= BLOCK); len += is_fine ? 1 : op->len)
			add_choice(o, k, (long)len);	/* a disk writes a block whole, a file system may not */
		add_choice(o, k, TORN_ZEROS);
	}
}

static void
put(unsigned char **buf, size_t *size, const struct disk_op *op, const unsigned char *data, size_t len)
{
	size_t end = (size_t)op->at + len;

	if (end > *size) {
		if ((*buf = realloc(*buf, end + 1)) == NULL)
			die("memory");
		memset(*buf + *size, 0, end - *size);
		*size = end;
	}
	if (data != NULL && len > 0)
		memcpy(*buf + op->at, data, len);
}

static void
write_file(const struct object *o, const struct disk_record *r, const char *path)
{
	size_t		     size = o->size;
	unsigned char	    *buf = malloc(size + 1);
	const struct choice *c = &o->choice[o->chosen];
	int		     fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (buf == NULL || fd == -1)
		die(path);
	if (size > 0)
		memcpy(buf, o->content, size);
	for (unsigned k = 0; k < c->ops; k++) {
		const struct disk_op *op = &r->op[o->op[k]];

		if (op->what == DISK_WRITE)
			put(&buf, &size, op, r->data + op->data, op->len);
		else if (op->what == DISK_TRUNCATE)
			size = (size_t)op->at < size ? (size_t)op->at : size;
	}
	if (c->torn != TORN_NOT) {
		const struct disk_op *op = &r->op[o->op[c->ops]];

		/* Zeros are where nothing was before: what was there stays. */
		put(&buf, &size, op, c->torn == TORN_ZEROS ? NULL : r->data + op->data, c->torn == TORN_ZEROS ? op->len : (size_t)c->torn);
	}
	if (write(fd, buf, size) != (ssize_t)size)
		die(path);
	(void)close(fd);
	free(buf);
}

static void
write_name(const struct disk *d, const struct disk_record *r, const char *dir, const struct name *name)
{
	char path[PATH_TEXT];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name->name) >= (int)sizeof(path))
		die(dir);
	for (unsigned i = 0; i < d->n; i++)
		if (d->object[i].ino == name->child)
			write_file(&d->object[i], r, path);
}

/* Its names after so many of its changes. */
static void
write_names(const struct disk *d, const struct disk_record *r, const struct object *dir)
{
	struct name name[NAMES_MAX];
	unsigned    n = dir->nnames;

	memcpy(name, dir->name, sizeof(name));
	for (unsigned k = 0; k < dir->choice[dir->chosen].ops; k++) {
		const struct disk_op *op = &r->op[dir->op[k]];

		if (op->what == DISK_ADD && n < NAMES_MAX) {
			name[n].child = op->child;
			memcpy(name[n++].name, op->name, DISK_NAME_MAX);
		}
		for (unsigned i = 0; op->what == DISK_REMOVE && i < n; i++)
			if (strcmp(name[i].name, op->name) == 0) {
				name[i] = name[--n];
				break;
			}
	}
	for (unsigned i = 0; i < n; i++)
		write_name(d, r, dir->path, &name[i]);
}

void
disk_write(const struct disk *d, const struct disk_record *r, const char *top)
{
	tree_remove(top);
	for (unsigned i = 0; i < d->n; i++)	/* a directory was loaded before those in it */
		if (d->object[i].path[0] != '\0')
			tree_make(d->object[i].path);
	for (unsigned i = 0; i < d->n; i++)
		if (d->object[i].path[0] != '\0')
			write_names(d, r, &d->object[i]);
}

void
disk_free(struct disk *d)
{
	for (unsigned i = 0; i < d->n; i++)
		free(d->object[i].content);
}
