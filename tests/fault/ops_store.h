/* SPDX-License-Identifier: ISC */
/*
 * ops_store.h - the operations of ops_store.c, ops_archive.c, ops_lease.c and ops_round.c, and what they share with those of ops.c.
 */
#ifndef PD_FAULT_OPS_STORE_H
#define PD_FAULT_OPS_STORE_H

#include "spool/director/intake.h"
#include "spool/job.h"
#include "tests/fault/ops.h"

/* What a director holds of it. */
struct bench {
	struct pd_conf *conf;
	struct store   *store;
	struct spool	spool;
	struct identity identity;
	struct log	log;
	struct intake	intake;
	int		state;
};
int  bench_open(struct bench *b, const char *dir, struct pd_err *e);
void bench_make(struct bench *b, const char *dir);				/* a policy, a store with a platform, an empty spool */
int  bench_take_all(struct bench *b, struct pd_err *e);				/* as at a start */
int  bench_move(struct bench *b, enum job_state to, struct pd_err *e);		/* OP_ID, with its history */
void must(int rv, const struct pd_err *e);
int  history_is_whole(struct bench *b);
int  op_wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* -1 */

struct job op_job(void);	/* OP_ID, of the administrator */
void	   op_make_spool(const char *dir);

void intake_prepare(const char *dir);
void intake_run(const char *dir, struct told *t);
int  intake_check(const char *dir, const struct told *t, int is_cut);
void move_prepare(const char *dir);
void move_run(const char *dir, struct told *t);
int  move_check(const char *dir, const struct told *t, int is_cut);
void round_prepare(const char *dir);
void round_run(const char *dir, struct told *t);
int  round_check(const char *dir, const struct told *t, int is_cut);

/* ops_lease.c */
void lease_prepare(const char *dir);
void lease_run(const char *dir, struct told *t);
int  lease_check(const char *dir, const struct told *t, int is_cut);

/* ops_archive.c */
void history_prepare(const char *dir);
void archive_run(const char *dir, struct told *t);
int  archive_check(const char *dir, const struct told *t, int is_cut);
void export_run(const char *dir, struct told *t);
int  export_check(const char *dir, const struct told *t, int is_cut);

#endif
