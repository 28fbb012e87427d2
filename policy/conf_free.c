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
		free_list(&t->media);
		free_list(&t->features);
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

static void
free_licenses(struct pd_conf *c)
{
	for (size_t i = 0; i < c->nlicenses; i++) {
		free(c->licenses[i].name);
		free_list(&c->licenses[i].products);
		free_list(&c->licenses[i].systems);
		free_list(&c->licenses[i].pools);
	}
	free(c->licenses);
}

static void
free_rules(struct pd_conf *c)
{
	for (size_t i = 0; i < c->nrules; i++)
		free(c->rules[i].name);
	free(c->rules);
}

void
conf_free(struct pd_conf *c)
{
	if (c == NULL)
		return;
	free_roles(c);
	free_tenants(c);
	free_networks(c);
	free_licenses(c);
	free_rules(c);
	free(c->file);
	free(c->text);
	free(c->spool);
	free(c->state);
	free(c->socket);
	free(c->templates);
	free(c->keys);
	free(c->worker);
	free_list(&c->console_programs);
	free(c->pam_directory);
	free(c->pam_service);
	free(c->service_account);
	free(c->spool_group);
	free(c);
}
