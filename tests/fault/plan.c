/* SPDX-License-Identifier: ISC */
/*
 * plan.c - counting calls, and which of them fails.
 */
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/plan.h"

struct plan *fault_plan;

#define BIT(c) (1u << (c))

/* What each kind can strike.  close() fails after it has closed; a full disk is met by what needs room. */
static const unsigned strikes[FAULT_KINDS] = {
	[FAULT_EIO] = ~0u,
	[FAULT_EIO_ON] = ~0u,
	[FAULT_ENOSPC] = BIT(CALL_OPEN) | BIT(CALL_WRITE) | BIT(CALL_SYNC) | BIT(CALL_MKDIR) | BIT(CALL_LINK) | BIT(CALL_RENAME),
	[FAULT_ENOSPC_ON] = BIT(CALL_OPEN) | BIT(CALL_WRITE) | BIT(CALL_SYNC) | BIT(CALL_MKDIR) | BIT(CALL_LINK) | BIT(CALL_RENAME),
	[FAULT_EINTR] = BIT(CALL_OPEN) | BIT(CALL_CLOSE) | BIT(CALL_READ) | BIT(CALL_WRITE) | BIT(CALL_LOCK) | BIT(CALL_TRUNCATE),
	[FAULT_SHORT] = BIT(CALL_READ) | BIT(CALL_WRITE),
	[FAULT_FULL] = BIT(CALL_WRITE),
	[FAULT_KILL] = ~0u,
	[FAULT_TORN] = BIT(CALL_WRITE),
};

int
fault_applies(enum fault_kind kind, enum fault_call call)
{
	return (strikes[kind] & BIT(call)) != 0;
}

int
fault_kills(enum fault_kind kind)
{
	return kind == FAULT_KILL || kind == FAULT_TORN;
}

const char *
fault_kind_name(enum fault_kind kind)
{
	static const char *const names[FAULT_KINDS] = {
		"none", "eio", "eio-on", "enospc", "enospc-on", "eintr", "short", "full", "kill", "torn",
	};

	return names[kind];
}

const char *
fault_call_name(enum fault_call call)
{
	static const char *const names[CALL_KINDS] = {
		"open", "close", "read", "write", "seek", "truncate", "sync", "stat", "mode", "lock", "mkdir", "link", "unlink",
		"rename", "list",
	};

	return names[call];
}

__attribute__((constructor)) static void
find_plan(void)
{
	char	path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof(".plan"));
	void   *p;
	int	fd;

	if (n <= 0)
		return;
	memcpy(path + n, ".plan", sizeof(".plan"));
	if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1)
		return;
	p = mmap(NULL, sizeof(*fault_plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (p != MAP_FAILED)
		fault_plan = p;
}

static void
end_here(void)
{
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

enum fault_verdict
fault_meet(enum fault_call call)
{
	struct plan *p = fault_plan;
	unsigned     n, kind;
	unsigned     lasts;	/* so many calls more */

	if (p == NULL)
		return FAULT_GO;
	n = atomic_fetch_add(&p->calls, 1) + 1;
	if (n < PLAN_TRACE_MAX)
		p->trace[n] = (unsigned char)call;
	kind = p->kind;
	lasts = kind == FAULT_EIO_ON || kind == FAULT_ENOSPC_ON ? UINT_MAX : kind == FAULT_FULL ? 1 : 0;
	if (p->at == 0 || n < p->at || n - p->at > lasts || !fault_applies(kind, call))
		return FAULT_GO;
	atomic_fetch_add(&p->hits, 1);
	switch (kind) {
	case FAULT_KILL:
		end_here();
		break;
	case FAULT_FULL:
		if (n > p->at) {
			errno = ENOSPC;
			return FAULT_FAIL;
		}
		return FAULT_HALF;
	case FAULT_SHORT:
	case FAULT_TORN:
		return FAULT_HALF;
	case FAULT_ENOSPC:
	case FAULT_ENOSPC_ON:
		errno = ENOSPC;
		return FAULT_FAIL;
	case FAULT_EINTR:
		errno = EINTR;
		return FAULT_FAIL;
	}
	errno = EIO;
	return FAULT_FAIL;
}

void
fault_after_half(void)
{
	if (fault_plan->kind == FAULT_TORN)
		end_here();
}
