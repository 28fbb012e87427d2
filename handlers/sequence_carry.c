/* SPDX-License-Identifier: ISC */
/*
 * sequence_carry.c - commands of a VIOS that go through the console: carry NAME { console = '... "{command}"' }.
 *
 * Two shells read such a command, the console's and the VIOS's.  That is why it holds no quotes of its own, and why every reference
 * in it is checked twice: as a bare word, where the second shell finds it, and inside the quotes that the first one takes off (P10).
 */
#include <stdio.h>
#include <string.h>

#include "handlers/sequence_words.h"

#define CARRIED	 "{command}"
#define SPECIALS "\"'\\|<>;&()*?[]~#"	/* what a VIOS's restricted shell refuses, or would read as something else */

static const struct word carrier_words[] = {
	{ "console", ONE, 0, seq_take_text, offsetof(struct carrier, console) },
};

int
seq_take_carrier(struct loader *l, const struct seq_node *n, void *to)
{
	struct carrier **tail = to, *c = seq_get(l, sizeof(*c));

	if (c == NULL)
		return -1;
	c->name = n->title;
	if (strcmp(n->title, "root") == 0 || strcmp(n->title, "padmin") == 0)
		return seq_bad(l, n->line, "has a meaning of its own:", n->title);
	for (; *tail != NULL; tail = &(*tail)->next)
		if (strcmp((*tail)->name, c->name) == 0)
			return seq_bad(l, n->line, "two carriers have the name", c->name);
	*tail = c;
	if (seq_take_all(l, n->child, carrier_words, SEQ_COUNT(carrier_words), "carry", c) == -1)
		return -1;
	if (c->console == NULL || strstr(c->console, CARRIED) == NULL)
		return seq_bad(l, n->line, "console = '... {command} ...' is needed in carry", n->title);
	return 0;
}

static int
carry_one(struct loader *l, const struct carrier *c, struct place *p)
{
	char	    text[2 * SEQ_STRING_MAX];
	const char *at = strstr(c->console, CARRIED);
	char	   *copy;

	if (strpbrk(p->source, SPECIALS) != NULL)
		return seq_bad(l, p->line, "a carried command may not hold quotes or signs of a shell:", p->source);
	if ((size_t)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - c->console), c->console, p->source, at + strlen(CARRIED)) >=
	    sizeof(text))
		return seq_bad(l, p->line, "a carried command is too long:", p->source);
	if ((copy = arena_text(&l->s->arena, text, strlen(text))) == NULL)
		return seq_bad(l, p->line, "out of memory:", p->source);
	return place_parse(&l->s->arena, l->file, p->line, copy, PLACE_COMMAND, p, l->e);
}

int
seq_carry(struct loader *l, struct commands *c)
{
	for (size_t i = 0; c->carrier != NULL && i < c->n; i++)
		if (carry_one(l, c->carrier, &c->command[i]) == -1)
			return -1;
	return 0;
}
