#!/usr/bin/env bash
# Shows one cell of the table in tests/hosts: compiles table.cpp, or an example, against an installed nlib as a
# user would, and runs it. NLIB_PREFIX is where nlib is installed.
#
#   table.sh CELL | --cells
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
readonly here
readonly nlib=$NLIB_PREFIX/bin/nlib
readonly CXX=${CXX:-clang++-22}

# No cells beyond the common ones.
[ "${1:?usage: table.sh CELL}" != --cells ] || exit 0

flags() { PKG_CONFIG_PATH=$NLIB_PREFIX/lib/pkgconfig pkg-config "$@" nlib; }
# headers LIBRARY: where the library's own headers are.
headers() { "$nlib" -q fetch "$1" --print-dir; }

# build FILE FLAG...: the program, in the working directory.
build() {
    local file=$1
    shift
    # shellcheck disable=SC2046 # pkg-config gives words
    "$CXX" -std=c++17 -Wall -Wextra -g "$file" "$@" $(flags --cflags --libs) -pthread \
        -Wl,-rpath,"$NLIB_PREFIX/lib" -o program
}

# block LANGUAGE NUMBER: a block of README.md.
block() {
    awk -v fence="\`\`\`$1" -v number="$2" '/^```/ { inside = $0 == fence && ++count == number; next } inside' \
        "$here/../README.md"
}

case $1 in
flecs)
    build "$here/../examples/flecs.cpp" -isystem "$(headers flecs)"
    ./program | tee printed
    grep -qx 'comet at (20.0, 5.0)' printed && grep -qx 'moon  at (5.0, 15.0)' printed
    ;;
sqlite)
    build "$here/../examples/sqlite.cpp" -isystem "$(headers sqlite3)"
    ./program | tee printed
    grep -qx 'Saturn: 2 moons, the largest 2575 km' printed
    ;;
imgui)
    examples=$here/../../../examples/imgui-png
    build "$here/../examples/imgui.cpp" -isystem "$(headers imgui)" -I "$examples" \
        "-DRASTERIZER=\"$examples/software_rasterizer.cpp\""
    ./program
    [ "$(od -An -tx1 -N8 imgui.png)" = " 89 50 4e 47 0d 0a 1a 0a" ]
    [ "$(stat -c %s imgui.png)" -gt 2000 ] # an empty picture has a tenth of that
    ;;
quickstart)
    block c 1 >kit.h
    block c 2 >kit.c
    block cpp 1 >quickstart.cpp
    build quickstart.cpp
    ./program | tee printed
    diff printed <(block text 1)
    # The lines about thunks, as they stand there.
    {
        printf '%s\n' '#include <nlib.hpp>' '#include <iostream>' '#include "kitpp.hpp"' 'int main() {' \
            '    nlib::context context;' \
            "    nlib::library lib = context.load(\"$NLIB_FIXTURES/kitpp.cpp\");"
        block cpp 2
        echo '}'
    } >thunks.cpp
    build thunks.cpp -I "$NLIB_FIXTURES"
    ./program | tee printed
    grep -qx '6 20 5' printed
    ;;
wrong-arguments)
    # The library's own declarations are what the compiler holds a call against.
    cp "$here/wrong_arguments.cpp" .
    for mistake in 1 2 3; do
        if build wrong_arguments.cpp -I "$NLIB_FIXTURES" -DMISTAKE=$mistake 2>said; then
            echo "mistake $mistake compiles"
            exit 1
        fi
        grep -q 'wrong_arguments.cpp:[0-9]*:[0-9]*: error:' said
    done
    build wrong_arguments.cpp -I "$NLIB_FIXTURES" -DMISTAKE=0
    ./program
    ;;
*)
    build "$here/table.cpp" -I "$NLIB_FIXTURES"
    ./program "$1"
    ;;
esac
echo "ok $1"
