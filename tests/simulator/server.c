/* SPDX-License-Identifier: ISC */
/*
 * The listening socket and the main loop.  Connections are accepted here, non-blocking as
 * libssh needs them, and handed to a thread each.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/simulator/fault.h"
#include "tests/simulator/server.h"
#include "tests/simulator/session.h"

#define STOP_WAIT_MS	10000

static int
listen_on(const struct options *opt, unsigned wanted, unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)wanted) };
	socklen_t len = sizeof(a);
	int fd, one = 1;

	if (inet_pton(AF_INET, opt->host, &a.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == -1 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(fd, 512) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1) {
		(void)close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

/* Written whole under another name first: whoever waits for it never reads half a number. */
static int
write_port(const char *state_dir, const char *name, unsigned port)
{
	char *path = NULL, *tmp = NULL;
	FILE *fp = NULL;
	int rv = -1;
	const char *dash = name[0] != '\0' ? "-" : "";

	if (asprintf(&path, "%s/port%s%s", state_dir, dash, name) == -1)
		path = NULL;
	if (asprintf(&tmp, "%s/port%s%s.new", state_dir, dash, name) == -1)
		tmp = NULL;
	if (path != NULL && tmp != NULL)
		fp = fopen(tmp, "we");
	if (fp != NULL) {
		fprintf(fp, "%u\n", port);
		rv = fclose(fp);
	}
	if (rv == 0)
		rv = rename(tmp, path);
	free(path);
	free(tmp);
	return rv;
}

