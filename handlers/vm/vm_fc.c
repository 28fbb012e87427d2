/* SPDX-License-Identifier: ISC */
/*
 * vm_fc.c - through which VIOSes a new VM gets its virtual Fibre Channel adapters.
 */
#include <string.h>

#include "handlers/vm/vm_fc.h"
#include "spool/field.h"

static int
runs(const json_t *vios)
{
	return strcmp(field_text(vios, "state"), "Running") == 0 && strcmp(field_text(vios, "rmc"), "active") == 0;
}

static int
is_taken(const json_t *fc, const char *name)
{
	return field_find(fc, "name", name) != NULL;
}

/* The one that is named. */
static const json_t *
find(const json_t *vioses, const json_t *fc, const char *name, struct pd_err *e)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(vioses, i, vios) {
		if (strcmp(field_text(vios, "name"), name) != 0)
			continue;
		if (is_taken(fc, name))
			(void)pd_fail(e, PD_USAGE, "--fc: two adapters through %s; each is of another VIOS", name);
		else if (!runs(vios))
			(void)pd_fail(e, PD_BUSY, "VIOS %s cannot be asked now (state %s, RMC %s)", name, field_text(vios, "state"), field_text(vios, "rmc"));
		else
			return vios;
		return NULL;
	}
	(void)pd_fail(e, PD_NOTFOUND, "--fc: the system has no VIOS %s", name);
	return NULL;
}

static int
is_named(const json_t *asked, const char *name)
{
	return field_find(asked, "vios", name) != NULL;
}

/* One that neither has an adapter of the VM nor is named for another one. */
static const json_t *
choose(const json_t *vioses, const json_t *fc, const json_t *asked, struct pd_err *e)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(vioses, i, vios)
		if (runs(vios) && !is_taken(fc, field_text(vios, "name")) && !is_named(asked, field_text(vios, "name")))
			return vios;
	(void)pd_fail(e, PD_CAPACITY, "%zu virtual Fibre Channel adapters take as many VIOSes that run, and the system has fewer", json_array_size(asked));
	return NULL;
}

static int
add(json_t *fc, const json_t *one, const json_t *vios)
{
	json_int_t n = (json_int_t)json_array_size(fc);
	json_t	  *adapter = json_pack("{s:I s:I}", "index", n, "client_slot", FC_FIRST_SLOT + n);

	if (vios != NULL)
		(void)json_object_update_new(adapter, json_pack("{s:I s:s s:s}", "id", (json_int_t)field_number(vios, "id"), "name",
		    field_text(vios, "name"), "profile", field_text(vios, "profile")));
	if (json_object_get(one, "port") != NULL)
		(void)json_object_set(adapter, "port", json_object_get(one, "port"));
	return json_array_append_new(fc, adapter);
}

/* An IVM has one VIOS, and one adapter of a partition is what its profile shows without doubt. */
static int
check_only_vios(const json_t *asked, const json_t *facts, struct pd_err *e)
{
	const char *name = field_text(json_array_get(asked, 0), "vios");

	if (json_array_size(asked) > 1)
		return pd_fail(e, PD_USAGE, "--fc: a system with an Integrated Virtualization Manager has one VIOS, and a VM there one adapter");
	if (name[0] != '\0' && strcmp(name, field_text(facts, "vios_name")) != 0)
		return pd_fail(e, PD_NOTFOUND, "--fc: the system has no VIOS %s", name);
	return 0;
}

int
vm_fc_make(json_t *spec, const json_t *args, const json_t *facts, struct pd_err *e)
{
	const json_t *asked = json_object_get(args, "fc"), *vioses = json_object_get(facts, "vioses"), *one, *vios = NULL;
	json_t	     *fc;
	size_t	      i;

	if (json_array_size(asked) == 0)
		return 0;
	if (json_array_size(vioses) == 0 && check_only_vios(asked, facts, e) == -1)
		return -1;
	if ((fc = json_array()) == NULL || json_object_set_new(spec, "fc", fc) == -1)
		return pd_fail(e, PD_BUG, "out of memory");
	json_array_foreach(asked, i, one) {
		const char *name = field_text(one, "vios");

		if (json_array_size(vioses) > 0 && (vios = name[0] != '\0' ? find(vioses, fc, name, e) : choose(vioses, fc, asked, e)) == NULL)
			return -1;
		if (add(fc, one, vios) == -1)
			return pd_fail(e, PD_BUG, "out of memory");
	}
	return 0;
}
