// about: at exit a library's destructor function runs before its static objects end; in the program it is the other way round
// library base: base.cpp
// program: main.cpp with base
//--- base.cpp
#include <cstdio>
static struct Base {
    ~Base() { std::puts("base object"); }
} base;
__attribute__((destructor)) static void leave() { std::puts("base destructor function"); }
int base_is_used() { return 1; }
//--- main.cpp
#include <cstdio>
int base_is_used();
static struct Program {
    ~Program() { std::puts("program object"); }
} program;
__attribute__((destructor)) static void leave() { std::puts("program destructor function"); }
int main() { return base_is_used() - 1; }
