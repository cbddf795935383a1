// about: operator new and delete of a program serve its own units, its library and the standard library
// library user: user.cpp
// program: main.cpp with user
//--- user.cpp
int *from_library() { return new int(5); }
void back_to_library(int *pointer) { delete pointer; }
//--- main.cpp
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sstream>
#include <string>
static int made, freed;
void *operator new(std::size_t size) {
    made++;
    if (void *memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { freed += memory != nullptr; std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { freed += memory != nullptr; std::free(memory); }
int *from_library();
void back_to_library(int *pointer);
static void tell(const char *who) {
    std::printf("%s: made %s, all freed: %s\n", who, made ? "some" : "none", made == freed ? "yes" : "no");
    made = freed = 0;
}
int main(int count, char **) {
    made = freed = 0;
    int *volatile own = new int(count);
    delete own;
    tell("program");
    back_to_library(from_library());
    tell("library");
    {
        std::ostringstream stream;
        stream << "a text that is too long for the buffer inside a string, number " << count;
        std::string text = stream.str();
    }
    tell("standard library");
}
