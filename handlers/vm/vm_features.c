/* SPDX-License-Identifier: ISC */
/*
 * vm_features.c - the PowerVM features of a VM, from the request to its specification.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/vm/vm_features.h"

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static int
is_dedicated(const json_t *spec)
{
	return strcmp(text(spec, "mode"), "ded") == 0;
}

/* Idle processors of one's own can be lent; a share of a pool's are not one's own. */
static int
check_mode(const json_t *spec, const json_t *args, struct pd_err *e)
{
	if (json_object_get(args, "sharing") != NULL && !is_dedicated(spec))
		return pd_fail(e, PD_USAGE,
		    "--sharing goes with processors of its own (--dedicated); the others are shared anyway");
	if (json_object_get(args, "proc_pool") != NULL && is_dedicated(spec))
		return pd_fail(e, PD_USAGE, "--proc-pool goes with shared processors, not with --dedicated");
	return 0;
}

/* A factor of 1 is none: the console calls that 0. */
static json_t *
expansion(json_int_t hundredths)
{
	char buf[32];

	if (hundredths <= 100)
		return json_string("0");
	(void)snprintf(buf, sizeof(buf), "%" JSON_INTEGER_FORMAT ".%02d", hundredths / 100, (int)(hundredths % 100));
	return json_string(buf);
}

/* A share of the system's memory pool, which needs a VIOS to page to: the one of the first disk when none is named. */
static int
shared_memory(json_t *spec, const json_t *args, struct pd_err *e)
{
	static const char *const more[] = { "memory_weight", "entitled_memory", "paging_vios" };
	const json_t		*vioses = json_object_get(args, "paging_vios");

	for (size_t i = 0; !json_is_true(json_object_get(args, "shared_memory")) && i < sizeof(more) / sizeof(more[0]);
	     i++)
		if (json_object_get(args, more[i]) != NULL)
			return pd_fail(e, PD_USAGE,
			    "--memory-weight, --entitled-memory and --paging-vios go with --shared-memory");
	if (!json_is_true(json_object_get(args, "shared_memory")))
		return 0;
	if (json_object_get(args, "memory_expansion") != NULL)
		return pd_fail(e, PD_USAGE,
		    "--shared-memory and --memory-expansion: both together are not confirmed to work; choose one");
	if (json_array_size(vioses) == 2 && json_equal(json_array_get(vioses, 0), json_array_get(vioses, 1)))
		return pd_fail(e, PD_USAGE, "--paging-vios: the second one is to be another one");
	(void)json_object_set_new(spec, "mem_mode", json_string("shared"));
	if (json_object_get(args, "memory_weight") != NULL)
		(void)json_object_set(spec, "memory_weight", json_object_get(args, "memory_weight"));
	if (json_object_get(args, "entitled_memory") != NULL)
		(void)json_object_set(spec, "entitled_memory", json_object_get(args, "entitled_memory"));
	if (json_array_size(vioses) > 0)
		(void)json_object_set(spec, "paging_vios", json_array_get(vioses, 0));
	if (json_array_size(vioses) > 1)
		(void)json_object_set(spec, "second_paging_vios", json_array_get(vioses, 1));
	return 0;
}

static void
copy(json_t *spec, const json_t *args, const char *key)
{
	if (json_object_get(args, key) != NULL)
		(void)json_object_set(spec, key, json_object_get(args, key));
}

int
vm_features_make(json_t *spec, const json_t *args, struct pd_err *e)
{
	static const char *const same[] = { "sharing", "proc_pool", "compat_mode", "avail_priority", "boot_mode" };
	const json_t		*factor = json_object_get(args, "memory_expansion"),
		     *restart = json_object_get(args, "remote_restart");

	if (check_mode(spec, args, e) == -1 || shared_memory(spec, args, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		copy(spec, args, same[i]);
	if (factor != NULL)
		(void)json_object_set_new(spec, "memory_expansion", expansion(json_integer_value(factor)));
	if (restart != NULL)
		(void)json_object_set_new(spec, "remote_restart", json_integer(strcmp(text(args, "remote_restart"), "yes") == 0));
	return 0;
}

int
vm_features_asked(const json_t *args)
{
	static const char *const keys[] = { "sharing", "proc_pool", "compat_mode", "avail_priority", "memory_expansion",
		"remote_restart", "fc", "shared_memory" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(args, keys[i]) != NULL)
			return 1;
	return 0;
}
