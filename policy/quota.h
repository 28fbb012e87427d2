/* SPDX-License-Identifier: ISC */
/*
 * quota.h - quota arithmetic: limits, what is used, what a request would add.
 */
#ifndef PD_POLICY_QUOTA_H
#define PD_POLICY_QUOTA_H

#include "policy/conf.h"

/*
 * 0 when used + more stays within limit in every amount; otherwise PD_QUOTA and a text with each exceeded
 * amount: "tenant blue may use 16G memory: 12G used, 8G asked for, 4G over".  whose is "tenant blue" or "user alice".
 */
int quota_check(const struct pd_amounts *limit, const struct pd_amounts *used, const struct pd_amounts *more,
    const char *whose, struct pd_err *e);

/* "4G", "512M", "0.50": amounts as people write them.  Returns buf. */
char *quota_size_text(char *buf, size_t size, int64_t mib);
/* For reading only: "1117.75G" instead of "1144576M".  From 10G on two decimals, rounded down; below, exact.  Returns buf. */
char *quota_size_short(char *buf, size_t size, int64_t mib);
char *quota_units_text(char *buf, size_t size, int64_t hundredths);

#endif
