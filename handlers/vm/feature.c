/* SPDX-License-Identifier: ISC */
/*
 * feature.c - templates/KIND/features.conf, and a request held against it.
 *
 *	feature NAME {
 *		title = 'Active Memory Expansion'		what people call it
 *		when = 'args.memory_expansion'			the requests that want it: a condition as in sequences
 *		capability = 'active_mem_expansion_capable'	that the system must have
 *		level = 'V8R8'					of the console, at least
 *		value = 'args.compat_mode' of = 'compat_modes'	the value must be one that the system's facts list
 *		refused = 'sentence'				never, and why
 *	}
 *	end = true
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/condition.h"
#include "handlers/sequence/sequence_text.h"
#include "handlers/sequence/value_type.h"
#include "handlers/vm/feature.h"
#include "spool/os/io.h"

struct feature {
	const char     *name, *title, *capability, *level, *value, *of, *refused;
	struct cond	when;
	struct feature *next;
};

struct features {
	struct arena	arena;
	const char     *file;
	struct feature *first;
};

/* ---- the file ---- */

static int
bad(const struct features *f, int line, const char *what, const char *word, struct pd_err *e)
{
	return pd_fail(e, PD_BADDATA, "%s:%d: %s '%.60s'", f->file, line, what, word);
}

/* Where the text of this word goes; NULL = unknown, or the condition. */
static const char **
member(struct feature *t, const char *word)
{
	const struct {
		const char  *word;
		const char **to;
	} members[] = { { "title", &t->title }, { "capability", &t->capability }, { "level", &t->level }, { "value", &t->value }, { "of", &t->of },
		{ "refused", &t->refused } };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(members[i].word, word) == 0)
			return members[i].to;
	return NULL;
}

static int
take_word(struct features *f, struct feature *t, const struct seq_node *n, struct pd_err *e)
{
	const char **to = n->is_section ? NULL : member(t, n->word);

	if (n->is_section || n->nvalues != 1 || n->value[0][0] == '\0')
		return bad(f, n->line, "one value is expected for", n->word, e);
	if (to != NULL ? *to != NULL : t->when.n > 0)
		return bad(f, n->line, "said twice, or unknown:", n->word, e);
	if (to == NULL && strcmp(n->word, "when") != 0)
		return bad(f, n->line, "unknown word", n->word, e);
	if (to == NULL)
		return cond_parse(&f->arena, f->file, n->line, n->value[0], &t->when, e);
	*to = n->value[0];
	return 0;
}

static int
take_feature(struct features *f, const struct seq_node *n, struct feature **tail, struct pd_err *e)
{
	struct feature *t = arena_get(&f->arena, sizeof(*t));

	if (t == NULL)
		return pd_fail(e, PD_IO, "no memory for %s", f->file);
	if (!n->is_section || strcmp(n->word, "feature") != 0 || n->title == NULL)
		return bad(f, n->line, "feature NAME { is expected, not", n->word, e);
	t->name = n->title;
	for (const struct seq_node *w = n->child; w != NULL; w = w->next)
		if (take_word(f, t, w, e) == -1)
			return -1;
	if (t->title == NULL || t->when.n == 0 || (t->value == NULL) != (t->of == NULL))
		return bad(f, n->line, "title and when are needed, and value goes with of, in feature", n->title, e);
	if (t->value != NULL && !scope_path_is_valid(t->value))
		return bad(f, n->line, "no path for a value:", t->value, e);
	if (t->capability == NULL && t->level == NULL && t->value == NULL && t->refused == NULL)
		return bad(f, n->line, "capability, level, value or refused is missing in feature", n->title, e);
	*tail = t;
	return 0;
}

/* feature NAME { ... } ... end = true, and nothing else: a file that was cut off is recognised. */
static int
take_file(struct features *f, const struct seq_node *n, struct pd_err *e)
{
	struct feature **tail = &f->first;

	for (; n != NULL && n->is_section; n = n->next, tail = &(*tail)->next)
		if (take_feature(f, n, tail, e) == -1)
			return -1;
	if (n == NULL || strcmp(n->word, "end") != 0 || n->nvalues != 1 || strcmp(n->value[0], "true") != 0 ||
	    n->next != NULL)
		return bad(f, n == NULL ? 1 : n->line, "end = true is expected as the last line, not",
		    n == NULL ? "nothing" : n->word, e);
	return 0;
}

