/* SPDX-License-Identifier: ISC */
/*
 * sequence_parse.c - from the words of a sequence file to struct sequence.
 *
 * Every section has a table of the words that it knows; take_all() refuses what is unknown, said twice or of the wrong form,
 * and hands the rest to the word's function.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence_model.h"
#include "spool/io.h"

#define COUNT(a)	  (sizeof(a) / sizeof((a)[0]))
#define TIMEOUT_S	  60		/* a command that takes longer says so */
#define TIMEOUT_MAX_S	  86400
#define POLL_EVERY_S	  2

struct loader {
	struct sequence *s;
	const char	*file;
	struct pd_err	*e;
};

enum form { ONE, LIST, SECTION, TITLED };

struct word {
	const char *name;
	enum form   form;
	int	    many;
	int	  (*take)(struct loader *l, const struct seq_node *n, void *to);
	size_t	    offset;	/* of the member that take() fills */
};

static int
bad(struct loader *l, int line, const char *what, const char *word)
{
	return pd_fail(l->e, PD_BADDATA, "%s:%d: %s '%.60s'", l->file, line, what, word);
}

static void *
get(struct loader *l, size_t size)
{
	void *p = arena_get(&l->s->arena, size);

	if (p == NULL)
		pd_fail(l->e, PD_BUG, "%s: out of memory", l->file);
	return p;
}

static const struct word *
find_word(struct loader *l, const struct seq_node *n, const struct word *words, size_t count, const char *where)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].name, n->word) == 0)
			return &words[i];
	pd_fail(l->e, PD_BADDATA, "%s:%d: unknown word '%.60s' in %s", l->file, n->line, n->word, where);
	return NULL;
}

static int
check_form(struct loader *l, const struct seq_node *n, const struct word *w)
{
	int is_section = w->form == SECTION || w->form == TITLED;

	if (is_section != n->is_section)
		return bad(l, n->line, is_section ? "{ ... } is expected behind" : "= is expected behind", n->word);
	if (is_section && (w->form == TITLED) != (n->title != NULL))
		return bad(l, n->line, n->title == NULL ? "a name is expected behind" : "no name may stand behind", n->word);
	if (!is_section && w->form == ONE && n->nvalues != 1)
		return bad(l, n->line, "one value is expected for", n->word);
	return 0;
}

static int
take_all(struct loader *l, const struct seq_node *first, const struct word *words, size_t count, const char *where, void *to)
{
	for (const struct seq_node *n = first; n != NULL; n = n->next) {
		const struct word *w = find_word(l, n, words, count, where);

		if (w == NULL || check_form(l, n, w) == -1)
			return -1;
		for (const struct seq_node *o = first; o != n && !w->many; o = o->next)
			if (strcmp(o->word, n->word) == 0)
				return bad(l, n->line, "said twice:", n->word);
		if (w->take(l, n, (char *)to + w->offset) == -1)
			return -1;
	}
	return 0;
}

/* ---- values ---- */

static int
take_text(struct loader *l, const struct seq_node *n, void *to)
{
	if (n->value[0][0] == '\0')
		return bad(l, n->line, "an empty text for", n->word);
	*(const char **)to = n->value[0];
	return 0;
}

static int
take_flag(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "true") != 0 && strcmp(n->value[0], "false") != 0)
		return bad(l, n->line, "true or false is expected for", n->word);
	*(int *)to = n->value[0][0] == 't';
	return 0;
}

static int
take_seconds(struct loader *l, const struct seq_node *n, void *to)
{
	char *end;
	long  v = strtol(n->value[0], &end, 10);

	if (*end != '\0' || v < 1 || v > TIMEOUT_MAX_S)
		return bad(l, n->line, "a number from 1 to 86400 is expected for", n->word);
	*(long *)to = v;
	return 0;
}

static int
take_number(struct loader *l, const struct seq_node *n, void *to)
{
	char *end;
	long  v = strtol(n->value[0], &end, 10);

	if (*end != '\0' || v < 0 || v > CAPTURE_FIELDS_MAX)
		return bad(l, n->line, "a small number is expected for", n->word);
	*(int *)to = (int)v;
	return 0;
}

static int
take_message(struct loader *l, const struct seq_node *n, void *to)
{
	return place_parse(&l->s->arena, l->file, n->line, n->value[0], PLACE_MESSAGE, to, l->e);
}

