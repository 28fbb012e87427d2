/* SPDX-License-Identifier: ISC */
/* mksyscfg: partitions and profiles are made; the running configuration is saved as a profile. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "verbs.h"

static const char usage[] =
    "mksyscfg -r lpar | prof -m <managed system> -f <configuration file> | -i \"<configuration data>\" [--force]\n"
    "       mksyscfg -r prof -m <managed system> -o save {-p <partition name> | --id <partition ID>} -n <profile name> "
    "[--force]";

struct job {
	struct cec *c;
	bool force;
};

/* Code and text (unconfirmed): no capture shows what a name that is taken gets. */
static int
taken(struct sim_cmd *cmd, const char *what, const char *name)
{
	return hmc_fail(cmd, "HSCL1461", "A %s with the name or ID %s already exists.  Please check your entry and retry the "
	    "command.", what, name);
}

static const char *
missing_of(const struct pairs *ps, const char *const *names)
{
	for (; *names != NULL; names++)
		if (pairs_get(ps, *names) == NULL)
			return *names;
	return NULL;
}

static bool
env_ok(const char *env)
{
	return strcmp(env, "aixlinux") == 0 || strcmp(env, "os400") == 0 || strcmp(env, "vioserver") == 0;
}

static int
check_new(struct sim_cmd *cmd, const struct cec *c, const struct pairs *ps, int *id)
{
	static const char *const needed[] = { "name", "profile_name", "lpar_env", NULL };
	const char *missing = missing_of(ps, needed), *text = pairs_get(ps, "lpar_id");

	if (missing != NULL)
		return hmc_missing(cmd, missing);
	if (!hmc_name_ok(pairs_get(ps, "name")))
		return hmc_bad_value(cmd, "name");
	if (!hmc_name_ok(pairs_get(ps, "profile_name")))
		return hmc_bad_value(cmd, "profile_name");
	if (!env_ok(pairs_get(ps, "lpar_env")))
		return hmc_bad_value(cmd, "lpar_env");
	if (part_by_name(c, pairs_get(ps, "name")) != NULL)
		return taken(cmd, "partition", pairs_get(ps, "name"));
	*id = part_free_id(c);
	if (text != NULL && !parse_int(text, 1, c->max_lpars, id))
		return hmc_bad_value(cmd, "lpar_id");
	if (part_by_id(c, *id) != NULL)
		return taken(cmd, "partition", text);
	if (*id == -1 || c->parts.n >= (size_t)c->max_lpars)
		return hmc_fail(cmd, NULL, "The managed system has the maximum number of partitions already.");
	return 0;
}

static void
default_sharing(struct config *cf)
{
	if (strcmp(cf->proc_mode, "ded") == 0 && cf->sharing_mode[0] == '\0')
		str_set(cf->sharing_mode, sizeof(cf->sharing_mode), "keep_idle_procs");
}

static int
make_lpar(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const struct job *job = arg;
	struct cec *c = job->c;
	struct profile *f;
	struct part *p;
	int id = -1;

	if (check_new(cmd, c, ps, &id) != 0)
		return 1;
	p = part_add(cmd->hmc, c, id);
	str_set(p->name, sizeof(p->name), pairs_get(ps, "name"));
	str_set(p->env, sizeof(p->env), pairs_get(ps, "lpar_env"));
	if (part_is_vios(p))
		p->avail_priority = 191;
	f = list_new(&p->profiles, sizeof(*f));
	str_set(f->name, sizeof(f->name), pairs_get(ps, "profile_name"));
	str_set(p->default_profile, sizeof(p->default_profile), f->name);
	config_defaults(&f->c, c);
	config_defaults(&p->curr, c);
	if (config_apply_pairs(cmd, c, p, &f->c, ps, SET_NEW_LPAR) != 0) {
		part_delete(c, p);
		return 1;
	}
	default_sharing(&f->c);
	if (config_check_all(cmd, c, &f->c) != 0) {
		part_delete(c, p);
		return 1;
	}
	config_complete(cmd->hmc, c, &f->c);
	return 0;
}

