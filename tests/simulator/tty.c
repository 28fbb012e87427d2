/* SPDX-License-Identifier: ISC */
/*
 * The line discipline of a terminal: echo, backspace, ^U, ^C and ^D, as the system does it
 * while a program reads whole lines.  Runs in the session's thread, so that what is typed is
 * seen even while a command runs.
 */
#include <string.h>

#include "tests/simulator/session.h"

#define LINE_MAX_LEN	4095
#define CTRL(c)		((c) & 0x1f)
#define DEL		0x7f

static void
give_line(struct chan *ch)
{
	if (ch->line.len != 0)
		(void)stream_push(ch->in, ch->line.data, ch->line.len);
	ch->line.len = 0;
}

static void
erase(struct chan *ch, size_t n)
{
	while (n-- > 0 && ch->line.len > 0) {
		ch->line.len--;
		chan_echo(ch, "\b \b", 3);
	}
}

static void
interrupt(struct chan *ch)
{
	chan_echo(ch, "^C\r\n", 4);
	ch->line.len = 0;
	stream_discard(ch->in);
	cancel_set(ch->cancel, CANCEL_INT);
	stream_wake(ch->in);
}

static void
type(struct chan *ch, char c)
{
	if (ch->line.len >= LINE_MAX_LEN)
		return;
	sim_out_write(&ch->line, &c, 1);
	chan_echo(ch, &c, 1);
}

static void
newline(struct chan *ch)
{
	chan_echo(ch, "\r\n", 2);
	sim_out_write(&ch->line, "\n", 1);
	give_line(ch);
}

static void
input(struct chan *ch, char c)
{
	switch (c) {
	case '\r':
	case '\n':
		newline(ch);
		break;
	case DEL:
	case '\b':
		erase(ch, 1);
		break;
	case CTRL('U'):
		erase(ch, ch->line.len);
		break;
	case CTRL('C'):
		interrupt(ch);
		break;
	case CTRL('D'):
		if (ch->line.len == 0)
			stream_soft_eof(ch->in);
		give_line(ch);
		break;
	default:
		if ((unsigned char)c >= ' ' || c == '\t')
			type(ch, c);
		break;
	}
}

void
tty_input(struct chan *ch, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		/* "\r\n" is one newline */
		if (!(data[i] == '\n' && ch->last_cr))
			input(ch, data[i]);
		ch->last_cr = data[i] == '\r';
	}
}
