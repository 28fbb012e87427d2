# PowerDirector: the only build file (GNU make).
#
#   make                    all programs, in build/release/
#   make demo               a tour of the whole product on the built-in simulator
#   make check              all tests            (VARIANT=asan, PORTABLE=1)
#   make bench fuzz lint cov install             see README.md
#
# Sources are found by wildcard.  A file named like a program holds its main();
# everything else of the four product folders goes into one archive, from which the
# linker takes what a program uses: the gateway never pulls in libssh or SQLite.

VERSION     = 0.1.0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
MANDIR     ?= $(PREFIX)/share/man
DATADIR    ?= $(PREFIX)/share/powerdirector
SYSCONFDIR ?= /etc/powerdirector
CONF       ?= $(SYSCONFDIR)/powerdirector.conf

VARIANT    ?= release
B           = build/$(VARIANT)$(if $(PORTABLE),-portable)
T          ?= 60

CSTD        = -std=c17 -D_GNU_SOURCE -I. -DPD_VERSION='"$(VERSION)"' -DPD_CONF_FILE='"$(CONF)"' \
	      -DPD_TEMPLATE_DIR='"$(DATADIR)/templates"' -DPD_WORKER_FILE='"$(SBINDIR)/powerdirector-worker"' \
	      $(if $(PORTABLE),-DPD_PORTABLE)
WARN        = -Wall -Wextra -Wshadow -Wformat=2 -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	      -Wwrite-strings $(if $(CI),-Werror)
release_CFLAGS = -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
asan_CFLAGS    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
cov_CFLAGS     = -O0 -g --coverage -DPD_COVERAGE
fuzz_CFLAGS    = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
release_LDFLAGS = -pie -Wl,-z,relro,-z,now
asan_LDFLAGS    = -fsanitize=address,undefined
cov_LDFLAGS     = --coverage
fuzz_LDFLAGS    = -fsanitize=address,undefined
ifeq ($(VARIANT),fuzz)
CC          = clang
endif

# The sandbox (spool/os/sandbox.h) is left out with SANDBOX=no, PORTABLE=1, AddressSanitizer, and where libseccomp is missing.
ifndef SANDBOX
SANDBOX    := $(if $(PORTABLE)$(filter asan fuzz,$(VARIANT)),no,$(shell pkg-config --exists libseccomp 2>/dev/null && echo yes || echo missing))
endif
BOXED       = $(filter yes,$(SANDBOX))

# What each program links; --as-needed drops what its objects do not use.
GATEWAY_LIBS  = -lcbor -ljansson -lconfuse -lpam
DIRECTOR_LIBS = -lcbor -ljansson -lconfuse -lsqlite3 -lcrypto
WORKER_LIBS   = -ljansson -lconfuse -lssh -lcrypto
SIM_LIBS      = -lssh -ljansson -lisofs -lpthread
ALL_LIBS      = -lcbor -ljansson -lconfuse -lsqlite3 -lcrypto -lssh -lpam

