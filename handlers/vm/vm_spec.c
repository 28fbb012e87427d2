/* SPDX-License-Identifier: ISC */
/*
 * vm_spec.c - from what a tenant asked for to the complete numbers of an LPAR.
 *
 * Rules of the machine (reference: IVM, mksyscfg): minimum <= desired <= maximum; memory in whole regions; 0.10
 * processing units or more and at most 1.00 per virtual processor.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/sequence/value_type.h"
#include "handlers/vm/vm_fc.h"
#include "handlers/vm/vm_features.h"
#include "handlers/vm/vm_paths.h"
#include "handlers/vm/vm_spec_parts.h"
#include "spool/field.h"

#define UNITS_DEFAULT	 50	/* hundredths */
#define UNITS_PER_PROC	 10	/* least, per virtual processor */
#define MEMORY_DEFAULT	 1024	/* MiB */
#define MEMORY_LEAST	 256	/* below it no AIX or Linux of POWER boots */
#define REGION_DEFAULT	 256	/* when the platform did not tell: a multiple of every smaller size */
#define WEIGHT_DEFAULT	 128
#define PROCS_MOST	 64	/* virtual processors of one partition on IVM systems */

struct range {
	json_int_t min, desired, max;
	int	   has_min, has_max, is_given;
};

static json_int_t
number(const json_t *o, const char *key, json_int_t otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

static struct range
range(const json_t *args, const char *key, json_int_t otherwise)
{
	const json_t *o = json_object_get(args, key);
	struct range  r = { .is_given = json_is_object(o) };

	r.desired = number(o, "desired", otherwise);
	r.has_min = json_is_integer(json_object_get(o, "min"));
	r.has_max = json_is_integer(json_object_get(o, "max"));
	r.min = number(o, "min", 0);
	r.max = number(o, "max", 0);
	return r;
}

static json_int_t
least(json_int_t a, json_int_t b)
{
	return a < b ? a : b;
}

static json_int_t
most(json_int_t a, json_int_t b)
{
	return a > b ? a : b;
}

/* The usual maximum: twice as much, but not more than there is. */
static json_int_t
usual_max(json_int_t desired, json_int_t there_is)
{
	return there_is > 0 ? most(desired, least(2 * desired, there_is)) : 2 * desired;
}

static int
check_order(struct maker *m, const char *what, const struct range *r)
{
	if (r->min < 1 || r->min > r->desired || r->desired > r->max)
		return pd_fail(m->e, PD_BADDATA, "%s: minimum, desired and maximum must be in ascending order", what);
	return 0;
}

static void
set_units(json_t *spec, const char *key, json_int_t hundredths)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%" JSON_INTEGER_FORMAT ".%02d", hundredths / 100, (int)(hundredths % 100));
	json_object_set_new(spec, key, json_string(buf));
}

static void
set_range(json_t *spec, const char *min, const char *desired, const char *max, const struct range *r)
{
	json_object_set_new(spec, min, json_integer(r->min));
	json_object_set_new(spec, desired, json_integer(r->desired));
	json_object_set_new(spec, max, json_integer(r->max));
}

/* ---- processors ---- */

static json_int_t
facts_units(const struct maker *m)
{
	char	   buf[VALUE_MAX];
	json_int_t thousandths = 0;

	return value_number(value_as_text(buf, json_object_get(m->facts, "units")), &thousandths) ? thousandths / 10 :
	    0;
}

static void
fill_procs(struct range *p, json_int_t units_max)
{
	if (!p->has_min)
		p->min = 1;
	if (!p->has_max)
		p->max = most(usual_max(p->desired, PROCS_MOST), least((units_max + 99) / 100, PROCS_MOST));
}

/* Each of minimum, desired and maximum: 0.10 to 1.00 units for each virtual processor. */
static int
check_pair(struct maker *m, const char *which, json_int_t units, json_int_t procs)
{
	if (units < UNITS_PER_PROC * procs)
		return pd_fail(m->e, PD_BADDATA, "%s processing units %d.%02d are too few for %d virtual processor%s: "
		    "each needs 0.10; change --cpu or --procs", which, (int)(units / 100), (int)(units % 100), (int)procs,
		    procs == 1 ? "" : "s");
	if (units > 100 * procs)
		return pd_fail(m->e, PD_BADDATA,
		    "%s processing units %d.%02d are more than %d virtual processor%s can use; change --cpu or --procs",
		    which, (int)(units / 100), (int)(units % 100), (int)procs, procs == 1 ? "" : "s");
	return 0;
}

