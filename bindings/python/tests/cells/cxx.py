"""What only C++ has, through thunks."""

from __future__ import annotations

import gc

import nlib

from .expect import equal, fixture, raises, true


def cpp() -> None:
    library = nlib.load(fixture("kitpp.cpp"))
    kit = library.kit
    _overloads(library)
    _defaults_and_references(kit)
    _texts(kit)
    _classes(kit)
    error = raises(nlib.CxxError, lambda: kit.checked(-4), "kit::checked", "value -4 is below zero")
    true(isinstance(error, nlib.Error), "one of nlib's errors")
    equal(kit.checked(4), 4)
    equal(kit.other(kit.Shape.Round), kit.Shape.Square)
    equal(kit.other("Square").name, "Round")


def _overloads(library: nlib.Library) -> None:
    kit = library.kit
    equal(kit.add(1, 2), 3)
    equal(kit.add(1.5, 2.0), 3.5)
    equal(library["kit::add(double, double)"](1, 2), 3.0)
    raises(TypeError, lambda: kit.add("a", "b"), "kit::add", "int kit::add(int a, int b)")
    raises(TypeError, lambda: kit.add(1), "kit::add")
    equal(kit.add(1, 2.5), 3.5)
    both = nlib.code("int mixed(int a, double b) { return 1; } int mixed(double a, int b) { return 2; }", "c++")
    equal((both.mixed(1, 0.5), both.mixed(0.5, 1)), (1, 2))
    error = raises(nlib.AmbiguousError, lambda: both.mixed(1, 1), "int mixed(double a, int b)")
    equal(len(error.near), 2)
    equal(both["mixed(double, int)"](1, 1), 2)


def _defaults_and_references(kit: nlib.Namespace) -> None:
    equal(kit.area(), 6.0)
    equal(kit.area(kit.Size(4, 5)), 20.0)
    equal(kit.area(kit.Size(4, 5), 2), 40.0)
    equal(kit.area((4, 5), scale=3), 60.0)
    raises(TypeError, lambda: kit.area(scale=2), "size")
    size = kit.Size(1, 2)
    kit.grow(size, 10)
    equal((size.width, size.height), (11.0, 12.0))
    raises(TypeError, lambda: kit.grow(None, 1), "size")
    large = kit.scaled(size, 2)
    equal((large.width, large.height, size.width), (22.0, 24.0, 11.0))
    equal(kit.Size(width=3, height=4).height, 4.0)


def _texts(kit: nlib.Namespace) -> None:
    equal(kit.greet("Jürgen"), "hello Jürgen")
    equal(kit.greet("you", 2), "hello you, hello you")
    equal(kit.greet(name="you", times=0), "")
    equal(kit.count("grüß"), 6)
    raises(TypeError, lambda: kit.greet(None), "name")


def _classes(kit: nlib.Namespace) -> None:
    equal(kit.Tally.alive(), 0)
    with kit.Tally(40) as tally:
        equal(kit.Tally.alive(), 1)
        equal((tally.next(), tally.next()), (41, 42))
        equal((tally.total(), tally.label()), (42, "tally 42"))
    equal(kit.Tally.alive(), 0)
    counted = [kit.Tally(), kit.Tally(start=7)]
    equal((kit.Tally.alive(), counted[1].total()), (2, 7))
    nlib.delete(counted[0])
    equal(kit.Tally.alive(), 1)
    counted.clear()
    gc.collect()
    equal(kit.Tally.alive(), 0)
    raises(TypeError, lambda: kit.Tally("seven"), "start")
    raises(AttributeError, lambda: kit.Tally().nxt, "next")
    gc.collect()
