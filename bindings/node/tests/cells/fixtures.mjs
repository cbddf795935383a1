// Where the libraries of the tests are.

import { join } from "node:path";
import { loadSync } from "nlib";

const folder = process.env.NLIB_FIXTURES;
if (!folder) throw new Error("NLIB_FIXTURES has to name the folder tests/hosts/fixtures");

export const kitFile = join(folder, "kit.c");
export const kitppFile = join(folder, "kitpp.cpp");

export const loadKit = () => loadSync({ source: kitFile });
export const loadKitpp = () => loadSync({ source: kitppFile });

/** What a function throws; an error of its own when it throws nothing. */
export function thrown(run) {
    try {
        run();
    } catch (error) {
        return error;
    }
    throw new Error(`nothing was thrown by ${run}`);
}
