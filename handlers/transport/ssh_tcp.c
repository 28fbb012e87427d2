/* SPDX-License-Identifier: ISC */
/*
 * ssh_tcp.c - the TCP connection below an SSH session.
 *
 * Made here and not by libssh, because only so the errors name address and port and say what to
 * check, and the time limit holds for the sum of all addresses of a name.
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"

int
link_slice(int64_t deadline)
{
	int64_t left = deadline < 0 ? LINK_SLICE_MS : deadline - clock_mono_ms();

	return left <= 0 ? 0 : left < LINK_SLICE_MS ? (int)left : LINK_SLICE_MS;
}

int
link_stopped(const struct link *l)
{
	return l->t != NULL && l->t->stop != NULL && l->t->stop(l->t->stop_arg);
}

/* Waits for the end of a connect(2) under way.  0, or -1 with errno. */
static int
wait_connected(const struct link *l, int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t     len = sizeof(errno);
	int	      slice, n, error = 0;

	while ((slice = link_slice(deadline)) > 0) {
		n = poll(&p, 1, slice);
		if (n == -1 && errno != EINTR)
			return -1;
		if (n == 1) {
			if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
				return -1;
			errno = error;
			return error == 0 ? 0 : -1;
		}
		if (link_stopped(l)) {
			errno = ECANCELED;
			return -1;
		}
	}
	errno = ETIMEDOUT;
	return -1;
}

static int
connect_one(const struct link *l, const struct addrinfo *ai, int64_t deadline)
{
	const int on = 1;
	int	  fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	int	  flags, saved;

	if (fd == -1)
		return -1;
	flags = fcntl(fd, F_GETFL);
	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		goto fail;
	/* Without NODELAY every command waits up to 40 ms for a delayed acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return fd;
	if ((errno == EINPROGRESS || errno == EINTR) && wait_connected(l, fd, deadline) == 0)
		return fd;
fail:
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static int
fail_connect(const struct link *l, struct pd_err *e)
{
	const char *what;

	switch (errno) {
	case ECONNREFUSED:
		what = "; check that its SSH server runs and listens on this port";
		break;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		what = "; check that it is on, its address, and the network and firewalls in between";
		break;
	default:
		what = "";
	}
	return pd_fail(e, PD_REMOTE, "cannot connect to %s:%d: %s%s", l->address, l->port, strerror(errno), what);
}

int
link_tcp(const struct link *l, int64_t deadline, struct pd_err *e)
{
	struct addrinfo	 hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	char		 port[8];
	int		 left = 0, fd = -1, rv;

	(void)snprintf(port, sizeof(port), "%d", l->port);
	rv = getaddrinfo(l->address, port, &hints, &list);
	if (rv != 0)
		return pd_fail(e, PD_REMOTE,
		    "cannot find the address of %s (for %s:%d): %s; check the name and the name service", l->address,
		    l->address, l->port, gai_strerror(rv));
	for (const struct addrinfo *ai = list; ai != NULL; ai = ai->ai_next)
		left++;
	errno = ETIMEDOUT;
	for (const struct addrinfo *ai = list; ai != NULL && fd == -1; ai = ai->ai_next) {
		int64_t now = clock_mono_ms();	/* each address gets its share of what is left */

		fd = connect_one(l, ai, now + (deadline - now) / left--);
	}
	freeaddrinfo(list);
	return fd == -1 ? fail_connect(l, e) : fd;
}
