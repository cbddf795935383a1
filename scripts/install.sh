#!/usr/bin/env bash
# Copies what `cargo build --release` made below a prefix, with manual pages and completions:
# scripts/install.sh PREFIX [FOLDER OF THE PROGRAMS]
# With DESTDIR set, PREFIX begins with it: a package is made, and the system's loader is not told.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?usage: scripts/install.sh PREFIX [FOLDER OF THE PROGRAMS]}
programs=${2:-target/release}

install -d "$prefix/bin" "$prefix/share/nlib/vendor-manifests"
# The worker lies beside nlib: that is where nlib looks for it.
install -m 755 "$programs/nlib" "$programs/nlib-worker" "$prefix/bin"
install -m 644 vendor-manifests/*.json "$prefix/share/nlib/vendor-manifests"
install -d "$prefix/share/doc/nlib"
install -m 644 README.md LICENSE-MIT LICENSE-APACHE "$prefix/share/doc/nlib"

# libnlib, for C and for all that can call C. Without the debug information of Rust, which valgrind
# cannot read; with the symbols by which gdb finds jit code.
install -d "$prefix/lib/pkgconfig" "$prefix/lib/cmake/nlib" "$prefix/include"
install -m 755 "$programs/deps/libnlib_capi.so" "$prefix/lib/libnlib.so.1"
strip --strip-debug "$prefix/lib/libnlib.so.1"
ln -sf libnlib.so.1 "$prefix/lib/libnlib.so"
scripts/archive.sh "$programs/deps/libnlib_capi.a" "$programs/deps/libnlib_capi.so" \
    "$prefix/lib/libnlib.a"
install -m 644 crates/capi/include/nlib.h crates/capi/include/nlib.hpp "$prefix/include"
version=$("$programs/nlib" --version | cut -d' ' -f2)
from_template() { # from_template TEMPLATE FILE
    sed -e "s/@VERSION@/$version/" -e "s/@MINOR_VERSION@/${version%.*}/" \
        "crates/capi/packaging/$1" >"$2"
    chmod 644 "$2"
}
from_template nlib.pc.in "$prefix/lib/pkgconfig/nlib.pc"
from_template nlibConfig.cmake "$prefix/lib/cmake/nlib/nlibConfig.cmake"
from_template nlibConfigVersion.cmake.in "$prefix/lib/cmake/nlib/nlibConfigVersion.cmake"

# The program describes itself.
"$programs/nlib" --quiet man "$prefix/share/man/man1"
completions() { # completions SHELL FILE
    install -d "$(dirname "$2")"
    "$programs/nlib" completions "$1" >"$2"
}
completions bash "$prefix/share/bash-completion/completions/nlib"
completions zsh "$prefix/share/zsh/site-functions/_nlib"
completions fish "$prefix/share/fish/vendor_completions.d/nlib.fish"

[ -n "${DESTDIR:-}" ] || scripts/tell-loader.sh "$prefix/lib"
