"use strict";
// What nlib has loaded. It is one thing however often it was loaded: with one handle, so that it can be unloaded
// when nobody uses it any more, and one set of thunks. Its users are images (image.js), one for each load.
//
// Each later load's own handle is a spare. It is used where a header has changed since, though the code has not: the
// thunks of the first handle are those of the header as it was. Then nlib cannot unload the library any more, for
// thunks of a released handle stay.

const koffi = require("koffi");
const { check } = require("./failures");
const { SymbolInfo, nlib, outCell } = require("./native");

const live = new Set();

/** A library in memory. */
class Loaded {
    // What users were given stays, also when nobody has their library's object any more.
    #users = new Map();
    #former = [];
    #start = null;

    constructor(handle, context) {
        this.handle = handle;
        this.context = context;
        this.name = nlib.name(handle);
    }

    /** What a load gave to an image: where that is loaded already, what is there. */
    static of(image, handle, context) {
        const given = new Loaded(handle, context);
        const known = given.#twins().find((other) => other.context === context);
        const loaded = known ?? given;
        live.add(loaded);
        loaded.#users.set(image, known ? handle : null);
        return loaded;
    }

    /** The user's own handle, where that is another; null otherwise. */
    spareOf(image) {
        return this.#users.get(image) ?? null;
    }

    /** Whether it stays when one user less has it. */
    get isShared() {
        return this.#users.size > 1;
    }

    /**
     * A user has it no more; with the last it is unloaded. What that one was given goes with the code.
     * @returns {bigint | null} the nlib_error of a refusal: all stays as it was
     */
    leave(image) {
        const spare = this.spareOf(image);
        if (spare !== null) nlib.release(spare);
        if (!this.isShared) {
            this.#users.set(image, null);
            const [twin] = this.#twins();
            const refused = nlib.unload(this.handle);
            if (refused !== null) return refused;
            this.abandon();
            const all = [...this.#former, image];
            if (twin === undefined) for (const each of all) each.letGo();
            else twin.#former.push(...all);
            return null;
        }
        this.#users.delete(image);
        this.#former.push(image);
        return null;
    }

    /** Nobody has it any more, and where it is not unloaded it stays for ever. */
    abandon() {
        nlib.release(this.handle);
        live.delete(this);
    }

    /** Everything that it publishes. */
    symbols() {
        return Array.from({ length: this.#symbolCount }, (_, index) => this.#symbolAt(index));
    }

    /** Others at the same place: the system's loader, where images go, has one thing for all contexts. */
    #twins() {
        const others = [...live].filter((other) => other !== this && other.name === this.name);
        return others.length ? others.filter((other) => other.#place === this.#place) : others;
    }

    /** Where its first symbol lies: no other library's does. */
    get #place() {
        return (this.#start ??= this.#symbolCount === 0 ? 0n : this.#symbolAt(0).address);
    }

    get #symbolCount() {
        const count = outCell();
        check(nlib.symbol_count(this.handle, count));
        return Number(count[0]);
    }

    #symbolAt(index) {
        const size = koffi.sizeof(SymbolInfo);
        const bytes = Buffer.alloc(size);
        bytes.writeBigUInt64LE(BigInt(size));
        check(nlib.symbol_at(this.handle, index, bytes));
        return koffi.decode(bytes, SymbolInfo);
    }
}

module.exports = { Loaded };
