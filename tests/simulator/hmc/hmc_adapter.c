/* SPDX-License-Identifier: ISC */
/*
 * Virtual adapters as text:
 *	serial	slot/client|server/supports_hmc/remote_id|any/remote_name/remote_slot|any/required
 *	scsi	slot/client|server/[remote_id]/[remote_name]/remote_slot/required
 *	fc	slot/client|server/[remote_id]/[remote_name]/remote_slot/[wwpn1,wwpn2]/required
 *	eth	slot/ieee/pvid/[vlans]/[trunk]/required[/[vswitch]/[mac]/[allowed macs]/[qos]]
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "adapter.h"
#include "output.h"
#include "tests/simulator/attr.h"

bool
fields_split(const char *text, char *buf, size_t size, char **field, int max, int *n)
{
	*n = 0;
	if (!str_set(buf, size, text))
		return false;
	for (char *s = buf;; s++) {
		if (*n == max)
			return false;
		field[(*n)++] = s;
		s = strchr(s, '/');
		if (s == NULL)
			return true;
		*s = '\0';
	}
}

static bool
parse_flag(const char *s, int *out)
{
	return s[0] == '\0' || parse_int(s, 0, 1, out);
}

static bool
parse_type(const char *s, int *server)
{
	*server = strcmp(s, "server") == 0;
	return *server || strcmp(s, "client") == 0;
}

/* Partition by id or name, or "any"; both given must agree when the partition is there. */
static bool
parse_remote(const struct cec *c, const char *id, const char *name, int *out)
{
	const struct part *p = name[0] == '\0' ? NULL : part_by_name(c, name);

	*out = NO_ID;
	if (strcmp(id, "any") == 0) {
		*out = ANY_ID;
		return true;
	}
	if (id[0] != '\0')
		return parse_int(id, 1, 65535, out) && (p == NULL || p->id == *out);
	if (p != NULL)
		*out = p->id;
	return p != NULL;
}

static bool
parse_remote_slot(const char *s, int *out)
{
	if (strcmp(s, "any") == 0) {
		*out = ANY_SLOT;
		return true;
	}
	return parse_int(s, 0, 65535, out);
}

static bool
parse_serial(const struct cec *c, char **f, int n, struct vadapter *a)
{
	return n == 7 && parse_type(f[1], &a->server) && parse_flag(f[2], &a->supports_hmc) &&
	    parse_remote(c, f[3], f[4], &a->remote_id) && parse_remote_slot(f[5], &a->remote_slot) &&
	    parse_flag(f[6], &a->required);
}

static bool
parse_scsi(const struct cec *c, char **f, int n, struct vadapter *a)
{
	return n == 6 && parse_type(f[1], &a->server) && parse_remote(c, f[2], f[3], &a->remote_id) &&
	    parse_remote_slot(f[4], &a->remote_slot) && parse_flag(f[5], &a->required);
}

static bool
is_wwpn(const char *s)
{
	return strlen(s) == 16 && strspn(s, "0123456789abcdefABCDEF") == 16;
}

static bool
parse_fc(const struct cec *c, char **f, int n, struct vadapter *a)
{
	char *comma = n == 7 ? strchr(f[5], ',') : NULL;

	if (n != 7 || !parse_type(f[1], &a->server) || !parse_remote(c, f[2], f[3], &a->remote_id) ||
	    !parse_remote_slot(f[4], &a->remote_slot) || !parse_flag(f[6], &a->required))
		return false;
	if (f[5][0] == '\0')
		return true;
	if (comma == NULL || a->server)
		return false;
	*comma = '\0';
	return is_wwpn(f[5]) && is_wwpn(comma + 1) && str_set(a->wwpn1, sizeof(a->wwpn1), f[5]) &&
	    str_set(a->wwpn2, sizeof(a->wwpn2), comma + 1);
}

static bool
vlans_ok(const char *s)
{
	struct list items = { 0 };
	bool ok = true;
	int id;

	value_split(s, &items);
	for (size_t i = 0; i < items.n; i++)
		ok = ok && parse_int(items.item[i], 1, 4094, &id);
	ok = ok && items.n <= 20;
	list_free(&items);
	return ok;
}

static bool
mac_ok(const char *s)
{
	return s[0] == '\0' || (strlen(s) == 12 && strspn(s, "0123456789abcdefABCDEF") == 12);
}

