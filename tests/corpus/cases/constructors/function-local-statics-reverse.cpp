// about: function-local statics are destroyed in reverse order of their construction, not of their text
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
static Note global("global");
static void one() { static Note note("one"); }
static void two() { static Note note("two"); }
static void three() { static Note note("three"); }
int main() {
    three();
    one();
    three();
    two();
    std::puts("main returns");
}
