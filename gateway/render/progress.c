/* SPDX-License-Identifier: ISC */
/*
 * progress.c - a job's events for a person.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/progress.h"
#include "gateway/render/text.h"
#include "gateway/terminal.h"

#define EXIT_UNDONE 1	/* of a job that failed and was undone, or was cancelled */
#define CLEAR_LINE "\r\033[K"

void
progress_init(struct progress *p, FILE *err, FILE *out, int is_tty, int is_silent, int as_json)
{
	memset(p, 0, sizeof(*p));
	p->err = err;
	p->out = out;
	p->is_tty = is_tty;
	p->is_silent = is_silent;
	p->as_json = as_json;
	p->width = is_tty ? terminal_width(fileno(err)) : 80;
}

static void
progress_end(struct progress *p)
{
	if (!p->is_line_open)
		return;
	p->is_line_open = 0;
	(void)fputs(CLEAR_LINE, p->err);
	(void)fflush(p->err);
}

void
progress_clear(struct progress *p)
{
	progress_end(p);
	free(p->say);
	free(p->group);
	json_decref(p->commands);
	p->say = p->group = NULL;
	p->commands = NULL;
}

/* "1.6 s", "12 s", "3 min 05 s" */
static const char *
elapsed(char *buf, size_t size, int64_t ms)
{
	if (ms < 10000)
		(void)snprintf(buf, size, "%d.%d s", (int)(ms / 1000), (int)(ms % 1000 / 100));
	else if (ms < 60000)
		(void)snprintf(buf, size, "%d s", (int)(ms / 1000));
	else
		(void)snprintf(buf, size, "%" PRId64 " min %02d s", ms / 60000, (int)(ms / 1000 % 60));
	return buf;
}

/* "[3/14] ", nothing when the step has no number. */
static const char *
counter(const struct progress *p, char *buf, size_t size)
{
	buf[0] = '\0';
	if (p->of > 0)
		(void)snprintf(buf, size, "[%d/%d] ", p->i, p->of);
	return buf;
}

