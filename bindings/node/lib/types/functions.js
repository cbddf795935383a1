"use strict";
// What a function takes and gives, and pointers to functions.

const { functionOf } = require("../koffi-types");
const { NATIVE, Pointer, Transient } = require("../pointer");
const { AnyPointerType } = require("./pointers");
const { ArrayType } = require("./arrays");
const { FloatType } = require("./scalars");
const { RecordType } = require("./records");
const { mismatch } = require("./type");

/** The types of a function's result and parameters. */
class Signature {
    /**
     * @param {Type} result
     * @param {{name: string, type: Type}[]} parameters
     * @param {boolean} isVariadic
     */
    constructor(result, parameters, isVariadic = false) {
        this.result = result;
        this.parameters = parameters;
        this.isVariadic = isVariadic;
    }

    get key() {
        const parameters = this.parameters.map(({ type }) => type.key).join();
        return `${this.result.key} (${parameters}${this.isVariadic ? ", ..." : ""})`;
    }

    /** koffi's type for calls from JavaScript. `result` may be another than the signature's own. */
    nativeFor(result = this.result) {
        const parameters = this.parameters.map(({ type }) => type.native);
        return functionOf(result.nativeResult, this.isVariadic ? [...parameters, "..."] : parameters);
    }

    /** koffi's type for calls to JavaScript. A string that JavaScript gives goes as its address. */
    get nativeCallback() {
        const { result } = this;
        const given = result instanceof AnyPointerType ? "void *" : result.native;
        return functionOf(
            given,
            this.parameters.map(({ type }) => type.inCallback.nativeResult),
        );
    }

    /** As C declares a function of this type. */
    declare(name) {
        const parameters = this.parameters.map(({ name, type }) => declare(type, name));
        if (this.isVariadic) parameters.push("...");
        return declare(this.result, `${name}(${parameters.length ? parameters.join(", ") : "void"})`);
    }
}

/** A type and a name as C writes them together. */
function declare(type, name) {
    if (type instanceof FunctionPointerType && type.name === null) return type.signature.declare(`(*${name})`);
    if (type instanceof ArrayType) return `${declare(type.of, name)}[${type.length ?? ""}]`;
    return type.spelling.endsWith("*") || !name ? `${type.spelling}${name}` : `${type.spelling} ${name}`;
}

/** A pointer to a function: a function of JavaScript's, in both directions. */
class FunctionPointerType extends AnyPointerType {
    /** `signature` is a function, so that a record may hold functions that take it. */
    constructor(signature, image, more) {
        super({ spelling: "function", key: "function" }, { ...more, image });
        let read = null;
        /** The typedef's name, where the type comes from one. */
        this.name = null;
        Object.defineProperties(this, {
            signature: { get: () => (read ??= signature()) },
            key: { get: () => `* ${this.signature.key}` },
            spelling: {
                get: () => this.name ?? this.signature.declare("(*)"),
                set: (name) => {
                    this.name = name;
                },
            },
        });
    }

    toNative(value, keeper) {
        if (value === null) return this.nullValue();
        const { signature } = this;
        const native = value?.[NATIVE];
        if (native?.signature) {
            if (native.signature.key !== signature.key)
                throw mismatch(`a function of the type ${this.spelling}`, value);
            native.check();
            keeper?.keep(value);
            return native.address;
        }
        if (value instanceof Transient) {
            if (!keeper.after) throw mismatch("a function that lives longer than a call", value);
            return this.image.callbacks.transient(value.call, signature, keeper);
        }
        if (typeof value === "function") {
            const callback = this.image.callbacks.of(value, signature);
            keeper.keep(callback);
            return callback.address;
        }
        if (value instanceof Pointer && native.pointee.key === "void") {
            native.image?.check();
            return value.address;
        }
        throw mismatch(`a function (${this.spelling})`, value);
    }

    fromNative(address) {
        return address === null ? null : this.image.functionAt(address, this.signature);
    }

    copyUnfollowed(place) {
        return this.read(place);
    }

    rank(value) {
        if (value === null) return this.nonnull ? null : 1;
        const native = value?.[NATIVE];
        if (native?.signature) return native.signature.key === this.signature.key ? 0 : null;
        return typeof value === "function" || value instanceof Transient ? 0 : null;
    }
}

const INTEGERS = 6;
const VECTORS = 8;

/**
 * How many words of a call's arguments lie on the stack, by the calling convention of x86-64 (System V ABI,
 * section 3.2.3).
 */
function stackWords(signature) {
    let integers = INTEGERS - (isInMemory(signature.result) ? 1 : 0);
    let vectors = VECTORS;
    let words = 0;
    for (const { type } of signature.parameters) {
        const size = Math.ceil(Math.max(type.size, 1) / 8);
        const classes = isInMemory(type) ? null : eightbytes(type);
        const wanted = classes?.filter((isVector) => !isVector).length ?? Infinity;
        const wantedVectors = (classes?.length ?? 0) - (classes ? wanted : 0);
        if (classes !== null && wanted <= integers && wantedVectors <= vectors) {
            integers -= wanted;
            vectors -= wantedVectors;
        } else words += size;
    }
    return words;
}

function isInMemory(type) {
    return type instanceof RecordType && type.size > 16;
}

/** Of each eight bytes whether they go in a vector register: when they hold nothing but floating-point numbers. */
function eightbytes(type) {
    const classes = Array(Math.ceil(Math.max(type.size, 1) / 8)).fill(true);
    const visit = (each, offset) => {
        if (each instanceof RecordType)
            for (const field of each.fields.values()) visit(field.type, offset + field.offset);
        else if (each instanceof ArrayType)
            for (let index = 0; index < each.length; index++) visit(each.of, offset + index * each.of.size);
        else if (!(each instanceof FloatType)) classes[offset >> 3] = false;
    };
    visit(type, 0);
    return classes;
}

module.exports = { FunctionPointerType, Signature, declare, stackWords };
