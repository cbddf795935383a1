// Structures: by value, by pointer, with everything that C puts in them.

import loose from "node:assert";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { TypeNotSupportedError, addressOf, allocate, cast, load, plain, ref, sizeOf } from "nlib";
import { loadKit } from "./fixtures.mjs";

export function struct() {
    const kit = loadKit();
    values(kit);
    byPointer(kit);
    packet(kit);
    arrays(kit);
    objects(kit);
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
typedef struct { const double ratio; struct { short x, y; }; const int *fixed; } layered;
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
    assert.throws(() => layered.fixed.set(0, 1), /cannot be written/);
    assert.throws(() => (library.constant = {}), /constant/);
    assert.deepEqual([...library.table], [1, 2, 3]);

    assert.equal(library.wide_text("größer 🙂"), 8);
    assert.throws(() => library.precise(1), TypeNotSupportedError);
    assert.equal(sizeOf(library.type("holder *")), 8);
}
