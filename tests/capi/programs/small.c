/* One load by the image linker, calls, an error, unloading: what valgrind watches. */
#include "check.h"

int main(void) {
    nlib_ctx *context = opened();
    nlib_source source = text_source(
        "c++", "#include <string>\nstd::string text = \"valgrind\";\nextern \"C\" int length() "
               "{ return (int)text.size(); }\nextern \"C\" int other() { return 1; }\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = NULL;
    void *address = NULL;
    size_t count = 0;
    request.linker = NLIB_LINKER_IMAGE;
    WORKS(nlib_load(context, &request, &library));
    CHECK(call(library, "length") == 8);
    FAILS(nlib_symbol(library, "lenght", &address), NLIB_ERROR_SYMBOL, "`length`");
    WORKS(nlib_symbol_count(library, &count));
    CHECK(count >= 3);
    WORKS(nlib_unload(library));
    FAILS(nlib_symbol(library, "length", &address), NLIB_ERROR_UNLOADED, "unloaded");
    nlib_release(library);
    nlib_close(context);
    puts("done");
    return 0;
}
