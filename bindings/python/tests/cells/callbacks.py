"""Functions of Python's that C calls."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import os
import sys
import threading
from typing import Any

import nlib

from . import memory
from .expect import equal, fixture, raises, true


def callback() -> None:
    kit = nlib.load(fixture("kit.c"))
    points = nlib.array(kit.kit_point, [(1, 2), (3, 4), (5, 6)])
    seen: list[Any] = []

    def visit(index: int, point: Any, data: Any) -> int:
        seen.append((index, point.x, point.y, data))
        return 9 if index == 1 else 0

    equal(kit.kit_each(points, 3, visit, None), 9)
    equal(seen, [(0, 1.0, 2.0, None), (1, 3.0, 4.0, None)])
    equal(kit.kit_each([(1, 1)], 1, lambda index, point, data: int(point.x) + data.value, 41), 42)
    _kept(kit)
    _failing(kit, points)
    _explicit(kit, points)
    _filling()
    memory.functions()
    raises(TypeError, lambda: kit.kit_each(points, 3, 5, None), "visit", "function")
    error = raises(TypeError, lambda: kit.kit_each(points, 3, lambda i, p, d: "no", None), "kit_visitor", "int")
    equal(type(error), TypeError)
    error = raises(TypeError, lambda: kit.kit_visitor(print, on_error="no"), "kit_visitor", "int")
    equal(type(error), TypeError)


def _kept(kit: nlib.Library) -> None:
    """The library keeps what it was given."""
    heard: list[int] = []
    kit.kit_listen(lambda data, value: heard.append(value), None)
    gc.collect()
    kit.kit_emit(4)
    kit.kit_emit(-5)
    equal(heard, [4, -5])
    kit.kit_listen(None, None)
    kit.kit_emit(6)
    equal(heard, [4, -5])


def _failing(kit: nlib.Library, points: Any) -> None:
    """An exception comes out of the call that ran the callback."""
    indices: list[int] = []

    def fails(index: int, point: Any, data: Any) -> int:
        indices.append(index)
        if index == 1:
            raise KeyError("in the callback")
        return 0

    error = raises(KeyError, lambda: kit.kit_each(points, 3, fails, None), "in the callback")
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    true("kit_each" in frames and "fails" in frames, f"the traceback has both: {frames}")
    equal(indices, [0, 1, 2])
    equal(kit.kit_add(1, 2), 3)
    stops = kit.kit_visitor(fails, on_error=-1)
    indices.clear()
    raises(KeyError, lambda: kit.kit_each(points, 3, stops, None))
    equal(indices, [0, 1])

    def nested(index: int, point: Any, data: Any) -> int:
        raises(KeyError, lambda: kit.kit_each(points, 3, fails, None))
        return 1

    equal(kit.kit_each(points, 1, nested, None), 1)


def _explicit(kit: nlib.Library, points: Any) -> None:
    visitor = kit.kit_visitor(lambda index, point, data: index + 10)
    equal(kit.kit_each(points, 3, visitor, None), 10)
    raises(TypeError, lambda: kit.kit_listen(visitor, None), "kit_listener")


FILLING = """
#include <string.h>
typedef int (*reader)(void *from, char *data, int size);
typedef int (*editor)(char *text, const char *with);
int read_all(reader read, char *into) {
    char piece[4];
    int all = 0, n;
    memset(piece, 'x', sizeof piece);
    while ((n = read(0, piece, 4)) > 0) { memcpy(into + all, piece, n); all += n; }
    return all;
}
int edit(editor edits) { char text[8] = "tint"; return edits(text, "o") * 1000 + text[1]; }
"""


def _filling() -> None:
    """A `char *` of a callback is memory that it fills; a `const char *` is text."""
    library = nlib.code(FILLING)
    source = io.BytesIO("grün!".encode())

    def read(_: Any, data: Any, size: int) -> int:
        piece = source.read(size)
        ctypes.memmove(data, piece, len(piece))
        return len(piece)

    into = bytearray(6)
    equal((library.read_all(read, into), bytes(into)), (6, "grün!".encode()))
    source.seek(0)

    def read_through_view(_: Any, data: Any, size: int) -> int:
        return source.readinto(nlib.view(data, size))

    equal((library.read_all(read_through_view, into), bytes(into)), (6, "grün!".encode()))

    def edits(text: Any, letter: str) -> int:
        before = nlib.text(text)
        text[1] = letter
        return len(before or "")

    equal(library.edit(edits), 4000 + ord("o"))


def callback_thread() -> None:
    kit = nlib.load(fixture("kit.c"))
    heard: list[Any] = []
    kit.kit_on_thread(lambda data, value: heard.append((value, threading.get_ident())), None, 7)
    equal(heard[0][0], 7)
    true(heard[0][1] != threading.get_ident(), "it ran on another thread")

    def fails(data: Any, value: int) -> None:
        raise ValueError(f"{value} on a thread of C's")

    raises(ValueError, lambda: kit.kit_on_thread(fails, None, 8), "8 on a thread")
    _several()
    equal(kit.kit_add(1, 2), 3)

    # Nobody waits for this one: a thread that runs on after its call has returned.
    text = """
    #include <pthread.h>
    #include <unistd.h>
    typedef void (*listener)(int value);
    static int gate;
    static void *run(void *listen) {
        char byte;
        if (read(gate, &byte, 1) == 1) ((listener)listen)(5);
        return 0;
    }
    void start(listener listen, int fd) {
        pthread_t thread;
        gate = fd;
        pthread_create(&thread, 0, run, (void *)listen);
        pthread_detach(thread);
    }
    """
    late = nlib.code(text)
    told = threading.Event()
    lost: list[Any] = []

    def hook(unraisable: Any) -> None:
        lost.append(unraisable.exc_value)
        told.set()

    def raises_late(value: int) -> None:
        raise OSError(f"late {value}")

    before, sys.unraisablehook = sys.unraisablehook, hook
    try:
        read, write = os.pipe()
        late.start(raises_late, read)
        os.write(write, b"!")
        told.wait()
    finally:
        sys.unraisablehook = before
    equal([str(error) for error in lost], ["late 5"])


SEVERAL = """
#include <pthread.h>
typedef int (*counted)(int number);
static counted call;
static void *run(void *data) { for (int i = 0; i < 3; i++) call(i); return data; }
int beside(counted c) { pthread_t t; call = c; pthread_create(&t, 0, run, 0); return pthread_join(t, 0); }
"""


def _several() -> None:
    """The first failure is raised by the call, the others are shown as Python shows what it cannot raise."""
    library = nlib.code(SEVERAL, flags=["-pthread"])

    def counted(number: int) -> int:
        raise KeyError(f"number {number}")

    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        raises(KeyError, lambda: library.beside(counted), "number 0")
    found = shown.getvalue()
    equal([f"number {n}" in found for n in range(3)], [False, True, True])
    true("after another" in found and "in counted" in found and "TypeError" not in found, found)
    equal(library.beside(lambda number: number), 0)

    before, lost = sys.unraisablehook, io.StringIO()
    sys.unraisablehook = lambda unraisable: print(unraisable.err_msg, file=lost) or before(unraisable)
    try:
        with contextlib.redirect_stderr(lost):
            raises(KeyError, lambda: library.beside(counted), "number 0")
    finally:
        sys.unraisablehook = before
    equal((lost.getvalue().count("KeyError: "), "TypeError" in lost.getvalue()), (2, False))
