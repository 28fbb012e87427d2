/* SPDX-License-Identifier: ISC */
/*
 * err.c - filling struct pd_err, and the table of codes, words and exit statuses.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spool/err.h"

#ifdef __clang_analyzer__
#undef pd_fail
#undef pd_fail_sys
#undef pd_fail_wait
#endif

static const struct {
	const char *word;
	int	    status;
} codes[PD_NCODES] = {
	[PD_OK] = { "OK", 0 },
	[PD_NO_CHANGE] = { "OK_NO_CHANGE", 0 },
	[PD_QUEUED] = { "QUEUED", 0 },
	[PD_USAGE] = { "USAGE", 64 },
	[PD_BADDATA] = { "USAGE", 65 },
	[PD_DENIED] = { "DENIED_POLICY", 77 },
	[PD_ACCOUNT] = { "DENIED_ACCOUNT", 77 },
	[PD_QUOTA] = { "OVER_QUOTA", 77 },
	[PD_CAPACITY] = { "NO_CAPACITY", 75 },
	[PD_NOTFOUND] = { "NOT_FOUND", 66 },
	[PD_CONFLICT] = { "CONFLICT", 73 },
	[PD_FAILED] = { "JOB_FAILED", 1 },
	[PD_STUCK] = { "JOB_STUCK", 2 },
	[PD_BUSY] = { "TRY_LATER", 75 },
	[PD_NOSPACE] = { "TRY_LATER", 75 },
	[PD_REMOTE] = { "UNREACHABLE", 69 },
	[PD_UNKNOWN] = { "TRY_LATER", 75 },
	[PD_IO] = { "INTERNAL", 70 },
	[PD_BUG] = { "INTERNAL", 70 },
};

static int __attribute__((format(printf, 4, 0)))
fill(struct pd_err *e, enum pd_code code, int sys, const char *fmt, va_list ap)
{
	size_t len;

	if (e == NULL)
		return -1;
	e->code = code;
	e->sys = sys;
	e->wait_s = 0;
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	if (sys != 0) {
		len = strlen(e->msg);
		(void)snprintf(e->msg + len, sizeof(e->msg) - len, ": %s", strerror(sys));
	}
	return -1;
}

int
pd_fail(struct pd_err *e, enum pd_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e, code, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int
pd_fail_sys(struct pd_err *e, enum pd_code code, const char *fmt, ...)
{
	int	saved = errno;
	va_list ap;

	va_start(ap, fmt);
	fill(e, code, saved, fmt, ap);
	va_end(ap);
	errno = saved;
	return -1;
}

int
pd_fail_wait(struct pd_err *e, enum pd_code code, int wait_s, const char *fmt, ...)
{
	va_list ap;
	size_t	len;

	va_start(ap, fmt);
	fill(e, code, 0, fmt, ap);
	va_end(ap);
	if (e == NULL)
		return -1;
	e->wait_s = wait_s;
	len = strlen(e->msg);
	(void)snprintf(e->msg + len, sizeof(e->msg) - len, "; try again in %d s", wait_s);
	return -1;
}

const char *
code_word(enum pd_code code)
{
	return (unsigned)code < PD_NCODES ? codes[code].word : "INTERNAL";
}

int
code_exit(enum pd_code code)
{
	return (unsigned)code < PD_NCODES ? codes[code].status : 70;
}

enum pd_code
code_find(const char *word, int status)
{
	for (unsigned i = 0; i < PD_NCODES; i++)
		if (word != NULL && strcmp(codes[i].word, word) == 0 && codes[i].status == status)
			return i;
	return PD_BUG;
}
