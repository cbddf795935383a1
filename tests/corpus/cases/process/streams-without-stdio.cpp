// about: with sync_with_stdio(false) std::cout keeps a buffer of its own, flushed at exit
#include <cstdlib>
#include <iostream>
static struct Last {
    ~Last() { std::cout << "written by a static destructor\n"; }
} last;
int main(int count, char **) {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    for (int number = 0; number < 200; number++) std::cout << number * count << (number % 20 == 19 ? '\n' : ' ');
    std::cout << "no flush before exit\n";
    std::exit(2);
}
