/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sim_hmc.c - any words as commands of the simulated HMC, one command a line, words parted by TAB: options,
 * attribute lists, filters, names.  None ends the simulator, and the console's state can be saved and read again.
 */
#include <sys/stat.h>

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/simulator/console.h"
#include "tests/simulator/hmc/model.h"

#define WORLD	  "tests/unit/simulator/golden/hmc.json"
#define WORDS_MAX 64
#define LINES_MAX 8
#define PER_WORLD 500	/* so many inputs meet the same machine */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	char	    dir[32];
	struct hmc *h;
} machine;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
end_machine(void)
{
	if (machine.h != NULL)
		hmc_close(machine.h);
	machine.h = NULL;
	if (machine.dir[0] != '\0')
		(void)nftw(machine.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	machine.dir[0] = '\0';
}

/* Closed and taken up again: what the words made of it must be readable. */
static void
make_machine(int again)
{
	char err[256];

	if (machine.h == NULL)
		(void)atexit(end_machine);
	if (again) {
		hmc_close(machine.h);
		machine.h = hmc_open(NULL, machine.dir, 0, err, sizeof(err));
		if (machine.h == NULL)
			abort();
		end_machine();
	}
	(void)snprintf(machine.dir, sizeof(machine.dir), "/tmp/pd-fuzz.XXXXXX");
	if (mkdtemp(machine.dir) == NULL || (machine.h = hmc_open(WORLD, machine.dir, 0, err, sizeof(err))) == NULL)
		abort();
}

static void
run(char *line)
{
	struct sim_out out = { 0 }, err = { 0 };
	char	      *argv[WORDS_MAX + 1], *save = NULL;
	struct sim_cmd cmd = { .hmc = machine.h, .user = "hscroot", .interactive = 1, .argv = argv, .in = "", .out = &out, .err = &err };

	for (char *word = strtok_r(line, "\t", &save); word != NULL && cmd.argc < WORDS_MAX; word = strtok_r(NULL, "\t", &save))
		argv[cmd.argc++] = word;
	argv[cmd.argc] = NULL;
	/* Those that wait for others: the first runs what is behind it on a machine that has no front here. */
	if (cmd.argc > 0 && strcmp(argv[0], "viosvrcmd") != 0 && strcmp(argv[0], "migrlpar") != 0)
		(void)hmc_run(&cmd);
	sim_out_free(&out);
	sim_out_free(&err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned inputs;
	char	       *text, *save = NULL;
	int		lines = 0;

	if (inputs++ % PER_WORLD == 0)
		make_machine(machine.h != NULL);
	if (size > 4096 || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *line = strtok_r(text, "\n", &save); line != NULL && lines++ < LINES_MAX; line = strtok_r(NULL, "\n", &save))
		run(line);
	free(text);
	return 0;
}
