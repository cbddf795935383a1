# Every target is one or two commands; the work is done in scripts/ and benches/.

PREFIX ?= /usr/local
RELEASE = cargo build --release --locked -p nlib-cli -p nlib-worker -p nlib-capi

.DEFAULT_GOAL := help
.PHONY: help demo test memcheck conformance lint bench bench-hosts docs install

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set up, build, then Flecs from source: cold, warm, beside dlopen
	scripts/setup.sh build && $(RELEASE)
	scripts/demo.sh

test: ## every test, set-up included
	scripts/setup.sh build test && scripts/test.sh

memcheck: ## the libraries' probes under valgrind and under AddressSanitizer
	scripts/setup.sh build test && scripts/memcheck.sh

conformance: ## the long form of two tests: 300 random programs, 1,000 loads and unloads
	scripts/setup.sh build test
	NLIB_CSMITH_PROGRAMS=300 NLIB_CYCLES=1000 scripts/test.sh -E 'binary(checksums) | binary(cycles)'

lint: ## formatting, clippy, documentation, licences
	scripts/setup.sh build && scripts/lint.sh

bench: ## nlib beside its peers; writes docs/benchmarks.md (about half an hour)
	scripts/setup.sh build bench && $(RELEASE)
	python3 benches/peers.py

bench-hosts: ## loading and calling from each language, beside its usual way; writes docs/benchmarks-hosts.md
	scripts/setup.sh build test bench && $(RELEASE)
	python3 benches/hosts.py

docs: ## the API documentation, in target/doc
	cargo doc --workspace --no-deps --locked

install: ## nlib, libnlib and nlib.h, manifests, manual, completions, under PREFIX (/usr/local)
	$(RELEASE)
	scripts/install.sh "$(DESTDIR)$(PREFIX)"
