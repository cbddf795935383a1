"use strict";
// Structures, unions and classes: their fields, and how they become objects of JavaScript's and back.
//
// A record in memory is seen through an object of its class (record.js), whose properties are the fields
// themselves. A copy of one, such as a result by value, is a plain object, for which `{ x: 1, y: 2 }` may be
// given wherever a record is wanted. Records that only their own code can copy are always objects of their class.

const { isDeepStrictEqual } = require("node:util");
const koffi = require("koffi");
const { Holder, Keeper, Keepers, bytesOf, copyBytes, newPlace } = require("../memory");
const { NATIVE } = require("../pointer");
const { structureOf } = require("../koffi-types");
const { viewRecord } = require("../record");
const { BitField } = require("./bits");
const { AnyPointerType } = require("./pointers");
const { IntegerType } = require("./scalars");
const { Mismatch, Type, UnsupportedType, cannotPass, mismatch, setOwn, within } = require("./type");

/** A field, or one of an unnamed structure or union inside, as if it were the record's own. */
class Field {
    /**
     * @param {string} name
     * @param {Type} type
     * @param {number} offset in bytes, from the start of the outermost record; 0 for a bit-field, whose type knows
     * @param {object} from the description: `private`, `documentation`
     * @param {{union: object, member: number, type: Type} | null} choice of which union it is a member, and which
     */
    constructor(name, type, offset, from, choice) {
        this.name = name;
        this.type = type;
        this.offset = offset;
        this.isPrivate = from.private ?? false;
        this.documentation = from.documentation ?? "";
        this.choice = choice;
    }

    /** Where it lies in a record. */
    in(place) {
        const at = place.at(this.offset);
        if (this.choice) at.isInUnion = true;
        return at;
    }
}

/** A structure, union or class. */
class RecordType extends Type {
    #fields = null;
    #bases = null;
    #native = null;
    #numbers = null;
    #copiesPlain = null;
    #pointing = null;

    /**
     * @param {object} description as nlib gives it
     * @param {object} image the library that it is of
     */
    constructor(description, image) {
        super(description.name, `record ${description.name}`, description.size, Math.max(description.alignment, 1));
        this.description = description;
        this.name = description.name;
        this.image = image;
        this.isOpaque = description.opaque ?? false;
        this.isTrivial = description.trivial ?? false;
    }

