/* SPDX-License-Identifier: ISC */
/*
 * authorise.h - who asks, and may he?
 */
#ifndef PD_GATEWAY_AUTHORISE_H
#define PD_GATEWAY_AUTHORISE_H

#include "gateway/gateway.h"

/* Loads the configuration and finds the caller. */
int gateway_identify(struct gateway *g, struct pd_err *e);
/* PAM account, policy, confirmation of what destroys, second authentication. */
int gateway_authorise(struct gateway *g, struct pd_err *e);

#endif
