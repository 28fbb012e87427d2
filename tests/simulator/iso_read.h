/* SPDX-License-Identifier: ISC */
/* A reader for the top folder of an ISO 9660 file system with Rock Ridge names. */
#ifndef PD_SIM_ISO_READ_H
#define PD_SIM_ISO_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/*
 * Finds the first regular file in the root directory whose name `wanted` accepts, and
 * appends its bytes to content.  false: not an ISO file system, damaged, or no such file.
 */
bool iso_find(const char *path, bool (*wanted)(const char *name), char *name, size_t size,
    struct text *content);

/*
 * The same for a directory in the root: for each directory in it the names that are in that, a line each.  Nothing is
 * deeper; order is that of the medium.
 */
bool iso_find_names(const char *path, bool (*wanted)(const char *name), char *name, size_t size,
    struct text *content);

#endif
