"""Functions, variables and constants of kit.h, typed from the header."""

from __future__ import annotations

import array
import ctypes
import inspect
import signal
from pathlib import Path

import nlib

from . import clashes
from .expect import equal, fixture, raises, true


def call() -> None:
    kit = nlib.load(fixture("kit.c"))
    _numbers(kit)
    _texts(kit)
    _enums(kit)
    _constants(kit)
    _variables(kit)
    _buffers(kit)
    _variadic(kit)
    _help(kit)
    clashes.parameters()
    _interrupted()


def _numbers(kit: nlib.Library) -> None:
    equal(kit.kit_add(2, 3), 5)
    equal(kit.kit_add(a=2, b=-3), -1)
    equal(kit.kit_max(), 2**64 - 1)
    equal(kit.kit_half(5), 2.5)
    equal(kit.kit_halff(0.5), 0.25)
    equal(kit.kit_not(True), False)
    equal(kit.kit_not(False), True)
    equal(kit.kit_square(-9), 81)
    equal(list(map(kit.kit_square, range(4))), [0, 1, 4, 9])


def _texts(kit: nlib.Library) -> None:
    equal(kit.kit_greeting(), "grüß dich")
    equal(kit.kit_length("grüß dich"), 11)
    equal(kit.kit_length(None), 0)
    equal(kit.kit_length(b"abc"), 3)
    equal(kit.kit_length(bytearray(b"abcd\0")), 4)
    pointer = nlib.raw(kit.kit_greeting)()
    equal(nlib.text(pointer), "grüß dich")
    equal(nlib.text(pointer, 3), "grü"[:2] + "\udcc3")
    equal(kit.kit_length(pointer), 11)
    raises(TypeError, lambda: kit.kit_length("a\0b"), "NUL")
    _allocated()


ALLOCATED = """
#include <stdlib.h>
#include <string.h>
void complain(int number, char **error) { *error = number < 0 ? strdup("below zero") : 0; }
void give_back(void *memory) { free(memory); }
unsigned long length(const void *memory) { return strlen(memory); }
"""


def _allocated() -> None:
    """What C wrote through a `char **` is given back as the pointer that it is, never as a copy of the text."""
    library = nlib.code(ALLOCATED)
    error = nlib.out()
    library.complain(1, error)
    equal((error.value, bool(error.memory)), (None, False))
    library.complain(-1, error)
    equal((error.value, bool(error.memory)), ("below zero", True))
    raises(TypeError, lambda: library.give_back(error.value), "memory", "of nlib.out()")
    library.give_back(error.memory)
    equal(library.length("grün"), 5)


def _enums(kit: nlib.Library) -> None:
    equal(kit.kit_next_color(kit.KIT_RED), kit.KIT_GREEN)
    equal(kit.kit_next_color("KIT_GREEN"), kit.kit_color.KIT_BLUE)
    equal(kit.kit_next_color(2).name, "KIT_BLUE")
    equal(int(kit.KIT_BLUE), 40)
    equal([color.name for color in kit.kit_color], ["KIT_RED", "KIT_GREEN", "KIT_BLUE"])
    raises(TypeError, lambda: kit.kit_next_color("KIT_PINK"), "KIT_PINK", "KIT_RED, KIT_GREEN, KIT_BLUE")


def _constants(kit: nlib.Library) -> None:
    equal(kit.KIT_VERSION, 3)
    equal(kit.KIT_BIG, 2**64 - 1)
    equal(kit.KIT_RATIO, 0.25)
    equal(kit.KIT_NAME, "kit")
    equal(kit.KIT_FLAG_A, 16)
    equal(kit.KIT_ORIGIN, kit.kit_point(1, 2))


def _variables(kit: nlib.Library) -> None:
    kit.kit_calls = 40
    kit.kit_add(1, 1)
    equal(kit.kit_calls, 41)

    def assign(name: str, value: object) -> None:
        setattr(kit, name, value)

    raises(TypeError, lambda: assign("kit_calls", "many"), "kit_calls", "int")
    raises(AttributeError, lambda: assign("kit_add", 3), "kit_add")
    _unbounded()


UNBOUNDED = """
extern const char title[]; extern const char16_t wide[]; extern const int table[]; extern int rows[][3];
extern const char *names[]; extern const int fixed[2];
"""


