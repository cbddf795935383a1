// about: static functions and variables of one name in several units stay apart
// program: main.c one.c two.c
//--- main.c
#include <stdio.h>
int one(void), two(void);
static int state = 1000;
static int helper(void) { return ++state; }
int main(void) {
  int first = one(), second = two();
  printf("%d %d %d %d\n", first, second, one(), helper());
}
//--- one.c
static int state = 1;
static int helper(void) { return ++state; }
int one(void) { return helper(); }
//--- two.c
static int state = 100;
static int helper(void) { return ++state; }
int two(void) { return helper(); }
