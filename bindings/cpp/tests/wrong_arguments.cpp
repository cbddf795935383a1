// Calls with too few, too many and wrong arguments do not compile: functions have the types of the header.
#include <nlib.hpp>

#include <cstdlib>
#include <string>

#include "kit.h"

int main() {
    nlib::context context;
    nlib::library kit = context.load(std::string(std::getenv("NLIB_FIXTURES")) + "/kit.c");
    auto add = kit.fn<decltype(kit_add)>("kit_add");
#if MISTAKE == 1
    return add(1);
#elif MISTAKE == 2
    return add(1, 2, 3);
#elif MISTAKE == 3
    return add(1, "two");
#else
    return add(-1, 1);
#endif
}
