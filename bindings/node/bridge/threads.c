#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "the gates are written for x86-64"
#endif

/* How many callbacks there may be at once, and how long the code of a gate is. Both stand in the assembly too. */
#define GATES 4096
#define GATE_BYTES 16

/* The registers of a call: what carries arguments, where the rest lies, and what the results are. */
struct registers {
    uint64_t integers[6];
    double vectors[8][2];
    uint64_t rax; /* al: how many vector registers a variadic call uses */
    uint64_t *stack; /* where the other arguments lie */
    uint64_t result[2];
    double vector_result[2][2];
};

enum state { WAITING, RUNNING, DONE };

struct gate {
    void *target;
    node_owner *owner;
    uint64_t stack_words; /* how many words of arguments lie on the stack */
    char *made_at;        /* where koffi's stack was then */
};

struct request {
    struct registers *registers;
    struct gate gate;
    enum state state;
    struct request *next;
};

struct node_owner {
    node_state numbers;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t done;
    int descriptor;
    char *stack_top; /* of koffi's stack */
    bool closed;
    struct request *first;
    struct request **last;
};

static struct gate gates[GATES];
/* Those that were given back, in a ring. */
static int free_gates[GATES];
static int first_free = 0, free_count = 0, used_count = 0;
static pthread_mutex_t gates_lock = PTHREAD_MUTEX_INITIALIZER;

extern char node_gate_code[] __attribute__((visibility("hidden")));
void node_gate_call(void *target, struct registers *registers, uint64_t stack_words, char *made_at)
    __attribute__((visibility("hidden")));
void *node_gate_enter(struct registers *registers, uint32_t index) __attribute__((visibility("hidden"), used));

node_owner *node_owner_new(void) {
    node_owner *owner = calloc(1, sizeof *owner);
    if (!owner)
        return NULL;
    owner->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (owner->descriptor < 0) {
        free(owner);
        return NULL;
    }
    owner->thread = pthread_self();
    owner->stack_top = __builtin_frame_address(0);
    owner->last = &owner->first;
    pthread_mutex_init(&owner->lock, NULL);
    pthread_cond_init(&owner->done, NULL);
    return owner;
}

node_state *node_owner_state(node_owner *owner) { return &owner->numbers; }

int node_owner_descriptor(node_owner *owner) { return owner->descriptor; }

/* Takes the first request that waits; the lock is held. */
static struct request *take(node_owner *owner) {
    struct request *request = owner->first;
    if (request) {
        owner->first = request->next;
        if (!owner->first)
            owner->last = &owner->first;
        __atomic_sub_fetch(&owner->numbers.waiting, 1, __ATOMIC_SEQ_CST);
    }
    return request;
}

static void call_gate(const struct gate *gate, struct registers *registers) {
    node_gate_call(gate->target, registers, gate->stack_words, gate->made_at);
}

void node_owner_run(node_owner *owner) {
    uint64_t count;
    (void)!read(owner->descriptor, &count, sizeof count);
    pthread_mutex_lock(&owner->lock);
    struct request *request;
    while ((request = take(owner))) {
        request->state = RUNNING;
        pthread_mutex_unlock(&owner->lock);
        call_gate(&request->gate, request->registers);
        pthread_mutex_lock(&owner->lock);
        request->state = DONE;
        pthread_cond_broadcast(&owner->done);
    }
    pthread_mutex_unlock(&owner->lock);
}

void node_owner_close(node_owner *owner) {
    pthread_mutex_lock(&owner->lock);
    owner->closed = true;
    struct request *request;
    while ((request = take(owner)))
        request->state = DONE;
    pthread_cond_broadcast(&owner->done);
    pthread_mutex_unlock(&owner->lock);
}

/* A callback that has ended was called: the synchronous call that runs says so, else the owner's loop. */
static void tell_ended(node_owner *owner) {
    pthread_mutex_lock(&owner->lock);
    __atomic_add_fetch(&owner->numbers.ended, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&owner->numbers.inside, __ATOMIC_SEQ_CST) > 0) {
        __atomic_add_fetch(&owner->numbers.refused, 1, __ATOMIC_SEQ_CST);
    } else if (!owner->closed) {
        uint64_t one = 1;
        (void)!write(owner->descriptor, &one, sizeof one);
    }
    pthread_mutex_unlock(&owner->lock);
}

