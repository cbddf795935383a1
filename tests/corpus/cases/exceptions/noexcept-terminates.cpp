// about: an exception that meets noexcept calls the terminate handler of the program, with the exception current
// flags: -Wno-exceptions
#include <cstdio>
#include <cstdlib>
#include <exception>
static void handler() {
    try {
        throw;
    } catch (int value) {
        std::printf("terminate with %d\n", value);
    }
    std::fflush(stdout);
    std::_Exit(6);
}
__attribute__((noinline)) static void promises(int value) noexcept {
    if (value) throw value + 10;
}
int main(int count, char **) {
    std::set_terminate(handler);
    try {
        promises(count);
    } catch (...) {
        std::puts("never caught");
    }
}
