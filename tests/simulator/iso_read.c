/* SPDX-License-Identifier: ISC */
/*
 * The part of ISO 9660 (ECMA-119) that a first-boot agent needs: primary volume
 * descriptor in sector 16, root directory, and for each record its Rock Ridge NM entries,
 * also where a CE entry continues them.  Every offset comes from the medium, so every one
 * is checked against the file's length.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso_read.h"

#define SECTOR	     2048
#define MAX_FILE     (1024 * 1024) /* a configuration is a page of text */
#define MAX_ROOT     (4 * 1024 * 1024)

struct iso {
	int fd;
	uint64_t size;
};

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static unsigned char *
iso_bytes(const struct iso *iso, uint64_t off, uint32_t len)
{
	unsigned char *p;

	if (off > iso->size || len > iso->size - off)
		return NULL;
	p = xcalloc(1, (size_t)len + 1);
	if (pread(iso->fd, p, len, (off_t)off) != (ssize_t)len) {
		free(p);
		return NULL;
	}
	return p;
}

/* Collects the NM entries of a system use area; true when a CE entry says where more are. */
static bool
susp_scan(const unsigned char *p, size_t n, struct text *name, uint64_t *more, uint32_t *morelen)
{
	bool goes_on = false;

	while (n >= 4 && p[2] >= 4 && p[2] <= n) {
		if (p[0] == 'N' && p[1] == 'M' && p[2] > 5 && (p[4] & 6) == 0)
			text_addn(name, (const char *)p + 5, (size_t)p[2] - 5);
		if (p[0] == 'C' && p[1] == 'E' && p[2] >= 28) {
			*more = (uint64_t)le32(p + 4) * SECTOR + le32(p + 12);
			*morelen = le32(p + 20);
			goes_on = true;
		}
		n -= p[2];
		p += p[2];
	}
	return goes_on;
}

/* The file's name: Rock Ridge if there is one, else the short one without its version. */
static void
record_name(const struct iso *iso, const unsigned char *rec, struct text *name)
{
	size_t len = rec[32], used = 33 + len + (len % 2 == 0 ? 1 : 0);
	uint64_t more;
	uint32_t morelen;

	text_clear(name);
	if (used < rec[0] && susp_scan(rec + used, rec[0] - used, name, &more, &morelen) &&
	    morelen <= SECTOR) {
		unsigned char *p = iso_bytes(iso, more, morelen);

		if (p != NULL)
			(void)susp_scan(p, morelen, name, &more, &morelen);
		free(p);
	}
	if (name->n == 0) {
		const unsigned char *semi = memchr(rec + 33, ';', len);

		text_addn(name, (const char *)rec + 33, semi == NULL ? len : (size_t)(semi - rec - 33));
	}
}

/* The next record of a directory at *off that is not . or .., or NULL. */
static const unsigned char *
record_next(const unsigned char *dir, uint32_t len, uint32_t *off)
{
	while (*off + 34 <= len) {
		const unsigned char *rec = dir + *off;

		if (rec[0] == 0) { /* records do not cross sectors */
			*off = (*off / SECTOR + 1) * SECTOR;
			continue;
		}
		if (rec[0] < 34 || *off + rec[0] > len || rec[32] + 33u > rec[0])
			return NULL;
		*off += rec[0];
		if (rec[32] != 1 || rec[33] > 1)
			return rec;
	}
	return NULL;
}

static bool
is_dir(const unsigned char *rec)
{
	return (rec[25] & 2) != 0;
}

static unsigned char *
dir_bytes(const struct iso *iso, const unsigned char *rec)
{
	return le32(rec + 10) > MAX_ROOT ? NULL : iso_bytes(iso, (uint64_t)le32(rec + 2) * SECTOR, le32(rec + 10));
}

static bool
record_take(const struct iso *iso, const unsigned char *rec, struct text *content)
{
	uint32_t len = le32(rec + 10);
	unsigned char *p;

	if (len > MAX_FILE)
		return false;
	p = iso_bytes(iso, (uint64_t)le32(rec + 2) * SECTOR, len);
	if (p == NULL)
		return false;
	text_addn(content, (const char *)p, len);
	free(p);
	return true;
}

/* The record of the root directory whose name wanted accepts, and that is a directory or not; NULL = none. */
static const unsigned char *
root_search(const struct iso *iso, const unsigned char *dir, uint32_t len, bool of_dirs,
    bool (*wanted)(const char *), char *name, size_t size)
{
	struct text t = { 0 };
	uint32_t off = 0;
	const unsigned char *rec;

	while ((rec = record_next(dir, len, &off)) != NULL) {
		if (is_dir(rec) != of_dirs)
			continue;
		record_name(iso, rec, &t);
		if (wanted(text_str(&t)) && str_set(name, size, text_str(&t)))
			break;
	}
	text_free(&t);
	return rec;
}

static void
names_take(const struct iso *iso, const unsigned char *rec, struct text *content, int depth)
{
	unsigned char *dir = dir_bytes(iso, rec);
	struct text t = { 0 };
	uint32_t off = 0;
	const unsigned char *in;

	while (dir != NULL && (in = record_next(dir, le32(rec + 10), &off)) != NULL) {
		record_name(iso, in, &t);
		if (depth == 0 && is_dir(in))
			names_take(iso, in, content, 1);
		else if (depth == 1)
			text_printf(content, "%s\n", text_str(&t));
	}
	text_free(&t);
	free(dir);
}

/* The root directory, to be freed; *len its length.  NULL: no ISO file system. */
static unsigned char *
root_open(struct iso *iso, const char *path, uint32_t *len)
{
	struct stat st;
	unsigned char *pvd, *root = NULL;

	iso->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (iso->fd == -1)
		return NULL;
	iso->size = fstat(iso->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	pvd = iso_bytes(iso, 16 * SECTOR, SECTOR);
	if (pvd != NULL && memcmp(pvd, "\001CD001", 6) == 0)
		root = dir_bytes(iso, pvd + 156);
	if (root != NULL)
		*len = le32(pvd + 166);
	free(pvd);
	if (root == NULL)
		(void)close(iso->fd);
	return root;
}

bool
iso_find(const char *path, bool (*wanted)(const char *name), char *name, size_t size,
    struct text *content)
{
	struct iso iso;
	uint32_t len;
	unsigned char *root = root_open(&iso, path, &len);
	const unsigned char *rec;
	bool found;

	if (root == NULL)
		return false;
	rec = root_search(&iso, root, len, false, wanted, name, size);
	found = rec != NULL && record_take(&iso, rec, content);
	free(root);
	(void)close(iso.fd);
	return found;
}

bool
iso_find_names(const char *path, bool (*wanted)(const char *name), char *name, size_t size,
    struct text *content)
{
	struct iso iso;
	uint32_t len;
	unsigned char *root = root_open(&iso, path, &len);
	const unsigned char *rec;

	if (root == NULL)
		return false;
	rec = root_search(&iso, root, len, true, wanted, name, size);
	if (rec != NULL)
		names_take(&iso, rec, content, 0);
	free(root);
	(void)close(iso.fd);
	return rec != NULL;
}
