"use strict";
// The log and the progress of loads, as they come out of the bridge's inbox.

const koffi = require("koffi");
const { structureOf } = require("./koffi-types");
const { openBridge, bridge } = require("./bridge");
const { typeError } = require("./errors");

const Message = structureOf({
    next: "void *",
    level: "uint32",
    kind: "uint32",
    cached: "uint32",
    reserved: "uint32",
    count: "uint64",
    elapsed_ns: "uint64",
    text: "str",
    unit: "str",
});

const LEVELS = ["", "warning", "info", "debug"];
const KINDS = ["", "fetch", "compiles", "compile-started", "unit-ready", "unit-failed", "loaded"];

/** What one context tells its functions `onLog(level, message)` and `onProgress(step)`. */
class Inbox {
    constructor(onLog, onProgress) {
        for (const [name, value] of Object.entries({ onLog, onProgress }))
            if (value !== undefined && typeof value !== "function") throw typeError(`${name} has to be a function`);
        this.bridge = openBridge();
        if (this.bridge === null) throw bridge.failure;
        this.onLog = onLog;
        this.onProgress = onProgress;
        this.data = this.bridge.node_inbox_new(this.bridge.owner);
        this.bridge.inboxes.add(this);
    }

    get log() {
        return this.onLog ? { callback: this.bridge.log, data: this.data } : null;
    }

    get progress() {
        return this.onProgress ? { callback: this.bridge.progress, data: this.data } : null;
    }

    /** Nothing more comes after what is there; the memory stays, for its context may still be ending. */
    end() {
        this.take();
        this.bridge.inboxes.delete(this);
    }

    /** Takes what has come and tells it. */
    take() {
        for (;;) {
            const address = this.bridge.node_inbox_take(this.data);
            if (address === null) return;
            const message = koffi.decode(address, Message);
            this.bridge.node_message_free(address);
            this.#tell(message);
        }
    }

    #tell({ level, kind, cached, count, elapsed_ns, text, unit }) {
        if (kind === 0) this.onLog?.(LEVELS[level] ?? "debug", text);
        else
            this.onProgress?.({
                kind: KINDS[kind] ?? String(kind),
                library: text,
                unit,
                cached: cached !== 0,
                count: Number(count),
                milliseconds: Number(elapsed_ns) / 1e6,
            });
    }
}

module.exports = { Inbox };
