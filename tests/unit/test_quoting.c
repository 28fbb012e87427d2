/* SPDX-License-Identifier: ISC */
/*
 * test_quoting.c - what is printed comes back when it is parsed, whatever is in it: words of requests, records of consoles, values in
 * commands.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/lexer.h"
#include "handlers/sequence/capture.h"
#include "handlers/sequence/place.h"
#include "tests/unit/dice.h"

#define ROUNDS	  3000
#define WORDS_MAX 6
#define WORD_MAX  12

/* Of at least one character; the first half of the letters means nothing anywhere. */
static void
random_word(struct dice *d, const char *letters, char word[WORD_MAX + 1])
{
	size_t   n = 1 + dice_throw(d, WORD_MAX);
	unsigned few = (unsigned)strlen(letters) / (dice_throw(d, 2) ? 1 : 2);

	for (size_t i = 0; i < n; i++)
		word[i] = letters[dice_throw(d, few)];
	word[n] = '\0';
}

/* ---- words of a request ---- */

/* One piece of a word in one of the four styles, as a person or a program may write it. */
static char *
print_piece(struct dice *d, char *to, char c)
{
	switch (c == '\'' ? 1 + dice_throw(d, 2) : dice_throw(d, 4)) {
	case 0:
		return to + sprintf(to, "'%c'", c);
	case 1:
		return to + sprintf(to, strchr("\"\\$`", c) != NULL ? "\"\\%c\"" : "\"%c\"", c);
	case 2:
		return to + sprintf(to, "\\%c", c);
	default:
		return to + sprintf(to, strchr(" '\"\\", c) != NULL ? "\\%c" : "%c", c);
	}
}

Test(quoting, words_of_a_request_come_back)
{
	for (unsigned seed = 1; seed <= ROUNDS; seed++) {
		struct dice   d = { seed };
		char	      word[WORDS_MAX][WORD_MAX + 1], line[1024], *to = line;
		unsigned      n = 1 + dice_throw(&d, WORDS_MAX);
		struct words  w;
		struct pd_err e = { 0 };

		for (unsigned i = 0; i < n; i++) {
			random_word(&d, "abc-=,./ \"'\\$`;|&*?#~(){}!", word[i]);
			to += sprintf(to, "%s", i == 0 ? "" : dice_throw(&d, 2) ? " " : "\t ");
			for (const char *c = word[i]; *c != '\0'; c++)
				to = print_piece(&d, to, *c);
		}
		cr_assert_eq(lexer_split(line, (size_t)(to - line), &w, &e), 0, "seed %u: %s: %s", seed, line, e.msg);
		cr_assert_eq(w.argc, (int)n, "seed %u: %s", seed, line);
		for (unsigned i = 0; i < n; i++)
			cr_assert_str_eq(w.argv[i], word[i], "seed %u: %s", seed, line);
		words_free(&w);
	}
}

/* ---- records of a console ---- */

/* As consoles print a list: an element with a comma or a quote stands in quotes, in which quotes are doubled. */
static void
print_record(char *to, char field[][WORDS_MAX * 3 * WORD_MAX], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int is_quoted = strpbrk(field[i], ",\"") != NULL;

		to += sprintf(to, "%s%s", i > 0 ? "," : "", is_quoted ? "\"" : "");
		for (const char *c = field[i]; *c != '\0'; c++)
			to += sprintf(to, *c == '"' ? "\"\"" : "%c", *c);
		to += sprintf(to, "%s", is_quoted ? "\"" : "");
	}
}

static void
random_fields(struct dice *d, char field[][WORDS_MAX * 3 * WORD_MAX], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char *c = field[i];

		random_word(d, "abc/:-=,\"x9 ", c);
		/* blanks at both ends do not count */
		c[0] = c[0] == ' ' ? 'y' : c[0];
		c += strlen(c) - 1;
		*c = *c == ' ' ? 'z' : *c;
	}
}

static void
expect_fields(unsigned seed, char *record, char field[][WORDS_MAX * 3 * WORD_MAX], unsigned n)
{
	char  copy[8192], *got[WORDS_MAX + 1];
	size_t ngot;

	(void)snprintf(copy, sizeof(copy), "%s", record);
	ngot = capture_split(record, ",", got, WORDS_MAX + 1);
	cr_assert_eq(ngot, n, "seed %u: %zu fields of %s", seed, ngot, copy);
	for (unsigned i = 0; i < n; i++)
		cr_assert_str_eq(got[i], field[i], "seed %u: %s", seed, copy);
}

Test(quoting, records_and_the_lists_in_them_come_back)
{
	for (unsigned seed = 1; seed <= ROUNDS; seed++) {
		struct dice d = { seed };
		char	    inner[WORDS_MAX][WORDS_MAX * 3 * WORD_MAX], outer[WORDS_MAX][WORDS_MAX * 3 * WORD_MAX], record[8192];
		unsigned    n = 1 + dice_throw(&d, WORDS_MAX), m = 1 + dice_throw(&d, WORDS_MAX), at = dice_throw(&d, m);

		random_fields(&d, inner, n);
		random_fields(&d, outer, m);
		print_record(outer[at], inner, n);
		print_record(record, outer, m);
		expect_fields(seed, record, outer, m);
		expect_fields(seed, outer[at], inner, n);
	}
}

