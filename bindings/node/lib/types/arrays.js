"use strict";
// Arrays of a fixed length, as they lie in records: typed arrays over the memory itself where items are numbers,
// strings for `char` arrays, else a NativeArray, whose items are read and written in place.

const { arrayOf } = require("../koffi-types");
const { NativeArray } = require("../native-array");
const { Pointer } = require("../pointer");
const { bytesOf, keepOwner } = require("../memory");
const { CharacterType } = require("./scalars");
const { Mismatch, Type, cannotPass, mismatch, outOfRange, within } = require("./type");

/** `T name[length]`; of length null for `T name[]` at the end of a record. */
class ArrayType extends Type {
    constructor(of, length, image) {
        super(`${of.spelling}[${length ?? ""}]`, `${of.key}[${length ?? ""}]`, of.size * (length ?? 0), of.alignment);
        this.of = of;
        this.length = length;
        this.image = image;
    }

    get native() {
        if (this.length === null) throw cannotPass(this);
        return arrayOf(this.of.native, this.length, this.#isNumbers ? "Typed" : "Array");
    }

    get zero() {
        return this.#isNumbers ? new this.of.typedArray(this.length) : Array(this.length).fill(this.of.zero);
    }

    get pointing() {
        return this.of.pointing;
    }

    get isText() {
        return this.of instanceof CharacterType && this.of.size === 1;
    }

    get #isNumbers() {
        return this.of.typedArray !== null && !this.of.pointing && this.of.key !== "bool";
    }

    /** The array itself: what is written to it is written to the memory. */
    read(place, isConstant = false) {
        if (this.length === null) return new Pointer(place.address, this.of, this.image);
        if (this.isText) return this.#text(place);
        return (this.#isNumbers ? this.#numbers(place) : null) ?? new NativeArray(this, place, this.image, isConstant);
    }

    copy(place) {
        return this.#copy(place, (at) => this.of.copy(at));
    }

    copyUnfollowed(place) {
        return this.#copy(place, (at) => this.of.copyUnfollowed(at));
    }

    write(place, value, keeper) {
        if (this.length === null)
            throw new Mismatch(`is an array without a length (${this.spelling}); use its pointer`);
        if (typeof value === "string" && this.isText) return this.#writeText(place, value);
        const items = this.#items(value);
        const { of } = this;
        for (let index = 0; index < items.length; index++) {
            try {
                of.write(place.at(index * of.size), items[index], keeper);
            } catch (error) {
                throw within(error, `[${index}]`);
            }
        }
        // Only now: what was given may be this array itself.
        bytesOf(place, this.size).fill(0, items.length * of.size);
    }

    toNative(value, keeper) {
        if (typeof value === "string" && this.isText) {
            const place = keeper.allocate(this.size, 1);
            this.#writeText(place, value);
            return bytesOf(place, this.size).slice();
        }
        const given = this.#items(value);
        const items = this.zero;
        const isWide = typeof items[0] === "bigint";
        for (let index = 0; index < given.length; index++) {
            const item = this.of.toNative(given[index], keeper);
            items[index] = isWide ? BigInt(item) : item;
        }
        return items;
    }

    fromNative(value) {
        if (this.isText) return textOf(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        return this.#isNumbers ? value : Array.from(value, (each) => this.of.fromNative(each));
    }

    #text(place) {
        return textOf(bytesOf(place, this.size));
    }

    #writeText(place, text) {
        const bytes = Buffer.from(text);
        if (bytes.length >= this.size)
            throw outOfRange(`has ${bytes.length} bytes and a NUL; ${this.spelling} holds ${this.size}`);
        const target = bytesOf(place, this.size);
        target.fill(0);
        target.set(bytes);
    }

    /** A typed array over the memory; null when it is not aligned. */
    #numbers(place) {
        const Class = this.of.typedArray;
        if (!place.owned) return new Class(place.buffer(this.size), 0, this.length);
        const offset = place.view.byteOffset + place.base;
        if (offset % Class.BYTES_PER_ELEMENT !== 0) return null;
        return keepOwner(new Class(place.view.buffer, offset, this.length), place);
    }

    #copy(place, item) {
        if (this.length === null) return [];
        if (this.isText) return this.#text(place);
        if (this.#isNumbers) {
            const bytes = bytesOf(place, this.size).slice();
            return new this.of.typedArray(bytes.buffer, 0, this.length);
        }
        return Array.from({ length: this.length }, (_, index) => item(place.at(index * this.of.size)));
    }

    /** The items of what was given, of which there are at most so many. */
    #items(value) {
        const isList =
            Array.isArray(value) ||
            value instanceof NativeArray ||
            (ArrayBuffer.isView(value) && !(value instanceof DataView));
        if (!isList) throw mismatch(`an array (${this.spelling})`, value);
        if (value.length > this.length)
            throw outOfRange(`has ${value.length} items; ${this.spelling} holds ${this.length}`);
        return value;
    }
}

/** The text before the first NUL. */
function textOf(bytes) {
    const end = bytes.indexOf(0);
    return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString();
}

/** What only vector instructions use: its numbers can be read and written in memory, but not passed. */
class VectorType extends ArrayType {
    constructor(of, length, image) {
        super(of, length, image);
        this.spelling = `${of.spelling} vector of ${length}`;
        this.key = `vector ${this.key}`;
        // Vectors are aligned to their size, which is a power of two.
        this.alignment = this.size;
    }

    get native() {
        throw cannotPass(this);
    }
}

module.exports = { ArrayType, VectorType };
