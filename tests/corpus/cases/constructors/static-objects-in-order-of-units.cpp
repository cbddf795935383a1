// about: static objects are constructed unit by unit in link order and destroyed in the reverse order
// program: first.cpp second.cpp third.cpp
//--- note.h
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
//--- first.cpp
#include "note.h"
static Note upper("first upper");
static Note lower("first lower");
int main() { std::puts("main runs"); }
//--- second.cpp
#include "note.h"
static Note upper("second upper");
Note lower("second lower");
//--- third.cpp
#include "note.h"
namespace {
Note only("third only");
}
