/* SPDX-License-Identifier: ISC */
/*
 * engine.h - the run of a sequence; shared by the files engine*.c and plan.c only.
 *
 * A unit is one step, or one step for one element of its for-each.  Its state is what the journal says: a unit
 * with an intent and no done is unknown, and only its probe may decide.
 */
#ifndef PD_HANDLERS_ENGINE_ENGINE_H
#define PD_HANDLERS_ENGINE_ENGINE_H

#include "handlers/sequence/scope.h"
#include "handlers/sequence/sequence_model.h"

#define ENGINE_UNITS_MAX    4096
#define ENGINE_ELEMENTS_MAX 1024		/* of one for-each */
#define ENGINE_TRIES	    5		/* after a lost answer: 1+2+4+8 s between them */
#define AWAY_TRIES	    2		/* connections to a console that has answered in this run, a second apart; then it is away */
#define UNDO_ROUNDS	    3
#define ENGINE_AS_MAX	    48
#define SLICE_MS	    200		/* stop() is asked at least so often */
#define ROOM_WAIT_MS	    10000	/* so long a full disk may take to be relieved before the job is parked */

enum unit_state { UNIT_NEW, UNIT_UNKNOWN, UNIT_DONE, UNIT_SKIPPED, UNIT_UNDONE };

struct unit {
	const struct step *step;
	json_int_t	   i;
	enum unit_state	   state;
	int64_t		   sent_ms;	/* wall clock, of its last run; 0 = none */
};

enum flow { FLOW_ON, FLOW_FAIL, FLOW_STOP, FLOW_FINISH, FLOW_ASK };

/* What became of a command. */
enum sent {
	SENT_OK,
	SENT_FAILED,	/* the console says no: text in *e */
	SENT_UNKNOWN,	/* a change that may have happened */
	SENT_NOT,	/* it was not sent, or (reading) not answered: *e */
	SENT_STOPPED	/* cancel or park while waiting, or the console is away; nothing is under way */
};
enum part { PART_PROBE, PART_ASK, PART_RUN, PART_UNDO, PART_WATCH, PART_STOP };
enum probed { PROBED_DONE, PROBED_NOT, PROBED_BUSY, PROBED_ERROR, PROBED_STOPPED };

struct engine {
	struct run	  *run;
	struct run_result *res;
	const struct sequence *seq;
	struct unit	  *unit;	/* in the order in which they were begun */
	size_t		   n, size;
	int		   is_undoing;
	int		   is_stopping;	/* the console was told to end the running step, whose own answer tells what became of it */
	int		   answered;	/* the console has answered in this run */
	int		   is_told;	/* the run's caller knows that it answers */
	int		   is_away;	/* it, or a VIOS, cannot be connected to any more: the run is parked, why is in away */
	struct pd_err	   away;
	const json_t	  *away_vios;	/* it is this VIOS, not the console; element of the run's vios_access */
	enum contact	   away_contact;
	int		   stopped;	/* 'c' or 'p': why FLOW_STOP */
	int		   at, of;	/* steps told to people */
	char		   saying[160];	/* what they were told last */
	struct pd_err	   err;		/* why FLOW_FAIL */
	struct pd_err	   disk;	/* the journal's first failure to be written; PD_OK = none */
	char		   note[480];	/* of a finish */
	const struct step *asking;	/* of FLOW_ASK */
	json_t		  *left;	/* what could not be undone: [{thing,as,command}]; NULL = nothing */
	char		  *poll_seen;	/* last answer of the running poll; repeated ones are not journalled */
	int		   is_polling;
	int		   is_starved;	/* the journal has had no room for so long that the job waits parked */
	int64_t		   poll_repeats;	/* times that poll_seen was the answer again */
};

