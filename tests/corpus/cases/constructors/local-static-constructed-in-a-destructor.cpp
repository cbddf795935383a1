// about: a local static first reached from a static destructor is constructed then, and destroyed too
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
struct Late {
    ~Late() {
        static Note late("late");
        std::puts("destroy the outer one");
    }
};
static Late outer;
int main() { std::puts("main returns"); }
