/* SPDX-License-Identifier: ISC */
/* Virtual optical media: the repository, what is in it, and in which drive it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/simulator/media.h"
#include "vios.h"

#define TEXT_HELD \
	"Unable to perform the requested operation: the virtual optical device is\n" \
	"in use by the client partition. Use the -release flag to release it."

static int
repo_needed(struct sim_cmd *cmd)
{
	if (repo_find(cmd->world) != NULL)
		return 0;
	return vios_fail_plain(cmd, 1, "The DVD repository has not been created yet.");
}

int
vios_mkrep(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-sp", OPT_ONE }, { "-size", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct vg *g;
	struct lv *v;
	char path[8192];
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	mb = size_parse(opt_str(&o, "-size"), 0);
	if (!opt_has(&o, "-sp") || mb <= 0)
		return vios_usage(cmd, "The options -sp and -size are required.");
	if (repo_find(cmd->world) != NULL)
		return vios_fail_plain(cmd, 1, "The virtual media repository already exists.");
	g = vg_find(cmd->world, opt_str(&o, "-sp"));
	if (g == NULL)
		return vios_fail_plain(cmd, 2, "\"%.60s\" is not a valid storage pool.", opt_str(&o, "-sp"));
	v = lv_create(cmd->world, g, REPO_LV, "jfs2", pps_for(mb, g->pp_mb), NULL, 0);
	if (v == NULL)
		return vios_fail(cmd, TEXT_NO_SPACE "\n0516-822 mklv: Unable to create logical volume.");
	str_set(v->mount, sizeof(v->mount), REPO_MOUNT);
	media_path(cmd->world, "", path, sizeof(path));
	(void)world_mkdirs(path);
	sim_out_puts(cmd->out, "Virtual Media Repository Created\n"
	    "Repository created within \"" REPO_LV "\" logical volume\n");
	return 0;
}

int
vios_chrep(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-size", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct lv *v;
	int64_t mb;

	if (vios_opts(cmd, &o, def) != 0 || repo_needed(cmd) != 0)
		return 1;
	mb = size_parse(opt_str(&o, "-size"), 0);
	if (mb <= 0)
		return vios_usage(cmd, "The option -size is required.");
	v = repo_find(cmd->world);
	if (lv_grow(cmd->world, v, pps_for(mb, vg_find(cmd->world, v->vg)->pp_mb), NULL, 0) == -1)
		return vios_fail(cmd, TEXT_NO_SPACE);
	return 0;
}

static void
unload_everywhere(struct world *w, const char *name)
{
	LIST_EACH(struct vhost, h, &w->vhosts)
		LIST_EACH(struct vtd, v, &h->vtds)
			if (strcmp(v->kind, "optical") == 0 && (name == NULL || strcmp(v->media, name) == 0)) {
				v->media[0] = '\0';
				v->held = 0;
			}
	world_changed(w);
}

int
vios_rmrep(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { NULL, OPT_END } };
	struct list media = { 0 };
	struct opts o;
	char path[8192];

	if (vios_opts(cmd, &o, def) != 0 || repo_needed(cmd) != 0)
		return 1;
	media_list(cmd->world, &media);
	if (media.n > 0 && !opt_has(&o, "-f")) {
		list_free(&media);
		return vios_fail_plain(cmd, 1, "The virtual media repository is not empty.");
	}
	LIST_EACH(struct medium, m, &media) {
		media_path(cmd->world, m->name, path, sizeof(path));
		(void)unlink(path);
	}
	list_free(&media);
	unload_everywhere(cmd->world, NULL);
	media_path(cmd->world, "", path, sizeof(path));
	(void)rmdir(path);
	lv_destroy(cmd->world, repo_find(cmd->world));
	return 0;
}

/* ---- lsrep ---- */

struct rep_row { /* a medium in a drive, or in none; media are repeated per drive */
	struct medium m;
	const struct vtd *v;
};

static void
r_size(const struct world *w, const void *row, struct text *out)
{
	text_printf(out, "%d", fs_size_mb(w, row));
}

static void
r_free(const struct world *w, const void *row, struct text *out)
{
	int mb = fs_size_mb(w, row) - media_used_mb(w);

	text_printf(out, "%d", mb < 0 ? 0 : mb);
}

static void
r_pool(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct lv *)row)->vg);
}

static void
r_psize(const struct world *w, const void *row, struct text *out)
{
	const struct vg *g = vg_find(w, ((const struct lv *)row)->vg);

	text_printf(out, "%d", vg_pps(w, g) * g->pp_mb);
}

