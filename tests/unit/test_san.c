/* SPDX-License-Identifier: ISC */
/*
 * test_san.c - whole disks: which are free, through which VIOSes they go, and which one a VM gets.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "handlers/vm/vm_paths.h"
#include "spool/admit/san.h"
#include "spool/effects/effects_systems.h"

static json_t *
read_json(const char *text)
{
	json_error_t err;
	json_t	    *v = json_loads(text, 0, &err);

	cr_assert_not_null(v, "%s: %s", err.text, text);
	return v;
}

#define V(id, disks, free)                                                                                                     \
	"{\"id\":" #id ",\"name\":\"v" #id "\",\"profile\":\"p\",\"state\":\"Running\",\"rmc\":\"active\",\"disks\":[" disks    \
	"],\"free\":[" free "]}"
#define D(name, size, lun) "{\"name\":\"" name "\",\"size\":" #size ",\"lun\":\"" lun "\"}"
#define F(name)		   "{\"name\":\"" name "\"}"

/* "A:1/hdisk2+2/hdisk1 ...": disks in their order, each with its paths. */
static const char *
luns(const json_t *list, char *out, size_t size)
{
	json_t *lun, *path;
	size_t	i, k;

	out[0] = '\0';
	json_array_foreach(list, i, lun) {
		(void)snprintf(out + strlen(out), size - strlen(out), "%s%s:", i > 0 ? " " : "", json_string_value(json_object_get(lun, "lun")));
		json_array_foreach(json_object_get(lun, "paths"), k, path)
			(void)snprintf(out + strlen(out), size - strlen(out), "%s%lld/%s", k > 0 ? "+" : "",
			    (long long)json_integer_value(json_object_get(path, "id")), json_string_value(json_object_get(path, "disk")));
	}
	return out;
}

static void
expect_free(const char *vioses, const char *taken_text, const char *expected)
{
	char	text[2000], out[400];
	json_t *facts, *taken = taken_text == NULL ? NULL : read_json(taken_text), *list;

	(void)snprintf(text, sizeof(text), "{\"vioses\":[%s]}", vioses);
	facts = read_json(text);
	list = san_free(facts, taken);
	cr_expect_str_eq(luns(list, out, sizeof(out)), expected, "%s: %s", text, out);
	json_decref(list);
	json_decref(facts);
	json_decref(taken);
}

#define BOTH V(1, D("hdisk2", 100, "A") "," D("hdisk3", 50, "B"), F("hdisk2") "," F("hdisk3")) ","                              \
	     V(2, D("hdisk1", 50, "B") "," D("hdisk2", 100, "A"), F("hdisk1") "," F("hdisk2"))

Test(san, a_disk_goes_through_every_vios_that_sees_it_and_the_smallest_comes_first)
{
	expect_free(BOTH, NULL, "B:1/hdisk3+2/hdisk1 A:1/hdisk2+2/hdisk2");
}

Test(san, what_one_of_two_vioses_does_not_call_free_is_somebodys)
{
	expect_free(V(1, D("hdisk2", 100, "A"), F("hdisk2")) "," V(2, D("hdisk9", 100, "A"), ""), NULL, "");
}

Test(san, what_only_one_of_two_vioses_sees_is_not_offered)
{
	expect_free(V(1, D("hdisk2", 100, "A"), F("hdisk2")) "," V(2, "", ""), NULL, "");
	expect_free(V(1, D("hdisk2", 100, "A"), F("hdisk2")), NULL, "A:1/hdisk2");
}

Test(san, a_disk_that_does_not_say_who_it_is_is_not_offered)
{
	expect_free(V(1, "{\"name\":\"hdisk2\",\"size\":100}", F("hdisk2")), NULL, "");
}

Test(san, what_is_taken_elsewhere_is_not_free)
{
	expect_free(BOTH, "{\"B\":true}", "A:1/hdisk2+2/hdisk2");
}

Test(san, the_pool_has_all_disks_and_the_room_of_those_that_nobody_has)
{
	json_t *facts = read_json("{\"vioses\":[" V(1, D("hdisk2", 100, "A") "," D("hdisk3", 50, "B") "," D("hdisk4", 9, "C"), F("hdisk3") "," F("hdisk4")) ","
				  V(2, D("hdisk1", 50, "B") "," D("hdisk2", 100, "A"), F("hdisk1") "," F("hdisk2")) "]}"), *pool = san_pool(facts);

	cr_expect_str_eq(json_string_value(json_object_get(pool, "kind")), "PVPOOL");
	cr_expect_eq(json_integer_value(json_object_get(pool, "size")), 150, "what one VIOS alone sees does not count");
	cr_expect_eq(json_integer_value(json_object_get(pool, "free")), 50);
	json_decref(pool);
	json_decref(facts);
	facts = read_json("{\"vioses\":[" V(1, "", "") "]}");
	cr_expect_null(san_pool(facts));
	json_decref(facts);
}