    /** Its fields by name: its bases' first, the unnamed structures' and unions' among its own. */
    get fields() {
        return (this.#fields ??= this.#readFields());
    }

    /** The classes that it is made from, each with its offset; virtual bases are left out. */
    get bases() {
        this.#bases ??= (this.description.bases ?? [])
            .filter((base) => base.offset !== undefined)
            .map((base) => ({ type: this.image.record(base.name), offset: Number(base.offset) }));
        return this.#bases;
    }

    /** Where in it a base of that key begins: 0 for itself, null where there is none. */
    offsetOf(key) {
        if (this.key === key) return 0;
        for (const { type, offset } of this.bases) {
            const within = type.offsetOf(key);
            if (within !== null) return offset + within;
        }
        return null;
    }

    /** The class whose objects see such a record in memory. */
    get Class() {
        return this.image.recordClass(this);
    }

    /** Whether a plain object can stand for it. */
    get isPlain() {
        if (!this.isTrivial || this.isOpaque || this.description.polymorphic) return false;
        for (const field of this.fields.values()) if (field.isPrivate) return false;
        return true;
    }

    /** Whether a copy is a plain object: not where it would lose something, such as the methods of C++. */
    get copiesPlain() {
        return (this.#copiesPlain ??= this.isPlain && !this.image.hasMethods(this));
    }

    get native() {
        return (this.#native ??= this.#structure());
    }

    /** Whether koffi can pass it by value. */
    get isPassable() {
        try {
            return this.native !== null;
        } catch {
            return false;
        }
    }

    get zero() {
        return Object.fromEntries(Array.from(this.fields.values(), ({ name, type }) => [name, type.zero]));
    }

    get pointing() {
        return (this.#pointing ??= [...this.fields.values()].some(({ type }) => type.pointing));
    }

    /** An object that sees the record where it lies. */
    read(place, isConstant = false) {
        return viewRecord(this, place, isConstant);
    }

    /** A plain object; a record of its own where that would lose something. */
    copy(place) {
        if (this.copiesPlain) return this.#plain(place, false);
        if (!this.isTrivial || this.isOpaque) return this.read(place);
        const copy = newPlace(this.size, this.alignment, new Holder());
        const keepers = new Keepers();
        this.#copyTo(copy, place, keepers);
        copy.holder.add(keepers);
        return this.read(copy);
    }

    copyUnfollowed(place) {
        return this.copiesPlain ? this.#plain(place, true) : this.copy(place);
    }

    write(place, value, keeper) {
        const given = value?.[NATIVE];
        if (given?.type instanceof RecordType) return this.#writeRecord(place, given, keeper);
        this.#checkObject(value);
        bytesOf(place, this.size).fill(0);
        const fields = this.#givenFields(value);
        const held = heldFields(fields);
        const isOther = ({ choice }) => choice !== null && held.get(choice.union).choice.member !== choice.member;
        // What a union holds is written before the others are compared with it.
        if (fields.some(isOther)) fields.sort((a, b) => isOther(a) - isOther(b));
        for (const field of fields) {
            const { name, type, choice } = field;
            try {
                if (isOther(field)) checkSame(field.in(place), type, value[name], held.get(choice.union));
                else type.write(field.in(place), value[name], keeper);
            } catch (error) {
                throw within(error, `.${name}`);
            }
        }
    }

    toNative(value, keeper) {
        const given = value?.[NATIVE];
        let source = value;
        if (given?.type instanceof RecordType) {
            if (given.type.key !== this.key) throw mismatch(`a ${this.spelling}`, value);
            given.check();
            keeper.keep(value);
            source = this.#plain(given.place, true);
        } else if (this.#isWholeNumbers(value)) return value;
        else this.#checkObject(value);
        const result = {};
        let count = 0;
        for (const { name, type } of this.fields.values()) {
            const item = source[name];
            if (item === undefined) {
                setOwn(result, name, type.zero);
                continue;
            }
            count++;
            try {
                setOwn(result, name, type.toNative(item, keeper));
            } catch (error) {
                throw within(error, `.${name}`);
            }
        }
        if (source === value) this.#checkNames(value, count);
        return result;
    }

    fromNative(value) {
        if (this.#areNumbers) return value;
        const result = {};
        for (const { name, type } of this.fields.values()) result[name] = type.fromNative(value[name]);
        return result;
    }

    /** Writes into a plain object what changed in the memory that was made of it; gives the object. */
    update(object, place, before) {
        const now = bytesOf(place, this.size);
        for (const field of this.fields.values()) {
            const { name, type, offset } = field;
            if (type.size > 0 && object[name] !== undefined && isSame(now, before, offset, type.size)) continue;
            setOwn(object, name, type.copy(field.in(place)));
        }
        return object;
    }

    rank(value) {
        const given = value?.[NATIVE];
        if (given?.type instanceof RecordType) {
            const offset = given.type.offsetOf(this.key);
            if (offset === null) return null;
            return given.type.key === this.key ? 0 : 1;
        }
        if (value === null || typeof value !== "object" || Array.isArray(value) || ArrayBuffer.isView(value))
            return null;
        if (!this.isPlain || given) return null;
        return Object.keys(value).every((name) => this.fields.has(name)) ? 1 : null;
    }

    #checkObject(value) {
        if (
            value === null ||
            typeof value !== "object" ||
            Array.isArray(value) ||
            ArrayBuffer.isView(value) ||
            value[NATIVE]
        )
            throw mismatch(
                this.isPlain ? `a ${this.spelling} or an object with its fields` : `a ${this.spelling}`,
                value,
            );
        if (this.isOpaque)
            throw new Mismatch(`has to be a ${this.spelling}, of which the header does not say what is in it`);
        if (!this.isPlain)
            throw new Mismatch(`has to be a ${this.spelling}, which only its constructor makes, not a plain object`);
    }

    /** Whether koffi gives and takes every field just as JavaScript has it. */
    get #areNumbers() {
        return (
            (this.#numbers ??= [...this.fields.values()].every(({ type }) => type.isNumber)
                ? [...this.fields.values()]
                : []).length > 0
        );
    }

    /** Whether a value has each field and nothing else, and each is a number that fits: it can go as it is. */
    #isWholeNumbers(value) {
        if (!this.#areNumbers || value === null || typeof value !== "object") return false;
        const fields = this.#numbers;
        const count = fields.length;
        if (Object.keys(value).length !== count) return false;
        for (let index = 0; index < count; index++) {
            const { name, type } = fields[index];
            const item = value[name];
            if (item === undefined) return false;
            try {
                type.toNative(item);
            } catch (error) {
                throw within(error, `.${name}`);
            }
        }
        return true;
    }

    /** The fields that an object gives. */
    #givenFields(value) {
        const given = [];
        for (const name in value) {
            if (value[name] === undefined) continue;
            const field = this.fields.get(name);
            if (field === undefined) throw new Mismatch(`has no field '${name}'; ${this.#listing()}`);
            given.push(field);
        }
        return given;
    }

    #checkNames(value, count) {
        const names = Object.keys(value).filter((name) => value[name] !== undefined);
        if (names.length === count) return;
        const unknown = names.find((name) => !this.fields.has(name));
        if (unknown !== undefined) throw new Mismatch(`has no field '${unknown}'; ${this.#listing()}`);
    }

    #listing() {
        return `${this.spelling} has ${[...this.fields.keys()].join(", ")}`;
    }

    #writeRecord(place, given, keeper) {
        given.check();
        const offset = given.type.offsetOf(this.key);
        if (offset === null) throw new Mismatch(`has to be a ${this.spelling}, not a ${given.type.spelling}`);
        if (!this.isTrivial) throw new Mismatch(`is a ${this.spelling}, which only its own code can copy`);
        this.#copyTo(place, given.place.at(offset), keeper);
    }

