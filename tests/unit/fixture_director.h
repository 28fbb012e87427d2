/* SPDX-License-Identifier: ISC */
/*
 * fixture_director.h - spool, state, policy and a platform in a directory of their own, for tests of the director's parts.
 *
 *	tenant	members		scope	quota
 *	blue	alice carol	own	4 VMs, 4G memory; each member 2 VMs
 *	red	bob		tenant	none
 *	ops	admin		all	none, weight 3
 */
#ifndef PD_TESTS_UNIT_FIXTURE_DIRECTOR_H
#define PD_TESTS_UNIT_FIXTURE_DIRECTOR_H

#include "policy/conf.h"
#include "spool/admit/admission.h"
#include "spool/director/director.h"
#include "spool/director/intake.h"
#include "spool/drop.h"
#include "spool/identity.h"
#include "spool/store/store.h"
#include "tests/unit/scratch.h"

struct director_fixture {
	char		 dir[SCRATCH_PATH], conf_path[SCRATCH_PATH];
	struct pd_conf	*conf;
	struct store	*st;
	struct spool	 spool;
	struct identity	 identity;
	struct log	 log;
	struct admission admission;
	struct intake	 intake;
	int		 state_dir;
	struct pd_err	 e;
};

void director_fixture_open(struct director_fixture *f);
void director_fixture_close(struct director_fixture *f);
/* Closes spool, store and intake, as the end of a director does; the files stay. */
void director_fixture_release(struct director_fixture *f);
void director_fixture_reopen(struct director_fixture *f);

/* Writes DIR/worker, a shell script that answers every run with this outcome and value. */
void director_fixture_worker(const struct director_fixture *f, const char *outcome, const char *value);

/* A job of verb for user; args is JSON text.  job_clear() it. */
void director_fixture_job(struct job *job, const char *user, const char *verb, const char *args);
/* Admits it; the row is the caller's. */
json_t *director_fixture_admit(struct director_fixture *f, const struct job *job);
/* Both at once: the row of a new job. */
json_t *director_fixture_ask(struct director_fixture *f, const char *user, const char *verb, const char *args);
json_t *director_fixture_row(struct director_fixture *f, const char *id);
json_t *director_fixture_vm(struct director_fixture *f, const char *name);	/* NULL: there is none */
size_t	director_fixture_history(struct director_fixture *f, const char *event);	/* how many records of this event */
int	director_fixture_exists(const struct director_fixture *f, int dirfd, const char *name);

/* What the director answers, at once or at the end of a round in which nothing starts. */
json_t *director_fixture_answer(struct director *d, const char *op, const char *user, const char *key, const char *text);

#endif
