/* SPDX-License-Identifier: ISC */
/*
 * witness.c - every so many records, the history's head goes to syslog.
 *
 * Whoever may write the database can cut the history, or make it anew, so that its chain is whole.  A number and a hash
 * that stand in a log elsewhere (syslog sends it to another host) show that: verify-history --witness SEQ:HASH.
 */
#include <stdio.h>

#include "spool/director/director.h"

/* The receipts of single jobs are witnesses too: this one may be lost, and the next one proves all before it. */
void
witness_tell(struct director *d)
{
	struct log    log = d->log;
	struct pd_err e;
	int64_t	      seq, every = d->conf->history_witness;
	char	      hash[HISTORY_HASH_LEN + 1], text[HISTORY_HASH_LEN + 24];

	if (store_history_head(d->store, &seq, hash, &e) == -1 || seq / every == d->witnessed / every)
		return;
	d->witnessed = seq;
	(void)snprintf(text, sizeof(text), "%lld:%s", (long long)seq, hash);
	log.to_syslog = 1;	/* asked for or not */
	log_event(&log, LOG_NOTICE, "history", "witness", text, NULL);
}
