/* SPDX-License-Identifier: ISC */
/* lsrefcode: what the firmware and the systems said last. */
#include <string.h>

#include "ivm.h"

static void
ref_time(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	if (l->t.refcode_ms != 0)
		ivm_add_time(out, l->t.refcode_ms);
}

static void
ref_code(const struct world *w, const void *row, struct text *out)
{
	const struct lpar *l = row;

	(void)w;
	text_add(out, l->state == LS_OFF ? "00000000" : l->refcode);
}

#define WORDS \
	AT_CONST("word2", "00000000"), AT_CONST("word3", "00000000"), AT_CONST("word4", "00000000"), \
	AT_CONST("word5", "00000000"), AT_CONST("word6", "00000000"), AT_CONST("word7", "00000000"), \
	AT_CONST("word8", "00000000"), AT_CONST("word9", "00000000"), \
	AT_CONST("fru_call_out_loc_codes", "")

static const struct attr ref_attrs[] = {
	AT_STR(lpar, "lpar_name", name), AT_INT(lpar, "lpar_id", id), AT_FN("time_stamp", ref_time),
	AT_FN("refcode", ref_code), WORDS,
};
static const struct attr ref_sys_attrs[] = {
	AT_CONST("refcode_num", "0"), AT_CONST("time_stamp", ""), AT_CONST("refcode", ""), WORDS,
};
static const struct listing ref_listing = LISTING(ref_attrs, ivm_lpar_filters, struct lpar);
static const struct listing ref_sys_listing = LISTING_PLAIN(ref_sys_attrs, struct system);

int
ivm_lsrefcode(struct sim_cmd *cmd)
{
	return ivm_list_lpars_or_sys(cmd, &ref_listing, &ref_sys_listing);
}
