/* SPDX-License-Identifier: ISC */
/* Where the commands of an HMC's Virtual I/O Servers run.  See front.h. */
#include <stdlib.h>
#include <string.h>

#include "front.h"

static const char *const vios_dirs[] = { "/tmp", "/home", "/home/padmin" };

static int
front_open(struct part *p, const struct sim *front)
{
	struct sim *sim = xcalloc(1, sizeof(*sim));
	struct vfs_at at = { .cwd = "/", .is_root = true };

	p->sim = sim;
	*sim = *front;
	sim->hmc = NULL;
	sim->is_bash = false;
	sim->hostname = NULL;
	sim->world = p->vios;
	sim->procs = procs_new();
	sim->vfs = vfs_open_root(world_fs_root(p->vios));
	if (sim->procs == NULL || sim->vfs == NULL)
		return -1;
	at.vfs = sim->vfs;
	for (size_t i = 0; i < sizeof(vios_dirs) / sizeof(vios_dirs[0]); i++)
		(void)vfs_mkdir(&at, vios_dirs[i], 0755);
	return 0;
}

int
hmc_fronts_open(struct hmc *h, const struct sim *front)
{
	LIST_EACH(struct cec, c, &h->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->vios != NULL && front_open(p, front) == -1)
				return -1;
	return 0;
}

void
hmc_fronts_close(struct hmc *h)
{
	LIST_EACH(struct cec, c, &h->cecs)
		LIST_EACH(struct part, p, &c->parts)
			if (p->sim != NULL) {
				procs_free(p->sim->procs);
				vfs_free(p->sim->vfs);
				free(p->sim);
				p->sim = NULL;
			}
}

/* Behind "oem_setup_env &&"; the line itself when it does not begin so. */
static const char *
root_part(const char *line, bool *is_root)
{
	static const char word[] = "oem_setup_env";
	const char *p = line + strspn(line, " \t");

	*is_root = false;
	if (strncmp(p, word, sizeof(word) - 1) != 0)
		return line;
	p += sizeof(word) - 1;
	p += strspn(p, " \t");
	if (strncmp(p, "&&", 2) != 0)
		return line;
	*is_root = true;
	return p + 2;
}

/* Tests of the back have no shell: words between blanks, no quotes. */
static int
exec_bare(struct part *vios, const char *line, struct sim_out *out)
{
	char *copy = xstrdup(line), *argv[32] = { NULL }, *save = NULL;
	struct sim_cmd cmd = { .world = vios->vios, .user = "padmin", .interactive = 1, .argv = argv, .in = "",
		.out = out, .err = out };
	int rv;

	for (char *w = strtok_r(copy, " ", &save); w != NULL && cmd.argc < 31; w = strtok_r(NULL, " ", &save))
		argv[cmd.argc++] = w;
	rv = cmd.argc > 0 ? console_run(&cmd) : 0;
	free(copy);
	return rv == -1 ? 127 : rv;
}

int
hmc_vios_exec(struct sim_cmd *cmd, struct part *vios, const char *line, struct sim_out *out)
{
	struct cancel *cancel = cmd->shell == NULL ? cancel_new() : cancel_ref(cmd->shell->cancel);
	struct stream *nothing = stream_memory("", 0);
	struct shell_base base;
	struct shell sh;
	bool is_root;
	int status = 1;

	if (vios->sim == NULL || cancel == NULL || nothing == NULL) {
		cancel_unref(cancel);
		stream_free(nothing);
		return exec_bare(vios, line, out);
	}
	line = root_part(line, &is_root);
	shell_base_init(&base, NULL);
	if (cmd->shell != NULL)
		base.record = cmd->shell->base->record;
	if (shell_init(&sh, vios->sim, &base, cancel, nothing, is_root ? "root" : "padmin", is_root) == 0) {
		sh.out = sh.err = out;
		sh.is_login = !is_root;
		status = shell_run_text(&sh, line, strlen(line));
	}
	shell_fini(&sh);
	shell_base_fini(&base);
	stream_free(nothing);
	cancel_unref(cancel);
	return status;
}
