// about: a weak function of a library is called as the library has it, a weak one in a unit yields to the strong one
// library soft: soft.cpp firm.cpp
// program: main.cpp with soft
//--- soft.cpp
#include <cstdio>
__attribute__((weak)) const char *name() { return "weak"; }
__attribute__((weak)) const char *alone() { return "weak alone"; }
void tell() { std::printf("%s, %s\n", name(), alone()); }
//--- firm.cpp
const char *name() { return "strong"; }
//--- main.cpp
void tell();
int main() { tell(); }
