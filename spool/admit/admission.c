/* SPDX-License-Identifier: ISC */
/*
 * admission.c - a job that was read and whose user is known becomes a row, or is refused.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/request/args.h"
#include "spool/admit/admission.h"
#include "spool/digest.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/vis.h"

#define RECORD_ARGS_MAX 4096	/* bytes of arguments in the history */
#define RECORD_PLACEMENT_MAX 16384	/* of the decision where a VM goes: some 60 systems */

static const struct {
	const char *verb;
	int (*admit)(struct admitting *ad, struct pd_err *e);
} admitters[] = {
	{ "create-vm", admit_create_vm },
	{ "delete-vm", admit_vm_verb },
	{ "start-vm", admit_vm_verb },
	{ "stop-vm", admit_vm_verb },
	{ "restart-vm", admit_vm_verb },
	{ "modify-vm", admit_modify_vm },
	{ "rename-vm", admit_rename_vm },
	{ "renew-vm", admit_renew_vm },
	{ "migrate-vm", admit_migrate_vm },
	{ "set-boot", admit_set_boot },
	{ "attach-iso", admit_attach_iso },
	{ "detach-iso", admit_detach_iso },
	{ "attach-tape", admit_attach_tape },
	{ "detach-tape", admit_detach_tape },
	{ "add-disk", admit_add_disk },
	{ "extend-disk", admit_extend_disk },
	{ "remove-disk", admit_remove_disk },
	{ "add-network", admit_add_network },
	{ "change-network", admit_change_network },
	{ "remove-network", admit_remove_network },
	{ "add-fc", admit_add_fc },
	{ "remove-fc", admit_remove_fc },
	{ "register-platform", admit_register_platform },
	{ "check-platform", admit_check_platform },
	{ "remove-platform", admit_remove_platform },
	{ "adopt-vm", admit_adopt_vm },
	{ "accept-drift", admit_accept_drift },
	{ "drain-platform", admit_drain_platform },
	{ "resume-platform", admit_resume_platform },
	{ "register-image", admit_register_image },
	{ "remove-image", admit_remove_image },
	{ "orphans", admit_orphans },
};

void
verdict_clear(struct verdict *v)
{
	json_decref(v->row);
	json_decref(v->first);
	v->row = v->first = NULL;
}

