/* SPDX-License-Identifier: ISC */
/*
 * test_job.c - the job file: what is written is read, and nothing else is.
 */
#include <cbor.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/cborscan.h"
#include "spool/job.h"

#define ID "01JD0Q7M3XAMP1E0000000000A"

static struct job
sample(void)
{
	struct job job = { .origin = JOB_BY_ACCOUNT, .has_tty = 1, .again = 1, .submitted_ms = 1795000000123 };

	memcpy(job.id, ID, sizeof(ID));
	memcpy(job.verb, "create-vm", 10);
	memcpy(job.user, "alice", 6);
	memcpy(job.source, "192.0.2.7", 10);
	memcpy(job.once, "deploy-42", 10);
	memcpy(job.note, "web, second try", 16);
	job.args = json_pack("{s:s, s:{s:i}, s:[{s:i, s:s}], s:b}", "name", "web1", "memory", "desired", 4096, "disks",
	    "size", 10240, "pool", "rootvg", "no_start", 1);
	return job;
}

static void
encode(const struct job *job, unsigned char **buf, size_t *len)
{
	struct pd_err e = { .code = PD_OK };

	cr_assert_eq(job_encode(job, buf, len, &e), 0, "%s", e.msg);
}

static void
expect_equal(const struct job *a, const struct job *b)
{
	cr_expect_str_eq(a->id, b->id);
	cr_expect_str_eq(a->verb, b->verb);
	cr_expect_str_eq(a->user, b->user);
	cr_expect_str_eq(a->source, b->source);
	cr_expect_str_eq(a->once, b->once);
	cr_expect_str_eq(a->note, b->note);
	cr_expect_eq(a->origin, b->origin);
	cr_expect_eq(a->has_tty, b->has_tty);
	cr_expect_eq(a->is_plan, b->is_plan);
	cr_expect_eq(a->again, b->again);
	cr_expect_eq(a->submitted_ms, b->submitted_ms);
	cr_expect(json_equal(a->args, b->args));
}

static void
round_trip(const struct job *job)
{
	unsigned char *buf;
	size_t	       len;
	struct job     again;
	struct pd_err  e = { .code = PD_OK };

	encode(job, &buf, &len);
	cr_assert_eq(job_decode(buf, len, &again, &e), 0, "%s", e.msg);
	expect_equal(job, &again);
	job_clear(&again);
	free(buf);
}

Test(job, a_full_job_comes_back)
{
	struct job job = sample();

	round_trip(&job);
	job_clear(&job);
}

Test(job, a_job_without_its_optional_texts_comes_back)
{
	struct job job = sample();

	job.source[0] = job.once[0] = job.note[0] = '\0';
	job.origin = JOB_BY_KEY;
	job.has_tty = job.again = 0;
	job.is_plan = 1;
	job.submitted_ms = 0;
	json_object_clear(job.args);
	round_trip(&job);
	job_clear(&job);
}

Test(job, the_bytes_are_the_documented_ones)
{
	static const unsigned char wanted[] = "\xaa\x00\x01\x01\x78\x1a" ID "\x02\x67stop-vm\x03\xa2\x64name\x64web1\x65"
	    "force\xf5\x04\x63""bob\x05\x00\x07\xf4\x08\x19\x03\xe8\x0b\xf4\x0c\xf4";
	struct job		   job = sample();
	unsigned char		  *buf;
	size_t			   len;

	job.source[0] = job.once[0] = job.note[0] = '\0';
	memcpy(job.verb, "stop-vm", 8);
	memcpy(job.user, "bob", 4);
	job.origin = JOB_BY_KEY;
	job.has_tty = job.again = 0;
	job.submitted_ms = 1000;
	json_decref(job.args);
	job.args = json_pack("{s:b, s:s}", "force", 1, "name", "web1");	/* the shorter key comes first all the same */
	encode(&job, &buf, &len);
	cr_assert_eq(len, sizeof(wanted) - 1);
	cr_expect_arr_eq(buf, wanted, len);
	free(buf);
	job_clear(&job);
}