static int
take_cond(struct loader *l, const struct seq_node *n, void *to)
{
	return cond_parse(&l->s->arena, l->file, n->line, n->value[0], to, l->e);
}

static int
take_code(struct loader *l, const struct seq_node *n, void *to)
{
	static const enum pd_code known[] = { PD_CONFLICT, PD_CAPACITY, PD_NOTFOUND, PD_BADDATA, PD_BUSY, PD_FAILED, PD_REMOTE };

	for (size_t i = 0; i < COUNT(known); i++) {
		if (strcmp(code_word(known[i]), n->value[0]) == 0) {
			*(enum pd_code *)to = known[i];
			return 0;
		}
	}
	return bad(l, n->line, "unknown code", n->value[0]);
}

static int
take_commands(struct loader *l, const struct seq_node *n, void *to)
{
	struct commands *c = to;

	if (c->n != 0)
		return bad(l, n->line, "run and ask exclude each other:", n->word);
	if (n->nvalues == 0)
		return bad(l, n->line, "a command is expected for", n->word);
	if ((c->command = get(l, n->nvalues * sizeof(*c->command))) == NULL)
		return -1;
	for (; c->n < n->nvalues; c->n++)
		if (place_parse(&l->s->arena, l->file, n->line, n->value[c->n], PLACE_COMMAND, &c->command[c->n], l->e) == -1)
			return -1;
	return 0;
}

static int
take_as(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "root") != 0 && strcmp(n->value[0], "padmin") != 0)
		return bad(l, n->line, "as is 'root' or 'padmin', not", n->value[0]);
	*(int *)to = n->value[0][0] == 'r';
	return 0;
}

static int
take_type(struct loader *l, const struct seq_node *n, void *to)
{
	const struct value_type *t = value_type_find(n->value[0]);

	if (t == NULL)
		return bad(l, n->line, "unknown type", n->value[0]);
	*(const struct value_type **)to = t;
	return 0;
}

/* ---- capture ---- */

static int
take_from(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "stdout") != 0 && strcmp(n->value[0], "stderr") != 0)
		return bad(l, n->line, "from is 'stdout' or 'stderr', not", n->value[0]);
	*(int *)to = n->value[0][3] == 'e';
	return 0;
}

/* FIELD OP TEXT: '2 ends-with -C{vm.server_slot}', 'any is {vm.name}', 'row contains records in' */
static int
parse_where(struct loader *l, int line, const char *text, struct capture_where *w)
{
	static const char *const ops[] = { "is", "is-not", "starts-with", "ends-with", "contains", "basename" };
	size_t			 f = strcspn(text, " "), o;
	const char		*op = text + f + strspn(text + f, " ");
	char			*end;

	if (strncmp(text, "any ", 4) == 0)
		w->field = -1;
	else if (strncmp(text, "row ", 4) == 0)
		w->field = 0;
	else if ((w->field = (int)strtol(text, &end, 10)) < 1 || *end != ' ' || w->field > CAPTURE_FIELDS_MAX)
		return bad(l, line, "where begins with a field's number, any or row:", text);
	o = strcspn(op, " ");
	for (size_t i = 0; i < COUNT(ops); i++) {
		if (strlen(ops[i]) == o && strncmp(ops[i], op, o) == 0 && op[o] == ' ') {
			w->op = (enum where_op)i;
			return place_parse(&l->s->arena, l->file, line, op + o + 1, PLACE_MESSAGE, &w->value, l->e);
		}
	}
	return bad(l, line, "where knows is, is-not, starts-with, ends-with, contains, basename:", text);
}

static int
take_where(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture *c = to;

	if (n->nvalues > CAPTURE_WHERE_MAX)
		return bad(l, n->line, "more than 6 conditions in", n->word);
	for (size_t i = 0; i < n->nvalues; i++)
		if (parse_where(l, n->line, n->value[i], &c->where[c->nwhere++]) == -1)
			return -1;
	return 0;
}

