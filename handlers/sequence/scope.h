/* SPDX-License-Identifier: ISC */
/*
 * scope.h - the values that a step sees, by path: "vm.name" in the run's variables, or
 * "disk.size" in the element that its for-each stands at.
 */
#ifndef PD_HANDLERS_SEQUENCE_SCOPE_H
#define PD_HANDLERS_SEQUENCE_SCOPE_H

#include <jansson.h>

#define SCOPE_PATH_MAX	80
#define SCOPE_DEPTH_MAX 6
#define SCOPE_EACH_MAX	3	/* a for-each in a for-each in a for-each: a disk of a VIOS of a system */

struct scope {
	json_t *vars;		/* object, borrowed */
	struct {
		const char *alias;	/* name of the for-each element, NULL = none */
		json_t	   *element;	/* borrowed */
	} each[SCOPE_EACH_MAX];
};

int	scope_path_is_valid(const char *path);			/* words of [a-z0-9_-] joined by dots */
json_t *scope_get(const struct scope *s, const char *path);	/* borrowed, NULL = not known (or null) */
int	scope_set(const struct scope *s, const char *path, json_t *value);	/* takes value; makes objects on the way */
void	scope_remove(const struct scope *s, const char *path);

#endif
