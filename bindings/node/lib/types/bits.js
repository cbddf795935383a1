"use strict";
// Bit-fields: numbers that take some of the bits of a record.

const { Type } = require("./type");
const { EnumType, IntegerType, exact } = require("./scalars");
const { outOfRange } = require("./type");

/** One bit-field: of the record's bits those from `first` on, `width` of them. Reads and writes the whole record. */
class BitField extends Type {
    /**
     * @param {Type} type as declared: an integer, an enumeration or bool
     * @param {number} first the number of its first bit, from the start of the record
     * @param {number} width
     */
    constructor(type, first, width) {
        super(`${type.spelling} : ${width}`, `${type.key}:${width}`, 0, 1);
        this.type = type;
        this.first = first;
        this.width = BigInt(width);
        const integer = type instanceof EnumType ? type.integer : type;
        this.signed = integer instanceof IntegerType && integer.signed;
        const bits = this.signed ? this.width - 1n : this.width;
        this.least = this.signed ? -(1n << bits) : 0n;
        this.most = (1n << bits) - 1n;
    }

    /** `place` is the record's. */
    read({ view, base }) {
        const { byte, count, shift } = this.#bytes;
        let whole = 0n;
        for (let index = count - 1; index >= 0; index--)
            whole = (whole << 8n) | BigInt(view.getUint8(base + byte + index));
        const bits = BigInt.asUintN(Number(this.width), whole >> shift);
        if (this.type.key === "bool") return bits !== 0n;
        return exact(this.signed ? BigInt.asIntN(Number(this.width), bits) : bits);
    }

    write({ view, base }, value) {
        const bits = BigInt(this.type.toNative(value));
        if (bits < this.least || bits > this.most)
            throw outOfRange(`is ${value}; ${this.spelling} holds ${this.least} to ${this.most}`);
        const { byte, count, shift } = this.#bytes;
        const mask = ((1n << this.width) - 1n) << shift;
        let whole = BigInt.asUintN(Number(this.width), bits) << shift;
        for (let index = 0; index < count; index++, whole >>= 8n) {
            const keep = ~Number((mask >> BigInt(index * 8)) & 0xffn) & 0xff;
            const at = base + byte + index;
            view.setUint8(at, (view.getUint8(at) & keep) | Number(whole & 0xffn));
        }
    }

    /** The bytes that it touches, and where in them it begins. */
    get #bytes() {
        const byte = this.first >> 3;
        const end = (this.first + Number(this.width) + 7) >> 3;
        return { byte, count: end - byte, shift: BigInt(this.first & 7) };
    }
}

module.exports = { BitField };
