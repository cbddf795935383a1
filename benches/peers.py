#!/usr/bin/env python3
"""`make bench`: nlib beside what people use instead, on one program.

The program is examples/flecs-hello/main.c with Flecs from source, at -O2 for everyone (tcc has no
levels). Three questions, each answered by medians of interleaved runs, so that a busy moment of the
machine meets every peer alike:

  cold        every cache empty: from source to the program's output
  warm        nothing changed since: a new process, to the program's output
  in process  nothing changed since: from the request to a callable symbol

A run counts only if the program printed what it must; a peer that cannot run it is reported as
failing, with its own words. Results: docs/benchmarks.md, and every sample in target/bench/peers.json.

The flow: Peer -> Sample -> Summary -> Markdown.
"""

import argparse
import datetime
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
REPORT = ROOT / "docs" / "benchmarks.md"
NLIB = ROOT / "target" / "release" / "nlib"
ZIG_PYTHON = ROOT / "target" / "bench-venv" / "bin" / "python"

MAIN = ROOT / "examples" / "flecs-hello" / "main.c"
EXPECTED = (ROOT / "examples" / "flecs-hello" / "expected.txt").read_text()
SYMBOL = "ecs_init"
CFLAGS = ["-std=gnu99", "-w", "-O2", "-fPIC"]
LIBS = ["-lm", "-lpthread"]

# A library linked for speed of loading: the least that the platform loader can be asked to do.
TUNED_LINK = ["-fuse-ld=lld", "-Wl,-Bsymbolic", "-Wl,-z,now", "-Wl,-z,pack-relative-relocs"]

NLIB_ROW = "nlib"
DLOPEN_ROW = "dlopen, default link"
ZIG_ROW = "zig run"

Command = list[str]


class Failure(Exception):
    """A peer could not do the job; the text is the peer's own."""


@dataclass
class Sample:
    """One run of one peer, in milliseconds."""

    wall: float
    cpu: float


@dataclass
class Peer:
    """A way to get from the source to the running program."""

    name: str
    version: str
    #: Commands from nothing to the program's output.
    cold: list[Command]
    #: Commands that a user repeats when nothing has changed.
    warm: list[Command]
    #: Empties the peer's caches; what it does is not timed.
    reset: Callable[[], None]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Summary:
    """What is reported of one peer; `failure` excludes the rest."""

    name: str
    version: str
    cold: list[Sample] = field(default_factory=list)
    warm: list[Sample] = field(default_factory=list)
    failure: str | None = None


# ---- running --------------------------------------------------------------------------------


