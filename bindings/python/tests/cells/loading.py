"""Loading: by path, by name, from memory, beside the program, as an import."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import nlib

from .expect import equal, fixture, raises, true

# The compiler works on it for minutes.
SLOW = """
constexpr long slow() { long sum = 0; for (long i = 0; i < 4000000000; i++) sum += i; return sum; }
constexpr long result = slow();
long answer() { return result; }
"""
SLOW_FLAGS = ["-fconstexpr-steps=2147483647"]


def load() -> None:
    steps: list[nlib.Progress] = []
    kit = nlib.load(fixture("kit.c"), progress=steps.append)
    equal(kit.name, "kit")
    equal(kit.KIT_VERSION, 3)
    true(any(step.step == "loaded" for step in steps), f"no step says that it is loaded: {steps}")
    true(kit.linker in ("jit", "image"), kit.linker)
    true(kit.kit_add.__module__ == "kit", kit.kit_add.__module__)

    sqlite = nlib.load("sqlite3")
    true(sqlite.sqlite3_libversion_number() >= 3_000_000, "a version of SQLite")
    equal(sqlite.sqlite3_libversion(), sqlite.SQLITE_VERSION)

    equal(nlib.code("int twice(int n) { return 2 * n; }").twice(21), 42)
    equal(nlib.code("int six() { return SIX; }", "c++", defines={"SIX": 6}).six(), 6)

    _parts()
    _other_thread()
    _host_symbols()
    with nlib.Session(jobs=1, cache="off") as session:
        equal(session.load(code="int own(void) { return 7; }", profile="dev").own(), 7)
    raises(nlib.HandleError, lambda: session.load(fixture("kit.c")), "closed")
    made = nlib.compile(code="int object(void) { return 1; }", name="object")
    true(made.data.startswith(b"\x7fELF"), "an ELF object")
    raises(TypeError, lambda: nlib.load(fixture("kit.c"), code="int x;"), "exactly one")
    raises(TypeError, lambda: nlib.load(fixture("kit.c"), flags="-O3"), "['-O3']")


def _parts() -> None:
    """Several sources that are one library, a manifest's text."""
    Path("first.c").write_text("int second(void); int first(void) { return second() + BONUS; }")
    parts = [Path("first.c"), nlib.Source(code="int second(void) { return 40; }", name="second.c")]
    both = nlib.load(parts, name="both", defines={"BONUS": 2}, flags=["-O1"])
    equal((both.name, both.function("first", nlib_int())()), ("both", 42))

    Path("unit.c").write_text('#include "unit.h"\nint unit(void) { return UNIT; }')
    Path("unit.h").write_text("int unit(void);")
    manifest = (
        '{"manifest-version": 1, "name": "own", "units": [{"src": "unit.c"}], "public-headers": ["unit.h"]}'
    )
    equal(nlib.load(manifest_text=manifest, defines=["UNIT=5"]).unit(), 5)


def nlib_int() -> object:
    import ctypes

    return ctypes.c_int


def _other_thread() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(nlib.load(fixture("kit.c")).kit_add(1, 2)))
    thread.start()
    thread.join()
    equal(found, [3])


def _host_symbols() -> None:
    """Functions of this program that the library calls."""
    import ctypes

    lines: list[str] = []
    tell = nlib.callback(lines.append, None, ctypes.c_char_p)
    text = 'void tell(const char *); void greet(void) { tell("gr\\u00fc\\u00df dich"); }'
    nlib.code(text, host_symbols={"tell": tell}).greet()
    equal(lines, ["grüß dich"])


def load_async() -> None:
    asyncio.run(_beside())


async def _beside() -> None:
    kit, sqlite = await asyncio.gather(nlib.load_async(fixture("kit.c")), nlib.load_async("sqlite3"))
    equal(kit.kit_add(20, 22), 42)
    true(sqlite.sqlite3_threadsafe() in (0, 1, 2), "sqlite3_threadsafe")

    error = None
    try:
        await nlib.load_async(code="int broken(void) { return nothing; }")
    except nlib.CompileError as found:
        error = found
    true(error is not None and error.diagnostics[0].line == 1, "a compile error of the awaited load")

    await _cancelled()


async def _cancelled() -> None:
    """A load is cancelled while its compiler runs."""
    started = asyncio.Event()

    def step(progress: nlib.Progress) -> None:
        if progress.step == "compile-started":
            started.set()

    session = nlib.Session(cache="off")
    load = asyncio.ensure_future(
        session.load_async(code=SLOW, language="c++", flags=SLOW_FLAGS, progress=step)
    )
    await started.wait()
    load.cancel()
    try:
        await load
    except asyncio.CancelledError:
        pass
    else:
        raise AssertionError("the load was not cancelled")
    equal(session.load(code="int after(void) { return 1; }").after(), 1)
    session.close()


def interrupt() -> None:
    """Ctrl-C while the compiler runs: KeyboardInterrupt, and the program ends well."""
    code = f"""
import nlib
session = nlib.Session(cache="off")
show = lambda step: print(step.step, flush=True)
try:
    session.load(code={SLOW!r}, language="c++", flags={SLOW_FLAGS!r}, progress=show)
except KeyboardInterrupt:
    print("interrupted", session.load(code="int after(void) {{ return 1; }}").after())
"""
    source = str(Path(nlib.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        assert program.stdout
        for line in program.stdout:
            if line == "compile-started\n":
                program.send_signal(signal.SIGINT)
                break
        rest = program.stdout.read()
    equal(program.returncode, 0)
    true("interrupted 1" in rest, rest)

    def fails(step: nlib.Progress) -> None:
        raise KeyError(step.step)

    raises(KeyError, lambda: nlib.load(fixture("kit.c"), progress=fails))
    equal(nlib.load(fixture("kit.c")).kit_add(1, 2), 3)


def threads() -> None:
    """Eight threads load and call at once."""
    start = threading.Barrier(8)
    found: list[object] = []

    def work(number: int) -> None:
        start.wait()
        kit, kitpp = nlib.load(fixture("kit.c")), nlib.load(fixture("kitpp.cpp"))
        own = nlib.code(f"int own(void) {{ return {number}; }}", name=f"own{number}")
        packet = kit.kit_packet(tag=number)
        total = sum(kit.kit_add(i, number) for i in range(100))
        label = kitpp.kit.Tally(number).label()
        found.append((own.own(), total - 100 * number, packet.tag == number, label == f"tally {number}"))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    equal(sorted(found), [(number, 4950, True, True) for number in range(8)])


def imports() -> None:
    from nlib.libs import sqlite3  # type: ignore[attr-defined]

    true(isinstance(sqlite3, nlib.Library), repr(sqlite3))
    true(sqlite3.sqlite3_libversion_number() >= 3_000_000, "a version of SQLite")
    again = importlib.import_module("nlib.libs.sqlite3")
    true(again is sqlite3 is sys.modules["nlib.libs.sqlite3"], "it is loaded once")
    raises(ModuleNotFoundError, lambda: importlib.import_module("nlib.libs.sqlite4"), "sqlite4", "sqlite3")

    def near() -> None:
        from nlib.libs import sqlite4  # type: ignore[attr-defined]  # noqa: F401

    raises(ModuleNotFoundError, near, "sqlite4", "sqlite3")
