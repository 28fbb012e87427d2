/* SPDX-License-Identifier: ISC */
/*
 * err.h - the one error struct of PowerDirector.
 *
 * It is filled where the failure is known best, passed up untouched and printed once, by main().
 * code_word() and code_exit() are the only places that know the stable words of --json and the
 * exit statuses (powerdirector(1), EXIT STATUS).
 */
#ifndef PD_SPOOL_ERR_H
#define PD_SPOOL_ERR_H

enum pd_code {
	PD_OK,
	PD_NO_CHANGE,	/* it was so already */
	PD_QUEUED,	/* accepted, not finished */
	PD_USAGE,	/* the request cannot be understood */
	PD_BADDATA,	/* understood, but a value is impossible */
	PD_DENIED,	/* policy says no */
	PD_ACCOUNT,	/* PAM says no */
	PD_QUOTA,	/* over a quota */
	PD_CAPACITY,	/* the platform has no room */
	PD_NOTFOUND,	/* does not exist, or is not yours */
	PD_CONFLICT,	/* name or once-key taken */
	PD_FAILED,	/* the job failed and was undone */
	PD_STUCK,	/* the job failed and something is left, named in the message */
	PD_BUSY,	/* try later: queue full, limit, still running at --timeout */
	PD_NOSPACE,	/* try later: our disk is full */
	PD_REMOTE,	/* the platform cannot be reached */
	PD_UNKNOWN,	/* it may have happened: ask for the job */
	PD_IO,		/* our file system or database failed */
	PD_BUG,		/* our mistake */
	PD_NCODES
};

struct pd_err {
	enum pd_code code;	/* decides exit status and whether a retry makes sense */
	int	     sys;	/* errno at the point of failure, 0 if none */
	int	     wait_s;	/* PD_BUSY, PD_NOSPACE: worth trying again after so many seconds; 0 = nobody knows */
	char	     msg[480];	/* what was being done, to what, what to do; no newline, no final stop */
};

/* Fill *e (may be NULL) and return -1, so that "return pd_fail(e, ...);" reads well. */
int pd_fail(struct pd_err *e, enum pd_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with ": strerror(errno)" appended and errno kept in e->sys. */
int pd_fail_sys(struct pd_err *e, enum pd_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* For what may go better later: "; try again in 12 s" is appended and the seconds are kept in e->wait_s. */
int pd_fail_wait(struct pd_err *e, enum pd_code code, int wait_s, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#ifdef __clang_analyzer__	/* it sees one file at a time, and would try what follows a success */
#define pd_fail(...)	 (pd_fail(__VA_ARGS__), -1)
#define pd_fail_sys(...) (pd_fail_sys(__VA_ARGS__), -1)
#define pd_fail_wait(...) (pd_fail_wait(__VA_ARGS__), -1)
#endif

/*
 * Stable word of a code ("OVER_QUOTA") and its exit status (77).  Several codes share a word, so
 * that way back needs both; what fits no row is PD_BUG.
 */
const char	*code_word(enum pd_code code);
int		 code_exit(enum pd_code code);
enum pd_code	 code_find(const char *word, int status);

#endif
