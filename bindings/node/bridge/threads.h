/*
 * Callbacks of JavaScript's that any thread may call.
 *
 * JavaScript runs on one thread, here called the owner. A function pointer that the binding hands out leads to
 * a gate: on the owner's thread it goes straight on to koffi's trampoline. On another thread it leaves a
 * request and waits until the owner's event loop has run it. While the owner is inside a synchronous call the
 * loop does not run, and that call may be waiting for this very thread: the request is then refused, the
 * callback's result is zero, and the binding throws an error from the call.
 *
 * A gate may be made while another callback runs, and called when that has returned.
 *
 * A gate that was given back leads nowhere: its result is zero, and the owner is told. It is taken again as late
 * as possible, so that what native code kept for too long is not another callback soon.
 */
#ifndef NLIB_NODE_THREADS_H
#define NLIB_NODE_THREADS_H

#include <stdint.h>

/* A thread of JavaScript's. */
typedef struct node_owner node_owner;

/* What JavaScript reads and writes without a call, each with sequential consistency. */
typedef struct node_state {
    int32_t inside;  /* Whether the owner is in a synchronous call. Only the owner writes it. */
    int32_t waiting; /* How many requests wait. */
    int32_t refused; /* How many times a callback was called in vain during a synchronous call. */
    int32_t ended;   /* How many calls came to gates that had been given back. */
} node_state;

/* The calling thread as an owner, while no callback runs; NULL when memory or descriptors ran out. */
node_owner *node_owner_new(void);
/* Its numbers, valid as long as it is. */
node_state *node_owner_state(node_owner *owner);
/* A descriptor that becomes readable when requests or messages come. */
int node_owner_descriptor(node_owner *owner);
/* Runs the requests that wait. Only on the owner's thread. */
void node_owner_run(node_owner *owner);
/* Refuses every request from now on: JavaScript ends. What waits is refused too. */
void node_owner_close(node_owner *owner);

/*
 * A gate to `target`, a function that koffi made, of whose arguments `stack_words` words lie on the stack; NULL
 * when all gates are taken.
 */
void *node_gate_new(node_owner *owner, void *target, uint64_t stack_words);
/* Gives a gate back: who calls it is told of to its owner, as long as nobody has it anew. */
void node_gate_free(void *gate);

#endif
