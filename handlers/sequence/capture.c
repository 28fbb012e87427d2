/* SPDX-License-Identifier: ISC */
/*
 * capture.c - typed values out of what a console printed.
 *
 * Rows are lines that are not blank.  The note that nothing was found is no row, wherever it is printed.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/capture.h"

#define NOTHING_FOUND "No results were found."	/* [VIOSI01040010-0003], exit status 0 */

struct row {		/* the row being looked at; its text is a private copy */
	char  *text;	/* for fields */
	char  *whole;
	char **field;
	size_t n;
};

/* One call's state. */
struct taking {
	const struct capture *c;
	const struct scope   *s;
	char		      where[CAPTURE_WHERE_MAX][VALUE_MAX];
	json_t		     *value;	/* found so far */
	json_int_t	      count, largest;
	struct pd_err	     *e;
};

static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, " \t\r");
	for (n = strlen(s); n > 0 && strchr(" \t\r", s[n - 1]) != NULL;)
		s[--n] = '\0';
	return s;
}

/* One element of a comma list at *s, unquoted in place; *s goes to the next one or becomes NULL. */
static char *
take_quoted(char **s)
{
	char *from = *s, *to = *s, *start = *s;
	int   quoted = 0;

	for (; *from != '\0' && (quoted || *from != ','); from++) {
		if (*from != '"')
			*to++ = *from;
		else if (quoted && from[1] == '"')
			*to++ = *from++;
		else
			quoted = !quoted;
	}
	*s = *from == ',' ? from + 1 : NULL;
	*to = '\0';
	return start;
}

static char *
take_word(char **s)
{
	char  *start = *s + strspn(*s, " \t\r");
	size_t n = strcspn(start, " \t\r");

	*s = start[n] == '\0' ? NULL : start + n + 1;
	start[n] = '\0';
	if (*s != NULL && (*s)[strspn(*s, " \t\r")] == '\0')
		*s = NULL;
	return start;
}

static char *
take_plain(char **s, const char *split)
{
	char *start = *s, *end = strstr(start, split);

	*s = end == NULL ? NULL : end + strlen(split);
	if (end != NULL)
		*end = '\0';
	return start;
}

size_t
capture_split(char *s, const char *split, char **field, size_t max)
{
	size_t n = 0;

	while (s != NULL && n < max) {
		char *f = strcmp(split, ",") == 0 ? take_quoted(&s) : strcmp(split, " ") == 0 ? take_word(&s) :
		    take_plain(&s, split);

		field[n++] = trim(f);
	}
	return n;
}

static int
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static int
where_fits(enum where_op op, const char *field, const char *value)
{
	const char *slash;

	switch (op) {
	case WHERE_IS:
		return strcmp(field, value) == 0;
	case WHERE_NOT:
		return strcmp(field, value) != 0;
	case WHERE_STARTS:
		return strncmp(field, value, strlen(value)) == 0;
	case WHERE_ENDS:
		return ends_with(field, value);
	case WHERE_CONTAINS:
		return strstr(field, value) != NULL;
	case WHERE_BASENAME:
		slash = strrchr(field, '/');
		return strcmp(slash == NULL ? field : slash + 1, value) == 0;
	}
	return 0;
}

static int
row_fits(const struct taking *t, const struct row *r)
{
	for (size_t i = 0; i < t->c->nwhere; i++) {
		const struct capture_where *w = &t->c->where[i];
		int			    fits = 0;

		if (w->field == 0)
			fits = where_fits(w->op, r->whole, t->where[i]);
		else if (w->field > 0)
			fits = (size_t)w->field <= r->n && where_fits(w->op, r->field[w->field - 1], t->where[i]);
		for (size_t k = 0; w->field == -1 && k < r->n && !fits; k++)
			fits = where_fits(w->op, r->field[k], t->where[i]);
		if (!fits)
			return 0;
	}
	return 1;
}

/* Column number i of the row: by its place, or by its name where fields are attributes; NULL = the row has none. */
static const char *
cell(const struct capture *c, const struct row *r, size_t i)
{
	size_t len = strlen(c->column[i].name);

	if (!c->attributes)
		return i < r->n ? r->field[i] : NULL;
	for (size_t k = 0; k < r->n; k++)
		if (strncmp(r->field[k], c->column[i].name, len) == 0 && r->field[k][len] == '=')
			return r->field[k] + len + 1;
	return NULL;
}

