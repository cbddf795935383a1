#!/usr/bin/env python3
"""Load and call of kit.c: nlib beside cffi in API mode over a prebuilt shared library.

    way NAME                    nlib; then what Python's users have (cppyy: bench_cppyy.py)
    load MICROSECONDS           a warm load of kit.c to a called function, header included, in a running process
    call NANOSECONDS            kit_add
    call-struct NANOSECONDS     kit_mid, which takes and gives structures by value

Medians. cffi's module and the library are compiled before, in a temporary folder. Its first import and
the first load of nlib are not counted: what is counted are later ones, from copies of the files.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIXTURES = Path(os.environ.get("NLIB_FIXTURES", HERE.parents[2] / "tests/hosts/fixtures"))
LOADS, ROUNDS, CALLS = 40, 9, 100_000

DECLARATIONS = """
typedef struct kit_point { double x, y; } kit_point;
int kit_add(int a, int b);
kit_point kit_mid(kit_point a, kit_point b);
"""
BUILD = """
import cffi, sys
ffi = cffi.FFI()
ffi.cdef({declarations!r})
ffi.set_source("_kit", '#include "kit.h"', include_dirs=[{fixtures!r}], libraries=["kit"], library_dirs=["."],
    runtime_library_dirs=["."], extra_compile_args=["-O2"])
ffi.compile()
"""


def nanoseconds(call: Callable[..., Any], *arguments: Any) -> float:
    """The median time of a call, the loop's own taken off."""

    def once(function: Callable[..., Any]) -> float:
        count = range(CALLS)
        start = time.perf_counter()
        for _ in count:
            function(*arguments)
        return (time.perf_counter() - start) / CALLS * 1e9

    return statistics.median(once(call) for _ in range(ROUNDS))


def microseconds(load: Callable[[int], None], loads: int = LOADS) -> float:
    """The median time of `load(index)` for each index below `loads`; the first is not counted."""
    load(0)
    times = []
    for index in range(1, loads):
        start = time.perf_counter()
        load(index)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def ours() -> None:
    import nlib

    loaded: list[nlib.Library] = []

    def load(_: int) -> None:
        kit = nlib.load(FIXTURES / "kit.c")
        assert kit.kit_add(1, 2) == 3
        loaded.append(kit)

    times = []
    for index in range(LOADS):
        start = time.perf_counter()
        load(index)
        if index:
            times.append(time.perf_counter() - start)
        loaded.pop().unload()
    print("way nlib")
    print(f"load {statistics.median(times) * 1e6:.0f}")
    kit = nlib.load(FIXTURES / "kit.c")
    print(f"call {nanoseconds(kit.kit_add, 1, 2):.0f}")
    print(f"call-struct {nanoseconds(kit.kit_mid, kit.kit_point(1, 2), kit.kit_point(3, 4)):.0f}")


def usual() -> None:
    subprocess.run(
        ["clang-22", "-O2", "-shared", "-fPIC", "-pthread", str(FIXTURES / "kit.c"), "-o", "libkit.so"],
        check=True,
    )
    build = BUILD.format(declarations=DECLARATIONS, fixtures=str(FIXTURES))
    subprocess.run([sys.executable, "-c", build], check=True, stdout=subprocess.DEVNULL)
    (built,) = Path().glob("_kit.*.so")
    copies = []
    for index in range(LOADS):
        copies.append(Path(f"copy{index}") / built.name)
        copies[-1].parent.mkdir()
        copies[-1].write_bytes(built.read_bytes())

    def load(index: int) -> None:
        spec = importlib.util.spec_from_file_location("_kit", copies[index].absolute())
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.lib.kit_add(1, 2) == 3

    print("way cffi (API mode)")
    print(f"load {microseconds(load):.0f}")
    spec = importlib.util.spec_from_file_location("_kit", copies[0].absolute())
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    ffi, lib = module.ffi, module.lib
    print(f"call {nanoseconds(lib.kit_add, 1, 2):.0f}")
    a, b = ffi.new("kit_point *", (1, 2))[0], ffi.new("kit_point *", (3, 4))[0]
    print(f"call-struct {nanoseconds(lib.kit_mid, a, b):.0f}")


def main() -> None:
    import environment

    python = environment.python()
    if Path(sys.prefix) != environment.folder():
        os.execv(python, [python, __file__])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        ours()
        usual()
        os.chdir("/")


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent / "src")]
    main()
