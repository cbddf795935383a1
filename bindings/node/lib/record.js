"use strict";
// The classes of records. An object of such a class sees a record where it lies: in memory of JavaScript's that
// `new` took, or in native memory to which a function gave a pointer.
//
// Properties are the fields; in C++ methods come on top. Nothing else is there, so that no field is hidden,
// but for `delete`, which is no name in C++: it ends a C++ object. What `new` made, and what lies within it, has
// its fields as properties of its own, as a plain object has. An object that sees native memory, or one of many in
// an array, has them by its class: such objects are made at each look, and own properties cost several times as much.

const util = require("node:util");
const { Holder, newPlace, put } = require("./memory");
const { meant } = require("./given");
const { NATIVE } = require("./pointer");
const { explain, setOwn, show } = require("./types/type");
const { classes, typeError } = require("./errors");

const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

const VIEW = Symbol("view");
const FIELDS = Symbol("fields");
const HIDDEN = { enumerable: false };
// An option of util.inspect for ourselves: to objects without Object.prototype it passes on strings only.
const WITHIN = "nlib.within";

/** What an object of a record's class is: the type, the place, the library, and whether it was ended. */
class NativeRecord {
    constructor(type, place, isConstant = false) {
        this.type = type;
        this.place = place;
        this.image = type.image;
        this.isConstant = isConstant;
        /** Of a C++ object that JavaScript made: what runs its destructor. */
        this.end = null;
        this.isDeleted = false;
    }

    /** Whether it was deleted, or what it is a part of. */
    get isEnded() {
        return this.place.owner !== null && this.place.owner.isDeleted;
    }

    check() {
        this.image.check();
        if (this.isEnded) throw new classes.HandleError(`this ${this.type.spelling} was deleted`);
    }
}

// A destructor runs when nobody has the object or a part of it any more, unless its library was unloaded.
const forgotten = new FinalizationRegistry((end) => end());

/** Refuses what is assigned to a name that is no field. It is asked last, so that fields cost nothing. */
const strict = new Proxy(Object.prototype, {
    set(target, key, value, record) {
        const type = typeof key === "string" ? record[NATIVE]?.type : undefined;
        if (type === undefined) return Reflect.set(target, key, value, record);
        const names = [...type.fields.values()].filter(({ isPrivate }) => !isPrivate).map(({ name }) => name);
        throw typeError(`${type.spelling} has no field '${key}'; ${meant(key, names)}`);
    },
});

/** What the classes of all records have in common. */
class Record {
    // Defined, not assigned: that would ask `strict`.
    [NATIVE] = undefined;

    /** Of `VIEW` and a NativeRecord; the classes made by makeRecordClass see to it. */
    constructor(_view, native) {
        this[NATIVE] = native;
        if (!native.place.owned || native.place.holder?.isForMany) return;
        Object.defineProperty(this, NATIVE, HIDDEN);
        for (const [name, field] of native.type.Class[FIELDS]) Object.defineProperty(this, name, field);
    }

    /** Ends a C++ object that `new` or a function's result made: runs its destructor. Once more does nothing. */
    delete() {
        const native = this[NATIVE];
        if (native.isDeleted) return;
        native.check();
        if (native.end === null)
            throw new classes.HandleError(
                `this ${native.type.spelling} cannot be deleted: it is the library's, a part of another, or has no destructor to call`,
            );
        forgotten.unregister(native);
        native.isDeleted = true;
        native.end();
    }

    [dispose]() {
        if (this[NATIVE].end) this.delete();
    }

    toJSON() {
        return plain(this);
    }

    [util.inspect.custom](depth, options, inspect) {
        const { type, image, isEnded, place } = this[NATIVE];
        if (!image.isLive) return `${type.name} [unloaded]`;
        if (isEnded) return `${type.name} [deleted]`;
        const address = `[${type.name} 0x${addressOf(this).toString(16)}]`;
        // Those that this one is shown within: what points to one of them is not followed.
        const { [WITHIN]: outer = "" } = options;
        if (depth < 0 || type.isOpaque || place.isNowhere || outer.includes(address)) return address;
        // The fields take the record's place, and are as deep as it.
        return `${type.name} ${inspect(fieldsOf(this), { ...options, depth, [WITHIN]: outer + address })}`;
    }
}

