/* SPDX-License-Identifier: ISC */
/*
 * follow.h - a job's event log (spool/joblog.h), read while it grows.
 *
 * A reader costs its own memory only: one line or one read at most, and while it waits none.  It holds no connection to
 * the director.
 */
#ifndef PD_GATEWAY_FOLLOW_FOLLOW_H
#define PD_GATEWAY_FOLLOW_FOLLOW_H

#include <jansson.h>
#include <stddef.h>

#include "spool/err.h"
#include "spool/id.h"

#define FOLLOW_LINE_MAX (1024 * 1024)	/* one event; a plan's or a result's value is the largest */

enum event_kind {
	EVENT_OTHER,	/* known to a later version, or of no use to a follower */
	EVENT_ADMITTED, EVENT_STATE, EVENT_STEP, EVENT_STEP_DONE, EVENT_NOTE, EVENT_WAIT, EVENT_COMMAND, EVENT_RESULT
};

/* One line, checked: texts point into json, or without it into the line, and are never NULL. */
struct event {
	enum event_kind kind;
	const char     *step, *say, *state, *level, *text, *as, *cmd, *wait, *when, *until, *user, *tenant;
	int		i, of;		/* 0 = not said; 1 <= i <= of <= 9999 */
	long long	ms;
	json_t	       *json;		/* owned; NULL where event_scan() read it, never of a result */
};
/* len bytes without their newline, any JSON.  PD_BADDATA: not an object with "event". */
int  event_parse(const char *line, size_t len, struct event *ev, struct pd_err *e);
void event_clear(struct event *ev);

/* For event_scan.c, so that there is one rule of each. */
enum event_kind event_kind_of(const char *name, size_t len);
void		event_set_numbers(struct event *ev, long long i, long long of, long long ms);

struct follow {
	int    fd, watch;	/* watch is -1 where there is none */
	int    look_ms;		/* without a watch: until it is looked at again */
	int    early_ms;	/* spent waiting with short looks, in the beginning */
	int    may_watch;	/* and has not yet */
	const char *spool, *id;	/* lent */
	long long   at;		/* bytes read */
	char  *buf;
	size_t start, len, size;
};

/* Opens SPOOL/log/ID, and watches it later if it may (followers.h); both texts stay until it is closed.  PD_NOTFOUND: not there yet. */
int follow_open(struct follow *f, const char *spool, const char *id, int may_watch, struct pd_err *e);
void follow_close(struct follow *f);	/* also after a failed open */

/* 1 = *ev is the next event, whose texts hold until the next call; 0 = no whole line more yet, -1 = unreadable. */
int follow_next(struct follow *f, struct event *ev, struct pd_err *e);

/* Until the log may have grown, limit_ms, a signal, or the reader of our stdout is gone: -1 then, else 0. */
int follow_wait(struct follow *f, int limit_ms);

#endif
