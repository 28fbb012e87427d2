/* SPDX-License-Identifier: ISC */
/*
 * event_scan.h - the plain lines of a job's log, read without building anything.
 */
#ifndef PD_GATEWAY_FOLLOW_EVENT_SCAN_H
#define PD_GATEWAY_FOLLOW_EVENT_SCAN_H

#include "gateway/follow/follow.h"

/*
 * 1 = *ev is the event in line, its texts point into it (their closing quotes became NUL) and its json is NULL.
 * 0 = the line is not in the form of event_scan.c, and untouched: event_parse() says what it is.
 */
int event_scan(char *line, size_t len, struct event *ev);

#endif
