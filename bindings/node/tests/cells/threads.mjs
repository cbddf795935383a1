// Callbacks of other threads.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { ThreadError, load } from "nlib";
import { kitFile, loadKit } from "./fixtures.mjs";

export async function callbackThread() {
    const kit = loadKit();
    let received = 0;
    const listen = (_, value) => (received = value);

    // A synchronous call waits for the thread, which cannot wait for JavaScript: an error, and no deadlock.
    assert.throws(() => kit.kit_on_thread(listen, null, 5), ThreadError);
    assert.equal(received, 0);

    await kit.kit_on_thread.async(listen, null, 42);
    assert.equal(received, 42);
    const broken = new Error("broken");
    const fail = () => {
        throw broken;
    };
    await assert.rejects(kit.kit_on_thread.async(fail, null, 1), broken);

    // Within a callback there is a synchronous call as well.
    kit.kit_listen(() => kit.kit_on_thread(listen, null, 6), null);
    assert.throws(() => kit.kit_emit(1), ThreadError);
    assert.equal(received, 42);
    assert.equal(kit.kit_add(1, 2), 3);
}

const CODE = `
#include <pthread.h>
#include <stdatomic.h>

typedef struct { double x; int n; } mixed;
typedef struct { long a, b, c; } large;
typedef long (*many)(int a, long b, short c, char d, long e, int f, double g, long h, int i, mixed j, large k, float l);
typedef void (*tick)(int count);

struct call { many call; long result; };

static void *run(void *given) {
    struct call *call = given;
    mixed mixed = {0.5, 10};
    large large = {11, 12, 13};
    call->result = call->call(1, 2, 3, 4, 5, 6, 0.25, 7, 8, mixed, large, 1.5f);
    return 0;
}

/* From another thread, with more arguments than registers. */
long call_many(many call) {
    struct call given = {call, 0};
    pthread_t thread;
    pthread_create(&thread, 0, run, &given);
    pthread_join(thread, 0);
    return given.result;
}

static pthread_t ticker;
static tick ticked;
static atomic_int running;

static void *go(void *unused) {
    for (int count = 1; atomic_load(&running); count++)
        ticked(count);
    return 0;
}

/* Calls for ever, until stop waits for its end. */
void start(tick call) {
    ticked = call;
    atomic_store(&running, 1);
    pthread_create(&ticker, 0, go, 0);
}
void stop(void) {
    atomic_store(&running, 0);
    pthread_join(ticker, 0);
}
`;

/** A thread that goes on calling while JavaScript does other things, and one that gives many arguments. */
export async function foreignThreads() {
    const library = await load({ code: CODE, name: "ticker.c" });
    const given = [];
    const result = await library.call_many.async((...values) => {
        given.push(...values);
        return values.length;
    });
    assert.equal(result, 12);
    assert.deepEqual(given, [1, 2, 3, 4, 5, 6, 0.25, 7, 8, { x: 0.5, n: 10 }, { a: 11, b: 12, c: 13 }, 1.5]);

    // The thread calls while the event loop runs; what starts and ends it does not keep the loop from that.
    // Callbacks of other threads alone do not keep the process: a timer does.
    const timer = setInterval(() => {}, 1000);
    for (const stop of [() => library.stop.async(), stopNow]) {
        let ticks = 0;
        await new Promise((resolve, reject) => {
            const tick = (count) => {
                ticks = count;
                if (count === 100) resolve();
            };
            library.start.async(tick).catch(reject);
        });
        assert(ticks >= 100);
        await stop();
    }
    clearInterval(timer);

    /** Waits for the thread, though that may be in the middle of a call of JavaScript's: there is no deadlock. */
    function stopNow() {
        try {
            library.stop();
        } catch (error) {
            assert(error instanceof ThreadError);
        }
    }
    library.unload();
}

/** Each worker of Node's has the package to itself, and callbacks come to the one that gave them. */
export async function workers() {
    const program = `
        const { parentPort, workerData } = require("node:worker_threads");
        const { loadSync } = require(workerData.nlib);
        const kit = loadSync({ source: workerData.kit });
        let sum = 0;
        kit.kit_each([{ x: 1 }, { x: 2 }], 2, (_, point) => ((sum += point.x), 0), null);
        kit.kit_on_thread.async((_, value) => (sum += value), null, workerData.value).then(() => parentPort.postMessage(sum));`;
    const kit = loadKit();
    let here = 0;
    const there = [10, 20, 30].map(
        (value) =>
            new Promise((resolve, reject) => {
                const workerData = {
                    nlib: fileURLToPath(new URL("../../index.js", import.meta.url)),
                    kit: kitFile,
                    value,
                };
                const worker = new Worker(program, { eval: true, workerData });
                worker.once("message", resolve).once("error", reject);
            }),
    );
    await kit.kit_on_thread.async((_, value) => (here = value), null, 1);
    assert.deepEqual(await Promise.all(there), [13, 23, 33]);
    assert.equal(here, 1);
}

/** Native code has as much stack as in a program of its own: koffi's stacks are its. */
export async function stacks() {
    const code = `
        int deep(int n) { volatile char frame[4096]; frame[0] = (char)n; return n ? 1 + deep(n - 1) + frame[0] - (char)n : 0; }`;
    const library = await load({ code, name: "deep.c", flags: ["-O0"] });
    assert.equal(library.deep(1500), 1500);
    assert.equal(await library.deep.async(1500), 1500);
}
