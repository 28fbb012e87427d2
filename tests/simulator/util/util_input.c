/* SPDX-License-Identifier: ISC */
/* How utilities get at bytes: files below the VIOS' root, standard input, fast copies. */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

#define COPY_CHUNK	((off_t)4 * 1024 * 1024)

static int
read_fd(int fd, struct sim_out *to)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 || to->len + (size_t)n > UTIL_FILE_MAX || sim_out_write(to, buf, (size_t)n) == -1) {
			errno = n == -1 ? errno : EFBIG;
			return -1;
		}
	}
	return 0;
}

static int
append_file(struct shell *sh, const char *path, struct sim_out *to)
{
	struct vfs_at at = shell_at(sh);
	int fd = vfs_open(&at, path, O_RDONLY, 0), rv, saved;

	if (fd == -1)
		return -1;
	rv = read_fd(fd, to);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return rv;
}

void
util_no_file(struct shell *sh, const char *name, const char *number, const char *path)
{
	if (sh->is_bash)
		sim_out_printf(sh->err, "%s: %s: No such file or directory\n", name, path);
	else
		sim_out_printf(sh->err, "%s: %s Cannot open %s.\n", name, number, path);
}

int
util_read_file(struct shell *sh, const char *path, char **data, size_t *len)
{
	struct sim_out out = { 0 };

	if (append_file(sh, path, &out) == -1 || sim_out_write(&out, "", 0) == -1) {
		sim_out_free(&out);
		return -1;
	}
	*data = out.data;
	*len = out.len;
	return 0;
}

int
util_read_input(struct shell *sh, const char *name, int argc, char **argv, char **data, size_t *len)
{
	struct sim_out out = { 0 };
	int rv = 0;

	if (argc == 0) {
		shell_flush(sh);
		return stream_read_all(sh->in, data, len);
	}
	for (int i = 0; i < argc; i++) {
		if (append_file(sh, argv[i], &out) == -1) {
			util_no_file(sh, name, "0652-033", argv[i]);
			rv = -1;
		}
	}
	if (rv == 0)
		rv = sim_out_write(&out, "", 0);
	if (rv == -1) {
		sim_out_free(&out);
		return -1;
	}
	*data = out.data;
	*len = out.len;
	return 0;
}

static int
write_at(int fd, const char *buf, size_t len, off_t off)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, buf, len, off);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		buf += n;
		off += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Copies n bytes of data; both offsets explicit. */
static int
copy_data(int from, off_t from_off, int to, off_t to_off, off_t n)
{
	static const size_t size = 256 * 1024;
	char *buf;
	int rv = 0;

	while (n > 0) {
		ssize_t got = copy_file_range(from, &from_off, to, &to_off, (size_t)n, 0);

		if (got <= 0)
			break;
		n -= got;
	}
	if (n == 0)
		return 0;
	buf = malloc(size);		/* another file system, or a kernel that cannot */
	if (buf == NULL)
		return -1;
	while (n > 0 && rv == 0) {
		ssize_t got = pread(from, buf, (size_t)n < size ? (size_t)n : size, from_off);

		if (got <= 0)
			rv = -1;
		else
			rv = write_at(to, buf, (size_t)got, to_off);
		if (rv == 0) {
			from_off += got;
			to_off += got;
			n -= got;
		}
	}
	free(buf);
	return rv;
}

int
util_put_zeros(int to, off_t off, off_t n)
{
	static const char zeros[65536];
	struct stat st;

	if (fstat(to, &st) == -1)
		return -1;
	if (off >= st.st_size)
		return ftruncate(to, off + n);
	if (off + n > st.st_size && ftruncate(to, off + n) == -1)
		return -1;
	if (fallocate(to, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, n) == 0)
		return 0;
	for (; n > 0; off += (off_t)sizeof(zeros), n -= (off_t)sizeof(zeros)) {
		if (write_at(to, zeros, (size_t)n < sizeof(zeros) ? (size_t)n : sizeof(zeros), off) == -1)
			return -1;
	}
	return 0;
}

/* The end of the stretch at off that is all data or all hole, at most end. */
static off_t
stretch(int fd, off_t off, off_t end, bool *is_hole)
{
	off_t data = lseek(fd, off, SEEK_DATA), hole;

	if (data == -1) {
		*is_hole = errno == ENXIO;
		return end;
	}
	*is_hole = data > off;
	if (data > off)
		return data < end ? data : end;
	hole = lseek(fd, off, SEEK_HOLE);
	if (hole == -1 || hole > end)
		hole = end;
	return hole - off > COPY_CHUNK ? off + COPY_CHUNK : hole;
}

int
util_copy_range(struct shell *sh, int from, off_t from_off, int to, off_t to_off, off_t size, off_t *done)
{
	off_t pos = 0, next;
	bool is_hole;
	int rv = 0;

	while (pos < size && rv == 0) {
		if (cancel_state(sh->cancel) != CANCEL_NONE) {
			errno = EINTR;
			rv = -1;
			break;
		}
		next = stretch(from, from_off + pos, from_off + size, &is_hole) - from_off;
		rv = is_hole ? util_put_zeros(to, to_off + pos, next - pos) :
		    copy_data(from, from_off + pos, to, to_off + pos, next - pos);
		if (rv == 0)
			pos = next;
	}
	*done = pos;
	return rv;
}
