/* SPDX-License-Identifier: ISC */
/*
 * One connection: its thread, the login, and the loop that waits for the client and for the
 * workers, without ticks: libssh's event waits for the socket and for an eventfd.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/simulator/session.h"

#define SESSION_STACK	((size_t)1024 * 1024)
#define CUT_FLUSH_MS	2000	/* how long output may take that is still to be sent before a cut */

void
conn_wake(struct conn *c)
{
	uint64_t one = 1;
	bool wake;

	pthread_mutex_lock(&c->lock);
	wake = !c->woken;
	c->woken = true;
	pthread_mutex_unlock(&c->lock);
	if (wake && write(c->wake_fd, &one, sizeof(one)) == -1)
		return;		/* the counter is full: it wakes all the same */
}

static int
on_wake(socket_t fd, int revents, void *arg)
{
	struct conn *c = arg;
	uint64_t n;

	(void)revents;
	if (read(fd, &n, sizeof(n)) == -1)
		return 0;
	pthread_mutex_lock(&c->lock);
	c->woken = false;
	pthread_mutex_unlock(&c->lock);
	return 0;
}

void
conn_unref(struct conn *c)
{
	int refs;

	pthread_mutex_lock(&c->lock);
	refs = --c->refs;
	pthread_mutex_unlock(&c->lock);
	if (refs != 0)
		return;
	(void)close(c->wake_fd);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static int
auth_result(struct conn *c, const char *user, bool ok)
{
	if (ok) {
		snprintf(c->user, sizeof(c->user), "%s", user);
		c->authenticated = true;
		return SSH_AUTH_SUCCESS;
	}
	c->auth_failures++;
	return SSH_AUTH_DENIED;
}

/* A line for people, before they are in. */
static void
tell(struct conn *c, const char *said)
{
	ssh_string text = said[0] == '\0' ? NULL : ssh_string_from_char(said);

	if (text != NULL)
		(void)ssh_send_issue_banner(c->ssh, text);
	ssh_string_free(text);
}

static int
on_password(ssh_session session, const char *user, const char *password, void *arg)
{
	struct conn *c = arg;
	char said[128];
	bool ok;

	(void)session;
	if (user == NULL || password == NULL)
		return SSH_AUTH_DENIED;
	ok = auth_password(c->server->auth, user, password, said);
	tell(c, said);
	return auth_result(c, user, ok);
}

static int
on_pubkey(ssh_session session, const char *user, struct ssh_key_struct *key, char state, void *arg)
{
	struct conn *c = arg;
	bool ok;

	(void)session;
	if (user == NULL || (state != SSH_PUBLICKEY_STATE_NONE && state != SSH_PUBLICKEY_STATE_VALID))
		return auth_result(c, "", false);
	ok = auth_key(c->server->auth, user, key);
	if (ok && state == SSH_PUBLICKEY_STATE_NONE)
		return SSH_AUTH_SUCCESS;	/* "this key would do": not logged in yet */
	return auth_result(c, user, ok);
}

static int
on_none(ssh_session session, const char *user, void *arg)
{
	(void)session;
	(void)user;
	(void)arg;
	return SSH_AUTH_DENIED;
}

/* keyboard-interactive has no callback in libssh 0.10: 0 handled, 1 not. */
static int
on_message(ssh_session session, ssh_message message, void *arg)
{
	static char aix[] = "padmin's Password: ", hmc[] = "Password: ";
	static char echo[] = "";
	struct conn *c = arg;
	const char *prompts[] = { c->server->sim->hmc != NULL ? hmc : aix }, *answer;
	char said[128];

	if (ssh_message_type(message) != SSH_REQUEST_AUTH ||
	    ssh_message_subtype(message) != SSH_AUTH_METHOD_INTERACTIVE || c->server->auth->opt->n_passwords == 0)
		return 1;
	if (!ssh_message_auth_kbdint_is_response(message)) {
		/* the user's name is only known here, not with the answer */
		snprintf(c->user, sizeof(c->user), "%s", ssh_message_auth_user(message));
		return ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo) == SSH_OK ? 0 : 1;
	}
	answer = ssh_userauth_kbdint_getnanswers(session) == 1 ? ssh_userauth_kbdint_getanswer(session, 0) : NULL;
	if (answer == NULL || !auth_password(c->server->auth, c->user, answer, said)) {
		if (answer != NULL)
			tell(c, said);
		c->auth_failures++;
		return 1;
	}
	c->authenticated = true;
	(void)ssh_message_auth_reply_success(message, 0);
	return 0;
}

static int
service_request(ssh_session session, const char *service, void *arg)
{
	(void)session;
	(void)service;
	(void)arg;
	return 0;
}

static int
session_begin(struct conn *c)
{
	int methods = SSH_AUTH_METHOD_PUBLICKEY;

	if (c->server->auth->opt->n_passwords != 0)
		methods |= SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE;
	c->callbacks = (struct ssh_server_callbacks_struct){
		.userdata = c,
		.auth_password_function = on_password,
		.auth_none_function = on_none,
		.auth_pubkey_function = on_pubkey,
		.service_request_function = service_request,
		.channel_open_request_session_function = chan_open,
	};
	ssh_callbacks_init(&c->callbacks);
	ssh_set_blocking(c->ssh, 0);
	ssh_set_auth_methods(c->ssh, methods);
	(void)ssh_set_server_callbacks(c->ssh, &c->callbacks);
	ssh_set_message_callback(c->ssh, on_message, c);
	c->event = ssh_event_new();
	if (c->event == NULL || ssh_event_add_fd(c->event, c->wake_fd, POLLIN, on_wake, c) != SSH_OK)
		return -1;
	/* not blocking: it only sends the banner and waits for nothing */
	if (ssh_handle_key_exchange(c->ssh) == SSH_ERROR)
		return -1;
	return ssh_event_add_session(c->event, c->ssh) == SSH_OK ? 0 : -1;
}

