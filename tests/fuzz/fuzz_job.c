/* SPDX-License-Identifier: ISC */
/*
 * fuzz_job.c - job files, of one job or of many: what decodes, encodes to the same bytes and is the tree that libcbor sees.
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
compare_job(const struct job *job, cbor_item_t *item)
{
	json_t *tree;
	int	found = 0;

	demand(cbor_isa_map(item));
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
}

static void
compare_with_libcbor(const struct job *jobs, size_t n, const uint8_t *data, size_t size)
{
	struct cbor_load_result res;
	cbor_item_t	       *item = cbor_load(data, size, &res);

	demand(item != NULL && res.read == size);
	if (n == 1) {
		compare_job(jobs, item);
	} else {
		demand(cbor_isa_array(item) && cbor_array_size(item) == n);
		for (size_t i = 0; i < n; i++)
			compare_job(&jobs[i], cbor_array_handle(item)[i]);
	}
	cbor_decref(&item);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *again;
	size_t	       len, n;
	struct job    *jobs;
	struct pd_err  e;

	if (batch_decode(data, size, &jobs, &n, &e) == -1) {
		demand(jobs == NULL && e.code == PD_BADDATA);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		demand(id_is_valid(jobs[i].id) && job_user_is_valid(jobs[i].user) && json_is_object(jobs[i].args));
	demand(batch_encode(jobs, n, &again, &len, &e) == 0 && len == size && memcmp(again, data, size) == 0);
	compare_with_libcbor(jobs, n, data, size);
	free(again);
	batch_free(jobs, n);
	return 0;
}
