/* SPDX-License-Identifier: ISC */
/* Filters on lines: cut, head, tail, wc, sort, uniq; and tr. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/util/util.h"

/* The line at s without its newline; *next is the one after it. */
static size_t
line_len(const char *s, const char *end, const char **next)
{
	const char *nl = memchr(s, '\n', (size_t)(end - s));

	*next = nl != NULL ? nl + 1 : end;
	return (size_t)((nl != NULL ? nl : end) - s);
}

static int
usage(struct shell *sh, const char *text)
{
	sim_out_printf(sh->err, "Usage: %s\n", text);
	return 2;
}

/* "-n 5", "-n5", "-5" and "+5" in front of the operands: how head and tail are told to count. */
static int
take_count(int argc, char **argv, long *count, bool *from_start)
{
	const char *s = NULL;
	int i = 1;

	*from_start = false;
	if (argc > 1 && strcmp(argv[1], "-n") == 0 && argc > 2) {
		s = argv[2];
		i = 3;
	} else if (argc > 1 && strncmp(argv[1], "-n", 2) == 0) {
		s = argv[1] + 2;
		i = 2;
	} else if (argc > 1 && (argv[1][0] == '-' || argv[1][0] == '+') && argv[1][1] != '\0') {
		s = argv[1] + (argv[1][0] == '-');
		i = 2;
	}
	if (s != NULL) {
		*from_start = *s == '+';
		*count = labs(strtol(s, NULL, 10));
	}
	return i;
}

int
util_head(struct shell *sh, int argc, char **argv)
{
	const char *s, *end, *next;
	long count = 10;
	bool unused;
	int i = take_count(argc, argv, &count, &unused);
	char *data;
	size_t len;

	if (util_read_input(sh, "head", argc - i, argv + i, &data, &len) == -1)
		return 1;
	for (s = data, end = data + len; s < end && count-- > 0; s = next)
		(void)line_len(s, end, &next);
	sim_out_write(sh->out, data, (size_t)(s - data));
	free(data);
	return 0;
}

int
util_tail(struct shell *sh, int argc, char **argv)
{
	const char *s, *end, *next;
	long count = 10, lines = 0, skip;
	bool from_start;
	int i = take_count(argc, argv, &count, &from_start);
	char *data;
	size_t len;

	if (util_read_input(sh, "tail", argc - i, argv + i, &data, &len) == -1)
		return 1;
	end = data + len;
	for (s = data; s < end; s = next) {
		(void)line_len(s, end, &next);
		lines++;
	}
	skip = from_start ? count - 1 : lines - count;
	for (s = data; s < end && skip-- > 0; s = next)
		(void)line_len(s, end, &next);
	sim_out_write(sh->out, s, (size_t)(end - s));
	free(data);
	return 0;
}

int
util_wc(struct shell *sh, int argc, char **argv)
{
	bool l = false, w = false, c = false, in_word = false;
	size_t lines = 0, words = 0, len;
	char *data;
	int i, width;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		l |= strchr(argv[i], 'l') != NULL;
		w |= strchr(argv[i], 'w') != NULL;
		c |= strpbrk(argv[i], "cm") != NULL;
	}
	if (util_read_input(sh, "wc", argc - i, argv + i, &data, &len) == -1)
		return 1;
	for (size_t k = 0; k < len; k++) {
		bool blank = data[k] == ' ' || data[k] == '\t' || data[k] == '\n';

		lines += data[k] == '\n';
		words += !blank && !in_word;
		in_word = !blank;
	}
	free(data);
	if (!l && !w && !c)
		l = w = c = true;
	/* GNU does not pad a count that stands alone, AIX does. */
	width = !sh->is_bash ? 8 : l + w + c == 1 ? 0 : 7;
	if (l)
		sim_out_printf(sh->out, "%*zu", width, lines);
	if (w)
		sim_out_printf(sh->out, "%s%*zu", l && sh->is_bash ? " " : "", width, words);
	if (c)
		sim_out_printf(sh->out, "%s%*zu", (l || w) && sh->is_bash ? " " : "", width, len);
	if (i < argc)
		sim_out_printf(sh->out, " %s", argv[i]);
	sim_out_puts(sh->out, "\n");
	return 0;
}

/* Is position n in a list such as "1,3-5,7-"? */
static bool
in_list(const char *list, unsigned long n)
{
	char *end;

	while (*list != '\0') {
		unsigned long from = 1, to;

		if (*list != '-') {
			from = strtoul(list, &end, 10);
			list = end;
		}
		to = from;
		if (*list == '-') {
			list++;
			to = *list >= '0' && *list <= '9' ? strtoul(list, &end, 10) : (unsigned long)-1;
			list += strspn(list, "0123456789");
		}
		if (n >= from && n <= to)
			return true;
		if (*list == '\0')
			break;
		list++;
	}
	return false;
}

