// about: a thread_local object of one library is used by another and by the program: one for each thread
// flags: -pthread
// library holder: holder.cpp
// library user: user.cpp with holder
// program: main.cpp with user holder
// refused jit: thread-local
//--- holder.h
#include <cstdio>
struct Note {
    int value;
    Note();
    ~Note();
};
extern thread_local Note note;
//--- holder.cpp
#include "holder.h"
Note::Note() : value(1) {}
Note::~Note() { std::printf("destroy with %d\n", value); }
thread_local Note note;
//--- user.cpp
#include "holder.h"
void multiply(int factor) { note.value *= factor; }
//--- main.cpp
#include "holder.h"
#include <thread>
void multiply(int factor);
int main() {
    note.value += 1;
    std::thread([] {
        multiply(5);
        note.value += 1;
    }).join();
    multiply(10);
    std::printf("main has %d\n", note.value);
}
