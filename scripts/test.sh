#!/usr/bin/env bash
# Every test of the workspace, documentation examples first so that the test runner's summary
# is the last thing printed. Arguments go to the test runner, for instance a test's name.
set -euo pipefail
cd "$(dirname "$0")/.."

# Tests find `nlib`, its worker, libnlib and the Rust examples in the target directory. The examples make
# cargo choose the same features as for the tests: it would build the programs twice otherwise.
cargo build --workspace --lib --bins --examples --locked
export PROGRAMS_ARE_BUILT=1
cargo test --workspace --doc --locked --quiet

if cargo nextest --version >/dev/null 2>&1; then
    profile=default
    [ -z "${CI:-}" ] || profile=ci
    exec cargo nextest run --workspace --locked --profile "$profile" "$@"
fi

# Without nextest `cargo test` prints one summary per program: add them up.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
cargo test --workspace --lib --bins --tests --examples --locked --no-fail-fast -- "$@" 2>&1 |
    tee "$log" || status=$?
awk '/^test result:/ { passed += $4; failed += $6 }
     END { printf "\n%d passed, %d failed\n", passed, failed }' "$log"
exit "$status"
