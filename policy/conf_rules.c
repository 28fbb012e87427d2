/* SPDX-License-Identifier: ISC */
/*
 * conf_rules.c - platform sections: which partition ids and virtual slots VMs get there.
 */
#include "policy/conf_parts.h"

#define ID_MOST	      65535
#define SLOT_LEAST    2		/* 0 and 1 are serial adapters */

static int
numbers(struct conf_parse *p, cfg_t *section, const char *base, const char *step, int64_t least, struct pd_numbers *n)
{
	n->step = 1;
	return conf_number(p, section, base, ARG_COUNT, least, ID_MOST, &n->base) == -1 ||
	    conf_number(p, section, step, ARG_COUNT, 1, ID_MOST, &n->step) == -1 ? -1 : 0;
}

int
conf_add_rules(struct conf_parse *p, cfg_t *section, int line)
{
	struct pd_platform_rules *r = &p->conf->rules[p->conf->nrules++];

	r->line = line;
	if (conf_title_text(p, section, line, &r->name) == -1 ||
	    numbers(p, section, "lpar-id-base", "lpar-id-step", 2, &r->lpar_ids) == -1 ||
	    numbers(p, section, "server-slot-base", "server-slot-step", SLOT_LEAST, &r->server_slots) == -1 ||
	    conf_number(p, section, "server-slot-offset", ARG_COUNT, 0, ID_MOST, &r->slot_offset) == -1 ||
	    numbers(p, section, "client-slot-base", "client-slot-step", SLOT_LEAST, &r->client_slots) == -1)
		return -1;
	if (r->slot_offset > 0 && r->slot_offset >= r->server_slots.step)
		return conf_fail(p, line, "platform %s: with server-slot-offset %lld two VIOSes would share slots; server-slot-step must be larger", r->name,
		    (long long)r->slot_offset);
	if (r->client_slots.base + r->client_slots.step > CLIENT_SLOT_MOST)
		return conf_fail(p, line,
		    "platform %s: a VM's slots for two VIOSes must end at %d: network adapters follow", r->name,
		    CLIENT_SLOT_MOST);
	return 0;
}
