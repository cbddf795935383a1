"use strict";
// Functions of JavaScript's that native code calls.
//
// The same function given for the same type is the same pointer, as long as the library is loaded; a Callback can
// be ended earlier by hand. What a callback throws is thrown by the call that ran it, and C gets zero meanwhile.

const koffi = require("koffi");
const { Keeper } = require("./memory");
const { openBridge } = require("./bridge");
const { failCall } = require("./calls");
const { NATIVE } = require("./pointer");
const { dispose } = require("./record");
const { AnyPointerType } = require("./types/pointers");
const { stackWords } = require("./types/functions");
const { explain } = require("./types/type");
const { classes, typeError } = require("./errors");

// So many at once are probably one function written anew for each call. There are 4096.
const MANY = 500;
const ADVICE =
    "each new function that native code is given stays until its library is unloaded. Keep one and give it again, " +
    "write transient(function) where it is only called during the call, or end those that are no longer needed: " +
    "library.callback(…) and its dispose()";

let inUse = 0;
let isWarned = false;

function count() {
    if (++inUse < MANY || isWarned) return;
    isWarned = true;
    process.emitWarning(`${inUse} callbacks are in use, of 4096 that there are: ${ADVICE}`, {
        code: "NLIB_CALLBACKS",
    });
}

/** A function of JavaScript's as a pointer to a function of C's. */
class Callback {
    #native;
    #koffi;
    #bridge;

    /**
     * @param {Function} call
     * @param {Signature} signature
     * @param {object | null} image the library that is given it
     * @param {unknown} failed what C gets when `call` throws; zero when undefined
     */
    constructor(call, signature, image, failed) {
        if (typeof call !== "function") throw typeError(`a callback has to be a function, not ${typeof call}`);
        if (signature.isVariadic)
            throw new classes.TypeNotSupportedError("a function with '...' cannot be written in JavaScript");
        this.image = image;
        const type = koffi.pointer(signature.nativeCallback);
        this.#koffi = register(entry(this, call, signature, failed), type);
        this.#bridge = openBridge();
        const gate = this.#bridge?.gate(this.#koffi, stackWords(signature)) ?? null;
        if (gate === null && this.#bridge !== null) {
            koffi.unregister(this.#koffi);
            throw tooMany();
        }
        const address = gate ?? this.#koffi;
        this.#native = { signature, address, call, isGate: gate !== null, check: () => this.#check() };
        count();
    }

    /** The address of the function, as BigInt. */
    get address() {
        this.#check();
        return this.#native.address;
    }

    get [NATIVE]() {
        return this.#native;
    }

    /** Ends it: nothing native may call it any more. Once more does nothing. */
    dispose() {
        if (this.#native.isDisposed) return;
        this.#native.isDisposed = true;
        inUse--;
        if (this.#native.isGate) this.#bridge.node_gate_free(this.#native.address);
        koffi.unregister(this.#koffi);
    }

    [dispose]() {
        this.dispose();
    }

    #check() {
        if (this.#native.isDisposed) throw new classes.HandleError("this callback was disposed of");
    }
}

function register(call, type) {
    try {
        return koffi.register(call, type);
    } catch (error) {
        throw /callback/i.test(error.message) ? tooMany() : error;
    }
}

function tooMany() {
    return new classes.HandleError(`no callback is left, for ${inUse} are in use: ${ADVICE}`);
}

/** What koffi calls: converts, calls, and keeps every error away from the native code. */
function entry(callback, call, signature, failed) {
    const { parameters, result } = signature;
    const types = parameters.map(({ type }) => type.inCallback);
    const give = (value, keeper) =>
        result instanceof AnyPointerType ? result.toAddress(value, keeper) || null : result.toNative(value, keeper);
    const zero = failed === undefined ? result.zero : give(failed, new Keeper());
    // Text that the last call gave: it lives until the next.
    let keeper = null;
    return (...natives) => {
        try {
            for (let index = 0; index < natives.length; index++)
                natives[index] = types[index].fromNative(natives[index]);
            const value = call(...natives);
            keeper = new Keeper();
            try {
                return give(value, keeper);
            } catch (error) {
                throw explain(error, `the result of the callback ${call.name || "(anonymous)"}`);
            }
        } catch (error) {
            if (!failCall(error, callback)) reportLate(error, callback);
            return zero;
        }
    };
}

/** An error of which no call can be told: the library's "error" event, else an uncaught exception. */
function reportLate(error, { image }) {
    const events = image?.library?.events;
    if (events?.listenerCount("error") > 0) events.emit("error", error);
    else
        process.nextTick(() => {
            throw error;
        });
}

/** The callbacks that a library was given. */
class Callbacks {
    #image;
    #made = new Map();
    #byAddress = new Map();

    constructor(image) {
        this.#image = image;
    }

    /** The callback of a function, made when first given. */
    of(call, signature) {
        let made = this.#made.get(call);
        if (made === undefined) this.#made.set(call, (made = new Map()));
        let callback = made.get(signature.key);
        if (callback === undefined) {
            callback = new Callback(call, signature, this.#image);
            made.set(signature.key, callback);
            this.#byAddress.set(callback.address, callback);
        }
        return callback;
    }

    /** A callback that the caller ends, or the end of the library. */
    make(call, signature, failed) {
        const callback = new Callback(call, signature, this.#image, failed);
        this.#byAddress.set(callback.address, callback);
        return callback;
    }

    /** The address of a callback that ends with the call whose keeper is given. */
    transient(call, signature, keeper) {
        const callback = new Callback(call, signature, this.#image);
        keeper.keep(callback);
        keeper.endWith(callback);
        return callback.address;
    }

    /** The function behind an address, where it is one of these; null otherwise. */
    find(address) {
        return this.#byAddress.get(address)?.[NATIVE].call ?? null;
    }

    /** Ends all: the library is unloaded. */
    dispose() {
        for (const callback of this.#byAddress.values()) callback.dispose();
        this.#byAddress.clear();
        this.#made.clear();
    }
}

module.exports = { Callback, Callbacks };
