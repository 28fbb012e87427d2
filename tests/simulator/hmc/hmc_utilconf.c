/* SPDX-License-Identifier: ISC */
/* How often samples of utilisation are taken: lslparutil -r config, chlparutil. */
#include <stdlib.h>

#include "util_span.h"
#include "verbs.h"

GET_STR(cfg_name, r->c->name)
GET_INT(cfg_rate, r->c->sample_rate)
static const struct hmc_attr config_attrs[] = { { "name", cfg_name, NULL, false }, { "sample_rate", cfg_rate, NULL, false } };

int
util_list_config(struct sim_cmd *cmd, const struct opts *o)
{
	static const struct hmc_listing ls = { "lparutil.config", config_attrs, 2, NULL, 0 };
	struct cec *one = opt_has(o, "-m") ? hmc_system(cmd, o) : NULL;
	struct list rows = { 0 };
	int rv;

	if (opt_has(o, "-m") && one == NULL)
		return 1;
	LIST_EACH(struct cec, c, &cmd->hmc->cecs)
		if (one == NULL || c == one)
			(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

int
hmc_chlparutil(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-r", OPT_ONE }, { "-s", OPT_ONE }, { "-m", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-r -s", "chlparutil -r config -s 0 | 30 | 60 | 300 | 1800 | 3600 "
	    "[-m <managed system>]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "config") != 0 || hmc_one_of(cmd, &o, "-s", "0 30 60 300 1800 3600") != 0)
		return 1;
	c = opt_has(&o, "-m") ? hmc_system(cmd, &o) : NULL;
	if (opt_has(&o, "-m") && c == NULL)
		return 1;
	LIST_EACH(struct cec, each, &cmd->hmc->cecs)
		if (c == NULL || each == c)
			each->sample_rate = atoi(opt_str(&o, "-s"));
	return 0;
}
