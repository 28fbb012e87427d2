/* SPDX-License-Identifier: ISC */
/*
 * portable.h - the few things that POSIX does not have.
 *
 * portable.c holds each Linux call next to its POSIX fallback; -DPD_PORTABLE (make PORTABLE=1)
 * builds the fallbacks alone, as on AIX.
 */
#ifndef PD_SPOOL_OS_PORTABLE_H
#define PD_SPOOL_OS_PORTABLE_H

#include <sys/socket.h>
#include <sys/types.h>

/* Rename that fails with EEXIST instead of replacing (Linux 3.15 renameat2; fallback link + unlink). */
int port_rename_noreplace(int fromfd, const char *from, int tofd, const char *to);

/* A directory that may be searched but not read (O_SEARCH, which Linux calls O_PATH; fallback O_RDONLY). */
int port_open_search(const char *path);

/* Peer's effective uid of a local socket (SO_PEERCRED; getpeereid elsewhere). */
int port_peer_uid(int sock, uid_t *uid);

/* recvmsg(2) whose descriptors are closed by an exec (MSG_CMSG_CLOEXEC; fallback: the caller marks each behind it). */
ssize_t port_recvmsg(int sock, struct msghdr *m);

/* In the C libraries of Linux and the BSDs, and new in POSIX.1-2024: memmem, reallocarray, getentropy (at most 256 bytes). */
void *port_find(const void *in, size_t len, const void *what, size_t what_len);
void *port_grow(void *p, size_t n, size_t size);
int   port_random(void *buf, size_t len);
/* explicit_bzero: a secret is overwritten even though nobody reads the place again. */
void  port_wipe(void *p, size_t len);

/*
 * Watches a file for growth or a directory for new names.  port_watch_open() gives a descriptor
 * for poll(), or -1 with ENOSYS: then the caller looks again every PORT_LOOK_MS.  Watching is a hint,
 * never the only wake-up.
 */
#define PORT_LOOK_MS 50
int  port_watch_file(const char *path);
int  port_watch_dir(const char *path);
void port_watch_drain(int fd);

/* Has this process more rights than its caller (set-id)?  AT_SECURE, or ids that differ. */
int port_is_setid(void);

/* Closes every descriptor from low upwards (close_range; fallback a loop up to the limit). */
void port_close_from(int low);

/* No core dumps, no ptrace by the same user (PR_SET_DUMPABLE; fallback RLIMIT_CORE alone). */
void port_no_dump(void);

/* The child of a fork ends with its parent (PR_SET_PDEATHSIG; fallback: nothing, the socket's end tells it). */
void port_die_with_parent(int sig);

#endif
