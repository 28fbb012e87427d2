/* SPDX-License-Identifier: ISC */
/*
 * The simulated machine as its surroundings see it: opened from a description or from
 * its own state, locked, closed, dumped.
 *
 * STATE/world.json is the whole state: sorted keys, one line per value; what cannot be
 * the same after a create and a delete (counters, times) is in its member "volatile".
 * STATE/fs is the file system of the Virtual I/O Server, with the bytes of its disks.
 */
#ifndef PD_SIM_WORLD_H
#define PD_SIM_WORLD_H

#include <stddef.h>
#include <stdint.h>

struct world;

/*
 * Takes up STATE/world.json when it is there, else makes a new machine from the
 * description.  speed: how many times faster than real power operations go; 0: at once.
 * NULL on failure, with one line in err.  The caller closes it.
 */
struct world *world_open(const char *world_file, const char *state_dir, double speed, char *err,
    size_t errlen);
void world_close(struct world *w);

const char *world_fs_root(const struct world *w); /* STATE/fs */
/* No partition commands from now on: --kind vios. */
void world_without_ivm(struct world *w);
void world_lock(struct world *w);
void world_unlock(struct world *w);

/*
 * The state without its volatile part, in the form of world.json; the caller frees it.
 * Two dumps are equal exactly when the machine looks the same.  Left out: counters of
 * names (MAC bases, WWPNs, ids), due times, uptimes.  Takes the lock itself.
 */
char *world_dump(struct world *w);

/* For tests: as if so many (unscaled) milliseconds had passed. Takes the lock itself. */
void world_advance(struct world *w, int64_t ms);

#endif
