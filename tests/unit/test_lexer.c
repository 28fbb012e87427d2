/* SPDX-License-Identifier: ISC */
/*
 * test_lexer.c - the request line: POSIX quoting and nothing else of a shell.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/lexer.h"

/* The words with '|' between them, or "!CODE text". */
static const char *
split_n(const char *line, size_t len)
{
	static char   out[1024];
	struct words  w;
	struct pd_err e = { 0 };

	if (lexer_split(line, len, &w, &e) == -1) {
		cr_assert_null(w.argv);
		(void)snprintf(out, sizeof(out), "!%d %s", code_exit(e.code), e.msg);
		return out;
	}
	out[0] = '\0';
	for (int i = 0; i < w.argc; i++)
		(void)snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s", i > 0 ? "|" : "", w.argv[i]);
	cr_assert_null(w.argv[w.argc]);
	words_free(&w);
	return out;
}

static const char *
split(const char *line)
{
	return split_n(line, strlen(line));
}

Test(lexer, blanks_and_tabs_separate_words)
{
	cr_assert_str_eq(split("create-vm web1 --cpu 0.5"), "create-vm|web1|--cpu|0.5");
	cr_assert_str_eq(split("  a\t b  "), "a|b");
	cr_assert_str_eq(split(""), "");
	cr_assert_str_eq(split(" \t "), "");
}

Test(lexer, single_quotes_keep_everything)
{
	cr_assert_str_eq(split("a 'b c' 'd\\e\"f$g'"), "a|b c|d\\e\"f$g");
	cr_assert_str_eq(split("a''b ''"), "ab|");
}

Test(lexer, double_quotes_keep_all_but_four_escapes)
{
	cr_assert_str_eq(split("\"a b\" \"c\\\"d\" \"e\\\\f\" \"g\\$h\\`i\" \"j\\k\""), "a b|c\"d|e\\f|g$h`i|j\\k");
	cr_assert_str_eq(split("x\"y z\"'w v'u"), "xy zw vu");
}

Test(lexer, a_backslash_keeps_the_next_character)
{
	cr_assert_str_eq(split("a\\ b \\'c \\\"d \\\\ \\$x"), "a b|'c|\"d|\\|$x");
}

Test(lexer, nothing_expands_and_nothing_is_an_operator)
{
	cr_assert_str_eq(split("$HOME `id` $(id) * ? [a] ~ {a,b} !x"), "$HOME|`id`|$(id)|*|?|[a]|~|{a,b}|!x");
	cr_assert_str_eq(split("a;b a&&b a|b >x <y #z"), "a;b|a&&b|a|b|>x|<y|#z");
}

Test(lexer, a_quote_without_its_end_is_refused_with_its_position)
{
	cr_assert_str_eq(split("create-vm 'web1"), "!65 the quote ' at byte 11 of the request has no end");
	cr_assert_str_eq(split("\"a\\\""), "!65 the quote \" at byte 1 of the request has no end");
	cr_assert_str_eq(split("a \\"), "!65 the request ends in a backslash");
}

Test(lexer, control_bytes_are_refused_with_their_position)
{
	cr_assert(strstr(split("list-vms\nid"), "!65 line break at byte 9") != NULL);
	cr_assert(strstr(split("a\rb"), "line break at byte 2") != NULL);
	cr_assert(strstr(split("a \033[31m"), "\\x1B at byte 3") != NULL);
	cr_assert(strstr(split("'a\177'"), "\\x7F at byte 3") != NULL);
	cr_assert(strstr(split_n("a\0b", 3), "\\x00 at byte 2") != NULL);
	cr_assert(strstr(split("a\xc2\x9b" "b"), "U+009B at byte 2") != NULL);
}

Test(lexer, bytes_that_are_not_utf8_are_refused_with_their_position)
{
	cr_assert(strstr(split("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f") != NULL);
	cr_assert(strstr(split("\xe6\x97\xa5 \xff"), "!65 byte \\xFF at byte 5") != NULL);
	cr_assert(strstr(split("a\xc0\x80"), "\\xC0 at byte 2") != NULL);	/* overlong NUL */
	cr_assert(strstr(split("a\xed\xa0\x80"), "\\xED at byte 2") != NULL);	/* surrogate */
	cr_assert(strstr(split("a\xe6\x97"), "\\xE6 at byte 2") != NULL);	/* cut short */
}

Test(lexer, length_is_bounded)
{
	char *line = malloc(REQUEST_MAX + 2);

	memset(line, 'a', REQUEST_MAX + 1);
	line[REQUEST_MAX + 1] = '\0';
	cr_assert(strstr(split(line), "!65 the request has 65537 bytes, at most 65536") != NULL);
	line[REQUEST_MAX] = '\0';
	cr_assert(split(line)[0] == 'a');
	free(line);
}

Test(lexer, words_are_counted)
{
	char line[2 * LEXER_WORDS_MAX + 3];

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i % 2 ? ' ' : 'a';
	line[2 * LEXER_WORDS_MAX] = '\0';
	cr_assert(split(line)[0] == 'a');
	line[2 * LEXER_WORDS_MAX] = 'a';
	line[2 * LEXER_WORDS_MAX + 1] = '\0';
	cr_assert(strncmp(split(line), "!64 the request has more than 256 words", 39) == 0);
}
