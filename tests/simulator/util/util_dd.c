/* SPDX-License-Identifier: ISC */
/*
 * dd: really copies between the files below the VIOS' root, fast and with holes kept.  A disk
 * (a file right below /dev) never grows: writing past its end fails as on the real device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/util/util.h"

struct dd {
	struct shell *sh;
	const char   *in_path, *out_path;
	off_t	      bs, ibs, obs, count, skip, seek;	/* count -1: to the end */
	bool	      notrunc, sync;
	int	      in, out;				/* -1: the shell's streams */
	off_t	      read, written;			/* bytes */
};

/* 512, 8M, 1024k, 2b, 4x1024. */
static int
parse_size(const char *s, off_t *size)
{
	unsigned long long v, total = 1;
	char *end;

	for (;;) {
		errno = 0;
		v = strtoull(s, &end, 10);
		if (end == s || *s == '-' || errno != 0)
			return -1;
		switch (*end) {
		case 'b':
			v *= 512;
			end++;
			break;
		case 'k':
		case 'K':
			v *= 1024;
			end++;
			break;
		case 'm':
		case 'M':
			v *= 1024 * 1024;
			end++;
			break;
		case 'g':
		case 'G':
			v *= 1024 * 1024 * 1024;
			end++;
			break;
		}
		if (v > (1ULL << 50) || __builtin_mul_overflow(total, v, &total) || total > (1ULL << 50))
			return -1;
		if (*end == '\0')
			break;
		if (*end != 'x')
			return -1;
		s = end + 1;
	}
	*size = (off_t)total;
	return 0;
}

static int
take_operand(struct dd *d, const char *arg)
{
	static const char *const names[] = { "bs=", "ibs=", "obs=", "count=", "skip=", "seek=" };
	off_t *const values[] = { &d->bs, &d->ibs, &d->obs, &d->count, &d->skip, &d->seek };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(arg, names[i], n) == 0)
			return parse_size(arg + n, values[i]) == -1 || (i < 3 && *values[i] == 0) ? -1 : 0;
	}
	if (strncmp(arg, "if=", 3) == 0)
		d->in_path = arg + 3;
	else if (strncmp(arg, "of=", 3) == 0)
		d->out_path = arg + 3;
	else if (strncmp(arg, "conv=", 5) == 0) {
		d->notrunc = strstr(arg, "notrunc") != NULL;
		d->sync = strstr(arg, "sync") != NULL;
	} else {
		return -1;
	}
	return 0;
}

static int
open_both(struct dd *d)
{
	struct vfs_at at = shell_at(d->sh);
	int flags = O_RDWR | O_CREAT | (d->notrunc || d->seek != 0 ? 0 : O_TRUNC);

	if (d->in_path != NULL) {
		d->in = vfs_open(&at, d->in_path, O_RDONLY, 0);
		if (d->in == -1) {
			sim_out_printf(d->sh->err, "dd: 0511-049 Cannot open %s.\n%s: %s\n", d->in_path,
			    d->in_path, vfs_strerror(errno));
			return -1;
		}
	}
	if (d->out_path != NULL) {
		d->out = vfs_open(&at, d->out_path, flags, 0644);
		if (d->out == -1) {
			sim_out_printf(d->sh->err, "dd: 0511-050 Cannot open or create %s.\n%s: %s\n", d->out_path,
			    d->out_path, vfs_strerror(errno));
			return -1;
		}
	}
	return 0;
}

static int
write_failed(struct dd *d, int err)
{
	sim_out_printf(d->sh->err, "dd: 0511-053 The write failed.\n: %s\n", vfs_strerror(err));
	return 2;
}

/* Both ends are regular files. */
static int
copy_files(struct dd *d, off_t size, off_t limit)
{
	off_t from = d->skip * d->ibs, to = d->seek * d->obs, n, room;
	int rv;

	n = size > from ? size - from : 0;
	if (d->count >= 0 && d->count * d->ibs < n)
		n = d->count * d->ibs;
	room = limit < 0 ? n : limit > to ? limit - to : 0;
	rv = util_copy_range(d->sh, d->in, from, d->out, to, n < room ? n : room, &d->written);
	d->read = d->written;
	if (rv == -1)
		return errno == EINTR ? 130 : write_failed(d, errno);
	if (n > room) {
		d->read += d->ibs;
		return write_failed(d, ENXIO);
	}
	return 0;
}

/* The next block of input: 0 at the end, -1 on an error. */
static ssize_t
read_block(struct dd *d, char *buf, size_t len)
{
	size_t have = 0;
	ssize_t n = 1;

	while (have < len && n > 0) {
		n = d->in != -1 ? read(d->in, buf + have, len - have) : stream_read(d->sh->in, buf + have, len - have);
		if (n > 0)
			have += (size_t)n;
	}
	return n < 0 ? -1 : (ssize_t)have;
}

