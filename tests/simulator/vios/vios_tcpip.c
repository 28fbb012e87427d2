/* SPDX-License-Identifier: ISC */
/* mktcpip, chtcpip, rmtcpip, lstcpip: the VIOS' own addresses. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "tests/simulator/network.h"
#include "vios.h"

static bool
address_ok(const char *s)
{
	unsigned char buf[16];

	return s != NULL && (inet_pton(AF_INET, s, buf) == 1 || inet_pton(AF_INET6, s, buf) == 1);
}

/* enN belongs to entN. */
static bool
interface_ok(const struct world *w, const char *name)
{
	char ent[NAME_SIZE];

	if (name == NULL || strncmp(name, "en", 2) != 0)
		return false;
	snprintf(ent, sizeof(ent), "ent%.40s", name + 2);
	return netdev_find(w, ent) != NULL;
}

int
vios_mktcpip(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-hostname", OPT_ONE }, { "-inetaddr", OPT_ONE }, { "-interface", OPT_ONE },
		{ "-start", OPT_FLAG }, { "-netmask", OPT_ONE }, { "-cabletype", OPT_ONE },
		{ "-gateway", OPT_ONE }, { "-nsrvaddr", OPT_ONE }, { "-nsrvdomain", OPT_ONE },
		{ "-plen", OPT_ONE }, { "-auto", OPT_FLAG }, { NULL, OPT_END },
	};
	struct system *sys = &cmd->world->sys;
	struct netif *i;
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (!opt_has(&o, "-hostname") || !address_ok(opt_str(&o, "-inetaddr")) || !opt_has(&o, "-interface"))
		return vios_usage(cmd, "The options -hostname, -inetaddr and -interface are required.");
	if (!interface_ok(cmd->world, opt_str(&o, "-interface")))
		return no_such_device(cmd, opt_str(&o, "-interface"));
	if (netif_find(cmd->world, opt_str(&o, "-interface")) != NULL)
		return vios_fail_plain(cmd, 1, "The interface %s already has an address.", opt_str(&o, "-interface"));
	i = list_new(&cmd->world->netifs, sizeof(*i));
	str_set(i->name, sizeof(i->name), opt_str(&o, "-interface"));
	str_set(i->addr, sizeof(i->addr), opt_str(&o, "-inetaddr"));
	str_set(i->mask, sizeof(i->mask), opt_has(&o, "-netmask") ? opt_str(&o, "-netmask") : "255.255.255.0");
	str_set(sys->hostname, sizeof(sys->hostname), opt_str(&o, "-hostname"));
	if (opt_has(&o, "-gateway"))
		str_set(sys->gateway, sizeof(sys->gateway), opt_str(&o, "-gateway"));
	if (opt_has(&o, "-nsrvaddr"))
		str_set(sys->nameserver, sizeof(sys->nameserver), opt_str(&o, "-nsrvaddr"));
	if (opt_has(&o, "-nsrvdomain"))
		str_set(sys->domain, sizeof(sys->domain), opt_str(&o, "-nsrvdomain"));
	sim_out_printf(cmd->out, "%s\n%s is running...\n", sys->hostname, i->name);
	return 0;
}

int
vios_chtcpip(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-interface", OPT_ONE }, { "-inetaddr", OPT_ONE }, { "-netmask", OPT_ONE },
		{ "-gateway", OPT_FLAG }, { "-add", OPT_ONE }, { "-remove", OPT_ONE }, { NULL, OPT_END },
	};
	struct netif *i;
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	i = opt_has(&o, "-interface") ? netif_find(cmd->world, opt_str(&o, "-interface")) : NULL;
	if (i == NULL)
		return vios_usage(cmd, "An interface with an address is required.");
	if (opt_has(&o, "-gateway")) {
		if (opt_has(&o, "-add"))
			str_set(cmd->world->sys.gateway, NAME_SIZE, opt_str(&o, "-add"));
		return 0;
	}
	if (!address_ok(opt_str(&o, "-inetaddr")))
		return vios_usage(cmd, "An address is required.");
	str_set(i->addr, sizeof(i->addr), opt_str(&o, "-inetaddr"));
	if (opt_has(&o, "-netmask"))
		str_set(i->mask, sizeof(i->mask), opt_str(&o, "-netmask"));
	return 0;
}

int
vios_rmtcpip(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-all", OPT_FLAG }, { "-interface", OPT_ONE }, { "-f", OPT_FLAG }, { "-nsrv", OPT_FLAG },
		{ "-routing", OPT_FLAG }, { "-hostname", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	const char *one;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	one = opt_str(&o, "-interface");
	if (!opt_has(&o, "-all") && one == NULL)
		return vios_usage(cmd, "One of -all and -interface is required.");
	if (one != NULL && netif_find(cmd->world, one) == NULL)
		return no_such_device(cmd, one);
	for (size_t n = cmd->world->netifs.n; n > 0; n--) {
		struct netif *i = cmd->world->netifs.item[n - 1];

		if (one == NULL || strcmp(i->name, one) == 0)
			list_remove(&cmd->world->netifs, i);
	}
	return 0;
}

static void
print_interfaces(struct sim_cmd *cmd)
{
	sim_out_puts(cmd->out, "Name  Mtu   Network     Address            Mask               State\n");
	LIST_EACH(struct netif, i, &cmd->world->netifs)
		sim_out_printf(cmd->out, "%-5s 1500  %-11s %-18s %-18s up\n", i->name, "-", i->addr, i->mask);
}

int
vios_lstcpip(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-num", OPT_FLAG }, { "-stored", OPT_FLAG }, { "-adapters", OPT_FLAG },
		{ "-interfaces", OPT_FLAG }, { "-routtable", OPT_FLAG }, { "-namesrv", OPT_FLAG },
		{ "-state", OPT_FLAG }, { "-fmt", OPT_ONE }, { NULL, OPT_END },
	};
	const struct system *sys = &cmd->world->sys;
	struct opts o;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-adapters")) {
		LIST_EACH(struct netdev, d, &cmd->world->netdevs)
			sim_out_printf(cmd->out, "%s\n", d->name);
	} else if (opt_has(&o, "-namesrv")) {
		if (sys->nameserver[0] != '\0')
			sim_out_printf(cmd->out, "nameserver %s\ndomain %s\n", sys->nameserver, sys->domain);
	} else if (opt_has(&o, "-routtable")) {
		sim_out_printf(cmd->out, "Destination      Gateway\ndefault          %s\n", sys->gateway);
	} else if (opt_has(&o, "-stored") && !opt_has(&o, "-interfaces")) {
		sim_out_printf(cmd->out, "Hostname: %s\nGateway: %s\n", sys->hostname, sys->gateway);
		print_interfaces(cmd);
	} else {
		print_interfaces(cmd);
	}
	return 0;
}
