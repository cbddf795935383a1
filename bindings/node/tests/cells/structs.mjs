// Structures: by value, by pointer, with everything that C puts in them.

import loose from "node:assert";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { HandleError, TypeNotSupportedError, addressOf, allocate, cast, load, loadSync, plain, ref, sizeOf } from "nlib";
import { loadKit, reuse } from "./fixtures.mjs";

export async function struct() {
    const kit = loadKit();
    values(kit);
    byPointer(kit);
    packet(kit);
    arrays(kit);
    objects(kit);
    await texts();
    unions();
    cycles();
    signs();
    names();
}

/** Texts that a record was given live as long as they are in it, wherever they came from. */
async function texts() {
    const code = `
        typedef struct { const char *text, *other; int number; } inner;
        typedef struct { inner inner; inner many[2]; const char *names[2]; int numbers[2]; inner *to; } outer;
        const char *text(const outer *given) { return given->inner.text; }
        const char *other(const outer *given) { return given->inner.other; }
        const char *many(const outer *given) { return given->many[1].text; }
        const char *named(const outer *given) { return given->names[1]; }
        const char *to(const outer *given) { return given->to->text; }
        const char *item(const inner *given, int index) { return given[index].text; }`;
    const library = await load({ code, name: "texts.c" });
    const { inner: Inner, outer: Outer, item } = library;
    const long = (letter) => letter.repeat(250);
    const given = new Outer();
    const items = allocate(Inner, 3);
    (() => {
        const source = new Inner({ text: long("a"), other: long("b") });
        given.inner = source;
        given.many = [{}, new Inner({ text: long("c") })];
        given.names = new Outer({ names: ["", long("d")] }).names;
        given.to = new Inner({ text: long("e") });
        items[0] = source;
        items[1] = items[0];
        items[2] = given.many[1];
        // What the source holds later is its own.
        source.text = source.other = "";
        items[0] = {};
    })();
    const shown = () => ["text", "other", "many", "named", "to"].map((each) => library[each](given)[0]).join("");
    await reuse(251);
    assert.equal(shown(), "abcde");
    assert.equal(item(items, 1)[0] + item(items, 2)[0], "ac");

    // One field of a structure that was assigned as a whole, and one that cannot be assigned.
    given.inner = { text: long("f"), other: long("g") };
    given.inner.text = "h";
    const made = new Inner({ text: long("i"), other: long("j") });
    made.text = "k";
    assert.throws(() => (given.many[1] = { text: long("l"), number: "none" }), /\.number/);
    given.names = given.names;
    given.numbers = [1, 2];
    given.numbers = given.numbers;
    await reuse(251);
    assert.equal(shown(), "hglde");
    assert.equal(made.other, long("j"));
    assert.deepEqual([...given.numbers], [1, 2]);
    library.unload();
}

