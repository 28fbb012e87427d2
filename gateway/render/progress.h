/* SPDX-License-Identifier: ISC */
/*
 * progress.h - a job's events for a person, on stderr; a plan's commands on stdout.
 *
 * On a terminal one line is updated in place and each finished step stays as a line; without one each step is a line.
 * A plan's commands stand below the words of their step, which are comments: the whole can be kept as a note of what
 * runs.
 */
#ifndef PD_GATEWAY_RENDER_PROGRESS_H
#define PD_GATEWAY_RENDER_PROGRESS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/follow/follow.h"

struct progress {
	FILE   *err, *out;
	int	is_tty, is_silent;	/* is_silent: nothing on err */
	int	as_json;		/* commands go to `commands`, not to out */
	int	width;			/* columns of the terminal */
	int	is_line_open;		/* an updating line stands on the terminal */
	int	i, of;
	int	is_undoing;		/* and it was said */
	char   *say;			/* the running step, harmless; NULL between steps */
	char   *group;			/* words of the step whose planned commands were printed last */
	int64_t began_ms;		/* monotonic; 0 before the first step */
	int64_t step_began_ms;		/* monotonic, as this process saw it */
	json_t *commands;		/* array of {as, cmd, step?, say?, when?, until?}; NULL until there is one */
};

void progress_init(struct progress *p, FILE *err, FILE *out, int is_tty, int is_silent, int as_json);
void progress_event(struct progress *p, const struct event *ev, int64_t now_ms);
void progress_tick(struct progress *p, int64_t now_ms);	/* redraws the elapsed time */
/* How long it took, when steps were shown; status is the job's exit status. */
void progress_total(struct progress *p, int status, int64_t now_ms);
void progress_clear(struct progress *p);

#endif
