/* SPDX-License-Identifier: ISC */
/*
 * landlock.c - files and TCP ports of a process, by Landlock.
 *
 * Kernels: 5.19 for renames between directories (ABI 2), 6.2 truncate (3), 6.7 TCP ports (4), 6.10 ioctl of
 * devices (5), 6.12 signals and abstract sockets (6).  What the kernel does not know is left out, what it knows is
 * used: the constants stand here because the headers of a distribution are older than its kernels.
 */
#include "spool/os/sandbox.h"

#if defined(PD_SANDBOX) && !defined(PD_COVERAGE)	/* gcov writes its counts where it likes */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <unistd.h>

#define EXECUTE	    (1ULL << 0)
#define WRITE_FILE  (1ULL << 1)
#define READ_FILE   (1ULL << 2)
#define READ_DIR    (1ULL << 3)
#define REMOVE_FILE (1ULL << 5)
#define MAKE_REG    (1ULL << 8)
#define REFER	    (1ULL << 13)
#define TRUNCATE    (1ULL << 14)
#define IOCTL_DEV   (1ULL << 15)
#define ALL_ABI2    ((1ULL << 14) - 1)
#define OF_FILES    (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)	/* the others are for directories */

#define NET_BIND    (1ULL << 0)
#define NET_CONNECT (1ULL << 1)

#define SCOPE_ABSTRACT_UNIX (1ULL << 0)
#define SCOPE_SIGNAL	    (1ULL << 1)

#define RULE_PATH 1
#define RULE_PORT 2
#define DNS_PORT  53	/* long answers come by TCP */

struct ruleset {
	uint64_t files, net, scoped;
};
struct path_rule {
	uint64_t allowed;
	int32_t	 fd;
} __attribute__((packed));
struct port_rule {
	uint64_t allowed, port;
};

static size_t
size_of(long abi)
{
	return abi < 4 ? sizeof(uint64_t) : abi < 6 ? 2 * sizeof(uint64_t) : sizeof(struct ruleset);
}

static struct ruleset
handled(long abi, int keep_reading, int has_ports)
{
	struct ruleset r = { .files = ALL_ABI2 | (abi >= 3 ? TRUNCATE : 0) };

	if (keep_reading)	/* a director starts workers and sends them signals: no scope, no ban on programs */
		r.files &= ~(EXECUTE | READ_FILE | READ_DIR);
	else {
		r.files |= abi >= 5 ? IOCTL_DEV : 0;
		r.scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL : 0;
	}
	if (has_ports && abi >= 4)
		r.net = NET_BIND | NET_CONNECT;
	return r;
}

static uint64_t
rights(unsigned may)
{
	uint64_t r = 0;

	if ((may & (SANDBOX_READ | SANDBOX_START)) != 0)
		r |= READ_FILE | READ_DIR;
	if ((may & SANDBOX_START) != 0)
		r |= EXECUTE;
	if ((may & SANDBOX_WRITE) != 0)
		r |= ~(EXECUTE | READ_FILE | READ_DIR | IOCTL_DEV);
	if ((may & SANDBOX_FILE) != 0)
		r |= WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE | REFER;
	return r;
}

static int
add_path(int set, const struct ruleset *r, const struct sandbox_path *p, struct pd_err *e)
{
	struct path_rule rule = { .allowed = rights(p->may) & r->files, .fd = open(p->path, O_PATH | O_CLOEXEC) };
	struct stat	 st;
	long		 rv;

	if (rule.fd == -1)
		return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? 0 : pd_fail_sys(e, PD_IO, "open %s", p->path);
	if (fstat(rule.fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed &= OF_FILES;
	rv = rule.allowed == 0 ? 0 : syscall(SYS_landlock_add_rule, set, RULE_PATH, &rule, 0);
	if (rv == -1)
		pd_fail_sys(e, PD_IO, "allow %s in the sandbox", p->path);
	(void)close(rule.fd);
	return (int)rv;
}

/* The first object is the program itself; what it names is what starts any other of its kind. */
static int
loader_of(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*(const char **)arg = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
	return 1;
}

/* To start a program is to start its loader as well. */
static int
add_loader(int set, const struct ruleset *r, const struct sandbox_path *paths, size_t n, struct pd_err *e)
{
	struct sandbox_path loader = { NULL, SANDBOX_START };
	unsigned	    may = 0;

	for (size_t i = 0; i < n; i++)
		may |= paths[i].may;
	if ((may & SANDBOX_START) == 0 || dl_iterate_phdr(loader_of, &loader.path) == 0 || loader.path == NULL)
		return 0;
	return add_path(set, r, &loader, e);
}

static int
add_port(int set, int port, struct pd_err *e)
{
	struct port_rule rule = { NET_CONNECT, (uint64_t)port };

	if (syscall(SYS_landlock_add_rule, set, RULE_PORT, &rule, 0) == -1)
		return pd_fail_sys(e, PD_IO, "allow port %d in the sandbox", port);
	return 0;
}

static int
add_ports(int set, const int *ports, size_t n, struct pd_err *e)
{
	for (size_t i = 0; i < n; i++)
		if (add_port(set, ports[i], e) == -1)
			return -1;
	return add_port(set, DNS_PORT, e);
}

static int
fill_and_enter(int set, const struct ruleset *r, const struct sandbox_path *paths, size_t n, const int *ports,
    size_t nports, struct pd_err *e)
{
	for (size_t i = 0; i < n; i++)
		if (add_path(set, r, &paths[i], e) == -1)
			return -1;
	if (add_loader(set, r, paths, n, e) == -1)
		return -1;
	if (r->net != 0 && add_ports(set, ports, nports, e) == -1)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || syscall(SYS_landlock_restrict_self, set, 0) == -1)
		return pd_fail_sys(e, PD_IO, "restrict files in the sandbox");
	return 0;
}

int
sandbox_files(const struct sandbox_path *paths, size_t n, int keep_reading, const int *ports, size_t nports, struct pd_err *e)
{
	long	       abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	struct ruleset r;
	int	       set, rv;

	if (abi < 2)
		return 0;
	r = handled(abi, keep_reading, nports > 0);
	set = (int)syscall(SYS_landlock_create_ruleset, &r, size_of(abi), 0);
	if (set == -1)
		return pd_fail_sys(e, PD_IO, "make rules for files in the sandbox");
	rv = fill_and_enter(set, &r, paths, n, ports, nports, e);
	(void)close(set);
	return rv;
}
#else
int
sandbox_files(const struct sandbox_path *paths, size_t n, int keep_reading, const int *ports, size_t nports, struct pd_err *e)
{
	(void)paths;
	(void)n;
	(void)keep_reading;
	(void)ports;
	(void)nports;
	(void)e;
	return 0;
}
#endif
