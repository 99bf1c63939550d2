# Anchorite. GNU make; `make help` lists the targets.
# BUILD= names the folder that everything is built in, out of tree if you like.
SHELL = /bin/sh
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
ifeq ($(origin CC),default)
CC = cc
endif
PKGS = libcrypto libsodium jansson
# What is loaded by those alone that want it (lib/base/library), not linked.
LOADED = libpng libqrencode libseccomp libturbojpeg pangocairo zbar
# What tests link besides.
TEST_PKGS = libpng libqrencode libturbojpeg zbar
VERSION := $(shell cat VERSION)

# What the compiler takes was probed once; `make flags` shows it.
-include $(BUILD)/flags.mk
ifneq ($(WERROR),)
WARN += -Werror
endif
# Without it nothing is fortified, whatever HARDEN says; CFLAGS may say another.
OPT = -O2
ifneq ($(SAN),)
HARDEN = -U_FORTIFY_SOURCE -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all
LINK = -fsanitize=address,undefined
# red zones are not ours to count
WARN += -Wno-frame-larger-than
endif

CPPFLAGS_ALL = -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) $(LOADED)) $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(WARN) $(OPT) $(HARDEN) -g -ffile-prefix-map='$(CURDIR)=.' \
	$(CFLAGS)
LDFLAGS_ALL = $(LINK) $(LDFLAGS)
LIBS_ALL = $(shell pkg-config --libs $(PKGS)) $(LIBS)
TEST_LIBS = $(shell pkg-config --libs $(TEST_PKGS))

