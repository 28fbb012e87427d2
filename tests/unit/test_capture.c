/* SPDX-License-Identifier: ISC */
/*
 * test_capture.c - values, conditions and references on what real consoles print (the reference's captures).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "handlers/sequence/capture.h"
#include "handlers/sequence/condition.h"
#include "handlers/sequence/place.h"

#define BANNER "\nSome error messages may contain invalid information\nfor the Virtual I/O Server environment.\n\n"

static json_t *
take(struct capture *c, const char *out, int *rv, struct pd_err *e)
{
	json_t	    *vars = json_object(), *v;
	struct scope s = { .vars = vars };

	c->path = "v";
	if (c->type == NULL)
		c->type = &value_text;
	*rv = capture_take(c, out, "", &s, NULL, e);
	v = json_incref(json_object_get(vars, "v"));
	json_decref(vars);
	return v;
}

static void
expect(struct capture c, const char *where, const char *out, const char *text)
{
	struct arena  a = { 0 };
	struct pd_err e = { 0 };
	char	      buf[VALUE_MAX];
	int	      rv;
	json_t	     *v;

	if (where != NULL) {
		cr_assert_eq(place_parse(&a, "f", 1, where, PLACE_MESSAGE, &c.where[0].value, &e), 0);
		c.nwhere = 1;
	}
	v = take(&c, out, &rv, &e);
	if (text == NULL)
		cr_expect_neq(rv, 1, "found in %s", out);
	else
		cr_expect_str_eq(value_as_text(buf, v), text, "%s instead of %s: %s", buf, text, e.msg);
	json_decref(v);
	arena_free(&a);
}

/* How far it is from the number at another path, which is 2.50. */
static void
expect_difference(const char *type, const char *out, const char *text)
{
	json_t	      *vars = json_pack("{s:{s:s}}", "was", "n", "2.50");
	struct scope   s = { .vars = vars };
	struct capture c = { .path = "v", .type = value_type_find(type), .difference = text == NULL ? "was.other" : "was.n" };
	struct pd_err  e = { 0 };
	char	       buf[VALUE_MAX];
	int	       rv = capture_take(&c, out, "", &s, NULL, &e);

	cr_expect_eq(rv, text == NULL ? -1 : 1, "%s: %s", out, e.msg);
	if (text != NULL)
		cr_expect_str_eq(value_as_text(buf, json_object_get(vars, "v")), text);
	json_decref(vars);
}

Test(capture, the_difference_to_another_number)
{
	expect_difference("units", "0.8\n", "1.70");
	expect_difference("units", "2.55\n", "0.05");
	expect_difference("units", "2.5\n", "0.00");
	expect_difference("units", "12\n", "9.50");
	expect_difference("units", "12\n", NULL);
}

