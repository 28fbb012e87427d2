/* SPDX-License-Identifier: ISC */
/*
 * The attributes that mksyscfg and chsyscfg set, as a table, and the rules that a
 * partition as a whole must obey.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lpar_config.h"

enum set_kind { S_INT, S_UNITS, S_ENUM, S_STR, S_NAME, S_MAC, S_VETH, S_VFC, S_TARGET, S_IGNORED };

struct setter {
	const char *name;
	enum set_kind kind;
	size_t off, size;
	int min, max;
	const char *words; /* S_ENUM: |a|b| */
	unsigned scope;
};

#define ALL	 (SET_MK | SET_LPAR | SET_PROF)
#define MKPROF	 (SET_MK | SET_PROF)
#define OFF(m)	 offsetof(struct lpar, m), sizeof(((struct lpar *)0)->m)
#define SHARINGS "|cap|uncap|keep_idle_procs|share_idle_procs|share_idle_procs_active|share_idle_procs_always|"

static const struct setter setters[] = {
	{ "name", S_TARGET, OFF(name), 0, 0, NULL, ALL },
	{ "lpar_name", S_TARGET, OFF(name), 0, 0, NULL, SET_LPAR | SET_PROF },
	{ "lpar_id", S_TARGET, OFF(id), 0, 0, NULL, ALL },
	{ "new_name", S_NAME, OFF(name), 0, 0, NULL, SET_LPAR },
	{ "profile_name", S_NAME, OFF(profile), 0, 0, NULL, SET_MK },
	{ "lpar_env", S_ENUM, OFF(env), 0, 0, "|aixlinux|os400|", SET_MK },
	{ "min_mem", S_INT, OFF(pend.min_mem), 1, 1 << 30, NULL, MKPROF },
	{ "desired_mem", S_INT, OFF(pend.mem), 1, 1 << 30, NULL, MKPROF },
	{ "max_mem", S_INT, OFF(pend.max_mem), 1, 1 << 30, NULL, MKPROF },
	{ "proc_mode", S_ENUM, OFF(pend.proc_mode), 0, 0, "|shared|ded|", MKPROF },
	{ "min_procs", S_INT, OFF(pend.min_procs), 1, 1024, NULL, MKPROF },
	{ "desired_procs", S_INT, OFF(pend.procs), 1, 1024, NULL, MKPROF },
	{ "max_procs", S_INT, OFF(pend.max_procs), 1, 1024, NULL, MKPROF },
	{ "min_proc_units", S_UNITS, OFF(pend.min_units), 0, 0, NULL, MKPROF },
	{ "desired_proc_units", S_UNITS, OFF(pend.units), 0, 0, NULL, MKPROF },
	{ "max_proc_units", S_UNITS, OFF(pend.max_units), 0, 0, NULL, MKPROF },
	{ "sharing_mode", S_ENUM, OFF(pend.sharing_mode), 0, 0, SHARINGS, MKPROF },
	{ "uncap_weight", S_INT, OFF(pend.uncap_weight), 0, 255, NULL, MKPROF },
	{ "max_virtual_slots", S_INT, OFF(max_virtual_slots), 4, 65535, NULL, MKPROF },
	{ "virtual_eth_adapters", S_VETH, 0, 0, 0, 0, NULL, MKPROF },
	{ "virtual_fc_adapters", S_VFC, 0, 0, 0, 0, NULL, SET_MK },
	{ "auto_start", S_INT, OFF(auto_start), 0, 1, NULL, ALL },
	{ "boot_mode", S_ENUM, OFF(boot_mode), 0, 0, "|norm|dd|ds|of|sms|", ALL },
	{ "conn_monitoring", S_INT, OFF(conn_monitoring), 0, 1, NULL, MKPROF },
	{ "lpar_proc_compat_mode", S_ENUM, OFF(compat_mode), 0, 0, "|default|POWER6|POWER6+|POWER7|",
	    MKPROF },
	{ "lpar_avail_priority", S_INT, OFF(avail_priority), 0, 255, NULL, SET_MK | SET_LPAR },
	{ "allow_perf_collection", S_INT, OFF(perf_collection), 0, 1, NULL, SET_MK | SET_LPAR },
	{ "power_ctrl_lpar_ids", S_STR, OFF(ctrl_ids), 0, 0, NULL, ALL },
	{ "virtual_eth_mac_base_value", S_MAC, OFF(mac_base), 0, 0, NULL, SET_MK | SET_LPAR },
	{ "io_slots", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "lhea_logical_ports", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "lhea_capabilities", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "mem_mode", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "desired_io_entitled_mem", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "run_mem_weight", S_IGNORED, 0, 0, 0, 0, NULL, MKPROF },
	{ "work_group_id", S_IGNORED, 0, 0, 0, 0, NULL, SET_MK | SET_LPAR },
};

