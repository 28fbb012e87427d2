/* SPDX-License-Identifier: ISC */
/*
 * effects_platform.c - what jobs change in the rows of platforms and images.
 */
#include <stdio.h>
#include <string.h>

#include "spool/effects/effects.h"
#include "spool/effects/effects_systems.h"
#include "spool/field.h"
#include "spool/history/change_record.h"
#include "spool/os/clock.h"
#include "spool/run/worker_vars.h"

/* A pool of the facts is its name, or an object with one. */
static const char *
pool_name(const json_t *pool)
{
	return json_is_string(pool) ? json_string_value(pool) : field_text(pool, "name");
}

static int
has_pool(const json_t *pools, const char *name)
{
	const json_t *pool;
	size_t	      i;

	json_array_foreach(pools, i, pool)
		if (strcmp(pool_name(pool), name) == 0)
			return 1;
	return 0;
}

/* A registration that cannot stand ends as failed: its sequence has changed nothing on the platform. */
static int
refuse(struct ending *end, const struct pd_err *why)
{
	end->state = JOB_FAILED;
	end->err = *why;
	return 0;
}

/* The pools asked for, or the console's default one, or all that it has. */
static json_t *
choose_pools(const json_t *args, const json_t *facts, const char **missing)
{
	const json_t *asked = json_object_get(args, "pools"), *found = json_object_get(facts, "pools"), *pool;
	const char   *usual = field_text(facts, "default_pool");
	json_t	     *pools = json_array();
	size_t	      i;

	*missing = NULL;
	if (json_array_size(asked) > 0) {
		json_array_foreach(asked, i, pool) {
			if (!has_pool(found, pool_name(pool)))
				*missing = pool_name(pool);
			(void)json_array_append_new(pools, json_string(pool_name(pool)));
		}
	} else if (usual[0] != '\0') {
		(void)json_array_append_new(pools, json_string(usual));
	} else {
		json_array_foreach(found, i, pool)
			(void)json_array_append_new(pools, json_string(pool_name(pool)));
	}
	return pools;
}

static int
exists(struct store *st, const char *name, struct pd_err *e)
{
	json_t *row = NULL;

	if (store_platform_get(st, name, &row, e) == 0) {
		json_decref(row);
		return 1;
	}
	return e->code == PD_NOTFOUND ? 0 : -1;
}

/* Which there are instead. */
static void
say_pools(char *msg, size_t size, const json_t *found)
{
	const char   *before = "; it has ";
	const json_t *pool;
	size_t	      i, len;

	json_array_foreach(found, i, pool) {
		len = strlen(msg);
		if (len + strlen(before) + strlen(pool_name(pool)) >= size)
			return;
		(void)snprintf(msg + len, size - len, "%s%s", before, pool_name(pool));
		before = ", ";
	}
}

/*
 * Its VMs are known by the ids that this system gave them: another one at the new address must not get their commands.
 * A console of several systems is known by those (effects_systems()).
 */
static int
is_same_system(const json_t *old, const json_t *facts, struct pd_err *why)
{
	const json_t *was = json_object_get(old, "facts");

	if (strcmp(field_text(old, "kind"), "hmc") == 0)
		return 1;
	if (strcmp(field_text(was, "serial"), field_text(facts, "serial")) == 0 &&
	    strcmp(field_text(was, "type_model"), field_text(facts, "type_model")) == 0)
		return 1;
	(void)pd_fail(why, PD_CONFLICT, "%s is the system %s %s, and %s %s answers there; nothing was changed",
	    field_text(old, "name"), field_text(was, "type_model"), field_text(was, "serial"),
	    field_text(facts, "type_model"), field_text(facts, "serial"));
	return 0;
}

/* What a registration does not name stays as it was. */
static void
keep_old(json_t *row, const json_t *old, const json_t *args)
{
	static const char *const keys[] = { "registered_ms", "drained_ms", "drain_why" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(old, keys[i]) != NULL)
			(void)json_object_set(row, keys[i], json_object_get(old, keys[i]));
	if (json_array_size(json_object_get(args, "pools")) == 0)
		(void)json_object_set(row, "pools", json_object_get(old, "pools"));
}

