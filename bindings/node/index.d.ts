// nlib for Node: native libraries loaded from their C and C++ sources. README.md is the guide.

/// <reference types="node" />
/// <reference lib="esnext.disposable" />

/** The version of nlib that is running, such as "0.1.0". */
export function version(): string;

/** Whether the running nlib has a capability of nlib.h: "jit", "interfaces", "tasks", … */
export function has(capability: string): boolean;

/** Says where libnlib.so.1 is; before the first use of nlib. Else NLIB_LIBRARY and the system say so. */
export function useLibrary(file: string | URL): void;

// ---- Loading ------------------------------------------------------------------------------------

/** A part of a library that has no manifest: a file, or what is in memory. */
export type Source =
    | string
    | URL
    | { path: string | URL; language?: string; name?: string }
    | { code: string | NodeJS.ArrayBufferView; language?: string; name?: string };

/** A step of a load. */
export interface Progress {
    kind: "fetch" | "compiles" | "compile-started" | "unit-ready" | "unit-failed" | "loaded";
    library: string;
    unit: string;
    /** Whether the cache had it. */
    cached: boolean;
    /** How many units have to be compiled. */
    count: number;
    /** How long the step took; 0 while it is not done. */
    milliseconds: number;
}

/** What loads libraries, besides what is loaded. */
export interface ContextOptions {
    /** The cache's folder. */
    cacheDir?: string | URL;
    /** The program nlib-worker. */
    worker?: string | URL;
    /** The folder of a project (nlib.json). */
    project?: string | URL;
    /** Folders with manifests, before those of the environment. */
    libraryPath?: (string | URL)[] | string | URL;
    cache?: "on" | "off" | "read-only" | "recache" | "default";
    /** Fetch nothing over the network. */
    offline?: boolean;
    /** How many units are compiled at once. */
    jobs?: number;
    /** Told what nlib does. During `loadSync` the messages wait until it is done. */
    onLog?: (level: "warning" | "info" | "debug", message: string) => void;
    /** Told each step, as `onLog`. */
    onProgress?: (step: Progress) => void;
}

/** What is loaded and how: one of `library`, `name`, `source`, `code`, `manifest` and `manifestText` says what. */
export interface LoadOptions extends ContextOptions {
    /** A name such as "flecs" or "flecs@4[core]", or the path of a manifest or source file. */
    library?: string | URL;
    /** Source files that are one library together, or what is in memory. */
    source?: Source | Source[];
    /** A source text in memory, or the bytes of an object, an archive or LLVM bitcode. */
    code?: string | NodeJS.ArrayBufferView;
    /** The language of `code`: "c", "c++", "ir", "object", … */
    language?: string;
    /** A manifest: its path, or what one holds. */
    manifest?: string | URL | object;
    /** The text of a manifest. */
    manifestText?: string;
    /** The folder that the paths of `manifestText` are relative to. */
    manifestFolder?: string | URL;
    /** With sources the library's name; alone the same as `library`. */
    name?: string;
    /** "release", "dev", or one of the manifest's. */
    profile?: string;
    /** Compiler flags. */
    flags?: string | string[];
    /** -DNAME=VALUE; null for a name alone. */
    defines?: Record<string, string | number | bigint | true | null>;
    includeDirs?: string | URL | (string | URL)[];
    /** Libraries that sources are compiled against and linked to. */
    with?: string | URL | (string | URL)[];
    /** Libraries of the system by link name: "m". */
    systemLibraries?: string | string[];
    /** Features and options of the manifest. */
    features?: string | string[];
    options?: Record<string, string | number>;
    /** Functions and variables of yours that the library may use: a callback, a pointer or an address. */
    host?: Record<string, Callback | Pointer | bigint>;
    /** Libraries whose symbols go before the library's own. */
    overlays?: string | URL | (string | URL)[];
    linker?: "auto" | "jit" | "image";
    /** Look unresolved symbols up in the libraries of the system. */
    autoLibraries?: boolean;
    /** Whether the manifest's default features are on; true when absent. */
    defaultFeatures?: boolean;
}

/**
 * Loads a library without blocking the event loop. Its constructors run on a thread of nlib's.
 * @throws CompileError, ManifestError, LinkError, UsageError, …; what `signal` says when that cancels
 */
export function load<T extends object = Untyped>(
    what: string | URL | (LoadOptions & { signal?: AbortSignal }),
): Promise<Library & T>;

/** Loads a library and waits. Its constructors run on this thread. */
export function loadSync<T extends object = Untyped>(what: string | URL | LoadOptions): Library & T;

/** The names of a library for which no types were given. */
export interface Untyped {
    [name: string]: any;
}

