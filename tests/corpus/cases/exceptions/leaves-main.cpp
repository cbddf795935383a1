// about: an exception that leaves main calls the program's terminate handler
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
int main(int count, char **) {
    std::set_terminate([] {
        std::puts("the handler is asked");
        std::fflush(stdout);
        std::_Exit(7);
    });
    if (count) throw std::runtime_error("unhandled");
}
