// Structures: by value, by pointer, with everything that C puts in them.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { addressOf, allocate, cast, plain, ref, sizeOf } from "nlib";
import { loadKit } from "./fixtures.mjs";

export function struct() {
    const kit = loadKit();
    byValue(kit);
    byPointer(kit);
    packet(kit);
    arrays(kit);
}

function byValue(kit) {
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
    assert.deepEqual(points.map(plain), [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 1, y: 2 }]);
    let sum = 0;
    kit.kit_each(points, points.length, (_, point) => ((sum += point.x + point.y), 0), null);
    assert.equal(sum, 7);
    assert.equal(kit.kit_each([{ x: 1 }, points[2]], 2, (index, point) => (point.y === 2 ? index : 0), null), 1);
    assert.throws(() => (points[3] = { x: 1 }), RangeError);
}