def run(command: Command, environment: dict[str, str] | None = None) -> str:
    """Runs a command and returns its standard output; what it said on an error is the Failure."""
    result = subprocess.run(
        command,
        cwd=WORK,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        said = (result.stderr or result.stdout).strip().splitlines()
        raise Failure(said[-1] if said else f"{command[0]}: exit status {result.returncode}")
    return result.stdout


def measure(commands: list[Command], environment: dict[str, str]) -> Sample:
    """Times the commands as one; the last one must print what the program prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    for command in commands:
        output = run(command, environment)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if output != EXPECTED:
        raise Failure(f"printed {output!r}, expected {EXPECTED!r}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Sample(wall * 1e3, cpu * 1e3)


def empty_directory(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)


# ---- the peers ------------------------------------------------------------------------------


def nlib_peer() -> Peer:
    cache = WORK / "nlib-cache"
    environment = {"NLIB_CACHE_DIR": str(cache)}

    def reset() -> None:
        # The sources are fetched again, untimed, because they may lie in the cache directory.
        empty_directory(cache)
        subprocess.run(
            [NLIB, "fetch", "flecs"],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        )

    command = [str(NLIB), "run", "--with", str(ROOT / "vendor-manifests" / "flecs.json"), str(MAIN)]
    version = run([str(NLIB), "--version"]).strip()
    return Peer(NLIB_ROW, version, [command], [command], reset, environment)


def clang_peer(flecs: Path, host: Path) -> Peer:
    """Plain clang: no cache, so warm is what a build system leaves to do, running the result."""
    directory = WORK / "clang"
    library = directory / "app.so"
    build = ["clang-22", *CFLAGS, f"-I{flecs.parent}", "-shared", str(MAIN), str(flecs)]
    build += ["-o", str(library), *LIBS]
    start = [str(host), "run", str(library)]
    version = first_line(["clang-22", "--version"])
    return Peer(
        "clang -O2 -shared, dlopen", version, [build, start], [start], lambda: empty_directory(directory)
    )


def ccache_peer(flecs: Path, host: Path) -> Peer:
    """ccache keeps the objects; every run links them with lld and opens the library."""
    directory = WORK / "ccache"
    objects = {source: directory / f"{source.stem}.o" for source in (MAIN, flecs)}
    library = directory / "app.so"
    commands = [
        ["ccache", "clang-22", *CFLAGS, f"-I{flecs.parent}", "-c", str(source), "-o", str(output)]
        for source, output in objects.items()
    ]
    commands.append(
        ["clang-22", "-fuse-ld=lld", "-shared", *map(str, objects.values()), "-o", str(library), *LIBS]
    )
    commands.append([str(host), "run", str(library)])
    version = first_line(["ccache", "--version"])
    environment = {"CCACHE_DIR": str(directory / "cache")}
    return Peer(
        "ccache clang -O2, lld, dlopen",
        version,
        commands,
        commands,
        lambda: empty_directory(directory),
        environment,
    )


def zig_peer(flecs: Path) -> Peer:
    """`zig run`, started directly: the Python package's own launcher would cost another 20 ms."""
    directory = WORK / "zig"
    package = run([str(ZIG_PYTHON), "-c", "import ziglang; print(ziglang.__path__[0])"]).strip()
    zig = str(Path(package) / "zig")
    # ReleaseFast compiles C at -O2, without the sanitizer that Debug switches on.
    command = [zig, "run", "-O", "ReleaseFast", "-lc", f"-I{flecs.parent}"]
    command += ["-cflags", "-std=gnu99", "-w", "--", str(MAIN), str(flecs)]
    environment = {
        "ZIG_GLOBAL_CACHE_DIR": str(directory / "global"),
        "ZIG_LOCAL_CACHE_DIR": str(directory / "local"),
    }
    version = "zig " + run([zig, "version"]).strip()
    return Peer(ZIG_ROW, version, [command], [command], lambda: empty_directory(directory), environment)


def tcc_peer(flecs: Path) -> Peer:
    """tcc compiles to memory in one pass: it has no cache and needs none."""
    # tcc's `-run` takes one source file; further ones come before it.
    command = ["tcc", f"-I{flecs.parent}", "-w", *LIBS, str(flecs), "-run", str(MAIN)]
    return Peer("tcc -run", first_line(["tcc", "-v"]), [command], [command], lambda: None)


def first_line(command: Command) -> str:
    return run(command).strip().splitlines()[0]


# ---- measuring ------------------------------------------------------------------------------


def measure_processes(peers: list[Peer], cold_rounds: int, warm_rounds: int) -> list[Summary]:
    """Cold and warm runs of every peer in turn, round by round."""
    summaries = {peer.name: Summary(peer.name, peer.version) for peer in peers}

    def rounds(count: int, step: Callable[[Peer, Summary], None]) -> None:
        for number in range(count):
            for peer in peers:
                summary = summaries[peer.name]
                if summary.failure is None:
                    progress(f"round {number + 1} of {count}: {peer.name}")
                    try:
                        step(peer, summary)
                    except Failure as failure:
                        summary.failure = str(failure)

    def cold(peer: Peer, summary: Summary) -> None:
        peer.reset()
        summary.cold.append(measure(peer.cold, peer.environment))

    def warm(peer: Peer, summary: Summary) -> None:
        summary.warm.append(measure(peer.warm, peer.environment))

    rounds(cold_rounds, cold)
    # The first run after a cold one still fills page caches: not counted.
    rounds(1, lambda peer, _: void(measure(peer.warm, peer.environment)))
    rounds(warm_rounds, warm)
    return list(summaries.values())


def void(_: object) -> None:
    """Says that a result is not wanted."""


def measure_in_process(flecs: Path, host: Path, with_nlib: bool, rounds: int) -> dict[str, float]:
    """Median microseconds from the request to a callable symbol, by way of loading."""
    directory = WORK / "in-process"
    empty_directory(directory)
    compiled = directory / "flecs.o"
    run(["clang-22", *CFLAGS, "-c", str(flecs), "-o", str(compiled)])
    libraries = {
        DLOPEN_ROW: directory / "default.so",
        "dlopen, linked for loading": directory / "tuned.so",
    }
    for library, link in zip(libraries.values(), ([], TUNED_LINK)):
        run(["clang-22", "-shared", *link, str(compiled), "-o", str(library), *LIBS])

    samples: dict[str, list[float]] = {name: [] for name in libraries}
    if with_nlib:
        samples[NLIB_ROW] = []
    environment = {"NLIB_CACHE_DIR": str(WORK / "nlib-cache")}
    manifest = str(ROOT / "vendor-manifests" / "flecs.json")
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}: in process")
        for name, library in libraries.items():
            lines = run([str(host), "time", str(library), SYMBOL, "21"]).split()
            # The first open of a process pays for the process: see the figures for new processes.
            samples[name].append(statistics.median(map(float, lines[1:])))
        if with_nlib:
            report = json.loads(run([str(NLIB), "bench", manifest, "--json"], environment))
            samples[NLIB_ROW].append(report["warm_load_us"]["median"])
    return {name: statistics.median(values) for name, values in samples.items()}


def progress(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


# ---- reporting ------------------------------------------------------------------------------


def describe_machine() -> dict[str, str]:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{os.cpu_count()} × {model}",
        "system": f"{platform.system()} {platform.release()}, glibc {platform.libc_ver()[1]}",
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }


def median(samples: list[Sample], part: str) -> float:
    return statistics.median(getattr(sample, part) for sample in samples)


