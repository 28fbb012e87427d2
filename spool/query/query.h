/* SPDX-License-Identifier: ISC */
/*
 * query.h - the director's local socket: questions and small commands of the gateway.
 *
 * One request, one reply (spool/wire.h), then the gateway may ask again or close.
 * Request:  {"op":"query","verb":V,"args":{..},"user":U,"origin":"key"|"account","source":S}
 *	     {"op":"admit","job":ID}		take ID out of new/ now and say what became of it
 *	     {"op":"admit","job":ID,"count":N}	the same for a batch of N jobs that begin with ID; value: [reply of each]
 *	     {"op":"resolve","job":PREFIX,"user":..}	full id of a job that the user may see
 *	     {"op":"refused","verb":V,"user":..,"code":..,"exit":..,"message":..}	for the history
 * Every request has user, origin and source.  The director believes "user" only from the service account's uid (SO_PEERCRED), from root
 * or from itself; from any other uid the user is that account's name.
 * Reply: {"code":WORD,"exit":N,"message":TEXT,"job":ID?,"value":...?}; "job":null: what was handed in was turned away, and no job is left of it.
 *
 * Values of the query verbs.  Sizes are MiB, processing units hundredths beside their text, times RFC 3339; what is unknown or not yet is absent.
 *	list-vms	[{name state state_since seen system? console_name? group? platform image units units_text procs memory disk addresses[] owner tenant lease_end?}]
 *			seen: when the console, or a job, told the state; state missing: its console lists it no more; system: where it is, when
 *			that is not named like its platform; console_name: what the console calls it, when that is another name
 *	show-vm		the same object, with lpar_id created job disks[] networks[] spec{} lease_ended (it is off for its lease) lease_delete
 *	drift		{differences[{vm what wanted found repair?}] not_compared[{vm why}] partitions[{name id state system platform}]
 *			systems[{name platform seen?}] repair[]?}: partitions, nobody's here, for roles that see all and when no VM is named;
 *			repair: what brings it back, as requests, when that is asked for; CONFLICT when there are differences
 *	list-images	[{name platform os size first_boot description}]
 *	show-image	the same object, with registered, and file for roles that see all
 *	list-jobs	[{id verb user tenant platform vm state plan submitted started finished code exit message waits reason}]; a queued job
 *			whose platform does not answer has the state "waiting"; reason "platform" says the same of any job
 *	show-job	the same object, with args{} value note once source origin attempts cancel, history{seq,head} when it has ended, and position while queued
 *	why		{policy chosen? change{system options}? systems[{system platform fits down? memory_free units_free partitions_free left_permille
 *			missing[] options?}]} (spool/admit/placement.h)
 *	cancel-job	{id state}, the state that the job is in now
 *	undo-job resume-job	the same
 *	transcript	[{step i part as command status signal lost out err ms t cut}], status absent: no answer (yet)
 *	history		[{seq t event user tenant job verb vm what{} hash}], newest last
 *	export-history	[{seq line}], so many as fit an answer from the oldest on; line as in an archive (history_line.h), without its line feed
 *	verify-history	{whole first records head t? fault? record?}: those behind first up to records are proven; fault and record name the first that is not
 *	quota		[{whose what used limit unit}], unit count, hundredths or MiB; limit null: not limited
 *	list-platforms	[{name kind address state level vms jobs queued registered since next why}]; state silent, down or refused: it does
 *			not answer, or not us, since, why; it is tried again at next; state drained: it takes no new VMs, since drained
 *	show-platform	the same object, with port user host_key pools[] systems[], and second_address second_host_key vios_access where it has them
 *	list-systems	[{name platform ident level state memory memory_free units units_free partitions max_lpars seen drained why}]; seen: when its
 *			console was asked last
 *	console		no value: after "connected" the connection is the terminal, in both directions
 *	show-system	the same object, with region_size default_pool vlans[] pools[{name size free kind}] vms[]
 */
#ifndef PD_SPOOL_QUERY_QUERY_H
#define PD_SPOOL_QUERY_QUERY_H

#include <jansson.h>
#include <stdint.h>

#include "gateway/verbs.h"
#include "policy/conf.h"
#include "spool/drop.h"
#include "spool/err.h"
#include "spool/query/rows.h"
#include "spool/store/store.h"

/* What the answers are made from; lent, not owned. */
struct query_context {
	const struct pd_conf *conf;
	struct store	     *store;
	const struct spool   *spool;	/* its journal directory; NULL = no transcripts */
	/*
	 * Where an answer that is a list goes, as text: it is the reply's "value", which the reply then has not, if it
	 * is not empty.  NULL: it stands in the reply.
	 */
	struct rows *list;
	/* Begins the cancellation of a job that is not final: 0, or -1 with the reason.  Records it in the history. */
	int (*cancel)(void *arg, const char *job_id, struct pd_err *e);
	/* Takes up a stuck job: backwards (undo) or forwards.  0, or -1 with the reason.  Records it in the history. */
	int (*retake)(void *arg, const char *job_id, int is_undo, struct pd_err *e);
	/* Begins a verification whose answer comes later (query_proof()); NULL: it is done at once.  w may be NULL. */
	int (*verify)(void *arg, const struct history_witness *w, struct pd_err *e);
	/*
	 * Hands the asking gateway's connection to a session with the console of a VM (a row): 0, and there is no
	 * answer but the session's.  NULL: there are no consoles here.
	 */
	int (*console)(void *arg, const char *user, const json_t *vm, int steal, struct pd_err *e);
	void   *arg;
	int64_t now_ms;
	/*
	 * What a pending job (a row) waits for, as people say it; "" = its turn, or it runs; is_platform: for its
	 * platform to answer. NULL: said from the queue's length.
	 */
	const char *(*wait)(void *arg, const json_t *row, int *is_platform);
	/* {state since next? why} of a platform whose console does not answer, else NULL; the callback may be NULL. */
	json_t *(*contact)(void *arg, const char *platform);
};

/* A reply from an error or a success; takes the reference to value (may be NULL).  NULL without memory. */
json_t *query_reply(enum pd_code code, const char *message, json_t *value);

/* A refusal; its value says after how many seconds to try again, where that is known: {"retry_after":N}. */
json_t *query_refusal(const struct pd_err *e);

/* What a verification has proven; why is the fault or failure, NULL = whole. */
json_t *query_proof(const struct history_proof *p, const struct pd_err *why);

/*
 * Answers a verb of VERB_QUERY for user, who is who the caller says.  Policy and arguments are checked here, whatever
 * was checked before; what the user's role does not let them see is answered like what does not exist. args may be NULL
 * (none).  Always a reply, NULL without memory only.
 */
json_t *query_answer(const struct query_context *q, const struct verb *v, const json_t *args, const char *user);

/* Reply with "job": the full id of the one job that begins with prefix and that the user may see. */
json_t *query_resolve(const struct query_context *q, const char *prefix, const char *user);

#endif
