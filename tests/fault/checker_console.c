/* SPDX-License-Identifier: ISC */
/*
 * checker_console.c - P4 on the console's side: each VM has exactly its partition, disks, mappings and adapters, and whatever
 * was not there at the beginning belongs to a VM or to a job that is stuck or under way.
 *
 * PowerDirector's things carry the tag of the job that made them: a partition as its profile's name, a disk as
 * TAG_N, files as config_TAG.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

/* The element of list whose key has this text. */
static json_t *
find(const json_t *list, const char *key, const char *text)
{
	size_t	i;
	json_t *e;

	json_array_foreach(list, i, e)
		if (strcmp(text_of(e, key), text) == 0)
			return e;
	return NULL;
}

static json_t *
find_number(const json_t *list, const char *key, json_int_t n)
{
	size_t	i;
	json_t *e;

	json_array_foreach(list, i, e)
		if (number_of(e, key) == n)
			return e;
	return NULL;
}

/* ---- what a VM must have ---- */

struct one {
	struct check	     *c;
	const struct console *con;
	const json_t	     *vm, *lpar, *vhost;
	const char	     *name;
};

static void
check_volume(const struct one *o, const json_t *disk)
{
	const json_t *lv = find(json_object_get(o->con->now, "lvs"), "name", text_of(disk, "bd")), *extent;
	json_int_t    pp = number_of(find(json_object_get(o->con->now, "vgs"), "name", text_of(disk, "pool")), "pp_mb"), mib = 0;
	size_t	      i;

	if (lv == NULL || strcmp(text_of(lv, "vg"), text_of(disk, "pool")) != 0) {
		violation(o->c, "P4", "VM %s has no logical volume %s in %s", o->name, text_of(disk, "bd"), text_of(disk, "pool"));
		return;
	}
	json_array_foreach(json_object_get(lv, "extents"), i, extent)
		mib += number_of(extent, "pps") * pp;
	if (mib < number_of(disk, "size") || mib >= number_of(disk, "size") + pp)
		violation(o->c, "P4", "logical volume %s of VM %s has %lld MiB, not %lld", text_of(disk, "bd"), o->name, (long long)mib,
		    (long long)number_of(disk, "size"));
}

static void
check_disk(const struct one *o, const json_t *disk)
{
	const json_t *vtd = find(json_object_get(o->vhost, "vtds"), "backing", text_of(disk, "bd"));

	count(o->c, "disks", 1);
	if (strcmp(text_of(disk, "kind"), "lv") == 0)
		check_volume(o, disk);
	else if (find(json_object_get(o->con->now, "fbds"), "name", text_of(disk, "bd")) == NULL)
		violation(o->c, "P4", "VM %s has no backing file %s", o->name, text_of(disk, "bd"));
	if (vtd == NULL)
		violation(o->c, "P4", "disk %s of VM %s is not mapped to it", text_of(disk, "bd"), o->name);
	else if (strcmp(text_of(vtd, "name"), text_of(disk, "vtd")) != 0)
		violation(o->c, "P4", "disk %s of VM %s is %s, its row says %s", text_of(disk, "bd"), o->name, text_of(vtd, "name"),
		    text_of(disk, "vtd"));
}

static void
check_mappings(const struct one *o)
{
	json_t *disks = member(o->vm, "objects.disks"), *e;
	size_t	i, opticals = 0;

	json_array_foreach(disks, i, e)
		check_disk(o, e);
	json_array_foreach(json_object_get(o->vhost, "vtds"), i, e) {
		count(o->c, "mappings", 1);
		if (strcmp(text_of(e, "kind"), "optical") == 0)
			opticals++;
		else if (find(disks, "bd", text_of(e, "backing")) == NULL)
			violation(o->c, "P4", "mapping %s of VM %s has disk %s, which is not its own", text_of(e, "name"), o->name,
			    text_of(e, "backing"));
	}
	if (opticals > (size_t)json_is_object(member(o->vm, "objects.medium")) + (size_t)json_is_object(member(o->vm, "objects.iso")))
		violation(o->c, "P4", "VM %s has %zu optical drives and its row knows no medium", o->name, opticals);
}

static void
check_adapters(const struct one *o)
{
	json_t *wanted = member(o->vm, "objects.networks"), *has = json_object_get(o->lpar, "veths"), *e;
	size_t	i;

	json_array_foreach(wanted, i, e)
		if (number_of(find_number(has, "slot", number_of(e, "slot")), "pvid") != number_of(e, "vlan"))
			violation(o->c, "P4", "VM %s has no adapter on VLAN %lld in slot %lld", o->name, (long long)number_of(e, "vlan"),
			    (long long)number_of(e, "slot"));
	if (json_array_size(has) != json_array_size(wanted))
		violation(o->c, "P4", "VM %s has %zu network adapters, its row says %zu", o->name, json_array_size(has),
		    json_array_size(wanted));
}

static void
check_power(const struct one *o)
{
	const char *row = text_of(o->vm, "state"), *console = text_of(o->lpar, "state");

	if ((strcmp(row, "running") == 0 && strcmp(console, "Not Activated") == 0) ||
	    (strcmp(row, "stopped") == 0 && strcmp(console, "Not Activated") != 0))
		count(o->c, "power states that changed since", 1);	/* guests stop by themselves: no promise */
}

