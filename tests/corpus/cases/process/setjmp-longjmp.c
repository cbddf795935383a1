// about: longjmp leaves several frames, across units, and volatile locals keep their values
// program: main.c other.c
//--- main.c
#include <setjmp.h>
#include <stdio.h>
jmp_buf place;
void leave(int depth, int value);
int main(void) {
  volatile int rounds = 0;
  int value = setjmp(place);
  if (rounds++ < 3)
    leave(5, value + 10);
  printf("%d rounds, value %d\n", rounds, value);
}
//--- other.c
#include <setjmp.h>
extern jmp_buf place;
void leave(int depth, int value) {
  char frame[1000];
  frame[depth] = 1;
  __asm__ volatile("" : : "r"(frame) : "memory");
  if (depth == 0)
    longjmp(place, value);
  leave(depth - 1, value);
}
