"use strict";
// A library as its users see it: its functions, types, variables and constants are properties, next to a few
// of nlib's own.

const { EventEmitter } = require("node:events");
const util = require("node:util");
const { classes, extend, typeError } = require("./errors");
const { functionOfSymbol } = require("./functions");
const { itemOf } = require("./items");
const { nlib } = require("./native");
const { LINKERS } = require("./options");
const { Pointer } = require("./pointer");
const { dispose } = require("./record");
const { NativeType, signatureOf, typeOf } = require("./type-text");
const { FunctionPointerType } = require("./types/functions");
const { VoidType } = require("./types/type");

/** What a library is now, and what was made of its names: what functions and callbacks of it look at. */
class State {
    members = new Map();
    events = new EventEmitter();
    generation = 1;

    constructor(image, load) {
        this.currentImage = image;
        this.load = load;
        image.library = this;
    }

    /** What a name stands for; null when the library does not have it. */
    member(name) {
        const image = this.currentImage;
        image.check();
        let member = this.members.get(name);
        if (member === undefined) {
            member = itemOf(image, this, name);
            if (member === null && image.scope(name)) {
                const value = namespaceProxy(this, name);
                member = { get: () => value };
            }
            this.members.set(name, member);
        }
        return member;
    }

    get(name) {
        const member = this.member(name);
        if (member === null) throw this.#unknown(name);
        return member.get();
    }

    set(name, value) {
        const member = this.member(name);
        if (member === null) throw this.#unknown(name);
        if (!member.set) throw typeError(`${name} cannot be assigned to: it is constant, or no variable`);
        member.set(value);
    }

    /** Another image takes the place of this one. */
    replace(image) {
        const old = this.currentImage;
        this.currentImage = image;
        image.library = this;
        this.members.clear();
        old.retire();
        this.generation++;
        this.events.emit("reload", this.generation);
    }

    /** The error of a name that the headers do not have. */
    #unknown(name) {
        const image = this.currentImage;
        const { error } = image.find(null, name);
        try {
            image.symbol(name);
        } catch {
            return new classes.SymbolError(error.message, { near: error.near });
        }
        return new classes.SymbolError(
            `no header of \`${image.name}\` declares \`${name}\`, though the library has such a symbol: say its ` +
                `types with func("${name}", result, parameters)`,
        );
    }
}

/** What nlib adds to a library. A name of the library's that is the same as one of these: `get(name)`. */
class Library {
    #state;

    /**
     * @param {Image} image
     * @param {{sync: () => Image, async: (options: object) => Promise<Image>}} load loads the same again
     */
    constructor(image, load) {
        this.#state = new State(image, load);
    }