/* Where it is and how it is known from now on. */
static int
record_platform(struct store *st, const json_t *job, const json_t *row, const char *event, struct pd_err *e)
{
	static const char *const keys[] = { "kind", "address", "port", "user", "key", "host_key", "pools",
		"second_address", "second_port", "second_host_key", "vios_access" };
	json_t			*what = json_pack("{s:s}", "platform", field_text(row, "name"));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(row, keys[i]) != NULL &&
		    !(json_is_string(json_object_get(row, keys[i])) && field_text(row, keys[i])[0] == '\0'))
			(void)json_object_set(what, keys[i], json_object_get(row, keys[i]));
	return change_record_of(st, job, event, what, e);
}

/* The facts of a console with one system are that system's, and are of now. */
static int
saw_system(struct store *st, const json_t *platform, struct pd_err *e)
{
	json_t *set = json_pack("{s:I}", "seen_ms", (json_int_t)clock_wall_ms());
	int	rv = store_system_set(st, field_text(platform, "name"), set, e);

	json_decref(set);
	return rv == -1 && e->code == PD_NOTFOUND ? 0 : rv;
}

int
effect_platform_registered(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const json_t *args = json_object_get(job, "args"), *facts = json_object_get(end->value, "facts"),
		     *systems = json_object_get(end->value, "systems");
	const char   *name = field_text(args, "name"), *missing;
	struct pd_err why;
	json_t	     *row, *pools, *old = NULL;
	int	      rv;

	if (store_platform_get(st, name, &old, e) == -1 && e->code != PD_NOTFOUND)
		return -1;
	if ((old != NULL) != field_is_set(args, "replace")) {
		(void)pd_fail(&why, PD_CONFLICT, "the platform %s was %s meanwhile", name,
		    old != NULL ? "registered" : "removed");
		json_decref(old);
		return refuse(end, &why);
	}
	if (!field_is_set(args, "local") && field_text(args, "host_key")[0] == '\0') {
		json_decref(old);
		return 0;	/* its key was shown, nothing is registered without the administrator's word */
	}
	if (old != NULL && !is_same_system(old, facts, &why)) {
		json_decref(old);
		return refuse(end, &why);
	}
	if (systems != NULL && ((rv = effects_systems_check(st, name, systems, &why, e)) != 0 ||
	    (rv = effects_systems_access(systems, json_object_get(args, "vios_access"), &why)) != 0)) {
		json_decref(old);
		return rv == 1 ? refuse(end, &why) : -1;
	}
	if (systems != NULL)
		(void)json_object_set_new((json_t *)(uintptr_t)facts, "pools", effects_systems_pools(systems));
	pools = choose_pools(args, facts, &missing);
	if (missing != NULL) {
		json_decref(pools);
		json_decref(old);
		(void)pd_fail(&why, PD_NOTFOUND, "%s has no storage pool \"%s\", nothing was registered", name, missing);
		say_pools(why.msg, sizeof(why.msg), json_object_get(facts, "pools"));
		return refuse(end, &why);
	}
	row = worker_platform_from_args(args);
	(void)json_object_set_new(row, "pools", pools);
	(void)json_object_set_new(row, "facts", json_is_object(facts) ? json_deep_copy(facts) : json_object());
	(void)json_object_set_new(row, "registered_ms", json_integer((json_int_t)clock_wall_ms()));
	if (old != NULL)
		keep_old(row, old, args);
	rv = store_platform_put(st, row, e);
	if (rv == 0)
		rv = record_platform(st, job, row, old != NULL ? "platform-replaced" : "platform-registered", e);
	if (rv == 0)
		rv = systems != NULL ? effects_systems_put(st, name, field_text(facts, "level"), systems, e) :
				       saw_system(st, row, e);
	effects_say_platform(job, row, end);
	json_decref(row);
	json_decref(old);
	return rv;
}

