#!/usr/bin/env bash
# Installs the system packages that nlib needs and that are missing. Nothing else; instant when
# nothing is missing.
#
#   scripts/setup.sh [build|test|bench]...      (default: build)
#
# build  what compiling and running nlib takes
# test   what the tests use besides
# bench  the peers that `make bench` measures
#
# Debian and Ubuntu: through apt, as root or with sudo. Elsewhere: says what to install, and
# succeeds once it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly LLVM=22
readonly RUST_NEEDED=1.95
readonly VENV=target/bench-venv
readonly HOSTS_VENV=target/hosts-venv

# The host links LLVM statically: zlib, zstd, libxml2 and z3 are what
# `llvm-config-22 --link-static --system-libs` asks for.
readonly BUILD_PACKAGES=(
    "llvm-$LLVM-dev" "libclang-$LLVM-dev" "libclang-cpp$LLVM-dev" "liblld-$LLVM-dev"
    "clang-$LLVM" "lld-$LLVM" "libclang-rt-$LLVM-dev"
    zlib1g-dev libzstd-dev libxml2-dev libz3-dev
    build-essential g++ make pkg-config git curl ca-certificates
)
# libllvm19: an LLVM that a host holds beside ours.
readonly TEST_PACKAGES=(gdb strace valgrind csmith libcsmith-dev "libomp-$LLVM-dev" libllvm19 cmake)
# The hosts of the bindings, and what their people have beside them.
readonly HOST_PACKAGES=(sbcl ecl cl-cffi cl-asdf libffi-dev clojure libjna-java luajit python3)
readonly BENCH_PACKAGES=(ccache tcc python3)

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "setup: $*"
    exit 1
}

# Rust is left to its owner: replacing a toolchain is not a set-up script's business.
check_rust() {
    command -v cargo >/dev/null ||
        fail "cargo is not on PATH. Install Rust $RUST_NEEDED or later with rustup (https://rustup.rs), then run this again."
    local version
    version=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n%s\n' "$RUST_NEEDED" "$version" | sort -V | head -n1)" = "$RUST_NEEDED" ] ||
        fail "Rust $version is too old: $RUST_NEEDED or later is needed. Run: rustup update stable"
}

# Prints those of the given Debian packages that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p' || true)
    printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# perf comes from the kernel's sources, and each distribution names it anew.
perf_package() {
    if command -v apt-cache >/dev/null && ! apt-cache show linux-perf >/dev/null 2>&1; then
        echo linux-tools-generic
    else
        echo linux-perf
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed for: $*. Run it as root, or install sudo."
    fi
}

install_with_apt() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0

    say "setup: installing ${missing[*]}"
    as_root apt-get update -qq
    if ! apt-cache show "llvm-$LLVM-dev" >/dev/null 2>&1; then
        explain_missing_llvm
    fi
    # The variable is set inside the call because sudo drops the caller's environment.
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends "${missing[@]}" >&2
}

explain_missing_llvm() {
    local system
    # shellcheck disable=SC1091 # every system with apt has this file
    system=$(. /etc/os-release && printf '%s' "$PRETTY_NAME")
    fail "$system offers no llvm-$LLVM-dev in the package sources that are switched on.
  Debian 12: LLVM $LLVM is in the security suite; enable it in /etc/apt/sources.list.d.
  Ubuntu: enable 'universe' (sudo add-apt-repository universe).
  A release without LLVM $LLVM: add LLVM's own packages, as https://apt.llvm.org describes
  (llvm.sh $LLVM).
  Then run scripts/setup.sh again."
}

# For systems without apt: the same needs, looked for by what the build will call.
check_without_apt() {
    local prefix=${LLVM_SYS_221_PREFIX:-/usr/lib/llvm-$LLVM} missing=()
    [[ "$("$prefix/bin/llvm-config" --version 2>/dev/null)" == "$LLVM".* ]] ||
        missing+=("LLVM $LLVM with headers and static libraries, at $prefix (or set LLVM_SYS_221_PREFIX)")
    [ -d "$prefix/include/clang/Frontend" ] ||
        missing+=("clang $LLVM's C++ headers and libraries (libclang, libclang-cpp), at $prefix")
    [ -d "$prefix/include/lld/Common" ] ||
        missing+=("lld $LLVM's headers and static libraries, at $prefix")
    local tool
    for tool in "clang-$LLVM" "clang++-$LLVM" c++ make pkg-config git curl "$@"; do
        command -v "$tool" >/dev/null || missing+=("the command $tool")
    done
    [ -x "$prefix/bin/ld.lld" ] || command -v ld.lld >/dev/null || missing+=("lld $LLVM's linker, ld.lld")
    local library
    for library in zlib libzstd libxml-2.0; do
        pkg-config --exists "$library" 2>/dev/null || missing+=("$library's headers and library")
    done
    [ "${#missing[@]}" -eq 0 ] && return 0
    say "setup: this system has no apt, so nothing was installed. Missing:"
    printf '  - %s\n' "${missing[@]}" >&2
    fail "install them, then run this again."
}

# Peers that come as Python packages: the Zig compiler, and cppyy. They get an environment of their own.
install_python_peers() {
    [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import ziglang, cppyy_backend' 2>/dev/null && return 0
    say "setup: installing ziglang and cppyy into $VENV (cppyy is compiled: about two minutes)"
    python3 -m venv "$VENV"
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check ziglang cppyy >&2
}

# What the bindings' tests take from Python's and Node's own registries.
install_host_packages() {
    NLIB_PYTHON_VENV=$HOSTS_VENV python3 bindings/python/tests/environment.py >/dev/null
    if [ bindings/node/package-lock.json -nt bindings/node/node_modules/.package-lock.json ]; then
        say "setup: installing the packages of bindings/node"
        (cd bindings/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
        touch bindings/node/node_modules/.package-lock.json
    fi
}

main() {
    check_rust
    local packages=() commands=() group bench='' hosts=''
    [ "$#" -gt 0 ] || set -- build
    for group in "$@"; do
        case $group in
        build) packages+=("${BUILD_PACKAGES[@]}") ;;
        test)
            packages+=("${TEST_PACKAGES[@]}" "${HOST_PACKAGES[@]}" "$(perf_package)")
            commands+=(gdb strace perf cmake sbcl ecl clojure luajit node npm python3 java)
            hosts=yes
            ;;
        bench) packages+=("${BENCH_PACKAGES[@]}") commands+=(ccache tcc python3) bench=yes ;;
        *) fail "unknown group '$group': build, test and bench are the groups." ;;
        esac
    done
    # A Node that is not Debian's brings its npm, and does not bear Debian's.
    if [ -n "$hosts" ] && ! command -v npm >/dev/null; then
        packages+=(nodejs npm)
    fi
    # A Python that is not Debian's carries venv and pip itself.
    if [ -n "$bench$hosts" ] && ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        packages+=(python3-venv)
    fi

    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        install_with_apt "${packages[@]}"
    else
        check_without_apt "${commands[@]}"
    fi
    [ -z "$hosts" ] || install_host_packages
    [ -z "$bench" ] || install_python_peers
}

main "$@"
