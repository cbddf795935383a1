// about: an atexit handler registered by a static constructor runs in sequence with the destructors around it
#include <cstdio>
#include <cstdlib>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) {}
    ~Note() { std::printf("destroy %s\n", name); }
};
struct Registers {
    Registers() { std::atexit([] { std::puts("handler of the constructor"); }); }
    ~Registers() { std::puts("destroy the registering object"); }
};
static Note before("before");
static Registers registers;
static Note after("after");
int main() {
    std::atexit([] { std::puts("handler of main"); });
    std::puts("main returns");
}