void
lpar_copy(struct lpar *to, const struct lpar *from)
{
	*to = *from;
	memset(&to->veths, 0, sizeof(to->veths));
	memset(&to->vfcs, 0, sizeof(to->vfcs));
	LIST_EACH(struct veth, e, &from->veths)
		*(struct veth *)list_new(&to->veths, sizeof(*e)) = *e;
	LIST_EACH(struct vfc, f, &from->vfcs)
		*(struct vfc *)list_new(&to->vfcs, sizeof(*f)) = *f;
}

void
lpar_copy_free(struct lpar *l)
{
	list_free(&l->veths);
	list_free(&l->vfcs);
}

void
lpar_defaults(struct lpar *l)
{
	memset(l, 0, sizeof(*l));
	str_set(l->boot_mode, sizeof(l->boot_mode), "norm");
	str_set(l->keylock, sizeof(l->keylock), "norm");
	str_set(l->compat_mode, sizeof(l->compat_mode), "default");
	str_set(l->ctrl_ids, sizeof(l->ctrl_ids), "none");
	str_set(l->rmc_state, sizeof(l->rmc_state), "none");
	str_set(l->pend.proc_mode, sizeof(l->pend.proc_mode), "shared");
	l->avail_priority = 127;
	l->pend.uncap_weight = NULL_INT;
	l->pend.min_units = l->pend.units = l->pend.max_units = NULL_INT;
}

static const struct setter *
setter_find(const char *name)
{
	for (size_t i = 0; i < sizeof(setters) / sizeof(setters[0]); i++)
		if (strcmp(setters[i].name, name) == 0)
			return &setters[i];
	return NULL;
}

static bool
units_parse(const char *s, int *out)
{
	int whole = 0, cents = 0, scale = 10;

	if (!isdigit((unsigned char)*s))
		return false;
	for (; isdigit((unsigned char)*s) && whole < 10000; s++)
		whole = whole * 10 + (*s - '0');
	if (*s == '.')
		s++;
	else if (*s != '\0')
		return false;
	for (; isdigit((unsigned char)*s); s++, scale /= 10) {
		if (scale == 0 && *s != '0')
			return false;
		cents += (*s - '0') * scale;
	}
	*out = whole * 100 + cents;
	return *s == '\0';
}

bool
lpar_name_ok(const char *s)
{
	size_t n = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (!isprint((unsigned char)*p) || strchr("()<>*$&?|[]'\"`,/", *p) != NULL)
			return false;
	return n >= 1 && n <= 31;
}

static bool
mac_base_ok(const char *s)
{
	unsigned first;

	if (strlen(s) != 10 || strspn(s, "0123456789abcdefABCDEF") != 10)
		return false;
	first = (unsigned)strtoul((char[]){ s[0], s[1], '\0' }, NULL, 16);
	return (first & 1) == 0 && (first & 2) == 2;
}

bool
vlans_parse(const char *text, char *out, size_t size)
{
	struct list items = { 0 };
	bool ok = true;
	int id;

	value_split(text, &items);
	for (size_t i = 0; i < items.n; i++)
		if (!parse_int(items.item[i], 1, 4094, &id))
			ok = false;
	if (items.n > 20 || !str_set(out, size, text))
		ok = false;
	list_free(&items);
	return ok;
}

/* Splits at slashes in place; the number of parts. */
static int
slash_split(char *s, char **part, int max)
{
	int n = 0;

	while (n < max) {
		part[n++] = s;
		s = strchr(s, '/');
		if (s == NULL)
			break;
		*s++ = '\0';
	}
	return s == NULL ? n : max + 1;
}