/* ---- values in commands ---- */

/* Every type that stands in commands, and the places where a sequence may have it. */
static const char *const types[] = { "lpar-name", "name", "word", "mode", "device", "lv", "pool", "path", "file", "media", "ip", "mask", "hostname", "mac",
	"wwpn", "mac-colon", "units", "label", "adapter", "mappings", "mtms" };
static const struct {
	const char *before, *behind;	/* the reference in the command */
	int	    word;		/* which of the command it is in */
	const char *name;		/* and stands in that word behind this */
	int	    is_list;		/* it is the first of two elements */
} places[] = {
	{ "w ", "", 1, "", 0 }, { "w \"", "\" x", 1, "", 0 }, { "w '", "' x", 1, "", 0 }, { "w -f ", " x", 2, "", 0 },
	{ "w -i a=", ",b=1", 2, "a=", 1 }, { "w -i \"a=", ",b=1\"", 2, "a=", 1 }, { "w -i 'a=", ",b=1'", 2, "a=", 1 },
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
expect_in_command(unsigned seed, const char *command, size_t at, const char *value)
{
	struct words  w;
	struct pd_err e = { 0 };
	char	      expected[VALUE_MAX + 8], *part[3], *got;

	cr_assert_eq(lexer_split(command, strlen(command), &w, &e), 0, "seed %u: %s: %s", seed, command, e.msg);
	cr_assert_gt(w.argc, places[at].word, "seed %u: %s", seed, command);
	got = w.argv[places[at].word];
	if (places[at].is_list) {
		cr_assert_eq(capture_split(got, ",", part, 3), 2, "seed %u: %s", seed, command);
		cr_assert_str_eq(part[1], "b=1", "seed %u: %s", seed, command);
	}
	(void)snprintf(expected, sizeof(expected), "%s%s", places[at].name, value);
	cr_assert_str_eq(got, expected, "seed %u: %s", seed, command);
	words_free(&w);
}

/* 1 = the value was taken by the type and came back. */
static int
try_value(unsigned seed, const char *type, size_t at, const char *value)
{
	const struct value_type *t = value_type_find(type);
	struct arena		 a = { 0 };
	struct place		 p;
	struct pd_err		 e = { 0 };
	json_t			*vars = json_pack("{s:s}", "v", value);
	struct scope		 s = { .vars = vars };
	char			 source[80], command[COMMAND_MAX], printed[VALUE_MAX];
	int			 rv;

	(void)snprintf(source, sizeof(source), "%s{v:%s}%s", places[at].before, type, places[at].behind);
	rv = place_parse(&a, "f", 1, source, PLACE_COMMAND, &p, &e) == 0 && place_fill(&p, &s, FILL_COMMAND, command, sizeof(command), &e) == 0;
	if (rv) {
		(void)snprintf(printed, sizeof(printed), "%s", value);
		if (t->print != NULL)
			t->print(printed, value);
		expect_in_command(seed, command, at, printed);
	}
	json_decref(vars);
	arena_free(&a);
	return rv;
}

/* Characters of the type, and now and then one that is not. */
static void
random_value(struct dice *d, const struct value_type *t, char value[64])
{
	size_t	 most = t->max < 40 ? t->max : 40, n = t->min + dice_throw(d, (unsigned)(most - t->min + 1));
	unsigned nchars = (unsigned)strlen(t->chars);

	for (size_t i = 0; i < n; i++)
		value[i] = t->chars[dice_throw(d, nchars)];
	if (dice_throw(d, 2))
		value[dice_throw(d, (unsigned)n)] = " ;|&$`\"'\\\n*?~=,(){}#!<>-"[dice_throw(d, 25)];
	value[n] = '\0';
}

Test(quoting, a_value_in_a_command_is_what_it_was)
{
	static const char *const sure[] = { "10.0.10.5", "255.255.255.0", "pd012_1", "10/v1/1,11/v2/2", "0.50", "9009-42A*78A1B2C", "/a/b.img",
		"db one", "eee91d8c800f" };

	for (size_t k = 0; k < COUNT(types); k++) {
		const struct value_type *t = value_type_find(types[k]);
		unsigned		 taken = 0;

		cr_assert_not_null(t, "%s", types[k]);
		for (size_t i = 0; i < COUNT(sure) * COUNT(places); i++)
			taken += (unsigned)try_value(0, types[k], i % COUNT(places), sure[i / COUNT(places)]);
		for (unsigned seed = 1; seed <= ROUNDS; seed++) {
			struct dice d = { seed };
			char	    value[64];

			random_value(&d, t, value);
			taken += (unsigned)try_value(seed, types[k], dice_throw(&d, COUNT(places)), value);
		}
		cr_expect_gt(taken, 0, "nothing was a %s", types[k]);
	}
}
