// about: a dependency is constructed once and before its users, whichever of them is loaded first
// library base: base.cpp
// library left: left.cpp with base
// library right: right.cpp with base
// step: load right
// step: load base
// step: load left
// step: call left left_value
// step: call right right_value
// step: unload right
// step: call left left_value
// step: unload left
// step: unload base
// step: load base
// step: load left
// step: load right
// step: call right right_value
// step: exit 0
//--- note.h
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
int base_next();
//--- base.cpp
#include "note.h"
static Note note("base");
static int number;
int base_next() { return ++number; }
//--- left.cpp
#include "note.h"
static Note note("left");
extern "C" int left_value() { return base_next() + 100; }
//--- right.cpp
#include "note.h"
static Note note("right");
extern "C" int right_value() { return base_next() + 200; }
