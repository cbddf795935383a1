// What people can do wrong, and how they are told.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { CompileError, NlibError, SymbolError, cast, has, load, loadSync, text } from "nlib";
import { loadKit, thrown } from "./fixtures.mjs";

const WRONG = "int area(int side) {\n    return side * sied;\n}\n";

export async function error() {
    writeFileSync("area.c", WRONG);
    const error = await load({ source: "area.c" }).catch((each) => each);
    assert(error instanceof CompileError && error instanceof NlibError);
    assert.equal(error.code, "ERR_NLIB_COMPILE");
    const [diagnostic] = error.diagnostics;
    assert.match(diagnostic.file, /area\.c$/);
    assert.deepEqual([diagnostic.line, diagnostic.column, diagnostic.severity], [2, 19, "error"]);
    assert.match(diagnostic.text, /use of undeclared identifier 'sied'/);

    // As Node shows it.
    const shown = inspect(error);
    assert.match(shown, /^CompileError: .*area\.c:2:19: error: use of undeclared identifier 'sied'/);
    assert.match(shown, /code: 'ERR_NLIB_COMPILE'/);
    assert.match(error.stack, /errors\.mjs/);

    const warned = await load({ code: "int f(void) { int unused; return g(); }", flags: ["-Wall"] }).catch(
        (each) => each,
    );
    assert(
        warned.diagnostics.some(({ severity, option }) => severity === "warning" && option === "-Wunused-variable"),
    );

    assert.throws(() => loadSync("no-such-library-anywhere"), { code: "ERR_NLIB_USAGE" });
    assert.throws(() => loadSync({ manifestText: "{ nothing" }), { code: "ERR_NLIB_MANIFEST" });
    const unresolved = "int missing(void); int f(void) { return missing(); }";
    assert.throws(() => loadSync({ code: unresolved }), { code: "ERR_NLIB_LINK" });
}

export async function retry() {
    writeFileSync("area.c", WRONG);
    for (const attempt of [() => load({ source: "area.c" }), async () => loadSync({ source: "area.c" })])
        await assert.rejects(attempt(), CompileError);
    writeFileSync("area.c", WRONG.replace("sied", "side"));
    const library = await load({ source: "area.c" });
    assert.equal(library.area(6), 36);
}

/** nlib's own functions take names as text and nothing else; a function of the library that is called like one is told. */
function names() {
    const code =
        "int get(int n) { return n + 1; } int set(int n) { return n; } int unload(int n) { return n; } int one;";
    const own = loadSync({ code, name: "own" });
    const wrong = [
        [() => own.get(1), /the name .* not a number\n.*library\.get\("get"\)/],
        [() => own.get(1n), /not a bigint/],
        [() => own.get("f\0"), /NUL/],
        [() => own.set(1), /library\.get\("set"\)/],
        [() => own.unload(1), /library\.get\("unload"\)/],
        [() => own.has(1), /the name/],
        [() => own.names(1), /the kind/],
        [() => own.describe(1), /the name/],
        [() => own.describe("one", 1), /the kind/],
        [() => own.symbol(1), /the name/],
        [() => own.func(1, "int", []), /the name/],
        [() => own.interface(1), /the format/],
        [() => own.get("get").overload(1), /the argument of overload/],
        [() => has(1), /the capability/],
    ];
    for (const [run, message] of wrong) assert.throws(run, { code: "ERR_NLIB_ARGUMENT_TYPE", message }, String(run));
    assert.match(thrown(() => own.get(1)).stack, /library\.get\("get"\)/);
    assert.equal(own.get("get")(1), 2);
    assert.equal(JSON.stringify({ own }), '{"own":{"name":"own","isLoaded":true,"generation":1}}');
}

export function missingSymbol() {
    const kit = loadKit();
    const error = thrown(() => kit.kit_ad(1, 2));
    assert(error instanceof SymbolError);
    assert(error.near.includes("kit_add"));
    assert.match(error.message, /kit_ad.*kit_add/);
    assert.match(error.stack, /errors\.mjs/);
    const symbol = thrown(() => kit.symbol("kit_greting"));
    assert(symbol instanceof SymbolError && symbol.near.includes("kit_greeting"));
    assert.throws(() => kit.func("kit_ad", "int", ["int"]), SymbolError);
    assert.throws(() => (kit.kit_cals = 1), SymbolError);
    assert.throws(() => (kit.kit_add = 1), TypeError);
    // What JavaScript itself asks an object for is no missing symbol.
    assert.equal(kit.then, undefined);
    assert.equal(typeof `${String(Object.prototype.toString.call(kit))}`, "string");
}

