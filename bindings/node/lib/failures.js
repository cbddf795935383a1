"use strict";
// What functions of nlib.h say went wrong, as errors of JavaScript's.

const koffi = require("koffi");
const { classes } = require("./errors");
const { Diagnostic, nlib } = require("./native");

const KINDS = new Map([
    [1, classes.CompileError],
    [2, classes.UsageError],
    [3, classes.ManifestError],
    [4, classes.LinkError],
    [5, classes.ToolchainError],
    [6, classes.SystemError],
    [7, classes.SymbolError],
    [8, classes.AmbiguousError],
    [9, classes.InUseError],
    [10, classes.UnloadedError],
    [11, classes.ArgumentError],
    [12, classes.HandleError],
    [13, classes.CancelledError],
    [70, classes.InternalError],
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
    const Class = KINDS.get(nlib.error_get_kind(token)) ?? classes.NlibError;
    const error = new Class(nlib.error_message(token), { diagnostics: diagnostics(token), near: near(token) });
    nlib.error_free(token);
    return error;
}

/** Throws what a function of nlib.h gave, unless that is null. */
function check(token) {
    if (token !== null) throw errorOf(token);
}

module.exports = { check, errorOf };
