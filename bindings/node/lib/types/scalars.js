"use strict";
// Numbers, truth values, characters and enumerations.

const { Type, mismatch, outOfRange, show } = require("./type");

const SIGNED_ARRAYS = { 1: Int8Array, 2: Int16Array, 4: Int32Array, 8: BigInt64Array };
const UNSIGNED_ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };

const TWO_32 = 2 ** 32;

/** A 64-bit integer as a number where that is exact, else as BigInt: one value always has one form. */
function exact(value) {
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

function readUnsigned64(view, base) {
    const high = view.getUint32(base + 4, true);
    if (high >= 0x200000) return exact(view.getBigUint64(base, true));
    return high * TWO_32 + view.getUint32(base, true);
}

function readSigned64(view, base) {
    const high = view.getInt32(base + 4, true);
    if (high >= 0x200000 || high < -0x1fffff) return exact(view.getBigInt64(base, true));
    return high * TWO_32 + view.getUint32(base, true);
}

const READ = {
    signed: {
        1: (view, base) => view.getInt8(base),
        2: (view, base) => view.getInt16(base, true),
        4: (view, base) => view.getInt32(base, true),
        8: readSigned64,
    },
    unsigned: {
        1: (view, base) => view.getUint8(base),
        2: (view, base) => view.getUint16(base, true),
        4: (view, base) => view.getUint32(base, true),
        8: readUnsigned64,
    },
};

// Writing a number wraps, so that the signed forms serve the unsigned ones.
const WRITE = {
    1: (view, base, value) => view.setInt8(base, value),
    2: (view, base, value) => view.setInt16(base, value, true),
    4: (view, base, value) => view.setInt32(base, value, true),
    8: (view, base, value) => view.setBigInt64(base, BigInt(value), true),
};

/** Whole numbers of 1 to 16 bytes. Those of 16 can be read and written in memory, but not passed. */
class IntegerType extends Type {
    constructor(spelling, size, signed) {
        super(spelling, `${signed ? "int" : "uint"}${size * 8}`, size, size);
        this.signed = signed;
        const bits = BigInt(size * 8);
        this.least = signed ? -(1n << (bits - 1n)) : 0n;
        this.most = (1n << (signed ? bits - 1n : bits)) - 1n;
        // As numbers, for what fits in them.
        this.leastNumber = Math.max(Number(this.least), Number.MIN_SAFE_INTEGER);
        this.mostNumber = Math.min(Number(this.most), Number.MAX_SAFE_INTEGER);
        this.load = READ[signed ? "signed" : "unsigned"][size];
        this.store = WRITE[size];
    }

    get native() {
        return this.size <= 8 ? `${this.signed ? "int" : "uint"}${this.size * 8}` : super.native;
    }

    get isNumber() {
        return this.size < 8;
    }

    get typedArray() {
        return (this.signed ? SIGNED_ARRAYS : UNSIGNED_ARRAYS)[this.size] ?? null;
    }

    /** The number or BigInt itself, when it fits. */
    toNative(value) {
        if (typeof value === "number") {
            if (value >= this.leastNumber && value <= this.mostNumber && Number.isInteger(value)) return value;
        } else if (typeof value === "bigint") {
            if (value >= this.least && value <= this.most) return value;
        } else {
            throw mismatch(`a whole number (${this.spelling})`, value);
        }
        throw this.#refusal(value);
    }

    fromNative(value) {
        if (this.size < 8) return value;
        // koffi gives callbacks their unsigned arguments as signed ones.
        if (value < 0 && !this.signed) return exact(BigInt.asUintN(64, BigInt(value)));
        return Number.isSafeInteger(value) ? value : exact(BigInt(value));
    }

    #refusal(value) {
        if (typeof value === "number" && !Number.isInteger(value))
            return mismatch(`a whole number (${this.spelling})`, value);
        if (typeof value === "number" && value > this.leastNumber && value <= Number(this.most))
            return outOfRange(`is ${value}, which a number does not hold exactly; give a BigInt`);
        return outOfRange(`is ${value}; ${this.spelling} holds ${this.least} to ${this.most}`);
    }

    read({ view, base }) {
        return this.readAt(view, base);
    }

    readAt(view, base) {
        if (this.size <= 8) return this.load(view, base);
        const whole = (view.getBigUint64(base + 8, true) << 64n) | view.getBigUint64(base, true);
        return exact(this.signed ? BigInt.asIntN(128, whole) : whole);
    }

    write({ view, base }, value) {
        const checked = this.toNative(value);
        if (this.size <= 4) return this.store(view, base, Number(checked));
        if (this.size === 8) return this.store(view, base, checked);
        view.setBigUint64(base, BigInt.asUintN(64, BigInt(checked)), true);
        view.setBigUint64(base + 8, BigInt.asUintN(64, BigInt(checked) >> 64n), true);
    }

    rank(value) {
        if (typeof value === "bigint") {
            if (value < this.least || value > this.most) return null;
            return this.size === 8 ? 0 : 1;
        }
        if (typeof value !== "number" || !Number.isInteger(value)) return null;
        if (value < this.leastNumber || value > this.mostNumber) return null;
        // `int` is what C++ takes a whole number for.
        return this.key === "int32" ? 0 : 1;
    }
}

