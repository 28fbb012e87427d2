/* SPDX-License-Identifier: ISC */
/*
 * console_text.c - the line of an answer that tells a person what went wrong.
 *
 * VIOS verbs print a fixed banner, perhaps twice, blank lines, and then the message of AIX: "0516-404 allocp: This
 * system
 * ...".  Partition verbs print "[VIOSE01040014-0010] text".
 */
#include <ctype.h>
#include <string.h>

#include "handlers/sequence/capture.h"
#include "spool/vis.h"

static const char *const banner[] = {
	"Some error messages may contain invalid information",
	"for the Virtual I/O Server environment.",
};

static int
is_banner(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(banner) / sizeof(banner[0]); i++)
		if (n >= strlen(banner[i]) && strncmp(s, banner[i], strlen(banner[i])) == 0)
			return 1;
	return 0;
}

/* "0516-404 ..." anywhere after a program's name: "mkdev: 0514-548 ...". */
static int
has_number(const char *s, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i++) {
		size_t k;

		for (k = 0; k < 4 && isdigit((unsigned char)s[i + k]); k++)
			;
		if (k == 4 && s[i + 4] == '-' && isdigit((unsigned char)s[i + 5]) && isdigit((unsigned char)s[i + 6]) &&
		    isdigit((unsigned char)s[i + 7]) && (i + 8 == n || s[i + 8] == ' '))
			return 1;
	}
	return 0;
}

/* The best line of a stream; 0 = it has none. */
static size_t
best_line(const char *text, const char **best)
{
	size_t best_len = 0;

	while (*text != '\0') {
		size_t	    n = strcspn(text, "\n");
		const char *s = text;
		size_t	    len = n;

		text += n + (text[n] == '\n');
		for (; len > 0 && strchr(" \t\r", *s) != NULL; s++)
			len--;
		for (; len > 0 && strchr(" \t\r", s[len - 1]) != NULL; len--)
			;
		if (len == 0 || is_banner(s, len))
			continue;
		if (best_len == 0 || has_number(s, len)) {
			*best = s;
			best_len = len;
		}
		if (has_number(s, len))
			break;
	}
	return best_len;
}

char *
console_text(char *buf, size_t size, const char *out, const char *err)
{
	const char *s = "", *end;
	size_t	    n = best_line(err, &s);

	if (n == 0)
		n = best_line(out, &s);
	if (n > 5 && strncmp(s, "[VIOS", 5) == 0 && (end = memchr(s, ']', n)) != NULL) {
		n -= (size_t)(end + 1 - s);
		s = end + 1;
		for (; n > 0 && *s == ' '; s++)
			n--;
	}
	return vis_encode(buf, size, s, n);
}
