/* SPDX-License-Identifier: ISC */
/*
 * effects_change.h - between effects_change.c and what each of its verbs does to a VM's row.
 */
#ifndef PD_SPOOL_EFFECTS_EFFECTS_CHANGE_H
#define PD_SPOOL_EFFECTS_EFFECTS_CHANGE_H

#include <jansson.h>

/* Lent: the job, its arguments, the "change" that admission worked out, the sequence's value (may be NULL); and the VM's row with two of its documents. */
struct change {
	const json_t *job, *args, *change, *value;
	json_t	     *vm, *spec, *objects;
};

/* done: what there is now.  undone: what admission had noted goes.  stuck: what may be there is remembered, so that a delete-vm finds it. */
void disks_added(struct change *c);
void disks_not_added(struct change *c);
void disks_maybe_added(struct change *c);
void disk_extended(struct change *c);
void disk_removed(struct change *c);

/*
 * The same disks on each VIOS that serves them, where objects.paths has them (handlers/vm/vm_paths.h).  put: those of
 * change.paths, as the sequence has made them, are in list ("disks" or "detached") from now on.  drop: it is in
 * neither.
 */
void path_disks_put(struct change *c, const char *list);
void path_disks_drop(struct change *c, const json_t *disk);
void path_disks_size(struct change *c, const json_t *disk, json_t *size);
json_t *disk_without_device(const json_t *disk);

void networks_added(struct change *c);
void networks_not_added(struct change *c);
void network_changed(struct change *c);
void network_removed(struct change *c);

void fc_added(struct change *c);
void fc_not_added(struct change *c);
void fc_maybe_added(struct change *c);
void fc_removed(struct change *c);
void fc_waits_no_more(struct change *c);	/* it is off: its next start has what its profile has */

void vm_moved(struct change *c);
void vm_perhaps_moved(struct change *c);

/* What is told at the end. */
void say_vm_moved(const struct change *c, char *text, size_t size);
void say_disks_added(const struct change *c, char *text, size_t size);
void say_disk_extended(const struct change *c, char *text, size_t size);
void say_disk_removed(const struct change *c, char *text, size_t size);
void say_networks_added(const struct change *c, char *text, size_t size);
void say_network_changed(const struct change *c, char *text, size_t size);
void say_network_removed(const struct change *c, char *text, size_t size);
void say_fc_added(const struct change *c, char *text, size_t size);
void say_fc_removed(const struct change *c, char *text, size_t size);

/* The list under key, made when it is not there. */
json_t *change_list(json_t *object, const char *key);
/* Takes out of list every element whose key has this text or number. */
void change_drop(json_t *list, const char *key, const json_t *value);

#endif
