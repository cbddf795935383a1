"""The package under mypy, and the stub of a library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nlib

from .examples import BINDING
from .expect import equal, fixture, true

USE = """
import nlib
import kit as stub

kit = nlib.load("kit.c")
answer: int = kit.kit_add(1, 2)
try:
    nlib.load("bad.c")
except nlib.CompileError as error:
    line: int = error.diagnostics[0].line
number: int = stub.kit_add(1, 2)
"""


def typing() -> None:
    mypy = [sys.executable, "-m", "mypy", "--cache-dir", str(Path("mypy-cache").absolute())]
    equal(subprocess.run([*mypy, "--config-file", "pyproject.toml"], cwd=BINDING).returncode, 0)

    kit = nlib.load(fixture("kit.c"))
    stub = kit.declarations("python")
    true("def kit_add(" in stub and "class kit_point" in stub, stub)
    Path("kit.pyi").write_text(stub)
    Path("use.py").write_text(USE)
    environment = {"MYPYPATH": str(BINDING / "src"), "PATH": "/usr/bin:/bin"}
    equal(subprocess.run([*mypy, "--strict", "use.py"], env=environment).returncode, 0)
    wrong = USE.replace("stub.kit_add(1, 2)", 'stub.kit_add(1, "2")')
    Path("use.py").write_text(wrong)
    done = subprocess.run([*mypy, "use.py"], env=environment, stdout=subprocess.PIPE, text=True)
    true(done.returncode == 1 and "kit_add" in done.stdout, done.stdout)
