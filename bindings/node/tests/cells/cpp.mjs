// C++: what has no C form is called through thunks.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { AmbiguousError, HandleError, NativeException, load, plain } from "nlib";
import { collect, loadKitpp } from "./fixtures.mjs";

export async function cpp() {
    const library = loadKitpp();
    const { kit } = library;

    // Overloads by the arguments, or by name.
    assert.equal(kit.add(1, 2), 3);
    assert.equal(kit.add(1.5, 2), 3.5);
    assert.equal(kit.add.overload("double, double")(1, 2), 3);
    assert.throws(() => kit.add("1", 2), /no overload takes \("1", 2\)[^]*int kit::add\(int a, int b\)/);
    assert.equal(library.get("kit::add")(2, 2), 4);

    // Defaults, references, classes by value.
    assert.equal(kit.area(), 6);
    assert.equal(kit.area({ width: 3, height: 4 }), 12);
    assert.equal(kit.area(new kit.Size(3, 4), 0.5), 6);
    const size = new kit.Size(1, 2);
    kit.grow(size, 0.5);
    assert.deepEqual(plain(size), { width: 1.5, height: 2.5 });
    assert.deepEqual(kit.scaled(size, 2), { width: 3, height: 5 });
    assert.deepEqual(plain(new kit.Size()), { width: 0, height: 0 });
    assert.throws(() => kit.grow(null, 1), /never null/);

    // std::string both ways.
    assert.equal(kit.greet("Jürgen"), "hello Jürgen");
    assert.equal(kit.greet("you", 2), "hello you, hello you");
    assert.equal(kit.count("äh"), 3);
    assert.equal(kit.count(Buffer.from("äh")), 3);
    for (const given of ["a\0b", Buffer.from("a\0b")])
        assert.throws(() => kit.greet(given, 1), /argument 1 \(name\) .* NUL.*ends at the first/);

    // An exception is an error here.
    assert.equal(kit.checked(3), 3);
    const error = captured(() => kit.checked(-1));
    assert(error instanceof NativeException);
    assert.match(error.message, /kit::checked.*value -1 is below zero/);
    await assert.rejects(kit.checked.async(-2), NativeException);

    // A scoped enumeration.
    assert.equal(kit.other(kit.Shape.Round), kit.Shape.Square);
    assert.equal(kit.other("Square"), 1);

    objects(kit);
    await forgotten(kit);
    library.unload();
    await parts();
}

function captured(run) {
    try {
        run();
    } catch (error) {
        return error;
    }
    return null;
}

/** Constructor, methods, static methods, destructor. */
function objects(kit) {
    const before = kit.Tally.alive();
    const tally = new kit.Tally(3);
    assert.equal(kit.Tally.alive(), before + 1);
    assert.equal(tally.next(), 4);
    assert.equal(tally.total(), 4);
    assert.equal(tally.label(), "tally 4");
    assert.equal(new kit.Tally().total(), 0);
    tally.delete();
    tally.delete();
    assert.throws(() => tally.next(), HandleError);
    const scoped = new kit.Tally(1);
    scoped[Symbol.dispose ?? Symbol.for("Symbol.dispose")]();
    assert.throws(() => scoped.total(), HandleError);
    assert.throws(() => kit.Tally.prototype.next.call({}), TypeError);
    assert.throws(() => new kit.Tally("three"), /argument 1 \(start\)/);
}

/** An object that nobody has any more is ended when the garbage collector sees it. */
async function forgotten(kit) {
    const before = kit.Tally.alive();
    for (let index = 0; index < 100; index++) new kit.Tally(index);
    while (kit.Tally.alive() > before) await collect();
}

const PARTS = `
#pragma once
#include <string>
struct Part {
    int number = 7;
    static inline int count = 0;
    static int alive() { return count; }
    Part() { count++; }
    ~Part() { count--, number = 0; }
    int get() const { return number; }
};
struct Whole { Part part; Part parts[2]; int numbers[2] = {1, 2}; };
struct Slot { Part *part; };
typedef void (*told)(int);
void tell(told call);
std::string text(told call);
Whole made(told call);
`;

const PARTS_SOURCE = `
#include "parts.hpp"
#include <stdexcept>
void tell(told call) { call(1); throw std::runtime_error("after it"); }
std::string text(told call) { call(2); return "made"; }
Whole made(told call) { call(3); return Whole(); }
`;

