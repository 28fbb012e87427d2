/* SPDX-License-Identifier: ISC */
/*
 * test_value.c - one value of one type: what is taken, what is refused with which words, and that the check of a JSON
 * value takes exactly what the parser makes.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"

static struct verb_arg
arg(enum arg_type type)
{
	struct verb_arg a = { .name = "x", .key = "x", .type = type, .metavar = "X", .help = "x" };

	a.max = type == ARG_UNITS ? 25600 : type == ARG_SIZE || type == ARG_SIZES ? 64LL << 20 : 1000;
	a.min = type == ARG_UNITS ? 5 : 1;
	a.values = "norm sms";
	return a;
}

/* The value as JSON text, or "!" and the message; every value must pass its own check. */
static const char *
parse(enum arg_type type, const char *text)
{
	static char	out[1024];
	struct verb_arg a = arg(type);
	struct pd_err	e = { 0 };
	json_t	       *v;
	char	       *s;

	if (value_parse(&a, text, &v, &e) == -1) {
		cr_assert_null(v);
		cr_assert_eq(e.code, PD_BADDATA);
		cr_assert(strncmp(e.msg, "--", 2) == 0, "%s", e.msg);	/* names the option */
		(void)snprintf(out, sizeof(out), "!%s", e.msg);
		return out;
	}
	cr_assert_eq(value_check(&a, v, &e), 0, "%s: %s", text, e.msg);
	s = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	(void)snprintf(out, sizeof(out), "%s", s);
	free(s);
	json_decref(v);
	return out;
}

static int
check(enum arg_type type, const char *json)
{
	struct verb_arg a = arg(type);
	struct pd_err	e = { 0 };
	json_t	       *v = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	int		rv = value_check(&a, v, &e);

	cr_assert_not_null(v, "%s", json);
	cr_assert(rv == 0 || e.code == PD_BADDATA);
	json_decref(v);
	return rv;
}

#define TAKES(type, text, json) cr_assert_str_eq(parse(type, text), json)
#define REFUSES(type, text)	cr_assert_eq(parse(type, text)[0], '!', "%s was taken: %s", text, parse(type, text))
#define SAYS(type, text, words) cr_assert(strstr(parse(type, text), words) != NULL, "%s", parse(type, text))

Test(value, names_have_1_to_31_plain_characters)
{
	TAKES(ARG_VM, "web1", "\"web1\"");
	TAKES(ARG_VM, "0123456789abcdef0123456789ABCDE", "\"0123456789abcdef0123456789ABCDE\"");
	SAYS(ARG_VM, "0123456789abcdef0123456789ABCDEF", "has 32 characters");
	SAYS(ARG_VM, "a,b", "contains \",\"");
	SAYS(ARG_VM, "a\"b", "contains \"\"\"");
	SAYS(ARG_NAME, "w\xc3\xa9", "contains \"\xc3\xa9\"");
	SAYS(ARG_NAME, ".a", "begins with \".\"");
	SAYS(ARG_NAME, "", "is empty");
	for (const char *bad = ",\"=/ ;$`'()<>*&?|[]{}\\~#!%^@:+\t\n\033\377"; *bad != '\0'; bad++) {
		char name[4] = { 'a', *bad, 'b', '\0' };

		REFUSES(ARG_VM, name);
		REFUSES(ARG_NAME, name);
		REFUSES(ARG_POOL, name);
		REFUSES(ARG_FILE, name);
	}
	REFUSES(ARG_VM, "-a");
	REFUSES(ARG_POOL, "0123456789abcdef");
	REFUSES(ARG_FILE, ".hidden");
}

