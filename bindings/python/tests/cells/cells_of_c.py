"""Cells of C and C++ in IPython, without a terminal."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from .expect import equal, true


def magic() -> None:
    shell = InteractiveShell.instance(colors="nocolor")
    _run(shell, "%load_ext nlib.magic")
    _run(
        shell,
        "%%c -O2 -DFACTOR=3\n/** Three times as much. */\nint times(int n) { return FACTOR * n; }\n"
        "typedef struct { int a; } box;\nint of(const box *b) { return b->a; }\n#define LIMIT 9\n",
    )
    equal(_value(shell, "times(14)"), 42)
    equal(_value(shell, "of(box(a=5)) + LIMIT"), 14)
    true("Three times" in _value(shell, "times.__doc__"), "the comment")

    _run(
        shell,
        "%%cpp -n made\n#include <string>\nstd::string twice(std::string t) { return t + t; }\nint count = 1;",
    )
    equal(_value(shell, "twice('ab')"), "abab")
    equal(_value(shell, "made.count"), 1)

    # Anew: the names have the new code.
    _run(shell, "%%c\nint times(int n) { return 1000 * n; }")
    equal(_value(shell, "times(2)"), 2000)

    # What has no form in Python is left out, the rest is there.
    shown = _shown(shell, "%%c\n__int128 wide(void) { return 1; }\nint narrow(void) { return 1; }")
    true("left out: wide " in shown and "__int128" in shown, shown)
    equal(_value(shell, "narrow()"), 1)

    shown = _failing(shell, "%%c\nint wrong(void) {\n    return nothing;\n}\nint x = y;\n")
    for part in (
        "CompileError",
        "nothing",
        "return nothing;",
        "^",
        "4:9: error: use of undeclared identifier 'y'",
    ):
        true(part in shown, f"{part!r} is not in\n{shown}")
    print(shown)
    equal(_value(shell, "times(3)"), 3000)
    true("is no option" in _failing(shell, "%%c what\nint x;"), "a wrong option")

    Path("cellar.c").write_text("int cellar(void) { return 8; }")
    _run(shell, "cellar = %nlib cellar.c")
    equal(_value(shell, "cellar.cellar()"), 8)


def _run(shell: InteractiveShell, cell: str) -> Any:
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def _value(shell: InteractiveShell, expression: str) -> Any:
    return _run(shell, expression)


def _shown(shell: InteractiveShell, cell: str) -> str:
    """What a cell shows."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        _run(shell, cell)
    return shown.getvalue()


def _failing(shell: InteractiveShell, cell: str) -> str:
    """What a cell shows that fails."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        result = shell.run_cell(cell)
    true(not result.success, "the cell fails")
    return shown.getvalue()
