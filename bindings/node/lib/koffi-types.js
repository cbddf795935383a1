"use strict";
// koffi's types of structures, arrays and functions. koffi keeps each for ever, so equal ones are made once.

const koffi = require("koffi");

const made = new Map();
const numbers = new Map();

/** A text for a type of koffi's, the same for the same type. */
function keyOf(type) {
    if (typeof type === "string") return type;
    if (!numbers.has(type)) numbers.set(type, `#${numbers.size}`);
    return numbers.get(type);
}

function once(key, make) {
    let type = made.get(key);
    if (type === undefined) {
        type = make();
        made.set(key, type);
    }
    return type;
}

/** The structure of these members, by name. */
function structureOf(members) {
    const key = Object.entries(members).map(([name, type]) => `${name}:${keyOf(type)}`);
    return once(`struct ${key.join()}`, () => koffi.struct(members));
}

/** The array of so many items; `form` is what koffi gives it as: "Typed" or "Array". */
function arrayOf(item, length, form) {
    return once(`array ${keyOf(item)} ${length} ${form}`, () => koffi.array(item, length, form));
}

/** The type of a function; the last parameter may be "...". */
function functionOf(result, parameters) {
    const key = `function ${keyOf(result)} ${parameters.map(keyOf).join()}`;
    return once(key, () => koffi.proto(result, parameters));
}

module.exports = { arrayOf, functionOf, structureOf };