static int
make_shared(struct maker *m)
{
	struct range u = range(m->args, "units", UNITS_DEFAULT);
	struct range p = range(m->args, "procs", (u.desired + 99) / 100);
	int	     capped = field_is_set(m->args, "capped");

	if (capped && json_object_get(m->args, "weight") != NULL)
		return pd_fail(m->e, PD_USAGE, "--weight goes with uncapped VMs, not with --capped");
	if (!u.has_max)
		u.max = usual_max(u.desired, facts_units(m));
	fill_procs(&p, u.max);
	if (!u.has_min)
		u.min = least(UNITS_PER_PROC * p.min, u.desired);
	if (!u.has_max)
		u.max = least(most(u.max, UNITS_PER_PROC * p.max), 100 * p.max);
	if (check_order(m, "--cpu", &u) == -1 || check_order(m, "--procs", &p) == -1)
		return -1;
	if (check_pair(m, "minimum", u.min, p.min) == -1 || check_pair(m, "desired", u.desired, p.desired) == -1 ||
	    check_pair(m, "maximum", u.max, p.max) == -1)
		return -1;
	json_object_set_new(m->spec, "mode", json_string("shared"));
	json_object_set_new(m->spec, "sharing", json_string(capped ? "cap" : "uncap"));
	if (!capped)
		json_object_set_new(m->spec, "weight", json_integer(number(m->args, "weight", WEIGHT_DEFAULT)));
	set_units(m->spec, "units_min", u.min);
	set_units(m->spec, "units", u.desired);
	set_units(m->spec, "units_max", u.max);
	set_range(m->spec, "procs_min", "procs", "procs_max", &p);
	m->amounts->units = u.desired;
	m->amounts->procs = p.desired;
	return 0;
}

static int
make_dedicated(struct maker *m)
{
	struct range p = range(m->args, "procs", 1);

	if (json_object_get(m->args, "units") != NULL)
		return pd_fail(m->e, PD_USAGE, "--cpu goes with shared processors; with --dedicated say --procs");
	if (field_is_set(m->args, "capped") || json_object_get(m->args, "weight") != NULL)
		return pd_fail(m->e, PD_USAGE, "--capped and --weight go with shared processors, not with --dedicated");
	if (!p.has_min)
		p.min = 1;
	if (!p.has_max)
		p.max = usual_max(p.desired, facts_units(m) / 100);
	if (check_order(m, "--procs", &p) == -1)
		return -1;
	json_object_set_new(m->spec, "mode", json_string("ded"));
	json_object_set_new(m->spec, "sharing", json_string("keep_idle_procs"));
	set_range(m->spec, "procs_min", "procs", "procs_max", &p);
	m->amounts->units = 100 * p.desired;
	m->amounts->procs = p.desired;
	return 0;
}

static int
make_memory(struct maker *m)
{
	struct range r = range(m->args, "memory", MEMORY_DEFAULT);
	json_int_t   region = number(m->facts, "region_size", REGION_DEFAULT), there_is = number(m->facts, "memory", 0);

	if (region < 1)
		region = REGION_DEFAULT;
	if (r.desired < 1 || r.min < 0 || r.max < 0)
		return pd_fail(m->e, PD_BADDATA, "--memory: no memory");
	if (r.desired % region != 0 && !r.is_given)
		r.desired = (r.desired + region - 1) / region * region;
	if (r.desired % region != 0)
		return pd_fail(m->e, PD_BADDATA,
		    "--memory: %dM is not a multiple of this platform's memory region of %dM; the next is %dM",
		    (int)r.desired, (int)region, (int)((r.desired / region + 1) * region));
	if (!r.has_min)
		r.min = least(MEMORY_LEAST, r.desired);
	if (!r.has_max)
		r.max = usual_max(r.desired, there_is);
	r.min = (r.min + region - 1) / region * region;
	r.max = r.has_max ? (r.max + region - 1) / region * region : most(r.desired, r.max / region * region);
	if (check_order(m, "--memory", &r) == -1)
		return -1;
	set_range(m->spec, "memory_min", "memory", "memory_max", &r);
	m->amounts->memory = r.desired;
	return 0;
}

/* ---- starting and configuring ---- */

