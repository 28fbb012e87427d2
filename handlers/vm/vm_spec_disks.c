/* SPDX-License-Identifier: ISC */
/*
 * vm_spec_disks.c - the disks of a specification: their pools, sizes and names.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/vm/vm_spec_parts.h"
#include "spool/field.h"

static int
list_has(const json_t *list, const char *name)
{
	const json_t *v;
	size_t	      i;

	json_array_foreach(list, i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return 1;
	return 0;
}

/* The pool's kind, "lv" or "file"; NULL: VMs may not use it, or it is not there. */
static const char *
pool_kind(const struct maker *m, const char *name)
{
	const json_t *allowed = json_object_get(m->platform, "pools"), *pools = json_object_get(m->facts, "pools"), *p;
	size_t	      i;

	if (json_array_size(allowed) > 0 && !list_has(allowed, name))
		return NULL;
	json_array_foreach(pools, i, p)
		if (strcmp(field_text(p, "name"), name) == 0)
			return strcmp(field_text(p, "kind"), "FBPOOL") == 0 ? "file" : strcmp(field_text(p, "kind"), "PVPOOL") == 0 ? "pv" : "lv";
	return json_array_size(pools) == 0 && json_array_size(allowed) > 0 ? "lv" : NULL;
}

static const char *
usual_pool(const struct maker *m)
{
	const char *first = json_string_value(json_array_get(json_object_get(m->platform, "pools"), 0));

	return first != NULL ? first : field_text(m->facts, "default_pool");
}

static int
add_to_pool(struct maker *m, const char *name, json_int_t size)
{
	json_t *pools = json_object_get(m->spec, "pools"), *p;
	size_t	i;

	json_array_foreach(pools, i, p) {
		if (strcmp(field_text(p, "pool"), name) == 0)
			return json_object_set_new(p, "size", json_integer(field_number(p, "size") + size));
	}
	return json_array_append_new(pools, json_pack("{s:s, s:I}", "pool", name, "size", size));
}

/* Nobody knows the pools of a VIOS that does not answer (templates/hmc/inventory.seq). */
static int
no_pool(const struct maker *m, const char *pool)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(m->facts, "vioses"), i, vios)
		if (field_text(vios, "silent")[0] != '\0')
			return pd_fail(m->e, PD_REMOTE, "--disk: no VIOS that answers has the storage pool '%s', and %s does not answer; when it is "
			    "back, check-platform asks it again", pool, field_text(vios, "name"));
	return pd_fail(m->e, PD_NOTFOUND, "--disk: there is no storage pool '%s' for VMs on this platform", pool);
}

static int
add_disk(struct maker *m, size_t index, json_int_t size, const char *pool)
{
	char	    bd[32];
	const char *kind;

	if (pool[0] == '\0')
		pool = usual_pool(m);
	if (size < 1)
		return pd_fail(m->e, PD_BADDATA, "--disk: a disk without a size");
	if ((kind = pool_kind(m, pool)) == NULL)
		return no_pool(m, pool);
	if (index == 0 && m->image != NULL && size < field_number(m->image, "size"))
		return pd_fail(m->e, PD_BADDATA, "--disk: the first disk has %dM, the image %s needs %dM", (int)size,
		    field_text(m->image, "name"), (int)field_number(m->image, "size"));
	snprintf(bd, sizeof(bd), "%.12s_%zu", m->tag, index);
	m->amounts->disk += size;
	if (add_to_pool(m, pool, size) == -1)
		return pd_fail(m->e, PD_BUG, "out of memory");
	return json_array_append_new(json_object_get(m->spec, "disks"),
	    json_pack("{s:I, s:I, s:s, s:s, s:s}", "index", (json_int_t)index, "size", size, "pool", pool, "kind", kind,
		"bd", bd));
}

int
spec_make_disks(struct maker *m)
{
	const json_t *disks = json_object_get(m->args, "disks"), *d;
	size_t	      i;

	json_object_set_new(m->spec, "disks", json_array());
	json_object_set_new(m->spec, "pools", json_array());
	if (json_array_size(disks) == 0 && m->image == NULL)
		return pd_fail(m->e, PD_USAGE, "a VM without --image needs a --disk, as in --disk 20G");
	if (json_array_size(disks) == 0)
		return add_disk(m, 0, field_number(m->image, "size"), "");
	json_array_foreach(disks, i, d)
		if (add_disk(m, i, field_number(d, "size"), field_text(d, "pool")) == -1)
			return -1;
	return 0;
}

int
vm_spec_more_disks(const json_t *args, const json_t *vm, const json_t *platform, json_t **made, struct pd_err *e)
{
	const json_t *objects = json_object_get(vm, "objects"), *kept = json_object_get(objects, "detached"), *asked;
	struct pd_amounts ignored = { 0 };
	struct maker	  m = { .args = args, .platform = platform, .facts = json_object_get(platform, "facts"), .tag = field_text(objects, "tag"),
		.amounts = &ignored, .e = e, .spec = json_pack("{s:[] s:[]}", "disks", "pools") };
	json_t		 *all = json_deep_copy(json_object_get(json_object_get(vm, "spec"), "disks"));
	size_t		  i, before = json_array_size(all);
	int		  rv = 0;

	*made = NULL;
	if (all == NULL)
		all = json_array();
	json_object_set_new(m.spec, "disks", all);
	json_array_foreach(json_object_get(args, "disks"), i, asked)
		if (rv == 0)
			rv = add_disk(&m, (size_t)spec_free_index(all, kept), field_number(asked, "size"), field_text(asked, "pool"));
	if (rv == 0) {
		json_object_set_new(m.spec, "disks", spec_behind(all, before));
		*made = json_incref(m.spec);
	}
	json_decref(m.spec);
	return rv;
}
