// C++: what has no C form is called through thunks.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { AmbiguousError, HandleError, NativeException, load, plain } from "nlib";
import { loadKitpp } from "./fixtures.mjs";

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
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    const before = kit.Tally.alive();
    for (let index = 0; index < 100; index++) new kit.Tally(index);
    while (kit.Tally.alive() > before) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
    }
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
