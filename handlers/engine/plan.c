/* SPDX-License-Identifier: ISC */
/*
 * plan.c - a sequence told instead of run: every command that would be sent, in order, what is known filled in.
 *
 * With each command goes what its step says to people; with the first of a step the condition that only the console can
 * decide, with the last what the step waits for.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "handlers/engine/engine.h"

struct words {
	char  *text;
	size_t size, len;
};

static void
put(struct words *w, const char *text, size_t n)
{
	if (n >= w->size - w->len)
		return;
	memcpy(w->text + w->len, text, n);
	w->len += n;
	w->text[w->len] = '\0';
}

/* "found.rmc_state" is "rmc state" to people, "args.force" is what they wrote: "--force". */
static void
put_path(struct words *w, const char *path, size_t n)
{
	size_t from = n;

	if (n > 5 && memcmp(path, "args.", 5) == 0)
		put(w, "--", 2);
	while (from > 0 && path[from - 1] != '.')
		from--;
	for (; from < n; from++)
		put(w, path[from] == '_' ? " " : &path[from], 1);
}

/* A condition in words: 'not args.force and found.state == Running|Error' is "not --force and state is Running or Error". */
static void
in_words(const char *source, char *buf, size_t size)
{
	struct words w = { .text = buf, .size = size };
	size_t	     n;

	buf[0] = '\0';
	for (const char *s = source; *s != '\0'; s += n) {
		n = 1;
		if (*s == '"') {
			n += strcspn(s + 1, "\"");
			n += s[n] == '"';
			put(&w, s, n);
		} else if (isalpha((unsigned char)*s)) {
			while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '.' || s[n] == '-')
				n++;
			put_path(&w, s, n);
		} else if (strncmp(s, "==", 2) == 0 || strncmp(s, "!=", 2) == 0) {
			put(&w, *s == '=' ? "is" : "is not", *s == '=' ? 2 : 6);
			n = 2;
		} else if (*s == '|') {
			put(&w, " or ", 4);
		} else {
			put(&w, s, 1);
		}
	}
	if (strchr(source, ' ') == NULL)
		put(&w, " is there", 9);
}

static void
add_condition(json_t *fields, const char *key, const char *source)
{
	char text[480];

	in_words(source, text, sizeof(text));
	(void)json_object_set_new(fields, key, json_string(text));
}

static int
tell_command(struct engine *g, const struct unit *u, const struct commands *c, size_t index, int is_sure)
{
	struct scope s = engine_scope(g, u);
	char	     cmd[COMMAND_MAX], say[480], as[ENGINE_AS_MAX];
	json_t	    *fields;

	if (engine_command(g, u, c, index, FILL_PLAN, cmd, &g->err) == -1)
		return -1;
	fields = json_pack("{s:s, s:s, s:s}", "step", u->step->name, "as", engine_as(g, u, c, as), "cmd", cmd);
	if (u->step->say.source != NULL && place_fill(&u->step->say, &s, FILL_MESSAGE, say, sizeof(say), NULL) == 0)
		(void)json_object_set_new(fields, "say", json_string(say));
	if (!is_sure && index == 0)
		add_condition(fields, "when", u->step->when.source);
	if (u->step->poll != NULL && index + 1 == engine_sends(c))
		add_condition(fields, "until", u->step->poll->until.source);
	engine_event(g, "command", fields);
	return 0;
}

/* What is known already, for the commands behind it; the rest stays as it is. */
static void
set_known(struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);
	char	     text[VALUE_MAX];

	for (const struct setting *o = u->step->settings; o != NULL; o = o->next)
		if (place_fill(&o->value, &s, FILL_RAW, text, sizeof(text), NULL) == 0)
			(void)scope_set(&s, o->path, json_string(text));
}

static int
plan_unit(struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);
	int	     holds = cond_eval(&u->step->when, &s, 1);

	if (holds == 0)
		return 0;
	for (size_t i = 0; i < engine_sends(&u->step->commands); i++)
		if (tell_command(g, u, &u->step->commands, i, holds == 1) == -1)
			return -1;
	if (holds == 1)
		set_known(g, u);
	return 0;
}

void
sequence_plan(struct run *r, struct run_result *res)
{
	struct engine g = { .run = r, .res = res, .seq = r->seq };

	memset(res, 0, sizeof(*res));
	res->value = json_object();
	for (const struct step *s = g.seq->steps; s != NULL; s = s->next) {
		size_t n = engine_elements(&g, s);

		for (size_t i = 0; i < n; i++) {
			struct unit u = { .step = s, .i = (json_int_t)i };

			if (plan_unit(&g, &u) == -1) {
				res->outcome = OUTCOME_FAILED;
				res->err = g.err;
				return;
			}
		}
	}
	res->outcome = OUTCOME_DONE;
}
