/* SPDX-License-Identifier: ISC */
/* chsyscfg and rmsyscfg: partitions, profiles and systems are changed and removed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "verbs.h"

static const char ch_usage[] =
    "chsyscfg -r lpar | prof | sys -m <managed system> -f <configuration file> | -i \"<configuration data>\" [--force]\n"
    "       chsyscfg -r lpar -m <managed system> -o apply {-p <partition name> | --id <partition ID>} -n <profile name>";
static const char rm_usage[] =
    "rmsyscfg -r lpar | prof -m <managed system> {-n <name> | --id <partition ID>} [-p <partition name>] [--vioscfg] "
    "[--vdisks]";

struct job {
	struct cec *c;
	const struct opts *o;
};

static int
wrong_state(struct sim_cmd *cmd)
{
	return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. Check "
	    "the state of the partition.");
}

static struct part *
part_of(struct sim_cmd *cmd, const struct cec *c, const char *name, const char *id)
{
	struct part *p;
	int n;

	if (name == NULL && id == NULL)
		return hmc_missing(cmd, "name, lpar_id"), NULL;
	p = name != NULL ? part_by_name(c, name) : parse_int(id, 1, 65535, &n) ? part_by_id(c, n) : NULL;
	if (p == NULL)
		(void)(name != NULL ? hmc_no_partition(cmd, name) : hmc_no_partition_id(cmd, id));
	return p;
}

/* The id counts when both are given: name= may then be the profile's. */
static int
change_lpar(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const struct job *job = arg;
	const char *id = pairs_get(ps, "lpar_id"), *name = pairs_get(ps, "name"), *new_name = pairs_get(ps, "new_name");
	struct part *p, copy;
	int rv;

	if (name == NULL)
		name = pairs_get(ps, "lpar_name");
	if (name == NULL && id == NULL && (opt_has(job->o, "-p") || opt_has(job->o, "--id")))
		p = hmc_target(cmd, job->o, job->c, "-p");
	else
		p = part_of(cmd, job->c, id == NULL ? name : NULL, id);
	if (p == NULL)
		return 1;
	if (new_name != NULL && !hmc_name_ok(new_name))
		return hmc_bad_value(cmd, "new_name");
	if (new_name != NULL && part_by_name(job->c, new_name) != NULL && part_by_name(job->c, new_name) != p)
		return hmc_fail(cmd, "HSCL1461", "A partition with the name or ID %s already exists.  Please check your entry and "
		    "retry the command.", new_name);
	copy = *p;
	rv = config_apply_pairs(cmd, job->c, p, &p->curr, ps, SET_LPAR);
	if (rv != 0) {
		*p = copy; /* lists are not touched in this scope */
		return rv;
	}
	if (new_name != NULL)
		str_set(p->name, sizeof(p->name), new_name);
	return 0;
}

static int
change_prof(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const struct job *job = arg;
	const char *name = pairs_get(ps, "name"), *new_name = pairs_get(ps, "new_name"), *id = pairs_get(ps, "lpar_id");
	struct part *p = part_of(cmd, job->c, id == NULL ? pairs_get(ps, "lpar_name") : NULL, id);
	struct profile *f;
	struct config cf = { 0 };

	if (p == NULL)
		return 1;
	if (name == NULL)
		name = pairs_get(ps, "profile_name");
	if (name == NULL)
		return hmc_missing(cmd, "name");
	f = profile_find(p, name);
	if (f == NULL)
		return hmc_no_profile(cmd, name);
	if (p->sync_profile == 1 && strcmp(f->name, p->curr_profile) == 0)
		return wrong_state(cmd);
	if (new_name != NULL && (!hmc_name_ok(new_name) || profile_find(p, new_name) != NULL))
		return hmc_bad_value(cmd, "new_name");
	config_copy(&cf, &f->c);
	if (config_apply_pairs(cmd, job->c, p, &cf, ps, SET_PROF) != 0 || config_check_all(cmd, job->c, &cf) != 0) {
		config_free(&cf);
		return 1;
	}
	config_complete(cmd->hmc, job->c, &cf);
	config_free(&f->c);
	f->c = cf;
	if (new_name == NULL)
		return 0;
	if (strcmp(p->default_profile, f->name) == 0)
		str_set(p->default_profile, sizeof(p->default_profile), new_name);
	if (strcmp(p->curr_profile, f->name) == 0)
		str_set(p->curr_profile, sizeof(p->curr_profile), new_name);
	str_set(f->name, sizeof(f->name), new_name);
	return 0;
}

static int
change_sys(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	static const char *const known[] = { "name", "new_name", "power_off_policy", "power_on_lpar_start_policy",
		"description", "mem_mirroring_mode", "max_power_ctrl_lpars", "service_lpar_id", "service_lpar_name", NULL };
	const struct job *job = arg;
	struct cec *c = job->c;
	const char *v;

	if (hmc_record_check(cmd, ps, known) != 0)
		return 1;
	if ((v = pairs_get(ps, "power_off_policy")) != NULL && !parse_int(v, 0, 1, &c->power_off_policy))
		return hmc_bad_value(cmd, "power_off_policy");
	if ((v = pairs_get(ps, "power_on_lpar_start_policy")) != NULL &&
	    !str_set(c->start_policy, sizeof(c->start_policy), v))
		return hmc_bad_value(cmd, "power_on_lpar_start_policy");
	if ((v = pairs_get(ps, "new_name")) != NULL) {
		if (!hmc_name_ok(v) || cec_find(cmd->hmc, v) != NULL)
			return hmc_bad_value(cmd, "new_name");
		str_set(c->name, sizeof(c->name), v);
	}
	if ((v = pairs_get(ps, "description")) != NULL)
		str_set(c->description, sizeof(c->description), v);
	return 0;
}

