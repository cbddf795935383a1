// about: equal names in the anonymous namespaces of two units are two classes, two functions, two objects
// program: main.cpp other.cpp
//--- main.cpp
#include <cstdio>
namespace {
struct Hidden {
    virtual ~Hidden() {}
    virtual int value() { return 1; }
};
int count = 10;
int step() { return ++count; }
}
int other();
int main() {
    Hidden hidden;
    int mine = step() + hidden.value();
    std::printf("%d %d\n", mine, other());
    std::printf("mine again %d\n", step());
}
//--- other.cpp
namespace {
struct Hidden {
    virtual ~Hidden() {}
    virtual int value() { return 100; }
};
int count = 20;
int step() { return ++count; }
}
int other() {
    Hidden hidden;
    return step() + hidden.value();
}
