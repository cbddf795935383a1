"""A source that changes while the program runs."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import nlib

from .expect import equal, raises

FIRST = """
typedef struct pair { int a, b; } pair;
enum kind { SMALL = 1 };
int version(void) { return 1; }
int sum(pair p) { return p.a + p.b; }
int changes(int a) { return a; }
int goes(void) { return 1; }
int counter = 0;
int count(void) { return ++counter; }
"""
SECOND = """
/* The lines are others now. */
typedef struct pair { int a, b; } pair;
enum kind { SMALL = 1 };
int version(void) { return 2; }
int sum(pair p) { return 100 + p.a + p.b; }
double changes(double a) { return a / 2; }
int counter = 50;
int count(void) { return ++counter; }
int comes(void) { return 3; }
"""
THIRD = (
    SECOND.replace("int a, b;", "int a, b, c;").replace("return 2", "return 3").replace("p.a + p.b", "p.c")
)


def reload() -> None:
    source = Path("plugin.c")
    source.write_text(FIRST)
    plugin = nlib.load(source)
    version, total, changes, goes = plugin.version, plugin.sum, plugin.changes, plugin.goes
    pair = plugin.pair(1, 2)
    equal((version(), total(pair), changes(4), goes(), plugin.count(), plugin.count()), (1, 3, 4, 1, 1, 2))

    source.write_text(SECOND)
    equal(version(), 1)
    plugin.reload()
    equal((version(), plugin.version()), (2, 2))
    equal((total(pair), plugin.sum((1, 2))), (103, 103))
    equal((plugin.changes(4), plugin.comes(), plugin.count(), plugin.counter), (2.0, 3, 51, 51))
    raises(nlib.UnloadedError, lambda: changes(4), "plugin", "again")
    raises(nlib.UnloadedError, goes)
    raises(nlib.SymbolError, lambda: plugin.goes)

    source.write_text(SECOND.replace("return 2;", "return 2"))
    raises(nlib.CompileError, plugin.reload, "expected ';'")
    equal((version(), plugin.count()), (2, 52))

    source.write_text(THIRD)
    plugin.reload()
    raises(nlib.UnloadedError, lambda: total(pair))
    equal((plugin.version(), plugin.sum((1, 2, 3))), (3, 103))

    _partly(source)
    _beside(source)
    source.write_text(THIRD)
    plugin.reload()

    # A second load beside the first one, without reload.
    source.write_text(FIRST)
    other = nlib.load(source)
    equal((other.version(), plugin.version()), (1, 3))


BEFORE = """
typedef struct inner { int a; } inner;
typedef struct changing { inner *first; int a; } changing;
typedef struct holder { changing *one; } holder;
typedef struct steady { int a; struct steady *next; } steady;
enum kind { SMALL = 1 };
int version(void) { return 1; }
steady of(steady s) { s.a += 1; return s; }
enum kind kind_of(int a) { return (enum kind)a; }
int changed(changing c) { return c.a; }
int reached(holder *h) { return h->one->a; }
"""


def _partly(source: Path) -> None:
    """What does not use a type that changed goes on; what does, by whatever way, is to be taken again."""
    source.write_text(BEFORE)
    plugin = nlib.load(source)
    version, of, kind_of, changed, reached = (
        plugin.version,
        plugin.of,
        plugin.kind_of,
        plugin.changed,
        plugin.reached,
    )
    old, steady = plugin.changing(a=5), plugin.steady(a=1)
    equal((version(), of(steady).a, kind_of(1), changed(old)), (1, 2, plugin.SMALL, 5))
    equal(reached(plugin.holder(one=old)), 5)
    after = BEFORE.replace("int a; } changing", "double b; int a; } changing").replace("return 1", "return 2")
    source.write_text(after.replace("+= 1", "+= 10"))
    plugin.reload()
    equal((version(), of(steady).a, kind_of(1), type(of(steady)) is plugin.steady), (2, 11, plugin.SMALL, True))
    for function, value in ((changed, old), (reached, None)):
        raises(nlib.UnloadedError, lambda f=function, v=value: f(v), "declares it differently")  # type: ignore[misc]
    equal((old.a, plugin.changed(plugin.changing(b=1, a=6))), (5, 6))
    equal(plugin.reached(plugin.holder(one=plugin.changing(a=7))), 7)
    raises(TypeError, lambda: plugin.changed(old), "changing")


def _beside(source: Path) -> None:
    """Names are used first while another thread loads the library anew."""
    failed: list[str] = []
    code = "int a(void) {{ return {0}; }} int b(void) {{ return {0}; }} int c(void) {{ return {0}; }}"

    def use(plugin: nlib.Library, start: threading.Barrier) -> None:
        start.wait()
        try:
            for name in "abc":
                getattr(plugin, name)()
        except BaseException as error:
            failed.append(repr(error))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for number in range(0, 60, 2):
            source.write_text(code.format(number))
            plugin = nlib.load(source)
            source.write_text(code.format(number + 1))
            start = threading.Barrier(3)
            threads = [threading.Thread(target=use, args=(plugin, start)) for _ in range(2)]
            for thread in threads:
                thread.start()
            start.wait()
            plugin.reload()
            for thread in threads:
                thread.join()
            equal([plugin[name]() for name in "abc"], [number + 1] * 3)
            plugin.unload()
    finally:
        sys.setswitchinterval(interval)
    equal(failed, [])
