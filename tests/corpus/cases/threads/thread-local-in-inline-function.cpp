// about: a thread_local of an inline function is one for each thread over two units and a library
// flags: -pthread
// library upper: upper.cpp
// program: main.cpp other.cpp with upper
// refused jit: thread-local
//--- counter.h
inline int &counter() {
    static thread_local int count = 0;
    return count;
}
//--- upper.cpp
#include "counter.h"
void from_library() { counter() += 100; }
//--- other.cpp
#include "counter.h"
void from_other_unit() { counter() += 10; }
//--- main.cpp
#include "counter.h"
#include <cstdio>
#include <thread>
void from_library();
void from_other_unit();
static void all(const char *who) {
    from_library();
    from_other_unit();
    counter()++;
    std::printf("%s: %d\n", who, counter());
}
int main() {
    all("main");
    std::thread([] { all("thread"); }).join();
    all("main");
}
