// about: an exception that leaves a thread's function calls the program's terminate handler
// flags: -pthread
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
int main(int count, char **) {
    std::set_terminate([] {
        std::puts("the handler is asked");
        std::fflush(stdout);
        std::_Exit(8);
    });
    std::thread([count] {
        if (count) throw count;
    }).join();
    std::puts("not reached");
}
