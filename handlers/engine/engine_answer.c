/* SPDX-License-Identifier: ISC */
/*
 * engine_answer.c - what an answer says: is it whole, does it ask for patience, which sentence tells a person why not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/engine/engine.h"

/* Takes "rc=N", the last line that a root session prints, off the output.  -1 = there is none: the session broke off. */
int
answer_take_rc(struct answer *a)
{
	size_t len = a->out_len;
	char  *s, *end;
	long   rc;

	while (len > 0 && strchr("\r\n", a->out[len - 1]) != NULL)
		len--;
	a->out[len] = '\0';
	for (s = a->out + len; s > a->out && s[-1] != '\n' && strncmp(s, "rc=", 3) != 0;)
		s--;
	if (strncmp(s, "rc=", 3) != 0)
		return -1;
	rc = strtol(s + 3, &end, 10);
	if (end == s + 3 || *end != '\0' || rc < 0 || rc > 255)
		return -1;
	*s = '\0';
	a->out_len = (size_t)(s - a->out);
	return (int)rc;
}

const struct transient *
answer_transient(const struct engine *g, const struct answer *a)
{
	for (const struct transient *t = g->seq->transients; t != NULL; t = t->next)
		if (strstr(a->err, t->match) != NULL || strstr(a->out, t->match) != NULL)
			return t;
	return NULL;
}

int
answer_says(const struct answer *a, const char *ignore)
{
	return ignore != NULL && (strstr(a->err, ignore) != NULL || strstr(a->out, ignore) != NULL);
}

/* " VIOS vios1 of sys1:", of a command of a VIOS, when that is not said already; "" of any other. */
static const char *
speaker(const struct commands *c, const struct scope *s, const char *doing, char buf[120])
{
	const char *vios = json_string_value(scope_get(s, "vios.name")), *system = json_string_value(scope_get(s, "system.name"));

	if (c->carrier == NULL || vios == NULL || system == NULL || strstr(doing, vios) != NULL)
		return "";
	(void)snprintf(buf, 120, " VIOS %.40s of %.40s:", vios, system);
	return buf;
}

void
answer_fails(const struct engine *g, const struct unit *u, const struct commands *c, const struct answer *a, int rc,
    struct pd_err *e)
{
	struct scope s = engine_scope(g, u);
	char	     doing[160], text[300], who[120];
	size_t	     len;

	if (g->is_undoing && u->step->thing.source != NULL &&
	    place_fill(&u->step->thing, &s, FILL_MESSAGE, text, sizeof(text), NULL) == 0)
		snprintf(doing, sizeof(doing), "undoing %.150s", text);
	else if (u->step->say.source == NULL ||
	    place_fill(&u->step->say, &s, FILL_MESSAGE, doing, sizeof(doing), NULL) == -1)
		snprintf(doing, sizeof(doing), "%.150s", g->saying[0] != '\0' ? g->saying : u->step->name);
	console_text(text, sizeof(text), a->out, a->err);
	len = strlen(text);
	if (len > 1 && text[len - 1] == '.' && text[len - 2] != '.')
		text[len - 1] = '\0';	/* it stands inside a sentence of ours */
	if (text[0] == '\0')
		snprintf(text, sizeof(text), "the %s gives no reason, exit status %d",
		    c->carrier != NULL ? "VIOS" : "console", rc);
	pd_fail(e, PD_FAILED, "%s:%s %s", doing, speaker(c, &s, doing, who), text);
}

/* What a VIOS says on its standard error comes with its output, as it does through the console. */
void
answer_join(struct answer *a)
{
	char *both = a->err_len == 0 ? NULL : realloc(a->out, a->out_len + a->err_len + 1);

	if (both == NULL)
		return;
	memcpy(both + a->out_len, a->err, a->err_len + 1);
	a->out = both;
	a->out_len += a->err_len;
	a->err[0] = '\0';
	a->err_len = 0;
}

/*
 * Consoles print text in their own locale, and no control characters but these.  Anything else came over a broken line
 * or from something that is no console: a list with nothing recognizable in it must not count as an empty one.
 */
int
answer_is_text(const struct answer *a)
{
	const char *s = a->out;

	for (size_t i = 0; i < a->out_len; i++)
		if ((s[i] >= 0 && s[i] < ' ' && (s[i] == '\0' || strchr("\a\b\t\n\v\f\r\033", s[i]) == NULL)) ||
		    s[i] == 0x7f)
			return 0;
	return 1;
}

/* The sentence that there is nothing to list is no row of a list. */
void
answer_drop_no_rows(const struct engine *g, struct answer *a)
{
	const char *text = g->seq->no_rows;
	size_t	    n = text == NULL ? 0 : strlen(text);

	if (n == 0 || strncmp(a->out, text, n) != 0 || a->out[n + strspn(a->out + n, "\r\n ")] != '\0')
		return;
	a->out[0] = '\0';
	a->out_len = 0;
}
