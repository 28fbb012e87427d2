/* SPDX-License-Identifier: ISC */
/*
 * value_network.c - one virtual adapter: vlan=N|name=N[,ip=A/P][,gateway=A][,dns=A[+A]].
 *
 * Addresses are IPv4 and usable for a host: the network's own and its broadcast address, loopback
 * and multicast are refused, and a gateway lies in the adapter's network.
 */
#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"

enum { VLAN, NAME, IP, GATEWAY, DNS, NKEYS };

static const char *const keys[] = { "vlan", "name", "ip", "gateway", "dns", NULL };

#define DNS_MAX 2	/* the first-boot medium has room for two */

/* An argument for one part, so that messages say "--network ip: ...". */
static struct verb_arg
part(const char *name, enum arg_type type, int64_t min, int64_t max)
{
	return (struct verb_arg){ .name = name, .type = type, .min = min, .max = max };
}

/* A host's address; *addr in host order. */
static int
host_address(const struct verb_arg *a, const char *text, uint32_t *addr, struct pd_err *e)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		return value_bad(a, text, e, "is not an IPv4 address; write it as in 10.0.10.5");
	*addr = ntohl(in.s_addr);
	if (*addr >> 24 == 0 || *addr >> 24 == 127 || *addr >> 24 >= 224)
		return value_bad(a, text, e, "is not an address that a host can have");
	return 0;
}

static uint32_t
mask_of(int64_t prefix)
{
	return prefix > 0 ? (uint32_t)(0xffffffffu << (32 - prefix)) : 0;
}

/* ip=ADDRESS/BITS; cuts text at the slash. */
static int
parse_ip(char *text, json_t *net, uint32_t *addr, int64_t *prefix, struct pd_err *e)
{
	struct verb_arg a = part("network ip", ARG_COUNT, 0, 0), bits = part("network ip bits", ARG_COUNT, 1, 30);
	char	       *slash = strchr(text, '/');
	uint32_t	host;

	if (slash == NULL)
		return value_bad(&a, text, e, "has no mask; write ADDRESS/BITS, as in 10.0.10.5/24");
	*slash = '\0';
	if (host_address(&a, text, addr, e) == -1 || value_integer(&bits, slash + 1, prefix, e) == -1)
		return -1;
	host = *addr & ~mask_of(*prefix);
	if (host == 0 || host == ~mask_of(*prefix))
		return value_bad(&a, text, e, "is the %s address of its /%d network, not a host's",
		    host == 0 ? "network" : "broadcast", (int)*prefix);
	json_object_set_new(net, "ip", json_string(text));
	json_object_set_new(net, "prefix", json_integer(*prefix));
	return 0;
}

static int
parse_gateway(const char *text, json_t *net, uint32_t addr, int64_t prefix, struct pd_err *e)
{
	struct verb_arg a = part("network gateway", ARG_ADDRESS, 0, 0);
	uint32_t	gw;

	if (host_address(&a, text, &gw, e) == -1)
		return -1;
	if (json_object_get(net, "ip") == NULL)
		return value_bad(&a, text, e, "needs an address to go with; write ip=ADDRESS/BITS too");
	if (((gw ^ addr) & mask_of(prefix)) != 0)
		return value_bad(&a, text, e, "is not in the network of %s/%d",
		    json_string_value(json_object_get(net, "ip")), (int)prefix);
	if (gw == addr)
		return value_bad(&a, text, e, "is the adapter's own address");
	json_object_set_new(net, "gateway", json_string(text));
	return 0;
}

static int
parse_dns(char *text, json_t *net, struct pd_err *e)
{
	struct verb_arg a = part("network dns", ARG_ADDRESS, 0, 0);
	json_t	       *list = json_array();
	char	       *next;
	uint32_t	addr;

	json_object_set_new(net, "dns", list);
	for (; text != NULL; text = next) {
		next = strchr(text, '+');
		if (next != NULL)
			*next++ = '\0';
		if (host_address(&a, text, &addr, e) == -1)
			return -1;
		if (json_array_size(list) == DNS_MAX)
			return value_bad(&a, text, e, "is one too many; at most %d are allowed", DNS_MAX);
		json_array_append_new(list, json_string(text));
	}
	return 0;
}

static int
parse_which(const struct verb_arg *a, const char *text, char *const *found, json_t *net, struct pd_err *e)
{
	struct verb_arg vlan = part("network vlan", ARG_COUNT, 1, 4094), name = part("network name", ARG_NAME, 0, 0);
	json_t	       *value;

	if ((found[VLAN] != NULL) == (found[NAME] != NULL))
		return value_bad(a, text, e, found[VLAN] != NULL ? "has both vlan= and name=; write one of them" :
		    "says not which network; write vlan=N or name=NETWORK");
	if (value_parse(found[VLAN] != NULL ? &vlan : &name, found[VLAN] != NULL ? found[VLAN] : found[NAME],
		&value, e) == -1)
		return -1;
	json_object_set_new(net, found[VLAN] != NULL ? "vlan" : "name", value);
	return 0;
}

int
value_parse_network(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	char	 copy[VALUE_TEXT_MAX], *found[NKEYS];
	uint32_t addr = 0;
	int64_t	 prefix = 0;
	json_t	*net;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (value_split(a, copy, keys, found, e) == -1)
		return -1;
	net = json_object();
	if (parse_which(a, text, found, net, e) == -1 ||
	    (found[IP] != NULL && parse_ip(found[IP], net, &addr, &prefix, e) == -1) ||
	    (found[GATEWAY] != NULL && parse_gateway(found[GATEWAY], net, addr, prefix, e) == -1) ||
	    (found[DNS] != NULL && parse_dns(found[DNS], net, e) == -1)) {
		json_decref(net);
		return -1;
	}
	*out = net;
	return 0;
}
