"use strict";
// What callers make for native functions: memory, variables, pointers, texts, callbacks.

const { Callback } = require("./callbacks");
const { typeError, rangeError } = require("./errors");
const { Holder, nativePlace, newPlace } = require("./memory");
const { NATIVE, Pointer, Ref, Transient, Typed } = require("./pointer");
const { addressOf, viewRecord } = require("./record");
const { signatureOf, typeOf } = require("./type-text");
const { ArrayType } = require("./types/arrays");
const { RecordType } = require("./types/records");
const { show } = require("./types/type");

/** A variable that a function writes through a pointer. */
function ref(value) {
    return new Ref(value);
}

/** A value with its type, for `...`: `as("double", 3)`. */
function as(type, value) {
    return new Typed(typeOf(type), value);
}

/** A function that native code calls only while the call runs that it is given to. */
function transient(call) {
    return new Transient(call);
}

/** A Buffer with a text and its NUL, for what wants a `char *` that it may write to; of so many bytes. */
function text(value, size) {
    if (typeof value !== "string")
        throw typeError(
            `text takes a string, not ${show(value)}` +
                (typeof value === "number" ? `; text("", ${value}) makes a Buffer of ${value} bytes` : ""),
        );
    const bytes = Buffer.from(`${value}\0`);
    if (size === undefined) return bytes;
    if (bytes.length > size) throw rangeError(`the text has ${bytes.length} bytes with its NUL, more than ${size}`);
    return Buffer.concat([bytes], size);
}

/** Memory for so many items, zero: a typed array for numbers, else an array of records or the like. */
function allocate(type, count) {
    if (!Number.isSafeInteger(count) || count < 0)
        throw typeError(`the count has to be a whole number, not ${count}`);
    const item = typeOf(type);
    if (item.size === 0) throw typeError(`nobody knows the size of a ${item.spelling}`);
    const array = new ArrayType(item, count, item.image ?? null);
    const place = newPlace(array.size, array.alignment, new Holder(true));
    return array.isText ? new Uint8Array(place.view.buffer) : array.read(place);
}

/**
 * The same address as a pointer to another type; of a record an object of its class. `pointer` is a Pointer, what
 * addressOf takes, or an address as BigInt. Nothing checks what is there.
 */
function cast(pointer, type) {
    if (pointer === null) return null;
    const to = typeOf(type);
    const image = pointer?.[NATIVE]?.image ?? to.image ?? null;
    const address = typeof pointer === "bigint" ? whole(pointer) : addressOf(pointer);
    if (address === 0n) return null;
    if (to instanceof RecordType) return viewRecord(to, nativePlace(address, to.size, to.image.holder));
    return new Pointer(address, to, image);
}

/** An address as C has it: -1n is the last. */
function whole(address) {
    if (address < -(2n ** 63n) || address >= 2n ** 64n) throw rangeError(`${address}n is no address: it has 64 bits`);
    return BigInt.asUintN(64, address);
}

/** How many bytes a value of a type takes. */
function sizeOf(type) {
    return typeOf(type).size;
}

/**
 * A function as a pointer with types that you give, for `host` of load: `callback("int", ["int"], (n) => n + 1)`. It
 * lives until it is disposed of.
 */
function callback(result, parameters, call, { failed } = {}) {
    return new Callback(call, signatureOf(result, parameters, null), null, failed);
}

module.exports = { addressOf, allocate, as, callback, cast, ref, sizeOf, text, transient };
