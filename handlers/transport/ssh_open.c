/* SPDX-License-Identifier: ISC */
/*
 * ssh_open.c - opening and closing the SSH session of a link.
 *
 * Order that matters: options (no configuration file, no ProxyCommand), TCP, key exchange, host key
 * against the pinned fingerprint, and only then our key.  libssh itself connects and logs in to a
 * server with a wrong key without a word; the comparison here is the only one.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/clock.h"
#include "spool/vis.h"

/*
 * A server has several host keys and the administrator pinned one of them, perhaps not the one that
 * the default order gets shown.  Each family is tried before the key counts as changed.
 */
#define ECDSA "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"
#define RSA   "rsa-sha2-512,rsa-sha2-256,ssh-rsa"
static const char *const families[] = { "ssh-ed25519," ECDSA "," RSA, "ssh-ed25519", ECDSA, RSA };
#define NFAMILIES (sizeof(families) / sizeof(families[0]))

/*
 * Consoles are old: SHA-1, CBC and group 1 are offered, but last, so that a newer server never ends
 * up with them.  The library leaves out names that it does not know.
 */
#define CIPHERS "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com," \
		"aes256-ctr,aes192-ctr,aes128-ctr,aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc"
#define MACS	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512," \
		"hmac-sha1-etm@openssh.com,hmac-sha1"
static const struct {
	enum ssh_options_e option;
	const char	  *names;
} algorithms[] = {
	{ SSH_OPTIONS_KEY_EXCHANGE,
	    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group-exchange-sha256,"
	    "diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,"
	    "diffie-hellman-group1-sha1" },
	{ SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "ssh-ed25519," ECDSA "," RSA },
	{ SSH_OPTIONS_CIPHERS_C_S, CIPHERS },
	{ SSH_OPTIONS_CIPHERS_S_C, CIPHERS },
	{ SSH_OPTIONS_HMAC_C_S, MACS },
	{ SSH_OPTIONS_HMAC_S_C, MACS },
};

const char *
link_error(const struct link *l, char *buf, size_t size)
{
	const char *text = l->session == NULL ? "" : ssh_get_error(l->session);

	return vis_encode(buf, size, text, strlen(text));
}

void
link_close(struct link *l)
{
	if (l->event != NULL) {
		(void)ssh_event_remove_session(l->event, l->session);
		ssh_event_free(l->event);
	}
	if (l->session != NULL) {
		ssh_disconnect(l->session);
		ssh_free(l->session);	/* closes the socket */
	}
	l->event = NULL;
	l->session = NULL;
}

static int
set_options(struct link *l, unsigned family, int fd, struct pd_err *e)
{
	const int no = 0, yes = 1;
	ssh_session s = l->session;

	/* PROCESS_CONFIG first: it keeps ~/.ssh/config and /etc/ssh/ssh_config out of everything. */
	if (ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_HOST, "console") != SSH_OK ||	/* a label: the socket is ours */
	    ssh_options_set(s, SSH_OPTIONS_USER, l->user[0] != '\0' ? l->user : "nobody") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_SSH_DIR, "/nonexistent") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_NODELAY, &yes) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_HOSTKEYS, families[family]) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_FD, &fd) != SSH_OK)
		goto refused;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (ssh_options_set(s, algorithms[i].option, algorithms[i].names) != SSH_OK)
			goto refused;
	return 0;
refused:
	return pd_fail(e, PD_BUG, "the SSH library refuses an option: %s", ssh_get_error(s));
}

/* Until the socket has something or a slice is over.  0 = go on, -1 = deadline or stop. */
static int
wait_session(const struct link *l, int64_t deadline, struct pd_err *e)
{
	struct pollfd p = { .fd = ssh_get_fd(l->session), .events = POLLIN };
	int	      slice = link_slice(deadline);

	if (slice == 0)
		return pd_fail(e, PD_REMOTE,
		    "%s:%d did not finish the SSH login within %d s; check that it is not overloaded", l->address,
		    l->port, l->connect_timeout_ms / 1000);
	if (link_stopped(l))
		return pd_fail(e, PD_REMOTE, "connecting to %s:%d was stopped", l->address, l->port);
	if ((ssh_get_poll_flags(l->session) & SSH_WRITE_PENDING) != 0)
		p.events |= POLLOUT;
	(void)poll(&p, 1, slice);
	return 0;
}

static int
exchange_keys(struct link *l, int64_t deadline, struct pd_err *e)
{
	char text[160];
	int  rc;

	while ((rc = ssh_connect(l->session)) == SSH_AGAIN)
		if (wait_session(l, deadline, e) == -1)
			return -1;
	if (rc == SSH_OK)
		return 0;
	return pd_fail(e, PD_REMOTE,
	    "%s:%d does not agree on an SSH session: %s; check that this port is its SSH server", l->address, l->port,
	    link_error(l, text, sizeof(text)));
}

