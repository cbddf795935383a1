// about: an inline variable of a library, of its dependency and of the program is one object, constructed and destroyed once
// flags: -std=c++17
// library base: base.cpp
// library upper: upper.cpp with base
// program: main.cpp with upper base
//--- shared.h
#include <cstdio>
struct Note {
    int users = 0;
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy, %d users\n", users); }
};
inline Note shared;
//--- base.cpp
#include "shared.h"
Note *base_note() { shared.users++; return &shared; }
//--- upper.cpp
#include "shared.h"
Note *base_note();
Note *upper_note() { shared.users++; return base_note() == &shared ? &shared : nullptr; }
//--- main.cpp
#include "shared.h"
Note *upper_note();
int main() {
    shared.users++;
    std::printf("one object: %s\n", &shared == upper_note() ? "yes" : "no");
}