static void
r_pfree(const struct world *w, const void *row, struct text *out)
{
	const struct vg *g = vg_find(w, ((const struct lv *)row)->vg);

	text_printf(out, "%d", (vg_pps(w, g) - vg_used_pps(w, g)) * g->pp_mb);
}

static const struct column rep_columns[] = {
	{ "size", "Size(mb)", 9, true, r_size, NULL },
	{ "free", "Free(mb)", 9, true, r_free, NULL },
	{ "parent pool", "Parent Pool", 20, false, r_pool, "pool" },
	{ "parent size", "Parent Size", 12, true, r_psize, NULL },
	{ "parent free", "Parent Free", 17, true, r_pfree, NULL },
};

static void
m_name(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct rep_row *)row)->m.name);
}

static void
m_size(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_printf(out, "%d", ((const struct rep_row *)row)->m.size_mb);
}

static void
m_optical(const struct world *w, const void *row, struct text *out)
{
	const struct rep_row *r = row;

	(void)w;
	text_add(out, r->v == NULL ? "None" : r->v->name);
}

static void
m_access(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct rep_row *)row)->m.read_only ? "ro" : "rw");
}

static const struct column media_columns[] = {
	{ "name", "Name", 54, false, m_name, NULL },
	{ "file size", "File Size", 10, true, m_size, "filesize" },
	{ "optical", "Optical", 16, false, m_optical, NULL },
	{ "access", "Access", 0, false, m_access, NULL },
};

static void
media_rows(const struct world *w, struct list *rows)
{
	struct list media = { 0 };

	media_list(w, &media);
	LIST_EACH(struct medium, m, &media) {
		if (media_loads(w, m->name) == 0)
			((struct rep_row *)list_new(rows, sizeof(struct rep_row)))->m = *m;
		LIST_EACH(struct vhost, h, &w->vhosts)
			LIST_EACH(struct vtd, v, &h->vtds)
				if (strcmp(v->kind, "optical") == 0 && strcmp(v->media, m->name) == 0) {
					struct rep_row *r = list_new(rows, sizeof(*r));

					r->m = *m;
					r->v = v;
				}
	}
	list_free(&media);
}

static bool
is_media_field(const char *s)
{
	for (size_t i = 0; i < NCOLS(media_columns); i++)
		if (strcasecmp(media_columns[i].field, s) == 0 ||
		    (media_columns[i].alias != NULL && strcasecmp(media_columns[i].alias, s) == 0))
			return true;
	return false;
}

int
vios_lsrep(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { VIOS_LISTING, { NULL, OPT_END } };
	struct opts o;
	const struct opt *field;
	struct list rows = { 0 };
	void *repo;
	const struct list one = { &repo, 1, 1 };
	bool media;
	int rv = 0;

	if (vios_opts(cmd, &o, def) != 0 || repo_needed(cmd) != 0)
		return 1;
	repo = repo_find(cmd->world);
	field = opt_find(&o, "-field");
	media = field != NULL && is_media_field(field->v[0]);
	media_rows(cmd->world, &rows);
	if (!media)
		rv = table_print(cmd, &o, rep_columns, NCOLS(rep_columns), &one);
	if (rv == 0 && (media || field == NULL) && rows.n > 0) {
		if (!media && !opt_has(&o, "-fmt"))
			sim_out_puts(cmd->out, "\n");
		rv = table_print(cmd, &o, media_columns, NCOLS(media_columns), &rows);
	}
	list_free(&rows);
	return rv;
}

/* ---- media ---- */

/* Copies without filling holes; the world is not locked meanwhile. */
static int
copy_file(const char *from, const char *to)
{
	static const char zero[65536];
	char *buf = xcalloc(1, sizeof(zero));
	int in = open(from, O_RDONLY | O_CLOEXEC), rv = -1;
	int out = in == -1 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	off_t off = 0;
	ssize_t n = 0;

	while (out != -1 && (n = pread(in, buf, sizeof(zero), off)) > 0) {
		if (memcmp(buf, zero, (size_t)n) != 0 && pwrite(out, buf, (size_t)n, off) != n)
			break;
		off += n;
		if (ftruncate(out, off) == -1)
			break;
	}
	if (out != -1 && n == 0)
		rv = 0;
	if (in != -1)
		close(in);
	if (out != -1 && close(out) == -1)
		rv = -1;
	free(buf);
	return rv;
}