int
features_parse(const char *file, const char *text, size_t len, struct features **out, struct pd_err *e)
{
	struct features *f = calloc(1, sizeof(*f));
	struct seq_node *first = NULL;

	*out = NULL;
	if (f == NULL)
		return pd_fail(e, PD_IO, "no memory for %s", file);
	f->file = arena_text(&f->arena, file, strlen(file));
	if (f->file == NULL)
		(void)pd_fail(e, PD_IO, "no memory for %s", file);
	else if (sequence_text_read(&f->arena, f->file, text, len, &first, e) == 0 && take_file(f, first, e) == 0)
		*out = f;
	if (*out == NULL)
		features_free(f);
	return *out != NULL ? 0 : -1;
}

int
features_load(const char *path, struct features **f, struct pd_err *e)
{
	char  *text;
	size_t len;
	int    rv;

	*f = NULL;
	if (io_read_file(AT_FDCWD, path, FEATURE_FILE_MAX, &text, &len, e) == -1)
		return -1;
	rv = features_parse(path, text, len, f, e);
	free(text);
	return rv;
}

void
features_free(struct features *f)
{
	if (f == NULL)
		return;
	arena_free(&f->arena);
	free(f);
}

/* ---- the check ---- */

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

/* The next number in *s, behind which *s goes; -1 = there is none. */
static long
next_number(const char **s)
{
	char *end;
	long  n;

	while (**s != '\0' && !isdigit((unsigned char)**s))
		++*s;
	if (**s == '\0')
		return -1;
	n = strtol(*s, &end, 10);
	*s = end;
	return n;
}

int
feature_level_reached(const char *level, const char *needed)
{
	long has, need;

	while ((need = next_number(&needed)) != -1) {
		has = next_number(&level);
		if (has != need)
			return has > need;
	}
	return 1;
}

int
feature_list_has(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (; *list != '\0'; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (len == n && strncmp(list, word, n) == 0)
			return 1;
	}
	return 0;
}

static int
check_one(const struct feature *t, const struct scope *s, const char *system, const char *level, const json_t *facts,
    struct pd_err *e)
{
	const char *capabilities = text_of(facts, "capabilities"), *known = t->of != NULL ? text_of(facts, t->of) : "";
	char	    asked[VALUE_MAX] = "";

	if (t->refused != NULL)
		return pd_fail(e, PD_USAGE, "%s is not there on %s: %s", t->title, system, t->refused);
	if (t->level != NULL && level[0] != '\0' && !feature_level_reached(level, t->level))
		return pd_fail(e, PD_CAPACITY, "%s cannot do %s: its console has the level %s, and %s is needed",
		    system, t->title, level, t->level);
	if (t->capability != NULL && capabilities[0] != '\0' && !feature_list_has(capabilities, t->capability))
		return pd_fail(e, PD_CAPACITY, "%s cannot do %s (capability %s is missing)", system, t->title, t->capability);
	if (t->value != NULL)
		(void)value_as_text(asked, scope_get(s, t->value));
	if (known[0] != '\0' && !feature_list_has(known, asked))
		return pd_fail(e, PD_CAPACITY, "%s knows no %s %.40s; it has %s", system, t->title, asked, known);
	return 0;
}

int
features_check(const struct features *f, const json_t *args, const char *system, const char *level, const json_t *facts,
    struct pd_err *e)
{
	json_t	    *vars = json_pack("{s:O}", "args", args);
	struct scope s = { .vars = vars };
	int	     rv = vars != NULL ? 0 : pd_fail(e, PD_IO, "no memory to check what %s can do", system);

	for (const struct feature *t = f->first; t != NULL && rv == 0; t = t->next)
		if (cond_eval(&t->when, &s, 0) == 1)
			rv = check_one(t, &s, system, level, facts, e);
	json_decref(vars);
	return rv;
}
