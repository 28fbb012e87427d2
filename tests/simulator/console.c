/* SPDX-License-Identifier: ISC */
/* What a console command may ask of the shell that runs it: questions and waiting. */
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell.h"

static int
line_from_memory(struct sim_cmd *cmd, char *buf, size_t size)
{
	const char *nl = cmd->in_len != 0 ? memchr(cmd->in, '\n', cmd->in_len) : NULL;
	size_t n = nl != NULL ? (size_t)(nl - cmd->in) : cmd->in_len, took = nl != NULL ? n + 1 : n;

	if (cmd->in_len == 0)
		return -1;
	if (n >= size)
		n = size - 1;
	memcpy(buf, cmd->in, n);
	buf[n] = '\0';
	cmd->in += took;
	cmd->in_len -= took;
	return (int)n;
}

int
sim_read_line(struct sim_cmd *cmd, char *buf, size_t size)
{
	char *line = NULL;
	ssize_t n;

	if (size == 0)
		return -1;
	if (cmd->shell == NULL || stream_is_memory(cmd->shell->in))
		return line_from_memory(cmd, buf, size);
	shell_flush(cmd->shell);
	n = stream_getline(cmd->shell->in, &line);
	if (n <= 0)
		return -1;
	line[strcspn(line, "\r\n")] = '\0';
	n = (ssize_t)strlen(line) < (ssize_t)size ? (ssize_t)strlen(line) : (ssize_t)size - 1;
	memcpy(buf, line, (size_t)n);
	buf[n] = '\0';
	free(line);
	return (int)n;
}

int
sim_wait_ms(struct sim_cmd *cmd, unsigned ms)
{
	if (cmd->shell == NULL)
		return 0;
	return cancel_wait_ms(cmd->shell->cancel, (long)ms);
}
