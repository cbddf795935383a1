/* How long it takes to open libnlib and a context, in a fresh process: microseconds. */
#include <dlfcn.h>
#include <time.h>

#include "nlib.h"

#include <stdio.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

int main(int count, char **arguments) {
    double start = now();
    void *library = count > 1 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    double opened = now();
    union {
        void *address;
        nlib_error *(*function)(const nlib_options *, nlib_ctx **);
    } open = {NULL};
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *context = NULL;
    if (!library || !(open.address = dlsym(library, "nlib_open")) || open.function(&options, &context))
        return 1;
    double ready = now();
    printf("%.0f %.0f\n", opened - start, ready - opened);
    return 0;
}