Test(value, sizes_are_binary_and_have_a_unit)
{
	TAKES(ARG_SIZE, "512M", "512");
	TAKES(ARG_SIZE, "4G", "4096");
	TAKES(ARG_SIZE, "1t", "1048576");
	SAYS(ARG_SIZE, "4X", "--x: 4X is not a size; write 512M, 4G or 1T");
	SAYS(ARG_SIZE, "0M", "too small");
	SAYS(ARG_SIZE, "65T", "too large");
	const char *bad[] = { "", "4", "G", "-1G", "+1G", "1.5G", "4GB", "4 G", "0x4G", "9999999999999G", "1G1" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSES(ARG_SIZE, bad[i]);
}

Test(value, processing_units_have_two_decimals_at_most)
{
	TAKES(ARG_UNITS, "0.5", "{\"desired\":50}");
	TAKES(ARG_UNITS, "1", "{\"desired\":100}");
	TAKES(ARG_UNITS, "0.05", "{\"desired\":5}");
	TAKES(ARG_UNITS, "0.1:0.5:2", "{\"desired\":50,\"max\":200,\"min\":10}");
	SAYS(ARG_UNITS, "0.04", "too small");
	SAYS(ARG_UNITS, "256.01", "too large; allowed is 0.05 to 256.00");
	SAYS(ARG_UNITS, "0.505", "two decimals");
	REFUSES(ARG_UNITS, ".5");
	REFUSES(ARG_UNITS, "1.");
	REFUSES(ARG_UNITS, "1,5");
}

Test(value, a_range_rises)
{
	TAKES(ARG_SIZES, "1G:2G:4G", "{\"desired\":2048,\"max\":4096,\"min\":1024}");
	TAKES(ARG_COUNTS, "2:2:2", "{\"desired\":2,\"max\":2,\"min\":2}");
	SAYS(ARG_SIZES, "2G:1G:4G", "minimum above the desired");
	SAYS(ARG_UNITS, "0.5:1:0.9", "desired value above the maximum");
	SAYS(ARG_SIZES, "1G:2G", "has not three parts");
	SAYS(ARG_COUNTS, "1:2:3:4", "has not three parts");
	REFUSES(ARG_COUNTS, "1::3");
	REFUSES(ARG_COUNTS, ":");
}

Test(value, times_are_seconds_or_have_a_unit)
{
	TAKES(ARG_DURATION, "90", "90");
	TAKES(ARG_DURATION, "90s", "90");
	TAKES(ARG_DURATION, "10m", "600");
	SAYS(ARG_DURATION, "1h", "too large");
	REFUSES(ARG_DURATION, "none");
	REFUSES(ARG_DURATION, "1h30m");
	REFUSES(ARG_DURATION, "5M");
}

Test(value, a_disk_is_a_size_or_has_a_pool)
{
	TAKES(ARG_DISK, "20G", "{\"size\":20480}");
	TAKES(ARG_DISK, "size=5G,pool=datavg", "{\"pool\":\"datavg\",\"size\":5120}");
	TAKES(ARG_DISK, "pool=datavg,size=5G", "{\"pool\":\"datavg\",\"size\":5120}");
	SAYS(ARG_DISK, "pool=datavg", "has no size");
	SAYS(ARG_DISK, "size=5G,size=6G", "given twice");
	SAYS(ARG_DISK, "size=5G,pol=x", "did you mean pool=");
	SAYS(ARG_DISK, "size=5G,", "has no \"=\"");
	SAYS(ARG_DISK, "size=", "has no value");
	REFUSES(ARG_DISK, "size=5G,pool=a b");
	REFUSES(ARG_DISK, "5G,pool=a");
}

Test(value, a_network_is_one_vlan_or_one_name_with_usable_addresses)
{
	TAKES(ARG_NETWORK, "vlan=10", "{\"vlan\":10}");
	TAKES(ARG_NETWORK, "name=office,dns=10.0.0.1+10.0.0.2", "{\"dns\":[\"10.0.0.1\",\"10.0.0.2\"],\"name\":\"office\"}");
	TAKES(ARG_NETWORK, "vlan=10,ip=10.0.10.5/24,gateway=10.0.10.1",
	    "{\"gateway\":\"10.0.10.1\",\"ip\":\"10.0.10.5\",\"prefix\":24,\"vlan\":10}");
	SAYS(ARG_NETWORK, "ip=10.0.0.5/24", "not which network");
	SAYS(ARG_NETWORK, "vlan=1,name=a", "write one of them");
	SAYS(ARG_NETWORK, "vlan=4095", "too large");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.5", "has no mask");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.300/24", "not an IPv4 address");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.0/24", "network address");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.255/24", "broadcast address");
	SAYS(ARG_NETWORK, "vlan=1,ip=127.0.0.1/8", "a host can have");
	SAYS(ARG_NETWORK, "vlan=1,ip=224.0.0.1/8", "a host can have");
	SAYS(ARG_NETWORK, "vlan=1,gateway=10.0.0.1", "write ip=");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.5/24,gateway=10.0.1.1", "not in the network");
	SAYS(ARG_NETWORK, "vlan=1,ip=10.0.0.5/24,gateway=10.0.0.5", "own address");
	SAYS(ARG_NETWORK, "vlan=1,dns=10.0.0.1+10.0.0.2+10.0.0.3", "one too many");
	SAYS(ARG_NETWORK, "vlan=1,dsn=1.2.3.4", "did you mean dns=");
	REFUSES(ARG_NETWORK, "vlan=1,ip=10.0.0.5/31");
	REFUSES(ARG_NETWORK, "vlan=1,ip=010.0.0.5/24");
	REFUSES(ARG_NETWORK, "");
}

