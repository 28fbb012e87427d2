/* SPDX-License-Identifier: ISC */
/*
 * conf.c - powerdirector.conf: which file may be believed, its plain options, its end.
 *
 * The file is opened once; what is judged is what is read.  powerdirector.conf(5) is its
 * manual, conf_scan.c has its grammar, policy/powerdirector.conf is the sample.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/conf_parts.h"
#include "spool/os/io.h"

#ifndef PD_TEMPLATE_DIR
#define PD_TEMPLATE_DIR "/usr/local/share/powerdirector/templates"
#endif
#ifndef PD_WORKER_FILE
#define PD_WORKER_FILE "/usr/local/sbin/powerdirector-worker"
#endif

#define PATH_LEN_MAX   1023
#define SOCKET_LEN_MAX 100	/* sun_path has 104 bytes on the smallest system, 108 on Linux */

static int
set_default(const struct conf_parse *p, char **out, const char *text)
{
	*out = strdup(text);
	return *out != NULL ? 0 : pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
}

static int
set_defaults(const struct conf_parse *p)
{
	struct pd_conf *c = p->conf;

	return set_default(p, &c->spool, "/var/spool/powerdirector") == -1 ||
	    set_default(p, &c->state, "/var/lib/powerdirector") == -1 ||
	    set_default(p, &c->socket, "/run/powerdirector/query") == -1 ||
	    set_default(p, &c->templates, PD_TEMPLATE_DIR) == -1 ||
	    set_default(p, &c->keys, "/etc/powerdirector/keys") == -1 ||
	    set_default(p, &c->worker, PD_WORKER_FILE) == -1 ||
	    set_default(p, &c->pam_service, "powerdirector") == -1 ? -1 : 0;
}

