/* SPDX-License-Identifier: ISC */
/* mkauthkeys: the user's keys. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ivm.h"

static void
keys_path(const struct world *w, const char *file, char out[8192])
{
	char rel[128];

	snprintf(rel, sizeof(rel), "/home/padmin/.ssh/%s", file);
	world_path(w, rel, out, 8192);
}

/* Writes the key file anew without the lines that have the key in them, then adds one. */
static int
keys_edit(struct sim_cmd *cmd, const char *without, const char *with)
{
	char path[8192], line[4096];
	struct text t = { 0 };
	FILE *f;
	int found = 0;

	keys_path(cmd->world, "authorized_keys2", path);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strstr(line, without) != NULL)
			found++;
		else
			text_printf(&t, "%s\n", line);
	}
	if (f != NULL)
		(void)fclose(f);
	if (with != NULL)
		text_printf(&t, "%s\n", with);
	(void)world_mkdirs(path);
	f = fopen(path, "we");
	if (f != NULL) {
		(void)fputs(text_str(&t), f);
		(void)fclose(f);
	}
	text_free(&t);
	return with != NULL || found > 0 ? 0 : ivm_fail(cmd, IVM_VALUE, "The key was not found.");
}

static int
keys_own(struct sim_cmd *cmd)
{
	sim_out_printf(cmd->out, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDsimulated%s padmin@%s\n",
	    cmd->world->sys.serial, cmd->world->sys.hostname);
	return 0;
}

int
ivm_mkauthkeys(struct sim_cmd *cmd)
{
	static const struct optdef def[] = {
		{ "-a", OPT_ONE }, { "-r", OPT_ONE }, { "-g", OPT_FLAG }, { "--test", OPT_FLAG }, { "--ip", OPT_ONE },
		{ "-u", OPT_ONE }, { "--add", OPT_ONE }, { NULL, OPT_END },
	};
	struct opts o;
	const char *key;

	if (ivm_opts(cmd, &o, def) != 0)
		return 1;
	key = opt_has(&o, "-a") ? opt_str(&o, "-a") : opt_str(&o, "--add");
	if (key != NULL) {
		if (strncmp(key, "ssh-", 4) != 0 && strncmp(key, "ecdsa-", 6) != 0)
			return ivm_fail(cmd, IVM_VALUE, "The key is not valid.");
		return keys_edit(cmd, key, key);
	}
	if (opt_has(&o, "-r"))
		return keys_edit(cmd, opt_str(&o, "-r"), NULL);
	if (opt_has(&o, "-g"))
		return keys_own(cmd);
	if (opt_has(&o, "--test") && opt_has(&o, "--ip") && opt_has(&o, "-u"))
		return ivm_fail(cmd, IVM_RMC, "There is no connection to %.60s.", opt_str(&o, "--ip"));
	return ivm_usage(cmd, "One of -a, -r, -g and --test is required.");
}
