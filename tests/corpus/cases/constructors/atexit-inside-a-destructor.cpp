// about: an atexit handler registered while destructors run runs next, before the destructors that remain
#include <cstdio>
#include <cstdlib>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) {}
    ~Note() { std::printf("destroy %s\n", name); }
};
struct Registers {
    ~Registers() {
        std::puts("registers a handler");
        std::atexit([] { std::puts("late handler"); });
    }
};
static Note remains("what remains");
static Registers registers;
int main() { std::puts("main returns"); }
