/* SPDX-License-Identifier: ISC */
/*
 * admit_place.c - create-vm's system: the candidates are gathered here, spool/admit/placement.c chooses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/vm/vm_spec.h"
#include "policy/quota.h"
#include "spool/admit/admit_place.h"
#include "spool/admit/license.h"
#include "spool/admit/neighbours.h"
#include "spool/admit/placement.h"
#include "spool/admit/san.h"
#include "spool/admit/slot_rules.h"
#include "spool/field.h"

#define KEPT_MAX 1024	/* what contact.c keeps of a platform that does not answer */

/* One system, with everything that is looked up for it. */
struct option {
	json_t		  *platform, *image, *spec, *view;	/* view: the platform as this tenant and this system have it */
	struct pd_amounts  amounts;
	struct pd_err	   unfit;
	char		   down[KEPT_MAX];
	json_t		  *barred;
};

struct choice {
	struct admitting *ad;
	struct neighbours neighbours;
	json_t		 *licensed;	/* license_used() */
	json_t		 *systems;	/* all rows */
	json_t		 *taken;	/* whole disks that somebody has; NULL = not needed yet */
	struct option	 *options;
	struct candidate *candidates;
	size_t		  n;
};

void
place_clear(struct place *p)
{
	json_decref(p->platform);
	json_decref(p->image);
	json_decref(p->spec);
	p->platform = p->image = p->spec = NULL;
}

static void
choice_clear(struct choice *c)
{
	for (size_t i = 0; i < c->n; i++) {
		json_decref(c->options[i].platform);
		json_decref(c->options[i].image);
		json_decref(c->options[i].spec);
		json_decref(c->options[i].view);
		json_decref(c->options[i].barred);
		held_clear(&c->candidates[i].ours);
	}
	free(c->options);
	free(c->candidates);
	neighbours_clear(&c->neighbours);
	json_decref(c->licensed);
	json_decref(c->systems);
	json_decref(c->taken);
}

/* ---- one system ---- */

/* The system's facts, with the whole disks that nobody has where it knows of any: from here to the end of the transaction they are its own. */
static int
make_facts(struct choice *c, const json_t *system, const json_t *image, json_t **facts, struct pd_err *e)
{
	json_t *pool = san_pool(json_object_get(system, "facts"));

	*facts = json_copy(json_object_get(system, "facts"));
	if (place_vioses(c->ad, field_text(system, "name"), image, *facts, e) == -1) {
		json_decref(pool);
		return -1;
	}
	if (pool == NULL)
		return 0;
	json_decref(pool);
	if (c->taken == NULL && san_taken(c->ad->a->store, c->systems, &c->taken, e) == -1)
		return -1;
	return json_object_set_new(*facts, "san", san_free(*facts, c->taken)) == 0 ? 0 : pd_fail(e, PD_IO, "no memory for disks");
}

/* It may be on another platform: the tenant may use it, by the policy, wherever it is. */
static int
no_image(const struct admitting *ad, const char *name, const json_t *system, struct pd_err *e)
{
	json_t *elsewhere = NULL;
	int	is_known = store_image_get(ad->a->store, name, NULL, &elsewhere, e) == 0 || e->code == PD_USAGE;

	json_decref(elsewhere);
	return pd_fail(e, PD_NOTFOUND,
	    is_known ? "the image %s is not on %s, the platform of %s; list-images shows where it is" :
		       "there is no image \"%s\" for you; list-images shows them",
	    name, field_text(system, "platform"), field_text(system, "name"));
}

/* What the VM would be there; *o->unfit when it cannot. */
static int
make_spec(struct choice *c, const json_t *system, struct option *o)
{
	const struct admitting *ad = c->ad;
	const char *name = field_text(ad->args, "image"), *platform = field_text(system, "platform");
	json_t	   *facts = NULL;

	o->unfit.code = PD_OK;
	if (name[0] != '\0' && store_image_get(ad->a->store, name, platform, &o->image, &o->unfit) == -1)
		return o->unfit.code == PD_NOTFOUND ? no_image(ad, name, system, &o->unfit) : -1;
	if ((o->view = json_copy(o->platform)) == NULL)
		return pd_fail(&o->unfit, PD_IO, "no memory for platform %s", platform);
	if (make_facts(c, system, o->image, &facts, &o->unfit) == -1) {
		json_decref(facts);
		return -1;
	}
	if (json_object_size(facts) > 0)
		(void)json_object_set(o->view, "facts", facts);
	json_decref(facts);
	(void)json_object_set(o->view, "system", json_object_get(system, "name"));
	if (admission_limit_pools(ad, o->view, &o->unfit) == -1)
		return -1;
	if (admission_features(ad, o->view, system, &o->unfit) == -1)
		return -1;
	if (vm_spec_make(ad->args, ad->tag, o->view, o->image, &o->spec, &o->amounts, &o->unfit) == -1)
		return -1;
	if (slot_rules_apply(slot_rules_of(ad->a->conf, platform), ad->a->store, system, o->spec, &o->unfit) == 0)
		return 0;
	json_decref(o->spec);
	o->spec = NULL;
	return -1;
}

