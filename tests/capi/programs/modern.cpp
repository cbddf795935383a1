// nlib.hpp: everything frees itself, errors are exceptions, symbols have types.
#include "nlib.hpp"

#include "check.h"

static int host(int x) { return x + 1; }

template <typename Call> static nlib::error thrown(Call call) {
    try {
        call();
    } catch (const nlib::error &error) {
        return error;
    }
    puts("nothing was thrown");
    exit(1);
}

int main() {
    nlib::context context;
    nlib::library shapes = context.load(
        nlib::request::code("c++", "namespace shapes { int count = EDGES; int area(int s) { return s * s; }\n"
                                   "int area(int w, int h) { return w * h; } }\n", "shapes.cpp")
            .define("EDGES", "4")
            .flag("-O1"));
    CHECK(shapes.name() == "shapes" && shapes.linked_by() != NLIB_LINKER_AUTO);
    auto area = shapes.fn<int(int)>("shapes::area(int)");
    CHECK(area(6) == 36);
    CHECK(shapes.fn<int(int, int)>("shapes::area(int, int)")(6, 7) == 42);
    int &count = shapes.var<int>("shapes::count");
    CHECK(count++ == 4 && shapes.var<int>("shapes::count") == 5);
    CHECK(shapes.symbols().size() == 3 && shapes.symbols()[0].is_function != shapes.symbols()[2].is_function);

    auto ambiguous = thrown([&] { shapes.fn<int(int)>("shapes::area"); });
    CHECK(ambiguous.kind() == NLIB_ERROR_AMBIGUOUS && ambiguous.near_names().size() == 2);
    auto missing = thrown([&] { shapes.fn<int()>("shapes::aera"); });
    CHECK(missing.kind() == NLIB_ERROR_SYMBOL && missing.near_names().front() == "shapes::area");

    auto request = nlib::request::code("c", "int host(int);\nint twice(int x) { return host(x) + y; }\n");
    request.named("corrected").grant("host", host);
    auto broken = thrown([&] { context.load(request); });
    CHECK(broken.kind() == NLIB_ERROR_COMPILE);
    CHECK(broken.diagnostics().front().line == 2);
    CHECK(broken.diagnostics().front().text.find("'y'") != std::string::npos);
    nlib::library corrected = context.load(request.define("y", "x"));
    CHECK(corrected.fn<int(int)>("twice")(20) == 41);

    nlib::object object = context.compile(nlib::request::code("c", "int one(void) { return 1; }"));
    CHECK(object.bytes().substr(1, 3) == "ELF");

    nlib::task task = context.start(nlib::request::code("c", "int later(void) { return 3; }"));
    CHECK(task.get().fn<int()>("later")() == 3);
    CHECK(thrown([&] { task.wait(0); }).kind() == NLIB_ERROR_ARGUMENT);

    corrected.unload();
    CHECK(thrown([&] { corrected.address("twice"); }).kind() == NLIB_ERROR_UNLOADED);
    nlib::library moved = std::move(shapes);
    CHECK(moved.fn<int(int)>("shapes::area(int)") == area);
    CHECK(thrown([&] { shapes.address("x"); }).kind() == NLIB_ERROR_HANDLE);
    puts("modern");
}
