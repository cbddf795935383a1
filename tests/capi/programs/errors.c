/* What goes wrong is an error that says what, and the next call works. */
#include "check.h"

static void compile_error_then_a_good_load(nlib_ctx *context) {
    nlib_source source = text_source("c", "int twice(int x) {\n    return 2 * y;\n}\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = (nlib_lib *)&source;
    source.name = "typed.c";
    nlib_error *error = nlib_load(context, &request, &library);
    CHECK(nlib_error_get_kind(error) == NLIB_ERROR_COMPILE);
    CHECK(library == NULL);
    CHECK(strstr(nlib_error_message(error), "typed.c"));
    CHECK(nlib_error_diagnostic_count(error) >= 1);
    nlib_diagnostic diagnostic = NLIB_DIAGNOSTIC_INIT;
    CHECK(nlib_error_diagnostic(error, 0, &diagnostic));
    CHECK(diagnostic.severity == NLIB_SEVERITY_ERROR);
    CHECK(diagnostic.line == 2 && diagnostic.column == 16);
    CHECK(strstr(diagnostic.file, "typed.c") && strstr(diagnostic.unit, "typed.c"));
    CHECK(strstr(diagnostic.text, "undeclared identifier 'y'"));
    CHECK(diagnostic.struct_size == sizeof diagnostic);
    CHECK(!nlib_error_diagnostic(error, nlib_error_diagnostic_count(error), &diagnostic));
    nlib_error_free(error);

    source = text_source("c", "int twice(int x) { return 2 * x; }\n");
    WORKS(nlib_load(context, &request, &library));
    union {
        void *address;
        int (*function)(int);
    } twice;
    WORKS(nlib_symbol(library, "twice", &twice.address));
    CHECK(twice.function(21) == 42);

    /* A missing symbol, and the one that was meant. */
    void *address = &source;
    error = nlib_symbol(library, "twise", &address);
    CHECK(nlib_error_get_kind(error) == NLIB_ERROR_SYMBOL && address == NULL);
    CHECK(nlib_error_near_count(error) == 1 && strcmp(nlib_error_near(error, 0), "twice") == 0);
    CHECK(nlib_error_near(error, 1) == NULL);
    CHECK(strstr(nlib_error_message(error), "did you mean `twice`"));
    nlib_error_free(error);

    /* After it was unloaded, every call is an error. */
    WORKS(nlib_unload(library));
    size_t count = 1;
    nlib_symbol_info info = NLIB_SYMBOL_INFO_INIT;
    FAILS(nlib_symbol(library, "twice", &address), NLIB_ERROR_UNLOADED, "was unloaded");
    FAILS(nlib_symbol_count(library, &count), NLIB_ERROR_UNLOADED, "was unloaded");
    FAILS(nlib_symbol_at(library, 0, &info), NLIB_ERROR_UNLOADED, "was unloaded");
    FAILS(nlib_unload(library), NLIB_ERROR_UNLOADED, "was unloaded");
    CHECK(count == 0 && strcmp(nlib_name(library), "") == 0);
    CHECK(nlib_linked_by(library) == NLIB_LINKER_AUTO);
    nlib_release(library);
}

static void unresolved_symbols(nlib_ctx *context) {
    nlib_source source = text_source("c", "int nowhere(void);\nint f(void) { return nowhere(); }\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_LINK, "`nowhere`");
    request = (nlib_request)NLIB_REQUEST_INIT;
    request.library = "no-such-library";
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_USAGE, "no-such-library");
}

static void wrong_arguments(nlib_ctx *context) {
    nlib_source source = text_source("c", "int f(void) { return 1; }\n");
    nlib_request request = of_source(&source);
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *other = NULL;
    nlib_lib *library = NULL;
    void *address = NULL;

    FAILS(nlib_load(context, NULL, &library), NLIB_ERROR_ARGUMENT, "nlib_request is NULL");
    FAILS(nlib_load(context, &request, NULL), NLIB_ERROR_ARGUMENT, "library is NULL");
    request.struct_size = 8;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "NLIB_REQUEST_INIT");
    request.struct_size = (size_t)-1;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "NLIB_REQUEST_INIT");
    request = of_source(&source);
    request.library = "f.c";
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "exactly one");
    request = of_source(&source);
    request.linker = 9;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "linker 9");
    request = of_source(&source);
    request.flag_count = 1;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "flags is NULL");
    const char *flags[] = {"-O1", "-DX=\377"};
    request.flags = flags;
    request.flag_count = 2;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "flags[1] is no UTF-8");
    source.language = "pascal";
    request = of_source(&source);
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "`pascal`");
    nlib_host_symbol symbol = {"granted", NULL};
    source.language = "c";
    request = of_source(&source);
    request.host_symbols = &symbol;
    request.host_symbol_count = 1;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_ARGUMENT, "`granted` is NULL");
    FAILS(nlib_open(&options, NULL), NLIB_ERROR_ARGUMENT, "context is NULL");
    options.cache_mode = 17;
    FAILS(nlib_open(&options, &other), NLIB_ERROR_ARGUMENT, "cache_mode 17");
    options.struct_size = 0;
    FAILS(nlib_open(&options, &other), NLIB_ERROR_ARGUMENT, "NLIB_OPTIONS_INIT");

    /* A structure of a later version: what it has besides counts only when it is used. */
    struct {
        nlib_request request;
        const char *future;
    } later = {NLIB_REQUEST_INIT, NULL};
    later.request = of_source(&source);
    later.request.struct_size = sizeof later;
    WORKS(nlib_load(context, &later.request, &library));
    FAILS(nlib_symbol(library, NULL, &address), NLIB_ERROR_ARGUMENT, "name is NULL");
    FAILS(nlib_symbol(library, "f", NULL), NLIB_ERROR_ARGUMENT, "address is NULL");
    FAILS(nlib_symbol(library, "\377", &address), NLIB_ERROR_ARGUMENT, "no UTF-8");
    WORKS(nlib_unload(library));
    nlib_release(library);
    later.future = "now";
    FAILS(nlib_load(context, &later.request, &library), NLIB_ERROR_ARGUMENT, "install a newer one");
}

