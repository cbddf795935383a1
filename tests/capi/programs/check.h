/* What the test programs share: a check that says what it found, and loading that must work. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nlib.h"

#define CHECK(condition)                                                                            \
    do {                                                                                            \
        if (!(condition)) {                                                                         \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                          \
            exit(1);                                                                                \
        }                                                                                           \
    } while (0)

/* Ends the program at an error. */
#define WORKS(call)                                                                                 \
    do {                                                                                            \
        nlib_error *error_ = (call);                                                                \
        if (error_) {                                                                               \
            printf("%s:%d: %s\n", __FILE__, __LINE__, nlib_error_message(error_));                  \
            exit(1);                                                                                \
        }                                                                                           \
    } while (0)

/* Ends the program unless the call fails so; `part` is in the message. */
#define FAILS(call, wanted, part)                                                                   \
    do {                                                                                            \
        nlib_error *error_ = (call);                                                                \
        if (nlib_error_get_kind(error_) != (wanted) ||                                              \
            !strstr(nlib_error_message(error_), (part))) {                                          \
            printf("%s:%d: kind %u: %s\n", __FILE__, __LINE__,                                      \
                   (unsigned)nlib_error_get_kind(error_), nlib_error_message(error_));              \
            exit(1);                                                                                \
        }                                                                                           \
        nlib_error_free(error_);                                                                    \
    } while (0)

static inline nlib_ctx *opened(void) {
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *context = NULL;
    WORKS(nlib_open(&options, &context));
    CHECK(context != NULL);
    return context;
}

static inline nlib_source text_source(const char *language, const char *text) {
    nlib_source source = {NULL, NULL, NULL, NULL, 0};
    source.language = language;
    source.data = text;
    source.size = strlen(text);
    return source;
}

/* A request for source text that lives as long as `source`. */
static inline nlib_request of_source(const nlib_source *source) {
    nlib_request request = NLIB_REQUEST_INIT;
    request.sources = source;
    request.source_count = 1;
    return request;
}

typedef int (*int_function)(void);

/* Calls a function that takes nothing and gives an int. */
static inline int call(nlib_lib *library, const char *name) {
    union {
        void *address;
        int_function function;
    } symbol;
    WORKS(nlib_symbol(library, name, &symbol.address));
    return symbol.function();
}

#endif
