/* SPDX-License-Identifier: ISC */
/*
 * local_words.c - a console's command line as an argument vector.  No shell reads it, so what needs one is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/local.h"

struct splitter {
	const char    *p;
	char	      *out;
	struct pd_err *e;
};

static int
needs_shell(const struct splitter *s)
{
	return pd_fail(s->e, PD_BADDATA,
	    "the command needs a shell for its %c: on the VIOS itself only plain programs are run, "
	    "others as root",
	    *s->p);
}

static int
no_end(const struct splitter *s, char quote)
{
	return pd_fail(s->e, PD_BADDATA, "a quote %c of the command has no end", quote);
}

/* s->p is behind the opening quote. */
static int
quoted(struct splitter *s, char quote)
{
	while (*s->p != '\0' && *s->p != quote) {
		if (quote == '"' && (*s->p == '$' || *s->p == '`'))
			return needs_shell(s);
		if (quote == '"' && *s->p == '\\' && s->p[1] != '\0' && strchr("\"\\$`", s->p[1]) != NULL)
			s->p++;
		*s->out++ = *s->p++;
	}
	if (*s->p == '\0')
		return no_end(s, quote);
	s->p++;
	return 0;
}

/* One word from s->p, which is no blank, to the next blank outside quotes. */
static int
word(struct splitter *s)
{
	const char *begin = s->p;

	while (*s->p != '\0' && *s->p != ' ') {
		if (*s->p == '"' || *s->p == '\'') {
			if (quoted(s, *s->p++) == -1)
				return -1;
			continue;
		}
		if (strchr("|&;<>()$`*?[]{}!", *s->p) != NULL || (s->p == begin && (*s->p == '#' || *s->p == '~')))
			return needs_shell(s);
		if (*s->p == '\\' && *++s->p == '\0')
			return no_end(s, '\\');
		*s->out++ = *s->p++;
	}
	*s->out++ = '\0';
	return 0;
}

static int
split(struct splitter *s, struct local_words *w)
{
	for (;;) {
		while (*s->p == ' ')
			s->p++;
		if (*s->p == '\0')
			return w->argc > 0 ? 0 : pd_fail(s->e, PD_BADDATA, "the command is empty");
		if (w->argc == LOCAL_WORDS_MAX)
			return pd_fail(s->e, PD_BADDATA, "the command has more than %d words", LOCAL_WORDS_MAX);
		w->argv[w->argc++] = s->out;
		if (word(s) == -1)
			return -1;
	}
}

int
local_split(const char *command, struct local_words *w, struct pd_err *e)
{
	struct splitter s = { .p = command, .e = e };

	memset(w, 0, sizeof(*w));
	for (const unsigned char *c = (const unsigned char *)command; *c != '\0'; c++)
		if (*c < 0x20 || *c >= 0x7f)
			return pd_fail(e, PD_BADDATA, "the command holds a byte that is not printable ASCII");
	/* A word is never longer than what it is written as, and the last one gets its NUL. */
	if ((w->text = s.out = malloc(strlen(command) + 2)) == NULL)
		return pd_fail_sys(e, PD_BUG, "split a command");
	if (split(&s, w) == 0)
		return 0;
	local_words_free(w);
	return -1;
}

void
local_words_free(struct local_words *w)
{
	free(w->text);
	memset(w, 0, sizeof(*w));
}
