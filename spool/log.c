/* SPDX-License-Identifier: ISC */
/*
 * log.c - the director's log for people: one line per event, key=value.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/log.h"
#include "spool/os/clock.h"
#include "spool/os/io.h"
#include "spool/vis.h"

#define LINE_MAX_BYTES	2048	/* one write(2) of this much is not torn on a pipe (PIPE_BUF) */
#define VALUE_MAX_BYTES 600	/* struct pd_err's text, a little escaped */

static const char *
level_name(int level)
{
	switch (level) {
	case LOG_ERR:
		return "err";
	case LOG_WARNING:
		return "warning";
	case LOG_NOTICE:
		return "notice";
	case LOG_DEBUG:
		return "debug";
	default:
		return "info";
	}
}

/* A value as one word: escaped, and in quotes when it has a space or could be taken for a key. */
static void
add_pair(char *line, size_t size, const char *key, const char *value)
{
	char   text[VALUE_MAX_BYTES];
	size_t len = strlen(line);
	char  *quote;
	int    is_word;

	if (value == NULL)
		value = "";
	vis_encode(text, sizeof(text), value, strlen(value));
	while ((quote = strchr(text, '"')) != NULL)
		*quote = '\'';	/* a text keeps its sense, a reader of key="value" its grammar */
	is_word = text[0] != '\0' && strpbrk(text, " =") == NULL;
	(void)snprintf(line + len, size - len, is_word ? " %s=%s" : " %s=\"%s\"", key, text);
}

void
log_event(const struct log *log, int level, const char *event, ...)
{
	char	    line[LINE_MAX_BYTES], now[CLOCK_TEXT_LEN];
	const char *key;
	size_t	    len;
	va_list	    ap;

	if (log == NULL || level > log->level)
		return;
	(void)snprintf(line, sizeof(line) - 1, "%s level=%s event=%s", clock_text(now, clock_wall_ms()),
	    level_name(level), event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL)
		add_pair(line, sizeof(line) - 1, key, va_arg(ap, const char *));
	va_end(ap);
	if (log->to_syslog)
		syslog(level, "%s", line + CLOCK_TEXT_LEN);
	len = strlen(line);
	line[len] = '\n';
	if (log->fd != -1)
		(void)io_write_all(log->fd, line, len + 1);
}
