// about: exceptions go from a library into the program, and from the program's callback through the library back
// library walker: walker.cpp
// program: main.cpp with walker
//--- walker.cpp
#include <cstdio>
#include <stdexcept>
struct Guard {
    ~Guard() { std::puts("library frame unwound"); }
};
void walk(int count, void (*visit)(int)) {
    Guard guard;
    if (count < 0) throw std::out_of_range("negative count");
    for (int index = 0; index < count; index++) visit(index);
}
//--- main.cpp
#include <cstdio>
#include <stdexcept>
void walk(int count, void (*visit)(int));
struct Stop { int at; };
int main() {
    try {
        walk(-1, nullptr);
    } catch (const std::out_of_range &error) {
        std::printf("from the library: %s\n", error.what());
    }
    try {
        walk(5, [](int index) {
            if (index == 3) throw Stop{index};
        });
    } catch (const Stop &stop) {
        std::printf("from the callback: stopped at %d\n", stop.at);
    }
}
