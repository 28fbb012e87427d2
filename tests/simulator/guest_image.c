/* SPDX-License-Identifier: ISC */
/*
 * What the bytes on a disk or medium are.  An image begins with a block of text,
 *
 *	SIMULATED GUEST IMAGE 1
 *	id=rhel6
 *	size=67108864
 *	seed=7
 *
 * filled up with zero bytes to 4096, and has blocks of noise (made from the seed) right
 * behind it, in its middle and at its end; the rest is a hole.  A copy that lacks one of
 * them was cut off, and its system does not boot.  (An ISO file system leaves its first
 * 32 KiB alone, so an installation medium can carry the same header.)
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "model.h"

#define BLOCK 4096
#define MAGIC "SIMULATED GUEST IMAGE 1\n"

static void
noise(const struct image *img, int64_t off, unsigned char *out)
{
	uint64_t x = (uint64_t)img->seed * 0x9e3779b97f4a7c15u + (uint64_t)off + 1;

	for (size_t i = 0; i < BLOCK; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (unsigned char)(x | 1);
	}
}

/* Behind the header, in the middle (clear of the agent's record), at the end. */
static void
noise_places(const struct image *img, int64_t off[3])
{
	int64_t middle = img->size / 2 / BLOCK * BLOCK;

	if (middle == GUEST_RECORD_OFFSET)
		middle += BLOCK;
	off[0] = BLOCK;
	off[1] = middle;
	off[2] = img->size / BLOCK * BLOCK - BLOCK;
}

static void
header_format(const struct image *img, char out[BLOCK])
{
	memset(out, 0, BLOCK);
	snprintf(out, BLOCK, MAGIC "id=%s\nsize=%" PRId64 "\nseed=%" PRId64 "\n", img->id, img->size,
	    img->seed);
}

int
guest_image_make(const struct world *w, const struct image *img)
{
	char path[8192], header[BLOCK];
	unsigned char block[BLOCK];
	int64_t off[3];
	int fd, rv = -1;

	world_path(w, img->path, path, sizeof(path));
	if (world_mkdirs(path) == -1)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		return -1;
	header_format(img, header);
	if (ftruncate(fd, img->size) == -1 || pwrite(fd, header, BLOCK, 0) != BLOCK)
		goto out;
	noise_places(img, off);
	for (int i = 0; i < 3; i++) {
		noise(img, off[i], block);
		if (pwrite(fd, block, BLOCK, off[i]) != BLOCK)
			goto out;
	}
	rv = 0;
out:
	if (close(fd) == -1)
		rv = -1;
	return rv;
}

void
guest_backing_path(const struct world *w, const struct vtd *v, char *out, unsigned long size)
{
	char path[512];

	if (strcmp(v->kind, "optical") == 0)
		snprintf(path, sizeof(path), "/var/vio/VMLibrary/%s", v->media);
	else if (strcmp(v->kind, "file") == 0)
		snprintf(path, sizeof(path), "/var/vio/storagepools/%s/%s", v->pool, v->backing);
	else
		snprintf(path, sizeof(path), "/dev/%s", v->backing);
	world_path(w, path, out, size);
}

static bool
image_whole(int fd, const struct image *img)
{
	unsigned char want[BLOCK], got[BLOCK];
	char header[BLOCK];
	int64_t off[3];

	header_format(img, header);
	if (pread(fd, got, BLOCK, 0) != BLOCK || memcmp(got, header, BLOCK) != 0)
		return false;
	noise_places(img, off);
	for (int i = 0; i < 3; i++) {
		noise(img, off[i], want);
		if (pread(fd, got, BLOCK, off[i]) != BLOCK || memcmp(got, want, BLOCK) != 0)
			return false;
	}
	return true;
}

static const struct image *
image_by_header(const struct world *w, const char *header)
{
	const char *id = header + strlen(MAGIC) + 3;
	size_t n = strcspn(id, "\n");

	LIST_EACH(struct image, img, &w->images)
		if (strlen(img->id) == n && strncmp(img->id, id, n) == 0)
			return img;
	return NULL;
}

const struct image *
guest_image_on(const struct world *w, const struct vtd *v, bool *damaged)
{
	char path[8192], header[BLOCK + 1] = "";
	const struct image *img = NULL;
	int fd;

	*damaged = false;
	guest_backing_path(w, v, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	if (pread(fd, header, BLOCK, 0) > 0 && strncmp(header, MAGIC "id=", strlen(MAGIC) + 3) == 0) {
		img = image_by_header(w, header);
		if (img == NULL || !image_whole(fd, img)) {
			*damaged = true;
			img = NULL;
		}
	}
	close(fd);
	return img;
}
