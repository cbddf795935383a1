// about: with -fno-rtti virtual calls and exceptions of plain types work
// flags: -fno-rtti
// program: main.cpp other.cpp
//--- base.h
struct Base {
    virtual ~Base();
    virtual int value() const;
};
//--- other.cpp
#include "base.h"
Base::~Base() {}
int Base::value() const { return 1; }
void throws(int value) { throw value; }
//--- main.cpp
#include "base.h"
#include <cstdio>
void throws(int value);
struct Derived : Base {
    int value() const override { return Base::value() + 1; }
};
int main() {
    Derived derived;
    Base &base = derived;
    try {
        throws(base.value());
    } catch (int caught) {
        std::printf("caught %d\n", caught);
    }
}
