"use strict";
// Contexts, and loading in them.

const { classes, typeError } = require("./errors");
const { check, errorOf } = require("./failures");
const { Image } = require("./image");
const { Library, libraryProxy } = require("./library");
const { Inbox } = require("./messages");
const { FOREVER, nlib, outCell } = require("./native");
const { optionsOf, readLoad } = require("./options");

// Those that are open: at the end, what is being written into the cache is waited for.
const open = new Set();

function closeAll() {
    for (const context of open) context.close();
}

/** What loads libraries: an nlib_ctx, with the messages it tells. */
class Context {
    constructor(options) {
        const { onLog, onProgress } = options;
        this.inbox = onLog || onProgress ? new Inbox(onLog, onProgress) : null;
        const handle = outCell();
        check(nlib.open(optionsOf(options, this.inbox?.log, this.inbox?.progress), handle));
        this.handle = handle[0];
        this.isShared = this.inbox === null;
        this.users = 0;
        if (open.size === 0) process.once("exit", closeAll);
        open.add(this);
    }

    /** A load or a library needs it. */
    use() {
        this.users++;
    }

    /** It is no longer needed for that; the last one closes it, unless later loads may share it. */
    unuse() {
        if (--this.users === 0 && !this.isShared) this.close();
    }

    close() {
        open.delete(this);
        this.inbox?.end();
        nlib.close(this.handle);
    }

    /** Loads and waits for it; gives the nlib_lib. */
    load(request) {
        const library = outCell();
        try {
            check(nlib.load(this.handle, request, library));
        } finally {
            this.inbox?.take();
        }
        return library[0];
    }

    /** Loads on a thread of nlib's, which `signal` cancels; gives the nlib_lib. */
    async start(request, signal) {
        signal?.throwIfAborted();
        const cell = outCell();
        check(nlib.load_start(this.handle, request, null, null, cell));
        const task = cell[0];
        const cancel = () => nlib.task_cancel(task);
        signal?.addEventListener("abort", cancel, { once: true });
        try {
            const library = outCell();
            const error = await new Promise((resolve, reject) => {
                nlib.task_wait.async(task, FOREVER, library, (failure, token) =>
                    failure ? reject(failure) : resolve(token),
                );
            });
            if (error === null) return library[0];
            const failure = errorOf(error);
            if (failure instanceof classes.CancelledError && signal?.aborted) throw signal.reason;
            throw failure;
        } finally {
            signal?.removeEventListener("abort", cancel);
            nlib.task_free(task);
            this.inbox?.take();
        }
    }
}

// Loads with the same options share a context; functions are never the same.
const contexts = new Map();

function contextOf(options) {
    if (options.onLog || options.onProgress) return new Context(options);
    const key = JSON.stringify(options, Object.keys(options).sort());
    let context = contexts.get(key);
    if (context === undefined) contexts.set(key, (context = new Context(options)));
    return context;
}

/** How to load what was asked for, as often as it is wanted. */
function prepare(given, more) {
    const { request, context, signal, kept } = readLoad(given, more);
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw typeError("signal has to be an AbortSignal");
    const used = contextOf(context);
    const image = (handle) => new Image(handle, kept, used);
    return {
        signal,
        sync() {
            used.use();
            try {
                return image(used.load(request));
            } catch (error) {
                used.unuse();
                throw error;
            }
        },
        async async(options = {}) {
            used.use();
            try {
                return image(await used.start(request, options.signal));
            } catch (error) {
                used.unuse();
                throw error;
            }
        },
    };
}

/** Loads a library without blocking the event loop: see index.d.ts. */
async function load(given) {
    const prepared = prepare(given, ["signal"]);
    return libraryProxy(new Library(await prepared.async({ signal: prepared.signal }), prepared));
}

/** Loads a library and waits. */
function loadSync(given) {
    const prepared = prepare(given);
    return libraryProxy(new Library(prepared.sync(), prepared));
}

module.exports = { load, loadSync };