int
veth_parse(const char *text, struct veth *e)
{
	char buf[300], *p[6];

	memset(e, 0, sizeof(*e));
	if (!str_set(buf, sizeof(buf), text) || slash_split(buf, p, 6) != 6)
		return -1;
	if (!parse_int(p[0], 0, 65535, &e->slot) || !parse_int(p[1], 0, 1, &e->ieee) ||
	    !parse_int(p[2], 1, 4094, &e->pvid) || !parse_int(p[4], 0, 15, &e->trunk) ||
	    !parse_int(p[5], 0, 1, &e->required))
		return -1;
	return vlans_parse(p[3], e->vlans, sizeof(e->vlans)) ? 0 : -1;
}

int
veth_check(struct sim_cmd *cmd, const struct lpar *l, const struct veth *e)
{
	if (e->slot < (l->id == VIOS_ID ? 3 : 4) || e->slot >= l->max_virtual_slots)
		return ivm_fail(cmd, IVM_VALUE, "Virtual slot %d is not available: the slots of this "
		    "partition end at %d.", e->slot, l->max_virtual_slots - 1);
	if (e->vlans[0] != '\0' && !e->ieee)
		return ivm_fail(cmd, IVM_VALUE, "Additional VLAN IDs need an IEEE 802.1Q adapter.");
	return 0;
}

static int
veth_take(struct sim_cmd *cmd, struct lpar *l, const char *text, char op)
{
	struct text have = { 0 };
	struct veth e;
	struct veth *old;

	if (veth_parse(text, &e) == -1)
		return ivm_fail(cmd, IVM_VALUE, "The value \"%.100s\" of attribute virtual_eth_adapters "
		    "is not valid.", text);
	old = veth_by_slot(l, e.slot);
	if (op != '-') {
		if (lpar_slot_taken(l, e.slot))
			return ivm_fail(cmd, IVM_EXISTS, "Virtual slot %d is already in use.", e.slot);
		*(struct veth *)list_new(&l->veths, sizeof(e)) = e;
		return 0;
	}
	if (old != NULL)
		veth_format(old, &have);
	if (old == NULL || strcmp(text_str(&have), text) != 0) {
		text_free(&have);
		return ivm_fail(cmd, IVM_VALUE, "There is no virtual ethernet adapter \"%.100s\".", text);
	}
	text_free(&have);
	list_remove(&l->veths, old);
	return 0;
}

static int
veths_set(struct sim_cmd *cmd, struct lpar *l, const struct pair *p)
{
	struct list items = { 0 };
	int rv = 0;

	if (p->op == '=')
		list_free(&l->veths);
	if (strcmp(p->value, "none") != 0)
		value_split(p->value, &items);
	for (size_t i = 0; i < items.n && rv == 0; i++)
		rv = veth_take(cmd, l, items.item[i], p->op);
	for (size_t i = 0; i < l->veths.n && rv == 0; i++)
		rv = veth_check(cmd, l, l->veths.item[i]);
	list_free(&items);
	return rv;
}

static const char *
vfc_free_name(const struct world *w, char out[NAME_SIZE])
{
	bool used = true;

	for (int n = 0; used; n++) {
		snprintf(out, NAME_SIZE, "vfchost%d", n);
		used = false;
		LIST_EACH(struct lpar, l, &w->lpars)
			LIST_EACH(struct vfc, f, &l->vfcs)
				used = used || strcmp(f->host, out) == 0;
	}
	return out;
}

struct vfc *
vfc_add(struct world *w, struct lpar *l, int slot)
{
	int rslot = vios_free_slot(w, FIRST_SERVER_SLOT, 1);
	char name[NAME_SIZE];
	struct vfc *f;

	if (rslot == -1)
		return NULL;
	(void)vfc_free_name(w, name);
	f = list_new(&l->vfcs, sizeof(*f));
	str_set(f->host, sizeof(f->host), name);
	f->slot = slot;
	f->remote_slot = rslot;
	snprintf(f->wwpn1, sizeof(f->wwpn1), "C05076%010llX", (unsigned long long)w->count.wwpn++);
	snprintf(f->wwpn2, sizeof(f->wwpn2), "C05076%010llX", (unsigned long long)w->count.wwpn++);
	world_changed(w);
	return f;
}

