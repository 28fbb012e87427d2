/* SPDX-License-Identifier: ISC */
/*
 * plan.c - a sequence told instead of run: every command that would be sent, in order, what is known filled in.
 */
#include <string.h>

#include "handlers/engine.h"

static int
tell_command(struct engine *g, const struct unit *u, const struct commands *c, size_t index)
{
	char cmd[COMMAND_MAX];

	if (engine_command(g, u, c, index, FILL_PLAN, cmd, &g->err) == -1)
		return -1;
	engine_event(g, "command", json_pack("{s:s, s:s}", "as", c->as_root ? "root" : "padmin", "cmd", cmd));
	return 0;
}

static int
plan_unit(struct engine *g, const struct unit *u)
{
	struct scope s = engine_scope(g, u);
	int	     holds = cond_eval(&u->step->when, &s, 1);

	if (holds == 0 || u->step->commands.n == 0)
		return 0;
	if (holds == -1)
		engine_note(g, "info", "only when %s:", u->step->when.source);
	for (size_t i = 0; i < engine_sends(&u->step->commands); i++)
		if (tell_command(g, u, &u->step->commands, i) == -1)
			return -1;
	if (u->step->poll != NULL)
		engine_note(g, "info", "repeated until %s", u->step->poll->until.source);
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
