/* SPDX-License-Identifier: ISC */
/*
 * place.c - texts with references to values: commands, and messages for people.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/engine/guard.h"
#include "spool/vis.h"

#define PARTS_MAX 64

/* Characters that mean nothing to a shell in a bare word (not first, for - ~ and the like: types see to that). */
static const char bare_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";

struct lexer {		/* where in the shell's line we are */
	char quote;	/* 0, '"' or '\'' */
	int  in_word;
	int  attribute;	/* a = was seen in this word */
	int  pair;	/* inside "..." within an attribute list, where commas stand between the elements of one value */
};

struct parser {
	struct arena	 *arena;
	const char	 *file;
	int		  line;
	enum place_use	  use;
	struct place_part part[PARTS_MAX];
	size_t		  n;
	char		  literal[SCOPE_PATH_MAX + COMMAND_MAX];
	size_t		  len;
	struct lexer	  lex;
	struct pd_err	 *e;
};

static int
bad(struct parser *p, const char *what)
{
	return pd_fail(p->e, PD_BADDATA, "%s:%d: %s", p->file, p->line, what);
}

/* One literal character of a command, as the console's shell will read it. */
static int
lex_char(struct parser *p, char c, char after)
{
	struct lexer *l = &p->lex;

	if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f)
		return bad(p, "a command consists of printable ASCII");
	if (l->quote == '\'') {
		if (c == '\'')
			l->quote = 0;
		l->attribute |= c == '=';
		return 0;
	}
	if (c == '`' || c == '!' || (c == '$' && after != '?'))
		return bad(p, "a command may not hold ` ! or $ outside '...'");
	if (c == '"' || (c == '\'' && l->quote == 0)) {
		l->quote = l->quote != 0 ? 0 : c;
		l->in_word = 1;
		l->pair = 0;
	} else if (l->quote == 0 && strchr(" ;|&()", c) != NULL) {
		l->in_word = l->attribute = 0;
	} else if (l->quote == 0 && c == '#' && !l->in_word) {
		return bad(p, "a command may not hold a comment");
	} else {
		l->in_word = 1;
		l->attribute |= c == '=';
	}
	return 0;
}

static int
add_part(struct parser *p, struct place_part part)
{
	if (p->n == PARTS_MAX)
		return bad(p, "more than 64 parts in one text");
	p->part[p->n++] = part;
	return 0;
}

static int
end_literal(struct parser *p)
{
	struct place_part part = { 0 };

	if (p->len == 0)
		return 0;
	part.literal = arena_text(p->arena, p->literal, p->len);
	p->len = 0;
	return part.literal == NULL ? bad(p, "out of memory") : add_part(p, part);
}

/* May every value of the type stand here? */
static int
check_place(struct parser *p, const struct value_type *t)
{
	const char *dangerous = p->lex.quote == '\'' ? "'" : "\"$`\\!";

	if (t->display)
		return pd_fail(p->e, PD_BADDATA, "%s:%d: type %s is for people, it may not stand in a command", p->file,
		    p->line, t->name);
	if (p->lex.quote == 0 ? t->chars[strspn(t->chars, bare_chars)] != '\0' : strpbrk(t->chars, dangerous) != NULL)
		return pd_fail(p->e, PD_BADDATA, "%s:%d: type %s may hold characters that mean something %s", p->file,
		    p->line, t->name, p->lex.quote == 0 ? "outside quotes" : "inside these quotes");
	if (p->lex.attribute && strpbrk(t->chars, p->lex.pair ? "=\"" : ",=\"") != NULL)
		return pd_fail(p->e, PD_BADDATA,
		    "%s:%d: type %s may hold characters that mean something in an attribute list", p->file, p->line,
		    t->name);
	return 0;
}

/* path[:type[=fallback]] */
static int
parse_inside(struct parser *p, char *inside)
{
	struct place_part part = { 0 };
	char		 *colon = strchr(inside, ':'), *equals = NULL;

	if (colon != NULL) {
		*colon++ = '\0';
		if ((equals = strchr(colon, '=')) != NULL)
			*equals++ = '\0';
		if ((part.type = value_type_find(colon)) == NULL)
			return pd_fail(p->e, PD_BADDATA, "%s:%d: unknown type '%s'", p->file, p->line, colon);
	}
	if (!scope_path_is_valid(inside))
		return pd_fail(p->e, PD_BADDATA, "%s:%d: '{%s}' is no path of a value ({{ stands for a brace)", p->file,
		    p->line, inside);
	if (p->use == PLACE_COMMAND) {
		if (part.type == NULL)
			return pd_fail(p->e, PD_BADDATA, "%s:%d: {%s} in a command needs a type, as {%s:name}", p->file,
			    p->line, inside, inside);
		if (check_place(p, part.type) == -1)
			return -1;
		p->lex.in_word = 1;
	}
	if (equals != NULL && *equals != '\0' && part.type != NULL &&
	    value_type_check(part.type, inside, equals, NULL) == -1)
		return pd_fail(p->e, PD_BADDATA, "%s:%d: '%s' is not of type %s", p->file, p->line, equals, part.type->name);
	part.path = arena_text(p->arena, inside, strlen(inside));
	if (equals != NULL)
		part.fallback = arena_text(p->arena, equals, strlen(equals));
	if (part.path == NULL || (equals != NULL && part.fallback == NULL))
		return bad(p, "out of memory");
	return add_part(p, part);
}

