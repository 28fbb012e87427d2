/* SPDX-License-Identifier: ISC */
/*
 * site.h - a site as the campaign drives it: its programs, its requests, its database, its console.
 *
 * The site is one of tests/demo/site with SITE/fault/ as the directory of its programs.
 */
#ifndef PD_FAULT_SITE_H
#define PD_FAULT_SITE_H

#include <jansson.h>
#include <sys/types.h>

#include "tests/fault/plan.h"

#define SITE_PATH_MAX 512

struct answer {
	int	status;		/* exit status; -1 = ended by a signal, -2 = had no end within its time and was ended */
	json_t *json;		/* what it said on stdout, NULL when that is no object */
};

struct site {
	const char *dir;
	const char *console;	/* the directory of its simulator that is looked at; NULL = power1, an IVM */
	const char *checker;	/* program that knows the promises, NULL = none */
	pid_t	    director;	/* 0 = none */
	json_t	   *world;	/* the console before anything was made */
	off_t	    transcript;	/* bytes of what had been sent to it */
};

/* Only loudly: a driver without its files cannot go on. */
void site_die(const char *what) __attribute__((noreturn));
/* dir/name in one of a few buffers that are used in turn. */
const char *site_path(const struct site *s, const char *name);

struct plan *site_plan(const struct site *s, const char *program);	/* maps, makes when missing */

void site_save(struct site *s);		/* state and spool as they are, to come back to */
void site_restore(struct site *s);

/* 0 when it listens; -1 when it ended before. */
int  site_start(struct site *s);
void site_kill(struct site *s);		/* director and all workers, at once; returns when they are gone */
/* One request of alice as sshd would start it; json_decref() the answer's json. */
struct answer site_request(struct site *s, const char *line, int limit_ms);
struct answer site_request_as(struct site *s, const char *user, const char *line, int limit_ms);

/* First column of the first row as a number; -1 when the question has no answer. */
long long site_number(struct site *s, const char *sql);
int	  site_text(struct site *s, const char *sql, char *text, size_t size);
int	  site_count_files(struct site *s, const char *dir);
int	  site_pending(struct site *s);	/* jobs without an end, files not filed away; -1 = not known now */
json_t	 *site_world(struct site *s);
/* The independent checker's word: 0 = every promise is kept; else why has its first line, and log/checker all. */
int	  site_check(struct site *s, char *why, size_t size);
void	  site_sleep(int ms);
long long site_now_ms(void);

#endif
