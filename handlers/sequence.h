/* SPDX-License-Identifier: ISC */
/*
 * sequence.h - command sequences: data that says which console commands a verb runs, in what
 * order, how each is recognised as done, and how it is undone.  powerdirector-sequence(5).
 *
 * No C file spells a console command; templates/KIND/VERB.seq does.
 */
#ifndef PD_HANDLERS_SEQUENCE_H
#define PD_HANDLERS_SEQUENCE_H

#include <jansson.h>

#include "handlers/transport.h"
#include "spool/err.h"
#include "spool/journal.h"

struct sequence;

/* Parses and checks a file: unknown words, unknown placeholder types, placeholders that no step before captures and no input has: PD_BADDATA "FILE:LINE: ...". */
int  sequence_load(const char *path, struct sequence **s, struct pd_err *e);
void sequence_free(struct sequence *s);

/* What a run works on.  Nothing here is global; the caller owns everything. */
struct run {
	const struct sequence *seq;
	struct transport      *transport;	/* NULL in plan mode */
	struct journal	      *journal;		/* NULL in plan mode */
	int		       log_fd;		/* -1 = no events */
	json_t		      *vars;		/* object: inputs, then captures are added; paths like vm.name, disk.size */
	json_t		      *records;		/* journal as found at start (array), for resume and undo; may be NULL */
	/* Asked between steps and while polling: 0 go on, 'c' cancel (undo), 'p' park. */
	int (*stop)(void *arg);
	void (*undoing)(void *arg, const char *why);	/* told once, before the first undo; may be NULL */
	void *arg;
};

enum outcome { OUTCOME_DONE, OUTCOME_FAILED, OUTCOME_STUCK, OUTCOME_CANCELLED, OUTCOME_PARKED };

struct run_result {
	enum outcome  outcome;
	struct pd_err err;	/* code and message for the user when not done; stuck: names what is left */
	json_t	     *value;	/* object: the sequence's results; owned by the caller */
};

void sequence_run(struct run *r, struct run_result *res);	/* from the start, or resumed when records has steps */
void sequence_undo(struct run *r, struct run_result *res);	/* undo everything in records */
/* Writes every command that would run as "command" events to log_fd, known values filled in, others as <name>. */
void sequence_plan(struct run *r, struct run_result *res);

#endif
