"use strict";
// Memory that JavaScript and native code share: a Place is where a value lies.
//
// A place is a DataView and a position in it. Memory of JavaScript's is an ArrayBuffer, which the garbage
// collector takes back; native memory is seen through views of whole regions, which are kept for a while,
// because making one costs microseconds. Arguments of calls lie in the arena, a stack of bytes. Numbers are
// little-endian, as on every processor that nlib compiles for.

const koffi = require("koffi");
const { classes } = require("./errors");

// Native memory is seen in regions of so many bytes, aligned to as many, each with as much behind it.
const REGION = 0x4000;
const MAX_REGIONS = 256;
const regions = new Map();

const POINTER = 8;

// Half of the addresses is the kernel's.
const KERNEL = 2 ** 63;

/** Where a value lies. */
class Place {
    /**
     * @param {DataView} view the memory
     * @param {number} base where in it
     * @param {bigint | null} address the native address; null when nobody asked yet
     * @param {Holder | null} holder keeps alive what the memory points to
     * @param {boolean} owned whether the memory lives only as long as its ArrayBuffer is used
     * @param {NativeRecord | null} owner the C++ object that it is, or is a part of, and that ends when nobody has it
     */
    constructor(view, base, address, holder, owned = false, owner = null) {
        this.view = view;
        this.base = base;
        this.known = address;
        this.holder = holder;
        this.owned = owned;
        this.owner = owner;
        this.bytes = null;
        /** Whether another member may be what is there, so that no pointer can be trusted. */
        this.isInUnion = false;
    }

    /** Whether no memory can be there. */
    get isNowhere() {
        return false;
    }

    /** The native address. */
    get address() {
        return (this.known ??= koffi.address(this.view.buffer) + BigInt(this.view.byteOffset + this.base));
    }

    /** So many bytes of native memory, without a copy. */
    buffer(size) {
        return koffi.view(this.address, size);
    }

    /** The place so many bytes further on. */
    at(offset) {
        const address = this.known && this.known + BigInt(offset);
        const place = new Place(this.view, this.base + offset, address, this.holder, this.owned, this.owner);
        place.isInUnion = this.isInUnion;
        return place;
    }

    /** The address as koffi takes it: memory of JavaScript's as bytes, so that the call keeps it and what it points to. */
    get native() {
        if (!this.owned) return this.address;
        return (this.bytes ??= Object.assign(bytesOf(this, 1), { holder: this.holder }));
    }
}

/** Where no memory can be: what native code uses as a sign, such as (T *)-1. It is passed on, but not looked at. */
class Nowhere extends Place {
    constructor(address, holder) {
        super(null, 0, address, holder);
        const get = () => {
            throw noMemory(address);
        };
        Object.defineProperty(this, "view", { get });
    }

    get isNowhere() {
        return true;
    }

    buffer() {
        throw noMemory(this.known);
    }

    at(offset) {
        return new Nowhere(BigInt.asUintN(64, this.known + BigInt(offset)), this.holder);
    }
}

/** Whether no memory can be at an address: the first pages are never used. */
function isNowhere(number) {
    return number < REGION || number >= KERNEL;
}

/** Throws where no memory can be at an address. */
function checkAddress(address) {
    if (isNowhere(Number(address))) throw noMemory(address);
}

function noMemory(address) {
    const text = `nothing can be read or written at the address 0x${address.toString(16)}`;
    return new classes.HandleError(`${text}; it can only be compared and passed on`);
}

/** So many bytes of native memory, without a copy. */
function nativeBytes(address, size) {
    checkAddress(address);
    return koffi.view(address, size);
}

/** The place of native memory at an address. Nothing is read yet. */
function nativePlace(address, size, holder) {
    const number = Number(address);
    if (isNowhere(number)) return new Nowhere(address, holder);
    if (size > REGION || number > Number.MAX_SAFE_INTEGER)
        return new Place(new DataView(koffi.view(address, size)), 0, address, holder);
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

/** Keeps what memory points to as long as it does: for each pointer what that needs, by where it lies. */
class Holder {
    #kept = new Map();

    /** @param {boolean} isForMany whether the memory is an array's, of any number of items */
    constructor(isForMany = false) {
        this.isForMany = isForMany;
    }

    /** What pointers of the type at a place needed is no longer needed; what those need that were written is. */
    replace(place, type, keepers) {
        const [first] = keepers.pointers;
        // One pointer, most often: deleting and adding costs several times as much.
        if (type.size === POINTER && first?.kept.length) this.#kept.set(positionOf(place), first.kept);
        else {
            for (const position of this.#within(place, type)) this.#kept.delete(position);
            this.add(keepers);
        }
    }

    /** Keeps what pointers need that were written, besides what is kept. */
    add({ pointers }) {
        for (let index = 0; index < pointers.length; index++) {
            const { place, kept } = pointers[index];
            if (kept.length === 0) continue;
            const position = positionOf(place);
            const before = this.#kept.get(position);
            this.#kept.set(position, before === undefined ? kept : before.concat(kept));
        }
    }

    /** Gives what the pointers of a type at a place need to the keeper of a copy of them. */
    give(place, type, copy, keeper) {
        const start = positionOf(place);
        for (const position of this.#within(place, type)) {
            const own = keeper.at(copy.at(position - start));
            for (const each of this.#kept.get(position)) own.keep(each);
        }
    }

    #within(place, { size, alignment }) {
        const start = positionOf(place);
        const step = Math.min(alignment, POINTER);
        if (size / step > this.#kept.size)
            return [...this.#kept.keys()].filter((position) => position >= start && position < start + size);
        const positions = [];
        for (let position = start; position < start + size; position += step)
            if (this.#kept.has(position)) positions.push(position);
        return positions;
    }

    clear() {
        this.#kept.clear();
    }
}

/** Where a place is in what its holder is for. */
function positionOf(place) {
    return place.owned ? place.base : Number(place.address);
}

/** Gives memory for what a pointer that is written needs, and collects it. */
class Keeper {
    kept = [];

    constructor(place = null) {
        this.place = place;
    }

    /** The keeper of a pointer within what this one keeps: itself. */
    at() {
        return this;
    }

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

/** The keepers of the pointers in a value that is written, each by itself. */
class Keepers {
    pointers = [];

    at(place) {
        const keeper = new Keeper(place);
        this.pointers.push(keeper);
        return keeper;
    }
}

/** Writes a value to where it stays; what it points to is kept as long as it is there. */
function put(type, place, value) {
    const { holder } = place;
    if (holder === null || !type.pointing) return type.write(place, value, new Keepers());
    const keepers = new Keepers();
    try {
        type.write(place, value, keepers);
    } catch (error) {
        // A part may have been written.
        holder.add(keepers);
        throw error;
    }
    holder.replace(place, type, keepers);
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

const owners = new WeakMap();

/** A typed array over a place; the object that it is a part of stays as long as it. */
function keepOwner(array, { owner }) {
    if (owner !== null) owners.set(array, owner);
    return array;
}

/** Copies bytes from one place to another. */
function copyBytes(from, to, size) {
    bytesOf(to, size).set(bytesOf(from, size));
}

module.exports = {
    Holder,
    Keeper,
    Keepers,
    Place,
    arena,
    bytesOf,
    checkAddress,
    copyBytes,
    keepOwner,
    nativeBytes,
    nativePlace,
    newPlace,
    put,
};
