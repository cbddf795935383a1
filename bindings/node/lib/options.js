"use strict";
// What a caller asks for, in JavaScript's words, as the structures of nlib.h.

const koffi = require("koffi");
const { Options, Request } = require("./native");
const { typeError } = require("./errors");
const { describe, pathOf, refuseUnknown, textOf } = require("./given");

const LINKERS = ["auto", "jit", "image"];
const CACHE_MODES = ["default", "on", "off", "read-only", "recache"];

const WHAT_KEYS = ["library", "source", "code", "manifest", "manifestText"];

const REQUEST_KEYS = [
    ...WHAT_KEYS,
    "manifestFolder",
    "language",
    "name",
    "profile",
    "flags",
    "defines",
    "includeDirs",
    "with",
    "systemLibraries",
    "features",
    "options",
    "host",
    "overlays",
    "linker",
    "autoLibraries",
    "defaultFeatures",
];

const CONTEXT_KEYS = [
    "cacheDir",
    "worker",
    "project",
    "libraryPath",
    "cache",
    "offline",
    "jobs",
    "onLog",
    "onProgress",
];

function list(value, what, convert = textOf) {
    if (value === undefined) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.map((each, index) => convert(each, Array.isArray(value) ? `${what}[${index}]` : what));
}

/** { NAME: "value", OTHER: null } as pairs; null and true are a name without a value. */
function pairs(value, what) {
    if (value === undefined) return [];
    if (value === null || typeof value !== "object" || Array.isArray(value))
        throw typeError(`${what} has to be an object such as { NAME: "value" }, not ${describe(value)}`);
    return Object.entries(value).map(([name, given]) => {
        if (given === null || given === true) return { name, value: null };
        if (!["string", "number", "bigint"].includes(typeof given))
            throw typeError(`${what}.${name} has to be a string, a number or null, not ${describe(given)}`);
        return { name, value: String(given) };
    });
}

function choice(value, what, words) {
    if (value === undefined) return 0;
    const index = words.indexOf(value);
    if (index < 0) throw typeError(`${what} is '${value}'; it has to be one of ${words.join(", ")}`);
    return index;
}

function boolean(value, what, otherwise) {
    if (value === undefined) return otherwise;
    if (typeof value !== "boolean") throw typeError(`${what} has to be true or false, not ${describe(value)}`);
    return value;
}

function data(value) {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    if (!ArrayBuffer.isView(bytes))
        throw typeError(`code has to be a string or the bytes of an object, not ${describe(value)}`);
    return { data: bytes.byteLength ? bytes : null, size: bytes.byteLength };
}

/** A source: a path, a file: URL, or { code, language, name } for what is in memory. */
function source(value, what) {
    if (typeof value === "string" || value instanceof URL)
        return { path: pathOf(value, what), name: null, language: null, data: null, size: 0 };
    if (value === null || typeof value !== "object" || (value.path === undefined) === (value.code === undefined))
        throw typeError(`${what} has to be a path, a file: URL or an object with path or code`);
    refuseUnknown(value, ["path", "code", "language", "name"], what);
    return {
        path: value.path === undefined ? null : pathOf(value.path, `${what}.path`),
        name: value.name === undefined ? null : textOf(value.name, `${what}.name`),
        language: value.language === undefined ? null : textOf(value.language, `${what}.language`),
        ...(value.code === undefined ? { data: null, size: 0 } : data(value.code)),
    };
}

function address(value, name) {
    const found = typeof value === "bigint" ? value : value?.address;
    if (typeof found !== "bigint")
        throw typeError(
            `host.${name} has to be a callback (nlib.callback) or a pointer; a plain function has no C type`,
        );
    return found;
}

/**
 * Reads what a caller gave to `load`: a name, a path or an object with options.
 * @returns {{request: object, context: object, signal: AbortSignal | undefined, kept: unknown[]}} the nlib_request,
 *     the options of its context, and what has to stay as long as the library
 */
function readLoad(given, more = []) {
    if (given instanceof URL) given = { source: given };
    if (typeof given === "string") given = { library: given };
    if (given === null || typeof given !== "object")
        throw typeError(`load takes a library's name, a path or an object with options, not ${describe(given)}`);
    refuseUnknown(given, [...REQUEST_KEYS, ...CONTEXT_KEYS, ...more], "load");

    const context = {};
    for (const key of CONTEXT_KEYS) if (given[key] !== undefined) context[key] = given[key];
    return { request: requestOf(given), context, signal: given.signal, kept: Object.values(given.host ?? {}) };
}

