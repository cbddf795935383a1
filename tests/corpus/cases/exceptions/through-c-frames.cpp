// about: an exception passes frames of C that were compiled with -fexceptions, and runs their cleanups
// flags: -fexceptions
// program: main.cpp sort.c
//--- sort.c
#include <stdio.h>
static void leave(int *depth) { printf("cleanup at depth %d\n", *depth); }
void descend(int depth, void (*callback)(int)) {
  int mine __attribute__((cleanup(leave))) = depth;
  if (mine == 0)
    callback(mine);
  else
    descend(depth - 1, callback);
}
//--- main.cpp
#include <cstdio>
extern "C" void descend(int depth, void (*callback)(int));
int main() {
    try {
        descend(2, [](int depth) { throw depth + 40; });
    } catch (int value) {
        std::printf("caught %d\n", value);
    }
}
