"use strict";
// Checks of what callers give that is no value of C's: names, paths, options.

const { fileURLToPath } = require("node:url");
const { typeError } = require("./errors");

/** A text without NUL; `what` says in messages what it is for. */
function textOf(value, what) {
    if (typeof value !== "string") throw typeError(`${what} has to be a string, not ${describe(value)}`);
    if (value.includes("\0")) throw typeError(`${what} holds a NUL character`);
    return value;
}

/** A path or a file: URL as a path. */
function pathOf(value, what) {
    if (value instanceof URL) return fileURLToPath(value);
    return textOf(value, what);
}

/** What kind of value something is, for messages. */
function describe(value) {
    if (value === null) return "null";
    if (value === undefined) return "undefined";
    if (Array.isArray(value)) return "an array";
    return typeof value === "object" ? `an object (${value.constructor?.name ?? "Object"})` : `a ${typeof value}`;
}

/** Throws where an object has an option that nobody knows. */
function refuseUnknown(options, known, what) {
    for (const key of Object.keys(options))
        if (!known.includes(key)) throw typeError(`${what} has no option '${key}'; ${meant(key, known)}`);
}

/** "did you mean 'mass'?", or all names where none is near to the one that is not known. */
function meant(name, known) {
    const near = nearest(name, known);
    if (near.length) return `did you mean ${near.map((each) => `'${each}'`).join(" or ")}?`;
    return known.length ? `there are ${known.join(", ")}` : "there are none";
}

/** The names that are probably meant by one that is not known, the nearest first. */
function nearest(name, known) {
    const plain = (text) => text.toLowerCase().replace(/[_-]/g, "");
    const word = plain(name);
    const most = Math.floor((word.length + 1) / 3);
    return known
        .map((each) => ({ each, steps: stepsBetween(word, plain(each)) }))
        .filter(({ each, steps }) => steps <= most || (word.length > 2 && plain(each).startsWith(word)))
        .sort((a, b) => a.steps - b.steps)
        .slice(0, 2)
        .map(({ each }) => each);
}

/** How many letters have to be added, left out or replaced (the Levenshtein distance). */
function stepsBetween(one, other) {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (let i = 1; i <= one.length; i++) {
        const next = [i];
        for (let j = 1; j <= other.length; j++)
            next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
        row = next;
    }
    return row[other.length];
}

module.exports = { describe, meant, pathOf, refuseUnknown, textOf };
