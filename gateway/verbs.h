/* SPDX-License-Identifier: ISC */
/*
 * verbs.h - the one table of verbs.
 *
 * It drives parsing, help, policy's check of verb names, dispatch in gateway and director, and
 * the manual page.  Adding a verb is: a row here, a handler (spool/effects/effects.c or spool/query/query.c),
 * its sequences (templates/KIND/VERB.seq), its test.
 */
#ifndef PD_GATEWAY_VERBS_H
#define PD_GATEWAY_VERBS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define VERB_ARGS_MAX 48
#define LEASE_MOST_S  (3660 * 86400LL)	/* ten years: what is to stay longer has no lease */

/* How an argument is written, checked and kept in the job's JSON arguments. */
enum arg_type {
	ARG_FLAG,	/* --x			true */
	ARG_VM,		/* LPAR name: 1-31 of [A-Za-z0-9._-], first alphanumeric	string */
	ARG_NAME,	/* image, platform, network, user: same set, 1-31		string */
	ARG_POOL,	/* storage pool: 1-15 of [A-Za-z0-9_.-]			string */
	ARG_HOSTNAME,	/* RFC 1123 host name, up to 63 a label, 253 in all		string */
	ARG_JOB,	/* job id or prefix of 8 or more	string, upper case */
	ARG_KEY,	/* once-key: 1-64 of [A-Za-z0-9._:/@-]	string */
	ARG_TEXT,	/* up to 200 bytes of printable UTF-8	string */
	ARG_WORD,	/* one of values			string */
	ARG_COUNT,	/* whole number min..max		integer */
	ARG_DURATION,	/* 90s, 10m, 12h, 30d; bare = seconds	integer, seconds, min..max; the word in values, where there is one: 0 */
	ARG_SIZE,	/* 512M, 4G, 1T (binary)		integer, MiB */
	ARG_SIZES,	/* DESIRED or MIN:DESIRED:MAX, sizes	object {min?,desired,max?}, MiB */
	ARG_UNITS,	/* likewise, processing units, at most two decimals	object, hundredths */
	ARG_COUNTS,	/* likewise, whole numbers		object */
	ARG_FACTOR,	/* 1.5: at most two decimals		integer, hundredths, min..max */
	ARG_FC,		/* auto|vios=NAME[,port=fcsN]	object {vios?,port?} */
	ARG_DISK,	/* SIZE or size=S[,pool=P]		object {size,pool?} */
	ARG_NETWORK,	/* vlan=N|name=N[,ip=A/P][,gateway=A][,dns=A[+A]]	object {vlan?,name?,ip?,prefix?,gateway?,dns?:[..]} */
	ARG_VIOS,	/* name=V,address=A[,system=S][,port=P][,host-key=F][,user=U][,key=FILE]	object {name,address,..} */
	ARG_ADDRESS,	/* host name or IPv4/IPv6 address	string */
	ARG_PATH,	/* absolute path: [A-Za-z0-9/._+-], no "..", up to 255	string */
	ARG_FILE,	/* a file name: [A-Za-z0-9._-], 1-64, no leading '.' or '-'	string */
	ARG_FINGERPRINT,/* SHA256:43 base64 characters		string */
	ARG_LIST	/* names separated by commas		array of ARG_POOL strings */
};

enum {
	ARG_REQUIRED = 1,
	ARG_POSITIONAL = 2,	/* given without its --name, in table order */
	ARG_REPEAT = 4,		/* may come again; kept as an array under key */
	ARG_DESTROYS = 8	/* a flag that makes its verb one of VERB_DESTRUCTIVE */
};

struct verb_arg {
	const char   *name;	/* option without "--", or the positional's name */
	const char   *key;	/* key in the job's arguments */
	enum arg_type type;
	unsigned      flags;
	int64_t	      min, max;		/* numbers: bounds; ARG_REPEAT: max = how often */
	const char   *values;		/* ARG_WORD: "running configured" */
	const char   *metavar;		/* "SIZE" */
	const char   *help;		/* one line, no final stop */
};

enum verb_kind {
	VERB_LOCAL,	/* the gateway answers alone: help, version */
	VERB_QUERY,	/* the director answers on its socket */
	VERB_JOB,	/* becomes a job of a worker */
	VERB_RECORD,	/* becomes a job that the director does by itself (its database only) */
	VERB_CONSOLE,	/* the director hands the connection to a worker: a terminal (gateway/console_screen.c) */
	VERB_FOLLOW,	/* the gateway reads a job's log */
	VERB_BATCH	/* the lines of stdin are requests that become jobs; each needs its own permission, this verb none */
};

enum {
	VERB_CHANGES = 1,	/* has --plan --detach --timeout --once --note */
	VERB_DESTRUCTIVE = 2,	/* asks on a terminal, needs --yes without one */
	VERB_ADMIN = 4,		/* help lists it apart; policy decides */
	VERB_PAGES = 16,	/* a question whose answer is lines, asked for page by page: gateway/export.c */
	VERB_CLEANS = 8		/* frees room: an administrator may ask for it though our disk is nearly full */
};

struct verb {
	const char	      *name;
	enum verb_kind	       kind;
	unsigned	       flags;
	const char	      *help;	/* one line, no final stop */
	const char	      *example;	/* what follows "ssh HOST ", complete and valid */
	const struct verb_arg *args;
	size_t		       nargs;
};

extern const struct verb   verbs[];
extern const size_t	   verbs_count;
/* Options common to all verbs with VERB_CHANGES (and --json, which every verb has). */
extern const struct verb_arg common_args[];
extern const size_t	     common_args_count;

const struct verb     *verb_find(const char *name);
/* Can a request of the verb destroy something?  With args (NULL = any at all): can this one? */
int		       verb_destroys(const struct verb *v, const json_t *args);
/* The nearest verb by edit distance (at most 3), or NULL. */
const struct verb     *verb_nearest(const char *name);
const struct verb_arg *verb_arg_find(const struct verb *v, const char *name);

#endif
