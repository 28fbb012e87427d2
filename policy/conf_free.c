/* SPDX-License-Identifier: ISC */
/*
 * conf_free.c - gives back what conf_load() made, complete or not.
 */
#include <stdlib.h>

#include "policy/conf.h"

static void
free_list(struct pd_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i]);
	free(list->item);
}

static void
free_roles(struct pd_conf *c)
{
	for (size_t i = 0; i < c->nroles; i++) {
		free(c->roles[i].name);
		free_list(&c->roles[i].verbs);
		free_list(&c->roles[i].again);
	}
	free(c->roles);
}

static void
free_tenants(struct pd_conf *c)
{
	for (size_t i = 0; i < c->ntenants; i++) {
		struct pd_tenant *t = &c->tenants[i];

		free(t->name);
		free_list(&t->members);
		free_list(&t->images);
		free_list(&t->networks);
		free_list(&t->platforms);
		free_list(&t->pools);
	}
	free(c->tenants);
}

static void
free_networks(struct pd_conf *c)
{
	for (size_t i = 0; i < c->nnetworks; i++) {
		struct pd_network *n = &c->networks[i];

		free(n->name);
		free(n->gateway);
		free(n->dns1);
		free(n->dns2);
		free(n->domain);
	}
	free(c->networks);
}

void
conf_free(struct pd_conf *c)
{
	char **texts[] = { &c->file, &c->text, &c->spool, &c->state, &c->socket, &c->templates, &c->keys, &c->worker,
		&c->pam_directory, &c->pam_service, &c->service_account, &c->spool_group };

	if (c == NULL)
		return;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(*texts[i]);
	free_roles(c);
	free_tenants(c);
	free_networks(c);
	free(c);
}
