/* SPDX-License-Identifier: ISC */
/*
 * store_verify.c - is the history what was written?  To which record, and what is the first that is not?
 *
 * One walk from the first record on finds where the chain breaks.  How it broke is then told by what stands there and behind it:
 *	a later row holds the record that belongs here		inserted before it, or exchanged with it
 *	the record here says itself that it has a higher number	those between are missing
 *	neither							changed (a forged hash makes the record behind it the first that fails)
 * Nothing here trusts the rows' other columns, the indexes or the triggers: whoever may write the file may change those.
 *
 * What was archived is read from its files when all of them are there (history_source.c).  Otherwise the walk begins behind the base, and the
 * last record "rotated" must have the base's number and hash: a base that was moved without one is a cut at the beginning.
 *
 * The walk can be made in steps, so that a director does other things between them.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/history/history_source.h"
#include "spool/os/clock.h"

#define LOOK_EVERY 64	/* rows between two looks at the clock */

/* What a look behind the break found. */
struct behind {
	unsigned char wanted[CHAIN_HASH];	/* hash of the row at the break */
	int64_t	      own;			/* its own number */
	int64_t	      found;			/* row that holds the record which belongs at the break; 0 = none */
	int	      is_exchanged;		/* and the row at the break belongs behind the break */
};

struct history_walk {
	struct store	      *st;
	int		       is_own_store, is_in_transaction;
	struct history_source  source;
	int		       has_source;
	EVP_MD_CTX	      *ctx;
	struct chain_head      base, head;	/* recorded beside the chain */
	struct chain_head      at;		/* walked to */
	struct chain_head      rotated;		/* what the last record of a rotation says that the base is */
	struct history_witness witness;		/* seq 0 = none */
	struct history_proof   proof;
	int		       is_behind;	/* the chain is broken: looking for how */
	struct behind	       behind;
};

const char *
history_fault_name(enum history_fault fault)
{
	static const char *const names[HISTORY_NFAULTS] = { "whole", "changed", "missing", "inserted", "reordered",
		"cut" };

	return (unsigned)fault < HISTORY_NFAULTS ? names[fault] : "unknown";
}

int
history_witness_parse(const char *text, struct history_witness *w, struct pd_err *e)
{
	char	   *end;
	const char *hash;

	w->seq = strtoll(text, &end, 10);
	hash = end + 1;
	if (!isdigit((unsigned char)text[0]) || *end != ':' || w->seq < 1 || w->seq >= INT64_MAX ||
	    strlen(hash) != HISTORY_HASH_LEN || strspn(hash, "0123456789abcdef") != HISTORY_HASH_LEN)
		return pd_fail(e, PD_USAGE,
		    "a witness is SEQ:HASH, a record's number and its hash of %d hexadecimal digits", HISTORY_HASH_LEN);
	memcpy(w->head, hash, HISTORY_HASH_LEN + 1);
	return 0;
}

/* What the record itself says. */
static json_t *
record_of(const struct row *r)
{
	return json_loadb(r->text, r->len, JSON_ALLOW_NUL, NULL);
}

static int64_t
own_number(const struct row *r)
{
	json_t *record = record_of(r);
	int64_t n = field_number(record, "seq");

	json_decref(record);
	return n;
}

/* Does the row's record, with its hash, follow head?  *next is the head behind it. */
static int
follows(const struct history_walk *w, const struct chain_head *head, const struct row *r, struct chain_head *next)
{
	*next = *head;
	return r->hash != NULL && chain_add(w->ctx, next, r->text, r->len, NULL) == 0 &&
	    memcmp(r->hash, next->hash, CHAIN_HASH) == 0;
}

static int
fault(struct history_walk *w, enum history_fault how, int64_t at, struct pd_err *e, const char *text)
{
	w->proof.fault = how;
	w->proof.at = at;
	return pd_fail(e, PD_BADDATA, "history: %s", text);
}

static void
begin_behind(struct history_walk *w, const struct row *r, int64_t own)
{
	w->is_behind = 1;
	memset(&w->behind, 0, sizeof(w->behind));
	w->behind.own = own;
	if (r->hash != NULL)
		memcpy(w->behind.wanted, r->hash, CHAIN_HASH);
}

/* The row does not continue the chain: how?  -1 = it is known; 0 = what stands behind it decides. */
static int
name_break(struct history_walk *w, const struct row *r, struct pd_err *e)
{
	long long want = (long long)w->at.seq + 1;
	char	  text[160];

	if (r->seq > want && r->seq <= w->head.seq) {
		(void)snprintf(text, sizeof(text), "record %lld is missing", want);
		return fault(w, HISTORY_MISSING, want, e, text);
	}
	if (r->seq != want || r->seq > w->head.seq) {
		(void)snprintf(text, sizeof(text), "record %lld was inserted", (long long)r->seq);
		return fault(w, HISTORY_INSERTED, r->seq, e, text);
	}
	begin_behind(w, r, own_number(r));
	return 0;
}

