/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sim_hmc.c - any words as commands of the simulated HMC, one command a line, words parted by TAB: options,
 * attribute lists, filters, names.  None ends the simulator, and the console's state can be saved and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/simulated.h"
#include "tests/simulator/console.h"
#include "tests/simulator/hmc/model.h"

#define WORLD	  "tests/unit/simulator/golden/hmc.json"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	char	    dir[FOLDER_LEN];
	struct hmc *h;
} machine;

static void
end_machine(void)
{
	if (machine.h != NULL)
		hmc_close(machine.h);
	machine.h = NULL;
	folder_remove(machine.dir);
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
	folder_make(machine.dir);
	if ((machine.h = hmc_open(WORLD, machine.dir, 0, err, sizeof(err))) == NULL)
		abort();
}

static void
run(char *line)
{
	struct sim_out out = { 0 }, err = { 0 };
	char	      *argv[WORDS_MAX + 1];
	struct sim_cmd cmd = { .hmc = machine.h, .user = "hscroot", .interactive = 1, .argc = words_of(line, argv),
		.argv = argv, .in = "", .out = &out, .err = &err };

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

	if (inputs++ % PER_WORLD == 0)
		make_machine(machine.h != NULL);
	each_line(data, size, run);
	return 0;
}
