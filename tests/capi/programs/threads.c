/* Eight threads load at once: all the same library, and each one of its own. One looks symbols up while
   another unloads. */
#include <pthread.h>

#include "check.h"

enum { THREADS = 8, ROUNDS = 5 };

static nlib_ctx *context;
static nlib_lib *shared[THREADS];
static pthread_barrier_t together;

static void *load(void *argument) {
    int number = (int)(size_t)argument;
    char text[200];
    pthread_barrier_wait(&together);

    nlib_source source = text_source("c", "int state = 0;\nint next(void) { return ++state; }\n");
    nlib_request request = of_source(&source);
    request.name = "shared";
    WORKS(nlib_load(context, &request, &shared[number]));

    for (int round = 0; round < ROUNDS; round++) {
        nlib_lib *own = NULL;
        snprintf(text, sizeof text, "int number(void) { return %d; }\n", number * ROUNDS + round);
        nlib_source another = text_source("c", text);
        nlib_request of_own = of_source(&another);
        of_own.linker = round % 2 ? NLIB_LINKER_IMAGE : NLIB_LINKER_AUTO;
        WORKS(nlib_load(context, &of_own, &own));
        CHECK(call(own, "number") == number * ROUNDS + round);
        nlib_error *error = nlib_unload(own);
        /* Another thread may run through the code that is to go. */
        CHECK(!error || nlib_error_get_kind(error) == NLIB_ERROR_IN_USE);
        nlib_error_free(error);
        nlib_release(own);
    }
    return NULL;
}

static void *look_up(void *argument) {
    nlib_lib *library = argument;
    nlib_error *error = NULL;
    while (!error) {
        void *address = NULL;
        error = nlib_symbol(library, "brief", &address);
        CHECK(error || address);
    }
    CHECK(nlib_error_get_kind(error) == NLIB_ERROR_UNLOADED);
    nlib_error_free(error);
    return NULL;
}

static void unload_while_others_look(void) {
    nlib_source source = text_source("c", "int brief = 1;\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL;
    pthread_t threads[THREADS];
    WORKS(nlib_load(context, &request, &library));
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, look_up, library) == 0);
    WORKS(nlib_unload(library));
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    nlib_release(library);
}

int main(void) {
    pthread_t threads[THREADS];
    context = opened();
    CHECK(pthread_barrier_init(&together, NULL, THREADS) == 0);
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, load, (void *)i) == 0);
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);

    /* One library, whoever asked. */
    for (int i = 0; i < THREADS; i++)
        CHECK(call(shared[i], "next") == i + 1);
    for (int i = 1; i < THREADS; i++)
        nlib_release(shared[i]);
    WORKS(nlib_unload(shared[0]));
    nlib_release(shared[0]);
    unload_while_others_look();
    nlib_close(context);
    puts("eight threads are served");
    return 0;
}
