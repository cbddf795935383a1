#!/usr/bin/env bash
# Makes the static libnlib out of what cargo made: scripts/archive.sh LIBRARY.a LIBRARY.so OUTPUT.a
#
# Cargo's archive lacks LLVM, and would meet the symbols of a host's own LLVM or Rust. So all that
# libnlib needs becomes one object, of which only the functions of nlib.h can be seen from outside;
# inline functions in it are no longer exchanged with those of other objects. Sections that nothing needs
# are left to the linker of the program: here it would take tables of exception handlers for such.
set -euo pipefail

usage="usage: scripts/archive.sh LIBRARY.a LIBRARY.so OUTPUT.a"
archive=${1:?$usage} library=${2:?$usage} output=${3:?$usage}
llvm=${LLVM_SYS_221_PREFIX:-/usr/lib/llvm-22}/bin
lld=$llvm/ld.lld
[ -x "$lld" ] || lld=ld.lld
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$llvm/llvm-nm" -D --defined-only --format=just-symbols "$library" >"$work/functions"
sed 's/^/--undefined=/' "$work/functions" >"$work/roots"
"$llvm/llvm-config" --link-static --libs orcjit jitlink orctargetprocess >"$work/llvm"
"$lld" -r --force-group-allocation "@$work/roots" "$archive" \
    -L"$("$llvm/llvm-config" --libdir)" "@$work/llvm" -o "$work/all.o"
"$llvm/llvm-objcopy" --strip-debug "--keep-global-symbols=$work/functions" \
    "$work/all.o" "$work/nlib.o"
rm -f "$output"
"$llvm/llvm-ar" rcs "$output" "$work/nlib.o"
