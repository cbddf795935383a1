// The cells of the table in tests/hosts/README.md that need no header but those of its fixtures.
#include <nlib.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include "kit.h"
#include "kitpp.hpp"

#define CHECK(condition)                                                                            \
    do {                                                                                            \
        if (!(condition)) {                                                                         \
            std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                     \
            std::exit(1);                                                                           \
        }                                                                                           \
    } while (0)

// A function of a C library, typed by its header.
#define TYPED(library, name) (library).fn<decltype(::name)>(#name)

namespace {

std::string fixture(const char *name) { return std::string(std::getenv("NLIB_FIXTURES")) + "/" + name; }

void write(const char *path, const char *text) { std::ofstream(path) << text; }

// What a call throws.
nlib::error fault(const std::function<void()> &call) {
    try {
        call();
    } catch (const nlib::error &error) {
        return error;
    }
    std::printf("nothing was thrown\n");
    std::exit(1);
}

nlib::library load_kit(const nlib::context &context) { return context.load(fixture("kit.c")); }

void load() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    CHECK(kit.name() == "kit");
    CHECK(kit.headers().describe("KIT_VERSION").find("\"value\":3") != std::string::npos);
    nlib::library sqlite = context.load("sqlite3");
    CHECK(std::strncmp(sqlite.fn<const char *()>("sqlite3_libversion")(), "3.", 2) == 0);
    nlib::library three = context.load(nlib::request::code("c", "int three(void) { return 3; }"));
    CHECK(three.fn<int()>("three")() == 3);
    nlib::task task = context.start(nlib::request::code("c", "int four(void) { return 4; }"));
    CHECK(task.get().fn<int()>("four")() == 4);
}

void call() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    CHECK(TYPED(kit, kit_add)(2, 3) == 5);
    CHECK(TYPED(kit, kit_max)() == UINT64_MAX && KIT_BIG == UINT64_MAX);
    CHECK(TYPED(kit, kit_half)(5) == 2.5 && TYPED(kit, kit_halff)(5) == 2.5F);
    CHECK(TYPED(kit, kit_not)(false));
    CHECK(std::string(TYPED(kit, kit_greeting)()) == "grüß dich");
    CHECK(TYPED(kit, kit_length)("grüß") == 6);
    CHECK(TYPED(kit, kit_next_color)(KIT_RED) == KIT_GREEN);
    char text[32];
    CHECK(TYPED(kit, kit_format)(text, sizeof text, "%d-%s-%.1f", 7, "x", 1.5) == 7);
    CHECK(std::string(text) == "7-x-1.5");
    CHECK(kit_square(7) == 49);
    CHECK(kit.headers().thunk<int(int)>("kit_square", 1)(6) == 36);
    const nlib::error held = fault([&] { TYPED(kit, kit_square); });
    CHECK(std::string(held.what()).find("inline in the header of `kit`") != std::string::npos);
    int &calls = kit.var<int>("kit_calls");
    const int before = calls;
    TYPED(kit, kit_add)(1, 1);
    CHECK(calls == before + 1);
    const double values[] = {1, 2, 3.5};
    CHECK(TYPED(kit, kit_sum)(values, 3) == 6.5);
    std::vector<float> floats{1, 2};
    TYPED(kit, kit_double_all)(floats.data(), floats.size());
    CHECK(floats[0] == 2 && floats[1] == 4);
}

void structures() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    const kit_point middle = TYPED(kit, kit_mid)({0, 0}, {4, 6});
    CHECK(middle.x == 2 && middle.y == 3);
    kit_point moved{1, 1};
    TYPED(kit, kit_move)(&moved, 2, 3);
    CHECK(moved.x == 3 && moved.y == 4);
    kit_packet packet;
    TYPED(kit, kit_fill)(&packet);
    CHECK(packet.tag == 7 && packet.low == 5 && packet.high == 4097 && packet.samples[3] == -4);
    CHECK(packet.number == 42 && packet.style.color == KIT_BLUE);
    CHECK(std::string(packet.style.label) == "edge");
    packet.low = 1;
    CHECK(TYPED(kit, kit_packet_sum)(&packet) == 7 + 1 + 4097 + 42 - 2 + 2 + 40);
    int quotient = 0, remainder = 0;
    CHECK(TYPED(kit, kit_divide)(17, 5, &quotient, &remainder) && quotient == 3 && remainder == 2);
    CHECK(!TYPED(kit, kit_divide)(1, 0, &quotient, &remainder));
}

int sum_until(int index, const kit_point *point, void *data) {
    *static_cast<double *>(data) += point->x + point->y;
    return index == 1 ? 9 : 0;
}

int throws(int, const kit_point *, void *) { throw std::runtime_error("from the callback"); }