/* Only remembers the slots; mksyscfg makes the adapters when the partition exists. */
static int
vfcs_set(struct sim_cmd *cmd, struct lpar *l, const struct pair *p)
{
	struct list items = { 0 };
	int rv = 0;

	if (strcmp(p->value, "none") != 0)
		value_split(p->value, &items);
	for (size_t i = 0; i < items.n && rv == 0; i++) {
		char *part[7];
		int slot;

		if (slash_split(items.item[i], part, 7) != 7 || strcmp(part[1], "client") != 0 ||
		    !parse_int(part[0], 4, l->max_virtual_slots - 1, &slot) || lpar_slot_taken(l, slot))
			rv = ivm_fail(cmd, IVM_VALUE, "The value of attribute virtual_fc_adapters is not valid.");
		else
			((struct vfc *)list_new(&l->vfcs, sizeof(struct vfc)))->slot = slot;
	}
	list_free(&items);
	return rv;
}

static bool
word_in(const char *words, const char *value)
{
	char pattern[64];

	if (strchr(value, '|') != NULL)
		return false;
	return snprintf(pattern, sizeof(pattern), "|%s|", value) < (int)sizeof(pattern) &&
	    strstr(words, pattern) != NULL;
}

static int
setter_run(struct sim_cmd *cmd, const struct setter *s, struct lpar *l, const struct pair *p)
{
	char *to = (char *)l + s->off;
	bool ok = true;

	switch (s->kind) {
	case S_INT:
		ok = parse_int(p->value, s->min, s->max, (int *)(void *)to);
		break;
	case S_UNITS:
		ok = units_parse(p->value, (int *)(void *)to);
		break;
	case S_ENUM:
		ok = word_in(s->words, p->value) && str_set(to, s->size, p->value);
		break;
	case S_STR:
		ok = str_set(to, s->size, p->value) && strchr(p->value, '"') == NULL;
		break;
	case S_NAME:
		ok = lpar_name_ok(p->value) && str_set(to, s->size, p->value);
		break;
	case S_MAC:
		ok = mac_base_ok(p->value) && str_set(to, s->size, p->value);
		for (char *c = to; ok && *c != '\0'; c++)
			*c = (char)toupper((unsigned char)*c);
		break;
	case S_VETH:
		return veths_set(cmd, l, p);
	case S_VFC:
		return vfcs_set(cmd, l, p);
	case S_TARGET:
	case S_IGNORED:
		break;
	}
	if (!ok)
		return ivm_fail(cmd, IVM_VALUE, "The value \"%.100s\" of attribute %s is not valid.",
		    p->value, p->name);
	return 0;
}

int
config_apply(struct sim_cmd *cmd, struct lpar *l, const struct pairs *ps, enum config_scope scope)
{
	int rv = 0;

	/* The number of slots first: adapters are checked against it. */
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < ps->n && rv == 0; i++) {
			const struct setter *s = setter_find(ps->p[i].name);
			bool is_list = s != NULL && (s->kind == S_VETH || s->kind == S_VFC);

			if (s == NULL || (s->scope & (unsigned)scope) == 0)
				return ivm_fail(cmd, IVM_ATTR, "The attribute name \"%.100s\" is not valid.",
				    ps->p[i].name);
			if (ps->p[i].op != '=' && !is_list)
				return ivm_fail(cmd, IVM_VALUE, "%c= is not possible with attribute %.100s.",
				    ps->p[i].op, ps->p[i].name);
			if (is_list == (pass == 1))
				rv = setter_run(cmd, s, l, &ps->p[i]);
		}
	return rv;
}

static int
check_order(struct sim_cmd *cmd, const char *what, int min, int want, int max)
{
	if (min > want)
		return ivm_fail(cmd, IVM_VALUE, "The minimum %s value is greater than the desired value.",
		    what);
	if (want > max)
		return ivm_fail(cmd, IVM_VALUE, "The desired %s value is greater than the maximum value.",
		    what);
	return 0;
}

static int
check_memory(struct sim_cmd *cmd, const struct alloc *a)
{
	const struct system *sys = &cmd->world->sys;

	if (a->min_mem % sys->lmb != 0 || a->mem % sys->lmb != 0 || a->max_mem % sys->lmb != 0)
		return ivm_fail(cmd, IVM_VALUE, "Memory values must be multiples of the memory region size, "
		    "%d MB.", sys->lmb);
	if (a->max_mem > sys->mem)
		return ivm_fail(cmd, IVM_VALUE, "The maximum memory is more than the %d MB of the system.",
		    sys->mem);
	return check_order(cmd, "memory", a->min_mem, a->mem, a->max_mem);
}

