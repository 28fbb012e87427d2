/* SPDX-License-Identifier: ISC */
/*
 * fixture_query.h - a director's answers, without a director: a store with two tenants' things in it.
 *
 *	job 1 alice blue web1 power1 done	VM web1 alice 10.0.10.5		journal of job 1: two commands
 *	job 2 carol blue web2 power1 running	VM web2 carol 10.0.10.6
 *	job 3 bob red db1 power2 queued		VM db1 bob 10.0.20.7
 *	job 4 dave red db2 power2 running	VM db2 dave
 *	images rhel6 on power1, power2 and power3; sles12 on power2; aix71 on power1
 *	one history record of each job
 */
#ifndef PD_TESTS_UNIT_FIXTURE_QUERY_H
#define PD_TESTS_UNIT_FIXTURE_QUERY_H

#include "spool/query/query.h"
#include "tests/unit/fixture_store.h"

struct query_fixture {
	struct fixture	     store;
	char		     journal[80];	/* directory */
	struct spool	     spool;
	struct query_context q;
	char		     cancelled[JOB_ID_LEN + 1];	/* the job that cancel() was called for */
	int		     cancel_fails;
};

void query_fixture_open(struct query_fixture *f);
void query_fixture_close(struct query_fixture *f);

/* Reply to user's verb; args is a json_pack() result that is released here, NULL = none. */
json_t *query_ask(struct query_fixture *f, const char *user, const char *verb, json_t *args);
/* Its value, which must be there; the rest is released. */
json_t *query_value(struct query_fixture *f, const char *user, const char *verb, json_t *args);
/* Is the reply's code this word?  Releases the reply. */
int query_code_is(json_t *reply, const char *word);
/* Full id of job n as a JSON argument object {"job":ID}. */
json_t *query_job_args(int n);

#endif
