/* SPDX-License-Identifier: ISC */
/* test, [ and [[: conditions on strings, numbers and files. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

struct test {
	struct shell *sh;
	char	    **v;
	int	      n, i;
	bool	      is_double;
	bool	      failed;
	int	      depth;
};

static bool test_or(struct test *t);

static const char *
peek(const struct test *t, int ahead)
{
	return t->i + ahead < t->n ? t->v[t->i + ahead] : NULL;
}

static bool
is_word(const char *s, const char *a, const char *b)
{
	return s != NULL && (strcmp(s, a) == 0 || (b != NULL && strcmp(s, b) == 0));
}

static bool
test_fail(struct test *t, const char *what)
{
	if (!t->failed)
		shell_error(t->sh, "test: %s", what);
	t->failed = true;
	return false;
}

static long long
number(struct test *t, const char *s)
{
	char *end;
	long long v = strtoll(s, &end, 10);

	end += strspn(end, " \t");
	if (*s == '\0' || *end != '\0') {
		if (t->is_double && shell_arith(t->sh, s, &v) == 0)
			return v;
		test_fail(t, "0403-004 Specify a parameter with this command.");
	}
	return v;
}

static bool
test_file(struct test *t, char op, const char *path)
{
	struct vfs_at at = shell_at(t->sh);
	struct stat st;

	if (op == 'h' || op == 'L')
		return vfs_lstat(&at, path, &st) == 0 && S_ISLNK(st.st_mode);
	if (vfs_stat(&at, path, &st) == -1)
		return false;
	switch (op) {
	case 'f':
		return S_ISREG(st.st_mode) && strncmp(path, "/dev/", 5) != 0;
	case 'd':
		return S_ISDIR(st.st_mode);
	case 'b':
	case 'c':
		return strncmp(path, "/dev/", 5) == 0;
	case 's':
		return st.st_size > 0;
	case 'w':
		return t->sh->is_root || (st.st_mode & 0200) != 0;
	case 'x':
		return (st.st_mode & 0111) != 0;
	default:
		return true;
	}
}

static bool
test_unary(struct test *t, const char *op, const char *arg)
{
	t->i += 2;
	if (op[1] == 'n')
		return *arg != '\0';
	if (op[1] == 'z')
		return *arg == '\0';
	if (op[1] == 't')
		return t->sh->has_tty;
	return test_file(t, op[1], arg);
}

static bool
is_binary(const char *s)
{
	static const char *const ops[] = {
		"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot",
	};

	for (size_t i = 0; s != NULL && i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(s, ops[i]) == 0)
			return true;
	}
	return false;
}

static bool
strings_equal(const struct test *t, const char *a, const char *b)
{
	return t->is_double ? shell_match(b, a) : strcmp(a, b) == 0;
}

static bool
test_newer(struct test *t, const char *a, const char *b)
{
	struct vfs_at at = shell_at(t->sh);
	struct stat sa, sb;

	if (vfs_stat(&at, a, &sa) == -1)
		return false;
	return vfs_stat(&at, b, &sb) == -1 || sa.st_mtime > sb.st_mtime;
}

static bool
test_binary(struct test *t, const char *a, const char *op, const char *b)
{
	long long x, y;

	t->i += 3;
	if (op[0] == '=')
		return strings_equal(t, a, b);
	if (op[0] == '!')
		return !strings_equal(t, a, b);
	if (op[0] == '<' || op[0] == '>')
		return op[0] == '<' ? strcmp(a, b) < 0 : strcmp(a, b) > 0;
	if (strcmp(op, "-nt") == 0)
		return test_newer(t, a, b);
	if (strcmp(op, "-ot") == 0)
		return test_newer(t, b, a);
	x = number(t, a);
	y = number(t, b);
	switch (op[1] == 'n' ? 'n' : op[1] == 'e' ? 'e' : op[1] == 'l' ? (op[2] == 't' ? '<' : 'l') :
	    (op[2] == 't' ? '>' : 'g')) {
	case 'n':
		return x != y;
	case 'e':
		return x == y;
	case '<':
		return x < y;
	case 'l':
		return x <= y;
	case '>':
		return x > y;
	default:
		return x >= y;
	}
}

static bool
test_primary(struct test *t)
{
	const char *a = peek(t, 0), *b = peek(t, 1), *c = peek(t, 2);
	bool result;

	if (a == NULL)
		return test_fail(t, "0403-004 Specify a parameter with this command.");
	if (b != NULL && c != NULL && is_binary(b))
		return test_binary(t, a, b, c);
	if (is_word(a, "(", NULL) && b != NULL) {
		t->i++;
		if (++t->depth > SHELL_DEPTH_MAX)
			return test_fail(t, "0403-021 A ] character is missing.");
		result = test_or(t);
		t->depth--;
		if (!is_word(peek(t, 0), ")", NULL))
			return test_fail(t, "0403-021 A ) character is missing.");
		t->i++;
		return result;
	}
	if (a[0] == '-' && a[1] != '\0' && a[2] == '\0' && b != NULL && strchr("nztfdbcswxrehLgukpS", a[1]) != NULL)
		return test_unary(t, a, b);
	t->i++;
	return *a != '\0';
}

static bool
test_not(struct test *t)
{
	if (is_word(peek(t, 0), "!", NULL) && peek(t, 1) != NULL && !is_binary(peek(t, 1))) {
		t->i++;
		if (++t->depth > SHELL_DEPTH_MAX)
			return test_fail(t, "0403-021 A ] character is missing.");
		return !test_not(t);
	}
	return test_primary(t);
}

static bool
test_and(struct test *t)
{
	bool result = test_not(t);

	while (is_word(peek(t, 0), "-a", "&&")) {
		t->i++;
		result = test_not(t) && result;
	}
	return result;
}

static bool
test_or(struct test *t)
{
	bool result = test_and(t);

	while (is_word(peek(t, 0), "-o", "||")) {
		t->i++;
		result = test_and(t) || result;
	}
	return result;
}

int
shell_test(struct shell *sh, int argc, char **argv, bool is_double)
{
	struct test t = { .sh = sh, .v = argv, .n = argc, .is_double = is_double };
	bool result;

	if (argc == 0)
		return 1;
	result = test_or(&t);
	if (!t.failed && t.i != t.n)
		test_fail(&t, "0403-012 A test command parameter is not valid.");
	return t.failed ? 2 : !result;
}
