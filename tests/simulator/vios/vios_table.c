/* SPDX-License-Identifier: ISC */
/* What the `ioscli` verbs share: messages, options, tables. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tests/simulator/ivm/ivm.h"
#include "vios.h"

int
vios_fail(struct sim_cmd *cmd, const char *fmt, ...)
{
	char msg[1000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	sim_out_printf(cmd->err, "\nSome error messages may contain invalid information\n"
	    "for the Virtual I/O Server environment.\n\n%s\n", msg);
	return 1;
}

int
vios_fail_plain(struct sim_cmd *cmd, int status, const char *fmt, ...)
{
	char msg[1000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	sim_out_printf(cmd->err, "%s\n", msg);
	return status;
}

int
vios_usage(struct sim_cmd *cmd, const char *why)
{
	sim_out_printf(cmd->err, "%s\n\nUsage: %s\n", why, console_usage(cmd));
	return 1;
}

int
vios_opts(struct sim_cmd *cmd, struct opts *o, const struct optdef *def)
{
	if (opts_parse(o, def, cmd->argc, cmd->argv) == -1)
		return vios_usage(cmd, o->bad);
	return 0;
}

int
no_such_vg(struct sim_cmd *cmd, const char *name)
{
	return vios_fail(cmd, "0516-306 %s: Unable to find volume group %.60s in the Device\n"
	    "\tConfiguration Database.", cmd->argv[0], name);
}

int
no_such_device(struct sim_cmd *cmd, const char *name)
{
	return vios_fail(cmd, "0514-519 %s: %.60s device was not found in the customized device\n"
	    "\tconfiguration database.", cmd->argv[0], name);
}

static const struct column *
column_find(const struct column *col, size_t ncol, const char *name)
{
	for (size_t i = 0; i < ncol; i++)
		if (strcasecmp(col[i].field, name) == 0 || strcasecmp(col[i].title, name) == 0 ||
		    (col[i].alias != NULL && strcasecmp(col[i].alias, name) == 0))
			return &col[i];
	return NULL;
}

static void
print_cell(struct sim_out *out, const struct column *c, const char *value, bool last)
{
	if (c->right)
		sim_out_printf(out, "%*s%s", c->width - 1, value, last ? "" : " ");
	else if (last || c->width == 0)
		sim_out_puts(out, value);
	else
		sim_out_printf(out, "%-*s", c->width, value);
}

static void
print_row(struct sim_cmd *cmd, const struct column *const *cols, size_t n, const void *row,
    const char *fmt)
{
	struct text t = { 0 };

	for (size_t i = 0; i < n; i++) {
		text_clear(&t);
		if (row == NULL)
			text_add(&t, cols[i]->title);
		else
			cols[i]->get(cmd->world, row, &t);
		if (fmt == NULL)
			print_cell(cmd->out, cols[i], text_str(&t), i + 1 == n);
		else
			sim_out_printf(cmd->out, "%s%s", i > 0 ? fmt : "", t.n == 0 ? " " : text_str(&t));
	}
	sim_out_puts(cmd->out, "\n");
	text_free(&t);
}

int
table_print(struct sim_cmd *cmd, const struct opts *o, const struct column *col, size_t ncol,
    const struct list *rows)
{
	const struct opt *field = opt_find(o, "-field");
	const char *fmt = opt_str(o, "-fmt");
	const struct column *cols[32];
	size_t n = 0;

	for (size_t i = 0; field == NULL && i < ncol; i++)
		cols[n++] = &col[i];
	for (int i = 0; field != NULL && i < field->n && n < 32; i++) {
		cols[n] = column_find(col, ncol, field->v[i]);
		if (cols[n++] == NULL)
			return vios_usage(cmd, "Invalid field name specified.");
	}
	if (fmt == NULL && rows->n > 0)
		print_row(cmd, cols, n, NULL, NULL);
	for (size_t i = 0; i < rows->n; i++)
		print_row(cmd, cols, n, rows->item[i], fmt);
	return 0;
}
