/* SPDX-License-Identifier: ISC */
/* What was received and answered, one JSON object a line: STATE/transcript.jsonl. */
#ifndef SIM_TRANSCRIPT_H
#define SIM_TRANSCRIPT_H

#include <stddef.h>

struct transcript;
struct record;

struct transcript *transcript_open(const char *state_dir);
void	transcript_close(struct transcript *t);

/* kind: "exec", "line" (of an interactive shell) or "background". */
struct record *record_new(unsigned long session, const char *user, const char *kind, const char *command);
/* What the command printed; the first 64 KiB of each stream are kept.  Any thread. */
void	record_output(struct record *r, int is_stderr, const char *data, size_t len);
/* One simple command that ran inside.  fault may be NULL. */
void	record_ran(struct record *r, const char *user, const char *command, int status, double ms,
	    const char *fault);
/* Writes the line and frees the record.  note, when not NULL, says why there is no answer. */
void	record_end(struct transcript *t, struct record *r, int status, const char *note);

#endif
