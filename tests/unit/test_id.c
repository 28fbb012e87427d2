/* SPDX-License-Identifier: ISC */
/*
 * test_id.c - job ids.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "spool/id.h"
#include "spool/os/clock.h"

Test(id, a_made_id_is_valid_and_no_two_are_alike)
{
	char a[JOB_ID_LEN + 1], b[JOB_ID_LEN + 1];

	for (int i = 0; i < 1000; i++) {
		cr_assert_eq(id_make(a, NULL), 0);
		cr_assert_eq(id_make(b, NULL), 0);
		cr_assert(id_is_valid(a) && id_is_valid(b));
		cr_assert_str_neq(a, b);
	}
}

/* The milliseconds in the first ten characters, five bits each. */
static int64_t
time_of(const char *id)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	int64_t		  ms = 0;

	for (int i = 0; i < 10; i++)
		ms = ms << 5 | (strchr(alphabet, id[i]) - alphabet);
	return ms;
}

Test(id, the_first_ten_characters_are_the_wall_clock)
{
	char	id[JOB_ID_LEN + 1];
	int64_t before = clock_wall_ms(), after;

	cr_assert_eq(id_make(id, NULL), 0);
	after = clock_wall_ms();
	cr_assert(time_of(id) >= before && time_of(id) <= after);
}

Test(id, every_random_character_varies)
{
	char	 id[JOB_ID_LEN + 1];
	unsigned seen[JOB_ID_LEN] = { 0 };

	for (int n = 0; n < 2000; n++) {
		cr_assert_eq(id_make(id, NULL), 0);
		for (int i = 10; i < JOB_ID_LEN; i++)
			seen[i] |= 1u << (id[i] % 32);
	}
	for (int i = 10; i < JOB_ID_LEN; i++)
		cr_assert(__builtin_popcount(seen[i]) > 16, "character %d", i);
}

Test(id, only_26_characters_of_the_alphabet_are_an_id)
{
	cr_assert(id_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
	cr_assert(id_is_valid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
	cr_assert_not(id_is_valid("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"));	/* more than 128 bits */
	cr_assert_not(id_is_valid(""));
	cr_assert_not(id_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FA"));
	cr_assert_not(id_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAVX"));
	cr_assert_not(id_is_valid("01arz3ndektsv4rrffq69g5fav"));
	cr_assert_not(id_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAU"));
	cr_assert_not(id_is_valid("../../../../etc/passwd/../"));
}

Test(id, a_prefix_has_8_to_26_characters_in_either_case)
{
	char p[JOB_ID_LEN + 1];

	cr_assert(id_prefix_is_valid("01arz3nd", p));
	cr_assert_str_eq(p, "01ARZ3ND");
	cr_assert(id_prefix_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAV", p));
	cr_assert_not(id_prefix_is_valid("01ARZ3N", p));
	cr_assert_not(id_prefix_is_valid("01ARZ3NDEKTSV4RRFFQ69G5FAVX", p));
	cr_assert_not(id_prefix_is_valid("01ARZ3N/", p));
	cr_assert_not(id_prefix_is_valid("01ARZ3N%", p));
	cr_assert_not(id_prefix_is_valid("01ARZ3NU", p));
}

Test(id, the_next_id_sorts_behind_and_carries)
{
	char	      id[JOB_ID_LEN + 1] = "01JD0Q7M3XAMP1E0000000000A", last[JOB_ID_LEN + 1] = "01JD0Q7M3XZZZZZZZZZZZZZZZZ";
	struct pd_err e;

	cr_assert_eq(id_next(id, &e), 0);
	cr_expect_str_eq(id, "01JD0Q7M3XAMP1E0000000000B");
	memcpy(id, "01JD0Q7M3XAMP1E00000000HZZ", sizeof(id));
	cr_assert_eq(id_next(id, &e), 0);
	cr_expect_str_eq(id, "01JD0Q7M3XAMP1E00000000J00");
	cr_expect(id_is_valid(id));
	cr_expect_eq(id_next(last, &e), -1, "the time is not counted up");
	cr_expect_str_eq(last, "01JD0Q7M3XZZZZZZZZZZZZZZZZ");
}
