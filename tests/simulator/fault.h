/* SPDX-License-Identifier: ISC */
/* Failures on demand: `--fault SPEC` and the file STATE/faults. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stddef.h>

enum fault_action {
	FAULT_NONE,
	FAULT_REFUSE,		/* status and stderr, no effect */
	FAULT_DELAY,		/* ms, then as usual */
	FAULT_CUT_BEFORE,	/* connection closed, no effect */
	FAULT_CUT_DURING,	/* effect, output lost, connection closed */
	FAULT_CUT_AFTER,	/* effect, output sent, connection closed before the exit status */
	FAULT_GARBLE,		/* effect, output replaced by garbage */
	FAULT_HANG,		/* no effect, no answer until the client has gone */
	FAULT_FLOOD,		/* effect, then megabytes of output */
	FAULT_PARTIAL,		/* a running operating system takes a part of what DLPAR asks of it; else as usual */
};

struct fault_hit {
	enum fault_action action;
	int		status;
	unsigned	ms;
	char		stderr_text[512];
};

struct faults;
struct faults *faults_new(void);
void	faults_free(struct faults *f);
/* Adds one spec; 0, or -1 with the reason in err. */
int	faults_add(struct faults *f, const char *spec, char *err, size_t errlen);
/*
 * Replaces all specs by those of the file, one a line ('#' and empty lines are skipped).
 * All counters start again.  Returns how many there are; on an error (-1) nothing changes.
 */
int	faults_load(struct faults *f, const char *file, char *err, size_t errlen);
/* Counts the command against every spec; the first one that fires decides. */
void	faults_check(struct faults *f, const char *command, struct fault_hit *hit);
const char *fault_name(enum fault_action action);

#endif
