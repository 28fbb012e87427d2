/* SPDX-License-Identifier: ISC */
/*
 * conf_networks.c - network sections: a VLAN, the addresses on it that may be asked for, defaults.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/conf_parts.h"

static int
check_gateway(struct conf_parse *p, cfg_t *section, const struct pd_network *net)
{
	const struct conf_word *w = conf_word(section, "gateway", 0);
	uint32_t		addr;

	if (w == NULL)
		return 0;
	if (conf_address(p, w, &addr) == -1)
		return -1;
	if (net->mask != 0 && (addr & net->mask) != net->address)
		return conf_fail(p, w->line, "gateway: %s is not among the network's addresses", w->text);
	return 0;
}

static int
set_dns(struct conf_parse *p, cfg_t *section, struct pd_network *net)
{
	const struct conf_word *w;
	uint32_t		addr;
	char		      **out[] = { &net->dns1, &net->dns2 };

	for (unsigned i = 0; (w = conf_word(section, "dns", i)) != NULL; i++) {
		if (i == sizeof(out) / sizeof(out[0]))
			return conf_fail(p, w->line, "dns: %s is one too many; at most 2 are possible", w->text);
		if (conf_address(p, w, &addr) == -1)
			return -1;
		*out[i] = strdup(w->text);
		if (*out[i] == NULL)
			return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	}
	return 0;
}

static int
set_internal(struct conf_parse *p, cfg_t *section, struct pd_network *net)
{
	const struct conf_word *w = conf_word(section, "internal", 0);

	if (w != NULL && strcmp(w->text, "yes") != 0 && strcmp(w->text, "no") != 0)
		return conf_fail(p, w->line, "internal: \"%.60s\" is not one of: yes, no", w->text);
	net->is_internal = w != NULL && strcmp(w->text, "yes") == 0;
	return 0;
}

int
conf_add_network(struct conf_parse *p, cfg_t *section, int line)
{
	struct pd_network      *net = &p->conf->networks[p->conf->nnetworks++];
	const struct conf_word *range = conf_word(section, "addresses", 0);
	int64_t			vlan = 0;

	net->line = line;
	if (conf_title_text(p, section, line, &net->name) == -1 ||
	    conf_number(p, section, "vlan", ARG_COUNT, 1, 4094, &vlan) == -1)
		return -1;
	if (vlan == 0)
		return conf_fail(p, line, "network %s has no VLAN; write: vlan = NUMBER", net->name);
	net->vlan = (int)vlan;
	if (set_internal(p, section, net) == -1)
		return -1;
	if (range != NULL && conf_range(p, range, &net->address, &net->mask) == -1)
		return -1;
	if (check_gateway(p, section, net) == -1 ||
	    conf_text(p, section, "gateway", ARG_ADDRESS, &net->gateway) == -1 || set_dns(p, section, net) == -1)
		return -1;
	return conf_text(p, section, "domain", ARG_HOSTNAME, &net->domain);
}
