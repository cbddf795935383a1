// about: a destructor is noexcept: an exception that leaves it ends the program with SIGABRT
// flags: -Wno-exceptions
#include <cstdio>
struct Bad {
    int value;
    ~Bad() { throw value; }
};
int main(int count, char **) {
    std::puts("before");
    std::fflush(stdout);
    try {
        Bad bad{count};
    } catch (int) {
        std::puts("never caught");
    }
}
