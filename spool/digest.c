/* SPDX-License-Identifier: ISC */
/*
 * digest.c - SHA-256 of bytes in memory, as text.
 */
#include <openssl/evp.h>

#include "spool/digest.h"

int
digest_text(const void *data, size_t len, char text[DIGEST_TEXT_LEN], struct pd_err *e)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char	  md[EVP_MAX_MD_SIZE];
	unsigned	  n = 0;

	text[0] = '\0';
	if (EVP_Digest(data, len, md, &n, EVP_sha256(), NULL) != 1 || n * 2 + 1 != DIGEST_TEXT_LEN)
		return pd_fail(e, PD_BUG, "libcrypto cannot compute a SHA-256 digest");
	for (unsigned i = 0; i < n; i++) {
		text[2 * i] = hex[md[i] >> 4];
		text[2 * i + 1] = hex[md[i] & 15];
	}
	text[2 * n] = '\0';
	return 0;
}
