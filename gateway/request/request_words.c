/* SPDX-License-Identifier: ISC */
/*
 * request_words.c - where the request comes from: the program's own words, the client's
 * command line, or stdin.
 *
 * What a file transfer program, a subsystem or somebody who expects a shell sends gets one and
 * the same refusal.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/gateway.h"
#include "gateway/request/lexer.h"
#include "spool/os/clock.h"

#define STDIN_LIMIT_MS 30000	/* for the whole request */

/* First words of those who want a shell or a file server, and of habits. */
static const char *const foreign[] = {
	"internal-sftp", "sftp-server", "sftp", "scp", "rsync", "sh", "bash", "ksh", "ksh93", "csh", "tcsh", "zsh", "dash",
	"exec", "eval", "env", "sudo", "su", "cd", "cat", "ls", "id", "uname", "echo", "true", "exit", "git-upload-pack",
	"git-receive-pack", "git-upload-archive", "cvs", "svnserve", "mosh-server", "tar", "dd", "netcat", "nc", NULL
};

static int
is_foreign(const char *word)
{
	const char *slash = strrchr(word, '/');

	if (slash != NULL)
		return 1;	/* a path: no command of ours has one */
	for (size_t i = 0; foreign[i] != NULL; i++)
		if (strcmp(foreign[i], word) == 0)
			return 1;
	return 0;
}

static int
refuse_foreign(struct pd_err *e)
{
	return pd_fail(e, PD_USAGE,
	    "this account only takes PowerDirector's requests; it has no shell, no sftp, scp or rsync, "
	    "and no forwarding; try: ssh HOST help");
}

/* Until end of file, one byte more than is allowed, or the end of patience. */
int
gateway_read_stdin(char *buf, size_t size, size_t *len, struct pd_err *e)
{
	int64_t	      end = clock_mono_ms() + STDIN_LIMIT_MS, left;
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t	      n;

	for (*len = 0; *len < size; *len += (size_t)n) {
		left = end - clock_mono_ms();
		if (left <= 0 || poll(&in, 1, (int)left) == 0)
			return pd_fail(e, PD_USAGE, "no whole request came on stdin within %d seconds", STDIN_LIMIT_MS / 1000);
		n = read(STDIN_FILENO, buf + *len, size - *len);
		if (n == 0)
			return 0;
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return pd_fail_sys(e, PD_IO, "read the request from stdin");
		if (n == -1)
			n = 0;
	}
	return 0;
}

static int
from_stdin(struct request *req, struct pd_err *e)
{
	char  *buf = malloc(REQUEST_MAX + 1);
	size_t len;
	int    rv = -1;

	if (buf == NULL)
		return pd_fail(e, PD_IO, "no memory for the request");
	if (gateway_read_stdin(buf, REQUEST_MAX + 1, &len, e) == 0)
		rv = request_from_json(buf, len, req, e);
	free(buf);
	return rv;
}

static int
from_words(int argc, char *const *argv, struct request *req, struct pd_err *e)
{
	if (argc > 0 && strcmp(argv[0], "-") != 0 && is_foreign(argv[0]))
		return refuse_foreign(e);
	if (argc == 1 && strcmp(argv[0], "-") == 0)
		return from_stdin(req, e);
	return request_parse(argc, argv, req, e);
}

static int
from_line(const char *line, size_t len, int is_whole, struct request *req, struct pd_err *e)
{
	struct words w;
	int	     rv;

	if (lexer_split(line, len, &w, e) == -1)
		return -1;
	rv = is_whole || w.argc != 1 || strcmp(w.argv[0], "-") != 0 ? from_words(w.argc, w.argv, req, e) :
	    pd_fail(e, PD_USAGE, "- is not a request of a batch");
	words_free(&w);
	return rv;
}

int
gateway_understand_line(const char *line, size_t len, struct request *req, struct pd_err *e)
{
	memset(req, 0, sizeof(*req));
	return from_line(line, len, 0, req, e);
}

int
gateway_understand(struct gateway *g, struct pd_err *e)
{
	memset(&g->req, 0, sizeof(g->req));
	if (g->inv.argc == 0)
		return g->launch.original == NULL ? from_line("", 0, 1, &g->req, e) :
		    from_line(g->launch.original, strlen(g->launch.original), 1, &g->req, e);
	if (g->inv.argc > LEXER_WORDS_MAX)
		return pd_fail(e, PD_USAGE, "the request has more than %d words", LEXER_WORDS_MAX);
	for (int i = 0; i < g->inv.argc; i++)
		if (lexer_check_bytes(g->inv.argv[i], strlen(g->inv.argv[i]), e) == -1)
			return -1;
	return from_words(g->inv.argc, g->inv.argv, &g->req, e);
}
