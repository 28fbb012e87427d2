/* SPDX-License-Identifier: ISC */
/*
 * sequence_model.h - a parsed sequence; only the files of the engine look into it.
 */
#ifndef PD_HANDLERS_SEQUENCE_SEQUENCE_MODEL_H
#define PD_HANDLERS_SEQUENCE_SEQUENCE_MODEL_H

#include "handlers/sequence/arena.h"
#include "handlers/sequence/capture.h"
#include "handlers/sequence/condition.h"
#include "handlers/sequence/place.h"
#include "handlers/sequence/sequence.h"
#include "handlers/sequence/sequence_text.h"

/* An error of the console that passes by itself: the command is sent again. */
struct transient {
	const char *name, *match;	/* literal text in the answer */
	long	    every_s, times;
	struct transient *next;
};

struct require {
	int	     line;
	struct cond  when, that;
	enum pd_code code;
	struct place message;
	struct require *next;
};

struct setting {
	const char  *path;
	int	     line;
	struct place value;		/* a single reference: that value as it is; else a text */
	struct setting *next;
};

struct capture_list {
	struct capture	     capture;
	struct capture_list *next;
};

/* How a command of another machine, a VIOS, goes through the console; and how it goes to the VIOS itself (handlers/transport/route.h). */
struct carrier {
	const char *name;
	const char *console;		/* the console's command; {command} in it is what is carried */
	const char *ssh;		/* the same in a session with the VIOS; NULL = always through the console */
	int	    ssh_as_root;
	struct carrier *next;
};

/* Commands with where and how long they run: of an ask, a run, a probe, an undo. */
struct commands {
	struct place *command;		/* as root: one session, the next only after the success of the one before */
	size_t	      n;
	int	      as_root;
	int	      as_second;	/* at the second console, whichever of the two is in use */
	const struct carrier *carrier;	/* NULL = none; the commands above are whole already */
	struct place *by_ssh;		/* n of them, for a VIOS's own session; NULL = none */
	long	      timeout_s;
	int	      may_fail;		/* a status other than 0 is an answer without rows */
	int	      may_be_away;	/* and so is that the VIOS or second console cannot be reached: nothing waits for it */
};

struct poll {
	long	     every_s;
	struct place limit;		/* seconds */
	struct cond  until, fail_when;
	struct place say_fail;		/* source NULL = none */
	int	     go_on;		/* at the limit: not a failure */
	struct commands again;		/* a wish that may have been lost is sent again; n 0 = none */
	long	     again_s;		/* every so many seconds */
};

struct probe {
	int		     line;
	struct commands	     ask;
	struct capture_list *captures;
	struct cond	     done_when;
	struct cond	     busy_when;	/* the console is still at it: neither done nor not */
	int		     first;	/* also asked before the command is sent for the first time */
};

/* What people hear of while a long command runs: asked beside it. */
struct watch {
	struct commands	     ask;
	long		     every_s;
	struct capture_list *captures;
	struct place	     say;
};

struct step {
	const char	    *name;
	int		     line;
	struct place	     say, thing, note;		/* source NULL = none */
	struct place	     finish;			/* ends the sequence with OK_NO_CHANGE */
	struct cond	     when;
	struct { const char *path, *alias; } each[SCOPE_EACH_MAX];	/* a later list may belong to an element of an earlier one */
	size_t		     neach;			/* 0 = once */
	struct probe	    *probe;
	struct commands	     commands;
	int		     is_run;			/* commands change something */
	int		     repeatable;
	const char	    *ignore_warning;
	struct capture_list *captures;
	struct poll	    *poll;
	struct require	    *requires;
	struct setting	    *settings;
	const char	    *ask_director;		/* path of what it is shown; its decision comes through the journal */
	struct watch	    *watch;			/* NULL = none */
	struct commands	     stop;			/* of a run: what makes the console end it when the job is cancelled; n 0 = none */
	int		     no_return;			/* done, it is not undone: the job goes on to its end */
	struct commands	     undo;			/* of a step without a command: of what later steps do */
	struct cond	     undo_when;
	long		     undo_wait_s;
	struct step	    *next;
};

struct sequence {
	struct arena	  arena;
	const char	 *file, *name, *kind;
	const char	**inputs;
	size_t		  ninputs;
	const char	**optional_inputs;
	size_t		  noptional;
	int		  keep;		/* on-failure: leave things as they are */
	const char	 *environment;	/* "LC_ALL=C", put before every command that is not root's; NULL = none */
	const char	 *no_rows;	/* what the console prints when a list is empty; NULL = nothing */
	long		  settle_s;	/* a command whose answer was lost may be at work so long; only then its probe is asked */
	struct commands	  at_work;	/* lists what is at work on the console; n 0 = none */
	long		  undo_every_s;	/* between the first and the second attempt to undo; then twice as long */
	struct transient *transients;
	struct carrier	 *carriers;
	struct step	 *steps;
	struct setting	 *results;
};

/* The check after parsing: every value comes from an input or an earlier step; changes can be probed. */
int sequence_check(struct sequence *s, struct pd_err *e);

#endif
