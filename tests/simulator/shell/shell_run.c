/* SPDX-License-Identifier: ISC */
/*
 * Runs syntax trees.  The commands of a pipeline run one after the other, each with the whole
 * output of the one before it as its standard input: the order of effects is then the same
 * every time.  The last one runs in the shell itself in ksh, so that `... | while read x` keeps
 * its variables; in bash it does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

static int run(struct shell *sh, const struct node *n, struct prog *prog);

static int
drain_base(struct shell_base *b, int is_stderr, const char *data, size_t len)
{
	if (b->record != NULL)
		record_output(b->record, is_stderr, data, len);
	return b->io->write(b->io->arg, is_stderr, data, len);
}

static int
drain_out(void *arg, const char *data, size_t len)
{
	return drain_base(arg, 0, data, len);
}

static int
drain_err(void *arg, const char *data, size_t len)
{
	return drain_base(arg, 1, data, len);
}

void
shell_base_init(struct shell_base *b, const struct shell_io *io)
{
	*b = (struct shell_base){ .io = io };
	if (io != NULL) {
		b->out = (struct sim_out){ .drain = drain_out, .arg = b };
		b->err = (struct sim_out){ .drain = drain_err, .arg = b };
	}
}

void
shell_base_fini(struct shell_base *b)
{
	sim_out_free(&b->out);
	sim_out_free(&b->err);
}

struct vfs_at
shell_at(const struct shell *sh)
{
	return (struct vfs_at){ .vfs = sh->sim->vfs, .cwd = sh->cwd, .is_root = sh->is_root,
		.home = sh->is_bash ? shell_get(sh, "HOME") : NULL };
}

int
shell_init(struct shell *sh, const struct sim *sim, struct shell_base *base, struct cancel *cancel,
    struct stream *in, const char *user, bool is_root)
{
	*sh = (struct shell){ .sim = sim, .base = base, .cancel = cancel, .in = in,
		.is_root = is_root };
	sh->out = &base->out;
	sh->err = &base->err;
	sh->is_bash = sim->is_bash;
	snprintf(sh->user, sizeof(sh->user), "%s", user);
	return shell_login_variables(sh);
}

void
shell_fini(struct shell *sh)
{
	shell_jobs_forget(sh);
	while (sh->n_vars > 0)
		shell_unset(sh, sh->vars[0].name);
	free(sh->vars);
	for (int i = 0; i < sh->n_args; i++)
		free(sh->args[i]);
	free(sh->args);
	sh->vars = NULL;
	sh->args = NULL;
	sh->n_args = 0;
}

int
shell_copy(struct shell *to, const struct shell *from)
{
	*to = *from;
	to->vars = NULL;
	to->n_vars = 0;
	to->args = NULL;
	to->n_args = 0;
	to->n_jobs = 0;
	for (size_t i = 0; i < from->n_vars; i++) {
		const struct shell_var *v = &from->vars[i];

		if (shell_set(to, v->name, v->value, v->exported) == -1)
			goto fail;
	}
	to->args = calloc((size_t)from->n_args + 1, sizeof(*to->args));
	if (to->args == NULL)
		goto fail;
	for (; to->n_args < from->n_args; to->n_args++) {
		to->args[to->n_args] = strdup(from->args[to->n_args]);
		if (to->args[to->n_args] == NULL)
			goto fail;
	}
	return 0;
fail:
	shell_fini(to);
	return -1;
}

bool
shell_stopped(struct shell *sh)
{
	enum cancel_why why = cancel_state(sh->cancel);

	if (why == CANCEL_KILL || (why == CANCEL_INT && !sh->prompts))
		sh->aborted = true;
	return sh->exiting || sh->aborted || why != CANCEL_NONE;
}

void
shell_flush(struct shell *sh)
{
	if (sh->base->io == NULL)
		return;
	if (sim_out_flush(&sh->base->out) == -1 || sim_out_flush(&sh->base->err) == -1)
		sh->aborted = true;	/* what SIGPIPE does */
}

/* name=value, expanded.  The old value goes to *saved when the caller wants it back later. */
static int
assign(struct shell *sh, const char *text, char **saved)
{
	size_t n = strcspn(text, "=");
	char *name = strndup(text, n), *value;
	const char *old;
	int rv = -1;

	value = shell_expand_one(sh, text + n + 1);
	if (name == NULL || value == NULL)
		goto out;
	if (shell_is_locked(sh, name)) {
		(void)shell_restricted(sh, REFUSE_VARIABLE, name);
		goto out;
	}
	if (saved != NULL) {
		old = shell_get(sh, name);
		*saved = old != NULL ? strdup(old) : NULL;
	}
	rv = shell_set(sh, name, value, false);
out:
	free(name);
	free(value);
	return rv;
}

