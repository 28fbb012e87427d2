/* SPDX-License-Identifier: ISC */
/*
 * query_image.c - list-images and show-image: what the tenant's policy offers on platforms that it
 * may use.
 */
#include <string.h>

#include "spool/query/query_verbs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int
is_offered(const struct question *x, const json_t *image)
{
	return policy_list_has(&x->tenant->images, field_text(image, "name")) &&
	    policy_list_has(&x->tenant->platforms, field_text(image, "platform"));
}

static json_t *
summary(const json_t *row)
{
	static const char *const keys[] = { "name", "platform", "os", "size", "first_boot",
	    "description" };
	json_t			*image = json_object();

	set_copy(image, row, keys, COUNT(keys));
	return image;
}

int
query_list_images(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char *platform = json_string_value(json_object_get(x->args, "platform"));
	json_t	   *rows, *row;
	size_t	    i;

	if (platform != NULL && question_platform(x, platform, e) == -1)
		return -1;
	if (store_image_list(x->q->store, platform, &rows, e) == -1)
		return -1;
	a->value = json_array();
	json_array_foreach(rows, i, row)
		if (is_offered(x, row))
			(void)json_array_append_new(a->value, summary(row));
	(void)count_text(a->message, sizeof(a->message), json_array_size(a->value), "image", "images");
	json_decref(rows);
	return 0;
}

/* The one offered image of this name (and platform, unless NULL); borrowed from rows. */
static int
choose(const struct question *x, const json_t *rows, const char *name, const char *platform,
    json_t **chosen, struct pd_err *e)
{
	json_t *row;
	size_t	i;

	*chosen = NULL;
	json_array_foreach(rows, i, row) {
		if (strcmp(field_text(row, "name"), name) != 0 || !is_offered(x, row) ||
		    (platform != NULL && strcmp(field_text(row, "platform"), platform) != 0))
			continue;
		if (*chosen != NULL)
			return pd_fail(e, PD_USAGE,
			    "image \"%s\" is on several platforms, say which with --platform %s or %s", name,
			    field_text(*chosen, "platform"), field_text(row, "platform"));
		*chosen = row;
	}
	if (*chosen == NULL)
		return pd_fail(e, PD_NOTFOUND,
		    "there is no image \"%s\" for you; list-images shows them", name);
	return 0;
}

int
query_show_image(const struct question *x, struct answer_to *a, struct pd_err *e)
{
	const char *platform = json_string_value(json_object_get(x->args, "platform"));
	json_t	   *rows, *row;
	int	    rv;

	if (store_image_list(x->q->store, NULL, &rows, e) == -1)	/* some tens of rows */
		return -1;
	if ((rv = choose(x, rows, field_text(x->args, "name"), platform, &row, e)) == 0) {
		a->value = summary(row);
		set_time(a->value, "registered", field_number(row, "registered_ms"));
		if (x->of_tenant == NULL)	/* paths on the VIOS are no tenant's business */
			set_copy(a->value, row, (const char *const[]){ "file", "vioses" }, 2);
	}
	json_decref(rows);
	return rv;
}
