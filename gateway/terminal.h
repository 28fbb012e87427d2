/* SPDX-License-Identifier: ISC */
/*
 * terminal.h - asking a person one question, and how wide his terminal is.
 */
#ifndef PD_GATEWAY_TERMINAL_H
#define PD_GATEWAY_TERMINAL_H

#include <stddef.h>

/*
 * Writes prompt to stderr and reads one line from stdin, both terminals.  Without echo the terminal is restored on
 * every way out, signals included.  -1: end of file, a line of size bytes or more, a signal, no terminal.
 */
int terminal_ask(const char *prompt, int echo, char *line, size_t size);

/* Columns of the terminal on fd, 80 when it does not say. */
int terminal_width(int fd);

/* Columns that a text takes: UTF-8, wide East Asian characters count 2, combining ones 0. */
size_t terminal_columns(const char *text);

#endif
