/* SPDX-License-Identifier: ISC */
/*
 * effects_systems.c - the managed systems that a console of several told about, as rows of the store.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/transport/route.h"
#include "spool/admit/san.h"
#include "spool/effects/effects_systems.h"
#include "spool/field.h"
#include "spool/os/clock.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define CAPABILITIES_MAX 2048	/* the sequences ask for a dozen */
#define NAME_MAX_LEN 31		/* gateway/verbs.h: ARG_NAME */

/* ---- pools: a VM's disk lies in a pool of one VIOS, so the largest free room of one counts, not the sum ---- */

static void
add_pool(json_t *pools, const json_t *pool)
{
	json_t *there = field_find(pools, "name", field_text(pool, "name"));

	if (there == NULL)
		(void)json_array_append_new(pools, json_deep_copy(pool));
	else if (field_number(pool, "free") > field_number(there, "free"))
		(void)json_object_update(there, (json_t *)(uintptr_t)pool);
}

static void
add_pools(json_t *pools, const json_t *list)
{
	const json_t *pool;
	size_t	      i;

	json_array_foreach(list, i, pool)
		add_pool(pools, pool);
}

static json_t *
pools_of(const json_t *facts)
{
	json_t	     *pools = json_array(), *san;
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(facts, "vioses"), i, vios)
		add_pools(pools, json_object_get(vios, "pools"));
	if (field_find(pools, "name", SAN_POOL) == NULL && (san = san_pool(facts)) != NULL)
		(void)json_array_append_new(pools, san);
	return pools;
}

/* ---- names ---- */

/* The console's name as people may write it here; with the serial number when another system has it. */
static void
make_name(char *name, size_t size, const json_t *system, int with_serial)
{
	(void)snprintf(name, size, "%.*s%s%s", with_serial ? NAME_MAX_LEN - 10 : NAME_MAX_LEN,
	    field_text(system, "name"), with_serial ? "-" : "", with_serial ? field_text(system, "serial") : "");
	for (char *c = name; *c != '\0'; c++)
		if (strchr(NAME_CHARS, *c) == NULL || (c == name && strchr("._-", *c) != NULL))
			*c = c == name ? 's' : '-';
}

/* The row of this system, or a new one under a free name. */
static int
row_for(const char *platform, const json_t *all, const json_t *system, json_t **row, struct pd_err *e)
{
	const json_t *known = field_find(all, "ident", field_text(system, "ident"));
	char	      name[64];

	*row = known != NULL ? json_deep_copy(known) : NULL;
	for (int with_serial = 0; known == NULL && with_serial < 2; with_serial++) {
		make_name(name, sizeof(name), system, with_serial);
		if (field_find(all, "name", name) == NULL) {
			*row = json_pack("{s:s s:s s:s}", "name", name, "platform", platform, "ident", field_text(system, "ident"));
			break;
		}
	}
	return *row != NULL ? 0 : pd_fail(e, PD_CONFLICT, "there is no free name for the system %s", field_text(system, "ident"));
}

/* The names of what it can do, "a,b", as an IVM lists them by itself; one that told nothing of it keeps what is known. */
static void
take_capabilities(json_t *facts, const json_t *system)
{
	const json_t *value;
	const char   *key, *modes = field_text(system, "lpar_proc_compat_modes");
	char	      names[CAPABILITIES_MAX] = "";
	size_t	      len = 0;
	int	      told = 0;

	json_object_foreach((json_t *)(uintptr_t)system, key, value) {
		const char *end = strstr(key, "_capable");

		if (end == NULL || end[strlen("_capable")] != '\0' || strspn(field_text(system, key), "01") != 1)
			continue;
		told = 1;
		if (field_text(system, key)[0] == '1' && len + strlen(key) + 2 < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", len > 0 ? "," : "", key);
	}
	if (told)
		(void)json_object_set_new(facts, "capabilities", json_string(names));
	if (modes[0] != '\0' && strcmp(modes, "unavailable") != 0)
		(void)json_object_set_new(facts, "compat_modes", json_string(modes));
}

/* Neither an inventory nor a check asks the VIOSes for everything: what only the other asks for stays. */
static void
keep_checked(json_t *now, const json_t *before)
{
	static const char *const keys[] = { "disks", "repository", "slots", "max_slots" };
	json_t			*vios, *value;
	const json_t		*was;
	size_t			 i;

	json_array_foreach(now, i, vios)
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			was = field_find(before, "name", field_text(vios, "name"));
			value = json_object_get(was, keys[k]);
			if (value != NULL && json_object_get(vios, keys[k]) == NULL)
				(void)json_object_set(vios, keys[k], value);
		}
}

