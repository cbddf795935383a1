"use strict";
// Pointers and C++ references to records: objects of the record's class.
//
// What may be given for a `T *`: null, an object of T's class or of a class made from it, a plain object or an
// array of them (copied in and, unless T is const, out again), a ref(), bytes.

const { bytesOf, nativePlace } = require("../memory");
const { NATIVE, Pointer, Ref } = require("../pointer");
const { viewRecord } = require("../record");
const { AnyPointerType, arrayToNative, isPlainObject } = require("./pointers");
const { RecordType } = require("./records");
const { Mismatch, mismatch, outOfRange, within } = require("./type");

/** A pointer to a structure, union or class. */
class RecordPointerType extends AnyPointerType {
    toNative(value, keeper) {
        if (value === null) return this.nullValue();
        const native = value?.[NATIVE];
        if (native !== undefined) return this.#native(native, value);
        if (value instanceof Ref) return this.#ref(value, keeper);
        if (Array.isArray(value)) return this.#array(value, keeper);
        if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return this.#bytes(value);
        if (isPlainObject(value)) return this.#object(value, keeper);
        throw mismatch(`a ${this.spelling}`, value);
    }

    fromNative(address) {
        if (address === null) return null;
        return viewRecord(this.to, nativePlace(address, this.to.size, this.image.holder), this.constant);
    }

    rank(value) {
        if (value === null) return this.nonnull ? null : 1;
        const native = value?.[NATIVE];
        if (native?.type?.of) return native.type.of.key === this.to.key ? 0 : null;
        if (native?.pointee) return native.pointee.key === this.to.key ? 0 : native.pointee.key === "void" ? 1 : null;
        if (value instanceof Ref) return this.constant || this.to.isOpaque ? null : 1;
        if (Array.isArray(value)) return value.every((each) => this.to.rank(each) !== null) ? 1 : null;
        return this.to.rank(value);
    }

    #native(native, value) {
        if (native.type instanceof RecordType) {
            const offset = native.type.offsetOf(this.to.key);
            if (offset === null) throw mismatch(`a ${this.spelling}`, value);
            native.check();
            return offset === 0 ? native.place.native : this.pointTo({ ...native, place: native.place.at(offset) });
        }
        if (native.type?.of?.key === this.to.key) return this.pointTo(native);
        if (value instanceof Pointer && (native.pointee.key === this.to.key || native.pointee.key === "void")) {
            native.image?.check();
            return value.address;
        }
        throw mismatch(`a ${this.spelling}`, value);
    }

    #ref(ref, keeper) {
        const { to } = this;
        if (to.isOpaque) throw new Mismatch(`is a ref(), but nobody knows the size of a ${to.spelling}`);
        if (!keeper.after) throw new Mismatch("is a ref(), which only a function can be given");
        const place = keeper.allocate(to.size, to.alignment);
        if (ref.value !== undefined) {
            try {
                to.write(place, ref.value, keeper);
            } catch (error) {
                throw within(error, ".value");
            }
        }
        keeper.after(() => {
            ref.take(to.copy(place), null);
        });
        return place.address;
    }

    #array(values, keeper) {
        if (this.to.isOpaque) throw new Mismatch(`is an array, but nobody knows the size of a ${this.to.spelling}`);
        return arrayToNative(this.to, values, keeper, this.constant);
    }

    #bytes(value) {
        const fits = value instanceof ArrayBuffer || value instanceof Uint8Array;
        if (!fits) throw mismatch(`a ${this.spelling}, or a Buffer with its bytes`, value);
        if (value.byteLength < this.to.size)
            throw outOfRange(`has ${value.byteLength} bytes; one ${this.to.spelling} has ${this.to.size}`);
        return value;
    }

    #object(value, keeper) {
        const { to } = this;
        // The errors of what cannot be made of an object come from here too.
        const place = keeper.allocate(Math.max(to.size, 1), to.alignment);
        to.write(place, value, keeper);
        if (!this.constant && keeper.after) {
            const before = bytesOf(place, to.size).slice();
            keeper.after(() => to.update(value, place, before));
        }
        return place.address;
    }
}

/** A C++ reference to a record: a pointer that is never null. */
class RecordReferenceType extends RecordPointerType {
    constructor(to, more) {
        super(to, { ...more, nonnull: true });
        this.spelling = `${this.constant ? "const " : ""}${to.spelling} &`;
    }
}

module.exports = { RecordPointerType, RecordReferenceType };
