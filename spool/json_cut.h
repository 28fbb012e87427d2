/* SPDX-License-Identifier: ISC */
/*
 * json_cut.h - compact JSON text cut into its values where they stand: no tree, no copy, nothing allocated.
 *
 * What it takes is less than JSON: no blanks between things, at most JSON_CUT_DEPTH levels, UTF-8 only, no \u escapes
 * of surrogates or of NUL, integers of up to 18 digits, exponents of up to two.  Whatever it takes, jansson takes, too
 * (tests/fuzz/fuzz_json_cut.c); keys that stand twice in an object are its reader's business.
 */
#ifndef PD_SPOOL_JSON_CUT_H
#define PD_SPOOL_JSON_CUT_H

#include <stddef.h>

#define JSON_CUT_DEPTH 64

/* Bytes of somebody else's text. */
struct json_piece {
	const char *p;
	size_t	    len;
};

/* How many of the len bytes are the value that they begin with; 0: they begin with none. */
size_t json_cut(const char *text, size_t len);

/* The elements of an array, or the members of an object, one after the other. */
struct json_walk {
	const char *p, *end;
	char	    close;	/* ']' or '}' */
	char	    is_first;
	char	    is_within;	/* end is not its own */
};
/* open is '[' or '{'.  -1: the value is not that. */
int json_walk_open(struct json_walk *w, struct json_piece value, char open);
/*
 * 1: *value is the next one, and of an object *key its key, as it is written between the quotes; 0: that was all, and nothing stands behind
 * it; -1: it is not what json_cut() takes.
 */
int json_walk_next(struct json_walk *w, struct json_piece *key, struct json_piece *value);
/*
 * The next element of an array, which is to begin with open, is walked itself, and not measured first: 1, 0 and -1 as
 * above.  When in has come to its end, json_walk_up() makes w go on behind it; json_walk_next() of in does not look
 * whether something stands there.
 */
int  json_walk_down(struct json_walk *w, char open, struct json_walk *in);
void json_walk_up(struct json_walk *w, const struct json_walk *in);

#endif