Test(capture, fields_of_what_consoles_print)
{
	static const char lsmap[] = "vhost0:U8246.L2D.06052EA-V1-C11:0x00000002:vtscsi0:Available:0x81:lv00: :N/A\n\n"
				    "vhost1:U8246.L2D.06052EA-V1-C111:0x00000003: : \n";
	const struct value_type *count = value_type_find("count"), *slot = value_type_find("slot"), *dev = value_type_find("device");

	expect((struct capture){ .split = ",", .field = 2 }, NULL, "1,\"201,207\",x\n", "201,207");
	expect((struct capture){ .split = ",", .field = 1 }, NULL, "\"\"\"4/1/1/20,21/1/1\"\",\"\"5/0/2//0/1\"\"\"\n", "\"4/1/1/20,21/1/1\",\"5/0/2//0/1\"");
	expect((struct capture){ .split = ",", .field = 1, .then_split = "/", .then_field = 5, .type = slot }, NULL, "2/client/1/06-052EA/11/0\n", "11");
	expect((struct capture){ .split = ",", .field = 1, .then_split = "/", .then_field = 5, .type = slot }, NULL, "none\n", NULL);
	expect((struct capture){ .split = ",", .group = 1, .field = 1, .where[0] = { 1, WHERE_STARTS, { 0 } }, .then_split = "/", .then_field = 6,
	    .last_split = ",", .last_field = 2, .type = value_type_find("wwpn") }, "11/", "\"10/client/1/v1/3/c050760000000000,c050760000000001/0\","
	    "\"11/client/2/v2/3/c050760000000002,c050760000000003/0\"\n", "c050760000000003");
	expect((struct capture){ .split = ",", .group = 1, .field = 1, .where[0] = { 1, WHERE_STARTS, { 0 } }, .then_split = "/", .then_field = 6,
	    .last_split = ",", .last_field = 2, .type = value_type_find("wwpn") }, "11/", "11/client/2/v2/3//0\n", NULL);
	expect((struct capture){ .split = ":", .field = 1, .where[0] = { 2, WHERE_ENDS, { 0 } } }, "-C11", lsmap, "vhost0");
	expect((struct capture){ .split = ":", .field = 1, .where[0] = { 2, WHERE_ENDS, { 0 } } }, "-C12", lsmap, NULL);
	expect((struct capture){ .split = ":", .group = 2, .field = 1, .where[0] = { 2, WHERE_BASENAME, { 0 } } }, "f1",
	    "vtopt0: :vtscsi0:/var/vio/storagepools/p/f0:vtscsi1:p/f1\n", "vtscsi1");
	expect((struct capture){ .split = " ", .field = 1, .type = dev, .where[0] = { 2, WHERE_IS, { 0 } } }, "Available", "vtscsi0 Available\n", "vtscsi0");
	expect((struct capture){ .type = count }, NULL, "  19584 \n", "19584");
	expect((struct capture){ .type = count }, NULL, "many\n", NULL);
	expect((struct capture){ .count = 1 }, NULL, "a\n\nb\nc", "3");
	expect((struct capture){ .skip = 1, .split = " ", .field = 1 }, NULL, "NAME PVID\nhdisk0 none\n", "hdisk0");
	expect((struct capture){ .split = ",", .field = 1 }, NULL, "[VIOSI01040010-0003] No results were found.\n", NULL);
	expect((struct capture){ .split = ":", .field = 2 }, NULL, "vtscsi0: \n", NULL);
	expect((struct capture){ .type = value_type_find("bytes-as-mib") }, NULL, "1048577\n", "2");
	expect((struct capture){ .below = "/var/vio/storagepools", .type = value_type_find("path") }, NULL, "p/f0\n", "/var/vio/storagepools/p/f0");
	expect((struct capture){ .below = "/x", .type = value_type_find("path") }, NULL, "/var/f0\n", "/var/f0");
	expect((struct capture){ .below = "/x", .type = value_type_find("path") }, NULL, "../etc/passwd\n", NULL);
}

Test(capture, a_table_takes_every_row)
{
	struct capture c = { .split = ":", .ncolumns = 3, .column = { { "name", &value_text }, { "size", value_type_find("count") }, { "kind", &value_text } } };
	struct pd_err  e = { 0 };
	int	       rv;
	json_t	      *v = take(&c, "rootvg:571392:LVPOOL\nfpool:5:FBPOOL\n", &rv, &e);

	cr_assert_eq(json_array_size(v), 2, "%s", e.msg);
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(v, 0), "size")), 571392);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(v, 1), "kind")), "FBPOOL");
	json_decref(v);
}

Test(capture, a_table_takes_the_parts_of_each_element_of_a_list)
{
	struct capture c = { .split = ",", .group = 1, .then_split = "/", .ncolumns = 4, .column = { { "slot", value_type_find("count") },
	    { "side", &value_text }, { "lpar", &value_text }, { "name", &value_text } } };
	struct pd_err  e = { 0 };
	int	       rv;
	json_t	      *v = take(&c, "3/server/1/lp3/3/0,5/server/2//3/0\n", &rv, &e);

	cr_assert_eq(json_array_size(v), 2, "%s", e.msg);
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(v, 1), "slot")), 5);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(v, 0), "name")), "lp3");
	cr_expect_null(json_object_get(json_array_get(v, 1), "name"), "a partition that is gone");
	json_decref(v);
}

Test(capture, the_row_with_most_is_taken)
{
	static const char ports[] = "fcs0:U1:1:64:3:2048:2046\nfcs1:U2:1:64:63:2048:2046\nfcs2:U3:0:64:64:2048:2048\nfcs3:U4:1:64:63:1:1\n";

	expect((struct capture){ .split = ":", .field = 1, .most = 5, .where[0] = { 3, WHERE_IS, { 0 } } }, "1", ports, "fcs1");
	expect((struct capture){ .split = ":", .field = 1, .most = 5 }, NULL, ports, "fcs2");
	expect((struct capture){ .split = ":", .field = 1, .most = 9 }, NULL, ports, NULL);
	expect((struct capture){ .split = ":", .field = 1, .most = 2 }, NULL, ports, NULL);
}

