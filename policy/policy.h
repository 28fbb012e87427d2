/* SPDX-License-Identifier: ISC */
/*
 * policy.h - who may do what: the one matcher that gateway (early answer) and director
 * (authority) both use.  Default deny.
 */
#ifndef PD_POLICY_POLICY_H
#define PD_POLICY_POLICY_H

#include <jansson.h>

#include "policy/conf.h"

/* Why a request is allowed or not; "rule" is e.g. "tenant blue", line its line in the file. */
struct policy_why {
	char rule[80];
	int  line;
	int  again;	/* the verb needs a second authentication */
};

/* The tenant whose member user is, or NULL.  A user is member of at most one tenant (conf_load checks it). */
const struct pd_tenant *policy_tenant(const struct pd_conf *conf, const char *user);
const struct pd_tenant *policy_tenant_by_name(const struct pd_conf *conf, const char *name);

/*
 * May user call verb?  Verbs that the gateway answers alone (VERB_LOCAL), and batch, need no permission, everything
 * else needs a tenant whose role has the verb.  0 with *why, or -1 PD_DENIED whose text says what the user may ask an
 * administrator for.
 */
int policy_verb(const struct pd_conf *conf, const char *user, const char *verb, struct policy_why *why, struct pd_err *e);

/*
 * Are the names and sizes in the checked arguments of a job verb (gateway/request/args.h) allowed for this tenant: platform, image,
 * pools, networks, limits per VM?  An image, network or platform that is not allowed is PD_NOTFOUND with the same text as one
 * that does not exist; a value over a limit PD_DENIED with both figures.
 *
 * Each element of "networks" gets "name" filled in from its "vlan" or the reverse and, when it has an "ip", the network's
 * defaults for gateway, dns and domain where the request has none; one gateway in all.  Filled-in arguments are not a request
 * any more: args_check() refuses them, so a gateway checks a copy.
 */
int policy_args(const struct pd_conf *conf, const struct pd_tenant *tenant, const char *verb, json_t *args,
    struct policy_why *why, struct pd_err *e);

/*
 * The lease of a VM of tenant `of` that a member of `asking` asks for: args.lease becomes the seconds that it has from
 * now on, by default the policy's; it goes when the VM has none.  PD_DENIED says what may be had; administrators may
 * have any.  policy_args() does it for create-vm.
 */
int policy_lease(const struct pd_tenant *asking, const struct pd_tenant *of, json_t *args, struct pd_err *e);
/* "30d", "12h", "90s".  Returns buf. */
#define POLICY_LEASE_TEXT 24
char *policy_lease_text(char buf[POLICY_LEASE_TEXT], int64_t seconds);

/* Does one of the list's names match?  "*" and "prefix*" are patterns. */
int policy_list_has(const struct pd_list *list, const char *name);
const struct pd_network *policy_network(const struct pd_conf *conf, const char *name);
const struct pd_network *policy_network_by_vlan(const struct pd_conf *conf, const struct pd_tenant *tenant, int vlan);

/*
 * What a tenant may ask for only when its section lists it, because other VMs pay for it: policy_args() looks for key
 * among the arguments.
 */
struct policy_feature {
	const char *name;	/* in the configuration */
	const char *key;	/* of the argument; see gateway/verbs.c */
	const char *what;	/* for people */
};
extern const struct policy_feature policy_features[];
extern const size_t		   policy_features_count;

#endif
