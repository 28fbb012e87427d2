/* SPDX-License-Identifier: ISC */
/*
 * admit_record.c - admission of what concerns platforms and images.
 *
 * remove-platform and remove-image change nothing but our own store: they are done here, in the
 * transaction that records them.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool/admit/admission.h"
#include "spool/field.h"
#include "spool/os/sys.h"

/* A change that is done here; takes the reference to what. */
static int
record_change(struct admitting *ad, const char *event, json_t *what, struct pd_err *e)
{
	const struct change_by by = { ad->job->user, ad->tenant->name, ad->job->id, ad->job->verb };

	return change_record(ad->a->store, &by, event, what, e);
}

static void
set_platform(struct admitting *ad, const char *name)
{
	(void)snprintf(ad->platform, sizeof(ad->platform), "%.31s", name);
}

/* The platform must be registered; the text is that of one which the policy does not allow. */
static int
platform_exists(struct admitting *ad, const char *name, struct pd_err *e)
{
	json_t *row = NULL;

	if (store_platform_get(ad->a->store, name, &row, e) == -1) {
		if (e->code == PD_NOTFOUND)
			pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" for you", name);
		return -1;
	}
	json_decref(row);
	set_platform(ad, name);
	return 0;
}

/* A worker that cannot read its key would only find out later, and say less. */
static int
key_exists(const struct admitting *ad, const char *key, struct pd_err *e)
{
	struct stat st;
	int	    dir = sys.open(ad->a->conf->keys, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rv = 0;

	if (dir == -1)
		return pd_fail_sys(e, PD_BADDATA, "the director's key directory cannot be opened");
	if (sys.fstatat(dir, key, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
		rv = pd_fail(e, PD_BADDATA, "--key: there is no file %s in the director's key directory", key);
	else if ((st.st_mode & 077) != 0)
		rv = pd_fail(e, PD_BADDATA, "--key: %s may be read by others, make its mode 0600", key);
	(void)sys.close(dir);
	return rv;
}

/* The console's, and those of VIOSes that have another one. */
static int
keys_exist(const struct admitting *ad, struct pd_err *e)
{
	const json_t *vios;
	size_t	      i;

	json_array_foreach(json_object_get(ad->args, "vios_access"), i, vios)
		if (field_text(vios, "key")[0] != '\0' && key_exists(ad, field_text(vios, "key"), e) == -1)
			return -1;
	return key_exists(ad, field_text(ad->args, "key"), e);
}

/* An IVM is one console, in the VIOS itself: it has no second one, and no other way to its VIOS. */
static int
console_is_possible(const json_t *args, struct pd_err *e)
{
	static const struct {
		const char *key, *option;
	} of_hmc[] = { { "second_address", "second-address" }, { "second_port", "second-port" },
	    { "second_host_key", "second-host-key" }, { "vios_access", "vios-access" } };

	for (size_t i = 0; i < sizeof(of_hmc) / sizeof(of_hmc[0]); i++)
		if (strcmp(field_text(args, "kind"), "hmc") != 0 && json_object_get(args, of_hmc[i].key) != NULL)
			return pd_fail(e, PD_USAGE,
			    "--%s is for the kind hmc: this kind is one console, on the VIOS itself", of_hmc[i].option);
	if ((field_text(args, "second_address")[0] == '\0') != (field_text(args, "second_host_key")[0] == '\0') ||
	    (json_object_get(args, "second_port") != NULL && json_object_get(args, "second_address") == NULL))
		return pd_fail(e, PD_USAGE, "a second console needs both --second-address and --second-host-key");
	return 0;
}

/* Either this host, or how to reach another one. */
static int
says_where(const json_t *args, struct pd_err *e)
{
	static const char *const remote[] = { "address", "port", "user", "key", "host_key", "second_address",
		"second_port", "second_host_key", "vios_access" };

	if (field_is_set(args, "local") && strcmp(field_text(args, "kind"), "hmc") == 0)
		return pd_fail(e, PD_USAGE,
		    "--local is for a host that is a VIOS with an IVM; an HMC is reached over SSH, say --address and --key");
	if (!field_is_set(args, "local")) {
		if (field_text(args, "address")[0] == '\0' || field_text(args, "key")[0] == '\0')
			return pd_fail(e, PD_USAGE,
			    "register-platform needs --address and --key, or --local when this host is its VIOS");
		return 0;
	}
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++)
		if (json_object_get(args, remote[i]) != NULL)
			return pd_fail(e, PD_USAGE, "--local is this host: leave what leads to another one out (--address, --port, --user, --key, --host-key)");
	return 0;
}

int
admit_register_platform(struct admitting *ad, struct pd_err *e)
{
	const char *name = field_text(ad->args, "name");
	json_t	   *row = NULL;
	int	    is_replaced = field_is_set(ad->args, "replace");

	if (says_where(ad->args, e) == -1)
		return -1;
	if (store_platform_get(ad->a->store, name, &row, e) == 0) {
		json_decref(row);
		if (!is_replaced)
			return pd_fail(e, PD_CONFLICT,
			    "the platform %s is registered already; --replace changes its address, account, key and "
			    "host key",
			    name);
	} else if (e->code != PD_NOTFOUND) {
		return -1;
	} else if (is_replaced) {
		return pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" to replace", name);
	}
	set_platform(ad, name);
	if (console_is_possible(ad->args, e) == -1)
		return -1;
	return field_is_set(ad->args, "local") ? 0 : keys_exist(ad, e);
}

int
admit_check_platform(struct admitting *ad, struct pd_err *e)
{
	return platform_exists(ad, field_text(ad->args, "name"), e);
}

/* Without --platform: the only one that there is. */
static int
only_platform(struct admitting *ad, struct pd_err *e)
{
	json_t *all, *row;
	char	names[200] = "";
	size_t	i, len, n;

	if (store_platform_list(ad->a->store, &all, e) == -1)
		return -1;
	n = json_array_size(all);
	json_array_foreach(all, i, row) {
		len = strlen(names);
		(void)snprintf(names + len, sizeof(names) - len, "%s%s", i > 0 ? ", " : "", field_text(row, "name"));
		set_platform(ad, n == 1 ? field_text(row, "name") : "");
	}
	json_decref(all);
	if (n == 0)
		return pd_fail(e, PD_NOTFOUND, "no platform is registered: there is nothing to look at");
	return n == 1 ? 0 :
			pd_fail(e, PD_USAGE, "several platforms are registered, say which with --platform: %s", names);
}

/* Two at a time would remove the same things. */
static int
cleans_alone(struct admitting *ad, struct pd_err *e)
{
	struct job_filter f = { .platform = ad->platform, .pending = 1 };
	json_t		 *jobs, *job;
	size_t		  i;
	int		  rv = 0;

	if (store_job_list(ad->a->store, &f, &jobs, e) == -1)
		return -1;
	json_array_foreach(jobs, i, job)
		if (rv == 0 && strcmp(field_text(job, "verb"), "orphans") == 0 && field_is_set(json_object_get(job, "args"), "clean"))
			rv = pd_fail(e, PD_CONFLICT, "job %s is cleaning %s already; follow it with: follow %s", field_text(job, "id"),
			    ad->platform, field_text(job, "id"));
	json_decref(jobs);
	return rv;
}

int
admit_orphans(struct admitting *ad, struct pd_err *e)
{
	const char *name = field_text(ad->args, "platform");

	if ((name[0] != '\0' ? platform_exists(ad, name, e) : only_platform(ad, e)) == -1)
		return -1;
	return field_is_set(ad->args, "clean") && !ad->job->is_plan ? cleans_alone(ad, e) : 0;
}

int
admit_remove_platform(struct admitting *ad, struct pd_err *e)
{
	const char *name = field_text(ad->args, "name");

	if (platform_exists(ad, name, e) == -1 || store_platform_remove(ad->a->store, name, e) == -1 ||
	    record_change(ad, "platform-removed", json_pack("{s:s}", "platform", name), e) == -1)
		return -1;
	(void)snprintf(ad->said, sizeof(ad->said), "%s is not registered any more; nothing was changed on it", name);
	ad->state = JOB_DONE;
	return 0;
}

int
admit_register_image(struct admitting *ad, struct pd_err *e)
{
	const char *name = field_text(ad->args, "name"), *platform = field_text(ad->args, "platform");
	json_t	   *row = NULL;

	if (platform_exists(ad, platform, e) == -1)
		return -1;
	if (store_image_get(ad->a->store, name, platform, &row, e) == 0) {
		json_decref(row);
		return field_is_set(ad->args, "replace") ? 0 :
		    pd_fail(e, PD_CONFLICT, "%s has an image %s already; --replace looks for its file again and takes what is said of it now", platform, name);
	}
	return e->code == PD_NOTFOUND ? 0 : -1;
}

/* A VM that is being made from the image still needs its row. */
static int
image_is_unused(struct admitting *ad, const char *name, const char *platform, struct pd_err *e)
{
	json_t *vms = NULL, *vm;
	size_t	i;
	int	rv = 0;

	if (store_vm_list(ad->a->store, NULL, NULL, platform, &vms, e) == -1)
		return -1;
	json_array_foreach(vms, i, vm)
		if (rv == 0 && strcmp(field_text(vm, "state"), "creating") == 0 && strcmp(field_text(vm, "image"), name) == 0)
			rv = pd_fail(e, PD_CONFLICT, "the VM %s is being created from %s, try again when it is done",
			    field_text(vm, "name"), name);
	json_decref(vms);
	return rv;
}

int
admit_remove_image(struct admitting *ad, struct pd_err *e)
{
	const char *name = field_text(ad->args, "name"), *platform = json_string_value(json_object_get(ad->args, "platform"));
	json_t	   *row = NULL;

	if (store_image_get(ad->a->store, name, platform, &row, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "there is no image \"%s\" for you; list-images shows them", name) : -1;
	set_platform(ad, field_text(row, "platform"));
	json_decref(row);
	if (image_is_unused(ad, name, ad->platform, e) == -1 ||
	    store_image_remove(ad->a->store, name, ad->platform, e) == -1 ||
	    record_change(ad, "image-removed", json_pack("{s:s s:s}", "image", name, "platform", ad->platform), e) == -1)
		return -1;
	(void)snprintf(ad->said, sizeof(ad->said), "%s on %s is not offered any more; its file stays there", name,
	    ad->platform);
	ad->state = JOB_DONE;
	return 0;
}
