"use strict";
// The class of a record with what C++ adds: constructors, methods, static methods, the destructor, and what is
// declared within it.

const koffi = require("koffi");
const { Candidates } = require("./candidates");
const { typeError } = require("./errors");
const { makeFunction } = require("./functions");
const { put } = require("./memory");
const { Record, endBy, makeRecordClass } = require("./record");
const { explain } = require("./types/type");

/** Makes the class of a record. */
function makeClass(type, image) {
    const first = type.bases.find(({ offset }) => offset === 0);
    const Class = makeRecordClass(type, first ? first.type.Class : Record, (record, native, values) =>
        construct(type, image, record, native, values),
    );
    for (const { type: base } of type.bases) if (base !== first?.type) addMembers(Class, base, image);
    addMembers(Class, type, image);
    return Class;
}

/** What `new Class(…)` does to memory that is zero. */
function construct(type, image, record, native, values) {
    const constructors = within(type, image, lastOf(type.name));
    const isFields = values.length === 1 && type.isPlain && type.rank(values[0]) !== null;
    if (constructors.length && !(isFields && isUnfit(image, constructors, values))) {
        const candidates = new Candidates(image, constructors);
        candidates.choose(values).call(values.length).run(record, values);
    } else if (values.length > 0) {
        if (values.length > 1 || !type.isTrivial)
            throw typeError(`new ${type.name} takes an object with its fields, or nothing`);
        fill(type, native, values[0]);
    }
    if (type.isTrivial) return;
    const destructor = destructorOf(type, image);
    if (destructor !== null) endBy(record, destructor);
}

/** Whether no constructor takes these arguments. */
function isUnfit(image, constructors, values) {
    return new Candidates(image, constructors).all.every(
        (each) => !each.takes(values.length) || each.ranks(values) === null,
    );
}

function fill(type, { place }, value) {
    try {
        put(type, place, value);
    } catch (error) {
        throw explain(error, `new ${type.name}: the argument`);
    }
}

/** What ends a C++ object that lies at a place; null where nothing has to be done or nothing can be called. */
function destructorOf(type, image) {
    const [description] = within(type, image, `~${lastOf(type.name)}`);
    const symbol = description?.thunk?.symbols[0]?.symbol;
    if (symbol === undefined) return null;
    const { throws } = description.thunk;
    const call = koffi.decode(
        image.interface.address(symbol),
        koffi.proto("void", throws ? ["void *", "void *"] : ["void *"]),
    );
    return (place) => (throws ? call(place.native, new BigUint64Array(1)) : call(place.native));
}

/** The functions of a class with a name that may not be there. */
function within(type, image, name) {
    return image.scope(type.name)?.has(name) ? image.find("function", `${type.name}::${name}`) : [];
}

/** "Tally" of "kit::Tally", without the arguments of a template. */
function lastOf(name) {
    return name.replace(/<.*$/, "").split("::").at(-1);
}

/** Adds what is declared within a record: each member is looked up when it is first used. */
function addMembers(Class, type, image) {
    for (const [name, whole] of image.scope(type.name) ?? []) {
        if (name === lastOf(type.name) || name.startsWith("~")) continue;
        define(Class.prototype, name, () => member(image, whole, false));
        define(Class, name, () => member(image, whole, true));
    }
}

/** Whether a record has methods besides what makes, ends and assigns it. */
function hasMethods(type, image) {
    for (const [name, whole] of image.scope(type.name) ?? []) {
        if (name === lastOf(type.name) || name.startsWith("~") || name === "operator=") continue;
        if (image.find("function", whole).some(({ method }) => method?.kind === "method")) return true;
    }
    return false;
}

function define(target, name, find) {
    if (Object.hasOwn(target, name) && Object.getOwnPropertyDescriptor(target, name).get) return;
    Object.defineProperty(target, name, {
        configurable: true,
        get() {
            const value = find();
            if (value !== undefined)
                Object.defineProperty(target, name, { value, configurable: true, writable: true });
            return value;
        },
    });
}

/** A method for an object, or for the class a static method or what else has the name. */
function member(image, name, isStatic) {
    const functions = image.find("function", name);
    const ofKind = functions.filter(({ method }) => (method?.kind === "method") !== isStatic);
    if (ofKind.length) return makeFunction(() => new Candidates(image, ofKind), image, !isStatic);
    return isStatic && !functions.length ? image.item(name) : undefined;
}

module.exports = { destructorOf, hasMethods, makeClass };
