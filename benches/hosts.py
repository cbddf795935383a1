#!/usr/bin/env python3
"""`make bench-hosts`: what loading and calling costs from each language, beside that language's usual way.

Every binding has a program `bindings/HOST/tests/bench…` that loads tests/hosts/fixtures/kit.c (warm: from
the cache, with its interface) until a function can be called, and calls one that takes two numbers, and one
that takes and gives structures. It does the same in its language's usual way over a shared library that was
built before, and prints for each

    way NAME
    load MICROSECONDS
    call NANOSECONDS
    call-struct NANOSECONDS

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
#: A host whose ways do not go into one process has several programs.
PROGRAMS: list[tuple[str, list[str]]] = [
    ("Python", ["target/hosts-venv/bin/python", "bindings/python/tests/bench.py"]),
    ("Python", ["target/bench-venv/bin/python", "bindings/python/tests/bench_cppyy.py"]),
    ("Common Lisp (SBCL)", ["bindings/common-lisp/tests/bench.sh", "sbcl"]),
    ("Common Lisp (ECL)", ["bindings/common-lisp/tests/bench.sh", "ecl"]),
    ("Clojure (JNA)", ["bindings/clojure/tests/bench.sh"]),
    ("Clojure (FFM)", ["bindings/clojure/tests/bench.sh", "ffm"]),
    ("LuaJIT", ["luajit", "bindings/luajit/tests/bench.lua"]),
    ("Node", ["node", "bindings/node/tests/bench.mjs"]),
    ("C++", ["bindings/cpp/tests/bench.sh"]),
    ("Rust", ["bindings/rust/tests/bench.sh"]),
]

#: What a program prints for each way, and its unit.
UNITS = {"load": "ms", "call": "ns", "call-struct": "ns"}
OURS = "nlib"
#: Of one host: the figures of each way.
Ways = dict[str, dict[str, float]]


def command(words: list[str]) -> list[str]:
    """The words, with those that are files of the repository made absolute."""
    return [str(ROOT / word) if "/" in word else word for word in words]


def measure(words: list[str], environment: dict[str, str]) -> Ways:
    """One run of one program."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            command(words), cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if run.returncode != 0:
        sys.exit(f"bench: {' '.join(words)} ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    ways: Ways = {}
    for name, _, said in (line.partition(" ") for line in run.stdout.splitlines()):
        if name == "way":
            figures = ways.setdefault(said, {})
        elif said:
            figures[name] = float(said)
    return ways


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr)


def medians(samples: list[Ways]) -> Ways:
    return {
        way: {name: statistics.median(sample[way][name] for sample in samples) for name in figures}
        for way, figures in samples[0].items()
    }


def rows(host: str, ways: Ways) -> list[str]:
    """The host's lines of the table: nlib, and each other way with how often its time goes into nlib's."""

    def cell(way: str, name: str) -> str:
        value = ways[way].get(name)
        if value is None:
            return "–"
        shown = f"{value / 1000:.2f} ms" if UNITS[name] == "ms" else f"{value:.0f} ns"
        return shown if way == OURS else f"{shown} ({value / ways[OURS][name]:.2f})"

    names = {way: f"**{way}**" if way == OURS else way for way in ways}
    return [f"| {host} | {names[way]} | {' | '.join(cell(way, name) for name in UNITS)} |" for way in ways]


def markdown(table: list[str], rounds: int) -> str:
    """The page."""
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    head = f"""# Benchmarks of the bindings

Written by `make bench-hosts` (benches/hosts.py); not edited by hand.

Loading is from the request to a function that can be called with types from the header, in a running
process, everything cached: nlib checks that no source, header or flag has changed. Every other way opens a
shared library that was built before, with declarations written by hand (cppyy reads the header at each load).
A call is `kit_add(int, int)`; the call with structures takes two by value and gives one, which plain CFFI does
not express. Medians of {rounds} {"runs" if rounds > 1 else "run"} of each program, taken in turn. In brackets: this way's time
divided by nlib's in the same run; above 1, nlib is faster.

Measured {datetime.date.today()} on {os.cpu_count()} × {model}.

| host | way | load | call | call with structures |
|---|---|---|---|---|
"""
    return head + "\n".join(table) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="runs of each program (default 5)")
    parser.add_argument("--without", action="append", default=[], metavar="HOST", help="leaves a host out")
    options = parser.parse_args()
    programs = [(host, words) for host, words in PROGRAMS if host not in options.without]
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
    samples: dict[str, list[Ways]] = {}
    for host, words in programs:
        say(f"{host}: filling the cache")
        measure(words, environment)
    for number in range(options.rounds):
        taken: dict[str, Ways] = {}
        for host, words in programs:
            say(f"{host}: round {number + 1} of {options.rounds}")
            taken.setdefault(host, {}).update(measure(words, environment))
        for host, ways in taken.items():
            samples.setdefault(host, []).append(ways)
    (WORK / "hosts.json").write_text(json.dumps({"schema": 2, "samples": samples}, indent=1) + "\n")
    table = [row for host, taken in samples.items() for row in rows(host, medians(taken))]
    report = markdown(table, options.rounds)
    print(report)
    REPORT.write_text(report)


if __name__ == "__main__":
    main()
