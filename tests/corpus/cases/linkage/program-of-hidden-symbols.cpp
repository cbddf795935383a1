// about: a program compiled with -fvisibility=hidden has a main like any other
// flags: -fvisibility=hidden
// program: main.cpp other.cpp
//--- main.cpp
#include <cstdio>
int other();
int main() {
    std::printf("other %d\n", other());
    return 3;
}
//--- other.cpp
int other() { return 12; }