    get #image() {
        return this.#state.currentImage;
    }

    /** Calls `listener` at each "reload" (with the generation), "unload", or "error" of a callback that no call ran. */
    on(event, listener) {
        this.#state.events.on(event, listener);
        return this;
    }

    once(event, listener) {
        this.#state.events.once(event, listener);
        return this;
    }

    off(event, listener) {
        this.#state.events.off(event, listener);
        return this;
    }

    /** The library's name. */
    get name() {
        return this.#image.name;
    }

    /** Whether it is loaded. */
    get isLoaded() {
        return this.#image.isLive;
    }

    /** Which linker loaded it: "jit" or "image". */
    get linkedBy() {
        return LINKERS[nlib.linked_by(this.#image.handle)];
    }

    /** How often it was loaded: 1, and one more with each reload. */
    get generation() {
        return this.#state.generation;
    }

    /** What a name of the library stands for; in C++ the qualified name, "ImGui::Button". */
    get(name) {
        return this.#state.get(name);
    }

    /** Assigns to a variable of the library. */
    set(name, value) {
        this.#state.set(name, value);
    }

    /** Whether the headers declare a name, or it is a namespace of C++. */
    has(name) {
        return this.#state.member(name) !== null;
    }

    /** Names that the headers declare, of one kind ("function", "record", …) or all. */
    names(kind = null) {
        return this.#image.interface.names(kind);
    }

    /** What nlib knows of a name, as docs/interface.md describes. */
    describe(name, kind = null) {
        this.#image.check();
        const found = this.#image.find(kind, name);
        if (found.error) throw new classes.SymbolError(found.error.message, { near: found.error.near });
        return structuredClone([...found]);
    }

    /** The whole interface in a format of `nlib bind`: "json", "typescript", "c", … */
    interface(format = "c") {
        return this.#image.interface.text(format);
    }

    /** A function by its symbol, with types that you give: `func("area", "int", ["int", "int"])`. */
    func(name, result, parameters = []) {
        const image = this.#image;
        image.check();
        return functionOfSymbol(this.#state, name, signatureOf(result, parameters, image));
    }

    /** The address of a function or variable by its name in C or C++, as a `void *`, or of the type given. */
    symbol(name, type) {
        const image = this.#image;
        const address = image.symbol(name);
        return new Pointer(address, type === undefined ? new VoidType() : typeOf(type, image), image);
    }

    /** Every function and variable that the library publishes, whether a header declares it or not. */
    symbols() {
        return this.#image.symbols().map(({ name, demangled, address, bytes, is_function }) => ({
            name,
            demangled,
            address,
            bytes: Number(bytes),
            isFunction: is_function !== 0,
        }));
    }

    /** A type: text of C's, with the names of the library's headers in it. */
    type(text) {
        this.#image.check();
        return new NativeType(typeOf(text, this.#image));
    }

    /**
     * A function as a pointer for the library, until it is disposed of or the library is unloaded.
     * @param {string | object} type the name of a type of function pointers, or { result, parameters }
     * @param {Function} call
     * @param {{failed?: unknown}} options what C gets when `call` throws; zero when absent
     */
    callback(type, call, { failed } = {}) {
        this.#image.check();
        const pointer = typeOf(type, this.#image);
        if (!(pointer instanceof FunctionPointerType))
            throw typeError(`${pointer.spelling} is no pointer to a function`);
        if (typeof call !== "function") throw typeError("a callback has to be a function");
        return this.#image.callbacks.make(call, pointer.signature, failed);
    }

    /**
     * Unloads: the library's destructors run, and every use of it, or of what came from it, is an UnloadedError
     * from then on. Where the same library was loaded more than once, its code goes with the last of them. An
     * InUseError while a call of it runs or another library is linked against it.
     */
    unload(...values) {
        if (values.length) throw typeError("unload takes no arguments");
        this.#image.unload();
        this.#state.members.clear();
        this.#state.events.emit("unload");
    }

    [dispose]() {
        if (this.isLoaded) this.unload();
    }

    /**
     * Loads the same once more, so that what changed in the sources takes effect. The functions that were taken
     * from this object are those of the new code from then on. The old code is unloaded, unless something still
     * runs in it. When the load fails, all stays as it was.
     * @param {{signal?: AbortSignal}} options
     */
    async reload(options = {}) {
        this.#image.check();
        this.#state.replace(await this.#state.load.async(options));
        return this;
    }

    /** As `reload`, without the event loop. */
    reloadSync() {
        this.#image.check();
        this.#state.replace(this.#state.load.sync());
        return this;
    }

    /** What JSON says of it. */
    toJSON() {
        const { name, isLoaded, generation } = this;
        return { name, isLoaded, generation };
    }

    [util.inspect.custom]() {
        if (!this.isLoaded) return `Library ${this.name} [unloaded]`;
        try {
            const counts = ["function", "variable", "constant", "record", "enum"]
                .map((kind) => [this.names(kind).length, kind])
                .filter(([count]) => count > 0)
                .map(([count, kind]) => `${count} ${kind}${count === 1 ? "" : "s"}`);
            return `Library ${this.name} { ${counts.join(", ")} }`;
        } catch {
            return `Library ${this.name} [headers cannot be read]`;
        }
    }
}

/** Whether a property is nlib's or every object's: those go before the library's names. */
function isOwn(target, key) {
    return typeof key === "symbol" || key === "then" || key in target;
}

/** The object that users have: a Library with the names of the headers as properties. */
function libraryProxy(library) {
    const scope = () => {
        const names = new Set();
        for (const name of library.names()) names.add(name.includes("::") ? name.slice(0, name.indexOf("::")) : name);
        return [...names];
    };
    const proxy = new Proxy(library, {
        get(target, key) {
            if (!isOwn(target, key)) return target.get(key);
            const value = Reflect.get(target, key, target);
            return typeof value === "function" && key !== "constructor" ? boundTo(target, proxy, key, value) : value;
        },
        set(target, key, value) {
            if (isOwn(target, key)) return Reflect.set(target, key, value, target);
            target.set(key, value);
            return true;
        },
        has: (target, key) => isOwn(target, key) || (target.isLoaded && target.has(key)),
        ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...(target.isLoaded ? scope() : [])])],
        getOwnPropertyDescriptor(target, key) {
            if (isOwn(target, key)) return Reflect.getOwnPropertyDescriptor(target, key);
            if (!target.isLoaded || !target.has(key)) return undefined;
            return {
                get: () => proxy[key],
                set: (value) => (proxy[key] = value),
                enumerable: true,
                configurable: true,
            };
        },
    });
    return proxy;
}

