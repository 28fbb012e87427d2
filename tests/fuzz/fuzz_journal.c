/* SPDX-License-Identifier: ISC */
/*
 * fuzz_journal.c - any bytes as a journal file.  What loads can be appended to, and loads again
 * with one record more; what a cut leaves loads without a cut.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/journal.h"
#include "spool/os/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
append_and_load(int fd, struct journal *j, size_t had)
{
	json_t *record = json_pack("{s:s}", "k", "end"), *records = NULL;
	int	rv = journal_append(j, record, 0, NULL);

	assert(rv == 0);
	rv = journal_load(j, fd, 0, &records, NULL);
	assert(rv == 0 && json_array_size(records) == had + 1);
	assert(json_equal(json_array_get(records, had), record));
	(void)rv;
	json_decref(records);
	json_decref(record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE	      *f = tmpfile();
	struct journal j;
	struct pd_err  e;
	json_t	      *records = NULL;

	if (f == NULL || io_write_all(fileno(f), data, size) == -1)
		abort();
	if (journal_load(&j, fileno(f), 1, &records, &e) == 0) {
		size_t n = json_array_size(records);

		json_decref(records);
		append_and_load(fileno(f), &j, n);
	} else
		assert(e.code == PD_STUCK && records == NULL);
	(void)fclose(f);
	return 0;
}