/* 'size:size-mib' */
static int
take_table(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture *c = to;

	if (n->nvalues == 0 || n->nvalues > CAPTURE_COLUMNS_MAX)
		return bad(l, n->line, "1 to 16 columns are expected in", n->word);
	for (size_t i = 0; i < n->nvalues; i++) {
		const char	      *colon = strchr(n->value[i], ':');
		size_t		       len = colon == NULL ? strlen(n->value[i]) : (size_t)(colon - n->value[i]);
		struct capture_column *col = &c->column[c->ncolumns++];

		col->type = colon == NULL ? &value_text : value_type_find(colon + 1);
		if (col->type == NULL)
			return bad(l, n->line, "unknown type", colon + 1);
		if ((col->name = arena_text(&l->s->arena, n->value[i], len)) == NULL)
			return bad(l, n->line, "out of memory:", n->word);
		if (!scope_path_is_valid(col->name) || strchr(col->name, '.') != NULL)
			return bad(l, n->line, "no name for a column:", n->value[i]);
	}
	return 0;
}

static const struct word capture_words[] = {
	{ "from", ONE, 0, take_from, offsetof(struct capture, from_err) },
	{ "split", ONE, 0, take_text, offsetof(struct capture, split) },
	{ "skip", ONE, 0, take_number, offsetof(struct capture, skip) },
	{ "group", ONE, 0, take_number, offsetof(struct capture, group) },
	{ "where", LIST, 0, take_where, 0 },
	{ "field", ONE, 0, take_number, offsetof(struct capture, field) },
	{ "then-split", ONE, 0, take_text, offsetof(struct capture, then_split) },
	{ "then-field", ONE, 0, take_number, offsetof(struct capture, then_field) },
	{ "below", ONE, 0, take_text, offsetof(struct capture, below) },
	{ "type", ONE, 0, take_type, offsetof(struct capture, type) },
	{ "optional", ONE, 0, take_flag, offsetof(struct capture, optional) },
	{ "count", ONE, 0, take_flag, offsetof(struct capture, count) },
	{ "table", LIST, 0, take_table, 0 },
	{ "message", ONE, 0, take_message, offsetof(struct capture, message) },
};

static int
check_capture(struct loader *l, const struct capture *c)
{
	int needs_split = c->field > 0 || c->group > 0 || c->ncolumns > 0;

	for (size_t i = 0; i < c->nwhere; i++)
		needs_split |= c->where[i].field != 0;
	if (needs_split && c->split == NULL)
		return bad(l, c->line, "split is missing in capture", c->path);
	if ((c->then_split == NULL) != (c->then_field == 0) || c->then_field > 64)
		return bad(l, c->line, "then-split and then-field (1 to 64) go together in capture", c->path);
	if ((c->ncolumns > 0) + c->count + (c->field > 0) > 1)
		return bad(l, c->line, "field, count and table exclude each other in capture", c->path);
	return 0;
}

static int
take_capture(struct loader *l, const struct seq_node *n, void *to)
{
	struct capture_list **tail = to, *item = get(l, sizeof(*item));

	if (item == NULL)
		return -1;
	if (!scope_path_is_valid(n->title))
		return bad(l, n->line, "no path for a value:", n->title);
	item->capture.path = n->title;
	item->capture.line = n->line;
	item->capture.type = &value_text;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = item;
	if (take_all(l, n->child, capture_words, COUNT(capture_words), "capture", &item->capture) == -1)
		return -1;
	return check_capture(l, &item->capture);
}

/* ---- parts of a step ---- */

static const struct word probe_words[] = {
	{ "ask", ONE, 0, take_commands, offsetof(struct probe, ask) },
	{ "as", ONE, 0, take_as, offsetof(struct probe, ask.as_root) },
	{ "timeout", ONE, 0, take_seconds, offsetof(struct probe, ask.timeout_s) },
	{ "may-fail", ONE, 0, take_flag, offsetof(struct probe, ask.may_fail) },
	{ "capture", TITLED, 1, take_capture, offsetof(struct probe, captures) },
	{ "done-when", ONE, 0, take_cond, offsetof(struct probe, done_when) },
	{ "first", ONE, 0, take_flag, offsetof(struct probe, first) },
};

static int
take_probe(struct loader *l, const struct seq_node *n, void *to)
{
	struct probe *p = get(l, sizeof(*p));

	if (p == NULL)
		return -1;
	p->line = n->line;
	p->ask.timeout_s = TIMEOUT_S;
	*(struct probe **)to = p;
	if (take_all(l, n->child, probe_words, COUNT(probe_words), "probe", p) == -1)
		return -1;
	if (p->ask.n == 0)
		return bad(l, n->line, "ask is missing in", "probe");
	if (p->captures == NULL)
		return bad(l, n->line, "capture is missing in", "probe");
	return 0;
}