static void
check_vm(struct check *c, const struct console *con, const char *name, const json_t *vm)
{
	struct one  o = { .c = c, .con = con, .vm = vm, .name = name };
	const char *tag = text_of(vm, "objects.tag");

	o.lpar = find_number(json_object_get(con->now, "lpars"), "id", number_of(vm, "lpar_id"));
	if (o.lpar == NULL || strcmp(text_of(o.lpar, "name"), name) != 0 || strcmp(text_of(o.lpar, "profile"), tag) != 0) {
		violation(c, "P4", "VM %s: %s has no partition %lld of this name with the profile %s", name, con->platform,
		    (long long)number_of(vm, "lpar_id"), tag);
		return;
	}
	o.vhost = find_number(json_object_get(con->now, "vhosts"), "client", number_of(vm, "lpar_id"));
	if (number_of(o.lpar, "pend.mem") != number_of(vm, "spec.memory") || number_of(o.lpar, "pend.procs") != number_of(vm, "spec.procs"))
		violation(c, "P4", "VM %s has %lld MiB and %lld processors, its row says %lld and %lld", name,
		    (long long)number_of(o.lpar, "pend.mem"), (long long)number_of(o.lpar, "pend.procs"),
		    (long long)number_of(vm, "spec.memory"), (long long)number_of(vm, "spec.procs"));
	check_mappings(&o);
	check_adapters(&o);
	check_power(&o);
}

/* ---- what nothing owns ---- */

/* The tag in a name: TAG, TAG_N, config_TAG...; "" when there is none. */
static const char *
tag_in(const char *name, char tag[16])
{
	const char *s = strncmp(name, "config_", 7) == 0 ? name + 7 : name;
	size_t	    n = strncmp(s, "pd", 2) == 0 ? strspn(s, "0123456789abcdefghijklmnopqrstuvwxyz") : 0;

	tag[0] = '\0';
	if (n == 10 && strchr("_.", s[n]) != NULL)	/* strchr finds the end of the text, too */
		(void)snprintf(tag, 16, "%.10s", s);
	return tag;
}

static void
must_be_owned(struct check *c, const struct console *con, const char *kind, const char *list, const char *name, const char *tagged)
{
	char	    tag[16];
	const char *id;
	json_t	   *job;

	if (list[0] != '\0' && find(json_object_get(con->before, list), "name", name) != NULL)
		return;
	count(c, "things on consoles", 1);
	if (tag_in(tagged, tag)[0] == '\0') {
		if (json_object_size(con->before) > 0)
			violation(c, "P4", "%s: %s %s was not there at the beginning and has no tag", con->platform, kind, name);
		return;
	}
	if (json_object_get(c->owners, tag) != NULL)
		return;
	json_object_foreach(c->jobs, id, job)
		if (strcmp(text_of(job, "tag"), tag) == 0) {
			violation(c, "P4", "%s: %s %s is left of job %s (%s), which is %s", con->platform, kind, name, id,
			    text_of(job, "verb"), text_of(job, "state"));
			return;
		}
	violation(c, "P4", "%s: %s %s belongs to no VM and no job", con->platform, kind, name);
}

static void
check_vhost(struct check *c, const struct console *con, const json_t *vhost)
{
	const json_t *lpar = find_number(json_object_get(con->now, "lpars"), "id", number_of(vhost, "client")), *vtd;
	size_t	      i;

	if (find(json_object_get(con->before, "vhosts"), "name", text_of(vhost, "name")) == NULL &&
	    (lpar == NULL || number_of(vhost, "client") == 0))
		violation(c, "P4", "%s: adapter %s is for a partition %lld that there is not", con->platform, text_of(vhost, "name"),
		    (long long)number_of(vhost, "client"));
	json_array_foreach(json_object_get(vhost, "vtds"), i, vtd)
		if (strcmp(text_of(vtd, "kind"), "optical") != 0)
			must_be_owned(c, con, "mapping", "", text_of(vtd, "name"), text_of(vtd, "backing"));
}

/* First-boot files carry their job's tag; whatever else lies there is not ours. */
static void
check_directory(struct check *c, const struct console *con, const char *dir)
{
	char	       path[4096], tag[16];
	DIR	      *d = opendir(printed(path, sizeof(path), "%s/fs/%s", con->dir, dir));
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (tag_in(e->d_name, tag)[0] != '\0')
			must_be_owned(c, con, "file", "", printed(path, sizeof(path), "/%s/%s", dir, e->d_name), e->d_name);
	if (d != NULL)
		(void)closedir(d);
}

static void
check_console(struct check *c, const struct console *con)
{
	const char *name;
	size_t	    i;
	json_t	   *e;

	count(c, "consoles", 1);
	json_object_foreach(c->vms, name, e)
		if (strcmp(text_of(e, "platform"), con->platform) == 0 && is_one_of(text_of(e, "state"), "running stopped open-firmware"))
			check_vm(c, con, name, e);
	json_array_foreach(json_object_get(con->now, "lpars"), i, e)
		if (strcmp(text_of(e, "env"), "vioserver") != 0)
			must_be_owned(c, con, "partition", "lpars", text_of(e, "name"), text_of(e, "profile"));
	json_array_foreach(json_object_get(con->now, "lvs"), i, e)
		must_be_owned(c, con, "logical volume", "lvs", text_of(e, "name"), text_of(e, "name"));
	json_array_foreach(json_object_get(con->now, "fbds"), i, e)
		must_be_owned(c, con, "backing file", "fbds", text_of(e, "name"), text_of(e, "name"));
	json_array_foreach(json_object_get(con->now, "vhosts"), i, e)
		check_vhost(c, con, e);
	check_directory(c, con, "home/padmin");
	check_directory(c, con, "var/vio/VMLibrary");
}

void
check_consoles(struct check *c)
{
	for (size_t i = 0; i < c->consoles; i++)
		check_console(c, &c->console[i]);
}
