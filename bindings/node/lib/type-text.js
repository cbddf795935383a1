"use strict";
// Types that a caller writes: "const char *", "uint64_t", a record's class, a function's result and parameters.

const { NATIVE } = require("./pointer");
const { FunctionPointerType, Signature } = require("./types/functions");
const { PointerType } = require("./types/pointers");
const { RecordPointerType } = require("./types/record-pointers");
const { RecordType } = require("./types/records");
const { BoolType, CharacterType, FloatType, IntegerType } = require("./types/scalars");
const { TextType } = require("./types/text");
const { Type, VoidType } = require("./types/type");
const { typeError } = require("./errors");

const integer = (size, signed) => (name) => new IntegerType(name, size, signed);
const character = (size, signed) => (name) => new CharacterType(name, size, signed);

// Words of C in the order of the alphabet, so that "unsigned long int" and "long unsigned int" are the same.
const SCALARS = {
    void: () => new VoidType(),
    bool: () => new BoolType(),
    _Bool: () => new BoolType(),
    float: (name) => new FloatType(name, 4),
    double: (name) => new FloatType(name, 8),
    char: character(1, true),
    wchar_t: character(4, true),
    char16_t: character(2, false),
    char32_t: character(4, false),
    "char signed": integer(1, true),
    "char unsigned": integer(1, false),
    short: integer(2, true),
    "short unsigned": integer(2, false),
    int: integer(4, true),
    unsigned: integer(4, false),
    long: integer(8, true),
    "long unsigned": integer(8, false),
    "long long": integer(8, true),
    "long long unsigned": integer(8, false),
    int8_t: integer(1, true),
    uint8_t: integer(1, false),
    int16_t: integer(2, true),
    uint16_t: integer(2, false),
    int32_t: integer(4, true),
    uint32_t: integer(4, false),
    int64_t: integer(8, true),
    uint64_t: integer(8, false),
    size_t: integer(8, false),
    ssize_t: integer(8, true),
    ptrdiff_t: integer(8, true),
    intptr_t: integer(8, true),
    uintptr_t: integer(8, false),
};

/** A type by which callers name one that the headers have: what `library.kit_visitor` is. */
class NativeType {
    constructor(type) {
        this[NATIVE] = { named: type };
    }

    /** As C spells it. */
    get spelling() {
        return this[NATIVE].named.spelling;
    }

    /** In bytes. */
    get size() {
        return this[NATIVE].named.size;
    }

    toString() {
        return this.spelling;
    }
}

/**
 * The type of what a caller wrote.
 * @param {string | object} given text, a NativeType, a record's class, or { result, parameters } of a function
 * @param {object | null} image the library whose names may occur
 */
function typeOf(given, image = null) {
    if (given instanceof Type) return given;
    const native = given?.[NATIVE];
    if (native?.named) return native.named;
    if (native?.recordType) return native.recordType;
    if (native?.enumType) return native.enumType;
    if (typeof given === "string") return parse(given, image);
    if (given !== null && typeof given === "object" && given.result !== undefined)
        return new FunctionPointerType(() => signatureOf(given.result, given.parameters ?? [], image), image, {});
    throw typeError(
        "a type is a text such as 'const char *', a type or class of a library, or { result, parameters } of a function",
    );
}

/** A signature of types that a caller wrote; the last parameter may be "...". */
function signatureOf(result, parameters, image) {
    if (!Array.isArray(parameters)) throw typeError("the parameters of a function have to be an array of types");
    const isVariadic = parameters.at(-1) === "...";
    const fixed = isVariadic ? parameters.slice(0, -1) : parameters;
    const types = fixed.map((each) => ({ name: "", type: typeOf(each, image) }));
    return new Signature(typeOf(result, image), types, isVariadic);
}

function parse(text, image) {
    const tokens = text.match(/[A-Za-z_][\w:]*(?:<[^*]*>)?|\*|[^\s]/g) ?? [];
    const bad = () => typeError(`'${text}' is no type that nlib can read; write it as in 'const char *'`);
    const words = [];
    let constant = false;
    while (tokens.length && tokens[0] !== "*") {
        const token = tokens.shift();
        if (token === "const") constant = true;
        else if (/^\w/.test(token)) words.push(token);
        else throw bad();
    }
    let type = base(words, image, bad);
    while (tokens.length) {
        const token = tokens.shift();
        if (token === "*") {
            type = pointerTo(type, constant, image);
            constant = false;
        } else if (token === "const") constant = true;
        else throw bad();
    }
    return type;
}

function base(words, image, bad) {
    const name = words.join(" ");
    if (words.length > 1 && ["struct", "union", "enum"].includes(words[0]) && words.length === 2)
        return named(words[1], image);
    const sorted = words
        .filter((word) => word !== "int" || words.length === 1)
        .sort()
        .join(" ");
    const scalar = SCALARS[sorted === "signed" ? "int" : sorted.replace(/^(int|long|long long|short) signed$/, "$1")];
    if (scalar) return scalar(name);
    if (words.length !== 1) throw bad();
    return named(words[0], image);
}

/** A type of the library's headers; where they say nothing of it, something of which only pointers are used. */
function named(name, image) {
    if (image === null)
        throw typeError(`'${name}' is no type of C's own; a library's types are told by library.type(…)`);
    for (const kind of ["typedef", "record", "enum"]) {
        let found;
        try {
            found = image.find(kind, name);
        } catch {
            break; // The headers cannot be read.
        }
        if (found.length) return image.type({ kind, name });
    }
    return image.types.opaque(name);
}

function pointerTo(type, constant, image) {
    const more = { constant, image };
    if (type instanceof CharacterType) return new TextType(type, more);
    return type instanceof RecordType ? new RecordPointerType(type, more) : new PointerType(type, more);
}

module.exports = { NativeType, pointerTo, signatureOf, typeOf };