static void
cut_fields(struct sim_out *out, const char *s, size_t n, const char *list, char delimiter, bool only)
{
	const char *end = s + n, *stop;
	unsigned long k = 1;
	bool first = true;

	if (memchr(s, delimiter, n) == NULL) {
		if (only)
			return;
		sim_out_write(out, s, n);
	} else {
		for (;; s = stop + 1, k++) {
			stop = memchr(s, delimiter, (size_t)(end - s));
			if (in_list(list, k)) {
				if (!first)
					sim_out_write(out, &delimiter, 1);
				sim_out_write(out, s, (size_t)((stop != NULL ? stop : end) - s));
				first = false;
			}
			if (stop == NULL)
				break;
		}
	}
	sim_out_write(out, "\n", 1);
}

static void
cut_chars(struct sim_out *out, const char *s, size_t n, const char *list)
{
	for (size_t i = 0; i < n; i++) {
		if (in_list(list, i + 1))
			sim_out_write(out, s + i, 1);
	}
	sim_out_write(out, "\n", 1);
}

int
util_cut(struct shell *sh, int argc, char **argv)
{
	const char *list = NULL, *s, *end, *next;
	char delimiter = '\t', mode = 0, *data;
	bool only = false;
	size_t len, n;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		char c = argv[i][1];
		const char *value = argv[i] + 2;

		if (c == 's') {
			only = true;
			continue;
		}
		if (*value == '\0' && i + 1 < argc)
			value = argv[++i];
		if (c == 'd') {
			delimiter = *value;
		} else if (c == 'f' || c == 'c' || c == 'b') {
			mode = c;
			list = value;
		} else {
			break;
		}
	}
	if (list == NULL || list[strspn(list, "0123456789,-")] != '\0')
		return usage(sh, "cut {-b <list> [-n] | -c <list> | -f <list> [-d <char>] [-s]} file ...");
	if (util_read_input(sh, "cut", argc - i, argv + i, &data, &len) == -1)
		return 1;
	for (s = data, end = data + len; s < end && !sh->out->failed; s = next) {
		n = line_len(s, end, &next);
		if (mode == 'f')
			cut_fields(sh->out, s, n, list, delimiter, only);
		else
			cut_chars(sh->out, s, n, list);
	}
	free(data);
	return 0;
}

struct sort {
	bool numeric, reverse, unique;
	int  key;
	char delimiter;
};
static _Thread_local const struct sort *sort_by;	/* qsort() passes nothing along */

static const char *
sort_key(const char *s)
{
	for (int k = 1; k < sort_by->key; k++) {
		if (sort_by->delimiter != '\0') {
			const char *d = strchr(s, sort_by->delimiter);

			s = d != NULL ? d + 1 : s + strlen(s);
		} else {
			s += strspn(s, " \t");
			s += strcspn(s, " \t");
		}
	}
	return s;
}

static int
compare(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	const char *kx = sort_key(x), *ky = sort_key(y);
	int c = 0;

	if (sort_by->numeric) {
		double p = strtod(kx, NULL), q = strtod(ky, NULL);

		c = p < q ? -1 : p > q;
	} else {
		c = strcmp(kx, ky);
	}
	if (c == 0 && !sort_by->unique)
		c = strcmp(x, y);
	return sort_by->reverse ? -c : c;
}

/* Cuts the text into lines in place. */
static char **
split_lines(char *data, size_t len, size_t *n)
{
	char **v = NULL, **more;
	size_t size = 0;

	*n = 0;
	for (char *s = data, *end = data + len; s < end;) {
		char *nl = memchr(s, '\n', (size_t)(end - s));

		if (*n == size) {
			size = size != 0 ? size * 2 : 64;
			more = reallocarray(v, size, sizeof(*v));
			if (more == NULL)
				break;
			v = more;
		}
		v[(*n)++] = s;
		if (nl == NULL)
			break;
		*nl = '\0';
		s = nl + 1;
	}
	return v;
}

static int
sort_options(struct sort *o, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		const char *value = argv[i] + 2;

		o->numeric |= strchr(argv[i], 'n') != NULL;
		o->reverse |= strchr(argv[i], 'r') != NULL;
		o->unique |= strchr(argv[i], 'u') != NULL;
		if (argv[i][1] != 't' && argv[i][1] != 'k')
			continue;
		if (*value == '\0' && i + 1 < argc)
			value = argv[++i];
		if (argv[i][1] == 't' || argv[i - 1][1] == 't')
			o->delimiter = *value;
		else
			o->key = atoi(value);
	}
	return i;
}

