// about: -fcf-protection marks where indirect calls and jumps may go, longjmp included
// flags: -fcf-protection=full
#include <setjmp.h>
#include <stdio.h>
static jmp_buf place;
static int add(int x) { return x + 1; }
static int leave(int x) { longjmp(place, x); }
static int (*const table[])(int) = {add, leave};
int main(void) {
  volatile int x = 5;
  int value = setjmp(place);
  if (!value)
    table[x - 4](table[0](x));
  printf("%d\n", value);
}
