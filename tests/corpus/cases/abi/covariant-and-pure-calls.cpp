// about: covariant results adjust the pointer over units; a pure virtual call in a constructor aborts
// program: main.cpp base.cpp
//--- base.h
struct Left { virtual ~Left() {} int left = 1; };
struct Right { virtual ~Right() {} int right = 2; virtual Right *clone() const; };
struct Both : Left, Right {
    int both = 3;
    Both *clone() const override;
};
struct Abstract {
    Abstract();
    virtual ~Abstract() {}
    virtual void act() = 0;
};
void call(Abstract *object);
//--- base.cpp
#include "base.h"
Right *Right::clone() const { return new Right(*this); }
Both *Both::clone() const { return new Both(*this); }
void call(Abstract *object) { object->act(); }
Abstract::Abstract() { call(this); }
//--- main.cpp
#include "base.h"
#include <cstdio>
struct Concrete : Abstract {
    void act() override { std::puts("never reached"); }
};
int main() {
    Both both;
    both.right = 20;
    Right *right = &both, *copy = right->clone();
    Both *exact = dynamic_cast<Both *>(copy);
    std::printf("%d %d %d\n", copy->right, exact->left, exact->both);
    delete copy;
    std::fflush(stdout);
    Concrete concrete;
}
