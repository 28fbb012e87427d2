/* SPDX-License-Identifier: ISC */
/* Reference codes, virtual terminals, LEDs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

/* ---- lsrefcode ---- */

static bool
rc_time(const void *row, struct text *t)
{
	const struct row *r = row;

	if (r->x != NULL)
		text_time(t, ((const struct refcode *)r->x)->at_ms);
	return true;
}

GET_STR(rc_code, r->x == NULL ? "" : ((const struct refcode *)r->x)->code)
GET_INT(rc_num, r->n)

#define WORDS \
	{ "time_stamp", rc_time, NULL, false }, { "refcode", rc_code, NULL, false }, { "word2", NULL, "", false }, \
	{ "word3", NULL, "", false }, { "word4", NULL, "", false }, { "word5", NULL, "", false }, \
	{ "word6", NULL, "", false }, { "word7", NULL, "", false }, { "word8", NULL, "", false }, \
	{ "word9", NULL, "", false }, { "fru_call_out_loc_codes", NULL, "", false }

static const struct hmc_attr code_attrs[] = {
	{ "lpar_name", row_lpar_name, NULL, false }, { "lpar_id", row_lpar_id, NULL, false }, WORDS,
};
static const struct hmc_attr sys_code_attrs[] = { { "refcode_num", rc_num, NULL, false }, WORDS };

static void
add_codes(struct list *rows, struct hmc *h, struct cec *c, struct part *p, int n)
{
	if (p->refcodes.n == 0)
		(void)row_add(rows, h, c, p);
	for (int i = 0; i < n && i < (int)p->refcodes.n; i++)
		row_add(rows, h, c, p)->x = p->refcodes.item[p->refcodes.n - 1 - (size_t)i];
}

int
hmc_lsrefcode(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-s", OPT_ONE }, { "-n", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	static const struct hmc_listing by_lpar = HMC_LISTING("refcode.lpar", code_attrs, lpar_filters);
	static const struct hmc_listing by_sys = { "refcode.sys", sys_code_attrs,
		sizeof(sys_code_attrs) / sizeof(sys_code_attrs[0]), NULL, 0 };
	struct list rows = { 0 };
	struct opts o;
	struct cec *c;
	int n = 1, rv = hmc_options(cmd, &o, def, "-r -m", "lsrefcode -r sys | lpar -m <managed system> [-s p | s] [-n <number>] "
	    "[--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar sys") != 0)
		return 1;
	if (opt_has(&o, "-n") && !parse_int(opt_str(&o, "-n"), 1, 1000, &n))
		return hmc_missing(cmd, "-n");
	c = hmc_system(cmd, &o);
	if (c == NULL)
		return 1;
	if (opt_str(&o, "-r")[0] == 'l')
		LIST_EACH(struct part, p, &c->parts)
			add_codes(&rows, cmd->hmc, c, p, n);
	else
		(void)row_add(&rows, cmd->hmc, c, NULL);
	rv = hmc_list(cmd, &o, cmd->hmc->version, opt_str(&o, "-r")[0] == 'l' ? &by_lpar : &by_sys, c, &rows);
	list_free(&rows);
	return rv;
}

/* ---- terminals ---- */

static const struct optdef term_def[] = {
	{ "-m", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE }, { NULL, OPT_END },
};

static void
greet(struct sim_cmd *cmd, const struct part *p)
{
	if (p->state == LS_RUNNING && strcmp(p->os_version, "Unknown") != 0)
		sim_out_printf(cmd->out, "\n%s login: ", p->hostname[0] != '\0' ? p->hostname : p->name);
	else if (p->state == LS_FIRMWARE)
		sim_out_puts(cmd->out, "\n 1 = SMS Menu      5 = Default Boot List\n 8 = Open Firmware Prompt\n0 > ");
}

static struct part *
terminal_part(struct sim_cmd *cmd, const struct opts *o)
{
	struct cec *c = hmc_operating(cmd, o);

	return c == NULL ? NULL : hmc_target(cmd, o, c, "-p");
}

/* The number of the session, or 0 after everything was said; *status then is the command's. */
static int
take_terminal(struct sim_cmd *cmd, const struct opts *o, int *status)
{
	struct part *p;
	int session = 0;

	hmc_lock(cmd->hmc);
	p = terminal_part(cmd, o);
	*status = p == NULL;
	if (p != NULL && p->vt_session != 0) {
		sim_out_puts(cmd->out, "\r\n A terminal session is already open for this partition. \r\n"
		    " Only one open session is allowed for a partition. \r\n Exiting.... \r\n");
	} else if (p != NULL) {
		session = p->vt_session = ++cmd->hmc->vt_sessions;
		sim_out_puts(cmd->out, " Open in progress \r\n\r\n Open Completed.\r\n");
		greet(cmd, p);
	}
	hmc_unlock(cmd->hmc);
	return session;
}