static int
copy_medium(struct sim_cmd *cmd, const char *file, const char *name)
{
	char rel[4096], from[8192], to[8192];
	struct stat st;
	int rv, room = fs_size_mb(cmd->world, repo_find(cmd->world)) - media_used_mb(cmd->world);

	snprintf(rel, sizeof(rel), "%s%s", file[0] == '/' ? "" : "/home/padmin/", file);
	world_path(cmd->world, rel, from, sizeof(from));
	media_path(cmd->world, name, to, sizeof(to));
	if (strstr(rel, "/../") != NULL || stat(from, &st) == -1 || !S_ISREG(st.st_mode))
		return vios_fail_plain(cmd, 2, "The file \"%.200s\" does not exist or cannot be read.", file);
	if (st.st_size > (int64_t)room * 1024 * 1024)
		return vios_fail_plain(cmd, 1, "There is not enough free space in the virtual media repository.");
	world_unlock(cmd->world);
	rv = copy_file(from, to);
	world_lock(cmd->world);
	if (rv == -1) {
		(void)unlink(to);
		return vios_fail_plain(cmd, 4, "Unable to copy \"%.200s\": %s", file, strerror(errno));
	}
	return 0;
}

static int
blank_medium(struct sim_cmd *cmd, const char *size, const char *name)
{
	int64_t mb = size_parse(size, 0);
	char to[8192];

	if (mb <= 0)
		return vios_usage(cmd, "The size is not valid.");
	if (mb > fs_size_mb(cmd->world, repo_find(cmd->world)) - media_used_mb(cmd->world))
		return vios_fail_plain(cmd, 1, "There is not enough free space in the virtual media repository.");
	media_path(cmd->world, name, to, sizeof(to));
	return file_make(to, mb) == 0 ? 0 : vios_fail_plain(cmd, 4, "Unable to create \"%s\".", name);
}

int
vios_mkvopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-name", OPT_ONE }, { "-size", OPT_ONE }, { "-dev", OPT_ONE }, { "-file", OPT_ONE },
		{ "-ro", OPT_FLAG }, { NULL, OPT_END },
	};
	struct opts o;
	struct medium m;
	const char *name;
	char path[8192];
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	name = opt_str(&o, "-name");
	if (name == NULL || opt_has(&o, "-size") + opt_has(&o, "-dev") + opt_has(&o, "-file") != 1)
		return vios_usage(cmd, "The options -name and one of -size, -dev and -file are required.");
	if (repo_needed(cmd) != 0)
		return 1;
	if (!media_name_ok(name))
		return vios_fail_plain(cmd, 1, "\"%.60s\" is not a valid media name.", name);
	if (media_find(cmd->world, name, &m))
		return vios_fail_plain(cmd, 1, "Virtual optical media \"%s\" already exists.", name);
	if (opt_has(&o, "-dev"))
		return no_such_device(cmd, opt_str(&o, "-dev"));
	rv = opt_has(&o, "-file") ? copy_medium(cmd, opt_str(&o, "-file"), name) :
	    blank_medium(cmd, opt_str(&o, "-size"), name);
	media_path(cmd->world, name, path, sizeof(path));
	if (rv == 0 && opt_has(&o, "-ro"))
		(void)chmod(path, 0444);
	return rv;
}

static int
medium_wanted(struct sim_cmd *cmd, const char *name, struct medium *m)
{
	if (name == NULL)
		return vios_usage(cmd, "The name of a medium is required.");
	if (repo_needed(cmd) != 0)
		return 1;
	if (media_find(cmd->world, name, m))
		return 0;
	return vios_fail_plain(cmd, 2, "Virtual optical media \"%.60s\" does not exist.", name);
}

int
vios_chvopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-name", OPT_ONE }, { "-access", OPT_ONE }, { "-mv", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct medium m, other;
	const char *access, *new;
	char path[8192], to[8192];
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	rv = medium_wanted(cmd, opt_str(&o, "-name"), &m);
	if (rv != 0)
		return rv;
	access = opt_str(&o, "-access");
	new = opt_str(&o, "-mv");
	if ((access == NULL) == (new == NULL) ||
	    (access != NULL && strcmp(access, "ro") != 0 && strcmp(access, "rw") != 0))
		return vios_usage(cmd, "One of -access ro|rw and -mv is required.");
	if (media_loads(cmd->world, m.name) > 0)
		return vios_fail_plain(cmd, 1, "Virtual optical media \"%s\" is loaded.", m.name);
	media_path(cmd->world, m.name, path, sizeof(path));
	if (access != NULL)
		return chmod(path, strcmp(access, "ro") == 0 ? 0444 : 0644) == 0 ? 0 : 4;
	if (!media_name_ok(new) || media_find(cmd->world, new, &other))
		return vios_fail_plain(cmd, 1, "\"%.60s\" is not a valid media name or already exists.", new);
	media_path(cmd->world, new, to, sizeof(to));
	return rename(path, to) == 0 ? 0 : 4;
}

