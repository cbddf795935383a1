// The life of a library: loaded anew, unloaded, used after its end.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { InUseError, UnloadedError, allocate, load, loadSync } from "nlib";
import { loadKit, loadKitpp, thrown } from "./fixtures.mjs";

export async function reload() {
    const write = (answer) => writeFileSync("answer.c", `int answer(void) { return ${answer}; }\nint first;\n`);
    write(1);
    const library = await load({ source: "answer.c" });
    assert.equal(library.answer(), 1);

    // Loading again gives the new code, and leaves the other alone.
    write(2);
    const other = await load({ source: "answer.c" });
    assert.deepEqual([library.answer(), other.answer()], [1, 2]);
    other.unload();

    // A reload puts the new code in the place of the old: for what was taken from the library too.
    const { answer } = library;
    const generations = [];
    library.on("reload", (generation) => generations.push(generation));
    write(3);
    assert.equal(await library.reload(), library);
    assert.deepEqual([answer(), library.answer(), library.generation], [3, 3, 2]);

    // What is wrong changes nothing.
    writeFileSync("answer.c", "int answer(void) { return }");
    await assert.rejects(library.reload(), { code: "ERR_NLIB_COMPILE" });
    assert.equal(answer(), 3);

    // Other types: the functions that were taken know them.
    writeFileSync("answer.c", "double answer(double n) { return n / 2; }");
    library.reloadSync();
    assert.equal(answer(3), 1.5);
    assert.throws(() => answer(), TypeError);
    assert.throws(() => library.first, { code: "ERR_NLIB_SYMBOL" });
    assert.deepEqual(generations, [2, 3]);

    // The sources as they are: the same code again.
    await library.reload();
    assert.equal(answer(5), 2.5);

    // While its code runs the old stays.
    const kept = "typedef void (*call)(void); int stage(void) { return NUMBER; } void run(call back) { back(); }";
    writeFileSync("stage.c", kept.replace("NUMBER", "1"));
    const stage = loadSync({ source: "stage.c" });
    stage.run(() => {
        writeFileSync("stage.c", kept.replace("NUMBER", "2"));
        stage.reloadSync();
        assert.equal(stage.stage(), 2);
    });
    stage.unload();
    library.unload();
    assert.throws(() => answer(5), UnloadedError);
    await assert.rejects(library.reload(), UnloadedError);
}

const ENDED = `
static int *ended;
static void (*told)(int);
void keep(void (*tell)(int)) { told = tell; }
void emit(int number) { told(number); }
void tell(int *where) { ended = where; }
__attribute__((destructor)) static void end(void) { if (ended) *ended += 1; }`;

export function unload() {
    const ended = allocate("int", 1);
    const library = loadSync({ code: ENDED, name: "ended.c" });
    library.tell(ended);
    const events = [];
    library.once("unload", () => events.push("unload"));
    library.unload();
    assert.equal(ended[0], 1);
    assert.deepEqual(events, ["unload"]);

    // By scope, as `using` does it.
    const scoped = loadSync({ code: ENDED, name: "ended.c" });
    scoped.tell(ended);
    const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
    scoped[dispose]();
    scoped[dispose]();
    assert.equal(ended[0], 2);
    assert.equal(scoped.isLoaded, false);

    twice(ended);

    // What is called through thunks.
    const [one, other] = [loadKitpp(), loadKitpp()];
    const add = (library) => library.kit.add(1, 2);
    assert.deepEqual([add(one), add(other)], [3, 3]);
    one.reloadSync();
    one.unload();
    assert.equal(add(other), 3);
    other.unload();
}

/** What is loaded more than once goes with the last; what it was given lives as long. */
function twice(ended) {
    const load = () => loadSync({ code: ENDED, name: "ended.c" });
    const [first, second, third] = [load(), load(), load()];
    ended[0] = 0;
    let sum = 0;
    first.tell(ended);
    first.keep((number) => (sum += number));
    first.unload();
    assert.throws(() => first.emit(1), UnloadedError);
    assert.throws(() => first.unload(), UnloadedError);
    second.emit(4);
    second.reloadSync();
    third.emit(3);
    assert.equal(sum, 7);
    third.unload();
    second.emit(2);
    assert.deepEqual([sum, ended[0]], [9, 0]);
    second.unload();
    assert.equal(ended[0], 1);

    // Loaded with other options it is one or another; what it was given lives as long as any.
    const [told, quiet] = [loadSync({ code: ENDED, name: "ended.c", onProgress() {} }), load()];
    for (const each of [told, quiet]) each.keep((number) => (sum += number));
    told.unload();
    quiet.emit(1);
    assert.equal(sum, 10);
    quiet.unload();

    // Another library of that name is another.
    const other = loadSync({ code: `${ENDED}\nint more;`, name: "ended.c" });
    const last = load();
    last.unload();
    assert.equal(other.more, 0);
    other.unload();
}

export async function afterUnload() {
    const kit = loadKit();
    const { kit_add: add, kit_each: each, kit_point: Point } = kit;
    const point = new Point({ x: 1, y: 2 });
    const greeting = kit.kit_greeting.raw();
    const callback = kit.callback("kit_visitor", () => 0);
    kit.unload();
    const uses = [
        () => add(1, 2),
        () => kit.kit_add(1, 2),
        () => kit.kit_calls,
        () => (kit.kit_calls = 1),
        () => kit.symbol("kit_add"),
        () => kit.func("kit_add", "int", ["int", "int"]),
        () => kit.names(),
        () => kit.describe("kit_add"),
        () => kit.unload(),
        () => point.x,
        () => new Point().x,
        () => greeting.text(),
        () => each([point], 1, callback, null),
        () => kit.callback("kit_visitor", () => 0),
        () => kit.reloadSync(),
        () => kit.linkedBy,
    ];
    for (const use of uses) {
        const error = thrown(use);
        assert(error instanceof UnloadedError, `${use}: ${error}`);
        assert.match(error.message, /`kit` was unloaded/);
    }
    await assert.rejects(add.async(1, 2), UnloadedError);
    assert.equal(kit.name, "kit");
    assert.match(inspect(kit), /unloaded/);
    assert.match(inspect(point), /unloaded/);

    // Loaded again it is another library.
    assert.equal(loadKit().kit_add(2, 2), 4);
}

export async function unloadInCallback() {
    const kit = loadKit();
    const refused = [];
    const points = [{ x: 1 }, { x: 2 }];
    const visit = () => {
        refused.push(thrown(() => kit.unload()));
        return 0;
    };
    assert.equal(kit.kit_each(points, 2, visit, null), 0);
    assert.equal(await kit.kit_each.async(points, 1, visit, null), 0);
    assert.equal(refused.length, 3);
    for (const error of refused) assert(error instanceof InUseError, String(error));

    // The call that something else is called from counts too.
    const other = loadSync({ code: "int one(void) { return 1; }", name: "one.c" });
    kit.kit_each(points, 1, () => (assert.throws(() => other.unload(), InUseError), 0), null);
    // What is loaded within it may go.
    kit.kit_each(
        points,
        1,
        () => {
            const inner = loadSync({ code: "int two(void) { return 2; }", name: "two.c" });
            assert.equal(inner.two(), 2);
            inner.unload();
            return 0;
        },
        null,
    );
    assert.equal(kit.kit_add(1, 2), 3);
    other.unload();
    kit.unload();
}
