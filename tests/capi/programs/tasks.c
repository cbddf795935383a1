/* Loads beside the program: waited for, told of, failed, cancelled, freed unfinished. */
#include <pthread.h>

#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int told, started;

static void count(int *what) {
    pthread_mutex_lock(&lock);
    ++*what;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void wait_for(const int *what, int wanted) {
    pthread_mutex_lock(&lock);
    while (*what < wanted)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void done(void *data) { count(data); }

static void progress(void *data, const nlib_progress *step) {
    (void)data;
    if (step->kind == NLIB_PROGRESS_COMPILE_STARTED)
        count(&started);
}

/* Takes clang many minutes: 2^40 steps of a constant expression, as far as its limits let it. */
static const char *const endless =
    "constexpr int step(int depth) { return depth == 0 ? 1 : step(depth - 1) + step(depth - 1); }\n"
    "constexpr int value = step(40);\nextern \"C\" int answer() { return value; }\n";

int main(void) {
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *context = NULL;
    nlib_task *task = NULL;
    nlib_lib *library = NULL;
    options.progress = progress;
    WORKS(nlib_open(&options, &context));

    nlib_source source = text_source("c", "int answer(void) { return 42; }\n");
    nlib_request request = of_source(&source);
    WORKS(nlib_load_start(context, &request, done, &told, &task));
    WORKS(nlib_task_wait(task, NLIB_FOREVER, &library));
    CHECK(library != NULL && call(library, "answer") == 42);
    wait_for(&told, 1);
    nlib_lib *second = NULL;
    FAILS(nlib_task_wait(task, 0, &second), NLIB_ERROR_ARGUMENT, "gave its library");
    nlib_task_cancel(task);
    CHECK(call(library, "answer") == 42);
    WORKS(nlib_unload(library));
    nlib_release(library);
    nlib_task_free(task);
    nlib_task_free(task);
    FAILS(nlib_task_wait(task, 0, &second), NLIB_ERROR_HANDLE, "freed");

    /* A failure is told to all who ask. */
    nlib_source wrong = text_source("c", "int answer(void) { return x; }\n");
    request = of_source(&wrong);
    WORKS(nlib_load_start(context, &request, NULL, NULL, &task));
    FAILS(nlib_task_wait(task, NLIB_FOREVER, &library), NLIB_ERROR_COMPILE, "'x'");
    FAILS(nlib_task_wait(task, NLIB_FOREVER, &library), NLIB_ERROR_COMPILE, "'x'");
    nlib_task_free(task);

    /* What never ends is ended. */
    const char *flags[] = {"-fconstexpr-steps=2147483647", "-fconstexpr-depth=64"};
    nlib_source slow = text_source("c++", endless);
    request = of_source(&slow);
    request.flags = flags;
    request.flag_count = 2;
    started = 0;
    WORKS(nlib_load_start(context, &request, done, &told, &task));
    wait_for(&started, 1);
    WORKS(nlib_task_wait(task, 0, &library));
    CHECK(library == NULL);
    nlib_task_cancel(task);
    FAILS(nlib_task_wait(task, NLIB_FOREVER, &library), NLIB_ERROR_CANCELLED, "cancelled");
    wait_for(&told, 2);
    nlib_task_free(task);

    /* So is what was freed, and the context closed meanwhile. */
    WORKS(nlib_load_start(context, &request, done, &told, &task));
    wait_for(&started, 2);
    nlib_task_free(task);
    nlib_close(context);
    wait_for(&told, 3);
    puts("tasks end");
    return 0;
}
