/* SPDX-License-Identifier: ISC */
/* The command line of powerdirector-sim: everything is checked here, once. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/options.h"

#define EX_USAGE	64

static const char usage_text[] =
"usage: powerdirector-sim --kind ivm|hmc|vios --listen ADDRESS:PORT --world FILE --state DIR\n"
"           --authorized-keys FILE [--password USER:PASS]... [--host-key FILE]\n"
"           [--speed N] [--latency MS] [--fault SPEC]...\n"
"       powerdirector-sim --help | --version\n";

static const char help_text[] =
"\n"
"A simulated console of IBM POWER servers: a real SSH server with files for disks.\n"
"\n"
"  --kind KIND             what to be; \"ivm\": an Integrated Virtualization Manager;\n"
"                          \"hmc\": a Hardware Management Console with its systems and their VIOSes;\n"
"                          \"vios\": a Virtual I/O Server alone, without partition commands\n"
"  --listen ADDRESS:PORT   numeric IPv4 address; port 0 takes a free one, which is printed\n"
"                          and written to DIR/port (DIR/port-NAME: a VIOS below an HMC;\n"
"                          DIR/port-second: another HMC of the same systems)\n"
"  --world FILE            the machines at the first start; later DIR/world.json is read\n"
"  --state DIR             everything that lasts: world.json, fs/ (the VIOS' files and disks),\n"
"                          transcript.jsonl, host_key, host_key.pub, port, faults\n"
"  --authorized-keys FILE  public keys that padmin (hscroot) and the users of --password may use;\n"
"                          those in the user's ~/.ssh/authorized_keys2 are valid, too\n"
"  --password USER:PASS    a user who may log in with a password (repeatable)\n"
"  --host-key FILE         private key; made (ed25519) when there is none; default DIR/host_key\n"
"  --speed N               time of the world runs N times as fast (default 1); 0: power takes no time\n"
"  --latency MS            every command line waits that long before its first command\n"
"  --fault SPEC            a failure on demand (repeatable):\n"
"      match=REGEX[,nth=N][,times=N|,from=N],action=ACTION[,status=N][,stderr=TEXT][,ms=N]\n"
"      REGEX is matched against each simple command, after expansion, words joined by blanks.\n"
"      ACTION: refuse      exit with status (1), TEXT on stderr, without any effect\n"
"              delay       wait ms (1000) milliseconds first\n"
"              cut-before  close the connection instead of running the command\n"
"              cut-during  run it, lose its output, close the connection\n"
"              cut-after   run it, send its output, close without an exit status\n"
"              garble      run it, answer with garbage\n"
"              hang        never answer\n"
"              flood       run it, then print 8 MiB\n"
"      SIGHUP replaces all of them by the lines of DIR/faults, counters at zero; and a port answers\n"
"      nobody from then on while there is a file DIR/off (DIR/off-NAME: that of DIR/port-NAME).\n"
"\n"
"SIGTERM and SIGINT end it.  Exit status: 0, 64 usage, 1 anything else.\n";

static int
usage(const char *what, const char *value)
{
	fprintf(stderr, "powerdirector-sim: %s%s%s\n%s", what, value != NULL ? ": " : "",
	    value != NULL ? value : "", usage_text);
	return EX_USAGE;
}

static int
parse_listen(struct options *o, const char *s)
{
	const char *colon = strrchr(s, ':');
	struct in_addr a;
	char *end;
	unsigned long port;

	if (colon == NULL || (size_t)(colon - s) >= sizeof(o->host))
		return -1;
	memcpy(o->host, s, (size_t)(colon - s));
	o->host[colon - s] = '\0';
	port = strtoul(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port > 65535 ||
	    inet_pton(AF_INET, o->host, &a) != 1)
		return -1;
	o->port = (unsigned)port;
	return 0;
}

static int
parse_number(const char *s, double min, double max, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(s, &end);
	return errno != 0 || end == s || *end != '\0' || !(*value >= min && *value <= max) ? -1 : 0;
}

enum { O_KIND = 256, O_LISTEN, O_WORLD, O_STATE, O_KEYS, O_PASSWORD, O_HOST_KEY, O_SPEED, O_LATENCY,
	O_FAULT, O_HELP, O_VERSION };

static const struct option long_options[] = {
	{ "kind", required_argument, NULL, O_KIND },
	{ "listen", required_argument, NULL, O_LISTEN },
	{ "world", required_argument, NULL, O_WORLD },
	{ "state", required_argument, NULL, O_STATE },
	{ "authorized-keys", required_argument, NULL, O_KEYS },
	{ "password", required_argument, NULL, O_PASSWORD },
	{ "host-key", required_argument, NULL, O_HOST_KEY },
	{ "speed", required_argument, NULL, O_SPEED },
	{ "latency", required_argument, NULL, O_LATENCY },
	{ "fault", required_argument, NULL, O_FAULT },
	{ "help", no_argument, NULL, O_HELP },
	{ "version", no_argument, NULL, O_VERSION },
	{ NULL, 0, NULL, 0 },
};

static int
take_value(struct options *o, int c, const char *arg)
{
	double v = 0;

	switch (c) {
	case O_LISTEN:
		return parse_listen(o, arg);
	case O_PASSWORD:
		if (o->n_passwords == OPT_PASSWORDS_MAX || strchr(arg, ':') == NULL || arg[0] == ':')
			return -1;
		o->passwords[o->n_passwords++] = arg;
		return 0;
	case O_FAULT:
		if (o->n_faults == OPT_FAULTS_MAX)
			return -1;
		o->faults[o->n_faults++] = arg;
		return 0;
	case O_SPEED:
		return parse_number(arg, 0, 1e6, &o->speed);
	case O_LATENCY:
		if (parse_number(arg, 0, 3600000, &v) == -1)
			return -1;
		o->latency_ms = (unsigned)v;
		return 0;
	case O_KIND:
		o->kind = arg;
		return 0;
	case O_WORLD:
		o->world_file = arg;
		return 0;
	case O_STATE:
		o->state_dir = arg;
		return 0;
	case O_KEYS:
		o->authorized_keys = arg;
		return 0;
	default:
		o->host_key = arg;
		return 0;
	}
}

static int
check(const struct options *o)
{
	if (o->kind == NULL)
		return usage("--kind is missing", NULL);
	if (strcmp(o->kind, "ivm") != 0 && strcmp(o->kind, "hmc") != 0 && strcmp(o->kind, "vios") != 0)
		return usage("unknown kind", o->kind);
	if (o->host[0] == '\0')
		return usage("--listen is missing", NULL);
	if (o->world_file == NULL || o->state_dir == NULL)
		return usage("--world and --state are needed", NULL);
	if (o->authorized_keys == NULL && o->n_passwords == 0)
		return usage("--authorized-keys or --password is needed", NULL);
	return -1;
}

int
options_parse(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ .speed = 1 };
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == O_HELP) {
			printf("%s%s", usage_text, help_text);
			return 0;
		}
		if (c == O_VERSION) {
			printf("powerdirector-sim %s\n", PD_VERSION);
			return 0;
		}
		if (c == '?')
			return usage("unknown option or missing value", argv[optind - 1]);
		if (take_value(o, c, optarg) == -1)
			return usage("bad value", optarg);
	}
	if (optind < argc)
		return usage("unexpected argument", argv[optind]);
	return check(o);
}