Test(capture, attributes_are_taken_by_their_names)
{
	struct capture c = { .split = ",", .attributes = 1, .ncolumns = 3,
		.column = { { "name", &value_text }, { "max_lpars", value_type_find("count") }, { "modes", &value_text } } };
	struct pd_err  e = { 0 };
	int	       rv;
	json_t	      *v = take(&c, "hostname=h,name=p9a,\"modes=default,POWER9\",max_lpars=400\nname2=x,name=p9b,modes=\n", &rv, &e), *first, *second;

	cr_assert_eq(json_array_size(v), 2, "%s", e.msg);
	first = json_array_get(v, 0);
	second = json_array_get(v, 1);
	cr_expect_str_eq(json_string_value(json_object_get(first, "name")), "p9a");
	cr_expect_eq(json_integer_value(json_object_get(first, "max_lpars")), 400);
	cr_expect_str_eq(json_string_value(json_object_get(first, "modes")), "default,POWER9");
	cr_expect_str_eq(json_string_value(json_object_get(second, "name")), "p9b");
	cr_expect_null(json_object_get(second, "max_lpars"));
	cr_expect_null(json_object_get(second, "modes"));
	json_decref(v);
}

Test(capture, the_line_for_people_is_the_consoles_own)
{
	static const char *const cases[][2] = {
		{ "[VIOSE01040014-0010] The name exists.\n", "The name exists." },
		{ BANNER BANNER "0516-404 allocp: This system cannot fulfill the allocation request.\n        There are not\n",
		    "0516-404 allocp: This system cannot fulfill the allocation request." },
		{ BANNER "mkdev: 0514-548 Cannot perform\n", "mkdev: 0514-548 Cannot perform" },
		{ "Usage: mklv\nwhatever 0516-822 mklv: Unable\n", "whatever 0516-822 mklv: Unable" },
		{ "ksh: x: not found\n", "ksh: x: not found" },
		{ "bad \033[31m\n", "bad \\x1B[31m" },
		{ BANNER, "" },
	};
	char buf[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(console_text(buf, sizeof(buf), "", cases[i][0]), cases[i][1], "%s", buf);
	cr_expect_str_eq(console_text(buf, sizeof(buf), "on stdout\n", ""), "on stdout");
}

static int
holds(const char *text)
{
	struct arena  a = { 0 };
	struct cond   c = { 0 };
	struct pd_err e = { 0 };
	json_t	     *vars = json_pack("{s:{s:s,s:i,s:s,s:b,s:[],s:s}}", "vm", "mode", "shared", "size", 100, "units", "0.50", "off", 0, "none", "empty", "");
	struct scope  s = { .vars = vars };
	int	      rv = cond_parse(&a, "f", 1, text, &c, &e) == -1 ? -2 : cond_eval(&c, &s, 0);

	arena_free(&a);
	json_decref(vars);
	return rv;
}

Test(capture, conditions)
{
	cr_expect_eq(holds("vm.mode == shared"), 1);
	cr_expect_eq(holds("vm.mode == shared and vm.size >= 100"), 1);
	cr_expect_eq(holds("vm.mode == ded|shared"), 1);
	cr_expect_eq(holds("vm.mode != ded|shared"), 0);
	cr_expect_eq(holds("vm.mode != ded|\"x y\""), 1);
	cr_expect_eq(holds("vm.size < 99"), 0);
	cr_expect_eq(holds("vm.size > 99.5"), 1);
	cr_expect_eq(holds("vm.units == 0.5"), 1);
	cr_expect_eq(holds("vm.units <= vm.size"), 1);
	cr_expect_eq(holds("vm.mode < 5"), 0, "a text is not less than a number");
	cr_expect_eq(holds("vm.off"), 0);
	cr_expect_eq(holds("not vm.off and not vm.none and not vm.empty and not vm.missing"), 1);
	cr_expect_eq(holds("vm.missing == x"), 0);
	cr_expect_eq(holds("vm.missing != x"), 1);
	cr_expect_eq(holds("vm.size >= vm.missing"), 0);
	cr_expect_eq(holds("and"), 0, "a name like any other");
	cr_expect_eq(holds("vm.a == "), -2);
	cr_expect_eq(holds("== x"), -2);
	cr_expect_eq(holds("vm.a < 1|2"), -2);
}

Test(capture, every_type_refuses_what_a_shell_could_read)
{
	static const char *const bad[] = { "", " ", "a b", "a;b", "a|b", "$(id)", "`id`", "a\"b", "a'b", "a\\b", "a\nb", "a>b", "-rf", "a&b", "a*", "~", "a,b", "a=b", "\xc3\xa9" };
	static const char *const types[] = { "lpar-name", "name", "word", "device", "lv", "pool", "path", "file", "media", "ip", "mask", "hostname",
		"mac", "mac-colon", "units", "lpar-id", "slot", "vlan", "size-mib", "count", "weight" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
			cr_expect_eq(value_type_check(value_type_find(types[i]), "x", bad[k], NULL), -1, "%s takes '%s'", types[i], bad[k]);
}

Test(capture, types_at_their_edges)
{
	static const struct {
		const char *type, *text;
		int	    fits;
	} cases[] = {
		{ "lpar-name", "0123456789012345678901234567890", 1 }, { "lpar-name", "01234567890123456789012345678901", 0 },
		{ "lv", "pd012345678_15", 1 }, { "lv", "0123456789abcdef", 0 }, { "vlan", "4094", 1 }, { "vlan", "4095", 0 }, { "vlan", "0", 0 },
		{ "lpar-id", "0", 0 }, { "lpar-id", "65535", 1 }, { "vios-id", "0", 0 }, { "mtms", "9009-42A*78A1B2C", 1 }, { "mtms", "9009-42A", 0 },
		{ "adapter", "16/0/20//0/0/ETHERNET0//all/none", 1 },
		{ "mappings", "10/v1/1", 1 }, { "mappings", "10/v1/1,11/v-2/2", 1 }, { "mappings", "10/v1", 0 }, { "mappings", "10//1", 0 },
		{ "mappings", "10/v1/1,", 0 }, { "mappings", "10/-v/1", 0 }, { "mappings", "10/v1/1/2", 0 }, { "mappings", "10/v1/1,,1/v/1", 0 },
		{ "adapter", "2/1/1/10,20/1/0", 0 }, { "adapter", "/16", 0 }, { "mtms", "9009-42A*A*B", 0 },
		{ "mtms", "*9009-42A78A", 0 }, { "mask", "255.255.255.0", 1 }, { "mask", "255.0.255.0", 0 }, { "ip", "10.0.0.256", 0 },
		{ "path", "/a/../b", 0 }, { "path", "a/b", 0 }, { "path", "/a/b.img", 1 }, { "units", "0.50", 1 }, { "units", "0.505", 0 },
		{ "units", ".5", 0 }, { "hostname", "a.b-c.d", 1 }, { "hostname", "a..b", 0 }, { "hostname", "a-", 0 }, { "weight", "256", 0 },
		{ "mac", "EEE91D8C800F", 1 }, { "mac", "EEE91D8C800", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(value_type_check(value_type_find(cases[i].type), "x", cases[i].text, NULL) == 0, cases[i].fits, "%s '%s'", cases[i].type, cases[i].text);
}

Test(capture, references_are_filled_in)
{
	struct arena  a = { 0 };
	struct place  p;
	struct pd_err e = { 0 };
	char	      buf[100];
	json_t	     *vars = json_pack("{s:{s:s,s:s}}", "vm", "mac", "eee91d8c800f", "name", "x\033y");
	struct scope  s = { .vars = vars };

	cr_assert_eq(place_parse(&a, "f", 1, "m={vm.mac:mac-colon} {vm.dns:ip=} {{}}", PLACE_COMMAND, &p, &e), 0, "%s", e.msg);
	cr_expect_eq(place_fill(&p, &s, FILL_COMMAND, buf, sizeof(buf), &e), 0, "%s", e.msg);
	cr_expect_str_eq(buf, "m=EE:E9:1D:8C:80:0F  {}");
	cr_expect_eq(place_fill(&p, &s, FILL_COMMAND, buf, 10, &e), -1, "too small a buffer is an error");
	cr_assert_eq(place_parse(&a, "f", 1, "{vm.name} {vm.nothing}", PLACE_MESSAGE, &p, &e), 0);
	cr_expect_eq(place_fill(&p, &s, FILL_MESSAGE, buf, sizeof(buf), &e), 0);
	cr_expect_str_eq(buf, "x\\x1By ?");
	json_decref(vars);
	arena_free(&a);
}
