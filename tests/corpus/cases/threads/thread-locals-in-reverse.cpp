// about: thread_local objects of one thread are destroyed in reverse order of their construction
// flags: -pthread
// refused jit: thread-local
#include <cstdio>
#include <thread>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
static void second() { static thread_local Note note("second"); }
static void first() { static thread_local Note note("first"); }
static void third() { thread_local Note note("third"); }
int main() {
    std::thread([] {
        first();
        second();
        third();
        first();
    }).join();
    third();
    std::puts("main returns");
}
