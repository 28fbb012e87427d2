/* SPDX-License-Identifier: ISC */
/*
 * orphans_found.c - what a console shows with our mark: its tag, and what is decided about it.
 *
 * A server adapter of a VIOS carries no mark.  It is known by the partition that it serves: one with our mark; or one
 * that is not there any more, of which a VM's row says that this very slot was made for it.  Any other whose partition
 * is not there is shown as unknown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/field.h"
#include "spool/platforms/orphans_look.h"

#define WHY_MAX 120

/* ---- tags ---- */

/* The tag at the beginning of text, which ends or goes on with a character of end. */
static int
take_tag(const char *text, const char *end, char tag[TAG_LEN + 1])
{
	size_t n = strlen(text);

	if (n < TAG_LEN || strncmp(text, "pd", 2) != 0 ||
	    strspn(text + 2, "0123456789abcdefghjkmnpqrstvwxyz") < TAG_LEN - 2)
		return 0;
	if (text[TAG_LEN] != '\0' && strchr(end, text[TAG_LEN]) == NULL)
		return 0;
	memcpy(tag, text, TAG_LEN);
	tag[TAG_LEN] = '\0';
	return 1;
}

/* pdXXXXXXXX_N */
static int
disk_tag(const char *name, char tag[TAG_LEN + 1])
{
	size_t digits;

	if (!take_tag(name, "_", tag) || name[TAG_LEN] != '_')
		return 0;
	digits = strspn(name + TAG_LEN + 1, "0123456789");
	return digits > 0 && digits < 4 && name[TAG_LEN + 1 + digits] == '\0';
}

/* config_pdXXXXXXXX.iso, .xml, .0; on a VIOS that an HMC manages the sources are a directory without an ending */
static int
medium_tag(const char *name, char tag[TAG_LEN + 1])
{
	static const char config[] = "config_";

	return strncmp(name, config, sizeof(config) - 1) == 0 && take_tag(name + sizeof(config) - 1, ".", tag);
}

static int
look_profile_tag(const char *name, char tag[TAG_LEN + 1])
{
	return take_tag(name, "", tag);
}

static void
note_tags(struct look *l, const json_t *rows, const char *key, int (*tag_of)(const char *name, char tag[TAG_LEN + 1]))
{
	const json_t *row;
	size_t	      i;
	char	      tag[TAG_LEN + 1];

	json_array_foreach(rows, i, row)
		if (tag_of(field_text(row, key), tag) && json_object_get(l->owners, tag) == NULL)
			(void)json_object_set_new(l->owners, tag, json_null());
}

/* Of one VIOS, or of an IVM, which is one. */
static void
note_storage(struct look *l, const json_t *vios, const char *pools)
{
	const json_t *pool;
	size_t	      i;

	json_array_foreach(json_object_get(vios, pools), i, pool) {
		note_tags(l, json_object_get(pool, "volumes"), "name", disk_tag);
		note_tags(l, json_object_get(pool, "files"), "name", disk_tag);
	}
	note_tags(l, json_object_get(vios, "media"), "name", medium_tag);
	note_tags(l, json_object_get(vios, "sources"), "name", medium_tag);
}

void
look_note_all(struct look *l, const json_t *found)
{
	const json_t *system, *vios, *vm;
	size_t	      i, k;
	char	      tag[TAG_LEN + 1];

	note_tags(l, json_object_get(found, "partitions"), "profile", look_profile_tag);
	note_storage(l, found, "pools");
	json_array_foreach(json_object_get(found, "systems"), i, system) {
		note_tags(l, json_object_get(system, "partitions"), "profile", look_profile_tag);
		json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), k, vios)
			note_storage(l, vios, "stores");
	}
	json_array_foreach(l->vms, i, vm) /* what was stuck may have left nothing, but it holds name and quota */
	    if (take_tag(field_text(json_object_get(vm, "objects"), "tag"), "", tag) &&
		json_object_get(l->owners, tag) == NULL)(void) json_object_set_new(l->owners, tag, json_null());
}

/* ---- things ---- */

/* Takes thing into the list of that name; it is dropped when somebody owns it. */
static void
add(struct look *l, json_t *into, const char *list, const char *tag, json_t *thing, int is_as_made)
{
	const json_t *o = json_object_get(l->owners, tag);

	if (thing == NULL || !json_is_object(o)) {
		json_decref(thing);
		return;
	}
	(void)json_object_update_missing(thing, (json_t *)(uintptr_t)o);
	(void)json_object_set_new(thing, "tag", json_string(tag));
	if (!is_as_made) {
		(void)json_object_set_new(thing, "origin", json_string("unknown"));
		(void)json_object_set_new(thing, "why", json_string("it carries our mark, but not the name that its job gave it"));
	}
	if (l->clean && !l->is_held && strcmp(field_text(thing, "origin"), "ours") == 0)
		(void)json_object_set_new(thing, "clean", json_true());
	(void)json_array_append_new(json_object_get(into, list), thing);
}