/* The partition that a profile's record names. */
static struct part *
owner_of(struct sim_cmd *cmd, const struct cec *c, const struct pairs *ps)
{
	const char *name = pairs_get(ps, "lpar_name"), *id = pairs_get(ps, "lpar_id");
	struct part *p;
	int n;

	if (name == NULL && id == NULL)
		return hmc_missing(cmd, "lpar_name, lpar_id"), NULL;
	p = name != NULL ? part_by_name(c, name) : parse_int(id, 1, 65535, &n) ? part_by_id(c, n) : NULL;
	if (p == NULL)
		(void)(name != NULL ? hmc_no_partition(cmd, name) : hmc_no_partition_id(cmd, id));
	return p;
}

static int
make_prof(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const struct job *job = arg;
	const char *name = pairs_get(ps, "name");
	struct part *p = owner_of(cmd, job->c, ps);
	struct config cf = { 0 };
	struct profile *f;

	if (p == NULL)
		return 1;
	if (name == NULL)
		name = pairs_get(ps, "profile_name");
	if (name == NULL)
		return hmc_missing(cmd, "name");
	if (!hmc_name_ok(name))
		return hmc_bad_value(cmd, "name");
	if (profile_find(p, name) != NULL)
		return taken(cmd, "profile", name);
	config_defaults(&cf, job->c);
	if (config_apply_pairs(cmd, job->c, p, &cf, ps, SET_NEW_PROF) != 0) {
		config_free(&cf);
		return 1;
	}
	default_sharing(&cf);
	if (config_check_all(cmd, job->c, &cf) != 0) {
		config_free(&cf);
		return 1;
	}
	config_complete(cmd->hmc, job->c, &cf);
	f = list_new(&p->profiles, sizeof(*f));
	str_set(f->name, sizeof(f->name), name);
	f->c = cf;
	return 0;
}

/* The current configuration becomes a profile; addresses that the HMC made are not part of it. */
static int
save_current(struct sim_cmd *cmd, const struct opts *o, struct cec *c)
{
	struct part *p = hmc_target(cmd, o, c, "-p");
	const char *name = opt_str(o, "-n");
	struct profile *f;

	if (p == NULL)
		return 1;
	if (name == NULL || !hmc_name_ok(name))
		return hmc_missing(cmd, "-n");
	if (!p->has_config)
		return hmc_fail(cmd, "HSCL05DF", "The partition is not in a state under which this operation can be performed. "
		    "Check the state of the partition.");
	f = profile_find(p, name);
	if (f != NULL && !opt_has(o, "--force"))
		return taken(cmd, "profile", name);
	if (f == NULL) {
		f = list_new(&p->profiles, sizeof(*f));
		str_set(f->name, sizeof(f->name), name);
	}
	config_save(f, p);
	return 0;
}

int
hmc_mksyscfg(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-r", OPT_ONE }, { "-m", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE }, { "-o", OPT_ONE },
		{ "-p", OPT_ONE }, { "--id", OPT_ONE }, { "-n", OPT_ONE }, { "--force", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct job job;
	int rv = hmc_options(cmd, &o, def, "-r -m", usage);

	if (rv != -1)
		return rv;
	if (hmc_one_of(cmd, &o, "-r", "lpar prof") != 0)
		return 1;
	job = (struct job){ hmc_operating(cmd, &o), opt_has(&o, "--force") };
	if (job.c == NULL)
		return 1;
	if (opt_has(&o, "-o"))
		return hmc_one_of(cmd, &o, "-o", "save") != 0 ? 1 : save_current(cmd, &o, job.c);
	rv = hmc_records(cmd, &o, strcmp(opt_str(&o, "-r"), "lpar") == 0 ? make_lpar : make_prof, &job);
	vios_tell_all(cmd->hmc, job.c);
	return rv;
}
