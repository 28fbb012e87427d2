/* SPDX-License-Identifier: ISC */
/*
 * conf_digest.c - which policy is in force, as one word for the history.
 */
#include "policy/conf.h"
#include "spool/digest.h"

int
conf_digest(struct pd_conf *conf, struct pd_err *e)
{
	return digest_text(conf->text, conf->text_len, conf->digest, e);
}
