/* SPDX-License-Identifier: ISC */
/*
 * job.c - the job file: its format, and the reader that trusts none of it.
 *
 * One CBOR map (RFC 8949, deterministic encoding of section 4.2.1), keys 0 to 12, ascending:
 *
 *	 0 version	1
 *	 1 id		text, 26 characters (spool/id.h); also the file's name
 *	 2 verb		text, [a-z][a-z0-9-]*, at most 32
 *	 3 arguments	map from text to: bool, unsigned integer below 2^63, text, array, map
 *	 4 user		text, as job_user_is_valid(); claimed, see spool/identity.h
 *	 5 origin	0 forced command's key, 1 real account
 *	 6 source	text, 1..64 printable ASCII; absent: local
 *	 7 tty		bool
 *	 8 submitted	unsigned, milliseconds since 1970, below 2^63
 *	 9 once		text, 1..64 of [A-Za-z0-9._:/@-]; absent: none
 *	10 note		text, 1..200 bytes, no control characters; absent: none
 *	11 plan		bool
 *	12 again	bool
 *
 * Valid: at most JOB_FILE_MAX bytes, accepted by cbor_scan() with the limits of job.h, every key
 * known and in its limits, every key but 6, 9 and 10 there.  There is one encoding of a job, so
 * equal requests have equal bytes.  Recovery: none; an invalid file goes to bad/ with its reason.
 * A batch is an array of such maps: batch.c.  spool/job.cddl says the same in CDDL, powerdirector-job(5) for people.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/cborscan.h"
#include "spool/job_format.h"

#define LETTERS	 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS	 "0123456789"

/* Scanned bytes: heads are well-formed and lengths fit, types are not checked yet. */
struct in {
	const unsigned char *p, *end;
	struct pd_err	    *e;
};

static const char *const key_names[JOB_NKEYS] = { "version", "id", "verb", "arguments", "user", "origin", "source",
	"tty", "submitted", "once", "note", "plan", "again" };

int
job_user_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= JOB_USER_MAX && strspn(name, LETTERS DIGITS "._@-") == len &&
	    strchr("-.@", name[0]) == NULL;
}

static int
bad_key(const struct in *in, enum job_key key, const char *why)
{
	return pd_fail(in->e, PD_BADDATA, "job file, %s: %s", key_names[key], why);
}

static int
get_uint(struct in *in, enum job_key key, uint64_t max, uint64_t *n)
{
	unsigned kind;

	if (cbor_head(&in->p, in->end, &kind, n) != NULL || kind != CBOR_KIND_UINT)
		return bad_key(in, key, "not a whole number");
	if (*n > max)
		return bad_key(in, key, "the number is too large");
	return 0;
}

static int
get_bool(struct in *in, enum job_key key, int *is_true)
{
	unsigned kind;
	uint64_t n;

	if (cbor_head(&in->p, in->end, &kind, &n) != NULL || kind != CBOR_KIND_SIMPLE)
		return bad_key(in, key, "neither true nor false");
	*is_true = n == 21;
	return 0;
}

/* A text of 1 to max bytes into dst[max + 1]. */
static int
get_text(struct in *in, enum job_key key, char *dst, size_t max)
{
	unsigned kind;
	uint64_t len;

	if (cbor_head(&in->p, in->end, &kind, &len) != NULL || kind != CBOR_KIND_TEXT)
		return bad_key(in, key, "not a text");
	if (len == 0)
		return bad_key(in, key, "empty");
	if (len > max)
		return bad_key(in, key, "too long");
	memcpy(dst, in->p, (size_t)len);
	dst[len] = '\0';
	in->p += len;
	return 0;
}

static json_t *get_value(struct in *in);