Test(job, equal_jobs_have_equal_bytes_in_whatever_order_they_were_made)
{
	struct job     a = sample(), b = sample();
	unsigned char *x, *y;
	size_t	       xlen, ylen;

	json_decref(a.args);
	json_decref(b.args);
	a.args = json_pack("{s:i, s:i, s:i}", "bb", 1, "a", 2, "ccc", 3);
	b.args = json_pack("{s:i, s:i, s:i}", "ccc", 3, "bb", 1, "a", 2);
	encode(&a, &x, &xlen);
	encode(&b, &y, &ylen);
	cr_assert_eq(xlen, ylen);
	cr_expect_arr_eq(x, y, xlen);
	free(x);
	free(y);
	job_clear(&a);
	job_clear(&b);
}

/* A generator of arguments: every type, every width of number, names that sort in odd ways. */
static unsigned
draw(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 8) % n;
}

static json_t *
make_text(unsigned *seed)
{
	static const char *const pieces[] = { "a", "Z", "0", "\xc3\xbc", "\xe6\xb0\xb4", "\xf0\x9f\x90\xa7", " ", "\"", "\\", "$(x)" };
	char			 text[128] = "";

	for (unsigned n = draw(seed, 24); n > 0; n--)
		(void)strcat(text, pieces[draw(seed, 10)]);
	return json_string(text);
}

static json_t *
make_value(unsigned *seed, int depth)
{
	static const json_int_t numbers[] = { 0, 1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, INT64_MAX };
	json_t		       *v, *key;

	switch (draw(seed, depth < 4 ? 6 : 4)) {
	case 0:
		return json_true();
	case 1:
		return json_false();
	case 2:
		return json_integer(numbers[draw(seed, 11)]);
	case 3:
		return make_text(seed);
	case 4:
		v = json_array();
		for (unsigned n = draw(seed, 5); n > 0; n--)
			json_array_append_new(v, make_value(seed, depth + 1));
		return v;
	default:
		v = json_object();
		for (unsigned n = draw(seed, 5); n > 0; n--) {
			key = make_text(seed);
			json_object_set_new(v, json_string_value(key), make_value(seed, depth + 1));
			json_decref(key);
		}
		return v;
	}
}

Test(job, generated_arguments_come_back)
{
	struct job job = sample();

	for (unsigned i = 0; i < 3000; i++) {
		unsigned seed = i;
		json_t	*args = json_object();

		for (unsigned n = draw(&seed, 6); n > 0; n--) {
			char name[16];

			(void)snprintf(name, sizeof(name), "k%u", draw(&seed, 2000));
			json_object_set_new(args, name, make_value(&seed, 1));
		}
		json_decref(job.args);
		job.args = args;
		round_trip(&job);
	}
	job_clear(&job);
}

Test(job, libcbor_reads_the_same_map)
{
	struct job	        job = sample();
	unsigned char	       *buf;
	size_t			len;
	struct cbor_load_result res;
	cbor_item_t	       *item;

	encode(&job, &buf, &len);
	item = cbor_load(buf, len, &res);
	cr_assert_not_null(item);
	cr_expect_eq(res.read, len);
	cr_expect(cbor_isa_map(item));
	cr_expect_eq(cbor_map_size(item), 13);
	cbor_decref(&item);
	free(buf);
	job_clear(&job);
}

static void
not_encoded(struct job *job, const char *why)
{
	unsigned char *buf = NULL;
	size_t	       len;
	struct pd_err  e = { .code = PD_OK };

	cr_assert_eq(job_encode(job, &buf, &len, &e), -1, "encoded, though %s", why);
	cr_expect_eq(e.code, PD_BADDATA, "%d", (int)e.code);
	cr_expect(strstr(e.msg, why) != NULL, "\"%s\" lacks \"%s\"", e.msg, why);
	cr_expect_null(buf);
}

Test(job, values_without_a_form_are_not_encoded)
{
	struct job job = sample();

	json_object_set_new(job.args, "x", json_real(0.5));
	not_encoded(&job, "neither text");
	json_object_set_new(job.args, "x", json_null());
	not_encoded(&job, "neither text");
	json_object_set_new(job.args, "x", json_integer(-1));
	not_encoded(&job, "negative");
	json_object_set_new(job.args, "x", json_stringn("a\0b", 3));
	not_encoded(&job, "NUL");
	json_object_set_new(job.args, "x", json_pack("[[[[[i]]]]]", 1));
	not_encoded(&job, "too deeply");
	json_object_set_new(job.args, "x", json_pack("[[[[i]]]]", 1));
	round_trip(&job);
	job_clear(&job);
}