def _unbounded() -> None:
    """Arrays that a header declares without a length."""
    Path("unbounded.h").write_text("#include <uchar.h>\n" + UNBOUNDED)
    Path("unbounded.c").write_text(
        '#include "unbounded.h"\nconst char title[] = "grün"; const char16_t wide[] = u"ü\U0001f600";\n'
        "const int table[] = {4, 5, 6}; int rows[][3] = {{1, 2, 3}, {4, 5, 6}};\n"
        'const char *names[] = {"one", "two", 0}; const int fixed[2] = {7, 8};'
    )
    found = nlib.load("unbounded.c")
    equal((found.title, found.wide), ("grün", "ü\U0001f600"))
    equal((found.table[2], list(found.fixed), found.rows[1][2]), (6, [7, 8], 6))
    equal((found.names[1], found.names[2]), ("two", None))
    found.rows[1][2] = 60
    equal(found.rows[1][2], 60)
    raises(TypeError, lambda: setattr(found, "rows", []), "rows", "without a length")
    raises(AttributeError, lambda: setattr(found, "fixed", [1, 2]), "fixed is const")
    raises(AttributeError, lambda: setattr(found, "title", "x"), "title is const")


def _buffers(kit: nlib.Library) -> None:
    equal(kit.kit_sum([1, 2, 3.5], 3), 6.5)
    equal(kit.kit_sum(array.array("d", [1, 2, 3]), 3), 6.0)
    equal(kit.kit_sum((ctypes.c_double * 2)(0.5, 1), 2), 1.5)
    values = array.array("f", [1, 2.5, -3])
    kit.kit_double_all(values, len(values))
    equal(list(values), [2, 5, -6])
    raises(TypeError, lambda: kit.kit_double_all(array.array("d", [1]), 1), "values", "float", "'d'")
    raises(TypeError, lambda: kit.kit_double_all([1.0], 1), "nlib.array")
    raises(TypeError, lambda: kit.kit_double_all(bytes(8), 2), "read-only")
    sums = nlib.code("int sum(const int m[][3], int n) { int s = 0; while (n--) s += m[n][2]; return s; }")
    equal((sums.sum([[1, 2, 3], (4, 5, 6)], 2), sums.sum([], 0)), (9, 0))
    raises(TypeError, lambda: sums.sum([[1, 2, 3, 4]], 1), "3 values")
    quotient, remainder = nlib.outs(2)
    equal(kit.kit_divide(17, 5, quotient, remainder), True)
    equal((quotient.value, remainder.value), (3, 2))
    equal(kit.kit_divide(17, 0, quotient, remainder), False)


def _variadic(kit: nlib.Library) -> None:
    text = nlib.out(60)
    written = kit.kit_format(text, len(text), "%d, %s, %.2f, %c, %llu", -7, "grün", 1.5, ord("x"), 2**64 - 1)
    equal(text.value, "-7, grün, 1.50, x, 18446744073709551615")
    equal(written, len(text.value.encode()))
    memory = bytearray(8)
    kit.kit_format(memory, len(memory), "%ld", 2**40)
    equal(bytes(memory), b"1099511\0")
    raises(TypeError, lambda: kit.kit_format(memory, 8, "%p", object()), "...")


INTERRUPTED = """
#include <signal.h>
int runs;
int run(int number) { runs++; raise(SIGUSR1); return number; }
"""


def _interrupted() -> None:
    """What a signal's handler raises while a call runs is raised, and the call is not made again."""
    library = nlib.code(INTERRUPTED)

    def handler(*_: object) -> None:
        raise ValueError("signalled")

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        raises(ValueError, lambda: library.run(1), "signalled")
    finally:
        signal.signal(signal.SIGUSR1, before)
    equal(library.runs, 1)


def _help(kit: nlib.Library) -> None:
    true("Adds two numbers." in kit.kit_add.__doc__, kit.kit_add.__doc__)
    true(kit.kit_add.__doc__.startswith("int kit_add(int a, int b)"), kit.kit_add.__doc__)
    equal(str(inspect.signature(kit.kit_add)), "(a: int, b: int) -> int")
    true("A point in the plane." in kit.kit_point.__doc__, kit.kit_point.__doc__)
    equal(kit.kit_point.x.__doc__, "To the right.")
    true({"kit_add", "KIT_VERSION", "kit_point", "KIT_RED", "kit_calls"} <= set(dir(kit)), "dir(kit)")
