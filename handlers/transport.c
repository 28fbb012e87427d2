/* SPDX-License-Identifier: ISC */
/*
 * transport.c - what every transport shares: the end of an answer.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/transport.h"

void
answer_clear(struct answer *a)
{
	free(a->out);
	free(a->err);
	memset(a, 0, sizeof(*a));
}