Test(job, too_much_is_not_encoded)
{
	struct job job = sample();
	char	   big[4098];
	json_t	  *list = json_array();

	memset(big, 'x', sizeof(big));
	json_object_set_new(job.args, "x", json_stringn(big, 4097));
	not_encoded(&job, "too long");
	json_object_set_new(job.args, "x", json_stringn(big, 4096));
	round_trip(&job);
	for (int i = 0; i < 17; i++)
		json_array_append_new(list, json_stringn(big, 4096));
	json_object_set_new(job.args, "x", list);
	not_encoded(&job, "too large");
	list = json_array();
	for (int i = 0; i < 1100; i++)
		json_array_append_new(list, json_true());
	json_object_set_new(job.args, "x", list);
	not_encoded(&job, "too many items");
	job_clear(&job);
}

Test(job, texts_outside_their_set_are_not_encoded)
{
	struct job job = sample();

	memcpy(job.user, "-root", 6);
	not_encoded(&job, "user");
	memcpy(job.user, "a b", 4);
	not_encoded(&job, "user");
	job.user[0] = '\0';
	not_encoded(&job, "user: empty");
	memcpy(job.user, "alice", 6);
	memcpy(job.verb, "Create", 7);
	not_encoded(&job, "verb");
	memcpy(job.verb, "create-vm", 10);
	memcpy(job.note, "a\nb", 4);
	not_encoded(&job, "note");
	memcpy(job.note, "\x1b[2J", 5);
	not_encoded(&job, "note");
	memcpy(job.note, "\xff", 2);
	not_encoded(&job, "UTF-8");
	job.note[0] = '\0';
	memcpy(job.once, "a b", 4);
	not_encoded(&job, "once");
	job.once[0] = '\0';
	memcpy(job.source, "a\tb", 4);
	not_encoded(&job, "source");
	job.source[0] = '\0';
	memcpy(job.id, "../../../../etc/passwd0000", 27);
	not_encoded(&job, "id");
	job_clear(&job);
}

/* A job as list of "key value" pieces, so that a test can leave out, repeat or change one. */
struct piece {
	const char *bytes;
	size_t	    len;
};
#define P(s) { s, sizeof(s) - 1 }
static const struct piece pieces[] = { P("\x00\x01"), P("\x01\x78\x1a" ID), P("\x02\x67stop-vm"),
	P("\x03\xa1\x64name\x64web1"), P("\x04\x63""bob"), P("\x05\x00"), P("\x06\x63::1"), P("\x07\xf4"), P("\x08\x19\x03\xe8"),
	P("\x09\x61k"), P("\x0a\x61n"), P("\x0b\xf4"), P("\x0c\xf5") };
#define NPIECES (sizeof(pieces) / sizeof(pieces[0]))

static int
decode_pieces(const struct piece *list, size_t n, struct pd_err *e)
{
	unsigned char buf[1024] = { (unsigned char)(0xa0 + n) };
	size_t	      len = 1;
	struct job    job;
	int	      rv;

	for (size_t i = 0; i < n; i++) {
		memcpy(buf + len, list[i].bytes, list[i].len);
		len += list[i].len;
	}
	e->code = PD_OK;
	rv = job_decode(buf, len, &job, e);
	if (rv == 0)
		job_clear(&job);
	else
		cr_expect_null(job.args, "a failed decode must hold nothing");
	return rv;
}

static void
replaced(size_t at, struct piece with, const char *why)
{
	struct piece  list[NPIECES];
	struct pd_err e;

	memcpy(list, pieces, sizeof(list));
	list[at] = with;
	cr_assert_eq(decode_pieces(list, NPIECES, &e), -1, "decoded with a bad %zu", at);
	cr_expect_eq(e.code, PD_BADDATA);
	cr_expect(strstr(e.msg, why) != NULL, "\"%s\" lacks \"%s\"", e.msg, why);
}
#define REPLACED(at, s, why) replaced(at, (struct piece)P(s), why)