// ---- Libraries ----------------------------------------------------------------------------------

/** What a library has besides the names of its headers. A name that is the same as one of these: `get(name)`. */
export interface Library {
    readonly name: string;
    readonly isLoaded: boolean;
    readonly linkedBy: "jit" | "image";
    /** 1, and one more with each reload. */
    readonly generation: number;
    /** What a name stands for; in C++ the qualified name, "ImGui::Button". */
    get(name: string): any;
    /** Assigns to a variable. */
    set(name: string, value: unknown): void;
    has(name: string): boolean;
    /** Names that the headers declare, of one kind or all. */
    names(kind?: ItemKind | null): string[];
    /** What nlib knows of a name: docs/interface.md. */
    describe(name: string, kind?: ItemKind | null): object[];
    /** The whole interface in a format of `nlib bind`. */
    interface(format?: string): string;
    /** A function by its symbol, with types that you give; the last parameter may be "...". */
    func(name: string, result: CType, parameters?: (CType | "...")[]): NativeFunction;
    /** The address of a function or variable. */
    symbol(name: string, type?: CType): Pointer;
    /** Everything that the library publishes, whether a header declares it or not. */
    symbols(): { name: string; demangled: string; address: bigint; bytes: number; isFunction: boolean }[];
    /** A type by its name in C, with the names of the library's headers in it. */
    type(text: string): NativeType;
    /** A function as a pointer that lives until it is disposed of or the library is unloaded. */
    callback(type: CType, call: (...values: any[]) => unknown, options?: CallbackOptions): Callback;
    /**
     * Runs the library's destructors; every use is an UnloadedError from then on. Where the same library was loaded
     * more than once, they run with the last.
     */
    unload(): void;
    [Symbol.dispose](): void;
    /** Loads the same once more, for sources that changed; functions taken from this object are the new ones. */
    reload(options?: { signal?: AbortSignal }): Promise<this>;
    reloadSync(): this;
    /** What JSON.stringify says of it. */
    toJSON(): { name: string; isLoaded: boolean; generation: number };
    on(event: "reload", listener: (generation: number) => void): this;
    on(event: "unload", listener: () => void): this;
    on(event: "error", listener: (error: unknown) => void): this;
    once(event: "reload" | "unload" | "error", listener: (...values: any[]) => void): this;
    off(event: "reload" | "unload" | "error", listener: (...values: any[]) => void): this;
}

export type ItemKind = "function" | "variable" | "record" | "enum" | "enumerator" | "typedef" | "constant";

/** What a native function has besides being called. */
export interface NativeFunction<F extends (...values: any[]) => any = (...values: any[]) => any> {
    (...values: Parameters<F>): ReturnType<F>;
    /** Calls it on a thread of Node's pool. */
    async(...values: Parameters<F>): Promise<ReturnType<F>>;
    /** Calls it; gives a pointer to text as a Pointer instead of a string. */
    raw(...values: Parameters<F>): any;
    /** One of the overloads of C++ by the types of its parameters: "double, double". */
    overload(types: string): NativeFunction;
    readonly documentation: string;
    /** As C declares it. */
    readonly declaration: string;
}

// ---- Values -------------------------------------------------------------------------------------

/** A type: text of C's, a type or class of a library, or the result and parameters of a function. */
export type CType = string | NativeType | RecordClass | { result: CType; parameters?: (CType | "...")[] };

/** A type that a library's headers name. */
export interface NativeType {
    readonly spelling: string;
    /** In bytes. */
    readonly size: number;
}

/** The class of a structure, union or class. */
export interface RecordClass<T extends object = any> {
    new (...values: any[]): T & Disposable;
}

/** What `new` of a record's class gives: for a C++ object `delete` and `using` run its destructor. */
export interface Disposable {
    delete(): void;
    [Symbol.dispose](): void;
}

/** An address in native memory with the type of what is there. */
export interface Pointer<T = any> {
    readonly address: bigint;
    /** The type of what it points to. */
    readonly type: string;
    /** What it points to. */
    value: T;
    /** The item at an index, counted in items. */
    get(index?: number): T;
    set(index: number, value: T): void;
    /** The text at the address: up to its NUL, or so many bytes. */
    text(length?: number): string;
    /** So many bytes, without a copy. */
    bytes(length: number): Uint8Array;
    /** So many items, without a copy: a typed array of the kind of the items. */
    array<A extends NumberArray = any>(length: number): A;
    equals(other: object | null): boolean;
}

export type NumberArray =
    | Int8Array
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | BigUint64Array
    | Float32Array
    | Float64Array;

