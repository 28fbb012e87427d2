/* SPDX-License-Identifier: ISC */
/*
 * grep, egrep and fgrep, with AIX' -p: a match prints its whole paragraph, that is everything
 * between empty lines; and with -o of GNU, which an HMC has: a match prints what matched alone.
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/util/util.h"

struct grep {
	struct shell *sh;
	bool	      extended, fixed, icase, invert, word, line, count, quiet, names, no_names, numbers;
	bool	      paragraphs, silent, parts;
	struct fields patterns;
	regex_t	     *regexes;
	size_t	      n_regexes;
	bool	      show_name;
};

static bool
is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does a match from a to b satisfy -w and -x? */
static bool
fits(const struct grep *g, const char *s, size_t len, size_t a, size_t b)
{
	if (g->line)
		return a == 0 && b == len;
	return !g->word || ((a == 0 || !is_word_char(s[a - 1])) && (b == len || !is_word_char(s[b])));
}

static bool
match_fixed(const struct grep *g, const char *pattern, const char *s, size_t len)
{
	size_t n = strlen(pattern);

	for (size_t i = 0; i + n <= len; i++) {
		if ((g->icase ? strncasecmp(s + i, pattern, n) : strncmp(s + i, pattern, n)) == 0 &&
		    fits(g, s, len, i, i + n))
			return true;
	}
	return false;
}

static bool
match_regex(const struct grep *g, const regex_t *re, const char *s, size_t len)
{
	regmatch_t m;
	size_t from = 0;

	while (from <= len) {
		m.rm_so = (regoff_t)from;
		m.rm_eo = (regoff_t)len;
		if (regexec(re, s, 1, &m, REG_STARTEND | (from > 0 ? REG_NOTBOL : 0)) != 0)
			return false;
		if ((!g->word && !g->line) || fits(g, s, len, (size_t)m.rm_so, (size_t)m.rm_eo))
			return true;
		from = (size_t)m.rm_so + 1;
	}
	return false;
}

static bool
matches(const struct grep *g, const char *s, size_t len)
{
	for (size_t i = 0; i < g->patterns.n; i++) {
		if (g->fixed ? match_fixed(g, g->patterns.v[i], s, len) : match_regex(g, &g->regexes[i], s, len))
			return true;
	}
	return false;
}

/* The line at s, or with -p the paragraph. */
static size_t
next_unit(const struct grep *g, const char *s, const char *end, const char **next)
{
	const char *p = s, *nl;

	for (;;) {
		nl = memchr(p, '\n', (size_t)(end - p));
		*next = nl != NULL ? nl + 1 : end;
		if (!g->paragraphs || nl == NULL || *next == end || **next == '\n')
			break;
		p = *next;
	}
	return (size_t)((nl != NULL ? nl : end) - s);
}

static bool
unit_matches(const struct grep *g, const char *s, size_t len)
{
	const char *end = s + len, *nl;

	if (!g->paragraphs)
		return matches(g, s, len);
	for (; s <= end; s = nl + 1) {
		nl = memchr(s, '\n', (size_t)(end - s));
		if (matches(g, s, (size_t)((nl != NULL ? nl : end) - s)))
			return true;
		if (nl == NULL)
			break;
	}
	return false;
}

static void
print_hit(const struct grep *g, const char *name, unsigned long number, const char *s, size_t len)
{
	if (g->show_name)
		sim_out_printf(g->sh->out, "%s:", name);
	if (g->numbers)
		sim_out_printf(g->sh->out, "%lu:", number);
	sim_out_write(g->sh->out, s, len);
	sim_out_write(g->sh->out, "\n", 1);
	if (g->paragraphs)
		sim_out_write(g->sh->out, "\n", 1);
}

/* -o: every match of the line, by the first pattern that has one. */
static void
print_parts(const struct grep *g, const char *name, unsigned long number, const char *s, size_t len)
{
	for (size_t i = 0, from = 0; i < g->n_regexes && from <= len; i++) {
		regmatch_t m = { .rm_so = (regoff_t)from, .rm_eo = (regoff_t)len };

		while (from <= len && regexec(&g->regexes[i], s, 1, &m, REG_STARTEND | (from > 0 ? REG_NOTBOL : 0)) == 0) {
			if (m.rm_eo > m.rm_so)
				print_hit(g, name, number, s + m.rm_so, (size_t)(m.rm_eo - m.rm_so));
			from = (size_t)m.rm_eo + (m.rm_eo == m.rm_so);
			m = (regmatch_t){ .rm_so = (regoff_t)from, .rm_eo = (regoff_t)len };
		}
	}
}

