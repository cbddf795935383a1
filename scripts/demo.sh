#!/usr/bin/env bash
# What `make demo` shows: Flecs loaded from its source, used, loaded again from the cache, and
# both times beside a dlopen of the same code. Every figure is measured in this run.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly NLIB=target/release/nlib
readonly WORK=target/demo
readonly EXAMPLE=examples/flecs-hello/main.c
readonly REPEATS=5

# A cache of its own, emptied first: the cold load is really cold, and the user's cache stays as it is.
rm -rf "$WORK"
mkdir -p "$WORK"
export NLIB_CACHE_DIR=$PWD/$WORK/cache

step() { printf '\n%s\n' "== $*"; }

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# Microseconds from the request to callable symbols, as nlib measures them.
load_us() {
    "$NLIB" load flecs --symbol ecs_init --json |
        sed -n 's/.*"elapsed_us": *\([0-9.]*\).*/\1/p' | grep .
}

repeat() {
    local i
    for ((i = 0; i < REPEATS; i++)); do "$@"; done
}

step "Fetch Flecs"
"$NLIB" fetch flecs

step "Load it from source, the cache empty"
cold=$(load_us)
echo "loaded in $((${cold%.*} / 1000)) ms"

step "Run $EXAMPLE"
"$NLIB" run --with flecs "$EXAMPLE"

step "Run it again, everything cached"
"$NLIB" run --with flecs "$EXAMPLE"
warm=$(repeat load_us | median)

step "Build the same code as a shared library, for comparison"
sources=$("$NLIB" fetch flecs --print-dir)
flecs_c=$(find "$sources" -name flecs.c -print -quit)
clang-22 -std=gnu99 -w -O2 -fPIC -shared "$flecs_c" -o "$WORK/libflecs.so" -lm -lpthread
clang-22 -O2 benches/dlopen_host.c -o "$WORK/dlopen_host"
dlopen=$(repeat "$WORK/dlopen_host" time "$WORK/libflecs.so" ecs_init 1 | median)
echo "clang-22 -O2 -shared: done"

row() { awk -v name="$1" -v us="$2" -v note="$3" 'BEGIN { printf "%-8s %12.3f ms   %s\n", name, us / 1000, note }'; }

step "Flecs, from the request to a callable symbol"
row cold "$cold" "compiled from source and linked"
row warm "$warm" "from the cache, in a new process (median of $REPEATS)"
row dlopen "$dlopen" "the shared library, in a new process (median of $REPEATS)"
