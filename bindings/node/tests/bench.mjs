// Load and call of kit.c: nlib beside koffi over a prebuilt shared library.
//
//     way NAME                   nlib; then what Node's users have
//     load MICROSECONDS          a warm load of kit.c to a function that was called, header included, in a running process
//     call NANOSECONDS           kit_add
//     call-struct NANOSECONDS    kit_mid, which takes and gives structures by value
//
// Medians. koffi's libraries are compiled before, each load has a copy of its own, and koffi is told the types by
// hand. The first load of each kind is not counted.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import koffi from "koffi";
import { loadSync } from "nlib";

const fixtures =
    process.env.NLIB_FIXTURES ?? fileURLToPath(new URL("../../../tests/hosts/fixtures", import.meta.url));
const source = join(fixtures, "kit.c");
const [LOADS, ROUNDS, CALLS] = [60, 15, 200_000];

function median(values) {
    return values.sort((a, b) => a - b)[values.length >> 1];
}

function nanoseconds(run) {
    const start = process.hrtime.bigint();
    run();
    return Number(process.hrtime.bigint() - start);
}

/** The median microseconds of loads; `end` is not counted. */
function loads(load, end) {
    const times = [];
    for (let index = 0; index < LOADS; index++) {
        let library;
        const time = nanoseconds(() => (library = load(index)));
        if (index > 0) times.push(time / 1000);
        end(library);
    }
    return median(times).toFixed(0);
}

/** The median nanoseconds of a call, the loop's among them. */
function calls(call) {
    const rounds = Array.from({ length: ROUNDS }, () =>
        nanoseconds(() => {
            for (let index = 0; index < CALLS; index++) call(index);
        }),
    );
    return (median(rounds) / CALLS).toFixed(0);
}

const a = { x: 1, y: 2 };
const b = { x: 3, y: 4 };

function ours() {
    const load = () => {
        const kit = loadSync({ source });
        if (kit.kit_add(1, 2) !== 3) throw new Error("kit_add is wrong");
        return kit;
    };
    console.log("way nlib");
    console.log(`load ${loads(load, (kit) => kit.unload())}`);
    const { kit_add: add, kit_mid: mid } = load();
    console.log(`call ${calls((index) => add(index, 1))}`);
    console.log(`call-struct ${calls(() => mid(a, b))}`);
}

function usual(folder) {
    const built = join(folder, "kit.so");
    execFileSync("clang-22", ["-O2", "-shared", "-fPIC", source, "-o", built]);
    const copy = (index) => join(folder, `kit${index}.so`);
    for (let index = 0; index < LOADS; index++) copyFileSync(built, copy(index));
    const Point = koffi.struct({ x: "double", y: "double" });

    const load = (index) => {
        const library = koffi.load(copy(index));
        if (library.func("kit_add", "int", ["int", "int"])(1, 2) !== 3) throw new Error("kit_add is wrong");
        return library;
    };
    console.log("way koffi");
    console.log(`load ${loads(load, (library) => library.unload())}`);
    const library = load(0);
    const add = library.func("kit_add", "int", ["int", "int"]);
    const mid = library.func("kit_mid", Point, [Point, Point]);
    console.log(`call ${calls((index) => add(index, 1))}`);
    console.log(`call-struct ${calls(() => mid(a, b))}`);
}

const folder = mkdtempSync(join(tmpdir(), "nlib-node-bench-"));
try {
    ours();
    usual(folder);
} finally {
    rmSync(folder, { recursive: true });
}
