/* SPDX-License-Identifier: ISC */
/*
 * An HMC locks an account after three wrong passwords in a row, for five minutes since the last
 * try: also a right password is refused then, and whoever tries is told.  Keys are not asked.
 * All functions may be called from any thread.
 */
#ifndef SIM_LOCKOUT_H
#define SIM_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>

struct lockout;

/* speed: as of the clock of power operations; five minutes are 300 s / speed, 0: no time at all.  NULL: no memory. */
struct lockout *lockout_new(double speed);
void	lockout_free(struct lockout *l);

/*
 * Is this try refused whatever the password is?  Counts it then, and puts what is said into text
 * (two lines).  NULL as l: never.
 */
bool	lockout_refuses(struct lockout *l, const char *user, char *text, size_t size);
/* What became of a try that was not refused. */
void	lockout_note(struct lockout *l, const char *user, bool right);

#endif
