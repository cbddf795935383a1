// Loading: by path, by name, from memory, beside the program.

import assert from "node:assert/strict";
import { CancelledError, load as loadLibrary, loadSync } from "nlib";
import { kitFile, loadKit } from "./fixtures.mjs";

export async function load() {
    const kit = loadKit();
    assert.equal(kit.name, "kit");
    assert.equal(kit.KIT_VERSION, 3);
    assert.equal(kit.kit_add(2, 3), 5);

    // Beside the program: the event loop goes on.
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const sqlite = await loadLibrary("sqlite3");
    clearInterval(timer);
    assert.match(sqlite.sqlite3_libversion(), /^3\.\d+/);

    const area = await loadLibrary({ code: "int area(int side) { return side * side; }", name: "area.c" });
    assert.equal(area.area(6), 36);
    const twice = loadSync({
        source: { code: "int twice(int n) { return FACTOR * n; }", language: "c" },
        defines: { FACTOR: 2 },
    });
    assert.equal(twice.twice(21), 42);
    const manifest = loadSync({
        manifest: {
            "manifest-version": 1,
            name: "half",
            units: [{ generate: "double half(double n) { return n / 2; }" }],
        },
    });
    assert.equal(manifest.name, "half");
    assert.equal(manifest.func("half", "double", ["double"])(3), 1.5);

    assert.equal(loadSync(new URL(`file://${kitFile}`)).kit_add(1, 1), 2);
    assert.throws(() => loadSync({ source: kitFile, code: "" }), /one of source and code/);
    assert.throws(() => loadSync({ source: kitFile, flag: "-O2" }), /no option 'flag'; did you mean 'flags'\?$/);
    assert.throws(() => loadSync({ source: kitFile, include: "." }), /did you mean 'includeDirs'/);
    assert.throws(() => loadSync({ source: kitFile, zzz: 1 }), /no option 'zzz'; there are library, source, /);
    assert.throws(() => loadSync({}), /what to load/);
}

/** Loads that go on together, are cancelled, or fail. */
export async function asynchronous() {
    const text = (name) => `int ${name}(void) { return ${name.length}; }`;
    const names = ["one", "three", "seventeen"];
    const libraries = await Promise.all(names.map((name) => loadLibrary({ code: text(name), name: `${name}.c` })));
    assert.deepEqual(
        libraries.map((library, index) => library[names[index]]()),
        names.map((name) => name.length),
    );

    await assert.rejects(loadLibrary({ code: "int f(void) { return x; }", name: "bad.c" }), {
        code: "ERR_NLIB_COMPILE",
    });

    const reason = new Error("enough");
    await assert.rejects(loadLibrary({ code: text("never"), signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    // A unit that compiles for a good while, so that there is something to cancel.
    const long = `${"#define A(n) n+n+n+n+n+n+n+n\n#define B(n) A(A(A(n)))\n"}int f(int n) { return B(B(n)); }`;
    const cancelled = loadLibrary({
        code: `${long}/* ${process.pid} ${Date.now()} */`,
        name: "long.c",
        signal: controller.signal,
    });
    controller.abort();
    const error = await cancelled.catch((each) => each);
    assert.equal(error.name, "AbortError");
    assert(!(error instanceof CancelledError));

    const kit = await loadLibrary({ source: kitFile });
    assert.equal(await kit.kit_add.async(2, 3), 5);
    await assert.rejects(kit.kit_add.async(2), TypeError);
    const pending = kit.kit_add.async(20, 3);
    assert.throws(() => kit.unload(), { code: "ERR_NLIB_IN_USE" });
    assert.equal(await pending, 23);
    kit.unload();
    assert.equal(kit.isLoaded, false);
}

/** What nlib tells while it works. */
export async function messages() {
    const unique = `int told_${process.pid}_${Date.now()}(void) { return 1; }`;
    const steps = [];
    const lines = [];
    const options = { onProgress: (step) => steps.push(step), onLog: (level, line) => lines.push([level, line]) };
    await loadLibrary({ code: unique, name: "told.c", ...options });
    const kinds = steps.map(({ kind }) => kind);
    for (const kind of ["compiles", "compile-started", "unit-ready", "loaded"])
        assert(kinds.includes(kind), kinds.join());
    const ready = steps.find(({ kind }) => kind === "unit-ready");
    assert.equal(ready.unit, "told.c");
    assert.equal(ready.cached, false);
    assert(ready.milliseconds > 0);
    assert(lines.every(([level, line]) => ["warning", "info", "debug"].includes(level) && line.length > 0));

    // While JavaScript waits the messages wait too, and are there when it is done.
    steps.length = 0;
    loadSync({ code: `${unique}\nint more;`, name: "told.c", ...options });
    assert(steps.some(({ kind }) => kind === "unit-ready"));
    assert.throws(() => loadSync({ code: unique, onLog: "no" }), /onLog has to be a function/);
}