Object.setPrototypeOf(Record.prototype, strict);

/** The fields that may be seen, as they are now. */
function fieldsOf(record) {
    const { type, place } = record[NATIVE];
    const result = {};
    for (const field of type.fields.values()) {
        if (field.isPrivate) continue;
        const at = field.in(place);
        setOwn(result, field.name, field.choice ? field.type.copyUnfollowed(at) : field.type.copy(at));
    }
    return result;
}

/**
 * A copy of a record as a plain object, fields within it also. Of a union's members it has all; pointers in them
 * are not followed.
 */
function plain(record) {
    const native = record?.[NATIVE];
    if (!native?.place) throw typeError("plain takes an object of a record's class");
    if (!(record instanceof Record)) return [...record].map((each) => (each?.[NATIVE] ? plain(each) : each));
    native.check();
    return fieldsOf(record);
}

/** The native address of a record, an array, a callback, a function or a pointer. */
function addressOf(value) {
    const native = value?.[NATIVE];
    if (native?.place) {
        native.image?.check();
        return native.place.address;
    }
    const address = native?.address ?? value?.address;
    if (typeof address === "bigint") return address;
    const isBytes = ArrayBuffer.isView(value);
    throw typeError(
        `what addressOf and cast take is a record, a pointer or a function, not ${show(value)}` +
            (isBytes ? "; give it to functions as it is, and read it as JavaScript does" : ""),
    );
}

/** Sees the record that lies at a place. */
function viewRecord(type, place, isConstant = false) {
    return new type.Class(VIEW, new NativeRecord(type, place, isConstant));
}

/**
 * Makes the class of a record. `construct(record, native, values)` does what `new Class(...values)` has to do, in
 * memory filled with zeros.
 */
function makeRecordClass(type, Base, construct) {
    const name = type.name;
    const Class = {
        [name]: class extends Base {
            constructor(...values) {
                const native = values[0] === VIEW ? values[1] : new NativeRecord(type, newRecordPlace(type));
                super(VIEW, native);
                if (values[0] !== VIEW) construct(this, native, values);
            }
        },
    }[name];
    const fields = [...type.fields.values()].filter(({ isPrivate }) => !isPrivate);
    const properties = fields.map((field) => [field.name, propertyOf(type, field)]);
    Object.defineProperties(Class, { [NATIVE]: { value: { recordType: type } }, [FIELDS]: { value: properties } });
    for (const [name, property] of properties) Object.defineProperty(Class.prototype, name, property);
    return Class;
}

function newRecordPlace(type) {
    if (type.isOpaque)
        throw typeError(`the header does not say what is in a ${type.spelling}: only the library can make one`);
    return newPlace(type.size, type.alignment, new Holder());
}

/** Makes the record end by its destructor: when it is deleted, or when nobody has it or a part of it any more. */
function endBy(record, destructor) {
    const native = record[NATIVE];
    const { image } = native;
    // A place that does not keep the object.
    const place = native.place.at(0);
    native.end = () => {
        if (image.isLive) destructor(place);
    };
    native.place.owner = native;
    forgotten.register(native, native.end, native);
}

/** The property that is a field. */
function propertyOf(type, field) {
    const { name, offset } = field;
    const fieldType = field.type;
    const what = `${type.name}.${name}`;
    const get = fieldType.readAt
        ? function () {
              const native = this[NATIVE];
              native.check();
              return fieldType.readAt(native.place.view, native.place.base + offset);
          }
        : function () {
              const native = this[NATIVE];
              native.check();
              return fieldType.read(field.in(native.place), native.isConstant);
          };
    const set = function (value) {
        const native = this[NATIVE];
        native.check();
        if (native.isConstant)
            throw typeError(`${what} cannot be written: native code gave a 'const ${type.name} *'`);
        const place = field.in(native.place);
        try {
            put(fieldType, place, value);
        } catch (error) {
            throw explain(error, what);
        }
    };
    return { get, set, enumerable: true, configurable: true };
}

module.exports = { Record, addressOf, dispose, endBy, makeRecordClass, plain, viewRecord };
