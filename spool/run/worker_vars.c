/* SPDX-License-Identifier: ISC */
/*
 * worker_vars.c - what a worker is told about a job.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/verbs.h"
#include "spool/admit/slot_rules.h"
#include "spool/effects/effects.h"
#include "spool/field.h"
#include "spool/os/clock.h"
#include "spool/platforms/slots.h"
#include "spool/run/worker_vars.h"

#define SSH_PORT	22
#define IVM_ACCOUNT	"padmin"
#define HMC_ACCOUNT	"hscroot"
#define WORKER_PATH_MAX 1024

/* A platform that is this host has no address. */
static json_t *
local_platform(const json_t *args)
{
	return json_pack("{s:s s:s s:s s:i s:s s:s s:s}", "name", field_text(args, "name"), "kind",
	    field_text(args, "kind"), "address", "", "port", 0, "user", "", "key", "", "host_key", "");
}

int
worker_platform_is_local(const json_t *platform)
{
	return field_text(platform, "address")[0] == '\0';
}

/* What an element of --vios-access leaves out is as usual: padmin, the console's key, SSH's port. */
static json_t *
vios_access(const json_t *args)
{
	const json_t *given = json_object_get(args, "vios_access"), *vios;
	json_t	     *list = json_array_size(given) > 0 ? json_array() : NULL;
	size_t	      i;

	json_array_foreach(given, i, vios) {
		const char *user = field_text(vios, "user"), *key = field_text(vios, "key");
		int64_t	    port = field_number(vios, "port");

		(void)json_array_append_new(list, json_pack("{s:s s:s* s:s s:I s:s s:s s:s}", "name", field_text(vios, "name"), "system",
		    json_string_value(json_object_get(vios, "system")), "address", field_text(vios, "address"), "port",
		    (json_int_t)(port > 0 ? port : SSH_PORT), "user", user[0] != '\0' ? user : IVM_ACCOUNT, "key",
		    key[0] != '\0' ? key : field_text(args, "key"), "host_key", field_text(vios, "host-key")));
	}
	return list;
}

/* A second console is reached as the first one is, but for its address and host key. */
static void
add_second(json_t *platform, const json_t *args)
{
	int64_t port = field_number(args, "second_port");

	if (field_text(args, "second_address")[0] == '\0')
		return;
	(void)json_object_set(platform, "second_address", json_object_get(args, "second_address"));
	(void)json_object_set(platform, "second_host_key", json_object_get(args, "second_host_key"));
	(void)json_object_set_new(platform, "second_port", json_integer(port > 0 ? (json_int_t)port : field_number(platform, "port")));
}

json_t *
worker_platform_from_args(const json_t *args)
{
	int64_t	    port = field_number(args, "port");
	const char *user = field_text(args, "user");
	json_t	   *platform;

	if (field_is_set(args, "local"))
		return local_platform(args);
	platform = json_pack("{s:s s:s s:s s:I s:s s:s s:s s:o*}", "name", field_text(args, "name"), "kind", field_text(args, "kind"),
	    "address", field_text(args, "address"), "port", (json_int_t)(port > 0 ? port : SSH_PORT), "user",
	    user[0] != '\0' ? user : strcmp(field_text(args, "kind"), "hmc") == 0 ? HMC_ACCOUNT : IVM_ACCOUNT, "key", field_text(args, "key"), "host_key",
	    field_text(args, "host_key"), "vios_access", vios_access(args));
	add_second(platform, args);
	return platform;
}

static int
add_programs(const struct pd_conf *conf, json_t *platform, struct pd_err *e)
{
	json_t *dirs = json_array();
	int	rv = 0;

	for (size_t i = 0; i < conf->console_programs.n; i++)
		rv |= json_array_append_new(dirs, json_string(conf->console_programs.item[i]));
	rv |= json_object_set_new(platform, "programs", dirs);
	return rv == 0 ? 0 : pd_fail(e, PD_IO, "no memory");
}

