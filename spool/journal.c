/* SPDX-License-Identifier: ISC */
/*
 * journal.c - what a worker was about to do and what came of it: SPOOL/journal/ID.
 *
 * On disk, per record, no padding, numbers big-endian:
 *
 *	offset 0	u32 length of the payload, 1..JOURNAL_RECORD_MAX
 *	       4	u32 sequence number; the first record of a file is 0
 *	       8	u32 CRC-32 (IEEE 802.3, as zlib's) of bytes 4..7 and the payload
 *	      12	payload: one JSON object, UTF-8, no zero byte
 *
 * Valid: complete, numbered one above the record before it, CRC fits, payload is an object.
 *
 * Recovery, at the first record that is not valid:
 *   - it is the torn tail when it reaches or passes the end of the file, or when only zero bytes
 *     follow (blocks that were allocated but never written); it is cut off;
 *   - anything else, also a valid record found behind it, is damage: PD_STUCK, a person looks.
 *
 * A failed write is taken back by cutting the file to its old size, so that the next record does
 * not land behind half of one.  When that fails too, or a sync fails (the kernel may have dropped
 * the pages; a second fsync would lie), the journal is broken: nothing more is appended until it is
 * loaded again.  Whoever loads it to append writes what it read once more, in place, and syncs that.
 */
#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/journal.h"
#include "spool/json_bytes.h"
#include "spool/os/io.h"
#include "spool/os/sys.h"

#define HEAD_LEN 12

static uint32_t
crc32_add(uint32_t crc, const unsigned char *p, size_t len)
{
	/* Reflected polynomial 0xEDB88320, four bits at a time. */
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (size_t i = 0; i < len; i++) {
		crc = nibble[(crc ^ p[i]) & 15] ^ (crc >> 4);
		crc = nibble[(crc ^ (unsigned)(p[i] >> 4)) & 15] ^ (crc >> 4);
	}
	return crc;
}

/* CRC of a record whose sequence number and payload stand in place. */
static uint32_t
record_crc(const unsigned char *rec, size_t payload)
{
	uint32_t crc = crc32_add(0xffffffffu, rec + 4, 4);

	return ~crc32_add(crc, rec + HEAD_LEN, payload);
}

static void
put_u32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

static uint32_t
get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The whole record, allocated. */
static unsigned char *
encode(const json_t *record, uint32_t seq, size_t *len, struct pd_err *e)
{
	const size_t   flags = JSON_COMPACT | JSON_REAL_PRECISION(9);	/* milliseconds: 3.215, not 3.2149999 */
	char	      *buf = NULL;
	size_t	       n = json_is_object(record) ? json_bytes(record, flags, HEAD_LEN, &buf) : 0;
	unsigned char *rec = (unsigned char *)buf;

	if (n == 0 || n > JOURNAL_RECORD_MAX) {
		pd_fail(e, PD_BUG, "journal record %u: %zu bytes of JSON, 1 to %d fit", seq, n, JOURNAL_RECORD_MAX);
		free(buf);
		return NULL;
	}
	put_u32(rec, (uint32_t)n);
	put_u32(rec + 4, seq);
	put_u32(rec + 8, record_crc(rec, n));
	*len = HEAD_LEN + n;
	return rec;
}

