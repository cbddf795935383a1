"""What only C++ has, through thunks."""

from __future__ import annotations

import gc
from pathlib import Path

import nlib

from .expect import equal, fixture, raises, true


def cpp() -> None:
    library = nlib.load(fixture("kitpp.cpp"))
    kit = library.kit
    _overloads(library)
    _defaults_and_references(kit)
    _texts(kit)
    _classes(kit)
    _hierarchies()
    error = raises(nlib.CxxError, lambda: kit.checked(-4), "kit::checked", "value -4 is below zero")
    true(isinstance(error, nlib.Error), "one of nlib's errors")
    equal(kit.checked(4), 4)
    equal(kit.other(kit.Shape.Round), kit.Shape.Square)
    equal(kit.other("Square").name, "Round")


GEOMETRY = """
#pragma once
#include <string>
namespace geometry { inline namespace v1 {
struct Base {
    int id = 3;
    enum Mode { ON = 1, OFF };
    struct Inner { int deep = 9; int get() const { return deep; } };
    static constexpr int LIMIT = 12;
    Inner inner;
    virtual ~Base() = default;
    virtual int area() const { return 0; }
    int twice(int n) { return 2 * n; }
};
struct Named { std::string name = "named"; };
struct Box : Base, Named {
    int side;
    explicit Box(int s) : side(s) { name = "box"; }
    int area() const override { return side * side; }
    const std::string &label() const { return name; }
    int &reference() { return side; }
    int &at(int) { return side; }
    const int &at(int) const { return side; }
};
struct Pair { short a; double b; };
struct Holder { Named held; static int live; static const char *word; Holder() { live++; } ~Holder() { live--; } };
Holder *holder();
int measure(const Base &base);
int measure_pointer(const Base *base);
int name_size(const Named &named);
Box copied(Box box);
Pair pair(short a, double b = 2.5);
void bump(int &value, const double &by);
int many(int a, const char *text = "x", float real = 1.5f, int b = 3);
void calls_and_throws(void (*call)(int));
}}
"""
GEOMETRY_CODE = """
#include "geometry.hpp"
#include <stdexcept>
namespace geometry { inline namespace v1 {
int Holder::live = 0;
const char *Holder::word = "word";
Holder *holder() { static Holder one; return &one; }
int measure(const Base &base) { return base.area(); }
int measure_pointer(const Base *base) { return base->area(); }
int name_size(const Named &named) { return int(named.name.size()); }
Box copied(Box box) { box.side++; return box; }
Pair pair(short a, double b) { return Pair{a, b}; }
void bump(int &value, const double &by) { value += int(by); }
int many(int a, const char *text, float real, int b) { return a + b + (text && *text == 'x') + int(real * 10); }
void calls_and_throws(void (*call)(int)) { call(1); throw std::runtime_error("after the call"); }
}}
"""


def _hierarchies() -> None:
    Path("geometry.hpp").write_text(GEOMETRY)
    Path("geometry.cpp").write_text(GEOMETRY_CODE)
    geometry = nlib.load("geometry.cpp", flags=["-std=c++17"]).geometry
    box = geometry.Box(4)
    equal((box.area(), box.twice(5), box.id, box.side, box.label()), (16, 10, 3, 4, "box"))
    equal((geometry.measure(box), geometry.measure_pointer(box), geometry.name_size(box)), (16, 16, 3))
    equal((geometry.copied(box).area(), box.area()), (25, 16))
    box.reference()[0] = 6
    box.id = 4
    equal((box.area(), box.id, box.at(0)[0]), (36, 4, 6))
    equal(
        (geometry.Base.LIMIT, geometry.Base.ON, geometry.Base().inner.get()), (12, geometry.Base.Mode.ON, 9)
    )
    equal((geometry.pair(1), geometry.pair(1, b=3)), (geometry.Pair(1, 2.5), geometry.Pair(a=1, b=3)))
    value = nlib.inout(5)
    geometry.bump(value, 2.5)
    equal(value.value, 7)
    raises(TypeError, lambda: geometry.bump(5, 2.5), "value")
    equal((geometry.many(1), geometry.many(1, b=5), geometry.many(1, None, 0)), (20, 22, 4))
    raises(nlib.CxxError, lambda: geometry.calls_and_throws(lambda value: None), "after the call")

    _held(geometry)

    def fails(value: int) -> None:
        raise KeyError("first")

    raises(KeyError, lambda: geometry.calls_and_throws(fails), "first")


