/* SPDX-License-Identifier: ISC */
/*
 * policy_args.c - may this tenant use what the arguments name, and so much of it?
 *
 * What is not allowed is "not there": the text is the one for a name that does not exist, so that
 * nobody learns other tenants' names from refusals.
 */
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

#include "policy/policy.h"
#include "policy/quota.h"

/* Verbs whose own name argument is that of an existing platform or image. */
static const struct {
	const char *verb, *what;
} named[] = {
	{ "check-platform", "platform" },
	{ "remove-platform", "platform" },
	{ "drain-platform", "platform" },
	{ "resume-platform", "platform" },
	{ "remove-image", "image" },
	{ "show-image", "image" },
};

/*
 * Processors of one's own are lost to all others, a processor pool has a limit that its VMs share, a higher priority
 * takes processors from others when one fails, a Fibre Channel port is shared by those that are mapped to it, as is a
 * memory pool, a tape drive has one client, a restart elsewhere takes room there.
 */
const struct policy_feature policy_features[] = {
	{ "dedicated", "dedicated", "processors of its own (--dedicated)" },
	{ "processor-pool", "proc_pool", "a choice of shared processor pools (--proc-pool)" },
	{ "availability-priority", "avail_priority", "another availability priority (--availability-priority)" },
	{ "virtual-tape", "tape", "a tape drive (--tape)" },
	{ "shared-memory", "shared_memory", "shared memory (--shared-memory)" },
	{ "fibre-channel", "fc", "virtual Fibre Channel (--fc)" },
	{ "remote-restart", "remote_restart", "remote restart (--remote-restart)" },
};
const size_t policy_features_count = sizeof(policy_features) / sizeof(policy_features[0]);

struct asking {
	const struct pd_conf   *conf;
	const struct pd_tenant *t;
	struct pd_err	       *e;
};

/* "; you may use: office, lab", as the policy names them; "" where a verb lists them, or all are allowed. */
static const char *
choices(const struct pd_list *allowed, const char *what, char *buf, size_t size)
{
	size_t len;

	if (strcmp(what, "image") == 0)
		return "; list-images shows them";
	if (allowed->n == 0 || policy_list_has(allowed, "*"))
		return "";
	len = (size_t)snprintf(buf, size, "; you may use:");
	for (size_t i = 0; i < allowed->n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s %s", i > 0 ? "," : "", allowed->item[i]);
	return len < size ? buf : "";
}

static int
not_there(const struct asking *a, const struct pd_list *allowed, const char *what, const char *name)
{
	char list[120];

	return pd_fail(a->e, PD_NOTFOUND, "there is no %s \"%s\" for you%s", what, name,
	    choices(allowed, what, list, sizeof(list)));
}

/* NULL is no name and always allowed. */
static int
check_name(const struct asking *a, const struct pd_list *allowed, const char *what, const json_t *value)
{
	const char *name = json_string_value(value);

	return name == NULL || policy_list_has(allowed, name) ? 0 : not_there(a, allowed, what, name);
}

static int
check_own_name(const struct asking *a, const char *verb, const json_t *args)
{
	const json_t *name = json_object_get(args, "name");

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(named[i].verb, verb) == 0)
			return check_name(a, named[i].what[0] == 'p' ? &a->t->platforms : &a->t->images, named[i].what, name);
	return 0;
}

/* What may be asked for: the largest of minimum, desired and maximum. */
static int64_t
largest(const json_t *range)
{
	static const char *const keys[] = { "min", "desired", "max" };
	int64_t			 n = 0, v;

	for (size_t i = 0; i < 3; i++)
		if ((v = json_integer_value(json_object_get(range, keys[i]))) > n)
			n = v;
	return n;
}

static int
over_limit(const struct asking *a, const char *what, const char *asked, const char *may)
{
	return pd_fail(a->e, PD_DENIED, "%s %s is over the limit of tenant %s for one VM: %s", what, asked, a->t->name, may);
}

