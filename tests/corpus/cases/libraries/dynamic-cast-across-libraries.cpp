// about: dynamic_cast and typeid see one class over libraries, with a vague vtable and with a key function
// library shapes: shapes.cpp
// library maker: maker.cpp with shapes
// program: main.cpp with maker shapes
//--- shapes.h
struct Shape {
    virtual ~Shape();
};
struct Named { // no key function: its vtable is in each library
    virtual ~Named() {}
    virtual const char *name() const { return "named"; }
};
struct Circle : Shape, Named {
    const char *name() const override { return "circle"; }
};
struct Square : Shape {
    ~Square();
};
//--- shapes.cpp
#include "shapes.h"
Shape::~Shape() {}
Square::~Square() {}
//--- maker.cpp
#include "shapes.h"
#include <typeinfo>
Shape *make(int which) { return which ? static_cast<Shape *>(new Circle) : new Square; }
const std::type_info &circle_type() { return typeid(Circle); }
//--- main.cpp
#include "shapes.h"
#include <cstdio>
#include <typeindex>
#include <typeinfo>
Shape *make(int which);
const std::type_info &circle_type();
int main() {
    for (int which = 0; which < 2; which++) {
        Shape *shape = make(which);
        Named *named = dynamic_cast<Named *>(shape);
        std::printf("%s, square: %s, circle: %s\n", named ? named->name() : "no name",
                    dynamic_cast<Square *>(shape) ? "yes" : "no", typeid(*shape) == circle_type() ? "yes" : "no");
        std::printf("found by index: %s\n", std::type_index(typeid(*shape)) == std::type_index(typeid(Circle)) ? "yes" : "no");
        delete shape;
    }
}
