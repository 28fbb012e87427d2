/* SPDX-License-Identifier: ISC */
/*
 * ssh_key.c - the two keys of a connection: the server's, compared by fingerprint, and ours, read
 * from a file that nobody else can read.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/transport/ssh_link.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"

#define KEY_FILE_MAX (64 * 1024)	/* an RSA key of 16384 bits has 13 KiB */

int
link_server_key(const struct link *l, char *fp, size_t size, struct pd_err *e)
{
	ssh_key	       key = NULL;
	unsigned char *hash = NULL;
	size_t	       len = 0;
	char	      *text = NULL;
	int	       rv = -1;

	if (ssh_get_server_publickey(l->session, &key) == SSH_OK &&
	    ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) == SSH_OK)
		text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
	if (text != NULL && strlen(text) < size) {
		(void)snprintf(fp, size, "%s", text);
		rv = 0;
	} else
		pd_fail(e, PD_REMOTE, "%s:%d shows a host key that cannot be read", l->address, l->port);
	ssh_string_free_char(text);
	ssh_clean_pubkey_hash(&hash);
	ssh_key_free(key);
	return rv;
}

static int
check_key_file(int fd, const char *file, struct pd_err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat key file %s", file);
	if (!S_ISREG(st.st_mode))
		return pd_fail(e, PD_DENIED, "key file %s is not a regular file", file);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return pd_fail(e, PD_DENIED,
		    "key file %s belongs to uid %lu; it must belong to root or to the account that uses it", file,
		    (unsigned long)st.st_uid);
	if ((st.st_mode & 077) != 0)
		return pd_fail(e, PD_DENIED, "key file %s has mode %04o; chmod 600 it, nobody else may read it", file,
		    (unsigned)(st.st_mode & 07777));
	if (st.st_size > KEY_FILE_MAX)
		return pd_fail(e, PD_DENIED, "key file %s has %lld bytes, more than a key has", file, (long long)st.st_size);
	return 0;
}

/* Judged and read through one descriptor: the file cannot be exchanged in between. */
static int
read_key_file(const char *file, char *buf, size_t size, struct pd_err *e)
{
	int	fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t	len = 0;
	ssize_t n = 1;

	if (fd == -1)
		return pd_fail_sys(e, PD_DENIED, "open key file %s", file);
	if (check_key_file(fd, file, e) == -1) {
		(void)close(fd);
		return -1;
	}
	while (len < size - 1 && n != 0) {
		n = read(fd, buf + len, size - 1 - len);
		if (n == -1 && errno != EINTR)
			break;
		if (n > 0)
			len += (size_t)n;
	}
	if (n == -1)
		pd_fail_sys(e, PD_IO, "read key file %s", file);
	buf[len] = '\0';
	(void)close(fd);
	return n == -1 ? -1 : 0;
}

int
link_load_key(const char *file, ssh_key *key, struct pd_err *e)
{
	const size_t size = KEY_FILE_MAX + 1;
	char	    *buf = malloc(size);
	int	     rv;

	*key = NULL;
	if (buf == NULL)
		return pd_fail_sys(e, PD_IO, "read key file %s", file);
	rv = read_key_file(file, buf, size, e);
	/* An empty passphrase, not NULL: with NULL the crypto library would ask on the terminal. */
	if (rv == 0 && ssh_pki_import_privkey_base64(buf, "", NULL, NULL, key) != SSH_OK)
		rv = pd_fail(e, PD_DENIED, "key file %s holds no private key that can be used, or one with a passphrase", file);
	port_wipe(buf, size);
	free(buf);
	return rv;
}