void
admission_tag(const char *id, char tag[11])
{
	(void)snprintf(tag, 11, "pd%.8s", id + JOB_ID_LEN - 8);
	for (char *p = tag; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
}

int
admission_is_yours(const struct pd_conf *conf, const char *user, const char *tenant, const char *owner)
{
	const struct pd_tenant *mine = policy_tenant(conf, user);

	if (mine == NULL)
		return 0;
	switch (mine->role->scope) {
	case SCOPE_ALL:
		return 1;
	case SCOPE_TENANT:
		return strcmp(mine->name, tenant) == 0;
	default:
		return strcmp(mine->name, tenant) == 0 && strcmp(user, owner) == 0;
	}
}

int
admission_first(struct store *st, const json_t *row, json_t **first, struct pd_err *e)
{
	const char *id = field_text(json_object_get(row, "value"), "first");

	*first = NULL;
	if (id[0] == '\0' || strcmp(field_text(row, "state"), "refused") != 0)
		return 0;
	return store_job_get(st, id, first, e);
}

/* The store's own trouble says nothing about the job: it must not end as a refusal. */
static int
is_our_trouble(const struct pd_err *e)
{
	return e->code == PD_IO || e->code == PD_NOSPACE;
}

/* SHA-256 of verb and arguments: is a repeated once-key the same request? */
static int
request_digest(const struct job *job, char hex[DIGEST_TEXT_LEN], struct pd_err *e)
{
	json_t *request = json_pack("[sO]", job->verb, job->args);
	char   *text = request != NULL ? json_dumps(request, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
	int	rv = -1;

	if (text == NULL)
		pd_fail(e, PD_IO, "no memory to digest the arguments of job %s", job->id);
	else
		rv = digest_text(text, strlen(text), hex, e);
	free(text);
	json_decref(request);
	return rv;
}

static int
check_request(struct admitting *ad, struct pd_err *e)
{
	const struct job     *job = ad->job;
	const struct pd_conf *conf = ad->a->conf;
	char		      shown[4 * JOB_VERB_MAX + 8];

	ad->tenant = policy_tenant(conf, job->user);	/* first: whoever sees the tenant's history sees the refusal too */
	ad->verb = verb_find(job->verb);
	if (ad->verb == NULL || (ad->verb->kind != VERB_JOB && ad->verb->kind != VERB_RECORD))
		return pd_fail(e, PD_USAGE, "\"%s\" is not a verb that becomes a job",
		    vis_encode(shown, sizeof(shown), job->verb, strlen(job->verb)));
	if (policy_verb(conf, job->user, job->verb, &ad->why, e) == -1)
		return -1;
	if (ad->why.again && !job->again)
		return pd_fail(e, PD_DENIED, "%s needs a second authentication (%s, line %d)", job->verb, ad->why.rule,
		    ad->why.line);
	if (ad->tenant == NULL)
		return pd_fail(e, PD_DENIED, "you are a member of no tenant, ask an administrator");
	if (args_check(ad->verb, ad->args, e) == -1)
		return -1;
	if (job->is_plan && ad->verb->kind == VERB_RECORD)
		return pd_fail(e, PD_USAGE, "%s sends no commands, there is nothing to plan", job->verb);
	return policy_args(conf, ad->tenant, job->verb, ad->args, &ad->why, e);
}

static int
run_admitter(struct admitting *ad, struct pd_err *e)
{
	for (size_t i = 0; i < sizeof(admitters) / sizeof(admitters[0]); i++)
		if (strcmp(admitters[i].verb, ad->job->verb) == 0)
			return admitters[i].admit(ad, e);
	return pd_fail(e, PD_BUG, "%s has no admission", ad->job->verb);
}

static json_t *
make_plain_row(const struct admitting *ad, const char *digest, const struct pd_err *why)
{
	const struct job *job = ad->job;
	int64_t		  now = clock_wall_ms();
	int		  is_final = why != NULL || ad->state == JOB_DONE;
	enum pd_code	  code = why != NULL ? why->code : is_final ? ad->code : PD_QUEUED;

	return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:O s:s s:s s:s s:b s:s s:s s:s s:I s:I s:I s:i s:b s:s s:i s:s s:I}",
	    "id", job->id, "verb", job->verb, "user", job->user, "tenant", ad->tenant != NULL ? ad->tenant->name : "",
	    "platform", ad->platform, "vm", ad->vm,
	    "state", job_state_name(why != NULL ? JOB_REFUSED : ad->state), "args", ad->args,
	    /* a refused request may be repeated with its key, a plan reserves none */
	    "once", why != NULL || job->is_plan ? "" : job->once, "digest", digest, "note", job->note,
	    "plan", job->is_plan, "source", job->source, "origin", job_origin_name(job->origin),
	    "tag", ad->tag, "submitted", (json_int_t)job->submitted_ms, "started", (json_int_t)0,
	    "finished", (json_int_t)(is_final ? now : 0), "attempts", 0, "cancel", 0, "code", code_word(code),
	    "exit", code_exit(code), "message", why != NULL ? why->msg : is_final ? ad->said : "",
	    "bytes", (json_int_t)job->bytes);
}

/* Long arguments stay in the job's row; the record has their digest, so that it is bounded and still proves them. */
static json_t *
make_record(const struct admitting *ad, const char *event, const char *digest, const struct pd_err *why)
{
	size_t	bytes = json_dumpb(ad->args, NULL, 0, JSON_COMPACT);
	json_t *what = json_pack("{s:s s:s s:s s:i s:b s:s}", "source", ad->job->source, "note", ad->job->note, "rule",
	    ad->why.rule, "line", ad->why.line, "plan", ad->job->is_plan, "origin", job_origin_name(ad->job->origin));

	if (bytes <= RECORD_ARGS_MAX)
		(void)json_object_set(what, "args", ad->args);
	else
		(void)json_object_update_new(what, json_pack("{s:s s:I}", "digest", digest, "args_bytes", (json_int_t)bytes));
	if (ad->decision != NULL && json_dumpb(ad->decision, NULL, 0, JSON_COMPACT) <= RECORD_PLACEMENT_MAX)
		(void)json_object_set(what, "placement", ad->decision);
	if (ad->job->again)
		(void)json_object_set_new(what, "again", json_true());

	if (why != NULL)
		(void)json_object_update_new(what,
		    json_pack("{s:s s:s}", "code", code_word(why->code), "message", why->msg));
	return json_pack("{s:s s:s s:s s:s s:s s:s s:o}", "event", event, "user", ad->job->user, "tenant",
	    ad->tenant != NULL ? ad->tenant->name : "", "job", ad->job->id, "verb", ad->job->verb, "vm", ad->vm, "what",
	    what);
}

