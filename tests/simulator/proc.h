/* SPDX-License-Identifier: ISC */
/* The process table of the simulated VIOS, and the way to interrupt what runs in it. */
#ifndef SIM_PROC_H
#define SIM_PROC_H

#include <stddef.h>
#include <time.h>

/* Why something was told to stop; the higher one wins. */
enum cancel_why { CANCEL_NONE, CANCEL_INT, CANCEL_KILL };

struct cancel;
struct cancel *cancel_new(void);
struct cancel *cancel_ref(struct cancel *c);
void	cancel_unref(struct cancel *c);
void	cancel_set(struct cancel *c, enum cancel_why why);
void	cancel_clear_int(struct cancel *c);
enum cancel_why cancel_state(struct cancel *c);
/* Waits; 0 when the time is over, -1 at once when told to stop.  ms < 0: for ever. */
int	cancel_wait_ms(struct cancel *c, long ms);

struct procs;
struct procs *procs_new(void);
void	procs_free(struct procs *p);

struct proc_info {
	int	pid;
	int	ppid;
	char	user[32];
	char	cmd[1024];
	char	tty[8];
	time_t	started;
};

/* Returns the pid.  The table keeps a reference to c until procs_remove(). */
int	procs_add(struct procs *p, int ppid, const char *user, const char *tty, const char *cmd,
	    struct cancel *c);
void	procs_remove(struct procs *p, int pid);
/* user: only when it is that user's; NULL: anybody's.  0, or -1 when there is no such process. */
int	procs_kill(struct procs *p, int pid, const char *user);
void	procs_kill_all(struct procs *p);
/* A copy of the table, allocated. */
struct proc_info *procs_list(struct procs *p, size_t *n);

/* Runs run(arg) in a thread of its own: 0, or -1 when there is none.  procs_wait_idle() waits until all have ended: 0, or -1 after ms. */
int	procs_thread(struct procs *p, size_t stack, void (*run)(void *arg), void *arg);
int	procs_wait_idle(struct procs *p, long ms);

#endif
