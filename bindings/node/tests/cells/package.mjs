// The package: its quick start, `require`, an installation from its archive, its types.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadKit, loadKitpp } from "./fixtures.mjs";

const folder = fileURLToPath(new URL("../..", import.meta.url));

/** The program of the README's quick start, and what it prints. */
function quickStart() {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const [, program, output] = /## Quick start\n[^]*?```js\n([^]*?)```[^]*?```text\n([^]*?)```/.exec(readme);
    assert(program.trim().split("\n").length <= 10);
    return { program, output };
}

export function quickstart() {
    const { program, output } = quickStart();
    mkdirSync("node_modules");
    symlinkSync(folder, "node_modules/nlib");
    writeFileSync("start.mjs", program);
    assert.equal(execFileSync(process.execPath, ["start.mjs"], { encoding: "utf8" }), output);
}

/** Both ways of loading the package are the same. */
export async function commonjs() {
    mkdirSync("node_modules");
    symlinkSync(folder, "node_modules/nlib");
    writeFileSync(
        "start.cjs",
        `const { loadSync, CompileError } = require("nlib");
        const library = loadSync({ code: "int twice(int n) { return 2 * n; }" });
        console.log(library.twice(21));
        import("nlib").then((nlib) => console.log(nlib.CompileError === CompileError, nlib.default.loadSync === loadSync));`,
    );
    assert.equal(execFileSync(process.execPath, ["start.cjs"], { encoding: "utf8" }), "42\ntrue true\n");
    const nlib = await import("nlib");
    const names = Object.keys(nlib).filter((name) => name !== "default");
    assert.deepEqual(names.sort(), Object.keys(nlib.default).sort());
}

/** `npm pack`, an installation in an empty folder without a network, and the quick start there. */
function packageCell() {
    const npm = (args, cwd) =>
        execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    const pack = (from) => {
        const [{ filename }] = JSON.parse(npm(["pack", from, "--json", "--ignore-scripts"], process.cwd()));
        return join(process.cwd(), filename.replace("@", "").replace("/", "-"));
    };
    const native = readdirSync(join(folder, "node_modules/@koromix"));
    const archives = [
        folder,
        join(folder, "node_modules/koffi"),
        ...native.map((name) => join(folder, "node_modules/@koromix", name)),
    ].map(pack);
    mkdirSync("fresh");
    writeFileSync("fresh/package.json", '{ "name": "fresh", "private": true }');
    npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", ...archives], "fresh");
    const { program, output } = quickStart();
    writeFileSync("fresh/start.mjs", program);
    assert.equal(execFileSync(process.execPath, ["start.mjs"], { cwd: "fresh", encoding: "utf8" }), output);
}

/** Programs that use the declarations as they should, and as they should not. */
export function typescript() {
    mkdirSync("node_modules");
    symlinkSync(folder, "node_modules/nlib");
    symlinkSync(join(folder, "node_modules/@types"), "node_modules/@types");
    writeFileSync("right.mts", RIGHT);
    writeFileSync("wrong.mts", WRONG);
    // What nlib writes for a library, and a program that uses it.
    writeFileSync("kit.ts", loadKit().interface("typescript"));
    writeFileSync("kitpp.ts", loadKitpp().interface("typescript"));
    writeFileSync("typed.mts", TYPED);
    writeFileSync("required.cts", 'import nlib = require("nlib");\nnlib.loadSync("sqlite3").unload();\n');
    assert.equal(compile(["right.mts", "required.cts", "typed.mts"]), "");
    const errors = compile(["wrong.mts"]);
    const lines = [...errors.matchAll(/^wrong\.mts\((\d+),/gm)].map(([, line]) => Number(line));
    const marked = WRONG.split("\n").flatMap((line, index) => (line.includes("// wrong") ? [index + 1] : []));
    assert.deepEqual([...new Set(lines)], marked, errors);
    // What compiles also runs.
    for (const program of ["right.mjs", "typed.mjs"]) execFileSync(process.execPath, [program], { stdio: "inherit" });
}

function compile(files) {
    const compiler = join(folder, "node_modules/typescript/bin/tsc");
    const options = ["--strict", "--target", "es2022", "--module", "node16", "--types", "node"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...options, ...files], {
        encoding: "utf8",
    });
    assert.equal(status === 0, stdout === "", stderr);
    return stdout;
}

const RIGHT = `
import nlib, { CompileError, load, loadSync, ref, type Integer64, type NativeFunction, type Pointer } from "nlib";

interface Square {
    area: NativeFunction<(side: number) => number>;
    count(): Integer64;
    scale: number;
}
const code = "int area(int side) { return side * side; } long count(void) { return 3; } int scale = 2;";
const square = await load<Square>({ code, name: "square.c", flags: ["-O1"], signal: new AbortController().signal });
const area: number = square.area(6);
const later: Promise<number> = square.area.async(7);
square.scale = 4;
square.on("reload", (generation) => generation.toFixed());
const untyped = loadSync({ source: { code, language: "c" } });
const any: number = untyped.area(3);
const pointer: Pointer = square.symbol("scale", "int");
const out = ref<number>();
if (area !== 36 || (await later) !== 49 || any !== 9 || pointer.value !== 4 || out.value !== undefined)
    throw new Error("wrong values");
try {
    nlib.loadSync({ code: "int f(" });
} catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const line: number = error.diagnostics[0].line;
    if (line !== 1) throw error;
}
square.unload();
`;

const TYPED = `
import { load, ref } from "nlib";
import type { Kit, kit_point } from "./kit.js";
import type { Kitpp } from "./kitpp.js";

const fixtures = process.env.NLIB_FIXTURES;
const kit = await load<Kit>({ source: fixtures + "/kit.c" });
const mid: kit_point = kit.kit_mid({ x: 0, y: 0 }, { x: 2 });
const point = new kit.kit_point({ x: mid.x });
kit.kit_move(point, 1, 1);
const quotient = ref<number>();
const divided: boolean = kit.kit_divide(7, 2, quotient, [0]);
const seen: number[] = [];
kit.kit_each([{ x: 1, y: 2 }], 1, (index, point) => seen.push(index, point!.x, point!.y), null);
const color: number = kit.kit_next_color("KIT_RED");
kit.kit_calls = 0;
const { kit: plus } = await load<Kitpp>({ source: fixtures + "/kitpp.cpp" });
const tally = new plus.Tally(3);
const label: string = tally.label();
tally.delete();
const sum: number = plus.add(1, 2) + plus.area({ width: 1, height: 2 });
const told = JSON.stringify([point.x, divided, quotient.value, seen, color === kit.KIT_GREEN, label, sum]);
if (told !== '[2,true,3,[0,1,2],true,"tally 3",5]') throw new Error(told);
`;

const WRONG = `
import { load, type NativeFunction } from "nlib";
const square = await load<{ area: NativeFunction<(side: number) => number> }>("square");
square.area("6"); // wrong
square.perimeter(6); // wrong
await load({ source: "a.c", flag: "-O2" }); // wrong
await load({ source: "a.c", linker: "gold" }); // wrong
`;

export { packageCell as package };
