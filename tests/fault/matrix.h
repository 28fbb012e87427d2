/* SPDX-License-Identifier: ISC */
/*
 * matrix.h - between the driver of the undo matrix and what it expects of each verb.
 */
#ifndef PD_FAULT_MATRIX_H
#define PD_FAULT_MATRIX_H

#include <sys/stat.h>

#include "tests/fault/site.h"

#define MATRIX_CREATE "create-vm web1 --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24 " \
		      "--network name=lab"

struct matrix;

struct matrix_verb {
	const char *name, *user, *line, *base;	/* base: the world that it begins with */
	enum { MATRIX_ALONE, MATRIX_JOB, MATRIX_CONSOLE } more;	/* what belongs behind the line: the stuck job, the console's address */
	int	    waits;		/* it has no --detach: what it answers is its end */
	int	    changes_base;	/* the world is loaded anew for each state */
	int	    undoes;		/* also with its undo refused */
	const char *undo;		/* what takes it back, where that is not a command of its own: a regular expression; or NULL */
	void	  (*check)(struct matrix *m);
};
extern const struct matrix_verb matrix_verbs[];
extern const size_t		matrix_nverbs;

struct matrix {
	struct site		  site;
	struct matrix_verb	  mine;		/* the verb of now, with its whole line */
	char			  line[600];
	const struct matrix_verb *verb;		/* of now */
	json_t			 *plain, *before;	/* the console with nothing on it, and as the verb found it */
	unsigned		  at, fault, no_undo;	/* the state */
	char			  job[40], state[20], message[500], said[500], stuck[40], address[160];
	unsigned		  step, offset, index, only_at;
	int			  only_undo;
	const char		 *only_fault;
	int			  dirty;
	unsigned		  broken, count[16], done, failed, stucks, missed, violations, all_violations;
};

/* One request, and everything has ended afterwards; its exit status. */
int  matrix_ask(struct matrix *m, const char *user, const char *line, json_t **value);
int  matrix_settle(struct matrix *m);
void matrix_wrong(struct matrix *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
