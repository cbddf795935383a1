// about: a library's static objects are constructed after those of the libraries it uses, and destroyed before them
// library base: base.cpp
// library middle: middle.cpp with base
// program: main.cpp with middle base
//--- note.h
#include <cstdio>
struct Note {
    const char *name;
    explicit Note(const char *given) : name(given) { std::printf("construct %s\n", name); }
    ~Note() { std::printf("destroy %s\n", name); }
};
//--- base.cpp
#include "note.h"
static Note note("base");
int base_value() { return 3; }
//--- middle.cpp
#include "note.h"
int base_value();
static Note note("middle");
static int from_base = base_value() * 7;
int middle_value() { return from_base; }
//--- main.cpp
#include "note.h"
int middle_value();
static Note note("program");
static int computed = middle_value() * 2;
int main() { std::printf("main has %d\n", computed); }
