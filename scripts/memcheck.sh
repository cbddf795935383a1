#!/usr/bin/env bash
# The probe of every vendor library, with the memory of nlib watched:
#
#   image  under valgrind's memcheck, loaded by the platform's loader
#   jit    in an nlib whose C++ shims are built with AddressSanitizer and UBSan, linked by JITLink
#
# Each must print what it prints natively, and neither tool may find an error. A library that the jit
# linker refuses (native thread-locals) is named and left to the first half.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly ROOT=$PWD
HOST=$(rustc -vV | sed -n 's/^host: //p')
readonly HOST
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
export NLIB_CACHE_DIR=$WORK/cache

failures=0

fail() {
    printf 'FAILED %s\n' "$*"
    failures=$((failures + 1))
}

# libraries PROBE: the libraries that a probe is linked to.
libraries() {
    case $1 in
    cimgui) echo "--with cimgui --with imgui" ;;
    stb_image | stb_image_write) echo "--with stb_image --with stb_image_write" ;;
    tree_sitter) echo "--with tree_sitter --with tree_sitter_json" ;;
    *) echo "--with $1" ;;
    esac
}

# check PROBE FILE KIND COMMAND...: runs a probe, compares what it prints.
check() {
    local name=$1 file=$2 kind=$3 status=0
    shift 3
    # shellcheck disable=SC2046 # the libraries are words
    (cd "$WORK" && "$@" $(libraries "$name") -w "$file" >"$WORK/out" 2>"$WORK/err") || status=$?
    if [ "$kind" = jit ] && grep -q 'cannot be linked with the jit linker' "$WORK/err"; then
        printf 'left   %-16s %s: %s\n' "$name" "$kind" "$(grep -m1 -o 'uses the thread-local[^;]*' "$WORK/err")"
    elif [ "$status" -ne 0 ]; then
        fail "$name $kind: status $status"
        tail -n 40 "$WORK/err"
    elif ! cmp -s "$WORK/out" "$ROOT/vendor-manifests/probes/$name.out"; then
        fail "$name $kind: other output"
        diff "$ROOT/vendor-manifests/probes/$name.out" "$WORK/out" || true
    else
        printf 'clean  %-16s %s\n' "$name" "$kind"
    fi
}

cargo build --locked -p nlib-cli -p nlib-worker
readonly PLAIN=$ROOT/target/debug
# Valgrind 3.19 cannot read the debug information that rustc writes, and gives up.
readonly WATCHED=$WORK/nlib
strip --strip-debug -o "$WATCHED" "$PLAIN/nlib"

# Only the target's code: build scripts and macros are programs of the compiler's.
NLIB_SHIM_SANITIZE=address,undefined \
    RUSTFLAGS="-Clinker=clang-22 -Clink-arg=-fuse-ld=lld -Clink-arg=-fsanitize=address,undefined" \
    cargo build --locked -p nlib-cli --target "$HOST" --target-dir target/asan
readonly SANITIZED=$ROOT/target/asan/$HOST/debug

# LLVM's own archives are not instrumented, so containers and allocators that cross into them cannot be
# watched: its headers poison memory that the archives then hand out. What the process holds until its
# end is no leak.
export ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allow_user_poisoning=0:exitcode=99
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export NLIB_WORKER=$PLAIN/nlib-worker NLIB_PATH=$ROOT/vendor-manifests

for file in vendor-manifests/probes/*.c vendor-manifests/probes/*.cpp; do
    name=$(basename "${file%.*}")
    # Other probes are of features; a library's own has its name.
    [ -f "vendor-manifests/$name.json" ] || continue
    # The first run compiles and links the image; only the second is watched.
    (cd "$WORK" && "$PLAIN/nlib" -q warm "$name")
    check "$name" "$ROOT/$file" compile "$PLAIN/nlib" run --link=image
    check "$name" "$ROOT/$file" image \
        valgrind -q --error-exitcode=99 --leak-check=no "$WATCHED" run --link=image
    check "$name" "$ROOT/$file" jit "$SANITIZED/nlib" run --link=jit
done

[ "$failures" -eq 0 ] || exit 1