/*
 * The row as it is stored; why is NULL for an admitted job, else the refusal.  The repetition of a once-key names the
 * job whose answer counts.
 */
static json_t *
make_row(const struct admitting *ad, const char *digest, const struct pd_err *why, const json_t *first)
{
	json_t *row = make_plain_row(ad, digest, why);

	if (row != NULL && why != NULL && first != NULL)
		(void)json_object_set_new(row, "value", json_pack("{s:O}", "first", json_object_get(first, "id")));
	else if (row != NULL && why != NULL && why->code == PD_CAPACITY && ad->decision != NULL)
		(void)json_object_set_new(row, "value", json_pack("{s:O}", "placement", ad->decision));
	else if (row != NULL && why != NULL && why->wait_s > 0)
		(void)json_object_set_new(row, "value", json_pack("{s:i}", "retry_after", why->wait_s));
	return row;
}

/* A refusal too many of its user's in this minute is only counted; its row is there all the same. */
static int
has_record(const struct admitting *ad, const struct pd_err *why)
{
	return why == NULL || ad->a->tally == NULL ||
	    tally_refused(ad->a->tally, ad->job->user, code_word(why->code), ad->a->conf->history_refusals, clock_mono_ms());
}

/* Adds the row and its history record to the transaction; v->row is the caller's. */
static int
record(const struct admitting *ad, const char *digest, const struct pd_err *why, struct verdict *v, struct pd_err *e)
{
	const char *event = why != NULL ? "refused" : ad->state == JOB_DONE ? "done" : "admitted";
	json_t	   *history = make_record(ad, event, digest, why);
	int	    rv = -1;

	v->row = make_row(ad, digest, why, v->first);
	if (v->row == NULL || history == NULL)
		pd_fail(e, PD_IO, "no memory for the row of job %s", ad->job->id);
	else if (store_job_add(ad->a->store, v->row, e) == 0)
		rv = has_record(ad, why) ? store_history_add(ad->a->store, history, e) : 0;
	json_decref(history);
	return rv;
}

/* A once-key is its job's until that has ended and is so old; then it may name another one. */
static int
has_expired(const struct admitting *ad, const json_t *first)
{
	enum job_state state = JOB_QUEUED;
	int64_t	       keep_s = ad->a->conf->once_keep_s;

	(void)job_state_from_name(field_text(first, "state"), &state);
	return keep_s > 0 && job_state_is_final(state) &&
	    clock_wall_ms() - field_number(first, "submitted") >= keep_s * 1000;
}

static int
expire(const struct admitting *ad, const json_t *first, struct pd_err *e)
{
	json_t *set = json_pack("{s:s}", "once", "");
	int	rv = store_job_set(ad->a->store, field_text(first, "id"), set, e);

	json_decref(set);
	return rv;
}

static void
forget_first(json_t **first)
{
	json_decref(*first);
	*first = NULL;
}

