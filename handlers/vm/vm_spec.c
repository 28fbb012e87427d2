/* SPDX-License-Identifier: ISC */
/*
 * vm_spec.c - from what a tenant asked for to the complete numbers of an LPAR.
 *
 * Rules of the machine (reference: IVM, mksyscfg): minimum <= desired <= maximum; memory in whole regions; 0.10
 * processing units or more and at most 1.00 per virtual processor.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "handlers/sequence/value_type.h"
#include "handlers/vm/vm_fc.h"
#include "handlers/vm/vm_features.h"
#include "handlers/vm/vm_paths.h"
#include "handlers/vm/vm_spec.h"

#define UNITS_DEFAULT	 50	/* hundredths */
#define UNITS_PER_PROC	 10	/* least, per virtual processor */
#define MEMORY_DEFAULT	 1024	/* MiB */
#define MEMORY_LEAST	 256	/* below it no AIX or Linux of POWER boots */
#define REGION_DEFAULT	 256	/* when the platform did not tell: a multiple of every smaller size */
#define WEIGHT_DEFAULT	 128
#define PROCS_MOST	 64	/* virtual processors of one partition on IVM systems */
#define FIRST_SLOT	 15	/* of network adapters, as the original product did: below are disks and reserve */
#define LOWEST_SLOT	 5	/* the console keeps those below for itself and the first disk */
#define SLOTS_LEAST	 20

struct maker {
	const json_t  *args, *platform, *facts, *image;
	const char    *tag;
	json_t	      *spec;
	struct pd_amounts *amounts;
	struct pd_err *e;
};

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

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static int
flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
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

	return value_number(value_as_text(buf, json_object_get(m->facts, "units")), &thousandths) ? thousandths / 10 : 0;
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
		return pd_fail(m->e, PD_BADDATA, "%s processing units %d.%02d are more than %d virtual processor%s can use; change --cpu or --procs",
		    which, (int)(units / 100), (int)(units % 100), (int)procs, procs == 1 ? "" : "s");
	return 0;
}

