/* SPDX-License-Identifier: ISC */
/*
 * fuzz_worker.c - any bytes from a director, and any values in an order.
 *
 * First byte even: the rest goes to the worker's socket as it is; the worker obeys or ends, and never waits for more.
 * Odd: the rest are the values ("vars") of an order to plan create-vm.  A plan is refused, or its commands keep every value
 * in its place: no value brings a line break or a control character to a console.
 */
#include <sys/socket.h>

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/worker.h"
#include "spool/wire.h"

#define JOB	 "01JD0Q7M000000000000000001"
#define SEQUENCE "templates/ivm/create-vm.seq"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything is in the socket before the worker reads, and then its end. */
static void
serve(int s[2])
{
	struct pd_err e;

	if (shutdown(s[0], SHUT_WR) == -1)
		abort();
	(void)worker_serve(s[1], NULL, &e);
	(void)close(s[1]);
}

static void
raw(const uint8_t *data, size_t size)
{
	int s[2], bytes = (int)size + 4096;

	if (size > 64 * 1024)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1 || setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) == -1)
		abort();
	if (write(s[0], data, size) != (ssize_t)size)
		abort();
	serve(s);
	(void)close(s[0]);
}

/* Each line of the log is an event; a command's text is "cmd". */
static void
check_log(FILE *log)
{
	char	   *line = NULL;
	size_t	    size = 0;
	const char *cmd;
	json_t	   *event;

	rewind(log);
	while (getline(&line, &size, log) > 0) {
		if ((event = json_loads(line, 0, NULL)) == NULL)
			abort();
		cmd = json_string_value(json_object_get(event, "cmd"));
		for (; cmd != NULL && *cmd != '\0'; cmd++)
			assert((unsigned char)*cmd >= ' ' && *cmd != 0x7f);
		json_decref(event);
	}
	free(line);
}

static void
order(json_t *vars)
{
	char  path[4096];
	FILE *log = tmpfile();
	int   s[2], fds[2];

	if (log == NULL || realpath(SEQUENCE, path) == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1)
		abort();
	fds[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
	fds[1] = fileno(log);
	if (fds[0] == -1 || wire_send(s[0], json_pack("{s:s s:s s:s s:s s:{} s:o}", "msg", "run", "job", JOB, "mode", "plan", "sequence", path,
	    "platform", "vars", vars), fds, 2, NULL) == -1)
		abort();
	serve(s);
	check_log(log);
	(void)close(s[0]);
	(void)close(fds[0]);
	(void)fclose(log);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *vars;

	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		raw(data + 1, size - 1);
	} else if ((vars = json_loadb((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES, NULL)) != NULL) {
		if (json_is_object(vars))
			order(vars);
		else
			json_decref(vars);
	}
	return 0;
}
