// about: exit() inside a static constructor ends before main and destroys what was constructed until then
#include <cstdio>
#include <cstdlib>
struct Note {
    const char *name;
    explicit Note(const char *given, bool leaves = false) : name(given) {
        std::printf("construct %s\n", name);
        if (leaves) std::exit(6);
    }
    ~Note() { std::printf("destroy %s\n", name); }
};
static volatile bool leaves = true;
static Note first("first");
static Note second("second", leaves);
static Note third("third");
int main() { std::puts("never reached"); }