FOLDERS  = gateway policy spool handlers
MAINS    = gateway/powerdirector.c spool/powerdirectord.c handlers/powerdirector-worker.c
FILTER   = spool/os/sandbox-filter.c
LIBSRC   = $(filter-out $(MAINS) $(FILTER),$(wildcard $(FOLDERS:%=%/*.c) $(FOLDERS:%=%/*/*.c)))
SIMMAIN  = tests/simulator/powerdirector-sim.c
SIMSRC   = $(filter-out $(SIMMAIN),$(wildcard tests/simulator/*.c tests/simulator/*/*.c))
UNITSRC  = $(wildcard tests/unit/*.c)
SIMUNIT  = $(wildcard tests/unit/simulator/*.c)
CHECKSRC = $(wildcard tests/fault/checker*.c)
FUZZSRC  = $(wildcard tests/fuzz/fuzz_*.c)
FUZZERS  = $(FUZZSRC:tests/fuzz/%.c=$(B)/%)

obj      = $(patsubst %.c,$(B)/%.o,$(1))
OBJS     = $(call obj,$(MAINS) $(FILTER) $(LIBSRC) $(SIMMAIN) $(SIMSRC) $(UNITSRC) $(SIMUNIT) $(CHECKSRC) $(FUZZSRC))
LIB      = $(B)/libpowerdirector.a
SIMLIB   = $(B)/libsimulator.a
PROGRAMS = $(B)/powerdirector $(B)/powerdirectord $(B)/powerdirector-worker
# V=1 shows the whole commands.
Q        = $(if $(V),,@)
LINK     = $(Q)$(if $(V),,echo "  LINK $@";) $(CC) $($(VARIANT)_CFLAGS) $(CFLAGS) $($(VARIANT)_LDFLAGS) $(LDFLAGS) -Wl,--as-needed

.DEFAULT_GOAL = all
.PHONY: all sim check test-programs faults matrix mutants demo demo-up demo-down bench fuzz lint cov install install-perms clean deps
.SECONDARY: $(OBJS)

all: deps
	@$(MAKE) --no-print-directory $(PROGRAMS) sim
	@$(if $(BOXED),:,echo "These programs have no sandbox: see powerdirectord --version.")

sim: $(B)/powerdirector-sim

# Installs missing packages (Debian, as root) or prints the one line that does.
deps:
	@tests/need-packages $(if $(filter clang,$(CC)),clang)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(if $(V),,echo "  CC   $<";) $(CC) $(CSTD) $(WARN) $($(VARIANT)_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# The filters are made when the programs are, so that none of them has to link libseccomp.
$(B)/sandbox-filter: $(call obj,$(FILTER))
	$(LINK) $^ -lseccomp -o $@
$(B)/sandbox_filters.h: $(B)/sandbox-filter
	$(Q)$< >$@.new && mv $@.new $@
$(B)/sandbox-is-%:
	@mkdir -p $(@D) && rm -f $(B)/sandbox-is-* && touch $@
SANDBOXED = $(call obj,spool/os/sandbox.c spool/os/landlock.c tests/unit/test_sandbox.c)
$(SANDBOXED): $(B)/sandbox-is-$(SANDBOX) $(if $(BOXED),$(B)/sandbox_filters.h)
$(SANDBOXED): CSTD += $(if $(BOXED),-DPD_SANDBOX -I$(B),$(if $(filter no,$(SANDBOX)),-DPD_SANDBOX_NO))

# The same programs without it, for valgrind, which does not know its calls, and the fault tests, which keep their own files.
UNBOXED  = $(if $(BOXED),$(PROGRAMS:$(B)/%=$(B)/unboxed/%))
NOBOX    = $(B)/unboxed/spool/os/sandbox.o $(B)/unboxed/spool/os/landlock.o
$(B)/unboxed/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(if $(V),,echo "  CC   $<";) $(CC) $(CSTD) -DPD_SANDBOX_NO $(WARN) $($(VARIANT)_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/unboxed/powerdirector: $(B)/gateway/powerdirector.o $(NOBOX) $(LIB)
	$(LINK) $^ $(GATEWAY_LIBS) -o $@
$(B)/unboxed/powerdirectord: $(B)/spool/powerdirectord.o $(NOBOX) $(LIB)
	$(LINK) $^ $(DIRECTOR_LIBS) -o $@
$(B)/unboxed/powerdirector-worker: $(B)/handlers/powerdirector-worker.o $(NOBOX) $(LIB)
	$(LINK) $^ $(WORKER_LIBS) -o $@

# Only in gnu17 does gcc know exec as the call before which a process writes its counts.
build/cov/spool/run/worker_start.o: cov_CFLAGS += -std=gnu17

$(LIB): $(call obj,$(LIBSRC))
	@rm -f $@ && ar rcs $@ $^
$(SIMLIB): $(call obj,$(SIMSRC))
	@rm -f $@ && ar rcs $@ $^

$(B)/powerdirector: $(B)/gateway/powerdirector.o $(LIB)
	$(LINK) $^ $(GATEWAY_LIBS) -o $@
$(B)/powerdirectord: $(B)/spool/powerdirectord.o $(LIB)
	$(LINK) $^ $(DIRECTOR_LIBS) -o $@
$(B)/powerdirector-worker: $(B)/handlers/powerdirector-worker.o $(LIB)
	$(LINK) $^ $(WORKER_LIBS) -o $@
$(B)/powerdirector-sim: $(call obj,$(SIMMAIN)) $(SIMLIB)
	$(LINK) $^ $(SIM_LIBS) -o $@
$(B)/unit-tests: $(call obj,$(UNITSRC)) $(LIB)
	$(LINK) $^ $(ALL_LIBS) -lcriterion -o $@
$(B)/simulator-unit-tests: $(call obj,$(SIMUNIT)) $(SIMLIB)
	$(LINK) $^ $(SIM_LIBS) -lcriterion -o $@

# A second opinion on the promises: nothing of ours is linked.
$(B)/pd-checker: $(call obj,$(CHECKSRC))
	$(LINK) $^ -lsqlite3 -ljansson -lcrypto -o $@

# Stands in for the VIOS's own programs.
$(B)/local-console: $(B)/tests/e2e/local-console.o $(LIB)
	$(LINK) $^ -lssh -lcrypto -o $@

# Fuzz harnesses: with libFuzzer in VARIANT=fuzz, otherwise with a main() that replays a corpus.
ifeq ($(VARIANT),fuzz)
FUZZMAIN = -fsanitize=fuzzer
else
FUZZMAIN = $(B)/tests/fuzz/replay.o
$(FUZZERS): $(B)/tests/fuzz/replay.o
endif
$(B)/fuzz_sim_%: $(B)/tests/fuzz/fuzz_sim_%.o $(SIMLIB) $(LIB)
	$(LINK) $< $(FUZZMAIN) $(SIMLIB) $(LIB) $(SIM_LIBS) $(ALL_LIBS) -o $@
$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(LIB)
	$(LINK) $< $(FUZZMAIN) $(LIB) $(ALL_LIBS) -o $@

# The programs with another table of system calls, which fails as a plan says (tests/fault/plan.h); without their sandbox.
FAULT     = $(B)/tests/fault/plan.o $(B)/tests/fault/sys_fault.o $(NOBOX)
SQLFAULT  = $(B)/tests/fault/sqlite_fault.o
FAULTBIN  = $(PROGRAMS:$(B)/%=$(B)/fault/%) $(B)/fault-whole $(B)/fault-states $(B)/fault-power $(B)/pd-checker
OBJS     += $(call obj,$(wildcard tests/fault/*.c tests/bench/*.c tests/e2e/*.c))
$(B)/fault/powerdirector: $(B)/gateway/powerdirector.o $(FAULT) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(GATEWAY_LIBS) -o $@
$(B)/fault/powerdirectord: $(B)/spool/powerdirectord.o $(FAULT) $(SQLFAULT) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(DIRECTOR_LIBS) -o $@
$(B)/fault/powerdirector-worker: $(B)/handlers/powerdirector-worker.o $(FAULT) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(WORKER_LIBS) -o $@
$(B)/fault-whole: $(B)/tests/fault/whole.o $(B)/tests/fault/site.o $(B)/tests/fault/plan.o $(LIB)
	$(LINK) $^ -ljansson -lsqlite3 -o $@

OPS       = $(patsubst %,$(B)/tests/fault/%.o,ops ops_archive ops_lease ops_round ops_store tree)
$(B)/fault-states: $(B)/tests/fault/states.o $(OPS) $(FAULT) $(SQLFAULT) $(LIB)
	$(LINK) $^ $(ALL_LIBS) -o $@

$(B)/fault-power: $(B)/tests/fault/power.o $(patsubst %,$(B)/tests/fault/%.o,disk sys_record) $(OPS) $(LIB)
	$(LINK) $^ $(ALL_LIBS) -o $@

$(B)/pd-matrix: $(B)/tests/fault/matrix.o $(B)/tests/fault/matrix_verbs.o $(B)/tests/fault/matrix_check.o $(B)/tests/fault/site.o $(B)/tests/fault/plan.o $(LIB)
	$(LINK) $^ -ljansson -lsqlite3 -o $@

# Every verb, every command, every fault, undone or not: P4.
matrix: deps
	@$(MAKE) --no-print-directory $(B)/pd-matrix $(B)/pd-checker $(PROGRAMS) $(B)/powerdirector-sim
	@tests/fault/matrix $(B)

# Every system call, every kind of fault, all of it: half an hour and more.  "make check" has a part of it.
faults: deps
	@$(MAKE) --no-print-directory $(FAULTBIN) $(PROGRAMS) $(B)/powerdirector-sim
	@tests/fault/run $(B)

# What `make check` runs; every program and test exists before the first test starts.
TESTBIN = $(PROGRAMS) $(UNBOXED) $(B)/powerdirector-sim $(B)/unit-tests $(B)/simulator-unit-tests $(FUZZERS) $(FAULTBIN) $(B)/pd-matrix $(B)/local-console
test-programs: $(TESTBIN)
check: deps
	@$(MAKE) --no-print-directory test-programs
	@tests/check $(B) $(VARIANT)

# A million names in the drop directory: some minutes.
million-names: deps
	@$(MAKE) --no-print-directory test-programs
	@NAMES=1000000 sh tests/e2e/84-drop-attacks.sh $(B)
.PHONY: million-names

# Breaks each promise in a copy of the source and demands that its test fails.
mutants: deps
	@tests/need-packages patch
	@tests/mutants/run

# T seconds of users, kills, faults and full disks; SEED repeats the choices of another run.
soak: all
	@$(MAKE) --no-print-directory $(B)/pd-checker
	@tests/soak/soak.py $(T) $(B) $(SEED)
.PHONY: soak

demo: all
	@tests/demo/demo $(B)
demo-up: all
	@tests/demo/site up build/demo $(B) >/dev/null
	@tests/demo/site offer build/demo
demo-down:
	@tests/demo/site down build/demo

bench: all
	@$(MAKE) --no-print-directory $(B)/bench-tools
	@tests/bench/run $(B)
$(B)/bench-tools: $(patsubst tests/bench/%.c,$(B)/bench-%,$(wildcard tests/bench/*.c))
$(B)/bench-%: $(B)/tests/bench/%.o $(LIB)
	$(LINK) $^ $(ALL_LIBS) -o $@
.PHONY: $(B)/bench-tools

# T seconds of libFuzzer for each harness.
fuzz:
	@tests/need-packages clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@tests/fuzz/run build/fuzz $(T)
fuzzers: $(FUZZERS)
.PHONY: fuzzers

lint:
	@tests/need-packages cppcheck clang-tidy mandoc
	@tests/lint

cov:
	@tests/need-packages gcovr
	@find build/cov -name '*.gcda' -delete 2>/dev/null || :
	@$(MAKE) --no-print-directory VARIANT=cov check
	@tests/coverage build/cov

# Programs, templates, pages.  No owner and no set-id bit here: install-perms does that.
install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SBINDIR) $(DESTDIR)$(SYSCONFDIR)
	install -d $(DESTDIR)$(DATADIR)/templates/ivm $(DESTDIR)$(DATADIR)/templates/hmc $(DESTDIR)$(DATADIR)/templates/first-boot $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	install -m 0755 $(B)/powerdirector $(B)/powerdirector-sim $(DESTDIR)$(BINDIR)/
	install -m 0755 $(B)/powerdirectord $(B)/powerdirector-worker $(DESTDIR)$(SBINDIR)/
	install -m 0644 templates/ivm/*.seq templates/ivm/features.conf $(DESTDIR)$(DATADIR)/templates/ivm/
	install -m 0644 templates/hmc/*.seq templates/hmc/features.conf $(DESTDIR)$(DATADIR)/templates/hmc/
	install -m 0644 templates/first-boot/* $(DESTDIR)$(DATADIR)/templates/first-boot/
	cd $(DESTDIR)$(DATADIR)/templates/first-boot && chmod 0755 linux aix powerdirector-first-boot.init
	install -m 0644 policy/powerdirector.conf $(DESTDIR)$(DATADIR)/powerdirector.conf.sample
	install -m 0644 spool/powerdirectord.service $(DESTDIR)$(DATADIR)/
	for s in 1 5 8; do install -m 0644 man/*.$$s $(DESTDIR)$(MANDIR)/man$$s/ || exit 1; done

# Real accounts (powerdirector(1), SECURITY CONSIDERATIONS): the gateway becomes setgid to SPOOLGROUP.
SPOOLGROUP ?= pdspool
install-perms:
	chgrp $(SPOOLGROUP) $(DESTDIR)$(BINDIR)/powerdirector
	chmod 2755 $(DESTDIR)$(BINDIR)/powerdirector

-include $(OBJS:.o=.d)

clean:
	rm -rf build
