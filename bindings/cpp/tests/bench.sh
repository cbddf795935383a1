#!/usr/bin/env bash
# Builds bench.cpp and the library that it opens in the usual way, in the working directory, and runs it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
clang-22 -O2 -shared -fPIC "$NLIB_FIXTURES/kit.c" -o libkit.so
# shellcheck disable=SC2046 # pkg-config gives words
"${CXX:-clang++-22}" -std=c++17 -O2 "$here/bench.cpp" -I "$NLIB_FIXTURES" \
    $(PKG_CONFIG_PATH=$NLIB_PREFIX/lib/pkgconfig pkg-config --cflags --libs nlib) -ldl -pthread \
    -Wl,-rpath,"$NLIB_PREFIX/lib" -o bench
exec ./bench ./libkit.so
