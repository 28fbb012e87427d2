/* SPDX-License-Identifier: ISC */
/*
 * portable.c - each call that only Linux has, next to what POSIX offers instead.
 *
 * Kernels: renameat2 3.15, close_range 5.9, O_PATH 2.6.39.  A kernel or file system without one
 * of them gets the fallback at run time; -DPD_PORTABLE builds the fallbacks alone.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__) && !defined(PD_PORTABLE)
#define USE_LINUX 1
#include <sys/auxv.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#else
#define USE_LINUX 0
#endif

#include "spool/os/portable.h"
#include "spool/os/sys.h"

/* Above this no program of ours ever has a descriptor; a limit of 2^30 must not cost seconds. */
#define CLOSE_LIMIT 65536

/* A directory has no second name, but may take the place of an empty one, made here. */
static int
move_directory(int fromfd, const char *from, int tofd, const char *to)
{
	int saved;

	if (sys.mkdirat(tofd, to, 0700) == -1)
		return -1;
	if (sys.renameat(fromfd, from, tofd, to) == 0)
		return 0;
	saved = errno;
	(void)sys.unlinkat(tofd, to, AT_REMOVEDIR);
	errno = saved;
	return -1;
}

/*
 * Linux has no second name for another's file either (fs.protected_hardlinks).  Who moves such a file
 * is the director, the only one who makes names in the directory it goes to: looking first is enough.
 */
static int
look_and_move(int fromfd, const char *from, int tofd, const char *to)
{
	struct stat st;

	if (sys.fstatat(tofd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return sys.renameat(fromfd, from, tofd, to);
	return -1;
}

static int
link_and_unlink(int fromfd, const char *from, int tofd, const char *to)
{
	struct stat st;
	int	    saved;

	if (sys.fstatat(fromfd, from, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return move_directory(fromfd, from, tofd, to);
	/* link() never replaces.  A crash in between leaves both names: same inode, harmless. */
	if (sys.linkat(fromfd, from, tofd, to, 0) == -1)
		return errno == EPERM ? look_and_move(fromfd, from, tofd, to) : -1;
	if (sys.unlinkat(fromfd, from, 0) == 0)
		return 0;
	saved = errno;
	(void)sys.unlinkat(tofd, to, 0);
	errno = saved;
	return -1;
}

int
port_rename_noreplace(int fromfd, const char *from, int tofd, const char *to)
{
#if USE_LINUX
	if (sys.renameat2(fromfd, from, tofd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL)	/* EINVAL: the file system does not know the flag */
		return -1;
#endif
	return link_and_unlink(fromfd, from, tofd, to);
}

int
port_open_search(const char *path)
{
	/* glibc has POSIX's O_SEARCH under Linux's name alone, and set-id gateways need it: PD_PORTABLE changes nothing. */
#if defined(O_SEARCH)
	return sys.open(path, O_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
#elif defined(O_PATH)
	return sys.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
#else	/* real accounts are refused here, by name, unless the spool's group may read the directory */
	return sys.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
#endif
}

int
port_peer_uid(int sock, uid_t *uid)
{
	/* POSIX has no call for this and identity cannot do without: PD_PORTABLE changes nothing. */
#if defined(__linux__)
	struct ucred cred;
	socklen_t    len = sizeof(cred);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	/* Not a local socket, or no peer: the kernel answers, but with nobody. */
	if (len != sizeof(cred) || cred.uid == (uid_t)-1) {
		errno = ENOTCONN;
		return -1;
	}
	*uid = cred.uid;
	return 0;
#else
	gid_t gid;

	return getpeereid(sock, uid, &gid);
#endif
}

ssize_t
port_recvmsg(int sock, struct msghdr *m)
{
#if USE_LINUX
	return recvmsg(sock, m, MSG_CMSG_CLOEXEC);
#else
	return recvmsg(sock, m, 0);
#endif
}

#if USE_LINUX
static int
watch(const char *path, uint32_t mask)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int saved;

	if (fd == -1)
		return -1;
	if (inotify_add_watch(fd, path, mask) == -1) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
port_watch_file(const char *path)
{
	return watch(path, IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF);
}

int
port_watch_dir(const char *path)
{
	return watch(path, IN_MOVED_TO | IN_CREATE | IN_ONLYDIR);
}

void
port_watch_drain(int fd)
{
	char	buf[4096];
	ssize_t n;
	int	left = 1000;	/* more than its queue holds; who makes names faster does not hold us here */

	do
		n = read(fd, buf, sizeof(buf));
	while ((n > 0 || (n == -1 && errno == EINTR)) && --left > 0);
}
#else
int
port_watch_file(const char *path)
{
	(void)path;
	errno = ENOSYS;
	return -1;
}

int
port_watch_dir(const char *path)
{
	(void)path;
	errno = ENOSYS;
	return -1;
}

void
port_watch_drain(int fd)
{
	(void)fd;
}
#endif

#if USE_LINUX
void *
port_find(const void *in, size_t len, const void *what, size_t what_len)
{
	return memmem(in, len, what, what_len);
}

void *
port_grow(void *p, size_t n, size_t size)
{
	return reallocarray(p, n, size);
}

int
port_random(void *buf, size_t len)
{
	return getentropy(buf, len);
}

void
port_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}
#else
void *
port_find(const void *in, size_t len, const void *what, size_t what_len)
{
	const char *at = in;

	for (; len >= what_len; at++, len--)
		if (memcmp(at, what, what_len) == 0)
			return (void *)(uintptr_t)at;
	return NULL;
}

void *
port_grow(void *p, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, n > 0 && size > 0 ? n * size : 1);	/* of none, NULL might mean success */
}

int
port_random(void *buf, size_t len)
{
	int	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	int	saved;
	ssize_t n;

	if (fd == -1)
		return -1;
	do
		n = read(fd, buf, len);
	while (n == -1 && errno == EINTR);
	saved = n == -1 ? errno : EIO;	/* the device gives 256 bytes whole */
	(void)close(fd);
	errno = saved;
	return n == (ssize_t)len ? 0 : -1;
}

void
port_wipe(void *p, size_t len)
{
	volatile char *c = p;	/* which the compiler may not leave out */

	while (len-- > 0)
		*c++ = 0;
}
#endif

int
port_is_setid(void)
{
#if USE_LINUX
	if (getauxval(AT_SECURE) != 0)
		return 1;
#endif
	return getuid() != geteuid() || getgid() != getegid();
}

void
port_close_from(int low)
{
	struct rlimit rl;
	int	      end = CLOSE_LIMIT;

#if USE_LINUX
	if (close_range((unsigned)low, ~0U, 0) == 0)
		return;
#endif
	/* The hard limit: whoever started us may have lowered the soft one after opening. */
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_max < CLOSE_LIMIT)
		end = (int)rl.rlim_max;
	for (int fd = low; fd < end; fd++)
		(void)close(fd);
}

void
port_no_dump(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#if USE_LINUX && !defined(__SANITIZE_ADDRESS__)	/* whose leak checker traces its own process */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

#if defined(__SANITIZE_ADDRESS__)
/* Asked by the leak checker, which traces its own process: the kernel lets nobody trace a set-id one. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return port_is_setid();
}
#endif

void
port_die_with_parent(int sig)
{
#if USE_LINUX
	(void)prctl(PR_SET_PDEATHSIG, (unsigned long)sig, 0, 0, 0);
#else
	(void)sig;
#endif
}
