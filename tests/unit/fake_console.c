/* SPDX-License-Identifier: ISC */
/*
 * fake_console.c - a transport with a small console behind it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_console.h"
#include "spool/journal.h"

#define TEXT 4096

struct reply {
	char out[TEXT], err[TEXT];
	int  status;
};

static int
has(const struct fake_console *c, const char *object)
{
	return json_object_get(c->objects, object) != NULL;
}

static void
add(struct fake_console *c, const char *kind, const char *name)
{
	char object[TEXT];

	snprintf(object, sizeof(object), "%s%s", kind, name);
	json_object_set_new(c->objects, object, json_true());
}

static void
drop(struct fake_console *c, const char *prefix)
{
	const char *key;
	json_t	   *v;
	void	   *next;

	json_object_foreach_safe(c->objects, next, key, v)
		if (strncmp(key, prefix, strlen(prefix)) == 0)
			json_object_del(c->objects, key);
}

/* The rest of the first object with this prefix, or NULL. */
static const char *
find(const struct fake_console *c, const char *prefix)
{
	const char *key;
	json_t	   *v;

	json_object_foreach(c->objects, key, v)
		if (strncmp(key, prefix, strlen(prefix)) == 0)
			return key + strlen(prefix);
	return NULL;
}

/* The word behind an option. */
static const char *
word(const char *cmd, const char *option, char buf[256])
{
	const char *s = strstr(cmd, option);

	buf[0] = '\0';
	if (s != NULL)
		snprintf(buf, 256, "%.*s", (int)strcspn(s + strlen(option), " ,\"\n"), s + strlen(option));
	return buf;
}

static void
refuse(struct reply *r, const char *text)
{
	r->status = 1;
	snprintf(r->err, sizeof(r->err), "\nSome error messages may contain invalid information\nfor the Virtual I/O Server environment.\n\n%s\n", text);
}

static const char *
state(struct fake_console *c)
{
	if (!has(c, "on"))
		return "Not Activated";
	if (c->polls++ < 1)
		return "Starting";
	if (c->boots_to_firmware)
		return "Open Firmware";
	if (c->configures && find(c, "loaded ") != NULL && c->polls > 4) {
		drop(c, "on");
		return "Not Activated";
	}
	return "Running";
}

static void
list_lpars(struct fake_console *c, const char *cmd, struct reply *r)
{
	char	    fields[256], *save, *f, id[256], one[TEXT] = "", two[TEXT] = "";
	const char *name = find(c, "lpar "), *now = strstr(cmd, "state") != NULL ? state(c) : "", *profile = find(c, "profile ");

	snprintf(fields, sizeof(fields), "%s", strstr(cmd, "-F ") + 3);
	fields[strcspn(fields, " ")] = '\0';
	word(cmd, "lpar_ids=", id);
	for (f = strtok_r(fields, ",", &save); f != NULL; f = strtok_r(NULL, ",", &save)) {
		const char *a = strcmp(f, "lpar_id") == 0 ? "1" : strcmp(f, "lpar_env") == 0 ? "vioserver" : strcmp(f, "name") == 0 ? "06-052EA" :
		    strcmp(f, "state") == 0 ? "Running" : "x";
		const char *b = strcmp(f, "lpar_id") == 0 ? "2" : strcmp(f, "lpar_env") == 0 ? "aixlinux" : strcmp(f, "name") == 0 ? name :
		    strcmp(f, "state") == 0 ? now : strcmp(f, "default_profile") == 0 ? profile : "none";

		strcat(strcat(one, one[0] != '\0' ? "," : ""), a);
		strcat(strcat(two, two[0] != '\0' ? "," : ""), b == NULL ? "" : b);
	}
	if (id[0] == '\0')
		snprintf(r->out, sizeof(r->out), "%.2000s\n", one);
	if (name != NULL && (id[0] == '\0' || strcmp(id, "2") == 0))
		strcat(strcat(r->out, two), "\n");
	if (r->out[0] == '\0')
		snprintf(r->err, sizeof(r->err), "[VIOSI01040010-0003] No results were found.\n");
}