/* One row behind the break: with its own hash, or with only the texts exchanged. */
static void
look_behind(struct history_walk *w, const struct row *r)
{
	struct chain_head next;

	if (!follows(w, &w->at, r, &next) && memcmp(next.hash, w->behind.wanted, CHAIN_HASH) != 0)
		return;
	w->behind.found = r->seq;
	w->behind.is_exchanged = w->behind.own > w->at.seq + 1 && own_number(r) == w->at.seq + 1;
}

static int
end_behind(struct history_walk *w, struct pd_err *e)
{
	const struct behind *b = &w->behind;
	long long	     want = (long long)w->at.seq + 1;
	char		     text[160];

	if (b->found != 0 && b->is_exchanged) {
		(void)snprintf(text, sizeof(text), "record %lld stands at %lld: the order was changed", want, (long long)b->found);
		return fault(w, HISTORY_REORDERED, want, e, text);
	}
	if (b->found != 0) {
		(void)snprintf(text, sizeof(text), "record %lld was inserted: the true one stands at %lld now", want,
		    (long long)b->found);
		return fault(w, HISTORY_INSERTED, want, e, text);
	}
	if (b->own > want) {
		(void)snprintf(text, sizeof(text), "record %lld is missing, and those behind it have new numbers", want);
		return fault(w, HISTORY_MISSING, want, e, text);
	}
	(void)snprintf(text, sizeof(text), "record %lld, or the one before it, was changed", want);
	return fault(w, HISTORY_CHANGED, want, e, text);
}

static int
check_witness(struct history_walk *w, struct pd_err *e)
{
	char text[160];

	if (w->at.seq == 0 || w->witness.seq != w->at.seq || strcmp(w->witness.head, w->proof.head) == 0)
		return 0;
	(void)snprintf(text, sizeof(text),
	    "record %lld is not the one that the witness has seen: it, or one before it, was changed and "
	    "the chain made anew",
	    (long long)w->at.seq);
	return fault(w, HISTORY_CHANGED, w->at.seq, e, text);
}

static int
hash_of_hex(const char *hex, unsigned char hash[CHAIN_HASH])
{
	for (size_t i = 0; i < CHAIN_HASH; i++) {
		unsigned byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return -1;
		hash[i] = (unsigned char)byte;
	}
	return 0;
}

/* A proven record that tells of a rotation: which base, and of which digest its archive is. */
static int
take_rotation(struct history_walk *w, const json_t *what, struct pd_err *e)
{
	const char *head = field_text(what, "head"), *name = field_text(what, "file");
	const char *digest = json_string_value(json_object_get(w->source.digests, name));
	char	    text[160];

	w->rotated.seq = field_number(what, "last");
	if (strlen(head) != HISTORY_HASH_LEN || hash_of_hex(head, w->rotated.hash) == -1)
		w->rotated.seq = -1;
	if (digest == NULL || strcmp(digest, field_text(what, "sha256")) == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "the archive %.60s is not the file that was written", name);
	return fault(w, HISTORY_CHANGED, field_number(what, "first"), e, text);
}

static int
look_for_rotation(struct history_walk *w, const struct row *r, struct pd_err *e)
{
	static const char mark[] = "\"event\":\"rotated\"";
	json_t		 *record;
	int		  rv = 0;

	if (r->len < sizeof(mark) || strstr(r->text, mark) == NULL || (record = record_of(r)) == NULL)
		return 0;
	if (strcmp(field_text(record, "event"), "rotated") == 0)
		rv = take_rotation(w, json_object_get(record, "what"), e);
	json_decref(record);
	return rv;
}

static int
check_begin(struct history_walk *w, struct pd_err *e)
{
	char text[160];

	if (w->base.seq == 0 ||
	    (w->rotated.seq == w->base.seq && memcmp(w->rotated.hash, w->base.hash, CHAIN_HASH) == 0))
		return 0;
	(void)snprintf(text, sizeof(text), "records up to %lld are missing, and no record says that they were archived",
	    (long long)w->base.seq);
	return fault(w, HISTORY_CUT, w->base.seq, e, text);
}

static int
check_end(struct history_walk *w, struct pd_err *e)
{
	char text[160];

	if (w->head.seq > w->at.seq) {
		(void)snprintf(text, sizeof(text), "cut off behind record %lld, %lld are missing", (long long)w->at.seq,
		    (long long)(w->head.seq - w->at.seq));
		return fault(w, HISTORY_CUT, w->at.seq + 1, e, text);
	}
	if (w->head.seq != w->at.seq || memcmp(w->head.hash, w->at.hash, CHAIN_HASH) != 0) {
		(void)snprintf(text, sizeof(text), "its head says record %lld, the chain ends with another %lld",
		    (long long)w->head.seq, (long long)w->at.seq);
		return fault(w, HISTORY_CHANGED, w->at.seq + 1, e, text);
	}
	if (w->witness.seq > w->at.seq) {
		(void)snprintf(text, sizeof(text), "cut off behind record %lld, the witness has seen record %lld",
		    (long long)w->at.seq, (long long)w->witness.seq);
		return fault(w, HISTORY_CUT, w->at.seq + 1, e, text);
	}
	if (w->witness.seq > 0 && w->witness.seq < w->proof.first)
		return pd_fail(e, PD_NOTFOUND, "history: record %lld of the witness is in an archive that is not here",
		    (long long)w->witness.seq);
	return check_begin(w, e);
}