static void
restore(struct shell *sh, const char *text, char *saved)
{
	char *name = strndup(text, strcspn(text, "="));

	if (name != NULL && saved != NULL)
		(void)shell_set(sh, name, saved, false);
	else if (name != NULL)
		shell_unset(sh, name);
	free(name);
	free(saved);
}

/* "A=1 B=2 command": the assignments last as long as the command. */
static int
run_with_assigns(struct shell *sh, const struct word *a, int argc, char **argv)
{
	char *saved = NULL;
	int status;

	if (a == NULL)
		return shell_run_command(sh, argc, argv);
	if (assign(sh, a->text, &saved) == -1)
		return 1;
	status = run_with_assigns(sh, a->next, argc, argv);
	restore(sh, a->text, saved);
	return status;
}

static size_t
count_words(const struct word *w)
{
	size_t n = 0;

	for (; w != NULL; w = w->next)
		n++;
	return n;
}

static int
assign_all(struct shell *sh, const struct word *a)
{
	sh->status = 0;
	for (; a != NULL; a = a->next) {
		if (assign(sh, a->text, NULL) == -1)
			return 1;
	}
	return sh->status;	/* that of the last substitution */
}

static int
run_simple(struct shell *sh, const struct node *n)
{
	struct fields f = { 0 };
	const struct word *w;
	int status = 1;

	if (count_words(n->assigns) > 64) {
		shell_error(sh, "0403-027 The parameter list is too long.");
		return 1;
	}
	for (w = n->words; w != NULL; w = w->next) {
		if (shell_expand(sh, w->text, &f) == -1)
			goto out;
	}
	if (shell_stopped(sh))
		goto out;
	if (f.n == 0)
		status = assign_all(sh, n->assigns);
	else
		status = run_with_assigns(sh, n->assigns, (int)f.n, f.v);
out:
	fields_free(&f);
	return status;
}

/* In a copy of the shell, whose variables are lost. */
static int
run_copied(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct shell sub;
	int status;

	if (shell_copy(&sub, sh) == -1)
		return 1;
	status = run(&sub, n, prog);
	sh->aborted |= sub.aborted;
	shell_fini(&sub);
	return status;
}

static int
run_pipe(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct sim_out out = { 0 };
	struct stream *in, *old_in = sh->in;
	struct shell sub;
	int status;

	if (shell_copy(&sub, sh) == -1)
		return 1;
	sub.out = &out;
	(void)run(&sub, n->left, prog);
	sh->aborted |= sub.aborted;
	shell_fini(&sub);
	in = stream_memory(out.data, out.len);
	sim_out_free(&out);
	if (in == NULL || sh->aborted) {
		stream_free(in);
		return 1;
	}
	sh->in = in;
	status = sh->is_bash ? run_copied(sh, n->right, prog) : run(sh, n->right, prog);
	sh->in = old_in;
	stream_free(in);
	return status;
}

static int
run_subshell(struct shell *sh, const struct node *n, struct prog *prog)
{
	return run_copied(sh, n->left, prog);
}

/* After a loop's body: true when the loop ends here. */
static bool
loop_ends(struct shell *sh, unsigned long *rounds)
{
	if (sh->breaks > 0) {
		sh->breaks--;
		return true;
	}
	if (sh->continues > 0 && --sh->continues > 0)
		return true;
	if (++*rounds > SHELL_LOOPS_MAX) {
		shell_error(sh, "0403-029 There is not enough memory available now.");
		sh->aborted = true;
	}
	return shell_stopped(sh);
}

static int
run_while(struct shell *sh, const struct node *n, struct prog *prog)
{
	unsigned long rounds = 0;
	int status = 0;

	for (;;) {
		int condition = run(sh, n->left, prog);

		if (shell_stopped(sh) || (condition == 0) != (n->type == N_WHILE))
			break;
		status = run(sh, n->right, prog);
		if (loop_ends(sh, &rounds))
			break;
	}
	return status;
}

static int
run_for(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct fields f = { 0 };
	const struct word *w;
	unsigned long rounds = 0;
	int status = 0;

	for (w = n->words; w != NULL; w = w->next) {
		if (shell_expand(sh, w->text, &f) == -1)
			goto out;
	}
	if (!n->has_words) {
		for (int i = 0; i < sh->n_args; i++)
			(void)fields_add(&f, strdup(sh->args[i]));
	}
	for (size_t i = 0; i < f.n; i++) {
		if (shell_set(sh, n->text, f.v[i], false) == -1)
			break;
		status = run(sh, n->left, prog);
		if (loop_ends(sh, &rounds))
			break;
	}
out:
	fields_free(&f);
	return status;
}