/* What it told now over what it told before: a system that is off has nothing to say of its VIOSes, and they stay known. */
static void
take_facts(json_t *row, const json_t *system)
{
	json_t	   *facts = json_object_get(row, "facts"), *told = json_object_get(system, "facts");
	const char *most = field_text(told, "max_lpars");

	if (!json_is_object(facts)) {
		facts = json_object();
		(void)json_object_set_new(row, "facts", facts);
	}
	keep_checked(json_object_get(told, "vioses"), json_object_get(facts, "vioses"));
	(void)json_object_update(facts, told);
	if (most[0] != '\0')
		(void)json_object_set_new(facts, "max_lpars", json_integer(strtoll(most, NULL, 10)));
	take_capabilities(facts, system);
	(void)json_object_set_new(facts, "state", json_string(field_text(system, "state")));
	(void)json_object_set_new(facts, "pools", pools_of(facts));
	(void)json_object_set_new(row, "seen_ms", json_integer((json_int_t)clock_wall_ms()));
}

/* A console that no longer manages a system with VMs of ours is not the same console, or has lost it. */
static int
is_missing(struct store *st, const char *platform, const json_t *all, const json_t *found, struct pd_err *why,
    struct pd_err *e)
{
	json_t	     *vms = NULL, *vm;
	const json_t *row;
	size_t	      i, k;
	int	      rv = 0;

	if (store_vm_list(st, NULL, NULL, platform, &vms, e) == -1)
		return -1;
	json_array_foreach(all, i, row) {
		if (strcmp(field_text(row, "platform"), platform) != 0 ||
		    field_find(found, "ident", field_text(row, "ident")) != NULL)
			continue;
		json_array_foreach(vms, k, vm)
			if (rv == 0 && strcmp(field_text(vm, "system"), field_text(row, "name")) == 0) {
			(void)pd_fail(why, PD_CONFLICT,
			    "the console does not manage the system %s, which has the VM %s; nothing was changed",
			    field_text(row, "name"), field_text(vm, "name"));
			rv = 1;
			}
	}
	json_decref(vms);
	return rv;
}

int
effects_systems_check(struct store *st, const char *platform, const json_t *found, struct pd_err *why, struct pd_err *e)
{
	json_t	     *all = NULL;
	const json_t *system, *known;
	size_t	      i;
	int	      rv;

	if (store_system_list(st, NULL, &all, e) == -1)
		return -1;
	rv = is_missing(st, platform, all, found, why, e);
	json_array_foreach(found, i, system) {
		known = field_find(all, "ident", field_text(system, "ident"));
		if (rv != 0 || known == NULL || strcmp(field_text(known, "platform"), platform) == 0)
			continue;
		(void)pd_fail(why, PD_CONFLICT,
		    "the system %s (%s) is managed through the platform %s already; a second console of it is named "
		    "with --second-address when that is registered",
		    field_text(known, "name"), field_text(known, "ident"), field_text(known, "platform"));
		rv = 1;
	}
	json_decref(all);
	return rv;
}

int
effects_systems_put(struct store *st, const char *platform, const char *level, const json_t *found, struct pd_err *e)
{
	json_t	     *all = NULL, *row = NULL;
	const json_t *system;
	size_t	      i;
	int	      rv = 0;

	if (store_system_list(st, NULL, &all, e) == -1)
		return -1;
	json_array_foreach(found, i, system) {
		if (rv == -1 || (rv = row_for(platform, all, system, &row, e)) == -1)
			break;
		take_facts(row, system);
		if (level[0] != '\0')
			(void)json_object_set_new(row, "level", json_string(level));
		rv = store_system_put(st, row, e);
		(void)json_array_append_new(all, row);
	}
	json_decref(all);
	return rv;
}

json_t *
effects_systems_pools(const json_t *found)
{
	json_t	     *pools = json_array();
	const json_t *system;
	size_t	      i;

	json_array_foreach(found, i, system) {
		json_t *of = pools_of(json_object_get(system, "facts"));

		add_pools(pools, of);
		json_decref(of);
	}
	return pools;
}

int
effects_systems_access(const json_t *found, const json_t *access, struct pd_err *why)
{
	const json_t *entry, *system, *vios;
	size_t	      a, i, k;

	json_array_foreach(access, a, entry) {
		int n = 0;

		json_array_foreach(found, i, system)
			json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), k, vios)
				n += strcmp(field_text(vios, "name"), field_text(entry, "name")) == 0 && route_is_of(entry, system);
		if (n == 1)
			continue;
		if (n == 0)
			(void)pd_fail(why, PD_NOTFOUND,
			    "--vios-access: no system of the console has a VIOS %s%s%s; nothing was registered",
			    field_text(entry, "name"), field_text(entry, "system")[0] != '\0' ? " on " : "",
			    field_text(entry, "system"));
		else
			(void)pd_fail(why, PD_USAGE,
			    "--vios-access: %d systems have a VIOS %s, say which with system=; nothing was registered",
			    n, field_text(entry, "name"));
		return 1;
	}
	return 0;
}
