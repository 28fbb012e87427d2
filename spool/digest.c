/* SPDX-License-Identifier: ISC */
/*
 * digest.c - SHA-256 of bytes in memory, as text.
 */
#include <openssl/evp.h>

#include <stdio.h>

#include "spool/digest.h"

static void
to_hex(const unsigned char *md, unsigned n, char *text)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < n; i++) {
		text[2 * i] = hex[md[i] >> 4];
		text[2 * i + 1] = hex[md[i] & 15];
	}
	text[2 * n] = '\0';
}

int
digest_text(const void *data, size_t len, char text[DIGEST_TEXT_LEN], struct pd_err *e)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned      n = 0;

	text[0] = '\0';
	if (EVP_Digest(data, len, md, &n, EVP_sha256(), NULL) != 1 || n * 2 + 1 != DIGEST_TEXT_LEN)
		return pd_fail(e, PD_BUG, "libcrypto cannot compute a SHA-256 digest");
	to_hex(md, n, text);
	return 0;
}

int
digest_answer(const void *out, size_t out_len, const void *err, size_t err_len, char text[DIGEST_TEXT_LEN], struct pd_err *e)
{
	EVP_MD_CTX   *ctx = EVP_MD_CTX_new();
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned      n = 0;
	char	      length[24];
	int	      len = snprintf(length, sizeof(length), "%zu\n", out_len), ok;

	text[0] = '\0';
	ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(ctx, length, (size_t)len) == 1 && EVP_DigestUpdate(ctx, out, out_len) == 1 &&
	    EVP_DigestUpdate(ctx, err, err_len) == 1 && EVP_DigestFinal_ex(ctx, md, &n) == 1 &&
	    n * 2 + 1 == DIGEST_TEXT_LEN;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return pd_fail(e, PD_BUG, "libcrypto cannot compute a SHA-256 digest");
	to_hex(md, n, text);
	return 0;
}
