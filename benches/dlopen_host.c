// The platform loader as a peer: what nlib's loads are measured beside.
//
//     dlopen_host time LIBRARY SYMBOL COUNT   COUNT times open, look up, close; prints the
//                                             microseconds of each open and look-up, one per line
//     dlopen_host run LIBRARY                 calls the library's `main`; exits with its status

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

// Opens `path` with every symbol bound, as a program that must not fail later does.
static void *open_or_exit(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "dlopen_host: %s\n", dlerror());
        exit(1);
    }
    return library;
}

static void *symbol_or_exit(void *library, const char *name) {
    void *symbol = dlsym(library, name);
    if (!symbol) {
        fprintf(stderr, "dlopen_host: %s\n", dlerror());
        exit(1);
    }
    return symbol;
}

static int time_opens(const char *path, const char *name, int count) {
    for (int i = 0; i < count; i++) {
        double start = now_us();
        void *library = open_or_exit(path);
        symbol_or_exit(library, name);
        double end = now_us();
        printf("%.1f\n", end - start);
        dlclose(library);
    }
    return 0;
}

static int run(const char *path) {
    char *arguments[] = {(char *)path, NULL};
    int (*entry)(int, char **) = (int (*)(int, char **))symbol_or_exit(open_or_exit(path), "main");
    return entry(1, arguments);
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "time") == 0) {
        return time_opens(argv[2], argv[3], atoi(argv[4]));
    }
    if (argc == 3 && strcmp(argv[1], "run") == 0) {
        return run(argv[2]);
    }
    fprintf(stderr, "usage: dlopen_host time LIBRARY SYMBOL COUNT | dlopen_host run LIBRARY\n");
    return 2;
}
