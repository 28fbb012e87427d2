/* SPDX-License-Identifier: ISC */
/*
 * response.h - how a request ended: one struct, printed once.
 */
#ifndef PD_GATEWAY_RENDER_RESPONSE_H
#define PD_GATEWAY_RENDER_RESPONSE_H

#include <jansson.h>

#include "spool/err.h"
#include "spool/id.h"

struct response {
	char	word[32];	/* stable code word, "OK" */
	int	status;		/* exit status */
	char	message[1024];	/* for people, no newline */
	char	job[JOB_ID_LEN + 1];	/* "" = none */
	json_t *value;		/* the result; owned; NULL = none */
	char   *list;		/* or this is the result: an array as compact JSON text (wire_recv_list()); owned; NULL = none */
	size_t	list_len;
	int	is_text;	/* value is one string to be printed as it is (help) */
	int	is_told;	/* as JSON it is on stdout already, line by line */
};

void response_init(struct response *r);	/* OK, status 0, nothing else */
void response_clear(struct response *r);

/* Sets word, status and message. */
void response_code(struct response *r, enum pd_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void response_error(struct response *r, const struct pd_err *e);

/* From a reply of the director or a "result" event: code, exit, message, job, value, each checked; what is missing is a bug (70). */
void response_from_json(struct response *r, const json_t *reply);

/*
 * Text: value and message on stdout when it went well, the message on stderr otherwise.  JSON: one object on stdout.
 * -1 when stdout cannot be written.
 */
int response_print(const struct response *r, const char *verb, int as_json);
/* The answer to one request of a batch: that object, with the line's number, at once. */
int response_print_line(const struct response *r, const char *verb, int line);

#endif
