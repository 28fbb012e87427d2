/* SPDX-License-Identifier: ISC */
/*
 * sequence_parse.c - from the words of a sequence file to struct sequence: steps, and the file as a whole.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence_words.h"
#include "spool/os/io.h"

#define TIMEOUT_S    60		/* a command that takes longer says so */
#define POLL_EVERY_S 2
#define UNDO_EVERY_S 2
#define SETTLE_S     2
#define AGAIN_EVERY_S 15
#define WATCH_EVERY_S	5
#define WATCH_TIMEOUT_S 20	/* what is asked beside is not worth a long wait */

/* ---- parts of a step ---- */

static const struct word probe_words[] = {
	{ "ask", ONE, 0, seq_take_commands, offsetof(struct probe, ask) },
	{ "as", ONE, 0, seq_take_as, offsetof(struct probe, ask) },
	{ "timeout", ONE, 0, seq_take_seconds, offsetof(struct probe, ask.timeout_s) },
	{ "may-fail", ONE, 0, seq_take_flag, offsetof(struct probe, ask.may_fail) },
	{ "capture", TITLED, 1, seq_take_capture, offsetof(struct probe, captures) },
	{ "done-when", ONE, 0, seq_take_cond, offsetof(struct probe, done_when) },
	{ "busy-when", ONE, 0, seq_take_cond, offsetof(struct probe, busy_when) },
	{ "first", ONE, 0, seq_take_flag, offsetof(struct probe, first) },
};

static int
take_probe(struct loader *l, const struct seq_node *n, void *to)
{
	struct probe *p = seq_get(l, sizeof(*p));

	if (p == NULL)
		return -1;
	p->line = n->line;
	p->ask.timeout_s = TIMEOUT_S;
	*(struct probe **)to = p;
	if (seq_take_all(l, n->child, probe_words, SEQ_COUNT(probe_words), "probe", p) == -1)
		return -1;
	if (p->ask.n == 0)
		return seq_bad(l, n->line, "ask is missing in", "probe");
	if (p->captures == NULL)
		return seq_bad(l, n->line, "capture is missing in", "probe");
	return seq_carry(l, &p->ask);
}

static const struct word watch_words[] = {
	{ "ask", ONE, 0, seq_take_commands, offsetof(struct watch, ask) },
	{ "every", ONE, 0, seq_take_seconds, offsetof(struct watch, every_s) },
	{ "capture", TITLED, 1, seq_take_capture, offsetof(struct watch, captures) },
	{ "say", ONE, 0, seq_take_message, offsetof(struct watch, say) },
};

static int
take_watch(struct loader *l, const struct seq_node *n, void *to)
{
	struct watch *w = seq_get(l, sizeof(*w));

	if (w == NULL)
		return -1;
	w->every_s = WATCH_EVERY_S;
	w->ask.timeout_s = WATCH_TIMEOUT_S;
	*(struct watch **)to = w;
	if (seq_take_all(l, n->child, watch_words, SEQ_COUNT(watch_words), "watch", w) == -1)
		return -1;
	if (w->ask.n == 0 || w->captures == NULL || w->say.source == NULL)
		return seq_bad(l, n->line, "ask, capture and say are needed in", "watch");
	return 0;
}

static const struct word poll_words[] = {
	{ "every", ONE, 0, seq_take_seconds, offsetof(struct poll, every_s) },
	{ "limit", ONE, 0, seq_take_message, offsetof(struct poll, limit) },
	{ "until", ONE, 0, seq_take_cond, offsetof(struct poll, until) },
	{ "fail-when", ONE, 0, seq_take_cond, offsetof(struct poll, fail_when) },
	{ "say-fail", ONE, 0, seq_take_message, offsetof(struct poll, say_fail) },
	{ "go-on", ONE, 0, seq_take_flag, offsetof(struct poll, go_on) },
	{ "again", ONE, 0, seq_take_commands, offsetof(struct poll, again) },
	{ "again-every", ONE, 0, seq_take_seconds, offsetof(struct poll, again_s) },
};

static int
take_poll(struct loader *l, const struct seq_node *n, void *to)
{
	struct poll *p = seq_get(l, sizeof(*p));

	if (p == NULL)
		return -1;
	p->every_s = POLL_EVERY_S;
	p->again_s = AGAIN_EVERY_S;
	p->again.timeout_s = TIMEOUT_S;
	*(struct poll **)to = p;
	if (seq_take_all(l, n->child, poll_words, SEQ_COUNT(poll_words), "poll", p) == -1)
		return -1;
	if (p->limit.source == NULL || p->until.n == 0)
		return seq_bad(l, n->line, "limit and until are needed in", "poll");
	return 0;
}