function requestOf(given) {
    const what = WHAT_KEYS.filter((key) => given[key] !== undefined);
    const byName = what.length === 0 && given.name !== undefined;
    if (what.length > 1) throw typeError(`load takes one of ${what.join(" and ")}, not both`);
    if (what.length === 0 && !byName)
        throw typeError(`load has to be told what to load: one of ${WHAT_KEYS.join(", ")} or name`);
    if (given.language !== undefined && given.code === undefined)
        throw typeError("language goes with code; a file's language is told by its name");

    let library = byName ? textOf(given.name, "name") : null;
    let manifestText = null;
    let sources = [];
    if (given.library !== undefined) library = pathOf(given.library, "library");
    else if (given.source !== undefined) sources = list(given.source, "source", source);
    else if (given.code !== undefined)
        sources = [
            {
                path: null,
                name: given.name === undefined ? null : textOf(given.name, "name"),
                language: given.language === undefined ? null : textOf(given.language, "language"),
                ...data(given.code),
            },
        ];
    else if (given.manifestText !== undefined) manifestText = textOf(given.manifestText, "manifestText");
    else if (given.manifest !== undefined) {
        const isObject = typeof given.manifest === "object" && !(given.manifest instanceof URL);
        if (isObject) manifestText = JSON.stringify(given.manifest);
        else library = pathOf(given.manifest, "manifest");
    }

    const counted = {
        flags: list(given.flags, "flags"),
        defines: pairs(given.defines, "defines"),
        include_dirs: list(given.includeDirs, "includeDirs", pathOf),
        with: list(given.with, "with", pathOf),
        system_libraries: list(given.systemLibraries, "systemLibraries"),
        features: list(given.features, "features"),
        options: pairs(given.options, "options"),
        host_symbols: Object.entries(given.host ?? {}).map(([name, value]) => ({
            name,
            address: address(value, name),
        })),
        overlays: list(given.overlays, "overlays", pathOf),
    };
    return {
        struct_size: koffi.sizeof(Request),
        library,
        manifest_text: manifestText,
        manifest_folder: given.manifestFolder === undefined ? null : pathOf(given.manifestFolder, "manifestFolder"),
        ...some("sources", "source_count", sources),
        name: given.name === undefined || byName ? null : textOf(given.name, "name"),
        profile: given.profile === undefined ? null : textOf(given.profile, "profile"),
        ...some("flags", "flag_count", counted.flags),
        ...some("defines", "define_count", counted.defines),
        ...some("include_dirs", "include_dir_count", counted.include_dirs),
        ...some("with", "with_count", counted.with),
        ...some("system_libraries", "system_library_count", counted.system_libraries),
        ...some("features", "feature_count", counted.features),
        ...some("options", "option_count", counted.options),
        ...some("host_symbols", "host_symbol_count", counted.host_symbols),
        ...some("overlays", "overlay_count", counted.overlays),
        linker: choice(given.linker, "linker", LINKERS),
        auto_libraries: Number(boolean(given.autoLibraries, "autoLibraries", false)),
        no_default_features: Number(!boolean(given.defaultFeatures, "defaultFeatures", true)),
        reserved: 0,
    };
}

/** An array and how long it is; NULL for an empty one. */
function some(name, count, values) {
    return { [name]: values.length ? values : null, [count]: values.length };
}

/** nlib_options of a context's options. `log` and `progress` are pairs of addresses from messages.js, or null. */
function optionsOf(given, log, progress) {
    refuseUnknown(given, CONTEXT_KEYS, "the context");
    const jobs = given.jobs ?? 0;
    if (!Number.isInteger(jobs) || jobs < 0) throw typeError(`jobs has to be a whole number, not ${jobs}`);
    return {
        struct_size: koffi.sizeof(Options),
        cache_directory: given.cacheDir === undefined ? null : pathOf(given.cacheDir, "cacheDir"),
        worker: given.worker === undefined ? null : pathOf(given.worker, "worker"),
        project_folder: given.project === undefined ? null : pathOf(given.project, "project"),
        profile: null,
        ...some("library_path", "library_path_count", list(given.libraryPath, "libraryPath", pathOf)),
        cache_mode: choice(given.cache, "cache", CACHE_MODES),
        offline: Number(boolean(given.offline, "offline", false)),
        jobs,
        reserved: 0,
        log: log?.callback ?? null,
        log_data: log?.data ?? null,
        progress: progress?.callback ?? null,
        progress_data: progress?.data ?? null,
    };
}

module.exports = { LINKERS, optionsOf, readLoad };
