/* SPDX-License-Identifier: ISC */
/*
 * store_verify.c - is the history what was written?  To which record, and what is the first that is not?
 *
 * One walk from the first record on finds where the chain breaks.  How it broke is then told by what stands there and behind it:
 *	a later row holds the record that belongs here		inserted before it, or exchanged with it
 *	the record here says itself that it has a higher number	those between are missing
 *	neither							changed (a forged hash makes the record behind it the first that fails)
 * Nothing here trusts the rows' other columns, the indexes or the triggers: whoever may write the file may change those.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/store_chain.h"

static const char rows_text[] = "SELECT seq, record, hash FROM history WHERE seq>? ORDER BY seq";

/* The row that a statement stands on. */
struct row {
	int64_t		     seq;
	const char	    *text;
	size_t		     len;
	const unsigned char *hash;	/* NULL = not one */
};

struct walk {
	struct store		     *st;
	EVP_MD_CTX		     *ctx;
	struct chain_head	      head;	/* recorded beside the chain */
	struct chain_head	      at;	/* walked to */
	const struct history_witness *witness;
	struct history_proof	     *proof;
};

const char *
history_fault_name(enum history_fault fault)
{
	static const char *const names[HISTORY_NFAULTS] = { "whole", "changed", "missing", "inserted", "reordered", "cut" };

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
		return pd_fail(e, PD_USAGE, "a witness is SEQ:HASH, a record's number and its hash of %d hexadecimal digits",
		    HISTORY_HASH_LEN);
	memcpy(w->head, hash, HISTORY_HASH_LEN + 1);
	return 0;
}

