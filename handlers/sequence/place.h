/* SPDX-License-Identifier: ISC */
/*
 * place.h - texts with references to values: commands, and messages for people.
 *
 *	{vm.name:lpar-name}	in a command: the value, which must be of that type
 *	{net.dns1:ip=}		the same; what follows = when there is no value (here: nothing)
 *	{vm.name}		in a message: any value, made harmless
 *	{disk.size:size}	in a message: MiB as people write them; {disk.index:ordinal} counts from 1
 *	{{ }}			braces that mean themselves
 *
 * Where a reference of a command stands for the console's shell is found out once, when the
 * sequence is loaded, by place_parse(): a bare word, inside "...", inside '...'; and whether it is in an attribute list
 * (behind a = of the same word), where a comma would end it.  A type that may hold a character with a meaning there is refused.
 */
#ifndef PD_HANDLERS_SEQUENCE_PLACE_H
#define PD_HANDLERS_SEQUENCE_PLACE_H

#include <stddef.h>

#include "handlers/sequence/arena.h"
#include "handlers/sequence/scope.h"
#include "handlers/sequence/value_type.h"
#include "spool/err.h"

#define COMMAND_MAX 8192	/* bytes of one filled-in command */

struct place_part {
	const char	       *literal;	/* or NULL, then: */
	const char	       *path;
	const struct value_type *type;		/* NULL in messages */
	const char	       *fallback;	/* NULL = none */
};

struct place {
	const char	  *source;
	int		   line;
	struct place_part *part;
	size_t		   n;
};

enum place_use { PLACE_COMMAND, PLACE_MESSAGE };
enum place_fill {
	FILL_COMMAND,	/* types checked; a missing value is an error */
	FILL_PLAN,	/* the same, but a missing value is <name> */
	FILL_MESSAGE,	/* values made harmless; a missing one is ? */
	FILL_RAW	/* to compare with: values as they are; a missing one is an error */
};

int place_parse(struct arena *a, const char *file, int line, const char *text, enum place_use use, struct place *p,
    struct pd_err *e);

/* Fills buf; PD_BADDATA names the path of a value that is missing or not of its type, or that buf is too small. */
int place_fill(const struct place *p, const struct scope *s, enum place_fill how, char *buf, size_t size, struct pd_err *e);

#endif
