#!/bin/sh
# Measures loads and calls over JNA, `bench.sh ffm` over FFM, beside JNA as Java programs use it: an interface
# and a Structure (bench/Kit.java) over a library that clang made before.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/java.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
javac -cp "$jars/jna.jar" -d "$work" "$here/bench/Kit.java"
"${NLIB_CLANG:-clang-22}" -O2 -shared -fPIC -o "$work/libkit.so" "$NLIB_FIXTURES/kit.c"
# shellcheck disable=SC2086 # $options are words
"$java" $options -cp "$path:$jars/jna.jar:$work" clojure.main -m bench.main "$work/libkit.so"
