// about: static members of a class template are one object over two units, constructed once
// program: first.cpp second.cpp
//--- counter.h
#include <cstdio>
struct Note {
    int value = 10;
    Note() { std::puts("construct"); }
    ~Note() { std::printf("destroy with %d\n", value); }
};
template <class T> struct Holder { static Note note; };
template <class T> Note Holder<T>::note;
//--- first.cpp
#include "counter.h"
void other();
int main() {
    Holder<int>::note.value += 1;
    other();
    std::printf("main sees %d\n", Holder<int>::note.value);
}
//--- second.cpp
#include "counter.h"
void other() { Holder<int>::note.value += 5; }
