"""The end of a library."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import warnings
from typing import Any

import nlib

from .expect import equal, fixture, raises, true

ENDING = """
typedef void (*told)(int value);
static told last;
static int value = 3;
void when_it_ends(told tell) { last = tell; }
int get(void) { return value; }
__attribute__((destructor)) static void end(void) { if (last) last(value); }
"""


def unload() -> None:
    ended: list[int] = []
    library = nlib.code(ENDING, name="ending")
    library.when_it_ends(ended.append)
    library.unload()
    equal(ended, [3])
    with nlib.code(ENDING, name="ending") as again:
        again.when_it_ends(ended.append)
        equal(again.get(), 3)
    equal(ended, [3, 3])

    def fails(value: int) -> None:
        raise KeyError("at the end")

    failing = nlib.code(ENDING, name="ending")
    failing.when_it_ends(fails)
    raises(KeyError, failing.unload, "at the end")
    raises(nlib.UnloadedError, failing.unload)
    _twice()


def _twice() -> None:
    """What was loaded twice stays until both are done."""
    first, second = nlib.load(fixture("kit.c")), nlib.load(fixture("kit.c"))
    raises(nlib.InUseError, first.unload, "kit")
    equal(first.kit_add(1, 2), 3)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        with first:
            pass
    true([w.category for w in found] == [nlib.StillLoadedWarning], f"{found}")
    raises(nlib.UnloadedError, lambda: first.kit_add)
    equal(second.kit_add(1, 2), 3)
    second.unload()


def after_unload() -> None:
    kit = nlib.load(fixture("kit.c"))
    add, point, each, raw = kit.kit_add, kit.kit_point(1, 2), kit.kit_each, nlib.raw(kit.kit_greeting)
    by_address = kit.function("kit_add", ctypes.c_int, ctypes.c_int, ctypes.c_int)
    equal((add(1, 2), by_address(1, 2)), (3, 3))
    kit.unload()
    for use in (
        lambda: add(1, 2),
        lambda: by_address(1, 2),
        lambda: each([], 0, lambda *_: 0, None),
        raw,
        lambda: kit.kit_add,
        lambda: kit["kit_add"],
        lambda: kit.kit_calls,
        lambda: setattr(kit, "kit_calls", 1),
        lambda: kit.address("kit_add"),
        lambda: kit.function("kit_add", None),
        kit.symbols,
        kit.reload,
        kit.declarations,
        kit.unload,
    ):
        raises(nlib.UnloadedError, use, "kit", "load it again")
    equal((point.x, kit.name, kit.loaded, repr(kit)), (1.0, "kit", False, "<library kit, unloaded>"))
    kit.release()
    equal(nlib.load(fixture("kit.c")).kit_add(1, 2), 3)

    library = nlib.load(fixture("kitpp.cpp"))
    tally = library.kit.Tally(1)
    method = tally.next
    library.unload()
    raises(nlib.UnloadedError, method)
    lost: list[Any] = []
    before, sys.unraisablehook = sys.unraisablehook, lost.append
    del tally, method  # Its destructor is gone, and is not called.
    gc.collect()
    sys.unraisablehook = before
    equal(lost, [])


def unload_in_callback() -> None:
    kit = nlib.load(fixture("kit.c"))
    refused: list[Any] = []

    def visit(index: int, point: Any, data: Any) -> int:
        refused.append(raises(nlib.InUseError, kit.unload, "kit_each"))
        return index + 5

    equal(kit.kit_each(nlib.array(kit.kit_point, 1), 1, visit, None), 5)
    equal(len(refused), 1)

    # On a thread of C's, and while another thread of Python's is within a call.
    def heard(data: Any, value: int) -> None:
        refused.append(raises(nlib.InUseError, kit.unload, "kit_on_thread"))

    kit.kit_on_thread(heard, None, 1)
    inside, go = threading.Event(), threading.Event()

    def waits(index: int, point: Any, data: Any) -> int:
        inside.set()
        go.wait()
        return 1

    thread = threading.Thread(
        target=lambda: kit.kit_each(nlib.array(kit.kit_point, 1), 1, waits, None), name="other"
    )
    thread.start()
    inside.wait()
    raises(nlib.InUseError, kit.unload, "kit_each", "other")
    equal(kit.kit_add(1, 2), 3)
    go.set()
    thread.join()
    equal(len(refused), 2)
    kit.unload()
    raises(nlib.UnloadedError, lambda: kit.kit_add)
