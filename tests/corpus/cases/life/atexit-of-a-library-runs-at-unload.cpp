// about: atexit handlers that a library registered run at its unload, among its static destructors
// library handlers: handlers.cpp
// step: load handlers
// step: call handlers more
// step: unload handlers
// step: exit 0
//--- handlers.cpp
#include <cstdio>
#include <cstdlib>
static struct Note {
    Note() { std::atexit([] { std::puts("handler of the constructor"); }); }
    ~Note() { std::puts("destroy"); }
} note;
extern "C" int more() { return std::atexit([] { std::puts("handler of a call"); }); }