const bound = new WeakMap();

/** A method of Library's for use through the proxy, the same each time; what gives `this` gives the proxy. */
function boundTo(target, proxy, key, value) {
    let methods = bound.get(target);
    if (methods === undefined) bound.set(target, (methods = new Map()));
    const known = methods.get(key);
    if (known?.of === value) return known.method;
    const own = (result) => (result === target ? proxy : result);
    const method = (...values) => {
        let result;
        try {
            result = value.apply(target, values);
        } catch (error) {
            throw namesake(target, key, error);
        }
        return result instanceof Promise ? result.then(own) : own(result);
    };
    methods.set(key, { of: value, method });
    return method;
}

/** Says of an error of one of Library's methods that the library has a function of that name, where it does. */
function namesake(target, key, error) {
    const isMistake = error instanceof TypeError || error instanceof classes.SymbolError;
    if (!isMistake || !target.isLoaded) return error;
    try {
        if (target.has(key))
            extend(error, `\nThis is nlib's \`${key}\`; that of \`${target.name}\` is library.get("${key}")`);
    } catch {
        // The headers cannot be read.
    }
    return error;
}

/** A namespace of C++, whose names are properties. */
function namespaceProxy(library, name) {
    const names = () => library.currentImage.scope(name) ?? new Map();
    const target = Object.create(null, {
        [util.inspect.custom]: { value: () => `namespace ${name} { ${names().size} names }` },
    });
    const inside = (key) => `${name}::${key}`;
    // What JavaScript asks every object for is there only where the library declares it.
    const isAsked = (key) => key === "then" || key === "toJSON";
    const get = (key) => (isAsked(key) && !names().has(key) ? undefined : library.get(inside(key)));
    return new Proxy(target, {
        get: (_, key) => (typeof key === "symbol" ? target[key] : get(key)),
        set(_, key, value) {
            library.set(inside(key), value);
            return true;
        },
        has: (_, key) => typeof key === "string" && library.member(inside(key)) !== null,
        ownKeys: () => [...new Set([...Reflect.ownKeys(target), ...names().keys()])],
        getOwnPropertyDescriptor(_, key) {
            if (typeof key === "symbol") return Reflect.getOwnPropertyDescriptor(target, key);
            if (!names().has(key)) return undefined;
            return { get: () => library.get(inside(key)), enumerable: true, configurable: true };
        },
    });
}

module.exports = { Library, libraryProxy };