/* A job with the same user and key: the same request is answered by it, another one is refused. */
static int
find_first(const struct admitting *ad, const char *digest, json_t **first, struct pd_err *e)
{
	const struct job *job = ad->job;

	if (job->once[0] == '\0' || job->is_plan)
		return 0;
	if (store_job_by_once(ad->a->store, job->user, job->once, first, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	if (has_expired(ad, *first)) {
		int rv = expire(ad, *first, e);

		forget_first(first);
		return rv;
	}
	if (strcmp(field_text(*first, "digest"), digest) == 0)
		return pd_fail(e, PD_CONFLICT, "the same request is job %s already", field_text(*first, "id"));
	pd_fail(e, PD_CONFLICT, "the once-key %s belongs to job %s, which asked for something else", job->once,
	    field_text(*first, "id"));
	forget_first(first);
	return -1;
}

static int __attribute__((format(printf, 3, 4)))
is_file(char *path, size_t size, const char *fmt, ...)
{
	va_list ap;
	int	n;

	va_start(ap, fmt);
	n = vsnprintf(path, size, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < size && (access(path, F_OK) == 0 || errno != ENOENT);
}

/* Not every kind of platform has every verb: without a sequence there is nothing to run. */
static int
has_sequence(const struct admitting *ad, struct pd_err *e)
{
	char	    path[PATH_MAX];
	const char *kind;
	json_t	   *platform = NULL;
	int	    rv = 0;

	if (ad->verb->kind != VERB_JOB || ad->state != JOB_QUEUED || ad->platform[0] == '\0')
		return 0;
	if (store_platform_get(ad->a->store, ad->platform, &platform, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;		/* it is being registered */
	kind = field_text(platform, "kind");
	/* A folder of templates that is away as a whole is the site's trouble, not the request's: its worker says so. */
	if (is_file(path, sizeof(path), "%s/%s/%s", ad->a->conf->templates, kind, "") &&
	    !is_file(path, sizeof(path), "%s/%s/%s.seq", ad->a->conf->templates, kind, ad->verb->name))
		rv = pd_fail(e, PD_USAGE, "%s is not there for platforms of the kind %s, which %s is", ad->verb->name,
		    kind, ad->platform);
	json_decref(platform);
	return rv;
}

static int
decide(struct admitting *ad, const char *digest, struct verdict *v, struct pd_err *e)
{
	int is_own = ad->job->origin == JOB_BY_DIRECTOR;

	if ((is_own ? admit_lease_check(ad, e) : check_request(ad, e)) == -1 ||
	    find_first(ad, digest, &v->first, e) == -1 || (!is_own && admit_within_limits(ad, e) == -1))
		return -1;
	return (is_own ? admit_lease(ad, e) : run_admitter(ad, e)) == -1 ? -1 : has_sequence(ad, e);
}

/* 0 when it is admitted or refused, and recorded. */
static int
decide_and_record(struct admitting *ad, const char *digest, struct verdict *v, struct pd_err *e)
{
	struct pd_err why;

	if (store_mark(ad->a->store, e) == -1)
		return -1;
	if (decide(ad, digest, v, &why) == 0)
		return record(ad, digest, NULL, v, e) == -1 ? -1 : store_unmark(ad->a->store, e);
	if (is_our_trouble(&why)) {
		*e = why;
		return -1;
	}
	/* What the decision had already written must go; the refusal stays. */
	return store_back(ad->a->store, e) == -1 ? -1 : record(ad, digest, &why, v, e);
}

static int
is_known(const struct admission *a, const char *id, struct verdict *v, struct pd_err *e)
{
	if (store_job_get(a->store, id, &v->row, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	return admission_first(a->store, v->row, &v->first, e) == 0 ? 1 : -1;
}

/* One job inside the transaction. */
static int
admit(const struct admission *a, const struct job *job, struct verdict *v, struct pd_err *e)
{
	struct admitting ad = { .a = a, .job = job, .state = JOB_QUEUED };
	char		 digest[DIGEST_TEXT_LEN];
	int		 rv, known;

	if ((known = is_known(a, job->id, v, e)) != 0)
		return known == 1 ? 0 : -1;
	if (request_digest(job, digest, e) == -1)
		return -1;
	if ((ad.args = json_deep_copy(job->args)) == NULL)
		return pd_fail(e, PD_IO, "no memory for the arguments of job %s", job->id);
	admission_tag(job->id, ad.tag);
	v->is_new = 1;
	rv = decide_and_record(&ad, digest, v, e);
	json_decref(ad.args);
	json_decref(ad.decision);
	return rv;
}

int
admission_decide(const struct admission *a, const struct job *jobs, size_t n, struct verdict *v, struct pd_err *e)
{
	int rv;

	memset(v, 0, n * sizeof(*v));
	rv = store_begin(a->store, e);
	for (size_t i = 0; i < n && rv == 0; i++)
		rv = admit(a, &jobs[i], &v[i], e);
	if (rv == 0 && store_commit(a->store, e) == 0)
		return 0;
	store_rollback(a->store);
	for (size_t i = 0; i < n; i++)
		verdict_clear(&v[i]);
	if (!is_our_trouble(e))
		e->code = PD_IO;	/* the jobs are not to blame: they stay in new/ */
	return -1;
}
