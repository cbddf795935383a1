// C++ names, exceptions and callbacks.
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "check.h"

static const char *const text = R"(
#include <stdexcept>
#include <string>
namespace shapes {
double area(double side) { return side * side; }
double area(double width, double height) { return width * height; }
double area(const char *) { return -1; }
template <typename T> T twice(T value) { return value + value; }
template int twice<int>(int);
int count = 3;
struct Circle {
    Circle(double radius);
    ~Circle();
    double radius;
};
Circle::Circle(double radius) : radius(radius) {}
Circle::~Circle() { count = 0; }
std::string named(const std::string &name) { return "a " + name; }
}
)";

template <typename Function> static Function *found(nlib_lib *library, const char *name) {
    void *address = nullptr;
    WORKS(nlib_symbol(library, name, &address));
    return reinterpret_cast<Function *>(address);
}

static void names(nlib_ctx *context) {
    for (nlib_linker linker : {NLIB_LINKER_JIT, NLIB_LINKER_IMAGE}) {
        nlib_source source = text_source("c++", text);
        nlib_request request = of_source(&source);
        request.linker = linker;
        nlib_lib *library = nullptr;
        void *address = nullptr;
        WORKS(nlib_load(context, &request, &library));

        CHECK(found<double(double)>(library, "shapes::area(double)")(3) == 9);
        CHECK(found<double(double, double)>(library, "shapes::area(double, double)")(3, 4) == 12);
        CHECK(found<double(const char *)>(library, "shapes::area(const char *)")("") == -1);
        CHECK(found<int(int)>(library, "shapes::twice<int>")(21) == 42);
        CHECK(found<int(int)>(library, "_ZN6shapes5twiceIiEET_S1_")(4) == 8);
        CHECK(*found<int>(library, "shapes::count") == 3);
        double circle = 0;
        found<void(double *, double)>(library, "shapes::Circle::Circle")(&circle, 2.5);
        CHECK(circle == 2.5);
        found<void(double *)>(library, "shapes::Circle::~Circle()")(&circle);
        CHECK(*found<int>(library, "shapes::count") == 0);

        nlib_error *error = nlib_symbol(library, "shapes::area", &address);
        CHECK(nlib_error_get_kind(error) == NLIB_ERROR_AMBIGUOUS && !address);
        CHECK(nlib_error_near_count(error) == 3);
        for (size_t i = 0; i < 3; i++)
            WORKS(nlib_symbol(library, nlib_error_near(error, i), &address));
        nlib_error_free(error);
        error = nlib_symbol(library, "shapes::aera", &address);
        CHECK(nlib_error_get_kind(error) == NLIB_ERROR_SYMBOL);
        CHECK(nlib_error_near(error, 0) == std::string("shapes::area"));
        nlib_error_free(error);
        WORKS(nlib_unload(library));
        nlib_release(library);
    }
}

static void exceptions(nlib_ctx *context) {
    nlib_source source = text_source(
        "c++", "#include <stdexcept>\nstruct S { S() { throw std::runtime_error(\"too early\"); } } s;\n");
    nlib_request request = of_source(&source);
    nlib_lib *library = nullptr;
    FAILS(nlib_load(context, &request, &library), NLIB_ERROR_LINK, "too early");
    CHECK(!library);

    // One that a loaded function throws reaches its caller.
    nlib_source thrower = text_source("c++", "int thrown(int x) { throw x; }\n");
    request = of_source(&thrower);
    WORKS(nlib_load(context, &request, &library));
    int caught = 0;
    try {
        found<int(int)>(library, "thrown")(6);
    } catch (int value) {
        caught = value;
    }
    CHECK(caught == 6);
    WORKS(nlib_unload(library));
    nlib_release(library);
}

struct Told {
    std::atomic<int> compiles{0}, started{0}, ready{0}, failed{0}, loaded{0}, warnings{0};
};

static void callbacks() {
    Told told;
    nlib_options options = NLIB_OPTIONS_INIT;
    nlib_ctx *context = nullptr;
    options.cache_mode = NLIB_CACHE_OFF;
    options.jobs = 2;
    options.progress_data = options.log_data = &told;
    options.progress = [](void *data, const nlib_progress *step) {
        auto &told = *static_cast<Told *>(data);
        CHECK(step->struct_size == sizeof *step && step->library && step->unit);
        switch (step->kind) {
        case NLIB_PROGRESS_COMPILES: told.compiles += int(step->count); break;
        case NLIB_PROGRESS_COMPILE_STARTED: told.started++; break;
        case NLIB_PROGRESS_UNIT_READY:
            CHECK(!step->cached && step->elapsed_ns > 0);
            told.ready++;
            break;
        case NLIB_PROGRESS_UNIT_FAILED: told.failed++; break;
        case NLIB_PROGRESS_LOADED: told.loaded += step->library == std::string("told"); break;
        default: break;
        }
    };
    options.log = [](void *data, nlib_log_level level, const char *message) {
        if (level == NLIB_LOG_WARNING && std::string(message).find("unused") != std::string::npos)
            static_cast<Told *>(data)->warnings++;
    };
    WORKS(nlib_open(&options, &context));
    nlib_source sources[] = {
        text_source("c", "int one(void) { int idle; return 1; }\n"),
        text_source("c", "int two(void) { return 2; }\n"),
    };
    const char *flags[] = {"-Wall"};
    nlib_request request = NLIB_REQUEST_INIT;
    nlib_lib *library = nullptr;
    request.sources = sources;
    request.source_count = 2;
    request.name = "told";
    request.flags = flags;
    request.flag_count = 1;
    WORKS(nlib_load(context, &request, &library));
    CHECK(told.compiles == 2 && told.started == 2 && told.ready == 2 && told.loaded == 1);
    CHECK(told.warnings == 1 && told.failed == 0);
    sources[0] = text_source("c", "int one(void) { return none; }\n");
    nlib_lib *failed = nullptr;
    FAILS(nlib_load(context, &request, &failed), NLIB_ERROR_COMPILE, "none");
    CHECK(told.failed == 1);
    nlib_release(library);
    nlib_close(context);
}

int main() {
    nlib_ctx *context = opened();
    names(context);
    exceptions(context);
    nlib_close(context);
    callbacks();
    puts("C++ works");
}
