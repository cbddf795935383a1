"use strict";
// Memory that JavaScript and native code share: a Place is where a value lies.
//
// A place is a DataView and a position in it. Memory of JavaScript's is an ArrayBuffer, which the garbage
// collector takes back; native memory is seen through views of whole regions, which are kept for a while,
// because making one costs microseconds. Arguments of calls lie in the arena, a stack of bytes. Numbers are
// little-endian, as on every processor that nlib compiles for.

const koffi = require("koffi");

// Native memory is seen in regions of so many bytes, aligned to as many, each with as much behind it.
const REGION = 0x4000;
const MAX_REGIONS = 256;
const regions = new Map();

/** Where a value lies. */
class Place {
    /**
     * @param {DataView} view the memory
     * @param {number} base where in it
     * @param {bigint | null} address the native address; null when nobody asked yet
     * @param {Holder | null} holder keeps alive what the memory points to
     * @param {boolean} owned whether the memory lives only as long as its ArrayBuffer is used
     */
    constructor(view, base, address, holder, owned = false) {
        this.view = view;
        this.base = base;
        this.known = address;
        this.holder = holder;
        this.owned = owned;
        this.bytes = null;
    }

    /** The native address. */
    get address() {
        return (this.known ??= koffi.address(this.view.buffer) + BigInt(this.view.byteOffset + this.base));
    }

    /** The place so many bytes further on. */
    at(offset) {
        const address = this.known && this.known + BigInt(offset);
        return new Place(this.view, this.base + offset, address, this.holder, this.owned);
    }

    /** The address as koffi takes it: memory of JavaScript's as bytes, so that the call keeps it. */
    get native() {
        if (!this.owned) return this.address;
        return (this.bytes ??= bytesOf(this, 1));
    }
}

/** The place of native memory at an address. Nothing is read yet. */
function nativePlace(address, size, holder) {
    const number = Number(address);
    if (size > REGION) return new Place(new DataView(koffi.view(address, size)), 0, address, holder);
    const base = number % REGION;
    const start = number - base;
    let view = regions.get(start);
    if (view === undefined) {
        if (regions.size >= MAX_REGIONS) regions.clear();
        view = new DataView(koffi.view(BigInt(start), 2 * REGION));
        regions.set(start, view);
    }
    return new Place(view, base, address, holder);
}

/** New memory of JavaScript's, filled with zeros, of one byte at least. It stays where it is, and as long as the place is used. */
function newPlace(size, alignment, holder = null) {
    // ArrayBuffers are aligned like malloc's memory.
    if (alignment <= 16) return new Place(new DataView(new ArrayBuffer(Math.max(size, 1))), 0, null, holder, true);
    const view = new DataView(new ArrayBuffer(size + alignment + 1));
    const over = Number(koffi.address(view.buffer) % BigInt(alignment));
    return new Place(view, over === 0 ? 0 : alignment - over, null, holder, true);
}

/** Keeps what memory points to as long as it does. */
class Holder {
    #kept = new Map();

    /** @param {boolean} isForMany whether the memory is an array's, of any number of items */
    constructor(isForMany = false) {
        this.isForMany = isForMany;
    }

    /** What the place pointed to before is no longer needed; `kept` is. */
    replace(place, kept) {
        const key = place.known ?? place.base;
        if (kept.length) this.#kept.set(key, kept);
        else this.#kept.delete(key);
    }

    /** Keeps something as long as the holder. */
    add(value) {
        this.#kept.set(value, value);
    }

    clear() {
        this.#kept.clear();
    }
}

/** Gives memory for what a value that is written points to, and collects it. */
class Keeper {
    kept = [];

    allocate(size, alignment) {
        const place = newPlace(size, alignment);
        this.kept.push(place);
        return place;
    }

    /** Keeps something of JavaScript's. */
    keep(value) {
        this.kept.push(value);
    }
}

const ARENA_SIZE = 1 << 18;
const arenaView = new DataView(new ArrayBuffer(ARENA_SIZE));
const arenaBytes = new Uint8Array(arenaView.buffer);
const arenaAddress = koffi.address(arenaView.buffer);
let arenaTop = 0;

/** The arena: memory for the arguments of a call. What comes after a mark is free again after `release`. */
const arena = {
    mark: () => arenaTop,
    release(mark) {
        arenaTop = mark;
    },
    /** Memory filled with zeros, until its mark is released; null when the arena is full. */
    allocate(size, alignment) {
        const step = Math.max(alignment, 16);
        const base = Math.ceil(arenaTop / step) * step;
        if (base + size > ARENA_SIZE || alignment > 16) return null;
        arenaTop = base + size;
        arenaBytes.fill(0, base, arenaTop);
        return new Place(arenaView, base, arenaAddress + BigInt(base), null);
    },
};

/** The bytes of a place, without a copy. */
function bytesOf(place, size) {
    return new Uint8Array(place.view.buffer, place.view.byteOffset + place.base, size);
}

/** Copies bytes from one place to another. */
function copyBytes(from, to, size) {
    bytesOf(to, size).set(bytesOf(from, size));
}

module.exports = { Holder, Keeper, Place, arena, bytesOf, copyBytes, nativePlace, newPlace };
