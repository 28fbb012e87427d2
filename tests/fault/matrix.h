/* SPDX-License-Identifier: ISC */
/*
 * matrix.h - between the driver of the undo matrix and what it expects of each verb.
 */
#ifndef PD_FAULT_MATRIX_H
#define PD_FAULT_MATRIX_H

#include <sys/stat.h>

#include "tests/fault/site.h"

struct matrix;

struct matrix_verb {
	const char *name, *user, *line, *base;	/* base: the world that it begins with */
	/* What belongs to the line: behind it the stuck job or the console's address, before it what web1 is made with. */
	enum { MATRIX_ALONE, MATRIX_JOB, MATRIX_CONSOLE, MATRIX_MADE } more;
	int	    waits;		/* it has no --detach: what it answers is its end */
	int	    changes_base;	/* the world is loaded anew for each state */
	int	    undoes;		/* also with its undo refused */
	const char *undo;		/* what takes it back, where that is not a command of its own: a regular expression; or NULL */
	void	  (*check)(struct matrix *m);
};

struct matrix_kind {
	const char *name, *console, *program;	/* console: the simulator's directory in the site; program: its log and process */
	const char *refusal;			/* a message id of it */
	const char *undo;			/* what takes things back: a regular expression */
	const char *create;			/* web1 is made so */
	const struct matrix_verb *verbs;
	size_t			  nverbs;
};
extern const struct matrix_kind matrix_kinds[];	/* up to one without a name */

struct matrix {
	struct site		  site;
	const struct matrix_kind *kind;
	struct matrix_verb	  mine;		/* the verb of now, with its whole line */
	char			  line[600];
	const struct matrix_verb *verb;		/* of now */
	json_t			 *plain, *before;	/* the console with nothing on it, and as the verb found it */
	unsigned		  at, fault, no_undo;	/* the state */
	char			  job[40], state[20], ended[20], message[500], said[500], stuck[40], address[160];
	unsigned		  step, offset, index, only_at;
	int			  only_undo;
	const char		 *only_fault;
	int			  dirty;
	unsigned		  broken, count[16], done, failed, stucks, missed, violations, all_violations;
};

/* One request, and everything has ended afterwards; its exit status. */
int  matrix_ask(struct matrix *m, const char *user, const char *line, json_t **value);
int  matrix_settle(struct matrix *m);
void matrix_outcome(struct matrix *m);	/* reads what the job has come to: state and message */
/* What must be true after a verb. */
void after_create(struct matrix *m), after_delete(struct matrix *m), after_start(struct matrix *m), after_stop(struct matrix *m);
void after_change(struct matrix *m), after_modify(struct matrix *m), after_disk(struct matrix *m), after_rename(struct matrix *m);
void after_migrate(struct matrix *m), after_reading(struct matrix *m);
void after_look(struct matrix *m), after_clean(struct matrix *m), after_undo(struct matrix *m);

void matrix_wrong(struct matrix *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
