"use strict";
// Errors as classes of JavaScript's: one for each nlib_error_kind (failures.js makes them), and what is wrong with
// arguments.

/**
 * What nlib says is wrong. `code` tells the kind, as Node's errors do: "ERR_NLIB_COMPILE". `message` names the
 * thing, the place and what to do next.
 */
class NlibError extends Error {
    static code = "ERR_NLIB";

    constructor(message, details = {}) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.code = this.constructor.code;
        if (details.diagnostics?.length) this.diagnostics = details.diagnostics;
        if (details.near?.length) this.near = details.near;
        fromCaller(this);
    }

    get name() {
        return this.constructor.name;
    }
}
// Messages of the compiler and names that were probably meant: empty where there are none, and then not shown.
NlibError.prototype.diagnostics = Object.freeze([]);
NlibError.prototype.near = Object.freeze([]);

/** The class of each kind of error, by name. */
const classes = {
    NlibError,
    /** The source does not compile, or a header does not parse; see `diagnostics`. */
    CompileError: class extends NlibError {
        static code = "ERR_NLIB_COMPILE";
    },
    /** The request makes no sense: an unknown library, a bad flag. */
    UsageError: class extends NlibError {
        static code = "ERR_NLIB_USAGE";
    },
    /** A manifest or project file is wrong; see `diagnostics`. */
    ManifestError: class extends NlibError {
        static code = "ERR_NLIB_MANIFEST";
    },
    /** Symbols do not resolve, or a constructor threw. */
    LinkError: class extends NlibError {
        static code = "ERR_NLIB_LINK";
    },
    /** The compiler cannot be used. */
    ToolchainError: class extends NlibError {
        static code = "ERR_NLIB_TOOLCHAIN";
    },
    /** The cache, the network or the file system. */
    SystemError: class extends NlibError {
        static code = "ERR_NLIB_SYSTEM";
    },
    /** The library has no such name; see `near`. */
    SymbolError: class extends NlibError {
        static code = "ERR_NLIB_SYMBOL";
    },
    /** A C++ name is overloaded and nothing tells which is meant; `near` lists the overloads. */
    AmbiguousError: class extends NlibError {
        static code = "ERR_NLIB_AMBIGUOUS";
    },
    /** The library cannot be unloaded now; it stays as it was. */
    InUseError: class extends NlibError {
        static code = "ERR_NLIB_IN_USE";
    },
    /** The library was unloaded. */
    UnloadedError: class extends NlibError {
        static code = "ERR_NLIB_UNLOADED";
    },
    /** nlib was given what it cannot read. */
    ArgumentError: class extends NlibError {
        static code = "ERR_NLIB_ARGUMENT";
    },
    /** A handle that nlib does not know. */
    HandleError: class extends NlibError {
        static code = "ERR_NLIB_HANDLE";
    },
    /** Somebody cancelled the load. */
    CancelledError: class extends NlibError {
        static code = "ERR_NLIB_CANCELLED";
    },
    /** A fault inside nlib; please report it. */
    InternalError: class extends NlibError {
        static code = "ERR_NLIB_INTERNAL";
    },
    /** A C++ exception that left the function that was called; `message` is what it says. */
    NativeException: class extends NlibError {
        static code = "ERR_NLIB_EXCEPTION";
    },
    /** Another thread ran a callback while this one could not; see "Threads" in the README. */
    ThreadError: class extends NlibError {
        static code = "ERR_NLIB_THREAD";
    },
    /** A type or function that JavaScript cannot express. */
    TypeNotSupportedError: class extends NlibError {
        static code = "ERR_NLIB_TYPE";
    },
};

/** A TypeError about an argument, with a code. */
function typeError(message) {
    return fromCaller(Object.assign(new TypeError(message), { code: "ERR_NLIB_ARGUMENT_TYPE" }));
}

/** A RangeError about an argument, with a code. */
function rangeError(message) {
    return fromCaller(Object.assign(new RangeError(message), { code: "ERR_NLIB_ARGUMENT_RANGE" }));
}

/** Leaves this package's frames out of an error's stack: it begins where the caller's code called. */
function fromCaller(error) {
    const lines = error.stack.split("\n");
    const first = lines.findIndex((line) => line.startsWith("    at "));
    if (first < 0) return error;
    const isOwn = (line) => line.includes(__dirname);
    const frames = lines.slice(first);
    const caller = frames.findIndex((line) => !isOwn(line) && !line.includes("<anonymous>"));
    if (caller < 0) return error;
    const kept = frames.slice(caller).filter((line) => !isOwn(line));
    error.stack = [...lines.slice(0, first), ...kept].join("\n");
    return error;
}

/** Adds to what an error says, also where its stack repeats it; gives the error. */
function extend(error, text) {
    const { message, stack } = error;
    error.message = message + text;
    error.stack = stack.replace(message, () => error.message);
    return error;
}

module.exports = { classes, extend, rangeError, typeError };
