# Every target does its own set-up on Debian 12 with Rust 1.95 and may be run twice.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test bench fmt rust packages-run packages-test packages-bench cargo-deny

BUILD_PACKAGES := build-essential pkg-config libsqlite3-dev libssl-dev libpcsclite-dev
TEST_PACKAGES := $(BUILD_PACKAGES) openssl libengine-gost-openssl pcscd vsmartcard-vpcd opensc iproute2 softhsm2 postgresql-15 mount util-linux xz-utils
BENCH_PACKAGES := $(BUILD_PACKAGES) openssl libengine-gost-openssl postgresql-15
CARGO_DENY := 0.20.2
# Starts a PostgreSQL server of its own for the command that follows, and stops it.
WITH_POSTGRES := $(wildcard verifierd/tests/support/with-postgres)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: rust packages-run ## start the daemon and confirm an account by each channel; ONCE=1 ends after that, DESK=1 leaves the signature to desk confirm
	cargo build --release --locked --package verifierd --package xtask $(if $(DESK),--package pcsc-reader)
	$${CARGO_TARGET_DIR:-target}/release/xtask demo $(if $(ONCE),--once) $(if $(DESK),--desk)

test: rust packages-test cargo-deny ## everything a change must pass
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(WITH_POSTGRES) cargo test --workspace --locked
	cargo xtask tidy
	cargo xtask codegen --check
	cargo xtask testdata --check
	cargo xtask conformance
	cargo deny --all-features --locked check --hide-inclusion-graph bans licenses sources
	cargo xtask fuzz-smoke
	cargo xtask soak --short
	@echo "make test: everything passed"

bench: rust packages-bench ## ratios to OpenSSL, gost-engine, a bare echo and the store alone in one run; AREA=alg for one area
	POSTGRES_FSYNC=on $(WITH_POSTGRES) cargo run --quiet --release --locked --package xtask -- bench $(AREA)

fmt: rust ## format the sources
	cargo fmt --all

rust:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.95 or newer (https://rustup.rs)" >&2; exit 1; }

packages-run:
	@xtask/setup/debian-packages $(BUILD_PACKAGES)

packages-test:
	@xtask/setup/debian-packages $(TEST_PACKAGES)

packages-bench:
	@xtask/setup/debian-packages $(BENCH_PACKAGES)

cargo-deny: rust
	@cargo deny --version >/dev/null 2>&1 || cargo install cargo-deny --locked --version $(CARGO_DENY)
