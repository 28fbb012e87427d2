/* SPDX-License-Identifier: ISC */
/*
 * Options of a verb by a table: flags with no, one, perhaps one, many or any number of values, in any
 * order between positional words.
 */
#ifndef PD_SIM_OPTS_H
#define PD_SIM_OPTS_H

#include <stdbool.h>
#include <stddef.h>

enum opt_kind { OPT_FLAG, OPT_ONE, OPT_MAYBE, OPT_MANY, OPT_ANY, OPT_END };

struct optdef {
	const char *flag;
	enum opt_kind kind;
};

#define OPTS_MAX 32
#define POS_MAX	 128
#define GLUED_MAX 8

struct opt {
	const char *flag;
	int n;
	char **v;
};

struct opts { /* points into itself: not to be copied */
	struct opt opt[OPTS_MAX];
	int n;
	const char *pos[POS_MAX];
	int npos;
	char *glued[GLUED_MAX]; /* values that stood right behind their flags */
	int nglued;
	char bad[200];	      /* what is wrong, as a sentence */
	const char *bad_word; /* with which word */
	bool no_value;	      /* the word is an option that needs a value */
};

/* argv[0] is the verb.  Definitions end with { NULL, OPT_END }.  -1: o->bad says why. */
int opts_parse(struct opts *o, const struct optdef *def, int argc, char **argv);
/* The same, and the value of an option of one letter may stand right behind it: -Fname,state. */
int opts_parse_short(struct opts *o, const struct optdef *def, int argc, char **argv);
const struct opt *opt_find(const struct opts *o, const char *flag);
bool opt_has(const struct opts *o, const char *flag);
const char *opt_str(const struct opts *o, const char *flag); /* its (first) value, or NULL */

/* A whole decimal number within bounds; false otherwise. */
bool parse_int(const char *s, int min, int max, int *out);

#endif
