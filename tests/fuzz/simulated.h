/* SPDX-License-Identifier: ISC */
/*
 * simulated.h - what the harnesses of simulated consoles share: a folder for a console's state, and words of a line.
 */
#ifndef PD_FUZZ_SIMULATED_H
#define PD_FUZZ_SIMULATED_H

#include <sys/stat.h>

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_LEN 32
#define WORDS_MAX  64
#define LINES_MAX  8
#define PER_WORLD  500	/* so many inputs meet the same machine */

static inline void
folder_make(char dir[FOLDER_LEN])
{
	(void)snprintf(dir, FOLDER_LEN, "/tmp/pd-fuzz.XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
}

static inline int
folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
folder_remove(char dir[FOLDER_LEN])
{
	if (dir[0] != '\0')
		(void)nftw(dir, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	dir[0] = '\0';
}

/* Words are parted by TAB.  Returns how many there are. */
static inline int
words_of(char *line, char *argv[WORDS_MAX + 1])
{
	char *save = NULL;
	int   n = 0;

	for (char *word = strtok_r(line, "\t", &save); word != NULL && n < WORDS_MAX; word = strtok_r(NULL, "\t", &save))
		argv[n++] = word;
	argv[n] = NULL;
	return n;
}

/* The first lines of what is to be tried. */
static inline void
each_line(const uint8_t *data, size_t size, void (*run)(char *line))
{
	char *text, *save = NULL;
	int   lines = 0;

	if (size > 4096 || (text = malloc(size + 1)) == NULL)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *line = strtok_r(text, "\n", &save); line != NULL && lines++ < LINES_MAX; line = strtok_r(NULL, "\n", &save))
		run(line);
	free(text);
}

#endif
