/* SPDX-License-Identifier: ISC */
/* The virtual media repository.  See media.h. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "media.h"

struct lv *
repo_find(const struct world *w)
{
	struct lv *v = lv_find(w, REPO_LV);

	return v != NULL && strcmp(v->mount, REPO_MOUNT) == 0 ? v : NULL;
}

void
media_path(const struct world *w, const char *name, char *out, size_t size)
{
	char path[512];

	snprintf(path, sizeof(path), REPO_MOUNT "/%s", name);
	world_path(w, path, out, size);
}

bool
media_name_ok(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '.' && *p != '_')
			return false;
	return n >= 1 && n <= 37 && name[0] != '.';
}

bool
media_find(const struct world *w, const char *name, struct medium *out)
{
	char path[8192];
	struct stat st;

	if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
		return false;
	media_path(w, name, path, sizeof(path));
	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	if (!str_set(out->name, sizeof(out->name), name))
		return false;
	out->size_mb = (int)((st.st_size + 1024 * 1024 - 1) / (1024 * 1024));
	out->read_only = (st.st_mode & 0222) == 0;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct medium *x = *(const struct medium *const *)a, *y = *(const struct medium *const *)b;

	return strcmp(x->name, y->name);
}

void
media_list(const struct world *w, struct list *out)
{
	char path[8192];
	struct dirent *e;
	DIR *d;

	media_path(w, "", path, sizeof(path));
	d = opendir(path);
	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		struct medium m;

		if (media_find(w, e->d_name, &m))
			*(struct medium *)list_new(out, sizeof(m)) = m;
	}
	closedir(d);
	if (out->n > 1)
		qsort(out->item, out->n, sizeof(out->item[0]), by_name);
}

int
media_used_mb(const struct world *w)
{
	struct list l = { 0 };
	int mb = 0;

	media_list(w, &l);
	LIST_EACH(struct medium, m, &l)
		mb += m->size_mb;
	list_free(&l);
	return mb;
}

int
media_loads(const struct world *w, const char *name)
{
	int n = 0;

	LIST_EACH(struct vhost, h, &w->vhosts)
		LIST_EACH(struct vtd, v, &h->vtds)
			n += strcmp(v->kind, "optical") == 0 && strcmp(v->media, name) == 0;
	return n;
}