/* Runs without the lock: a session lasts until ~. or the end of input, or until rmvterm ends it. */
int
hmc_mkvterm(struct sim_cmd *cmd)
{
	struct opts o;
	char line[512];
	int session, status, rv = hmc_options(cmd, &o, term_def, "-m", "mkvterm -m <managed system> {-p <partition name> | "
	    "--id <partition ID>}");

	if (rv != -1)
		return rv;
	session = take_terminal(cmd, &o, &status);
	while (session != 0) {
		bool ends = sim_read_line(cmd, line, sizeof(line)) == -1 || strcmp(line, "~.") == 0;
		struct part *p;

		hmc_lock(cmd->hmc);
		p = terminal_part(cmd, &o);
		if (p != NULL && p->vt_session == session && !ends) {
			greet(cmd, p);
		} else if (p != NULL && p->vt_session == session) {
			p->vt_session = session = 0;
		} else {
			sim_out_puts(cmd->out, "\r\n Connection has closed \r\n\r\n\r\n This session is no longer connected. Please "
			    "close this window.\r\n");
			session = 0;
		}
		hmc_unlock(cmd->hmc);
	}
	return status;
}

int
hmc_rmvterm(struct sim_cmd *cmd)
{
	struct opts o;
	struct part *p;
	int rv = hmc_options(cmd, &o, term_def, "-m", "rmvterm -m <managed system> {-p <partition name> | --id <partition ID>}");

	if (rv != -1)
		return rv;
	p = terminal_part(cmd, &o);
	if (p != NULL)
		p->vt_session = 0;
	return p == NULL;
}

/* ---- LEDs ---- */

GET_STR(led_sys, r->c->led ? "on" : "off")
GET_STR(led_lpar, r->p->led ? "on" : "off")

static const struct hmc_attr led_sys_attrs[] = { { "state", led_sys, NULL, false } };
static const struct hmc_attr led_lpar_attrs[] = {
	{ "lpar_id", row_lpar_id, NULL, false }, { "lpar_name", row_lpar_name, NULL, false }, { "state", led_lpar, NULL, false },
};

int
hmc_lsled(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-t", OPT_ONE }, { "-m", OPT_ONE }, HMC_LISTING_OPTS, { NULL, OPT_END },
	};
	static const struct hmc_listing by_sys = { "led.sys", led_sys_attrs, 1, NULL, 0 };
	static const struct hmc_listing by_lpar = HMC_LISTING("led.lpar", led_lpar_attrs, lpar_filters);
	struct list rows = { 0 };
	struct opts o;
	struct cec *c;
	bool lpars;
	int rv = hmc_options(cmd, &o, def, "-r -t -m", "lsled -r sa -t phys | virtualsys | virtuallpar -m <managed system> "
	    "[--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "sa") != 0 || hmc_one_of(cmd, &o, "-t", "phys virtualsys virtuallpar") != 0)
		return 1;
	c = hmc_system(cmd, &o);
	if (c == NULL)
		return 1;
	lpars = strcmp(opt_str(&o, "-t"), "virtuallpar") == 0;
	if (!lpars)
		(void)row_add(&rows, cmd->hmc, c, NULL);
	else
		LIST_EACH(struct part, p, &c->parts)
			(void)row_add(&rows, cmd->hmc, c, p);
	rv = hmc_list(cmd, &o, cmd->hmc->version, lpars ? &by_lpar : &by_sys, c, &rows);
	list_free(&rows);
	return rv;
}

int
hmc_chled(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-t", OPT_ONE }, { "-m", OPT_ONE }, { "-o", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	struct part *p;
	int on, rv = hmc_options(cmd, &o, def, "-r -t -o -m", "chled -r sa -t phys | virtualsys | virtuallpar -o on | off "
	    "-m <managed system> [{-p <partition name> | --id <partition ID>}]");

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "sa") != 0 || hmc_one_of(cmd, &o, "-t", "phys virtualsys virtuallpar") != 0 ||
	    hmc_one_of(cmd, &o, "-o", "on off") != 0)
		return 1;
	on = strcmp(opt_str(&o, "-o"), "on") == 0;
	c = hmc_system(cmd, &o);
	if (c == NULL)
		return 1;
	if (strcmp(opt_str(&o, "-t"), "virtuallpar") != 0) {
		c->led = on;
		return 0;
	}
	p = hmc_target(cmd, &o, c, "-p");
	if (p != NULL)
		p->led = on;
	return p == NULL;
}
