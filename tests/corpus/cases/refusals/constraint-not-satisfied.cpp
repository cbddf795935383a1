// about: a call that no concept admits does not compile, and the message says which constraint failed
// flags: -std=c++20
// compile-error: constraints not satisfied
#include <concepts>
template <std::integral T> T twice(T value) { return value + value; }
int main() { return static_cast<int>(twice(1.5)); }
