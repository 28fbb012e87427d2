/* SPDX-License-Identifier: ISC */
/*
 * fake_console.h - a transport with a small console behind it: a set of objects that commands make and remove.
 *
 * It can go wrong at any command, and it checks promise P3: a command that changes something finds its intent as the last
 * record of the journal.
 */
#ifndef PD_TESTS_FAKE_CONSOLE_H
#define PD_TESTS_FAKE_CONSOLE_H

#include <jansson.h>

#include "handlers/sequence/sequence.h"
#include "handlers/transport/transport.h"

enum trouble {
	NO_TROUBLE,
	REFUSE,		/* exit status 1 and a text */
	LOSE_BEFORE,	/* the channel is lost, nothing happened */
	LOSE_AFTER,	/* it happened, then the channel is lost */
	LOSE_AT_WORK,	/* the channel is lost, it happens later: when it was listed so often (LATE_LOOKS) */
	GARBLE,		/* it happened, what comes back is no text */
	NOT_SENT,	/* no connection, once */
	DEAD,		/* no connection, from now on */
	REFUSE_ALL,	/* every change is refused from now on */
	CANCEL,		/* the user cancels while it runs */
	PARK		/* the director wants the job parked */
};

#define LATE_LOOKS 3

struct fake_console {
	struct transport transport;
	json_t	     *objects;		/* set of texts */
	json_t	     *commands;		/* what came, in order */
	size_t	      at;		/* number of the next command, from 0 */
	size_t	      trouble_at;
	enum trouble  trouble;
	int	      is_dead, is_locked, refuses, stop;	/* locked: a dead one refuses our key instead of being silent */
	int	      polls;		/* of the state since power on */
	char	      late[4096];	/* the change that is at work; "" = none */
	int	      late_is_root, late_looks;
	int	      deaf;		/* so many wishes to shut down are accepted and heard by nobody: the guest has not come up yet */
	int	      overtaken;	/* changes that came while one was at work */
	int	      boots_to_firmware, configures;
	const char   *journal;		/* path */
	int	      intents_missing;	/* changes without an intent before them */
	int64_t	      now_ms;
	struct run_clock clock;
};

void fake_console_init(struct fake_console *c, const char *journal);
void fake_console_clear(struct fake_console *c);
char *fake_console_state(const struct fake_console *c);	/* allocated; the same text for the same objects */
int   fake_console_stop(void *arg);			/* for struct run */

#endif
