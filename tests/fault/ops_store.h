/* SPDX-License-Identifier: ISC */
/*
 * ops_store.h - the operations of ops_store.c and ops_archive.c, and what they share with those of ops.c.
 */
#ifndef PD_FAULT_OPS_STORE_H
#define PD_FAULT_OPS_STORE_H

#include "spool/job.h"
#include "tests/fault/ops.h"

struct job op_job(void);	/* OP_ID, of the administrator */
void	   op_make_spool(const char *dir);

void intake_prepare(const char *dir);
void intake_run(const char *dir, struct told *t);
int  intake_check(const char *dir, const struct told *t, int is_cut);
void move_prepare(const char *dir);
void move_run(const char *dir, struct told *t);
int  move_check(const char *dir, const struct told *t, int is_cut);

/* ops_archive.c */
void history_prepare(const char *dir);
void archive_run(const char *dir, struct told *t);
int  archive_check(const char *dir, const struct told *t, int is_cut);
void export_run(const char *dir, struct told *t);
int  export_check(const char *dir, const struct told *t, int is_cut);

#endif
