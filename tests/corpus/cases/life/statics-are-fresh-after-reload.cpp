// about: unloading destroys a library's static objects once; loading again constructs new ones with new values
// library counter: counter.cpp
// step: load counter
// step: call counter next
// step: call counter next
// step: unload counter
// step: load counter
// step: call counter next
// step: unload counter
// step: load counter
// step: unload counter
// step: exit 0
//--- counter.cpp
#include <cstdio>
static int number = 5;
static struct Note {
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy at %d\n", number); }
} note;
extern "C" int next() { return ++number; }
