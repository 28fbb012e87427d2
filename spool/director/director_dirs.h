/* SPDX-License-Identifier: ISC */
/*
 * director_dirs.h - the state directory and the spool group, as start, --init and --check see them.
 */
#ifndef PD_SPOOL_DIRECTOR_DIRECTOR_DIRS_H
#define PD_SPOOL_DIRECTOR_DIRECTOR_DIRS_H

#include <sys/types.h>

#include "policy/conf.h"
#include "spool/err.h"

/* The spool group's id, (gid_t)-1 when none is configured. */
int director_group(const struct pd_conf *conf, gid_t *gid, struct pd_err *e);

/* A descriptor of the state directory, made when missing and make is set: ours, 0700.  PD_DENIED otherwise. */
int director_state_dir(const struct pd_conf *conf, int make, struct pd_err *e);

#endif
