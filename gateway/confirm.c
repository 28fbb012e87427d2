/* SPDX-License-Identifier: ISC */
/*
 * confirm.c - what destroys something is asked about on a terminal, and needs --yes without one.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/gateway.h"
#include "gateway/terminal.h"

/* What is to be typed, and what it is. */
struct wish {
	const char *name, *what;
	char	    line[96];	/* the request in short */
};

static int
read_wish(const struct request *req, struct wish *w)
{
	const char *verb = req->verb->name;

	w->name = json_string_value(json_object_get(req->args, "name"));
	w->what = strcmp(verb, "delete-vm") == 0 ? "the VM's name" : strcmp(verb, "remove-image") == 0 ? "the image's name" : "the platform's name";
	if (w->name == NULL && req->verb->flags & VERB_DESTRUCTIVE)
		return 0;
	if (w->name != NULL) {
		(void)snprintf(w->line, sizeof(w->line), "%s %.40s", verb, w->name);
	} else {
		w->name = "clean";
		w->what = "clean";
		(void)snprintf(w->line, sizeof(w->line), "%s --clean", verb);
	}
	return 1;
}

int
gateway_confirm(const struct gateway *g, const struct request *req, struct pd_err *e)
{
	struct wish w;
	char	    prompt[200], answer[80];

	if (!verb_destroys(req->verb, req->args) || req->yes || req->plan || !read_wish(req, &w))
		return 0;
	if (!g->launch.has_tty || req != &g->req)	/* a batch is not asked about line by line */
		return pd_fail(e, PD_USAGE,
		    "%s cannot be taken back; without a terminal to ask on it needs --yes: %s --yes", w.line, w.line);
	(void)snprintf(prompt, sizeof(prompt), "%s cannot be taken back.  Type %s to go on: ", w.line, w.what);
	if (terminal_ask(prompt, 1, answer, sizeof(answer)) == -1 || strcmp(answer, w.name) != 0)
		return pd_fail(e, PD_USAGE, "%s was not confirmed; nothing is changed", w.line);
	return 0;
}
