#!/usr/bin/env bash
# Builds the benchmark and runs it in the working directory. See benches/hosts.py.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
export NLIB=$NLIB_PREFIX/bin/nlib
export NLIB_WORKER=$NLIB_PREFIX/bin/nlib-worker NLIB_PATH=$NLIB_PREFIX/share/nlib/vendor-manifests
"${CARGO:-cargo}" build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p nlib-rust-host \
    --features generated --bin rust-bench
exec "${CARGO_TARGET_DIR:-$root/target}/release/rust-bench"