/*
 * Where a gate goes on: its target on the owner's thread, else NULL when the results are in `registers`.
 *
 * koffi leaves its own stack before it runs JavaScript, but knows of it only what was free when the target was
 * made. A target that was made while a callback ran is therefore called from as far down as that.
 *
 * The owner counts itself inside before it looks at `waiting`; here `waiting` is counted before the look at
 * `inside`. So a request either is refused here or is seen there, before the call that would block it.
 */
void *node_gate_enter(struct registers *registers, uint32_t index) {
    struct gate gate = gates[index];
    node_owner *owner = gate.owner;
    memset(registers->result, 0, sizeof registers->result);
    memset(registers->vector_result, 0, sizeof registers->vector_result);
    if (!gate.target) {
        tell_ended(owner);
        return NULL;
    }
    if (pthread_equal(pthread_self(), owner->thread)) {
        char *here = (char *)registers;
        if (here <= gate.made_at || here > owner->stack_top)
            return gate.target;
        call_gate(&gate, registers);
        return NULL;
    }

    struct request request = {registers, gate, WAITING, NULL};
    pthread_mutex_lock(&owner->lock);
    __atomic_add_fetch(&owner->numbers.waiting, 1, __ATOMIC_SEQ_CST);
    if (owner->closed || __atomic_load_n(&owner->numbers.inside, __ATOMIC_SEQ_CST) > 0) {
        __atomic_sub_fetch(&owner->numbers.waiting, 1, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&owner->numbers.refused, 1, __ATOMIC_SEQ_CST);
        pthread_mutex_unlock(&owner->lock);
        return NULL;
    }
    *owner->last = &request;
    owner->last = &request.next;
    uint64_t one = 1;
    (void)!write(owner->descriptor, &one, sizeof one);
    while (request.state != DONE)
        pthread_cond_wait(&owner->done, &owner->lock);
    pthread_mutex_unlock(&owner->lock);
    return NULL;
}

void *node_gate_new(node_owner *owner, void *target, uint64_t stack_words) {
    pthread_mutex_lock(&gates_lock);
    int index = -1;
    if (used_count < GATES) {
        index = used_count++;
    } else if (free_count > 0) {
        index = free_gates[first_free];
        first_free = (first_free + 1) % GATES;
        free_count--;
    }
    if (index >= 0)
        gates[index] = (struct gate){target, owner, stack_words, __builtin_frame_address(0)};
    pthread_mutex_unlock(&gates_lock);
    return index < 0 ? NULL : node_gate_code + (size_t)index * GATE_BYTES;
}

void node_gate_free(void *code) {
    pthread_mutex_lock(&gates_lock);
    int index = (int)(((char *)code - node_gate_code) / GATE_BYTES);
    gates[index].target = NULL;
    free_gates[(first_free + free_count++) % GATES] = index;
    pthread_mutex_unlock(&gates_lock);
}

/*
 * node_gate_code: GATES times the same code of 16 bytes, each with its own number in r11.
 *
 * gate_common: saves the registers that carry arguments as a `struct registers` on the stack and asks
 * node_gate_enter. Goes on to what that gives, everything being as it was, or returns the results.
 *
 * node_gate_call(target, registers, stack_words, made_at): calls target with the registers and so many words of
 * the stack of that other call, on the stack from `made_at` down where it is above.
 */
