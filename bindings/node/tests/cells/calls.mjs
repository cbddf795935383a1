// Calls of functions that the header types.

import assert from "node:assert/strict";
import { UnloadedError, as, cast, load, loadSync, ref, text } from "nlib";
import { loadKit } from "./fixtures.mjs";

export function call() {
    const kit = loadKit();

    assert.equal(kit.kit_add(-2, 5), 3);
    assert.equal(kit.kit_max(), 2n ** 64n - 1n);
    assert.equal(kit.kit_half(3), 1.5);
    assert.equal(kit.kit_halff(0.5), 0.25);
    assert.equal(kit.kit_not(true), false);
    assert.equal(kit.kit_square(7), 49);

    // Text in UTF-8, both ways; a pointer to it where that is wanted.
    assert.equal(kit.kit_greeting(), "grüß dich");
    assert.equal(kit.kit_length("grüß dich"), 11);
    assert.equal(kit.kit_length(null), 0);
    assert.equal(kit.kit_length(Buffer.from("bytes\0")), 5);
    const greeting = kit.kit_greeting.raw();
    assert.equal(greeting.text(), "grüß dich");
    assert.equal(greeting.text(2), "gr");
    assert.equal(kit.kit_length(greeting), 11);

    // Enumerations by number, by name and as an object.
    assert.equal(kit.kit_next_color(kit.KIT_RED), kit.KIT_GREEN);
    assert.equal(kit.kit_next_color("KIT_GREEN"), kit.kit_color.KIT_BLUE);
    assert.equal(kit.kit_color[40], "KIT_BLUE");
    assert(Object.isFrozen(kit.kit_color));

    // The types of `...` are told by the format.
    const buffer = text("", 64);
    const length = kit.kit_format(buffer, buffer.length, "%d %s %.2f %lu", 5, "füße", 2, 2n ** 63n);
    assert.equal(buffer.toString("utf8", 0, length), "5 füße 2.00 9223372036854775808");
    kit.kit_format(buffer, buffer.length, "%g", as("double", 3));
    assert.equal(buffer.toString("utf8", 0, 1), "3");
    kit.kit_format(buffer, buffer.length, "%ls %d", "wide", 4);
    assert.equal(buffer.toString("utf8", 0, 6), "wide 4");
    const wide = () => kit.kit_format(buffer, buffer.length, "%.2Lf", 1);
    assert.throws(wide, { code: "ERR_NLIB_TYPE", message: /kit_format: %\.2Lf takes a long double/ });

    // A variable; constants.
    kit.kit_calls = 0;
    kit.kit_add(1, 1);
    assert.equal(kit.kit_calls, 1);
    assert.equal(kit.KIT_VERSION, 3);
    assert.equal(kit.KIT_BIG, 0xffffffffffffffffn);
    assert.equal(kit.KIT_RATIO, 0.25);
    assert.equal(kit.KIT_NAME, "kit");
    assert.equal(kit.KIT_FLAG_A, 16);
    assert.deepEqual({ ...kit.KIT_ORIGIN }, { x: 1, y: 2 });

    // Typed arrays without a copy; arrays, which are copied in and out.
    assert.equal(kit.kit_sum(new Float64Array([1, 2, 3.5]), 3), 6.5);
    assert.equal(kit.kit_sum([1, 2], 2), 3);
    const floats = new Float32Array([1, 2, 3]);
    kit.kit_double_all(floats.subarray(1), 2);
    assert.deepEqual([...floats], [1, 4, 6]);
    const numbers = [1, 2];
    kit.kit_double_all(numbers, 2);
    assert.deepEqual(numbers, [2, 4]);

    const [quotient, remainder] = [ref(), ref()];
    assert.equal(kit.kit_divide(17, 5, quotient, remainder), true);
    assert.deepEqual([quotient.value, remainder.value], [3, 2]);

    texts();

    const counter = kit.kit_counter_new(4);
    assert(counter instanceof kit.kit_counter);
    assert.deepEqual([kit.kit_counter_next(counter), kit.kit_counter_next(counter)], [4, 5]);
    kit.kit_counter_free(counter);

    // What help there is.
    assert.match(String(kit.kit_add), /Adds two numbers\.[^]*int kit_add\(int a, int b\);/);
    assert("kit_add" in kit && !("kit_nothing" in kit));
    assert(Object.keys(kit).includes("kit_add"));
}

/** A variable that is a text: what a function put there is there for the next one. */
function texts() {
    const code = `
        #include <stddef.h>
        #include <string.h>
        void fail(char **message) { static int count; *message = strdup(count++ ? "worse" : "bad"); }
        void advance(char **text) { *text = strchr(*text, ' ') + 1; }
        void skip(const char **text) { *text = strchr(*text, ' ') + 1; }
        int is_null(char **text) { return *text == NULL; }`;
    const library = loadSync({ code, name: "texts.c" });
    const message = ref();
    for (const told of ["bad", "worse"]) {
        library.fail(message);
        assert.equal(message.value, told);
    }
    message.value = "mine";
    assert.throws(() => library.fail(message), /\(message\)\.value is a string, but 'char \*' is written to/);
    for (const nothing of [undefined, null]) {
        message.value = nothing;
        assert.equal(library.is_null(message), 1);
    }
    const words = ref(text("one two three"));
    library.advance(words);
    library.advance(words);
    assert.equal(words.value, "three");
    const constant = ref("one two three");
    library.skip(constant);
    library.skip(constant);
    assert.equal(constant.value, "three");
}

/** Functions by symbol with types that the caller gives, and pointers to functions. */
export async function explicitTypes() {
    const code = `
        #include <stdint.h>
        #include <string.h>
        static int add(int a, int b) { return a + b; }
        static int subtract(int a, int b) { return a - b; }
        typedef int (*operation)(int, int);
        operation choose(const char *name) { return strcmp(name, "add") ? subtract : add; }
        int apply(operation operate, int a, int b) { return operate(a, b); }
        int64_t widen(int8_t small, uint16_t wide) { return (int64_t)small * wide; }
        void *same(void *pointer) { return pointer; }
        const char *names[] = {"one", "two", NULL};`;
    const library = await load({ code, name: "explicit.c" });
    const widen = library.func("widen", "int64_t", ["int8_t", "unsigned short"]);
    assert.equal(widen(-3, 1000), -3000);
    assert.throws(() => widen(200, 1), RangeError);

    const add = library.choose("add");
    assert.equal(add(2, 3), 5);
    assert.equal(library.apply(add, 4, 5), 9);
    assert.equal(library.apply(library.choose("subtract"), 4, 5), -1);
    assert.equal(
        library.apply((a, b) => a * b, 4, 5),
        20,
    );
    const operation = library.func("choose", { result: "int", parameters: ["int", "int"] }, ["const char *"]);
    assert.equal(operation("subtract")(9, 4), 5);

    const memory = new Int32Array([7, 8, 9]);
    const pointer = cast(library.same(memory), "int");
    assert.deepEqual([pointer.value, pointer.get(2)], [7, 9]);
    pointer.set(1, 80);
    assert.equal(memory[1], 80);
    assert.deepEqual([...pointer.array(3)], [7, 80, 9]);
    assert.equal(library.symbol("names", "const char *").get(1), "two");

    library.unload();
    assert.throws(() => widen(1, 1), UnloadedError);
    assert.throws(() => add(1, 1), UnloadedError);
    assert.throws(() => pointer.value, UnloadedError);
}