static bool
case_matches(struct shell *sh, const struct case_item *item, const char *subject)
{
	for (const struct word *w = item->patterns; w != NULL; w = w->next) {
		char *pattern = shell_expand_pattern(sh, w->text);
		bool matches = pattern != NULL && shell_match(pattern, subject);

		free(pattern);
		if (matches)
			return true;
	}
	return false;
}

static int
run_case(struct shell *sh, const struct node *n, struct prog *prog)
{
	char *subject = shell_expand_one(sh, n->words->text);
	int status = 0;

	if (subject == NULL)
		return 1;
	for (const struct case_item *item = n->items; item != NULL; item = item->next) {
		if (case_matches(sh, item, subject)) {
			status = run(sh, item->body, prog);
			break;
		}
	}
	free(subject);
	return status;
}

static int
run_arith(struct shell *sh, const struct node *n)
{
	/* as inside double quotes: $x is replaced before the expression is read */
	char *text = shell_expand_heredoc(sh, n->text);
	long long v = 0;
	int rv = text != NULL ? shell_arith(sh, text, &v) : -1;

	free(text);
	return rv == -1 ? 1 : v == 0;
}

/* [[ ... ]]: words are expanded without splitting; what follows = or != is a pattern. */
static int
run_test(struct shell *sh, const struct node *n)
{
	struct fields f = { 0 };
	bool pattern = false;
	int status = 2;

	for (const struct word *w = n->words; w != NULL; w = w->next) {
		if (fields_add(&f, pattern ? shell_expand_pattern(sh, w->text) :
		    shell_expand_one(sh, w->text)) == -1)
			goto out;
		pattern = strcmp(w->text, "=") == 0 || strcmp(w->text, "==") == 0 || strcmp(w->text, "!=") == 0;
	}
	status = f.n != 0 ? shell_test(sh, (int)f.n, f.v, true) : 1;
out:
	fields_free(&f);
	return status;
}

static int
run_list(struct shell *sh, const struct node *n, struct prog *prog)
{
	int status = 0;

	for (; n != NULL; n = n->right) {
		status = run(sh, n->left, prog);
		if (sh->breaks > 0 || sh->continues > 0 || shell_stopped(sh))
			break;
	}
	return status;
}

static int
run_if(struct shell *sh, const struct node *n, struct prog *prog)
{
	int condition = run(sh, n->left, prog);

	if (shell_stopped(sh))
		return condition;
	if (condition == 0)
		return run(sh, n->right, prog);
	return n->other != NULL ? run(sh, n->other, prog) : 0;
}

static int
run_type(struct shell *sh, const struct node *n, struct prog *prog)
{
	int status;

	switch (n->type) {
	case N_COMMAND:
		return run_simple(sh, n);
	case N_PIPE:
		return run_pipe(sh, n, prog);
	case N_AND:
	case N_OR:
		status = run(sh, n->left, prog);
		if (shell_stopped(sh) || (status == 0) != (n->type == N_AND))
			return status;
		return run(sh, n->right, prog);
	case N_NOT:
		return run(sh, n->left, prog) == 0;
	case N_SEQ:
		return run_list(sh, n, prog);
	case N_BACKGROUND:
		return shell_job_start(sh, n->left, prog);
	case N_IF:
		return run_if(sh, n, prog);
	case N_WHILE:
	case N_UNTIL:
		return run_while(sh, n, prog);
	case N_FOR:
		return run_for(sh, n, prog);
	case N_CASE:
		return run_case(sh, n, prog);
	case N_SUBSHELL:
		return run_subshell(sh, n, prog);
	case N_GROUP:
		return run(sh, n->left, prog);
	case N_ARITH:
		return run_arith(sh, n);
	case N_TEST:
		return run_test(sh, n);
	}
	return 1;
}

static int
run(struct shell *sh, const struct node *n, struct prog *prog)
{
	struct shell_redir r;

	if (n == NULL || sh->aborted)
		return sh->status;
	if (n->redirs == NULL) {
		sh->status = run_type(sh, n, prog);
	} else if (shell_redir_begin(sh, n->redirs, &r) == -1) {
		sh->status = 1;
	} else {
		sh->status = run_type(sh, n, prog);
		shell_redir_end(sh, &r);
	}
	return sh->status;
}

int
shell_run_node(struct shell *sh, const struct node *n, struct prog *prog)
{
	return run(sh, n, prog);
}
