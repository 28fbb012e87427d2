/* SPDX-License-Identifier: ISC */
/*
 * guard.h - promise P9: no write ever targets a VIOS partition, or a partition that is named in any other way than by a checked id.
 *
 * In code, so that no request, no sequence and no answer of a console can say otherwise.  A sequence is checked when it is loaded,
 * the value of every id when it is filled in:
 *	lpar-id		never a VIOS (system.facts.vioses[].id), never the partition that runs the platform
 *			(platform.facts.management_lpar); where neither is known never 1, which is an IVM's own
 *	vios-id		a VIOS of the system.  A change may name it only where a virtual adapter of a VM begins: adding and
 *			removing virtual SCSI and Fibre Channel server adapters, and commands that the VIOS itself runs
 */
#ifndef PD_HANDLERS_ENGINE_GUARD_H
#define PD_HANDLERS_ENGINE_GUARD_H

#include "handlers/sequence/place.h"

/* The value of a reference of a command; types without a rule pass.  PD_BADDATA says which partition it is. */
int guard_value(const struct value_type *t, const struct scope *s, const char *path, const char *text, struct pd_err *e);

/* A command that changes something, as its sequence spells it.  PD_BADDATA "FILE:LINE: ...". */
int guard_change(const char *file, const struct place *p, struct pd_err *e);

#endif
