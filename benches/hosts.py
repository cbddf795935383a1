#!/usr/bin/env python3
"""`make bench-hosts`: what loading and calling costs from each language, beside that language's usual way.

Every binding has a program `bindings/HOST/tests/bench…` that loads tests/hosts/fixtures/kit.c (warm: from
the cache, with its interface) until a function can be called, and calls one that takes two numbers. It does
the same in its language's usual way over a shared library that was built before, and prints for each

    load MICROSECONDS, call NANOSECONDS, call-struct NANOSECONDS
    usual-load …, usual-call …, usual-name NAME

The programs run in turn, several rounds, so that a busy moment of the machine meets all alike; medians are
reported. Results: docs/benchmarks-hosts.md, and every figure in target/bench/hosts.json.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
REPORT = ROOT / "docs" / "benchmarks-hosts.md"
PREFIX = WORK / "prefix"

#: The host's name, and the words of its command; files are relative to the repository.
HOSTS: list[tuple[str, list[str]]] = [
    ("Python", ["target/hosts-venv/bin/python", "bindings/python/tests/bench.py"]),
    ("Common Lisp (SBCL)", ["bindings/common-lisp/tests/bench.sh", "sbcl"]),
    ("Common Lisp (ECL)", ["bindings/common-lisp/tests/bench.sh", "ecl"]),
    ("Clojure (JNA)", ["bindings/clojure/tests/bench.sh"]),
    ("Clojure (FFM)", ["bindings/clojure/tests/bench.sh", "ffm"]),
    ("LuaJIT", ["luajit", "bindings/luajit/tests/bench.lua"]),
    ("Node", ["node", "bindings/node/tests/bench.mjs"]),
    ("C++", ["bindings/cpp/tests/bench.sh"]),
    ("Rust", ["bindings/rust/tests/bench.sh"]),
]

#: What a program prints: microseconds for loads, nanoseconds for calls.
FIGURES = ["load", "call", "call-struct", "usual-load", "usual-call", "usual-call-struct"]
Figures = dict[str, float]


def command(words: list[str]) -> list[str]:
    """The words, with those that are files of the repository made absolute."""
    return [str(ROOT / word) if "/" in word else word for word in words]


def measure(words: list[str], environment: dict[str, str]) -> tuple[Figures, str]:
    """One run of one program: its figures, and the name of the usual way."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            command(words), cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if run.returncode != 0:
        sys.exit(f"bench: {' '.join(words)} ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    lines = (line.split(None, 1) for line in run.stdout.splitlines())
    said = {line[0]: line[1] for line in lines if len(line) == 2}
    return {name: float(said[name].split()[0]) for name in FIGURES if name in said}, said["usual-name"]


def row(name: str, usual: str, samples: list[Figures]) -> str:
    """A line of the table: medians, and how the usual way compares."""
    median = {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}

    def ratio(key: str) -> str:
        return f"{median['usual-' + key] / median[key]:.2f}"

    struct_call = f"{median['call-struct']:.0f} ns" if "call-struct" in median else ""
    return (
        f"| {name} | {median['load'] / 1000:.2f} ms | {median['call']:.0f} ns | {struct_call} | {usual} "
        f"| {median['usual-load'] / 1000:.2f} ms | {ratio('load')} | {median['usual-call']:.0f} ns | {ratio('call')} |"
    )


def markdown(rows: list[str], rounds: int) -> str:
    """The page."""
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    head = f"""# Benchmarks of the bindings

Written by `make bench-hosts` (benches/hosts.py); not edited by hand.

Loading is from the request to a function that can be called with types from the header, in a running
process, everything cached: nlib checks that no source, header or flag has changed. The usual way opens a shared
library that was built before, with declarations written by hand. A call is `kit_add(int, int)`; the
call with structures takes two by value and gives one. Medians of {rounds} runs of each program, taken in
turn. The ratio is the usual way's time divided by nlib's: above 1, nlib is faster.

Measured {datetime.date.today()} on {os.cpu_count()} × {model}.

| host | load | call | call with structures | usual way | its load | ÷ nlib | its call | ÷ nlib |
|---|---|---|---|---|---|---|---|---|
"""
    return head + "\n".join(rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs of each program (default 5)")
    parser.add_argument("--without", action="append", default=[], metavar="HOST", help="leaves a host out")
    options = parser.parse_args()
    hosts = [(name, words) for name, words in HOSTS if name not in options.without]
    WORK.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(ROOT / "scripts" / "install.sh"), str(PREFIX)], check=True)
    environment = {
        **os.environ,
        "PATH": f"{ROOT / 'target' / 'hosts-venv' / 'bin'}:{os.environ['PATH']}",
        "NLIB_PREFIX": str(PREFIX),
        "NLIB_LIBRARY": str(PREFIX / "lib" / "libnlib.so.1"),
        "NLIB_CACHE_DIR": str(WORK / "hosts-cache"),
        "NLIB_FIXTURES": str(ROOT / "tests" / "hosts" / "fixtures"),
    }
    samples: dict[str, list[Figures]] = {name: [] for name, _ in hosts}
    usual: dict[str, str] = {}
    for name, words in hosts:
        measure(words, environment)  # fills the cache
    for _ in range(options.rounds):
        for name, words in hosts:
            figures, usual[name] = measure(words, environment)
            samples[name].append(figures)
    (WORK / "hosts.json").write_text(json.dumps({"schema": 1, "samples": samples}, indent=1) + "\n")
    report = markdown([row(name, usual[name], samples[name]) for name, _ in hosts], options.rounds)
    print(report)
    REPORT.write_text(report)


if __name__ == "__main__":
    main()
