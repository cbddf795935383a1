// about: an inline function works everywhere, and has an address of its own in each library
// differs: functions are not shared between libraries, so that unrelated ones of one name never meet; inline variables are
//> 21, one address: no
//> 42, one address: no
// library base: base.cpp
// library upper: upper.cpp with base
// program: main.cpp with upper base
//--- shared.h
using Function = int (*)(int);
inline int twice(int value) { return value * 2; }
template <class T> T same(T value) { return value; }
//--- base.cpp
#include "shared.h"
Function base_function(int which) { return which ? twice : same<int>; }
//--- upper.cpp
#include "shared.h"
Function upper_function(int which) { return which ? twice : same<int>; }
//--- main.cpp
#include "shared.h"
#include <cstdio>
Function base_function(int which);
Function upper_function(int which);
int main() {
    for (int which = 0; which < 2; which++) {
        Function volatile mine = which ? twice : same<int>;
        Function function = mine;
        std::printf("%d, one address: %s\n", function(21),
                    function == base_function(which) && function == upper_function(which) ? "yes" : "no");
    }
}