static bool
grep_text(const struct grep *g, const char *name, const char *s, size_t len)
{
	const char *end = s + len, *next;
	unsigned long number = 0, hits = 0;

	for (; s < end && !g->sh->out->failed; s = next) {
		size_t n;

		while (g->paragraphs && s + 1 < end && *s == '\n')
			s++;
		n = next_unit(g, s, end, &next);
		number++;
		if ((g->paragraphs && n == 0) || unit_matches(g, s, n) == g->invert)
			continue;
		hits++;
		if (g->quiet || g->names)
			break;
		if (g->parts && !g->count && !g->invert)
			print_parts(g, name, number, s, n);
		else if (!g->count)
			print_hit(g, name, number, s, n);
	}
	if (g->count && g->show_name)
		sim_out_printf(g->sh->out, "%s:", name);
	if (g->count)
		sim_out_printf(g->sh->out, "%lu\n", hits);
	if (g->names && hits > 0 && !g->quiet)
		sim_out_printf(g->sh->out, "%s\n", name);
	return hits > 0;
}

/* A pattern list has one pattern a line. */
static int
add_patterns(struct grep *g, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\n");

		if (fields_add(&g->patterns, strndup(text, n)) == -1)
			return -1;
		if (text[n] == '\0')
			return 0;
		text += n + 1;
	}
}

static int
compile(struct grep *g)
{
	int flags = (g->extended ? REG_EXTENDED : 0) | (g->icase ? REG_ICASE : 0);

	if (g->fixed)
		return 0;
	g->regexes = calloc(g->patterns.n, sizeof(*g->regexes));
	if (g->regexes == NULL)
		return -1;
	for (; g->n_regexes < g->patterns.n; g->n_regexes++) {
		if (regcomp(&g->regexes[g->n_regexes], g->patterns.v[g->n_regexes], flags) != 0)
			return -1;
	}
	return 0;
}

static bool
take_letter(struct grep *g, char c)
{
	switch (c) {
	case 'E':
		g->extended = true;
		break;
	case 'F':
		g->fixed = true;
		break;
	case 'i':
	case 'y':
		g->icase = true;
		break;
	case 'v':
		g->invert = true;
		break;
	case 'w':
		g->word = true;
		break;
	case 'x':
		g->line = true;
		break;
	case 'c':
		g->count = true;
		break;
	case 'q':
		g->quiet = true;
		break;
	case 'l':
		g->names = true;
		break;
	case 'h':
		g->no_names = true;
		break;
	case 'n':
		g->numbers = true;
		break;
	case 'p':
		g->paragraphs = !g->sh->is_bash;
		return g->paragraphs;
	case 'o':
		g->parts = g->sh->is_bash;
		return g->parts;
	case 's':
		g->silent = true;
		break;
	default:
		return false;
	}
	return true;
}

/* The index of the first operand, or -1. */
static int
take_options(struct grep *g, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		for (const char *p = argv[i] + 1; *p != '\0'; p++) {
			if (*p == 'e') {
				const char *value = p[1] != '\0' ? p + 1 : ++i < argc ? argv[i] : NULL;

				if (value == NULL || add_patterns(g, value) == -1)
					return -1;
				break;
			}
			if (!take_letter(g, *p))
				return -1;
		}
	}
	return i;
}

static int
grep_files(struct grep *g, const char *name, int argc, char **argv)
{
	int status = 1;
	char *data;
	size_t len;

	g->show_name = argc > 1 && !g->no_names;
	if (argc == 0) {
		if (stream_read_all(g->sh->in, &data, &len) == -1)
			return 2;
		status = grep_text(g, "(standard input)", data, len) ? 0 : 1;
		free(data);
		return status;
	}
	for (int i = 0; i < argc; i++) {
		if (util_read_file(g->sh, argv[i], &data, &len) == -1) {
			if (!g->silent)
				util_no_file(g->sh, name, "0652-033", argv[i]);
			status = 2;
			continue;
		}
		if (grep_text(g, argv[i], data, len) && status == 1)
			status = 0;
		free(data);
	}
	return status;
}

int
util_grep(struct shell *sh, int argc, char **argv)
{
	struct grep g = { .sh = sh };
	int i, status = 2;

	g.extended = strcmp(argv[0], "egrep") == 0;
	g.fixed = strcmp(argv[0], "fgrep") == 0;
	i = take_options(&g, argc, argv);
	if (i != -1 && g.patterns.n == 0 && i < argc)
		(void)add_patterns(&g, argv[i++]);
	if (i == -1 || g.patterns.n == 0)
		sim_out_puts(sh->err, sh->is_bash ? "Usage: grep [OPTION]... PATTERNS [FILE]...\n" : "Usage: grep [-E|-F] [-c|-l|-q] [-insvxbhwyu] [-p[parasep]] "
		    "-e pattern_list... [-f pattern_file...] [file...]\n");
	else if (compile(&g) == -1)
		sim_out_puts(sh->err, "grep: 0652-141 There is a regular expression error.\n");
	else
		status = grep_files(&g, argv[0], argc - i, argv + i);
	while (g.n_regexes > 0)
		regfree(&g.regexes[--g.n_regexes]);
	free(g.regexes);
	fields_free(&g.patterns);
	return status;
}
