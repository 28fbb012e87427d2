/* SPDX-License-Identifier: ISC */
/*
 * conf_tree.c - the options of powerdirector.conf, and libconfuse making a tree of the text.
 *
 * Every value is kept as a word with its line; the types come later (conf_value.c), because
 * libconfuse's own numbers take no units and its messages name no line but the last.
 *
 * libconfuse hands no argument through to its callbacks, and this code has no global variables.
 * So every section has one more option that no file can name (its name holds a blank) and
 * whose storage is the parse that the section belongs to.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request/nearest.h"
#include "policy/conf_parts.h"

#define PARSE "the parse"

#define WORD(name)	CFG_PTR_CB(name, NULL, CFGF_NODEFAULT, keep_word, free)
#define WORDS(name)	CFG_PTR_LIST_CB(name, NULL, CFGF_NODEFAULT, keep_word, free)
#define SECTION(name, opts) CFG_SEC(name, opts, CFGF_NODEFAULT)
#define TITLED(name, opts)  CFG_SEC(name, opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)
#define OWNER(p)	{ .name = PARSE, .type = CFGT_STR, .flags = CFGF_NODEFAULT, .simple_value = { .ptr = (void **)(p) } }

#define NAMES_MAX 48	/* options of one section */

int
conf_fail(const struct conf_parse *p, int line, const char *fmt, ...)
{
	char	text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pd_fail(p->e, PD_BADDATA, "%s:%d: %s", p->file, line, text);
}

static struct conf_parse *
parse_of(cfg_t *section)
{
	return (struct conf_parse *)cfg_getopt(section, PARSE)->simple_value.ptr;
}

/* libconfuse has found a value: keep its text and line. */
static int
keep_word(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	size_t		  len = strlen(value);
	struct conf_word *w = malloc(sizeof(*w) + len + 1);

	(void)opt;
	if (w == NULL)
		return pd_fail_sys(parse_of(section)->e, PD_IO, "parse %s", parse_of(section)->file);
	w->line = section->line;
	memcpy(w->text, value, len + 1);
	*(void **)result = w;
	return 0;
}

static const char *
nearest_option(cfg_t *section, const char *word)
{
	const char *names[NAMES_MAX + 1];
	size_t	    n = 0;

	for (unsigned i = 0; i < cfg_num(section) && n < NAMES_MAX; i++)
		if (strcmp(cfg_opt_name(cfg_getnopt(section, i)), PARSE) != 0)
			names[n++] = cfg_opt_name(cfg_getnopt(section, i));
	names[n] = NULL;
	return nearest(word, names);
}

static void
unknown_option(cfg_t *section, const char *word)
{
	const char *near = nearest_option(section, word);
	const char *where = cfg_title(section) != NULL || strcmp(cfg_name(section), "root") != 0 ? cfg_name(section) : NULL;

	(void)conf_fail(parse_of(section), section->line, "\"%.40s\" is not an option%s%s%s%s%s; see powerdirector.conf(5)",
	    word, where != NULL ? " of a " : "", where != NULL ? where : "", near != NULL ? "; is \"" : "",
	    near != NULL ? near : "", near != NULL ? "\" meant?" : "");
}

