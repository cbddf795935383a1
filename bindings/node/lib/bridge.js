"use strict";
// The binding's own C code, in bridge/: gates for callbacks of other threads, and an inbox for what nlib tells.
// It is loaded from source by nlib itself when first needed.
//
// Where it cannot be loaded (no compiler, nothing in the cache, another processor), callbacks work on this
// thread only as koffi lets them, and there are no log and progress messages.

const path = require("node:path");
const koffi = require("koffi");
const { functionOf } = require("./koffi-types");
const { check } = require("./failures");
const { nlib, outCell } = require("./native");
const { optionsOf, readLoad } = require("./options");

const FOLDER = path.join(__dirname, "..", "bridge");

const FUNCTIONS = {
    node_owner_new: ["void *", []],
    node_owner_state: ["void *", ["void *"]],
    node_owner_descriptor: ["int", ["void *"]],
    node_owner_run: ["void", ["void *"]],
    node_owner_close: ["void", ["void *"]],
    node_gate_new: ["void *", ["void *", "void *", "uint64"]],
    node_gate_free: ["void", ["void *"]],
    node_inbox_new: ["void *", ["void *"]],
    node_inbox_take: ["void *", ["void *"]],
    node_message_free: ["void", ["void *"]],
};

// The numbers of node_state.
const INSIDE = 0;
const WAITING = 1;
const REFUSED = 2;
const ENDED = 3;

const CALLED_LATE =
    "native code called a function of JavaScript's that had ended, and was given zero instead: one given as " +
    "transient(function) ends with the call that it was given to, a callback with its dispose()";

/** The bridge of this thread of JavaScript's. */
class Bridge {
    constructor() {
        const context = outCell();
        check(nlib.open(optionsOf({}), context));
        const sources = ["threads.c", "messages.c"].map((file) => path.join(FOLDER, file));
        const { request } = readLoad({ source: sources, name: "nlib-node-bridge" });
        const library = outCell();
        try {
            check(nlib.load(context[0], request, library));
        } finally {
            // What is loaded stays; a context is only needed to load and unload.
            nlib.close(context[0]);
        }
        const symbol = (name) => {
            const address = outCell();
            check(nlib.symbol(library[0], name, address));
            return address[0];
        };
        for (const [name, [result, parameters]] of Object.entries(FUNCTIONS))
            this[name] = koffi.decode(symbol(name), functionOf(result, parameters));
        this.log = symbol("node_inbox_log");
        this.progress = symbol("node_inbox_progress");

        this.owner = this.node_owner_new();
        if (this.owner === null) throw new Error("no memory or file descriptors are left for nlib's callbacks");
        this.state = new Int32Array(koffi.view(this.node_owner_state(this.owner), 16));
        // It may be opened for the arguments of a call.
        this.state[INSIDE] = bridge.depth > 0 ? 1 : 0;
        this.inboxes = new Set();
        this.refused = 0;
        this.ended = 0;
        // Does not keep the process from ending.
        this.poll = koffi.node.poll(this.node_owner_descriptor(this.owner), { readable: true }, () => this.run());
        this.poll.unref();
        process.once("exit", () => {
            this.node_owner_close(this.owner);
            // Node still turns its loop when JavaScript can no longer be called.
            this.poll.stop();
            this.poll.close();
        });
    }

    /** Runs the callbacks that other threads wait for, and takes what nlib told. */
    run() {
        this.node_owner_run(this.owner);
        for (const inbox of this.inboxes) inbox.take();
        if (this.hasEnded()) process.emitWarning(CALLED_LATE, { code: "NLIB_CALLBACK_ENDED" });
    }

    /** A gate to a function that koffi made; null when all are taken. */
    gate(target, stackWords) {
        return this.node_gate_new(this.owner, target, stackWords);
    }

    /** Before the outermost synchronous call: what waits is run, what comes is refused. */
    enter() {
        Atomics.store(this.state, INSIDE, 1);
        if (Atomics.load(this.state, WAITING) > 0) this.run();
    }

    /** After it. */
    leave() {
        this.state[INSIDE] = 0;
    }

    /** Whether native code called back in vain, during a synchronous call, since this was asked last. */
    hasRefused() {
        const refused = Atomics.load(this.state, REFUSED);
        if (refused === this.refused) return false;
        this.refused = refused;
        return true;
    }

    /** Whether it called what had ended since this was asked last. */
    hasEnded() {
        const ended = Atomics.load(this.state, ENDED);
        if (ended === this.ended) return false;
        this.ended = ended;
        return true;
    }
}

/**
 * The bridge that is in use, null before the first need; `failure` says why there is none. `depth` is how many
 * synchronous calls run, which calls.js counts.
 */
const bridge = { current: null, failure: null, depth: 0 };

/** The bridge, loaded when first asked for; null where it cannot be. */
function openBridge() {
    if (bridge.current === null && bridge.failure === null) {
        try {
            bridge.current = new Bridge();
        } catch (error) {
            bridge.failure = error;
            process.emitWarning(
                `callbacks of other threads are not watched, for nlib's bridge cannot be loaded: ${error.message}`,
                { code: "NLIB_BRIDGE" },
            );
        }
    }
    return bridge.current;
}

module.exports = { CALLED_LATE, bridge, openBridge };
