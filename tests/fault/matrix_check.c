/* SPDX-License-Identifier: ISC */
/*
 * matrix_check.c - what must be true after each verb, however it ended.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/matrix.h"

/* ---- the console ---- */

/* An IVM has its partitions in one list, an HMC each system's in one of its own. */
static json_t *
lpar(json_t *world, const char *name)
{
	json_t	   *found = NULL, *child;
	const char *key;
	size_t	    i;

	if (json_is_object(world) && json_object_get(world, "rmc_state") != NULL &&
	    strcmp(json_string_value(json_object_get(world, "name")), name) == 0)
		return world;
	json_object_foreach(world, key, child)
		if (found == NULL)
			found = lpar(child, name);
	json_array_foreach(world, i, child)
		if (found == NULL)
			found = lpar(child, name);
	return found;
}

/* What powering a partition on and off changes. */
static void
forget_power(json_t *world)
{
	static const char *const keys[] = { "state", "refcode", "rmc_state", "rmc_ipaddr", "curr", "hostname", "os_version", "image", "boot_mode",
		"curr_profile" };
	json_t			*l = lpar(world, "web1");

	for (size_t i = 0; l != NULL && i < sizeof(keys) / sizeof(keys[0]); i++)
		(void)json_object_del(l, keys[i]);
}

