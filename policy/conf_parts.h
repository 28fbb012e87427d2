/* SPDX-License-Identifier: ISC */
/*
 * conf_parts.h - what the files conf*.c share while one file is being parsed.
 *
 * Order: conf.c reads, conf_lex.c and conf_scan.c look strictly at the text, conf_tree.c has libconfuse make
 * sections and words of it, conf_networks.c, conf_roles.c and conf_tenants.c make the structs,
 * conf_value.c single values.  Every function returns 0 or -1 with *p->e filled.
 */
#ifndef PD_POLICY_CONF_PARTS_H
#define PD_POLICY_CONF_PARTS_H

#include <confuse.h>

#include "gateway/verbs.h"
#include "policy/conf.h"
#include "policy/conf_scan.h"

struct conf_parse {
	const char	  *file;
	struct pd_conf	  *conf;	/* what is being filled */
	cfg_t		  *cfg;
	struct conf_titles titles;
	struct pd_err	  *e;
};

/* A value as it is written, and where. */
struct conf_word {
	int  line;
	char text[];
};

/* Fails with "FILE:LINE: text". */
int conf_fail(const struct conf_parse *p, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* conf_tree.c */
int conf_tree_parse(struct conf_parse *p, const char *text);
/* The option's value number i, NULL when there are fewer. */
const struct conf_word *conf_word(cfg_t *section, const char *name, unsigned i);
/* Calls each(p, section, line) for every section of that kind, in the order of the file. */
int conf_each(struct conf_parse *p, const char *kind, int (*each)(struct conf_parse *p, cfg_t *section, int line));

/*
 * conf_value.c.  An absent option leaves *out as it is; texts are allocated and replace what was there.
 */
int conf_text(struct conf_parse *p, cfg_t *section, const char *name, enum arg_type type, char **out);
int conf_file_path(struct conf_parse *p, cfg_t *section, const char *name, size_t max, char **out);
/* min and max in the unit of the type: counts, seconds, MiB, hundredths of processing units. */
int conf_number(struct conf_parse *p, cfg_t *section, const char *name, enum arg_type type, int64_t min, int64_t max,
    int64_t *out);
/* Every value passes check(p, word) and comes once. */
int conf_list(struct conf_parse *p, cfg_t *section, const char *name,
    int (*check)(const struct conf_parse *p, const struct conf_word *w), struct pd_list *out);
/* A name as ARG_NAME has it, perhaps with a '*' at its end. */
int conf_check_pattern(const struct conf_parse *p, const struct conf_word *w);
/* A directory of programs. */
int conf_check_program_dir(const struct conf_parse *p, const struct conf_word *w);
int conf_check_user(const struct conf_parse *p, const struct conf_word *w);
/* The title of a section: a name. */
int conf_title_text(struct conf_parse *p, cfg_t *section, int line, char **out);
int conf_address(const struct conf_parse *p, const struct conf_word *w, uint32_t *addr);
int conf_range(const struct conf_parse *p, const struct conf_word *w, uint32_t *addr, uint32_t *mask);

/* conf_limits.c: every number, or its default. */
int conf_set_limits(struct conf_parse *p);

/* conf_networks.c, conf_roles.c, conf_tenants.c: one section each; then what only the whole can tell. */
int conf_add_network(struct conf_parse *p, cfg_t *section, int line);
int conf_add_role(struct conf_parse *p, cfg_t *section, int line);
/* conf_placement.c */
int conf_set_placement(struct conf_parse *p);
int conf_add_license(struct conf_parse *p, cfg_t *section, int line);
int conf_add_rules(struct conf_parse *p, cfg_t *section, int line);
/* conf_lease.c */
int conf_set_lease(struct conf_parse *p, cfg_t *tenant, struct pd_lease *lease);
int conf_add_tenant(struct conf_parse *p, cfg_t *section, int line);
int conf_check_members(const struct conf_parse *p);

#endif