Test(value, a_vios_has_a_name_and_an_address)
{
	TAKES(ARG_VIOS, "name=vios1,address=10.0.0.11", "{\"address\":\"10.0.0.11\",\"name\":\"vios1\"}");
	TAKES(ARG_VIOS, "name=vios1,address=v1.example.com,port=2222,system=p9a,user=padmin,key=vios1",
	    "{\"address\":\"v1.example.com\",\"key\":\"vios1\",\"name\":\"vios1\",\"port\":2222,\"system\":\"p9a\",\"user\":\"padmin\"}");
	SAYS(ARG_VIOS, "name=vios1", "has no address");
	SAYS(ARG_VIOS, "address=10.0.0.11", "has no name");
	SAYS(ARG_VIOS, "name=vios1,adress=10.0.0.11", "did you mean address=");
	SAYS(ARG_VIOS, "name=vios1,address=10.0.0.11,port=65536", "too large");
	SAYS(ARG_VIOS, "vios1", "as in name=vios1,address=10.0.0.11");
	REFUSES(ARG_VIOS, "name=vios1,address=10.0.0.11,host-key=MD5:aa");
	REFUSES(ARG_VIOS, "name=vios1,address=10.0.0.11,key=../x");
}

Test(value, host_names_and_addresses)
{
	TAKES(ARG_HOSTNAME, "web1.example.com", "\"web1.example.com\"");
	REFUSES(ARG_HOSTNAME, "-a");
	REFUSES(ARG_HOSTNAME, "a-.b");
	REFUSES(ARG_HOSTNAME, "a..b");
	REFUSES(ARG_HOSTNAME, "a.");
	REFUSES(ARG_HOSTNAME, "10.0.0.1");
	REFUSES(ARG_HOSTNAME, "a_b");
	REFUSES(ARG_HOSTNAME, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	TAKES(ARG_ADDRESS, "10.0.0.5", "\"10.0.0.5\"");
	TAKES(ARG_ADDRESS, "2001:db8::5", "\"2001:db8::5\"");
	TAKES(ARG_ADDRESS, "power1", "\"power1\"");
	REFUSES(ARG_ADDRESS, "10.0.0.256");
	REFUSES(ARG_ADDRESS, "user@host");
	REFUSES(ARG_ADDRESS, "");
}

Test(value, paths_are_whole_and_never_climb)
{
	TAKES(ARG_PATH, "/images/rhel6.img", "\"/images/rhel6.img\"");
	REFUSES(ARG_PATH, "images/rhel6.img");
	REFUSES(ARG_PATH, "/a/../b");
	REFUSES(ARG_PATH, "/a/./b");
	REFUSES(ARG_PATH, "//a");
	REFUSES(ARG_PATH, "/a/");
	REFUSES(ARG_PATH, "/");
	REFUSES(ARG_PATH, "/a/-b");
	REFUSES(ARG_PATH, "/a b");
	REFUSES(ARG_PATH, "/a;b");
}

Test(value, words_jobs_keys_texts_fingerprints_lists)
{
	TAKES(ARG_WORD, "sms", "\"sms\"");
	SAYS(ARG_WORD, "nor", "is not one of: norm sms");
	REFUSES(ARG_WORD, "norm sms");
	REFUSES(ARG_WORD, "");
	TAKES(ARG_JOB, "01jd0q7m", "\"01JD0Q7M\"");
	SAYS(ARG_JOB, "01JD0Q7", "first 8 or more");
	REFUSES(ARG_JOB, "01JD0Q7U");
	TAKES(ARG_KEY, "ticket:4711/a@b", "\"ticket:4711/a@b\"");
	REFUSES(ARG_KEY, "a b");
	TAKES(ARG_TEXT, "it's \"a\" \\ b", "\"it's \\\"a\\\" \\\\ b\"");
	REFUSES(ARG_TEXT, "");
	REFUSES(ARG_TEXT, "a\033b");
	REFUSES(ARG_TEXT, "a\xe2\x80\xae" "b");	/* turns the writing direction around */
	TAKES(ARG_FINGERPRINT, "SHA256:2c4rJ0ZfCtTfN1VUcIlbWdYnW1hQ9FKhUIn2LjU6bXg", "\"SHA256:2c4rJ0ZfCtTfN1VUcIlbWdYnW1hQ9FKhUIn2LjU6bXg\"");
	REFUSES(ARG_FINGERPRINT, "SHA256:2c4rJ0");
	TAKES(ARG_LIST, "datavg,rootvg", "[\"datavg\",\"rootvg\"]");
	SAYS(ARG_LIST, "a,b,a", "given twice");
	REFUSES(ARG_LIST, "a,,b");
}

Test(value, a_long_word_is_refused_before_it_is_looked_at)
{
	char *text = malloc(5000);

	memset(text, 'a', 4999);
	text[4999] = '\0';
	for (int t = ARG_VM; t <= ARG_LIST; t++)
		REFUSES((enum arg_type)t, text);
	free(text);
}

Test(value, the_check_takes_nothing_that_words_cannot_say)
{
	cr_assert_eq(check(ARG_FLAG, "true"), 0);
	cr_assert_eq(check(ARG_FLAG, "false"), -1);
	cr_assert_eq(check(ARG_FLAG, "1"), -1);
	cr_assert_eq(check(ARG_VM, "1"), -1);
	cr_assert_eq(check(ARG_VM, "\"a\\u0000b\""), -1);
	cr_assert_eq(check(ARG_JOB, "\"01jd0q7m\""), -1);	/* ids are kept in capitals */
	cr_assert_eq(check(ARG_COUNT, "-1"), -1);
	cr_assert_eq(check(ARG_COUNT, "1.0"), -1);
	cr_assert_eq(check(ARG_COUNT, "\"1\""), -1);
	cr_assert_eq(check(ARG_SIZES, "{\"desired\":1,\"min\":1}"), -1);
	cr_assert_eq(check(ARG_SIZES, "{\"desired\":1,\"max\":2}"), -1);
	cr_assert_eq(check(ARG_SIZES, "{\"min\":2,\"desired\":1,\"max\":3}"), -1);
	cr_assert_eq(check(ARG_SIZES, "{\"desired\":9223372036854775807}"), -1);
	cr_assert_eq(check(ARG_SIZES, "{}"), -1);
	cr_assert_eq(check(ARG_DISK, "{\"size\":1,\"more\":1}"), -1);
	cr_assert_eq(check(ARG_DISK, "{\"size\":1,\"pool\":\"a,size=2M\"}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"vlan\":1,\"name\":\"a\"}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"name\":\"a,ip=10.0.0.5/24\"}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"vlan\":1,\"ip\":\"10.0.0.5\"}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"vlan\":1,\"prefix\":24}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"vlan\":1,\"dns\":[]}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "{\"vlan\":1,\"dns\":[\"1.2.3.4+5.6.7.8\"]}"), -1);
	cr_assert_eq(check(ARG_NETWORK, "[]"), -1);
	cr_assert_eq(check(ARG_LIST, "[]"), -1);
	cr_assert_eq(check(ARG_LIST, "[\"a,b\"]"), -1);
	cr_assert_eq(check(ARG_LIST, "[1]"), -1);
	for (int t = ARG_FLAG; t <= ARG_LIST; t++)
		cr_assert_eq(check((enum arg_type)t, "null"), -1);
}

Test(value, messages_are_harmless_and_fit)
{
	char text[400];

	memset(text, '\033', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int t = ARG_VM; t <= ARG_LIST; t++)
		cr_assert_null(strchr(parse((enum arg_type)t, text), '\033'));
}