static int
write_record(struct journal *j, const unsigned char *rec, size_t len, int sync, struct pd_err *e)
{
	struct stat st;
	int	    full;

	if (sys.fstat(j->fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat journal");
	if (st.st_size > JOURNAL_FILE_MAX - j->spare - (off_t)len)
		return pd_fail(e, PD_NOSPACE, "journal is full: it has %lld bytes of at most %d",
		    (long long)st.st_size, JOURNAL_FILE_MAX - j->spare);
	if (io_write_all(j->fd, rec, len) == -1) {
		full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
		pd_fail_sys(e, full ? PD_NOSPACE : PD_IO, "write journal record %u", j->next);
		if (sys.ftruncate(j->fd, st.st_size) == -1 || sys.lseek(j->fd, st.st_size, SEEK_SET) == -1)
			j->next = JOURNAL_BROKEN;
		return -1;
	}
	if (sync && sys.fdatasync(j->fd) == -1) {
		pd_fail_sys(e, PD_IO, "make journal record %u durable", j->next);
		j->next = JOURNAL_BROKEN;
		return -1;
	}
	return 0;
}

int
journal_append(struct journal *j, json_t *record, int sync, struct pd_err *e)
{
	unsigned char *rec;
	size_t	       len;
	int	       rv;

	if (j->next == JOURNAL_BROKEN)
		return pd_fail(e, PD_IO, "journal is not written any more after an earlier failure");
	rec = encode(record, j->next, &len, e);
	if (rec == NULL)
		return -1;
	rv = write_record(j, rec, len, sync, e);
	j->is_promise |= sync;
	free(rec);
	if (rv == 0)
		j->next++;
	return rv;
}

/* A record with number seq that is complete in the len bytes at p, whatever stands behind it. */
static int
is_record(const unsigned char *p, size_t len, uint32_t seq)
{
	uint32_t n;

	if (len < HEAD_LEN || get_u32(p + 4) != seq)
		return 0;
	n = get_u32(p);
	return n >= 1 && n <= JOURNAL_RECORD_MAX && n <= len - HEAD_LEN && get_u32(p + 8) == record_crc(p, n);
}

static int
is_zero(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return 0;
	return 1;
}

/*
 * Can the bytes at p, the rest of the file, be what a crash left of the append of record seq?  A
 * short write leaves a correct beginning; a later valid record proves that it was no short write.
 */
static int
is_torn_tail(const unsigned char *p, size_t len, uint32_t seq)
{
	uint32_t n;

	if (len < HEAD_LEN || is_zero(p, len))
		return 1;
	n = get_u32(p);
	if (n < 1 || n > JOURNAL_RECORD_MAX || get_u32(p + 4) != seq || len - HEAD_LEN > n)
		return 0;
	for (size_t i = HEAD_LEN; i + HEAD_LEN <= len; i++)
		if (is_record(p + i, len - i, seq + 1))
			return 0;
	return 1;
}

static int
take(const unsigned char *p, json_t *records)
{
	json_t *record = json_loadb((const char *)p + HEAD_LEN, get_u32(p), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	if (!json_is_object(record)) {
		json_decref(record);
		return -1;
	}
	return json_array_append_new(records, record);
}

/* Fills records; *end is where the valid part ends. */
static int
parse(struct journal *j, const unsigned char *buf, size_t len, json_t *records, size_t *end, struct pd_err *e)
{
	size_t at = 0;

	for (j->next = 0; at < len; j->next++) {
		if (!is_record(buf + at, len - at, j->next)) {
			if (is_torn_tail(buf + at, len - at, j->next))
				break;
			return pd_fail(e, PD_STUCK,
			    "journal is damaged at record %u, byte %zu of %zu; a person must look", j->next, at, len);
		}
		if (take(buf + at, records) == -1)
			return pd_fail(e, PD_STUCK,
			    "journal record %u, byte %zu of %zu, is not a JSON object; a person must look", j->next, at,
			    len);
		at += HEAD_LEN + get_u32(buf + at);
	}
	*end = at;
	return 0;
}

int
journal_parse(const void *buf, size_t len, json_t **records, struct pd_err *e)
{
	struct journal j = { .fd = -1 };
	size_t	       end;

	if ((*records = json_array()) == NULL)
		return pd_fail(e, PD_IO, "no memory for a journal");
	if (parse(&j, buf, len, *records, &end, e) == 0)
		return 0;
	json_decref(*records);
	*records = NULL;
	return -1;
}

static int
read_whole(int fd, unsigned char **buf, size_t *len, struct pd_err *e)
{
	struct stat st;

	if (sys.fstat(fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat journal");
	if (!S_ISREG(st.st_mode))
		return pd_fail(e, PD_BADDATA, "journal is not a regular file");
	if (st.st_size > JOURNAL_FILE_MAX)
		return pd_fail(e, PD_STUCK, "journal has %lld bytes, more than was ever written; a person must look",
		    (long long)st.st_size);
	*len = (size_t)st.st_size;
	*buf = malloc(*len + 1);
	if (*buf == NULL || sys.lseek(fd, 0, SEEK_SET) == -1 || (*len > 0 && io_read_all(fd, *buf, *len) != 1)) {
		free(*buf);
		*buf = NULL;
		return pd_fail_sys(e, PD_IO, "read journal");
	}
	return 0;
}

/* The bytes that were read are the journal: they are on the disk before anything is done on their word. */
static int
make_durable(int fd, const unsigned char *buf, size_t end, size_t len, struct pd_err *e)
{
	if (end < len && sys.ftruncate(fd, (off_t)end) == -1)
		return pd_fail_sys(e, PD_IO, "cut the torn end of the journal");
	if (len > 0 &&
	    (sys.lseek(fd, 0, SEEK_SET) == -1 || io_write_all(fd, buf, end) == -1 || sys.fdatasync(fd) == -1))
		return pd_fail_sys(e, PD_IO, "make the journal durable");
	return 0;
}

int
journal_load(struct journal *j, int fd, int cut, json_t **records, struct pd_err *e)
{
	unsigned char *buf = NULL;
	size_t	       len = 0, end = 0;
	int	       rv = -1;

	j->fd = fd;
	j->spare = 0;
	j->next = JOURNAL_BROKEN;	/* until all of it was read, nothing may be appended */
	*records = json_array();
	if (*records == NULL || read_whole(fd, &buf, &len, e) == -1)
		goto out;
	assert(buf != NULL);
	if (parse(j, buf, len, *records, &end, e) == -1)
		goto out;
	if (cut && make_durable(fd, buf, end, len, e) == -1)
		goto out;
	if (sys.lseek(fd, 0, SEEK_END) == -1) {
		pd_fail_sys(e, PD_IO, "seek in journal");
		goto out;
	}
	if (end < len && !cut)
		j->next = JOURNAL_BROKEN;	/* a reader: to append behind a torn record would damage it */
	j->is_promise = end > 0;
	rv = 0;
out:
	free(buf);
	if (rv == -1) {
		j->next = JOURNAL_BROKEN;
		json_decref(*records);
		*records = NULL;
	}
	return rv;
}