static void
accept_all(struct server *srv, int listen_fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	char peer[64];
	int fd, one = 1;

	while ((fd = accept4(listen_fd, (struct sockaddr *)&a, &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
		if (srv->off || (srv->site->up != NULL && !srv->site->up(srv->site->arg))) {
			(void)close(fd);
			continue;
		}
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (inet_ntop(AF_INET, &a.sin_addr, peer, sizeof(peer)) == NULL)
			strcpy(peer, "?");
		(void)conn_start(srv, fd, peer);
		len = sizeof(a);
	}
}

static void
reload_faults(const struct sim *sim, const struct options *opt)
{
	char *path = NULL, err[256];
	int n;

	if (sim == NULL || asprintf(&path, "%s/faults", opt->state_dir) == -1)
		return;
	if (access(path, F_OK) == 0) {
		n = faults_load(sim->faults, path, err, sizeof(err));
		if (n == -1)
			fprintf(stderr, "powerdirector-sim: %s\n", err);
		else
			printf("faults: %d\n", n);
		fflush(stdout);
	}
	free(path);
}

static void
end_connections(struct server *srv)
{
	pthread_mutex_lock(&srv->lock);
	for (struct conn *c = srv->conns; c != NULL; c = c->next) {
		pthread_mutex_lock(&c->lock);
		c->stop = true;
		pthread_mutex_unlock(&c->lock);
		conn_wake(c);
	}
	pthread_mutex_unlock(&srv->lock);
}

/* STATE/off or STATE/off-NAME: this site answers nobody, and drops whom it has. */
static void
look_off(struct server *srv, const struct options *opt)
{
	const char *name = srv->site->name;
	char *path = NULL;

	if (asprintf(&path, "%s/off%s%s", opt->state_dir, name[0] != '\0' ? "-" : "", name) == -1)
		return;
	srv->off = access(path, F_OK) == 0;
	if (srv->off)
		end_connections(srv);
	free(path);
}

/* Reads a signal; true when it is time to end. */
static bool
take_signal(int signal_fd, struct server *srv, size_t n, const struct options *opt)
{
	struct signalfd_siginfo si;

	if (read(signal_fd, &si, sizeof(si)) != sizeof(si))
		return false;
	if (si.ssi_signo != SIGHUP)
		return true;
	for (size_t i = 0; i < n; i++)
		look_off(&srv[i], opt);
	reload_faults(srv[0].sim, opt);
	return false;
}

static void
serve(struct server *srv, size_t n, int signal_fd, const struct options *opt)
{
	struct pollfd p[SITES_MAX + 1] = { { .fd = signal_fd, .events = POLLIN } };

	for (size_t i = 0; i < n; i++)
		p[i + 1] = (struct pollfd){ .fd = srv[i].listen_fd, .events = POLLIN };
	for (;;) {
		if (poll(p, (nfds_t)n + 1, -1) == -1)
			continue;
		if (p[0].revents != 0 && take_signal(signal_fd, srv, n, opt))
			return;
		for (size_t i = 0; i < n; i++)
			if (p[i + 1].revents != 0)
				accept_all(&srv[i], srv[i].listen_fd);
	}
}

/* No connection any more: ends those which are there and waits for the threads. */
static void
stop(struct server *srv)
{
	(void)close(srv->listen_fd);
	srv->listen_fd = -1;
	pthread_mutex_lock(&srv->lock);
	srv->stopping = true;
	pthread_mutex_unlock(&srv->lock);
	end_connections(srv);
	procs_kill_all(srv->sim->procs);
	if (procs_wait_idle(srv->sim->procs, STOP_WAIT_MS) == -1) {
		fprintf(stderr, "powerdirector-sim: a command did not end\n");
		_exit(1);	/* its thread still uses what main() would free */
	}
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static ssh_bind
make_bind(ssh_key key)
{
	ssh_bind b = ssh_bind_new();
	int no = 0;

	if (b == NULL)
		return NULL;
	/* the bind owns the key from now on */
	if (ssh_bind_options_set(b, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
	    ssh_bind_options_set(b, SSH_BIND_OPTIONS_IMPORT_KEY, key) != SSH_OK) {
		ssh_bind_free(b);
		return NULL;
	}
	return b;
}

static int
site_listen(struct server *srv, const struct options *opt, unsigned *port, char *err, size_t errlen)
{
	const struct site *site = srv->site;

	srv->listen_fd = listen_on(opt, site->port, port);
	if (srv->listen_fd == -1) {
		snprintf(err, errlen, "cannot listen on %s:%u: %s", opt->host, site->port, strerror(errno));
		return -1;
	}
	if (write_port(opt->state_dir, site->name, *port) == -1) {
		snprintf(err, errlen, "cannot write %s/port: %s", opt->state_dir, strerror(errno));
		return -1;
	}
	return 0;
}

/* The first site comes last: who sees its port sees all of them. */
static int
sites_listen(struct server *srv, size_t n, const struct options *opt, const char *fingerprint, char *err,
    size_t errlen)
{
	unsigned port = 0;

	for (size_t i = n; i-- > 0;) {
		if (site_listen(&srv[i], opt, &port, err, errlen) == -1)
			return -1;
		printf("%s%slistening on %s:%u host key %s\n", srv[i].site->name, i > 0 ? " " : "", opt->host, port,
		    fingerprint);
	}
	fflush(stdout);
	return 0;
}

int
server_run(const struct site *sites, size_t n, const struct options *opt, char *err, size_t errlen)
{
	struct server srv[SITES_MAX] = { 0 };
	char fingerprint[128];
	ssh_key key = auth_host_key(opt, fingerprint, sizeof(fingerprint), err, errlen);
	ssh_bind bind = NULL;
	int signal_fd = -1, rv = -1;

	if (key == NULL)
		return -1;
	bind = make_bind(key);
	for (size_t i = 0; i < n; i++) {
		srv[i] = (struct server){ .site = &sites[i], .sim = sites[i].sim, .auth = &sites[i].auth, .bind = bind,
			.listen_fd = -1 };
		pthread_mutex_init(&srv[i].lock, NULL);
	}
	signal_fd = open_signals();
	if (bind == NULL || signal_fd == -1) {
		snprintf(err, errlen, "cannot start the server: %s", strerror(errno));
	} else if (sites_listen(srv, n, opt, fingerprint, err, errlen) == 0) {
		serve(srv, n, signal_fd, opt);
		for (size_t i = 0; i < n; i++)
			stop(&srv[i]);
		rv = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (srv[i].listen_fd != -1)
			(void)close(srv[i].listen_fd);
		pthread_mutex_destroy(&srv[i].lock);
	}
	if (signal_fd != -1)
		(void)close(signal_fd);
	if (bind != NULL)
		ssh_bind_free(bind);
	return rv;
}
