"use strict";
// Errors of nlib as classes of JavaScript's, one for each nlib_error_kind.

const koffi = require("koffi");
const { Diagnostic, nlib } = require("./native");

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

/** The source does not compile, or a header does not parse; see `diagnostics`. */
class CompileError extends NlibError {
    static code = "ERR_NLIB_COMPILE";
}
/** The request makes no sense: an unknown library, a bad flag. */
class UsageError extends NlibError {
    static code = "ERR_NLIB_USAGE";
}
/** A manifest or project file is wrong; see `diagnostics`. */
class ManifestError extends NlibError {
    static code = "ERR_NLIB_MANIFEST";
}
/** Symbols do not resolve, or a constructor threw. */
class LinkError extends NlibError {
    static code = "ERR_NLIB_LINK";
}
/** The compiler cannot be used. */
class ToolchainError extends NlibError {
    static code = "ERR_NLIB_TOOLCHAIN";
}
/** The cache, the network or the file system. */
class SystemError extends NlibError {
    static code = "ERR_NLIB_SYSTEM";
}
/** The library has no such name; see `near`. */
class SymbolError extends NlibError {
    static code = "ERR_NLIB_SYMBOL";
}
/** A C++ name is overloaded and nothing tells which is meant; `near` lists the overloads. */
class AmbiguousError extends NlibError {
    static code = "ERR_NLIB_AMBIGUOUS";
}
/** The library cannot be unloaded now; it stays as it was. */
class InUseError extends NlibError {
    static code = "ERR_NLIB_IN_USE";
}
/** The library was unloaded. */
class UnloadedError extends NlibError {
    static code = "ERR_NLIB_UNLOADED";
}
/** nlib was given what it cannot read. */
class ArgumentError extends NlibError {
    static code = "ERR_NLIB_ARGUMENT";
}
/** A handle that nlib does not know. */
class HandleError extends NlibError {
    static code = "ERR_NLIB_HANDLE";
}
/** Somebody cancelled the load. */
class CancelledError extends NlibError {
    static code = "ERR_NLIB_CANCELLED";
}
/** A fault inside nlib; please report it. */
class InternalError extends NlibError {
    static code = "ERR_NLIB_INTERNAL";
}
/** A C++ exception that left the function that was called; `message` is what it says. */
class NativeException extends NlibError {
    static code = "ERR_NLIB_EXCEPTION";
}
/** Another thread ran a callback while this one could not; see "Threads" in the README. */
class ThreadError extends NlibError {
    static code = "ERR_NLIB_THREAD";
}
/** A type or function that JavaScript cannot express. */
class TypeNotSupportedError extends NlibError {
    static code = "ERR_NLIB_TYPE";
}

const KINDS = new Map([
    [1, CompileError],
    [2, UsageError],
    [3, ManifestError],
    [4, LinkError],
    [5, ToolchainError],
    [6, SystemError],
    [7, SymbolError],
    [8, AmbiguousError],
    [9, InUseError],
    [10, UnloadedError],
    [11, ArgumentError],
    [12, HandleError],
    [13, CancelledError],
    [70, InternalError],
]);

const SEVERITIES = ["", "remark", "note", "warning", "error"];

function diagnostics(token) {
    const found = [];
    const size = koffi.sizeof(Diagnostic);
    const bytes = Buffer.alloc(size);
    for (let index = 0; ; index++) {
        bytes.writeBigUInt64LE(BigInt(size));
        if (!nlib.error_diagnostic(token, index, bytes)) return found;
        const { severity, line, column, file, text, option, library, unit } = koffi.decode(bytes, Diagnostic);
        found.push({ severity: SEVERITIES[severity] ?? "error", file, line, column, text, option, library, unit });
    }
}

function near(token) {
    const names = [];
    for (let index = 0; ; index++) {
        const name = nlib.error_near(token, index);
        if (name === null) return names;
        names.push(name);
    }
}

/** Makes an Error of an nlib_error and frees that. */
function errorOf(token) {
    const Class = KINDS.get(nlib.error_get_kind(token)) ?? NlibError;
    const error = new Class(nlib.error_message(token), { diagnostics: diagnostics(token), near: near(token) });
    nlib.error_free(token);
    return error;
}

/** Throws what a function of nlib.h gave, unless that is null. */
function check(token) {
    if (token !== null) throw errorOf(token);
}

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

module.exports = {
    check,
    errorOf,
    rangeError,
    typeError,
    classes: {
        NlibError,
        CompileError,
        UsageError,
        ManifestError,
        LinkError,
        ToolchainError,
        SystemError,
        SymbolError,
        AmbiguousError,
        InUseError,
        UnloadedError,
        ArgumentError,
        HandleError,
        CancelledError,
        InternalError,
        NativeException,
        ThreadError,
        TypeNotSupportedError,
    },
};
