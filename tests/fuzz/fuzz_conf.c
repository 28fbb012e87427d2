/* SPDX-License-Identifier: ISC */
/*
 * fuzz_conf.c - configuration files: a mistake has its file and line in one line of text, and
 * what is accepted is whole.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/conf.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(int is_true)
{
	if (!is_true)
		abort();
}

static void
check_whole(const struct pd_conf *c)
{
	for (size_t i = 0; i < c->ntenants; i++) {
		const struct pd_tenant *t = &c->tenants[i];

		demand(t->role != NULL && t->role->verbs.n > 0 && t->line > 0 && t->weight >= 1 && t->weight <= 100);
		demand(t->members.n > 0);
		for (size_t m = 0; m < t->members.n; m++)
			demand(policy_tenant(c, t->members.item[m]) == t);
		demand(policy_tenant_by_name(c, t->name) == t);
	}
	for (size_t i = 0; i < c->nnetworks; i++)
		demand(c->networks[i].vlan >= 1 && c->networks[i].vlan <= 4094 &&
		    (c->networks[i].address & ~c->networks[i].mask) == 0);
	demand(c->spool[0] == '/' && c->socket[0] == '/' && strlen(c->socket) <= 100);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pd_conf *c;
	struct pd_err	e = { .code = PD_OK };

	if (conf_parse("f", (const char *)data, size, &c, &e) == 0) {
		check_whole(c);
		conf_free(c);
		return 0;
	}
	demand(c == NULL && e.code == PD_BADDATA);
	demand(strncmp(e.msg, "f:", 2) == 0 && e.msg[2] >= '1' && e.msg[2] <= '9' && strchr(e.msg, '\n') == NULL);
	return 0;
}
