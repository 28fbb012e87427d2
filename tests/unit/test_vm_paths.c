/* SPDX-License-Identifier: ISC */
/*
 * test_vm_paths.c - through which VIOSes a VM's disks go.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "handlers/vm_paths.h"

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
