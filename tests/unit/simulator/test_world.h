/* SPDX-License-Identifier: ISC */
/* A machine of one's own for each test, and command lines to try on it. */
#ifndef PD_TEST_WORLD_H
#define PD_TEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/simulator/world.h"

struct bench {
	char dir[64]; /* STATE and the description are below */
	struct world *w;
	char *out, *err; /* of the last command */
	int status;
};

/* speed 0: power operations are over at once; 1: time moves by world_advance(). */
struct bench bench_open(double speed);
struct bench bench_open_file(const char *world_file, double speed);
void bench_reopen(struct bench *b, double speed); /* close and take the state up again */
void bench_close(struct bench *b);

/* Runs one line as padmin (user NULL) or as another user; words as a shell would split them. */
void bench_run(struct bench *b, const char *line);
void bench_run_as(struct bench *b, const char *user, const char *line);

/* Runs and demands status 0 and an empty stderr; returns stdout without its last newline. */
const char *bench_ok(struct bench *b, const char *line);
/* Demands exactly this stdout (and no stderr, status 0). */
void bench_says(struct bench *b, const char *line, const char *out);
/* Demands a non-zero status and that stderr has this text. */
void bench_fails(struct bench *b, const char *line, int status, const char *text);

const char *bench_state(struct bench *b, int id); /* of a partition */

/* At speed 0 a guest that configured itself runs until somebody has seen it running. */
void bench_stops_itself(struct bench *b, int id);

/* A file below the VIOS' root. */
void bench_path(const struct bench *b, const char *path, char out[4096]);
int64_t bench_file_size(const struct bench *b, const char *path); /* -1: not there */
void bench_copy(const struct bench *b, const char *from, const char *to, int64_t at_most);
/* An ISO file system with one file, as mkisofs -r makes it. */
void bench_make_iso(const struct bench *b, const char *iso, const char *name, const char *text);

#define MKSYSCFG \
	"mksyscfg -r lpar -i \"name=%s,lpar_env=aixlinux,max_virtual_slots=30,max_virtual_slots=20," \
	"profile_name=%s,proc_mode=shared,min_procs=1,min_proc_units=0.1,desired_procs=1," \
	"desired_proc_units=0.5,max_procs=4,max_proc_units=4,sharing_mode=uncap,uncap_weight=127," \
	"min_mem=512,desired_mem=1024,max_mem=4096\""
void bench_mksyscfg(struct bench *b, const char *name);

#endif
