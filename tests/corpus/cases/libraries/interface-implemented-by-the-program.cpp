// about: a library calls a pure virtual interface that the program implements, and deletes it through the base
// library driver: driver.cpp
// program: main.cpp with driver
//--- interface.h
#include <memory>
#include <string>
struct Visitor {
    virtual ~Visitor() = default;
    virtual void number(int value) = 0;
    virtual bool text(const std::string &value) = 0;
};
void drive(std::unique_ptr<Visitor> visitor);
//--- driver.cpp
#include "interface.h"
void drive(std::unique_ptr<Visitor> visitor) {
    for (int value = 1; value < 10; value++) {
        visitor->number(value * value);
        if (!visitor->text("step " + std::to_string(value))) return;
    }
}
//--- main.cpp
#include "interface.h"
#include <cstdio>
struct Prints : Visitor {
    int sum = 0;
    ~Prints() override { std::printf("deleted with sum %d\n", sum); }
    void number(int value) override { sum += value; }
    bool text(const std::string &value) override {
        std::printf("%s\n", value.c_str());
        return sum < 14;
    }
};
int main() { drive(std::make_unique<Prints>()); }