export function wrongArguments() {
    const kit = loadKit();
    kit.kit_calls = 0;
    const point = new kit.kit_point();
    const buffer = Buffer.alloc(8);
    const wrong = [
        [() => kit.kit_add(1), TypeError, /kit_add takes 2 arguments \(int a, int b\), not 1/],
        [() => kit.kit_add(1, 2, 3), TypeError, /not 3/],
        [() => kit.kit_add(1, "2"), TypeError, /argument 2 \(b\) has to be a whole number \(int\), not "2"/],
        [() => kit.kit_add(1, 1.5), TypeError, /not 1.5/],
        [() => kit.kit_add(1, undefined), TypeError, /undefined/],
        [() => kit.kit_add(1, 2 ** 31), RangeError, /int holds -2147483648 to 2147483647/],
        [() => kit.kit_half("3"), TypeError, /a number \(double\)/],
        [() => kit.kit_not(1), TypeError, /true or false/],
        [() => kit.kit_length(5), TypeError, /a string/],
        [() => kit.kit_length("a\0b"), TypeError, /NUL/],
        [() => kit.kit_next_color("KIT_PINK"), RangeError, /KIT_RED, KIT_GREEN, KIT_BLUE/],
        [() => kit.kit_mid(point, { x: "1" }), TypeError, /argument 2 \(b\)\.x/],
        [() => kit.kit_mid(point, null), TypeError, /a kit_point/],
        [() => kit.kit_move(new kit.kit_packet(), 1, 1), TypeError, /kit_point \*/],
        [() => kit.kit_move(buffer, 1, 1), RangeError, /8 bytes; one kit_point has 16/],
        [() => kit.kit_counter_next(point), TypeError, /kit_counter \*/],
        [() => kit.kit_sum(new Float32Array(2), 2), TypeError, /Float64Array/],
        [() => kit.kit_sum([1, "2"], 2), TypeError, /\[1\] has to be a number/],
        [() => kit.kit_sum([], -1), RangeError, /argument 2/],
        [() => kit.kit_each([], 0, "visit", null), TypeError, /a function/],
        [() => kit.kit_format("text", 4, "x"), TypeError, /is written to/],
        [() => kit.kit_format(buffer, 8, "%d"), TypeError, /takes 1 arguments, not 0/],
        [() => kit.kit_format(buffer, 8, "%d", "one"), TypeError, /argument 4/],
        [() => kit.kit_format(buffer, 8, "none", undefined), TypeError, /argument 4 has no type/],
        [() => kit.kit_format(buffer), TypeError, /at least 3 arguments/],
        [() => new kit.kit_counter(), TypeError, /only the library can make one/],
    ];
    for (const [run, type, text] of wrong) {
        const error = thrown(run);
        assert(error instanceof type, `${run}: ${error}`);
        assert.match(error.message, text);
        assert.match(
            error.stack.split("\n").find((line) => line.startsWith("    at ")),
            /errors\.mjs/,
        );
    }
    assert.equal(kit.kit_calls, 0);
    assert.equal(kit.kit_add(1, 2), 3);

    names();
    assert.throws(() => kit.kit_halff(1e300), { name: "RangeError", message: /is 1e\+300; float holds to 3\.4/ });
    assert.equal(kit.kit_halff(-Infinity), -Infinity);
    for (const given of [40, null, undefined]) assert.throws(() => text(given), { code: "ERR_NLIB_ARGUMENT_TYPE" });
    assert.throws(() => text(40), /text\("", 40\) makes a Buffer of 40 bytes/);
    assert.throws(() => cast(buffer, "char"), {
        code: "ERR_NLIB_ARGUMENT_TYPE",
        message: /read it as JavaScript does/,
    });
}

export async function badHeader() {
    writeFileSync("shaky.h", "int twice(int n);\nint broken(undeclared_type value);\n");
    writeFileSync("shaky.c", "int twice(int n) { return 2 * n; }\n");
    const library = await load({ source: "shaky.c" });
    const error = thrown(() => library.twice(2));
    assert(error instanceof CompileError);
    const [{ file, line, text }] = error.diagnostics;
    assert.match(file, /shaky\.h$/);
    assert.equal(line, 2);
    assert.match(text, /undeclared_type/);
    assert.match(error.message, /func\(name, result, parameters\)/);

    assert.equal(library.func("twice", "int", ["int"])(21), 42);
    assert(library.symbols().some(({ name }) => name === "twice"));
    assert.match(inspect(library), /headers cannot be read/);
    library.unload();
}
