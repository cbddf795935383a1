// about: an inline variable used by three units is one object, constructed and destroyed once
// flags: -std=c++17
// program: first.cpp second.cpp third.cpp
//--- shared.h
#include <cstdio>
struct Note {
    int users = 0;
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy, %d users\n", users); }
};
inline Note shared;
//--- first.cpp
#include "shared.h"
Note *second();
Note *third();
int main() {
    shared.users++;
    std::printf("one object: %s\n", &shared == second() && &shared == third() ? "yes" : "no");
}
//--- second.cpp
#include "shared.h"
Note *second() { shared.users++; return &shared; }
//--- third.cpp
#include "shared.h"
Note *third() { shared.users++; return &shared; }
