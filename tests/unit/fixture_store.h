/* SPDX-License-Identifier: ISC */
/*
 * fixture_store.h - a store in a directory of its own, and rows to fill it with.
 */
#ifndef PD_TESTS_UNIT_FIXTURE_STORE_H
#define PD_TESTS_UNIT_FIXTURE_STORE_H

#include <jansson.h>

#include "spool/store/store.h"

struct fixture {
	char	      dir[64];
	struct store *st;
	struct pd_err e;
};

void fixture_open(struct fixture *f);	/* makes the directory and opens the store in it */
void fixture_reopen(struct fixture *f);	/* closes and opens it again */
void fixture_close(struct fixture *f);	/* and removes the directory */
void fixture_remove(const char *dir);	/* a flat directory with what is in it */

/* Job id number n: valid, in the order of n.  Returns id. */
char *fixture_id(char id[JOB_ID_LEN + 1], int n);

/* New rows; the caller releases them. */
json_t *fixture_job(int n, const char *user, const char *tenant, const char *vm, const char *state);
json_t *fixture_vm(const char *name, const char *owner, const char *tenant, const char *ip);
json_t *fixture_record(const char *event, const char *user, const char *tenant, const char *job, const char *vm);

/* One row in one transaction; they stop the test when it fails.  The reference to row is taken. */
void fixture_add_job(struct fixture *f, json_t *row);
void fixture_put_vm(struct fixture *f, json_t *row);
void fixture_put_platform(struct fixture *f, const char *name);
void fixture_put_image(struct fixture *f, const char *name, const char *platform);
void fixture_add_record(struct fixture *f, json_t *row);

/* Moves a job in a transaction of its own; -1 with f->e. */
int fixture_move(struct fixture *f, int n, enum job_state to);

#endif