Test(job, every_missing_key_is_named_unless_it_is_optional)
{
	static const char *const names[NPIECES] = { "version", "id", "verb", "arguments", "user", "origin", NULL, "tty",
		"submitted", NULL, NULL, "plan", "again" };
	struct piece		 list[NPIECES];
	struct pd_err		 e;

	cr_assert_eq(decode_pieces(pieces, NPIECES, &e), 0, "%s", e.msg);
	for (size_t out = 0; out < NPIECES; out++) {
		size_t n = 0;

		for (size_t i = 0; i < NPIECES; i++)
			if (i != out)
				list[n++] = pieces[i];
		cr_expect_eq(decode_pieces(list, n, &e), names[out] == NULL ? 0 : -1, "without key %zu", out);
		if (names[out] != NULL)
			cr_expect(strstr(e.msg, names[out]) != NULL && strstr(e.msg, "missing") != NULL, "%s", e.msg);
	}
}

Test(job, repeated_and_unknown_keys_are_refused)
{
	struct piece  list[NPIECES + 1];
	struct pd_err e;

	for (size_t twice = 0; twice < NPIECES; twice++) {
		for (size_t i = 0, n = 0; i < NPIECES; i++) {
			list[n++] = pieces[i];
			if (i == twice)
				list[n++] = pieces[i];
		}
		cr_expect_eq(decode_pieces(list, NPIECES + 1, &e), -1);
		cr_expect(strstr(e.msg, "twice") != NULL, "%s", e.msg);
	}
	memcpy(list, pieces, sizeof(pieces));
	list[NPIECES] = (struct piece)P("\x0d\x00");
	cr_expect_eq(decode_pieces(list, NPIECES + 1, &e), -1);
	cr_expect(strstr(e.msg, "does not know") != NULL, "%s", e.msg);
	list[NPIECES] = (struct piece)P("\x61x\x00");
	cr_expect_eq(decode_pieces(list, NPIECES + 1, &e), -1);
	cr_expect(strstr(e.msg, "does not know") != NULL, "%s", e.msg);
}

Test(job, values_of_another_type_are_refused)
{
	REPLACED(0, "\x00\x02", "version");
	REPLACED(0, "\x00\x61""1", "version");
	REPLACED(1, "\x01\x00", "id: not a text");
	REPLACED(1, "\x01\x78\x1a" "81JD0Q7M3XAMP1E0000000000A", "id");
	REPLACED(1, "\x01\x78\x1b" ID "A", "id: too long");
	REPLACED(1, "\x01\x61" "0", "id");
	REPLACED(2, "\x02\x60", "verb: empty");
	REPLACED(2, "\x02\x00", "verb: not a text");
	REPLACED(2, "\x02\x78\x21" "abcdefghijklmnopqrstuvwxyzabcdefg", "verb: too long");
	REPLACED(3, "\x03\x80", "arguments: not a map");
	REPLACED(3, "\x03\x00", "arguments: not a map");
	REPLACED(3, "\x03\xa1\x00\x00", "arguments: a name is not a text");
	REPLACED(3, "\x03\xa1\x61x\xa1\x00\x00", "arguments: a name is not a text");
	REPLACED(3, "\x03\xa1\x61x\x1b\x80\x00\x00\x00\x00\x00\x00\x00", "arguments: a number is too large");
	REPLACED(4, "\x04\x64-bob", "user");
	REPLACED(4, "\x04\x01", "user: not a text");
	REPLACED(5, "\x05\x02", "origin");
	REPLACED(5, "\x05\xf4", "origin");
	REPLACED(6, "\x06\x60", "source: empty");
	REPLACED(6, "\x06\x62\xc3\xbc", "source");
	REPLACED(7, "\x07\x00", "tty");
	REPLACED(8, "\x08\xf4", "submitted");
	REPLACED(8, "\x08\x1b\x80\x00\x00\x00\x00\x00\x00\x00", "submitted: the number is too large");
	REPLACED(9, "\x09\x60", "once: empty");
	REPLACED(9, "\x09\x61 ", "once");
	REPLACED(10, "\x0a\x61\x7f", "note");
	REPLACED(10, "\x0a\x00", "note: not a text");
	REPLACED(11, "\x0b\x61x", "plan");
	REPLACED(12, "\x0c\x01", "again");
}

