/* SPDX-License-Identifier: ISC */
/*
 * fuzz_job.c - job files: what decodes, encodes to the same bytes and is the tree that libcbor sees.
 */
#include <cbor.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/job.h"

#define KEY_ARGS 3	/* spool/job.cddl */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(int is_true)
{
	if (!is_true)
		abort();
}

static json_t *
text_of(const cbor_item_t *item)
{
	return json_stringn((const char *)cbor_string_handle(item), cbor_string_length(item));
}

/* libcbor's tree as JSON, for comparison. */
static json_t *
tree_of(cbor_item_t *item)
{
	json_t *v;

	switch (cbor_typeof(item)) {
	case CBOR_TYPE_UINT:
		return json_integer((json_int_t)cbor_get_int(item));
	case CBOR_TYPE_STRING:
		return text_of(item);
	case CBOR_TYPE_ARRAY:
		v = json_array();
		for (size_t i = 0; i < cbor_array_size(item); i++)
			json_array_append_new(v, tree_of(cbor_array_handle(item)[i]));
		return v;
	case CBOR_TYPE_MAP:
		v = json_object();
		for (size_t i = 0; i < cbor_map_size(item); i++) {
			struct cbor_pair pair = cbor_map_handle(item)[i];

			json_object_setn_new(v, (const char *)cbor_string_handle(pair.key), cbor_string_length(pair.key),
			    tree_of(pair.value));
		}
		return v;
	default:
		return json_boolean(cbor_ctrl_value(item) == CBOR_CTRL_TRUE);
	}
}

static void
compare_with_libcbor(const struct job *job, const uint8_t *data, size_t size)
{
	struct cbor_load_result res;
	cbor_item_t	       *item = cbor_load(data, size, &res);
	json_t		       *tree;
	int			found = 0;

	demand(item != NULL && res.read == size && cbor_isa_map(item));
	for (size_t i = 0; i < cbor_map_size(item); i++) {
		struct cbor_pair pair = cbor_map_handle(item)[i];

		if (cbor_get_int(pair.key) != KEY_ARGS)
			continue;
		tree = tree_of(pair.value);
		demand(json_equal(tree, job->args));
		json_decref(tree);
		found++;
	}
	demand(found == 1);
	cbor_decref(&item);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *again;
	size_t	       len;
	struct job     job;
	struct pd_err  e;

	if (job_decode(data, size, &job, &e) == -1) {
		demand(job.args == NULL && e.code == PD_BADDATA);
		return 0;
	}
	demand(id_is_valid(job.id) && job_user_is_valid(job.user) && json_is_object(job.args));
	demand(job_encode(&job, &again, &len, &e) == 0 && len == size && memcmp(again, data, size) == 0);
	compare_with_libcbor(&job, data, size);
	free(again);
	job_clear(&job);
	return 0;
}