int
vios_rmvopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-f", OPT_FLAG }, { "-name", OPT_ONE }, { NULL, OPT_END } };
	struct opts o;
	struct medium m;
	char path[8192];
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	rv = medium_wanted(cmd, opt_str(&o, "-name"), &m);
	if (rv != 0)
		return rv;
	if (media_loads(cmd->world, m.name) > 0 && !opt_has(&o, "-f"))
		return vios_fail_plain(cmd, 1, "Virtual optical media \"%s\" is loaded; use the -f flag.", m.name);
	unload_everywhere(cmd->world, m.name);
	media_path(cmd->world, m.name, path, sizeof(path));
	return unlink(path) == 0 ? 0 : 4;
}

static struct vtd *
drive_wanted(struct sim_cmd *cmd, const char *name)
{
	struct vtd *v = name == NULL ? NULL : vtd_find(cmd->world, name, NULL);

	if (v != NULL && strcmp(v->kind, "optical") == 0)
		return v;
	if (name == NULL)
		(void)vios_usage(cmd, "The option -vtd is required.");
	else
		(void)vios_fail_plain(cmd, 1, "\"%.60s\" is not a valid virtual optical device.", name);
	return NULL;
}

int
vios_loadopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-f", OPT_FLAG }, { "-release", OPT_FLAG }, { "-disk", OPT_ONE }, { "-vtd", OPT_ONE },
		{ NULL, OPT_END },
	};
	struct opts o;
	struct medium m = { .read_only = false };
	struct vtd *v;
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	v = drive_wanted(cmd, opt_str(&o, "-vtd"));
	if (v == NULL)
		return 1;
	rv = medium_wanted(cmd, opt_str(&o, "-disk"), &m);
	if (rv != 0)
		return rv;
	if (v->media[0] != '\0' && !opt_has(&o, "-f"))
		return vios_fail_plain(cmd, 1, "The virtual optical device \"%s\" already has a media loaded.",
		    v->name);
	if (v->held && !opt_has(&o, "-release"))
		return vios_fail_plain(cmd, 1, TEXT_HELD);
	if (!m.read_only && strcmp(v->media, m.name) != 0 && media_loads(cmd->world, m.name) > 0)
		return vios_fail_plain(cmd, 1, "Virtual optical media \"%s\" can be written and is loaded in "
		    "another device.", m.name);
	str_set(v->media, sizeof(v->media), m.name);
	v->held = 0;
	world_changed(cmd->world);
	return 0;
}

int
vios_unloadopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-release", OPT_FLAG }, { "-vtd", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	struct vtd *v;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	v = drive_wanted(cmd, opt_str(&o, "-vtd"));
	if (v == NULL)
		return 1;
	if (v->held && !opt_has(&o, "-release"))
		return vios_fail_plain(cmd, 1, TEXT_HELD);
	v->media[0] = '\0';
	v->held = 0;
	world_changed(cmd->world);
	return 0;
}

static void
o_vtd(const struct world *w, const void *row, struct text *out)
{
	(void)w;
	text_add(out, ((const struct vtd *)row)->name);
}

static void
o_media(const struct world *w, const void *row, struct text *out)
{
	const struct vtd *v = row;

	(void)w;
	text_add(out, v->media[0] == '\0' ? "No Media" : v->media);
}

static void
o_size(const struct world *w, const void *row, struct text *out)
{
	const struct vtd *v = row;
	struct medium m;

	if (v->media[0] == '\0')
		text_add(out, "n/a");
	else if (!media_find(w, v->media, &m))
		text_add(out, "unknown");
	else
		text_printf(out, "%d", m.size_mb);
}

static const struct column drive_columns[] = {
	{ "vtd", "VTD", 16, false, o_vtd, NULL },
	{ "media", "Media", 40, false, o_media, NULL },
	{ "size", "Size(mb)", 9, true, o_size, NULL },
};

int
vios_lsvopt(struct sim_cmd *cmd)
{
	static const struct optdef def[] = { { "-vtd", OPT_ONE }, VIOS_LISTING, { NULL, OPT_END } };
	struct opts o;
	struct list rows = { 0 };
	int rv;

	if (vios_opts(cmd, &o, def) != 0)
		return 1;
	if (opt_has(&o, "-vtd") && drive_wanted(cmd, opt_str(&o, "-vtd")) == NULL)
		return 1;
	LIST_EACH(struct vhost, h, &cmd->world->vhosts)
		LIST_EACH(struct vtd, v, &h->vtds)
			if (strcmp(v->kind, "optical") == 0 &&
			    (!opt_has(&o, "-vtd") || strcmp(opt_str(&o, "-vtd"), v->name) == 0))
				list_append(&rows, v);
	rv = table_print(cmd, &o, drive_columns, NCOLS(drive_columns), &rows);
	free(rows.item);
	return rv;
}
