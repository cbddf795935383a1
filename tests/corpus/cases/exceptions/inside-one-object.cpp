// about: an exception thrown and caught in one object runs the destructors between, innermost first
#include <cstdio>
#include <stdexcept>
#include <string>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) {}
    ~Note() { std::printf("unwind %s\n", name); }
};
__attribute__((noinline)) static void inner(int value) {
    Note note("inner");
    if (value > 0) throw std::runtime_error("value " + std::to_string(value));
}
__attribute__((noinline)) static void middle(int value) {
    Note first("middle first"), second("middle second");
    inner(value);
}
int main(int count, char **) {
    try {
        Note note("main");
        middle(count);
    } catch (const std::runtime_error &error) {
        std::printf("caught %s\n", error.what());
    }
}
