"use strict";
// What a name of a library is in JavaScript: a function, a variable, a constant, a class, an enumeration.

const { Candidates } = require("./candidates");
const { classes } = require("./errors");
const { makeFunction } = require("./functions");
const { integerOf } = require("./interface");
const { nativePlace, put } = require("./memory");
const { NATIVE, Pointer } = require("./pointer");
const { NativeType } = require("./type-text");
const { AnyPointerType } = require("./types/pointers");
const { RecordType } = require("./types/records");
const { EnumType, FloatType, IntegerType } = require("./types/scalars");
const { TextType } = require("./types/text");
const { VoidType, explain, setOwn } = require("./types/type");

// Of several things with one name the first of these is meant: in C a structure may be called like a function.
const ORDER = ["function", "variable", "constant", "enumerator", "record", "enum", "typedef"];

/**
 * What a name stands for: `{ get, set }`, `set` only where it can be assigned to; null when the library has no
 * such name.
 * @param {Image} image the image to look in now
 * @param {object} owner has `currentImage`, in which a function is looked up again after a reload
 */
function itemOf(image, owner, name) {
    const found = image.find(null, name);
    const kind = ORDER.find((each) => found.some(({ item }) => item === each));
    const [first] = found.filter(({ item }) => item === kind);
    switch (kind) {
        case undefined:
            return null;
        case "function": {
            const value = makeFunction(() => functionsOf(owner.currentImage, name), owner);
            return { get: () => value };
        }
        case "variable":
            return variableOf(image, first);
        case "constant":
            return constantItem(image, first);
        case "enumerator": {
            const value = integerOf(first.value);
            return { get: () => value };
        }
        case "record":
            return { get: () => image.record(name).Class };
        case "enum": {
            const value = enumOf(image.types.enumeration(name));
            return { get: () => value };
        }
        default: {
            const value = typeItem(image, image.type({ kind: "typedef", name }));
            return { get: () => value };
        }
    }
}

function functionsOf(image, name) {
    const found = image.find("function", name);
    if (found.length) return new Candidates(image, found);
    throw found.error ?? new classes.SymbolError(`\`${image.name}\` has no function \`${name}\``);
}

/** A class, an enumeration, or a type to name elsewhere. */
function typeItem(image, type) {
    if (type instanceof RecordType) return type.Class;
    return type instanceof EnumType ? enumOf(type) : new NativeType(type);
}

const enums = new WeakMap();

/** An enumeration as a frozen object, in both directions: `Color.Red` and `Color[1]`. */
function enumOf(type) {
    let made = enums.get(type);
    if (made === undefined) {
        made = {};
        for (const [name, value] of type.values) {
            // `Shape::Round` is known as `Round` too.
            if (name.includes("::")) continue;
            made[name] = value;
            made[value] ??= name;
        }
        Object.defineProperty(made, NATIVE, { value: { enumType: type } });
        enums.set(type, Object.freeze(made));
    }
    return made;
}

function variableOf(image, description) {
    const { name, symbol } = description;
    if (description["thread-local"])
        throw new classes.TypeNotSupportedError(
            `${name} is another variable on each thread; JavaScript cannot reach it`,
        );
    const type = image.type(description.type);
    const place = () => nativePlace(image.interface.address(symbol), type.size, image.holder);
    // What is constant may lie in memory that cannot be written: a copy of it is seen.
    if (description.type.const) return { get: () => type.copy(place()) };
    return {
        get: () => type.read(place()),
        set(value) {
            try {
                put(type, place(), value);
            } catch (error) {
                throw explain(error, name);
            }
        },
    };
}

function constantItem(image, description) {
    const value = constantOf(image, image.type(description.type), description.value);
    return { get: () => value };
}

/** The value of a constant: what JSON cannot hold comes as text. */
function constantOf(image, type, value) {
    if (type instanceof FloatType)
        return typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value;
    if (type instanceof IntegerType || type instanceof EnumType) return integerOf(value);
    if (type instanceof AnyPointerType && !(type instanceof TextType)) {
        const address = BigInt.asUintN(64, BigInt(value));
        return address === 0n ? null : new Pointer(address, new VoidType(), image);
    }
    if (!(type instanceof RecordType) || !Array.isArray(value)) return value;
    const fields = type.description.fields;
    const result = {};
    value.forEach((each, index) => {
        const field = type.fields.get(fields[index]?.name);
        if (field) setOwn(result, field.name, constantOf(image, field.type, each));
    });
    return Object.freeze(result);
}

module.exports = { enumOf, itemOf };
