/* SPDX-License-Identifier: ISC */
/*
 * sequence_carry.c - commands of a VIOS that go through the console: carry NAME { console = '... "{command}"' }; or, with
 * ssh = '... {command}', to a VIOS that is reached by itself.
 *
 * Two shells read such a command, the console's and the VIOS's.  That is why it holds no quotes of its own, and why every reference
 * in it is checked twice: as a bare word, where the second shell finds it, and inside the quotes that the first one takes off (P10).
 */
#include <stdio.h>
#include <string.h>

#include "handlers/sequence/sequence_words.h"

#define CARRIED	 "{command}"
#define SPECIALS "\"'\\|<>;&()*?[]~#"	/* what a VIOS's restricted shell refuses, or would read as something else */

static int
take_ssh_as(struct loader *l, const struct seq_node *n, void *to)
{
	if (strcmp(n->value[0], "root") != 0 && strcmp(n->value[0], "padmin") != 0)
		return seq_bad(l, n->line, "ssh-as is 'root' or 'padmin', not", n->value[0]);
	*(int *)to = n->value[0][0] == 'r';
	return 0;
}

static const struct word carrier_words[] = {
	{ "console", ONE, 0, seq_take_text, offsetof(struct carrier, console) },
	{ "ssh", ONE, 0, seq_take_text, offsetof(struct carrier, ssh) },
	{ "ssh-as", ONE, 0, take_ssh_as, offsetof(struct carrier, ssh_as_root) },
};

int
seq_take_carrier(struct loader *l, const struct seq_node *n, void *to)
{
	struct carrier **tail = to, *c = seq_get(l, sizeof(*c));

	if (c == NULL)
		return -1;
	c->name = n->title;
	if (strcmp(n->title, "root") == 0 || strcmp(n->title, "padmin") == 0 || strcmp(n->title, "second") == 0)
		return seq_bad(l, n->line, "has a meaning of its own:", n->title);
	for (; *tail != NULL; tail = &(*tail)->next)
		if (strcmp((*tail)->name, c->name) == 0)
			return seq_bad(l, n->line, "two carriers have the name", c->name);
	*tail = c;
	if (seq_take_all(l, n->child, carrier_words, SEQ_COUNT(carrier_words), "carry", c) == -1)
		return -1;
	if (c->console == NULL || strstr(c->console, CARRIED) == NULL)
		return seq_bad(l, n->line, "console = '... {command} ...' is needed in carry", n->title);
	if (c->ssh != NULL ? strstr(c->ssh, CARRIED) == NULL : c->ssh_as_root)
		return seq_bad(l, n->line, "ssh = '... {command}' is needed in carry", n->title);
	return 0;
}

/* The command in place of {command}, as the first shell will read it. */
static int
carry_one(struct loader *l, const char *form, const struct place *from, struct place *to)
{
	char	    text[2 * SEQ_STRING_MAX];
	const char *at = strstr(form, CARRIED);
	char	   *copy;

	if ((size_t)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - form), form, from->source,
		at + strlen(CARRIED)) >= sizeof(text))
		return seq_bad(l, from->line, "a carried command is too long:", from->source);
	if ((copy = arena_text(&l->s->arena, text, strlen(text))) == NULL)
		return seq_bad(l, from->line, "out of memory:", from->source);
	return place_parse(&l->s->arena, l->file, from->line, copy, PLACE_COMMAND, to, l->e);
}

int
seq_carry(struct loader *l, struct commands *c)
{
	if (c->carrier == NULL)
		return 0;
	if (c->carrier->ssh != NULL && c->n > 0 && (c->by_ssh = seq_get(l, c->n * sizeof(*c->by_ssh))) == NULL)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		const struct place bare = c->command[i];

		if (strpbrk(bare.source, SPECIALS) != NULL)
			return seq_bad(l, bare.line, "a carried command may not hold quotes or signs of a shell:", bare.source);
		if (carry_one(l, c->carrier->console, &bare, &c->command[i]) == -1 ||
		    (c->carrier->ssh != NULL && carry_one(l, c->carrier->ssh, &bare, &c->by_ssh[i]) == -1))
			return -1;
	}
	return 0;
}