/* A VM's name may hold what a host name may not: "_" becomes "-". */
static int
make_hostname(struct maker *m)
{
	const struct value_type *type = value_type_find("hostname");
	const char		*asked = field_text(m->args, "hostname");
	char			 name[256];

	snprintf(name, sizeof(name), "%s", asked[0] != '\0' ? asked : field_text(m->args, "name"));
	for (char *p = name; asked[0] == '\0' && *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	if (value_type_check(type, "--hostname", name, NULL) == -1)
		return pd_fail(m->e, PD_USAGE, "the VM's name is no host name; say one with --hostname");
	json_object_set_new(m->spec, "hostname", json_string(name));
	return 0;
}

static int
make_start(struct maker *m, int has_address)
{
	const char *until = field_text(m->args, "until");
	int	    start = !field_is_set(m->args, "no_start");
	int	    configure = has_address && strcmp(field_text(m->image, "first_boot"), "agent") == 0;

	if (strcmp(field_text(m->args, "boot_mode"), "sms") == 0 && start && m->image != NULL)
		return pd_fail(m->e, PD_USAGE,
		    "--boot sms stops in the SMS menu, where the image's guest does not start: say --no-start, too");
	if (until[0] != '\0' && !start)
		return pd_fail(m->e, PD_USAGE, "--until and --no-start exclude each other");
	if (strcmp(until, "configured") == 0 && !configure)
		return pd_fail(m->e, PD_USAGE,
		    "--until configured needs an image whose guest configures itself, and a --network with ip=");
	json_object_set_new(m->spec, "start", json_boolean(start));
	json_object_set_new(m->spec, "configure", json_boolean(configure));
	json_object_set_new(m->spec, "wait_configured", json_boolean(configure && start && strcmp(until, "running") != 0));
	return 0;
}

/* Whole disks are as large as they are, and count so. */
static int
make_paths(struct maker *m)
{
	const json_t *disk;
	size_t	      i;

	if (json_array_size(json_object_get(m->facts, "vioses")) == 0)
		return 0;
	if (vm_paths_make(m->spec, m->facts, m->e) == -1)
		return -1;
	m->amounts->disk = 0;
	json_array_foreach(json_object_get(m->spec, "disks"), i, disk)
		m->amounts->disk += number(disk, "size", 0);
	return 0;
}

static int
make(struct maker *m)
{
	int has_address = 0;

	if ((field_is_set(m->args, "dedicated") ? make_dedicated(m) : make_shared(m)) == -1)
		return -1;
	if (vm_features_make(m->spec, m->args, m->e) == -1 || make_memory(m) == -1 || spec_make_disks(m) == -1 ||
	    spec_make_networks(m, &has_address) == -1)
		return -1;
	if (make_paths(m) == -1)
		return -1;
	if (strcmp(field_text(m->spec, "mem_mode"), "shared") == 0 && json_object_get(m->spec, "paging_vios") == NULL)
		json_object_set(m->spec, "paging_vios",
		    json_object_get(json_array_get(json_object_get(m->spec, "paths"), 0), "name"));
	if (vm_fc_make(m->spec, m->args, m->facts, m->e) == -1)
		return -1;
	return make_hostname(m) == -1 || make_start(m, has_address) == -1 ? -1 : 0;
}

int
vm_spec_sizes(const json_t *args, const json_t *platform, json_t **sizes, struct pd_amounts *amounts, struct pd_err *e)
{
	struct maker m = { .args = args, .platform = platform, .facts = json_object_get(platform, "facts"), .amounts = amounts, .e = e };

	*sizes = NULL;
	if ((m.spec = json_object()) == NULL)
		return pd_fail(e, PD_IO, "no memory for the sizes of a VM");
	if ((field_is_set(args, "dedicated") ? make_dedicated(&m) : make_shared(&m)) == -1 || make_memory(&m) == -1) {
		json_decref(m.spec);
		return -1;
	}
	*sizes = m.spec;
	return 0;
}

int
vm_spec_make(const json_t *args, const char *tag, const json_t *platform, const json_t *image, json_t **spec,
    struct pd_amounts *amounts, struct pd_err *e)
{
	struct maker m = { .args = args, .platform = platform, .image = image, .tag = tag, .amounts = amounts, .e = e };

	*spec = NULL;
	memset(amounts, 0, sizeof(*amounts));
	amounts->vms = 1;
	m.facts = json_object_get(platform, "facts");
	m.spec = json_pack("{s:s, s:s}", "name", field_text(args, "name"), "tag", tag);
	if (m.spec == NULL)
		return pd_fail(e, PD_BUG, "the VM's name or tag is no text");
	if (field_text(platform, "system")[0] != '\0')
		(void)json_object_set(m.spec, "system", json_object_get(platform, "system"));
	if (make(&m) == -1) {
		json_decref(m.spec);
		return -1;
	}
	*spec = m.spec;
	return 0;
}
