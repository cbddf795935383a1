// about: a class's own operator new and delete are called through a base pointer of another unit
// program: main.cpp other.cpp
//--- base.h
struct Base {
    virtual ~Base();
};
//--- other.cpp
#include "base.h"
Base::~Base() {}
void destroy(Base *base) { delete base; }
//--- main.cpp
#include "base.h"
#include <cstdio>
#include <cstdlib>
void destroy(Base *base);
static std::size_t allocated, released;
struct Derived : Base {
    long numbers[4];
    static void *operator new(std::size_t size) { allocated = size; return std::malloc(size); }
    static void operator delete(void *memory, std::size_t size) { released = size; std::free(memory); }
};
int main() {
    destroy(new Derived);
    std::printf("equal sizes: %s, the derived one's: %s\n", allocated == released ? "yes" : "no",
                released == sizeof(Derived) ? "yes" : "no");
}
