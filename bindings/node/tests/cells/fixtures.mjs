// Where the libraries of the tests are.

import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadSync } from "nlib";

const folder = process.env.NLIB_FIXTURES;
if (!folder) throw new Error("NLIB_FIXTURES has to name the folder tests/hosts/fixtures");

export const kitFile = join(folder, "kit.c");
export const kitppFile = join(folder, "kitpp.cpp");

export const loadKit = () => loadSync({ source: kitFile });
export const loadKitpp = () => loadSync({ source: kitppFile });

setFlagsFromString("--expose-gc");
const collectNow = runInNewContext("gc");

/** Collects garbage, and lets what was registered for it run. */
export async function collect() {
    collectNow();
    await new Promise((resolve) => setImmediate(resolve));
}

/** The same, and uses what became free. */
export async function reuse(size) {
    await collect();
    const others = [];
    for (let index = 0; index < 500; index++) others.push(new Uint8Array(size).fill(66));
    return others;
}

/** What a function throws; an error of its own when it throws nothing. */
export function thrown(run) {
    try {
        run();
    } catch (error) {
        return error;
    }
    throw new Error(`nothing was thrown by ${run}`);
}