static void
note_time(struct history_walk *w, const struct row *r)
{
	json_t *record = record_of(r);

	(void)snprintf(w->proof.t, sizeof(w->proof.t), "%s", field_text(record, "t"));
	json_decref(record);
}

/* 1 = go on, -1 = broken. */
static int
walk_row(struct history_walk *w, const struct row *r, struct pd_err *e)
{
	struct chain_head next;

	if (r->seq != w->at.seq + 1 || !follows(w, &w->at, r, &next))
		return name_break(w, r, e) == -1 ? -1 : 1;
	w->at = next;
	w->proof.records = next.seq;
	chain_hex(next.hash, w->proof.head);
	if (next.seq == w->head.seq)
		note_time(w, r);
	return look_for_rotation(w, r, e) == -1 || check_witness(w, e) == -1 ? -1 : 1;
}

/* One row; 1 = there may be more. */
static int
step(struct history_walk *w, struct pd_err *e)
{
	struct row r;
	int	   rv = source_next(&w->source, &r, e);

	if (rv == -1)
		return -1;
	if (w->is_behind) {
		if (rv == 1)
			look_behind(w, &r);
		return rv == 1 && w->behind.found == 0 ? 1 : end_behind(w, e);
	}
	return rv == 1 ? walk_row(w, &r, e) : check_end(w, e);
}

int
history_walk_step(struct history_walk *w, int64_t most_us, struct pd_err *e)
{
	int64_t end_us = clock_mono_us() + most_us;
	int	rv, n = 0;

	while ((rv = step(w, e)) == 1)
		if (++n % LOOK_EVERY == 0 && clock_mono_us() >= end_us)
			return 1;
	return rv;
}

const struct history_proof *
history_walk_proof(const struct history_walk *w)
{
	return &w->proof;
}

void
history_walk_end(struct history_walk *w)
{
	if (w == NULL)
		return;
	if (w->has_source)
		source_close(&w->source);
	if (w->is_in_transaction)
		store_rollback(w->st);
	EVP_MD_CTX_free(w->ctx);
	if (w->is_own_store)
		store_close(w->st);
	free(w);
}

/* One snapshot: a director may be writing. */
static int
begin(struct history_walk *w, const char *archives, struct pd_err *e)
{
	if ((w->ctx = EVP_MD_CTX_new()) == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	if (sqlite3_get_autocommit(w->st->db)) {
		if (sqlite3_exec(w->st->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
			return store_fail(w->st, sqlite3_errcode(w->st->db), "begin", e);
		w->is_in_transaction = 1;
	}
	if (chain_read_head(w->st, &w->head, e) == -1 || chain_read_base(w->st, &w->base, e) == -1)
		return -1;
	w->has_source = 1;
	if (source_open(&w->source, w->st, archives, &w->at, e) == -1)
		return -1;
	w->proof.records = w->proof.first = w->at.seq;
	chain_hex(w->at.hash, w->proof.head);
	return check_witness(w, e);
}

static int
make_walk(struct store *st, int is_own, const char *archives, const struct history_witness *witness,
    struct history_walk **walk, struct pd_err *e)
{
	struct history_walk *w = calloc(1, sizeof(*w));

	*walk = NULL;
	if (w == NULL) {
		if (is_own)
			store_close(st);
		return pd_fail(e, PD_IO, "history: out of memory");
	}
	w->st = st;
	w->is_own_store = is_own;
	if (witness != NULL)
		w->witness = *witness;
	if (begin(w, archives, e) == -1) {
		history_walk_end(w);
		return -1;
	}
	*walk = w;
	return 0;
}

int
history_walk_begin(const char *path, const char *archives, const struct history_witness *witness,
    struct history_walk **walk, struct pd_err *e)
{
	struct store *st;

	*walk = NULL;
	return store_open_copy(path, &st, e) == -1 ? -1 : make_walk(st, 1, archives, witness, walk, e);
}

int
store_history_verify(struct store *st, const struct history_witness *witness, struct history_proof *proof, struct pd_err *e)
{
	struct history_walk *w;
	int		     rv;

	memset(proof, 0, sizeof(*proof));
	if (make_walk(st, 0, NULL, witness, &w, e) == -1)
		return -1;
	while ((rv = history_walk_step(w, INT64_MAX / 2, e)) == 1)
		;
	*proof = *history_walk_proof(w);
	history_walk_end(w);
	return rv;
}
