#!/usr/bin/env python3
"""Shows one cell of the table of tests/hosts/README.md: table.py CELL. `--cells` lists those beyond it.

It runs in the working directory, which is to be empty; NLIB_FIXTURES names the folder of the libraries.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# The module of cells/ and the function in it. `venv`: it needs the packages of requirements.txt.
CELLS = {
    "load": "loading.load",
    "call": "calling.call",
    "struct": "structs.struct",
    "callback": "callbacks.callback",
    "callback-thread": "callbacks.callback_thread",
    "cpp": "cxx.cpp",
    "error": "failing.error",
    "retry": "failing.retry",
    "reload": "reloading.reload",
    "unload": "unloading.unload",
    "after-unload": "unloading.after_unload",
    "unload-in-callback": "unloading.unload_in_callback",
    "missing-symbol": "failing.missing_symbol",
    "wrong-arguments": "failing.wrong_arguments",
    "bad-header": "failing.bad_header",
    "flecs": "examples.flecs",
    "sqlite": "examples.sqlite",
    "imgui": "examples.imgui",
    "quickstart": "examples.quickstart",
}
OWN_CELLS = {
    "async": "loading.load_async",
    "interrupt": "loading.interrupt",
    "threads": "loading.threads",
    "imports": "loading.imports",
    "numpy": "venv buffers.numpy_arrays",
    "magic": "venv cells_of_c.magic",
    "package": "venv package.package",
    "typing": "venv typed.typing",
    "units": "units.units",
    "llvmlite": "venv llvm.llvmlite",
}


def main(arguments: list[str]) -> None:
    if arguments == ["--cells"]:
        print("\n".join(OWN_CELLS))
        return
    known = {**CELLS, **OWN_CELLS}
    if len(arguments) != 1 or arguments[0] not in known:
        sys.exit(f"usage: table.py CELL, one of {', '.join(known)}")
    cell = arguments[0]
    place = known[cell]
    sys.path[:0] = [str(HERE), str(HERE.parent / "src")]
    if place.startswith("venv "):
        import environment

        python = environment.python()
        if Path(sys.prefix) != environment.folder():
            os.execv(python, [python, str(HERE / "table.py"), cell])
        place = place[len("venv ") :]
    module, _, function = place.partition(".")
    os.environ.setdefault("NLIB_FIXTURES", str(HERE.parents[2] / "tests/hosts/fixtures"))
    getattr(importlib.import_module(f"cells.{module}"), function)()
    print(f"ok {cell}")


if __name__ == "__main__":
    main(sys.argv[1:])
