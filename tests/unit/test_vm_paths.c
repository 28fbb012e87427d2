/* SPDX-License-Identifier: ISC */
/*
 * test_vm_paths.c - through which VIOSes a VM's disks go.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "handlers/vm/vm_paths.h"

static json_t *
read_json(const char *text)
{
	json_error_t err;
	json_t	    *v = json_loads(text, 0, &err);

	cr_assert_not_null(v, "%s: %s", err.text, text);
	return v;
}

#define FACTS                                                                                                                      \
	"{\"vioses\":[{\"id\":1,\"name\":\"v1\",\"profile\":\"p1\",\"state\":\"Running\",\"rmc\":\"%s\","                         \
	"\"pools\":[{\"name\":\"rootvg\",\"free\":100},{\"name\":\"data\",\"free\":5000}]},"                                      \
	"{\"id\":2,\"name\":\"v2\",\"profile\":\"p2\",\"state\":\"Running\",\"rmc\":\"active\","                                  \
	"\"pools\":[{\"name\":\"rootvg\",\"free\":900},{\"name\":\"data\",\"free\":300}]}]}"

/* The paths as text: "1:v1[0,2] 2:v2[1]", or the error's code. */
static const char *
paths(const char *rmc, const char *disks, char *out, size_t size)
{
	char	      facts_text[700];
	struct pd_err e = { 0 };
	json_t	     *facts, *spec, *path, *disk;
	size_t	      i, k;

	(void)snprintf(facts_text, sizeof(facts_text), FACTS, rmc);
	facts = read_json(facts_text);
	spec = json_pack("{s:o}", "disks", read_json(disks));
	out[0] = '\0';
	if (vm_paths_make(spec, facts, &e) == -1)
		(void)snprintf(out, size, "%s", code_word(e.code));
	json_array_foreach(e.code == PD_OK ? json_object_get(spec, "paths") : NULL, i, path) {
		cr_expect_eq(json_integer_value(json_object_get(path, "index")), (json_int_t)i);
		cr_expect_eq(json_integer_value(json_object_get(path, "client_slot")), (json_int_t)(2 + i));
		(void)snprintf(out + strlen(out), size - strlen(out), "%s%lld:%s[", i > 0 ? " " : "",
		    (long long)json_integer_value(json_object_get(path, "id")), json_string_value(json_object_get(path, "name")));
		json_array_foreach(json_object_get(path, "disks"), k, disk)
			(void)snprintf(out + strlen(out), size - strlen(out), "%s%lld", k > 0 ? "," : "",
			    (long long)json_integer_value(json_object_get(disk, "index")));
		(void)snprintf(out + strlen(out), size - strlen(out), "]");
	}
	json_decref(facts);
	json_decref(spec);
	return out;
}

Test(vm_paths, disks_go_where_their_pool_has_room)
{
	char out[200];

	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":50,\"pool\":\"rootvg\"}]", out, sizeof(out)), "2:v2[0]", "%s", out);
	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":900,\"pool\":\"data\"}]", out, sizeof(out)), "1:v1[0]", "%s", out);
	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":6000,\"pool\":\"data\"}]", out, sizeof(out)), "NO_CAPACITY");
	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":6,\"pool\":\"none\"}]", out, sizeof(out)), "NO_CAPACITY");
}

Test(vm_paths, one_vios_serves_as_many_disks_as_it_can)
{
	char out[200];

	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":50,\"pool\":\"rootvg\"},{\"index\":1,\"size\":200,\"pool\":\"data\"}]", out,
	    sizeof(out)), "2:v2[0,1]", "%s", out);
	cr_expect_str_eq(paths("active", "[{\"index\":0,\"size\":50,\"pool\":\"rootvg\"},{\"index\":1,\"size\":200,\"pool\":\"data\"},"
	    "{\"index\":2,\"size\":200,\"pool\":\"data\"}]", out, sizeof(out)), "2:v2[0,1] 1:v1[2]", "%s", out);
}

Test(vm_paths, a_vios_that_cannot_be_asked_serves_nothing)
{
	char out[200];

	cr_expect_str_eq(paths("inactive", "[{\"index\":0,\"size\":900,\"pool\":\"data\"}]", out, sizeof(out)), "NO_CAPACITY");
	cr_expect_str_eq(paths("inactive", "[{\"index\":0,\"size\":200,\"pool\":\"data\"}]", out, sizeof(out)), "2:v2[0]");
}

