/* SPDX-License-Identifier: ISC */
/*
 * replay.c - main() of a fuzz harness for compilers without libFuzzer: feeds it every file of the
 * directories (and every file) named on the command line, and prints how many.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/os/io.h"

#define INPUT_MAX (64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 0 = fed, -1 = could not be read. */
static int
feed(int dirfd, const char *name)
{
	struct pd_err e;
	uint8_t	     *exact;
	char	     *buf;
	size_t	      len;

	if (io_read_file(dirfd, name, INPUT_MAX, &buf, &len, &e) == -1) {
		(void)fprintf(stderr, "replay: %s\n", e.msg);
		return -1;
	}
	exact = malloc(len > 0 ? len : 1);	/* without the NUL behind: a read beyond the end must show */
	if (exact == NULL) {
		free(buf);
		return -1;
	}
	memcpy(exact, buf, len);
	free(buf);
	(void)LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return 0;
}

/* Number of files fed, or -1. */
static int
feed_directory(const char *path)
{
	DIR	      *d = opendir(path);
	struct dirent *entry;
	int	       n = 0;

	if (d == NULL) {
		(void)fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while (n >= 0 && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		n = feed(dirfd(d), entry->d_name) == 0 ? n + 1 : -1;
	}
	(void)closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	int total = 0, n;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISREG(st.st_mode))
			n = feed(AT_FDCWD, argv[i]) == 0 ? 1 : -1;
		else
			n = feed_directory(argv[i]);
		if (n == -1)
			return 1;
		total += n;
	}
	(void)printf("%s: %d inputs\n", argc > 0 ? argv[0] : "replay", total);
	return total > 0 ? 0 : 1;
}
