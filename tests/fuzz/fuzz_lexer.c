/* SPDX-License-Identifier: ISC */
/*
 * fuzz_lexer.c - any bytes as a request line: words without control characters, well-formed, within the bounds; and words
 * that are quoted again give the same words.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/lexer.h"
#include "spool/vis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 'word' 'it'\''s' ... */
static char *
quote_all(const struct words *w, size_t *len)
{
	char *line, *p;

	*len = 1;
	for (int i = 0; i < w->argc; i++)
		*len += 4 * strlen(w->argv[i]) + 3;
	p = line = malloc(*len);
	if (line == NULL)
		abort();
	for (int i = 0; i < w->argc; i++) {
		*p++ = '\'';
		for (const char *s = w->argv[i]; *s != '\0'; s++) {
			if (*s == '\'') {
				memcpy(p, "'\\'", 3);
				p += 3;
			}
			*p++ = *s;
		}
		*p++ = '\'';
		*p++ = ' ';
	}
	*len = (size_t)(p - line);
	return line;
}

static void
check_again(const struct words *w)
{
	struct words  again;
	struct pd_err e;
	size_t	      len;
	char	     *line = quote_all(w, &len);

	if (len <= REQUEST_MAX) {
		assert(lexer_split(line, len, &again, &e) == 0);
		assert(again.argc == w->argc);
		for (int i = 0; i < w->argc; i++)
			assert(strcmp(again.argv[i], w->argv[i]) == 0);
		words_free(&again);
	}
	free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words  w;
	struct pd_err e = { 0 };

	if (lexer_split((const char *)data, size, &w, &e) == -1) {
		assert(e.msg[0] != '\0' && strpbrk(e.msg, "\n\r\033") == NULL);
		assert(w.argv == NULL && w.text == NULL);
		return 0;
	}
	assert(size <= REQUEST_MAX && w.argc <= LEXER_WORDS_MAX && w.argv[w.argc] == NULL);
	for (int i = 0; i < w.argc; i++) {
		assert(strpbrk(w.argv[i], "\n\r\033\177") == NULL);
		assert(vis_is_utf8(w.argv[i], strlen(w.argv[i])));
	}
	check_again(&w);
	words_free(&w);
	return 0;
}
