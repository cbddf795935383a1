"use strict";
// Native functions as functions of JavaScript's.

const util = require("node:util");
const koffi = require("koffi");
const { NATIVE } = require("./pointer");
const { Candidates } = require("./candidates");
const { NativeCall } = require("./native-call");
const { quickFunction } = require("./quick-calls");

const STATE = Symbol("state");

/** What every native function can do besides being called. */
class NativeFunction extends Function {
    /** Calls it on a thread of Node's pool: a promise. Callbacks of all threads can run meanwhile. */
    get async() {
        const state = this[STATE];
        return function (...values) {
            try {
                return state.call(values, false).runAsync(this, values);
            } catch (error) {
                return Promise.reject(error);
            }
        };
    }

    /** Calls it, and gives a pointer to text as a Pointer instead of a string. */
    get raw() {
        const state = this[STATE];
        return function (...values) {
            return state.call(values, true).run(this, values);
        };
    }

    /** What the header says of it. */
    get documentation() {
        return this[STATE].candidates.all
            .map(({ description }) => description.documentation ?? "")
            .join("\n")
            .trim();
    }

    /** As C declares it; of overloads each on a line. */
    get declaration() {
        return this[STATE].candidates.all.map((candidate) => `${candidate.declaration};`).join("\n");
    }

    /** One of the overloads of C++, by the types of its parameters: `add.overload("double, double")`. */
    overload(types) {
        const { candidates } = this[STATE];
        const chosen = candidates.named(types);
        return makeFunction(() => new Candidates(candidates.image, [chosen.description]), candidates.image);
    }

    get [NATIVE]() {
        const { candidates } = this[STATE];
        const { only } = candidates;
        if (!only?.isDirect) return undefined;
        const check = () => candidates.image.check();
        const pointer = { signature: only.declared, check };
        return Object.defineProperty(pointer, "address", {
            get: () => candidates.image.interface.address(only.description.symbol),
        });
    }

    toString() {
        return `${this.documentation ? `/* ${this.documentation} */\n` : ""}${this.declaration}`;
    }

    [util.inspect.custom]() {
        return `[native ${this.toString()}]`;
    }
}

/** What a function does when it is called: finds the way to call it. */
class State {
    #find;
    #owner;

    /**
     * @param {() => Candidates} find looks the functions up, again after a reload
     * @param {object} owner has the `image` that is current: a Library, or an Image itself
     */
    constructor(find, owner) {
        this.#find = find;
        this.#owner = owner;
        this.candidates = find();
        /** The only way to call it, when there is no choice and it was used once. */
        this.only = null;
    }

    /** The way to call it that quick-calls.js may use; null when there is none, or the library was loaded anew. */
    get quick() {
        const { only } = this;
        return only !== null && only.isPlain && only.image === this.#owner.currentImage ? only : null;
    }

    /** Calls it. */
    run(self, values) {
        return this.call(values, false).run(self, values);
    }

    /** The way to call it with these arguments. */
    call(values, isRaw) {
        if (this.candidates.image !== this.#current) {
            this.candidates = this.#find();
            this.only = null;
        }
        if (this.only !== null && !isRaw) return this.only;
        const { only } = this.candidates;
        const candidate = this.candidates.choose(values);
        const fits = only === null || candidate.declared.isVariadic;
        const call = candidate.call(fits ? values.length : candidate.declared.parameters.length, isRaw);
        if (only !== null && !isRaw) this.only = call;
        return call;
    }

    get #current() {
        return this.#owner.currentImage;
    }
}

/**
 * Makes a function of JavaScript's.
 * @param {() => Candidates} find gives the functions of that name
 * @param {object} owner a Library, whose `currentImage` may change, or an Image
 * @param {boolean} isMethod whether the object is its `this`
 */
function makeFunction(find, owner, isMethod = false) {
    const state = new State(find, owner);
    const name = state.candidates.name;
    return dress(isMethod ? method(state) : quickFunction(state, parameterCount(state)), name, state);
}

function method(state) {
    return function (...values) {
        return state.run(this, values);
    };
}

/** How many parameters a function has that exists once; null for overloads. */
function parameterCount({ candidates: { only } }) {
    return only && !only.declared.isVariadic ? only.description.parameters.length : null;
}

function dress(call, name, state) {
    Object.setPrototypeOf(call, NativeFunction.prototype);
    const { only, all } = state.candidates;
    const length = Math.min(...all.map(({ description }) => description.parameters.length));
    Object.defineProperties(call, {
        name: { value: name },
        length: { value: only ? length : 0 },
        [STATE]: { value: state },
    });
    return call;
}

/** The function of a symbol with types that the caller gives. */
function functionOfSymbol(library, name, signature) {
    let call = null;
    const find = () => {
        const image = library.currentImage;
        call = callOf(image, name, image.symbol(name), signature);
        return call;
    };
    find();
    const typed = (...values) => {
        if (library.currentImage !== call.image) {
            if (!library.currentImage.isLive) library.currentImage.check();
            find();
        }
        return call.run(null, values);
    };
    return dressPlain(typed, name, () => call, signature);
}

/** The function behind a pointer to one. */
function functionOfPointer(image, address, signature) {
    const call = callOf(image, `function at 0x${address.toString(16)}`, address, signature);
    return dressPlain(
        (...values) => call.run(null, values),
        call.name,
        () => call,
        signature,
        address,
    );
}

function callOf(image, name, address, signature) {
    const { result, parameters, isVariadic } = signature;
    const target = koffi.decode(address, signature.nativeFor());
    return new NativeCall({ image, name, target, parameters, result, isVariadic });
}

function dressPlain(typed, name, call, signature, address) {
    Object.defineProperties(typed, {
        name: { value: name },
        length: { value: signature.parameters.length },
        async: { value: async (...values) => call().runAsync(null, values) },
        declaration: { get: () => `${signature.declare(name)};` },
        [util.inspect.custom]: { value: () => `[native ${signature.declare(name)};]` },
        [NATIVE]: {
            get: () => ({
                signature,
                address: address ?? call().image.symbol(name),
                check: () => call().image.check(),
            }),
        },
    });
    return typed;
}

module.exports = { functionOfPointer, functionOfSymbol, makeFunction };
