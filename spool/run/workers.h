/* SPDX-License-Identifier: ISC */
/*
 * workers.h - the director's worker processes: one per running job, kept warm per platform.
 *
 * A worker is powerdirector-worker with one socket on descriptor 3 (spool/wire.h) and nothing else.  Messages:
 * director -> worker
 *	{"msg":"run","job":ID,"mode":"run"|"resume"|"undo"|"plan","sequence":PATH,"platform":{...},"vars":{...},"tag":"pdXXXXXXXX",
 *		"log_max":BYTES,"tell":BOOL}
 *		with two descriptors: journal (read, append), log (append).  "run" with a journal is a job that has asked, but changed
 *		nothing yet
 *	{"msg":"console","job":SESSION,"sequence":PATH,"platform":{...},"vars":{...},"record_max":BYTES}
 *		with the connection of a gateway, and a file for the record or not: a terminal (spool/director/console.h); ended by "park", answered with a
 *		"result" whose value is {why,bytes}
 *	{"msg":"cancel"}	undo what the running job has begun
 *	{"msg":"park"}		finish or leave the running step, journal, stop; the job is resumed later
 * worker -> director
 *	{"msg":"undoing","job":ID,"why":..}	the job's state changes
 *	{"msg":"full","job":ID}			its journal has no room; it tries again for a while, then parks
 *	{"msg":"answered","job":ID}		with "tell" only: the console has answered its first command
 *	{"msg":"result","job":ID,"outcome":"done"|"failed"|"stuck"|"cancelled"|"parked","code":WORD,"exit":N,"message":..,"value":{..},
 *		"contact":"answered"|"silent"|"refused", "begun":BOOL, "vios":{"name","contact"}}
 * "consoles":[{"contact","why"},{..}] is the same of each when the platform has two ("" = nothing).
 * "contact" is what the job has found out about its console, absent when nothing: silent, it cannot be connected to; refused, it
 * shows another host key or does not let us in.  Then the job is parked, its message says why, and "begun" (parked jobs have it)
 * whether it may have changed something.  "vios" is the same of a VIOS that is reached by SSH of its own, when it is what the job
 * is parked for.  "value" holds the sequence's results.  After a result the worker waits for the next run of the same platform.  The socket's end
 * means: finish like park and exit.
 */
#ifndef PD_SPOOL_RUN_WORKERS_H
#define PD_SPOOL_RUN_WORKERS_H

#define WORKER_SOCKET 3

#endif