/* ---- which one a VM gets ---- */

static const char *
placed(const char *disks, const char *state, char *out, size_t size)
{
	struct pd_err e = { 0 };
	json_t	     *facts = read_json("{\"vioses\":[" BOTH "]}"), *spec = json_pack("{s:o}", "disks", read_json(disks)), *list, *path, *disk;
	size_t	      i, k;

	(void)json_object_set_new(json_array_get(json_object_get(facts, "vioses"), 1), "state", json_string(state));
	list = san_free(facts, NULL);
	(void)json_object_set_new(facts, "san", list);
	out[0] = '\0';
	if (vm_paths_make(spec, facts, &e) == -1)
		(void)snprintf(out, size, "%s", code_word(e.code));
	json_array_foreach(e.code == PD_OK ? json_object_get(spec, "paths") : NULL, i, path) {
		(void)snprintf(out + strlen(out), size - strlen(out), "%s%lld[", i > 0 ? " " : "",
		    (long long)json_integer_value(json_object_get(path, "client_slot")));
		json_array_foreach(json_object_get(path, "disks"), k, disk)
			(void)snprintf(out + strlen(out), size - strlen(out), "%s%s%s%s%lld", k > 0 ? "," : "",
			    json_string_value(json_object_get(disk, "bd")), json_is_true(json_object_get(disk, "first")) ? "!" : "",
			    json_is_true(json_object_get(disk, "shared")) ? "=" : "-", (long long)json_integer_value(json_object_get(disk, "size")));
		(void)snprintf(out + strlen(out), size - strlen(out), "]");
	}
	json_decref(facts);
	json_decref(spec);
	return out;
}

#define DISK(i, size) "{\"index\":" #i ",\"size\":" #size ",\"pool\":\"san\",\"kind\":\"pv\",\"bd\":\"x\"}"

Test(san, a_vm_gets_the_smallest_disk_that_is_large_enough_on_both_paths)
{
	char out[300];

	cr_expect_str_eq(placed("[" DISK(0, 20) "]", "Running", out, sizeof(out)), "2[hdisk3!=50] 3[hdisk1=50]", "%s", out);
	cr_expect_str_eq(placed("[" DISK(0, 60) "]", "Running", out, sizeof(out)), "2[hdisk2!=100] 3[hdisk2=100]", "%s", out);
	cr_expect_str_eq(placed("[" DISK(0, 20) "," DISK(1, 20) "]", "Running", out, sizeof(out)),
	    "2[hdisk3!=50,hdisk2!=100] 3[hdisk1=50,hdisk2=100]", "%s", out);
}

Test(san, there_may_be_none)
{
	char out[300];

	cr_expect_str_eq(placed("[" DISK(0, 200) "]", "Running", out, sizeof(out)), "NO_CAPACITY");
	cr_expect_str_eq(placed("[" DISK(0, 60) "," DISK(1, 60) "]", "Running", out, sizeof(out)), "NO_CAPACITY");
}

Test(san, a_path_that_is_away_is_not_left_out)
{
	char out[300];

	cr_expect_str_eq(placed("[" DISK(0, 20) "]", "Not Activated", out, sizeof(out)), "TRY_LATER");
}

/* ---- registrations ---- */

Test(san, an_element_of_vios_access_names_one_vios)
{
	static const struct {
		const char  *access, *text;
		enum pd_code code;
	} cases[] = {
		{ "[{\"name\":\"v1\"}]", NULL, PD_OK },
		{ "[{\"name\":\"v9\"}]", "has a VIOS v9", PD_NOTFOUND },
		{ "[{\"name\":\"v2\"}]", "2 systems have a VIOS v2", PD_USAGE },
		{ "[{\"name\":\"v2\",\"system\":\"b\"}]", NULL, PD_OK },
		{ "[{\"name\":\"v2\",\"system\":\"9009-42A*1\"}]", NULL, PD_OK },
		{ "[{\"name\":\"v1\",\"system\":\"b\"}]", "has a VIOS v1 on b", PD_NOTFOUND },
	};
	json_t *found = read_json("[{\"name\":\"a\",\"ident\":\"9009-42A*1\",\"facts\":{\"vioses\":[" V(1, "", "") "," V(2, "", "") "]}},"
				  "{\"name\":\"b\",\"ident\":\"9009-42A*2\",\"facts\":{\"vioses\":[" V(2, "", "") "]}}]");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t	     *access = read_json(cases[i].access);
		struct pd_err why = { 0 };

		cr_expect_eq(effects_systems_access(found, access, &why), cases[i].code != PD_OK, "%s", cases[i].access);
		cr_expect_eq(why.code, cases[i].code, "%s: %s", cases[i].access, why.msg);
		cr_expect(cases[i].text == NULL || strstr(why.msg, cases[i].text) != NULL, "%s", why.msg);
		json_decref(access);
	}
	json_decref(found);
}