static int
write_block(struct dd *d, const char *buf, size_t len, off_t limit)
{
	off_t at = d->seek * d->obs + d->written;
	bool full = d->out != -1 && limit >= 0 && at + (off_t)len > limit;

	if (full)
		len = limit > at ? (size_t)(limit - at) : 0;
	for (size_t done = 0; done < len;) {
		ssize_t n;

		if (d->out == -1)
			n = sim_out_write(d->sh->out, buf + done, len - done) == -1 ? -1 : (ssize_t)(len - done);
		else
			n = pwrite(d->out, buf + done, len - done, at + (off_t)done);
		if (n <= 0) {
			if (n == -1 && errno == ESPIPE)
				n = write(d->out, buf + done, len - done);
			if (n <= 0)
				return -1;
		}
		done += (size_t)n;
		d->written += n;
	}
	if (full)
		errno = ENXIO;
	return full ? -1 : 0;
}

static int
skip_input(struct dd *d, char *buf, size_t len)
{
	if (d->in != -1 && lseek(d->in, d->skip * d->ibs, SEEK_SET) != -1)
		return 0;
	for (off_t i = 0; i < d->skip; i++) {
		if (read_block(d, buf, len) <= 0)
			break;
	}
	return 0;
}

/* A stream or a special file at one end. */
static int
copy_blocks(struct dd *d, off_t limit)
{
	size_t len = (size_t)d->ibs;
	char *buf = len <= 256 * 1024 * 1024 ? malloc(len) : NULL;
	ssize_t n = 1;
	int status = 0;

	if (buf == NULL) {
		sim_out_puts(d->sh->err, "dd: 0511-048 There is not enough memory available now.\n");
		return 2;
	}
	if (d->skip != 0)
		(void)skip_input(d, buf, len);
	while (status == 0 && (d->count < 0 || d->read / d->ibs < d->count)) {
		if (cancel_state(d->sh->cancel) != CANCEL_NONE) {
			status = 130;
			break;
		}
		n = read_block(d, buf, len);
		if (n <= 0)
			break;
		d->read += n;
		if (write_block(d, buf, (size_t)n, limit) == -1)
			status = write_failed(d, errno);
		if ((size_t)n < len)
			break;
	}
	if (n < 0) {
		sim_out_puts(d->sh->err, "dd: 0511-051 The read failed.\n: There is an input or output error.\n");
		status = 2;
	}
	free(buf);
	return status;
}

/* if=/dev/zero: a hole of that size.  Without an end it stops where the disk or the file system does. */
static int
copy_zeros(struct dd *d, off_t limit)
{
	off_t to = d->seek * d->obs, room = limit < 0 ? -1 : limit > to ? limit - to : 0;
	off_t n = d->count >= 0 ? d->count * d->ibs : room;

	if (n < 0)
		return write_failed(d, ENOSPC);
	if (room >= 0 && n > room)
		n = room;
	if (n > 0 && util_put_zeros(d->out, to, n) == -1)
		return write_failed(d, errno);
	d->read = d->written = n;
	if (d->count >= 0 && n == d->count * d->ibs)
		return 0;
	d->read += d->ibs;
	return write_failed(d, ENXIO);
}

static bool
reads_zeros(const struct dd *d)
{
	struct vfs_at at = shell_at(d->sh);
	char abs[VFS_PATH_MAX];

	return d->in_path != NULL && vfs_absolute(&at, d->in_path, abs) == 0 && strcmp(abs, "/dev/zero") == 0;
}

static int
copy(struct dd *d)
{
	struct vfs_at at = shell_at(d->sh);
	off_t limit = d->out_path != NULL ? vfs_limit(&at, d->out_path) : -1;
	struct stat in, out;

	if (d->in == -1 || d->out == -1 || fstat(d->in, &in) == -1 || fstat(d->out, &out) == -1 ||
	    !S_ISREG(out.st_mode))
		return copy_blocks(d, limit);
	if (reads_zeros(d))
		return copy_zeros(d, limit);
	return S_ISREG(in.st_mode) ? copy_files(d, in.st_size, limit) : copy_blocks(d, limit);
}

static void
print_records(const struct dd *d)
{
	sim_out_printf(d->sh->err, "%lld+%d records in.\n%lld+%d records out.\n",
	    (long long)(d->read / d->ibs), d->read % d->ibs != 0,
	    (long long)(d->written / d->obs), d->written % d->obs != 0);
}

int
util_dd(struct shell *sh, int argc, char **argv)
{
	struct dd d = { .sh = sh, .ibs = 512, .obs = 512, .count = -1, .in = -1, .out = -1 };
	int status = 2;

	for (int i = 1; i < argc; i++) {
		if (take_operand(&d, argv[i]) == -1) {
			sim_out_printf(sh->err, "dd: 0511-046 The operand %s is not valid.\n", argv[i]);
			return 2;
		}
	}
	if (d.bs != 0)
		d.ibs = d.obs = d.bs;
	if (__builtin_mul_overflow(d.skip, d.ibs, &(off_t){ 0 }) || __builtin_mul_overflow(d.seek, d.obs, &(off_t){ 0 }) ||
	    (d.count > 0 && __builtin_mul_overflow(d.count, d.ibs, &(off_t){ 0 }))) {
		sim_out_puts(sh->err, "dd: 0511-046 The operand is not valid.\n");
		return 2;
	}
	if (open_both(&d) == 0) {
		status = copy(&d);
		print_records(&d);
	}
	if (d.in != -1)
		(void)close(d.in);
	if (d.out != -1 && close(d.out) == -1 && status == 0)
		status = write_failed(&d, errno);
	return status;
}