void keep(void *data, int32_t value) { *static_cast<int32_t *>(data) = value; }

void callback() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    const kit_point points[] = {{1, 2}, {3, 4}, {5, 6}};
    double sum = 0;
    CHECK(TYPED(kit, kit_each)(points, 3, sum_until, &sum) == 9 && sum == 10);
    int32_t kept = 0;
    TYPED(kit, kit_listen)(keep, &kept);
    TYPED(kit, kit_emit)(77);
    CHECK(kept == 77);
    // An exception goes through the library's frames to whoever called it.
    bool caught = false;
    try {
        TYPED(kit, kit_each)(points, 3, throws, nullptr);
    } catch (const std::runtime_error &error) {
        caught = std::string(error.what()) == "from the callback";
    }
    CHECK(caught);
    CHECK(TYPED(kit, kit_add)(1, 2) == 3);
}

void callback_thread() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    int32_t kept = 0;
    TYPED(kit, kit_on_thread)(keep, &kept, 5);
    CHECK(kept == 5);
}

void cpp() {
    nlib::context context;
    nlib::library kitpp = context.load(fixture("kitpp.cpp"));
    CHECK(kitpp.fn<int(int, int)>("kit::add(int, int)")(2, 3) == 5);
    CHECK(kitpp.fn<double(double, double)>("kit::add(double, double)")(0.5, 1) == 1.5);
    CHECK(fault([&] { kitpp.address("kit::add"); }).kind() == NLIB_ERROR_AMBIGUOUS);

    // Defaults through thunks, everything else in C++ itself.
    const nlib::interface headers = kitpp.headers();
    char *message = nullptr;
    CHECK(headers.thunk<float(char **)>("kit::area", 0)(&message) == 6 && !message);
    CHECK(headers.thunk<float(const kit::Size *, char **)>("kit::area", 1)(
              std::array<kit::Size, 1>{kit::Size(4, 5)}.data(), &message) == 20);
    CHECK(fault([&] { headers.thunk<int(int, int, char **)>("kit::add", 2); }).kind() ==
          NLIB_ERROR_AMBIGUOUS);
    CHECK(headers.thunk<double(double, double, char **)>("kit::add(double, double)", 2)(0.5, 1, &message) ==
          1.5);
    headers.thunk<int(int, char **)>("kit::checked", 1)(-1, &message);
    CHECK(message && std::string(message) == "value -1 is below zero");
    reinterpret_cast<void (*)(void *)>(headers.address("nlib_thunk_free"))(message);

    kit::Size size(1, 2);
    kitpp.fn<void(kit::Size &, float)>("kit::grow")(size, 1);
    CHECK(size.width == 2 && size.height == 3);
    size = kitpp.fn<kit::Size(kit::Size, float)>("kit::scaled")(size, 2);
    CHECK(size.width == 4 && size.height == 6);
    const auto greet = kitpp.fn<std::string(const std::string &, int)>("kit::greet");
    CHECK(greet("you", 2) == "hello you, hello you");
    CHECK(kitpp.fn<std::size_t(std::string_view)>("kit::count")("four") == 4);
    CHECK(kitpp.fn<kit::Shape(kit::Shape)>("kit::other")(kit::Shape::Round) == kit::Shape::Square);

    const auto alive = kitpp.fn<int()>("kit::Tally::alive()");
    alignas(kit::Tally) unsigned char memory[sizeof(kit::Tally)];
    auto *tally = reinterpret_cast<kit::Tally *>(memory);
    kitpp.fn<void(kit::Tally *, int)>("kit::Tally::Tally(int)")(tally, 3);
    CHECK(alive() == 1 && kitpp.fn<int(kit::Tally *)>("kit::Tally::next()")(tally) == 4);
    CHECK(tally->total() == 4);
    CHECK(kitpp.fn<std::string(const kit::Tally *)>("kit::Tally::label() const")(tally) == "tally 4");
    kitpp.fn<void(kit::Tally *)>("kit::Tally::~Tally()")(tally);
    CHECK(alive() == 0);

    bool caught = false;
    try {
        kitpp.fn<int(int)>("kit::checked")(-2);
    } catch (const std::out_of_range &error) {
        caught = std::string(error.what()) == "value -2 is below zero";
    }
    CHECK(caught);
}

void error() {
    nlib::context context;
    write("bad.c", "int fine(void);\nint bad(void) { return missing; }\n");
    const nlib::error error = fault([&] { context.load("bad.c"); });
    CHECK(error.kind() == NLIB_ERROR_COMPILE && error.diagnostics().size() == 1);
    const nlib::diagnostic &first = error.diagnostics()[0];
    std::cout << error.what() << "\n";
    CHECK(first.file == "bad.c" && first.line == 2 && first.column == 24);
    CHECK(first.text.find("missing") != std::string::npos && first.severity == NLIB_SEVERITY_ERROR);
    CHECK(std::string(error.what()).find("bad.c:2:24") != std::string::npos);
}

