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

static bool
root_search(const struct iso *iso, const unsigned char *dir, uint32_t len,
    bool (*wanted)(const char *), char *name, size_t size, struct text *content)
{
	struct text t = { 0 };
	uint32_t off = 0;
	bool found = false;

	while (!found && off + 34 <= len) {
		const unsigned char *rec = dir + off;

		if (rec[0] == 0) { /* records do not cross sectors */
			off = (off / SECTOR + 1) * SECTOR;
			continue;
		}
		if (rec[0] < 34 || off + rec[0] > len || rec[32] + 33u > rec[0])
			break;
		off += rec[0];
		if (rec[25] & 2)
			continue;
		record_name(iso, rec, &t);
		if (wanted(text_str(&t)) && str_set(name, size, text_str(&t)))
			found = record_take(iso, rec, content);
	}
	text_free(&t);
	return found;
}

bool
iso_find(const char *path, bool (*wanted)(const char *name), char *name, size_t size,
    struct text *content)
{
	struct iso iso = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct stat st;
	unsigned char *pvd = NULL, *root = NULL;
	bool found = false;

	if (iso.fd == -1)
		return false;
	if (fstat(iso.fd, &st) == 0)
		iso.size = (uint64_t)st.st_size;
	pvd = iso_bytes(&iso, 16 * SECTOR, SECTOR);
	if (pvd != NULL && memcmp(pvd, "\001CD001", 6) == 0 && le32(pvd + 166) <= MAX_ROOT)
		root = iso_bytes(&iso, (uint64_t)le32(pvd + 158) * SECTOR, le32(pvd + 166));
	if (root != NULL)
		found = root_search(&iso, root, le32(pvd + 166), wanted, name, size, content);
	free(root);
	free(pvd);
	close(iso.fd);
	return found;
}