static void
add_partitions(struct look *l, json_t *into, const json_t *found)
{
	const json_t *lpar;
	size_t	      i;
	char	      tag[TAG_LEN + 1];

	json_array_foreach(json_object_get(found, "partitions"), i, lpar) {
		const char *name = field_text(lpar, "name");

		if (!look_profile_tag(field_text(lpar, "profile"), tag))
			continue;
		add(l, into, "partitions", tag,
		    json_pack("{s:I s:s s:s}", "id", (json_int_t)field_number(lpar, "id"), "name", name, "state",
			field_text(lpar, "state")),
		    strcmp(field_text(json_object_get(l->owners, tag), "vm"), name) == 0);
	}
}

static void
add_disks(struct look *l, json_t *into, const json_t *pool, const char *list)
{
	const json_t *disk;
	size_t	      i;
	char	      tag[TAG_LEN + 1];

	json_array_foreach(json_object_get(pool, list), i, disk)
		if (disk_tag(field_text(disk, "name"), tag))
			add(l, into, list, tag,
			    json_pack("{s:s s:s}", "name", field_text(disk, "name"), "pool", field_text(pool, "name")), 1);
}

/* One for each tag, however many files it has. */
static void
add_media(struct look *l, json_t *into, const json_t *files)
{
	const json_t *file, *there;
	size_t	      i, k;
	char	      tag[TAG_LEN + 1];

	json_array_foreach(files, i, file) {
		int is_new = medium_tag(field_text(file, "name"), tag);

		json_array_foreach(json_object_get(into, "media"), k, there)
			is_new = is_new && strcmp(field_text(there, "tag"), tag) != 0;
		if (is_new)
			add(l, into, "media", tag, json_object(), 1);
	}
}

static void
add_storage(struct look *l, json_t *into, const json_t *vios, const char *pools)
{
	const json_t *pool;
	size_t	      i;

	json_array_foreach(json_object_get(vios, pools), i, pool) {
		add_disks(l, into, pool, "volumes");
		add_disks(l, into, pool, "files");
	}
	add_media(l, into, json_object_get(vios, "media"));
	add_media(l, into, json_object_get(vios, "sources"));
}

/* ---- server adapters ---- */

enum served { SERVED_BY_MARK, SERVED_GONE, SERVED_OTHER };

/* The partition that an adapter serves: is it there, and has it our mark? */
static enum served
find_served(const json_t *system, json_int_t id, char tag[TAG_LEN + 1])
{
	const json_t *lpar;
	size_t	      i;

	json_array_foreach(json_object_get(system, "partitions"), i, lpar)
		if (field_number(lpar, "id") == id && look_profile_tag(field_text(lpar, "profile"), tag))
			return SERVED_BY_MARK;
	json_array_foreach(json_object_get(system, "clients"), i, lpar)
		if (field_number(lpar, "id") == id)
			return SERVED_OTHER;
	return SERVED_GONE;
}

/* The lists of what serves virtual SCSI and virtual Fibre Channel: as found and decided, and where a VM's row names its slots. */
static const struct serving {
	const char *adapters, *entries, *made;
} scsi = { "adapters", "entries", "paths" }, fc = { "fc_adapters", "fc_entries", "fc" };

/* The VM whose row says that this slot was made for it; NULL = none. */
static const json_t *
vm_of_slot(const struct look *l, const json_t *system, const char *made, json_int_t vios, json_int_t slot, json_int_t client)
{
	const json_t *vm, *path;
	size_t	      i, k;

	json_array_foreach(l->vms, i, vm) {
		if (field_number(vm, "lpar_id") != client ||
		    strcmp(field_text(vm, "system"), field_text(system, "name")) != 0)
			continue;
		json_array_foreach(json_object_get(json_object_get(vm, "objects"), made), k, path)
			if (field_number(path, "id") == vios && field_number(path, "slot") == slot)
				return vm;
	}
	return NULL;
}

