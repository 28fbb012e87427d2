/* SPDX-License-Identifier: ISC */
/*
 * conf_placement.c - how VMs are put on systems: the placement word, and license sections.
 */
#include <string.h>

#include "policy/conf_parts.h"

#define UNITS_MAX 100000000LL	/* hundredths: above any site */

int
conf_set_placement(struct conf_parse *p)
{
	static const char *const words[] = { [PLACEMENT_SPREAD] = "spread", [PLACEMENT_PACK] = "pack" };
	const struct conf_word	*w = conf_word(p->cfg, "placement", 0);

	p->conf->placement = PLACEMENT_SPREAD;
	if (w == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], w->text) == 0) {
			p->conf->placement = i;
			return 0;
		}
	return conf_fail(p, w->line, "placement: \"%.60s\" is not one of: spread, pack", w->text);
}

/* A license that names neither products, systems nor pools would cap everything, which is what quotas are for. */
int
conf_add_license(struct conf_parse *p, cfg_t *section, int line)
{
	struct pd_license *l = &p->conf->licenses[p->conf->nlicenses++];

	l->line = line;
	l->units = -1;
	if (conf_title_text(p, section, line, &l->name) == -1 ||
	    conf_list(p, section, "products", conf_check_pattern, &l->products) == -1 ||
	    conf_list(p, section, "systems", conf_check_pattern, &l->systems) == -1 ||
	    conf_list(p, section, "processor-pools", conf_check_pattern, &l->pools) == -1 ||
	    conf_number(p, section, "processing-units", ARG_UNITS, 0, UNITS_MAX, &l->units) == -1)
		return -1;
	if (l->units == -1)
		return conf_fail(p, line, "license %s has no cap; write: processing-units = NUMBER", l->name);
	if (l->products.n == 0 && l->systems.n == 0 && l->pools.n == 0)
		return conf_fail(p, line,
		    "license %s names no products, systems or processor-pools; write: products = { LABEL, ... }",
		    l->name);
	return 0;
}
