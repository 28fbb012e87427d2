/* SPDX-License-Identifier: ISC */
/*
 * terminal.c - asking a person one question, and how wide things are.
 */
#include <sys/ioctl.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/terminal.h"
#include "spool/os/io.h"
#include "spool/os/portable.h"

#define ANSWER_LIMIT_MS 120000	/* a person who does not answer for two minutes has gone */
#define CTRL_C		3

/* One line, byte by byte: what follows it is not ours.  The newline is dropped. */
static int
read_line(char *line, size_t size)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t	      len = 0;
	ssize_t	      n;

	for (;;) {
		if (poll(&in, 1, ANSWER_LIMIT_MS) == 0)
			return -1;
		n = read(STDIN_FILENO, line + len, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n != 1 || line[len] == '\0' || line[len] == CTRL_C)
			return -1;
		if (line[len] == '\n')
			break;
		if (++len == size)
			return -1;
	}
	line[len] = '\0';
	return 0;
}

int
terminal_ask(const char *prompt, int echo, char *line, size_t size)
{
	struct termios old, quiet;
	sigset_t       block, before;
	int	       rv;

	if (tcgetattr(STDIN_FILENO, &old) == -1)
		return -1;
	/* Without echo Ctrl-C comes as a character and signals wait, so that the echo always comes back. */
	(void)sigemptyset(&block);
	quiet = old;
	if (!echo) {
		(void)sigaddset(&block, SIGINT);
		(void)sigaddset(&block, SIGTERM);
		(void)sigaddset(&block, SIGTSTP);
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ISIG);
		quiet.c_lflag |= ECHONL;
		quiet.c_cc[VEOL] = CTRL_C;
	}
	(void)sigprocmask(SIG_BLOCK, &block, &before);
	rv = tcsetattr(STDIN_FILENO, echo ? TCSADRAIN : TCSAFLUSH, &quiet);	/* before the prompt: nothing typed after it is lost */
	(void)io_write_all(STDERR_FILENO, prompt, strlen(prompt));
	if (rv == 0)
		rv = read_line(line, size);
	if (rv == -1)
		port_wipe(line, size);
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return rv;
}

int
terminal_width(int fd)
{
	struct winsize ws;

	if (ioctl(fd, TIOCGWINSZ, &ws) == -1 || ws.ws_col < 20)
		return 80;
	return ws.ws_col;
}

/* The code point at *p; moves *p behind it.  The text is well formed (it went through vis_encode()). */
static uint32_t
code_point(const unsigned char **p)
{
	uint32_t c = *(*p)++;
	int	 more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	c &= more == 0 ? 0x7f : 0x3fu >> more;
	for (; more > 0 && (**p & 0xc0) == 0x80; more--)
		c = c << 6 | (*(*p)++ & 0x3f);
	return c;
}

/* Unicode 15, East_Asian_Width W and F in rough blocks; wcwidth() would need a locale. */
static int
is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) || (c >= 0x3041 && c <= 0xa4cf) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) ||
	    (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) ||
	    (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd);
}

size_t
terminal_columns(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t		     n = 0;
	uint32_t	     c;

	while (*p != '\0') {
		if (*p < 0x80) {
			p++;
			n++;
			continue;
		}
		c = code_point(&p);
		if ((c >= 0x300 && c <= 0x36f) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f))
			continue;
		n += is_wide(c) ? 2 : 1;
	}
	return n;
}
