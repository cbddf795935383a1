// about: an exception passes frames of C compiled without -fexceptions: unwind tables are the default
// program: main.cpp plain.c
//--- plain.c
void call_twice(void (*function)(int)) {
  function(1);
  function(2);
}
//--- main.cpp
#include <cstdio>
extern "C" void call_twice(void (*function)(int));
int main() {
    try {
        call_twice([](int value) {
            std::printf("called with %d\n", value);
            if (value == 2) throw value;
        });
    } catch (int value) {
        std::printf("caught %d\n", value);
    }
}
