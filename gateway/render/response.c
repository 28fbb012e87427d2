/* SPDX-License-Identifier: ISC */
/*
 * response.c - how a request ended: one struct, printed once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/render/render.h"
#include "gateway/render/response.h"
#include "gateway/render/text.h"
#include "spool/json_bytes.h"

#define STATUS_MAX 125	/* above it are the shell's and ssh's own */

void
response_init(struct response *r)
{
	memset(r, 0, sizeof(*r));
	(void)strcpy(r->word, "OK");
}

void
response_clear(struct response *r)
{
	json_decref(r->value);
	free(r->list);
	response_init(r);
}

void
response_code(struct response *r, enum pd_code code, const char *fmt, ...)
{
	va_list ap;

	(void)snprintf(r->word, sizeof(r->word), "%s", code_word(code));
	r->status = code_exit(code);
	va_start(ap, fmt);
	(void)vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
}

void
response_error(struct response *r, const struct pd_err *e)
{
	response_code(r, e->code, "%s", e->msg);
	if (e->wait_s <= 0)
		return;
	json_decref(r->value);
	r->value = json_pack("{s:i}", "retry_after", e->wait_s);
}

/* As much of a text as fits, whole characters only, harmless. */
static void
copy_message(struct response *r, const char *text)
{
	char  *safe = text_harmless(text, strlen(text));
	size_t len = safe != NULL ? strlen(safe) : 0;

	if (len >= sizeof(r->message)) {
		len = sizeof(r->message) - 4;
		while (len > 0 && ((unsigned char)safe[len] & 0xc0) == 0x80)
			len--;
		memcpy(safe + len, "...", 4);
		len += 3;
	}
	if (safe != NULL)
		memcpy(r->message, safe, len + 1);
	free(safe);
}

void
response_from_json(struct response *r, const json_t *reply)
{
	const char   *word = json_string_value(json_object_get(reply, "code"));
	const json_t *status = json_object_get(reply, "exit");
	const char   *message = json_string_value(json_object_get(reply, "message"));
	const json_t *job = json_object_get(reply, "job");
	json_t	     *value = json_object_get(reply, "value");

	if (word == NULL || !json_is_integer(status) || json_integer_value(status) < 0 ||
	    json_integer_value(status) > STATUS_MAX || strlen(word) >= sizeof(r->word) ||
	    word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0') {
		response_code(r, PD_BUG, "the director's answer has no code or no exit status");
		return;
	}
	(void)strcpy(r->word, word);
	r->status = (int)json_integer_value(status);
	r->message[0] = '\0';
	if (message != NULL)
		copy_message(r, message);
	if (json_is_null(job))
		r->job[0] = '\0';	/* there is none, whatever was handed in */
	else if (json_is_string(job) && id_is_valid(json_string_value(job)))
		(void)strcpy(r->job, json_string_value(job));
	if (value != NULL && !json_is_null(value)) {
		json_decref(r->value);
		r->value = json_incref(value);
	}
}

/* A list goes in the place of the last brace. */
static void
write_answer(const char *text, size_t len, const struct response *r)
{
	if (r->list == NULL) {
		(void)fwrite(text, 1, len, stdout);
		return;
	}
	(void)fwrite(text, 1, len - 1, stdout);
	(void)fputs(",\"value\":", stdout);
	(void)fwrite(r->list, 1, r->list_len, stdout);
	(void)fputc('}', stdout);
}

/* line 0: the whole answer. */
static int
print_json(const struct response *r, const char *verb, int line)
{
	json_t *o = json_pack("{s:i, s:s?, s:s, s:s, s:o}", "v", 1, "command", verb, "code", r->word, "message",
	    r->message, "job", r->job[0] != '\0' ? json_string(r->job) : json_null());
	size_t	len;
	char   *text;

	if (o == NULL)
		return -1;
	if (r->list == NULL)
		(void)json_object_set_new(o, "value", r->value != NULL ? json_incref(r->value) : json_null());
	if (line > 0) {
		(void)json_object_set_new(o, "line", json_integer(line));
		(void)json_object_set_new(o, "exit", json_integer(r->status));
	}
	len = json_bytes(o, JSON_COMPACT | JSON_REAL_PRECISION(9), 0, &text);	/* 3.215, not 3.2149999 */
	json_decref(o);
	if (len > 0)
		write_answer(text, len, r);
	(void)fputc('\n', stdout);
	free(text);
	return len > 0 ? 0 : -1;
}

int
response_print_line(const struct response *r, const char *verb, int line)
{
	int rv = print_json(r, verb, line);

	return fflush(stdout) != 0 ? -1 : rv;
}

static int
is_empty_list(const struct response *r)
{
	return r->list != NULL ? r->list_len == sizeof("[]") - 1 : json_is_array(r->value) && json_array_size(r->value) == 0;
}

static void
print_text(const struct response *r, const char *verb)
{
	const char *v = verb != NULL ? verb : "";
	int	    is_list = r->list != NULL || json_is_array(r->value);
	FILE	   *out = is_list ? stderr : stdout;	/* "3 VMs" is a hint beside a table */

	if (r->status == 0 && r->message[0] != '\0' && !is_empty_list(r))
		(void)fprintf(out, "%s\n", r->message);
	if (r->is_text)
		(void)fputs(json_string_value(r->value), stdout);
	else if (r->list != NULL)
		render_list(stdout, v, r->list, r->list_len);
	else if (r->status == 0 || is_list || (r->job[0] == '\0' && r->status != code_exit(PD_BUSY)))
		render_value(stdout, v, r->value);	/* of a job that failed the message says it */
	if (r->status != 0)
		(void)fprintf(stderr, "powerdirector: %s\n", r->message);
}

int
response_print(const struct response *r, const char *verb, int as_json)
{
	int rv = 0;

	if (as_json && !r->is_told)
		rv = print_json(r, verb, 0);
	else if (as_json)
		rv = 0;
	else
		print_text(r, verb);
	if (fflush(stdout) != 0 || ferror(stdout))
		rv = -1;
	return rv;
}
