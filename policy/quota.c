/* SPDX-License-Identifier: ISC */
/*
 * quota.c - quota arithmetic: limits, what is used, what a request would add.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/quota.h"

enum amount_kind { COUNT, UNITS, SIZE };

static const struct amount {
	size_t		 at;
	enum amount_kind kind;
	const char	*one, *many;
} amounts[] = {
	{ offsetof(struct pd_amounts, vms), COUNT, "VM", "VMs" },
	{ offsetof(struct pd_amounts, units), UNITS, "processing units", "processing units" },
	{ offsetof(struct pd_amounts, procs), COUNT, "virtual processor", "virtual processors" },
	{ offsetof(struct pd_amounts, memory), SIZE, "memory", "memory" },
	{ offsetof(struct pd_amounts, disk), SIZE, "disk", "disk" },
};

static int64_t
value(const struct pd_amounts *a, const struct amount *which)
{
	return *(const int64_t *)((const char *)a + which->at);
}

char *
quota_size_text(char *buf, size_t size, int64_t mib)
{
	static const char suffix[] = "MGTPE";
	unsigned	  i = 0;

	while (mib != 0 && mib % 1024 == 0 && i < sizeof(suffix) - 2) {
		mib /= 1024;
		i++;
	}
	(void)snprintf(buf, size, "%" PRId64 "%c", mib, suffix[i]);
	return buf;
}

char *
quota_size_short(char *buf, size_t size, int64_t mib)
{
	int64_t quarters = mib % 1024 / 256;

	if (mib < 1024 || mib % 1024 == 0)
		return quota_size_text(buf, size, mib);
	if (mib % 512 == 0)
		(void)snprintf(buf, size, "%" PRId64 ".5G", mib / 1024);
	else if (mib % 256 == 0)
		(void)snprintf(buf, size, "%" PRId64 ".%02dG", mib / 1024, (int)quarters * 25);
	else if (mib < 10240)
		(void)snprintf(buf, size, "%" PRId64 "M", mib);
	else
		(void)snprintf(buf, size, "%" PRId64 ".%02dG", mib / 1024, (int)(mib % 1024 * 100 / 1024));
	return buf;
}

char *
quota_units_text(char *buf, size_t size, int64_t hundredths)
{
	(void)snprintf(buf, size, "%s%" PRId64 ".%02d", hundredths < 0 ? "-" : "",
	    hundredths < 0 ? -(hundredths / 100) : hundredths / 100,
	    (int)(hundredths < 0 ? -(hundredths % 100) : hundredths % 100));
	return buf;
}

static char *
amount_text(char *buf, size_t size, enum amount_kind kind, int64_t n)
{
	if (kind == SIZE)
		return quota_size_text(buf, size, n);
	if (kind == UNITS)
		return quota_units_text(buf, size, n);
	(void)snprintf(buf, size, "%" PRId64, n);
	return buf;
}

/* By how much is limit exceeded?  Sums that do not fit count as over by all there is. */
static int64_t
over(int64_t limit, int64_t used, int64_t more)
{
	int64_t sum;

	if (limit < 0)
		return 0;
	if (__builtin_add_overflow(used, more, &sum))
		return INT64_MAX - limit;
	return sum > limit ? sum - limit : 0;
}

static void
append(char *text, size_t size, const char *whose, const struct amount *a, const struct pd_amounts *limit,
    const struct pd_amounts *used, const struct pd_amounts *more)
{
	size_t len = strlen(text);
	char   may[32], now[32], asked[32], above[32];

	(void)snprintf(text + len, size - len, "%s%s %s %s: %s used, %s asked for, %s over",
	    len == 0 ? whose : "; ", len == 0 ? " may use" : "and",
	    amount_text(may, sizeof(may), a->kind, value(limit, a)), value(limit, a) == 1 ? a->one : a->many,
	    amount_text(now, sizeof(now), a->kind, value(used, a)),
	    amount_text(asked, sizeof(asked), a->kind, value(more, a)),
	    amount_text(above, sizeof(above), a->kind, over(value(limit, a), value(used, a), value(more, a))));
}

int
quota_check(const struct pd_amounts *limit, const struct pd_amounts *used, const struct pd_amounts *more,
    const char *whose, struct pd_err *e)
{
	char text[sizeof(e->msg)] = "";

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
		if (over(value(limit, &amounts[i]), value(used, &amounts[i]), value(more, &amounts[i])) > 0)
			append(text, sizeof(text), whose, &amounts[i], limit, used, more);
	return text[0] == '\0' ? 0 : pd_fail(e, PD_QUOTA, "%s", text);
}
