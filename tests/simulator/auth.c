/* SPDX-License-Identifier: ISC */
/*
 * Who may log in, and the server's own key.  The administrator always exists; the users of
 * --password do, too.  A key counts when it is in --authorized-keys or in the authorized_keys2 file that
 * mkauthkeys writes below the user's home directory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/simulator/auth.h"
#include "tests/simulator/vfs.h"

static const char *
password_of(const struct auth *a, const char *user, size_t i)
{
	const char *entry = a->opt->passwords[i], *colon = strchr(entry, ':');
	size_t n = (size_t)(colon - entry);

	return strlen(user) == n && memcmp(entry, user, n) == 0 ? colon + 1 : NULL;
}

bool
auth_user_exists(const struct auth *a, const char *user)
{
	if (strcmp(user, a->admin) == 0)
		return true;
	for (size_t i = 0; i < a->opt->n_passwords; i++) {
		if (password_of(a, user, i) != NULL)
			return true;
	}
	return false;
}

bool
auth_password(const struct auth *a, const char *user, const char *password, char said[128])
{
	bool ok = false;

	said[0] = '\0';
	if (lockout_refuses(a->lockout, user, said, 128))
		return false;
	for (size_t i = 0; i < a->opt->n_passwords; i++) {
		const char *p = password_of(a, user, i);

		if (p != NULL && strcmp(p, password) == 0)
			ok = true;
	}
	lockout_note(a->lockout, user, ok);
	return ok;
}

/* Does the line hold this key?  Options in front of the key type are skipped. */
static bool
line_has_key(char *line, ssh_key key)
{
	enum ssh_keytypes_e type = SSH_KEYTYPE_UNKNOWN;
	char *save = NULL, *word;
	ssh_key listed = NULL;
	bool ok;

	if (line[0] == '#')
		return false;
	for (word = strtok_r(line, " \t\r\n", &save); word != NULL; word = strtok_r(NULL, " \t\r\n", &save)) {
		type = ssh_key_type_from_name(word);
		if (type != SSH_KEYTYPE_UNKNOWN)
			break;
	}
	word = word != NULL ? strtok_r(NULL, " \t\r\n", &save) : NULL;
	if (word == NULL || ssh_pki_import_pubkey_base64(word, type, &listed) != SSH_OK)
		return false;
	ok = ssh_key_cmp(listed, key, SSH_KEY_CMP_PUBLIC) == 0;
	ssh_key_free(listed);
	return ok;
}

static bool
file_has_key(FILE *fp, ssh_key key)
{
	char *line = NULL;
	size_t size = 0;
	bool ok = false;

	if (fp == NULL)
		return false;
	while (!ok && getline(&line, &size, fp) != -1)
		ok = line_has_key(line, key);
	free(line);
	(void)fclose(fp);
	return ok;
}

bool
auth_key(const struct auth *a, const char *user, ssh_key key)
{
	struct vfs_at at = { .vfs = a->vfs, .cwd = "/", .is_root = true };
	char path[VFS_PATH_MAX];
	int fd;

	if (!auth_user_exists(a, user) || strchr(user, '/') != NULL || user[0] == '.')
		return false;
	if (a->opt->authorized_keys != NULL && file_has_key(fopen(a->opt->authorized_keys, "re"), key))
		return true;
	snprintf(path, sizeof(path), "/home/%.100s/.ssh/authorized_keys2", user);
	fd = vfs_open(&at, path, 0, 0);
	return fd != -1 && file_has_key(fdopen(fd, "r"), key);
}

static ssh_key
make_key(const char *file, char *err, size_t errlen)
{
	mode_t old = umask(077);	/* the export obeys nothing else */
	ssh_key key = NULL;

	if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK ||
	    ssh_pki_export_privkey_file(key, NULL, NULL, NULL, file) != SSH_OK) {
		snprintf(err, errlen, "cannot make the host key %s", file);
		ssh_key_free(key);
		key = NULL;
	}
	(void)umask(old);
	return key;
}

static int
write_public(const char *state_dir, ssh_key key)
{
	char *path = NULL, *b64 = NULL;
	FILE *fp = NULL;
	int rv = -1;

	if (asprintf(&path, "%s/host_key.pub", state_dir) == -1)
		path = NULL;
	if (path != NULL && ssh_pki_export_pubkey_base64(key, &b64) == SSH_OK)
		fp = fopen(path, "we");
	if (fp != NULL) {
		fprintf(fp, "%s %s\n", ssh_key_type_to_char(ssh_key_type(key)), b64);
		rv = fclose(fp);
	}
	ssh_string_free_char(b64);
	free(path);
	return rv;
}

static int
fingerprint_of(ssh_key key, char *text, size_t size)
{
	unsigned char *hash = NULL;
	size_t len;
	char *s;
	int n = 0;

	if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) != SSH_OK)
		return -1;
	s = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
	ssh_clean_pubkey_hash(&hash);
	if (s != NULL)
		n = snprintf(text, size, "%s", s);
	ssh_string_free_char(s);
	return n > 0 ? 0 : -1;
}

ssh_key
auth_host_key(const struct options *opt, char *fingerprint, size_t size, char *err, size_t errlen)
{
	char *file = NULL;
	ssh_key key = NULL;

	if (asprintf(&file, "%s%s", opt->host_key != NULL ? opt->host_key : opt->state_dir,
	    opt->host_key != NULL ? "" : "/host_key") == -1)
		return NULL;
	snprintf(err, errlen, "cannot read the host key %s", file);
	if (access(file, F_OK) == 0)
		(void)ssh_pki_import_privkey_file(file, NULL, NULL, NULL, &key);
	else
		key = make_key(file, err, errlen);
	free(file);
	if (key != NULL && (write_public(opt->state_dir, key) == -1 ||
	    fingerprint_of(key, fingerprint, size) == -1)) {
		snprintf(err, errlen, "cannot write %s/host_key.pub: %s", opt->state_dir, strerror(errno));
		ssh_key_free(key);
		key = NULL;
	}
	return key;
}
