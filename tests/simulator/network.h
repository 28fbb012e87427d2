/* SPDX-License-Identifier: ISC */
/* Ethernet devices of the VIOS: physical, virtual, shared (SEA), aggregated, VLAN. */
#ifndef PD_SIM_NETWORK_H
#define PD_SIM_NETWORK_H

#include "model.h"

struct netdev *netdev_find(const struct world *w, const char *name);
struct netdev *netdev_of_slot(const struct world *w, int slot); /* virtual ethernet of the VIOS */
struct netdev *netdev_add(struct world *w, const char *kind);	/* entN, lowest free number */
struct netdev *netdev_add_vea(struct world *w, int slot);
/* The SEA or link aggregation that uses a device, or NULL. */
struct netdev *netdev_user(const struct world *w, const char *name);
struct netdev *netdev_by_location(const struct world *w, const char *physloc);
bool word_listed(const char *list, const char *word); /* comma separated */

/* The four trunk adapters of mkgencfg -o init. */
void network_init(struct world *w);

struct netif *netif_find(const struct world *w, const char *name);

/* Changed attributes of any device; value NULL removes. */
const char *devattr_get(const struct world *w, const char *dev, const char *attr);
void devattr_set(struct world *w, const char *dev, const char *attr, const char *value);
void devattr_drop(struct world *w, const char *dev);

#endif