static void wrong_handles(nlib_ctx *context) {
    int local = 0;
    void *address = NULL;
    size_t count = 0;
    nlib_lib *library = NULL;
    nlib_source source = text_source("c", "int g(void) { return 1; }\n");
    nlib_request request = of_source(&source);
    FAILS(nlib_symbol(NULL, "f", &address), NLIB_ERROR_HANDLE, "NULL");
    FAILS(nlib_symbol((nlib_lib *)&local, "f", &address), NLIB_ERROR_HANDLE, "no nlib_lib");
    FAILS(nlib_symbol((nlib_lib *)context, "f", &address), NLIB_ERROR_HANDLE, "an nlib_ctx");
    FAILS(nlib_load((nlib_ctx *)&local, &request, &library), NLIB_ERROR_HANDLE, "no nlib_ctx");
    FAILS(nlib_unload(NULL), NLIB_ERROR_HANDLE, "NULL");
    CHECK(nlib_error_get_kind((nlib_error *)context) == NLIB_ERROR_HANDLE);
    CHECK(strcmp(nlib_error_message((nlib_error *)&local), "") == 0);
    CHECK(nlib_error_get_kind(NULL) == NLIB_OK && strcmp(nlib_error_message(NULL), "") == 0);
    CHECK(nlib_error_diagnostic_count(NULL) == 0 && nlib_error_near_count(NULL) == 0);
    CHECK(strcmp(nlib_name((nlib_lib *)context), "") == 0);

    /* Freed twice, or as something else: nothing happens. */
    WORKS(nlib_load(context, &request, &library));
    nlib_error_free((nlib_error *)library);
    nlib_close((nlib_ctx *)library);
    nlib_object_free((nlib_object *)library);
    CHECK(call(library, "g") == 1);
    nlib_release(library);
    nlib_release(library);
    nlib_release(NULL);
    FAILS(nlib_symbol_count(library, &count), NLIB_ERROR_HANDLE, "freed");
    nlib_error_free(NULL);
    nlib_object_free(NULL);
    nlib_close(NULL);
}

static void closed_contexts(void) {
    nlib_ctx *context = opened();
    nlib_source source = text_source("c", "int kept(void) { return 9; }\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL, *late = NULL;
    WORKS(nlib_load(context, &request, &library));
    nlib_close(context);
    CHECK(call(library, "kept") == 9);
    FAILS(nlib_unload(library), NLIB_ERROR_IN_USE, "context was closed");
    CHECK(call(library, "kept") == 9);
    FAILS(nlib_load(context, &request, &late), NLIB_ERROR_HANDLE, "freed");
    nlib_release(library);
}

int main(void) {
    nlib_ctx *context = opened();
    compile_error_then_a_good_load(context);
    unresolved_symbols(context);
    wrong_arguments(context);
    wrong_handles(context);
    closed_contexts();
    nlib_close(context);
    puts("every fault is an error");
    return 0;
}
