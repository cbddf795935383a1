"use strict";
// An array in memory whose items are not plain numbers: records, pointers, truth values. It works like a
// JavaScript array of fixed length, and what is written to it is written to the memory.

const util = require("node:util");
const { put } = require("./memory");
const { NATIVE } = require("./pointer");
const { explain } = require("./types/type");
const { classes, typeError } = require("./errors");

const INDEX = /^(0|[1-9]\d*)$/;

const handler = {
    get(target, key, receiver) {
        if (typeof key === "string" && INDEX.test(key)) return target.item(Number(key));
        return Reflect.get(target, key, receiver);
    },
    set(target, key, value) {
        if (typeof key !== "string" || !INDEX.test(key)) return false;
        target.setItem(Number(key), value);
        return true;
    },
    has(target, key) {
        if (typeof key === "string" && INDEX.test(key)) return Number(key) < target.length;
        return Reflect.has(target, key);
    },
    ownKeys: (target) => [...Array(target.length).keys()].map(String),
    getOwnPropertyDescriptor(target, key) {
        if (typeof key !== "string" || !INDEX.test(key) || Number(key) >= target.length) return undefined;
        return { value: target.item(Number(key)), writable: true, enumerable: true, configurable: true };
    },
};

class NativeArray {
    /**
     * @param {ArrayType} type
     * @param {Place} place where its first item is
     * @param {object | null} image the library that it is of
     * @param {boolean} isConstant whether it may not be written to
     */
    constructor(type, place, image, isConstant) {
        this[NATIVE] = { type, place, image, isConstant };
        return new Proxy(this, handler);
    }

    get length() {
        return this[NATIVE].type.length;
    }

    /** The item at an index; undefined beyond the end. */
    item(index) {
        const { type, place, isConstant } = check(this[NATIVE]);
        return index < type.length ? type.of.read(place.at(index * type.of.size), isConstant) : undefined;
    }

    setItem(index, value) {
        const { type, place, isConstant } = check(this[NATIVE]);
        if (isConstant) throw typeError(`a ${type.spelling} in a constant structure cannot be written`);
        if (index >= type.length) throw new RangeError(`the array has ${type.length} items, none at ${index}`);
        const at = place.at(index * type.of.size);
        try {
            put(type.of, at, value);
        } catch (error) {
            throw explain(error, `item ${index} of a ${type.spelling}`);
        }
    }

    *[Symbol.iterator]() {
        for (let index = 0; index < this.length; index++) yield this.item(index);
    }

    [util.inspect.custom](depth, options, inspect) {
        return depth < 0 ? `[${this[NATIVE].type.spelling}]` : inspect([...this], { ...options, depth });
    }

    toJSON() {
        return [...this];
    }
}

function check(native) {
    native.image?.check();
    if (native.place.owner?.isDeleted) throw new classes.HandleError("what this array is a part of was deleted");
    return native;
}

for (const name of [
    "at",
    "entries",
    "every",
    "filter",
    "find",
    "findIndex",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "keys",
    "map",
    "reduce",
    "slice",
    "some",
    "values",
])
    Object.defineProperty(NativeArray.prototype, name, {
        value: Array.prototype[name],
        configurable: true,
        writable: true,
    });

module.exports = { NativeArray };
