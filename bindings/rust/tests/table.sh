#!/usr/bin/env bash
# Shows one cell of the table in tests/hosts. NLIB_PREFIX is where nlib is installed.
#
#   table.sh CELL | --cells
#
# The program is built as the workspace's tests are, so that nothing is compiled twice.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
readonly here
export NLIB=$NLIB_PREFIX/bin/nlib
export NLIB_WORKER=$NLIB_PREFIX/bin/nlib-worker NLIB_PATH=$NLIB_PREFIX/share/nlib/vendor-manifests

"${CARGO:-cargo}" build --quiet --locked --manifest-path "$here/../../../Cargo.toml" --workspace \
    --features nlib-rust-host/generated --bin rust-table --example rust-quickstart
target=${CARGO_TARGET_DIR:-$here/../../../target}
case $1 in
quickstart)
    # A program of somebody's own: it lies anywhere, and `nlib` is on PATH.
    cp "$target/debug/examples/rust-quickstart" .
    env -u NLIB_WORKER -u NLIB_PATH PATH="$NLIB_PREFIX/bin:$PATH" ./rust-quickstart | tee printed
    diff printed <(sed -n '/^```text$/,/^```$/p' "$here/../README.md" | sed -n '2,3p')
    echo "ok $1"
    ;;
*)
    "$target/debug/rust-table" "$1" | tee printed
    # An example prints what it computed.
    case $1 in
    flecs) grep -qx 'comet at (20.0, 5.0)' printed && grep -qx 'moon  at (5.0, 15.0)' printed ;;
    sqlite) [ "$(head -n1 printed)" = 'Ganymede 2634 km' ] && [ "$(wc -l <printed)" = 4 ] ;;
    esac
    ;;
esac
