// about: quick_exit runs the at_quick_exit handlers in reverse order and no destructor
#include <cstdio>
#include <cstdlib>
struct Note {
    ~Note() { std::puts("destructor ran"); }
};
static Note global;
__attribute__((destructor)) static void leave() { std::puts("destructor function ran"); }
int main() {
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::atexit([] { std::puts("atexit handler ran"); });
    std::at_quick_exit([] { std::puts("first quick handler"); });
    std::at_quick_exit([] { std::puts("second quick handler"); });
    std::quick_exit(9);
}