/* ---- of a VM that there is ---- */

#define ROW                                                                                                                        \
	"[{\"index\":0,\"id\":2,\"name\":\"v2\",\"profile\":\"p2\",\"client_slot\":2,\"slot\":7,\"vhost\":\"vhost3\","                        \
	"\"disks\":[{\"index\":0,\"bd\":\"t_0\",\"size\":5,\"vtd\":\"x\"}],\"detached\":[{\"index\":1,\"bd\":\"t_1\",\"size\":6}],\"pools\":[{\"pool\":\"data\",\"size\":5}]}," \
	" {\"index\":1,\"id\":1,\"name\":\"v1\",\"profile\":\"p1\",\"client_slot\":3,\"slot\":9,\"disks\":[{\"index\":0,\"bd\":\"other_0\",\"size\":5}]}]"

/* "2:v2/7[t_3] data=50", or the error's code. */
static const char *
text_of(const json_t *made, const struct pd_err *e, char *out, size_t size)
{
	const json_t *path, *disk;
	size_t	      i, k;

	(void)snprintf(out, size, "%s", e->code == PD_OK ? "" : code_word(e->code));
	json_array_foreach(e->code == PD_OK ? made : NULL, i, path) {
		(void)snprintf(out + strlen(out), size - strlen(out), "%s%lld:%s/%lld[", i > 0 ? " " : "",
		    (long long)json_integer_value(json_object_get(path, "id")), json_string_value(json_object_get(path, "name")),
		    (long long)json_integer_value(json_object_get(path, "slot")));
		json_array_foreach(json_object_get(path, "disks"), k, disk)
			(void)snprintf(out + strlen(out), size - strlen(out), "%s%s", k > 0 ? "," : "", json_string_value(json_object_get(disk, "bd")));
		(void)snprintf(out + strlen(out), size - strlen(out), "]");
	}
	return out;
}

static const char *
more(const char *row, const char *disks, char *out, size_t size)
{
	char	      facts_text[700];
	struct pd_err e = { 0 };
	json_t	     *facts, *paths_now = read_json(row), *new_disks = read_json(disks), *made = NULL;

	(void)snprintf(facts_text, sizeof(facts_text), FACTS, "active");
	facts = read_json(facts_text);
	(void)vm_paths_more(paths_now, facts, new_disks, &made, &e);
	(void)text_of(made, &e, out, size);
	json_decref(made);
	json_decref(facts);
	json_decref(paths_now);
	json_decref(new_disks);
	return out;
}

Test(vm_paths, more_disks_go_through_a_vios_that_serves_the_vm)
{
	static const char one[] = "[{\"index\":0,\"id\":2,\"name\":\"v2\",\"client_slot\":2,\"slot\":7}]";
	char		  out[200];

	cr_expect_str_eq(more(ROW, "[{\"bd\":\"t_3\",\"size\":800,\"pool\":\"data\"}]", out, sizeof(out)), "1:v1/9[t_3]", "%s", out);
	cr_expect_str_eq(more(ROW, "[{\"bd\":\"t_3\",\"size\":800,\"pool\":\"rootvg\"}]", out, sizeof(out)), "2:v2/7[t_3]", "%s", out);
	cr_expect_str_eq(more(ROW, "[{\"bd\":\"t_3\",\"size\":200,\"pool\":\"data\"},{\"bd\":\"t_4\",\"size\":800,\"pool\":\"rootvg\"}]", out, sizeof(out)),
	    "1:v1/9[t_3] 2:v2/7[t_4]", "%s", out);
	/* The other VIOS has room, and does not serve it. */
	cr_expect_str_eq(more(one, "[{\"bd\":\"t_3\",\"size\":800,\"pool\":\"data\"}]", out, sizeof(out)), "NO_CAPACITY", "%s", out);
	/* Room is counted once. */
	cr_expect_str_eq(more(one, "[{\"bd\":\"t_3\",\"size\":200,\"pool\":\"data\"},{\"bd\":\"t_4\",\"size\":200,\"pool\":\"data\"}]", out, sizeof(out)),
	    "NO_CAPACITY", "%s", out);
}

