/* SPDX-License-Identifier: ISC */
/*
 * fuzz_follow.c - any bytes as the lines of a job's log: parsed or refused, and what a person sees of them never
 * acts on his terminal.  What the quick reader takes, the parser takes, too, and finds the same in it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/follow/event_scan.h"
#include "gateway/render/progress.h"
#include "gateway/render/render.h"
#include "gateway/render/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
show(const struct event *ev, FILE *out)
{
	struct progress p;
	struct response r;

	progress_init(&p, out, out, 0, 0, 0);
	progress_event(&p, ev, 1000);
	progress_clear(&p);
	response_init(&r);
	response_from_json(&r, ev->json);
	render_value(out, "create-vm", r.value);
	render_value(out, "history", r.value);
	render_value(out, "transcript", r.value);
	(void)fprintf(out, "%s %s\n", r.word, r.message);
	response_clear(&r);
}

/* The quick reader on a copy, which it may change only when it takes the line. */
static void
compare(const char *line, size_t len, const struct event *slow)
{
	char	    *copy = malloc(len > 0 ? len : 1);
	struct event quick = { .json = NULL };

	if (copy == NULL)
		abort();
	memcpy(copy, line, len);
	if (!event_scan(copy, len, &quick)) {
		assert(memcmp(copy, line, len) == 0);
	} else {
		assert(slow != NULL && quick.json == NULL && quick.kind == slow->kind && quick.kind != EVENT_RESULT);
		assert(quick.i == slow->i && quick.of == slow->of && quick.ms == slow->ms);
		assert(strcmp(quick.step, slow->step) == 0 && strcmp(quick.say, slow->say) == 0);
		assert(strcmp(quick.state, slow->state) == 0 && strcmp(quick.level, slow->level) == 0);
		assert(strcmp(quick.text, slow->text) == 0 && strcmp(quick.as, slow->as) == 0);
		assert(strcmp(quick.cmd, slow->cmd) == 0 && strcmp(quick.wait, slow->wait) == 0);
		assert(strcmp(quick.when, slow->when) == 0 && strcmp(quick.until, slow->until) == 0);
		assert(strcmp(quick.user, slow->user) == 0 && strcmp(quick.tenant, slow->tenant) == 0);
	}
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char   *line = (const char *)data, *end;
	char	     *text = NULL;
	size_t	      len, text_len = 0;
	FILE	     *out = open_memstream(&text, &text_len);
	struct event  ev;
	struct pd_err e;

	if (out == NULL)
		abort();
	while (size > 0) {
		end = memchr(line, '\n', size);
		len = end != NULL ? (size_t)(end - line) : size;
		if (event_parse(line, len, &ev, &e) == 0) {
			assert(ev.i >= 0 && ev.i <= ev.of && ev.ms >= 0);
			compare(line, len, &ev);
			show(&ev, out);
			event_clear(&ev);
		} else {
			compare(line, len, NULL);
		}
		len += end != NULL;
		line += len;
		size -= len;
	}
	if (fclose(out) != 0)
		abort();
	assert(strpbrk(text, "\033\r\a\b") == NULL);
	free(text);
	return 0;
}
