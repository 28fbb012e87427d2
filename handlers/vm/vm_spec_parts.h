/* SPDX-License-Identifier: ISC */
/*
 * vm_spec_parts.h - vm_spec*.c among themselves: a specification while it is made.
 */
#ifndef PD_HANDLERS_VM_VM_SPEC_PARTS_H
#define PD_HANDLERS_VM_VM_SPEC_PARTS_H

#include "handlers/vm/vm_spec.h"

struct maker {
	const json_t  *args, *platform, *facts, *image;
	const char    *tag;
	json_t	      *spec;
	struct pd_amounts *amounts;
	struct pd_err *e;
};

/* vm_spec_disks.c, vm_spec_networks.c: into m->spec, its disks and pools; its networks and max_slots.  -1 and *m->e. */
int spec_make_disks(struct maker *m);
int spec_make_networks(struct maker *m, int *has_address);

/* Of a list that grows: the lowest number that no element of the two has as its "index"; what behind the first n was added, the caller's. */
json_int_t spec_free_index(const json_t *list, const json_t *other);
json_t	  *spec_behind(const json_t *list, size_t n);

#endif
