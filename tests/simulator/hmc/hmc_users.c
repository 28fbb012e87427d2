/* SPDX-License-Identifier: ISC */
/*
 * The console's users: list, make, change, remove, and what their role allows.  Users who log in
 * by --password and are not listed are administrators.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "verbs.h"

static struct hmc_users *
user_find(const struct hmc *h, const char *name)
{
	LIST_EACH(struct hmc_users, u, &h->users)
		if (strcmp(u->name, name) == 0)
			return u;
	return NULL;
}

/* A viewer changes nothing; the other predefined roles differ in what the simulator does not have. */
bool
hmc_may_change(const struct hmc *h, const char *user)
{
	const struct hmc_users *u = user_find(h, user);

	return u == NULL || strcmp(u->role, "hmcviewer") != 0;
}

int
hmc_no_authority(struct sim_cmd *cmd)
{
	return hmc_fail(cmd, "HSCL350B", "The user does not have the appropriate authority.");
}

static const struct hmc_users *
user_of(const struct row *r)
{
	return r->x;
}

GET_STR(u_name, user_of(r)->name)
GET_STR(u_role, user_of(r)->role)
GET_STR(u_text, user_of(r)->description)

static const struct hmc_attr user_attrs[] = {
	{ "name", u_name, NULL, false }, { "taskrole", u_role, NULL, false }, { "description", u_text, NULL, false },
	{ "pwage", NULL, "99999", false }, { "resourcerole", NULL, "ALL:", false },
	{ "authentication_type", NULL, "local", false }, { "remote_webui_access", NULL, "1", false },
	{ "remote_ssh_access", NULL, "1", false }, { "min_pwage", NULL, "0", false },
	{ "session_timeout", NULL, "0", false }, { "verify_timeout", NULL, "15", false },
	{ "idle_timeout", NULL, "0", false }, { "inactivity_expiration", NULL, "0", false },
	{ "resources", NULL, "<ResourceID = ALL:><UserDefinedName = AllSystemResources>", false },
	{ "password_encryption", NULL, "sha512", false }, { "disabled", NULL, "0", false },
};

static void
filter_user(const void *row, struct text *t)
{
	(void)u_name(row, t);
}

int
hmc_lshmcusr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { HMC_LISTING_OPTS, { NULL, OPT_END } };
	static const struct hmc_filter filters[] = { { "names", filter_user, NULL, NULL } };
	static const struct hmc_listing ls = HMC_LISTING("hmcusr", user_attrs, filters);
	struct list rows = { 0 };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", "lshmcusr [--filter \"<filter data>\"] [-F [\"<attribute names>\"] [--header]]");

	if (rv != -1)
		return rv;
	LIST_EACH(struct hmc_users, u, &cmd->hmc->users)
		row_add(&rows, cmd->hmc, NULL, NULL)->x = u;
	rv = hmc_list(cmd, &o, cmd->hmc->version, &ls, NULL, &rows);
	list_free(&rows);
	return rv;
}

static const char *const names[] = { "name", "new_name", "taskrole", "resourcerole", "description", "passwd", "pwage",
	"authentication_type", "remote_webui_access", "remote_ssh_access", "session_timeout", "idle_timeout",
	"verify_timeout", "min_pwage", "inactivity_expiration", "remote_user_name", NULL };

static bool
is_role(const char *role)
{
	return attr_is_one_of(role, "hmcsuperadmin,hmcoperator,hmcviewer,hmcservicerep,hmcpe");
}

/* Role and text of a record, the rest is taken and forgotten. */
static int
user_set(struct sim_cmd *cmd, struct hmc_users *u, const struct pairs *ps)
{
	const char *role = pairs_get(ps, "taskrole"), *text = pairs_get(ps, "description");

	if (role != NULL && !is_role(role))
		return hmc_bad_value(cmd, "taskrole");
	if (text != NULL && !str_set(u->description, sizeof(u->description), text))
		return hmc_bad_value(cmd, "description");
	if (role != NULL)
		(void)str_set(u->role, sizeof(u->role), role);
	return 0;
}

