// about: an inline function and its local static are one over three units, by address and by value
// program: main.cpp second.cpp third.cpp
//--- shared.h
inline int &next() {
    static int number = 10;
    return number;
}
template <class T> T *address() {
    static T object;
    return &object;
}
//--- main.cpp
#include "shared.h"
#include <cstdio>
int *second();
int *third();
int *(*second_function())();
int main() {
    next()++;
    std::printf("one template static: %s\n", address<int>() == second() && second() == third() ? "yes" : "no");
    int *(*volatile mine)() = address<int>;
    std::printf("one function: %s\n", mine == second_function() ? "yes" : "no");
    std::printf("value %d\n", next());
}
//--- second.cpp
#include "shared.h"
int *second() { next() += 5; return address<int>(); }
int *(*second_function())() { return address<int>; }
//--- third.cpp
#include "shared.h"
int *third() { next() += 20; return address<int>(); }