static const struct word poll_words[] = {
	{ "every", ONE, 0, take_seconds, offsetof(struct poll, every_s) },
	{ "limit", ONE, 0, take_message, offsetof(struct poll, limit) },
	{ "until", ONE, 0, take_cond, offsetof(struct poll, until) },
	{ "fail-when", ONE, 0, take_cond, offsetof(struct poll, fail_when) },
	{ "say-fail", ONE, 0, take_message, offsetof(struct poll, say_fail) },
	{ "go-on", ONE, 0, take_flag, offsetof(struct poll, go_on) },
};

static int
take_poll(struct loader *l, const struct seq_node *n, void *to)
{
	struct poll *p = get(l, sizeof(*p));

	if (p == NULL)
		return -1;
	p->every_s = POLL_EVERY_S;
	*(struct poll **)to = p;
	if (take_all(l, n->child, poll_words, COUNT(poll_words), "poll", p) == -1)
		return -1;
	if (p->limit.source == NULL || p->until.n == 0)
		return bad(l, n->line, "limit and until are needed in", "poll");
	return 0;
}

static const struct word require_words[] = {
	{ "when", ONE, 0, take_cond, offsetof(struct require, when) },
	{ "that", ONE, 0, take_cond, offsetof(struct require, that) },
	{ "code", ONE, 0, take_code, offsetof(struct require, code) },
	{ "message", ONE, 0, take_message, offsetof(struct require, message) },
};

static int
take_require(struct loader *l, const struct seq_node *n, void *to)
{
	struct require **tail = to, *r = get(l, sizeof(*r));

	if (r == NULL)
		return -1;
	r->line = n->line;
	r->code = PD_FAILED;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = r;
	if (take_all(l, n->child, require_words, COUNT(require_words), "require", r) == -1)
		return -1;
	if (r->that.n == 0 || r->message.source == NULL)
		return bad(l, n->line, "that and message are needed in", "require");
	return 0;
}

/* A section of PATH = 'text with {placeholders}'. */
static int
take_settings(struct loader *l, const struct seq_node *section, void *to)
{
	struct setting **tail = to;

	for (const struct seq_node *n = section->child; n != NULL; n = n->next) {
		struct setting *s = get(l, sizeof(*s));

		if (s == NULL)
			return -1;
		if (n->is_section || n->nvalues != 1 || !scope_path_is_valid(n->word))
			return bad(l, n->line, "PATH = 'value' is expected, not", n->word);
		for (const struct seq_node *o = section->child; o != n; o = o->next)
			if (strcmp(o->word, n->word) == 0)
				return bad(l, n->line, "said twice:", n->word);
		s->path = n->word;
		s->line = n->line;
		if (place_parse(&l->s->arena, l->file, n->line, n->value[0], PLACE_MESSAGE, &s->value, l->e) == -1)
			return -1;
		*tail = s;
		tail = &s->next;
	}
	return 0;
}

/* 'vm.disks as disk' */
static int
take_each(struct loader *l, const struct seq_node *n, void *to)
{
	struct step *s = to;
	const char  *text = n->value[0], *as = strstr(text, " as ");

	if (as == NULL)
		return bad(l, n->line, "'LIST as NAME' is expected, not", text);
	s->each_path = arena_text(&l->s->arena, text, (size_t)(as - text));
	s->each_alias = as + 4;
	if (s->each_path == NULL)
		return bad(l, n->line, "out of memory:", n->word);
	if (!scope_path_is_valid(s->each_path) || !scope_path_is_valid(s->each_alias) || strchr(s->each_alias, '.') != NULL)
		return bad(l, n->line, "'LIST as NAME' is expected, not", text);
	return 0;
}

static int
take_run(struct loader *l, const struct seq_node *n, void *to)
{
	struct step *s = to;

	s->is_run = 1;
	return take_commands(l, n, &s->commands);
}

