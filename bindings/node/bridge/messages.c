#include "messages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node_inbox {
    node_owner *owner;
    pthread_mutex_t lock;
    node_message *first;
    node_message **last;
};

node_inbox *node_inbox_new(node_owner *owner) {
    node_inbox *inbox = calloc(1, sizeof *inbox);
    if (inbox) {
        inbox->owner = owner;
        inbox->last = &inbox->first;
        pthread_mutex_init(&inbox->lock, NULL);
    }
    return inbox;
}

node_message *node_inbox_take(node_inbox *inbox) {
    pthread_mutex_lock(&inbox->lock);
    node_message *message = inbox->first;
    if (message) {
        inbox->first = message->next;
        if (!inbox->first)
            inbox->last = &inbox->first;
    }
    pthread_mutex_unlock(&inbox->lock);
    return message;
}

void node_message_free(node_message *message) {
    free(message->text);
    free(message->unit);
    free(message);
}

/* Appends a copy; a message for which there is no memory is lost. */
static void put(node_inbox *inbox, node_message from, const char *text, const char *unit) {
    node_message *message = malloc(sizeof *message);
    if (!message)
        return;
    *message = from;
    message->next = NULL;
    message->text = strdup(text);
    message->unit = strdup(unit);
    if (!message->text || !message->unit) {
        node_message_free(message);
        return;
    }
    pthread_mutex_lock(&inbox->lock);
    *inbox->last = message;
    inbox->last = &message->next;
    pthread_mutex_unlock(&inbox->lock);
    uint64_t one = 1;
    (void)!write(node_owner_descriptor(inbox->owner), &one, sizeof one);
}

void node_inbox_log(void *data, uint32_t level, const char *message) {
    put(data, (node_message){.level = level}, message, "");
}

void node_inbox_progress(void *data, const node_progress *progress) {
    node_message message = {
        .kind = progress->kind,
        .cached = progress->cached,
        .count = progress->count,
        .elapsed_ns = progress->elapsed_ns,
    };
    put(data, message, progress->library, progress->unit);
}