Test(job, every_cut_and_every_flipped_bit_is_survived)
{
	struct job     job = sample(), again;
	unsigned char *buf;
	size_t	       len;
	struct pd_err  e;

	encode(&job, &buf, &len);
	for (size_t cut = 0; cut < len; cut++)
		cr_expect_eq(job_decode(buf, cut, &again, &e), -1);
	for (size_t bit = 0; bit < len * 8; bit++) {
		buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
		if (job_decode(buf, len, &again, &e) == 0)
			job_clear(&again);
		buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	free(buf);
	job_clear(&job);
}

Test(job, a_file_over_its_limit_is_refused_unread)
{
	unsigned char *buf = calloc(1, JOB_FILE_MAX + 1);
	struct job     job;
	struct pd_err  e;

	cr_assert_not_null(buf);
	cr_expect_eq(job_decode(buf, JOB_FILE_MAX + 1, &job, &e), -1);
	cr_expect(strstr(e.msg, "at most 65536") != NULL, "%s", e.msg);
	cr_expect_eq(job_decode(buf, JOB_FILE_MAX, &job, NULL), -1);
	free(buf);
}

Test(job, users_have_names)
{
	cr_expect(job_user_is_valid("alice"));
	cr_expect(job_user_is_valid("_apt"));
	cr_expect(job_user_is_valid("ana.b-c@example.com"));
	cr_expect(job_user_is_valid("abcdefghijklmnopqrstuvwxyz012345"));
	cr_expect_not(job_user_is_valid("abcdefghijklmnopqrstuvwxyz0123456"));
	cr_expect_not(job_user_is_valid(""));
	cr_expect_not(job_user_is_valid("-x"));
	cr_expect_not(job_user_is_valid(".."));
	cr_expect_not(job_user_is_valid("@x"));
	cr_expect_not(job_user_is_valid("a/b"));
	cr_expect_not(job_user_is_valid("a\nb"));
	cr_expect_not(job_user_is_valid("\xc3\xbc"));
}

Test(job, states_have_names_and_names_have_states)
{
	enum job_state state;

	for (unsigned i = 0; i < JOB_NSTATES; i++) {
		cr_assert_eq(job_state_from_name(job_state_name(i), &state), 0);
		cr_expect_eq(state, i);
	}
	cr_expect_eq(job_state_from_name("gone", &state), -1);
	cr_expect_str_eq(job_state_name(JOB_NSTATES), "unknown");
}

Test(job, only_the_listed_moves_are_legal)
{
	cr_expect(job_move_is_legal(JOB_QUEUED, JOB_RUNNING));
	cr_expect(job_move_is_legal(JOB_RUNNING, JOB_QUEUED));
	cr_expect(job_move_is_legal(JOB_RUNNING, JOB_UNDOING));
	cr_expect(job_move_is_legal(JOB_UNDOING, JOB_FAILED));
	cr_expect(job_move_is_legal(JOB_STUCK, JOB_UNDOING));
	cr_expect(job_move_is_legal(JOB_STUCK, JOB_RUNNING));
	cr_expect(job_move_is_legal(JOB_STUCK, JOB_DONE), "a deletion, when orphans --clean has removed the rest");
	cr_expect_not(job_move_is_legal(JOB_UNDOING, JOB_DONE));
	cr_expect_not(job_move_is_legal(JOB_UNDOING, JOB_RUNNING));
	cr_expect_not(job_move_is_legal(JOB_RUNNING, JOB_REFUSED));
	cr_expect_not(job_move_is_legal(JOB_NSTATES, JOB_DONE));
	cr_expect_not(job_move_is_legal(JOB_QUEUED, JOB_NSTATES));
	for (unsigned to = 0; to < JOB_NSTATES; to++) {
		cr_expect_not(job_move_is_legal(to, to));
		for (unsigned from = 0; from < JOB_NSTATES; from++)
			if (job_state_is_final(from) && from != JOB_STUCK)
				cr_expect_not(job_move_is_legal(from, to));
	}
	cr_expect_not(job_state_is_final(JOB_UNDOING));
	cr_expect(job_state_is_final(JOB_DONE) && job_state_is_final(JOB_REFUSED) && job_state_is_final(JOB_STUCK));
}
