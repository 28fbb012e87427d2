/* SPDX-License-Identifier: ISC */
/*
 * job_encode.c - a job as CBOR, each value in its one deterministic form.  spool/job.c has the
 * format and reads it back.
 */
#include <cbor/encoding.h>

#include <stdlib.h>
#include <string.h>

#include "spool/job_format.h"

/* Bytes go to a buffer of the largest size that a reader takes; one that does not fit ends everything. */
struct out {
	unsigned char *buf;
	size_t	       len;
	struct pd_err *e;
};

static int
too_large(const struct out *o)
{
	return pd_fail(o->e, PD_BADDATA, "the request is too large for a job file of %d bytes: split it up",
	    JOB_FILE_MAX);
}

/* Every cbor_encode_*() returns the bytes it wrote, 0 when there was no room. */
static int
wrote(struct out *o, size_t n)
{
	if (n == 0)
		return too_large(o);
	o->len += n;
	return 0;
}

#define REST(o) (o)->buf + (o)->len, (size_t)JOB_FILE_MAX - (o)->len

static int
put_uint(struct out *o, uint64_t n)
{
	return wrote(o, cbor_encode_uint(n, REST(o)));
}

static int
put_bool(struct out *o, int is_true)
{
	return wrote(o, cbor_encode_bool(is_true != 0, REST(o)));
}

static int
put_text(struct out *o, const char *text, size_t len)
{
	if (wrote(o, cbor_encode_string_start(len, REST(o))) == -1)
		return -1;
	if (len > (size_t)JOB_FILE_MAX - o->len)
		return too_large(o);
	memcpy(o->buf + o->len, text, len);
	o->len += len;
	return 0;
}

struct key {
	const char *text;
	size_t	    len;
	json_t	   *value;
};

/* The order of the encoded keys: the head comes first and holds the length. */
static int
compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

static int put_value(struct out *o, json_t *v, int depth);

static int
put_sorted(struct out *o, struct key *keys, size_t n, int depth)
{
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < n; i++)
		if (put_text(o, keys[i].text, keys[i].len) == -1 || put_value(o, keys[i].value, depth) == -1)
			return -1;
	return 0;
}

static int
put_object(struct out *o, json_t *object, int depth)
{
	size_t	    n = json_object_size(object), i = 0;
	struct key *keys;
	int	    rv;

	if (n > JOB_ITEMS_MAX)
		return too_large(o);
	if (wrote(o, cbor_encode_map_start(n, REST(o))) == -1)
		return -1;
	keys = calloc(n + 1, sizeof(*keys));
	if (keys == NULL)
		return pd_fail_sys(o->e, PD_IO, "encode a job");
	for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it), i++)
		keys[i] = (struct key){ json_object_iter_key(it), json_object_iter_key_len(it),
			json_object_iter_value(it) };
	rv = put_sorted(o, keys, n, depth);
	free(keys);
	return rv;
}

static int
put_array(struct out *o, json_t *array, int depth)
{
	if (wrote(o, cbor_encode_array_start(json_array_size(array), REST(o))) == -1)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++)
		if (put_value(o, json_array_get(array, i), depth) == -1)
			return -1;
	return 0;
}

static int
put_value(struct out *o, json_t *v, int depth)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (depth >= JOB_DEPTH_MAX)
			return pd_fail(o->e, PD_BADDATA, "the arguments are nested too deeply");
		return json_is_object(v) ? put_object(o, v, depth + 1) : put_array(o, v, depth + 1);
	case JSON_STRING:
		return put_text(o, json_string_value(v), json_string_length(v));
	case JSON_INTEGER:
		if (json_integer_value(v) < 0)
			return pd_fail(o->e, PD_BADDATA, "an argument is a negative number");
		return put_uint(o, (uint64_t)json_integer_value(v));
	case JSON_TRUE:
	case JSON_FALSE:
		return put_bool(o, json_is_true(v));
	default:
		return pd_fail(o->e, PD_BADDATA, "an argument is neither text, whole number, boolean, list nor object");
	}
}

static int
put_text_key(struct out *o, enum job_key key, const char *text)
{
	return put_uint(o, key) == -1 || put_text(o, text, strlen(text)) == -1 ? -1 : 0;
}

/* Texts that a job may lack: the empty one has no key, so that there is one form only. */
static int
put_optional(struct out *o, enum job_key key, const char *text)
{
	return text[0] == '\0' ? 0 : put_text_key(o, key, text);
}

static int
put_uint_key(struct out *o, enum job_key key, uint64_t n)
{
	return put_uint(o, key) == -1 || put_uint(o, n) == -1 ? -1 : 0;
}

static int
put_bool_key(struct out *o, enum job_key key, int is_true)
{
	return put_uint(o, key) == -1 || put_bool(o, is_true) == -1 ? -1 : 0;
}

static int
put_job(struct out *o, const struct job *job)
{
	size_t n = JOB_NKEYS - (job->source[0] == '\0') - (job->once[0] == '\0') - (job->note[0] == '\0');

	if (wrote(o, cbor_encode_map_start(n, REST(o))) == -1 ||
	    put_uint_key(o, JOB_KEY_VERSION, JOB_VERSION) == -1 || put_text_key(o, JOB_KEY_ID, job->id) == -1 ||
	    put_text_key(o, JOB_KEY_VERB, job->verb) == -1)
		return -1;
	if (put_uint(o, JOB_KEY_ARGS) == -1 || put_value(o, job->args, 1) == -1)
		return -1;
	if (put_text_key(o, JOB_KEY_USER, job->user) == -1 ||
	    put_uint_key(o, JOB_KEY_ORIGIN, (uint64_t)job->origin) == -1 ||
	    put_optional(o, JOB_KEY_SOURCE, job->source) == -1 || put_bool_key(o, JOB_KEY_TTY, job->has_tty) == -1)
		return -1;
	if (put_uint_key(o, JOB_KEY_SUBMITTED, (uint64_t)job->submitted_ms) == -1 ||
	    put_optional(o, JOB_KEY_ONCE, job->once) == -1 || put_optional(o, JOB_KEY_NOTE, job->note) == -1)
		return -1;
	return put_bool_key(o, JOB_KEY_PLAN, job->is_plan) == -1 || put_bool_key(o, JOB_KEY_AGAIN, job->again) == -1 ?
	    -1 : 0;
}

int
job_encode(const struct job *job, unsigned char **buf, size_t *len, struct pd_err *e)
{
	struct out o = { .e = e };
	struct job again;

	*buf = NULL;
	*len = 0;
	if (!json_is_object(job->args) || job->submitted_ms < 0)
		return pd_fail(e, PD_BUG, "a job without arguments or with a time before 1970 cannot be encoded");
	o.buf = malloc(JOB_FILE_MAX);
	if (o.buf == NULL)
		return pd_fail_sys(e, PD_IO, "encode a job");
	/* Microseconds that make sure that nothing is accepted here which the director would refuse. */
	if (put_job(&o, job) == -1 || job_decode(o.buf, o.len, &again, e) == -1) {
		free(o.buf);
		return -1;
	}
	job_clear(&again);
	*buf = o.buf;
	*len = o.len;
	return 0;
}
