"""Errors in Python's terms, and what works after them."""

from __future__ import annotations

import ctypes
import traceback
from pathlib import Path

import nlib

from .expect import equal, fixture, raises, true


def error() -> None:
    Path("broken.c").write_text("int area(int side) {\n    return side * sied;\n}\nint x = y;\n")
    found = raises(nlib.CompileError, lambda: nlib.load("broken.c"), "broken.c", "sied")
    first, second = [d for d in found.diagnostics if d.severity == "error"]
    equal((Path(first.file).name, first.line, first.column), ("broken.c", 2, 19))
    true("undeclared identifier 'sied'" in first.text, first.text)
    equal((second.line, second.library), (4, "broken"))
    true(isinstance(found, SyntaxError), "a SyntaxError")
    equal((found.lineno, found.offset, found.text), (2, 19, "    return side * sied;\n"))
    shown = "".join(traceback.format_exception(type(found), found, found.__traceback__))
    for part in ('broken.c", line 2', "    return side * sied;", "^", "nlib.CompileError: use of undeclared"):
        true(part in shown, f"{part!r} is not in\n{shown}")
    true("broken.c:4:9: error" in shown, f"the second error is not in\n{shown}")
    print(shown)

    memory = raises(nlib.CompileError, lambda: nlib.code("int ä = über;"), "über")
    equal((memory.text, memory.offset), ("int ä = über;", 9))
    warned = raises(
        nlib.CompileError, lambda: nlib.code("int f(void) { int x; return 1; }", flags=["-Wall", "-Werror"])
    )
    true("-Wunused-variable" in warned.diagnostics[0].option, str(warned.diagnostics))
    raises(nlib.UsageError, lambda: nlib.load("sqlite4"), "sqlite3")
    raises(ValueError, lambda: nlib.load("sqlite4"))
    raises(nlib.ManifestError, lambda: nlib.load(manifest_text='{"manifest-version": 1}'))
    raises(
        nlib.LinkError, lambda: nlib.code("int nowhere(void); int f(void) { return nowhere(); }"), "nowhere"
    )
    raises(nlib.Error, lambda: nlib.load("no-such-file.c"), "no-such-file.c")


def retry() -> None:
    Path("retry.c").write_text("int answer(void) { return 42 }")
    raises(nlib.CompileError, lambda: nlib.load("retry.c"), "expected ';'")
    Path("retry.c").write_text("int answer(void) { return 42; }")
    equal(nlib.load("retry.c").answer(), 42)


def missing_symbol() -> None:
    kit = nlib.load(fixture("kit.c"))
    found = raises(nlib.SymbolError, lambda: kit.kit_ad(1, 2), "kit_ad", "kit_add")
    equal(found.near[0], "kit_add")
    true(isinstance(found, AttributeError) and not hasattr(kit, "kit_ad"), "an AttributeError")
    true("kit_ad" not in kit and "kit_add" in kit, "`in`")
    raises(nlib.SymbolError, lambda: kit["kit_poin"], "kit_point")
    raises(nlib.SymbolError, lambda: kit.address("kit_ad"), "kit_add")
    raises(nlib.SymbolError, lambda: kit.function("kit_ad", ctypes.c_int), "kit_add")
    Path("gone.h").write_text("int there(void);\nint gone(void);\n")
    Path("gone.c").write_text('#include "gone.h"\nint there(void) { return 1; }\n')
    gone = nlib.load("gone.c")
    equal(gone.there(), 1)
    raises(nlib.SymbolError, lambda: gone.gone(), "gone")


def wrong_arguments() -> None:
    kit = nlib.load(fixture("kit.c"))
    kit.kit_calls = 0
    raises(TypeError, lambda: kit.kit_add(1), "kit_add", "'b'")
    raises(TypeError, lambda: kit.kit_add(1, 2, 3), "kit_add", "3 were given")
    raises(TypeError, lambda: kit.kit_add(1, c=2), "kit_add", "'c'")
    raises(TypeError, lambda: kit.kit_add(1, "2"), "kit_add", "`b`", "'2'")
    raises(TypeError, lambda: kit.kit_add(1, 2.5), "kit_add", "`b`", "2.5")
    raises(TypeError, lambda: kit.kit_add(None, 2), "kit_add", "`a`", "None")
    raises(OverflowError, lambda: kit.kit_add(2**31, 0), "kit_add", "`a`", "2147483648")
    raises(TypeError, lambda: kit.kit_half("2"), "kit_half", "`value`")
    raises(TypeError, lambda: kit.kit_not("yes"), "kit_not", "True or False")
    raises(TypeError, lambda: kit.kit_length(5), "kit_length", "`text`")
    raises(TypeError, lambda: kit.kit_mid(kit.kit_point(), 5), "kit_mid", "`b`", "kit_point")
    raises(TypeError, lambda: kit.kit_move(kit.kit_packet(), 1, 2), "kit_move", "`point`")
    raises(TypeError, lambda: kit.kit_move(4096, 1, 2), "kit_move", "`point`")
    raises(TypeError, lambda: kit.kit_sum("abc", 3), "kit_sum", "`values`")
    raises(OverflowError, lambda: kit.kit_sum([1.0], -1), "kit_sum", "`count`")
    raises(TypeError, lambda: kit.kit_divide(1, 2, 3, 4), "kit_divide", "`quotient`")
    raises(TypeError, lambda: kit.kit_emit(), "kit_emit", "'value'")
    equal(kit.kit_calls, 0)
    equal(kit.kit_add(1, 2), 3)
    _null_pointers(kit)


def _null_pointers(kit: nlib.Library) -> None:
    text = "__attribute__((nonnull)) int first(const int *values);\nint first(const int *values) { return values[0]; }"
    checked = nlib.code(text)
    equal(checked.first([5]), 5)
    raises(TypeError, lambda: checked.first(None), "first", "NULL")
    nothing = kit.kit_point.__new__(kit.kit_point)
    pointer = nlib.cast(kit.kit_point, nothing)
    null = type(pointer)()
    raises(AttributeError, lambda: null.x, "NULL")
    raises(ValueError, lambda: null[0], "NULL")


def bad_header() -> None:
    Path("bad.c").write_text("int good(int n) { return n + 1; }\n")
    Path("bad.h").write_text("int good(int n);\nint broken(strange_type n);\n")
    bad = nlib.load("bad.c")
    found = raises(nlib.CompileError, lambda: bad.good(1), "bad.h", "strange_type", "library.function")
    equal((Path(found.diagnostics[0].file).name, found.diagnostics[0].line), ("bad.h", 2))
    good = bad.function("good", ctypes.c_int, ctypes.c_int)
    equal(good(41), 42)
    true("good" in [symbol.name for symbol in bad.symbols()], "symbols()")
    true("function" in dir(bad), "dir() does not fail")
    Path("bad.h").write_text("int good(int n);\n")
    equal(bad.good(41), 42)
