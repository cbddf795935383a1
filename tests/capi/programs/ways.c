/* Every way to ask for a library, and what may be asked besides. The working directory has `seven.c`,
   `manifest.json`, and in `more` the library `base`. */
#include "check.h"

static int host_answer(void) { return 40; }

static int count_of(nlib_lib *library) {
    size_t count = 0;
    WORKS(nlib_symbol_count(library, &count));
    return (int)count;
}

static void by_source(nlib_ctx *context) {
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_lib *library = NULL, *again = NULL;
    request.library = "seven.c";
    WORKS(nlib_load(context, &request, &library));
    CHECK(call(library, "seven") == 7);
    CHECK(strcmp(nlib_name(library), "seven") == 0);
    CHECK(nlib_linked_by(library) != NLIB_LINKER_AUTO);

    /* The same, unchanged, is given again. */
    void *first = NULL, *second = NULL;
    WORKS(nlib_load(context, &request, &again));
    WORKS(nlib_symbol(library, "seven", &first));
    WORKS(nlib_symbol(again, "seven", &second));
    CHECK(first == second && again != library);
    FAILS(nlib_unload(library), NLIB_ERROR_IN_USE, "seven");
    CHECK(call(library, "seven") == 7);
    nlib_release(again);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

static void by_manifest(nlib_ctx *context) {
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_lib *library = NULL;
    request.library = "manifest.json";
    WORKS(nlib_load(context, &request, &library));
    CHECK(call(library, "answer") == 1);
    WORKS(nlib_unload(library));
    nlib_release(library);

    const char *features[] = {"large"};
    nlib_pair options[] = {{"factor", "3"}};
    request.features = features;
    request.feature_count = 1;
    request.options = options;
    request.option_count = 1;
    WORKS(nlib_load(context, &request, &library));
    CHECK(call(library, "answer") == 300);
    WORKS(nlib_unload(library));
    nlib_release(library);

    nlib_request named = NLIB_REQUEST_INIT;
    named.library = "base";
    WORKS(nlib_load(context, &named, &library));
    CHECK(call(library, "base") == 5);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

static void by_manifest_text(nlib_ctx *context) {
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_lib *library = NULL;
    request.manifest_text = "{\"manifest-version\": 1, \"name\": \"inline\", \"units\": [{\"src\": \"base.c\"}],"
                            " \"exports\": {\"match\": [\"base\"]}}";
    request.manifest_folder = "more";
    WORKS(nlib_load(context, &request, &library));
    CHECK(strcmp(nlib_name(library), "inline") == 0);
    CHECK(call(library, "base") == 5);
    WORKS(nlib_unload(library));
    nlib_release(library);

    request.manifest_text = "{\"manifest-version\": 1, \"name\": \"inline\", \"unts\": []}";
    nlib_error *error = nlib_load(context, &request, &library);
    CHECK(nlib_error_get_kind(error) == NLIB_ERROR_MANIFEST);
    CHECK(library == NULL);
    nlib_diagnostic diagnostic = NLIB_DIAGNOSTIC_INIT;
    CHECK(nlib_error_diagnostic(error, 0, &diagnostic));
    CHECK(diagnostic.line == 1 && diagnostic.column == 43);
    CHECK(strstr(diagnostic.text, "unts") && strstr(diagnostic.file, "<manifest>"));
    nlib_error_free(error);
}

static void by_source_text(nlib_ctx *context) {
    nlib_source sources[] = {
        text_source("c", "#include \"base.h\"\nint host_answer(void);\n"
                         "int sum(void) { return host_answer() + base() + ADD + MORE; }\n"),
        text_source("c++", "extern \"C\" int second(void) { return 2; }\n"),
    };
    const char *folders[] = {"more"}, *with[] = {"base"}, *flags[] = {"-DMORE=0", "-UMORE", "-DMORE=1000"};
    nlib_pair defines[] = {{"ADD", "200"}, {"FLAG", NULL}};
    nlib_host_symbol symbols[] = {{"host_answer", NULL}};
    union {
        void *address;
        int_function function;
    } granted;
    granted.function = host_answer;
    symbols[0].address = granted.address;

    nlib_request request = NLIB_REQUEST_INIT;
    nlib_lib *library = NULL;
    request.sources = sources;
    request.source_count = 2;
    request.name = "in-memory";
    request.include_dirs = folders;
    request.include_dir_count = 1;
    request.with = with;
    request.with_count = 1;
    request.flags = flags;
    request.flag_count = 3;
    request.defines = defines;
    request.define_count = 2;
    request.host_symbols = symbols;
    request.host_symbol_count = 1;
    WORKS(nlib_load(context, &request, &library));
    CHECK(strcmp(nlib_name(library), "in-memory") == 0);
    CHECK(call(library, "sum") == 1245);
    CHECK(call(library, "second") == 2);
    CHECK(count_of(library) == 2);
    CHECK(nlib_linked_by(library) == NLIB_LINKER_JIT);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

static void with_each_linker(nlib_ctx *context) {
    for (nlib_linker linker = NLIB_LINKER_JIT; linker <= NLIB_LINKER_IMAGE; linker++) {
        nlib_source source = text_source(
            "c", "int variable = 3;\nstatic int hidden(void) { return variable; }\n"
                 "int shown(void) { return hidden(); }\n");
        nlib_request request = of_source(&source);
        nlib_lib *library = NULL;
        request.linker = linker;
        WORKS(nlib_load(context, &request, &library));
        CHECK(nlib_linked_by(library) == linker);
        CHECK(count_of(library) == 2);
        nlib_symbol_info info = NLIB_SYMBOL_INFO_INIT;
        WORKS(nlib_symbol_at(library, 0, &info));
        CHECK(strcmp(info.name, "shown") == 0 && strcmp(info.demangled, "shown") == 0);
        CHECK(info.is_function && info.bytes > 0);
        WORKS(nlib_symbol_at(library, 1, &info));
        CHECK(strcmp(info.name, "variable") == 0 && !info.is_function && info.bytes == 4);
        CHECK(*(int *)info.address == 3);
        FAILS(nlib_symbol_at(library, 2, &info), NLIB_ERROR_ARGUMENT, "index 2 of 2");
        WORKS(nlib_unload(library));
        nlib_release(library);
    }
}

static void object_code(nlib_ctx *context) {
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_object *object = NULL;
    nlib_lib *library = NULL;
    request.library = "seven.c";
    WORKS(nlib_compile(context, &request, &object));
    CHECK(strcmp(nlib_object_name(object), "seven") == 0);
    CHECK(nlib_object_size(object) > 64);
    CHECK(memcmp(nlib_object_data(object), "\177ELF", 4) == 0);

    /* It can be given back, as any object of the host's. */
    nlib_source source = {NULL, "seven.o", NULL, nlib_object_data(object), nlib_object_size(object)};
    nlib_request of_object = of_source(&source);
    WORKS(nlib_load(context, &of_object, &library));
    nlib_object_free(object);
    CHECK(nlib_object_data(object) == NULL && nlib_object_size(object) == 0);
    CHECK(call(library, "seven") == 7);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

int main(void) {
    const char *folders[] = {"more"};
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *context = NULL;
    options.library_path = folders;
    options.library_path_count = 1;
    WORKS(nlib_open(&options, &context));
    CHECK(nlib_version() == NLIB_VERSION);
    CHECK(strcmp(nlib_version_string(), "0.1.0") == 0);
    CHECK(nlib_has("jit") && nlib_has("source-text") && !nlib_has("telepathy") && !nlib_has(NULL));
    by_source(context);
    by_manifest(context);
    by_manifest_text(context);
    by_source_text(context);
    with_each_linker(context);
    object_code(context);
    nlib_close(context);
    puts("every way works");
    return 0;
}
