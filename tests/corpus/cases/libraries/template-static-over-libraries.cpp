// about: a static member of a template is one over a library, its dependency and the program
// library base: base.cpp
// library upper: upper.cpp with base
// program: main.cpp with upper base
//--- shared.h
template <class T> struct Counter { static int count; };
template <class T> int Counter<T>::count = 0;
//--- base.cpp
#include "shared.h"
void base() { Counter<int>::count += 1; Counter<long>::count += 7; }
//--- upper.cpp
#include "shared.h"
void upper() { Counter<int>::count += 20; }
//--- main.cpp
#include "shared.h"
#include <cstdio>
void base();
void upper();
int main() {
    base();
    upper();
    Counter<int>::count += 300;
    std::printf("%d %d\n", Counter<int>::count, Counter<long>::count);
}
