/* SPDX-License-Identifier: ISC */
/*
 * tree.h - small directory trees of plain files, made, copied and removed.  A failure ends the program.
 */
#ifndef PD_FAULT_TREE_H
#define PD_FAULT_TREE_H

void tree_make(const char *dir);			/* mode 0700; may be there */
void tree_remove(const char *dir);			/* may be missing */
void tree_copy(const char *from, const char *to);	/* what was in `to` is gone */

#endif
