// What only the headers know of: inline functions, overloads, defaults. Called by name, and said when it
// cannot be.
#include "nlib.hpp"

#include "check.h"

static std::string said;

template <typename Call> static nlib::error thrown(Call call) {
    try {
        call();
    } catch (const nlib::error &error) {
        said = error.what();
        return error;
    }
    puts("nothing was thrown");
    exit(1);
}

static bool says(const char *text) {
    if (said.find(text) != said.npos)
        return true;
    printf("it says: %s\n", said.c_str());
    return false;
}

static void overloads(const nlib::library &shapes) {
    const nlib::interface headers = shapes.headers();
    // Overloads that take as many arguments, whether the library publishes them or the header holds them.
    auto several = thrown([&] { headers.thunk<int(int, char **)>("shapes::push", 1); });
    CHECK(several.kind() == NLIB_ERROR_AMBIGUOUS && several.near_names().size() == 2);
    CHECK(says("overloaded") && says("`shapes::push(int)`") && says("`shapes::push(char const*)`"));
    CHECK(headers.thunk<int(int)>("shapes::push(int)", 1)(7) == 7);
    CHECK(headers.thunk<int(const char *)>("shapes::push(const char *)", 1)("four") == 4);
    CHECK(headers.thunk<int(const char *)>("shapes::push(char const*)", 1)("four") == 4);
    // Another number of arguments is one function's.
    CHECK(headers.thunk<int(int, int)>("shapes::push", 2)(7, 8) == 15);
    CHECK(headers.thunk<int(int)>("shapes::scaled", 1)(7) == 70);
    CHECK(headers.thunk<int(int, int)>("shapes::scaled(int, int)", 2)(7, 2) == 14);
    CHECK(headers.thunk<int(int)>("shapes::scaled(int, int)", 1)(7) == 70);
    CHECK(headers.thunk<int(const char *)>("shapes::named(const std::string &)", 1)("four") == 4);

    CHECK(thrown([&] { headers.thunk<int()>("shapes::push", 3); }).kind() == NLIB_ERROR_SYMBOL);
    CHECK(says("no thunk for 3 arguments") && says("`shapes::push(int)` takes 1"));
    auto parameters = thrown([&] { headers.thunk<int()>("shapes::push(double)", 1); });
    CHECK(parameters.kind() == NLIB_ERROR_SYMBOL && parameters.near_names().size() == 3);
    CHECK(says("`shapes::push(int)`") && says("shapes::push(double)"));
    auto near = thrown([&] { headers.thunk<int()>("shapes::pusj", 1); });
    CHECK(near.kind() == NLIB_ERROR_SYMBOL && near.near_names().front() == "shapes::push");
    thrown([&] { headers.thunk<int()>("shapes::pusj(int)", 1); });
    CHECK(says("shapes::push"));

    const std::string one = headers.describe("shapes::push(int)", "function");
    CHECK(one.find("_ZN6shapes4pushEi\"") != one.npos && one.find("pushEPKc") == one.npos);
    CHECK(headers.describe("shapes::push(int)") == one);
    CHECK(thrown([&] { headers.describe("shapes::push(int)", "record"); }).kind() == NLIB_ERROR_SYMBOL);
    auto record = thrown([&] { headers.describe("shapes::Boks", "record"); });
    CHECK(record.kind() == NLIB_ERROR_SYMBOL && record.near_names().front() == "shapes::Box");
}

static void symbols(const nlib::library &shapes) {
    // Parameters that no overload has: all overloads at once.
    auto wrong = thrown([&] { shapes.fn<int(double)>("shapes::area(double)"); });
    CHECK(wrong.kind() == NLIB_ERROR_SYMBOL && wrong.near_names().size() == 2);
    CHECK(says("`shapes::area(int)`") && says("`shapes::area(int, int)`"));
    thrown([&] { shapes.fn<int(double)>("shapes::scaled(double)"); });
    CHECK(says("did you mean `shapes::scaled(int, int)`?"));
    // What the header holds has no symbol.
    auto held = thrown([&] { shapes.fn<int(int)>("shapes::push(int)"); });
    CHECK(held.kind() == NLIB_ERROR_SYMBOL && says("inline") && says("thunk"));
    thrown([&] { shapes.fn<int(int)>("shapes::pusj"); });
    CHECK(said.find("inline") == said.npos);
}

static void plain(const nlib::library &phys) {
    auto held = thrown([&] { phys.fn<int(int, int)>("phys_dot"); });
    CHECK(held.kind() == NLIB_ERROR_SYMBOL);
    CHECK(says("`phys_dot` is inline in the header of `phys`") && says("thunk"));
    CHECK(phys.headers().thunk<int(int, int)>("phys_dot", 2)(6, 7) == 42);
    thrown([&] { phys.headers().thunk<int()>("phys_get", 0); });
    CHECK(says("`phys_get` needs none: it is called at its symbol"));
    thrown([&] { phys.fn<int()>("phys_gett"); });
    CHECK(says("did you mean `phys_get`?"));
}

int main() {
    nlib::context context;
    const nlib::library shapes = context.load("shapes.cpp");
    overloads(shapes);
    symbols(shapes);
    plain(context.load("phys.c"));
    puts("headers");
}
