/* SPDX-License-Identifier: ISC */
/*
 * Growable byte buffers that may drain into something: every output of the simulator.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/console.h"

static int
grow(struct sim_out *out, size_t need)
{
	size_t size = out->size != 0 ? out->size : 256;
	char *p;

	if (need > SIM_OUT_MAX) {
		out->failed = 1;
		return -1;
	}
	while (size < need)
		size *= 2;
	if (size == out->size)
		return 0;
	p = realloc(out->data, size);
	if (p == NULL) {
		out->failed = 1;
		return -1;
	}
	out->data = p;
	out->size = size;
	return 0;
}

int
sim_out_flush(struct sim_out *out)
{
	size_t len = out->len;

	if (out->drain == NULL)
		return out->failed ? -1 : 0;
	if (len == 0 || out->failed)
		return out->failed ? -1 : 0;
	out->len = 0;
	if (out->drain(out->arg, out->data, len) == -1) {
		out->failed = 1;
		return -1;
	}
	return 0;
}

int
sim_out_write(struct sim_out *out, const void *data, size_t len)
{
	if (out->failed)
		return -1;
	if (len > SIM_OUT_MAX || grow(out, out->len + len + 1) == -1)
		return -1;
	if (len != 0)
		memcpy(out->data + out->len, data, len);
	out->len += len;
	out->data[out->len] = '\0';
	if (out->drain != NULL && out->len >= SIM_OUT_CHUNK)
		return sim_out_flush(out);
	return 0;
}

int
sim_out_puts(struct sim_out *out, const char *s)
{
	return sim_out_write(out, s, strlen(s));
}

int
sim_out_printf(struct sim_out *out, const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n, rv;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0) {
		out->failed = 1;
		return -1;
	}
	rv = sim_out_write(out, s, (size_t)n);
	free(s);
	return rv;
}

void
sim_out_free(struct sim_out *out)
{
	free(out->data);
	*out = (struct sim_out){ 0 };
}

void
sim_gather(struct sim_gathered *g, struct sim_cmd *cmd)
{
	*g = (struct sim_gathered){ .to_out = cmd->out, .to_err = cmd->err };
	cmd->out = &g->out;
	cmd->err = g->to_err == g->to_out ? &g->out : &g->err;
}

void
sim_hand_over(struct sim_gathered *g, struct sim_cmd *cmd)
{
	cmd->out = g->to_out;
	cmd->err = g->to_err;
	if (g->out.len > 0)
		sim_out_write(cmd->out, g->out.data, g->out.len);
	if (g->err.len > 0)
		sim_out_write(cmd->err, g->err.data, g->err.len);
	sim_out_free(&g->out);
	sim_out_free(&g->err);
}
