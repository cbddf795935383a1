"""The package under mypy, and the stub of a library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nlib

from .examples import BINDING
from .expect import equal, fixture, true

USE = """
import typing

import nlib

if typing.TYPE_CHECKING:
    from kit import Kit

kit = typing.cast("Kit", nlib.load("kit.c"))
answer: int = kit.kit_add(1, 2)
point = kit.kit_mid(kit.kit_point(1, 2), (3, 4))
x: float = point.x
kit.kit_each([point], 1, lambda index, visited, data: 0, None)
try:
    nlib.load("bad.c")
except nlib.CompileError as error:
    line: int = error.diagnostics[0].line
"""


def typing() -> None:
    mypy = [sys.executable, "-m", "mypy", "--cache-dir", str(Path("mypy-cache").absolute())]
    equal(subprocess.run([*mypy, "--config-file", "pyproject.toml"], cwd=BINDING).returncode, 0)

    kit = nlib.load(fixture("kit.c"))
    stub = kit.declarations("python")
    true("def kit_add(" in stub and "class Kit(" in stub, stub)
    Path("kit.pyi").write_text(stub)
    Path("use.py").write_text(USE)
    environment = {"MYPYPATH": str(BINDING / "src"), "PATH": "/usr/bin:/bin"}
    equal(subprocess.run([*mypy, "--strict", "use.py"], env=environment).returncode, 0)
    for right, wrong in (("kit_add(1, 2)", 'kit_add(1, "2")'), ("kit_point(1, 2)", "kit_point(z=1)"), ("x: float", "x: str")):
        Path("use.py").write_text(USE.replace(right, wrong))
        done = subprocess.run([*mypy, "use.py"], env=environment, stdout=subprocess.PIPE, text=True)
        true(done.returncode == 1 and "Found 1 error" in done.stdout, f"{wrong}:\n{done.stdout}")