/* A line that wrapped could not be taken back: what is too long for the terminal is cut, in this line only. */
static void
draw(struct progress *p, int64_t now_ms)
{
	char   took[32], count[32], line[512];
	size_t room;

	if (!p->is_tty || p->is_silent || p->say == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s%.400s", counter(p, count, sizeof(count)), p->say);
	elapsed(took, sizeof(took), now_ms - p->step_began_ms);
	room = (size_t)p->width > strlen(took) + 4 ? (size_t)p->width - strlen(took) - 4 : 0;
	while (line[0] != '\0' && terminal_columns(line) > room) {
		size_t end = strlen(line) - 1;

		while (end > 0 && ((unsigned char)line[end] & 0xc0) == 0x80)
			end--;
		line[end] = '\0';
	}
	(void)fprintf(p->err, CLEAR_LINE "%s  %s", line, took);
	(void)fflush(p->err);
	p->is_line_open = 1;
}

/* A line that stays. */
static void
keep(struct progress *p, const char *before, const char *text, const char *after)
{
	if (p->is_silent)
		return;
	progress_end(p);
	(void)fprintf(p->err, "%s%s%s\n", before, text, after);
	if (p->is_tty)
		(void)fflush(p->err);	/* otherwise before the next wait: a long log comes in one go */
}

static void
step(struct progress *p, const struct event *ev, int64_t now_ms)
{
	const char *text = ev->say[0] != '\0' ? ev->say : ev->step;
	char	    count[32];

	free(p->say);
	p->say = text_harmless(text, strlen(text));
	p->i = ev->i;
	p->of = ev->of;
	if (p->began_ms == 0)
		p->began_ms = now_ms;
	p->step_began_ms = now_ms;
	if (p->is_tty)
		draw(p, now_ms);
	else if (p->say != NULL)
		keep(p, counter(p, count, sizeof(count)), p->say, "");
}

static void
step_done(struct progress *p, const struct event *ev)
{
	char count[32], took[32], after[40];

	if (p->is_tty && p->say != NULL) {
		(void)snprintf(after, sizeof(after), "  %s", elapsed(took, sizeof(took), ev->ms));
		keep(p, counter(p, count, sizeof(count)), p->say, after);
	}
	free(p->say);
	p->say = NULL;
}

static void
say(struct progress *p, const char *before, const char *text, int64_t now_ms)
{
	char *safe = text_harmless(text, strlen(text));

	if (safe != NULL && safe[0] != '\0')
		keep(p, before, safe, "");
	free(safe);
	draw(p, now_ms);
}

static void
collect(struct progress *p, const struct event *ev)
{
	json_t *one = json_pack("{s:s, s:s}", "as", ev->as, "cmd", ev->cmd);
	const struct {
		const char *key, *text;
	} more[] = { { "step", ev->step }, { "say", ev->say }, { "when", ev->when }, { "until", ev->until } };

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (more[i].text[0] != '\0')
			json_object_set_new(one, more[i].key, json_string(more[i].text));
	if (p->commands == NULL)
		p->commands = json_array();
	json_array_append_new(p->commands, one);
}

static void
comment(struct progress *p, const char *before, const char *text)
{
	char *safe = text_harmless(text, strlen(text));

	(void)fprintf(p->out, "%s%s\n", before, safe != NULL ? safe : "");
	free(safe);
}

/* Steps without words of their own belong to the step before. */
static void
heading(struct progress *p, const struct event *ev)
{
	if (ev->say[0] != '\0' && (p->group == NULL || strcmp(p->group, ev->say) != 0)) {
		comment(p, p->group != NULL ? "\n# " : "# ", ev->say);
		free(p->group);
		p->group = strdup(ev->say);
	}
	if (ev->when[0] != '\0')
		comment(p, "# only if ", ev->when);
}

static void
command(struct progress *p, const struct event *ev)
{
	char  prompt[TEXT_PROMPT_MAX];
	char *text;

	if (p->as_json) {
		collect(p, ev);
		return;
	}
	progress_end(p);
	(void)fflush(p->err);	/* what was said before it comes before it */
	heading(p, ev);
	text = text_harmless(ev->cmd, strlen(ev->cmd));
	(void)fprintf(p->out, "%s %s\n", text_prompt(ev->as, prompt), text != NULL ? text : "");
	free(text);
	if (ev->until[0] != '\0')
		comment(p, "# again until ", ev->until);
}

void
progress_event(struct progress *p, const struct event *ev, int64_t now_ms)
{
	switch (ev->kind) {
	case EVENT_ADMITTED:
	case EVENT_WAIT:
		say(p, "waiting for ", ev->wait, now_ms);
		break;
	case EVENT_STATE:
		if (strcmp(ev->state, "undoing") == 0 && !p->is_undoing)
			say(p, "", "undoing what was begun", now_ms);
		p->is_undoing |= strcmp(ev->state, "undoing") == 0;
		break;
	case EVENT_STEP:
		step(p, ev, now_ms);
		break;
	case EVENT_STEP_DONE:
		step_done(p, ev);
		break;
	case EVENT_NOTE:
		p->is_undoing |= strncmp(ev->text, "undoing", 7) == 0;
		say(p, strcmp(ev->level, "warning") == 0 ? "warning: " : "", ev->text, now_ms);
		break;
	case EVENT_COMMAND:
		command(p, ev);
		break;
	default:
		break;
	}
}

void
progress_tick(struct progress *p, int64_t now_ms)
{
	draw(p, now_ms);
}

void
progress_total(struct progress *p, int status, int64_t now_ms)
{
	int64_t ms = now_ms - p->began_ms;
	char	took[32];

	if (p->began_ms == 0)
		return;
	if (ms < 1000)
		(void)snprintf(took, sizeof(took), "%d ms", (int)ms);
	else
		elapsed(took, sizeof(took), ms);
	keep(p, status == 0 ? "done in " : "ended after ", took,
	    status == EXIT_UNDONE && p->is_undoing ? "; nothing is left of it" : "");
}