static int
take_code(struct loader *l, const struct seq_node *n, void *to)
{
	static const enum pd_code known[] = { PD_CONFLICT, PD_CAPACITY, PD_NOTFOUND, PD_BADDATA, PD_BUSY, PD_FAILED,
		PD_REMOTE };

	for (size_t i = 0; i < SEQ_COUNT(known); i++) {
		if (strcmp(code_word(known[i]), n->value[0]) == 0) {
			*(enum pd_code *)to = known[i];
			return 0;
		}
	}
	return seq_bad(l, n->line, "unknown code", n->value[0]);
}

static const struct word require_words[] = {
	{ "when", ONE, 0, seq_take_cond, offsetof(struct require, when) },
	{ "that", ONE, 0, seq_take_cond, offsetof(struct require, that) },
	{ "code", ONE, 0, take_code, offsetof(struct require, code) },
	{ "message", ONE, 0, seq_take_message, offsetof(struct require, message) },
};

static int
take_require(struct loader *l, const struct seq_node *n, void *to)
{
	struct require **tail = to, *r = seq_get(l, sizeof(*r));

	if (r == NULL)
		return -1;
	r->line = n->line;
	r->code = PD_FAILED;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = r;
	if (seq_take_all(l, n->child, require_words, SEQ_COUNT(require_words), "require", r) == -1)
		return -1;
	if (r->that.n == 0 || r->message.source == NULL)
		return seq_bad(l, n->line, "that and message are needed in", "require");
	return 0;
}

/* A section of PATH = 'text with {references}'. */
static int
take_settings(struct loader *l, const struct seq_node *section, void *to)
{
	struct setting **tail = to;

	for (const struct seq_node *n = section->child; n != NULL; n = n->next) {
		struct setting *s = seq_get(l, sizeof(*s));

		if (s == NULL)
			return -1;
		if (n->is_section || n->nvalues != 1 || !scope_path_is_valid(n->word))
			return seq_bad(l, n->line, "PATH = 'value' is expected, not", n->word);
		for (const struct seq_node *o = section->child; o != n; o = o->next)
			if (strcmp(o->word, n->word) == 0)
				return seq_bad(l, n->line, "said twice:", n->word);
		s->path = n->word;
		s->line = n->line;
		if (place_parse(&l->s->arena, l->file, n->line, n->value[0], PLACE_MESSAGE, &s->value, l->e) == -1)
			return -1;
		*tail = s;
		tail = &s->next;
	}
	return 0;
}

/* 'vm.disks as disk', or up to three of them: 'systems as system', 'system.vioses as vios'. */
static int
take_each(struct loader *l, const struct seq_node *n, void *to)
{
	struct step *s = to;

	if (n->nvalues < 1 || n->nvalues > SCOPE_EACH_MAX)
		return seq_bad(l, n->line, "one to three lists are expected for", n->word);
	for (; s->neach < n->nvalues; s->neach++) {
		const char *text = n->value[s->neach], *as = strstr(text, " as "), *alias = as == NULL ? "" : as + 4;
		const char *path = arena_text(&l->s->arena, text, as == NULL ? 0 : (size_t)(as - text));

		if (path == NULL)
			return seq_bad(l, n->line, "out of memory:", n->word);
		if (!scope_path_is_valid(path) || !scope_path_is_valid(alias) || strchr(alias, '.') != NULL)
			return seq_bad(l, n->line, "'LIST as NAME' is expected, not", text);
		s->each[s->neach].path = path;
		s->each[s->neach].alias = alias;
	}
	return 0;
}

static int
take_run(struct loader *l, const struct seq_node *n, void *to)
{
	struct step *s = to;

	s->is_run = 1;
	return seq_take_commands(l, n, &s->commands);
}

