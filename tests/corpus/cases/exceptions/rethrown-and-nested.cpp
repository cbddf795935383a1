// about: throw; keeps the object and its type; throw_with_nested keeps the cause over two libraries
// library reader: reader.cpp
// library loader: loader.cpp with reader
// program: main.cpp with loader
//--- reader.cpp
#include <stdexcept>
void read(int value) {
    if (value) throw std::out_of_range("offset past the end");
}
//--- loader.cpp
#include <cstdio>
#include <stdexcept>
void read(int value);
void load(int value) {
    try {
        try {
            read(value);
        } catch (const std::exception &) {
            std::puts("rethrown");
            throw;
        }
    } catch (const std::logic_error &) {
        std::throw_with_nested(std::runtime_error("load failed"));
    }
}
//--- main.cpp
#include <cstdio>
#include <exception>
#include <stdexcept>
void load(int value);
static void tell(const std::exception &error, int depth) {
    std::printf("%d: %s\n", depth, error.what());
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception &cause) {
        tell(cause, depth + 1);
    }
}
int main(int count, char **) {
    try {
        load(count);
    } catch (const std::runtime_error &error) {
        tell(error, 0);
    }
}
