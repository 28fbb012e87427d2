/* SPDX-License-Identifier: ISC */
/*
 * scratch.h - a directory for one test, removed with all that is in it.
 */
#ifndef PD_TESTS_UNIT_SCRATCH_H
#define PD_TESTS_UNIT_SCRATCH_H

#include <stddef.h>

#define SCRATCH_PATH 256

/* Makes an empty directory, mode 0700, below $TMPDIR or /tmp; ends the test when it cannot. */
void scratch_make(char dir[SCRATCH_PATH]);
void scratch_remove(const char *dir);
/* dir/name into buf; returns buf. */
char *scratch_path(char buf[SCRATCH_PATH], const char *dir, const char *name);
/* Writes the file dir/name with mode 0600. */
void scratch_file(const char *dir, const char *name, const void *data, size_t len);
/* How many descriptors this process has open. */
int scratch_open_files(void);

#endif
