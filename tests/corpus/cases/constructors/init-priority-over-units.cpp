// about: init_priority orders static objects over several units, whatever the order of the units
// program: late.cpp main.cpp early.cpp
//--- note.h
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
//--- late.cpp
#include "note.h"
__attribute__((init_priority(3000))) Note late("priority 3000");
Note plain("without priority");
//--- main.cpp
#include "note.h"
__attribute__((init_priority(2000))) Note middle("priority 2000");
int main() { std::puts("main runs"); }
//--- early.cpp
#include "note.h"
__attribute__((init_priority(65535))) Note last("priority 65535");
__attribute__((init_priority(101))) Note early("priority 101");