/* Why its console does not answer, as it was kept when that was found out; "" = it does. */
static int
look_down(const struct admitting *ad, const char *platform, struct option *o, struct pd_err *e)
{
	char	name[PLATFORM_NAME_MAX + 8];
	json_t *kept;

	(void)snprintf(name, sizeof(name), "health/%s", platform);
	if (store_kept_get(ad->a->store, name, o->down, sizeof(o->down), e) == -1)
		return -1;
	if (o->down[0] == '\0')
		return 0;
	kept = json_loads(o->down, 0, NULL);
	(void)snprintf(o->down, sizeof(o->down), "%.200s", field_text(kept, "why"));
	json_decref(kept);
	return 0;
}

/* An HMC tells in which state each of its systems is. */
void
place_state_bar(const json_t *system, json_t *barred)
{
	const char *state = field_text(json_object_get(system, "facts"), "state");

	if (state[0] != '\0' && strcmp(state, "Operating") != 0)
		placement_bar(barred, NULL, "its state is %.60s", state);
}

/* What says no though there is room. */
static void
bar(const struct choice *c, const json_t *system, struct option *o)
{
	struct licensed then = { field_text(system, "name"), field_text(o->image, "product"), license_pool(o->spec),
		o->amounts.units };

	place_state_bar(system, o->barred);
	place_slots_bar(json_object_get(o->view, "facts"), o->spec, o->barred);
	place_networks_bar(c->ad, c->systems, system, json_object_get(o->spec, "networks"), o->barred);
	neighbours_bar(&c->neighbours, field_text(system, "name"), o->barred);
	license_bar(c->ad->a->conf, c->licensed, NULL, &then, o->barred);
}

/* What is our own trouble ends the request without an answer; anything else is the system's. */
static int
is_ours(const struct pd_err *e)
{
	return e->code == PD_IO || e->code == PD_NOSPACE;
}

static int
add(struct choice *c, const json_t *system, struct pd_err *e)
{
	struct option	 *o = &c->options[c->n];
	struct candidate *k = &c->candidates[c->n];
	const char	 *name = field_text(system, "name"), *platform = field_text(system, "platform");

	if (held_init(&k->ours) == -1)
		return pd_fail(e, PD_IO, "no memory to place the VM");
	c->n++;
	if (store_platform_get(c->ad->a->store, platform, &o->platform, e) == -1 ||
	    look_down(c->ad, platform, o, e) == -1 || store_system_usage(c->ad->a->store, name, &k->ours, e) == -1)
		return -1;
	if (make_spec(c, system, o) == -1 && is_ours(&o->unfit)) {
		*e = o->unfit;
		return -1;
	}
	if ((o->barred = json_array()) == NULL)
		return pd_fail(e, PD_IO, "no memory to place the VM");
	if (o->spec != NULL)
		bar(c, system, o);
	k->system = system;
	k->platform = o->platform;
	k->down = o->down[0] != '\0' ? o->down : NULL;
	k->barred = o->barred;
	k->need = o->spec;
	k->unfit = o->unfit.code != PD_OK ? o->unfit.msg : NULL;
	k->units = o->amounts.units;
	return 0;
}

/* ---- all of them ---- */

/* What the request restricts it to. */
static int
is_asked_for(const struct admitting *ad, const json_t *system)
{
	const char *host = field_text(ad->args, "host"), *platform = field_text(ad->args, "platform");

	return policy_list_has(&ad->tenant->platforms, field_text(system, "platform")) &&
	    (platform[0] == '\0' || strcmp(platform, field_text(system, "platform")) == 0) &&
	    (host[0] == '\0' || strcmp(host, "auto") == 0 || strcmp(host, field_text(system, "name")) == 0);
}