static bool
parse_eth(const struct cec *c, char **f, int n, struct vadapter *a)
{
	if (n < 6 || n > 10 || !parse_flag(f[1], &a->ieee) || !parse_int(f[2], 1, 4094, &a->pvid) ||
	    !vlans_ok(f[3]) || (f[4][0] != '\0' && !parse_int(f[4], 0, 15, &a->trunk)) || !parse_flag(f[5], &a->required))
		return false;
	if (f[3][0] != '\0' && !a->ieee)
		return false;
	if (n > 6 && f[6][0] != '\0' && vswitch_find(c, f[6]) == NULL)
		return false;
	if ((n > 7 && !mac_ok(f[7])) || !str_set(a->vlans, sizeof(a->vlans), f[3]))
		return false;
	if (n > 7)
		for (size_t i = 0; f[7][i] != '\0'; i++)
			a->mac[i] = (char)toupper((unsigned char)f[7][i]);
	return (n <= 6 || str_set(a->vswitch, sizeof(a->vswitch), f[6])) &&
	    (n <= 8 || str_set(a->allowed_macs, sizeof(a->allowed_macs), f[8])) &&
	    (n <= 9 || str_set(a->qos, sizeof(a->qos), f[9]));
}

bool
adapter_parse(const struct cec *c, enum adapter_kind kind, const char *text, struct vadapter *a)
{
	char buf[600], *f[10];
	int n;

	memset(a, 0, sizeof(*a));
	a->kind = kind;
	if (!fields_split(text, buf, sizeof(buf), f, 10, &n) || !parse_int(f[0], 0, 65535, &a->slot))
		return false;
	switch (kind) {
	case VA_SERIAL:
		return parse_serial(c, f, n, a);
	case VA_SCSI:
		return parse_scsi(c, f, n, a);
	case VA_FC:
		return parse_fc(c, f, n, a);
	case VA_ETH:
		break;
	}
	return parse_eth(c, f, n, a);
}

static void
print_remote(const struct cec *c, const struct vadapter *a, struct text *t)
{
	const struct part *p = part_by_id(c, a->remote_id);

	if (a->remote_id == ANY_ID)
		text_add(t, "any/");
	else
		text_printf(t, "%d/%s", a->remote_id, p == NULL ? "" : p->name);
	if (a->remote_slot == ANY_SLOT)
		text_add(t, "/any");
	else
		text_printf(t, "/%d", a->remote_slot);
}

void
adapter_print(const struct cec *c, const struct vadapter *a, struct text *t)
{
	if (a->kind == VA_ETH) {
		text_printf(t, "%d/%d/%d/%s/%d/%d", a->slot, a->ieee, a->pvid, a->vlans, a->trunk, a->required);
		if (c->vswitches_capable)
			text_printf(t, "/%s/%s/%s/%s", a->vswitch, a->mac, a->allowed_macs, a->qos);
		return;
	}
	text_printf(t, "%d/%s/", a->slot, a->server ? "server" : "client");
	if (a->kind == VA_SERIAL)
		text_printf(t, "%d/", a->supports_hmc);
	print_remote(c, a, t);
	if (a->kind == VA_FC)
		text_printf(t, "/%s%s%s", a->wwpn1, a->wwpn1[0] == '\0' ? "" : ",", a->wwpn2);
	text_printf(t, "/%d", a->required);
}

void
adapters_print(const struct cec *c, const struct config *cf, enum adapter_kind kind, struct text *t)
{
	struct text list = { 0 }, one = { 0 };

	LIST_EACH(struct vadapter, a, &cf->adapters)
		if (a->kind == (int)kind) {
			text_clear(&one);
			adapter_print(c, a, &one);
			hmc_add_element(&list, text_str(&one));
		}
	text_add(t, list.n == 0 ? "none" : text_str(&list));
	text_free(&list);
	text_free(&one);
}

bool
ioslot_parse(const char *text, struct ioslot *s)
{
	char buf[100], *f[3];
	int n;

	memset(s, 0, sizeof(*s));
	return fields_split(text, buf, sizeof(buf), f, 3, &n) && n == 3 && f[0][0] != '\0' &&
	    str_set(s->drc, sizeof(s->drc), f[0]) && str_set(s->pool, sizeof(s->pool), f[1][0] == '\0' ? "none" : f[1]) &&
	    parse_int(f[2], 0, 1, &s->required);
}

void
ioslots_print(const struct config *cf, struct text *t)
{
	int n = 0;

	LIST_EACH(struct ioslot, s, &cf->io_slots)
		text_printf(t, "%s%s/%s/%d", n++ > 0 ? "," : "", s->drc, s->pool, s->required);
	if (n == 0)
		text_add(t, "none");
}