int
util_sort(struct shell *sh, int argc, char **argv)
{
	struct sort o = { 0 };
	int i = sort_options(&o, argc, argv);
	size_t len, n;
	char *data, **v;

	if (util_read_input(sh, "sort", argc - i, argv + i, &data, &len) == -1)
		return 1;
	v = split_lines(data, len, &n);
	sort_by = &o;
	if (n > 1)
		qsort(v, n, sizeof(*v), compare);
	for (size_t k = 0; k < n && !sh->out->failed; k++) {
		if (!o.unique || k == 0 || compare(&v[k - 1], &v[k]) != 0)
			sim_out_printf(sh->out, "%s\n", v[k]);
	}
	sort_by = NULL;
	free(v);
	free(data);
	return 0;
}

int
util_uniq(struct shell *sh, int argc, char **argv)
{
	bool count = argc > 1 && strcmp(argv[1], "-c") == 0;
	int i = count ? 2 : 1;
	size_t len, n, same;
	char *data, **v;

	if (util_read_input(sh, "uniq", argc - i, argv + i, &data, &len) == -1)
		return 1;
	v = split_lines(data, len, &n);
	for (size_t k = 0; k < n; k += same) {
		for (same = 1; k + same < n && strcmp(v[k], v[k + same]) == 0; same++)
			;
		if (count)
			sim_out_printf(sh->out, "%4zu ", same);
		sim_out_printf(sh->out, "%s\n", v[k]);
	}
	free(v);
	free(data);
	return 0;
}

static const struct {
	const char *name;
	const char *range;
} classes[] = {
	{ "[:upper:]", "A-Z" }, { "[:lower:]", "a-z" }, { "[:digit:]", "0-9" },
	{ "[:alpha:]", "A-Za-z" }, { "[:alnum:]", "A-Za-z0-9" }, { "[:space:]", " \t-\r" },
};

static void expand_set(const char *s, unsigned char set[256], size_t *n);

static size_t
expand_class(const char *s, unsigned char set[256], size_t *n)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strncmp(s, classes[i].name, strlen(classes[i].name)) == 0) {
			expand_set(classes[i].range, set, n);
			return strlen(classes[i].name);
		}
	}
	return 0;
}

static unsigned char
set_char(const char **s)
{
	unsigned char c = (unsigned char)*(*s)++;

	if (c != '\\' || **s == '\0')
		return c;
	if (**s >= '0' && **s <= '7')
		return (unsigned char)strtoul(*s, (char **)(size_t)s, 8);
	c = (unsigned char)*(*s)++;
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* "a-z", "\n", "[:upper:]" and "[a-z]" as AIX writes ranges; the brackets are characters, too. */
static void
expand_set(const char *s, unsigned char set[256], size_t *n)
{
	unsigned char from, to;
	size_t skip;

	while (*s != '\0') {
		if ((skip = expand_class(s, set, n)) != 0) {
			s += skip;
			continue;
		}
		from = to = set_char(&s);
		if (*s == '-' && s[1] != '\0') {
			s++;
			to = set_char(&s);
		}
		for (unsigned c = from; c <= to && *n < 256; c++)
			set[(*n)++] = (unsigned char)c;
	}
}

int
util_tr(struct shell *sh, int argc, char **argv)
{
	bool delete = false, squeeze = false, complement = false, in1[256] = { false }, in2[256] = { false };
	unsigned char set1[256], set2[256], map[256];
	size_t n1 = 0, n2 = 0, len;
	int i, last = -1;
	char *data;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		delete |= strchr(argv[i], 'd') != NULL;
		squeeze |= strchr(argv[i], 's') != NULL;
		complement |= strpbrk(argv[i], "cC") != NULL;
	}
	if (i >= argc || (i + 1 >= argc && !delete && !squeeze))
		return usage(sh, "tr [-c | -C] [-d] [-s] String1 [String2]");
	expand_set(argv[i], set1, &n1);
	if (i + 1 < argc)
		expand_set(argv[i + 1], set2, &n2);
	for (int c = 0; c < 256; c++)
		map[c] = (unsigned char)c;
	for (size_t k = 0; k < n1; k++) {
		in1[set1[k]] = true;
		if (n2 != 0 && !delete)
			map[set1[k]] = set2[k < n2 ? k : n2 - 1];
	}
	for (int c = 0; complement && c < 256; c++) {
		in1[c] = !in1[c];
		map[c] = in1[c] && n2 != 0 && !delete ? set2[n2 - 1] : (unsigned char)c;
	}
	for (size_t k = 0; k < n2; k++)
		in2[set2[k]] = true;
	if (stream_read_all(sh->in, &data, &len) == -1)
		return 1;
	for (size_t k = 0; k < len; k++) {
		unsigned char c = (unsigned char)data[k];
		bool squeezable;

		if (delete && in1[c])
			continue;
		squeezable = squeeze && (n2 != 0 ? in2[map[c]] : in1[c]);
		c = map[c];
		if (squeezable && last == c)
			continue;
		last = c;
		sim_out_write(sh->out, &c, 1);
	}
	free(data);
	return 0;
}
