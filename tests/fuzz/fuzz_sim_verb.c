/* SPDX-License-Identifier: ISC */
/*
 * fuzz_sim_verb.c - any words as commands of the simulated console, one command a line, words parted by TAB: options,
 * attribute lists, filters, names.  None ends the simulator, and the machine's state can be saved and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/simulated.h"
#include "tests/simulator/console.h"
#include "tests/simulator/world.h"

#define WORLD	  "tests/simulator/worlds/ivm.json"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	char	      dir[FOLDER_LEN];
	struct world *w;
} machine;

static void
end_machine(void)
{
	if (machine.w != NULL)
		world_close(machine.w);
	machine.w = NULL;
	folder_remove(machine.dir);
}

/* Closed and taken up again: what the words made of it must be readable. */
static void
make_machine(int again)
{
	char err[256];

	if (machine.w == NULL)
		(void)atexit(end_machine);
	if (again) {
		world_close(machine.w);
		machine.w = world_open(NULL, machine.dir, 0, err, sizeof(err));
		if (machine.w == NULL)
			abort();
		end_machine();
	}
	folder_make(machine.dir);
	if ((machine.w = world_open(WORLD, machine.dir, 0, err, sizeof(err))) == NULL)
		abort();
}

static void
run(char *line)
{
	struct sim_out out = { 0 }, err = { 0 };
	char	      *argv[WORDS_MAX + 1];
	struct sim_cmd cmd = { .world = machine.w, .user = "padmin", .interactive = 1, .argc = words_of(line, argv),
		.argv = argv, .in = "", .out = &out, .err = &err };

	/* What moves bytes of disks is slow and not a parser. */
	if (cmd.argc > 0 && (cmd.argc < 2 || strcmp(argv[1], "mkvopt") != 0))
		(void)console_run(&cmd);
	sim_out_free(&out);
	sim_out_free(&err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned inputs;

	if (inputs++ % PER_WORLD == 0)
		make_machine(machine.w != NULL);
	each_line(data, size, run);
	return 0;
}