static void
list_mappings(const struct fake_console *c, struct reply *r)
{
	const char *key;
	json_t	   *v;

	json_object_foreach(c->objects, key, v) {
		char text[256];

		if (strncmp(key, "map ", 4) != 0)
			continue;
		snprintf(text, sizeof(text), "%s%s", r->out[0] != '\0' ? ":" : "", key + 4);
		if (strchr(text, '=') != NULL)
			*strchr(text, '=') = ':';
		strcat(r->out, text);
	}
	if (find(c, "optical ") != NULL)
		strcat(strcat(r->out, r->out[0] != '\0' ? ":" : ""), "vtopt0: ");
	strcat(r->out, r->out[0] != '\0' ? "\n" : " : \n");
}

static void
list_names(const struct fake_console *c, const char *prefix, const char *after, struct reply *r)
{
	const char *key;
	json_t	   *v;

	json_object_foreach(c->objects, key, v)
		if (strncmp(key, prefix, strlen(prefix)) == 0)
			strcat(strcat(strcat(r->out, key + strlen(prefix)), after), "\n");
}

static void act(struct fake_console *c, const char *cmd, const char *input, struct reply *r);

/* Without quotes, and no more than 80 characters of a command, as AIX has it. */
static void
list_processes(struct fake_console *c, struct reply *r)
{
	struct reply ignored = { .status = 0 };
	char	     shown[TEXT], *to = shown;

	strcpy(r->out, "     UID      PID     PPID   C    STIME    TTY  TIME CMD\n    root        1        0   0   00:00:00      -  0:03 /etc/init\n");
	if (c->late[0] == '\0')
		return;
	for (const char *s = c->late; *s != '\0'; s++)
		if (*s != '"')
			*to++ = *s;
	*to = '\0';
	snprintf(r->out + strlen(r->out), sizeof(r->out) / 2, "    root  3407960  3407958   0   10:00:00      -  0:00 %.80s\n", shown);
	if (++c->late_looks < LATE_LOOKS)
		return;
	act(c, c->late, c->late_is_root ? c->late : NULL, &ignored);
	c->late[0] = '\0';
}

static int
ask(struct fake_console *c, const char *cmd, struct reply *r)
{
	if (strcmp(cmd, "ps -ef") == 0)
		list_processes(c, r);
	else if (strncmp(cmd, "lssyscfg -r lpar", 16) == 0)
		list_lpars(c, cmd, r);
	else if (strstr(cmd, "-r sys -F max_lpars") != NULL)
		strcpy(r->out, "40\n");
	else if (strstr(cmd, "-r mem") != NULL)
		strcpy(r->out, "19584\n");
	else if (strstr(cmd, "-r proc --level sys") != NULL)
		strcpy(r->out, "5.50\n");
	else if (strncmp(cmd, "lssyscfg -r prof", 16) == 0)
		strcpy(r->out, find(c, "lpar ") != NULL ? "2/client/1/06-052EA/11/0\n" : "");
	else if (strncmp(cmd, "lshwres -r virtualio", 20) == 0 && strstr(cmd, "mac_addr") != NULL)
		strcpy(r->out, "EEE91D8C800F\n");
	else if (strncmp(cmd, "lshwres -r virtualio", 20) == 0)
		list_names(c, "eth ", "", r);
	else if (strstr(cmd, "lssp -bd") != NULL)
		list_names(c, "bd ", ":1024", r);
	else if (strstr(cmd, "lssp") != NULL)
		strcpy(r->out, "rootvg:293888\nfpool:50000\n");
	else if (strcmp(cmd, "ioscli lsmap -all -fmt :") == 0)
		strcpy(r->out, "vhost3:U8246.L2D.06052EA-V1-C111: : \nvhost0:U8246.L2D.06052EA-V1-C11:0x00000002: : \n");
	else if (strstr(cmd, "lsmap") != NULL)
		list_mappings(c, r);
	else if (strstr(cmd, "lsvg -lv") != NULL)
		list_names(c, "lv ", ":N/A", r);
	else if (strstr(cmd, "lsrep") != NULL)
		list_names(c, "file /var/vio/VMLibrary/", "", r);
	else if (strstr(cmd, "lsvopt") != NULL)
		snprintf(r->out, sizeof(r->out), "%s\n", find(c, "loaded ") != NULL ? "config_pdTEST0001.iso:1" : "No Media:n/a");
	else
		return 0;
	return 1;
}

