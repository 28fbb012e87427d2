/* SPDX-License-Identifier: ISC */
/*
 * io.h - whole reads and writes on descriptors, and opening what may be hostile.
 */
#ifndef PD_SPOOL_OS_IO_H
#define PD_SPOOL_OS_IO_H

#include <stddef.h>
#include <sys/types.h>

#include "spool/err.h"

/* Writes all of buf, through short writes and EINTR.  -1 with errno. */
int io_write_all(int fd, const void *buf, size_t len);

/* Reads exactly len bytes; 1 = all, 0 = end of file before the first byte, -1 = error (errno; EPIPE when cut short). */
int io_read_all(int fd, void *buf, size_t len);

/*
 * Reads the regular file name below dirfd whole, at most max bytes.  The last component is not
 * followed and must not block (fifo).  *buf is allocated with one NUL behind *len bytes; the
 * caller frees it.  A file over max is PD_BADDATA.
 */
int io_read_file(int dirfd, const char *name, size_t max, char **buf, size_t *len, struct pd_err *e);

/* Opens a directory for *at() calls: not through a link in its last component.  -1 with *e. */
int io_open_dir(const char *path, struct pd_err *e);

/* mkdir -p of the last component only; an existing directory is fine. */
int io_make_dir(const char *path, mode_t mode, struct pd_err *e);

#endif
