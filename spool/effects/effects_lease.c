/* SPDX-License-Identifier: ISC */
/*
 * effects_lease.c - a lease begins with its VM; a job that the director made for a lease that was renewed meanwhile
 * does nothing.
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/lease/lease.h"
#include "spool/os/clock.h"

#define RETRY_LONGEST_MS 86400000LL	/* what has failed all day fails tomorrow, too, until somebody looks at it */

int64_t
lease_back_off_ms(const struct pd_conf *conf, int64_t n)
{
	int64_t ms = (conf->retry_first_s > 0 ? conf->retry_first_s : 1) * 1000;

	for (; n > 0 && ms < RETRY_LONGEST_MS; n--)
		ms *= 2;
	return ms < RETRY_LONGEST_MS ? ms : RETRY_LONGEST_MS;
}

int
lease_record(struct store *st, const struct lease_by *by, const char *event, json_t *what, struct pd_err *e)
{
	const char *name = field_text(by->vm, "name"), *owner = field_text(by->vm, "owner");
	json_t	   *record = json_pack("{s:s s:s s:s s:s s:s s:s s:o}", "event", event, "user", owner, "tenant",
		field_text(by->vm, "tenant"), "job", by->job, "verb", by->verb, "vm", name, "what", what);
	int	    rv;

	if (record == NULL)
		return pd_fail(e, PD_IO, "no memory for the history of VM %s", name);
	if (strcmp(owner, by->user) != 0)
		(void)json_object_set_new(what, "by", json_string(by->user));
	rv = store_history_add(st, record, e);
	json_decref(record);
	return rv;
}

int
lease_set(struct store *st, const struct lease_by *by, int64_t end_ms, struct pd_err *e)
{
	const char *name = field_text(by->vm, "name");
	int64_t	    before_ms = field_number(by->vm, "lease_ms");
	json_t	   *what,
	    *set = json_pack("{s:I s:I s:i s:i}", "lease_ms", (json_int_t)end_ms, "lease_due_ms", (json_int_t)end_ms,
		"lease_ended_ms", 0, "lease_tries", 0);
	char	    text[CLOCK_TEXT_LEN];
	int	    rv = set != NULL ? store_vm_set(st, name, set, e) :
				       pd_fail(e, PD_IO, "no memory for the lease of %s", name);

	json_decref(set);
	if (rv == -1)
		return -1;
	what = json_pack("{s:s}", "end", end_ms > 0 ? clock_text(text, end_ms) : "none");
	if (before_ms > 0)
		(void)json_object_set_new(what, "before", json_string(clock_text(text, before_ms)));
	return lease_record(st, by, "lease-set", what, e);
}

/* From the moment when it is there: time in a queue is nobody's lease. */
int
effects_lease_begin(struct store *st, const json_t *job, char *said, size_t size, struct pd_err *e)
{
	struct lease_by by = { NULL, field_text(job, "user"), field_text(job, "id"), field_text(job, "verb") };
	int64_t seconds = field_number(json_object_get(job, "args"), "lease"), end = clock_wall_ms() + seconds * 1000;
	json_t	       *vm = NULL;
	char		text[CLOCK_TEXT_LEN];
	size_t		len = strlen(said);
	int		rv;

	if (seconds <= 0)
		return 0;
	if (store_vm_get(st, field_text(job, "vm"), &vm, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	by.vm = vm;
	rv = lease_set(st, &by, end, e);
	json_decref(vm);
	if (len + sizeof("; its lease ends ") + CLOCK_TEXT_LEN < size)
		(void)snprintf(said + len, size - len, "; its lease ends %.19sZ", clock_text(text, end));
	return rv;
}

int
effects_lease_stopped(struct store *st, const json_t *job, struct pd_err *e)
{
	json_t *vm = NULL, *set;
	int	rv;

	if (strcmp(field_text(job, "origin"), "director") != 0)
		return 0;
	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	set = json_pack("{s:I}", "lease_due_ms", (json_int_t)clock_wall_ms());
	/* Of one that was renewed while this job ran, the new end counts. */
	rv = field_number(vm, "lease_ms") != field_number(json_object_get(job, "args"), "lease_end") ? 0 :
	    set == NULL ? pd_fail(e, PD_IO, "no memory for a lease") : store_vm_set(st, field_text(vm, "name"), set, e);
	json_decref(set);
	json_decref(vm);
	return rv;
}

int
effects_lease_holds(struct store *st, const json_t *job, struct pd_err *e)
{
	int64_t	 end = field_number(json_object_get(job, "args"), "lease_end"), now;
	json_t	*vm = NULL;
	char	 text[CLOCK_TEXT_LEN];

	if (strcmp(field_text(job, "origin"), "director") != 0)
		return 0;
	if (effects_vm_get(st, job, field_text(job, "vm"), &vm, e) == -1)
		return -1;
	now = field_number(vm, "lease_ms");
	json_decref(vm);
	if (now == end)
		return 0;
	if (now == 0)
		return pd_fail(e, PD_CONFLICT, "%s has no lease any more; nothing was done", field_text(job, "vm"));
	return pd_fail(e, PD_CONFLICT, "the lease of %s was renewed meanwhile, to %s; nothing was done",
	    field_text(job, "vm"), clock_text(text, now));
}
