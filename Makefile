# powerreport: see `make help`. Everything made lies under $(BUILD); nothing is written beside the sources but out/.
BUILD ?= build
OUT ?= out
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
AR := $(if $(filter default,$(origin AR)),gcc-ar,$(AR))
PKG_CONFIG ?= pkg-config
PYTHON ?= /usr/bin/python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
MAKEFLAGS += --no-builtin-rules

# --- the sample month --------------------------------------------------------------------------------------------
SAMPLE_DB := $(BUILD)/sample.db
SAMPLE_MONTH ?= 2026-10
SAMPLE_NOW ?= 2026-11-04T00:00:00Z
export SAMPLE_MONTH SAMPLE_NOW

# --- what is built from what -------------------------------------------------------------------------------------
MAIN := src/command/main.c
SOURCES := $(filter-out $(MAIN),$(sort $(wildcard src/*/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o)
LIBRARY := $(BUILD)/libpowerreport.a
PROGRAM := $(BUILD)/powerreport
SAMPLE_SOURCES := $(sort $(wildcard samples/*.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
UNIT_SUPPORT := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out tests/unit/test_%,$(sort $(wildcard tests/unit/*.c))))
TEST_TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(sort $(wildcard tests/tools/*.c)))

# --- how it is compiled ------------------------------------------------------------------------------------------
PACKAGES := cairo librsvg-2.0 libcurl jansson inih libmariadb sqlite3 harfbuzz harfbuzz-subset freetype2 icu-uc zlib
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
LIBS := $(PACKAGE_LIBS) -lhpdf -lxlsxwriter -lm

STANDARD := -std=c11 -D_POSIX_C_SOURCE=200809L
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wwrite-strings -Wpointer-arith -Wswitch-enum -Wformat=2 -Wundef
# Warnings are errors where CI is set or WERROR=1, not for packagers.
ifneq ($(filter 1 true,$(WERROR) $(CI)),)
WARNINGS_AS_ERRORS := -Werror
endif

ifdef SANITIZE
CFLAGS ?= -O1 -g
HARDENING := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS ?=
LINKING := -fsanitize=address,undefined
else
CFLAGS ?= -O2 -g
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDFLAGS ?=
LINKING := -pie -Wl,-z,relro,-z,now
endif

# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)')

# The same sources give the same program, wherever they lie.
COMPILE := $(STANDARD) $(HARDENING) -ffile-prefix-map=$(CURDIR)=. $(WARNINGS) -Isrc $(PACKAGE_CFLAGS) $(CPPFLAGS) $(CFLAGS)
BANNED := -include src/base/banned.h

.PHONY: all help deps deps-check deps-lint fonts samples demo check check-build check-unit check-asan check-valgrind \
	lint lint-format lint-cppcheck lint-codespell lint-shellcheck lint-tidy lint-analyzer bench format golden clean unit \
	gallery install uninstall deb deps-deb FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM) ## build build/powerreport (the default)

help: ## this list
	@echo "powerreport: the targets of make"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo "BUILD=DIR builds elsewhere, WERROR=1 makes warnings errors, SANITIZE=1 builds with ASan and UBSan, V=1 shows commands."

# --- what is installed -------------------------------------------------------------------------------------------
deps: ## install what building and running need (packages that are missing, fonts)
	@tools/install-packages tools/packages/build.txt
	@tools/fetch-fonts $(BUILD)/fonts

deps-check: deps
	@tools/install-packages tools/packages/build.txt tools/packages/check.txt

deps-lint:
	@tools/install-packages tools/packages/build.txt tools/packages/lint.txt

fonts: ## fetch Noto Sans SC, regular and bold, into build/fonts
	@tools/fetch-fonts $(BUILD)/fonts

# --- the program -------------------------------------------------------------------------------------------------
# Compiled with other flags: compiled again (but for -Werror, which changes no byte).
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(COMPILE) $(LINKING) $(LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(COMPILE) $(LINKING) $(LDFLAGS)' >$@
FORCE:

$(BUILD)/obj/src/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC $<)
	$(Q)$(CC) $(COMPILE) $(WARNINGS_AS_ERRORS) $(BANNED) -MMD -MP -c -o $@ $<

# Where the program finds its settings if the working folder has none: CONFDIR/report.ini.
CONFDIR ?= /etc/powerreport
$(BUILD)/confdir: FORCE
	@mkdir -p $(@D)
	@echo '$(CONFDIR)' | cmp -s - $@ || echo '$(CONFDIR)' >$@
$(BUILD)/obj/src/command/settings.o: $(BUILD)/confdir
$(BUILD)/obj/src/command/settings.o: BANNED += -DPR_INSTALLED_CONFIG='"$(CONFDIR)/report.ini"'

$(BUILD)/obj/samples/%.o: samples/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC $<)
	$(Q)$(CC) $(COMPILE) $(WARNINGS_AS_ERRORS) $(BANNED) -MMD -MP -c -o $@ $<

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC $<)
	$(Q)$(CC) $(COMPILE) $(WARNINGS_AS_ERRORS) -Itests/unit -MMD -MP -c -o $@ $<

# The list of objects is a prerequisite too, so that a source that went away leaves the library.
$(BUILD)/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJECTS)' | cmp -s - $@ || echo '$(OBJECTS)' >$@

$(LIBRARY): $(OBJECTS) $(BUILD)/objects
	@rm -f $@
	$(call say,AR $@)
	$(Q)$(AR) rcsD $@ $(OBJECTS)

$(PROGRAM): $(BUILD)/obj/$(MAIN:.c=.o) $(LIBRARY)
	$(call say,LINK $@)
	$(Q)$(CC) $(LINKING) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# --- the sample store --------------------------------------------------------------------------------------------
samples: $(SAMPLE_DB) ## write build/sample.db, the sample store (same bytes every time)

$(BUILD)/generate: $(SAMPLE_SOURCES:%.c=$(BUILD)/obj/%.o) $(LIBRARY)
	$(call say,LINK $@)
	$(Q)$(CC) $(LINKING) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The generator is linked with the library, but a change there that leaves its bytes alone makes no new store.
$(BUILD)/generate.sum: $(BUILD)/generate $(wildcard samples/*.*)
	@cat $(filter-out %.md,$^) | sha256sum >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(SAMPLE_DB): $(BUILD)/generate.sum
	@rm -f $@.new
	$(BUILD)/generate $@.new
	@mv $@.new $@

demo: ## everything from nothing: packages, fonts, build, sample store, the sample month's reports under out/
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j$(JOBS) all samples
	@$(PROGRAM) run --config report.ini --db $(SAMPLE_DB) --month $(SAMPLE_MONTH) --now $(SAMPLE_NOW) --out $(OUT)
	@echo "The reports of $(SAMPLE_MONTH) lie under $(OUT)/$(SAMPLE_MONTH):"
	@find $(OUT)/$(SAMPLE_MONTH) -name .\* -prune -o -name revisions -prune -o -type f -name 'report.*' -print | sort

# --- installing it -----------------------------------------------------------------------------------------------
PREFIX ?= /usr/local
STATEDIR ?= /var/lib/powerreport

install: $(PROGRAM) fonts ## the program and what it reads, man pages, units, settings (PREFIX, CONFDIR, STATEDIR, DESTDIR)
	@tools/install/install.sh $(BUILD) "$(DESTDIR)" $(PREFIX) $(CONFDIR) $(STATEDIR)

uninstall: ## remove what install put there; settings and reports stay
	@tools/install/install.sh --remove $(BUILD) "$(DESTDIR)" $(PREFIX) $(CONFDIR) $(STATEDIR)

deps-deb: deps
	@tools/install-packages tools/packages/deb.txt

deb: deps-deb ## a Debian package, build/powerreport_VERSION_ARCHITECTURE.deb
	@$(MAKE) --no-print-directory -j$(JOBS) CONFDIR=/etc/powerreport $(PROGRAM)
	@tools/install/make-deb $(BUILD) $(BUILD)

# --- the tests ---------------------------------------------------------------------------------------------------
unit: $(UNIT_TESTS) $(TEST_TOOLS)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(UNIT_SUPPORT) $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK $@)
	$(Q)$(CC) $(LINKING) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Programs that integration tests run.
$(BUILD)/tools/%: $(BUILD)/obj/tests/tools/%.o $(UNIT_SUPPORT) $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK $@)
	$(Q)$(CC) $(LINKING) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

check: ## install what tests need, build (sanitizers too), run every test; the last line counts them
	@rm -f $(BUILD)/check.counts
	@$(MAKE) --no-print-directory deps-check
	@$(MAKE) --no-print-directory check-build || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@BUILD=$(BUILD) $(PYTHON) tests/run all

check-build:
	@$(MAKE) --no-print-directory -j$(JOBS) WERROR=1 all samples unit
	@$(MAKE) --no-print-directory -j$(JOBS) WERROR=1 BUILD=$(BUILD)/asan SANITIZE=1 all unit

check-unit: ## the unit tests alone
	@$(MAKE) --no-print-directory -j$(JOBS) unit
	@BUILD=$(BUILD) $(PYTHON) tests/run unit

check-asan: ## the unit tests, and the sample month's reports, with ASan and UBSan
	@$(MAKE) --no-print-directory -j$(JOBS) samples
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/asan SANITIZE=1 all unit
	@BUILD=$(BUILD) $(PYTHON) tests/run asan

check-valgrind: ## the unit tests and one report under valgrind
	@$(MAKE) --no-print-directory -j$(JOBS) all samples unit
	@BUILD=$(BUILD) $(PYTHON) tests/run valgrind

golden: all samples $(TEST_TOOLS) ## write the expected pages, sheets and pictures anew (then look at git diff)
	@BUILD=$(BUILD) POWERREPORT_GOLDEN=1 $(PYTHON) -m pytest -q -p no:cacheprovider tests -k golden

gallery: all samples ## draw the gallery anew: every page of four sample reports, samples/gallery (then look at it)
	@rm -rf $(BUILD)/gallery
	@$(PROGRAM) run --quiet --config report.ini --db $(SAMPLE_DB) --month $(SAMPLE_MONTH) --now $(SAMPLE_NOW) \
		--jobs $(JOBS) --format pdf --out $(BUILD)/gallery
	@$(PYTHON) tools/make-gallery $(BUILD)/gallery/$(SAMPLE_MONTH) samples/gallery

.PHONY: simulate
simulate: all samples ## every chart as the colour-blind and a grey printer see it, build/simulate (then look at it)
	@rm -rf $(BUILD)/simulate
	@$(PROGRAM) run --quiet --config report.ini --db $(SAMPLE_DB) --month $(SAMPLE_MONTH) --now $(SAMPLE_NOW) \
		--jobs $(JOBS) --format pdf,png --out $(BUILD)/simulate/reports
	@$(PYTHON) tools/make-simulations $(BUILD)/simulate/reports $(BUILD)/simulate

soak: all $(TEST_TOOLS) ## a thousand made-up customers, every page checked (SOAK=1000, SEED=soak)
	@BUILD=$(BUILD) $(PYTHON) tests/crowd.py $(BUILD)/soak $(or $(SEED),soak) $(or $(SOAK),1000)

bench: all samples ## time and memory of one report a format
	@BUILD=$(BUILD) tools/bench.sh

# --- the linters -------------------------------------------------------------------------------------------------
C_FILES = $(shell find src samples tests -name '*.[ch]' | sort)

lint: deps-lint ## every linter: format, cppcheck, codespell, shellcheck, clang-tidy, gcc -fanalyzer
	@$(MAKE) --no-print-directory -k -j$(JOBS) lint-format lint-cppcheck lint-codespell lint-shellcheck lint-tidy \
		lint-analyzer

lint-format:
	@wrong=$$(clang-format --dry-run -Werror $(C_FILES) 2>&1 | sed -n 's/^\([^: ]*\.[ch]\):.*/\1/p' | sort -u); \
	if [ -n "$$wrong" ]; then echo "not formatted (make format mends it):" $$wrong; exit 1; fi

format: ## format the C sources
	clang-format -i $(C_FILES)

lint-cppcheck:
	@mkdir -p $(BUILD)/lint/cppcheck
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppressions-list=tools/cppcheck-suppressions.txt --cppcheck-build-dir=$(BUILD)/lint/cppcheck \
		-D_POSIX_C_SOURCE=200809L -Isrc $(filter %.c,$(C_FILES))

# The tests' strings and cases hold misspelt keys and broken bytes on purpose.
lint-codespell:
	codespell --ignore-words=tools/codespell-ignore.txt --skip='*.svg,*.png,OFL.txt' \
		$(filter-out build out tests,$(wildcard *)) .ci
	codespell --ignore-words=tools/codespell-ignore.txt --ignore-regex='"[^"]*"' --skip='*.svg,*.png,__pycache__,tests/cases' tests

lint-shellcheck:
	shellcheck -x .ci/run $(shell grep -lIsE '^#!/(usr/)?bin/(env )?(ba)?sh' tools/* tools/*/* tests/* samples/* tests/*/*)

$(BUILD)/lint/tidy/%: % .clang-tidy $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,TIDY $<)
	$(Q)clang-tidy --quiet $< -- $(STANDARD) -Isrc -Itests/unit $(PACKAGE_CFLAGS)
	@touch $@

lint-tidy: $(patsubst %,$(BUILD)/lint/tidy/%,$(SOURCES) $(MAIN) $(SAMPLE_SOURCES) $(wildcard tests/unit/*.c tests/tools/*.c))

$(BUILD)/lint/analyzer/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,ANALYZE $<)
	$(Q)$(CC) $(STANDARD) -O1 -fanalyzer $(WARNINGS) -Werror -Isrc $(PACKAGE_CFLAGS) $(BANNED) -c -o $@ $<

lint-analyzer: $(patsubst %.c,$(BUILD)/lint/analyzer/%.o,$(SOURCES) $(MAIN) $(SAMPLE_SOURCES))

clean: ## remove build/ but for the fonts, and out/
	@if [ -d $(BUILD) ]; then find $(BUILD) -mindepth 1 -maxdepth 1 ! -name fonts ! -name servers -exec rm -rf {} +; fi
	@rm -rf $(OUT)

-include $(shell [ -d $(BUILD)/obj ] && find $(BUILD)/obj -name '*.d')