static int
gather(struct choice *c, struct pd_err *e)
{
	json_t *system;
	size_t	i, all;

	if (store_system_list(c->ad->a->store, NULL, &c->systems, e) == -1)
		return -1;
	all = json_array_size(c->systems);
	c->options = calloc(all + 1, sizeof(*c->options));
	c->candidates = calloc(all + 1, sizeof(*c->candidates));
	if (c->options == NULL || c->candidates == NULL)
		return pd_fail(e, PD_IO, "no memory to place the VM");
	json_array_foreach(c->systems, i, system)
		if (is_asked_for(c->ad, system) && add(c, system, e) == -1)
			return -1;
	return 0;
}

static int
none_asked_for(const struct admitting *ad, struct pd_err *e)
{
	const char *host = field_text(ad->args, "host"), *platform = field_text(ad->args, "platform");
	json_t	   *row = NULL;

	if (platform[0] != '\0' && store_platform_get(ad->a->store, platform, &row, e) == -1)
		return e->code == PD_NOTFOUND ? pd_fail(e, PD_NOTFOUND, "there is no platform \"%s\" for you", platform) : -1;
	json_decref(row);
	if (host[0] != '\0' && strcmp(host, "auto") != 0)
		return pd_fail(e, PD_NOTFOUND, "there is no system \"%s\" for you%s%s; list-systems shows them", host,
		    platform[0] != '\0' ? " on " : "", platform);
	if (platform[0] != '\0')
		return pd_fail(e, PD_NOTFOUND, "%s has no system yet: its console has not been asked", platform);
	return pd_fail(e, PD_NOTFOUND, "there is no platform for you yet, ask an administrator");
}

/* It can be made nowhere: then that is what is wrong with the request, not room.  What a system lacks stands with its figures. */
static const struct pd_err *
fits_no_machine(const struct choice *c)
{
	const struct pd_err *first = &c->options[0].unfit;

	for (size_t i = 0; i < c->n; i++) {
		if (c->options[i].spec != NULL || c->options[i].unfit.code == PD_CAPACITY)
			return NULL;
		if (first->code == PD_USAGE && c->options[i].unfit.code != PD_USAGE)
			first = &c->options[i].unfit;
	}
	return first;
}

static int
no_room(struct admitting *ad, struct pd_err *e)
{
	char text[sizeof(e->msg)];

	return pd_fail(e, PD_CAPACITY, "%s", placement_text(ad->decision, text, sizeof(text)));
}

static void
take(struct choice *c, int chosen, struct place *p)
{
	struct option *o = &c->options[chosen];
	const json_t  *system = c->candidates[chosen].system;

	(void)snprintf(c->ad->platform, sizeof(c->ad->platform), "%.31s", field_text(system, "platform"));
	(void)snprintf(p->system, sizeof(p->system), "%.31s", field_text(system, "name"));
	p->platform = json_incref(o->view);
	p->image = json_incref(o->image);
	p->spec = json_incref(o->spec);
	(void)json_object_update(p->spec, c->neighbours.stated);	/* it counts for as long as the VM is there */
	p->amounts = o->amounts;
}

/* Who may not have so much need not hear that there is no room for it. */
static int
is_within_quota(const struct choice *c, struct pd_err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		struct pd_amounts amounts = c->options[i].amounts;

		if (c->options[i].spec == NULL)
			continue;
		amounts.vms = 1;
		return admission_quota(c->ad, &amounts, &amounts, e) == 0;
	}
	return 1;
}

int
admit_place(struct admitting *ad, struct place *p, struct pd_err *e)
{
	struct choice	     c = { .ad = ad };
	const struct pd_err *unfit;
	int		     rv = -1, chosen;

	if (neighbours_make(ad, NULL, &c.neighbours, e) == -1 || license_used(ad, &c.licensed, e) == -1 ||
	    gather(&c, e) == -1)
		goto out;
	if (c.n == 0) {
		(void)none_asked_for(ad, e);
		goto out;
	}
	if (c.n == 1)
		(void)snprintf(ad->platform, sizeof(ad->platform), "%.31s", field_text(c.candidates[0].system, "platform"));
	if ((unfit = fits_no_machine(&c)) != NULL) {
		*e = *unfit;
		goto out;
	}
	chosen = placement_choose(ad->a->conf->placement, c.candidates, c.n, &ad->decision);
	if (chosen == -1) {
		if (is_within_quota(&c, e))
			(void)no_room(ad, e);
		goto out;
	}
	take(&c, chosen, p);
	rv = 0;
out:
	choice_clear(&c);
	return rv;
}