const FLOAT_MAX = 3.4028234663852886e38;

/** Whether a number is one of a `float`'s: not where rounding would make a finite number infinite. */
function fitsFloat(value) {
    return Number.isFinite(Math.fround(value)) || !Number.isFinite(value);
}

/** `float` and `double`. */
class FloatType extends Type {
    constructor(spelling, size) {
        super(spelling, `float${size * 8}`, size, size);
    }

    get native() {
        return this.size === 4 ? "float" : "double";
    }

    get isNumber() {
        return true;
    }

    get typedArray() {
        return this.size === 4 ? Float32Array : Float64Array;
    }

    toNative(value) {
        if (typeof value !== "number") throw mismatch(`a number (${this.spelling})`, value);
        if (this.size === 4 && !fitsFloat(value))
            throw outOfRange(`is ${value}; ${this.spelling} holds to ${FLOAT_MAX}`);
        return value;
    }

    read({ view, base }) {
        return this.readAt(view, base);
    }

    readAt(view, base) {
        return this.size === 4 ? view.getFloat32(base, true) : view.getFloat64(base, true);
    }

    write({ view, base }, value) {
        if (this.size === 4) view.setFloat32(base, this.toNative(value), true);
        else view.setFloat64(base, this.toNative(value), true);
    }

    rank(value) {
        if (typeof value !== "number" || (this.size === 4 && !fitsFloat(value))) return null;
        // A number with a fraction is a double; a whole one may be meant as an integer.
        const narrowing = this.size === 4 ? 0.5 : 0;
        return (Number.isInteger(value) ? 1 : 0) + narrowing;
    }
}

/** `bool`. */
class BoolType extends Type {
    constructor() {
        super("bool", "bool", 1, 1);
    }

    get native() {
        return "bool";
    }

    get zero() {
        return false;
    }

    get typedArray() {
        return Uint8Array;
    }

    toNative(value) {
        if (typeof value !== "boolean") throw mismatch("true or false", value);
        return value;
    }

    read({ view, base }) {
        return this.readAt(view, base);
    }

    readAt(view, base) {
        return view.getUint8(base) !== 0;
    }

    write({ view, base }, value) {
        view.setUint8(base, Number(this.toNative(value)));
    }

    rank(value) {
        return typeof value === "boolean" ? 0 : null;
    }
}

/** `char` and its wider kin. A value is a number; a string of one character may be given. */
class CharacterType extends IntegerType {
    constructor(spelling, size, signed) {
        super(spelling, size, signed);
        this.key = spelling;
    }

    get isNumber() {
        return false;
    }

    toNative(value) {
        if (typeof value !== "string") return super.toNative(value);
        const code = value.codePointAt(0);
        if (code === undefined || String.fromCodePoint(code) !== value)
            throw mismatch(`one character or its number (${this.spelling})`, value);
        const most = this.size === 1 ? 0x7f : Number(this.most);
        if (code > most) throw outOfRange(`is ${show(value)}, which does not fit in one ${this.spelling}`);
        return code;
    }

    rank(value) {
        if (typeof value === "string") return [...value].length === 1 ? 1 : null;
        const fits = super.rank(value);
        return fits === null ? null : fits + 1;
    }
}

/** An enumeration. A value is a number; the name of one of its values may be given. */
class EnumType extends Type {
    /**
     * @param {string} name
     * @param {IntegerType} integer what it is stored as
     * @param {Map<string, number | bigint>} values by name, in order
     */
    constructor(name, integer, values) {
        super(name, `enum ${name}`, integer.size, integer.alignment);
        this.integer = integer;
        this.values = values;
    }

    get native() {
        return this.integer.native;
    }

    get typedArray() {
        return this.integer.typedArray;
    }

    toNative(value) {
        if (typeof value !== "string") {
            if (typeof value !== "number" && typeof value !== "bigint")
                throw mismatch(`a number or a name of ${this.spelling}`, value);
            return this.integer.toNative(value);
        }
        const found = this.values.get(value);
        if (found === undefined)
            throw outOfRange(`is ${show(value)}; ${this.spelling} has ${[...this.values.keys()].join(", ")}`);
        return found;
    }

    fromNative(value) {
        return this.integer.fromNative(value);
    }

    read({ view, base }) {
        return this.integer.readAt(view, base);
    }

    readAt(view, base) {
        return this.integer.readAt(view, base);
    }

    write(place, value) {
        this.integer.write(place, this.toNative(value));
    }

    rank(value) {
        if (typeof value === "string") return this.values.has(value) ? 0 : null;
        const fits = this.integer.rank(value);
        return fits === null ? null : fits + 1;
    }
}

module.exports = {
    BoolType,
    CharacterType,
    EnumType,
    FloatType,
    IntegerType,
    exact,
};