/** What a union holds may be no pointer: a text in one is read when it is asked for. */
function unions() {
    const code = `
        typedef struct {
            int kind;
            union { int number; double real; const char *text; struct { const char *name; int size; } item; };
        } value;
        typedef union { float real; int number; struct { short low, high; int rest; } parts; } mixed;
        value made(double real) { value result = {1, .real = real}; return result; }
        double real(value given) { return given.real; }
        const char *text(const value *given) { return given->text; }
        void assign(value *given, double real) { given->real = real; }
        mixed filled(int with) { mixed result; __builtin_memset(&result, with, sizeof result); return result; }
        int number(mixed given) { return given.number; }`;
    const library = loadSync({ code, name: "unions.c" });
    const { value: Value } = library;
    const held = new Value({ kind: 1, real: 2.5 });
    const { text, item, ...others } = held;
    assert.deepEqual(others, { kind: 1, number: 0, real: 2.5 });
    assert.equal(text.address, 0x4004000000000000n);
    assert.equal(item.name.address, text.address);
    assert.deepEqual(held, new Value({ kind: 1, real: 2.5 }));
    assert.match(inspect(held), /real: 2\.5,\s+text: \[char \* 0x4004/);
    const object = { kind: 1, real: 0 };
    library.assign(object, 2.5);
    assert.equal(object.text.address, text.address);

    held.text = "größer";
    assert.equal(held.text.text(), "größer");
    held.item = { name: "nested" };
    assert.equal(held.item.name.text(), "nested");
    assert.equal(library.text(held), "nested");
    held.text = null;
    assert.equal(held.text, null);

    // A copy of one has all members, and may be given again, whichever of them was set.
    assert.equal(library.real(library.made(2.5)), 2.5);
    for (const byte of [0, 65, 255]) {
        const number = new Int32Array(new Uint8Array(4).fill(byte).buffer)[0];
        assert.equal(library.number(library.filled(byte)), number);
    }
    assert.equal(library.real({ number: 0, real: 2.5 }), 2.5);
    assert.throws(() => library.real({ number: 1, real: 2.5 }), /\.number and \.real are of one union/);
    library.unload();
}

/** Records that point to each other are shown as deep as asked for, and each within itself once. */
function cycles() {
    const code = "typedef struct node { struct node *next, *previous, *many[2]; int number; } node;";
    const library = loadSync({ code, name: "cycles.c" });
    const [first, second] = [new library.node({ number: 1 }), new library.node({ number: 2 })];
    Object.assign(first, { next: second, previous: second, many: [second, second] });
    Object.assign(second, { next: first, previous: first, many: [first, first] });
    const deep = (depth) => inspect(first, { depth }).match(/node \{/g)?.length ?? 0;
    assert.deepEqual([deep(-1), deep(0), deep(1)], [0, 1, 3]);
    assert.equal(deep(null), 5);
    assert.match(inspect(first, { depth: 0 }), /next: \[node 0x[^]*many: \[Array\],\s+number: 1/);
    assert.match(inspect(first.many, { depth: 0 }), /^\[ \[node 0x\w+\], \[node 0x\w+\] \]$/);
    library.unload();
}

/** Addresses that are signs, and no memory: they are passed on and compared, but not looked at. */
function signs() {
    const code = `
        typedef struct { struct { int x; } inner; int many[2]; const char *text; } thing;
        typedef struct hidden hidden;
        thing *sign(long number) { return (thing *)number; }
        hidden *hide(long number) { return (hidden *)number; }
        long number(const thing *given) { return (long)given; }
        int *item(long number) { return (int *)number; }`;
    const library = loadSync({ code, name: "signs.c" });
    for (const number of [8, -1, -4096, 0x3fff]) {
        const sign = library.sign(number);
        assert.equal(library.number(sign), number);
        assert.equal(addressOf(sign), BigInt.asUintN(64, BigInt(number)));
        assert.match(inspect({ sign, hidden: library.hide(number) }), /sign: \[thing 0x[^]*hidden: \[hidden 0x/);
        const again = cast(BigInt(number), library.thing);
        assert.equal(library.number(again), number);
        const pointer = library.item(number);
        const uses = [
            () => sign.text,
            () => (sign.text = "x"),
            () => sign.inner.x,
            () => sign.many,
            () => plain(sign),
            () => pointer.value,
            () => pointer.array(2),
            () => pointer.bytes(2),
            () => pointer.text(),
        ];
        for (const use of uses)
            assert.throws(use, (error) => error instanceof HandleError && /at the address 0x/.test(error.message));
    }
    assert.throws(() => cast(2n ** 64n, "int"), RangeError);

    // Pointers are the same when their addresses are.
    assert.deepEqual(library.item(4096), library.item(4096));
    assert.notDeepEqual(library.item(4096), library.item(8192));
    loose.notDeepEqual(library.item(4096), library.item(8192));
    library.unload();
}

/** A field may have any name. */
function names() {
    const code = `
        typedef struct { int __proto__, x; } odd;
        odd more(odd given) { given.__proto__++; return given; }
        void nine(odd *given) { given->__proto__ = 9; }`;
    const library = loadSync({ code, name: "names.c" });
    const odd = JSON.parse('{ "__proto__": 4, "x": 2 }');
    const own = (object) => JSON.stringify(object);
    assert.equal(own(library.more(odd)), '{"__proto__":5,"x":2}');
    assert.equal(own(plain(new library.odd(odd))), '{"__proto__":4,"x":2}');
    library.nine(odd);
    assert.equal(own(odd), '{"__proto__":9,"x":2}');
    library.unload();
}

/** What `new` made is like any object with such properties; a name that is no field is refused. */
function objects(kit) {
    const { kit_point: Point, kit_packet: Packet } = kit;
    assert.deepEqual(new Point({ x: 3 }), new Point({ x: 3 }));
    assert.notDeepEqual(new Point({ x: 3 }), new Point({ x: 4 }));
    loose.notDeepEqual(new Point({ x: 3 }), new Point({ x: 4 }));
    loose.notDeepEqual(new Packet({ corner: { x: 1 } }), new Packet({ corner: { x: 2 } }));
    loose.notDeepEqual(new Packet({ samples: [1] }), new Packet({ samples: [2] }));
    const point = new Point({ x: 3, y: 1 });
    assert.deepEqual({ ...point }, { x: 3, y: 1 });
    assert.deepEqual(Object.keys(new Packet().corner), ["x", "y"]);
    assert.deepEqual(Object.entries(allocate("const char *", 2)), [
        ["0", null],
        ["1", null],
    ]);
    const wrong = {
        code: "ERR_NLIB_ARGUMENT_TYPE",
        message: /kit_packet has no field 'corne'; did you mean 'corner'\?/,
    };
    assert.throws(() => (new Packet().corne = { x: 1 }), wrong);
    assert.throws(() => (allocate(Point, 1)[0].z = 1), /kit_point has no field 'z'; there are x, y/);
    assert.throws(() => (cast(addressOf(point), Point).xx = 1), /did you mean 'x'/);
}

function values(kit) {
    assert.deepEqual(kit.kit_mid({ x: 0, y: 0 }, { x: 2, y: 4 }), { x: 1, y: 2 });
    const point = new kit.kit_point({ x: 1, y: 3 });
    assert.deepEqual(kit.kit_mid(point, { x: 3 }), { x: 2, y: 1.5 });
    assert.equal(sizeOf(kit.kit_point), 16);
    assert.throws(() => kit.kit_mid({ x: 0, z: 0 }, point), /no field 'z'; kit_point has x, y/);
}

function byPointer(kit) {
    const point = new kit.kit_point();
    kit.kit_move(point, 1.5, 2);
    kit.kit_move(point, 1, 1);
    assert.deepEqual(plain(point), { x: 2.5, y: 3 });
    point.x = 10;
    kit.kit_move(point, 1, 0);
    assert.equal(point.x, 11);
    assert.throws(() => (point.x = "far"), /kit_point.x has to be a number/);

    // A plain object is copied in and out.
    const object = { x: 1, y: 1 };
    kit.kit_move(object, 2, 3);
    assert.deepEqual(object, { x: 3, y: 4 });
    const out = ref();
    kit.kit_move(out, 5, 6);
    assert.deepEqual(out.value, { x: 5, y: 6 });

    const again = cast(addressOf(point), kit.kit_point);
    assert(again instanceof kit.kit_point);
    again.y = -1;
    assert.equal(point.y, -1);
    assert.equal(JSON.stringify(point), '{"x":11,"y":-1}');
    assert.equal(inspect(point), "kit_point { x: 11, y: -1 }");
}

function packet(kit) {
    const packet = new kit.kit_packet();
    kit.kit_fill(packet);
    assert.deepEqual([packet.tag, packet.low, packet.high], [7, 5, 4097]);
    assert.deepEqual([...packet.samples], [1, -2, 3, -4]);
    assert.deepEqual([packet.corner.x, packet.corner.y], [0.5, 1.5]);
    assert.deepEqual([packet.style.color, packet.style.label], [kit.KIT_BLUE, "edge"]);

    // Members of the union share their bytes.
    assert.equal(packet.number, 42);
    packet.real = 1.5;
    assert.equal(packet.number, 0x3fc00000);
    packet.number = 42;

    const sum = 7 + 5 + 4097 + 42 - 2 + 2 + 40;
    assert.equal(kit.kit_packet_sum(packet), sum);
    packet.high = 0x1fff;
    packet.low = 0;
    assert.deepEqual([packet.tag, packet.low, packet.high], [7, 0, 0x1fff]);
    assert.throws(() => (packet.low = 8), RangeError);
    packet.samples[3] = 100;
    packet.corner.x = 2.5;
    packet.style.color = "KIT_RED";
    packet.style.label = "neu";
    assert.equal(packet.style.label, "neu");
    assert.equal(kit.kit_packet_sum(packet), 7 + 0x1fff + 42 + 102 + 4 + 1);

    // A copy is a plain object, which may be given again as it is.
    const copy = plain(packet);
    assert.deepEqual(copy.corner, { x: 2.5, y: 1.5 });
    assert.equal(kit.kit_packet_sum(copy), kit.kit_packet_sum(packet));
    copy.real = 7;
    assert.throws(() => kit.kit_packet_sum(copy), /\.real and \.number are of one union/);
    assert.equal(kit.kit_packet_sum({ samples: [1, 2], corner: { x: 1 }, real: 0, style: { color: 2 } }), 6);
    assert.throws(() => kit.kit_packet_sum({ samples: [1, 2, 3, 4, 5] }), /\.samples has 5 items; .* holds 4/);
}

function arrays(kit) {
    const points = allocate(kit.kit_point, 3);
    points[1].x = 4;
    points[2] = { x: 1, y: 2 };
    assert.deepEqual(points.map(plain), [
        { x: 0, y: 0 },
        { x: 4, y: 0 },
        { x: 1, y: 2 },
    ]);
    let sum = 0;
    kit.kit_each(points, points.length, (_, point) => ((sum += point.x + point.y), 0), null);
    assert.equal(sum, 7);
    assert.equal(
        kit.kit_each([{ x: 1 }, points[2]], 2, (index, point) => (point.y === 2 ? index : 0), null),
        1,
    );
    assert.throws(() => (points[3] = { x: 1 }), RangeError);
}

const VALUES = `
#include <wchar.h>
typedef struct { unsigned low : 4; int high : 12; long long wide : 40; _Bool flag : 1; } bits;
typedef union { int number; float real; const char *text; } choice;
typedef struct { choice choice; char name[8]; float numbers[3]; } holder;
typedef struct { const double ratio; struct { short x, y; }; const int *fixed; struct { int z; } deep[1]; } layered;
bits negated(bits given) { given.high = -given.high; given.wide = -given.wide; given.flag = !given.flag; return given; }
holder doubled(holder given) { given.choice.number *= 2; given.numbers[2] *= 2; return given; }
long double precise(long double given) { return given; }
const int table[3] = {1, 2, 3};
const layered constant = {0.5, {3, 4}, table};
const layered *look(void) { return &constant; }
int wide_text(const wchar_t *text) { int count = 0; while (text[count]) count++; return count; }
`;

/** What koffi cannot pass by value goes through a thunk; what is constant stays as it is; what has no form says so. */
export async function byValue() {
    const library = await load({ code: VALUES, name: "values.c" });
    const given = { low: 9, high: -100, wide: 2 ** 38, flag: true };
    assert.deepEqual(library.negated(given), { low: 9, high: 100, wide: -(2 ** 38), flag: false });
    assert.throws(() => library.negated({ high: 2048 }), /\.high is 2048; int : 12 holds -2048 to 2047/);

    const result = library.doubled({ choice: { number: 21 }, name: "größe", numbers: [1, 2, 3] });
    assert.equal(result.choice.number, 42);
    assert.deepEqual([result.name, [...result.numbers]], ["größe", [1, 2, 6]]);
    assert.throws(() => library.doubled({ name: "too long" }), /\.name has 8 bytes and a NUL; char\[8\] holds 8/);

    const layered = library.look();
    assert.deepEqual([layered.ratio, layered.x, layered.y, layered.fixed.get(2)], [0.5, 3, 4, 3]);
    assert.throws(() => (layered.x = 1), /cannot be written/);
    assert.throws(() => (layered.deep[0].z = 1), /cannot be written/);
    assert.throws(() => (layered.deep[0] = {}), /cannot be written/);
    assert.throws(() => layered.fixed.set(0, 1), /cannot be written/);
    assert.throws(() => (library.constant = {}), /constant/);
    assert.deepEqual([...library.table], [1, 2, 3]);

    assert.equal(library.wide_text("größer 🙂"), 8);
    assert.throws(() => library.precise(1), TypeNotSupportedError);
    assert.equal(sizeOf(library.type("holder *")), 8);
}
