// about: casts among multiple and virtual bases agree between a library and the program, by this-adjusting thunks
// library animals: animals.cpp
// program: main.cpp with animals
//--- animals.h
struct Named {
    const char *name = "nameless";
    virtual ~Named() {}
    virtual int legs() const = 0;
};
struct Swims : virtual Named {
    int depth = 10;
    virtual int swim() const { return depth + legs(); }
};
struct Flies : virtual Named {
    int height = 200;
    virtual int fly() const { return height + legs(); }
};
struct Duck : Swims, Flies {
    Duck();
    int legs() const override;
    int fly() const override;
};
Flies *make_duck();
//--- animals.cpp
#include "animals.h"
Duck::Duck() { name = "duck"; }
int Duck::legs() const { return 2; }
int Duck::fly() const { return Flies::fly() * 10 + depth; }
Flies *make_duck() { return new Duck; }
//--- main.cpp
#include "animals.h"
#include <cstdio>
struct Goose final : Duck {
    int extra = 5;
    int legs() const override { return 2 + extra; }
};
static void tell(Named *named) {
    Swims *swims = dynamic_cast<Swims *>(named);
    Flies *flies = dynamic_cast<Flies *>(swims);
    std::printf("%s: swims %d, flies %d\n", named->name, swims->swim(), flies->fly());
    void *whole = dynamic_cast<void *>(named);
    std::printf("one object: %s\n", whole == dynamic_cast<void *>(flies) ? "yes" : "no");
}
int main() {
    Flies *duck = make_duck();
    tell(duck);
    delete duck;
    Goose goose;
    tell(static_cast<Flies *>(&goose));
}
