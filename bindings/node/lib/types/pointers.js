"use strict";
// Pointers to numbers, to void and to other pointers; references.
//
// What may be given for a `T *`: null, a Pointer to T, a typed array or Buffer whose items are of that kind (no
// copy), an array or a Ref (copied in and, unless T is const, out again).

const { Place, bytesOf, nativePlace } = require("../memory");
const { NATIVE, Pointer, Ref } = require("../pointer");
const { Mismatch, Type, mismatch, within } = require("./type");

const isView = ArrayBuffer.isView;

/** What every pointer has. */
class AnyPointerType extends Type {
    /**
     * @param {Type} to what it points to
     * @param {{constant?: boolean, nonnull?: boolean, image?: object}} more
     */
    constructor(to, { constant = false, nonnull = false, image = null } = {}) {
        super(`${constant ? "const " : ""}${to.spelling} *`, `* ${to.key}`, 8, 8);
        this.to = to;
        this.constant = constant;
        this.nonnull = nonnull;
        this.image = image;
    }

    get native() {
        return "void *";
    }

    get zero() {
        return null;
    }

    get typedArray() {
        return BigUint64Array;
    }

    get pointing() {
        return true;
    }

    /** The address in memory, null for NULL. */
    addressIn(place) {
        const address = place.view.getBigUint64(place.base, true);
        return address === 0n ? null : address;
    }

    read(place) {
        return this.fromNative(this.addressIn(place));
    }

    copyUnfollowed(place) {
        const address = this.addressIn(place);
        return address === null ? null : new Pointer(address, this.to, this.image, this.constant);
    }

    write(place, value, keeper) {
        const own = keeper.at(place);
        // The object itself: a C++ object ends when nobody has it.
        if (typeof value !== "string" && value?.[NATIVE]) own.keep(value);
        place.view.setBigUint64(place.base, this.toAddress(value, own), true);
    }

    /** The address of a value, which the keeper keeps. */
    toAddress(value, keeper) {
        return this.addressOf(this.toNative(value, keeper), keeper);
    }

    /** The address of what toNative gave, which the keeper has to keep. */
    addressOf(native, keeper) {
        if (native === null) return 0n;
        if (typeof native === "bigint") return native;
        keeper.keep(native);
        const offset = isView(native) ? native.byteOffset : 0;
        return new Place(new DataView(isView(native) ? native.buffer : native), offset, null, null).address;
    }

    nullValue() {
        if (this.nonnull) throw mismatch(`a ${this.spelling}, which is never null`, null);
        return null;
    }

    /** The place of an object that stands for native memory and is alive, as koffi takes it. */
    pointTo({ place, image }) {
        image?.check();
        return place.native;
    }
}

/** "an Int8Array", "a Float64Array". */
function withArticle(Class) {
    return `${Class.name.startsWith("I") ? "an" : "a"} ${Class.name}`;
}

/** Whether something may be given where `const char *` and the like point to bytes. */
function isBytes(value) {
    return value instanceof Uint8Array || value instanceof Int8Array || value instanceof Uint8ClampedArray;
}

/** The type of the numbers that a type is made of: those of an array of arrays, those of an enumeration. */
function itemOf(type) {
    let item = type;
    while (item.of) item = item.of;
    return item;
}

