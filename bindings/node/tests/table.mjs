// Shows one cell of tests/hosts/README.md:
//
//     node table.mjs CELL        prints "ok CELL" when the cell holds
//     node table.mjs --cells     lists the cells that only this binding has
//     node table.mjs --all       shows all cells, each in a process and an empty folder of its own
//
// The working directory may be written to; NLIB_FIXTURES names the folder tests/hosts/fixtures.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The cells that every binding has, and the file in cells/ that shows each. */
const COMMON = {
    load: "loading",
    call: "calls",
    struct: "structs",
    callback: "callbacks",
    "callback-thread": "threads",
    cpp: "cpp",
    error: "errors",
    retry: "errors",
    reload: "life",
    unload: "life",
    "after-unload": "life",
    "unload-in-callback": "life",
    "missing-symbol": "errors",
    "wrong-arguments": "errors",
    "bad-header": "errors",
    flecs: "examples",
    sqlite: "examples",
    imgui: "examples",
    quickstart: "package",
};

/** Those that only this binding has. */
const OWN = {
    asynchronous: "loading",
    messages: "loading",
    "explicit-types": "calls",
    "by-value": "structs",
    overloads: "cpp",
    "foreign-threads": "threads",
    workers: "threads",
    stacks: "threads",
    commonjs: "package",
    package: "package",
    typescript: "package",
};

const CELLS = { ...COMMON, ...OWN };

/** The function of a cell's module: "unload-in-callback" is `unloadInCallback`. */
function exported(cell) {
    return cell.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

async function show(cell) {
    if (!Object.hasOwn(CELLS, cell))
        throw new Error(`there is no cell '${cell}'; there are ${Object.keys(CELLS).join(", ")}`);
    const module = await import(`./cells/${CELLS[cell]}.mjs`);
    await module[exported(cell)]();
    console.log(`ok ${cell}`);
}

function showAll() {
    const failed = Object.keys(CELLS).filter((cell) => {
        const folder = mkdtempSync(join(tmpdir(), "nlib-node-"));
        const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), cell], {
            cwd: folder,
            encoding: "utf8",
        });
        rmSync(folder, { recursive: true });
        const isOk = status === 0 && stdout.trimEnd().split("\n").at(-1) === `ok ${cell}`;
        console.log(isOk ? `ok ${cell}` : `failed ${cell}\n${stdout}${stderr}`);
        return !isOk;
    });
    if (failed.length) throw new Error(`failed: ${failed.join(", ")}`);
}

const [argument] = process.argv.slice(2);
if (argument === "--cells") for (const cell of Object.keys(OWN)) console.log(cell);
else if (argument === "--all") showAll();
else if (argument === undefined) throw new Error("say which cell: node table.mjs CELL");
else await show(argument);
