// Functions of JavaScript's that native code calls on this thread.

import assert from "node:assert/strict";
import { load, loadSync, callback as callbackOf, transient } from "nlib";
import { loadKit } from "./fixtures.mjs";

export async function callback() {
    const kit = loadKit();
    const points = [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
        { x: 5, y: 6 },
    ];

    const seen = [];
    const stop = kit.kit_each(
        points,
        3,
        (index, point, data) => {
            seen.push([index, point.x, point.y, data]);
            return index === 1 ? 7 : 0;
        },
        null,
    );
    assert.equal(stop, 7);
    assert.deepEqual(seen, [
        [0, 1, 2, null],
        [1, 3, 4, null],
    ]);

    // One that is kept: the library keeps it, also when JavaScript does not.
    let emitted = 0;
    kit.kit_listen((_, value) => (emitted += value), null);
    globalThis.gc?.();
    kit.kit_emit(40);
    kit.kit_emit(2);
    assert.equal(emitted, 42);

    // What it throws, the call throws; C got zero meanwhile.
    const broken = new RangeError("broken");
    let calls = 0;
    const fail = () => {
        calls++;
        throw broken;
    };
    assert.throws(() => kit.kit_each(points, 3, fail, null), broken);
    assert.equal(calls, 3);
    calls = 0;
    const failing = kit.callback("kit_visitor", fail, { failed: 1 });
    assert.throws(() => kit.kit_each(points, 3, failing, null), broken);
    assert.equal(calls, 1);
    assert.throws(() => kit.kit_each(points, 1, () => "zero", null), /the result of the callback .* whole number/);
    assert.equal(kit.kit_add(1, 2), 3);
    await assert.rejects(kit.kit_each.async(points, 1, fail, null), broken);

    // Calls within callbacks of calls.
    const sum = kit.kit_each(
        points,
        3,
        (index, point) => {
            if (index < 2) return 0;
            return kit.kit_each([point], 1, (_, inner) => kit.kit_add(inner.x, inner.y), null);
        },
        null,
    );
    assert.equal(sum, 11);

    // Callbacks that end: by hand, or with the call.
    failing.dispose();
    assert.throws(() => kit.kit_each(points, 1, failing, null), { code: "ERR_NLIB_HANDLE" });
    for (let index = 0; index < 10000; index++)
        kit.kit_each(
            points,
            1,
            transient(() => 0),
            null,
        );
    assert.throws(
        () => kit.kit_each(points, 1, 5, null),
        /argument 3 \(visit\) has to be a function \(kit_visitor\), not 5/,
    );
    assert.throws(() => kit.kit_each(points, 1, kit.kit_add, null), TypeError);

    await results();
    buffers();
    unsigned();
    await madeWithin();
    await ended();
    hostFunctions();
    await tooMany();
}

/** Callbacks that take and give what is no number. */
async function results() {
    const code = `
        struct pair { int first; double second; };
        typedef struct pair (*swap)(struct pair given, const char *text);
        typedef const char *(*name)(int which);
        struct pair call_swap(swap call) { struct pair pair = {3, 0.5}; return call(pair, "größer"); }
        int first_of(name call, int which) { const char *text = call(which); return text ? text[0] : -1; }`;
    const library = await load({ code, name: "results.c" });
    const swapped = library.call_swap(({ first, second }, text) => ({ first: text.length + first, second: -second }));
    assert.deepEqual(swapped, { first: 9, second: -0.5 });
    assert.equal(
        library.first_of((which) => (which ? "zebra" : null), 1),
        "z".charCodeAt(0),
    );
    assert.equal(
        library.first_of(() => null, 1),
        -1,
    );
}

/** A buffer that a callback has to fill is a pointer; a text that it may only read is a string. */
function buffers() {
    const code = `
        typedef int (*reader)(void *user, char *data, int size, const char *name);
        int read(reader call, char *data, int size) { return call(0, data, size, "name"); }`;
    const library = loadSync({ code, name: "buffers.c" });
    const bytes = Buffer.alloc(8, "-");
    const fill = (_, data, size, name) => {
        data.bytes(size).set(Buffer.from(name));
        return data.text(4).length;
    };
    assert.equal(library.read(fill, bytes, 7), 4);
    assert.equal(bytes.toString(), "name----");
}

/** Unsigned numbers beyond what a signed one holds. */
function unsigned() {
    const code = `
        #include <stddef.h>
        #include <stdint.h>
        enum wide { WIDE_MOST = ~0ull };
        typedef void (*taker)(uint64_t, size_t, unsigned long long, enum wide, int64_t);
        void give(taker call, uint64_t value) { call(value, value, value, (enum wide)value, (int64_t)value); }`;
    const library = loadSync({ code, name: "unsigned.c" });
    for (const value of [2n ** 63n, 2n ** 64n - 1n]) {
        let seen = null;
        library.give((...given) => (seen = given), value);
        const signed = BigInt.asIntN(64, value);
        assert.deepEqual(seen, [value, value, value, value, signed === -1n ? -1 : signed]);
    }
}