static json_t *
get_array(struct in *in, uint64_t count)
{
	json_t *array = json_array();

	for (uint64_t i = 0; i < count; i++)
		if (json_array_append_new(array, get_value(in)) == -1) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
get_map(struct in *in, uint64_t count)
{
	json_t	   *object = json_object();
	unsigned    kind;
	uint64_t    len;
	const char *key;

	for (uint64_t i = 0; i < count; i++) {
		if (cbor_head(&in->p, in->end, &kind, &len) != NULL || kind != CBOR_KIND_TEXT) {
			bad_key(in, JOB_KEY_ARGS, "a name is not a text");
			json_decref(object);
			return NULL;
		}
		key = (const char *)in->p;
		in->p += len;
		if (json_object_setn_new(object, key, (size_t)len, get_value(in)) == -1) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

/* NULL with *e.  The depth is bounded: the scan has been here. */
static json_t *
get_value(struct in *in)
{
	const unsigned char *text;
	unsigned	     kind;
	uint64_t	     n;

	if (cbor_head(&in->p, in->end, &kind, &n) != NULL) {
		bad_key(in, JOB_KEY_ARGS, "a value is missing");
		return NULL;
	}
	switch (kind) {
	case CBOR_KIND_UINT:
		if (n <= INT64_MAX)
			return json_integer((json_int_t)n);
		bad_key(in, JOB_KEY_ARGS, "a number is too large");
		return NULL;
	case CBOR_KIND_TEXT:
		text = in->p;
		in->p += n;
		return json_stringn((const char *)text, (size_t)n);
	case CBOR_KIND_ARRAY:
		return get_array(in, n);
	case CBOR_KIND_MAP:
		return get_map(in, n);
	default:
		return json_boolean(n == 21);
	}
}

static int
get_args(struct in *in, struct job *job)
{
	if (in->p == in->end || *in->p >> 5 != CBOR_KIND_MAP)
		return bad_key(in, JOB_KEY_ARGS, "not a map");
	in->e->code = PD_OK;
	job->args = get_value(in);
	if (job->args != NULL)
		return 0;
	return in->e->code != PD_OK ? -1 : pd_fail(in->e, PD_IO, "decode a job: out of memory");
}

static int
is_word(const char *s)
{
	return s[0] >= 'a' && s[0] <= 'z' && strspn(s, "abcdefghijklmnopqrstuvwxyz" DIGITS "-") == strlen(s);
}

static int
is_once_key(const char *s)
{
	return strspn(s, LETTERS DIGITS "._:/@-") == strlen(s);
}

/* No control characters; bytes above are UTF-8, which the scan has checked. */
static int
is_note(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return 0;
	return 1;
}

static int
is_source(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= 0x20 || *s >= 0x7f)
			return 0;
	return 1;
}

static int
get_checked(struct in *in, enum job_key key, char *dst, size_t max, int (*is_valid)(const char *))
{
	if (get_text(in, key, dst, max) == -1)
		return -1;
	return is_valid(dst) ? 0 : bad_key(in, key, "a character or form that is not allowed");
}

static int
get_field(struct in *in, enum job_key key, struct job *job)
{
	uint64_t n = 0;
	int	 rv;

	switch (key) {
	case JOB_KEY_VERSION:
		rv = get_uint(in, key, UINT64_MAX, &n);
		return rv == 0 && n != JOB_VERSION ? bad_key(in, key, "this program reads version 1 only") : rv;
	case JOB_KEY_ID:
		return get_checked(in, key, job->id, JOB_ID_LEN, id_is_valid);
	case JOB_KEY_VERB:
		return get_checked(in, key, job->verb, JOB_VERB_MAX, is_word);
	case JOB_KEY_ARGS:
		return get_args(in, job);
	case JOB_KEY_USER:
		return get_checked(in, key, job->user, JOB_USER_MAX, job_user_is_valid);
	case JOB_KEY_ORIGIN:
		rv = get_uint(in, key, JOB_BY_ACCOUNT, &n);
		job->origin = n == JOB_BY_ACCOUNT ? JOB_BY_ACCOUNT : JOB_BY_KEY;
		return rv;
	case JOB_KEY_SOURCE:
		return get_checked(in, key, job->source, JOB_SOURCE_MAX, is_source);
	case JOB_KEY_TTY:
		return get_bool(in, key, &job->has_tty);
	case JOB_KEY_SUBMITTED:
		rv = get_uint(in, key, INT64_MAX, &n);
		job->submitted_ms = (int64_t)n;
		return rv;
	case JOB_KEY_ONCE:
		return get_checked(in, key, job->once, JOB_ONCE_MAX, is_once_key);
	case JOB_KEY_NOTE:
		return get_checked(in, key, job->note, JOB_NOTE_MAX, is_note);
	case JOB_KEY_PLAN:
		return get_bool(in, key, &job->is_plan);
	case JOB_KEY_AGAIN:
		return get_bool(in, key, &job->again);
	default:
		return pd_fail(in->e, PD_BUG, "job key %d has no reader", (int)key);
	}
}

static int
get_fields(struct in *in, uint64_t count, struct job *job)
{
	unsigned seen = 0, optional = 1u << JOB_KEY_SOURCE | 1u << JOB_KEY_ONCE | 1u << JOB_KEY_NOTE;
	unsigned kind;
	uint64_t key;

	for (uint64_t i = 0; i < count; i++) {
		if (cbor_head(&in->p, in->end, &kind, &key) != NULL || kind != CBOR_KIND_UINT || key >= JOB_NKEYS)
			return pd_fail(in->e, PD_BADDATA, "job file: a key that this program does not know");
		if (get_field(in, (enum job_key)key, job) == -1)
			return -1;
		seen |= 1u << key;
	}
	for (unsigned k = 0; k < JOB_NKEYS; k++)
		if (!((seen | optional) >> k & 1))
			return bad_key(in, (enum job_key)k, "missing");
	return 0;
}

const struct cbor_limits job_limits = { JOB_DEPTH_MAX, JOB_ITEMS_MAX, JOB_STRING_MAX };

int
job_decode_scanned(const unsigned char *buf, size_t len, struct job *job, struct pd_err *e)
{
	struct pd_err local = { .code = PD_OK };
	struct in     in = { buf, buf + len, e != NULL ? e : &local };
	unsigned      kind;
	uint64_t      count;

	memset(job, 0, sizeof(*job));
	if (cbor_head(&in.p, in.end, &kind, &count) != NULL || kind != CBOR_KIND_MAP)
		return pd_fail(in.e, PD_BADDATA, "job file: not a map");
	if (get_fields(&in, count, job) == -1) {
		job_clear(job);
		return -1;
	}
	job->bytes = (size_t)(in.p - buf);
	return 0;
}

int
job_decode(const unsigned char *buf, size_t len, struct job *job, struct pd_err *e)
{
	memset(job, 0, sizeof(*job));
	if (len > JOB_FILE_MAX)
		return pd_fail(e, PD_BADDATA, "job file: %zu bytes, at most %d are allowed", len, JOB_FILE_MAX);
	if (cbor_scan(buf, len, &job_limits, e) == -1)
		return -1;
	return job_decode_scanned(buf, len, job, e);
}

void
job_clear(struct job *job)
{
	json_decref(job->args);
	memset(job, 0, sizeof(*job));
}
