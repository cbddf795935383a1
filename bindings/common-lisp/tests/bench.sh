#!/bin/sh
# Load and call beside CFFI with a prebuilt shared library: bench.sh sbcl, bench.sh ecl. bench.lisp says what is
# printed. Compiled files go into XDG_CACHE_HOME, or into a folder that is removed.
set -eu

implementation=${1:-sbcl}
tests=$(cd "$(dirname "$0")" && pwd)
binding=$(dirname "$tests")
export NLIB_FIXTURES="${NLIB_FIXTURES:-$(cd "$binding/../../tests/hosts/fixtures" && pwd)}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="${XDG_CACHE_HOME:-$work/compiled}"
export NLIB_BENCH_FOLDER="$work/"
CL_SOURCE_REGISTRY="$binding/"
for system in cl-cffi alexandria babel trivial-features; do
    CL_SOURCE_REGISTRY="$CL_SOURCE_REGISTRY:/usr/share/common-lisp/source/$system/"
done
export CL_SOURCE_REGISTRY
clang-22 -O2 -shared -fPIC -o "$work/libkit.so" "$NLIB_FIXTURES/kit.c"

case $implementation in
sbcl) sbcl --noinform --no-sysinit --no-userinit --disable-debugger --non-interactive \
    --load "$tests/bench-load.lisp" ;;
ecl) ecl --norc --load "$tests/bench-load.lisp" --eval '(ext:quit 0)' ;;
*) echo "$implementation: neither sbcl nor ecl" >&2 && exit 2 ;;
esac | grep -E '^[a-z-]+ [0-9A-Za-z.]+$'