static const struct word step_words[] = {
	{ "say", ONE, 0, take_message, offsetof(struct step, say) },
	{ "thing", ONE, 0, take_message, offsetof(struct step, thing) },
	{ "note", ONE, 0, take_message, offsetof(struct step, note) },
	{ "finish", ONE, 0, take_message, offsetof(struct step, finish) },
	{ "when", ONE, 0, take_cond, offsetof(struct step, when) },
	{ "for-each", ONE, 0, take_each, 0 },
	{ "probe", SECTION, 0, take_probe, offsetof(struct step, probe) },
	{ "run", LIST, 0, take_run, 0 },
	{ "ask", LIST, 0, take_commands, offsetof(struct step, commands) },
	{ "as", ONE, 0, take_as, offsetof(struct step, commands.as_root) },
	{ "timeout", ONE, 0, take_seconds, offsetof(struct step, commands.timeout_s) },
	{ "may-fail", ONE, 0, take_flag, offsetof(struct step, commands.may_fail) },
	{ "repeatable", ONE, 0, take_flag, offsetof(struct step, repeatable) },
	{ "ignore-warning", ONE, 0, take_text, offsetof(struct step, ignore_warning) },
	{ "capture", TITLED, 1, take_capture, offsetof(struct step, captures) },
	{ "poll", SECTION, 0, take_poll, offsetof(struct step, poll) },
	{ "require", SECTION, 1, take_require, offsetof(struct step, requires) },
	{ "set", SECTION, 0, take_settings, offsetof(struct step, settings) },
	{ "undo", LIST, 0, take_commands, offsetof(struct step, undo) },
	{ "undo-as", ONE, 0, take_as, offsetof(struct step, undo.as_root) },
	{ "undo-timeout", ONE, 0, take_seconds, offsetof(struct step, undo.timeout_s) },
	{ "undo-when", ONE, 0, take_cond, offsetof(struct step, undo_when) },
	{ "undo-wait", ONE, 0, take_seconds, offsetof(struct step, undo_wait_s) },
};

static int
check_step(struct loader *l, const struct step *s)
{
	if (s->is_run && s->probe == NULL && !s->repeatable)
		return bad(l, s->line, "a run needs a probe, or repeatable = true, in step", s->name);
	if (!s->is_run && (s->probe != NULL || s->undo.n > 0 || s->repeatable || s->ignore_warning != NULL))
		return bad(l, s->line, "probe, undo, repeatable and ignore-warning go with run, in step", s->name);
	if (s->is_run && s->poll != NULL)
		return bad(l, s->line, "poll goes with ask, in step", s->name);
	if (s->is_run && s->commands.may_fail && (s->captures != NULL || s->undo.n > 0))
		return bad(l, s->line, "a run that may fail has no capture and no undo, in step", s->name);
	if (s->commands.n > 1 && !s->commands.as_root)
		return bad(l, s->line, "one command a step, unless it is root's, in step", s->name);
	if (s->commands.n == 0 && (s->captures != NULL || s->poll != NULL))
		return bad(l, s->line, "capture and poll need a command in step", s->name);
	if (s->undo_wait_s > 0 && s->probe == NULL)
		return bad(l, s->line, "undo-wait needs a probe in step", s->name);
	return 0;
}

static int
take_step(struct loader *l, const struct seq_node *n, void *to)
{
	struct step **tail = to, *s = get(l, sizeof(*s));

	if (s == NULL)
		return -1;
	s->name = n->title;
	s->line = n->line;
	s->commands.timeout_s = s->undo.timeout_s = TIMEOUT_S;
	for (; *tail != NULL; tail = &(*tail)->next)
		if (strcmp((*tail)->name, s->name) == 0)
			return bad(l, n->line, "two steps have the name", s->name);
	*tail = s;
	if (take_all(l, n->child, step_words, COUNT(step_words), "step", s) == -1)
		return -1;
	return check_step(l, s);
}

/* ---- the sequence ---- */

static const struct word transient_words[] = {
	{ "match", ONE, 0, take_text, offsetof(struct transient, match) },
	{ "every", ONE, 0, take_seconds, offsetof(struct transient, every_s) },
	{ "times", ONE, 0, take_seconds, offsetof(struct transient, times) },
};

static int
take_transient(struct loader *l, const struct seq_node *n, void *to)
{
	struct transient **tail = to, *t = get(l, sizeof(*t));

	if (t == NULL)
		return -1;
	t->name = n->title;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = t;
	if (take_all(l, n->child, transient_words, COUNT(transient_words), "transient", t) == -1)
		return -1;
	if (t->match == NULL || t->every_s == 0 || t->times == 0)
		return bad(l, n->line, "match, every and times are needed in transient", n->title);
	return 0;
}