/* engine.c */
struct scope  engine_scope(const struct engine *g, const struct unit *u);
size_t	      engine_elements(const struct engine *g, const struct step *s);	/* how many units the step has now */
struct unit  *engine_unit(struct engine *g, const struct step *s, json_int_t i, struct pd_err *e);
int	      engine_has_begun(const struct engine *g);		/* may something have been changed? */
int	      engine_is_final(const struct engine *g);		/* a step is done from which there is no return */
/* Asks; 'c' does not count while undoing, while a step is being stopped, and after one from which there is no return.  A console that is away is 'p'. */
int	      engine_stop(struct engine *g);
int	      engine_wait(struct engine *g, int64_t ms);	/* non-zero: stop */
int64_t	      engine_now(const struct engine *g);
void	      engine_event(struct engine *g, const char *event, json_t *fields);
void engine_note(struct engine *g, const char *level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int	      engine_record(struct engine *g, const struct unit *u, const char *kind, json_t *more, int sync, struct pd_err *e);
void	      engine_park(struct engine *g, const char *why);	/* fills the result */

/* engine_load.c: the units and values that the journal tells; returns -1 when it does not fit the sequence. */
int engine_load(struct engine *g, struct pd_err *e);

/* engine_send.c: `index` is the command's place in c, -1 = all of a root session. */
enum sent engine_send(struct engine *g, const struct unit *u, enum part part, const struct commands *c, size_t index,
    const char *ignore, struct answer *a, struct pd_err *e);
size_t engine_sends(const struct commands *c);	/* how many calls of engine_send() a list of commands takes */
/* "root", "padmin" on a VIOS, "console" on an HMC; "padmin@vios1" in a VIOS's own session.  Returns buf. */
const char *engine_as(const struct engine *g, const struct unit *u, const struct commands *c, char buf[ENGINE_AS_MAX]);
int engine_command(const struct engine *g, const struct unit *u, const struct commands *c, size_t index,
    enum place_fill how, char buf[COMMAND_MAX], struct pd_err *e);

/* engine_record.c: the records of a command; what is sent beside another one has no engine_send(). */
int  engine_changes(enum part part);	/* something on the console: its intent is durable before it is sent */
int  engine_record_intent(struct engine *g, const struct unit *u, enum part part, const char *cmd,
     const struct commands *c, struct pd_err *e);
void engine_record_answer(struct engine *g, const struct unit *u, enum part part, const struct answer *a, int rc);
void engine_record_unsent(struct engine *g, const struct unit *u, enum part part, const struct pd_err *why);
void engine_record_repeats(struct engine *g, const struct unit *u);	/* a poll ends, or its answer changes */

/* engine_answer.c.  Takes "rc=N", the last line that a root session prints, off the output; -1 = it broke off before. */
int  answer_take_rc(struct answer *a);
void answer_join(struct answer *a);		/* of a VIOS's own session: its standard error behind its output */
int  answer_is_text(const struct answer *a);	/* 0: what came is not what a console prints */
void answer_drop_no_rows(const struct engine *g, struct answer *a);
int  answer_says(const struct answer *a, const char *ignore);	/* the warning that does no harm; NULL = there is none */
/* The console asks to try it again; NULL = it does not. */
const struct transient *answer_transient(const struct engine *g, const struct answer *a);
/* Why the command failed, for a person. */
void answer_fails(const struct engine *g, const struct unit *u, const struct commands *c, const struct answer *a, int rc,
     struct pd_err *e);

/* engine_settle.c: what was sent for u last may still be at work; non-zero: stop */
int engine_settle(struct engine *g, const struct unit *u);

/*
 * The transport asks the caller whether to cut a command short.  A cancel is what brought the engine to undo, or to end
 * what is under way: it must not cut the commands that carry it out.
 */
struct shield {
	struct engine *g;
	int	     (*stop)(void *arg);
	void	      *arg;
};
void shield_raise(struct shield *s, struct engine *g);
void shield_lower(struct shield *s);

/*
 * engine_beside.c: while the command of a step with watch or stop runs.  begin and end stand around its engine_send();
 * stop tells the console to end it when nothing waits for its answer.
 */
struct beside {
	struct engine	  *g;
	const struct unit *u;
	int		 (*stop)(void *arg);	/* the transport's own, put back by end */
	void		  *stop_arg;
	char		  *seen;		/* the watch's last answer */
	char		   said[160];
	int		   stops;		/* times that the console was told */
	int64_t		   look_ms;		/* when it is watched next, monotonic */
	int		   is_on;
};
void beside_begin(struct beside *b, struct engine *g, const struct unit *u);
void beside_end(struct beside *b);
int  beside_stop(struct engine *g, const struct unit *u);	/* -1: it was not told */

/* engine_step.c */
enum flow   engine_step(struct engine *g, struct unit *u);
int	    engine_came_through(struct engine *g);	/* before anything is undone */
enum probed engine_probe(struct engine *g, const struct unit *u, json_t *set, struct pd_err *e);
/* The same, again and again while it is busy, for limit_s seconds; a cancel meanwhile tells the console to stop. */
enum probed engine_probe_idle(struct engine *g, const struct unit *u, long limit_s, json_t *set, struct pd_err *e);

/* engine_undo.c: fills the result from g->err (failed) or g->stopped (cancelled). */
void engine_undo(struct engine *g);
void engine_keep(struct engine *g);

#endif
