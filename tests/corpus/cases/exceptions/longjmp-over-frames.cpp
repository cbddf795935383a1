// about: longjmp out of a library's frames leaves exceptions working before and after
// library jumper: jumper.cpp
// program: main.cpp with jumper
//--- jumper.cpp
#include <csetjmp>
void jump(std::jmp_buf &buffer, int value) { std::longjmp(buffer, value); }
void throws(int value) { throw value; }
//--- main.cpp
#include <csetjmp>
#include <cstdio>
void jump(std::jmp_buf &buffer, int value);
void throws(int value);
static void catches(int value) {
    try {
        throws(value);
    } catch (int caught) {
        std::printf("caught %d\n", caught);
    }
}
int main() {
    static std::jmp_buf buffer;
    catches(1);
    int value = setjmp(buffer);
    if (value < 3) {
        std::printf("jump from %d\n", value);
        jump(buffer, value + 1);
    }
    catches(2);
}
