/* SPDX-License-Identifier: ISC */
/*
 * engine_settle.c - a command whose answer was lost: is it over?
 *
 * Its session is gone, and itself may go on.  A probe that is asked too early finds nothing; then the command would be sent twice, or its step
 * undone before it takes effect.  So "settle" seconds are waited for in any case, and then, where the sequence says how the console lists what
 * is at work (at-work), until the command is not listed any more; but no longer than it had been given for its answer.
 *
 * A listing shows a command without its quotes, and may cut it: AIX keeps 80 characters.  A row that ends within our command, behind at
 * least SHOWN_MIN characters of it, counts as our command: waiting for somebody else's does no harm.
 */
#include <string.h>

#include "handlers/engine/engine.h"
#include "spool/os/clock.h"

#define SHOWN_MIN  40
#define LOOK_MS	   500		/* between two looks at first; then twice as long each time */
#define LOOK_MAX_MS 10000

static void
strip_quotes(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (strchr("\"'\\", *s) == NULL)
			*to++ = *s;
	*to = '\0';
}

static int
row_has(const char *row, size_t len, const char *cmd)
{
	size_t n = strlen(cmd);

	for (size_t i = 0; i < len; i++) {
		size_t left = len - i;

		if (n > 0 && (left >= n || left >= SHOWN_MIN) && strncmp(row + i, cmd, left < n ? left : n) == 0)
			return 1;
	}
	return 0;
}

static int
lists(const char *listing, const char *cmd)
{
	for (size_t len; *listing != '\0'; listing += len + (listing[len] == '\n')) {
		len = strcspn(listing, "\n");
		if (row_has(listing, len, cmd))
			return 1;
	}
	return 0;
}

/* One of the unit's commands: those of a root session run one after the other. */
static int
lists_one(struct engine *g, const struct unit *u, char *listing)
{
	struct scope s = engine_scope(g, u);
	char	     cmd[COMMAND_MAX];

	strip_quotes(listing);
	for (size_t i = 0; i < u->step->commands.n; i++) {
		if (place_fill(&u->step->commands.command[i], &s, FILL_COMMAND, cmd, sizeof(cmd), NULL) == -1)
			continue;
		strip_quotes(cmd);
		if (lists(listing, cmd))
			return 1;
	}
	return 0;
}

/* 1 = it is at work still.  A console that does not say so now is taken at its probe's word. */
static int
is_at_work(struct engine *g, const struct unit *u)
{
	struct pd_err ignored = { 0 };
	struct answer a;
	int	      rv = engine_send(g, u, PART_PROBE, &g->seq->at_work, 0, NULL, &a, &ignored) == SENT_OK &&
	    lists_one(g, u, a.out);

	answer_clear(&a);
	return rv;
}

static int
wait_end(struct engine *g, const struct unit *u)
{
	int64_t most_ms = u->step->commands.timeout_s * 1000, left_ms = u->sent_ms + most_ms - clock_wall_ms(),
		pause_ms = LOOK_MS;
	int64_t end_ms = engine_now(g) + (left_ms < most_ms ? left_ms : most_ms);	/* a clock that was set back delays nothing for long */
	int	is_told = 0;

	while (engine_now(g) < end_ms && !engine_stop(g) && is_at_work(g, u)) {
		if (!is_told)
			engine_note(g, "info", "the command is still at work on the console: waiting for its end");
		is_told = 1;
		if (engine_wait(g, pause_ms) != 0)
			break;
		pause_ms = 2 * pause_ms < LOOK_MAX_MS ? 2 * pause_ms : LOOK_MAX_MS;
	}
	return engine_stop(g);
}

int
engine_settle(struct engine *g, const struct unit *u)
{
	int64_t most_ms = g->seq->settle_s * 1000, left_ms = u->sent_ms + most_ms - clock_wall_ms();

	if (u->state != UNIT_UNKNOWN || u->sent_ms == 0)
		return 0;
	if (left_ms > 0 && engine_wait(g, left_ms < most_ms ? left_ms : most_ms) != 0)
		return g->stopped;
	return g->seq->at_work.n == 0 ? 0 : wait_end(g, u);
}
