// about: any, variant and optional made in a library are read by the program: types are the same on both sides
// flags: -std=c++17
// library values: values.cpp
// program: main.cpp with values
//--- values.h
#include <any>
#include <optional>
#include <string>
#include <variant>
#include <vector>
struct Point { int x, y; };
using Value = std::variant<int, std::string, Point>;
std::any make_any(int which);
std::optional<Value> make_value(int which);
//--- values.cpp
#include "values.h"
std::any make_any(int which) {
    switch (which) {
    case 0: return 5;
    case 1: return std::string("a string");
    case 2: return Point{3, 4};
    default: return std::vector<Point>{{1, 2}, {5, 6}};
    }
}
std::optional<Value> make_value(int which) {
    if (which == 0) return 7;
    if (which == 1) return "variant string";
    if (which == 2) return Point{8, 9};
    return std::nullopt;
}
//--- main.cpp
#include "values.h"
#include <cstdio>
struct Print {
    void operator()(int value) const { std::printf("int %d\n", value); }
    void operator()(const std::string &value) const { std::printf("string %s\n", value.c_str()); }
    void operator()(const Point &value) const { std::printf("point %d %d\n", value.x, value.y); }
};
int main() {
    std::printf("%d\n", std::any_cast<int>(make_any(0)));
    std::printf("%s\n", std::any_cast<std::string>(make_any(1)).c_str());
    std::printf("%d\n", std::any_cast<Point>(make_any(2)).y);
    std::printf("%d\n", std::any_cast<std::vector<Point>>(make_any(3)).back().x);
    try {
        std::any_cast<long>(make_any(0));
    } catch (const std::bad_any_cast &) {
        std::puts("an int is no long");
    }
    for (int which = 0; which < 4; which++)
        if (std::optional<Value> value = make_value(which)) std::visit(Print(), *value);
        else std::puts("nothing");
    try {
        std::get<int>(*make_value(1));
    } catch (const std::bad_variant_access &) {
        std::puts("a string is no int");
    }
}