static int
change_lpar(struct fake_console *c, const char *cmd, struct reply *r)
{
	char a[256], b[256];

	if (strncmp(cmd, "mksyscfg", 8) == 0) {
		if (find(c, "lpar ") != NULL)
			refuse(r, "[VIOSE01040014-0010] A partition named web1 already exists.");
		add(c, "lpar ", word(cmd, "\"name=", a));
		add(c, "profile ", word(cmd, "profile_name=", b));
	} else if (strncmp(cmd, "rmsyscfg", 8) == 0) {
		if (find(c, "lpar ") == NULL || has(c, "on"))
			refuse(r, "[VIOSE01040014-0011] The partition cannot be removed.");
		else {
			drop(c, "lpar ");
			drop(c, "profile ");
			drop(c, "map ");
			drop(c, "eth ");
			drop(c, "optical ");
			drop(c, "loaded ");
		}
	} else if (strncmp(cmd, "chsysstate", 10) == 0 && strstr(cmd, "-o on ") != NULL) {
		add(c, "on", "");
		c->polls = 0;
	} else if (strncmp(cmd, "chsysstate", 10) == 0 && strstr(cmd, "-o shutdown --id") != NULL && c->deaf > 0) {
		c->deaf--;
	} else if (strncmp(cmd, "chsysstate", 10) == 0) {
		drop(c, "on");
	} else if (strncmp(cmd, "chsyscfg", 8) == 0) {
		snprintf(a, sizeof(a), "%s", strstr(cmd, "=") + 1);
		a[strcspn(a, "/")] = '\0';
		strcat(a, ",10");
		add(c, "eth ", a);
	} else {
		return 0;
	}
	return 1;
}

static int
change_vios(struct fake_console *c, const char *cmd, struct reply *r)
{
	char a[256], b[600];

	if (strstr(cmd, "mklv") != NULL) {
		add(c, "lv ", word(cmd, "-lv ", a));
		snprintf(r->out, sizeof(r->out), "%s\n", a);
	} else if (strstr(cmd, "rmlv") != NULL) {
		snprintf(b, sizeof(b), "map vtscsi%s=%s", strrchr(cmd, '_') + 1, word(cmd, "-f ", a));
		if (has(c, b))
			refuse(r, "0514-062 Cannot perform the requested function because the specified device is busy.");
		snprintf(b, sizeof(b), "lv %s", a);
		if (!has(c, b))
			refuse(r, "0516-306 rmlv: Unable to find the LV.");
		if (r->status == 0)
			drop(c, b);
	} else if (strstr(cmd, "mkbdsp") != NULL && strstr(cmd, "-vadapter") != NULL) {
		word(cmd, "-bd ", a);
		snprintf(b, sizeof(b), "vtscsi%.1s=/var/vio/storagepools/fpool/%.200s", strrchr(a, '_') + 1, a);
		add(c, "map ", b);
	} else if (strstr(cmd, "mkbdsp") != NULL) {
		add(c, "bd ", word(cmd, "-bd ", a));
	} else if (strstr(cmd, "rmbdsp") != NULL) {
		snprintf(b, sizeof(b), "bd %s", word(cmd, "-bd ", a));
		drop(c, b);
	} else if (strstr(cmd, "mkvdev -fbo") != NULL) {
		add(c, "optical ", "vtopt0");
		strcpy(r->out, "vtopt0 Available\n");
	} else if (strstr(cmd, "mkvdev") != NULL) {
		word(cmd, "-vdev ", a);
		snprintf(b, sizeof(b), "vtscsi%s=%s", strrchr(a, '_') + 1, a);
		add(c, "map ", b);
		snprintf(r->out, sizeof(r->out), "vtscsi%s Available\n", strrchr(a, '_') + 1);
	} else if (strstr(cmd, "rmvdev") != NULL) {
		word(cmd, "-vtd ", a);
		snprintf(b, sizeof(b), "map %s=", a);
		drop(c, b);
		snprintf(b, sizeof(b), "optical %s", a);
		drop(c, b);
	} else if (strstr(cmd, "unloadopt") != NULL) {
		drop(c, "loaded ");
	} else if (strstr(cmd, "loadopt") != NULL) {
		add(c, "loaded ", word(cmd, "-disk ", a));
	} else {
		return 0;
	}
	return 1;
}

