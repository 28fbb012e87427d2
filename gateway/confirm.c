/* SPDX-License-Identifier: ISC */
/*
 * confirm.c - what destroys something is asked about on a terminal, and needs --yes without one.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/gateway.h"
#include "gateway/terminal.h"

int
gateway_confirm(const struct gateway *g, const struct request *req, struct pd_err *e)
{
	const char *verb = req->verb->name, *name = json_string_value(json_object_get(req->args, "name"));
	const char *what = strcmp(verb, "delete-vm") == 0 ? "VM" : strcmp(verb, "remove-image") == 0 ? "image" : "platform";
	char	    prompt[160], answer[80];

	if (!(req->verb->flags & VERB_DESTRUCTIVE) || req->yes || req->plan || name == NULL)
		return 0;
	if (!g->launch.has_tty || req != &g->req)	/* a batch is not asked about line by line */
		return pd_fail(e, PD_USAGE, "%s %s cannot be taken back; without a terminal to ask on it needs --yes: %s %s --yes",
		    verb, name, verb, name);
	(void)snprintf(prompt, sizeof(prompt), "%s %s cannot be taken back.  Type the %s's name to go on: ", verb, name, what);
	if (terminal_ask(prompt, 1, answer, sizeof(answer)) == -1 || strcmp(answer, name) != 0)
		return pd_fail(e, PD_USAGE, "%s %s was not confirmed; nothing is changed", verb, name);
	return 0;
}