static int
make_one(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const char *name = pairs_get(ps, "name");
	struct hmc_users u = { 0 };

	(void)arg;
	if (hmc_record_check(cmd, ps, names) != 0)
		return 1;
	if (name == NULL || pairs_get(ps, "taskrole") == NULL)
		return hmc_missing(cmd, name == NULL ? "name" : "taskrole");
	if (user_find(cmd->hmc, name) != NULL || !str_set(u.name, sizeof(u.name), name))
		return hmc_bad_value(cmd, "name");	/* which text it is for one that exists (unconfirmed) */
	if (user_set(cmd, &u, ps) != 0)
		return 1;
	*(struct hmc_users *)list_new(&cmd->hmc->users, sizeof(u)) = u;
	return 0;
}

int
hmc_mkhmcusr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-i", OPT_ONE }, { "-f", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	int rv = hmc_options(cmd, &o, def, "", "mkhmcusr {-f <file> | -i \"name=<name>,taskrole=<role>,...\"}");

	return rv != -1 ? rv : hmc_records(cmd, &o, make_one, NULL);
}

static int
change_one(struct sim_cmd *cmd, const struct pairs *ps, void *arg)
{
	const char *name = pairs_get(ps, "name");
	struct hmc_users *u = name == NULL ? NULL : user_find(cmd->hmc, name);

	(void)arg;
	if (hmc_record_check(cmd, ps, names) != 0)
		return 1;
	return u == NULL ? hmc_bad_value(cmd, "name") : user_set(cmd, u, ps);
}

/* -u NAME -t WHAT -v VALUE, or a record. */
int
hmc_chhmcusr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-u", OPT_ONE }, { "-t", OPT_ONE }, { "-v", OPT_ONE }, { "-i", OPT_ONE }, { "-f", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct hmc_users *u;
	int rv = hmc_options(cmd, &o, def, "", "chhmcusr {-f <file> | -i \"<user data>\" | -u <name> -t name | passwd | taskrole | "
	    "desc | pwage -v <value>}");

	if (rv != -1)
		return rv;
	if (!opt_has(&o, "-u"))
		return hmc_records(cmd, &o, change_one, NULL);
	if (hmc_one_of(cmd, &o, "-t", "name passwd taskrole desc pwage resourcerole auth") != 0 || opt_str(&o, "-v") == NULL)
		return opt_str(&o, "-v") == NULL && opt_has(&o, "-t") ? hmc_missing(cmd, "-v") : 1;
	u = user_find(cmd->hmc, opt_str(&o, "-u"));
	if (u == NULL)
		return hmc_missing(cmd, "-u");
	if (strcmp(opt_str(&o, "-t"), "taskrole") == 0 && !is_role(opt_str(&o, "-v")))
		return hmc_missing(cmd, "-v");
	if (strcmp(opt_str(&o, "-t"), "taskrole") == 0)
		(void)str_set(u->role, sizeof(u->role), opt_str(&o, "-v"));
	else if (strcmp(opt_str(&o, "-t"), "desc") == 0)
		(void)str_set(u->description, sizeof(u->description), opt_str(&o, "-v"));
	else if (strcmp(opt_str(&o, "-t"), "name") == 0)
		(void)str_set(u->name, sizeof(u->name), opt_str(&o, "-v"));
	return 0;
}

int
hmc_rmhmcusr(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-u", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct hmc_users *u;
	int rv = hmc_options(cmd, &o, def, "-u", "rmhmcusr -u <name>");

	if (rv != -1)
		return rv;
	u = user_find(cmd->hmc, opt_str(&o, "-u"));
	if (u == NULL || strcmp(u->name, "hscroot") == 0)
		return hmc_missing(cmd, "-u");
	list_remove(&cmd->hmc->users, u);
	return 0;
}
