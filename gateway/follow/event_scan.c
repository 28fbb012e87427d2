/* SPDX-License-Identifier: ISC */
/*
 * event_scan.c - the plain lines of a job's log, read without building anything.
 *
 * A long log is nearly all of lines like
 *	{"t":"2027-03-01T09:00:00.123Z","event":"step","step":"disk","say":"creating disk 1","i":3,"of":4}
 * joblog.c writes them so: one object, no white space, each key once.  What is read here is less than JSON: keys of the
 * table below, each at most once and with its own type; strings of printable ASCII without a backslash; whole numbers of at most
 * nine digits, without a sign.  Everything else (a result with its value, an escape, a letter beyond ASCII, what a crash has
 * torn) is left to the parser of event_parse(), which says the same of these lines: fuzz_follow compares them.
 */
#include <string.h>

#include "gateway/follow/event_scan.h"

#define DIGITS_MAX 9	/* fits an int */
#define NKEYS	   (sizeof(keys) / sizeof(keys[0]))

struct span {
	char  *at;
	size_t len;
};

/* A value: text, or number where text.at is NULL. */
struct found {
	struct span text;
	int	    number;
};

enum key {
	KEY_T, KEY_EVENT, KEY_STEP, KEY_SAY, KEY_I, KEY_OF, KEY_MS, KEY_STATE, KEY_USER, KEY_TENANT, KEY_VERB, KEY_PLATFORM, KEY_VM,
	KEY_LEVEL, KEY_TEXT, KEY_WAIT, KEY_AS, KEY_CMD, KEY_WHEN, KEY_UNTIL
};

/* The frequent ones first. */
static const struct {
	const char *name;
	size_t	    len;
	int	    is_number;
} keys[] = {
#define TEXT(k, s)   [k] = { s, sizeof(s) - 1, 0 }
#define NUMBER(k, s) [k] = { s, sizeof(s) - 1, 1 }
	TEXT(KEY_T, "t"), TEXT(KEY_EVENT, "event"), TEXT(KEY_STEP, "step"), TEXT(KEY_SAY, "say"), NUMBER(KEY_I, "i"), NUMBER(KEY_OF, "of"),
	NUMBER(KEY_MS, "ms"), TEXT(KEY_STATE, "state"), TEXT(KEY_USER, "user"), TEXT(KEY_TENANT, "tenant"), TEXT(KEY_VERB, "verb"),
	TEXT(KEY_PLATFORM, "platform"), TEXT(KEY_VM, "vm"), TEXT(KEY_LEVEL, "level"), TEXT(KEY_TEXT, "text"), TEXT(KEY_WAIT, "wait"),
	TEXT(KEY_AS, "as"), TEXT(KEY_CMD, "cmd"), TEXT(KEY_WHEN, "when"), TEXT(KEY_UNTIL, "until"),
#undef TEXT
#undef NUMBER
};

/* The string that begins with the quote at p; NULL: none, or not a plain one.  Else what follows its closing quote. */
static char *
scan_string(char *p, const char *end, struct span *s)
{
	if (p == end || *p != '"')
		return NULL;
	s->at = ++p;
	while (p < end && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	if (p == end || *p != '"')
		return NULL;
	s->len = (size_t)(p - s->at);
	return p + 1;
}

static char *
scan_number(char *p, const char *end, int *number)
{
	const char *begin = p;
	int	    n = 0;

	while (p < end && *p >= '0' && *p <= '9' && p - begin < DIGITS_MAX)
		n = n * 10 + (*p++ - '0');
	if (p == begin || (*begin == '0' && p - begin > 1))
		return NULL;
	*number = n;
	return p;	/* a tenth digit is no comma */
}

static size_t
find_key(const struct span *s)
{
	size_t k;

	for (k = 0; k < NKEYS; k++)
		if (keys[k].len == s->len && memcmp(keys[k].name, s->at, s->len) == 0)
			break;
	return k;
}

/* "key":value into found[]; what follows it, or NULL. */
static char *
scan_member(char *p, const char *end, struct found found[], unsigned *have)
{
	struct span name;
	size_t	    k;

	p = scan_string(p, end, &name);
	if (p == NULL || p == end || *p != ':' || (k = find_key(&name)) == NKEYS || (*have & 1u << k) != 0)
		return NULL;
	*have |= 1u << k;
	return keys[k].is_number ? scan_number(p + 1, end, &found[k].number) : scan_string(p + 1, end, &found[k].text);
}

/* The whole line, which is one object and nothing behind it. */
static int
scan_members(char *p, const char *end, struct found found[], unsigned *have)
{
	if (p == end || *p != '{')
		return 0;
	do
		p = scan_member(p + 1, end, found, have);
	while (p != NULL && p < end && *p == ',');
	return p != NULL && p + 1 == end && *p == '}';
}

static const char *
text_of(struct found found[], unsigned have, enum key k)
{
	if ((have & 1u << k) == 0)
		return "";
	found[k].text.at[found[k].text.len] = '\0';
	return found[k].text.at;
}

static int
number_of(const struct found found[], unsigned have, enum key k)
{
	return (have & 1u << k) != 0 ? found[k].number : 0;
}

int
event_scan(char *line, size_t len, struct event *ev)
{
	struct found	found[NKEYS];	/* only those that `have` names are filled */
	unsigned	have = 0;
	enum event_kind kind;

	if (!scan_members(line, line + len, found, &have) || (have & 1u << KEY_EVENT) == 0)
		return 0;
	kind = event_kind_of(found[KEY_EVENT].text.at, found[KEY_EVENT].text.len);
	if (kind == EVENT_RESULT)
		return 0;	/* its value is wanted */
	*ev = (struct event){
		.kind = kind,
		.step = text_of(found, have, KEY_STEP), .say = text_of(found, have, KEY_SAY),
		.state = text_of(found, have, KEY_STATE), .level = text_of(found, have, KEY_LEVEL),
		.text = text_of(found, have, KEY_TEXT), .as = text_of(found, have, KEY_AS), .cmd = text_of(found, have, KEY_CMD),
		.wait = text_of(found, have, KEY_WAIT), .when = text_of(found, have, KEY_WHEN),
		.until = text_of(found, have, KEY_UNTIL),
		.user = text_of(found, have, KEY_USER), .tenant = text_of(found, have, KEY_TENANT),
	};
	event_set_numbers(ev, number_of(found, have, KEY_I), number_of(found, have, KEY_OF), number_of(found, have, KEY_MS));
	return 1;
}