static struct row
row_of(const struct stmt *q)
{
	struct row r = { .seq = sqlite3_column_int64(q->s, 0), .text = (const char *)sqlite3_column_text(q->s, 1) };

	r.len = r.text != NULL ? (size_t)sqlite3_column_bytes(q->s, 1) : 0;
	if (r.text == NULL)
		r.text = "";
	if (sqlite3_column_bytes(q->s, 2) == CHAIN_HASH)
		r.hash = sqlite3_column_blob(q->s, 2);
	return r;
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
follows(const struct walk *w, const struct chain_head *head, const struct row *r, struct chain_head *next)
{
	*next = *head;
	return r->hash != NULL && chain_add(w->ctx, next, r->text, r->len, NULL) == 0 &&
	    memcmp(r->hash, next->hash, CHAIN_HASH) == 0;
}

/* What a look behind the break found. */
struct behind {
	unsigned char wanted[CHAIN_HASH];	/* hash of the row at the break */
	int64_t	      found;			/* row that holds the record which belongs at the break; 0 = none */
	int	      is_exchanged;		/* and the row at the break belongs behind the break */
};

static int
look_behind(const struct walk *w, const struct row *broken, struct behind *b, struct pd_err *e)
{
	struct chain_head next;
	struct stmt	  q;
	int64_t		  own = own_number(broken);
	int		  rv = 0;

	memset(b, 0, sizeof(*b));
	if (broken->hash != NULL)
		memcpy(b->wanted, broken->hash, CHAIN_HASH);
	if (stmt_open(&q, w->st, rows_text, e) == -1)
		return -1;
	stmt_int(&q, broken->seq);
	while (b->found == 0 && (rv = stmt_step(&q, e)) == 1) {
		struct row r = row_of(&q);

		/* With its own hash, or with only the texts exchanged. */
		if (follows(w, &w->at, &r, &next) || memcmp(next.hash, b->wanted, CHAIN_HASH) == 0) {
			b->found = r.seq;
			b->is_exchanged = own > w->at.seq + 1 && own_number(&r) == w->at.seq + 1;
		}
	}
	stmt_close(&q);
	return b->found != 0 || rv != -1 ? 0 : -1;
}

static int
fault(const struct walk *w, enum history_fault how, int64_t at, struct pd_err *e, const char *text)
{
	w->proof->fault = how;
	w->proof->at = at;
	return pd_fail(e, PD_BADDATA, "history: %s", text);
}

/* The row does not continue the chain: how? */
static int
name_break(const struct walk *w, const struct row *r, struct pd_err *e)
{
	long long     want = (long long)w->at.seq + 1, own = own_number(r);
	struct behind b;
	char	      text[160];

	if (r->seq > want && r->seq <= w->head.seq) {
		(void)snprintf(text, sizeof(text), "record %lld is missing", want);
		return fault(w, HISTORY_MISSING, want, e, text);
	}
	if (r->seq != want || r->seq > w->head.seq) {
		(void)snprintf(text, sizeof(text), "record %lld was inserted", (long long)r->seq);
		return fault(w, HISTORY_INSERTED, r->seq, e, text);
	}
	if (look_behind(w, r, &b, e) == -1)
		return -1;
	if (b.found != 0 && b.is_exchanged) {
		(void)snprintf(text, sizeof(text), "record %lld stands at %lld: the order was changed", want, (long long)b.found);
		return fault(w, HISTORY_REORDERED, want, e, text);
	}
	if (b.found != 0) {
		(void)snprintf(text, sizeof(text), "record %lld was inserted: the true one stands at %lld now", want, (long long)b.found);
		return fault(w, HISTORY_INSERTED, want, e, text);
	}
	if (own > want) {
		(void)snprintf(text, sizeof(text), "record %lld is missing, and those behind it have new numbers", want);
		return fault(w, HISTORY_MISSING, want, e, text);
	}
	(void)snprintf(text, sizeof(text), "record %lld, or the one before it, was changed", want);
	return fault(w, HISTORY_CHANGED, want, e, text);
}

static int
check_witness(const struct walk *w, struct pd_err *e)
{
	char text[160];

	if (w->witness == NULL || w->witness->seq != w->at.seq || strcmp(w->witness->head, w->proof->head) == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "record %lld is not the one that the witness has seen: it, or one before it, was changed and "
	    "the chain made anew", (long long)w->at.seq);
	return fault(w, HISTORY_CHANGED, w->at.seq, e, text);
}

/* Everything from the first record up to this row is proven. */
static void
proven(struct walk *w, const struct chain_head *next)
{
	w->at = *next;
	w->proof->records = next->seq;
	chain_hex(next->hash, w->proof->head);
}

static void
note_time(struct walk *w, const struct row *r)
{
	json_t *record = record_of(r);

	(void)snprintf(w->proof->t, sizeof(w->proof->t), "%s", field_text(record, "t"));
	json_decref(record);
}

static int
walk_row(struct walk *w, const struct stmt *q, struct pd_err *e)
{
	struct row	  r = row_of(q);
	struct chain_head next;

	if (r.seq != w->at.seq + 1 || !follows(w, &w->at, &r, &next))
		return name_break(w, &r, e);
	proven(w, &next);
	return check_witness(w, e);
}

/* The time of the last proven record, once it is known which that is. */
static int
find_time(struct walk *w, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (w->at.seq == 0)
		return 0;
	if (stmt_open(&q, w->st, rows_text, e) == -1)
		return -1;
	stmt_int(&q, w->at.seq - 1);
	if ((rv = stmt_step(&q, e)) == 1) {
		struct row r = row_of(&q);

		note_time(w, &r);
	}
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

static int
check_end(const struct walk *w, struct pd_err *e)
{
	char text[160];

	if (w->head.seq > w->at.seq) {
		(void)snprintf(text, sizeof(text), "cut off behind record %lld, %lld are missing", (long long)w->at.seq,
		    (long long)(w->head.seq - w->at.seq));
		return fault(w, HISTORY_CUT, w->at.seq + 1, e, text);
	}
	if (w->head.seq != w->at.seq || memcmp(w->head.hash, w->at.hash, CHAIN_HASH) != 0) {
		(void)snprintf(text, sizeof(text), "its head says record %lld, the chain ends with another %lld", (long long)w->head.seq,
		    (long long)w->at.seq);
		return fault(w, HISTORY_CHANGED, w->at.seq + 1, e, text);
	}
	if (w->witness != NULL && w->witness->seq > w->at.seq) {
		(void)snprintf(text, sizeof(text), "cut off behind record %lld, the witness has seen record %lld", (long long)w->at.seq,
		    (long long)w->witness->seq);
		return fault(w, HISTORY_CUT, w->at.seq + 1, e, text);
	}
	return 0;
}

static int
walk_all(struct walk *w, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (chain_read_head(w->st, &w->head, e) == -1 || stmt_open(&q, w->st, rows_text, e) == -1)
		return -1;
	stmt_int(&q, INT64_MIN);
	while ((rv = stmt_step(&q, e)) == 1)
		if (walk_row(w, &q, e) == -1) {
			rv = -1;
			break;
		}
	stmt_close(&q);
	return rv == -1 ? -1 : check_end(w, e);
}

int
store_history_verify(struct store *st, const struct history_witness *witness, struct history_proof *proof, struct pd_err *e)
{
	struct walk   w = { .st = st, .ctx = EVP_MD_CTX_new(), .witness = witness, .proof = proof };
	struct pd_err ignored;
	int	      rv, is_ours = sqlite3_get_autocommit(st->db);

	memset(proof, 0, sizeof(*proof));
	chain_hex(w.at.hash, proof->head);
	if (w.ctx == NULL)
		return pd_fail(e, PD_IO, "history: out of memory");
	/* One snapshot: a director may be writing. */
	if (is_ours && sqlite3_exec(st->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		rv = store_fail(st, sqlite3_errcode(st->db), "begin", e);
	else
		rv = walk_all(&w, e);
	if (rv == 0)
		rv = find_time(&w, e);
	else
		(void)find_time(&w, &ignored);
	if (is_ours)
		store_rollback(st);
	EVP_MD_CTX_free(w.ctx);
	return rv;
}
