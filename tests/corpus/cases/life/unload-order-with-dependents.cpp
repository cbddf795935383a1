// about: a library that another is linked to cannot be unloaded before that one; each is destroyed once
// library base: base.cpp
// library top: top.cpp with base
// step: load top
// step: call top top_value
// step: refused-unload base linked against
// step: call top top_value
// step: unload top
// step: unload base
// step: exit 0
//--- base.cpp
#include <cstdio>
static struct Note {
    ~Note() { std::puts("destroy base"); }
} note;
static int value = 1;
int base_value() { return value *= 3; }
//--- top.cpp
#include <cstdio>
int base_value();
static struct Note {
    ~Note() { std::printf("destroy top, base still answers %d\n", base_value()); }
} note;
extern "C" int top_value() { return base_value() + 1000; }