static int
check_shared(struct sim_cmd *cmd, const struct alloc *a)
{
	const struct {
		const char *what;
		int units, procs;
	} rule[] = {
		{ "minimum", a->min_units, a->min_procs },
		{ "desired", a->units, a->procs },
		{ "maximum", a->max_units, a->max_procs },
	};

	if (a->min_units < 0 || a->units < 0 || a->max_units < 0)
		return ivm_fail(cmd, IVM_MISSING, "A partition with shared processors requires the "
		    "attributes min_proc_units, desired_proc_units and max_proc_units.");
	for (int i = 0; i < 3; i++) {
		if (rule[i].units < 10 * rule[i].procs)
			return ivm_fail(cmd, IVM_VALUE, "The %s processing units must be at least 0.10 for "
			    "each virtual processor.", rule[i].what);
		if (rule[i].units > 100 * rule[i].procs)
			return ivm_fail(cmd, IVM_VALUE, "The %s processing units are more than the virtual "
			    "processors.", rule[i].what);
	}
	if (a->units > cmd->world->sys.units)
		return ivm_fail(cmd, IVM_VALUE, "The desired processing units are more than the system has.");
	if (strcmp(a->sharing_mode, "cap") != 0 && strcmp(a->sharing_mode, "uncap") != 0)
		return ivm_fail(cmd, IVM_VALUE, "The sharing mode does not fit shared processors.");
	return check_order(cmd, "processing units", a->min_units, a->units, a->max_units);
}

static int
check_dedicated(struct sim_cmd *cmd, const struct alloc *a)
{
	if (strcmp(a->sharing_mode, "cap") == 0 || strcmp(a->sharing_mode, "uncap") == 0)
		return ivm_fail(cmd, IVM_VALUE, "The sharing mode does not fit dedicated processors.");
	if (a->procs * 100 > cmd->world->sys.units)
		return ivm_fail(cmd, IVM_VALUE, "The desired processors are more than the system has.");
	return 0;
}

int
config_check(struct sim_cmd *cmd, const struct lpar *l)
{
	const struct alloc *a = &l->pend;
	bool ded = strcmp(a->proc_mode, "ded") == 0;

	LIST_EACH(struct lpar, other, &cmd->world->lpars)
		if (other->id != l->id && strcmp(other->name, l->name) == 0)
			return ivm_fail(cmd, IVM_EXISTS, "The partition name \"%s\" is already in use.", l->name);
	LIST_EACH(struct lpar, twin, &cmd->world->lpars)
		if (twin->id != l->id && strcmp(twin->mac_base, l->mac_base) == 0)
			return ivm_fail(cmd, IVM_EXISTS, "The MAC base value %s is already in use.", l->mac_base);
	if (a->mem == 0 || a->min_mem == 0 || a->max_mem == 0)
		return ivm_fail(cmd, IVM_MISSING,
		    "The attributes min_mem, desired_mem and max_mem are required.");
	if (a->procs == 0 || a->min_procs == 0 || a->max_procs == 0)
		return ivm_fail(cmd, IVM_MISSING,
		    "The attributes min_procs, desired_procs and max_procs are required.");
	if (check_memory(cmd, a) != 0 ||
	    check_order(cmd, "processor", a->min_procs, a->procs, a->max_procs) != 0)
		return 1;
	return ded ? check_dedicated(cmd, a) : check_shared(cmd, a);
}

void
lpar_sync(struct world *w, struct lpar *l)
{
	int spare;

	if (!lpar_active(l)) {
		l->curr = l->pend;
		return;
	}
	l->curr.uncap_weight = l->pend.uncap_weight;
	str_set(l->curr.sharing_mode, sizeof(l->curr.sharing_mode), l->pend.sharing_mode);
	if (strcmp(l->rmc_state, "active") != 0)
		return; /* stays pending until the next activation */
	if (l->pend.mem - l->curr.mem <= lpar_avail_mem(w))
		l->curr.mem = l->pend.mem;
	spare = lpar_avail_units(w);
	if (lpar_units_of(&l->pend) - lpar_units_of(&l->curr) <= spare) {
		l->curr.units = l->pend.units;
		l->curr.procs = l->pend.procs;
	}
}
