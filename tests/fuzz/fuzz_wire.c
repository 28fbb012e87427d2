/* SPDX-License-Identifier: ISC */
/*
 * fuzz_wire.c - any bytes from a peer.  However they are cut into reads, the same messages come
 * out, and the buffer never holds more than one message of the longest kind.  The first byte of
 * the input says how long the reads are.
 */
#include <sys/socket.h>

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/wire.h"

#define MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes what is whole; -1 when the stream is found bad. */
static int
take_all(struct wire_in *in, json_t *all)
{
	json_t *m;
	int	rv;

	assert(in->len <= MAX + 4);
	while ((rv = wire_in_take(in, &m, NULL)) == 1) {
		char  *buf;
		size_t len;

		if (wire_pack(m, &buf, &len, NULL) == 0)	/* what came in can go out */
			free(buf);
		(void)json_array_append_new(all, m);
	}
	return rv;
}

/* Sends data in pieces and returns the messages before the first mistake. */
static json_t *
messages(const uint8_t *data, size_t size, size_t piece)
{
	json_t	      *all = json_array();
	struct wire_in in;
	int	       s[2], rv = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1)
		abort();
	(void)fcntl(s[1], F_SETFL, O_NONBLOCK);
	wire_in_init(&in, MAX);
	for (size_t at = 0; rv == 0 && at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (write(s[0], data + at, n) != (ssize_t)n)
			abort();
		/* Several fills: the buffer's limit may make one leave something. */
		for (int i = 0; rv == 0 && i < 3; i++)
			rv = wire_in_fill(&in, s[1], NULL) == -1 || take_all(&in, all) == -1 ? -1 : 0;
	}
	wire_in_free(&in);
	(void)close(s[0]);
	(void)close(s[1]);
	return all;
}

/* The first message, whose list may come as text: with that in its place it is the same. */
static void
expect_list(const uint8_t *data, size_t size, const json_t *first)
{
	json_t	     *m = NULL;
	char	     *list = NULL;
	size_t	      len = 0;
	int	      s[2], rv;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1 || write(s[0], data, size) != (ssize_t)size || shutdown(s[0], SHUT_WR) == -1)
		abort();
	rv = wire_recv_list(s[1], MAX, 1000, &m, &list, &len, NULL);
	assert((rv == 1) == (m != NULL) && (first == NULL || rv == 1));
	if (list != NULL) {
		json_t *value = json_loadb(list, len, JSON_REJECT_DUPLICATES, NULL);

		assert(json_is_null(json_object_get(m, "value")));
		assert((value != NULL) == (first != NULL));	/* a key that stands twice within is its reader's business */
		if (value != NULL)
			(void)json_object_set_new(m, "value", value);
	}
	assert(list != NULL || (rv == 1) == (first != NULL));
	assert(first == NULL || json_equal(m, first));
	free(list);
	json_decref(m);
	(void)close(s[0]);
	(void)close(s[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *a, *b;

	if (size < 1 || size > 16 * 1024)
		return 0;
	a = messages(data + 1, size - 1, (size_t)data[0] + 1);
	b = messages(data + 1, size - 1, 1000);
	/* A long read may see a mistake behind a message before that message is taken: never more, perhaps fewer. */
	for (size_t i = 0; i < json_array_size(a) && i < json_array_size(b); i++)
		assert(json_equal(json_array_get(a, i), json_array_get(b, i)));
	expect_list(data + 1, size - 1, json_array_get(a, 0));
	json_decref(a);
	json_decref(b);
	return 0;
}