/** A 64-bit integer: a number where that is exact, beyond that a BigInt. */
export type Integer64 = number | bigint;

/** What is taken for a structure: any of its fields; structures and arrays within also in part. */
export type Given<T> = T extends (...values: any[]) => unknown
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Given<Item>[]
      : T extends object
        ? { [Key in keyof T]?: Given<T[Key]> | null }
        : T;

/** A variable for a function to write through a pointer. */
export interface Ref<T = any> {
    value: T;
    /** Of a variable that is a pointer, where `value` is text: the pointer, which the next function is given again. */
    readonly pointer: Pointer | null;
}

/** A function of yours as a pointer. */
export interface Callback {
    readonly address: bigint;
    /** Nothing native may call it any more. */
    dispose(): void;
    [Symbol.dispose](): void;
}

export interface CallbackOptions {
    /** What C gets when the function throws; zero when absent. */
    failed?: unknown;
}

/** A variable for a function to write: `const count = ref(); lib.measure(count); count.value`. */
export function ref<T = any>(value?: T): Ref<T>;
/** A value with its type, for `...`. */
export function as(type: CType, value: unknown): object;
/**
 * A function that native code calls only while the call runs that it is given to; others stay until the end. Calling it
 * later is a HandleError.
 */
export function transient<F extends (...values: any[]) => unknown>(call: F): F;
/**
 * A text with its NUL, for a `char *` that is written to; of so many bytes: `text("", 40)`. What a function put there is
 * `buffer.toString("utf8", 0, buffer.indexOf(0))`.
 */
export function text(value: string, size?: number): Buffer;
/** Memory for so many items, zero: a typed array for numbers, else an array of records or the like. */
export function allocate(type: CType, count: number): any;
/** The same address as a pointer to another type; of a record an object of its class. Nothing is checked. */
export function cast<T extends object>(pointer: object | bigint, type: RecordClass<T>): T;
export function cast(pointer: object | bigint, type: CType): Pointer;
/** The native address of a record, an array, a callback, a function or a pointer. */
export function addressOf(value: object): bigint;
/** A copy of a record as a plain object. */
export function plain<T extends object>(record: T): T;
/** How many bytes a value of a type takes. */
export function sizeOf(type: CType): number;
/** A function as a pointer with types that you give, for `host`. It lives until it is disposed of. */
export function callback(
    result: CType,
    parameters: CType[],
    call: (...values: any[]) => unknown,
    options?: CallbackOptions,
): Callback;

// ---- Errors -------------------------------------------------------------------------------------

/** A message of the compiler or about a manifest. */
export interface Diagnostic {
    severity: "remark" | "note" | "warning" | "error";
    /** As the compiler names it; "" when the message has no place. */
    file: string;
    /** From 1; 0 when the message has no place. */
    line: number;
    column: number;
    text: string;
    /** The warning's option, "-Wunused-variable"; "" without one. */
    option: string;
    library: string;
    unit: string;
}

/** What nlib says is wrong. */
export class NlibError extends Error {
    /** "ERR_NLIB_COMPILE" and the like. */
    readonly code: string;
    readonly diagnostics: readonly Diagnostic[];
    /** Names that were probably meant. */
    readonly near: readonly string[];
}
/** The source does not compile, or a header does not parse. */
export class CompileError extends NlibError {}
/** The request makes no sense: an unknown library, a bad flag. */
export class UsageError extends NlibError {}
/** A manifest or project file is wrong. */
export class ManifestError extends NlibError {}
/** Symbols do not resolve, or a constructor threw. */
export class LinkError extends NlibError {}
/** The compiler cannot be used. */
export class ToolchainError extends NlibError {}
/** The cache, the network or the file system. */
export class SystemError extends NlibError {}
/** The library has no such name. */
export class SymbolError extends NlibError {}
/** A C++ name is overloaded and nothing tells which is meant. */
export class AmbiguousError extends NlibError {}
/** The library cannot be unloaded now. */
export class InUseError extends NlibError {}
/** The library was unloaded. */
export class UnloadedError extends NlibError {}
/** nlib was given what it cannot read. */
export class ArgumentError extends NlibError {}
/** Something that was ended, or that nlib does not know. */
export class HandleError extends NlibError {}
/** Somebody cancelled the load. */
export class CancelledError extends NlibError {}
/** A fault inside nlib. */
export class InternalError extends NlibError {}
/** A C++ exception that left the function that was called. */
export class NativeException extends NlibError {}
/** Another thread ran a callback while JavaScript could not. */
export class ThreadError extends NlibError {}
/** A type or function that JavaScript cannot express. */
export class TypeNotSupportedError extends NlibError {}
