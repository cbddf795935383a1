#!/usr/bin/env bash
# Copies what `cargo build --release` made below a prefix, with manual pages and completions:
# scripts/install.sh PREFIX [FOLDER OF THE PROGRAMS]
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

# The program describes itself.
"$programs/nlib" --quiet man "$prefix/share/man/man1"
completions() { # completions SHELL FILE
    install -d "$(dirname "$2")"
    "$programs/nlib" completions "$1" >"$2"
}
completions bash "$prefix/share/bash-completion/completions/nlib"
completions zsh "$prefix/share/zsh/site-functions/_nlib"
completions fish "$prefix/share/fish/vendor_completions.d/nlib.fish"