/* padmin's PATH on every VIOS level, and where ps is. */
static int
set_default_programs(struct conf_parse *p)
{
	static const char *const usual[] = { "/usr/ios/cli", "/usr/ios/utils", "/usr/ios/lpm/bin", "/usr/ios/oem",
		"/usr/ios/ldw/bin", "/usr/bin" };
	struct pd_list		*l = &p->conf->console_programs;

	if (l->n > 0)
		return 0;
	l->item = calloc(sizeof(usual) / sizeof(usual[0]), sizeof(*l->item));
	if (l->item == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	for (; l->n < sizeof(usual) / sizeof(usual[0]); l->n++)
		if (set_default(p, &l->item[l->n], usual[l->n]) == -1)
			return -1;
	return 0;
}

static int
set_programs(struct conf_parse *p)
{
	if (conf_list(p, p->cfg, "console-programs", conf_check_program_dir, &p->conf->console_programs) == -1)
		return -1;
	if (p->conf->console_programs.n > CONSOLE_PROGRAMS_MAX)
		return conf_fail(p, conf_word(p->cfg, "console-programs", 0)->line,
		    "console-programs: %zu directories, at most %d are possible", p->conf->console_programs.n,
		    CONSOLE_PROGRAMS_MAX);
	return set_default_programs(p);
}

static int
set_paths(struct conf_parse *p)
{
	struct pd_conf *c = p->conf;

	return conf_file_path(p, p->cfg, "spool", PATH_LEN_MAX, &c->spool) == -1 ||
	    conf_file_path(p, p->cfg, "state", PATH_LEN_MAX, &c->state) == -1 ||
	    conf_file_path(p, p->cfg, "socket", SOCKET_LEN_MAX, &c->socket) == -1 ||
	    conf_file_path(p, p->cfg, "templates", PATH_LEN_MAX, &c->templates) == -1 ||
	    conf_file_path(p, p->cfg, "keys", PATH_LEN_MAX, &c->keys) == -1 ||
	    conf_file_path(p, p->cfg, "worker", PATH_LEN_MAX, &c->worker) == -1 ||
	    conf_file_path(p, p->cfg, "pam-directory", PATH_LEN_MAX, &c->pam_directory) == -1 ? -1 : 0;
}

static int
set_record(struct conf_parse *p)
{
	const struct conf_word *w = conf_word(p->cfg, "record-consoles", 0);

	if (w != NULL && strcmp(w->text, "yes") != 0 && strcmp(w->text, "no") != 0)
		return conf_fail(p, w->line, "record-consoles: \"%.60s\" is neither yes nor no", w->text);
	p->conf->record_consoles = w != NULL && strcmp(w->text, "yes") == 0;
	return 0;
}

static int
set_plain(struct conf_parse *p)
{
	struct pd_conf *c = p->conf;

	if (conf_text(p, p->cfg, "pam-service", ARG_FILE, &c->pam_service) == -1 ||
	    conf_text(p, p->cfg, "service-account", ARG_FILE, &c->service_account) == -1 ||
	    conf_text(p, p->cfg, "spool-group", ARG_FILE, &c->spool_group) == -1)
		return -1;
	return set_record(p) == -1 || conf_set_placement(p) == -1 ? -1 : conf_set_limits(p);
}

/* Networks and roles first: tenants point at them, wherever they stand in the file. */
static int
set_sections(struct conf_parse *p)
{
	struct pd_conf *c = p->conf;

	c->roles = calloc(cfg_size(p->cfg, "role") + 1, sizeof(*c->roles));
	c->networks = calloc(cfg_size(p->cfg, "network") + 1, sizeof(*c->networks));
	c->tenants = calloc(cfg_size(p->cfg, "tenant") + 1, sizeof(*c->tenants));
	c->licenses = calloc(cfg_size(p->cfg, "license") + 1, sizeof(*c->licenses));
	c->rules = calloc(cfg_size(p->cfg, "platform") + 1, sizeof(*c->rules));
	if (c->roles == NULL || c->networks == NULL || c->tenants == NULL || c->licenses == NULL || c->rules == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	return conf_each(p, "network", conf_add_network) == -1 || conf_each(p, "role", conf_add_role) == -1 ||
	    conf_each(p, "license", conf_add_license) == -1 || conf_each(p, "platform", conf_add_rules) == -1 ||
	    conf_each(p, "tenant", conf_add_tenant) == -1 ? -1 : conf_check_members(p);
}

/* scratch: a copy of the text that the scan may change. */
static int
fill(struct conf_parse *p, char *scratch, size_t len)
{
	return conf_scan(p->file, scratch, len, &p->titles, p->e) == -1 || conf_tree_parse(p, scratch) == -1 ||
	    set_defaults(p) == -1 || set_paths(p) == -1 || set_programs(p) == -1 || set_plain(p) == -1 ? -1 : set_sections(p);
}

static int
keep_source(struct conf_parse *p, const char *text, size_t len)
{
	struct pd_conf *c = p->conf;

	c->file = strdup(p->file);
	c->text = malloc(len + 1);
	if (c->file == NULL || c->text == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	if (len > 0)
		memcpy(c->text, text, len);
	c->text[len] = '\0';
	c->text_len = len;
	return 0;
}

int
conf_parse(const char *name, const char *text, size_t len, struct pd_conf **conf, struct pd_err *e)
{
	struct pd_err	  local = { .code = PD_OK };
	struct conf_parse p = { .file = name, .e = e != NULL ? e : &local };
	char		 *scratch = NULL;
	int		  rv = -1;

	*conf = NULL;
	p.conf = calloc(1, sizeof(*p.conf));
	if (p.conf == NULL)
		return pd_fail_sys(e, PD_IO, "parse %s", name);
	if (keep_source(&p, text, len) == -1)
		goto out;
	scratch = malloc(len + 1);
	if (scratch == NULL) {
		pd_fail_sys(e, PD_IO, "parse %s", name);
		goto out;
	}
	memcpy(scratch, p.conf->text, len + 1);
	rv = fill(&p, scratch, len);
out:
	if (p.cfg != NULL)
		(void)cfg_free(p.cfg);
	free(p.titles.list);
	free(scratch);
	if (rv == 0)
		*conf = p.conf;
	else
		conf_free(p.conf);
	return rv;
}

static int
check_file(const char *path, const struct stat *st, uid_t owner, struct pd_err *e)
{
	if (!S_ISREG(st->st_mode))
		return pd_fail(e, PD_DENIED, "%s is not a regular file", path);
	if (st->st_uid != 0 && st->st_uid != owner)
		return pd_fail(e, PD_DENIED, "%s belongs to uid %ld; whoever owns it makes the policy: chown root %s",
		    path, (long)st->st_uid, path);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return pd_fail(e, PD_DENIED, "%s has mode %04o, others than its owner may write it: chmod go-w %s",
		    path, (unsigned)st->st_mode & 07777, path);
	if (st->st_size > CONF_FILE_MAX)
		return pd_fail(e, PD_BADDATA, "%s has %lld bytes, at most %d are possible", path,
		    (long long)st->st_size, CONF_FILE_MAX);
	return 0;
}

static int
read_and_parse(int fd, const char *path, uid_t owner, struct pd_conf **conf, struct pd_err *e)
{
	struct stat st;
	size_t	    len;
	char	   *text;
	int	    rv = -1;

	if (fstat(fd, &st) == -1)
		return pd_fail_sys(e, PD_IO, "stat %s", path);
	if (check_file(path, &st, owner, e) == -1)
		return -1;
	len = (size_t)st.st_size;
	text = malloc(len + 1);
	if (text == NULL)
		return pd_fail_sys(e, PD_IO, "read %s", path);
	if (len > 0 && io_read_all(fd, text, len) != 1)
		pd_fail_sys(e, PD_IO, "read %s", path);
	else
		rv = conf_parse(path, text, len, conf, e);
	free(text);
	return rv;
}

int
conf_load(const char *path, uid_t owner, struct pd_conf **conf, struct pd_err *e)
{
	int fd, rv;

	*conf = NULL;
	/* O_NONBLOCK: a fifo in its place must not hold us up. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return pd_fail_sys(e, PD_IO, "open configuration %s", path);
	rv = read_and_parse(fd, path, owner, conf, e);
	(void)close(fd);
	return rv;
}