/* First-boot media and what they are made of: the simulator's state does not list files. */
static int
count_in(const char *path)
{
	DIR	      *dir = opendir(path);
	struct dirent *entry;
	int	       n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		n += strncmp(entry->d_name, "config_", 7) == 0;
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

/* The files of an IVM are in fs, those of each VIOS below an HMC in fs-NAME. */
static int
count_media(struct matrix *m)
{
	char	       path[SITE_PATH_MAX];
	DIR	      *dir = opendir(site_path(&m->site, m->kind->console));
	struct dirent *entry;
	int	       n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "fs", 2) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%.20s/%.60s/home/padmin", m->site.dir, m->kind->console, entry->d_name);
		n += count_in(path);
		(void)snprintf(path, sizeof(path), "%s/%.20s/%.60s/var/vio/VMLibrary", m->site.dir, m->kind->console, entry->d_name);
		n += count_in(path);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

/* The first thing that is not equal, for a person. */
static void
difference(const json_t *a, const json_t *b, const char *path, char *text, size_t size)
{
	const char *key;
	json_t	   *value;
	char	    deeper[200];
	size_t	    i;

	if (json_equal(a, b) || text[0] != '\0')
		return;
	if (json_is_object(a) && json_is_object(b)) {
		json_object_foreach((json_t *)(uintptr_t)a, key, value) {
			(void)snprintf(deeper, sizeof(deeper), "%.150s.%.40s", path, key);
			difference(value, json_object_get(b, key), deeper, text, size);
		}
	} else if (json_is_array(a) && json_is_array(b) && json_array_size(a) == json_array_size(b)) {
		json_array_foreach(a, i, value) {
			(void)snprintf(deeper, sizeof(deeper), "%.150s[%zu]", path, i);
			difference(value, json_array_get(b, i), deeper, text, size);
		}
	}
	if (text[0] == '\0')
		(void)snprintf(text, size, "%s", path);
}

static void
is_world(struct matrix *m, const json_t *expected, int media, const char *when)
{
	json_t *now = site_world(&m->site);
	char	where[300] = "";

	difference(expected, now, "", where, sizeof(where));
	if (where[0] != '\0')
		matrix_wrong(m, "the console is not as before %s: %s", when, where);
	if (count_media(m) != media)
		matrix_wrong(m, "%d first-boot files are there %s instead of %d", count_media(m), when, media);
	json_decref(now);
}

/* Nothing of web1 but, perhaps, its power is another. */
static void
is_world_but_power(struct matrix *m, const char *when)
{
	json_t *expected = json_deep_copy(m->before), *now = site_world(&m->site);
	char	where[300] = "";

	forget_power(expected);
	forget_power(now);
	difference(expected, now, "", where, sizeof(where));
	if (where[0] != '\0')
		matrix_wrong(m, "the console is not as before %s: %s", when, where);
	json_decref(expected);
	json_decref(now);
}

/* ---- what the director knows ---- */

static void
vm_state(struct matrix *m, char state[32])
{
	if (site_text(&m->site, "SELECT state FROM vm WHERE name = 'web1'", state, 32) == -1)
		(void)strcpy(state, "none");
}

static void
is_vm(struct matrix *m, const char *expected)
{
	char state[32];

	vm_state(m, state);
	if (strcmp(state, expected) != 0)
		matrix_wrong(m, "web1 is %s here instead of %s", state, expected);
}

/* The VM's row says what the console says. */
static void
is_true(struct matrix *m)
{
	json_t	   *now = site_world(&m->site);
	const char *console = json_string_value(json_object_get(lpar(now, "web1"), "state"));
	char	    state[32];

	vm_state(m, state);
	if (console == NULL || (strcmp(state, "running") == 0) != (strcmp(console, "Running") == 0) ||
	    (strcmp(state, "stopped") == 0) != (strcmp(console, "Not Activated") == 0))
		matrix_wrong(m, "web1 is %s here and %s on the console", state, console != NULL ? console : "not there");
	json_decref(now);
}

/*
 * Of an HMC the independent checker has no idea; the VM is read again from its systems, by other commands than those of the verb, and compared with
 * its row: there is nothing that differs.
 */
static void
agrees(struct matrix *m, const char *name)
{
	json_t *value = NULL;
	char	line[60];
	const json_t *first;

	if (strcmp(m->kind->name, "ivm") == 0)
		return;
	(void)snprintf(line, sizeof(line), "drift %.20s --json", name);
	if (matrix_ask(m, "admin", line, &value) != 0)
		matrix_wrong(m, "drift %s: %s", name, m->said);
	first = json_array_get(json_object_get(value, "differences"), 0);
	if (first != NULL)
		matrix_wrong(m, "%s of %s is %s on the console and %s here", json_string_value(json_object_get(first, "what")), name,
		    json_string_value(json_object_get(first, "found")), json_string_value(json_object_get(first, "wanted")));
	(void)matrix_settle(m);
	json_decref(value);
}

static int
is(const struct matrix *m, const char *state)
{
	return strcmp(m->state, state) == 0;
}

static void
ends_as_expected(struct matrix *m)
{
	matrix_wrong(m, "the job is %s", m->state);
}

/* ---- stuck: named, and brought to an end ---- */

/* Everything left is in the answer, with whose it is: cleaning, which removes what is listed, would leave the rest. */
static void
is_named(struct matrix *m)
{
	json_t *value = NULL, *o;
	size_t	i;
	int	n = 0;

	if (matrix_ask(m, "admin", "orphans --json", &value) != 0)
		matrix_wrong(m, "orphans does not work: %s", m->said);
	json_array_foreach(json_object_get(value, "orphans"), i, o)
		n += json_string_value(json_object_get(o, "job")) != NULL;
	if (n == 0)
		matrix_wrong(m, "orphans names nothing of a stuck job");
	json_decref(value);
}

static void
clean(struct matrix *m)
{
	is_named(m);
	if (matrix_ask(m, "admin", "orphans --clean --yes --json", NULL) != 0)
		matrix_wrong(m, "orphans --clean: %s", m->said);
	(void)matrix_settle(m);
	is_vm(m, "none");
	is_world(m, m->plain, 0, "after orphans --clean");
}

static void
take_up(struct matrix *m, const char *verb)
{
	char line[80];

	(void)snprintf(line, sizeof(line), "%s %.26s --json", verb, m->job);
	if (matrix_ask(m, "admin", line, NULL) != 0)
		matrix_wrong(m, "%s: %s", verb, m->said);
	(void)matrix_settle(m);
}

static void
delete_it(struct matrix *m)
{
	if (matrix_ask(m, "alice", "delete-vm web1 --yes --force --json", NULL) != 0)
		matrix_wrong(m, "what is done cannot be deleted: %s", m->said);
	is_world(m, m->plain, 0, "after it was deleted");
}

/* By turns: cleaned, undone, gone on with. */
static void
end_stuck(struct matrix *m)
{
	char state[32];

	switch (m->at % 3) {
	case 0:
		is_named(m);
		take_up(m, "undo-job");
		is_vm(m, "none");
		is_world(m, m->plain, 0, "after undo-job");
		break;
	case 1:
		is_named(m);
		take_up(m, "resume-job");
		vm_state(m, state);
		if (strcmp(state, "none") == 0) {	/* a guest that has configured itself before does not do it again */
			is_world(m, m->plain, 0, "after resume-job");
		} else {
			is_true(m);
			delete_it(m);
		}
		break;
	default:
		clean(m);
	}
}

/* ---- the verbs ---- */

void
after_create(struct matrix *m)
{
	if (is(m, "done")) {
		is_true(m);
		agrees(m, "web1");
		delete_it(m);
	} else if (is(m, "failed")) {
		is_vm(m, "none");
		is_world(m, m->plain, 0, "after a failed job");
	} else if (is(m, "stuck"))
		end_stuck(m);
	else
		ends_as_expected(m);
}

void
after_delete(struct matrix *m)
{
	if (is(m, "done")) {
		is_vm(m, "none");
		is_world(m, m->plain, 0, "after it was deleted");
	} else if (is(m, "failed")) {
		is_true(m);
		is_world(m, m->before, 0, "after a failed job");
	} else if (!is(m, "stuck")) {
		ends_as_expected(m);
	} else if (m->at % 2 == 0) {
		clean(m);
	} else {
		is_named(m);
		take_up(m, "resume-job");
		is_vm(m, "none");
		is_world(m, m->plain, 0, "after resume-job");
	}
}

void
after_start(struct matrix *m)
{
	if (is(m, "stuck")) {
		is_named(m);
		take_up(m, "undo-job");
	} else if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	if (!is(m, "done"))
		is_world(m, m->before, 0, "after it was undone");
	is_true(m);
}

/* A guest on its way down is not started again. */
void
after_stop(struct matrix *m)
{
	if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	is_world_but_power(m, "after it was stopped");
	is_true(m);
}

/* What its row says: as before, or as asked for. */
static void
is_spec(struct matrix *m, const char *path, const char *expected)
{
	char sql[200], found[80] = "";

	(void)snprintf(sql, sizeof(sql), "SELECT json_extract(spec, '%s') FROM vm WHERE name = 'web1'", path);
	(void)site_text(&m->site, sql, found, sizeof(found));
	if (strcmp(found, expected) != 0)
		matrix_wrong(m, "the row of web1 has %s = %s instead of %s", path, found, expected);
}

/* Undone exactly, or stuck and undone on an administrator's word; the row is free for the next change. */
void
after_change(struct matrix *m)
{
	if (is(m, "stuck")) {
		is_named(m);
		take_up(m, "undo-job");
	} else if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	if (!is(m, "done"))
		is_world(m, m->before, 0, "after it was undone");
	else
		agrees(m, "web1");
	is_true(m);
	if (site_number(&m->site, "SELECT count(*) FROM vm WHERE json_extract(objects, '$.change') IS NOT NULL") != 0)
		matrix_wrong(m, "web1 is still being changed");
}

void
after_modify(struct matrix *m)
{
	after_change(m);
	is_spec(m, "$.memory", is(m, "done") ? "768" : "512");
}

/* Nothing is changed, however it ends. */
void
after_reading(struct matrix *m)
{
	if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	is_world(m, m->before, 0, "after a verb that only reads");
}

void
after_look(struct matrix *m)
{
	json_t *now = site_world(&m->site);

	if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	if (!json_equal(now, m->before))
		matrix_wrong(m, "looking for orphans has changed the console");
	is_vm(m, "broken");
	json_decref(now);
}

void
after_clean(struct matrix *m)
{
	if (is(m, "failed"))
		clean(m);
	else if (!is(m, "done"))
		ends_as_expected(m);
	is_vm(m, "none");
	is_world(m, m->plain, 0, "after orphans --clean");
}

void
after_undo(struct matrix *m)
{
	if (is(m, "stuck"))
		clean(m);
	else if (!is(m, "failed"))
		ends_as_expected(m);
	is_vm(m, "none");
	is_world(m, m->plain, 0, "after undo-job");
}

/* Its disks, adapters, medium, boot mode: the checker compares them with the console; what is left is what the row counts. */
void
after_disk(struct matrix *m)
{
	after_change(m);
	if (site_number(&m->site, "SELECT disk - (SELECT sum(json_extract(d.value, '$.size')) FROM (SELECT value FROM json_each(vm.spec, '$.disks')"
	    " UNION ALL SELECT value FROM json_each(vm.objects, '$.detached')) d) FROM vm WHERE name = 'web1'") != 0)
		matrix_wrong(m, "the quota counts other disks than web1 has");
}

void
after_rename(struct matrix *m)
{
	if (is(m, "done")) {
		if (site_number(&m->site, "SELECT count(*) FROM vm WHERE name = 'web2'") != 1)
			matrix_wrong(m, "there is no web2");
		agrees(m, "web2");
		if (matrix_ask(m, "alice", "rename-vm web2 --to web1 --json", NULL) != 0)
			matrix_wrong(m, "web2 cannot be renamed: %s", m->said);
		(void)matrix_settle(m);
		is_world(m, m->before, 0, "after it was renamed twice");
	} else {
		after_change(m);
	}
	if (site_number(&m->site, "SELECT count(*) FROM kept WHERE name LIKE 'name:%' AND value <> ''") != 0)
		matrix_wrong(m, "a name is still held");
}

/* There, or where it was, and the same as before for every verb that follows: what is deleted leaves the systems as they were. */
void
after_migrate(struct matrix *m)
{
	json_t *now;

	if (is(m, "stuck")) {
		is_named(m);
		if (m->at % 2 == 0)
			take_up(m, "undo-job");
		matrix_outcome(m);
		if (is(m, "stuck")) {	/* it has arrived: there is no way back, and nothing but to go on */
			if (matrix_ask(m, "alice", "delete-vm web1 --yes --force --json", NULL) != 73)
				matrix_wrong(m, "delete-vm of a VM between two systems: %s", m->said);
			take_up(m, "resume-job");
			matrix_outcome(m);
		}
	}
	if (!is(m, "done") && !is(m, "failed"))
		ends_as_expected(m);
	now = site_world(&m->site);
	if (lpar(now, "web1") == NULL)
		matrix_wrong(m, "web1 is on no system");
	json_decref(now);
	if (site_number(&m->site, "SELECT count(*) FROM vm WHERE name = 'web1' AND system = (SELECT json_extract(args, '$.to') FROM job"
	    " WHERE verb = 'migrate-vm' AND state = 'done')") == 0 && is(m, "done"))
		matrix_wrong(m, "web1 is done and not on the other system");
	is_true(m);
	agrees(m, "web1");
	delete_it(m);
}
