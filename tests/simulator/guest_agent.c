/* SPDX-License-Identifier: ISC */
/*
 * The first-boot agent of an image: reads a configuration from a virtual optical medium
 * (an ISO file system with config_*.xml, or a directory config_*.dir whose names are the
 * values, or rebuild_config_* on a disk that was already configured), takes over the addresses, and notes on the boot disk what it did.
 *
 * The note is at GUEST_RECORD_OFFSET: GUEST_RECORD_SIZE bytes, text padded with NUL:
 *	CONFIGURED
 *	source=config_20130102030405_17.xml
 *	ipaddress=10.0.0.5
 *	...				every line as it was in the file, in its order
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "guest.h"
#include "iso_read.h"
#include "model.h"

#define MARK "CONFIGURED\n"

static bool
is_config_name(const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(name, "rebuild_config_", 15) == 0)
		return true;
	return strncasecmp(name, "config_", 7) == 0 && n > 4 && strcasecmp(name + n - 4, ".xml") == 0;
}

/* Where nothing could be written into a file, the names in a directory are the lines. */
static bool
is_config_dir(const char *name)
{
	size_t n = strlen(name);

	return strncmp(name, "config_", 7) == 0 && n > 4 && strcmp(name + n - 4, ".dir") == 0;
}

static void
config_set(struct guest_config *c, const char *key, const char *value)
{
	const struct {
		const char *key;
		char *to;
		size_t size;
	} known[] = {
		{ "source", c->source, sizeof(c->source) },
		{ "ipaddress", c->ipaddress, sizeof(c->ipaddress) },
		{ "ipgw", c->ipgw, sizeof(c->ipgw) },
		{ "netmask", c->netmask, sizeof(c->netmask) },
		{ "main_dns", c->main_dns, sizeof(c->main_dns) },
		{ "bak_dns", c->bak_dns, sizeof(c->bak_dns) },
		{ "hostname", c->hostname, sizeof(c->hostname) },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].key, key) == 0 && known[i].to[0] == '\0')
			str_set(known[i].to, known[i].size, value);
	if (strcmp(key, "macaddr") == 0 && strlen(c->macs) + strlen(value) + 2 < sizeof(c->macs)) {
		strcat(c->macs, value);
		strcat(c->macs, " ");
	}
}

/* key=value lines; the first value of a key counts, MAC addresses add up. */
static void
config_parse(const char *text, struct guest_config *c)
{
	char line[512];

	while (*text != '\0') {
		size_t n = strcspn(text, "\r\n");
		char *eq;

		snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : sizeof(line) - 1), text);
		text += n;
		text += strspn(text, "\r\n");
		eq = strchr(line, '=');
		if (eq == NULL)
			continue;
		*eq = '\0';
		config_set(c, line + strspn(line, " \t"), eq + 1);
	}
}

static bool
mac_is_ours(const char *own, const char *mac, size_t n)
{
	char plain[16] = "";
	size_t k = 0;

	for (size_t i = 0; i < n && k + 1 < sizeof(plain); i++)
		if (mac[i] != ':')
			plain[k++] = (char)toupper((unsigned char)mac[i]);
	while (*(own += strspn(own, " ")) != '\0') {
		size_t len = strcspn(own, " ");

		if (len == strlen(plain) && strncasecmp(own, plain, len) == 0)
			return true;
		own += len;
	}
	return false;
}

/* Is there at least one address, and is each one of this partition's? */
static bool
macs_are_ours(const char *own, const char *macs)
{
	int found = 0;

	while (*(macs += strspn(macs, " ")) != '\0') {
		size_t n = strcspn(macs, " ");

		if (!mac_is_ours(own, macs, n))
			return false;
		macs += n;
		found++;
	}
	return found > 0;
}

bool
guest_record_read(const struct world *w, const struct vtd *disk, struct guest_config *c)
{
	char path[8192], buf[GUEST_RECORD_SIZE + 1] = "";
	int fd;
	bool found;

	memset(c, 0, sizeof(*c));
	guest_backing_path(w, disk, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	found = pread(fd, buf, GUEST_RECORD_SIZE, GUEST_RECORD_OFFSET) == GUEST_RECORD_SIZE &&
	    strncmp(buf, MARK, strlen(MARK)) == 0;
	close(fd);
	if (found)
		config_parse(buf + strlen(MARK), c);
	return found;
}

static bool
record_write_disk(const struct world *w, const struct vtd *disk, const char *source, const char *text)
{
	char path[8192], buf[GUEST_RECORD_SIZE];
	bool done;
	int fd;

	memset(buf, 0, sizeof(buf));
	snprintf(buf, sizeof(buf), MARK "source=%s\n%s", source, text);
	guest_backing_path(w, disk, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	done = pwrite(fd, buf, sizeof(buf), GUEST_RECORD_OFFSET) == (ssize_t)sizeof(buf);
	if (close(fd) == -1)
		done = false;
	return done;
}

/* A disk that is already configured (for this machine) only listens to a rebuild file. */
static bool
config_applies(const struct world *w, const char *own, const struct vtd *disk,
    const struct guest_config *c)
{
	struct guest_config had;

	if (!macs_are_ours(own, c->macs))
		return false;
	if (!guest_record_read(w, disk, &had))
		return true;
	if (strcmp(had.source, c->source) == 0)
		return false;
	return c->rebuild || !macs_are_ours(own, had.macs);
}

bool
guest_agent_run(struct world *w, const struct vhost *h, const char *own, const struct vtd *disk)
{
	struct text t = { 0 };
	bool taken = false;

	for (size_t i = 0; h != NULL && i < h->vtds.n && !taken; i++) {
		struct vtd *v = h->vtds.item[i];
		struct guest_config c = { 0 };
		char path[8192];

		if (strcmp(v->kind, "optical") != 0 || v->media[0] == '\0')
			continue;
		text_clear(&t);
		guest_backing_path(w, v, path, sizeof(path));
		if (!iso_find(path, is_config_name, c.source, sizeof(c.source), &t) &&
		    !iso_find_names(path, is_config_dir, c.source, sizeof(c.source), &t))
			continue;
		c.rebuild = strncasecmp(c.source, "rebuild_", 8) == 0;
		config_parse(text_str(&t), &c);
		if (config_applies(w, own, disk, &c) && record_write_disk(w, disk, c.source, text_str(&t))) {
			v->held = 1;
			taken = true;
		}
	}
	text_free(&t);
	return taken;
}
