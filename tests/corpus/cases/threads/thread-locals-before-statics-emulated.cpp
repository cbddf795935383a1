// about: the same with emulated thread-locals: destroyed before static objects, at exit()
// flags: -femulated-tls
#include <cstdio>
#include <cstdlib>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
static Note global("static");
static thread_local Note own("thread-local");
int main(int count, char **) {
    std::printf("main uses %s\n", own.name);
    static Note late("late static");
    if (count) std::exit(4);
}