static int
check_size(const struct asking *a, const char *what, int64_t n, int64_t limit)
{
	char asked[32], may[32];

	return limit < 0 || n <= limit ? 0 : over_limit(a, what, quota_size_text(asked, sizeof(asked), n),
	    quota_size_text(may, sizeof(may), limit));
}

static int
check_units(const struct asking *a, int64_t n, int64_t limit)
{
	char asked[32], may[32];

	return limit < 0 || n <= limit ? 0 : over_limit(a, "processing units", quota_units_text(asked, sizeof(asked), n),
	    quota_units_text(may, sizeof(may), limit));
}

static int
check_count(const struct asking *a, const char *what, int64_t n, int64_t limit)
{
	char asked[32], may[32];

	if (limit < 0 || n <= limit)
		return 0;
	(void)snprintf(asked, sizeof(asked), "%lld", (long long)n);
	(void)snprintf(may, sizeof(may), "%lld", (long long)limit);
	return over_limit(a, what, asked, may);
}

static int
check_disks(const struct asking *a, const json_t *disks)
{
	const json_t *disk;
	int64_t	      total = 0, size;
	size_t	      i;

	json_array_foreach(disks, i, disk) {
		if (check_name(a, &a->t->pools, "storage pool", json_object_get(disk, "pool")) == -1)
			return -1;
		size = json_integer_value(json_object_get(disk, "size"));
		total = total > INT64_MAX - size ? INT64_MAX : total + size;
	}
	return check_count(a, "number of disks", (int64_t)json_array_size(disks), a->t->max_disks) == -1 ? -1 :
	    check_size(a, "disk", total, a->t->vm_limit.disk);
}

static int
check_sizes(const struct asking *a, const json_t *args)
{
	const struct pd_amounts *limit = &a->t->vm_limit;

	return check_units(a, largest(json_object_get(args, "units")), limit->units) == -1 ||
	    check_count(a, "virtual processors", largest(json_object_get(args, "procs")), limit->procs) == -1 ||
	    check_size(a, "memory", largest(json_object_get(args, "memory")), limit->memory) == -1 ||
	    check_disks(a, json_object_get(args, "disks")) == -1 ? -1 : 0;
}

/* The network that one adapter asks for, by name, by VLAN or by both. */
static const struct pd_network *
find_network(const struct asking *a, const json_t *adapter)
{
	const char	        *name = json_string_value(json_object_get(adapter, "name"));
	int			 vlan = (int)json_integer_value(json_object_get(adapter, "vlan"));
	const struct pd_network *net;
	char			 text[16];

	net = name != NULL ? policy_network(a->conf, name) : policy_network_by_vlan(a->conf, a->t, vlan);
	if (net != NULL && policy_list_has(&a->t->networks, net->name) && (vlan == 0 || net->vlan == vlan))
		return net;
	if (name != NULL && net != NULL && policy_list_has(&a->t->networks, name)) {
		(void)pd_fail(a->e, PD_NOTFOUND, "network %s is VLAN %d, not %d: leave one of the two out", name,
		    net->vlan, vlan);
		return NULL;
	}
	(void)snprintf(text, sizeof(text), "vlan=%d", vlan);
	(void)not_there(a, &a->t->networks, "network", name != NULL ? name : text);
	return NULL;
}

static int
check_ip(const struct asking *a, const struct pd_network *net, const char *ip)
{
	struct in_addr in;
	char	       range[INET_ADDRSTRLEN];
	uint32_t       addr, host;

	if (inet_pton(AF_INET, ip, &in) != 1)
		return pd_fail(a->e, PD_BADDATA, "%s is not an IPv4 address", ip);
	if (net->mask == 0)
		return 0;
	addr = ntohl(in.s_addr);
	host = addr & ~net->mask;
	if ((addr & net->mask) == net->address && host != 0 && host != ~net->mask &&
	    (net->gateway == NULL || strcmp(net->gateway, ip) != 0))
		return 0;
	in.s_addr = htonl(net->address);
	(void)inet_ntop(AF_INET, &in, range, sizeof(range));
	return pd_fail(a->e, PD_DENIED,
	    "%s is not an address that you may use on network %s; choose one of %s/%d%s%s%s", ip, net->name, range,
	    __builtin_popcount(net->mask), net->gateway != NULL ? " but not " : "",
	    net->gateway != NULL ? net->gateway : "", net->gateway != NULL ? ", the gateway" : "");
}

