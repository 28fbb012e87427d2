/* SPDX-License-Identifier: ISC */
/*
 * sandbox-filter.c - writes the seccomp filters of sandbox_calls.h as C tables.  Runs when the programs are built.
 *
 *	sandbox-filter [ARCHITECTURE] >sandbox_filters.h
 *
 * So no program links libseccomp: in the gateway building the filter took 0.13 to 0.17 ms of every request, and the
 * library another 0.05 ms to load.  ARCHITECTURE (ppc64le, aarch64...) is for the test that the tables hold there too.
 */
#include <seccomp.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/os/sandbox_calls.h"

#define INSNS_MAX 4096	/* BPF_MAXINSNS */
#define NAMES_MAX 256
#define CALLS_MAX 4096	/* no processor numbers its calls higher */
#define NPROLOGUE 3

static int
fail(const char *what, const char *which, int error)
{
	(void)fprintf(stderr, "sandbox-filter: %s %s: %s\n", what, which, strerror(error < 0 ? -error : error));
	return -1;
}

static int
add_call(scmp_filter_ctx ctx, uint32_t arch, const char *name, const struct rule *r)
{
	struct scmp_arg_cmp conds[CONDS_MAX];
	unsigned	    n = 0;
	int		    nr = seccomp_syscall_resolve_name(name), rc;	/* the library translates to arch's */

	if (nr == __NR_SCMP_ERROR)
		return fail("libseccomp does not know", name, EINVAL);
	if (seccomp_syscall_resolve_name_arch(arch, name) < 0)
		return 0;	/* not on this processor */
	for (unsigned i = 0; i < CONDS_MAX && r->when[i].mask != 0; i++)
		conds[n++] = SCMP_CMP64(r->when[i].arg, SCMP_CMP_MASKED_EQ, r->when[i].mask, r->when[i].value);
	rc = seccomp_rule_add_array(ctx, r->answer == 0 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO((uint32_t)r->answer), nr, n, conds);
	return rc == 0 ? 0 : fail("rule for", name, rc);
}

static int
add_rule(scmp_filter_ctx ctx, uint32_t arch, const struct rule *r)
{
	char  names[NAMES_MAX], *rest = names;
	char *name;

	if ((size_t)snprintf(names, sizeof(names), "%s", r->calls) >= sizeof(names))
		return fail("too long a list", r->calls, EINVAL);
	while ((name = strsep(&rest, " ")) != NULL)
		if (add_call(ctx, arch, name, r) == -1)
			return -1;
	return 0;
}

static int
add_program(scmp_filter_ctx ctx, uint32_t arch, const struct part *parts)
{
	for (size_t p = 0; p < PARTS_MAX && parts[p].rules != NULL; p++)
		for (size_t i = 0; i < parts[p].n; i++)
			if (add_rule(ctx, arch, &parts[p].rules[i]) == -1)
				return -1;
	return 0;
}

static scmp_filter_ctx
make(uint32_t arch, const struct part *parts)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (ctx == NULL)
		return NULL;
	/* 2: a binary tree.  Half the time to load of the list, because the kernel tries each call once. */
	if ((arch != seccomp_arch_native() &&
		(seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE) != 0 || seccomp_arch_add(ctx, arch) != 0)) ||
	    seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0 || add_program(ctx, arch, parts) == -1) {
		seccomp_release(ctx);
		return NULL;
	}
	return ctx;
}

/* The library writes to a descriptor only. */
static ssize_t
compiled(scmp_filter_ctx ctx, struct sock_filter *insns, size_t size)
{
	FILE   *f = tmpfile();
	ssize_t n = -1;

	if (f != NULL && seccomp_export_bpf(ctx, fileno(f)) == 0 && lseek(fileno(f), 0, SEEK_SET) == 0)
		n = read(fileno(f), insns, size);
	if (f != NULL)
		(void)fclose(f);
	return n < 0 || (size_t)n == size ? -1 : n / (ssize_t)sizeof(*insns);
}

/*
 * Calls newer than libseccomp's list get ENOSYS, as on an older kernel: a C library that was renewed since tries them
 * and goes on with what it used before.
 */
static void
prologue(uint32_t arch, struct sock_filter *insns)
{
	const struct sock_filter made[NPROLOGUE] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};
	char *name;

	memcpy(insns, made, sizeof(made));
	for (int nr = CALLS_MAX; nr > 0 && insns[1].k == 0; nr--)
		if ((name = seccomp_syscall_resolve_num_arch(arch, nr)) != NULL) {
			insns[1].k = (uint32_t)nr;
			free(name);
		}
}

static int
print(unsigned i, uint32_t arch)
{
	static struct sock_filter insns[INSNS_MAX];
	scmp_filter_ctx		  ctx = make(arch, programs[i].parts);
	ssize_t			  n = -1;

	prologue(arch, insns);
	if (ctx != NULL)
		n = compiled(ctx, insns + NPROLOGUE, sizeof(insns) - NPROLOGUE * sizeof(insns[0]));
	seccomp_release(ctx);
	if (n < 1)
		return fail("no filter for the", programs[i].name, EINVAL);
	(void)printf("static struct sock_filter sandbox_%s[] = {\n", programs[i].name);
	for (ssize_t k = 0; k < n + NPROLOGUE; k++)
		(void)printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", insns[k].code, insns[k].jt, insns[k].jf, insns[k].k);
	(void)printf("};\n");
	return 0;
}

int
main(int argc, char **argv)
{
	uint32_t arch = argc > 1 ? seccomp_arch_resolve_name(argv[1]) : seccomp_arch_native();

	if (arch == 0)
		return fail("architecture", argv[1], EINVAL) != 0;
	(void)printf("/* Made by sandbox-filter from spool/os/sandbox_calls.h. */\n");
	for (unsigned i = 0; i < NPROGRAMS; i++)
		if (print(i, arch) == -1)
			return 1;
	(void)printf("static const struct sock_fprog sandbox_filters[] = {\n");
	for (unsigned i = 0; i < NPROGRAMS; i++)
		(void)printf("\t{ sizeof(sandbox_%s) / sizeof(sandbox_%s[0]), sandbox_%s },\n", programs[i].name,
		    programs[i].name, programs[i].name);
	(void)printf("};\n");
	return fflush(stdout) != 0;
}
