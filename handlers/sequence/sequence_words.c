/* SPDX-License-Identifier: ISC */
/*
 * sequence_words.c - the words of a section against its table, and the values that several sections have.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/sequence/sequence_words.h"

#define TIMEOUT_MAX_S 86400

int
seq_bad(struct loader *l, int line, const char *what, const char *word)
{
	return pd_fail(l->e, PD_BADDATA, "%s:%d: %s '%.60s'", l->file, line, what, word);
}

void *
seq_get(struct loader *l, size_t size)
{
	void *p = arena_get(&l->s->arena, size);

	if (p == NULL)
		pd_fail(l->e, PD_BUG, "%s: out of memory", l->file);
	return p;
}

static const struct word *
find_word(struct loader *l, const struct seq_node *n, const struct word *words, size_t count, const char *where)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].name, n->word) == 0)
			return &words[i];
	pd_fail(l->e, PD_BADDATA, "%s:%d: unknown word '%.60s' in %s", l->file, n->line, n->word, where);
	return NULL;
}

static int
check_form(struct loader *l, const struct seq_node *n, const struct word *w)
{
	int is_section = w->form == SECTION || w->form == TITLED;

	if (is_section != n->is_section)
		return seq_bad(l, n->line, is_section ? "{ ... } is expected behind" : "= is expected behind", n->word);
	if (is_section && (w->form == TITLED) != (n->title != NULL))
		return seq_bad(l, n->line, n->title == NULL ? "a name is expected behind" : "no name may stand behind", n->word);
	if (!is_section && w->form == ONE && n->nvalues != 1)
		return seq_bad(l, n->line, "one value is expected for", n->word);
	return 0;
}

int
seq_take_all(struct loader *l, const struct seq_node *first, const struct word *words, size_t count,
    const char *where, void *to)
{
	for (const struct seq_node *n = first; n != NULL; n = n->next) {
		const struct word *w = find_word(l, n, words, count, where);

		if (w == NULL || check_form(l, n, w) == -1)
			return -1;
		for (const struct seq_node *o = first; o != n && !w->many; o = o->next)
			if (strcmp(o->word, n->word) == 0)
				return seq_bad(l, n->line, "said twice:", n->word);
		if (w->take(l, n, (char *)to + w->offset) == -1)
			return -1;
	}
	return 0;
}

int
seq_take_text(struct loader *l, const struct seq_node *n, void *to)
{
	if (n->value[0][0] == '\0')
		return seq_bad(l, n->line, "an empty text for", n->word);
	*(const char **)to = n->value[0];
	return 0;
}

int
seq_take_flag(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "true") != 0 && strcmp(n->value[0], "false") != 0)
		return seq_bad(l, n->line, "true or false is expected for", n->word);
	*(int *)to = n->value[0][0] == 't';
	return 0;
}

int
seq_take_seconds(struct loader *l, const struct seq_node *n, void *to)
{
	char *end;
	long  v = strtol(n->value[0], &end, 10);

	if (*end != '\0' || v < 1 || v > TIMEOUT_MAX_S)
		return seq_bad(l, n->line, "a number from 1 to 86400 is expected for", n->word);
	*(long *)to = v;
	return 0;
}

int
seq_take_message(struct loader *l, const struct seq_node *n, void *to)
{
	return place_parse(&l->s->arena, l->file, n->line, n->value[0], PLACE_MESSAGE, to, l->e);
}

int
seq_take_cond(struct loader *l, const struct seq_node *n, void *to)
{
	return cond_parse(&l->s->arena, l->file, n->line, n->value[0], to, l->e);
}

int
seq_take_commands(struct loader *l, const struct seq_node *n, void *to)
{
	struct commands *c = to;

	if (c->n != 0)
		return seq_bad(l, n->line, "run and ask exclude each other:", n->word);
	if (n->nvalues == 0)
		return seq_bad(l, n->line, "a command is expected for", n->word);
	if ((c->command = seq_get(l, n->nvalues * sizeof(*c->command))) == NULL)
		return -1;
	for (; c->n < n->nvalues; c->n++)
		if (place_parse(&l->s->arena, l->file, n->line, n->value[c->n], PLACE_COMMAND, &c->command[c->n], l->e) == -1)
			return -1;
	return 0;
}

int
seq_take_as(struct loader *l, const struct seq_node *n, void *to)
{
	struct commands *c = to;
	const char	*as = n->value[0];

	c->as_root = strcmp(as, "root") == 0;
	c->as_second = strcmp(as, "second") == 0;
	for (c->carrier = l->s->carriers; c->carrier != NULL && strcmp(c->carrier->name, as) != 0;)
		c->carrier = c->carrier->next;
	if (!c->as_root && !c->as_second && strcmp(as, "padmin") != 0 && c->carrier == NULL)
		return seq_bad(l, n->line, "as is 'root', 'padmin', 'second' or what a carry before it names, not", as);
	return 0;
}