static int
set_text(json_t *object, const char *key, const char *text)
{
	if (text == NULL || json_object_get(object, key) != NULL)
		return 0;
	return json_object_set_new(object, key, json_string(text));
}

/* What the request leaves open comes from the network; an adapter without an address needs none of it. */
static int
fill_adapter(json_t *adapter, const struct pd_network *net, int wants_gateway)
{
	json_t *dns = NULL;

	if (set_text(adapter, "name", net->name) == -1 ||
	    json_object_set_new(adapter, "vlan", json_integer(net->vlan)) == -1)
		return -1;
	if (json_object_get(adapter, "ip") == NULL)
		return 0;
	if (net->dns1 != NULL && json_object_get(adapter, "dns") == NULL)
		dns = net->dns2 != NULL ? json_pack("[ss]", net->dns1, net->dns2) : json_pack("[s]", net->dns1);
	if (dns != NULL && json_object_set_new(adapter, "dns", dns) == -1)
		return -1;
	return (wants_gateway && set_text(adapter, "gateway", net->gateway) == -1) ||
	    set_text(adapter, "domain", net->domain) == -1 ? -1 : 0;
}

/* A guest has one default route: the request's own, or that of its first network that has one. */
static int
has_gateway(const json_t *adapters)
{
	const json_t *adapter;
	size_t	      i;

	json_array_foreach(adapters, i, adapter)
		if (json_object_get(adapter, "gateway") != NULL)
			return 1;
	return 0;
}

static int
check_networks(const struct asking *a, json_t *adapters)
{
	const struct pd_network *net;
	json_t			*adapter;
	const char		*ip;
	size_t			 i;

	if (check_count(a, "number of networks", (int64_t)json_array_size(adapters), a->t->max_networks) == -1)
		return -1;
	json_array_foreach(adapters, i, adapter) {
		if ((net = find_network(a, adapter)) == NULL)
			return -1;
		ip = json_string_value(json_object_get(adapter, "ip"));
		if (ip != NULL && check_ip(a, net, ip) == -1)
			return -1;
		if (fill_adapter(adapter, net, !has_gateway(adapters)) == -1)
			return pd_fail(a->e, PD_IO, "no memory to check a network");
	}
	return 0;
}

static int
check_features(const struct asking *a, const json_t *args)
{
	for (size_t i = 0; i < policy_features_count; i++)
		if (json_object_get(args, policy_features[i].key) != NULL &&
		    !policy_list_has(&a->t->features, policy_features[i].name))
			return pd_fail(a->e, PD_DENIED,
			    "%s is not for tenant %s: its section of the policy does not list the feature %s",
			    policy_features[i].what, a->t->name, policy_features[i].name);
	return 0;
}

int
policy_args(const struct pd_conf *conf, const struct pd_tenant *tenant, const char *verb, json_t *args,
    struct policy_why *why, struct pd_err *e)
{
	const struct asking a = { conf, tenant, e };

	(void)snprintf(why->rule, sizeof(why->rule), "tenant %s", tenant->name);
	why->line = tenant->line;
	if (check_own_name(&a, verb, args) == -1 ||
	    check_name(&a, &tenant->platforms, "platform", json_object_get(args, "platform")) == -1 ||
	    check_name(&a, &tenant->images, "image", json_object_get(args, "image")) == -1 ||
	    check_name(&a, &tenant->media, "medium", json_object_get(args, "iso")) == -1)
		return -1;
	if (check_features(&a, args) == -1 ||
	    (strcmp(verb, "create-vm") == 0 && policy_lease(tenant, tenant, args, e) == -1))
		return -1;
	return check_sizes(&a, args) == -1 ? -1 : check_networks(&a, json_object_get(args, "networks"));
}