static int
take_columns(struct taking *t, const struct row *r)
{
	json_t *object = json_object();

	if (t->value == NULL)
		t->value = json_array();
	if (json_array_size(t->value) >= CAPTURE_ROWS_MAX) {
		json_decref(object);
		return pd_fail(t->e, PD_REMOTE, "%s: the console prints more than %d rows", t->c->path, CAPTURE_ROWS_MAX);
	}
	for (size_t i = 0; i < t->c->ncolumns; i++) {
		const char *text = cell(t->c, r, i);
		json_t	   *v = NULL;

		if (text == NULL || text[0] == '\0')
			continue;
		if (value_type_read(t->c->column[i].type, t->c->column[i].name, text, &v, t->e) == -1) {
			json_decref(object);
			return -1;
		}
		json_object_set_new(object, t->c->column[i].name, v);
	}
	return json_array_append_new(t->value, object) == 0 ? 0 : pd_fail(t->e, PD_BUG, "out of memory");
}

/* Part number n of the text, NULL = it has fewer. */
static char *
part_of(char *text, const char *split, int n)
{
	static const size_t max = 64;
	char		   *part[64];

	return (size_t)n <= capture_split(text, split, part, max) ? part[n - 1] : NULL;
}

/* The wanted field of a row, split once or twice more where asked; NULL = there is none. */
static char *
wanted(const struct capture *c, const struct row *r)
{
	char *f = r->whole;

	if (c->field > 0)
		f = (size_t)c->field <= r->n ? r->field[c->field - 1] : NULL;
	if (f != NULL && c->then_split != NULL)
		f = part_of(f, c->then_split, c->then_field);
	if (f != NULL && c->last_split != NULL)
		f = part_of(f, c->last_split, c->last_field);
	return f;
}

/* Is this row to be taken, after those before it? */
static int
is_better(struct taking *t, const struct row *r)
{
	json_int_t n = 0;

	if (t->c->most == 0)
		return t->value == NULL;
	if ((size_t)t->c->most > r->n || !value_number(r->field[t->c->most - 1], &n) ||
	    (t->value != NULL && n <= t->largest))
		return 0;
	t->largest = n;
	json_decref(t->value);
	t->value = NULL;
	return 1;
}

static int
take_value(struct taking *t, const struct row *r)
{
	char  path[VALUE_MAX];
	char *f = wanted(t->c, r);

	if (f == NULL || *f == '\0' || !is_better(t, r))
		return 0;
	if (t->c->below != NULL && *f != '/') {
		if (strlen(t->c->below) + strlen(f) + 2 > sizeof(path))
			return pd_fail(t->e, PD_REMOTE, "%s: the console's path is too long", t->c->path);
		stpcpy(stpcpy(stpcpy(path, t->c->below), "/"), f);
		f = path;
	}
	return value_type_read(t->c->type, t->c->path, f, &t->value, t->e);
}

/* An element of a list, as 5/server/7//2/0, whose parts are the columns. */
static int
take_parts(struct taking *t, const struct row *r)
{
	char	  *part[CAPTURE_COLUMNS_MAX];
	struct row parts = { .whole = r->whole, .field = part };

	parts.n = capture_split(r->field[0], t->c->then_split, part, CAPTURE_COLUMNS_MAX);
	return take_columns(t, &parts);
}

static int
take_row(struct taking *t, const struct row *r)
{
	if (!row_fits(t, r))
		return 0;
	t->count++;
	if (t->c->ncolumns > 0)
		return t->c->then_split != NULL && r->n > 0 ? take_parts(t, r) : take_columns(t, r);
	return t->c->count ? 0 : take_value(t, r);
}