static const struct word step_words[] = {
	{ "say", ONE, 0, seq_take_message, offsetof(struct step, say) },
	{ "thing", ONE, 0, seq_take_message, offsetof(struct step, thing) },
	{ "note", ONE, 0, seq_take_message, offsetof(struct step, note) },
	{ "finish", ONE, 0, seq_take_message, offsetof(struct step, finish) },
	{ "when", ONE, 0, seq_take_cond, offsetof(struct step, when) },
	{ "for-each", LIST, 0, take_each, 0 },
	{ "probe", SECTION, 0, take_probe, offsetof(struct step, probe) },
	{ "run", LIST, 0, take_run, 0 },
	{ "ask", LIST, 0, seq_take_commands, offsetof(struct step, commands) },
	{ "as", ONE, 0, seq_take_as, offsetof(struct step, commands) },
	{ "timeout", ONE, 0, seq_take_seconds, offsetof(struct step, commands.timeout_s) },
	{ "may-fail", ONE, 0, seq_take_flag, offsetof(struct step, commands.may_fail) },
	{ "may-be-away", ONE, 0, seq_take_flag, offsetof(struct step, commands.may_be_away) },
	{ "repeatable", ONE, 0, seq_take_flag, offsetof(struct step, repeatable) },
	{ "ignore-warning", ONE, 0, seq_take_text, offsetof(struct step, ignore_warning) },
	{ "capture", TITLED, 1, seq_take_capture, offsetof(struct step, captures) },
	{ "poll", SECTION, 0, take_poll, offsetof(struct step, poll) },
	{ "require", SECTION, 1, take_require, offsetof(struct step, requires) },
	{ "set", SECTION, 0, take_settings, offsetof(struct step, settings) },
	{ "ask-director", ONE, 0, seq_take_text, offsetof(struct step, ask_director) },
	{ "watch", SECTION, 0, take_watch, offsetof(struct step, watch) },
	{ "stop", ONE, 0, seq_take_commands, offsetof(struct step, stop) },
	{ "no-return", ONE, 0, seq_take_flag, offsetof(struct step, no_return) },
	{ "undo", LIST, 0, seq_take_commands, offsetof(struct step, undo) },
	{ "undo-as", ONE, 0, seq_take_as, offsetof(struct step, undo) },
	{ "undo-timeout", ONE, 0, seq_take_seconds, offsetof(struct step, undo.timeout_s) },
	{ "undo-when", ONE, 0, seq_take_cond, offsetof(struct step, undo_when) },
	{ "undo-wait", ONE, 0, seq_take_seconds, offsetof(struct step, undo_wait_s) },
};

static int
check_step(struct loader *l, const struct step *s)
{
	if (s->is_run && s->probe == NULL && !s->repeatable)
		return seq_bad(l, s->line, "a run needs a probe, or repeatable = true, in step", s->name);
	if (!s->is_run && (s->repeatable || s->ignore_warning != NULL || (s->probe != NULL && s->undo.n == 0)))
		return seq_bad(l, s->line, "probe, repeatable and ignore-warning go with run, in step", s->name);
	if (!s->is_run && s->undo.n > 0 && s->commands.n > 0)
		return seq_bad(l, s->line, "probe and undo go with run, or stand without a command, in step", s->name);
	if (s->ask_director != NULL &&
	    (s->commands.n > 0 || s->neach > 0 || s->settings != NULL || !scope_path_is_valid(s->ask_director)))
		return seq_bad(l, s->line, "ask-director takes the path of a value and stands alone, in step", s->name);
	if (s->commands.as_second && s->is_run)
		return seq_bad(l, s->line, "the second console is only asked, in step", s->name);
	if (s->commands.may_be_away && (s->is_run || (s->commands.carrier == NULL && !s->commands.as_second)))
		return seq_bad(l, s->line,
		    "may-be-away goes with what is asked of a VIOS or the second console, in step", s->name);
	if (s->is_run && s->poll != NULL)
		return seq_bad(l, s->line, "poll goes with ask, in step", s->name);
	if (s->is_run && s->commands.may_fail && (s->captures != NULL || s->undo.n > 0))
		return seq_bad(l, s->line, "a run that may fail has no capture and no undo, in step", s->name);
	if ((s->watch != NULL || s->stop.n > 0) && (!s->is_run || s->commands.as_root || s->commands.carrier != NULL))
		return seq_bad(l, s->line, "watch and stop go with a run of the console itself, in step", s->name);
	if (s->no_return && (!s->is_run || s->probe == NULL))
		return seq_bad(l, s->line, "no-return goes with a run that has a probe, in step", s->name);
	if (s->commands.n > 1 && !s->commands.as_root)
		return seq_bad(l, s->line, "one command a step, unless it is root's, in step", s->name);
	if (s->commands.n == 0 && (s->captures != NULL || s->poll != NULL))
		return seq_bad(l, s->line, "capture and poll need a command in step", s->name);
	if (s->undo_wait_s > 0 && s->probe == NULL)
		return seq_bad(l, s->line, "undo-wait needs a probe in step", s->name);
	return 0;
}

static int
take_step(struct loader *l, const struct seq_node *n, void *to)
{
	struct step **tail = to, *s = seq_get(l, sizeof(*s));

	if (s == NULL)
		return -1;
	s->name = n->title;
	s->line = n->line;
	s->commands.timeout_s = s->undo.timeout_s = s->stop.timeout_s = TIMEOUT_S;
	for (; *tail != NULL; tail = &(*tail)->next)
		if (strcmp((*tail)->name, s->name) == 0)
			return seq_bad(l, n->line, "two steps have the name", s->name);
	*tail = s;
	if (seq_take_all(l, n->child, step_words, SEQ_COUNT(step_words), "step", s) == -1)
		return -1;
	if (s->poll != NULL)
		s->poll->again.carrier = s->commands.carrier;
	if (seq_carry(l, &s->commands) == -1 || seq_carry(l, &s->undo) == -1 ||
	    (s->poll != NULL && seq_carry(l, &s->poll->again) == -1))
		return -1;
	return check_step(l, s);
}

