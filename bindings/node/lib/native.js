"use strict";
// nlib.h: where libnlib is found, its structures and its functions.
//
// Handles are the tokens that nlib gives, as BigInt. A function that can fail gives the error's token, or
// null. Nothing here has an opinion: errors become JavaScript's in failures.js, requests are made in
// options.js. Only texts are checked, all of them here: koffi takes a number for an address.

const fs = require("node:fs");
const path = require("node:path");
const koffi = require("koffi");
const { pathOf, textOf } = require("./given");

/** The version of nlib.h that this file is written after: major * 1000000 + minor * 1000. */
const HEADER_VERSION = 0 * 1000000 + 1 * 1000;

/** Waits without end. */
const FOREVER = 0xffffffff;

const INSTALLED = path.join(__dirname, "..", "native", "lib", "libnlib.so.1");

let chosen = null;
let loaded = null;

/**
 * Says which libnlib is used. Only before the first use of nlib.
 * @param {string | URL} file the path of libnlib.so.1
 */
function useLibrary(file) {
    if (loaded) throw new Error("useLibrary comes too late: nlib is in use already; call it before the first load");
    chosen = pathOf(file, "the path of libnlib");
}

/** Where libnlib is looked for: what useLibrary said, NLIB_LIBRARY, the package, the system's folders. */
function libraryFile() {
    if (chosen) return chosen;
    if (process.env.NLIB_LIBRARY) return process.env.NLIB_LIBRARY;
    if (fs.existsSync(INSTALLED)) return INSTALLED;
    return "libnlib.so.1";
}

// koffi runs native code on stacks of its own; as large as those of other threads, they hold what others hold.
const STACK_SIZE = 8 << 20;

function growStacks() {
    try {
        koffi.config({ ...koffi.config(), sync_stack_size: STACK_SIZE, async_stack_size: STACK_SIZE });
    } catch {
        // The program uses koffi itself and has loaded something: its sizes hold.
    }
}

function open() {
    const file = libraryFile();
    growStacks();
    let library;
    try {
        library = koffi.load(file);
    } catch (cause) {
        throw new Error(
            `libnlib cannot be loaded from '${file}': ${cause.message}. Install nlib (make install), or name ` +
                "the file in the environment variable NLIB_LIBRARY or with useLibrary(file)",
            { cause },
        );
    }
    const version = library.func("nlib_version", "uint32", [])();
    const series = (number) => Math.floor(number / 1000);
    if (series(version) !== series(HEADER_VERSION) || version < HEADER_VERSION)
        throw new Error(
            `'${file}' is nlib ${Math.floor(version / 1000000)}.${Math.floor(version / 1000) % 1000}; ` +
                "this package works with nlib 0.1",
        );
    return library;
}

/** libnlib, opened when first needed. */
function library() {
    return (loaded ??= open());
}

const { pointer, struct } = koffi;
const strings = pointer("str");

const Diagnostic = struct({
    struct_size: "size_t",
    severity: "uint32",
    line: "uint32",
    column: "uint32",
    reserved: "uint32",
    file: "str",
    text: "str",
    option: "str",
    library: "str",
    unit: "str",
});

const Options = struct({
    struct_size: "size_t",
    cache_directory: "str",
    worker: "str",
    project_folder: "str",
    profile: "str",
    library_path: strings,
    library_path_count: "size_t",
    cache_mode: "uint32",
    offline: "uint32",
    jobs: "uint32",
    reserved: "uint32",
    log: "void *",
    log_data: "void *",
    progress: "void *",
    progress_data: "void *",
});

const Source = struct({ path: "str", name: "str", language: "str", data: "void *", size: "size_t" });
const Pair = struct({ name: "str", value: "str" });
const HostSymbol = struct({ name: "str", address: "void *" });

