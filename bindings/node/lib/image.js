"use strict";
// One load of a library: its handle, whether it is still loaded, and what is known about its names.
//
// A Library (library.js) has one image at a time; reload gives it another. Everything that was made with an image
// asks it whether it is still there before native code or memory is used.

const koffi = require("koffi");
const { callsSoFar, runsSince } = require("./calls");
const { Callbacks } = require("./callbacks");
const { classes, extend } = require("./errors");
const { check } = require("./failures");
const { Interface, Types } = require("./interface");
const { functionOf } = require("./koffi-types");
const { Loaded } = require("./loaded");
const { Holder } = require("./memory");
const { nlib, outCell } = require("./native");

/** What is loaded. */
class Image {
    #loaded;
    #interface = null;
    #interfaceError = null;
    #found = new Map();
    #classes = new Map();
    #functions = new Map();
    #scopes = null;
    #freeThunk = null;
    #end = "";

    /**
     * @param {bigint} handle the nlib_lib
     * @param {unknown[]} kept what has to stay as long as it is loaded
     * @param {Context} context what loaded it, and is used until it is not
     */
    constructor(handle, kept, context) {
        this.#loaded = Loaded.of(this, handle, context);
        this.name = this.#loaded.name;
        this.kept = kept;
        this.isLive = true;
        /** How many calls into it run. */
        this.running = 0;
        /** How many calls had begun when it was loaded. */
        this.loadedAt = callsSoFar();
        /** The Library whose image it is. */
        this.library = null;
        this.holder = new Holder();
        this.types = new Types(this);
        this.callbacks = new Callbacks(this);
    }

    get handle() {
        this.check();
        return this.#loaded.handle;
    }

    /** Throws an UnloadedError when the library is gone. */
    check() {
        if (!this.isLive) throw new classes.UnloadedError(`\`${this.name}\` ${this.#end}`);
    }

    /** What the headers declare; a CompileError when one does not parse. */
    get interface() {
        this.check();
        if (this.#interfaceError) throw this.#interfaceError;
        try {
            return (this.#interface ??= new Interface(this.handle, () => this.#loaded.spareOf(this)));
        } catch (error) {
            this.#interfaceError = extend(
                error,
                `\nThe functions of \`${this.name}\` have no types therefore; they can be called with types that you ` +
                    "give: library.func(name, result, parameters)",
            );
            throw error;
        }
    }

    /** Everything of a name, of one kind or of all when it is null; an empty list where there is nothing. */
    find(kind, name) {
        const key = `${kind ?? ""} ${name}`;
        let found = this.#found.get(key);
        if (found === undefined) {
            try {
                found = this.interface.describe(kind, name);
            } catch (error) {
                if (!(error instanceof classes.SymbolError)) throw error;
                found = Object.assign([], { error });
            }
            this.#found.set(key, found);
        }
        return found;
    }

    /** Whether the headers could be read. */
    get isTyped() {
        try {
            return this.interface !== null;
        } catch {
            return false;
        }
    }

    /** Itself: what functions of this image and of no other look at. */
    get currentImage() {
        return this;
    }

    /** What a qualified name stands for; undefined where there is nothing. */
    item(name) {
        return require("./items").itemOf(this, this, name)?.get();
    }

    type(from) {
        return this.types.of(from);
    }

    record(name) {
        return this.types.record(name);
    }

    /** The class of a record, made when first needed. */
    recordClass(type) {
        let Class = this.#classes.get(type.name);
        if (Class === undefined) {
            Class = require("./classes").makeClass(type, this);
            this.#classes.set(type.name, Class);
        }
        return Class;
    }

    /** The function behind an address: one of JavaScript's own, else one that calls it. */
    functionAt(address, signature) {
        const own = this.callbacks.find(address);
        if (own !== null) return own;
        const key = `${address} ${signature.key}`;
        let found = this.#functions.get(key);
        if (found === undefined) {
            found = require("./functions").functionOfPointer(this, address, signature);
            this.#functions.set(key, found);
        }
        return found;
    }

    /** The address of a function or variable by its name in C or C++. */
    symbol(name) {
        const address = outCell();
        check(nlib.symbol(this.handle, name, address));
        return address[0];
    }

    /** In C++ the names directly within a namespace or class, each with its qualified name. */
    scope(name) {
        if (this.#scopes === null) {
            this.#scopes = new Map();
            const lines = this.isTyped ? this.interface.nameLines(null) : "";
            if (lines.includes("::")) for (const each of lines.trimEnd().split("\n")) this.#addToScopes(each);
        }
        return this.#scopes.get(name) ?? null;
    }

    /** Whether a record is a class of C++ with methods. */
    hasMethods(type) {
        return require("./classes").hasMethods(type, this);
    }

    /** What ends an object of a class of C++ that lies at a place; null where there is nothing to do. */
    destructorOf(type) {
        return require("./classes").destructorOf(type, this);
    }

    /** Frees what a thunk made. */
    freeThunkMemory(address) {
        this.#freeThunk ??= koffi.decode(this.interface.address("nlib_thunk_free"), functionOf("void", ["void *"]));
        this.#freeThunk(address);
    }

    #addToScopes(name) {
        const parts = splitName(name);
        for (let count = 1; count < parts.length; count++) {
            const outer = parts.slice(0, count).join("::");
            let scope = this.#scopes.get(outer);
            if (scope === undefined) this.#scopes.set(outer, (scope = new Map()));
            scope.set(parts[count], `${outer}::${parts[count]}`);
        }
    }

    /** Everything that the library publishes. */
    symbols() {
        this.check();
        return this.#loaded.symbols();
    }

    /**
     * Unloads. Where the same library is loaded once more, only this load of it ends. An InUseError when something
     * still runs or uses it, and then all stays as it was.
     */
    unload() {
        this.check();
        if (this.#isRunning)
            throw new classes.InUseError(
                `\`${this.name}\` cannot be unloaded while a call runs: wait until it has returned`,
            );
        check(this.#loaded.leave(this));
        this.#ended("was unloaded");
    }

    /** Another image takes its place: unloads, or where something still uses it leaves it loaded. */
    retire() {
        const isLeft = this.#isRunning && !this.#loaded.isShared;
        const refused = isLeft ? null : this.#loaded.leave(this);
        if (refused !== null) nlib.error_free(refused);
        if (isLeft || refused !== null) this.#loaded.abandon();
        this.#ended("was loaded anew; take it from the library again");
    }

    /** The code is gone: nothing calls back any more, or reads what was written into its memory. */
    letGo() {
        this.callbacks.dispose();
        this.holder.clear();
        this.#loaded.context.unuse();
    }

    /** Whether code of it may run. koffi runs native code on a stack of its own, where nlib does not see it. */
    get #isRunning() {
        return this.running > 0 || runsSince(this.loadedAt);
    }

    #ended(how) {
        this.isLive = false;
        this.#end = how;
        this.#interface?.free();
    }
}

/** "ns::Class<a::b>::operator<<" at those "::" that are outside of "<…>" and before an operator's name. */
function splitName(name) {
    const parts = [];
    let depth = 0;
    let start = 0;
    for (let index = 0; index < name.length; index++) {
        if (depth === 0 && index === start && name.startsWith("operator", index)) break;
        if (name[index] === "<") depth++;
        else if (name[index] === ">") depth--;
        else if (depth === 0 && name.startsWith("::", index)) {
            parts.push(name.slice(start, index));
            start = index + 2;
            index++;
        }
    }
    parts.push(name.slice(start));
    return parts;
}

module.exports = { Image, splitName };