    /** Copies one; what its pointers need is kept for the copy as well. */
    #copyTo(place, source, keeper) {
        if (this.pointing) source.holder?.give(source, this, place, keeper);
        copyBytes(source, place, this.size);
    }

    #plain(place, unfollowed) {
        const result = {};
        for (const field of this.fields.values()) {
            const at = field.in(place);
            const copy = unfollowed || field.choice ? field.type.copyUnfollowed(at) : field.type.copy(at);
            setOwn(result, field.name, copy);
        }
        return result;
    }

    #readFields() {
        const fields = new Map();
        for (const { type, offset } of this.bases)
            for (const field of type.fields.values())
                fields.set(field.name, this.#moved(field, offset, field.choice));
        const isUnion = this.description.kind === "union";
        this.description.fields.forEach((from, member) => {
            const offset = Number(from.offset);
            const type = this.image.type(from.type);
            const choice = isUnion ? { union: this, member, type } : null;
            if (!from.name && type instanceof RecordType) {
                // The fields of one without a name are this one's; of a union inside they are each a choice.
                for (const inner of type.fields.values())
                    fields.set(inner.name, this.#moved(inner, offset, choice ?? inner.choice));
            } else if (from.name && from.bits) {
                const bits = new BitField(type, Number(from.bits.offset), from.bits.width);
                fields.set(from.name, new Field(from.name, bits, 0, from, choice && { ...choice, type: bits }));
            } else if (from.name) fields.set(from.name, new Field(from.name, type, offset, from, choice));
        });
        return fields;
    }

    #moved(field, offset, choice) {
        const from = { private: field.isPrivate, documentation: field.documentation };
        if (!(field.type instanceof BitField))
            return new Field(field.name, field.type, field.offset + offset, from, choice);
        const bits = new BitField(field.type.type, field.type.first + offset * 8, Number(field.type.width));
        return new Field(field.name, bits, 0, from, choice);
    }

    /** koffi's structure of the same layout; an error where there is none. */
    #structure() {
        const { kind, fields, bases } = this.description;
        const plain = this.isPlain && kind !== "union" && !bases?.length && fields.length > 0;
        // koffi assigns fields: `__proto__` would be lost.
        const isOther = ({ bits, name }) => bits || !name || name === "__proto__";
        if (!plain || fields.some(isOther)) throw cannotPass(this);
        const members = {};
        for (const { name, type } of this.fields.values()) {
            if (type instanceof UnsupportedType) throw cannotPass(this);
            members[name] = type.native;
        }
        const structure = structureOf(members);
        const isSame = Array.from(this.fields.values()).every(
            ({ name, offset }) => koffi.offsetof(structure, name) === offset,
        );
        if (!isSame || koffi.sizeof(structure) !== this.size) throw cannotPass(this);
        return structure;
    }
}

/** Of the fields that are given those that say what a union holds: the first of its largest member, by union. */
function heldFields(given) {
    const held = new Map();
    for (const field of given) {
        if (!field.choice) continue;
        const { union, type } = field.choice;
        const other = held.get(union)?.choice.type;
        const isLarger = other === undefined || type.size > other.size;
        if (isLarger || (type.size === other.size && isWhole(type) && !isWhole(other))) held.set(union, field);
    }
    return held;
}

/** Whether each of a type's bits is in its values: a NaN, a text, a structure with gaps may lose some. */
function isWhole(type) {
    return type instanceof IntegerType || type instanceof AnyPointerType;
}

/** Of a union only one member can hold: others may be given when they say the same, as in a copy of one. */
function checkSame(place, type, value, held) {
    if (isDeepStrictEqual(type.copyUnfollowed(place), value)) return;
    const trial = newPlace(Math.max(type.size, 1), 16);
    type.write(trial, value, new Keeper());
    // A bit-field has no size.
    if (type.size === 0 || Buffer.compare(bytesOf(trial, type.size), bytesOf(place, type.size)) !== 0)
        throw new Mismatch(`and .${held.name} are of one union, which holds one of them; leave the other out`);
}

function isSame(bytes, others, start, size) {
    for (let index = start; index < start + size; index++) if (bytes[index] !== others[index]) return false;
    return true;
}

module.exports = { RecordType };