/* One line: a row, or as many as it has groups of fields. */
static int
take_line(struct taking *t, struct row *r)
{
	const struct capture *c = t->c;
	char		    **all = r->field;
	size_t		      n, group;
	int		      rv = 0;

	r->whole = trim(r->whole);
	n = c->split == NULL ? 0 : capture_split(r->text, c->split, all, CAPTURE_FIELDS_MAX);
	group = c->group > 0 ? (size_t)c->group : n;
	if (n == 0) {
		r->n = 0;
		return take_row(t, r);
	}
	for (size_t i = 0; i < n && rv == 0; i += group) {
		r->field = all + i;
		r->n = n - i < group ? n - i : group;
		rv = take_row(t, r);
	}
	r->field = all;
	return rv;
}

static int
take_lines(struct taking *t, const char *text)
{
	struct row r = { 0 };
	int	   skip = t->c->skip, rv = 0;

	r.field = calloc(CAPTURE_FIELDS_MAX, sizeof(*r.field));
	if (r.field == NULL)
		return pd_fail(t->e, PD_BUG, "out of memory");
	while (rv == 0 && *text != '\0') {
		size_t n = strcspn(text, "\n");
		char  *whole = strndup(text, n), *copy = strndup(text, n);

		text += n + (text[n] == '\n');
		if (whole == NULL || copy == NULL) {
			rv = pd_fail(t->e, PD_BUG, "out of memory");
		} else if (whole[strspn(whole, " \t\r")] != '\0' && strstr(whole, NOTHING_FOUND) == NULL && skip-- <= 0) {
			r.whole = whole;
			r.text = copy;
			rv = take_line(t, &r);
		}
		free(whole);
		free(copy);
	}
	free(r.field);
	return rv;
}

/* Without a sign: which of the two is more a condition says. */
static int
take_difference(struct taking *t)
{
	char	   text[VALUE_MAX], other[VALUE_MAX];
	json_int_t a = 0, b = 0, n;

	if (!value_number(value_as_text(text, t->value), &a) ||
	    !value_number(value_as_text(other, scope_get(t->s, t->c->difference)), &b))
		return pd_fail(t->e, PD_REMOTE, "%s: no number, or none at %s, to take the difference of", t->c->path,
		    t->c->difference);
	n = a > b ? a - b : b - a;
	json_decref(t->value);
	if (t->c->type->is_number)
		t->value = json_integer(n / 1000);
	else
		t->value = json_sprintf("%d.%02d", (int)(n / 1000), (int)(n % 1000 / 10));
	return t->value != NULL ? 0 : pd_fail(t->e, PD_BUG, "out of memory");
}

static int
set_value(const struct taking *t, json_t *set, json_t *value)
{
	if (json_is_null(value))
		scope_remove(t->s, t->c->path);
	else if (scope_set(t->s, t->c->path, json_incref(value)) == -1)
		goto fail;
	if (set == NULL || json_object_set(set, t->c->path, value) == 0) {
		json_decref(value);
		return 1;
	}
fail:
	json_decref(value);
	return pd_fail(t->e, PD_BUG, "%s cannot be set", t->c->path);
}

static int
missing(const struct taking *t)
{
	char text[300];

	if (t->c->message.source != NULL &&
	    place_fill(&t->c->message, t->s, FILL_MESSAGE, text, sizeof(text), NULL) == 0)
		pd_fail(t->e, PD_REMOTE, "%s", text);
	else
		pd_fail(t->e, PD_REMOTE, "the console's answer holds no %s", t->c->path);
	return 0;
}

int
capture_take(const struct capture *c, const char *out, const char *err, const struct scope *s, json_t *set,
    struct pd_err *e)
{
	struct taking t = { .c = c, .s = s, .e = e };

	for (size_t i = 0; i < c->nwhere; i++)
		if (place_fill(&c->where[i].value, s, FILL_RAW, t.where[i], VALUE_MAX, e) == -1)
			return -1;
	if (take_lines(&t, c->from_err ? err : out) == -1) {
		json_decref(t.value);
		if (e != NULL && e->code == PD_BADDATA)
			e->code = PD_REMOTE;
		return -1;
	}
	if (c->count)
		t.value = json_integer(t.count);
	if (t.value == NULL && !c->optional)
		return missing(&t);
	if (t.value != NULL && c->difference != NULL && take_difference(&t) == -1) {
		json_decref(t.value);
		return -1;
	}
	if (t.value == NULL)
		t.value = c->ncolumns > 0 ? json_array() : json_null();
	return set_value(&t, set, t.value);
}
