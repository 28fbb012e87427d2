/* SPDX-License-Identifier: ISC */
/* The words of an HMC's command.  See command.h. */
#include <stdio.h>
#include <string.h>

#include "tests/simulator/hmc/command.h"
#include "tests/simulator/hmc/message.h"
#include "tests/simulator/text.h"

/* Is word one of those joined by blanks? */
static bool
is_word_of(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (n > 0 && *words != '\0') {
		size_t k = strcspn(words, " ");

		if (k == n && strncmp(words, word, n) == 0)
			return true;
		words += k + strspn(words + k, " ");
	}
	return false;
}

/* How the options that are missing are joined when there are several is (unconfirmed). */
static int
check_required(struct sim_cmd *cmd, const struct opts *o, const char *required)
{
	struct text missing = { 0 };
	char flag[32];
	int rv = -1;

	while (*required != '\0') {
		size_t n = strcspn(required, " ");

		snprintf(flag, sizeof(flag), "%.*s", (int)n, required);
		if (!opt_has(o, flag))
			text_printf(&missing, "%s%s", missing.n > 0 ? ", " : "", flag);
		required += n + strspn(required + n, " ");
	}
	if (missing.n > 0)
		rv = hmc_missing(cmd, text_str(&missing));
	text_free(&missing);
	return rv;
}

static bool
asks_help(const struct sim_cmd *cmd)
{
	for (int i = 1; i < cmd->argc; i++)
		if (strcmp(cmd->argv[i], "--help") == 0)
			return true;
	return false;
}

int
hmc_options(struct sim_cmd *cmd, struct opts *o, const struct optdef *def, const char *required, const char *usage)
{
	if (asks_help(cmd) || (cmd->argc == 1 && *required != '\0')) {
		sim_out_printf(cmd->out, "Usage: %s\n", usage);
		return cmd->argc == 1;
	}
	if (opts_parse_short(o, def, cmd->argc, cmd->argv) == -1)
		return o->no_value ? hmc_missing(cmd, o->bad_word) : hmc_bad_parameter(cmd, o->bad_word);
	if (o->npos > 0)
		return hmc_bad_parameter(cmd, o->pos[0]);
	return check_required(cmd, o, required);
}

bool
hmc_is_system(const char *m, const char *name, const char *type_model, const char *serial)
{
	size_t n = strlen(type_model);

	return strcmp(m, name) == 0 || (strncmp(m, type_model, n) == 0 && m[n] == '*' && strcmp(m + n + 1, serial) == 0);
}

int
hmc_one_of(struct sim_cmd *cmd, const struct opts *o, const char *flag, const char *words)
{
	const char *value = opt_str(o, flag);

	return value != NULL && is_word_of(words, value) ? 0 : hmc_missing(cmd, flag);
}