# The house, from the ground up. scripts/check-layers proves the order.
ROOMS = ceremony delegation revocation transfer
CORE_DIRS = lib/base lib/crypto lib/pki lib/code lib/record $(ROOMS)
CORE_SRCS := $(sort $(wildcard $(addsuffix /*.c,$(CORE_DIRS))))
CMD_SRCS := $(sort $(wildcard cmd/*.c))
UNIT_SRCS := $(sort $(shell find tests/unit -name 'test_*.c' 2>/dev/null))
SUPPORT_SRCS := $(sort $(wildcard tests/support/*.c))
HELPER_SRCS := $(sort $(wildcard tests/helper/*.c))
BENCH_SRCS := $(sort $(wildcard tests/bench/*.c))

obj = $(patsubst %.c,$(BUILD)/%.o,$(1))
bin = $(patsubst %.c,$(BUILD)/%,$(1))
CORE = $(BUILD)/libcore.a
SUPPORT = $(BUILD)/libsupport.a
PROGRAM = $(BUILD)/anchorite
UNITS = $(call bin,$(UNIT_SRCS))
HELPERS = $(call bin,$(HELPER_SRCS))
BENCHES = $(call bin,$(BENCH_SRCS))
PLANTED = $(addprefix $(BUILD)/tests/planted/,anchorite deaf counted stick reader \
	leaky)

.PHONY: all
all: $(PROGRAM) ## build the program

.PHONY: tests
tests: $(PROGRAM) $(UNITS) $(HELPERS) $(PLANTED) $(BENCHES)

$(BUILD)/flags.mk: scripts/probe-flags
	@mkdir -p $(@D)
	@scripts/probe-flags $(CC) >$@

.PHONY: flags
flags: $(BUILD)/flags.mk ## show the flags that survived probing
	@cat $<

# a test's stack is nobody's concern
$(BUILD)/tests/%.o: WARN += -Wno-frame-larger-than
$(BUILD)/%.o: %.c VERSION $(BUILD)/flags.mk
	@mkdir -p $(@D)
	@printf '  CC    %s\n' $<
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Tests see the same objects that ship.
$(CORE): $(call obj,$(CORE_SRCS))
	@printf '  AR    %s\n' $@
	@rm -f $@
	@$(AR) rcD $@ $^

$(SUPPORT): $(call obj,$(SUPPORT_SRCS))
	@rm -f $@
	@$(AR) rcD $@ $^

$(PROGRAM): $(call obj,$(CMD_SRCS)) $(CORE)
	@printf '  LINK  %s\n' $@
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

# cmd/ without main: the table of steps is wanted by tests too.
CMD = $(BUILD)/libcmd.a
$(CMD): $(filter-out $(BUILD)/cmd/main.o,$(call obj,$(CMD_SRCS)))
	@rm -f $@
	@$(AR) rcD $@ $^

$(UNITS): %: %.o $(CMD) $(SUPPORT) $(CORE)
	@printf '  LINK  %s\n' $@
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(CMD) \
	    $(SUPPORT) $(CORE) $(call own_link,$@) $(LIBS_ALL) \
	    $(TEST_LIBS) -lcmocka

# A test, helper or bench may name extra linker flags in its first lines:
# `/* link: -Wl,--wrap=calloc */`.
own_link = $(shell sed -n 's,^/\* link: \(.*\) \*/$$,\1,p' \
	$(patsubst $(BUILD)/%,%.c,$(1)))

# Programs that are ours but for one file: a subverted one that a second
# machine sees through, one that is deaf to its media, one that counts what it
# signs and verifies, one that takes any folder for the stick that it is told of,
# one whose reader of requests was taken over, one that keeps copies of secrets.
$(BUILD)/tests/planted/anchorite: $(BUILD)/tests/planted/plant.o
$(BUILD)/tests/planted/anchorite: WRAP = -Wl,--wrap=X509_sign_ctx
$(BUILD)/tests/planted/deaf: $(BUILD)/tests/planted/deaf.o
$(BUILD)/tests/planted/deaf: WRAP = -Wl,--wrap=fsync,--wrap=write
$(BUILD)/tests/planted/counted: $(BUILD)/tests/planted/count.o
$(BUILD)/tests/planted/counted: WRAP = -Wl,--wrap=X509_sign_ctx \
	-Wl,--wrap=EVP_DigestSign,--wrap=EVP_DigestVerify
$(BUILD)/tests/planted/stick: $(BUILD)/tests/planted/stick.o
$(BUILD)/tests/planted/stick: WRAP = -Wl,--wrap=fstatfs \
	-Wl,--wrap=medium_sysfs,--wrap=write,--wrap=pwrite,--wrap=clock_now
$(BUILD)/tests/planted/reader: $(BUILD)/tests/planted/reader.o
$(BUILD)/tests/planted/reader: WRAP = -Wl,--wrap=csr_shape,--wrap=sandbox_lock_calls
$(BUILD)/tests/planted/leaky: $(BUILD)/tests/planted/leak.o
$(BUILD)/tests/planted/leaky: WRAP = -Wl,--wrap=secret_free,--wrap=BN_clear_free
$(PLANTED): $(call obj,$(CMD_SRCS)) $(CORE)
	@printf '  LINK  %s\n' $@
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(CORE) \
	    $(WRAP) $(LIBS_ALL)

$(HELPERS) $(BENCHES): %: %.o $(CMD) $(SUPPORT) $(CORE)
	@printf '  LINK  %s\n' $@
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(CMD) $(SUPPORT) \
	    $(CORE) $(call own_link,$@) $(LIBS_ALL) $(TEST_LIBS)

.PHONY: unit
unit: $(UNITS) ## run the unit tests
	@scripts/run-tests unit $(BUILD)

.PHONY: test
test: tests ## unit tests and scenarios, but for cuts
	@scripts/run-tests test $(BUILD)

.PHONY: test-all
test-all: tests ## the same, and a short ceremony cut at every place
	@scripts/run-tests all $(BUILD)

.PHONY: san
san: ## unit tests and scenarios under AddressSanitizer and UBSan
	@$(MAKE) BUILD=$(BUILD)-san SAN=1 test

.PHONY: ct
ct: ## secrets decide no branch and no address (valgrind)
	@tests/ct/run.sh $(BUILD)/ct

.PHONY: analyze
analyze: ## gcc -fanalyzer, cppcheck, clang-tidy
	@scripts/analyze

.PHONY: crash
crash: tests ## cuts and faults at every place (PARTS=, half an hour)
	@ANCHORITE=$(abspath $(PROGRAM)) HELPER=$(abspath $(BUILD))/tests/helper \
	    tests/crash/run.sh all $(PARTS)

.PHONY: sticks
sticks: tests ## sticks that fail, power cuts, a camera, a console, in QEMU (PARTS=)
	@BUILD=$(BUILD) tests/qemu/sticks.sh $(PARTS)

.PHONY: histories
histories: $(BUILD)/tests/helper/histories ## 10 000 histories of trust bundles
	@python3 -B tests/histories/histories.py $< 10000

.PHONY: mutants
mutants: $(PROGRAM) $(HELPERS) ## a million frames and parcels that somebody changed
	@tests/mutants/run.sh $(BUILD)
	@$(if $(SAN),,$(MAKE) BUILD=$(BUILD)-san SAN=1 mutants)

.PHONY: bench
bench: $(PROGRAM) $(BENCHES) $(HELPERS) $(PLANTED) ## what shares, delegations, trust and transfers cost
	@tests/bench/bench-shares.sh $(BUILD)
	@tests/bench/bench-trust.sh $(BUILD)
	@tests/bench/bench-delegate.sh $(BUILD)
	@$(MAKE) bench-transfer

.PHONY: bench-transfer
bench-transfer: $(PROGRAM) $(HELPERS) $(BENCHES) ## frames needed, codes shown, pictures read, against peers
	@tests/bench/bench-transfer.sh $(BUILD)

.PHONY: layers
layers: ## imports point down only
	@scripts/check-layers

.PHONY: clauses
clauses: ## what refusals cite can be looked up
	@scripts/check-clauses

.PHONY: clients
clients: $(BUILD)/tests/helper/clients ## print docs/CLIENTS.md from its table
	@$< >docs/CLIENTS.md

.PHONY: cases
cases: $(BUILD)/tests/helper/clients ## print docs/CASES.md from its table
	@$< cases >docs/CASES.md

.PHONY: headers
headers: $(BUILD)/flags.mk ## each header compiles alone
	@CC="$(CC)" CPPFLAGS="$(CPPFLAGS_ALL)" CFLAGS="-std=c11 $(WARN)" \
	    scripts/check-headers

.PHONY: man-lint
man-lint: ## manual pages against mandoc and the table of verbs
	@scripts/check-man $(PROGRAM)

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD) $(BUILD)-san $(BUILD)-clang

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | sort | expand -t 12

MANPAGES := $(sort $(wildcard man/*.1))

.PHONY: install
install: $(PROGRAM) ## install program and manual
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/anchorite
	for m in $(MANPAGES); do install -m 644 $$m \
	    $(DESTDIR)$(PREFIX)/share/man/man1/; done

.PHONY: kit
kit: ## for a machine without a network: a package, all it needs, digests (TO=)
	@BUILD='$(BUILD)' scripts/kit "$$TO"

.PHONY: kit-test
kit-test: tests ## the kit, compiled twice, as 58-kit does not
	@KIT=real scripts/run-tests 58-kit $(BUILD)

.PHONY: uninstall
uninstall: ## remove program and manual
	rm -f $(DESTDIR)$(PREFIX)/bin/anchorite
	for m in $(notdir $(MANPAGES)); do \
	    rm -f $(DESTDIR)$(PREFIX)/share/man/man1/$$m; done

# of what is compiled here; a build folder may hold other things too
-include $(patsubst %.c,$(BUILD)/%.d,$(CORE_SRCS) $(CMD_SRCS) $(UNIT_SRCS) \
	$(SUPPORT_SRCS) $(HELPER_SRCS) $(BENCH_SRCS) $(wildcard tests/planted/*.c))
