/* SPDX-License-Identifier: ISC */
/* lsled and chled. */
#include <stdio.h>
#include <string.h>

#include "ivm.h"
#include "tests/simulator/network.h"

static void
led_state(const struct world *w, const void *row, struct text *out)
{
	const char *s;
	char key[32];

	snprintf(key, sizeof(key), "lpar%d", ((const struct lpar *)row)->id);
	s = devattr_get(w, "leds", key);
	text_add(out, s == NULL ? "off" : s);
}

static const struct attr led_lpar_attrs[] = {
	AT_INT(lpar, "lpar_id", id), AT_STR(lpar, "lpar_name", name), AT_FN("state", led_state),
};
static const struct attr led_sys_attrs[] = { AT_CONST("state", "off") };
static const struct listing led_lpar = LISTING(led_lpar_attrs, ivm_lpar_filters, struct lpar);
static const struct listing led_sys = LISTING_PLAIN(led_sys_attrs, struct system);

int
ivm_lsled(struct sim_cmd *cmd)
{
	void *system_row = &cmd->world->sys;
	const struct list one = { &system_row, 1, 1 };
	const char *type;
	struct opts o;

	if (ivm_opts(cmd, &o, ivm_list_opts) != 0)
		return 1;
	type = opt_has(&o, "-t") ? opt_str(&o, "-t") : "";
	if (opt_str(&o, "-r") == NULL || strcmp(opt_str(&o, "-r"), "sa") != 0)
		return ivm_usage(cmd, "The -r option must be sa.");
	if (strcmp(type, "virtuallpar") == 0)
		return attr_list(cmd, &o, &led_lpar, &cmd->world->lpars);
	if (strcmp(type, "phys") == 0 || strcmp(type, "virtualsys") == 0)
		return attr_list(cmd, &o, &led_sys, &one);
	return ivm_usage(cmd, "The -t option must be phys, virtualsys or virtuallpar.");
}

int
ivm_chled(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-t", OPT_ONE }, { "-o", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE },
		{ "-m", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct lpar *l;
	char key[32];

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_str(&o, "-o") == NULL || (strcmp(opt_str(&o, "-o"), "on") != 0 && strcmp(opt_str(&o, "-o"), "off") != 0))
		return ivm_usage(cmd, "The -o option must be on or off.");
	if (opt_str(&o, "-t") != NULL && strcmp(opt_str(&o, "-t"), "virtualsys") == 0)
		return 0;
	l = ivm_target(cmd, &o);
	if (l == NULL)
		return 1;
	snprintf(key, sizeof(key), "lpar%d", l->id);
	devattr_set(cmd->world, "leds", key, strcmp(opt_str(&o, "-o"), "on") == 0 ? "on" : NULL);
	return 0;
}
