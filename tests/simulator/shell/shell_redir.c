/* SPDX-License-Identifier: ISC */
/*
 * Redirections.  Files lie below the VIOS' root; only root may write to one, the restricted
 * shell refuses every ">" that is not a copy of another stream.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/shell/shell.h"

struct shell_file {
	struct shell_file *next;
	struct sim_out	   out;
	int		   fd;		/* -1: thrown away */
	off_t		   left;	/* what a device still takes; -1: no limit */
};

static int
write_fd(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
drain_file(void *arg, const char *data, size_t len)
{
	struct shell_file *f = arg;
	int rv = 0;

	if (f->fd == -1)
		return 0;
	if (f->left >= 0 && (off_t)len > f->left) {	/* the end of a device */
		len = (size_t)f->left;
		rv = -1;
	}
	if (write_fd(f->fd, data, len) == -1)
		return -1;
	if (f->left >= 0)
		f->left -= (off_t)len;
	return rv;
}

static struct shell_file *
file_new(struct shell_redir *r, int fd)
{
	struct shell_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->fd = fd;
	f->left = -1;
	f->out.drain = drain_file;
	f->out.arg = f;
	f->next = r->files;
	r->files = f;
	return f;
}

static int
refuse(struct shell *sh, const char *path, const char *why)
{
	shell_error(sh, "%s: %s", path, why);
	return -1;
}

/* Opens a file for output and hangs it on the stream number fd. */
static int
redirect_out(struct shell *sh, const struct redir *d, const char *path, struct shell_redir *r)
{
	struct vfs_at at = shell_at(sh);
	struct shell_file *f;
	int fd;

	if (!sh->is_root) {
		(void)shell_restricted(sh, REFUSE_OUTPUT, path);
		return -1;
	}
	fd = vfs_open(&at, path, O_WRONLY | O_CREAT | (d->type == R_APPEND ? O_APPEND : O_TRUNC), 0644);
	if (fd == -1)
		return refuse(sh, path, errno == ENOENT || errno == EACCES ?
		    "0403-005 Cannot create the specified file." : vfs_strerror(errno));
	f = file_new(r, fd);
	if (f == NULL) {
		(void)close(fd);
		return -1;
	}
	f->left = vfs_limit(&at, path);
	if (d->fd == 1)
		sh->out = &f->out;
	else if (d->fd == 2)
		sh->err = &f->out;
	return 0;
}

static int
read_file(int fd, char **data, size_t *len)
{
	struct sim_out out = { 0 };
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 && sim_out_write(&out, buf, (size_t)n) == 0)
		;
	if (n != 0) {
		sim_out_free(&out);
		return -1;
	}
	*data = out.data;
	*len = out.len;
	return 0;
}

static void
set_input(struct shell *sh, struct shell_redir *r, const char *data, size_t len)
{
	struct stream *in = stream_memory(data, len);

	if (in == NULL)
		return;
	stream_free(r->new_in);
	r->new_in = in;
	sh->in = in;
}

static int
redirect_in(struct shell *sh, const struct redir *d, const char *path, struct shell_redir *r)
{
	struct vfs_at at = shell_at(sh);
	char *data = NULL, abs[VFS_PATH_MAX];
	size_t len = 0;
	int fd = -1, rv = 0;

	shell_proc_look(sh, path);
	if (vfs_absolute(&at, path, abs) == 0 && strcmp(abs, "/dev/null") != 0) {
		fd = strcmp(abs, "/dev/zero") != 0 ? vfs_open(&at, path, O_RDONLY, 0) : -1;
		if (fd == -1)
			return shell_no_file(sh, path);
		rv = read_file(fd, &data, &len);
		(void)close(fd);
	}
	if (rv == -1)
		return shell_no_file(sh, path);
	if (d->fd == 0)
		set_input(sh, r, data, len);
	free(data);
	return 0;
}

static int
redirect_heredoc(struct shell *sh, const struct redir *d, struct shell_redir *r)
{
	char *text = d->literal ? strdup(d->target) : shell_expand_heredoc(sh, d->target);

	if (text == NULL)
		return -1;
	if (d->fd == 0)
		set_input(sh, r, text, strlen(text));
	free(text);
	return 0;
}

/* < <(commands): they run first, to their end. */
static int
redirect_process(struct shell *sh, const struct redir *d, struct shell_redir *r)
{
	struct sim_out out = { 0 };
	struct shell sub;

	if (!sh->is_bash) {
		(void)shell_syntax_error(sh, &(struct parse_error){ .line = 1, .token = "<" });
		return -1;
	}
	if (sh->depth >= SHELL_DEPTH_MAX || shell_copy(&sub, sh) == -1)
		return -1;
	sub.depth++;
	sub.out = &out;
	(void)shell_run_text(&sub, d->target, strlen(d->target));
	sh->aborted |= sub.aborted;
	shell_fini(&sub);
	set_input(sh, r, out.data != NULL ? out.data : "", out.len);
	sim_out_free(&out);
	return 0;
}

/* n>&m: 1 and 2 only; n>&- throws away what comes. */
static int
redirect_dup(struct shell *sh, const struct redir *d, const char *target, struct shell_redir *r)
{
	struct sim_out *from = target[0] == '1' ? sh->out : target[0] == '2' ? sh->err : NULL;
	struct shell_file *f;

	if (strcmp(target, "-") == 0) {
		f = file_new(r, -1);
		if (f == NULL)
			return -1;
		from = &f->out;
		if (d->fd == 0)
			set_input(sh, r, "", 0);
	} else if (d->fd == 0) {
		return 0;
	} else if (from == NULL || target[1] != '\0') {
		return refuse(sh, target, "0403-009 The specified number is not valid for this command.");
	}
	if (d->fd == 1)
		sh->out = from;
	else if (d->fd == 2)
		sh->err = from;
	return 0;
}

static int
redirect(struct shell *sh, const struct redir *d, struct shell_redir *r)
{
	char *target;
	int rv = -1;

	if (d->type == R_HEREDOC)
		return redirect_heredoc(sh, d, r);
	if (d->type == R_PROCESS)
		return redirect_process(sh, d, r);
	target = shell_expand_one(sh, d->target);
	if (target == NULL)
		return -1;
	if (d->type == R_IN)
		rv = redirect_in(sh, d, target, r);
	else if (d->type == R_DUP)
		rv = redirect_dup(sh, d, target, r);
	else
		rv = redirect_out(sh, d, target, r);
	free(target);
	return rv;
}

int
shell_redir_begin(struct shell *sh, const struct redir *list, struct shell_redir *r)
{
	*r = (struct shell_redir){ .old_in = sh->in, .old_out = sh->out, .old_err = sh->err };
	for (; list != NULL; list = list->next) {
		if (redirect(sh, list, r) == -1) {
			shell_redir_end(sh, r);
			return -1;
		}
	}
	return 0;
}

void
shell_redir_end(struct shell *sh, struct shell_redir *r)
{
	struct shell_file *f;

	while ((f = r->files) != NULL) {
		r->files = f->next;
		(void)sim_out_flush(&f->out);
		if (f->fd != -1)
			(void)close(f->fd);
		sim_out_free(&f->out);
		free(f);
	}
	sh->in = r->old_in;
	sh->out = r->old_out;
	sh->err = r->old_err;
	stream_free(r->new_in);
	r->new_in = NULL;
}
