/* What a library's headers declare, and what can be called through it. */
#include <string.h>

#include "check.h"

static const char *described(nlib_interface *interface, const char *kind, const char *name) {
    const char *text = NULL;
    WORKS(nlib_interface_describe(interface, kind, name, "json", &text));
    return text;
}

/* What an address is called as. */
#define AS(type, address) (*(type *)&(address))

typedef struct {
    double x, y;
} point;
typedef int adder(int, int);
typedef int asked(void);
typedef void through_pointers(void *, const void *, const void *);
typedef void swapper(void *, const void *);

static void declarations(nlib_interface *interface) {
    const char *names = NULL, *all = NULL;
    WORKS(nlib_interface_names(interface, "function", &names));
    CHECK(strstr(names, "kit_add\n"));
    CHECK(!strstr(names, "KIT_RED"));
    WORKS(nlib_interface_names(interface, NULL, &all));
    CHECK(strstr(all, "kit_add\n") && strstr(all, "KIT_RED\n") && strstr(all, "kit_packet\n"));

    const char *add = described(interface, "function", "kit_add");
    CHECK(strstr(add, "\"item\":\"function\"") && strstr(add, "\"direct\":true"));
    CHECK(strstr(add, "Adds two numbers."));
    CHECK(described(interface, "function", "kit_add") == add);
    CHECK(strstr(described(interface, "record", "kit_packet"), "\"bits\":{\"offset\":"));
    CHECK(strstr(described(interface, "constant", "KIT_BIG"), "\"18446744073709551615\""));
    CHECK(strstr(described(interface, NULL, "KIT_GREEN"), "\"value\":2"));

    const char *text = NULL;
    size_t size = 0;
    WORKS(nlib_interface_text(interface, "c", &text, &size));
    CHECK(size == strlen(text) && strstr(text, "kit_add("));
    WORKS(nlib_interface_text(interface, "json", &text, NULL));
    CHECK(strstr(text, "\"interface-version\":"));
}

static void calls(nlib_interface *interface) {
    void *address = NULL;
    WORKS(nlib_interface_symbol(interface, "kit_add", &address));
    CHECK(AS(adder *, address)(2, 3) == 5);

    /* By the thunk that takes pointers, as the description of the function names it. */
    const char *mid = described(interface, "function", "kit_mid");
    const char *begin = strstr(mid, "nlib_thunk_");
    CHECK(begin);
    char thunk[64] = {0};
    memcpy(thunk, begin, strcspn(begin, "\""));
    WORKS(nlib_interface_symbol(interface, thunk, &address));
    point a = {1, 2}, b = {3, 6}, middle;
    AS(through_pointers *, address)(&middle, &a, &b);
    CHECK(middle.x == 2 && middle.y == 4);
}

static void faults(nlib_interface *interface) {
    const char *text = "";
    void *address = &address;
    FAILS(nlib_interface_describe(interface, NULL, "kit_ad", "json", &text), NLIB_ERROR_SYMBOL, "kit_add");
    CHECK(!text);
    FAILS(nlib_interface_describe(interface, "method", "kit_add", "json", &text), NLIB_ERROR_ARGUMENT,
          "function");
    FAILS(nlib_interface_describe(interface, NULL, "kit_add", "xml", &text), NLIB_ERROR_ARGUMENT, "json");
    FAILS(nlib_interface_text(interface, "cobol", &text, NULL), NLIB_ERROR_ARGUMENT, "luajit");
    FAILS(nlib_interface_symbol(interface, "kit_ad", &address), NLIB_ERROR_SYMBOL, "kit_ad");
    CHECK(!address);
    FAILS(nlib_interface_symbol(interface, "nlib_thunk_0_0", &address), NLIB_ERROR_SYMBOL, "nlib_thunk_0_0");
    FAILS(nlib_interface_open(NULL, &interface), NLIB_ERROR_HANDLE, "NULL");
}

/* Without a header beside it a source says itself what it defines; its constructor runs once. */
static void sources(nlib_ctx *context) {
    static const char text[] =
        "typedef struct { int a, b; } pair;\n"
        "int started;\n"
        "__attribute__((constructor)) static void start(void) { started++; }\n"
        "int begun(void) { return started; }\n"
        "pair swap(pair p) { return (pair){p.b, p.a + started}; }\n";
    nlib_source source = {NULL, "pair.c", "c", text, sizeof text - 1};
    nlib_request request = NLIB_REQUEST_INIT;
    request.sources = &source;
    request.source_count = 1;
    nlib_lib *library;
    nlib_interface *interface;
    void *address;
    WORKS(nlib_load(context, &request, &library));
    WORKS(nlib_interface_open(library, &interface));
    const char *swap = strstr(described(interface, "function", "swap"), "nlib_thunk_");
    CHECK(swap);
    char thunk[64] = {0};
    memcpy(thunk, swap, strcspn(swap, "\""));
    WORKS(nlib_interface_symbol(interface, thunk, &address));
    struct { int a, b; } given = {1, 2}, swapped;
    AS(swapper *, address)(&swapped, &given);
    CHECK(swapped.a == 2 && swapped.b == 2);
    WORKS(nlib_interface_symbol(interface, "begun", &address));
    CHECK(AS(asked *, address)() == 1);
    nlib_interface_free(interface);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    CHECK(nlib_has("interfaces"));
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_ctx *context;
    nlib_lib *library, *again;
    nlib_interface *interface, *broken;
    void *address;
    WORKS(nlib_open(&options, &context));
    request.library = arguments[1];
    WORKS(nlib_load(context, &request, &library));
    WORKS(nlib_interface_open(library, &interface));
    declarations(interface);
    calls(interface);
    faults(interface);
    sources(context);

    /* A header that does not parse: an error with a place, and the library stays usable. */
    request.library = "broken.c";
    WORKS(nlib_load(context, &request, &again));
    nlib_error *error = nlib_interface_open(again, &broken);
    nlib_diagnostic found = NLIB_DIAGNOSTIC_INIT;
    CHECK(nlib_error_get_kind(error) == NLIB_ERROR_COMPILE);
    CHECK(nlib_error_diagnostic(error, 0, &found));
    CHECK(strstr(found.file, "broken.h") && found.line == 2 && found.severity == NLIB_SEVERITY_ERROR);
    nlib_error_free(error);
    WORKS(nlib_symbol(again, "works", &address));
    CHECK(AS(asked *, address)() == 1);

    /* While another handle keeps it, a library stays with its thunks; then both go. */
    request.library = arguments[1];
    WORKS(nlib_load(context, &request, &again));
    FAILS(nlib_unload(library), NLIB_ERROR_IN_USE, "kit");
    calls(interface);
    nlib_release(again);
    WORKS(nlib_unload(library));
    FAILS(nlib_interface_symbol(interface, "kit_add", &address), NLIB_ERROR_UNLOADED, "kit");
    CHECK(strstr(described(interface, "function", "kit_half"), "double"));
    FAILS(nlib_interface_open(library, &broken), NLIB_ERROR_UNLOADED, "kit");
    nlib_interface_free(interface);
    nlib_interface_free(interface);
    const char *text;
    FAILS(nlib_interface_names(interface, NULL, &text), NLIB_ERROR_HANDLE, "freed");
    nlib_release(library);
    nlib_close(context);
    puts("interfaces are read and called");
    return 0;
}
