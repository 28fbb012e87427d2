/* SPDX-License-Identifier: ISC */
/* See machine.h. */
#include <stdio.h>
#include <time.h>

#include "machine.h"
#include "text.h"

char *
machine_read(const char *file)
{
	struct text t = { 0 };
	char buf[8192];
	size_t n;
	FILE *f = fopen(file, "re");

	if (f == NULL)
		return NULL;
	text_addn(&t, "", 0);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		text_addn(&t, buf, n);
	(void)fclose(f);
	return t.p;
}

void
machine_sleep(pthread_cond_t *wake, pthread_mutex_t *lock, int64_t due_ms, int64_t skip_ms)
{
	int64_t due = due_ms - skip_ms;
	struct timespec ts;

	if (due_ms == INT64_MAX) {
		pthread_cond_wait(wake, lock);
		return;
	}
	ts.tv_sec = due / 1000;
	ts.tv_nsec = due % 1000 * 1000000;
	(void)pthread_cond_timedwait(wake, lock, &ts);
}
