/* SPDX-License-Identifier: ISC */
/*
 * nearest.h - what was probably meant by a mistyped word.
 */
#ifndef PD_GATEWAY_REQUEST_NEAREST_H
#define PD_GATEWAY_REQUEST_NEAREST_H

/*
 * Insertions, deletions, changes and swaps of neighbours that turn a into b; 99 when either has more than 40
 * characters.  A word that b begins with counts as 1 away.
 */
int nearest_distance(const char *a, const char *b);

/* The nearest of the names (NULL ends them), at most 3 away and less than half of the word; or NULL. */
const char *nearest(const char *word, const char *const *names);

#endif
