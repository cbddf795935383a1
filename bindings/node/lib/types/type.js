"use strict";
// What every C type can do, and how values that do not fit are reported.
//
// A type converts in two ways. Memory: `read` gives the value that lies somewhere, `write` puts one there.
// Calls: `toNative` makes what koffi passes to a function, `fromNative` takes what it gave. What `write` and
// `toNative` allocate belongs to a keeper: an object with `allocate` and `keep`, which is the call or, by `at`, the
// pointer that is written.

const { describe } = require("../given");
const { classes, rangeError, typeError } = require("../errors");

const { TypeNotSupportedError } = classes;

/** A value that does not fit its type. Turned into a TypeError or RangeError that names the place by `explain`. */
class Mismatch extends Error {
    constructor(expected, isRange = false) {
        super(expected);
        this.path = "";
        this.isRange = isRange;
    }
}

/** Says that a value is of the wrong type. */
function mismatch(expected, value) {
    return new Mismatch(`has to be ${expected}, not ${show(value)}`);
}

/** Says that a value is of the right type but impossible. */
function outOfRange(text) {
    return new Mismatch(text, true);
}

/** A value as messages show it. */
function show(value) {
    switch (typeof value) {
        case "string":
            return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
        case "bigint":
            return `${value}n`;
        case "number":
        case "boolean":
        case "undefined":
            return String(value);
        case "function":
            return `the function ${value.name || "(anonymous)"}`;
        default:
            return describe(value);
    }
}

/** Adds where in a value the mismatch is: ".x", "[3]". Other errors stay as they are. */
function within(error, step) {
    if (error instanceof Mismatch) error.path = step + error.path;
    return error;
}

/** Makes a mismatch a TypeError or RangeError about `what`; gives other errors back. */
function explain(error, what) {
    if (!(error instanceof Mismatch)) return error;
    const text = `${what}${error.path} ${error.message}`;
    return error.isRange ? rangeError(text) : typeError(text);
}

/** Gives an object a property of its own, also where it is called `__proto__`. */
function setOwn(object, name, value) {
    if (name !== "__proto__") object[name] = value;
    else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The error of a type that has no form as an argument or result. */
function cannotPass(type) {
    return new TypeNotSupportedError(`a value of the type '${type.spelling}' cannot be passed to or from functions`);
}

/** A C type. */
class Type {
    /**
     * @param {string} spelling as C writes it
     * @param {string} key equal for equal types, also of different libraries
     * @param {number} size in bytes
     * @param {number} alignment in bytes
     */
    constructor(spelling, key, size, alignment) {
        this.spelling = spelling;
        this.key = key;
        this.size = size;
        this.alignment = alignment;
    }

    /** What koffi passes it as; throws where it cannot be passed by value. */
    get native() {
        throw cannotPass(this);
    }

    /** What koffi takes it for when native code gives it. */
    get nativeResult() {
        return this.native;
    }

    /** The type whose values follow no pointer to text. */
    get unfollowed() {
        return this;
    }

    /** The type of such a parameter for the callback that is given it. */
    get inCallback() {
        return this;
    }

    /** The native value that stands for nothing: what C gets from a callback that failed. */
    get zero() {
        return 0;
    }

    /** The class of typed arrays whose items are of this type, or null. */
    get typedArray() {
        return null;
    }

    /** Whether a value is a number that koffi takes and gives as it is. */
    get isNumber() {
        return false;
    }

    /** Whether it points to text that a function may write to. */
    get isWritableText() {
        return false;
    }

    /** Whether a value in memory may point to other memory that somebody has to keep. */
    get pointing() {
        return false;
    }

    read() {
        throw new TypeNotSupportedError(`JavaScript has no value of the type '${this.spelling}'`);
    }

    write() {
        throw new TypeNotSupportedError(`JavaScript has no value of the type '${this.spelling}'`);
    }

    toNative(value) {
        return value;
    }

    fromNative(value) {
        return value;
    }

    /** What memory holds, as a value of its own that does not change with it. */
    copy(place) {
        return this.read(place);
    }

    /** As `copy`, where the memory may hold something else, as in a union: no pointer is followed. */
    copyUnfollowed(place) {
        return this.copy(place);
    }

    /**
     * How well a value fits when overloads are compared: 0 exactly, more with a conversion, null not at all.
     * @returns {number | null}
     */
    rank() {
        return null;
    }

    toString() {
        return this.spelling;
    }
}

/** `void`. */
class VoidType extends Type {
    constructor() {
        super("void", "void", 0, 1);
    }

    get native() {
        return "void";
    }

    get zero() {
        return undefined;
    }

    toNative() {
        return undefined;
    }

    fromNative() {
        return undefined;
    }
}

/** What JavaScript has no form of: a pointer to a member, a `long double`. It has a size and nothing more. */
class UnsupportedType extends Type {
    constructor(spelling, size) {
        super(spelling, `unsupported ${spelling}`, size, Math.max(1, Math.min(size & -size, 16)));
    }
}

module.exports = {
    Mismatch,
    Type,
    UnsupportedType,
    VoidType,
    cannotPass,
    explain,
    mismatch,
    outOfRange,
    setOwn,
    show,
    within,
};