const Request = struct({
    struct_size: "size_t",
    library: "str",
    manifest_text: "str",
    manifest_folder: "str",
    sources: pointer(Source),
    source_count: "size_t",
    name: "str",
    profile: "str",
    flags: strings,
    flag_count: "size_t",
    defines: pointer(Pair),
    define_count: "size_t",
    include_dirs: strings,
    include_dir_count: "size_t",
    with: strings,
    with_count: "size_t",
    system_libraries: strings,
    system_library_count: "size_t",
    features: strings,
    feature_count: "size_t",
    options: pointer(Pair),
    option_count: "size_t",
    host_symbols: pointer(HostSymbol),
    host_symbol_count: "size_t",
    overlays: strings,
    overlay_count: "size_t",
    linker: "uint32",
    auto_libraries: "uint32",
    no_default_features: "uint32",
    reserved: "uint32",
});

const SymbolInfo = struct({
    struct_size: "size_t",
    name: "str",
    demangled: "str",
    address: "void *",
    bytes: "uint64",
    is_function: "uint32",
    reserved: "uint32",
});

const handle = "void *";
const out = "void *";

/** A text among the parameters; `what` names it in messages. */
const text = (what, mayBeNull = false) => ({ what, mayBeNull });
const name = text("the name");
const kind = text("the kind", true);

/** Result and parameters of every function of nlib.h that the binding uses. */
const SIGNATURES = {
    version_string: ["str", []],
    has: ["int", [text("the capability")]],

    error_get_kind: ["uint32", [handle]],
    error_message: ["str", [handle]],
    error_diagnostic_count: ["size_t", [handle]],
    error_diagnostic: ["int", [handle, "size_t", out]],
    error_near_count: ["size_t", [handle]],
    error_near: ["str", [handle, "size_t"]],
    error_free: ["void", [handle]],

    open: [handle, [pointer(Options), out]],
    close: ["void", [handle]],

    load: [handle, [handle, pointer(Request), out]],
    name: ["str", [handle]],
    linked_by: ["uint32", [handle]],
    release: ["void", [handle]],
    unload: [handle, [handle]],

    load_start: [handle, [handle, pointer(Request), "void *", "void *", out]],
    task_wait: [handle, [handle, "uint32", out]],
    task_cancel: ["void", [handle]],
    task_free: ["void", [handle]],

    symbol: [handle, [handle, name, out]],
    symbol_count: [handle, [handle, out]],
    symbol_at: [handle, [handle, "size_t", out]],

    interface_open: [handle, [handle, out]],
    interface_names: [handle, [handle, kind, out]],
    interface_describe: [handle, [handle, kind, name, text("the notation"), out]],
    interface_text: [handle, [handle, text("the format"), out, out]],
    interface_symbol: [handle, [handle, name, out]],
    interface_free: ["void", [handle]],

    compile: [handle, [handle, pointer(Request), out]],
    object_data: ["void *", [handle]],
    object_size: ["size_t", [handle]],
    object_name: ["str", [handle]],
    object_free: ["void", [handle]],
};

/** The functions of nlib.h without their prefix, declared when first used: `nlib.symbol_count(…)`. */
const nlib = {};
for (const [name, [result, parameters]] of Object.entries(SIGNATURES)) {
    Object.defineProperty(nlib, name, {
        configurable: true,
        get() {
            const value = declare(name, result, parameters);
            Object.defineProperty(nlib, name, { value });
            return value;
        },
    });
}

function declare(name, result, parameters) {
    const types = parameters.map((each) => (each.what ? "str" : each));
    const call = library().func(`nlib_${name}`, result, types);
    const texts = parameters.flatMap((each, index) => (each.what ? [{ ...each, index }] : []));
    if (texts.length === 0) return call;
    return (...values) => {
        for (const { what, mayBeNull, index } of texts)
            if (!mayBeNull || values[index] !== null) textOf(values[index], what);
        return call(...values);
    };
}

/** Memory for what a function gives through its last parameter: a pointer, a token or a size. */
function outCell() {
    return new BigUint64Array(1);
}

/** Whether the running libnlib has a capability of nlib.h's `nlib_has`. */
function has(capability) {
    return nlib.has(capability) !== 0;
}

module.exports = { FOREVER, Diagnostic, Options, Request, SymbolInfo, has, nlib, outCell, useLibrary };
