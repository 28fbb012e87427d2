/* SPDX-License-Identifier: ISC */
/*
 * checker_journal.c - journals as spool/journal.h writes them down: u32 length, u32 number from 0, u32 CRC-32 of number and
 * payload, big-endian, then the payload, one JSON object.  A torn end is legal, damage before it is not.
 */
#include <openssl/evp.h>

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/checker.h"

#define HEAD 12

static uint32_t
word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* As in ISO 3309, bit by bit: another way than the one that is checked. */
static uint32_t
crc(uint32_t sum, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			sum = (sum & 1) ? sum >> 1 ^ 0xedb88320u : sum >> 1;
	}
	return sum;
}

/* Length of the record at p, 0 when it is none. */
static size_t
record_len(const unsigned char *p, size_t len, uint32_t number)
{
	size_t n;

	if (len < HEAD || word(p + 4) != number)
		return 0;
	n = word(p);
	if (n == 0 || n > len - HEAD || (~crc(crc(~0u, p + 4, 4), p + HEAD, n)) != word(p + 8))
		return 0;
	return HEAD + n;
}

/* A job that has ended has all its commands in the history. */
static void
check_recorded(struct check *c, const char *id, uint32_t number, const char *command)
{
	const char *recorded;
	char	    n[32];

	if (text_of(json_object_get(c->last_event, id), "result")[0] == '\0' ||
	    !is_one_of(text_of(json_object_get(c->jobs, id), "state"), "done failed stuck cancelled"))
		return;
	recorded = json_string_value(json_object_get(json_object_get(c->commands, id), printed(n, sizeof(n), "%u", number)));
	if (recorded == NULL || strncmp(command, recorded, strlen(recorded)) != 0)
		violation(c, "P6", "command %u of job %s is not in the history: %.200s", number, id, command);
}

static void
take_intent(struct check *c, const char *id, uint32_t number, const json_t *record)
{
	if (strcmp(text_of(record, "k"), "intent") != 0)
		return;
	count(c, "intents", 1);
	check_recorded(c, id, number, text_of(record, "cmd"));
	if (is_one_of(text_of(record, "part"), "run undo"))
		(void)json_array_append_new(intents_of(c, text_of(record, "as"), text_of(record, "cmd")),
		    json_pack("{s:s, s:I}", "cmd", text_of(record, "cmd"), "t", number_of(record, "t")));
}

static void
check_records(struct check *c, const char *id, const unsigned char *p, size_t len)
{
	uint32_t number = 0;
	size_t	 at = 0, n = 0;
	json_t	*record;

	for (; at < len && (n = record_len(p + at, len - at, number)) > 0; at += n, number++) {
		count(c, "journal records", 1);
		record = json_loadb((const char *)p + at + HEAD, n - HEAD, JSON_ALLOW_NUL, NULL);
		if (!json_is_object(record))
			violation(c, "P3", "journal of job %s: record %u is not a JSON object", id, number);
		take_intent(c, id, number, record);
		json_decref(record);
	}
	for (size_t i = at; i < len; i++)	/* behind a torn end nothing that counts may stand */
		if (record_len(p + i, len - i, number) > 0 || record_len(p + i, len - i, number + 1) > 0) {
			violation(c, "P3", "journal of job %s is damaged at byte %zu of %zu, record %u", id, at, len, number);
			return;
		}
}

/* The result's record in the history holds the SHA-256 of the journal. */
static void
check_digest(struct check *c, const char *id, const void *p, size_t len)
{
	const char   *said = text_of(json_object_get(c->last_event, id), "journal");
	unsigned char hash[SHA256_BYTES];
	char	      hex[SHA256_DIGITS + 1];

	if (said[0] == '\0' || !is_one_of(text_of(json_object_get(c->jobs, id), "state"), "done failed stuck cancelled"))
		return;
	if (EVP_Digest(p, len, hash, NULL, EVP_sha256(), NULL) != 1)
		cannot("SHA-256 does not work");
	hex_of(hash, hex);
	count(c, "journal digests", 1);
	if (strcmp(hex, said) != 0)
		violation(c, "P6", "journal of job %s is not the one that the history has the digest of", id);
}

static void
check_journal(struct check *c, const char *dir, const char *id)
{
	size_t len;
	char  *buf = read_file(dir, id, &len);

	if (buf == NULL)
		return;
	count(c, "journals", 1);
	if (json_object_get(c->jobs, id) == NULL)
		violation(c, "P1", "there is a journal and no job %s", id);
	check_records(c, id, (unsigned char *)buf, len);
	check_digest(c, id, buf, len);
	free(buf);
}

void
check_journals(struct check *c)
{
	char	       path[4096];
	DIR	      *d;
	struct dirent *e;

	if (c->spool == NULL)
		return;
	if ((d = opendir(printed(path, sizeof(path), "%s/journal", c->spool))) == NULL)
		cannot("%s cannot be read", path);
	while ((e = readdir(d)) != NULL)
		if (strlen(e->d_name) == JOB_ID_DIGITS)
			check_journal(c, path, e->d_name);
	(void)closedir(d);
}
