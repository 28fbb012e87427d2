/* SPDX-License-Identifier: ISC */
/*
 * Golden tables: command lines with exactly what the console prints, in files.  A file is run
 * in order on one machine, each line as an exec request in the console's own shell:
 *
 *	kind ivm | vios | hmc	(first) whose console
 *	world FILE		(second) the machine's description
 *	@ ivm 3.1		the section of the reference that the rows below are from (and the client that sends them)
 *	# a comment
 *	$ command		several of these in a row are one script
 *	> stdout		a line of it; ~ instead of > is an extended regular expression for the whole line
 *	! stderr
 *	= 1			exit status, when it is not 0
 */
#ifndef PD_TEST_GOLDEN_H
#define PD_TEST_GOLDEN_H

/* Runs a file; fails the test for each row that differs, or has no section.  How many rows there were. */
int golden_run(const char *file);

#endif