int
effect_platform_checked(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	json_t *facts = json_object_get(end->value, "facts"), *systems = json_object_get(end->value, "systems"),
	       *row = NULL;
	struct pd_err why;
	int	      rv;

	if (!json_is_object(facts))
		return 0;
	if (store_platform_get(st, field_text(job, "platform"), &row, e) == -1)
		return e->code == PD_NOTFOUND ? 0 : -1;
	if (systems != NULL && (rv = effects_systems_check(st, field_text(job, "platform"), systems, &why, e)) != 0) {
		json_decref(row);
		return rv == 1 ? refuse(end, &why) : -1;
	}
	if (systems != NULL)
		(void)json_object_set_new(facts, "pools", effects_systems_pools(systems));
	(void)json_object_set(row, "facts", facts);
	rv = store_platform_put(st, row, e);
	if (rv == 0)
		rv = systems != NULL ? effects_systems_put(st, field_text(job, "platform"), field_text(facts, "level"), systems, e) : saw_system(st, row, e);
	effects_say_platform(job, row, end);
	json_decref(row);
	return rv;
}

/* Those that have the file: [{system vios}]; NULL: the console has only one. */
static json_t *
vioses_with_file(const json_t *systems)
{
	json_t	     *list = json_is_array(systems) ? json_array() : NULL;
	const json_t *system, *vios;
	size_t	      i, k;

	json_array_foreach(systems, i, system)
		json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), k, vios)
			if (json_object_get(vios, "size") != NULL)
				(void)json_array_append_new(list, json_pack("{s:s s:s}", "system", field_text(system, "name"), "vios",
				    field_text(vios, "name")));
	return list;
}

/* The job's result tells where it is, not everything that is known of the systems. */
static void
set_where(json_t *row, struct ending *end)
{
	json_t *vioses = vioses_with_file(json_object_get(end->value, "systems"));

	if (vioses == NULL)
		return;
	(void)json_object_set_new(row, "vioses", vioses);
	end->made = json_pack("{s:O* s:O}", "size", json_object_get(end->value, "size"), "vioses", vioses);
	if (end->made != NULL)
		end->value = end->made;
}

int
effect_image_registered(struct store *st, const json_t *job, struct ending *end, struct pd_err *e)
{
	const json_t *args = json_object_get(job, "args");
	const char   *name = field_text(args, "name"), *platform = field_text(args, "platform");
	int64_t	      asked = field_number(args, "size"), found = field_number(end->value, "size");
	struct pd_err why;
	json_t	     *row = NULL;
	int	      rv;

	if (!field_is_set(args, "replace") && store_image_get(st, name, platform, &row, e) == 0) {
		json_decref(row);
		(void)pd_fail(&why, PD_CONFLICT, "the image %s was registered meanwhile", name);
		return refuse(end, &why);
	}
	if ((!field_is_set(args, "replace") && e->code != PD_NOTFOUND) || (rv = exists(st, platform, e)) == -1)
		return -1;
	if (rv == 0) {
		(void)pd_fail(&why, PD_NOTFOUND, "the platform %s was removed meanwhile", platform);
		return refuse(end, &why);
	}
	if (asked > 0 && asked < found) {
		(void)pd_fail(&why, PD_BADDATA, "--size is smaller than the image file of %s", name);
		return refuse(end, &why);
	}
	row = json_pack("{s:s s:s s:s s:I s:s s:s s:s s:I}", "name", name, "platform", platform, "file",
	    field_text(args, "file"), "size", (json_int_t)(asked > 0 ? asked : found), "os", field_text(args, "os"),
	    "first_boot", field_text(args, "first_boot")[0] != '\0' ? field_text(args, "first_boot") : "none",
	    "description", field_text(args, "description"), "registered_ms", (json_int_t)clock_wall_ms());
	if (row == NULL)
		return pd_fail(e, PD_IO, "no memory for the image %s", name);
	if (field_text(args, "product")[0] != '\0')
		(void)json_object_set(row, "product", json_object_get(args, "product"));
	set_where(row, end);
	rv = store_image_put(st, row, e);
	if (rv == 0)
		rv = change_record_of(st, job, "image-registered",
		    json_pack("{s:s s:s s:s s:s* s:O*}", "image", name, "platform", platform, "file",
			field_text(args, "file"), "product", json_string_value(json_object_get(args, "product")),
			"vioses", json_object_get(row, "vioses")),
		    e);
	effects_say_image(row, end);
	json_decref(row);
	return rv;
}
