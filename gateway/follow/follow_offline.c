/* SPDX-License-Identifier: ISC */
/*
 * follow_offline.c - a job found by its log, when the director cannot be asked.
 *
 * The log is the truth for who follows, and its first event says whose job it is; so the policy's scope can be kept
 * here as the director keeps it.  Of a job that was refused the first event is its result, which says the same.  A log
 * that names nobody (of a file that was no job) is for those who see everything.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/follow/follow.h"
#include "gateway/gateway.h"
#include "spool/drop.h"
#include "spool/os/sys.h"

static int
is_in_scope(const struct gateway *g, const struct event *first)
{
	if (g->tenant->role->scope == SCOPE_ALL)
		return 1;
	if (strcmp(first->tenant, g->tenant->name) != 0)
		return 0;
	return g->tenant->role->scope == SCOPE_TENANT || strcmp(first->user, g->caller.user) == 0;
}

static int
may_see(const struct gateway *g, const char *id)
{
	struct follow f;
	struct event  ev;
	int	      yes = 0;

	if (follow_open(&f, g->conf->spool, id, 0, NULL) == 0 && follow_next(&f, &ev, NULL) == 1) {
		yes = (ev.kind == EVENT_ADMITTED || ev.kind == EVENT_RESULT) && is_in_scope(g, &ev);
		event_clear(&ev);
	}
	follow_close(&f);
	return yes;
}

/* Counts those that begin with prefix and may be seen, and keeps the last of them; two are as bad as many. */
static int
look(const struct gateway *g, DIR *dir, const char *prefix, char id[JOB_ID_LEN + 1])
{
	struct dirent *entry;
	int	       n = 0;

	while (n < 2 && (entry = sys.readdir(dir)) != NULL)
		if (id_is_valid(entry->d_name) && strncmp(entry->d_name, prefix, strlen(prefix)) == 0 &&
		    may_see(g, entry->d_name)) {
			memcpy(id, entry->d_name, JOB_ID_LEN + 1);
			n++;
		}
	return n;
}

int
gateway_find_log(const struct gateway *g, const char *prefix, char id[JOB_ID_LEN + 1])
{
	struct spool s;
	DIR	    *dir;
	int	     fd, n = 0;

	if (spool_open_for_drop(&s, g->conf->spool, NULL) == -1)
		return -1;
	fd = sys.openat(s.log, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	spool_close(&s);
	dir = fd != -1 ? sys.fdopendir(fd) : NULL;
	if (dir != NULL) {
		n = look(g, dir, prefix, id);
		(void)sys.closedir(dir);
	} else if (fd != -1) {
		(void)sys.close(fd);
	}
	return n == 1 ? 0 : -1;
}
