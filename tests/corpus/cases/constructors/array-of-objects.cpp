// about: a static array of objects is constructed forwards and destroyed backwards, element by element
#include <cstdio>
static int next;
struct Element {
    int number;
    Element() : number(++next) { std::printf("construct %d\n", number); }
    ~Element() { std::printf("destroy %d\n", number); }
};
static Element grid[2][2];
int main() { std::puts("main runs"); }
