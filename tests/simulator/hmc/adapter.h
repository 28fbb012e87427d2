/* SPDX-License-Identifier: ISC */
/* The text of virtual adapters in profiles: section 6.1 of what is known of the HMC. */
#ifndef PD_SIM_HMC_ADAPTER_H
#define PD_SIM_HMC_ADAPTER_H

#include "model.h"

/* One element without quotes.  Fields that are not given stay unset; false: it has no such form. */
bool adapter_parse(const struct cec *c, enum adapter_kind kind, const char *text, struct vadapter *a);
void adapter_print(const struct cec *c, const struct vadapter *a, struct text *t);
/* All of a kind as the value of the list attribute; "none" when there is none. */
void adapters_print(const struct cec *c, const struct config *cf, enum adapter_kind kind, struct text *t);
bool ioslot_parse(const char *text, struct ioslot *s);
void ioslots_print(const struct config *cf, struct text *t);

/* true: slash-separated fields of text, at most max, the number in *n; buf keeps them. */
bool fields_split(const char *text, char *buf, size_t size, char **field, int max, int *n);

#endif
