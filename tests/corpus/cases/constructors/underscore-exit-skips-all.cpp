// about: _Exit ends at once: neither atexit handlers nor destructors run
#include <cstdio>
#include <cstdlib>
struct Note {
    ~Note() { std::puts("destructor ran"); }
};
static Note global;
int main() {
    std::atexit([] { std::puts("atexit handler ran"); });
    std::puts("main leaves");
    std::fflush(stdout);
    std::_Exit(5);
}
