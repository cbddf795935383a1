// about: the vtable and typeinfo stand where the key function is; other units use them from there
// program: main.cpp key.cpp
//--- shape.h
struct Shape {
    virtual ~Shape() {}
    virtual int sides() const;
    virtual const char *name() const { return "shape"; }
};
struct Square : Shape {
    int sides() const override;
    const char *name() const override { return "square"; }
};
//--- key.cpp
#include "shape.h"
int Shape::sides() const { return 0; }
int Square::sides() const { return 4; }
Shape *make() { return new Square; }
//--- main.cpp
#include "shape.h"
#include <cstdio>
#include <typeinfo>
Shape *make();
int main() {
    Shape *made = make(), mine;
    std::printf("%s has %d sides, %s has %d\n", made->name(), made->sides(), mine.name(), mine.sides());
    std::printf("%s %d\n", typeid(*made).name(), typeid(*made) == typeid(Square));
    std::printf("cast: %s\n", dynamic_cast<Square *>(made) ? "yes" : "no");
    delete made;
}
