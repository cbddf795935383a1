#!/usr/bin/env bash
# Copies what `cargo build --release` made below a prefix: scripts/install.sh PREFIX
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?usage: scripts/install.sh PREFIX}

install -d "$prefix/bin" "$prefix/share/nlib/vendor-manifests"
# The worker lies beside nlib: that is where nlib looks for it.
install -m 755 target/release/nlib target/release/nlib-worker "$prefix/bin"
install -m 644 vendor-manifests/*.json "$prefix/share/nlib/vendor-manifests"
install -d "$prefix/share/doc/nlib"
install -m 644 README.md LICENSE-MIT LICENSE-APACHE "$prefix/share/doc/nlib"
