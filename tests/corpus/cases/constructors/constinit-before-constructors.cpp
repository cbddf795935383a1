// about: constinit and constexpr-constructed objects have their values before any constructor runs
// flags: -std=c++20
// program: uses.cpp defines.cpp
//--- uses.cpp
#include <cstdio>
extern int ready;
extern int dynamic;
int compute(int value) { return value + 1; }
static struct Looks {
    Looks() { std::printf("ready %d, dynamic %d\n", ready, dynamic); }
} looks;
int main() { std::printf("ready %d, dynamic %d\n", ready, dynamic); }
//--- defines.cpp
int compute(int value);
consteval int square(int value) { return value * value; }
constinit int ready = square(9);
extern int dynamic;
static volatile int input = 4;
int dynamic = compute(input);
