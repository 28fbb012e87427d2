/* SPDX-License-Identifier: ISC */
/*
 * The virtual media repository: the logical volume VMLibrary, mounted.  Its media are
 * simply the files in that directory, so what root puts there by hand is a medium, too.
 */
#ifndef PD_SIM_MEDIA_H
#define PD_SIM_MEDIA_H

#include "storage.h"

struct medium {
	char name[NAME_SIZE];
	int size_mb; /* rounded up */
	bool read_only;
};

struct lv *repo_find(const struct world *w); /* NULL: none was made */
void media_path(const struct world *w, const char *name, char *out, size_t size);
void media_list(const struct world *w, struct list *out); /* struct medium, by name; list_free() */
bool media_find(const struct world *w, const char *name, struct medium *out);
int media_used_mb(const struct world *w);
bool media_name_ok(const char *name);
int media_loads(const struct world *w, const char *name); /* in how many drives it is */

#endif
