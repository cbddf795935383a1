#!/bin/sh
# Shows one cell of the table in tests/hosts/README.md, in one implementation of Common Lisp.
#
#     table.sh sbcl load        shows the cell `load`; prints `ok load` last
#     table.sh ecl --cells      lists the cells
#
# Compiled files go into XDG_CACHE_HOME, or into the working directory when that is not set.
set -eu

implementation=${1:?sbcl or ecl}
cell=${2:?a cell, or --cells}
tests=$(cd "$(dirname "$0")" && pwd)
binding=$(dirname "$tests")
export NLIB_FIXTURES="${NLIB_FIXTURES:-$(cd "$binding/../../tests/hosts/fixtures" && pwd)}"
export XDG_CACHE_HOME="${XDG_CACHE_HOME:-$PWD/compiled}"
mkdir -p "$XDG_CACHE_HOME"

# Only what is needed is found: the system's libraries would bring another ASDF along.
CL_SOURCE_REGISTRY="$binding/"
if [ "$cell" = cffi ]; then
    for system in cl-cffi alexandria babel trivial-features; do
        CL_SOURCE_REGISTRY="$CL_SOURCE_REGISTRY:/usr/share/common-lisp/source/$system/"
    done
fi
export CL_SOURCE_REGISTRY

lisp() {
    case $implementation in
    sbcl) sbcl --noinform --no-sysinit --no-userinit --disable-debugger --non-interactive "$@" ;;
    ecl) ecl --norc "$@" --eval '(ext:quit 0)' ;;
    *) echo "$implementation: neither sbcl nor ecl" >&2 && exit 2 ;;
    esac
}

# One process at a time compiles; the others wait.
exec 9> "$XDG_CACHE_HOME/lock"
flock 9
lisp --load "$tests/compile.lisp" 9>&-
exec 9>&-

export NLIB_LISP="$implementation" NLIB_CELL="$cell"
lisp --load "$tests/compile.lisp" --load "$tests/table.lisp"
