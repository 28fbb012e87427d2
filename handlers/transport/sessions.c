/* SPDX-License-Identifier: ISC */
/*
 * sessions.c - a worker's connections to its platform.
 */
#include <stdio.h>
#include <string.h>

#include "handlers/transport/sessions.h"
#include "policy/conf.h"
#include "spool/field.h"

#define CONNECT_TIMEOUT_MS 15000

static struct ssh_target
target_of(const json_t *host)
{
	return (struct ssh_target){
		.address = field_text(host, "address"),
		.port = (int)field_number(host, "port"),
		.user = field_text(host, "user"),
		.key_file = field_text(host, "key_file"),
		.host_key = field_text(host, "host_key"),
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
	};
}

static const json_t *
access_of(const json_t *platform)
{
	return json_object_get(platform, "vios_access");
}

size_t
sessions_programs(const json_t *platform, const char **dirs, size_t max)
{
	const json_t *list = json_object_get(platform, "programs"), *dir;
	size_t	      i, n = 0;

	json_array_foreach(list, i, dir)
		if (n < max && json_is_string(dir))
			dirs[n++] = json_string_value(dir);
	return n;
}

static size_t
add_port(int *ports, size_t n, const json_t *port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == json_integer_value(port))
			return n;
	if (n < SESSION_PORTS_MAX && json_integer_value(port) > 0)
		ports[n++] = (int)json_integer_value(port);
	return n;
}

size_t
sessions_ports(const json_t *platform, int ports[SESSION_PORTS_MAX])
{
	const json_t *vios;
	size_t	      i, n = add_port(ports, 0, json_object_get(platform, "port"));

	n = add_port(ports, n, json_object_get(platform, "second_port"));
	json_array_foreach(access_of(platform), i, vios)
		n = add_port(ports, n, json_object_get(vios, "port"));
	return n;
}

/* ---- open ones ---- */

static void
drop(struct transport **t)
{
	if (*t != NULL)
		(*t)->free(*t);
	*t = NULL;
}

void
sessions_drop(struct sessions *s)
{
	drop(&s->console);
	s->is_pair = 0;
	for (size_t i = 0; i < SESSION_VIOSES_MAX; i++)
		drop(&s->vios[i]);
	json_decref(s->platform);
	s->platform = NULL;
}

/* A second console is another address of the same account. */
static int
make_pair(struct sessions *s, const json_t *platform, struct pd_err *e)
{
	struct ssh_target target = target_of(platform), other = target;
	struct transport *first = s->console, *second;
	char		  name[80];

	other.address = field_text(platform, "second_address");
	other.port = (int)field_number(platform, "second_port");
	other.host_key = field_text(platform, "second_host_key");
	s->console = NULL;
	if (ssh_transport(&other, &second, e) == -1) {
		first->free(first);
		return -1;
	}
	(void)snprintf(name, sizeof(name), "the second console %.60s", other.address);
	if (pair_transport(first, target.address, second, name, &s->console, e) == -1)
		return -1;
	s->is_pair = 1;
	return 0;
}

static int
make_console(struct sessions *s, const json_t *platform, struct pd_err *e)
{
	struct ssh_target target = target_of(platform);
	const char	 *dirs[CONSOLE_PROGRAMS_MAX];
	size_t		  n = sessions_programs(platform, dirs, CONSOLE_PROGRAMS_MAX);

	if (n > 0)
		return local_transport(dirs, n, &s->console, e);
	if (ssh_transport(&target, &s->console, e) == -1)
		return -1;
	return field_text(platform, "second_address")[0] != '\0' ? make_pair(s, platform, e) : 0;
}

static void
stop_with(const struct sessions *s, struct transport *t)
{
	t->stop = s->stop;
	t->stop_arg = s->stop_arg;
}

/* Two absent ones are equal too. */
static int
leads_there(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "address", "port", "user", "key_file", "host_key", "programs",
		"vios_access", "second_address", "second_port", "second_host_key" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const json_t *one = json_object_get(a, keys[i]), *two = json_object_get(b, keys[i]);

		if (one != two && !json_equal(one, two))
			return 0;
	}
	return 1;
}

int
sessions_use(struct sessions *s, json_t *platform, struct pd_err *e)
{
	if (s->console == NULL || !leads_there(s->platform, platform)) {
		sessions_drop(s);
		if (make_console(s, platform, e) == -1)
			return -1;
		s->platform = json_incref(platform);
		stop_with(s, s->console);
	}
	if (s->is_pair)
		pair_use(s->console, field_number(platform, "start_with") == 1);
	return 0;
}

const char *
sessions_contact(enum contact contact)
{
	static const char *const names[] = { "", "answered", "silent", "refused" };

	return names[contact];
}

json_t *
sessions_consoles(struct sessions *s)
{
	json_t *both = s->is_pair ? json_array() : NULL;

	for (int i = 0; both != NULL && i < 2; i++) {
		enum contact contact;
		const char  *why;

		(void)pair_each(s->console, i, &contact, &why);
		(void)json_array_append_new(both, json_pack("{s:s s:s}", "contact", sessions_contact(contact), "why", why));
	}
	return both;
}

struct transport *
sessions_second(struct sessions *s)
{
	enum contact ignored;
	const char  *why;

	return s->is_pair ? pair_each(s->console, 1, &ignored, &why) : NULL;
}

struct transport *
sessions_vios(struct sessions *s, const json_t *access, struct pd_err *e)
{
	struct ssh_target target = target_of(access);
	const json_t	 *vios;
	size_t		  i;

	json_array_foreach(access_of(s->platform), i, vios) {
		if (i == SESSION_VIOSES_MAX || !json_equal(vios, access))
			continue;
		if (s->vios[i] == NULL && ssh_transport(&target, &s->vios[i], e) == -1)
			return NULL;
		stop_with(s, s->vios[i]);
		return s->vios[i];
	}
	(void)pd_fail(e, PD_BUG, "%s is no VIOS of the platform that is reached by SSH", field_text(access, "name"));
	return NULL;
}

/* ---- host keys ---- */

static int
show_host_key(const json_t *host, const char *who, const char *option, struct pd_err *e)
{
	struct ssh_target target = target_of(host);
	char		  fp[80];

	if (target.host_key[0] != '\0')
		return 0;
	if (ssh_host_key(&target, fp, sizeof(fp), e) == -1)
		return -1;
	return pd_fail(e, PD_BADDATA, "%s%s shows host key %s; compare it with the %s own, then repeat with %s%s", who,
	    target.address, fp, who[0] != '\0' ? "VIOS's" : "console's", option, fp);
}

int
sessions_know_keys(const json_t *platform, struct pd_err *e)
{
	char	      who[64];
	const json_t *vios;
	size_t	      i;

	if (json_object_get(platform, "programs") != NULL)
		return 0;
	if (show_host_key(platform, "", "--host-key ", e) == -1)
		return -1;
	json_array_foreach(access_of(platform), i, vios) {
		(void)snprintf(who, sizeof(who), "%.40s at ", field_text(vios, "name"));
		if (show_host_key(vios, who, "host-key=", e) == -1)
			return -1;
	}
	return 0;
}