/* An adapter in a slot of a VIOS, or its entry in the profile; lpar is what the console said of whom it serves. */
static void
add_served(struct look *l, json_t *into, const char *list, const char *made, const json_t *system, const json_t *a)
{
	char	      tag[TAG_LEN + 1] = "", name[60], why[WHY_MAX], *end;
	const char   *client = field_text(a, "lpar");
	json_int_t    id = strtol(client, &end, 10), slot = field_number(a, "slot");
	const json_t *vm = NULL;
	enum served   served;
	json_t	     *thing;

	if (end == client || *end != '\0')
		return;		/* for any */
	if ((served = find_served(system, id, tag)) == SERVED_OTHER)
		return;
	if (served == SERVED_GONE && (vm = vm_of_slot(l, system, made, field_number(into, "id"), slot, id)) != NULL)
		(void)snprintf(tag, sizeof(tag), "%s", field_text(json_object_get(vm, "objects"), "tag"));
	(void)snprintf(name, sizeof(name), "slot %d for partition %d", (int)slot, (int)id);
	thing = json_pack("{s:s s:I s:I s:s}", "name", name, "slot", slot, "lpar", id, "client_slot", field_text(a, "client_slot"));
	if (tag[0] != '\0') {
		add(l, into, list, tag, thing, 1);
		return;
	}
	(void)snprintf(why, sizeof(why), "partition %d is not there, and no VM known here had it", (int)id);
	(void)json_object_update_new(thing, json_pack("{s:s s:s s:s s:s s:s}", "origin", "unknown", "job", "", "vm", "", "tag", "", "why", why));
	(void)json_array_append_new(json_object_get(into, list), thing);
}

static void
add_adapters(struct look *l, json_t *into, const struct serving *kind, const json_t *system, const json_t *vios)
{
	const json_t *a;
	size_t	      i;

	(void)json_object_set_new(into, kind->adapters, json_array());
	(void)json_object_set_new(into, kind->entries, json_array());
	json_array_foreach(json_object_get(system, kind->adapters), i, a)
		if (field_number(a, "vios") == field_number(into, "id"))
			add_served(l, into, kind->adapters, kind->made, system, a);
	json_array_foreach(json_object_get(vios, kind->entries), i, a)
		add_served(l, into, kind->entries, kind->made, system, a);
}

/* ---- all ---- */

int
look_is_blind(const json_t *system)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(json_object_get(system, "facts"), "vioses"), i, vios)
		if (field_text(vios, "away")[0] != '\0')
			return 1;
	return field_text(system, "away")[0] != '\0';
}

/* As much of it as commands need; its VIOSes among the facts are those that no command may name as a partition (P9). */
static void
add_system(struct look *l, const json_t *found)
{
	json_t	     *own = json_array(), *vioses = json_array(), *into, *system;
	const json_t *vios;
	size_t	      i;

	system = json_pack("{s:s s:s s:{s:o} s:[] s:o}", "name", field_text(found, "name"), "ident",
	    field_text(found, "ident"), "facts", "vioses", own, "partitions", "vioses", vioses);
	l->is_held = look_is_blind(found);	/* a VIOS's adapters are known by their partition: it goes last, or stays */
	add_partitions(l, system, found);
	json_array_foreach(json_object_get(json_object_get(found, "facts"), "vioses"), i, vios) {
		l->is_held = field_text(vios, "away")[0] != '\0';
		(void)json_array_append_new(own, json_pack("{s:I}", "id", (json_int_t)field_number(vios, "id")));
		into = json_pack("{s:I s:s s:s s:[] s:[] s:[]}", "id", (json_int_t)field_number(vios, "id"), "name",
		    field_text(vios, "name"), "profile", field_text(vios, "profile"), "volumes", "files", "media");
		if (l->is_held)
			(void)json_object_set(into, "away", json_object_get(vios, "away"));
		add_adapters(l, into, &scsi, found, vios);
		add_adapters(l, into, &fc, found, vios);
		add_storage(l, into, vios, "stores");
		(void)json_array_append_new(vioses, into);
	}
	l->is_held = 0;
	if (field_text(found, "away")[0] != '\0')
		(void)json_object_set(system, "away", json_object_get(found, "away"));
	(void)json_array_append_new(json_object_get(l->decision, "systems"), system);
}

void
look_add_all(struct look *l, const json_t *found)
{
	static const char *const lists[] = { "partitions", "volumes", "files", "media", "systems" };
	const json_t		*system;
	size_t			 i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		(void)json_object_set_new(l->decision, lists[i], json_array());
	add_partitions(l, l->decision, found);
	add_storage(l, l->decision, found, "pools");
	json_array_foreach(json_object_get(found, "systems"), i, system)
		add_system(l, system);
}