/** What is a part of an object keeps it; what a callback threw is not lost when C++ throws after it. */
async function parts() {
    writeFileSync("parts.hpp", PARTS);
    writeFileSync("parts.cpp", PARTS_SOURCE);
    const library = await load({ source: "parts.cpp" });
    const { Part, Whole, Slot } = library;
    const held = [new Whole().part, new Whole().parts, new Whole().numbers].map((part) => ({ part }));
    const slot = new Slot();
    slot.part = new Part();
    for (let round = 0; round < 5; round++) await collect();
    assert.equal(Part.alive(), 3 * 3 + 1);
    assert.equal(held[0].part.get(), 7);
    assert.deepEqual([held[1].part[1].get(), ...held[2].part], [7, 1, 2]);
    assert.equal(slot.part.get(), 7);
    held.length = 0;
    slot.part = null;
    while (Part.alive() > 0) await collect();
    const whole = new Whole();
    const { part, parts } = whole;
    assert.throws(() => part.delete(), { code: "ERR_NLIB_HANDLE", message: /a part of another/ });
    whole.delete();
    for (const use of [() => part.get(), () => part.number, () => parts[0]]) assert.throws(use, HandleError);

    const broken = new RangeError("broken");
    const fail = () => {
        throw broken;
    };
    const error = captured(() => library.tell(fail));
    assert.equal(error, broken);
    assert(error.cause instanceof NativeException);
    assert.match(error.cause.message, /after it/);
    await assert.rejects(library.tell.async(fail), broken);
    assert.equal(
        captured(() => library.tell(() => {
            throw "text";
        })),
        "text",
    );
    assert.throws(() => library.text(fail), broken);
    assert.throws(() => library.made(fail), broken);
    while (Part.alive() > 0) await collect();
    library.unload();
}

const HEADER = `
#include <cstdint>
#include <string>
namespace shapes {
struct Base {
    int kind = 1;
    int doubled() const { return 2 * kind; }
    virtual ~Base() = default;
    virtual int area() const { return 0; }
};
struct Other {
    float weight = 0.5f;
    float heavier() const { return 2 * weight; }
};
struct Square : Base, Other {
    int side;
    explicit Square(int side) : side(side) { kind = 2; }
    int area() const override { return side * side; }
    int &edge() { return side; }
    Square operator+(const Square &other) const { return Square(side + other.side); }
};
int area_of(const Base &base);
float weight_of(const Other &other);
int pick(std::int64_t number);
int pick(float number);
int pick(const std::string &text);
int pick(const Base &base);
int meet(float a, double b);
int meet(double a, float b);
template <typename T> struct Box {
    T held;
    T get() const { return held; }
};
using IntBox = Box<int>;
IntBox box(int value);
Other heavy(float weight);
extern int counted;
constexpr int limit = 12;
}
`;

const SOURCE = `
#include "shapes.hpp"
namespace shapes {
int area_of(const Base &base) { return base.area(); }
float weight_of(const Other &other) { return other.weight; }
int pick(std::int64_t) { return 64; }
int pick(float) { return 32; }
int pick(const std::string &text) { return static_cast<int>(text.size()); }
int pick(const Base &base) { return -base.area(); }
int meet(float, double) { return 1; }
int meet(double, float) { return 2; }
IntBox box(int value) { return {value}; }
Other heavy(float weight) { return {weight}; }
int counted = 3;
}
`;

/** Base classes, overloads of several kinds, references to numbers, operators, templates. */
export async function overloads() {
    writeFileSync("shapes.hpp", HEADER);
    writeFileSync("shapes.cpp", SOURCE);
    const { shapes } = await load({ source: "shapes.cpp" });
    const square = new shapes.Square(4);
    assert(square instanceof shapes.Base);
    assert.deepEqual([square.kind, square.side, square.weight], [2, 4, 0.5]);
    assert.deepEqual([square.area(), square.doubled(), square.heavier()], [16, 4, 1]);
    // The second base lies somewhere else in the object.
    square.weight = 3;
    assert.deepEqual([shapes.area_of(square), shapes.weight_of(square)], [16, 3]);

    const edge = square.edge();
    edge.value = 5;
    assert.equal(square.side, 5);
    const sum = square["operator+"](square);
    assert.equal(sum.area(), 100);

    assert.equal(shapes.pick(1.5), 32);
    assert.equal(shapes.pick(10n), 64);
    assert.equal(shapes.pick("four"), 4);
    assert.equal(shapes.pick(square), -25);
    const ambiguous = captured(() => shapes.meet(1.5, 1.5));
    assert(ambiguous instanceof AmbiguousError);
    assert.equal(ambiguous.near.length, 2);
    assert.equal(shapes.meet.overload("double, float")(1, 1), 2);

    const box = shapes.box(7);
    assert.equal(box.held, 7);
    // One with methods that comes by value has them.
    const heavy = shapes.heavy(3);
    assert(heavy instanceof shapes.Other);
    assert.equal(heavy.heavier(), 6);
    assert.equal(shapes.counted, 3);
    shapes.counted = 5;
    assert.equal(shapes.counted, 5);
    assert.equal(shapes.limit, 12);
    for (const object of [square, sum]) object.delete();
}
