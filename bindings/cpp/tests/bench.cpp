// What loading and calling costs in C++, beside dlopen of the same library built before. See benches/hosts.py.
#include <nlib.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "kit.h"

namespace {

using clock_type = std::chrono::steady_clock;

double nanoseconds(clock_type::time_point since) {
    return std::chrono::duration<double, std::nano>(clock_type::now() - since).count();
}

// The median of some runs, in nanoseconds each.
template <typename Work> double median(int runs, Work work) {
    std::vector<double> times;
    for (int i = 0; i < runs; i++) {
        const auto start = clock_type::now();
        work();
        times.push_back(nanoseconds(start));
    }
    std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
    return times[std::size_t(runs) / 2];
}

constexpr int CALLS = 1000000;

double call(decltype(kit_add) *add) {
    return median(5, [&] {
               volatile int sum = 0;
               for (int i = 0; i < CALLS; i++)
                   sum = add(sum, 1);
           }) /
           CALLS;
}

double struct_call(decltype(kit_mid) *mid) {
    return median(5, [&] {
               kit_point point{0, 1};
               for (int i = 0; i < CALLS; i++)
                   point = mid(point, {1, 1});
               volatile double kept = point.x;
               (void)kept;
           }) /
           CALLS;
}

} // namespace

int main(int, char **arguments) {
    const std::string source = std::string(std::getenv("NLIB_FIXTURES")) + "/kit.c";
    // Each load has a context of its own, and unloads: nothing is there but what the cache has.
    const auto load = [&] {
        nlib::context context;
        nlib::library kit = context.load(source);
        kit.headers().describe("kit_add");
        kit.fn<decltype(kit_add)>("kit_add")(1, 2);
        kit.unload();
    };
    load();
    std::printf("way nlib\n");
    std::printf("load %.1f\n", median(21, load) / 1000);
    nlib::context context;
    nlib::library kit = context.load(source);
    std::printf("call %.2f\n", call(kit.fn<decltype(kit_add)>("kit_add")));
    std::printf("call-struct %.2f\n", struct_call(kit.fn<decltype(kit_mid)>("kit_mid")));

    const auto open = [&] {
        void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (!library)
            std::exit(1);
        reinterpret_cast<decltype(kit_add) *>(dlsym(library, "kit_add"))(1, 2);
        dlclose(library);
    };
    open();
    std::printf("way dlopen\n");
    std::printf("load %.1f\n", median(21, open) / 1000);
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    std::printf("call %.2f\n", call(reinterpret_cast<decltype(kit_add) *>(dlsym(library, "kit_add"))));
    std::printf("call-struct %.2f\n",
                struct_call(reinterpret_cast<decltype(kit_mid) *>(dlsym(library, "kit_mid"))));
}
