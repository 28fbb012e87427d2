/* SPDX-License-Identifier: ISC */
/*
 * placement.h - which system a new VM is put on.
 */
#ifndef PD_SPOOL_PLACEMENT_H
#define PD_SPOOL_PLACEMENT_H

#include <jansson.h>
#include <stdint.h>

/* Processing units of a system's facts ("7.50") in hundredths; -1 when the console did not tell. */
int64_t placement_hundredths(const json_t *facts, const char *key);

#endif
