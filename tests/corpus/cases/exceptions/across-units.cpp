// about: an exception passes through a unit that knows nothing of it, and its derived type is caught by the base
// program: main.cpp through.cpp thrower.cpp
//--- error.h
struct Error {
    virtual ~Error() {}
    virtual const char *text() const;
};
struct Special : Error {
    const char *text() const override;
};
//--- main.cpp
#include "error.h"
#include <cstdio>
void through(int value);
int main(int count, char **) {
    try {
        through(count);
    } catch (const Error &error) {
        std::printf("caught %s\n", error.text());
    }
}
//--- through.cpp
#include <cstdio>
void throws(int value);
struct Guard {
    ~Guard() { std::puts("guard of the unit between"); }
};
void through(int value) {
    Guard guard;
    throws(value);
}
//--- thrower.cpp
#include "error.h"
const char *Error::text() const { return "error"; }
const char *Special::text() const { return "special"; }
void throws(int value) {
    if (value) throw Special();
}
