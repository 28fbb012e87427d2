/* SPDX-License-Identifier: ISC */
/*
 * log.h - the director's log for people: one line per event, key=value.
 *
 *	2027-03-01T09:00:00.123Z level=notice event=admitted job=01JD... user=alice
 *
 * It may be lost; what must not be lost is in the history (spool/store/store.h).
 */
#ifndef PD_SPOOL_LOG_H
#define PD_SPOOL_LOG_H

#include <syslog.h>

struct log {
	int fd;		/* lines go here with one write(2) each; -1 = nowhere */
	int level;	/* LOG_ERR .. LOG_DEBUG: what is less important is left out */
	int to_syslog;	/* to syslog(3) too, without the time */
};

/* Pairs of const char *key, const char *value, ended by NULL; values are escaped here. */
void log_event(const struct log *log, int level, const char *event, ...) __attribute__((sentinel));

#endif
