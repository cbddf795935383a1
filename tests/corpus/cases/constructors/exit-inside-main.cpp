// about: exit() inside main destroys static and local static objects once, and not main's own objects
#include <cstdio>
#include <cstdlib>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) {}
    ~Note() { std::printf("destroy %s\n", name); }
};
static Note global("global");
int main() {
    static Note local_static("local static");
    Note automatic("automatic");
    std::puts("main calls exit");
    std::exit(7);
}