/** A function that C is first given while another runs, and calls when that one has returned. */
async function madeWithin() {
    const code = `
        typedef struct { double x; long y[3]; } large;
        typedef large (*done)(int a, int b, int c, int d, int e, int f, int g, double h, large i);
        typedef void (*start)(int);
        static done kept;
        void keep(done call) { kept = call; }
        void run(start call, int depth) { call(depth); }
        double finish(void) { large given = {0.5, {8, 9, 10}}; return kept(1, 2, 3, 4, 5, 6, 7, 0.25, given).x; }
        double both(start call) { run(call, 0); return finish(); }`;
    const library = await load({ code, name: "within.c" });
    let seen = null;
    const keep = () =>
        library.keep((...given) => {
            seen = given;
            // JavaScript may go on from here as from anywhere.
            const inner = seen[0] === 1 ? Math.max(...Array.from({ length: 1000 }, (_, index) => index)) : 0;
            return { x: inner + given[7] + given[8].x, y: [1, 2, 3] };
        });
    assert.equal(library.both(keep), 999.75);
    assert.deepEqual(seen.slice(0, 8), [1, 2, 3, 4, 5, 6, 7, 0.25]);
    assert.deepEqual([...seen[8].y], [8n, 9n, 10n]);
    library.run(function deeper(depth) {
        if (depth < 5) library.run(deeper, depth + 1);
        else keep();
    }, 0);
    assert.equal(library.finish(), 999.75);
    library.run(() => assert.equal(library.finish(), 999.75), 0);
    assert.equal(await library.finish.async(), 999.75);
    library.unload();
}

/** What native code calls after its end: an error of the call, or a warning where none runs. */
async function ended() {
    const code = `
        #include <pthread.h>
        #include <unistd.h>
        typedef int (*number)(int);
        static number kept;
        static pthread_t thread;
        void keep(number call) { kept = call; }
        int fire(void) { return kept(4); }
        static void *late(void *unused) { kept(5); return unused; }
        void start(void) { pthread_create(&thread, 0, late, 0); pthread_join(thread, 0); }`;
    const library = await load({ code, name: "ended.c", systemLibraries: "pthread" });
    const wrong = { code: "ERR_NLIB_HANDLE", message: /that had ended.*transient\(function\)/ };
    let calls = 0;
    const count = () => ++calls;
    library.keep(transient(count));
    assert.throws(() => library.fire(), wrong);
    // Others do not take its place soon.
    for (let index = 0; index < 100; index++) library.keep(transient(count));
    assert.throws(() => library.fire(), wrong);
    assert.throws(() => library.start(), wrong);
    const disposed = library.callback("number", count);
    library.keep(disposed);
    assert.equal(library.fire(), 1);
    disposed.dispose();
    assert.throws(() => library.fire(), wrong);

    const warned = new Promise((resolve) => process.once("warning", resolve));
    await library.start.async();
    const { code: kind, message } = await warned;
    assert.equal(kind, "NLIB_CALLBACK_ENDED");
    assert.match(message, wrong.message);
    library.keep(count);
    assert.equal(library.fire(), 2);
    library.unload();
}

/** A new function at each call: a warning early enough, and an error in the end that says the same. */
async function tooMany() {
    const library = loadSync({ code: "int run(int (*call)(int), int n) { return call(n); }", name: "many.c" });
    const warnings = [];
    const note = (warning) => warnings.push(warning);
    process.on("warning", note);
    for (let index = 0; index < 600; index++) library.run((n) => n + index, 1);
    await new Promise(setImmediate);
    process.off("warning", note);
    assert.deepEqual(
        warnings.map(({ code }) => code),
        ["NLIB_CALLBACKS"],
    );
    assert.match(warnings[0].message, /transient\(function\)/);
    const fill = () => {
        for (let index = 0; index < 4096; index++) library.run((n) => n + index, 1);
    };
    assert.throws(fill, { code: "ERR_NLIB_HANDLE", message: /no callback is left.*transient\(function\)/ });
    library.unload();
    assert.equal(
        loadKit().kit_each([{ x: 1 }], 1, () => 5, null),
        5,
    );
}

/** Functions that the library finds by name. */
function hostFunctions() {
    const lines = [];
    const log = callbackOf("void", ["const char *", "int"], (text, number) => lines.push(`${text} ${number}`));
    const code = `void host_log(const char *text, int number); void run(void) { host_log("run", 3); }`;
    const library = loadSync({ code, name: "hosted.c", host: { host_log: log } });
    library.run();
    assert.deepEqual(lines, ["run 3"]);
    assert.throws(() => loadSync({ code, host: { host_log: () => 0 } }), /host.host_log has to be a callback/);
}