/* ---- the sequence ---- */

static const struct word transient_words[] = {
	{ "match", ONE, 0, seq_take_text, offsetof(struct transient, match) },
	{ "every", ONE, 0, seq_take_seconds, offsetof(struct transient, every_s) },
	{ "times", ONE, 0, seq_take_seconds, offsetof(struct transient, times) },
};

static int
take_transient(struct loader *l, const struct seq_node *n, void *to)
{
	struct transient **tail = to, *t = seq_get(l, sizeof(*t));

	if (t == NULL)
		return -1;
	t->name = n->title;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = t;
	if (seq_take_all(l, n->child, transient_words, SEQ_COUNT(transient_words), "transient", t) == -1)
		return -1;
	if (t->match == NULL || t->every_s == 0 || t->times == 0)
		return seq_bad(l, n->line, "match, every and times are needed in transient", n->title);
	return 0;
}

static int
check_words(struct loader *l, const struct seq_node *n)
{
	for (size_t i = 0; i < n->nvalues; i++)
		if (!scope_path_is_valid(n->value[i]) || strchr(n->value[i], '.') != NULL)
			return seq_bad(l, n->line, "a plain name is expected, not", n->value[i]);
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
		return seq_bad(l, n->line, "on-failure is 'undo' or 'keep', not", n->value[0]);
	*(int *)to = n->value[0][0] == 'k';
	return 0;
}

/* NAME=value, without anything that means something to a shell. */
static int
take_environment(struct loader *l, const struct seq_node *n, void *to)
{
	const char *text = n->value[0];
	size_t	    name = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	if (name == 0 || text[name] != '=' ||
	    text[name + 1 +
		strspn(text + name + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")] != '\0')
		return seq_bad(l, n->line, "NAME=value is expected, not", text);
	*(const char **)to = text;
	return 0;
}

static const struct word sequence_words[] = {
	{ "kind", ONE, 0, seq_take_text, offsetof(struct sequence, kind) },
	{ "environment", ONE, 0, take_environment, offsetof(struct sequence, environment) },
	{ "no-rows", ONE, 0, seq_take_text, offsetof(struct sequence, no_rows) },
	{ "inputs", LIST, 0, take_inputs, 0 },
	{ "optional-inputs", LIST, 0, take_optional_inputs, 0 },
	{ "on-failure", ONE, 0, take_on_failure, offsetof(struct sequence, keep) },
	{ "settle", ONE, 0, seq_take_seconds, offsetof(struct sequence, settle_s) },
	{ "at-work", ONE, 0, seq_take_commands, offsetof(struct sequence, at_work) },
	{ "undo-every", ONE, 0, seq_take_seconds, offsetof(struct sequence, undo_every_s) },
	{ "transient", TITLED, 1, take_transient, offsetof(struct sequence, transients) },
	{ "carry", TITLED, 1, seq_take_carrier, offsetof(struct sequence, carriers) },
	{ "step", TITLED, 1, take_step, offsetof(struct sequence, steps) },
	{ "results", SECTION, 0, take_settings, offsetof(struct sequence, results) },
};

/* sequence NAME { ... } end = true, and nothing else. */
static int
take_file(struct loader *l, const struct seq_node *n)
{
	if (n == NULL || !n->is_section || strcmp(n->word, "sequence") != 0 || n->title == NULL)
		return seq_bad(l, n == NULL ? 1 : n->line, "sequence NAME { is expected, not", n == NULL ? "nothing" : n->word);
	l->s->name = n->title;
	l->s->undo_every_s = UNDO_EVERY_S;
	l->s->settle_s = SETTLE_S;
	l->s->at_work.timeout_s = TIMEOUT_S;
	if (seq_take_all(l, n->child, sequence_words, SEQ_COUNT(sequence_words), "sequence", l->s) == -1)
		return -1;
	if (l->s->kind == NULL || l->s->steps == NULL)
		return seq_bad(l, n->line, "kind and a step are needed in", n->title);
	if (n->next == NULL || n->next->is_section || strcmp(n->next->word, "end") != 0 || n->next->nvalues != 1 ||
	    strcmp(n->next->value[0], "true") != 0)
		return seq_bad(l, n->next == NULL ? n->line : n->next->line,
		    "end = true is missing: the file is cut off, or goes on, behind", n->title);
	if (n->next->next != NULL)
		return seq_bad(l, n->next->next->line, "nothing may follow end = true:", n->next->next->word);
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
	if (s->file == NULL || sequence_text_read(&s->arena, file, text, len, &first, e) == -1 ||
	    take_file(&l, first) == -1 || sequence_check(s, e) == -1) {
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