__asm__(
    ".text\n"
    ".p2align 4\n"
    ".hidden node_gate_code\n"
    ".globl node_gate_code\n"
    "node_gate_code:\n"
    ".set gate_number, 0\n"
    ".rept 4096\n"
    "  .p2align 4\n"
    "  endbr64\n"
    "  movl $gate_number, %r11d\n"
    "  .byte 0xe9\n" /* jmp with a distance of four bytes, however near */
    "  .long gate_common - (. + 4)\n"
    "  .set gate_number, gate_number + 1\n"
    ".endr\n"

    ".p2align 4\n"
    "gate_common:\n"
    "  pushq %rbp\n"
    "  movq %rsp, %rbp\n"
    "  subq $240, %rsp\n"
    "  movq %rdi, 0(%rsp)\n  movq %rsi, 8(%rsp)\n  movq %rdx, 16(%rsp)\n"
    "  movq %rcx, 24(%rsp)\n  movq %r8, 32(%rsp)\n  movq %r9, 40(%rsp)\n"
    "  movups %xmm0, 48(%rsp)\n  movups %xmm1, 64(%rsp)\n  movups %xmm2, 80(%rsp)\n"
    "  movups %xmm3, 96(%rsp)\n  movups %xmm4, 112(%rsp)\n  movups %xmm5, 128(%rsp)\n"
    "  movups %xmm6, 144(%rsp)\n  movups %xmm7, 160(%rsp)\n"
    "  movq %rax, 176(%rsp)\n"
    "  leaq 16(%rbp), %rax\n"
    "  movq %rax, 184(%rsp)\n"
    "  movq %rsp, %rdi\n"
    "  movl %r11d, %esi\n"
    "  call node_gate_enter\n"
    "  testq %rax, %rax\n"
    "  jz 1f\n"
    "  movq %rax, %r11\n"
    "  movq 0(%rsp), %rdi\n  movq 8(%rsp), %rsi\n  movq 16(%rsp), %rdx\n"
    "  movq 24(%rsp), %rcx\n  movq 32(%rsp), %r8\n  movq 40(%rsp), %r9\n"
    "  movups 48(%rsp), %xmm0\n  movups 64(%rsp), %xmm1\n  movups 80(%rsp), %xmm2\n"
    "  movups 96(%rsp), %xmm3\n  movups 112(%rsp), %xmm4\n  movups 128(%rsp), %xmm5\n"
    "  movups 144(%rsp), %xmm6\n  movups 160(%rsp), %xmm7\n"
    "  movq 176(%rsp), %rax\n"
    "  leave\n"
    "  jmpq *%r11\n"
    "1:\n"
    "  movq 192(%rsp), %rax\n  movq 200(%rsp), %rdx\n"
    "  movups 208(%rsp), %xmm0\n  movups 224(%rsp), %xmm1\n"
    "  leave\n"
    "  ret\n"

    ".p2align 4\n"
    ".hidden node_gate_call\n"
    ".globl node_gate_call\n"
    "node_gate_call:\n"
    "  pushq %rbp\n"
    "  movq %rsp, %rbp\n"
    "  pushq %rbx\n"
    "  movq %rdi, %r11\n"
    "  movq %rsi, %rbx\n"
    "  cmpq %rsp, %rcx\n"
    "  cmovbq %rcx, %rsp\n"
    "  leaq 8(,%rdx,8), %rax\n"
    "  subq %rax, %rsp\n"
    "  andq $-16, %rsp\n"
    "  movq 184(%rbx), %rsi\n"
    "  movq %rsp, %rdi\n"
    "  movq %rdx, %rcx\n"
    "  cld\n"
    "  rep movsq\n"
    "  movq 0(%rbx), %rdi\n  movq 8(%rbx), %rsi\n  movq 16(%rbx), %rdx\n"
    "  movq 24(%rbx), %rcx\n  movq 32(%rbx), %r8\n  movq 40(%rbx), %r9\n"
    "  movups 48(%rbx), %xmm0\n  movups 64(%rbx), %xmm1\n  movups 80(%rbx), %xmm2\n"
    "  movups 96(%rbx), %xmm3\n  movups 112(%rbx), %xmm4\n  movups 128(%rbx), %xmm5\n"
    "  movups 144(%rbx), %xmm6\n  movups 160(%rbx), %xmm7\n"
    "  movq 176(%rbx), %rax\n"
    "  call *%r11\n"
    "  movq %rax, 192(%rbx)\n  movq %rdx, 200(%rbx)\n"
    "  movups %xmm0, 208(%rbx)\n  movups %xmm1, 224(%rbx)\n"
    "  movq -8(%rbp), %rbx\n"
    "  leave\n"
    "  ret\n");

_Static_assert(sizeof(struct registers) == 240, "the assembly takes this much");
_Static_assert(__builtin_offsetof(struct registers, stack) == 184, "the assembly writes here");
_Static_assert(__builtin_offsetof(struct registers, vector_result) == 208, "the assembly reads here");
_Static_assert(GATES == 4096 && GATE_BYTES == 16, "the assembly counts so");
