/* SPDX-License-Identifier: ISC */
/*
 * admit_feature.c - can the system do what is asked for?  As templates/KIND/features.conf has it.
 *
 * The file is read for each request that could need it: it is short, and an administrator may change it at any time.
 */
#include <limits.h>
#include <stdio.h>

#include "handlers/vm/feature.h"
#include "handlers/vm/vm_features.h"
#include "spool/admit/admission.h"
#include "spool/field.h"

/* A system that has not told of itself yet is known as its platform is. */
static const char *
level_of(const json_t *platform, const json_t *system)
{
	const char *level = field_text(system, "level");

	return level[0] != '\0' ? level : field_text(json_object_get(platform, "facts"), "level");
}

int
admission_features(const struct admitting *ad, const json_t *platform, const json_t *system, struct pd_err *e)
{
	const json_t	*facts = json_object_get(system, "facts");
	struct features *f;
	char		 path[PATH_MAX];
	int		 rv;

	if (!vm_features_asked(ad->args))
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%s/features.conf", ad->a->conf->templates, field_text(platform, "kind"));
	if (features_load(path, &f, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : pd_fail(e, PD_BADDATA, "what %s can do is not known: an administrator has to mend %s",
		    field_text(system, "name"), path);
	rv = features_check(f, ad->args, field_text(system, "name"), level_of(platform, system),
	    json_object_size(facts) > 0 ? facts : json_object_get(platform, "facts"), e);
	features_free(f);
	return rv;
}
