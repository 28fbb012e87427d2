/* SPDX-License-Identifier: ISC */
/*
 * intake_claimed.c - all files of cur/, which only the director writes, at a start.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "spool/director/intake.h"
#include "spool/os/portable.h"
#include "spool/os/sys.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* Names of the directory, sorted: ids sort by time, so that is first come, first served. */
static int
list_names(int dirfd, size_t most, char ***names, size_t *n, struct pd_err *e)
{
	int	       fd = sys.openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR	      *dir = fd != -1 ? sys.fdopendir(fd) : NULL;
	struct dirent *entry;
	char	     **list = NULL;
	size_t	       size = 0;

	*n = 0;
	if (dir == NULL) {
		pd_fail_sys(e, PD_IO, "list a spool directory");
		if (fd != -1)
			(void)sys.close(fd);
		return -1;
	}
	while (*n < most && (entry = sys.readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (*n == size) {
			char **more = port_grow(list, size = size > 0 ? 2 * size : 64, sizeof(*list));

			if (more == NULL)
				break;
			list = more;
		}
		if ((list[*n] = strdup(entry->d_name)) == NULL)
			break;
		(*n)++;
	}
	(void)sys.closedir(dir);
	if (*n > 0)
		qsort(list, *n, sizeof(*list), by_name);
	*names = list;
	return 0;
}

/* 1 = its row is there and has not ended: its file stays, and says nothing that the row does not say. */
static int
is_pending(struct intake *in, const char *id)
{
	enum job_state state;
	struct pd_err  ignored;

	return store_job_state(in->admission.store, id, &state, &ignored) == 0 && !job_state_is_final(state);
}

int
intake_claimed(struct intake *in, struct pd_err *e)
{
	struct taken t;
	char	   **names;
	size_t	     n;
	int	     rv = 0;

	if (list_names(in->spool->cur, SPOOL_MAX_CLAIMED, &names, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n && rv == 0; i++) {
		if (is_pending(in, names[i]))
			continue;
		if (intake_take(in, in->spool->cur, names[i], &t, e) == 0)
			taken_clear(&t);
		else if (e->code == PD_IO || e->code == PD_NOSPACE)
			rv = -1;
	}
	free_names(names, n);
	return rv;
}
