/* SPDX-License-Identifier: ISC */
/* The attributes of a default line, in the console's order, per kind of object and level: data. */
#ifndef SIM_HMC_ORDER_H
#define SIM_HMC_ORDER_H

/* Names joined by commas; NULL: no such kind at this level. */
const char *hmc_order(const char *kind, int level);
/* Kinds by number, for tests; NULL behind the last. */
const char *hmc_order_kind(unsigned i);

#endif
