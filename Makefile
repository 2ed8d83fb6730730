# journeyd: `make demo` shows it at work, `make test` proves it. Both install the Debian packages that
# are missing (as root or with sudo) and say which; with nothing missing they ask nothing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

SWIFT ?= swift
CHECKED := --explicit-target-dependency-import-check error
RELEASE := $(SWIFT) build -c release $(CHECKED)
JOURNEYD := .build/release/journeyd

DESTDIR ?=
PREFIX ?= /usr

# What the build needs, and what the tests with a real broker need besides (command:package).
BUILD_PACKAGES := g++ pkg-config librdkafka-dev librocksdb-dev libsimdjson-dev libyaml-dev libcctz-dev \
  libxxhash-dev libsodium-dev tzdata
TEST_COMMANDS := java:default-jre-headless python3:python3 openssl:openssl

.PHONY: build demo test bench format lint unit install clean packages test-packages toolchain

build: packages toolchain
	$(RELEASE) --product journeyd

demo: build
	$(JOURNEYD) demo

test: test-packages toolchain lint unit
	$(SWIFT) build --build-tests $(CHECKED)
	$(SWIFT) test --disable-xctest --skip-build

bench: packages toolchain
	$(RELEASE) --product journeyd-bench
	.build/release/journeyd-bench

format: toolchain
	$(SWIFT) format format -i -r -p Package.swift Sources Tests

lint: toolchain
	$(SWIFT) format lint --strict -r -p Package.swift Sources Tests

# The unit is checked against a stand-in for the binary, which need not be installed.
unit:
	@if command -v systemd-analyze >/dev/null; then \
	  .ci/unit systemd/journeyd.service; \
	else echo "systemd-analyze is not here: the unit was not checked"; fi

install: build
	install -D -m 0755 $(JOURNEYD) $(DESTDIR)$(PREFIX)/sbin/journeyd
	install -D -m 0644 systemd/journeyd.service $(DESTDIR)$(PREFIX)/lib/systemd/system/journeyd.service
	# The sample only where there is no configuration yet: files of the two would not fit together.
	[ -e $(DESTDIR)/etc/journeyd ] || { cd config && \
	  find . -path ./examples -prune -o -type f -exec install -D -m 0644 {} $(DESTDIR)/etc/journeyd/{} ';'; }
	cd config && find examples -type f -exec install -D -m 0644 {} $(DESTDIR)$(PREFIX)/share/doc/journeyd/{} ';'
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(JOURNEYD) man > $(DESTDIR)$(PREFIX)/share/man/man1/journeyd.1
	$(JOURNEYD) completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/journeyd
	$(JOURNEYD) completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_journeyd
	$(JOURNEYD) completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/journeyd.fish

clean:
	rm -rf .build

packages:
	@missing=""; \
	for package in $(BUILD_PACKAGES); do \
	  dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing+=" $$package"; \
	done; \
	.ci/packages $$missing

test-packages: packages
	@missing=""; \
	for pair in $(TEST_COMMANDS); do \
	  command -v $${pair%%:*} >/dev/null || missing+=" $${pair#*:}"; \
	done; \
	.ci/packages $$missing

toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "Swift 6.3 is needed and not on the path: install it from https://www.swift.org/install/linux/" >&2; exit 1; }