/* The reference at s (behind its brace); returns how much of s it is, 0 = error. */
static size_t
parse_reference(struct parser *p, const char *s)
{
	char   inside[2 * SCOPE_PATH_MAX];
	size_t n = strcspn(s, "}");

	if (s[n] == '\0' || n >= sizeof(inside)) {
		bad(p, "a reference is not closed ({{ stands for a brace)");
		return 0;
	}
	memcpy(inside, s, n);
	inside[n] = '\0';
	if (end_literal(p) == -1 || parse_inside(p, inside) == -1)
		return 0;
	return n + 1;
}

static int
parse_text(struct parser *p, const char *s)
{
	while (*s != '\0') {
		size_t n;

		if (s[0] == '{' && s[1] != '{') {
			if ((n = parse_reference(p, s + 1)) == 0)
				return -1;
			s += n + 1;
			continue;
		}
		if (s[0] == '}' && s[1] != '}')
			return bad(p, "a } without its { (}} stands for a brace)");
		n = s[0] == '{' || s[0] == '}' ? 2 : 1;
		if (p->use == PLACE_COMMAND) {
			if (s[0] == '\\' && p->lex.quote != '\'' && s[1] != '\0') {
				p->literal[p->len++] = *s++;	/* the next character means itself */
				p->lex.in_word = 1;
				p->lex.pair ^= *s == '"' && p->lex.quote == '"';
				if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f || *s == '{' || *s == '}')
					return bad(p, "a backslash before something that it cannot quote");
			} else if (lex_char(p, s[0], s[1]) == -1) {
				return -1;
			}
		}
		p->literal[p->len++] = *s;	/* SEQ_STRING_MAX is less than its size */
		s += n;
	}
	if (p->lex.quote != 0)
		return bad(p, "a quote is not closed in a command");
	return end_literal(p);
}

int
place_parse(struct arena *a, const char *file, int line, const char *text, enum place_use use, struct place *p,
    struct pd_err *e)
{
	struct parser ps = { .arena = a, .file = file, .line = line, .use = use, .e = e };

	if (strlen(text) > COMMAND_MAX)
		return bad(&ps, "a text is too long");
	if (use == PLACE_COMMAND && text[strspn(text, " ")] == '\0')
		return bad(&ps, "an empty command");
	if (parse_text(&ps, text) == -1)
		return -1;
	p->source = text;
	p->line = line;
	p->n = ps.n;
	p->part = arena_get(a, (ps.n + 1) * sizeof(*p->part));
	if (p->part == NULL)
		return bad(&ps, "out of memory");
	memcpy(p->part, ps.part, ps.n * sizeof(*p->part));
	return 0;
}

/* The text of one reference in a command. */
static int
fill_typed(const struct place_part *part, const struct scope *s, char *buf, struct pd_err *e)
{
	char text[VALUE_MAX];

	value_as_text(text, scope_get(s, part->path));
	if (guard_value(part->type, s, part->path, text, e) == -1 ||
	    value_type_check(part->type, part->path, text, e) == -1)
		return -1;
	if (part->type->print != NULL)
		part->type->print(buf, text);
	else
		memcpy(buf, text, sizeof(text));
	return 0;
}

/* For people: a type says how a value reads, and one that is not of its type is shown as it is. */
static void
fill_message(const struct place_part *part, const json_t *value, char *buf)
{
	char text[VALUE_MAX];

	value_as_text(text, value);
	if (part->type != NULL && part->type->display && part->type->print != NULL &&
	    value_type_check(part->type, part->path, text, NULL) == 0)
		part->type->print(buf, text);
	else
		vis_encode(buf, VALUE_MAX, text, strlen(text));
}

static int
fill_part(const struct place_part *part, const struct scope *s, enum place_fill how, char *buf, struct pd_err *e)
{
	const json_t *value = scope_get(s, part->path);
	const char   *last = strrchr(part->path, '.');

	if (value == NULL && part->fallback != NULL)
		snprintf(buf, VALUE_MAX, "%s", part->fallback);
	else if (value == NULL && how == FILL_PLAN)
		snprintf(buf, VALUE_MAX, "<%s>", last == NULL ? part->path : last + 1);
	else if (value == NULL && how == FILL_MESSAGE)
		snprintf(buf, VALUE_MAX, "?");
	else if (value == NULL)
		return pd_fail(e, PD_BADDATA, "the value %s is not known", part->path);
	else if (how == FILL_RAW)
		value_as_text(buf, value);
	else if (how == FILL_MESSAGE)
		fill_message(part, value, buf);
	else
		return fill_typed(part, s, buf, e);
	return 0;
}

int
place_fill(const struct place *p, const struct scope *s, enum place_fill how, char *buf, size_t size, struct pd_err *e)
{
	size_t used = 0;

	for (size_t i = 0; i < p->n; i++) {
		char	    filled[VALUE_MAX];
		const char *from = p->part[i].literal;
		size_t	    n;

		if (from == NULL) {
			if (fill_part(&p->part[i], s, how, filled, e) == -1)
				return -1;
			from = filled;
		}
		n = strlen(from);
		if (n >= size - used)
			return pd_fail(e, PD_BADDATA, "line %d: the text is longer than %zu bytes when filled in",
			    p->line, size - 1);
		memcpy(buf + used, from, n);
		used += n;
	}
	buf[used] = '\0';
	return 0;
}