/* Channels that are over leave the list; only here, never inside a callback. */
static void
sweep(struct conn *c)
{
	struct chan **pp = &c->chans;

	while (*pp != NULL) {
		struct chan *ch = *pp;

		if (!chan_is_over(ch)) {
			pp = &ch->next;
			continue;
		}
		*pp = ch->next;
		c->n_chans--;
		chan_release(ch);
	}
}

static bool
output_is_out(struct conn *c)
{
	bool out = true;

	pthread_mutex_lock(&c->lock);
	for (struct chan *ch = c->chans; ch != NULL; ch = ch->next)
		out = out && (ch->queue[0].len + ch->queue[1].len == 0 || ch->closed);
	pthread_mutex_unlock(&c->lock);
	return out;
}

/* Has a fault asked to cut, and is it time? */
static bool
cut_now(struct conn *c)
{
	int cut;

	pthread_mutex_lock(&c->lock);
	cut = c->cut;
	pthread_mutex_unlock(&c->lock);
	if (cut == CUT_AFTER_OUTPUT + 1 && output_is_out(c)) {
		(void)ssh_blocking_flush(c->ssh, CUT_FLUSH_MS);
		return true;
	}
	return cut == CUT_NOW + 1;
}

static bool
must_end(struct conn *c)
{
	bool stop;

	pthread_mutex_lock(&c->lock);
	stop = c->stop;
	pthread_mutex_unlock(&c->lock);
	return stop || (ssh_get_status(c->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0 ||
	    c->auth_failures >= AUTH_TRIES_MAX || cut_now(c);
}

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static void
session_loop(struct conn *c)
{
	long deadline = now_ms() + LOGIN_GRACE_MS, left;

	while (!must_end(c)) {
		left = c->authenticated ? -1 : deadline - now_ms();
		if (left <= 0 && !c->authenticated)
			break;
		/* an error is that of this session: must_end() sees it */
		if (ssh_event_dopoll(c->event, (int)left) == SSH_ERROR && must_end(c))
			break;
		for (struct chan *ch = c->chans; ch != NULL; ch = ch->next)
			chan_pump(ch);
		sweep(c);
	}
}

static void
session_end(struct conn *c)
{
	struct chan *ch;

	(void)shutdown(ssh_get_fd(c->ssh), SHUT_RDWR);
	for (ch = c->chans; ch != NULL; ch = ch->next)
		chan_gone(ch);
	if (c->event != NULL) {
		(void)ssh_event_remove_session(c->event, c->ssh);
		(void)ssh_event_remove_fd(c->event, c->wake_fd);
		ssh_event_free(c->event);
	}
	while ((ch = c->chans) != NULL) {
		c->chans = ch->next;
		chan_release(ch);
	}
	ssh_disconnect(c->ssh);
	ssh_free(c->ssh);
}

static void
forget(struct conn *c)
{
	struct server *srv = c->server;
	struct conn **pp;

	pthread_mutex_lock(&srv->lock);
	for (pp = &srv->conns; *pp != NULL && *pp != c; pp = &(*pp)->next)
		;
	if (*pp == c)
		*pp = c->next;
	srv->n_conns--;
	pthread_mutex_unlock(&srv->lock);
}

static void
session_main(void *arg)
{
	struct conn *c = arg;

	if (session_begin(c) == 0)
		session_loop(c);
	session_end(c);
	forget(c);
	conn_unref(c);
}

static bool
admit(struct server *srv, struct conn *c)
{
	bool ok;

	pthread_mutex_lock(&srv->lock);
	ok = srv->n_conns < CONNECTIONS_MAX && !srv->stopping;
	if (ok) {
		c->id = ++srv->next_id;
		c->next = srv->conns;
		srv->conns = c;
		srv->n_conns++;
	}
	pthread_mutex_unlock(&srv->lock);
	return ok;
}

/* Takes the descriptor; 0, or -1 when the connection was refused. */
int
conn_start(struct server *srv, int fd, const char *peer)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		(void)close(fd);
		return -1;
	}
	c->server = srv;
	c->refs = 1;
	pthread_mutex_init(&c->lock, NULL);
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	c->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->ssh = ssh_new();
	if (c->wake_fd == -1 || c->ssh == NULL || ssh_bind_accept_fd(srv->bind, c->ssh, fd) != SSH_OK) {
		(void)close(fd);
		ssh_free(c->ssh);
		conn_unref(c);
		return -1;
	}
	if (!admit(srv, c) || procs_thread(c->server->sim->procs, SESSION_STACK, session_main, c) == -1) {
		if (c->id != 0)
			forget(c);
		ssh_disconnect(c->ssh);
		ssh_free(c->ssh);
		conn_unref(c);
		return -1;
	}
	return 0;
}