static const char *
with(int number, char *out, size_t size)
{
	struct pd_err e = { 0 };
	json_t	     *row = read_json(ROW), *disk = json_pack("{s:i}", "index", number), *made = NULL;

	(void)vm_paths_with(row, disk, &made, &e);
	(void)text_of(made, &e, out, size);
	json_decref(made);
	json_decref(disk);
	json_decref(row);
	return out;
}

Test(vm_paths, a_disk_is_found_on_every_vios_that_has_it)
{
	char out[200];

	cr_expect_str_eq(with(0, out, sizeof(out)), "2:v2/7[t_0] 1:v1/9[other_0]", "%s", out);
	cr_expect_str_eq(with(1, out, sizeof(out)), "2:v2/7[t_1]", "%s", out);
	cr_expect_str_eq(with(9, out, sizeof(out)), "CONFLICT", "%s", out);
}

Test(vm_paths, a_whole_disk_goes_through_all_its_vioses_or_none)
{
	static const char san[] = "{\"vioses\":[],\"san\":[{\"lun\":\"A\",\"size\":50,\"paths\":[{\"name\":\"v2\",\"id\":2,\"disk\":\"hdisk4\",\"state\":\"Running\","
				  "\"rmc\":\"active\"},{\"name\":\"v3\",\"id\":3,\"disk\":\"hdisk1\",\"state\":\"Running\",\"rmc\":\"active\"}]},"
				  "{\"lun\":\"B\",\"size\":70,\"paths\":[{\"name\":\"v1\",\"id\":1,\"disk\":\"hdisk7\",\"state\":\"Running\",\"rmc\":\"active\"},"
				  "{\"name\":\"v2\",\"id\":2,\"disk\":\"hdisk5\",\"state\":\"Running\",\"rmc\":\"active\"}]}]}";
	struct pd_err e = { 0 };
	json_t	     *row = read_json(ROW), *facts = read_json(san), *made = NULL;
	json_t	     *disks = read_json("[{\"index\":4,\"size\":40,\"pool\":\"san\",\"kind\":\"pv\",\"bd\":\"\"}]");
	char	      out[200];

	/* The smaller one is seen by a VIOS that does not serve the VM. */
	cr_expect_eq(vm_paths_more(row, facts, disks, &made, &e), 0, "%s", e.msg);
	cr_expect_str_eq(text_of(made, &e, out, sizeof(out)), "1:v1/9[hdisk7] 2:v2/7[hdisk5]", "%s", out);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(disks, 0), "lun")), "B");
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(disks, 0), "size")), 70);
	json_decref(made);
	cr_expect_eq(vm_paths_more(row, facts, disks, &made, &e), -1, "B is taken by the disk before it");
	json_decref(made);
	json_decref(disks);
	json_decref(facts);
	json_decref(row);
}

Test(vm_paths, a_pool_that_only_another_vios_has_is_told_with_that_vios)
{
	static const char row[] = "[{\"index\":0,\"id\":1,\"name\":\"v1\",\"disks\":[]}]";
	static const char of[] = "{\"vioses\":[{\"id\":1,\"name\":\"v1\",\"state\":\"Running\",\"rmc\":\"active\",\"pools\":[]},{\"id\":2,\"name\":\"v2\","
				 "\"state\":\"Running\",\"rmc\":\"active\",\"pools\":[{\"name\":\"data\",\"free\":5000}]}]}";
	struct pd_err	  e = { 0 };
	json_t		 *paths = read_json(row), *facts = read_json(of), *made = NULL;
	json_t		 *disks = read_json("[{\"index\":1,\"size\":1024,\"pool\":\"data\",\"kind\":\"lv\",\"bd\":\"t_1\"}]");

	cr_expect_eq(vm_paths_more(paths, facts, disks, &made, &e), -1);
	cr_expect_eq(e.code, PD_CAPACITY);
	cr_expect_not_null(strstr(e.msg, "storage pool data has 1024M free on VIOS v2, but the VM's disks go through v1;"), "%s", e.msg);
	json_decref(made);
	json_decref(disks);
	json_decref(facts);
	json_decref(paths);
}
