"use strict";
// Pointers as JavaScript sees them: to native memory (Pointer), to a variable of the caller's (Ref), and values
// whose type the caller states (Typed).

const util = require("node:util");
const koffi = require("koffi");
const { checkAddress, nativeBytes, nativePlace, put } = require("./memory");
const { explain } = require("./types/type");
const { rangeError, typeError } = require("./errors");

/** The key under which objects that stand for native memory tell their place, type and image. */
const NATIVE = Symbol("nlib.native");

/** How many bytes views may have: what an ArrayBuffer may. */
const MAX_BYTES = 2 ** 32;

function whole(value, what) {
    if (!Number.isSafeInteger(value)) throw typeError(`${what} has to be a whole number, not ${String(value)}`);
    return value;
}

function count(value, what) {
    if (whole(value, what) < 0 || value > MAX_BYTES) throw rangeError(`${what} is ${value}; it has to be 0 to 2^32`);
    return value;
}

/**
 * An address in native memory with the type of what is there. Valid as long as native code says; after the
 * library that gave it is unloaded, its use is an UnloadedError.
 */
class Pointer {
    #type;
    #image;
    #isConstant;

    /**
     * @param {bigint} address
     * @param {Type} type what it points to
     * @param {object | null} image the library it is of; null for memory of no library
     * @param {boolean} isConstant whether it may not be written to
     */
    constructor(address, type, image, isConstant = false) {
        /** The address as BigInt: a property of its own, so that deepEqual sees it. */
        this.address = address;
        this.#type = type;
        this.#image = image;
        this.#isConstant = isConstant;
    }

    /** The type of what it points to, as C spells it. */
    get type() {
        return this.#type.spelling;
    }

    /** What it points to. */
    get value() {
        return this.get(0);
    }

    set value(value) {
        this.set(0, value);
    }

    /** The item at an index, counted in items. */
    get(index = 0) {
        return this.#type.read(this.#place(index));
    }

    /** Writes the item at an index. */
    set(index, value) {
        if (this.#isConstant) throw typeError(`what a 'const ${this.#type.spelling} *' points to cannot be written`);
        const place = this.#place(index);
        try {
            put(this.#type, place, value);
        } catch (error) {
            throw explain(error, `item ${index} of a pointer to ${this.#type.spelling}`);
        }
    }

    /** The text at this address: up to its NUL, or so many bytes. */
    text(length) {
        this.#check();
        checkAddress(this.address);
        if (length === undefined) return koffi.decode.string(this.address);
        return Buffer.from(koffi.view(this.address, count(length, "the length"))).toString();
    }

    /** So many bytes, without a copy. They are not kept alive. */
    bytes(length) {
        this.#check();
        return new Uint8Array(nativeBytes(this.address, count(length, "the length")));
    }

    /** So many items as a typed array, without a copy. They are not kept alive. */
    array(length) {
        this.#check();
        const type = this.#type;
        const Class = type.typedArray;
        if (Class === null) throw typeError(`there are no typed arrays of ${type.spelling}; use get(index)`);
        const bytes = nativeBytes(this.address, count(length * type.size, "the length"));
        return new Class(bytes, 0, length);
    }

    /** Whether both hold the same address. */
    equals(other) {
        return other !== null && this.address === (other?.address ?? other?.[NATIVE]?.place.address);
    }

    /** The type of what it points to and the library, for the rest of nlib. */
    get [NATIVE]() {
        return { pointee: this.#type, image: this.#image };
    }

    #check() {
        this.#image?.check();
    }

    #place(index) {
        this.#check();
        const { size } = this.#type;
        if (size === 0) throw typeError(`the size of ${this.#type.spelling} is not known; use cast(pointer, type)`);
        const offset = whole(index, "the index") * size;
        return nativePlace(this.address + BigInt(offset), size, this.#image?.holder ?? null);
    }

    [util.inspect.custom]() {
        return `[${this.#type.spelling} * 0x${this.address.toString(16)}]`;
    }

    toJSON() {
        return `0x${this.address.toString(16)}`;
    }
}

/**
 * A variable for a function to write through a pointer: `const count = ref(); lib.measure(count); count.value`.
 * What the variable's type is, the parameter says. `value` is undefined until something was written or given.
 */
class Ref {
    #text;

    constructor(value) {
        this.value = value;
        /** Of a variable that is a pointer: what the function wrote, as a Pointer, where `value` is text. */
        this.pointer = null;
    }

    /** A function has written it. */
    take(value, pointer) {
        this.value = value;
        this.pointer = pointer;
        this.#text = typeof value === "string" ? value : undefined;
    }

    /** What it holds for a function that may write to the text: the text of the last one lies where that put it. */
    written() {
        if (this.#text === undefined || this.value !== this.#text) return this.value;
        return this.pointer[NATIVE].image?.isLive === false ? null : this.pointer;
    }
}

/** A value whose type the caller states, for `...` of a variadic function. */
class Typed {
    constructor(type, value) {
        this.type = type;
        this.value = value;
    }
}

/** A function that is only called while the call that takes it runs. */
class Transient {
    constructor(call) {
        if (typeof call !== "function") throw typeError(`transient takes a function, not ${typeof call}`);
        this.call = call;
    }
}

module.exports = { NATIVE, Pointer, Ref, Transient, Typed };
