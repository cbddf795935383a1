// about: emulated thread-locals of the thread that unloads are destroyed once, and nothing is left to crash at exit
// flags: -femulated-tls
// library slots: slots.cpp
// step: load slots
// step: call slots use
// step: unload slots
// step: exit 0
// differs: dlclose keeps the library until the thread that holds such objects ends; nlib destroys the unloading thread's own and unloads
//> load slots
//> use = 7
//> unload slots
//> destroy the thread's object
//> destroy the static object
//> exit 0
//--- slots.cpp
#include <cstdio>
static struct Note {
    ~Note() { std::puts("destroy the static object"); }
} note;
struct Slot {
    int number = 7;
    ~Slot() { std::puts("destroy the thread's object"); }
};
static thread_local Slot slot;
extern "C" int use() { return slot.number; }
