// about: the same with emulated thread-locals: each thread's object ends with it, a reload starts anew
// flags: -pthread -femulated-tls
// library slots: slots.cpp
// step: load slots
// step: thread slots use
// step: thread slots use
// step: unload slots
// step: load slots
// step: thread slots use
// step: unload slots
//--- slots.cpp
#include <atomic>
#include <cstdio>
static std::atomic<int> made;
struct Slot {
    int number = ++made;
    ~Slot() { std::printf("destroy slot %d\n", number); }
};
static thread_local Slot slot;
extern "C" int use() { return slot.number * 10; }