/* A root session: only what it leaves behind. */
static void
change_root(struct fake_console *c, const char *input, struct reply *r)
{
	char	    b[600];
	const char *s;
	int	    rc = 0;

	if (strncmp(input, "dd ", 3) == 0)
		strcpy(r->err, "512+0 records in.\n512+0 records out.\n");
	else if (strncmp(input, "rm -f ", 6) == 0)
		for (s = input; (s = strstr(s, " /")) != NULL; s++) {
			snprintf(b, sizeof(b), "file %.*s", (int)strcspn(s + 1, " \n*"), s + 1);
			drop(c, b);
		}
	else if (strncmp(input, "ls ", 3) == 0)
		snprintf(r->out, sizeof(r->out), "%.*s\n", (int)strcspn(input + 3, "\n"), input + 3);
	else
		for (s = input; (s = strstr(s, "> /")) != NULL; s++) {
			snprintf(b, sizeof(b), "%.*s", (int)strcspn(s + 2, " \n"), s + 2);
			add(c, "file ", b);
		}
	if ((s = strstr(input, "-o /var")) != NULL) {
		snprintf(b, sizeof(b), "%.*s", (int)strcspn(s + 3, " \n"), s + 3);
		add(c, "file ", b);
	}
	sprintf(r->out + strlen(r->out), "rc=%d\n", rc);
}

static int
is_change(const char *cmd, const char *input)
{
	struct fake_console scratch = { .objects = json_object() };
	struct reply	    r = { .status = 0 };
	int		    asks = input != NULL ? strncmp(input, "ls ", 3) == 0 : ask(&scratch, cmd, &r);

	json_decref(scratch.objects);
	return !asks;
}

/* P3 */
static void
check_intent(struct fake_console *c, const char *cmd, const char *input)
{
	struct journal j;
	struct pd_err  e;
	json_t	      *records = NULL, *last;
	const char    *want;
	int	       fd = open(c->journal, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || journal_load(&j, fd, 0, &records, &e) == -1) {
		c->intents_missing++;
	} else {
		last = json_array_get(records, json_array_size(records) - 1);
		want = json_string_value(json_object_get(last, "cmd"));
		if (want == NULL || strcmp(json_string_value(json_object_get(last, "k")), "intent") != 0 ||
		    strncmp(want, input != NULL ? input : cmd, strlen(want)) != 0)
			c->intents_missing++;
	}
	json_decref(records);
	if (fd != -1)
		(void)close(fd);
}

static void
act(struct fake_console *c, const char *cmd, const char *input, struct reply *r)
{
	if (input != NULL)
		change_root(c, input, r);
	else if (!ask(c, cmd, r) && !change_lpar(c, cmd, r) && !change_vios(c, cmd, r)) {
		r->status = 127;
		snprintf(r->err, sizeof(r->err), "ksh: %.100s:  not found.\n", cmd);
	}
}

