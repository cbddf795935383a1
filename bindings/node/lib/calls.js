"use strict";
// The calls that run: what they allocate, what is done when they return, and which error they end with.
//
// A synchronous call has a Frame on a stack of its own; its memory is the arena's. An asynchronous call has one
// by itself, with memory of its own. A callback that throws leaves the error with the call that ran it.

const { arena, newPlace } = require("./memory");
const { CALLED_LATE, bridge } = require("./bridge");
const { classes } = require("./errors");

/** The keeper of a call's arguments. */
class Frame {
    image = null;
    mark = 0;
    /** Counts the synchronous calls of this process: which began before a library was loaded? */
    serial = 0;
    failed = null;
    kept = null;
    afters = null;
    ends = null;

    /** Memory until the call is over, filled with zeros. */
    allocate(size, alignment) {
        const place = arena.allocate(size, alignment);
        if (place !== null) return place;
        const own = newPlace(size, alignment);
        this.keep(own);
        return own;
    }

    /** The keeper of a pointer in the arguments: the call. */
    at() {
        return this;
    }

    keep(value) {
        (this.kept ??= []).push(value);
    }

    /** Something to do when the call has returned: copy what it wrote. */
    after(action) {
        (this.afters ??= []).push(action);
    }

    /** Something to end when the call is over, however it went: an object with `dispose`. */
    endWith(disposable) {
        (this.ends ??= []).push(disposable);
    }

    /** Throws the error of a callback, else does what is to be done after the call. */
    finish() {
        if (this.failed !== null) throw this.failed.error;
        if (this.afters !== null) for (const action of this.afters) action();
    }

    /** Takes note of a callback's error; the first counts. */
    fail(error) {
        this.failed ??= { error };
    }
}

const frames = [];
let serial = 0;

/** Begins a synchronous call into an image. */
function enter(image) {
    if (bridge.depth === 0 && bridge.current !== null) bridge.current.enter();
    const frame = frames[bridge.depth] ?? (frames[bridge.depth] = new Frame());
    bridge.depth++;
    frame.image = image;
    frame.mark = arena.mark();
    frame.serial = ++serial;
    image.running++;
    return frame;
}

/** Ends the synchronous call that was begun last. */
function leave(frame) {
    arena.release(frame.mark);
    frame.image.running--;
    frame.failed = null;
    frame.kept = null;
    frame.afters = null;
    bridge.depth--;
    if (bridge.depth === 0 && bridge.current !== null) bridge.current.leave();
    if (frame.ends !== null) endAll(frame);
}

function endAll(frame) {
    const { ends } = frame;
    frame.ends = null;
    for (const each of ends ?? []) each.dispose();
}

/** Right after the native code: whether it called back in vain, from another thread or what had ended. */
function checkThreads(frame) {
    if (bridge.current === null || !bridge.current.hasRefused()) return;
    if (bridge.current.hasEnded()) return frame.fail(new classes.HandleError(CALLED_LATE));
    frame.fail(
        new classes.ThreadError(
            "another thread ran a callback while JavaScript was inside a synchronous call; it was given zero " +
                "instead. Call the function with .async(…), so that callbacks of all threads can run",
        ),
    );
}

/** How many synchronous calls have begun so far. */
function callsSoFar() {
    return serial;
}

/** Whether a synchronous call runs that began when so many had begun. */
function runsSince(count) {
    return bridge.depth > 0 && frames[bridge.depth - 1].serial > count;
}

const asynchronous = new Set();

/** The keeper of an asynchronous call. */
class AsyncFrame extends Frame {
    constructor(image) {
        super();
        this.image = image;
        image.running++;
        asynchronous.add(this);
    }

    allocate(size, alignment) {
        const place = newPlace(size, alignment);
        this.keep(place);
        return place;
    }

    end() {
        this.image.running--;
        asynchronous.delete(this);
        endAll(this);
    }
}

/**
 * A callback threw: the call that ran it has to throw. That is the innermost synchronous call; without one the
 * asynchronous call that was given the callback, or else one of its library, or of any where it is of none.
 * @returns {boolean} whether there was such a call
 */
function failCall(error, callback) {
    if (bridge.depth > 0) {
        frames[bridge.depth - 1].fail(error);
        return true;
    }
    const running = [...asynchronous];
    const owner =
        running.find((frame) => frame.kept?.includes(callback)) ??
        running.find((frame) => frame.image === callback.image) ??
        (callback.image === null ? running.at(-1) : undefined);
    owner?.fail(error);
    return owner !== undefined;
}

module.exports = { AsyncFrame, callsSoFar, checkThreads, enter, failCall, leave, runsSince };
