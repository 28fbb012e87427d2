/* SPDX-License-Identifier: ISC */
/*
 * local.h - the parts of the local transport among themselves; only handlers/local*.c and their tests include it.
 */
#ifndef PD_HANDLERS_TRANSPORT_LOCAL_H
#define PD_HANDLERS_TRANSPORT_LOCAL_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "spool/err.h"

#define LOCAL_WORDS_MAX 64	/* the longest command of a sequence has 12 */

struct local_words {
	int   argc;
	char *argv[LOCAL_WORDS_MAX + 1];	/* the last one is NULL; into text */
	char *text;				/* owned */
};

/*
 * Splits a command as the console's shell would, or refuses it (PD_BADDATA): '...' is literal, "..." knows \" \\ \$ \`,
 * outside quotes a backslash keeps the next character.  What only a shell can do (pipes, redirections, variables,
 * patterns, several commands) and bytes that are not printable ASCII are refused: nothing is ever handed to a shell
 * here.
 */
int  local_split(const char *command, struct local_words *w, struct pd_err *e);
void local_words_free(struct local_words *w);

/*
 * The path of a program: a plain name, in the first of the directories that has it.  Directory and program must belong
 * to root or to this process's user and be writable by nobody else (PD_DENIED otherwise).  PD_NOTFOUND: the directories
 * that are there do not have it; PD_REMOTE: none of them is there.
 */
int local_find(const char *const *dirs, size_t n, const char *name, char path[PATH_MAX], struct pd_err *e);

/* A program that was started, leader of its process group, and our ends of its three streams, which do not block. */
struct local_child {
	pid_t pid;
	int   in, out, err;
};

/* 0, or -1 when no program was started: PD_REMOTE, PD_BUSY (no process or descriptor left). */
int local_start(const char *path, char *const argv[], char *const env[], struct local_child *c, struct pd_err *e);

#endif