static int
make_shared(struct maker *m)
{
	struct range u = range(m->args, "units", UNITS_DEFAULT);
	struct range p = range(m->args, "procs", (u.desired + 99) / 100);
	int	     capped = flag(m->args, "capped");

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
	if (flag(m->args, "capped") || json_object_get(m->args, "weight") != NULL)
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
		return pd_fail(m->e, PD_BADDATA, "--memory: %dM is not a multiple of this platform's memory region of %dM; the next is %dM",
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

/* ---- disks ---- */

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
		if (strcmp(text(p, "name"), name) == 0)
			return strcmp(text(p, "kind"), "FBPOOL") == 0 ? "file" : strcmp(text(p, "kind"), "PVPOOL") == 0 ? "pv" : "lv";
	return json_array_size(pools) == 0 && json_array_size(allowed) > 0 ? "lv" : NULL;
}

static const char *
usual_pool(const struct maker *m)
{
	const char *first = json_string_value(json_array_get(json_object_get(m->platform, "pools"), 0));

	return first != NULL ? first : text(m->facts, "default_pool");
}

static int
add_to_pool(struct maker *m, const char *name, json_int_t size)
{
	json_t *pools = json_object_get(m->spec, "pools"), *p;
	size_t	i;

	json_array_foreach(pools, i, p) {
		if (strcmp(text(p, "pool"), name) == 0)
			return json_object_set_new(p, "size", json_integer(number(p, "size", 0) + size));
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
		if (text(vios, "silent")[0] != '\0')
			return pd_fail(m->e, PD_REMOTE, "--disk: no VIOS that answers has the storage pool '%s', and %s does not answer; when it is "
			    "back, check-platform asks it again", pool, text(vios, "name"));
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
	if (index == 0 && m->image != NULL && size < number(m->image, "size", 0))
		return pd_fail(m->e, PD_BADDATA, "--disk: the first disk has %dM, the image %s needs %dM", (int)size, text(m->image, "name"),
		    (int)number(m->image, "size", 0));
	snprintf(bd, sizeof(bd), "%.12s_%zu", m->tag, index);
	m->amounts->disk += size;
	if (add_to_pool(m, pool, size) == -1)
		return pd_fail(m->e, PD_BUG, "out of memory");
	return json_array_append_new(json_object_get(m->spec, "disks"), json_pack("{s:I, s:I, s:s, s:s, s:s}", "index", (json_int_t)index,
	    "size", size, "pool", pool, "kind", kind, "bd", bd));
}

static int
make_disks(struct maker *m)
{
	const json_t *disks = json_object_get(m->args, "disks"), *d;
	size_t	      i;

	json_object_set_new(m->spec, "disks", json_array());
	json_object_set_new(m->spec, "pools", json_array());
	if (json_array_size(disks) == 0 && m->image == NULL)
		return pd_fail(m->e, PD_USAGE, "a VM without --image needs a --disk, as in --disk 20G");
	if (json_array_size(disks) == 0)
		return add_disk(m, 0, number(m->image, "size", 0), "");
	json_array_foreach(disks, i, d)
		if (add_disk(m, i, number(d, "size", 0), text(d, "pool")) == -1)
			return -1;
	return 0;
}

/* ---- networks ---- */

static int
set_address(struct maker *m, json_t *net, const json_t *asked)
{
	json_int_t	prefix = number(asked, "prefix", 0);
	struct in_addr	mask;
	char		buf[INET_ADDRSTRLEN];
	const json_t   *dns = json_object_get(asked, "dns"), *other;
	size_t		i;

	if (prefix < 1 || prefix > 32)
		return pd_fail(m->e, PD_BADDATA, "--network: %s needs its number of network bits, as in %s/24", text(asked, "ip"), text(asked, "ip"));
	json_array_foreach(json_object_get(m->spec, "networks"), i, other)
		if (strcmp(text(other, "ip"), text(asked, "ip")) == 0)
			return pd_fail(m->e, PD_BADDATA, "--network: two adapters with the address %s", text(asked, "ip"));
	mask.s_addr = htonl(~(uint32_t)0 << (32 - prefix));
	json_object_set_new(net, "ip", json_string(text(asked, "ip")));
	json_object_set_new(net, "prefix", json_integer(prefix));
	json_object_set_new(net, "mask", json_string(inet_ntop(AF_INET, &mask, buf, sizeof(buf))));
	if (text(asked, "gateway")[0] != '\0')
		json_object_set_new(net, "gateway", json_string(text(asked, "gateway")));
	if (json_is_string(json_array_get(dns, 0)))
		json_object_set(net, "dns1", json_array_get(dns, 0));
	if (json_is_string(json_array_get(dns, 1)))
		json_object_set(net, "dns2", json_array_get(dns, 1));
	return 0;
}

static int
add_network(struct maker *m, const json_t *asked, json_int_t index, json_int_t slot, int *has_address)
{
	json_int_t vlan = number(asked, "vlan", 0);
	json_t	  *net;

	if (vlan < 1 || vlan > 4094)
		return pd_fail(m->e, PD_BADDATA, "--network: adapter %d has no VLAN", (int)index + 1);
	net = json_pack("{s:I, s:I, s:I}", "index", index, "slot", slot, "vlan", vlan);
	if (text(asked, "name")[0] != '\0')
		json_object_set(net, "name", json_object_get(asked, "name"));
	if (text(asked, "ip")[0] != '\0') {
		*has_address = 1;
		if (set_address(m, net, asked) == -1) {
			json_decref(net);
			return -1;
		}
	}
	return json_array_append_new(json_object_get(m->spec, "networks"), net) == -1 ? pd_fail(m->e, PD_BUG, "out of memory") : 0;
}

static int
make_networks(struct maker *m, int *has_address)
{
	const json_t *networks = json_object_get(m->args, "networks"), *asked;
	size_t	      i;

	json_object_set_new(m->spec, "networks", json_array());
	json_array_foreach(networks, i, asked)
		if (add_network(m, asked, (json_int_t)i, FIRST_SLOT + (json_int_t)i, has_address) == -1)
			return -1;
	json_object_set_new(m->spec, "max_slots", json_integer(most(SLOTS_LEAST, FIRST_SLOT + (json_int_t)i)));
	return 0;
}

/* Does an element of list have this number? */
static int
is_taken(const json_t *list, const char *key, json_int_t n)
{
	const json_t *element;
	size_t	      i;

	json_array_foreach(list, i, element)
		if (number(element, key, -1) == n)
			return 1;
	return 0;
}

static json_int_t
free_index(const json_t *list, const json_t *other)
{
	json_int_t n = 0;

	while (is_taken(list, "index", n) || is_taken(other, "index", n))
		n++;
	return n;
}

/* From the first one that create-vm gives upwards, then what is between the disks' slots and that; -1: none is free. */
static json_int_t
free_slot(const json_t *networks, const json_t *spec)
{
	const json_t *paths = json_object_get(spec, "paths"), *fc = json_object_get(spec, "fc");
	json_int_t    max_slots = number(spec, "max_slots", SLOTS_LEAST);

	for (json_int_t slot = FIRST_SLOT; slot < max_slots; slot++)
		if (!is_taken(networks, "slot", slot))
			return slot;
	for (json_int_t slot = LOWEST_SLOT; slot < FIRST_SLOT; slot++)
		if (!is_taken(networks, "slot", slot) && !is_taken(paths, "client_slot", slot) && !is_taken(fc, "client_slot", slot))
			return slot;
	return -1;
}

/* What of the list was not there before. */
static json_t *
behind(const json_t *list, size_t n)
{
	json_t *made = json_array();

	for (size_t i = n; i < json_array_size(list); i++)
		json_array_append(made, json_array_get(list, i));
	return made;
}

int
vm_spec_more_networks(const json_t *args, const json_t *spec, json_t **networks, struct pd_err *e)
{
	struct maker  m = { .args = args, .e = e, .spec = json_object() };
	json_t	     *all = json_deep_copy(json_object_get(spec, "networks"));
	size_t	      i, before = json_array_size(all);
	const json_t *asked;
	int	      ignored, rv = 0;

	*networks = NULL;
	if (all == NULL)
		all = json_array();
	json_object_set_new(m.spec, "networks", all);
	json_array_foreach(json_object_get(args, "networks"), i, asked) {
		json_int_t slot = free_slot(all, spec);

		if (rv == 0 && slot == -1)
			rv = pd_fail(e, PD_NOSPACE, "the partition has no virtual slot left for a network adapter");
		if (rv == 0)
			rv = add_network(&m, asked, free_index(all, NULL), slot, &ignored);
	}
	if (rv == 0)
		*networks = behind(all, before);
	json_decref(m.spec);
	return rv;
}

int
vm_spec_more_disks(const json_t *args, const json_t *vm, const json_t *platform, json_t **made, struct pd_err *e)
{
	const json_t	 *objects = json_object_get(vm, "objects"), *kept = json_object_get(objects, "detached"), *asked;
	struct pd_amounts ignored = { 0 };
	struct maker	  m = { .args = args, .platform = platform, .facts = json_object_get(platform, "facts"), .tag = text(objects, "tag"),
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
			rv = add_disk(&m, (size_t)free_index(all, kept), number(asked, "size", 0), text(asked, "pool"));
	if (rv == 0) {
		json_object_set_new(m.spec, "disks", behind(all, before));
		*made = json_incref(m.spec);
	}
	json_decref(m.spec);
	return rv;
}

/* ---- starting and configuring ---- */

/* A VM's name may hold what a host name may not: "_" becomes "-". */
static int
make_hostname(struct maker *m)
{
	const struct value_type *type = value_type_find("hostname");
	const char		*asked = text(m->args, "hostname");
	char			 name[256];

	snprintf(name, sizeof(name), "%s", asked[0] != '\0' ? asked : text(m->args, "name"));
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
	const char *until = text(m->args, "until");
	int	    start = !flag(m->args, "no_start");
	int	    configure = has_address && strcmp(text(m->image, "first_boot"), "agent") == 0;

	if (strcmp(text(m->args, "boot_mode"), "sms") == 0 && start && m->image != NULL)
		return pd_fail(m->e, PD_USAGE, "--boot sms stops in the SMS menu, where the image's guest does not start: say --no-start, too");
	if (until[0] != '\0' && !start)
		return pd_fail(m->e, PD_USAGE, "--until and --no-start exclude each other");
	if (strcmp(until, "configured") == 0 && !configure)
		return pd_fail(m->e, PD_USAGE, "--until configured needs an image whose guest configures itself, and a --network with ip=");
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

	if ((flag(m->args, "dedicated") ? make_dedicated(m) : make_shared(m)) == -1)
		return -1;
	if (vm_features_make(m->spec, m->args, m->e) == -1 || make_memory(m) == -1 || make_disks(m) == -1 || make_networks(m, &has_address) == -1)
		return -1;
	if (make_paths(m) == -1)
		return -1;
	if (strcmp(text(m->spec, "mem_mode"), "shared") == 0 && json_object_get(m->spec, "paging_vios") == NULL)
		json_object_set(m->spec, "paging_vios", json_object_get(json_array_get(json_object_get(m->spec, "paths"), 0), "name"));
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
	if ((flag(args, "dedicated") ? make_dedicated(&m) : make_shared(&m)) == -1 || make_memory(&m) == -1) {
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
	m.spec = json_pack("{s:s, s:s}", "name", text(args, "name"), "tag", tag);
	if (m.spec == NULL)
		return pd_fail(e, PD_BUG, "the VM's name or tag is no text");
	if (text(platform, "system")[0] != '\0')
		(void)json_object_set(m.spec, "system", json_object_get(platform, "system"));
	if (make(&m) == -1) {
		json_decref(m.spec);
		return -1;
	}
	*spec = m.spec;
	return 0;
}
