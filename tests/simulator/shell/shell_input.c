/* SPDX-License-Identifier: ISC */
/*
 * Where a shell's commands come from: one text (an exec request, `...`, eval), or standard
 * input, line by line, with prompts when somebody types.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

static int
line_number(const char *from, const char *to)
{
	int n = 1;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

static int
too_long(struct shell *sh)
{
	return shell_syntax_error(sh, &(struct parse_error){ .why = SYNTAX_TOO_LONG });
}

int
shell_run_text(struct shell *sh, const char *text, size_t len)
{
	size_t pos = 0, used;
	struct prog *prog;
	struct parse_error err;

	if (sh->depth > SHELL_DEPTH_MAX || memchr(text, '\0', len) != NULL)
		return too_long(sh);
	sh->status = 0;
	while (pos < len && !shell_stopped(sh)) {
		if (shell_parse(text + pos, len - pos, true, line_number(text, text + pos), &prog, &used,
		    &err) != PARSE_OK)
			return shell_syntax_error(sh, &err);
		if (prog->root != NULL)
			(void)shell_run_node(sh, prog->root, prog);
		prog_unref(prog);
		pos += used;
	}
	return sh->status;
}

static void
prompt(struct shell *sh, bool more)
{
	struct record *record = sh->base->record;
	char text[128];

	shell_flush(sh);
	if (!sh->prompts)
		return;
	sh->base->record = NULL;	/* a prompt answers no command */
	shell_prompt(sh, text, sizeof(text));
	sim_out_puts(sh->err, more ? "> " : text);
	shell_flush(sh);
	sh->base->record = record;
}

/* Each command line that somebody types or sends has a record of its own. */
static void
run_typed(struct shell *sh, struct prog *prog, const char *text, size_t len)
{
	struct record *outer = sh->base->record;
	char *copy = strndup(text, len > 0 && text[len - 1] == '\n' ? len - 1 : len);

	sh->base->record = record_new(sh->session, sh->user, "line", copy != NULL ? copy : "");
	free(copy);
	if (sh->sim->latency_ms != 0)
		(void)cancel_wait_ms(sh->cancel, (long)sh->sim->latency_ms);
	(void)shell_run_node(sh, prog->root, prog);
	if (cancel_state(sh->cancel) == CANCEL_INT)
		sh->status = 130;
	shell_flush(sh);
	record_end(sh->sim->transcript, sh->base->record, sh->status,
	    sh->base->out.failed ? "the client had gone" : NULL);
	sh->base->record = outer;
}

/*
 * Parses and runs what has gathered in text.  Returns true when more lines are needed before
 * anything can run.
 */
static bool
run_gathered(struct shell *sh, struct sim_out *text, bool at_end)
{
	struct prog *prog;
	size_t used;
	struct parse_error err;

	while (text->len > 0) {
		switch (shell_parse(text->data, text->len, at_end, 1, &prog, &used, &err)) {
		case PARSE_MORE:
			return true;
		case PARSE_ERROR:
			(void)shell_syntax_error(sh, &err);
			text->len = 0;
			if (!sh->prompts)
				sh->exiting = true;
			return false;
		case PARSE_OK:
			break;
		}
		if (prog->root != NULL && (sh->prompts || sh->is_script))
			run_typed(sh, prog, text->data, used);
		else if (prog->root != NULL)
			(void)shell_run_node(sh, prog->root, prog);
		prog_unref(prog);
		text->len -= used;
		memmove(text->data, text->data + used, text->len);
		if (shell_stopped(sh))
			text->len = 0;
	}
	return false;
}

static void
interrupted(struct shell *sh, struct sim_out *text)
{
	text->len = 0;
	if (sh->prompts && cancel_state(sh->cancel) != CANCEL_KILL)
		cancel_clear_int(sh->cancel);
	else
		sh->aborted = true;
}

int
shell_run_input(struct shell *sh)
{
	struct sim_out text = { 0 };
	bool more = false;
	char *line;
	ssize_t n;

	if (sh->depth > SHELL_DEPTH_MAX)
		return 1;
	sh->status = 0;
	while (!sh->exiting && !sh->aborted) {
		prompt(sh, more);
		n = stream_getline(sh->in, &line);
		if (n == -1) {
			interrupted(sh, &text);
			more = false;
			continue;
		}
		if (n > 0 && memchr(line, '\0', (size_t)n) == NULL)
			sim_out_write(&text, line, (size_t)n);
		free(line);
		if (text.len > SHELL_TEXT_MAX) {
			(void)too_long(sh);
			break;
		}
		more = run_gathered(sh, &text, n == 0);
		if (sh->prompts)
			cancel_clear_int(sh->cancel);
		if (n == 0)
			break;
	}
	sim_out_free(&text);
	return sh->status;
}