def duration(milliseconds: float) -> str:
    return f"{milliseconds / 1e3:.1f} s" if milliseconds >= 1e3 else f"{milliseconds:.0f} ms"


def cell(samples: list[Sample]) -> str:
    return f"{duration(median(samples, 'wall'))} ({duration(median(samples, 'cpu'))})"


def ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else "–"


def markdown(
    machine: dict[str, str],
    summaries: list[Summary],
    in_process: dict[str, float],
    rounds: tuple[int, int, int],
) -> str:
    base = next((summary for summary in summaries if summary.name == NLIB_ROW and not summary.failure), None)
    cold_base = median(base.cold, "wall") if base else None
    warm_base = median(base.warm, "wall") if base else None

    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (benches/peers.py); not edited by hand.",
        "",
        "The program is `examples/flecs-hello/main.c` with Flecs from source, at `-O2`. Times are medians of",
        f"interleaved runs ({rounds[0]} cold, {rounds[1]} warm, {rounds[2]} in process): wall time, processor time in",
        "brackets. The ratio is the peer's time divided by nlib's: above 1, nlib is faster.",
        "",
        f"Measured {machine['date']} on {machine['processor']}, {machine['system']};",
        f"load average when the run ended: {machine['load']}.",
        "",
        "## From source to the program's output, in a new process",
        "",
        "Cold: every cache empty. Warm: nothing has changed.",
        "",
        "| peer | cold | ÷ nlib | warm | ÷ nlib |",
        "|---|---|---|---|---|",
    ]
    for summary in summaries:
        if summary.failure:
            lines.append(f"| {summary.name} | fails | | | |")
        else:
            lines.append(
                f"| {summary.name} | {cell(summary.cold)} | {ratio(median(summary.cold, 'wall'), cold_base)} "
                f"| {cell(summary.warm)} | {ratio(median(summary.warm, 'wall'), warm_base)} |"
            )
    failures = [summary for summary in summaries if summary.failure]
    if failures:
        lines.append("")
        lines += [f"{summary.name} fails: `{relative(summary.failure)}`" for summary in failures]

    lines += [
        "",
        "Warm does not mean the same work for everyone. nlib and `zig run` check that nothing has changed, then",
        "run; ccache checks, and the link is done again; plain clang keeps nothing, so its figure is the time to",
        "open and run a library that some build system has found up to date.",
        "",
        "## From the request to a callable symbol, in a running process",
        "",
        "| way | time | ÷ nlib |",
        "|---|---|---|",
    ]
    nlib_us = in_process.get(NLIB_ROW)
    lines += [
        f"| {name} | {value:.0f} µs | {ratio(value, nlib_us)} |"
        for name, value in sorted(in_process.items(), key=lambda entry: entry[0] != NLIB_ROW)
    ]
    lines += ["", "nlib's figure includes the check that no source, header or flag has changed."]
    lines += ["", "## Versions", ""]
    lines += [f"- {summary.name}: {summary.version}" for summary in summaries]
    return "\n".join(lines) + "\n"


def relative(text: str) -> str:
    """A peer's message without this machine's folders."""
    return " ".join(word.rsplit("/", 1)[-1] if word.startswith("/") else word for word in text.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cold", type=int, default=3, metavar="N", help="cold rounds (default 3)")
    parser.add_argument("--warm", type=int, default=25, metavar="N", help="warm rounds (default 25)")
    parser.add_argument("--in-process", type=int, default=15, metavar="N", help="in-process rounds (default 15)")
    parser.add_argument("--peers-only", metavar="DIR", help="without nlib; DIR holds flecs.c. Writes no report")
    options = parser.parse_args()
    rounds = (options.cold, options.warm, options.in_process)

    WORK.mkdir(parents=True, exist_ok=True)
    with_nlib = options.peers_only is None
    flecs = find_flecs(options.peers_only)
    host = WORK / "dlopen_host"
    run(["clang-22", "-O2", str(ROOT / "benches" / "dlopen_host.c"), "-o", str(host)])

    peers = [nlib_peer()] if with_nlib else []
    peers += [clang_peer(flecs, host), ccache_peer(flecs, host), zig_peer(flecs), tcc_peer(flecs)]
    summaries = measure_processes(peers, rounds[0], rounds[1])
    in_process = measure_in_process(flecs, host, with_nlib, rounds[2])

    machine = describe_machine()
    record = {
        "schema": 1,
        "machine": machine,
        "peers": [asdict(summary) for summary in summaries],
        "in_process_us": in_process,
    }
    (WORK / "peers.json").write_text(json.dumps(record, indent=1) + "\n")
    report = markdown(machine, summaries, in_process, rounds)
    print(report)
    if with_nlib:
        REPORT.write_text(report)


def find_flecs(given: str | None) -> Path:
    """The flecs.c that every peer compiles: the one nlib fetched, its digest checked."""
    directory = given or run([str(NLIB), "fetch", str(ROOT / "vendor-manifests" / "flecs.json"), "--print-dir"]).strip()
    found = sorted(Path(directory).rglob("flecs.c"))
    if not found:
        sys.exit(f"bench: no flecs.c below {directory}")
    return found[0].absolute()


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
