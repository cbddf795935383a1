"use strict";
// Pointers to characters: strings of JavaScript's, ended with a NUL.
//
// `char` text is UTF-8, text of two bytes UTF-16, of four UTF-32. A string is copied for the call, and for a
// field as long as its record lives. What a function gives is copied to a string; `function.raw(…)` gives the
// pointer instead.

const koffi = require("koffi");
const { bytesOf, checkAddress } = require("../memory");
const { NATIVE, Pointer, Ref } = require("../pointer");
const { AnyPointerType, PointerType, isBytes } = require("./pointers");
const { Mismatch, mismatch } = require("./type");

/** A string with its NUL, as bytes. */
function encode(text, size) {
    if (size === 1) return Buffer.from(`${text}\0`);
    if (size === 2) return Buffer.from(`${text}\0`, "utf16le");
    return Buffer.from(Uint32Array.from([...text, "\0"], (character) => character.codePointAt(0)).buffer);
}

function decode(address, size) {
    checkAddress(address);
    if (size === 1) return koffi.decode.string(address);
    return size === 2 ? koffi.decode.string16(address) : koffi.decode.string32(address);
}

/** A pointer to `char`, `wchar_t`, `char16_t` or the like. */
class TextType extends AnyPointerType {
    get native() {
        return this.#passesStrings ? "str" : "void *";
    }

    /** What koffi takes a result for: it reads the string. */
    get nativeResult() {
        return this.#width === 1 ? "str" : "void *";
    }

    /** The same without a look at the text. */
    get unfollowed() {
        return new PointerType(this.to, { constant: this.constant, nonnull: this.nonnull, image: this.image });
    }

    /** What a callback may have to write to is no text yet. */
    get inCallback() {
        return this.constant ? this : this.unfollowed;
    }

    toNative(value, keeper) {
        if (typeof value === "string") {
            this.#checkString(value);
            return this.#passesStrings ? value : this.#store(value, keeper);
        }
        return this.#other(value);
    }

    /** The address of a string that the keeper holds, or of what else may be given. */
    toAddress(value, keeper) {
        if (typeof value !== "string") return this.addressOf(this.#other(value), keeper);
        this.#checkString(value);
        return this.#store(value, keeper);
    }

    read(place) {
        return place.isInUnion ? this.copyUnfollowed(place) : super.read(place);
    }

    fromNative(value) {
        return typeof value === "bigint" ? decode(value, this.#width) : value;
    }

    rank(value) {
        if (typeof value === "string") return this.constant ? 0 : null;
        if (value === null) return this.nonnull ? null : 1;
        try {
            this.#other(value);
            return 0;
        } catch (error) {
            if (error instanceof Mismatch) return null;
            throw error;
        }
    }

    /** Whether a function may write to it, so that no string can be given. */
    get isWritableText() {
        return !this.constant;
    }

    /** What to do where a string has a NUL. */
    get nulAdvice() {
        return "give a Buffer";
    }

    get #width() {
        return this.to.size;
    }

    get #passesStrings() {
        return this.constant && this.#width === 1;
    }

    #checkString(value) {
        if (!this.constant)
            throw new Mismatch(
                `is a string, but '${this.spelling}' is written to; give a Buffer, for a text to start with text(…)`,
            );
        if (value.includes("\0")) throw new Mismatch(`is a string with a NUL character in it; ${this.nulAdvice}`);
    }

    #store(value, keeper) {
        const bytes = encode(value, this.#width);
        const place = keeper.allocate(bytes.length, this.#width);
        bytes.copy(new Uint8Array(place.view.buffer, place.view.byteOffset + place.base, bytes.length));
        return place.address;
    }

    #other(value) {
        const to = this.to;
        if (value === null) return this.nullValue();
        if (value instanceof Pointer) {
            const { pointee, image } = value[NATIVE];
            if (pointee.key !== to.key && pointee.key !== "void")
                throw new Mismatch(`has to be a ${this.spelling}, not a ${pointee.spelling} * (see cast)`);
            image?.check();
            return value.address;
        }
        if (this.#width === 1 ? isBytes(value) : value instanceof to.typedArray) return value;
        const native = value?.[NATIVE];
        if (native?.place && native.type?.of?.key === to.key) return this.pointTo(native);
        if (value instanceof Ref) throw new Mismatch(`is a ref(), but a ${this.spelling} is a text; give a Buffer`);
        const bytes = this.#width === 1 ? "a Buffer" : `a ${to.typedArray.name}`;
        throw mismatch(
            this.constant ? `a string, ${bytes}, a pointer or null` : `${bytes}, a pointer or null`,
            value,
        );
    }
}

/** What a thunk makes a `std::string` of. It goes as a text of C's, which ends at its first NUL. */
class StringType extends TextType {
    toNative(value, keeper) {
        if (!isBytes(value)) return super.toNative(value, keeper);
        if (value.includes(0)) throw new Mismatch(`holds a NUL; ${this.nulAdvice}`);
        const place = keeper.allocate(value.length + 1, 1);
        bytesOf(place, value.length).set(value);
        return place.address;
    }

    get nulAdvice() {
        return "what it is for is passed as a text of C's, which ends at the first";
    }
}

module.exports = { StringType, TextType, encode };
