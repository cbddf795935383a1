// about: uncaught_exceptions counts the exceptions in flight over a library and its user, also while unwinding
// library scope: scope.cpp
// program: main.cpp with scope
//--- scope.h
struct Scope {
    int at_entry;
    Scope();
    ~Scope();
};
//--- scope.cpp
#include "scope.h"
#include <cstdio>
#include <exception>
Scope::Scope() : at_entry(std::uncaught_exceptions()) {}
Scope::~Scope() {
    int now = std::uncaught_exceptions();
    std::printf("entered with %d, left with %d: %s\n", at_entry, now, now > at_entry ? "failed" : "done");
}
//--- main.cpp
#include "scope.h"
struct Retries {
    ~Retries() {
        Scope quiet;
        try {
            Scope inner;
            throw 'x';
        } catch (char) {
        }
    }
};
int main() {
    try {
        Scope outer;
        Retries retries;
        throw 1;
    } catch (int) {
        Scope after;
    }
}
