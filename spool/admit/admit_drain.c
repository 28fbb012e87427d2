/* SPDX-License-Identifier: ISC */
/*
 * admit_drain.c - drain-platform and resume-platform: whether new VMs are put on a platform, or on one system of it.
 *
 * What is there stays and can be started, stopped, changed and deleted.  Both are done here, in the transaction that
 * records them; a create-vm that was admitted before goes on.  A platform and a system of it are drained each for
 * itself.
 */
#include <stdio.h>
#include <string.h>

#include "spool/admit/admission.h"
#include "spool/field.h"
#include "spool/os/clock.h"

/* What is drained: a platform, or with system one system of it. */
struct drained {
	const char *platform, *system;
	char	    said[100];	/* "power1", "the system sys1 of hmc1" */
	json_t	   *row;
};

/* The system must be one of the platform: of another one it is not there. */
static int
find_system(struct admitting *ad, struct drained *x, struct pd_err *e)
{
	if (store_system_get(ad->a->store, x->system, &x->row, e) == -1 && e->code != PD_NOTFOUND)
		return -1;
	if (x->row == NULL || strcmp(field_text(x->row, "platform"), x->platform) != 0)
		return pd_fail(e, PD_NOTFOUND, "there is no system \"%s\" on %s; list-systems shows them", x->system, x->platform);
	return 0;
}

static int
find(struct admitting *ad, struct drained *x, struct pd_err *e)
{
	x->platform = field_text(ad->args, "name");
	x->system = field_text(ad->args, "system");
	if (store_platform_get(ad->a->store, x->platform, &x->row, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" for you", x->platform) : -1;
	(void)snprintf(ad->platform, sizeof(ad->platform), "%.31s", x->platform);
	(void)snprintf(x->said, sizeof(x->said), "%.31s", x->platform);
	if (x->system[0] == '\0')
		return 0;
	json_decref(x->row);
	x->row = NULL;
	if (find_system(ad, x, e) == -1)
		return -1;
	if (strcmp(x->system, x->platform) != 0)
		(void)snprintf(x->said, sizeof(x->said), "the system %.31s of %.31s", x->system, x->platform);
	return 0;
}

static int
set(struct admitting *ad, const struct drained *x, int64_t since_ms, const char *why, struct pd_err *e)
{
	const struct change_by by = { ad->job->user, ad->tenant->name, ad->job->id, ad->job->verb };
	json_t *values = json_pack("{s:I s:s}", "drained_ms", (json_int_t)since_ms, "drain_why", why), *what, *all;
	int		       rv = -1;

	if (values == NULL)
		return pd_fail(e, PD_IO, "no memory for the row of %s", x->platform);
	if (x->system[0] != '\0')
		rv = store_system_set(ad->a->store, x->system, values, e);
	else if ((all = json_copy(x->row)) != NULL) {
		(void)json_object_update(all, values);
		rv = store_platform_put(ad->a->store, all, e);
		json_decref(all);
	}
	json_decref(values);
	what = json_pack("{s:s s:s}", "platform", x->platform, "why", why);
	if (x->system[0] != '\0')
		(void)json_object_set_new(what, "system", json_string(x->system));
	if (rv == -1) {
		json_decref(what);
		return -1;
	}
	return change_record(ad->a->store, &by, since_ms != 0 ? "platform-drained" : "platform-resumed", what, e);
}

int
admit_drain_platform(struct admitting *ad, struct pd_err *e)
{
	struct drained x = { .row = NULL };
	const char    *why = field_text(ad->args, "why");
	int64_t	       since;
	int	       rv = find(ad, &x, e);

	if (rv == 0) {
		since = field_number(x.row, "drained_ms");
		rv = set(ad, &x, since != 0 ? since : clock_wall_ms(), why, e);
		(void)snprintf(ad->said, sizeof(ad->said), "%s takes no new VMs; those that it has stay", x.said);
	}
	ad->state = JOB_DONE;
	json_decref(x.row);
	return rv;
}

/* Somebody who resumes a platform wants VMs on it: a system of it that stays drained is named. */
static int
say_systems(struct admitting *ad, const struct drained *x, struct pd_err *e)
{
	json_t *systems = NULL, *s;
	size_t	i, len;

	if (store_system_list(ad->a->store, x->platform, &systems, e) == -1)
		return -1;
	json_array_foreach(systems, i, s) {
		len = strlen(ad->said);
		if (field_number(s, "drained_ms") != 0 &&
		    (x->system[0] == '\0' || strcmp(x->system, field_text(s, "name")) != 0))
			(void)snprintf(ad->said + len, sizeof(ad->said) - len, "; its system %s is still drained",
			    field_text(s, "name"));
	}
	json_decref(systems);
	return 0;
}

int
admit_resume_platform(struct admitting *ad, struct pd_err *e)
{
	struct drained x = { .row = NULL };
	int	       rv = find(ad, &x, e);

	if (rv == 0 && field_number(x.row, "drained_ms") == 0) {
		(void)snprintf(ad->said, sizeof(ad->said), "%s is not drained", x.said);
		ad->code = PD_NO_CHANGE;
	} else if (rv == 0) {
		(void)snprintf(ad->said, sizeof(ad->said), "%s takes new VMs again", x.said);
		rv = set(ad, &x, 0, "", e);
	}
	if (rv == 0)
		rv = say_systems(ad, &x, e);
	ad->state = JOB_DONE;
	json_decref(x.row);
	return rv;
}