def _held(geometry: nlib.Namespace) -> None:
    """Objects are never copied byte by byte, and only those that Python made end; static variables."""
    holder, pointer = geometry.Holder(), geometry.holder()
    equal((geometry.Holder.live, holder.live, geometry.Holder.word), (2, 2, "word"))
    geometry.Holder.live, geometry.Holder.word = 5, "another " * 5
    gc.collect()
    equal((pointer.live, geometry.Holder.live, geometry.Holder.word), (5, 5, "another " * 5))
    raises(TypeError, lambda: setattr(geometry.Holder, "live", "many"), "Holder::live", "int")
    for copies in (
        lambda: setattr(holder, "held", geometry.Named()),
        lambda: pointer.__setitem__(0, holder),
        lambda: nlib.array(geometry.Holder, [holder]),
    ):
        raises(TypeError, copies, "copy constructor")
    equal(geometry.name_size(holder.held), 5)
    raises(TypeError, lambda: nlib.delete(pointer), "was not made by Python")
    raises(TypeError, lambda: nlib.delete(holder.held), "was not made by Python")
    with holder:
        pass
    raises(nlib.HandleError, lambda: holder.held, "Holder was deleted")
    raises(nlib.HandleError, lambda: geometry.Holder.live and geometry.name_size(holder), "was deleted")
    equal(geometry.Holder.live, 4)


def _overloads(library: nlib.Library) -> None:
    kit = library.kit
    equal(kit.add(1, 2), 3)
    equal(kit.add(1.5, 2.0), 3.5)
    equal(library["kit::add(double, double)"](1, 2), 3.0)
    raises(TypeError, lambda: kit.add("a", "b"), "kit::add", "int kit::add(int a, int b)")
    raises(TypeError, lambda: kit.add(1), "kit::add")
    equal(kit.add(1, 2.5), 3.5)
    both = nlib.code(
        "int mixed(int a, double b) { return 1; } int mixed(double a, int b) { return 2; }", "c++"
    )
    equal((both.mixed(1, 0.5), both.mixed(0.5, 1)), (1, 2))
    coded = nlib.code(
        "enum class Code { A, B }; enum Plain { P = 1 };\n"
        "int msg(Code) { return 1; } int msg(int) { return 2; } int msg(double) { return 3; }\n"
        "int other(long) { return 1; } int other(Plain) { return 2; }",
        "c++",
    )
    equal((coded.msg(coded.Code.B), coded.msg(1), coded.msg(coded.Plain.P)), (1, 2, 2))
    equal((coded.other(coded.Plain.P), coded.other(1)), (2, 1))
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
    equal((kit.count(b"abc"), kit.count(bytearray(b"abc"))), (3, 3))
    for cut in ("a\0b", b"a\0b", bytearray(b"a\0b")):
        error = raises(TypeError, lambda cut=cut: kit.count(cut), "text", "NUL")  # type: ignore[misc]
        true("pass bytes" not in str(error), str(error))
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
    nlib.delete(counted[0])
    equal(kit.Tally.alive(), 1)
    for use in (counted[0].__class__.next, tally.__class__.next):
        raises(nlib.HandleError, lambda use=use: use(counted[0]), "Tally was deleted")  # type: ignore[misc]
    raises(nlib.HandleError, lambda: counted[0].total(), "Tally was deleted")
    raises(nlib.HandleError, lambda: tally.next(), "Tally was deleted")
    counted.clear()
    gc.collect()
    equal(kit.Tally.alive(), 0)
    raises(TypeError, lambda: kit.Tally("seven"), "start")
    raises(AttributeError, lambda: kit.Tally().nxt, "next")
    gc.collect()