/** A pointer to anything but text, functions and records. */
class PointerType extends AnyPointerType {
    toNative(value, keeper) {
        if (value === null) return this.nullValue();
        if (value instanceof Pointer) return this.#pointer(value);
        if (value instanceof Ref) return this.#ref(value, keeper);
        if (isView(value)) return this.#view(value);
        if (Array.isArray(value)) return this.#array(value, keeper);
        if (this.#isVoid) {
            if (value instanceof ArrayBuffer) return value;
            if (typeof value === "bigint") return value;
        }
        const native = value?.[NATIVE];
        const isSame = native?.type && (native.type.key === this.to.key || native.type.of?.key === this.to.key);
        if (native?.place && (this.#isVoid || isSame)) return this.pointTo(native);
        throw mismatch(this.#expected(), value);
    }

    fromNative(address) {
        return address === null ? null : new Pointer(address, this.to, this.image, this.constant);
    }

    rank(value) {
        if (value === null) return this.nonnull ? null : 1;
        try {
            if (Array.isArray(value))
                return this.#isVoid ? null : value.every((each) => this.to.rank(each) !== null) ? 1 : null;
            if (value instanceof Ref) return this.#isVoid || this.constant ? 2 : 1;
            this.toNative(value, null);
            return this.#isVoid ? 1 : 0;
        } catch (error) {
            if (error instanceof Mismatch) return null;
            throw error;
        }
    }

    get #isVoid() {
        return this.to.key === "void";
    }

    #expected() {
        if (this.#isVoid) return "a pointer, a Buffer, a typed array or null";
        const Class = itemOf(this.to).typedArray;
        const arrays = Class ? `, ${withArticle(Class)}` : "";
        return `a ${this.spelling}: a pointer${arrays}, an array, ref() or null`;
    }

    #pointer(value) {
        const { pointee, image } = value[NATIVE];
        if (!this.#isVoid && pointee.key !== "void" && pointee.key !== this.to.key)
            throw new Mismatch(`has to be a ${this.spelling}, not a ${pointee.spelling} * (see cast)`);
        image?.check();
        return value.address;
    }

    #view(value) {
        if (this.#isVoid) return value;
        const item = itemOf(this.to);
        const Class = item.typedArray;
        const fits = item.size === 1 ? isBytes(value) : Class !== null && value instanceof Class;
        if (!fits) throw mismatch(Class ? `${withArticle(Class)} (${this.spelling})` : `a ${this.spelling}`, value);
        return value;
    }

    #ref(ref, keeper) {
        const type = this.to;
        if (this.#isVoid || type.size === 0)
            throw new Mismatch(`is a ref(), but what a ${this.spelling} points to has no size; give a Buffer`);
        if (!keeper.after) throw new Mismatch("is a ref(), which only a function can be given");
        const place = keeper.allocate(type.size, type.alignment);
        const before = type.isWritableText ? ref.written() : ref.value;
        if (before !== undefined) {
            try {
                type.write(place, before, keeper);
            } catch (error) {
                throw within(error, ".value");
            }
        }
        keeper.after(() => {
            ref.take(type.copy(place), type instanceof AnyPointerType ? type.copyUnfollowed(place) : null);
        });
        return place.address;
    }

    #array(values, keeper) {
        const type = this.to;
        if (this.#isVoid) throw mismatch(this.#expected(), values);
        if (type.size === 0) throw new Mismatch(`is an array, but what a ${this.spelling} points to has no size`);
        return arrayToNative(type, values, keeper, this.constant);
    }
}

/** Copies an array into memory of the keeper's and, unless it is constant, what changed back after the call. */
function arrayToNative(type, values, keeper, constant) {
    const place = keeper.allocate(Math.max(type.size * values.length, 1), type.alignment);
    const at = (index) => place.at(index * type.size);
    values.forEach((value, index) => {
        try {
            // What the function writes need not be there before: [undefined] or [null] reserve an item.
            if (value === undefined || (value === null && !constant && !type.pointing)) return;
            type.write(at(index), value, keeper);
        } catch (error) {
            throw within(error, `[${index}]`);
        }
    });
    if (!constant && keeper.after) {
        const before = bytesOf(place, type.size * values.length).slice();
        keeper.after(() => {
            const now = bytesOf(place, type.size * values.length);
            for (let index = 0; index < values.length; index++) {
                const [start, end] = [index * type.size, (index + 1) * type.size];
                const same = Buffer.compare(now.subarray(start, end), before.subarray(start, end)) === 0;
                if (same && values[index] !== undefined && values[index] !== null) continue;
                values[index] = isPlainObject(values[index])
                    ? type.update(values[index], at(index), before.subarray(start, end))
                    : type.copy(at(index));
            }
        });
    }
    return place.address;
}

/** Whether something is an object that stands for nothing native. */
function isPlainObject(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value) && !isView(value) && !value[NATIVE];
}

/** A C++ reference to a number, an enumeration or a pointer: as a pointer that is never null. */
class ReferenceType extends PointerType {
    constructor(to, more) {
        super(to, { ...more, nonnull: true });
        this.spelling = `${this.constant ? "const " : ""}${to.spelling} &`;
    }

    toNative(value, keeper) {
        const type = this.to;
        // A constant reference takes the value itself.
        if (this.constant && keeper !== null && type.rank(value) !== null) {
            const place = keeper.allocate(type.size, type.alignment);
            type.write(place, value, keeper);
            return place.address;
        }
        return super.toNative(value, keeper);
    }

    /** Of a constant reference the value, else a pointer whose `value` can be set. */
    fromNative(address) {
        if (address === null || !this.constant) return super.fromNative(address);
        return this.to.read(nativePlace(address, this.to.size, null));
    }

    rank(value) {
        const type = this.to;
        const direct = this.constant ? type.rank(value) : null;
        return direct ?? super.rank(value);
    }
}

module.exports = { AnyPointerType, PointerType, ReferenceType, arrayToNative, isBytes, isPlainObject };
