/* SPDX-License-Identifier: ISC */
/*
 * refusal.c - requests that did not come to a job, in the history.
 */
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"
#include "spool/field.h"
#include "spool/history/refusal.h"
#include "spool/os/clock.h"
#include "spool/vis.h"

#define MESSAGE_MAX sizeof(((struct pd_err *)0)->msg)

static void
set_text(json_t *o, const char *key, const char *text, size_t max)
{
	char shown[4 * MESSAGE_MAX];

	if (text == NULL || text[0] == '\0')
		return;
	(void)json_object_set_new(o, key, json_string(vis_encode(shown, max < sizeof(shown) ? max : sizeof(shown), text, strlen(text))));
}

static json_t *
record_of(const struct director *d, const struct refusal *r)
{
	const struct pd_tenant *tenant = policy_tenant(d->conf, r->user);
	json_t *record = json_pack("{s:s s:s s:s s:{s:s}}", "event", "refused", "user", r->user, "tenant",
	    tenant != NULL ? tenant->name : "", "what", "code", r->code);
	json_t			*what = json_object_get(record, "what");

	if (record == NULL)
		return NULL;
	set_text(record, "verb", r->verb, 4 * JOB_VERB_MAX);
	set_text(what, "message", r->message, MESSAGE_MAX);
	set_text(what, "source", r->source, 4 * JOB_SOURCE_MAX);
	set_text(what, "rule", r->rule, 160);
	set_text(what, "claimed", r->claimed, 4 * JOB_USER_MAX);
	if (r->line > 0)
		(void)json_object_set_new(what, "line", json_integer((json_int_t)r->line));
	if (r->user[0] == '\0')
		(void)json_object_set_new(what, "uid", json_integer((json_int_t)r->uid));
	return record;
}

int
refusal_record(struct director *d, const struct refusal *r, struct pd_err *e)
{
	char key[JOB_USER_MAX + 8];

	if (r->user[0] != '\0')
		(void)snprintf(key, sizeof(key), "%s", r->user);
	else
		(void)snprintf(key, sizeof(key), "uid %lu", (unsigned long)r->uid);
	if (!tally_refused(&d->tally, key, r->code, d->conf->history_refusals, clock_mono_ms()))
		return 0;
	if (director_record(d, record_of(d, r), e) == 0)
		return 0;
	log_event(&d->log, LOG_ERR, "history-failed", "user", r->user, "verb", r->verb, "code", r->code, "why", e->msg, NULL);
	return -1;
}

/* Small commands to the director: what is refused of them is a change that was not made. */
static int
is_change(const char *verb)
{
	return strcmp(verb, "cancel-job") == 0 || strcmp(verb, "undo-job") == 0 || strcmp(verb, "resume-job") == 0;
}

void
refusal_of_reply(struct director *d, const char *user, uid_t uid, const json_t *request, const json_t *reply)
{
	const char	 *verb = field_text(request, "verb"), *code = field_text(reply, "code");
	struct refusal	  r = { .user = user, .uid = uid, .verb = verb, .code = code, .message = field_text(reply, "message"),
		.source = field_text(request, "source") };
	struct policy_why why;
	struct pd_err	  e;
	int		  is_bad = strcmp(code, code_word(PD_DENIED)) == 0 || strcmp(code, code_word(PD_USAGE)) == 0;

	if (strcmp(field_text(request, "op"), "resolve") == 0)
		r.verb = verb = "follow";
	if (!is_bad && (!is_change(verb) || field_number(reply, "exit") == 0)) {
		if (!is_change(verb))	/* those have a record of their own */
			tally_asked(&d->tally, user, verb, clock_mono_ms());
		return;
	}
	(void)policy_verb(d->conf, user, verb, &why, &e);
	r.rule = why.rule;
	r.line = why.line;
	(void)refusal_record(d, &r, &e);
}

json_t *
decision_of(const struct pd_conf *conf, const char *user, const char *verb)
{
	struct policy_why why;
	struct pd_err	  e;

	(void)policy_verb(conf, user, verb, &why, &e);
	return json_pack("{s:s s:i}", "rule", why.rule, "line", why.line);
}
