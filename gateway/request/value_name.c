/* SPDX-License-Identifier: ISC */
/*
 * value_name.c - values that stay text: names, hosts, paths, job ids, keys, words, remarks.
 *
 * Every set of characters here is inert on a console's command line and in a shell; nothing is
 * escaped, what is outside its set is refused.
 */
#include <arpa/inet.h>

#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"
#include "spool/id.h"
#include "spool/vis.h"

#define LETTERS	 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS	 "0123456789"
#define TEXT_MAX 200

/* A set of characters with its bounds, and how to say it. */
struct set {
	size_t	    max;
	const char *chars, *first;	/* first: of the first character */
	const char *what;		/* "a name" */
	const char *say;		/* "letters, digits, ..." */
};

static const struct set sets[] = {
	[ARG_VM] = { 31, LETTERS DIGITS "._-", LETTERS DIGITS, "a VM's name", "letters, digits, \".\", \"_\" and \"-\"" },
	[ARG_NAME] = { 31, LETTERS DIGITS "._-", LETTERS DIGITS, "a name", "letters, digits, \".\", \"_\" and \"-\"" },
	[ARG_POOL] = { 15, LETTERS DIGITS "._-", LETTERS DIGITS "_", "a storage pool's name", "letters, digits, \".\", \"_\" and \"-\"" },
	[ARG_KEY] = { 64, LETTERS DIGITS "._:/@-", LETTERS DIGITS "._:/@", "a key", "letters, digits and . _ : / @ -" },
	[ARG_PATH] = { 255, LETTERS DIGITS "/._+-", "/", "a whole path", "letters, digits and / . _ + -" },
	[ARG_FILE] = { 64, LETTERS DIGITS "._-", LETTERS DIGITS "_", "a file name", "letters, digits, \".\", \"_\" and \"-\"" },
	[ARG_HOSTNAME] = { 253, LETTERS DIGITS ".-", LETTERS DIGITS, "a host name", "letters, digits, \".\" and \"-\"" },
};

/* The character at text (one byte, or the bytes of one UTF-8 character), as messages show it. */
static const char *
show_char(char buf[24], const char *text)
{
	size_t n = 1;

	while (n < 4 && (text[n] & 0xc0) == 0x80)
		n++;
	return vis_encode(buf, 24, text, n);
}

static int
check_set(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	const struct set *s = &sets[a->type];
	size_t		  len = strlen(text), good = strspn(text, s->chars);
	char		  shown[24];

	if (len == 0)
		return value_bad(a, text, e, "is empty; write %s of %s", s->what, s->say);
	if (len > s->max)
		return value_bad(a, text, e, "has %zu characters; %s has at most %zu", len, s->what, s->max);
	if (good < len)
		return value_bad(a, text, e, "contains \"%s\"; %s is made of %s",
		    show_char(shown, text + good), s->what, s->say);
	if (strchr(s->first, text[0]) == NULL)
		return value_bad(a, text, e, "begins with \"%c\"; %s begins with %s", text[0], s->what,
		    s->first[0] == '/' ? "\"/\"" : "a letter or a digit");
	return 0;
}

/* RFC 1123: labels of 1 to 63, no hyphen at either end; the last label is not all digits (it would read as an address). */
static int
check_hostname(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	const char *label = text;
	size_t	    n;

	if (check_set(a, text, e) == -1)
		return -1;
	for (;;) {
		n = strcspn(label, ".");
		if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
			return value_bad(a, text, e, "is not a host name; the parts between the dots have "
			    "1 to 63 letters, digits and inner hyphens, as in web1.example.com");
		if (label[n] == '\0')
			break;
		label += n + 1;
	}
	if (strspn(label, DIGITS) == n)
		return value_bad(a, text, e, "is not a host name; its last part is a number");
	return 0;
}

static int
check_address(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	struct verb_arg host = *a;
	unsigned char	bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1)
		return 0;
	host.type = ARG_HOSTNAME;
	if (check_hostname(&host, text, NULL) == 0)
		return 0;
	return value_bad(a, text, e, "is neither a host name nor an address; write power1.example.com, 10.0.0.5 or 2001:db8::5");
}

static int
check_path(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	const char *p;
	size_t	    n;

	if (check_set(a, text, e) == -1)
		return -1;
	for (p = text; *p == '/'; p += n) {
		p++;
		n = strcspn(p, "/");
		if (n == 0)
			return value_bad(a, text, e, "is not a whole path of a file; write it as in /images/rhel6.img");
		if (p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.')))
			return value_bad(a, text, e, "contains \"%.*s\"; write the path without \".\" and \"..\"", (int)n, p);
		if (p[0] == '-')
			return value_bad(a, text, e, "has a part that begins with \"-\"");
	}
	return 0;
}

static int
check_fingerprint(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	if (strncmp(text, "SHA256:", 7) != 0 || strlen(text) != 7 + 43 ||
	    strspn(text + 7, LETTERS DIGITS "+/") != 43)
		return value_bad(a, text, e, "is not a fingerprint; write SHA256: and its 43 characters, as ssh-keygen -l shows it");
	return 0;
}

/* For people's eyes only: vis_encode() would leave it as it is, its backslashes aside. */
static int
check_text(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	char   seen[TEXT_MAX * 4 + 1];
	size_t len = strlen(text), slashes = 0;

	if (len == 0 || len > TEXT_MAX)
		return value_bad(a, text, e, "has %zu bytes; a text has 1 to %d", len, TEXT_MAX);
	if (!vis_is_utf8(text, len))
		return value_bad(a, text, e, "is not UTF-8");
	for (size_t i = 0; i < len; i++)
		slashes += text[i] == '\\';
	vis_encode(seen, sizeof(seen), text, len);
	if (strlen(seen) != len + slashes)
		return value_bad(a, text, e, "contains characters that cannot be printed");
	return 0;
}

static int
check_word(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	const char *p = a->values;
	size_t	    len = strlen(text), n;

	for (; *p != '\0'; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		if (n == len && memcmp(p, text, n) == 0)
			return 0;
	}
	return value_bad(a, text, e, "is not one of: %s", a->values);
}

static int
parse_job(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	char id[JOB_ID_LEN + 1];

	if (!id_prefix_is_valid(text, id))
		return value_bad(a, text, e, "is not a job's id; write its first 8 or more characters, as list-jobs shows them");
	*out = json_string(id);
	return 0;
}

static int
check(const struct verb_arg *a, const char *text, struct pd_err *e)
{
	switch (a->type) {
	case ARG_HOSTNAME:
		return check_hostname(a, text, e);
	case ARG_ADDRESS:
		return check_address(a, text, e);
	case ARG_PATH:
		return check_path(a, text, e);
	case ARG_FINGERPRINT:
		return check_fingerprint(a, text, e);
	case ARG_TEXT:
		return check_text(a, text, e);
	case ARG_WORD:
		return check_word(a, text, e);
	default:
		return check_set(a, text, e);
	}
}

int
value_parse_string(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	if (a->type == ARG_JOB)
		return parse_job(a, text, out, e);
	if (check(a, text, e) == -1)
		return -1;
	*out = json_string(text);
	return *out != NULL ? 0 : pd_fail(e, PD_IO, "no memory");
}
