// about: the local static of an inline function is one over a library, its dependency and the program
// library base: base.cpp
// library upper: upper.cpp with base
// program: main.cpp with upper base
//--- shared.h
#include <cstdio>
struct Note {
    int value = 1;
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy with %d\n", value); }
};
inline Note &note() {
    static Note instance;
    return instance;
}
//--- base.cpp
#include "shared.h"
void base() { note().value += 10; }
//--- upper.cpp
#include "shared.h"
void base();
void upper() {
    base();
    note().value += 100;
}
//--- main.cpp
#include "shared.h"
void upper();
int main() {
    upper();
    note().value += 1000;
}
