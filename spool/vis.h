/* SPDX-License-Identifier: ISC */
/*
 * vis.h - bytes from outside made harmless for a terminal, a log line or an error message.
 */
#ifndef PD_SPOOL_VIS_H
#define PD_SPOOL_VIS_H

#include <stddef.h>

/*
 * Printable ASCII stays (a backslash becomes \\), well-formed printable UTF-8 stays, every other byte becomes \xHH.
 * Always ends dst with NUL; when dst is too small the text ends in "...".  Returns dst.
 */
char *vis_encode(char *dst, size_t size, const char *src, size_t len);

/* Is this well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)? */
int vis_is_utf8(const char *s, size_t len);

#endif
