// about: longjmp from one library leaves its frames and another's, back into the first
// library thrower: thrower.c
// library middle: middle.c with thrower
// library catcher: catcher.c with middle thrower
// step: load catcher
// step: call catcher run
//--- thrower.c
#include <setjmp.h>
jmp_buf place;
int leave(int value) { longjmp(place, value); }
//--- middle.c
int leave(int);
int relay(int value) {
  char frame[2000];
  frame[value] = 1;
  __asm__ volatile("" : : "r"(frame) : "memory");
  return leave(value + 1) + frame[value];
}
//--- catcher.c
#include <setjmp.h>
extern jmp_buf place;
int relay(int);
int run(void) {
  volatile int rounds = 0;
  int value = setjmp(place);
  if (++rounds < 4)
    relay(value + 1);
  return value * 10 + rounds;
}
