/* SPDX-License-Identifier: ISC */
/*
 * guard.c - promise P9: which partition a command may name.
 */
#include <ctype.h>
#include <string.h>

#include "handlers/engine/guard.h"

#define LPAR_ID	 "lpar-id"
#define VIOS_ID	 "vios-id"
#define NEW_ID	 "new-lpar-id"
#define OWN_LPAR "platform.facts.management_lpar"
#define VIOSES	 "system.facts.vioses"

/* ---- values ---- */

static int
is_vios(const struct scope *s, const char *text)
{
	char	id[VALUE_MAX];
	size_t	i;
	json_t *vios;

	json_array_foreach(scope_get(s, VIOSES), i, vios)
		if (strcmp(value_as_text(id, json_object_get(vios, "id")), text) == 0)
			return 1;
	return 0;
}

int
guard_value(const struct value_type *t, const struct scope *s, const char *path, const char *text, struct pd_err *e)
{
	char own[VALUE_MAX];
	int  is_known = json_array_size(scope_get(s, VIOSES)) > 0;

	if (strcmp(t->name, VIOS_ID) == 0 && !is_vios(s, text))
		return pd_fail(e, PD_BADDATA, "%s is partition %.16s, which is no VIOS of the system", path, text);
	if (strcmp(t->name, LPAR_ID) != 0 && strcmp(t->name, NEW_ID) != 0)
		return 0;
	value_as_text(own, scope_get(s, OWN_LPAR));
	if (strcmp(text, own) == 0 || is_vios(s, text) || (!is_known && strcmp(text, "1") == 0))
		return pd_fail(e, PD_BADDATA,
		    "%s is partition %.16s, which runs the platform itself and is never touched", path, text);
	return 0;
}

/* ---- commands ---- */

/* Commands of a console that change partitions. */
static const char *const partition_commands[] = { "mksyscfg", "chsyscfg", "rmsyscfg", "chsysstate", "chhwres",
	"migrlpar", "chlparstate", "rmvterm", "rmvt", "chled", "rsthwres" };
#define NCOMMANDS (sizeof(partition_commands) / sizeof(partition_commands[0]))

static int
bad(const char *file, const struct place *p, const char *what, struct pd_err *e)
{
	return pd_fail(e, PD_BADDATA, "%s:%d: %s", file, p->line, what);
}

static int
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where word stands as a word of its own in text, or NULL. */
static const char *
find_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
		if ((at == text || !is_word(at[-1])) && !is_word(at[n]))
			return at;
	return NULL;
}

/* The command's name; NULL = none that changes partitions. */
static const char *
partition_command(const char *source, int *is_first)
{
	for (size_t i = 0; i < NCOMMANDS; i++) {
		const char *at = find_word(source, partition_commands[i]);

		if (at == NULL)
			continue;
		*is_first = at == source && find_word(at + 1, partition_commands[i]) == NULL;
		return partition_commands[i];
	}
	return NULL;
}

static int
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && strcmp(text + n - k, end) == 0 && (n == k || !is_word(text[n - k - 1]));
}

/* What names the partition that is changed stands before the reference of its id, and nowhere else. */
static int
check_targets(const char *file, const struct place *p, int *lpars, int *vioses, struct pd_err *e)
{
	static const char *const names[] = { "--id ", "lpar_id=", "lpar_ids=" };

	for (size_t i = 0; i < p->n; i++) {
		const char *literal = p->part[i].literal, *type = i + 1 < p->n && p->part[i + 1].type != NULL ? p->part[i + 1].type->name : "";

		for (size_t k = 0; literal != NULL && k < sizeof(names) / sizeof(names[0]); k++) {
			const char *at = strstr(literal, names[k]);
			int	    is_end = ends_with(literal, names[k]), is_lpar = strcmp(type, LPAR_ID) == 0;

			if (at == NULL || (at != literal && is_word(at[-1])))
				continue;	/* remote_lpar_id= says whom an adapter is for */
			if (!is_end || at[strlen(names[k])] != '\0' || (!is_lpar && strcmp(type, VIOS_ID) != 0))
				return bad(file, p, "a change names its partition by {...:lpar-id} or {...:vios-id}", e);
			*(is_lpar ? lpars : vioses) += 1;
		}
	}
	return 0;
}

/* Ways to name partitions that nothing checks. */
static int
has_other_target(const char *source)
{
	static const char *const names[] = { " -p ", " -t ", " --all", "lpar_name", "lpar_names", " --tid " };
	const char		*n = strstr(source, " -n ");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *at = strstr(source, names[i]);

		if (at != NULL && (at == source || !is_word(at[-1])))
			return strcmp(names[i], " -t ") != 0 || strncmp(source, "migrlpar ", 9) != 0;
	}
	return n != NULL && strstr(source, " -o apply ") == NULL && strstr(source, " -o save ") == NULL;
}

/* Every attribute that a record sets on a VIOS's profile: its name, its id, and adapters that come or go. */
static int
sets_only_adapters(const char *source)
{
	static const char *const allowed[] = { "name=", "lpar_id=", "virtual_scsi_adapters+=",
		"virtual_scsi_adapters-=", "virtual_fc_adapters+=", "virtual_fc_adapters-=" };

	for (const char *at = source; (at = strchr(at, '=')) != NULL; at++) {
		const char *from = at;
		int	    ok = 0;

		while (from > source && (is_word(from[-1]) || from[-1] == '+' || from[-1] == '-'))
			from--;
		for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
			ok |= (size_t)(at + 1 - from) == strlen(allowed[i]) &&
			    strncmp(from, allowed[i], strlen(allowed[i])) == 0;
		if (!ok)
			return 0;
	}
	return strstr(source, "_adapters") != NULL;
}

static int
may_touch_vios(const char *source)
{
	if (strncmp(source, "chhwres -r virtualio ", 21) == 0)
		return (strstr(source, " --rsubtype scsi ") != NULL || strstr(source, " --rsubtype fc ") != NULL) &&
		    (strstr(source, " -o a ") != NULL || strstr(source, " -o r ") != NULL);
	return strncmp(source, "chsyscfg -r prof ", 17) == 0 && sets_only_adapters(source);
}

int
guard_change(const char *file, const struct place *p, struct pd_err *e)
{
	int	    is_first = 0, lpars = 0, vioses = 0;
	const char *command = partition_command(p->source, &is_first);

	if (command == NULL)
		return 0;
	if (!is_first)
		return bad(file, p, "a command that changes a partition stands alone", e);
	if (check_targets(file, p, &lpars, &vioses, e) == -1)
		return -1;
	if (has_other_target(p->source))
		return bad(file, p, "a change names its partition by its id, not by a name", e);
	if (vioses > 0 && !may_touch_vios(p->source))
		return bad(file, p, "of a VIOS only virtual adapters may be added and removed", e);
	if (lpars + vioses != 1 && strncmp(p->source, "mksyscfg -r lpar ", 17) != 0)
		return bad(file, p, "a change names one partition by its id", e);
	return 0;
}