void retry() {
    nlib::context context;
    write("late.c", "int answer(void) { return 4O; }\n");
    CHECK(fault([&] { context.load("late.c"); }).kind() == NLIB_ERROR_COMPILE);
    write("late.c", "int answer(void) { return 40; }\n");
    CHECK(context.load("late.c").fn<int()>("answer")() == 40);
}

void reload() {
    nlib::context context;
    write("changing.c", "int version(void) { return 1; }\n");
    nlib::library first = context.load("changing.c");
    const auto version = first.fn<int()>("version");
    write("changing.c", "int version(void) { return 2; }\n");
    nlib::library second = context.load("changing.c");
    CHECK(second.fn<int()>("version")() == 2);
    // What was taken of the first stays what it was, until it is unloaded.
    CHECK(version() == 1);
    first.unload();
    CHECK(second.fn<int()>("version")() == 2);
}

constexpr const char *farewell = "#include <stdio.h>\n"
                                 "int works(void) { return 1; }\n"
                                 "__attribute__((destructor)) static void end(void) {\n"
                                 "    FILE *file = fopen(\"ended\", \"w\");\n"
                                 "    if (file) fclose(file);\n"
                                 "}\n";

void unload() {
    nlib::context context;
    write("farewell.c", farewell);
    nlib::library library = context.load("farewell.c");
    CHECK(library.fn<int()>("works")() == 1 && !std::ifstream("ended"));
    library.unload();
    CHECK(std::ifstream("ended").good());
}

void after_unload() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    const nlib::interface headers = kit.headers();
    kit.unload();
    CHECK(fault([&] { TYPED(kit, kit_add); }).kind() == NLIB_ERROR_UNLOADED);
    CHECK(fault([&] { kit.symbols(); }).kind() == NLIB_ERROR_UNLOADED);
    CHECK(fault([&] { headers.address("kit_add"); }).kind() == NLIB_ERROR_UNLOADED);
    CHECK(fault([&] { kit.headers(); }).kind() == NLIB_ERROR_UNLOADED);
    CHECK(fault([&] { kit.unload(); }).kind() == NLIB_ERROR_UNLOADED);
    CHECK(kit.name().empty());
}

int unload_inside(int, const kit_point *, void *data) {
    const nlib::error error = fault([&] { static_cast<nlib::library *>(data)->unload(); });
    return error.kind() == NLIB_ERROR_IN_USE ? 7 : 8;
}

void unload_in_callback() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    const kit_point point{1, 2};
    CHECK(TYPED(kit, kit_each)(&point, 1, unload_inside, &kit) == 7);
    CHECK(TYPED(kit, kit_add)(1, 2) == 3);
    kit.unload();
}

void missing_symbol() {
    nlib::context context;
    nlib::library kit = load_kit(context);
    const nlib::error error = fault([&] { kit.fn<int(int, int)>("kit_ad"); });
    CHECK(error.kind() == NLIB_ERROR_SYMBOL && !error.near_names().empty());
    CHECK(error.near_names()[0] == "kit_add");
    const nlib::error undeclared = fault([&] { kit.headers().describe("kit_poin"); });
    CHECK(undeclared.kind() == NLIB_ERROR_SYMBOL && !undeclared.near_names().empty());
}

void bad_header() {
    nlib::context context;
    write("broken.c", "int works(void) { return 1; }\n");
    write("broken.h", "int works(void);\nint brok en(void);\n");
    nlib::library broken = context.load("broken.c");
    const nlib::error error = fault([&] { broken.headers(); });
    CHECK(error.kind() == NLIB_ERROR_COMPILE && error.diagnostics()[0].line == 2);
    CHECK(error.diagnostics()[0].file.find("broken.h") != std::string::npos);
    CHECK(broken.fn<int()>("works")() == 1);
}

} // namespace

int main(int count, char **arguments) {
    const std::map<std::string, void (*)()> cells = {
        {"load", load},
        {"call", call},
        {"struct", structures},
        {"callback", callback},
        {"callback-thread", callback_thread},
        {"cpp", cpp},
        {"error", error},
        {"retry", retry},
        {"reload", reload},
        {"unload", unload},
        {"after-unload", after_unload},
        {"unload-in-callback", unload_in_callback},
        {"missing-symbol", missing_symbol},
        {"bad-header", bad_header},
    };
    const auto cell = cells.find(count == 2 ? arguments[1] : "");
    if (cell == cells.end()) {
        std::printf("there is no such cell\n");
        return 1;
    }
    cell->second();
    return 0;
}
