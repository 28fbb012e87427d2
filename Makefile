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
	      $(if $(PORTABLE),-DPD_PORTABLE)
WARN        = -Wall -Wextra -Wshadow -Wformat=2 -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	      -Wwrite-strings $(if $(CI),-Werror)
release_CFLAGS = -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
asan_CFLAGS    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
cov_CFLAGS     = -O0 -g --coverage
fuzz_CFLAGS    = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
release_LDFLAGS = -pie -Wl,-z,relro,-z,now
asan_LDFLAGS    = -fsanitize=address,undefined
cov_LDFLAGS     = --coverage
fuzz_LDFLAGS    = -fsanitize=address,undefined
ifeq ($(VARIANT),fuzz)
CC          = clang
endif

# What each program links; --as-needed drops what its objects do not use.
GATEWAY_LIBS  = -lcbor -ljansson -lconfuse -lpam
DIRECTOR_LIBS = -lcbor -ljansson -lconfuse -lsqlite3 -lcrypto
WORKER_LIBS   = -ljansson -lconfuse -lssh -lcrypto
SIM_LIBS      = -lssh -ljansson -lisofs -lpthread
ALL_LIBS      = -lcbor -ljansson -lconfuse -lsqlite3 -lcrypto -lssh -lpam

FOLDERS  = gateway policy spool handlers
MAINS    = gateway/powerdirector.c spool/powerdirectord.c handlers/powerdirector-worker.c
LIBSRC   = $(filter-out $(MAINS),$(wildcard $(FOLDERS:%=%/*.c)))
SIMMAIN  = tests/simulator/powerdirector-sim.c
SIMSRC   = $(filter-out $(SIMMAIN),$(wildcard tests/simulator/*.c))
UNITSRC  = $(wildcard tests/unit/*.c)
SIMUNIT  = $(wildcard tests/unit/simulator/*.c)
FUZZSRC  = $(wildcard tests/fuzz/fuzz_*.c)
FUZZERS  = $(FUZZSRC:tests/fuzz/%.c=$(B)/%)

obj      = $(patsubst %.c,$(B)/%.o,$(1))
OBJS     = $(call obj,$(MAINS) $(LIBSRC) $(SIMMAIN) $(SIMSRC) $(UNITSRC) $(SIMUNIT) $(FUZZSRC))
LIB      = $(B)/libpowerdirector.a
SIMLIB   = $(B)/libsimulator.a
PROGRAMS = $(B)/powerdirector $(B)/powerdirectord $(B)/powerdirector-worker
LINK     = $(CC) $($(VARIANT)_CFLAGS) $(CFLAGS) $($(VARIANT)_LDFLAGS) $(LDFLAGS) -Wl,--as-needed

.DEFAULT_GOAL = all
.PHONY: all sim check demo demo-up demo-down bench fuzz lint cov install install-perms clean deps
.SECONDARY: $(OBJS)

all: deps
	@$(MAKE) --no-print-directory $(PROGRAMS) sim

sim: $(B)/powerdirector-sim

# Installs missing packages (Debian, as root) or prints the one line that does.
deps:
	@tests/need-packages $(if $(filter clang,$(CC)),clang)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CSTD) $(WARN) $($(VARIANT)_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

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

-include $(OBJS:.o=.d)

clean:
	rm -rf build
