/*
 * What nlib tells while it works, kept until JavaScript takes it.
 *
 * nlib calls its log and progress callbacks on threads of its own and does not wait; JavaScript takes the
 * messages when its event loop, or the end of a synchronous load, comes to it.
 */
#ifndef NLIB_NODE_MESSAGES_H
#define NLIB_NODE_MESSAGES_H

#include <stddef.h>

#include "threads.h"

/* What a context has told and nobody took yet. */
typedef struct node_inbox node_inbox;

/* A message; `kind` and what follows are 0 for a line of the log, else `level` is. */
typedef struct node_message {
    struct node_message *next;
    uint32_t level;
    uint32_t kind;
    uint32_t cached;
    uint32_t reserved;
    uint64_t count;
    uint64_t elapsed_ns;
    char *text; /* The log's line, or the library. */
    char *unit;
} node_message;

/* An inbox whose messages wake the owner's event loop; NULL when memory ran out. */
node_inbox *node_inbox_new(node_owner *owner);
/* The first message, which is then the caller's to free; NULL when there is none. */
node_message *node_inbox_take(node_inbox *inbox);
void node_message_free(node_message *message);

/* What nlib.h declares as nlib_progress, in its first version; later ones are longer. */
typedef struct node_progress {
    size_t struct_size;
    uint32_t kind;
    uint32_t cached;
    const char *library;
    const char *unit;
    uint64_t count;
    uint64_t elapsed_ns;
} node_progress;

/* An nlib_log_callback and an nlib_progress_callback; `data` is the inbox. */
void node_inbox_log(void *data, uint32_t level, const char *message);
void node_inbox_progress(void *data, const node_progress *progress);

#endif
