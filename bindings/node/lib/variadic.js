"use strict";
// The arguments of `...`: their types are told by the format text where there is one, else by the values.

const { Pointer, NATIVE, Typed } = require("./pointer");
const { typeOf } = require("./type-text");
const { explain, mismatch, outOfRange } = require("./types/type");
const { AnyPointerType } = require("./types/pointers");
const { classes, typeError } = require("./errors");

const { TypeNotSupportedError } = classes;

// %[flags][width][.precision][length]conversion, as in C's printf.
const DIRECTIVE = /%(?:%|[-+ #0']*(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|q|j|z|t|L)?([a-zA-Z]))/g;

const WIDE = new Set(["l", "ll", "q", "j", "z", "t"]);

/** The types of the arguments of a function's format; null when it holds what printf does not know, or nothing. */
function formatTypes(name, format) {
    const types = [];
    for (const [whole, width, precision, length, conversion] of format.matchAll(DIRECTIVE)) {
        if (whole === "%%") continue;
        if (width === "*") types.push("int");
        if (precision === "*") types.push("int");
        const wide = WIDE.has(length);
        if (conversion === "d" || conversion === "i") types.push(wide ? "long" : "int");
        else if ("uoxX".includes(conversion)) types.push(wide ? "unsigned long" : "unsigned int");
        else if ("fFeEgGaA".includes(conversion)) {
            if (length === "L")
                throw new TypeNotSupportedError(`${name}: ${whole} takes a long double, which JavaScript cannot give`);
            types.push("double");
        } else if (conversion === "c") types.push("int");
        else if (conversion === "s") types.push(length === "l" ? "const wchar_t *" : "const char *");
        else if (conversion === "p") types.push("const void *");
        else return null;
    }
    return types.length ? types : null;
}

/** The type that a value stands for where nothing else tells. */
function typeOfValue(value, what) {
    if (value instanceof Typed) return value.type;
    switch (typeof value) {
        case "number":
            if (!Number.isInteger(value)) return "double";
            return value >= -0x80000000 && value <= 0x7fffffff ? "int" : "long";
        case "bigint":
            return value > 0x7fffffffffffffffn ? "unsigned long" : "long";
        case "boolean":
            return "int";
        case "string":
            return "const char *";
        default:
            if (value === null || value instanceof Pointer || ArrayBuffer.isView(value) || value?.[NATIVE])
                return "void *";
            throw typeError(`${what} has no type that could be guessed; give as(type, value)`);
    }
}

/**
 * koffi's arguments for `...`: a type and a value each.
 * @param {string} name the function, for errors
 * @param {unknown[]} fixed the arguments before `...`, of which the last may be a format
 * @param {unknown[]} values those of `...`
 */
function variadicArguments(name, fixed, values, keeper) {
    const format = fixed.at(-1);
    const isTold = typeof format === "string" && !values.some((value) => value instanceof Typed);
    const types = isTold ? formatTypes(name, format) : null;
    if (types !== null && types.length !== values.length)
        throw typeError(
            `${name}: the format ${JSON.stringify(format)} takes ${types.length} arguments, not ${values.length}`,
        );
    const natives = [];
    values.forEach((value, index) => {
        const what = `${name}: argument ${fixed.length + index + 1}`;
        const type = typeOf(types?.[index] ?? typeOfValue(value, what));
        const given = value instanceof Typed ? value.value : value;
        try {
            natives.push(...promoted(type, given, keeper));
        } catch (error) {
            throw explain(error, what);
        }
    });
    return natives;
}

/** As C passes it through `...`: small integers as int, float as double. */
function promoted(type, given, keeper) {
    if (type.key === "float32") return ["double", type.toNative(given)];
    if (type.key === "int32" && typeof given === "boolean") return ["int32", Number(given)];
    // An unsigned number may be given for %d, and the other way round, as long as its bits fit.
    if ((type.key === "int32" || type.key === "uint32") && typeof given === "number") {
        if (!Number.isInteger(given)) throw mismatch("a whole number", given);
        if (given < -0x80000000 || given > 0xffffffff) throw outOfRange(`is ${given}, which an int does not hold`);
        return ["int32", given | 0];
    }
    if (type.size < 4 && !(type instanceof AnyPointerType)) return ["int32", Number(type.toNative(given))];
    return [type.native, type.toNative(given, keeper)];
}

module.exports = { formatTypes, variadicArguments };