static int
check_words(struct loader *l, const struct seq_node *n)
{
	for (size_t i = 0; i < n->nvalues; i++)
		if (!scope_path_is_valid(n->value[i]) || strchr(n->value[i], '.') != NULL)
			return bad(l, n->line, "a plain name is expected, not", n->value[i]);
	return 0;
}

static int
take_inputs(struct loader *l, const struct seq_node *n, void *to)
{
	struct sequence *s = to;

	s->inputs = n->value;
	s->ninputs = n->nvalues;
	return check_words(l, n);
}

static int
take_optional_inputs(struct loader *l, const struct seq_node *n, void *to)
{
	struct sequence *s = to;

	s->optional_inputs = n->value;
	s->noptional = n->nvalues;
	return check_words(l, n);
}

static int
take_on_failure(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "undo") != 0 && strcmp(n->value[0], "keep") != 0)
		return bad(l, n->line, "on-failure is 'undo' or 'keep', not", n->value[0]);
	*(int *)to = n->value[0][0] == 'k';
	return 0;
}

static const struct word sequence_words[] = {
	{ "kind", ONE, 0, take_text, offsetof(struct sequence, kind) },
	{ "inputs", LIST, 0, take_inputs, 0 },
	{ "optional-inputs", LIST, 0, take_optional_inputs, 0 },
	{ "on-failure", ONE, 0, take_on_failure, offsetof(struct sequence, keep) },
	{ "transient", TITLED, 1, take_transient, offsetof(struct sequence, transients) },
	{ "step", TITLED, 1, take_step, offsetof(struct sequence, steps) },
	{ "results", SECTION, 0, take_settings, offsetof(struct sequence, results) },
};

/* sequence NAME { ... } end = true, and nothing else. */
static int
take_file(struct loader *l, const struct seq_node *n)
{
	if (n == NULL || !n->is_section || strcmp(n->word, "sequence") != 0 || n->title == NULL)
		return bad(l, n == NULL ? 1 : n->line, "sequence NAME { is expected, not", n == NULL ? "nothing" : n->word);
	l->s->name = n->title;
	if (take_all(l, n->child, sequence_words, COUNT(sequence_words), "sequence", l->s) == -1)
		return -1;
	if (l->s->kind == NULL || l->s->steps == NULL)
		return bad(l, n->line, "kind and a step are needed in", n->title);
	if (n->next == NULL || n->next->is_section || strcmp(n->next->word, "end") != 0 || n->next->nvalues != 1 ||
	    strcmp(n->next->value[0], "true") != 0)
		return bad(l, n->next == NULL ? n->line : n->next->line, "end = true is missing: the file is cut off, or goes on, behind", n->title);
	if (n->next->next != NULL)
		return bad(l, n->next->next->line, "nothing may follow end = true:", n->next->next->word);
	return 0;
}

int
sequence_parse(const char *file, const char *text, size_t len, struct sequence **out, struct pd_err *e)
{
	struct sequence *s = calloc(1, sizeof(*s));
	struct seq_node *first;
	struct loader	 l = { .s = s, .file = file, .e = e };

	*out = NULL;
	if (s == NULL)
		return pd_fail(e, PD_BUG, "%s: out of memory", file);
	s->file = arena_text(&s->arena, file, strlen(file));
	if (s->file == NULL || sequence_text_read(&s->arena, file, text, len, &first, e) == -1 || take_file(&l, first) == -1 ||
	    sequence_check(s, e) == -1) {
		sequence_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

int
sequence_load(const char *path, struct sequence **s, struct pd_err *e)
{
	char  *text;
	size_t len;
	int    rv;

	*s = NULL;
	if (io_read_file(AT_FDCWD, path, SEQUENCE_FILE_MAX, &text, &len, e) == -1)
		return -1;
	rv = sequence_parse(path, text, len, s, e);
	free(text);
	return rv;
}

void
sequence_free(struct sequence *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s);
}

const char *
sequence_name(const struct sequence *s)
{
	return s->name;
}

const char *
sequence_kind(const struct sequence *s)
{
	return s->kind;
}
