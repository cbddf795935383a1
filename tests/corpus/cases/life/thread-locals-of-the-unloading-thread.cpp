// about: thread_local objects of the thread that unloads are destroyed once, and nothing of them is left to crash at exit
// library slots: slots.cpp
// step: load slots
// step: call slots use
// step: unload slots
// step: exit 0
// refused jit: thread-local
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
