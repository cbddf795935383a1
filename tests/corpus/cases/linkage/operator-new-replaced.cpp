// about: operator new of a program serves the program alone: its libraries keep that of the C++ runtime
// differs: natively one operator new serves the whole process; nlib says that it does not
//> program: served by its own
//> library: served by the runtime's
// library user: user.cpp
// program: main.cpp with user
//--- user.cpp
int *from_library() { return new int(5); }
//--- main.cpp
#include <cstdio>
#include <cstdlib>
#include <new>
static int made;
void *operator new(std::size_t size) {
    made++;
    if (void *memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
int *from_library();
static void tell(const char *who) {
    std::printf("%s: served by %s\n", who, made ? "its own" : "the runtime's");
    made = 0;
}
int main(int count, char **) {
    made = 0;
    int *volatile own = new int(count);
    delete own;
    tell("program");
    int *volatile other = from_library();
    delete other;
    tell("library");
}