static int
apply_profile(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	struct part *p = hmc_target(cmd, o, c, "-p");
	struct profile *f;

	if (p == NULL)
		return 1;
	if (!opt_has(o, "-n"))
		return hmc_missing(cmd, "-n");
	f = profile_find(p, opt_str(o, "-n"));
	if (f == NULL)
		return hmc_no_profile(cmd, opt_str(o, "-n"));
	if (part_active(p))
		return wrong_state(cmd);
	config_take(cmd->hmc, c, p, f);
	return 0;
}

int
hmc_chsyscfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-e", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE },
		{ "-o", OPT_ONE }, { "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-n", OPT_ONE }, { "--force", OPT_FLAG },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct job job = { NULL, &o };
	const char *type;
	int rv = hmc_options(cmd, &o, def, "-r -m", ch_usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar prof sys") != 0)
		return 1;
	type = opt_str(&o, "-r");
	job.c = strcmp(type, "sys") == 0 ? hmc_system(cmd, &o) : hmc_operating(cmd, &o);
	if (job.c == NULL)
		return 1;
	if (opt_has(&o, "-o"))
		rv = hmc_one_of(cmd, &o, "-o", "apply") != 0 ? 1 : apply_profile(cmd, &o, job.c);
	else
		rv = hmc_records(cmd, &o, type[0] == 'l' ? change_lpar : type[0] == 'p' ? change_prof : change_sys, &job);
	vios_tell_all(cmd->hmc, job.c);
	return rv;
}

static void
drop_adapter(struct config *cf, const struct part *client)
{
	for (size_t i = 0; i < cf->adapters.n;) {
		struct vadapter *a = cf->adapters.item[i];

		if (a->server && a->kind != VA_SERIAL && a->remote_id == client->id)
			list_remove(&cf->adapters, a);
		else
			i++;
	}
}

static void
drop_devices(struct part *vios, const struct part *client)
{
	struct world *w = vios->vios;

	for (size_t i = 0; w != NULL && i < w->vhosts.n;) {
		struct vhost *h = w->vhosts.item[i];

		if (h->client != client->id) {
			i++;
			continue;
		}
		list_free(&h->vtds);
		list_remove(&w->vhosts, h);
	}
}

/* --vioscfg: the partition's adapters and mappings on the Virtual I/O Servers go, too. */
static void
clean_vioses(const struct cec *c, const struct part *client)
{
	LIST_EACH(struct part, v, &c->parts) {
		if (!part_is_vios(v))
			continue;
		drop_devices(v, client);
		drop_adapter(&v->curr, client);
		LIST_EACH(struct profile, f, &v->profiles)
			drop_adapter(&f->c, client);
	}
}

static int
remove_lpar(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	struct part *p = hmc_target(cmd, o, c, "-n");

	if (p == NULL)
		return 1;
	if (p->state != LS_OFF)
		return wrong_state(cmd);
	if (p->vt_session != 0)
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL151B", "The partition cannot be deleted while a virtual terminal session is open for "
		    "it.  Close the session and retry the operation.");
	if (opt_has(o, "--vioscfg") || opt_has(o, "--vdisks") || opt_has(o, "--vdisk"))
		clean_vioses(c, p);
	if (p->vios != NULL) /* its files and its server belong to the simulator's whole life */
		return hmc_fail(cmd, NULL, "An unknown error occurred while trying to perform this command. Retry the command. If "
		    "the error persists, contact your software support representative.");
	LIST_EACH(struct pslot, s, &c->slots)
		if (s->lpar_id == p->id)
			s->lpar_id = 0;
	part_delete(c, p);
	return 0;
}

static int
remove_prof(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	struct part *p = hmc_target(cmd, o, c, "-p");
	struct profile *f;

	if (p == NULL)
		return 1;
	if (!opt_has(o, "-n"))
		return hmc_missing(cmd, "-n");
	f = profile_find(p, opt_str(o, "-n"));
	if (f == NULL)
		return hmc_no_profile(cmd, opt_str(o, "-n"));
	if (strcmp(f->name, p->default_profile) == 0 || strcmp(f->name, p->curr_profile) == 0)
		/* The code is right, the text (unconfirmed). */
		return hmc_fail(cmd, "HSCL07D1", "The partition profile %s cannot be removed: it is the default or the current "
		    "profile of the partition.", f->name);
	config_free(&f->c);
	list_remove(&p->profiles, f);
	return 0;
}

int
hmc_rmsyscfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-n", OPT_ONE }, { "--id", OPT_ONE }, { "-p", OPT_ONE },
		{ "--vioscfg", OPT_FLAG }, { "--vdisks", OPT_FLAG }, { "--vdisk", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct cec *c;
	int rv = hmc_options(cmd, &o, def, "-r -m", rm_usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar prof") != 0)
		return 1;
	c = hmc_operating(cmd, &o);
	if (c == NULL)
		return 1;
	rv = strcmp(opt_str(&o, "-r"), "lpar") == 0 ? remove_lpar(cmd, &o, c) : remove_prof(cmd, &o, c);
	vios_tell_all(cmd->hmc, c);
	return rv;
}
