// about: with -fno-rtti typeid does not compile
// flags: -fno-rtti
// compile-error: use of typeid requires -frtti
#include <typeinfo>
struct Base { virtual ~Base() {} };
int main() {
    Base base;
    return typeid(base).hash_code() == 0;
}