static int
run(struct transport *t, const char *cmd, const char *input, int timeout_ms, struct answer *a, struct pd_err *e)
{
	struct fake_console *c = t->state;
	struct reply	     r = { .status = 0 };
	int		     change = is_change(cmd, input);
	enum trouble	     now = c->at == c->trouble_at ? c->trouble : NO_TROUBLE;

	(void)timeout_ms;
	c->overtaken += change && c->late[0] != '\0';
	if (now == LOSE_AT_WORK) {
		now = !change ? LOSE_BEFORE : input != NULL && strncmp(input, "dd ", 3) != 0 ? LOSE_AFTER : LOSE_BEFORE;	/* a shell's own are not listed */
		if (change && now == LOSE_BEFORE)
			snprintf(c->late, sizeof(c->late), "%.*s", (int)strcspn(input != NULL ? input : cmd, "\n"), input != NULL ? input : cmd);
		c->late_is_root = input != NULL;
	}
	c->at++;
	json_array_append_new(c->commands, json_string(input != NULL ? input : cmd));
	c->is_dead |= now == DEAD;
	c->refuses |= now == REFUSE_ALL;
	if (now == CANCEL || now == PARK)
		c->stop = now == CANCEL ? 'c' : 'p';
	if (now == NOT_SENT || c->is_dead)
		t->contact = c->is_locked ? CONTACT_REFUSED : CONTACT_SILENT;
	if (c->is_dead && c->is_locked)
		return pd_fail(e, PD_DENIED, "10.0.0.5 refuses padmin with key power1");
	if (now == NOT_SENT || c->is_dead)
		return pd_fail(e, PD_REMOTE, "cannot connect to 10.0.0.5: Connection refused");
	t->contact = now == LOSE_BEFORE || now == LOSE_AFTER ? CONTACT_NONE : CONTACT_ANSWERED;
	if (change)
		check_intent(c, cmd, input);
	if (now == REFUSE || (c->refuses && change))
		refuse(&r, "0516-404 allocp: This system cannot fulfill the allocation request.");
	else if (now != LOSE_BEFORE)
		act(c, cmd, input, &r);
	if ((now == REFUSE || (c->refuses && change)) && input != NULL)
		strcpy(r.out, "rc=1\n");
	if (now == GARBLE)
		strcpy(r.out, "\x9a\x03lv\x7f:\xb4\n");
	memset(a, 0, sizeof(*a));
	a->kind = now == LOSE_BEFORE || now == LOSE_AFTER ? ANSWER_LOST : ANSWER_EXIT;
	a->status = input != NULL ? 0 : r.status;
	a->out = strdup(a->kind == ANSWER_EXIT ? r.out : "");
	a->err = strdup(a->kind == ANSWER_EXIT ? r.err : "");
	a->out_len = strlen(a->out);
	a->err_len = strlen(a->err);
	snprintf(a->why, sizeof(a->why), "connection cut");
	return 0;
}

static int64_t
now_ms(void *arg)
{
	struct fake_console *c = arg;

	return c->now_ms;
}

static void
sleep_ms(void *arg, int ms)
{
	struct fake_console *c = arg;

	c->now_ms += ms;
}

int
fake_console_stop(void *arg)
{
	struct fake_console *c = arg;

	return c->stop;
}

void
fake_console_init(struct fake_console *c, const char *journal)
{
	memset(c, 0, sizeof(*c));
	c->transport = (struct transport){ .run = run, .state = c };
	c->objects = json_object();
	c->commands = json_array();
	c->trouble_at = (size_t)-1;
	c->journal = journal;
	c->configures = 1;
	c->clock = (struct run_clock){ .now_ms = now_ms, .sleep_ms = sleep_ms, .arg = c };
}

void
fake_console_clear(struct fake_console *c)
{
	json_decref(c->objects);
	json_decref(c->commands);
}

char *
fake_console_state(const struct fake_console *c)
{
	return json_dumps(c->objects, JSON_SORT_KEYS);
}
