#!/usr/bin/env bash
# Formatting, lints, documentation and licences; warnings are errors. cargo-deny and shellcheck
# add their checks where they are installed: what must hold everywhere is in tests/floors.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

if command -v cargo-deny >/dev/null; then
    cargo deny --locked check bans licenses sources
fi
if command -v shellcheck >/dev/null; then
    shellcheck scripts/*.sh .ci/run
fi
