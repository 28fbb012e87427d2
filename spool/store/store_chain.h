/* SPDX-License-Identifier: ISC */
/*
 * store_chain.h - what writing and verifying the history share (store_history.c describes the chain).
 */
#ifndef PD_SPOOL_STORE_STORE_CHAIN_H
#define PD_SPOOL_STORE_STORE_CHAIN_H

#include <openssl/evp.h>

#include "spool/store/store_sqlite.h"

#define CHAIN_HASH 32	/* bytes of a SHA-256 */

struct chain_head {
	int64_t	      seq;
	unsigned char hash[CHAIN_HASH];
};

/* The head that is recorded beside the chain, and the base: the last record that was archived, 0 = none. */
int chain_read_head(struct store *st, struct chain_head *head, struct pd_err *e);
int chain_read_base(struct store *st, struct chain_head *base, struct pd_err *e);
/* head becomes the head of the chain with one record more. */
int chain_add(EVP_MD_CTX *ctx, struct chain_head *head, const char *record, size_t len, struct pd_err *e);
void chain_hex(const unsigned char hash[CHAIN_HASH], char hex[HISTORY_HASH_LEN + 1]);

#endif
