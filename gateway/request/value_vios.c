/* SPDX-License-Identifier: ISC */
/*
 * value_vios.c - a VIOS that is reached by SSH:
 * name=V,address=A[,system=S][,port=P][,host-key=SHA256:..][,user=U][,key=FILE].
 */
#include <stdio.h>
#include <string.h>

#include "gateway/request/args.h"
#include "gateway/request/value.h"

enum { NAME, ADDRESS, NREQUIRED, NPARTS = 7 };

static const char *const keys[NPARTS + 1] = { "name", "address", "system", "port", "host-key", "user", "key", NULL };

/* In the order of keys, so that messages say "--vios-access port: ...". */
static const struct verb_arg parts[NPARTS] = {
	{ .name = "vios-access name", .type = ARG_VM },
	{ .name = "vios-access address", .type = ARG_ADDRESS },
	{ .name = "vios-access system", .type = ARG_NAME },
	{ .name = "vios-access port", .type = ARG_COUNT, .min = 1, .max = 65535 },
	{ .name = "vios-access host-key", .type = ARG_FINGERPRINT },
	{ .name = "vios-access user", .type = ARG_NAME },
	{ .name = "vios-access key", .type = ARG_FILE },
};

int
value_parse_vios(const struct verb_arg *a, const char *text, json_t **out, struct pd_err *e)
{
	char	copy[VALUE_TEXT_MAX], *found[NPARTS];
	json_t *vios, *value;

	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (value_split(a, copy, keys, found, e) == -1)
		return -1;
	for (size_t i = 0; i < NREQUIRED; i++)
		if (found[i] == NULL)
			return value_bad(a, text, e, "has no %s; write name=VIOS,address=ADDRESS", keys[i]);
	vios = json_object();
	for (size_t i = 0; i < NPARTS; i++) {
		if (found[i] == NULL)
			continue;
		if (value_parse(&parts[i], found[i], &value, e) == -1) {
			json_decref(vios);
			return -1;
		}
		json_object_set_new(vios, keys[i], value);
	}
	*out = vios;
	return 0;
}

int
value_vios_word(const json_t *v, char *buf, size_t size)
{
	char   word[VALUE_TEXT_MAX];
	size_t used = 0, n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < NPARTS; i++) {
		const json_t *value = json_object_get(v, keys[i]);
		int	      len;

		if (value == NULL)
			continue;
		if (value_to_word(&parts[i], value, word, sizeof(word)) == -1)
			return -1;
		len = snprintf(buf + used, size - used, "%s%s=%s", n++ > 0 ? "," : "", keys[i], word);
		if (len < 0 || (size_t)len >= size - used)
			return -1;
		used += (size_t)len;
	}
	return n > 0 && n == json_object_size(v) ? 0 : -1;
}
