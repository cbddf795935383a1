// about: std::cout works in static constructors and destructors of a library and of the program
// library early: early.cpp
// program: main.cpp with early
//--- early.cpp
#include <iostream>
static struct Early {
    Early() { std::cout << "library constructor " << 1 << '\n'; }
    ~Early() { std::cout << "library destructor " << 2 << '\n'; }
} early;
int early_is_used() { return 1; }
//--- main.cpp
#include <iostream>
int early_is_used();
static struct Main {
    Main() { std::cout << "program constructor " << 3.5 << '\n'; }
    ~Main() { std::cout << "program destructor" << std::endl; }
} object;
int main() { std::cout << "main " << std::boolalpha << (early_is_used() == 1) << '\n'; }
