// about: the errors that the runtime throws itself are caught: bad_cast, bad_typeid, bad_alloc
// flags: -Wno-potentially-evaluated-expression
#include <cstdio>
#include <new>
#include <typeinfo>
struct Base { virtual ~Base() {} };
struct Derived : Base {};
template <class Error, class Function> static void expect(const char *name, Function function) {
    try {
        function();
        std::printf("no %s\n", name);
    } catch (const Error &) {
        std::printf("%s\n", name);
    }
}
int main() {
    Base base;
    Base *volatile none = nullptr;
    volatile std::size_t size = static_cast<std::size_t>(-1) / 2;
    expect<std::bad_cast>("bad_cast", [&] { (void)dynamic_cast<Derived &>(base); });
    expect<std::bad_typeid>("bad_typeid", [&] { (void)typeid(*none).name(); });
    expect<std::bad_alloc>("bad_alloc", [&] { char *volatile kept = new char[size]; delete[] kept; });
}
