/* SPDX-License-Identifier: ISC */
/*
 * checker.h - what the parts of pd-checker share.
 *
 * The checker is a second opinion: it knows the promises (P1 to P11) and the documented formats, and
 * links nothing of PowerDirector.  It only reads.  What it has loaded stays in JSON values; the
 * checker runs once and ends, so that nothing is ever given back.
 */
#ifndef PD_FAULT_CHECKER_H
#define PD_FAULT_CHECKER_H

#include <jansson.h>
#include <sqlite3.h>
#include <stddef.h>

#define JOB_ID_DIGITS	26
#define SHA256_BYTES	32
#define SHA256_DIGITS	64
#define CONSOLES_MAX	16
#define TMP_AGE_S	(37 * 3600)	/* what lies in tmp/ longer than 36 hours is removed; one more to do it in */

struct console {
	const char *platform;	/* its name in the database */
	const char *dir;	/* the simulator's state directory */
	json_t	   *now;	/* "state" of world.json */
	json_t	   *before;	/* the same as it was at the beginning; an empty object when nobody kept it */
};

struct check {
	const char    *spool, *state, *conf, *ledger_file;	/* NULL: not looked at */
	int	       is_running;	/* jobs may be under way */
	struct console console[CONSOLES_MAX];
	size_t	       consoles;

	sqlite3 *db;
	json_t	*jobs;		/* id -> row of the table job */
	json_t	*vms;		/* name -> row of the table vm; spec and objects are objects */
	json_t	*owners;	/* tag -> why things with this tag may be on a console */
	json_t	*addresses;	/* "VLAN ADDRESS" -> name of the VM whose networks have it */
	json_t	*places;	/* job id -> the directory of the spool that has its file */
	json_t	*logs;		/* job id -> true: it has a log */
	json_t	*by_tag;	/* tag -> [rows of its jobs] */
	json_t	*intents;	/* account and key -> [{"cmd","t"}]: the changes that journals announce; intents_of() */
	json_t	*hashes;	/* text of a history record's seq -> its hash as computed here */
	json_t	*last_event;	/* job id -> the last record of its history that tells a state */
	json_t	*refusals;	/* user -> [times, ms since 1970, of refusals with a record of their own] */
	json_t	*commands;	/* job id -> {journal record's number: command}, as the history has them */
	json_t	*counts;	/* what was looked at -> how many, in the order in which it was met */
	size_t	 violations;
};

/* One line on stdout: the promise, what is wrong, where. */
void violation(struct check *c, const char *promise, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void count(struct check *c, const char *what, size_t n);
/* A mistake of the caller or a file that cannot be read: ends the program with status 2. */
void cannot(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* What a job is answered with: itself, or the first one when it repeats that one's once-key. */
const json_t *answering(struct check *c, const json_t *job);

/* RFC 3339 with milliseconds, UTC -> milliseconds since 1970. */
json_int_t time_of(const char *text);
/* The list of an object under this key, made when there is none. */
json_t *list_of(json_t *o, const char *key);
/* The intents that may have announced a command of this account: for padmin those with its text, for root those with its tag. */
json_t *intents_of(struct check *c, const char *as, const char *command);

/* "" or 0 when it is absent or has another type; names may have dots: "spec.memory". */
const char *text_of(const json_t *o, const char *path);
json_int_t number_of(const json_t *o, const char *path);
json_t *member(const json_t *o, const char *path);
int is_one_of(const char *word, const char *list);	/* list: words with blanks between them */
char *read_file(const char *dir, const char *name, size_t *len);	/* NULL: not there; ends with NUL */
void hex_of(const unsigned char hash[SHA256_BYTES], char hex[SHA256_DIGITS + 1]);
char *printed(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* In this order: later ones use what earlier ones have loaded. */
void check_store(struct check *c);	/* jobs, VMs, reservations: P2, P4 */
void check_history(struct check *c);	/* P6 */
void check_made(struct check *c);	/* what jobs did is there: P4 */
void check_journals(struct check *c);	/* well formed, digests: P3, P6 */
void check_files(struct check *c);	/* places of job files, logs: P1, P4 */
void check_consoles(struct check *c);	/* P4 */
void check_commands(struct check *c);	/* P3, P9 */
void check_ledger(struct check *c);	/* P1, P2 */
void check_quota(struct check *c);	/* P11 */

#endif
