/* SPDX-License-Identifier: ISC */
/*
 * What the world of a VIOS (world.c) and an HMC (hmc/hmc.c) do alike: they are taken up from a file, and sleep until
 * something is due.
 */
#ifndef PD_SIM_MACHINE_H
#define PD_SIM_MACHINE_H

#include <pthread.h>
#include <stdint.h>

/* The whole file, which the caller frees; NULL when there is none. */
char *machine_read(const char *file);

/*
 * With the lock held: until somebody signals or the time has come.  due_ms: on the machine's clock, which is skip_ms ahead
 * of ours; INT64_MAX: nothing is due.
 */
void machine_sleep(pthread_cond_t *wake, pthread_mutex_t *lock, int64_t due_ms, int64_t skip_ms);

#endif
