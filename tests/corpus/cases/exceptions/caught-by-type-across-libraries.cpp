// about: a class without key function, thrown in one library, is caught by its type in another and in the program
// library thrower: thrower.cpp
// library catcher: catcher.cpp with thrower
// program: main.cpp with catcher thrower
//--- error.h
struct Base {
    int code;
    explicit Base(int given) : code(given) {}
    virtual ~Base() {}
};
struct Left : Base { using Base::Base; };
struct Right : Base { using Base::Base; };
template <class T> struct Tagged { T tag; };
//--- thrower.cpp
#include "error.h"
void throws(int which) {
    switch (which) {
    case 1: throw Left(11);
    case 2: throw Right(22);
    case 3: throw Tagged<int>{33};
    default: throw Tagged<long>{44};
    }
}
//--- catcher.cpp
#include "error.h"
void throws(int which);
int catches(int which) {
    try {
        throws(which);
    } catch (const Left &left) {
        return left.code;
    } catch (const Tagged<int> &tagged) {
        return tagged.tag;
    }
    return 0;
}
//--- main.cpp
#include "error.h"
#include <cstdio>
void throws(int which);
int catches(int which);
int main() {
    std::printf("the library catches %d and %d\n", catches(1), catches(3));
    try {
        catches(2);
    } catch (const Left &) {
        std::puts("wrong type");
    } catch (const Base &base) {
        std::printf("the program catches the base of %d\n", base.code);
    }
    try {
        throws(4);
    } catch (const Tagged<long> &tagged) {
        std::printf("the program catches %ld\n", tagged.tag);
    }
}
