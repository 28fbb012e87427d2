/* SPDX-License-Identifier: ISC */
/*
 * wire_socket.c - making the local sockets on which wire.c's messages go.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/portable.h"
#include "spool/wire.h"

#define BACKLOG	       128
#define STALE_LIMIT_MS 1000	/* somebody whose queue is full is there, but may hang */

int
wire_peer_uid(int sock, uid_t *uid, struct pd_err *e)
{
	if (port_peer_uid(sock, uid) == -1)
		return pd_fail_sys(e, PD_IO, "ask who is at the other end of the socket");
	return 0;
}

static int
make_address(const char *path, struct sockaddr_un *sun, struct pd_err *e)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path))
		return pd_fail(e, PD_BADDATA, "socket path %s is longer than %zu bytes", path,
		    sizeof(sun->sun_path) - 1);
	memcpy(sun->sun_path, path, strlen(path));
	return 0;
}

static int
local_socket(struct pd_err *e)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (s == -1 || fcntl(s, F_SETFD, FD_CLOEXEC) == -1) {
		pd_fail_sys(e, PD_IO, "make a local socket");
		if (s != -1)
			(void)close(s);
		return -1;
	}
	return s;
}

static int
connect_again(int s, const struct sockaddr_un *sun)
{
	int rv;

	do
		rv = connect(s, (const struct sockaddr *)(const void *)sun, sizeof(*sun));
	while (rv == -1 && errno == EINTR);
	return rv;
}

/* A listener whose queue is full keeps connect(2) waiting: the limit for sending counts for that too (Linux). */
static int
set_limit(int s, int timeout_ms, struct pd_err *e)
{
	struct timeval limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };

	if (timeout_ms == 0)
		limit.tv_usec = 1;	/* 0 would be for ever */
	if (timeout_ms >= 0 && setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == -1)
		return pd_fail_sys(e, PD_IO, "limit the time of a local socket");
	return 0;
}

int
wire_connect(const char *path, int timeout_ms, struct pd_err *e)
{
	struct sockaddr_un sun;
	int		   s, is_busy;

	if (make_address(path, &sun, e) == -1 || (s = local_socket(e)) == -1)
		return -1;
	if (set_limit(s, timeout_ms, e) == -1) {
		(void)close(s);
		return -1;
	}
	if (connect_again(s, &sun) == 0)
		return s;
	is_busy = errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN;
	pd_fail_sys(e, is_busy ? PD_BUSY : PD_IO, "connect to the director at %s", path);
	(void)close(s);
	return -1;
}

/*
 * A socket that a crash left behind is removed; one that somebody listens on, that is not ours, or
 * a file of another kind never is.
 */
static int
remove_stale(const char *path, const struct sockaddr_un *sun, struct pd_err *e)
{
	struct stat st;
	int	    s, is_stale;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : pd_fail_sys(e, PD_IO, "look at %s", path);
	if (!S_ISSOCK(st.st_mode))
		return pd_fail(e, PD_CONFLICT, "%s is there and is not a socket; move it away", path);
	if (st.st_uid != geteuid())
		return pd_fail(e, PD_CONFLICT, "socket %s belongs to uid %lu; remove it if nothing uses it", path,
		    (unsigned long)st.st_uid);
	if ((s = local_socket(e)) == -1)
		return -1;
	is_stale = set_limit(s, STALE_LIMIT_MS, e) == 0 && connect_again(s, sun) == -1 && errno == ECONNREFUSED;
	(void)close(s);
	if (!is_stale)
		return pd_fail(e, PD_CONFLICT, "another process listens on %s", path);
	if (unlink(path) == -1 && errno != ENOENT)
		return pd_fail_sys(e, PD_IO, "remove the stale socket %s", path);
	return 0;
}

/* Nobody else may connect before group and mode are set: the name is born with the owner's bits alone. */
static int
bind_with_mode(int s, const char *path, const struct sockaddr_un *sun, mode_t mode, gid_t gid, struct pd_err *e)
{
	mode_t old = umask(0177);
	int    rv = bind(s, (const struct sockaddr *)(const void *)sun, sizeof(*sun));

	(void)umask(old);
	if (rv == -1)
		return pd_fail_sys(e, PD_IO, "make socket %s", path);
	if ((gid != (gid_t)-1 && lchown(path, (uid_t)-1, gid) == -1) || chmod(path, mode) == -1) {
		pd_fail_sys(e, PD_IO, "set group and mode of socket %s", path);
		(void)unlink(path);
		return -1;
	}
	return 0;
}

int
wire_listen(const char *path, mode_t mode, gid_t gid, struct pd_err *e)
{
	struct sockaddr_un sun;
	int		   s;

	if (make_address(path, &sun, e) == -1 || remove_stale(path, &sun, e) == -1 || (s = local_socket(e)) == -1)
		return -1;
	if (bind_with_mode(s, path, &sun, mode, gid, e) == -1)
		goto fail;
	if (listen(s, BACKLOG) == -1) {
		pd_fail_sys(e, PD_IO, "listen on %s", path);
		(void)unlink(path);
		goto fail;
	}
	return s;
fail:
	(void)close(s);
	return -1;
}
