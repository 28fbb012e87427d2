/* SPDX-License-Identifier: ISC */
/*
 * sequence.h - command sequences: data that says which console commands a verb runs, in what
 * order, how each is recognised as done, and how it is undone.  powerdirector-sequence(5).
 *
 * No C file spells a console command; templates/KIND/VERB.seq does.
 *
 * What the sequences of templates/ivm take in vars, and what their results hold:
 *	create-vm		vm (vm_spec_make's result), platform (row with facts), image (row, absent without one)
 *	delete-vm start-vm stop-vm restart-vm
 *				vm (stored row: name, lpar_id, objects), platform, args (checked arguments; may be absent)
 *	modify-vm rename-vm migrate-vm set-boot attach-iso detach-iso, and those of disks and networks
 *				the same; args.change has the new numbers (handlers/vm/vm_change.h)
 *	register-platform check-platform
 *				platform (row, facts not needed), args
 *	register-image		image (the new row: name, file), platform, args
 * Those of templates/hmc take a row system {ident, facts.vioses[]} beside platform, or systems[] (all of the console), and their VMs have
 * paths (handlers/vm/vm_paths.h); register-platform and check-platform give systems[] (spool/effects/effects_systems.h).
 * The value of create-vm, start-vm, stop-vm and restart-vm is merged into the VM's row: lpar_id, state ("running",
 * "stopped", "open-firmware"), objects{tag, disks[{index,size,pool,kind,bd,vtd}], networks[{..,slot,mac}], medium, address}.
 * The value of the platform verbs is merged into the platform's row: facts{}.  The value of register-image: size (MiB).
 */
#ifndef PD_HANDLERS_SEQUENCE_SEQUENCE_H
#define PD_HANDLERS_SEQUENCE_SEQUENCE_H

#include <jansson.h>
#include <stdint.h>

#include "handlers/transport/transport.h"
#include "spool/err.h"
#include "spool/journal.h"

#define SEQUENCE_FILE_MAX (256 * 1024)

struct sequence;

/*
 * Parses and checks a file: unknown words, unknown reference types, a type that may not stand where it stands, values
 * that no input and no step before provides, a change that cannot be probed: PD_BADDATA "FILE:LINE: ...".
 */
int  sequence_load(const char *path, struct sequence **s, struct pd_err *e);
/* The same from memory; file is the name that errors show. */
int  sequence_parse(const char *file, const char *text, size_t len, struct sequence **s, struct pd_err *e);
void sequence_free(struct sequence *s);

/* How a run tells the time and waits; a test has its own. */
struct run_clock {
	int64_t (*now_ms)(void *arg);		/* monotonic */
	void	(*sleep_ms)(void *arg, int ms);	/* at most 200 at once */
	void	 *arg;
};

/* What a run works on.  Nothing here is global; the caller owns everything. */
struct run {
	const struct sequence *seq;
	struct transport      *transport;	/* NULL in plan mode */
	/*
	 * VIOSes that have sessions of their own (handlers/transport/route.h), NULL = none; and the session of one of
	 * them: with stop() set, as the transport above; NULL and *e when there can be none.
	 */
	const json_t	      *vios_access;
	struct transport     *(*vios)(void *arg, const json_t *access, struct pd_err *e);
	struct transport      *second;		/* for as = 'second'; NULL = there is no second console */
	struct journal	      *journal;		/* NULL in plan mode */
	int		       log_fd;		/* -1 = no events */
	int64_t		       log_max;		/* its bytes, 0 = LOG_FILE_MAX */
	json_t		      *vars;		/* object: inputs, then captures are added; paths like vm.name, disk.size */
	/*
	 * Journal as found at start (array), for resume and undo; may be NULL.  Without a "begin" record in it the
	 * engine writes one; with one, its vars replace those above.
	 */
	json_t		      *records;
	/* Asked between steps and while polling: 0 go on, 'c' cancel (undo), 'p' park.  May be NULL. */
	int (*stop)(void *arg);
	void (*undoing)(void *arg, const char *why);	/* told once, before the first undo; may be NULL */
	void (*answered)(void *arg);	/* told once, at the console's first answer; may be NULL */
	void (*full)(void *arg);		/* the journal's disk is full: told at each first failure; may be NULL */
	void *arg;
	const struct run_clock *clock;		/* NULL = the real one */
};

/* ASKING: a step waits for the director's word; value is {"step":..,"shown":..}, and the run is resumed when the journal has the answer. */
enum outcome { OUTCOME_DONE, OUTCOME_FAILED, OUTCOME_STUCK, OUTCOME_CANCELLED, OUTCOME_PARKED, OUTCOME_ASKING };

struct run_result {
	enum outcome  outcome;
	int	      has_begun;	/* parked: something may have been changed on the platform */
	/* Parked because of a VIOS that cannot be reached by SSH: the element of the run's vios_access, and how; NULL = the console, or another reason. */
	const json_t *vios;
	enum contact  contact;
	/* Code and message for the user; done: PD_OK or PD_NO_CHANGE; stuck: names what is left; parked: PD_BUSY, or why its console is away. */
	struct pd_err err;
	/* Object: the sequence's results, when stuck with "left"[{thing,as,command}]; owned by the caller; never NULL. */
	json_t	     *value;
};

/*
 * All three fill *res completely.  "end" is journalled, except when parked.  A run is also parked when the transport
 * says (its contact) that the console, or a VIOS with a session of its own, cannot be connected to: the journal has all
 * that is needed to go on when it is back, forwards or backwards.
 */
void sequence_run(struct run *r, struct run_result *res);	/* from the start, or resumed when records has steps */
void sequence_undo(struct run *r, struct run_result *res);	/* undo everything in records */
/* Writes every command that would run as "command" events to log_fd, known values filled in, others as <name>. */
void sequence_plan(struct run *r, struct run_result *res);

const char *outcome_name(enum outcome o);	/* "done", "failed", "stuck", "cancelled", "parked", "asking" */

#endif
