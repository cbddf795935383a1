// The programs in examples/, run as they are.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

function run(name) {
    const file = fileURLToPath(new URL(`../../examples/${name}.mjs`, import.meta.url));
    return execFileSync(process.execPath, [file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

export function flecs() {
    const output = run("flecs");
    process.stdout.write(output);
    assert.equal(output, "comet at (20.0, 5.0)\nmoon  at (5.0, 15.0)\nstar  at (1.0, 1.0)\n");
}

export function sqlite() {
    const output = run("sqlite");
    process.stdout.write(output);
    assert.equal(
        output,
        "Earth   1 moon  up to 1737 km\nJupiter 2 moons up to 2634 km\nMars    1 moon  up to 11 km\nSaturn  1 moon  up to 2575 km\n",
    );
}

export function imgui() {
    process.stdout.write(run("imgui"));
    const { width, height, rows } = readPng("imgui.png");
    assert.deepEqual([width, height], [480, 320]);
    // The background, and many other colours of window, buttons and smooth glyphs.
    const colours = new Set();
    for (let at = 0; at < rows.length; at += 4) colours.add(rows.readUInt32BE(at));
    assert(colours.has(0x263238ff));
    assert(colours.size > 20, `${colours.size} colours`);
}

/** The pixels of a PNG with eight bits of red, green, blue and alpha (the PNG specification, clauses 5, 9). */
function readPng(file) {
    const bytes = readFileSync(file);
    assert.equal(bytes.toString("latin1", 1, 4), "PNG");
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    assert.deepEqual([bytes[24], bytes[25]], [8, 6]);
    const parts = [];
    for (let at = 8; at < bytes.length;) {
        const length = bytes.readUInt32BE(at);
        if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
        at += 12 + length;
    }
    const raw = inflateSync(Buffer.concat(parts));
    const stride = 4 * width;
    const rows = Buffer.alloc(stride * height);
    for (let y = 0; y < height; y++) {
        const filter = raw[y * (stride + 1)];
        for (let x = 0; x < stride; x++) {
            const left = x >= 4 ? rows[y * stride + x - 4] : 0;
            const above = y > 0 ? rows[(y - 1) * stride + x] : 0;
            const corner = x >= 4 && y > 0 ? rows[(y - 1) * stride + x - 4] : 0;
            const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
            rows[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
        }
    }
    return { width, height, rows };
}

function paeth(left, above, corner) {
    const estimate = left + above - corner;
    const distances = [left, above, corner].map((value) => Math.abs(estimate - value));
    return [left, above, corner][distances.indexOf(Math.min(...distances))];
}
