#!/usr/bin/env python3
"""Load and call of kit.c by cppyy, over a prebuilt shared library: `way cppyy`, then the figures of bench.py.

To be run by a Python that has cppyy. What is timed is a load in a running process that has cppyy's
interpreter already: `include` of the header, `load_library`, and the first call. A header is included once
only, so that each load has a kit with names of its own.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import cppyy
from bench import FIXTURES, microseconds, nanoseconds

LOADS = 12


def build(index: int) -> None:
    """kit with the prefix kitN_ for kit_, in the folder kitN, as a shared library beside its header.

    The library has a name of its own too: cppyy takes two of one base name for one.
    """
    folder = Path(f"kit{index}")
    folder.mkdir()
    for name in ("kit.h", "kit.c"):
        text = (FIXTURES / name).read_text()
        (folder / name).write_text(text.replace("kit_", f"kit{index}_").replace("KIT_", f"KIT{index}_"))
    subprocess.run(
        ["clang-22", "-O2", "-shared", "-fPIC", "-pthread", f"{folder}/kit.c", "-o", f"{folder}/lib{folder}.so"], check=True
    )


def load(index: int) -> None:
    cppyy.cppdef(f'extern "C" {{\n#include "{Path(f"kit{index}/kit.h").absolute()}"\n}}')
    cppyy.load_library(str(Path(f"kit{index}/libkit{index}.so").absolute()))
    assert named(index, "add")(1, 2) == 3


def named(index: int, name: str) -> Any:
    return getattr(cppyy.gbl, f"kit{index}_{name}")


def main() -> None:
    for index in range(LOADS):
        build(index)
    print("way cppyy")
    print(f"load {microseconds(load, LOADS):.0f}")
    print(f"call {nanoseconds(named(0, 'add'), 1, 2):.0f}")
    point = named(0, "point")
    print(f"call-struct {nanoseconds(named(0, 'mid'), point(1, 2), point(3, 4)):.0f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main()
        os.chdir("/")
