/* SPDX-License-Identifier: ISC */
/*
 * id.h - job ids: ULIDs, 128 bit, 26 characters of Crockford base 32, sorted by time.
 *
 * 48 bits of wall milliseconds, 80 bits from the kernel's random source.  Made by the gateway,
 * never from user text; nobody can guess another's.
 */
#ifndef PD_SPOOL_ID_H
#define PD_SPOOL_ID_H

#include <stddef.h>

#include "spool/err.h"

#define JOB_ID_LEN	  26
#define JOB_ID_PREFIX_MIN 8	/* the shortest prefix that a user may name a job by */

int id_make(char id[JOB_ID_LEN + 1], struct pd_err *e);

/* The id behind it: the random bits count up.  A batch's ids follow each other.  PD_IO: there is none behind the last one. */
int id_next(char id[JOB_ID_LEN + 1], struct pd_err *e);

/* Exactly 26 characters of the alphabet 0-9A-HJKMNP-TV-Z, first at most '7'. */
int id_is_valid(const char *id);

/* 8 to 26 characters of the alphabet, letters of either case; writes the upper-case form. */
int id_prefix_is_valid(const char *text, char prefix[JOB_ID_LEN + 1]);

#endif