/* TCP and key exchange; the host key is not judged. */
static int
open_transport(struct link *l, unsigned family, int64_t deadline, struct pd_err *e)
{
	int fd = link_tcp(l, deadline, e);

	if (fd == -1)
		return -1;
	l->session = ssh_new();
	if (l->session == NULL || set_options(l, family, fd, e) == -1) {
		if (l->session == NULL)
			pd_fail(e, PD_BUG, "the SSH library has no memory for a session");
		(void)close(fd);
		link_close(l);
		return -1;
	}
	memset(l->raw, 0, sizeof(*l->raw));
	ssh_set_counters(l->session, NULL, l->raw);
	ssh_set_blocking(l->session, 0);
	if (exchange_keys(l, deadline, e) == -1) {
		link_close(l);
		return -1;
	}
	return 0;
}

static int
fail_changed(const struct link *l, const char *shown, struct pd_err *e)
{
	return pd_fail(e, PD_DENIED,
	    "host key of %s:%d changed: expected %s, it shows %s; if its administrator confirms "
	    "the new key, register the platform again with --host-key, otherwise somebody stands in between",
	    l->address, l->port, l->host_key, shown);
}

/* 1 = the pinned key, 0 = another one (its fingerprint in shown, nothing open), -1 = error. */
static int
open_and_compare(struct link *l, unsigned family, int64_t deadline, char *shown, struct pd_err *e)
{
	if (open_transport(l, family, deadline, e) == -1)
		return -1;
	if (link_server_key(l, shown, LINK_FP_LEN, e) == -1) {
		link_close(l);
		return -1;
	}
	if (strcmp(shown, l->host_key) == 0) {
		l->family = family;	/* the next connection asks for it at once */
		return 1;
	}
	link_close(l);
	return 0;
}

static int
open_pinned(struct link *l, int64_t deadline, struct pd_err *e)
{
	char	      shown[LINK_FP_LEN] = "", other[LINK_FP_LEN];
	struct pd_err ignored;
	unsigned      first = l->family;
	int	      rv;

	if (l->host_key[0] == '\0')
		return pd_fail(e, PD_DENIED, "%s:%d has no host key registered, so nobody logs in there", l->address, l->port);
	rv = open_and_compare(l, first, deadline, shown, e);
	for (unsigned f = 0; rv == 0 && f < NFAMILIES; f++)
		if (f != first && open_and_compare(l, f, deadline, other, &ignored) == 1)
			rv = 1;	/* a family that the server does not have is no error */
	return rv == 0 ? fail_changed(l, shown, e) : rv == 1 ? 0 : -1;
}

static int
fail_login(const struct link *l, int rc, struct pd_err *e)
{
	char text[160];

	if (rc == SSH_AUTH_PARTIAL)
		return pd_fail(e, PD_DENIED,
		    "%s:%d wants more than a key from %s; allow this account to log in with its key alone", l->address,
		    l->port, l->user);
	if (rc == SSH_AUTH_DENIED)
		return pd_fail(e, PD_DENIED, "%s:%d refuses %s with key %s; check that its public half is in the "
		    "account's authorized_keys there", l->address, l->port, l->user, l->key_file);
	/* It said good-bye instead of no, as sshd does after the last attempt that it allows: that is a refusal too. */
	return pd_fail(e,
	    strstr(link_error(l, text, sizeof(text)), "SSH_MSG_DISCONNECT") != NULL ? PD_DENIED : PD_REMOTE,
	    "%s:%d cut the line during the login of %s: %s", l->address, l->port, l->user, text);
}

static int
login(struct link *l, int64_t deadline, struct pd_err *e)
{
	ssh_key key;
	int	rc, rv = 0;

	if (link_load_key(l->key_file, &key, e) == -1)
		return -1;
	while (rv == 0 && (rc = ssh_userauth_publickey(l->session, NULL, key)) != SSH_AUTH_SUCCESS)
		/* The library says "again" for good when the server has said good-bye. */
		rv = rc == SSH_AUTH_AGAIN && ssh_is_connected(l->session) ? wait_session(l, deadline, e) :
		    fail_login(l, rc, e);
	ssh_key_free(key);
	return rv;
}

static int64_t
connect_deadline(const struct link *l)
{
	return clock_mono_ms() + l->connect_timeout_ms;
}

int
link_open(struct link *l, struct pd_err *e)
{
	int64_t deadline = connect_deadline(l);

	if (open_pinned(l, deadline, e) == -1)
		return -1;
	if (login(l, deadline, e) == -1) {
		link_close(l);
		return -1;
	}
	l->event = ssh_event_new();
	if (l->event == NULL || ssh_event_add_session(l->event, l->session) != SSH_OK) {
		link_close(l);
		return pd_fail(e, PD_BUG, "the SSH library has no memory for an event loop");
	}
	return 0;
}

int
link_is_up(struct link *l)
{
	if (l->session == NULL)
		return 0;
	return ssh_event_dopoll(l->event, 0) != SSH_ERROR && ssh_is_connected(l->session);
}

int
link_fingerprint(struct link *l, char *fp, size_t size, struct pd_err *e)
{
	int rv;

	if (open_transport(l, 0, connect_deadline(l), e) == -1)
		return -1;
	rv = link_server_key(l, fp, size, e);
	link_close(l);
	return rv;
}