static void report(cfg_t *section, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static void
report(cfg_t *section, const char *fmt, va_list ap)
{
	struct conf_parse *p = parse_of(section);
	char		   text[200];

	if (p->e->code != PD_OK)
		return;		/* the first message is the cause */
	if (strncmp(fmt, "no such option", 14) == 0) {
		unknown_option(section, va_arg(ap, const char *));
		return;
	}
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	(void)conf_fail(p, section->line, "%s; see powerdirector.conf(5)", text);
}

/* The tables: what the file may say.  conf_value.c and its callers say what each value may be. */
static cfg_t *
make_tables(struct conf_parse *p)
{
	cfg_opt_t role[] = { WORDS("verbs"), WORDS("authenticate-again"), WORD("scope"), OWNER(p), CFG_END() };
	cfg_opt_t network[] = { WORD("vlan"), WORD("internal"), WORD("addresses"), WORD("gateway"), WORDS("dns"), WORD("domain"),
		OWNER(p), CFG_END() };
	cfg_opt_t quota[] = { WORD("vms"), WORD("processing-units"), WORD("virtual-processors"), WORD("memory"),
		WORD("disk"), OWNER(p), CFG_END() };
	cfg_opt_t vm_limit[] = { WORD("processing-units"), WORD("virtual-processors"), WORD("memory"), WORD("disk"),
		WORD("disks"), WORD("networks"), OWNER(p), CFG_END() };
	cfg_opt_t lease[] = { WORD("default"), WORD("longest"), WORD("grace"), WORD("after-grace"), WORD("warning"), OWNER(p), CFG_END() };
	cfg_opt_t tenant[] = { WORD("role"), WORDS("members"), SECTION("quota", quota), SECTION("user-quota", quota),
		SECTION("vm-limit", vm_limit), SECTION("lease", lease), WORDS("features"), WORDS("images"), WORDS("media"), WORDS("networks"), WORDS("platforms"), WORDS("pools"),
		WORD("weight"), OWNER(p), CFG_END() };
	cfg_opt_t license[] = { WORDS("products"), WORDS("systems"), WORDS("processor-pools"), WORD("processing-units"), OWNER(p), CFG_END() };
	cfg_opt_t platform[] = { WORD("lpar-id-base"), WORD("lpar-id-step"), WORD("server-slot-base"), WORD("server-slot-step"),
		WORD("server-slot-offset"), WORD("client-slot-base"), WORD("client-slot-step"), OWNER(p), CFG_END() };
	cfg_opt_t file[] = { WORD("spool"), WORD("state"), WORD("socket"), WORD("templates"), WORD("keys"),
		WORD("worker"), WORDS("console-programs"), WORD("pam-directory"), WORD("pam-service"), WORD("service-account"),
		WORD("spool-group"), WORD("jobs-per-platform"), WORD("jobs-per-hmc"), WORD("jobs-total"), WORD("pending-per-user"),
		WORD("pending-total"), WORD("bytes-per-user"), WORD("bytes-total"), WORD("followers-per-user"),
		WORD("followers-total"), WORD("requests-per-minute"), WORD("log-size"), WORD("disk-warn"),
		WORD("disk-refuse"), WORD("disk-reserve"), WORD("once-keep"),
		WORD("retry-first"), WORD("retry-longest"), WORD("platform-wait"),
		WORD("worker-idle"), WORD("worker-jobs"), WORD("history-page"), WORD("history-witness"),
		WORD("history-refusals"), WORD("keep-history"), WORD("record-consoles"), WORD("inventory-every"), WORD("leases-per-hour"), WORD("lease-settle"), WORD("placement"),
		TITLED("role", role), TITLED("network", network), TITLED("license", license), TITLED("platform", platform), TITLED("tenant", tenant),
		WORD("end"), OWNER(p), CFG_END() };

	return cfg_init(file, CFGF_NONE);	/* copies the tables */
}

int
conf_tree_parse(struct conf_parse *p, const char *text)
{
	p->cfg = make_tables(p);
	if (p->cfg == NULL)
		return pd_fail_sys(p->e, PD_IO, "parse %s", p->file);
	(void)cfg_set_error_function(p->cfg, report);
	p->e->code = PD_OK;
	if (cfg_parse_buf(p->cfg, text) == CFG_SUCCESS)
		return 0;
	return p->e->code != PD_OK ? -1 : pd_fail(p->e, PD_IO, "parse %s: no memory", p->file);
}

const struct conf_word *
conf_word(cfg_t *section, const char *name, unsigned i)
{
	cfg_opt_t *opt = cfg_getopt(section, name);

	return opt != NULL && i < cfg_opt_size(opt) ? cfg_opt_getnptr(opt, i) : NULL;
}

int
conf_each(struct conf_parse *p, const char *kind, int (*each)(struct conf_parse *p, cfg_t *section, int line))
{
	cfg_opt_t *opt = cfg_getopt(p->cfg, kind);
	size_t	   len = strlen(kind);
	unsigned   n = 0;

	/* Titles and sections are both in the order of the file. */
	for (size_t i = 0; i < p->titles.n; i++) {
		const struct conf_title *t = &p->titles.list[i];

		if (t->kind_len != len || memcmp(t->kind, kind, len) != 0)
			continue;
		if (each(p, cfg_opt_getnsec(opt, n++), t->line) == -1)
			return -1;
	}
	return 0;
}
