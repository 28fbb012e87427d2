/* SPDX-License-Identifier: ISC */
/*
 * san.h - whole disks for VMs, one path to each through every VIOS that sees it: the pool "san" of a system of an HMC.
 *
 * Which disks there are (facts.vioses[].disks: name, size, lun, its unique_id) told register-platform or
 * check-platform, which of them are free (facts.vioses[].free) the last inventory.  A disk is somebody's when any VIOS
 * of any system that sees it does not call it free, or any VM here has it, be it half made, or as a detached disk that
 * is kept: disks of a storage network are seen by many systems.
 */
#ifndef PD_SPOOL_ADMIT_SAN_H
#define PD_SPOOL_ADMIT_SAN_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/store/store.h"

#define SAN_POOL "san"
#define SAN_KIND "PVPOOL"	/* of its entry in facts.pools */

/* The set of disks that somebody has: {LUN: true}; the caller's.  systems: all rows, of all platforms. */
int san_taken(struct store *st, const json_t *systems, json_t **taken, struct pd_err *e);

/*
 * The disks of a system that nobody has, smallest first: [{lun size paths[{id name profile state rmc disk slots_free?
 * has_image?}]}]; the caller's.  Where a system has several VIOSes at least two of them see each, and all that do are
 * paths.  taken NULL = what its own VIOSes say.
 */
json_t *san_free(const json_t *facts, const json_t *taken);

/* Its entry in facts.pools: {name kind size free}; NULL = there is no such disk. */
json_t *san_pool(const json_t *facts);

#endif