static int
add_key_file(const struct pd_conf *conf, json_t *host, struct pd_err *e)
{
	char path[WORKER_PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", conf->keys, field_text(host, "key")) >= sizeof(path))
		return pd_fail(e, PD_BADDATA, "the path of the key directory is too long");
	return json_object_set_new(host, "key_file", json_string(path)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory");
}

static int
make_platform(const struct pd_conf *conf, struct store *st, const json_t *job, json_t **platform, struct pd_err *e)
{
	json_t *vios;
	size_t	i;

	if (strcmp(field_text(job, "verb"), "register-platform") == 0)
		*platform = worker_platform_from_args(json_object_get(job, "args"));
	else if (store_platform_get(st, field_text(job, "platform"), platform, e) == -1)
		return e->code == PD_NOTFOUND
		    ? pd_fail(e, PD_NOTFOUND, "the platform %s was removed meanwhile", field_text(job, "platform"))
		    : -1;
	if (worker_platform_is_local(*platform))
		return add_programs(conf, *platform, e);
	json_array_foreach(json_object_get(*platform, "vios_access"), i, vios)
		if (add_key_file(conf, vios, e) == -1)
			return -1;
	return add_key_file(conf, *platform, e);
}

static int
add_image(struct store *st, const json_t *job, json_t *vars, struct pd_err *e)
{
	const char *name = field_text(json_object_get(job, "args"), "image");
	json_t	   *image = NULL;

	if (name[0] == '\0')
		return 0;
	if (store_image_get(st, name, field_text(job, "platform"), &image, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "the image %s was removed meanwhile", name) :
		    -1;
	return json_object_set_new(vars, "image", image) == 0 ? 0 : pd_fail(e, PD_IO, "no memory");
}

static int
add_vm(struct store *st, const json_t *job, json_t *vars, int only_spec, struct pd_err *e)
{
	const char *name = field_text(json_object_get(job, "args"), "name");
	json_t	   *vm = NULL;
	int	    rv;

	if (effects_vm_get(st, job, name, &vm, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "the VM %s was deleted meanwhile", name) : -1;
	rv = json_object_set(vars, "vm", only_spec ? json_object_get(vm, "spec") : vm);
	json_decref(vm);
	return rv == 0 ? 0 : pd_fail(e, PD_IO, "VM %s has no spec", name);
}

static int
create_vars(struct store *st, const json_t *job, json_t *vars, struct pd_err *e)
{
	json_t *spec = json_object_get(json_object_get(job, "args"), "spec");

	if (!field_is_set(job, "plan")) {
		if (add_vm(st, job, vars, 1, e) == -1)
			return -1;
	} else if (json_object_set(vars, "vm", spec) == -1) {	/* a plan reserved no row: admission kept the numbers */
		return pd_fail(e, PD_BUG, "plan %s has no spec", field_text(job, "id"));
	}
	return add_image(st, job, vars, e);
}

/* A plan asks no console: one of each kind, its values shown as <name>. */
static int
add_unknown_orphans(const char *kind, json_t *vars, struct pd_err *e)
{
	json_t *one;

	if (strcmp(kind, "hmc") == 0)
		one = json_pack("{s:[{s:[{s:b}] s:[{s:[{s:b}] s:[{s:b}] s:[{s:b}] s:[{s:b}] s:[{s:b}] s:[{s:b}] s:[{s:b}]}]}]}", "systems",
		    "partitions", "clean", 1, "vioses", "adapters", "clean", 1, "entries", "clean", 1, "fc_adapters", "clean", 1, "fc_entries",
		    "clean", 1, "volumes", "clean", 1, "files", "clean", 1, "media", "clean", 1);
	else
		one = json_pack("{s:[{s:b}] s:[{s:b}] s:[{s:b}] s:[{s:b}]}", "partitions", "clean", 1, "volumes",
		    "clean", 1, "files", "clean", 1, "media", "clean", 1);
	return json_object_set_new(vars, "orphans", one) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the plan");
}

/* Its first argument is one. */
static int
names_a_vm(const char *verb)
{
	const struct verb *v = verb_find(verb);

	return v != NULL && v->nargs > 0 && v->args[0].type == ARG_VM;
}

/* The system that the VM is on, or will be; and, for what concerns the whole console, all of them. */
static int
add_systems(struct store *st, const json_t *platform, json_t *vars, struct pd_err *e)
{
	const char *name = field_text(json_object_get(vars, json_object_get(vars, "vm") != NULL ? "vm" : "args"), "system");
	json_t	   *system = NULL, *systems = NULL;

	if (name[0] != '\0' && store_system_get(st, name, &system, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "the system %s was removed meanwhile", name) :
		    -1;
	if (system != NULL && json_object_set_new(vars, "system", system) == -1)
		return pd_fail(e, PD_IO, "no memory for the system %s", name);
	if (name[0] != '\0' || strcmp(field_text(platform, "kind"), "hmc") != 0)
		return 0;
	if (store_system_list(st, field_text(platform, "name"), &systems, e) == -1)
		return -1;
	return json_object_set_new(vars, "systems", systems) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the systems");
}

/* The system that a migration goes to: a list of one, so that its steps can call it their system and P9 is looked at there. */
static int
add_targets(struct store *st, const json_t *args, json_t *vars, struct pd_err *e)
{
	const char *to = field_text(json_object_get(args, "change"), "to");
	json_t	   *system = NULL;

	if (to[0] == '\0')
		return 0;
	if (store_system_get(st, to, &system, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "the system %s was removed meanwhile", to) : -1;
	return json_object_set_new(vars, "targets", json_pack("[o]", system)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for the system %s", to);
}

static int
make_vars(struct store *st, const json_t *job, const json_t *platform, json_t *vars, struct pd_err *e)
{
	const char *verb = field_text(job, "verb");
	json_t	   *args = json_object_get(job, "args");

	if (strcmp(verb, "create-vm") == 0)
		return create_vars(st, job, vars, e);
	if (json_object_set(vars, "args", args) == -1)
		return pd_fail(e, PD_BUG, "job %s has no arguments", field_text(job, "id"));
	if (strcmp(verb, "orphans") == 0 && field_is_set(job, "plan") && field_is_set(args, "clean"))
		return add_unknown_orphans(field_text(platform, "kind"), vars, e);
	if (strcmp(verb, "register-image") == 0)
		(void)json_object_set_new(vars, "image",
		    json_pack("{s:s s:s}", "name", field_text(args, "name"), "file", field_text(args, "file")));
	if (strcmp(verb, "adopt-vm") == 0)
		return 0;	/* it is none yet */
	if (strcmp(verb, "migrate-vm") == 0 && add_targets(st, args, vars, e) == -1)
		return -1;
	if (names_a_vm(verb))
		return add_vm(st, job, vars, 0, e);
	return 0;
}

int
worker_message(const struct pd_conf *conf, struct store *st, const json_t *job, const char *mode, json_t **msg,
    struct pd_err *e)
{
	json_t *platform = NULL, *vars = json_object();
	char	sequence[WORKER_PATH_MAX];
	int	rv = -1;

	*msg = NULL;
	if (make_platform(conf, st, job, &platform, e) == -1 || make_vars(st, job, platform, vars, e) == -1 ||
	    (strcmp(field_text(job, "verb"), "register-platform") != 0 && add_systems(st, platform, vars, e) == -1))
		goto out;
	if ((size_t)snprintf(sequence, sizeof(sequence), "%s/%s/%s.seq", conf->templates, field_text(platform, "kind"),
		field_text(job, "verb")) >= sizeof(sequence)) {
		pd_fail(e, PD_BADDATA, "the path of the templates is too long");
		goto out;
	}
	(void)json_object_set(vars, "platform", platform);
	*msg = json_pack("{s:s s:s s:s s:s s:O s:O s:s s:s s:I}", "msg", "run", "job", field_text(job, "id"), "mode", mode,
	    "sequence", sequence, "platform", platform, "vars", vars, "tag", field_text(job, "tag"), "verb",
	    field_text(job, "verb"), "log_max", (json_int_t)conf->log_size_mib * 1024 * 1024);
	if (json_object_get(json_object_get(job, "value"), "decided") != NULL)
		(void)json_object_set(*msg, "decided", json_object_get(json_object_get(job, "value"), "decided"));
	rv = *msg != NULL ? 0 : pd_fail(e, PD_IO, "no memory for the message of job %s", field_text(job, "id"));
out:
	json_decref(platform);
	json_decref(vars);
	return rv;
}

/* Rules give slots away by their numbers; else it matters only where few are left. */
static int
asks_slots(const struct pd_conf *conf, struct store *st, const json_t *platform, struct pd_err *e)
{
	const char *name = field_text(platform, "name");

	if (strcmp(field_text(platform, "kind"), "hmc") != 0)
		return 0;
	return slot_rules_of(conf, name) != NULL ? 1 : slots_are_due(st, name, clock_wall_ms(), e);
}

int
worker_inventory(const struct pd_conf *conf, struct store *st, const char *platform, const char *id, int details,
    json_t **msg, struct pd_err *e)
{
	json_t *job = json_pack("{s:s s:s s:s s:s s:{s:s}}", "id", id, "verb", "inventory", "platform", platform, "tag",
	    "", "args", "name", platform);
	int	rv;

	*msg = NULL;
	if (job == NULL)
		return pd_fail(e, PD_IO, "no memory for the inventory of %s", platform);
	if (details)
		(void)json_object_set_new(json_object_get(job, "args"), "details", json_true());
	rv = worker_message(conf, st, job, "run", msg, e);
	if (rv == 0 && (rv = asks_slots(conf, st, json_object_get(*msg, "platform"), e)) == 1)
		rv = json_object_set_new(json_object_get(*msg, "platform"), "ask_slots", json_true());
	if (rv == -1) {
		json_decref(*msg);
		*msg = NULL;
	}
	json_decref(job);
	return rv;
}
